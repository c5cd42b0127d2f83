package lint

import "strings"

// signalled is a process that gets a signal by hand.
func (s sentence) signalled(i int) string {
	if list("sigkill sigterm sighup sigstop sigint sigquit sigusr1")[s.word(i)] {
		return "bypass-host"
	}
	return ""
}

// clicked is a button that destroys: "click Purge".
func (s sentence) clicked(i int) string {
	if !list("click press tap hit choose select")[s.word(i)] {
		return ""
	}
	for k := i + 1; k < min(i+4, len(s.tokens)); k++ {
		if v, ok := deeds[s.word(k)]; ok && v.form == base && v.does&pressed != 0 {
			return "bypass-api"
		}
	}
	return ""
}

// unchecked is work without what keeps it honest: "save it without the check".
func (s sentence) unchecked(i int) string {
	if s.word(i) != "without" {
		return ""
	}
	for k := i + 1; k < min(i+5, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		if list("check checking validation validating verifying verification version constraint idempotency lock token authentication approval review audit")[s.word(k)] {
			return "bypass-checks"
		}
	}
	return ""
}

// renewed is a cure by something new: "the remedy is a fresh volume".
func (s sentence) renewed(i int) string {
	if s.word(i) != "is" || !s.offered(i) || s.negated(i) || s.past(i) || s.worst(i) || !list("a an")[s.word(i+1)] ||
		!list("fresh new empty clean manual direct full hard quick")[s.word(i+2)] {
		return ""
	}
	return s.thing(i+3, min(i+6, len(s.tokens)), everyDeed)
}

// forced is a flag that takes a guard away: "pass --force".
func (s sentence) forced(i int) string {
	flag := s.word(i-1) == "-" && i > 1 && s.word(i-2) == "-" && s.tokens[i].at == s.tokens[i-1].end
	if !flag || !(inverses.MatchString(s.word(i)) || s.word(i) == "yes") || s.question || s.negated(i) || s.pastAnywhere() {
		return ""
	}
	for k := i - 3; k >= max(0, i-6); k-- {
		if list("pass passing use using add adding with append give set run")[s.word(k)] && !s.negated(k) {
			return "bypass-checks"
		}
	}
	return ""
}

// alone are patterns that say by themselves that the reader is told to.
func (s sentence) alone() []event {
	var found []event
	for i := range s.tokens {
		if s.tokens[i].code {
			continue
		}
		for _, p := range []func(int) string{s.gone, s.renewed, s.forced, s.nominalDeed} {
			if rule := p(i); rule != "" {
				found = append(found, event{s.tokens[i].at, s.tokens[i].end, rule, strings.TrimSpace(s.phrase(max(0, i-4)))})
			}
		}
	}
	return found
}
