package report_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/report"
	"github.com/stretchr/testify/require"
)

// record is a journal of a drill that was rehearsed: one that passed, and one of
// which nobody carried the runbook out.
func record(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name+".jsonl.gz"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	data, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	return data
}

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, data, 0o644))
	return path
}

// cut is a journal as a crash leaves it: in the middle of a line.
func cut(data []byte) []byte {
	at := bytes.Index(data, []byte(`"kind":"step"`))
	return data[:at+40]
}

// threeOutcomes are a drill that passed, one that failed, and one that a crash
// ended.
func threeOutcomes(t testing.TB) report.Run {
	t.Helper()
	dir := t.TempDir()
	passed := record(t, "passed")
	run, err := report.Open([]string{
		write(t, dir, "a.jsonl", passed),
		write(t, dir, "b.jsonl", record(t, "failed")),
		write(t, dir, "c.jsonl", bytes.Replace(cut(passed), []byte(`"world":"virtual"`), []byte(`"world":"containers"`), 1)),
	})
	require.NoError(t, err)
	run.Proof = []sim.Row{
		{Drill: "sink-timeout", Group: sim.Evidence, Variant: "without step route", Verdict: sim.Killed, Saw: "respond: objectives"},
		{Drill: "sink-timeout", Group: sim.Harness, Variant: "alert OrdersLate is mute", Verdict: sim.Survived, Saw: "passed", Again: "drill prove sink-timeout --seed 7"},
	}
	return run
}

func html(t testing.TB, run report.Run) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, run.HTML(&out))
	return out.String()
}
