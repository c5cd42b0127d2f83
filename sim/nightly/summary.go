package nightly

import (
	"context"
	"fmt"
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
	if ctx.Err() != nil {
		n.failed(fmt.Errorf("ended early: %w", context.Cause(ctx)))
	} else {
		n.step(ctx, "trend", "add", n.Results, "--store", n.Store)
		n.showTrend(ctx)
		n.step(ctx, "report", "--out", n.file("report.html"), "--junit", n.file("junit.xml"), "--markdown", n.file("report.md"))
	}
	if err := os.WriteFile(n.file("nightly.md"), []byte(n.summary()), 0o644); err != nil {
		n.failed(err)
	}
	n.say("%s after %s; see %s", outcome(n.status()), time.Since(n.began).Round(time.Second), n.Dir)
}

func (n *Night) showTrend(ctx context.Context) {
	args := []string{"trend", "--store", n.Store, "--results", n.Results, "--html", n.file("trend.html"), "--fail-on", "budget,slower"}
	began := time.Now()
	status, said := n.Do(ctx, args...)
	n.trend = said
	n.steps = append(n.steps, Step{"drill " + strings.Join(args, " "), status, time.Since(began), status == unclear})
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

// summary is Markdown: for the page of a run, and for the issue of a red one.
func (n *Night) summary() string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "## The nightly: %s\n\n%s of %s used. \n\n", outcome(n.status()), time.Since(n.began).Round(time.Second), n.Minutes)
	for _, line := range n.left {
		_, _ = fmt.Fprintf(&text, "- left out: %s\n", line)
	}
	_, _ = fmt.Fprint(&text, "\n| command | outcome | took |\n|---|---|---|\n")
	for _, s := range n.steps {
		said := outcome(s.Status)
		if s.Informs {
			said = "too few runs to tell"
		}
		_, _ = fmt.Fprintf(&text, "| `%s` | %s | %s |\n", s.Command, said, s.Took.Round(time.Second))
	}
	_, _ = fmt.Fprintf(&text, "\n### Trend\n\n```text\n%s\n```\n", strings.TrimSpace(strings.ReplaceAll(n.trend, "```", "'''")))
	return text.String()
}
