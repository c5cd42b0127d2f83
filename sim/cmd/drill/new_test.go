package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/drillbook/drillbook/sim/scaffold"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// module makes a module of somebody else's by README's first step. Nobody is asked for what
// lies here: what else it needs, these tests are compiled of.
func module(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	text := "module forge.example/you/notes\n\ngo 1.26\n\nreplace github.com/drillbook/drillbook => " + root + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600))
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	step := regexp.MustCompile(`(?m)^ +go get (github\.com/drillbook/drillbook\S*)$`).FindSubmatch(readme)
	require.NotNil(t, step, "README's first step")
	graph := exec.CommandContext(t.Context(), "go", "mod", "graph") // the go.mod of each, which compiling needs not
	graph.Dir = root
	out, err := graph.CombinedOutput()
	require.NoError(t, err, "%s", out)
	get := exec.CommandContext(t.Context(), "go", "get", string(step[1]))
	get.Dir, get.Env = dir, append(os.Environ(), "GOPROXY=off", "GOSUMDB=off")
	out, err = get.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// notes makes a module of somebody else's, whose service is that of
// sim/own_service_test.go, in the folder scenarios.
func notes(t *testing.T) string {
	t.Helper()
	sim, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := module(t)
	scenarios := filepath.Join(dir, "scenarios")
	require.NoError(t, os.CopyFS(filepath.Join(scenarios, "testdata", "notes"), os.DirFS(filepath.Join(sim, "testdata", "notes"))))
	for _, name := range []string{"own_service_test.go", "main_test.go"} {
		src, err := os.ReadFile(filepath.Join(sim, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(scenarios, name), src, 0o600))
	}
	return dir
}

// in runs drill in a folder and returns what it printed, and its status.
func in(t *testing.T, dir string, args ...string) (out, complaint string, status int) {
	t.Helper()
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	status = command{stdout: &stdout, stderr: &stderr}.run(t.Context(), args)
	return stdout.String(), stderr.String(), status
}

// fills are what a learner puts into the gaps of the failure mode "shelf-lost", in
// their order in each file.
var fills = map[string][][2]string{
	"scenarios/testdata/notes/runbooks/shelf-lost.md": {
		{`"TODO: what is broken, in a few words"`, "The shelf is lost"},
		{`"TODO: the part that owns the failure"`, "shelf"},
		{`"TODO: who keeps this page true"`, "notes"},
		{` # TODO: critical, when customers notice`, ""},
		{` # TODO: add every other alert that has to fire, such as one for a symptom of customers`, ""},
		{` # TODO: less than twice of what drill run measures`, ""},
		{`TODO: the same few words`, "The shelf is lost"},
		{`TODO: what is broken, in one line, and the fastest way to make it stop.`, "Notes cannot be put on their shelf. The fastest way to make it stop: use the spare one."},
		{`TODO: who notices, how, and what is not at risk.`, "Whoever brings a note is asked to come again."},
		{`TODO: a step that only looks, to see whether the failure is real, and how bad it is.`, lookStep},
		{`TODO: what this look tells, whether the failure is real, and how bad it is.`, "See which shelf is in use."},
		{`vector(1) == 1 # TODO: a condition that holds while this failure lasts, and not before`, "max(notes_on_spare) == 0"},
		{`TODO: the steps by which customers are served while the fault lasts, each with its condition.`, step(2, "spare", "spare", "max(notes_on_spare) == 1")},
		{`TODO: how one sees that the fault is over, and the steps that bring back what was set aside.`, "Wait until the shelf can be reached."},
		{`TODO: a step for each mitigation, after which it is no longer in force.`, step(3, "back", "own", "max(notes_on_spare) == 0")},
		{`TODO: what healthy looks like, with a step that shows it.`, "Notes are kept on their own shelf."},
		{`TODO: when to stop, and whom to call.`, "Call whoever built the shelf."},
		{`TODO: the tempting wrong move, and the promise that it would break.`, "Never keep notes in a pocket: they would be lost with the coat."},
	},
	"scenarios/testdata/notes/rules.yml": {
		{"        # TODO: the condition that this failure alone brings about; a ratio or a rate, to survive a change of load.\n", ""},
		{"vector(0) == 1", `sum(rate(notes_requests_total{code="503"}[10s])) > 0`},
		{" # TODO: critical, when customers notice", ""},
		{"TODO: what is wrong, in one sentence, for whoever is paged.", "Notes cannot be put on their shelf."},
		{`"TODO: where this page can be read"`, "https://forge.example/you/notes/blob/main/scenarios/testdata/notes/runbooks/shelf-lost.md"},
	},
	"scenarios/testdata/notes/rules_test/ShelfLost.yml": {
		{"TODO: a case that fires: what happens in it", "notes are refused"},
		{" # TODO: the samples that the condition needs, 5 s apart", ""},
		{"exp_alerts: []} # TODO: the alert that is expected, with its labels and annotations", "exp_alerts: [{exp_labels: {severity: warning}}]}"},
		{"TODO: a case that comes close, and stays quiet", "one is refused"},
		{" # TODO: the samples of it", ""},
	},
	"scenarios/shelf_lost_test.go": {
		{"TODO: what customers and operators may rely on when this happens.", "when the shelf is lost, notes go to the spare one."},
		{"// TODO: as much as it takes for the failure to show", ""},
		{"// TODO: what shelf-lost is about; this is the fault of shelf-cut", ""},
	},
}

