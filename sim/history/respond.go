package history

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/traffic"
)

// respond: every step of the runbook was carried out, in order, and what it
// promises came true; the customers were served under the fault.
func (j *judging) respond() {
	if j.book == nil {
		j.lacks("steps", "every step does what it promises", journal.KindRunbook)
		return
	}
	during, after := runbook.ByFault(j.book.Steps)
	if !j.ran(during, 0) {
		return
	}
	if !j.book.Meta.HealsSelf() && !j.mitigated(len(during)) {
		return
	}
	if j.unready != nil {
		return // which is judged by itself: it may be so in any act
	}
	if j.healed.IsZero() {
		j.say("heal", Unverified, "the fault ends", "the journal has no entry %q", journal.KindHeal)
		return
	}
	j.probed("is gone")
	if share := j.book.Meta.Serves; share > 0 && !j.customers(share) {
		return
	}
	j.ran(after, len(during))
}

// ReadyAgain is what is expected when the fault ends of a service that it had killed.
const ReadyAgain = "a service that was killed is ready again"

// customers: as many customers were served under the fault as the runbook promises.
func (j *judging) customers(share float64) bool {
	accepted, of := traffic.ServedBy(j.requests, j.injected, j.healed)
	saw, unknown := Serves(share, accepted, of)
	outcome := Passed
	switch {
	case unknown:
		outcome = Unverified
	case saw != "":
		outcome = Failed
	}
	j.say(TheCustomers, outcome, Promised(share), "%s", saw)
	return outcome == Passed
}

// TheCustomers is the name of the finding that too few of them were served.
const TheCustomers = "customers"

// Promised is what a runbook promises that says so in its front matter.
func Promised(share float64) string {
	return fmt.Sprintf("%g %% of the customers are served while the fault is on", 100*share)
}

// Serves says how many of the customers were served when that is less than a share of
// them; otherwise nothing. When there were none it is unknown.
func Serves(share float64, accepted, of int) (saw string, unknown bool) {
	switch {
	case of == 0:
		return "nobody asked", true
	case float64(accepted) < share*float64(of):
		return fmt.Sprintf("%d of %d were", accepted, of), false
	}
	return "", false
}

// ran judges steps, of which so many came before, up to the first that did not do
// what it promises.
func (j *judging) ran(steps []runbook.Step, before int) bool {
	for i, s := range steps {
		name := "step " + s.Name
		if before+i >= len(j.steps) {
			j.say(name, Failed, s.Line, "it was not carried out")
			return false
		}
		saw, unknown := j.step(s, j.steps[before+i].T)
		switch {
		case saw == "":
			j.say(name, Passed, s.Line, "")
			continue
		case unknown:
			j.say(name, Unverified, s.Line, "%s", saw)
		default:
			j.say(name, Failed, s.Line, "%s", saw)
		}
		return false
	}
	return true
}

// step is what was wrong with one that ran, if anything.
func (j *judging) step(s runbook.Step, r runbook.StepResult) (saw string, unknown bool) {
	switch {
	case r.Step != s.Name:
		return fmt.Sprintf("step %s was carried out in its place", r.Step), false
	case r.Failure != "":
		return r.Failure, strings.Contains(r.Failure, runbook.ErrUnjudged.Error())
	case len(r.Expect) != len(s.Expect):
		return fmt.Sprintf("%d of its %d expectations were judged", len(r.Expect), len(s.Expect)), true
	}
	for i, e := range r.Expect {
		within := s.Expect[i].Within + s.Expect[i].For + j.setup.Interval
		switch {
		case !e.Held && e.NoData:
			return lacking(e.Seen), true
		case !e.Held:
			return e.Seen, false
		case j.unscale(e.After) > within:
			return fmt.Sprintf("it came true after %s, within %s", runbook.Short(j.unscale(e.After)), runbook.Short(within)), false
		}
	}
	return "", false
}

// mitigated: the objectives held for a minute while the fault was on, in time. It
// is looked at when the steps under the fault, the first so many, are over.
func (j *judging) mitigated(steps int) bool {
	from := j.began("respond")
	if steps > 0 {
		from = j.steps[steps-1].T.Ended
	}
	end := j.injected.Add(j.scale(j.length + j.setup.Interval))
	hold := j.scale(j.setup.Mitigated)
	page := j.firstPage()
	for _, s := range j.spans(objectives(j.setup.Restores), holds) {
		seen := s.from.Add(hold)
		if seen.Before(from) {
			seen = from
		}
		if !s.sees(seen) || seen.After(end) {
			continue
		}
		if !s.from.After(j.injected) {
			j.say("mitigate", Failed, "the fault breaks the objectives, and the mitigation restores them", "they held all the time")
			return false
		}
		used := max(0, j.unscale(s.from.Sub(page))+j.setup.Mitigated)
		j.within("mitigate", used, j.book.Meta.Budget.Mitigate)
		return used <= j.book.Meta.Budget.Mitigate
	}
	expected := "the objectives hold for " + runbook.Short(j.setup.Mitigated) + " while the fault is on"
	wrong, unknown := j.broke(j.setup.Restores, end)
	switch {
	case wrong == "" && unknown != "" && !j.unserved(check.Stretch{From: end.Add(-hold), To: end}):
		j.say("mitigate", Unverified, expected, "%s", unknown)
	default:
		j.say("mitigate", Failed, expected, "they did not last: %s", cmp.Or(wrong, unknown))
	}
	return false
}

// unserved reports that clearly fewer customers of a stretch were served than before the
// fault, by what they had been told at its end.
func (j *judging) unserved(s check.Stretch) bool {
	return TurnedAway(traffic.Told(j.requests, s.To), j.injected, s) != ""
}

// firstPage is when the first listed alert fired.
func (j *judging) firstPage() time.Time {
	var first time.Time
	for _, name := range j.book.Meta.Alerts {
		if since, _ := j.told("alert " + name); !since.IsZero() && (first.IsZero() || since.Before(first)) {
			first = since
		}
	}
	return first
}
