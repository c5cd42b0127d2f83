package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
)

// States as they are recorded.
const (
	quiet   = "quiet"
	pending = "pending"
	shown   = "shown"
	noData  = "no data"
	holds   = "holds"
)

// TheTargets is the name of what is missing while a target cannot be scraped.
const TheTargets = "targets scraped"

// ShowsBefore is what is seen of a signal that cannot tell of the fault: it shows already.
const ShowsBefore = "it shows since before the fault"

// UntoldErrors is the name of the check that no error is logged but those that the runbook
// tells of.
const UntoldErrors = "untold errors"

// lacking says that there was no data, and why, where that was recorded.
func lacking(why string) string { return strings.TrimSuffix(noData+": "+why, ": ") }

func objective(name string) string { return "objective " + name }

func objectives(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, objective(name))
	}
	return all
}

// steady: the steady state has lasted before the fault came, no listed signal
// showed, and no alert fired.
func (j *judging) steady() {
	until := j.over("steady")
	expected := "it lasts " + runbook.Short(j.setup.Settle)
	// By rounds, it lasted; a state is noted when its round is through, which takes longer at
	// one time than at another.
	hold := j.scale(j.setup.Settle - j.setup.Interval)
	lasted := func(s span) bool { return !s.to.Before(until) && until.Sub(s.from) > hold }
	whole := j.spans(objectives(j.setup.Objectives), holds)
	switch wrong, unknown := j.broke(j.setup.Objectives, until); {
	case slices.ContainsFunc(whole, lasted):
		j.say("steady state", Passed, expected, "")
	case wrong != "":
		j.say("steady state", Failed, expected, "%s", wrong)
	case unknown != "":
		j.say("steady state", Unverified, expected, "%s", unknown)
	default:
		j.say("steady state", Failed, expected, "it was broken in between")
	}
	for _, id := range j.setup.quiet() {
		if s, known := j.last(id, until); !known || s.State == noData {
			j.say(id, Unverified, quiet, "%s", lacking(s.Saw))
		} else if s.State == shown {
			j.say(id, Failed, quiet, shown)
		} else if !slices.ContainsFunc(j.spans([]string{id}, quiet), lasted) {
			j.say(id, Failed, quiet, "%s", "not all the time")
		}
	}
	for _, id := range j.setup.Errors {
		if s, known := j.last(id, until); known && s.State == noData {
			j.say(UntoldErrors, Unverified, WhatMayBeLogged, "%s", lacking(s.Saw))
			return
		}
	}
}

// broke says which of some objectives did not hold at a time, and of which nothing was
// known.
func (j *judging) broke(of []string, when time.Time) (wrong, unknown string) {
	var no, missing []string
	for _, name := range of {
		s, known := j.last(objective(name), when)
		switch {
		case !known || s.State == noData:
			missing = append(missing, name+": "+lacking(s.Saw))
		case s.State != holds:
			no = append(no, name+": "+s.Saw)
		}
	}
	return strings.Join(no, "; "), strings.Join(missing, "; ")
}

// bite: nothing happened until the fault came, and its own probe saw it.
func (j *judging) bite() {
	j.undisturbed()
	j.probed("bites")
}

// undisturbed: no signal showed from the beginning of the act to the fault, and the steady
// state held when that came. What is missing in between may have come back.
func (j *judging) undisturbed() {
	from, until := j.began("break"), j.injected
	if until.IsZero() {
		until = j.over("break")
	}
	for _, id := range j.setup.quiet() {
		if s, known := j.last(id, until); !known || s.State == noData {
			j.say(id, Unverified, quiet, "%s", lacking(s.Saw))
		} else if s.State == shown || j.was(id, shown, from, until) {
			j.say(id, Failed, quiet, shown)
		}
	}
	if wrong, unknown := j.broke(j.setup.Objectives, until); wrong != "" || unknown != "" {
		j.weigh("steady state", "it holds when the fault comes", cmp.Or(wrong, unknown), wrong == "")
	}
}

func (j *judging) probed(what string) {
	expected := "the fault's own probe sees that it " + what
	p, known := j.probes[what]
	switch {
	case !known:
		j.say("probe", Unverified, expected, "it was not asked")
	case p.Unknown:
		j.say("probe", Unverified, expected, "%s", p.Saw)
	default:
		j.hold("probe", expected, p.Saw)
	}
}

// notice: every signal that the runbook lists today has shown within its budget.
func (j *judging) notice() {
	if j.book == nil {
		j.lacks("signals", "every listed signal shows", journal.KindRunbook)
		return
	}
	budget := j.book.Meta.Budget.Detect
	var last time.Time
	told := true
	for _, id := range j.listed() {
		since := j.shows(id)
		if since.IsZero() {
			told = false
			j.silent(id)
			continue
		}
		if since.After(last) {
			last = since
		}
	}
	if used := j.unscale(last.Sub(j.injected)); told {
		j.within("detect", used, budget)
	}
}