const lookStep = "1. See which shelf is in use.\n\n   ```sh {step=\"look\"}\n   opctl shelf show\n   ```\n\n   ```promql {within=\"30s\"}\n   max(notes_on_spare) == 0\n   ```"

func step(n int, name, shelf, want string) string {
	return string(rune('0'+n)) + ". Use the shelf " + shelf + ".\n\n   ```sh {step=\"" + name + "\"}\n   opctl shelf use " + shelf +
		"\n   ```\n\n   ```promql {within=\"1m\"}\n   " + want + "\n   ```"
}

// Promise: in a service of somebody else's, a new failure mode compiles, and fails
// lint by its to-dos alone; when they are filled, lint has nothing more to say of
// it.
func TestNewFailureMode(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a module; without -short: go test ./sim/cmd/drill -run TestNewFailureMode")
	}
	for name, value := range goEnviron() {
		t.Setenv(name, value)
	}
	t.Setenv("GOFLAGS", "") // what is compiled for the tests of this module is compiled for this one
	dir := notes(t)
	before, _, _ := in(t, dir, "lint")
	out, complaint, status := in(t, dir, "new", "shelf-lost")
	require.Zero(t, status, complaint)
	for file := range fills {
		assert.Contains(t, out, file)
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", "./...")
	vet.Dir = dir
	text, err := vet.CombinedOutput()
	require.NoError(t, err, "%s", text)

	out, _, status = in(t, dir, "lint")
	assert.Equal(t, 1, status)
	todos := 0
	for _, line := range findings(out) {
		if strings.Contains(line, ": todo: ") {
			todos++
			continue
		}
		assert.Contains(t, before, line, "what there was before")
	}
	assert.Greater(t, todos, 20)

	fill(t, dir)
	after, _, _ := in(t, dir, "lint")
	assert.Equal(t, findings(before), findings(after), "with the gaps filled, what there was before")

	out, complaint, status = in(t, dir, "run", "shelf-lost", "--seed", "7")
	assert.Contains(t, out, "shelf-lost/virtual", complaint)
	assert.NotEqual(t, 2, status, "%s\n%s", out, complaint)
}

