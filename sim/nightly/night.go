package nightly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Exit statuses of drill commands.
const (
	good    = 0
	red     = 1
	unclear = 2
)

// Night is one night.
type Night struct {
	Minutes time.Duration
	Drills  []Drill
	Lengths map[string]Length
	// NoEngine says why drills cannot be run in containers; nil when they can.
	NoEngine error
	// Require makes that "could not be verified", not only something to be said.
	Require bool
	// Scenarios is the folder of the drills, where that is not the command's default.
	Scenarios string
	// Dir is where the report, the trend and the summary go.
	Dir string
	// Name is the origin of the night's results: $DRILL_RUN of its commands.
	Name string
	// Results and Store are the files of the trend.
	Results, Store string
	// Do carries out a drill command, and returns its exit status and what it said.
	Do  func(ctx context.Context, args ...string) (status int, said string)
	Out io.Writer

	began time.Time
	steps []Step
	left  []string // out
	trend string   // table
	all   []verdict
}

// Step is a command that was carried out.
type Step struct {
	Command string        `json:"command"`
	Status  int           `json:"status"`
	Took    time.Duration `json:"took"`
	// Informs: its status is no part of the night's.
	Informs bool `json:"informs,omitempty"`

	said string
}

// Parts of the night that each kind of work ends by. The rest is for the report.
const (
	containersUntil = 0.75
	proveUntil      = 0.90
	campaignUntil   = 0.97
)

func (n *Night) until(part float64) time.Time {
	return n.began.Add(time.Duration(part * float64(n.Minutes)))
}

// fits reports whether something that takes so long is through by a part of the
// night.
func (n *Night) fits(takes time.Duration, part float64) bool {
	return !time.Now().Add(takes).After(n.until(part))
}

// Run spends the night, and returns its exit status: 1 when something failed, 2
// when something could not be verified. It begins at the given time, which may lie
// before now. No command is started that would not end in time as far as is known;
// so the night overruns by one command at most.
func (n *Night) Run(ctx context.Context, began time.Time) int {
	n.began = began
	n.say("%s, until %s", n.Minutes, n.until(1).Format(time.TimeOnly))
	ctx, cancel := context.WithDeadlineCause(ctx, n.until(1).Add(unknown.Lived), errStuck)
	defer cancel()
	round := n.round(ctx).Took
	n.containers(ctx)
	n.prove(ctx, round)
	n.campaign(ctx, round)
	n.end(ctx)
	return n.status()
}

// errStuck ends a command that took so much longer than it usually does that the
// night is over, and the time of one drill more.
var errStuck = errors.New("a command does not come to its end")

func (n *Night) say(format string, args ...any) {
	_, _ = fmt.Fprintf(n.Out, "nightly: "+format+"\n", args...)
}

// leave says what is left out, in one line.
func (n *Night) leave(format string, args ...any) {
	line := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	n.left = append(n.left, line)
	n.say("left out: %s", line)
}

// step carries out a command, and returns what became of it: nothing once the night
// has to end.
func (n *Night) step(ctx context.Context, args ...string) Step {
	if ctx.Err() != nil {
		return Step{Status: unclear}
	}
	if args[0] == "run" || args[0] == "prove" {
		args = n.placed(args...)
	}
	began := time.Now()
	line := "drill " + strings.Join(args, " ")
	n.say("after %s: %s", began.Sub(n.began).Round(time.Second), line)
	status, said := n.Do(ctx, args...)
	done := Step{Command: line, Status: status, Took: time.Since(began), said: said}
	n.steps = append(n.steps, done)
	return done
}

// placed is a command that says where the drills are, too.
func (n *Night) placed(words ...string) []string {
	if n.Scenarios == "" {
		return words
	}
	return append(words, "--scenarios", n.Scenarios)
}

// round runs all drills that there are in virtual time.
func (n *Night) round(ctx context.Context) Step {
	timely, timeless := n.timely()
	switch {
	case len(timeless) == 0:
		return n.step(ctx, "run")
	case len(timely) == 0:
		return Step{}
	}
	return n.step(ctx, append([]string{"run"}, timely...)...)
}

// containers runs drills one after the other, for they have the machine alone.
func (n *Night) containers(ctx context.Context) {
	if n.NoEngine != nil {
		n.leave("all drills in containers: %v", n.NoEngine)
		return
	}
	window := max(0, time.Until(n.until(containersUntil)))
	p := planContainers(n.Drills, n.Lengths, window)
	n.say("%d drills in containers at speed %d take about %s, and there are %s; those come first that have not run for the longest time",
		len(p.drills), p.speed, p.all.Round(time.Second), window.Round(time.Second))
	var late []string
	for _, drill := range p.drills {
		if !n.fits(p.takes(drill), containersUntil) { // a shorter one may
			late = append(late, drill)
			continue
		}
		n.step(ctx, "run", drill, "--world", "containers", "--speed", fmt.Sprint(p.speedOf(drill)))
	}
	if len(late) > 0 {
		n.leave("%d of %d drills in containers, for want of time: %s", len(late), len(p.drills), strings.Join(late, ", "))
	}
}

// prove spoils one drill after the other. What one takes is not known before the
// first; a round of all drills in virtual time is a fair guess.
func (n *Night) prove(ctx context.Context, takes time.Duration) {
	timely, timeless := n.timely()
	if len(timeless) > 0 {
		n.leave("all in virtual time, also to prove, of %d drills that have no parts for it: %s", len(timeless), strings.Join(timeless, ", "))
	}
	order := proveOrder(timely, n.began)
	for i, drill := range order {
		if !n.fits(takes, proveUntil) {
			n.leave("%d of %d drills to prove, for want of time: %s", len(order)-i, len(order), strings.Join(order[i:], ", "))
			return
		}
		if took := n.step(ctx, "prove", drill).Took; i == 0 {
			takes = took // no longer a guess
		} else {
			takes = max(takes, took)
		}
	}
}

// campaign runs all drills with other seeds, round after round, until one is red
// and has left no result: then it is not the drills that fail, and the next round
// would do the same.
func (n *Night) campaign(ctx context.Context, round time.Duration) {
	if timely, _ := n.timely(); len(timely) == 0 {
		return
	}
	rounds := 0
	for before := n.results(); ctx.Err() == nil && n.fits(round, campaignUntil); rounds++ {
		done := n.round(ctx)
		after := n.results()
		if done.Status != good && after == before {
			n.leave("more seeds in virtual time: a round ended without a result")
			return
		}
		before, round = after, max(round, done.Took)
	}
	if rounds == 0 {
		n.leave("more seeds in virtual time, for want of time")
	}
}

// results is how many the night has.
func (n *Night) results() int {
	all, _ := verdicts(n.Results, n.Name) // what cannot be read is told of in the end
	return len(all)
}

// status of the night: what failed counts more than what could not be verified.
func (n *Night) status() int {
	worst := good
	if _, timeless := n.timely(); n.NoEngine != nil && (n.Require || len(timeless) > 0) {
		worst = unclear
	}
	for _, s := range n.steps {
		switch {
		case s.Informs || s.Status == good:
		case s.Status == red:
			return red
		default:
			worst = unclear
		}
	}
	return worst
}
