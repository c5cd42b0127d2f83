package sim

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseObjectives(t *testing.T) {
	o, err := parseObjectives([]byte(`
objectives:
  - {name: prompt, description: in time, expr: late == 0}
steady:
  - {name: idle, expr: queue < 5}
`))
	require.NoError(t, err)
	assert.Equal(t, []Objective{{"prompt", "in time", "late == 0"}}, o.Objectives)
	assert.Equal(t, []Objective{{"prompt", "in time", "late == 0"}, {"idle", "", "queue < 5"}}, o.all())
}

func TestBadObjectives(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"an empty file":              {"", "objectives:1: nothing is written in it"},
		"steady alone":               {"steady: [{name: a, expr: up == 1}]", "objectives:1: there are no objectives"},
		"no name":                    {"objectives:\n  - expr: up == 1\n", `objectives:2: "" needs a name and an expr`},
		"no expr":                    {"objectives: [{name: a}]", `objectives:1: "a" needs a name and an expr`},
		"the same name twice":        {"objectives: [{name: a, expr: up == 1}, {name: a, expr: down}]", `"a" needs a name of its own`},
		"the same in steady":         {"objectives: [{name: a, expr: up == 1}]\nsteady:\n  - {name: a, expr: up == 1}", `objectives:3: "a" needs a name of its own: line 1 has this one, too`},
		"an unknown key":             {"objectives:\n  - {name: a, expr: up, for: 10s}", `objectives:2: there is no key "for"; there are name, description, expr`},
		"an unknown section":         {"objectives: []\nstedy: []", `objectives:2: there is no key "stedy"; there are objectives, steady, pools, claims, curves`},
		"not a list":                 {"objectives: up", `objectives:1: "up" is no list`},
		"not a condition":            {"objectives: [{name: a, expr: 'x == 0 or y == 0'}]", `"a": comparisons`},
		"a claim of what":            {"objectives: [{name: a, expr: up == 1}]\nclaims: [{name: b, expr: up, of: love}]", `objectives:2: "b": of is one of accepted, delivered, in-time, not "love"`},
		"a claim that is worked out": {"objectives: [{name: a, expr: up == 1}]\nclaims: [{name: b, expr: sum(up), of: accepted}]", `"b": only the name of a counter`},
		"a pool that is no PromQL":   {"objectives: [{name: a, expr: up == 1}]\npools:\n  - {name: b, expr: 'up ='}", `objectives:3: "b": `},
		"compares nothing":           {"objectives: [{name: a, expr: up}]", `"a": up is compared with nothing`},
		"not PromQL":                 {"objectives: [{name: a, expr: 'up =='}]", `"a": `},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseObjectives([]byte(c.src))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestEveryMistakeInObjectivesIsTold(t *testing.T) {
	_, err := parseObjectives([]byte("objectives:\n  - {name: a, expr: up}\n  - {name: b}\n"))
	assert.EqualError(t, err, `objectives:2: "a": up is compared with nothing, so that any number but 0 would hold; write what it is compared with, as in … > 0.9
objectives:3: "b" needs a name and an expr`)
}
