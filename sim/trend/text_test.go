package trend

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// aTable has a bit of everything: a drill in two worlds, slower in one; a flaky one
// without mitigation; one with few runs, of which none came far; one that is gone.
func aTable() Table {
	slow := with(func(n *night) { n.world, n.speed, n.slower = "containers", 5, 0.3 })
	flaky := with(func(n *night) { n.drill, n.red = "worker-crash", map[int]string{3: failed, 8: unverified, 34: failed} })
	few := with(func(n *night) {
		n.drill, n.nights, n.red = "torn-page", 2, map[int]string{0: unverified, 1: unverified}
	})
	gone := with(func(n *night) { n.drill, n.nights = "old-name", 2 })
	var all []Result
	for i, n := range []night{steady(), slow, flaky, few, gone} {
		for _, r := range n.results(uint64(i)) {
			switch r.Drill {
			case "worker-crash":
				r.Mitigate = Timing{}
			case "torn-page":
				r.Detect.Used, r.Mitigate.Used, r.Recover.Used = 0, 0, 0
				r.Origin.Started = r.Origin.Started.AddDate(0, 0, 33)
			}
			all = append(all, r)
		}
	}
	return Judge(all, Defaults)
}

// UPDATE=1 writes what is printed today into testdata; read the difference.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "UPDATE=1 go test ./sim/trend, if it is meant to be so")
}

func TestPrint(t *testing.T) {
	var plain, coloured bytes.Buffer
	require.NoError(t, aTable().Print(&plain, false))
	golden(t, "table.txt", plain.Bytes())
	assert.NotContains(t, plain.String(), "\x1b")

	require.NoError(t, aTable().Print(&coloured, true))
	assert.Contains(t, coloured.String(), "\x1b[31mslower")
	assert.Equal(t, plain.String(), strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[2m", "", "\x1b[0m", "").Replace(coloured.String()),
		"colour changes nothing else")
}

// Promise: good news does not cover bad news up.
func TestEachMarkHasItsColour(t *testing.T) {
	row := Row{Mark: Flaky, Times: []Time{{Measure: "detect", Mark: Faster, Adjusted: 0.01, Over: true}}}
	line := row.lines(true)[0]
	assert.Equal(t, "\x1b[31mflaky\x1b[0m, \x1b[32mfaster (p 0.01)\x1b[0m, \x1b[31mover budget\x1b[0m", line[len(line)-1])
}

func TestPrintOfTwoMachines(t *testing.T) {
	var out bytes.Buffer
	big := with(func(n *night) { n.cpus = 16 })
	require.NoError(t, Judge(append(steady().results(1), big.results(2)...), Defaults).Print(&out, false))
	assert.Contains(t, out.String(), "never mixed; these are of linux/amd64, 16 CPUs and linux/amd64, 2 CPUs")
}

func TestPrintOfOneRun(t *testing.T) {
	var out, page bytes.Buffer
	one := Judge(steady().results(1)[:1], Defaults)
	require.NoError(t, one.Print(&out, false))
	assert.Contains(t, out.String(), "\n1 run, 1 series.")
	require.NoError(t, one.HTML(&page))
	assert.Contains(t, page.String(), "<p>1 run until")
}

// Promise: the page is whole by itself, and what comes from services cannot break
// out of it.
func TestHTML(t *testing.T) {
	var all []Result
	for _, r := range with(func(n *night) { n.drill, n.slower = `<script>alert("x")</script>`, 0.4 }).results(1) {
		r.Origin.Run = `run"><img src=x>`
		all = append(all, r)
	}
	var out bytes.Buffer
	require.NoError(t, Judge(all, Defaults).HTML(&out))
	page := out.String()
	for _, no := range []string{"<script", "<img", "http:", "https:", "url(", "@import"} {
		assert.NotContains(t, page, no)
	}
	var good bytes.Buffer
	require.NoError(t, aTable().HTML(&good))
	assert.Equal(t, 3+3+2+3, strings.Count(good.String(), "<svg"), "a picture for each time that there is")
	assert.Equal(t, strings.Count(good.String(), "<svg"), strings.Count(good.String(), "aria-label"))
	assert.Contains(t, good.String(), "got slower")
	wellFormed(t, good.String())
}

// wellFormed reads the page as the strictest reader would, void elements apart.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	in := xml.NewDecoder(strings.NewReader(page))
	in.Strict, in.AutoClose, in.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
