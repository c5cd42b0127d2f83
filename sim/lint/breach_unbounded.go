package lint

import "strings"

// This file finds work on many things at once: all of them in one go, past the limit that
// there is, or more and more of what works on them.

var (
	bulk   = list("redrive resend replay release resolve reprice requeue retry rerun reprocess republish resubmit move send drain restart process push")
	wholes = list("everything all whole every entire lot")
	// bringing is bulk when what they bring is orders: "let all parked orders go".
	bringing = list("bring give let pass put take")
	goods    = list("backlog delivery letter message order parcel")
	inOne    = list("batch burst go pass run shot sweep")
)

// unbounded work hits what has just come back with all at once.
func (s sentence) unbounded(i int) string {
	w := s.word(i)
	if list("brings floods hits returns sends")[s.word(i+2)] && strings.HasSuffix(w, "ing") && i == s.start(i) {
		return "" // "restarting intake brings all of them back at once": what comes of it
	}
	done := s.word(s.left(i)) == "be" && (bulk[strings.TrimSuffix(w, "d")] || bulk[strings.TrimSuffix(w, "ed")])
	if s.crowds(i) {
		return "unbounded"
	}
	if !done && !bulk[strings.TrimSuffix(w, "ing")] && !s.brings(i) {
		return ""
	}
	all := (sentence{tokens: s.tokens[i+1:]}).outcome(0, wholes) || done && s.outcome(0, wholes)
	for k := i + 1; k < len(s.tokens); k++ {
		if s.free(k) || all && s.hurry(k) {
			return "unbounded"
		}
	}
	return ""
}

// crowds reports that everything is put into the lane, which is for what is hot.
func (s sentence) crowds(i int) bool {
	from, to := s.object(i)
	return (bringing[s.word(i)] || bulk[s.word(i)]) && s.outcome(to, list("lane")) && (sentence{tokens: s.tokens[from:to]}).outcome(0, wholes)
}

// brings reports a verb at i that brings orders or letters somewhere, many of them.
func (s sentence) brings(i int) bool {
	from, to := s.object(i)
	object := sentence{tokens: s.tokens[from:to]}
	if !bringing[s.word(i)] || !object.outcome(0, wholes) {
		return false
	}
	return s.some(from, to, func(k int) bool { return goods[singular(s.word(k))] })
}

// free reports words at k for work without a limit.
func (s sentence) free(k int) bool {
	next, third := s.word(k+1), s.word(k+2)
	switch s.word(k) {
	case "over", "again":
		return next == "and" && third == s.word(k)
	case "without":
		return containsAny(next+" "+third, "limit", "rate", "bound", "throttle")
	case "unlimited", "unbounded", "uncapped", "unthrottled":
		return true
	case "no":
		return strings.HasPrefix(next, "limit")
	case "full":
		return list("pelt rate speed throttle tilt")[next]
	}
	return false
}

// hurry reports words at k for all at the same time.
func (s sentence) hurry(k int) bool {
	next, third := s.word(k+1), s.word(k+2)
	switch s.word(k) {
	case "at":
		return next == "once" || next == "the" && third == "same"
	case "as":
		return list("fast quickly")[next]
	case "in":
		return next == "bulk" || next == "one" && inOne[third] || next == "a" && third == "single" && inOne[s.word(k+3)]
	}
	return false
}

// bounding are what bounds work, by the words for it.
var bounding = list("batch bound cap ceiling limit maximum rate throttle")

func (s sentence) limited() int {
	for k := range s.tokens {
		if !s.tokens[k].code && bounding[singular(s.word(k))] {
			return k
		}
	}
	return -1
}

// waives reports a sentence that tells its reader not to mind a limit: "don't bother with a
// rate", "there is no maximum to respect", "leave the limit out".
func (s sentence) waives() bool { return s.waived(s.limited()) }

