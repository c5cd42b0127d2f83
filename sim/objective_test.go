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
		"an empty file":              {"", "there is none"},
		"steady alone":               {"steady: [{name: a, expr: up == 1}]", "there is none"},
		"no name":                    {"objectives: [{expr: up == 1}]", `"" needs a name`},
		"no expr":                    {"objectives: [{name: a}]", `"a" needs a name of its own and an expr`},
		"the same name twice":        {"objectives: [{name: a, expr: up == 1}, {name: a, expr: down}]", `"a" needs a name of its own`},
		"the same in steady":         {"objectives: [{name: a, expr: up == 1}]\nsteady: [{name: a, expr: up == 1}]", `"a" needs a name of its own`},
		"an unknown key":             {"objectives: [{name: a, expr: up, for: 10s}]", "for"},
		"not a list":                 {"objectives: up", "objectives: "},
		"not a condition":            {"objectives: [{name: a, expr: 'x == 0 or y == 0'}]", `"a": comparisons`},
		"a claim of what":            {"objectives: [{name: a, expr: up == 1}]\nclaims: [{name: b, expr: up, of: love}]", `"b": of is one of accepted, delivered, in-time, not "love"`},
		"a claim that is worked out": {"objectives: [{name: a, expr: up == 1}]\nclaims: [{name: b, expr: sum(up), of: accepted}]", `"b": only the name of a counter`},
		"compares nothing":           {"objectives: [{name: a, expr: up}]", `"a": up is compared with nothing`},
		"not PromQL":                 {"objectives: [{name: a, expr: 'up =='}]", `"a": `},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseObjectives([]byte(c.src))
			assert.ErrorContains(t, err, "objectives: ")
			assert.ErrorContains(t, err, c.want)
		})
	}
}
