package report_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/report"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	nethtml "golang.org/x/net/html"
)

const hostile = `<script>alert(1)</script><img src="https://example.com/x.png" onerror="alert(2)">"'` + "`]]>\x1b[31m"

// nodes are the elements of a page.
func nodes(t testing.TB, page string) []*nethtml.Node {
	t.Helper()
	doc, err := nethtml.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var all []*nethtml.Node
	for n := range doc.Descendants() {
		if n.Type == nethtml.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attr(n *nethtml.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Promise: whatever a service, a runbook or a finding says is text on the page.
func TestEverythingIsEscaped(t *testing.T) {
	plan := journal.Plan{Test: hostile, Again: hostile, Fault: hostile, Load: hostile, Versions: map[string]string{hostile: hostile},
		Runbook: journal.Runbook{ID: hostile, Title: hostile, Boundary: hostile, Owner: hostile, Path: hostile, Alerts: []string{hostile}, Logs: []string{hostile}, Health: []string{hostile},
			Steps: []journal.Step{{Number: 1, Name: hostile, Line: hostile}}},
		Rules: []journal.Rule{{Alert: hostile, Expr: hostile, Severity: hostile}}}
	run := report.Run{Drills: []*report.Drill{made(t, plan, sim.Finding{Act: sim.Act(hostile), Name: hostile, Expected: hostile, Saw: hostile})},
		Proof: []sim.Row{{Drill: hostile, Variant: hostile, Saw: hostile, Verdict: sim.Survived, Again: hostile}}}
	run.Drills = append(run.Drills, run.Drills[0])
	scripts := 0
	for _, n := range nodes(t, html(t, run)) {
		if n.Data == "script" {
			scripts++
		}
		assert.NotContains(t, []string{"img", "iframe", "object", "link", "base"}, n.Data)
		for _, a := range n.Attr {
			assert.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
			assert.NotContains(t, strings.ToLower(a.Val), "javascript:")
			if a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") && a.Val != "" {
				t.Errorf("<%s %s=%q> leads out of the page", n.Data, a.Key, a.Val)
			}
		}
	}
	assert.Equal(t, 1, scripts, "the page's own")
}

// Promise: every figure has its text, every link leads somewhere, no two places
// have the same name, and the page has its landmarks.
func TestAccessible(t *testing.T) {
	ids, links, kinds := map[string]int{}, []string{}, map[string]int{}
	for _, n := range nodes(t, html(t, threeOutcomes(t))) {
		kinds[n.Data]++
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") {
			links = append(links, href[1:])
		}
		if n.Data == "svg" {
			assert.Equal(t, "img", attr(n, "role"))
			_, says, _ := strings.Cut(attr(n, "aria-label"), ": ")
			assert.NotEmpty(t, says, "%v", n.Attr)
		}
		if refers := attr(n, "aria-labelledby"); refers != "" {
			links = append(links, refers)
		}
		if strings.Contains(attr(n, "class"), "scroll") {
			assert.Equal(t, "0", attr(n, "tabindex"), "what scrolls can be reached by keyboard")
		}
	}
	for id, n := range ids {
		assert.Equal(t, 1, n, id)
	}
	for _, link := range links {
		assert.Equal(t, 1, ids[link], "#%s", link)
	}
	for kind, n := range map[string]int{"main": 1, "nav": 1, "footer": 1, "title": 4} {
		assert.GreaterOrEqual(t, kinds[kind], n, kind)
	}
}

// Promise: text is readable by everybody, in both colour schemes: a contrast of
// 4.5 by WCAG 2, and of 3 for what is drawn.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("page/style.css")
	require.NoError(t, err)
	light, dark, found := strings.Cut(string(css), "prefers-color-scheme: dark")
	require.True(t, found)
	dark, _, _ = strings.Cut(dark, "\n* {")
	for scheme, source := range map[string]string{"light": light, "dark": dark} {
		colours := map[string][3]float64{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(source, -1) {
			colours[m[1]] = rgb(m[2])
		}
		check := func(front, back string, least float64) {
			require.Contains(t, colours, front, scheme)
			require.Contains(t, colours, back, scheme)
			got := contrast(colours[front], colours[back])
			assert.GreaterOrEqual(t, got, least, "%s: %s on %s", scheme, front, back)
		}
		for _, ink := range []string{"ink", "soft", "link", "good", "bad", "odd"} {
			check(ink, "paper", 4.5)
			check(ink, "panel", 4.5)
		}
		for _, kind := range []string{"good", "bad", "odd"} {
			check(kind, kind+"-wash", 4.5)
			check("ink", kind+"-wash", 4.5)
			check("link", kind+"-wash", 4.5)
		}
		check("act-ink", "act", 4.5)
		check("act-ink", "act-2", 4.5)
		check("unready-ink", "unready", 4.5)
		for _, drawn := range []string{"firing", "unlisted", "step", "mitigation", "mark", "unready", "fault", "l0", "l1", "l2", "l3", "l4", "l5", "pending"} {
			check(drawn, "paper", 3)
		}
	}
}

func rgb(hex string) (c [3]float64) {
	for i := range c {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8) // the pattern sees to it
		c[i] = float64(n) / 255
	}
	return c
}

// contrast and luminance by https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c [3]float64) float64 {
	for i, v := range c {
		if c[i] = v / 12.92; v > 0.04045 {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

// sixteen is a run of 16 drills, all of them as large as a real one.
func sixteen(t testing.TB) []string {
	dir, data := t.TempDir(), string(record(t, "passed"))
	var paths []string
	for i := range 16 {
		named := strings.ReplaceAll(data, "sink-timeout", fmt.Sprintf("drill-%02d", i))
		paths = append(paths, write(t, dir, fmt.Sprintf("%d.jsonl", i), []byte(named)))
	}
	return paths
}

// Promise: the report of 16 drills is smaller than 3 MB.
func TestSize(t *testing.T) {
	run, err := report.Open(sixteen(t))
	require.NoError(t, err)
	assert.Less(t, len(html(t, run)), 3<<20)
}

// BenchmarkReport makes all three reports of 16 drills from their journals.
func BenchmarkReport(b *testing.B) {
	paths := sixteen(b)
	size := 0
	for b.Loop() {
		run, err := report.Open(paths)
		require.NoError(b, err)
		var page, junit, markdown strings.Builder
		require.NoError(b, run.HTML(&page))
		require.NoError(b, run.JUnit(&junit))
		require.NoError(b, run.Markdown(&markdown))
		size = page.Len()
	}
	b.ReportMetric(float64(size), "bytes/page")
}
