package lint

import "strings"

// This file reads orders that do not begin with their verb: "in PagerDuty put …",
// "have the daemon skip …".

// times are when something is done, besides the [occasions].
var times = list("case emergency evening friday midnight monday morning noon now saturday shift sunday then thursday tomorrow tuesday wednesday week")

// placed reports an order that begins with where it is done, or when: "in PagerDuty
// put the service into maintenance", "if you see that just drop it".
func (s sentence) placed(i int) bool {
	first := s.start(i)
	switch {
	case i-first > 1 && i-first < 6 && list("at by during for from in on till until")[s.word(first)] && (occasions[stem(s.word(i-1))] || times[stem(s.word(i-1))]):
		return deeds[fold(s.word(i))].form == base && s.meant(i+1) // "until then use her token"
	case i-first < 2 || s.human(i-1) || modals[s.word(i-1)] || deeds[fold(s.word(i))].form != base:
		return false
	case list("at from in inside on under")[s.word(first)]:
		return i-first < 4 && list("a all an each it the them this your")[s.word(i+1)] && !determiners[s.word(i-1)] && !strings.HasSuffix(s.word(i-1), "s")
	case s.word(first) == "during":
		return i-first < 8 && determiners[s.word(first+1)] && list("a all an it the them this your")[s.word(i+1)] && !determiners[s.word(i-1)] && !strings.HasSuffix(s.word(i-1), "s")
	}
	return conditionalStart[s.word(first)] && list("just simply please")[s.word(i-1)] && !s.human(s.left(i)) && s.word(s.left(i)) != "to" && s.outcome(first, list("you"))
}

// meant reports that a thing which is known begins at k.
func (s sentence) meant(k int) bool {
	return k < len(s.tokens) && (s.tokens[k].code || determiners[s.word(k)] || list("as with")[s.word(k)] || pronouns[s.word(k)] || strings.HasSuffix(s.word(k), "'s"))
}

// machinery does again and again what it was made for.
var machinery = list("alias automation bot cron cronjob daemon function handler hook job lambda loop one-liner script task timer watchdog workflow")

// taught reports that a machine is to be made, or changed, so that it does what the verb at i
// says: "set up a job which restarts it", "extend the job so that it also truncates the outbox".
func (s sentence) taught(i int) bool {
	j := s.left(i)
	first := max(s.leading(), s.start(i))
	if comma := s.next(first, list(",")); conditionalStart[s.word(first)] && comma < i {
		first = comma + 1
	}
	k := s.find(i, list("that which"))
	if made := s.find(k, machinery); k > i-8 && s.word(k-1) != "so" && made >= max(first, k-6) {
		if list("add build create deploy have install leave let make put run schedule set start use write")[s.word(first)] {
			return s.instructs(first, verb{base: s.word(first)}) && !s.forReaders(first)
		}
		return s.label() > 0 && s.label() < k && s.offered(s.label()) // "cheap fix: a cron entry that bounces it"
	}
	if s.word(j) != "it" || s.word(j-1) != "that" || s.word(j-2) != "so" || !list("adapt adjust alter change configure edit extend modify patch rewrite")[s.word(first)] {
		return false
	}
	from, to := s.object(first)
	return !s.some(from, to, func(k int) bool {
		return trials[stem(s.word(k))] || list("drill fixture page runbook")[stem(s.word(k))]
	}) && s.instructs(first, verb{base: s.word(first)})
}

// offstage reports a sentence that begins with a place which is not the service: "in the
// rehearsal environment, reset the database".
func (s sentence) offstage() bool {
	k := s.leading()
	return k > 0 && k < 6 && s.outcome(0, list("laptop rehearsal staging")) && !s.outcome(0, list("live prod production so")) && !(sentence{tokens: s.tokens[:max(k, 0)]}).outcome(0, pronouns)
}

// habit reports what others do as a matter of routine: "the DBAs vacuum it on
// Sundays".
func (s sentence) habit(j int) bool {
	return list("admins dbas developers devs engineers maintainers owners")[s.word(j)] && s.outcome(j, list("daily every hourly monthly mondays nightly nights regularly saturdays sundays usually weekly"))
}

// made reports that a machine is to be made do what the verb at i says: "have the
// daemon skip its check", "let the breaker tolerate more".
func (s sentence) made(i int) bool {
	for k := i - 2; k >= max(s.start(i), i-6); k-- {
		if s.tokens[k].code || s.tokens[k].punct() || s.word(k) == "that" {
			return false
		}
		if w := s.word(k); w == "have" || w == "make" || w == "let" {
			does := deeds[fold(s.word(i))].does
			return !s.human(k+1) && !pronouns[s.word(k+1)] && s.commanded(k, s.left(k)) && (w != "let" || does&(disables|evades) != 0)
		}
	}
	return false
}