// Promise: in a module without drills the first one is written with all that it needs: it
// compiles, says what it is, and lint finds its to-dos alone. Nothing is overwritten.
func TestFirstFailureMode(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a module; without -short: go test ./sim/cmd/drill -run TestFirstFailureMode")
	}
	for name, value := range goEnviron() {
		t.Setenv(name, value)
	}
	t.Setenv("GOFLAGS", "") // what is compiled for the tests of this module is compiled for this one
	dir := module(t)
	out, complaint, status := in(t, dir, "new", "store-lost")
	require.Zero(t, status, complaint)
	assert.Contains(t, out, "new     scenarios/system.go: 5 to-dos\n")
	out, complaint, status = in(t, dir, "list")
	require.Zero(t, status, complaint)
	assert.Regexp(t, "store-lost +TestStoreLost .*containers", out)
	out, complaint, status = in(t, dir, "lint")
	assert.Equal(t, 1, status, complaint)
	for _, file := range []string{"system.go", "objectives.yml", "rules.yml", "rules_test/StoreLost.yml", "store_lost_test.go"} {
		assert.Contains(t, out, "scenarios/"+file+":")
	}
	assert.Contains(t, out, "runbooks/store-lost.md:")
	for _, line := range findings(out) {
		assert.Contains(t, line, ": todo: ")
	}

	require.NoError(t, os.Remove(filepath.Join(dir, "scenarios", "main_test.go")))
	require.NoError(t, os.Remove(filepath.Join(dir, "scenarios", "store_lost_test.go")))
	_, complaint, status = in(t, dir, "new", "store-lost")
	assert.Equal(t, 2, status)
	assert.Contains(t, complaint, "scenarios/runbooks/store-lost.md is there already, and is not overwritten")

	require.NoError(t, os.Remove(filepath.Join(dir, "go.sum")))
	_, complaint, status = in(t, dir, "new", "store-lost", "--scenarios", "others")
	assert.Equal(t, 2, status)
	assert.Contains(t, complaint, "missing go.sum entry")
	assert.Contains(t, complaint, "go get github.com/drillbook/drillbook/sim/...")
	assert.NoDirExists(t, filepath.Join(dir, "others"))
}

// Promise: where the disk is full, or whatever else ends a write in the middle,
// everything is as it was.
func TestHalfWritten(t *testing.T) {
	const bounded = "DRILL_TEST_BOUNDED"
	if os.Getenv(bounded) == "" { // what is bounded is a process with all its files, the log of go test too
		run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHalfWritten$", "-test.v")
		run.Env = append(os.Environ(), bounded+"=1")
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: TestHalfWritten")
		return
	}
	dir := t.TempDir()
	rules := filepath.Join(dir, "rules.yml")
	require.NoError(t, os.WriteFile(rules, []byte("groups:\n"), 0o600))
	noFileAbove(t, 4096)
	err := (&suite{}).put(t.Context(), dir, []scaffold.File{
		{Path: "runbooks/leak.md", Text: []byte("# A leak\n")},
		{Path: "rules.yml", Text: []byte("groups:\n" + strings.Repeat("# ", 4096)), Adds: true}}, scaffold.Site{})
	assert.ErrorIs(t, err, syscall.EFBIG)
	text, err := os.ReadFile(rules)
	require.NoError(t, err)
	assert.Equal(t, "groups:\n", string(text))
	assert.NoFileExists(t, filepath.Join(dir, "runbooks", "leak.md"))

	err = (&suite{}).put(t.Context(), dir, []scaffold.File{{Path: "leak.md", Text: []byte(strings.Repeat("# ", 4096))}}, scaffold.Site{})
	assert.ErrorIs(t, err, syscall.EFBIG)
	assert.NoFileExists(t, filepath.Join(dir, "leak.md"))
}

// noFileAbove bounds the files that this process writes from now on, in bytes.
func noFileAbove(t *testing.T, size uint64) {
	t.Helper()
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	signal.Ignore(syscall.SIGXFSZ)
	limit.Cur = size
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
}

var place = regexp.MustCompile(`(?m)^\S.*:\d+:\d+: .*$`)

// findings are the lines of findings.
func findings(out string) []string { return place.FindAllString(out, -1) }

func fill(t *testing.T, dir string) {
	t.Helper()
	for file, gaps := range fills {
		src, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		text := string(src)
		for _, gap := range gaps {
			text = strings.Replace(text, gap[0], gap[1], 1)
		}
		require.NotContains(t, text, "TODO", file)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
}
