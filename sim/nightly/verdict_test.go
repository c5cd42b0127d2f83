package nightly

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const someResults = `{"test":"TestA/virtual","drill":"a","world":"virtual","seed":1,"speed":1,"outcome":"passed","journal":"a1","origin":{"run":"tonight"}}
{"test":"TestA/virtual","drill":"a","world":"virtual","seed":2,"speed":1,"outcome":"failed","journal":"/elsewhere/a2","origin":{"run":"tonight"},"findings":[{"act":"notice","name":"AlertX","expected":"it fires","saw":"nothing | at ` + "```" + ` all"}]}
{"test":"TestA/virtual","drill":"a","world":"virtual","seed":3,"speed":1,"outcome":"passed","journal":"a3","origin":{"run":"tonight"}}
{"test":"TestA/containers","drill":"a","world":"containers","seed":4,"speed":5,"outcome":"passed","journal":"a4","origin":{"run":"tonight"}}
not a line
{"test":"TestA/containers","drill":"a","world":"containers","seed":5,"speed":5,"outcome":"passed","journal":"a5","origin":{"run":"tonight"}}
{"test":"TestA/prove","drill":"a","world":"virtual","seed":6,"speed":1,"outcome":"failed","journal":"a6","origin":{"run":"tonight"}}
{"test":"TestB/virtual","drill":"b","world":"virtual","seed":7,"speed":1,"outcome":"failed","journal":"b7","origin":{"run":"yesterday"}}
{"test":"TestB/containers","drill":"b","world":"containers","seed":8,"speed":2.5,"outcome":"could not be verified","origin":{"run":"tonight"}}
`

func TestVerdicts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(someResults), 0o644))
	all, err := verdicts(file, "tonight")
	require.NoError(t, err)
	assert.Len(t, all, 6)
	assert.Equal(t, []string{filepath.Join("some", "a2"), filepath.Join("some", "a5")}, journals("some", all), "what failed is not covered up by what passed later")
	assert.Equal(t, `a in virtual: failed; again by: drill run a --world virtual --speed 1 --seed 2
    act notice, AlertX: expected it fires, saw nothing | at `+"```"+` all
b in containers: could not be verified; again by: drill run b --world containers --speed 2.5 --seed 8
`, (&Night{all: all}).reds())
	assert.Contains(t, (&Night{all: all, Scenarios: "drills"}).reds(), "again by: drill run a --world virtual --speed 1 --seed 2 --scenarios drills\n")
	_, err = verdicts("nowhere.jsonl", "tonight")
	assert.ErrorContains(t, err, "nowhere.jsonl")
}

func TestSummaryNamesWhatIsRed(t *testing.T) {
	w := aTown()
	w.status["run"] = red
	n, _ := aNight(t, w, 10)
	require.NoError(t, os.WriteFile(n.Results, []byte(someResults), 0o644))
	status, _ := spend(t, n)
	assert.Equal(t, red, status)
	summary, err := os.ReadFile(filepath.Join(n.Dir, "nightly.md"))
	require.NoError(t, err)
	assert.Contains(t, string(summary), "drill run a --world virtual --speed 1 --seed 2")
	a := n.Account()
	assert.Equal(t, "failed", a.Outcome)
	require.Len(t, a.NotPassed, 2)
	assert.Equal(t, Red{"a", "virtual", 2, "failed", "drill run a --world virtual --speed 1 --seed 2"}, a.NotPassed[0])
	assert.Len(t, a.Commands, len(w.said))
	assert.Equal(t, 4, strings.Count(string(summary), "```"), "what is quoted cannot end the quote")
	dir := filepath.Dir(n.Results)
	assert.True(t, strings.HasSuffix(w.said[len(w.said)-1], "report.md "+filepath.Join(dir, "a2")+" "+filepath.Join(dir, "a5")), w.said[len(w.said)-1])
}
