package strictyaml_test

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/strictyaml"
	"github.com/stretchr/testify/assert"
)

type house struct {
	Owner string        `yaml:"owner"`
	Built int           `yaml:"built"`
	Empty bool          `yaml:"empty"`
	Clean time.Duration `yaml:"clean"`
	Rooms []room        `yaml:"rooms,omitempty"`
}

type room struct {
	Name  string  `yaml:"name"`
	Width float64 `yaml:"width"`
}

func TestDecode(t *testing.T) {
	var h house
	assert.Empty(t, strictyaml.Decode([]byte("owner: us\nclean: 90s\nrooms: [{name: hall}]\n"), &h))
	assert.Equal(t, house{Owner: "us", Clean: 90 * time.Second, Rooms: []room{{Name: "hall"}}}, h)
}

func TestMistakesAreToldInTheWordsOfTheFile(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want []strictyaml.Mistake
	}{
		"an empty file":    {"# to come\n", []strictyaml.Mistake{{1, "nothing is written in it"}}},
		"an unknown key":   {"owner: us\nowned: 3\n", []strictyaml.Mistake{{2, `there is no key "owned"; there are owner, built, empty, clean, rooms`}}},
		"one further down": {"rooms:\n  - {name: hall, depth: 2}\n", []strictyaml.Mistake{{2, `there is no key "depth"; there are name, width`}}},
		"every mistake":    {"built: early\nclean: 3 hours\n", []strictyaml.Mistake{{1, `"early" is no number`}, {2, `"3 hours" is no time; write 90s, or 3m30s`}}},
		"no list":          {"rooms: hall\n", []strictyaml.Mistake{{1, `"hall" is no list; write each of its items after a "- "`}}},
		"no text":          {"owner:\n  - us\n", []strictyaml.Mistake{{2, "a list is no text"}}},
		"no yes or no":     {"empty: {is: 1}\n", []strictyaml.Mistake{{1, "what has keys is neither true nor false"}}},
		"no keys":          {"rooms:\n  - hall\n", []strictyaml.Mistake{{2, `"hall" is not what is wanted here, with the keys name, width`}}},
		"twice":            {"owner: us\nowner: them\n", []strictyaml.Mistake{{2, `mapping key "owner" already defined at line 1`}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, strictyaml.Decode([]byte(c.src), &house{}))
		})
	}
}

func TestWhatIsNoYAMLIsToldWithItsMend(t *testing.T) {
	for _, src := range []string{"owner: us: them\n", "owner: {us\n", "owner: 'us\n", "rooms:\n\t- {name: hall}\n"} {
		mistakes := strictyaml.Decode([]byte(src), &house{})
		if assert.Len(t, mistakes, 1, src) {
			assert.Contains(t, mistakes[0].Message, "stands in quotes", src)
			assert.Positive(t, mistakes[0].Line, src)
		}
	}
}
