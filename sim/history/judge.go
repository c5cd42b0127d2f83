package history

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/journal"
)

// Outcomes of a check, and of all together. A check is not reached when the drill
// ended before it.
const (
	Passed     = "passed"
	Failed     = "failed"
	Unverified = "could not be verified"
	NotReached = "not reached"
)

// Judgement is what today's checks say of a journal.
type Judgement struct {
	Journal  journal.Header `json:"journal"`
	Outcome  string         `json:"outcome"`
	Recorded string         `json:"recorded,omitempty"` // what the drill was found to be, then
	Verdicts []Verdict      `json:"verdicts"`
}

// Verdict is what one check says.
type Verdict struct {
	Act      string `json:"act,omitempty"`
	Check    string `json:"check"`
	Outcome  string `json:"outcome"`
	Expected string `json:"expected"`
	Saw      string `json:"saw,omitempty"`
}

// Judge applies all checks to a journal. A journal that is not whole could not be
// verified, whatever is left of it.
func Judge(j *journal.Journal) Judgement {
	judging := &judging{out: Judgement{Journal: j.Header}}
	h, err := read(j)
	judging.history = h
	judging.whole(j, err)
	if h.result != nil {
		judging.out.Recorded = h.result.Outcome
	}
	if err == nil {
		judging.checks()
	}
	return judging.close()
}

// Refuse is the judgement on a file that is no journal.
func Refuse(err error) Judgement {
	return Judgement{Outcome: Unverified, Verdicts: []Verdict{{Check: "journal", Outcome: Unverified, Expected: "it is whole", Saw: err.Error()}}}
}

type judging struct {
	*history
	act    string // whose checks these are
	broken bool   // the journal is not whole
	out    Judgement
}

func (j *judging) whole(from *journal.Journal, err error) {
	if err == nil {
		err = from.Whole()
	}
	if err == nil && j.result == nil {
		err = errors.New("it has no result: the drill did not come to its end")
	}
	j.broken = err != nil
	j.verify("journal", "it is whole", err)
}

// verify is a check without which nothing is known.
func (j *judging) verify(check, expected string, err error) {
	if err != nil {
		j.say(check, Unverified, expected, "%v", err)
		return
	}
	j.say(check, Passed, expected, "")
}

// say notes a verdict. In the act in which a drill was given up, what is not there might
// have come, unless the drill had found before that it failed. Where the drill itself found
// only what could not be verified, it ended with that: what failed by today's checks may have
// done so for the same want, or for want of what was to come.
func (j *judging) say(check, outcome, expected, saw string, args ...any) {
	if failed := outcome == Failed; j.act != "" && !(failed && j.result.failed(j.act, check)) {
		if outcome != Passed && j.act == j.abortAct || failed && j.result.unverified(j.act) {
			outcome = NotReached
		}
	}
	j.out.Verdicts = append(j.out.Verdicts, Verdict{j.act, check, outcome, expected, fmt.Sprintf(saw, args...)})
}

// hold is a check with a plain answer: what was seen otherwise, or nothing.
func (j *judging) hold(check, expected, otherwise string) {
	if otherwise != "" {
		j.say(check, Failed, expected, "%s", otherwise)
		return
	}
	j.say(check, Passed, expected, "")
}

// weigh is hold for what may be unknown: then saw says why.
func (j *judging) weigh(check, expected, saw string, unknown bool) {
	if unknown {
		j.say(check, Unverified, expected, "%s", saw)
		return
	}
	j.hold(check, expected, saw)
}

// lacks says that a check cannot be made, for want of an entry.
func (j *judging) lacks(check, expected, kind string) {
	j.say(check, Unverified, expected, "the journal has no entry %q: what wrote it did not record it", kind)
}

// part is an act, and the checks of it.
type part struct {
	act   string
	check func()
}

func (j *judging) checks() {
	if j.setup == nil {
		j.lacks("setup", "what the drill held itself to is known", journal.KindSetup)
		j.far()
		return
	}
	script := []part{{"steady", j.steady}, {"break", j.bite}, {"notice", j.notice}, {"respond", j.respond}, {"settle", j.settled}}
	if !j.setup.Fault {
		script = []part{{"steady", j.steady}, {"calm", j.calm}, {"settle", j.far}}
	}
	for _, p := range script {
		j.act = p.act
		if j.began(p.act).IsZero() {
			j.say("act", NotReached, "the drill comes that far", "")
			continue
		}
		p.check()
	}
	j.act = ""
	if j.unready != nil {
		j.say("heal", Failed, ReadyAgain, "%s", j.unready.Why)
	}
	j.strangers()
	j.asRecorded()
}

// asRecorded keeps what was found then, and no check finds today, from being
// green; and what could not be verified then cannot be now.
func (j *judging) asRecorded() {
	const expected = "all that was found then is judged today"
	if j.aborted != "" {
		j.say("abort", Unverified, "the drill is played to its end", "%s", j.aborted)
	}
	var open []string
	for _, f := range j.result.findings() {
		if f.Unverified || !j.found() {
			open = append(open, fmt.Sprintf("%s: %s: %s", f.Act, f.Name, firstLine(f.Saw)))
		}
	}
	if len(open) > 0 {
		j.say("as recorded", Unverified, expected, "then it was found, and no check of today can tell: %s", strings.Join(open, "; "))
		return
	}
	j.say("as recorded", Passed, expected, "")
}

func (r *recorded) findings() []finding {
	if r == nil {
		return nil
	}
	return r.Findings
}

// failed reports that the drill itself has found it to be so.
func (r *recorded) failed(act, check string) bool {
	return slices.ContainsFunc(r.findings(), func(f finding) bool { return f.Act == act && f.Name == check && !f.Unverified })
}

// unverified reports that the drill itself has found something in an act, and nothing that
// failed.
func (r *recorded) unverified(act string) bool {
	some := false
	for _, f := range r.findings() {
		if f.Act == act && !f.Unverified {
			return false
		}
		some = some || f.Act == act
	}
	return some
}

// found reports that a check of today has failed.
func (j *judging) found() bool {
	for _, v := range j.out.Verdicts {
		if v.Outcome == Failed {
			return true
		}
	}
	return false
}

// close derives the outcome: a failure counts even beside something that could not
// be verified, but in a journal that is not whole nothing counts.
func (j *judging) close() Judgement {
	j.out.Outcome = Passed
	for _, v := range j.out.Verdicts {
		if v.Outcome == Unverified || v.Outcome == NotReached {
			j.out.Outcome = Unverified
		}
	}
	if j.found() && !j.broken {
		j.out.Outcome = Failed
	}
	return j.out
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
