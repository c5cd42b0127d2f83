package sim

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

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
