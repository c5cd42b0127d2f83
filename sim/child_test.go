package sim

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what a child counted is where "go test -cover" merges it, and its own
// folder is gone.
func TestCountersOfAChildAreGathered(t *testing.T) {
	dir := t.TempDir()
	setFlag(t, "test.gocoverdir", dir)
	c, err := coverageOfChild()
	require.NoError(t, err)
	assert.Equal(t, []string{"-test.gocoverdir=" + string(c)}, c.args())
	assert.Equal(t, dir, filepath.Dir(string(c)))
	for _, name := range []string{"covmeta.1", "covcounters.1.2.3"} {
		require.NoError(t, os.WriteFile(filepath.Join(string(c), name), []byte(name), 0o600))
	}
	require.NoError(t, c.gather())
	left, err := filepath.Glob(dir + "/*")
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{dir + "/covmeta.1", dir + "/covcounters.1.2.3"}, left)
}

func TestWithoutCoverageNothingIsGathered(t *testing.T) {
	setFlag(t, "test.gocoverdir", "")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("cover.out", nil, 0o600))
	c, err := coverageOfChild()
	require.NoError(t, err)
	assert.Empty(t, c.args())
	require.NoError(t, c.gather())
	assert.FileExists(t, "cover.out")
}

func TestProfilesOfAChildAreBesideTheParents(t *testing.T) {
	for _, name := range []string{"test.cpuprofile", "test.memprofile", "test.trace", "test.outputdir"} {
		setFlag(t, name, "")
	}
	assert.Empty(t, profilesOfChild("TestSink/virtual"))
	setFlag(t, "test.cpuprofile", "cpu.out")
	setFlag(t, "test.outputdir", "/profiles")
	assert.Equal(t, []string{"-test.cpuprofile=cpu.out.TestSink_virtual", "-test.outputdir=/profiles"}, profilesOfChild("TestSink/virtual"))
}

var ownFlag = flag.Int("own", 1, "a flag of this test's own")

func TestAChildSeesTheFlagsOfTests(t *testing.T) {
	require.NoError(t, flag.Set("own", "7"))
	assert.Equal(t, 7, *ownFlag)
	assert.Equal(t, []string{"-own=7"}, flagsOfTests(), "and none of go test or of the harness")
}

// setFlag sets a flag of the test binary until the test ends.
func setFlag(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	require.NotNil(t, f)
	before := f.Value.String()
	require.NoError(t, f.Value.Set(value))
	t.Cleanup(func() { require.NoError(t, f.Value.Set(before)) })
}

// Promise: what is planned to live longer may take longer on the wall, in proportion, and
// nothing has less than three minutes.
func TestPatienceGrowsWithThePlan(t *testing.T) {
	page, err := os.ReadFile("testdata/notes/runbooks/shelf-cut.md")
	require.NoError(t, err)
	rules, slowly := "groups: []", time.Duration(0) // and how long customers wait
	patience := func(recover string, calm time.Duration) time.Duration {
		t.Helper()
		text := regexp.MustCompile(`recover: \w+`).ReplaceAllString(string(page), "recover: "+recover)
		require.Contains(t, text, "recover: "+recover)
		system := System{Rules: []byte(rules), Customers: Customers{Arrival: slowly}, Runbooks: fstest.MapFS{"runbooks/shelf-cut.md": {Data: []byte(text)}},
			Contract: func() (runbook.Contract, error) { return runbook.Contract{}, nil }}
		r := newRehearsal(t.Name(), inTime, system, Drill{Runbook: "shelf-cut"}, 7, 1)
		r.calm = calm
		return r.wallTime()
	}
	assert.Equal(t, 3*time.Minute, patience("1m", 0))
	assert.Equal(t, 15*time.Minute, patience("2h", 0)-patience("1h", 0))
	assert.Greater(t, patience("2h", 0), 30*time.Minute)
	assert.Equal(t, 3*time.Minute, patience("1m", time.Minute))
	assert.Equal(t, 5*time.Hour+45*time.Second, patience("1m", 20*time.Hour), "of calm")
	before := patience("2h", 0)
	rules = "groups: [{name: g, rules: [{alert: Burn, expr: 'rate(x[1h]) > 0'}, {alert: Quick, expr: 'rate(x[1m]) > 0'}, {alert: Forever, expr: 'rate(x[1d]) > 0'}]}]"
	assert.Equal(t, 15*time.Minute, patience("2h", 0)-before, "until it is steady by the slowest alert that is waited for")
	before, slowly = patience("2h", 0), time.Hour+arrival
	assert.Equal(t, 15*time.Minute, patience("2h", 0)-before, "until what customers asked for has arrived")
	assert.Equal(t, 3*time.Minute, new(rehearsal).wallTime(), "of what is no drill")
}

// Promise: go test does not end a drill in containers halfway: one that it would is not begun,
// and says how it can be played.
func TestADrillThatGoTestWouldEnd(t *testing.T) {
	system := System{Runbooks: os.DirFS("testdata/notes"), Contract: func() (runbook.Contract, error) { return runbook.Contract{}, nil }}
	r := newRehearsal(t.Name(), inReal, system, Drill{Runbook: "shelf-cut"}, 7, 1)
	lives := r.planned()
	require.Greater(t, lives, 5*time.Minute)
	assert.NoError(t, r.untimely(time.Time{}, false), "-timeout 0")
	assert.NoError(t, r.untimely(time.Now().Add(lives+takeDown+time.Minute), true))
	assert.Regexp(t, `^the drill lives some \S+ at speed 1, and go test ends all tests in \S+, by its -timeout, which is 10m unless it is given: play it by drill run shelf-cut --world containers, or by go test -timeout 0$`,
		r.untimely(time.Now().Add(lives+takeDown-time.Minute), true))
	r.opts.Speed = 10
	assert.NoError(t, r.untimely(time.Now().Add(lives/2+takeDown), true))
}

func TestMemoryIsInKilobytes(t *testing.T) {
	assert.EqualValues(t, 2048, kilobytes(2048, "linux"))
	assert.EqualValues(t, 2, kilobytes(2048, "darwin"))
}