// waived reports a sentence that tells its reader not to mind what the word at says.
func (s sentence) waived(at int) bool {
	if at < 0 || s.question || s.pastAnywhere() || s.outcome(0, list("already default itself own")) {
		return false
	}
	for k, t := range s.tokens {
		switch {
		case t.code:
		case list("attention bother care heed matter mind need needed needs respect stop worry")[t.word]:
			for j := max(0, k-4); j < k; j++ {
				if list("no nobody not nothing")[s.word(j)] || strings.HasSuffix(s.word(j), "n't") {
					return true
				}
			}
		case t.word == "left" && s.word(k+1) == "out", list("omitted optional skipped superfluous unnecessary")[t.word], t.word == "without" && at > k && at < k+4 && !s.outcome(0, list("error fails refused refuses rejected rejects")):
			if !s.negated(k) && !s.conditional(k) {
				return true
			}
		case list("disregard forget ignore omit skip")[t.word], t.word == "leave" && s.outcome(k, list("out")):
			if k < at && !s.negated(k) {
				return true
			}
		case list("above beyond past")[t.word] && k < at && at < k+3 && !s.negated(k):
			return true
		}
	}
	return false
}

// unreasoned is a command whose reason is said to matter nothing: "the reason can be left out at
// night". The contract wants one.
func (l *linter) unreasoned(all []sentence, i int) (event, bool) {
	s := all[i]
	for at, t := range s.tokens {
		if t.word != "reason" && !(t.code && strings.HasPrefix(t.word, "--reason")) || !s.waived(at) {
			continue
		}
		for _, beside := range all[max(0, i-1):min(i+2, len(all))] {
			for _, code := range beside.tokens {
				if code.word == "opctl" || code.code && l.contract.reasoned(code.word) {
					return event{t.at, t.end, "contract", "opctl wants a reason: " + s.phrase(at)}, true
				}
			}
		}
	}
	return event{}, false
}

// growing verbs make more of what works.
var growing = list("add bump double grow increase launch push quadruple raise ramp scale spin start triple")

// grows is where the reader is told to make more workers without an end, or -1: "keep adding
// workers until the backlog is gone", "double it every minute".
func (s sentence) grows(before sentence) int {
	crew := list("concurrency parallelism pool replica replicas worker workers")
	crewed := s.outcome(0, crew) || before.outcome(0, crew)
	for i, t := range s.tokens {
		v, _ := lookup(t.word)
		told := i - 1 // the verb that tells to: "keep adding", "continue to add"
		if s.word(told) == "to" {
			told--
		}
		kept := growing[v.base] && list("continue keep on")[s.word(told)]
		if !kept {
			told = i
		}
		if !t.code && (crewed || v.base == "scale") && (kept || growing[t.word]) && s.goesOn(i, kept) && s.instructs(told, verb{base: s.word(told)}) {
			return i
		}
	}
	return -1
}

// goesOn reports that what the verb at i says is done again and again.
func (s sentence) goesOn(i int, kept bool) bool {
	rest := sentence{tokens: s.tokens[i:]}
	every := false
	for k := range rest.tokens {
		every = every || list("each every per")[rest.word(k)] && (list("minute minutes second seconds")[rest.word(k+1)] || list("minutes seconds")[rest.word(k+2)])
	}
	return kept && rest.outcome(0, list("till until while")) || every || containsAny(rest.plain()+" ", " as long as ", " up and up ", " more and more ")
}

// unheld is work on many things, or more and more workers, past the limit that there is: a
// sentence beside it may say so, or set one.
func (l *linter) unheld(all []sentence, i int) (event, bool) {
	s, before, after := all[i], sentence{}, sentence{}
	if i > 0 {
		before = all[i-1]
	}
	if i+1 < len(all) {
		after = all[i+1]
	}
	waived := s.waives() || after.waives()
	if k := s.grows(before); k >= 0 && (waived || s.limited() < 0 && after.limited() < 0 && !l.contracted(s, k)) {
		return event{s.tokens[k].at, s.tokens[k].end, "unbounded", s.phrase(k)}, true
	}
	if !waived {
		return event{}, false
	}
	for k, t := range s.tokens {
		if !t.code && (bulk[t.word] || s.brings(k) || growing[t.word]) && s.instructs(k, verb{base: t.word}) {
			return event{t.at, t.end, "unbounded", s.phrase(k)}, true
		}
	}
	return event{}, false
}
