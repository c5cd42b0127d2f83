package lint_test

import (
	"os"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/lint"
)

func TestLines(t *testing.T) {
	src, err := os.ReadFile(os.Getenv("LINES"))
	if err != nil {
		t.Skip()
	}
	c := contract(t)
	var n, bad [2]int
	for line := range strings.Lines(string(src)) {
		k := 0
		if line[0] == 'S' {
			k = 1
		}
		n[k]++
		f := lint.Fragment("x", []byte(line[2:]), c)
		if (len(f) > 0) != (k == 0) {
			bad[k]++
			m := ""
			if len(f) > 0 {
				m = f[0].Rule + ": " + f[0].Message
			}
			t.Logf("%s  [%s]", strings.TrimSpace(line), m)
		}
	}
	t.Logf("missed %d of %d, flagged %d of %d", bad[0], n[0], bad[1], n[1])
}
