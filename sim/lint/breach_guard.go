package lint

import (
	"cmp"
	"slices"
	"strings"
)

// This file finds guards that are put out of work: a check that is meant by a pronoun,
// a feature that is toggled, a part that is to run with a guard off.

// switchedOff is a guard that was named before: "when the check gets in the way, turn it
// off", "take it out until the evening". A check that has passed is only put aside.
func (h handling) switchedOff() string {
	pronoun := list("it that them this")[h.word(h.i+1)] && list("get leave put set shut switch take turn")[h.verb.base]
	if !pronoun || !h.outOfWork(h.i+2) || h.outcome(0, list("display done finished green lamp light passed passes screen sound succeeds")) {
		return ""
	}
	return cmp.Or(h.guarding(h.i), h.before.guarding(len(h.before.tokens)))
}

// guarding is the rule of a guard among the first words of a sentence, or "". What stands
// beside it may be no guard: "during a retry storm the check costs too much".
func (s sentence) guarding(to int) string {
	if s.outcome(0, list("dashboard graph graph's panel panel's")) {
		return ""
	}
	for k := range to {
		if rule := s.thing(k, k+1, disables); rule == "bypass-checks" || rule == "bypass-auth" {
			return rule
		}
	}
	return ""
}

// outOfWork reports "off" or "aside" at k, or an "out" that is not "out of the list".
func (s sentence) outOfWork(k int) bool {
	switch s.word(k) {
	case "aside", "off":
		return true
	case "out":
		return s.ends(k+1) || list("for until while")[s.word(k+1)] || s.word(k+2) == "the" && s.word(k+3) == "way"
	}
	return false
}

// toggled is a feature that is switched: "toggle optimistic-locking off".
func (h handling) toggled() string {
	if !list("flip switch toggle turn")[h.verb.base] || !h.outcome(h.i, list("off on")) {
		return ""
	}
	feature := strings.Contains(h.word(h.from), "-") || h.outcome(0, list("feature flag flags launchdarkly toggle toggles unleash"))
	if feature && !h.yours(h.from, h.to) && h.from < h.to {
		return "bypass-checks"
	}
	return ""
}

// unwatched is what carries the log to those who read it, and was named before: "the agent
// ships the audit to the archive. Stop it".
func (h handling) unwatched() string {
	if h.deeds&(destroys|disables|restarts) != 0 && list("it that them this")[h.head()] && h.before.forwards() {
		return "bypass-checks"
	}
	return ""
}

// forwards reports a sentence about a copy of the log or the audit.
func (s sentence) forwards() bool {
	return s.outcome(0, list("copied copies copy exports forwarded forwards mirrors sends ships streams")) && s.outcome(0, list("action actions audit entries entry log logs trail"))
}

// withOff is work with a guard that is off: "again with the version check disabled", "have the
// foreign keys out of the way".
func (s sentence) withOff(i int) string {
	if !list("have keep with")[s.word(i)] {
		return ""
	}
	for k := i + 2; k < min(i+7, len(s.tokens)); k++ {
		if list("blanked bypassed deleted disabled emptied relaxed removed skipped")[s.word(k)] || s.nulled(k) || s.outOfWork(k) && !list("my our the your")[s.word(k+1)] {
			return s.thing(i+1, k, disables)
		}
	}
	return ""
}

// nulled reports "set to `none`", "pointed at `/dev/null`", "at zero".
func (s sentence) nulled(k int) bool {
	if list("pointed pointing sent set switched turned")[s.word(k)] {
		k++
	}
	if !list("at into on to")[s.word(k)] {
		return s.word(k) == "nowhere"
	}
	return off[strings.ToLower(s.word(k+1))] || list("/dev/null nothing nowhere zero")[s.word(k+1)]
}

// leftOff is a guard that need not come back: "the check can stay off until …".
func (s sentence) leftOff(i int) string {
	if !list("disabled off")[s.word(i)] || !list("be remain stay")[s.word(i-1)] || !list("can may should")[s.word(s.left(i-1))] || s.question || s.negated(i) || s.conditional(i) {
		return ""
	}
	return s.thing(s.start(i), i, disables|edits)
}

// off is an item that only says so: "version check off".
func (s sentence) off(i int) string {
	if list("disabled off")[s.word(i)] && beings[s.word(i-1)] && s.permits() {
		return s.thing(s.start(i), i, disables)
	}
	out := s.word(i) == "out" && list("entry key line lock message record row")[s.word(i-1)] // "lock row out"
	if !list("disabled off")[s.word(i)] && !out || i != len(s.tokens)-1 && !(out && s.word(i+1) == ",") || i > 4 || s.question || s.label() > 0 {
		return ""
	}
	for k := range i {
		if _, verb := deeds[s.word(k)]; verb && s.word(k) != "check" || beings[s.word(k)] || modals[s.word(k)] || s.negator(k) || conditionalStart[s.word(k)] {
			return ""
		}
	}
	if out {
		return s.thing(0, i, destroys)
	}
	if rule := s.thing(0, i, disables); rule == "bypass-checks" || rule == "bypass-auth" {
		return rule
	}
	return ""
}

// alerts reports a sentence that tells of one: "`OrdersLate` flaps".
func (s sentence) alerts() bool {
	for _, t := range s.tokens {
		if t.code && alertName.MatchString(t.word) || t.alert || !t.code && list("alert alerts alarm alarms page pager pages")[t.word] {
			return true
		}
	}
	return false
}

// muted is an alert by its name, by a pronoun, or one that can only be meant.
func (h handling) muted() string {
	next := h.word(h.i + 1)
	switch {
	case h.verb.form == third:
	case h.head() != "" && list("mute snooze")[h.verb.base] && !list("my the your yourself")[h.head()],
		list("hush mute quiet shut silence snooze suppress")[h.verb.base] && h.deeds&disables != 0 && list("it that them these this")[next] && (h.before.alerts() || (sentence{tokens: h.tokens[:h.i]}).alerts()),
		h.quiets() && slices.ContainsFunc(h.tokens[h.from:h.to], func(t token) bool { return t.alert }):
		return "silence"
	}
	return ""
}

// quiets reports a verb that keeps an alert from its reader. To ignore one may be right: it
// may follow from another.
func (h handling) quiets() bool {
	if list("leave place put set")[h.verb.base] {
		return list("on to")[h.word(h.to)] && list("hold mute silent snooze")[h.word(h.to+1)]
	}
	return h.deeds&disables != 0 && list("deactivate disable gag hush mute pause quiet shut silence snooze stop suppress switch turn")[h.verb.base]
}
