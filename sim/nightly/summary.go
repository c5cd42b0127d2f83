package nightly

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// end adds the results to the trend, shows it, and makes the report and the
// summary. A slow-down or a budget exceeded fails the night; that there are too few
// runs to tell does not.
func (n *Night) end(ctx context.Context) {
	if err := os.MkdirAll(n.Dir, 0o755); err != nil {
		n.failed(err)
	}
	var err error
	if n.all, err = verdicts(n.Results, n.Name); err != nil {
		n.failed(err)
	}
	for _, name := range []string{pageFile, junitFile, markdownFile, trendFile} { // another night's say nothing of this one
		if err := os.Remove(n.file(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			n.failed(err)
		}
	}
	if ctx.Err() == nil {
		n.step(ctx, "trend", "add", n.Results, "--store", n.Store)
		n.showTrend(ctx)
		n.report(ctx)
	}
	if ctx.Err() != nil {
		n.failed(fmt.Errorf("ended early: %w", context.Cause(ctx)))
	}
	if err := os.WriteFile(n.file("nightly.md"), []byte(n.summary()), 0o644); err != nil {
		n.failed(err)
	}
	n.say("%s after %s%s; see %s", outcome(n.status()), time.Since(n.began).Round(time.Second), n.lacks(), n.Dir)
}

// The files of a night, beside its summary.
const (
	pageFile     = "report.html"
	junitFile    = "junit.xml"
	markdownFile = "report.md"
	trendFile    = "trend.html"
)

// showTrend asks for what got slower only when the trend can be shown, and budgets can be
// told: so, that it cannot be told of the one is not taken for trouble with the other.
// The results are in the store by then.
func (n *Night) showTrend(ctx context.Context) {
	shown := n.step(ctx, "trend", "--fail-on", "budget", "--store", n.Store, "--results=", "--html", n.file(trendFile))
	n.trend = shown.said
	if shown.Status == unclear {
		return
	}
	if n.step(ctx, "trend", "--fail-on", "slower", "--store", n.Store, "--results=").Status == unclear && ctx.Err() == nil {
		n.steps[len(n.steps)-1].Informs = true
	}
}

// report is of this night's journals: without any, the command would take those of
// another.
func (n *Night) report(ctx context.Context) {
	files := journals(filepath.Dir(n.Results), n.all)
	if len(files) == 0 {
		n.leave("the report, for nothing has left a journal")
		return
	}
	args := []string{"report", "--out", n.file(pageFile), "--junit", n.file(junitFile), "--markdown", n.file(markdownFile)}
	n.step(ctx, append(args, files...)...)
}

func (n *Night) file(name string) string { return filepath.Join(n.Dir, name) }

func (n *Night) failed(err error) {
	n.say("%v", err)
	n.steps = append(n.steps, Step{Command: err.Error(), Status: unclear})
}

func outcome(status int) string {
	switch status {
	case good:
		return "passed"
	case red:
		return "failed"
	}
	return "could not be verified"
}

// lacks says that there is less behind the outcome than a whole night, if there is:
// who reads no further is to know.
func (n *Night) lacks() string {
	switch parts := len(n.left); parts {
	case 0:
		return ""
	case 1:
		return ", with 1 part left out"
	default:
		return fmt.Sprintf(", with %d parts left out", parts)
	}
}

// Account is what there is to say of a night that is over, for programs.
type Account struct {
	Run       string        `json:"run"`
	Outcome   string        `json:"outcome"`
	Minutes   time.Duration `json:"minutes"`
	Took      time.Duration `json:"took"`
	LeftOut   []string      `json:"left_out"`
	NotPassed []Red         `json:"not_passed"`
	Commands  []Step        `json:"commands"`
	Dir       string        `json:"dir"` // of the summary, the report and the trend
}

// Red is a rehearsal that did not pass.
type Red struct {
	Drill   string `json:"drill"`
	World   string `json:"world"`
	Seed    uint64 `json:"seed"`
	Outcome string `json:"outcome"`
	Again   string `json:"again"`
}

// Account says what became of the night.
func (n *Night) Account() Account {
	a := Account{Run: n.Name, Outcome: outcome(n.status()), Minutes: n.Minutes, Took: time.Since(n.began), LeftOut: append([]string{}, n.left...),
		NotPassed: []Red{}, Commands: append([]Step{}, n.steps...), Dir: n.Dir}
	for _, v := range n.all {
		if !v.passed() {
			a.NotPassed = append(a.NotPassed, Red{v.Drill, v.World, v.Seed, v.Outcome, n.again(v)})
		}
	}
	return a
}

// summary is Markdown: for the page of a run, and for the issue of a red one.
func (n *Night) summary() string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "## The nightly: %s%s\n\n%s of %s used.\n\n", outcome(n.status()), n.lacks(), time.Since(n.began).Round(time.Second), n.Minutes)
	for _, line := range n.left {
		_, _ = fmt.Fprintf(&text, "- left out: %s\n", line)
	}
	if red := n.reds(); red != "" {
		_, _ = fmt.Fprintf(&text, "\n### Did not pass\n\n%s", fenced(red))
	}
	_, _ = fmt.Fprint(&text, "\n### Commands\n\n| command | outcome | took |\n|---|---|---|\n")
	for _, s := range n.steps {
		said := outcome(s.Status)
		if s.Informs {
			said = "too few runs to tell"
		}
		_, _ = fmt.Fprintf(&text, "| `%s` | %s | %s |\n", clip(s.Command), said, s.Took.Round(time.Second))
	}
	_, _ = fmt.Fprintf(&text, "\n### Trend\n\n%s", fenced(n.trend))
	return text.String()
}

// fenced is text that comes from elsewhere: whatever is in it, it stays text.
func fenced(text string) string {
	return "```text\n" + strings.TrimSpace(strings.ReplaceAll(text, "```", "'''")) + "\n```\n"
}

func clip(text string) string {
	const most = 100 // characters
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