// listed are the signals of the runbook.
func (j *judging) listed() []string {
	var all []string
	for _, name := range j.book.Meta.Alerts {
		all = append(all, "alert "+name)
	}
	for _, name := range j.book.Meta.Logs {
		all = append(all, "log "+name)
	}
	for _, name := range j.book.Meta.Health {
		all = append(all, "health "+name)
	}
	return all
}

// shows is when a signal began to show under the fault, zero when it did not
// within the budget to detect.
func (j *judging) shows(id string) time.Time {
	until := j.injected.Add(j.scale(j.book.Meta.Budget.Detect)).Add(j.scale(j.setup.Interval))
	if since, seen := j.told(id); !seen.After(until) {
		return since
	}
	return time.Time{}
}

// told is when a signal first began to show that was not there before the fault, and when
// that was seen; zero when it never did. An alert, or a check, has the date of the round
// that finds it, which is its beginning: the fault may have come into that round.
func (j *judging) told(id string) (since, seen time.Time) {
	for _, s := range j.states {
		if s.T.Of != id || s.T.State != shown {
			continue
		}
		since := s.T.Since
		if since.IsZero() || !strings.HasPrefix(id, "log ") && since.Before(j.injected) {
			since = s.At
		}
		if !since.Before(j.injected) {
			return since, s.At
		}
	}
	return time.Time{}, time.Time{}
}

func (j *judging) silent(id string) {
	expected := "it shows within " + runbook.Short(j.book.Meta.Budget.Detect)
	s, known := j.last(id, j.over("notice"))
	switch {
	case !known:
		j.say(id, Unverified, expected, "the drill did not look at it")
	case s.State == noData:
		j.say(id, Unverified, expected, "%s", lacking(s.Saw))
	default:
		saw := s.State
		if since, _ := j.told(id); s.State == shown && since.IsZero() {
			saw = ShowsBefore
		}
		j.say(id, Failed, expected, "%s", saw)
	}
}

func (j *judging) within(name string, used, budget time.Duration) {
	expected := fmt.Sprintf("within %s", runbook.Short(budget))
	if used > budget {
		j.say(name, Failed, expected, "%s", runbook.Short(used))
		return
	}
	j.say(name, Passed, expected, "%s", runbook.Short(used))
}

// What is expected of alerts, and of errors, all the time.
const (
	WhatMayFire     = "no alert but those that the runbook lists"
	WhatMayBeLogged = "no error but those that the runbook tells of"
)

// strangers: no alert fired, and no error was logged, but those of the runbook. An alert
// that fires when the load has ended is none: see [journal.KindUnloaded].
func (j *judging) strangers() {
	const expected = WhatMayFire
	var allowed []string
	switch {
	case j.book != nil:
		allowed = append(slices.Clone(j.book.Meta.Alerts), j.book.Meta.May...)
	case j.setup.Fault:
		j.lacks("unlisted alerts", expected, journal.KindRunbook)
		return
	}
	if j.setup.Fault && len(j.signals) == 0 && !j.began("notice").IsZero() {
		j.lacks("unlisted alerts", expected, journal.KindSignal) // a signal that began let the drill go on from there
		return
	}
	var fired []string
	for _, s := range j.signals {
		name, alert := strings.CutPrefix(s.T.Signal, "alert ")
		alert = alert && (j.unloaded.IsZero() || !s.At.After(j.unloaded))
		if alert && s.T.What == "begins" && !slices.Contains(allowed, name) && !slices.Contains(fired, name) {
			fired = append(fired, name)
		}
	}
	j.hold("unlisted alerts", expected, strings.Join(fired, ", "))
	var logged []string
	for _, s := range j.states {
		if s.T.State == shown && slices.Contains(j.setup.Errors, s.T.Of) && !slices.Contains(logged, s.T.Of) {
			logged = append(logged, s.T.Of)
		}
	}
	j.hold(UntoldErrors, WhatMayBeLogged, strings.Join(logged, ", "))
}

// calm: the steady state lasted all the time. The act ends when it does not.
func (j *judging) calm() {
	from, to := j.began("calm"), j.over("calm")
	all := objectives(j.setup.Objectives)
	lasted := slices.ContainsFunc(j.spans(all, holds), func(s span) bool {
		return !s.from.After(from) && !s.to.Before(to)
	})
	if lasted {
		j.say("steady state", Passed, "it lasts", "")
		return
	}
	for _, s := range j.states {
		if s.At.After(from) && slices.Contains(all, s.T.Of) && s.T.State != holds {
			from = s.At
			break
		}
	}
	wrong, unknown := j.broke(j.setup.Objectives, from)
	j.weigh("steady state", "it lasts", cmp.Or(wrong, unknown, "it was broken in between"), wrong == "" && unknown != "")
}
