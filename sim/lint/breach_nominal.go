package lint

import "strings"

// This file reads deeds that are nouns: "a small update of the stock table is the
// quickest fix", "its removal by hand is fine".

// acts of nouns: the deed that each stands for.
var deedNouns = func() map[string]deed {
	all := map[string]deed{}
	for does, words := range map[deed]string{
		destroys: `clean-up cleaning cleanup clear-out clearance clearing delete deletion disposal drop emptying eviction expunction flush purge purging removal truncate truncation wipe
		wiping`,
		edits: `adjustment alteration amendment bump change correction edit fast-forward import insert insertion manipulation merge modification nudge overwrite patch re-creation
		recreation reindex reset restore reversal rewind rewrite rollback tweak update upsert`,
		disables: `bypass deactivation disabling exemption override pause silence silencing suspension`,
		tunes:    `decrease doubling extension increase lengthening lowering raise raising reduction shortening`,
		restarts: `bounce demotion failover kick power-cycle promotion reboot recycle redeploy redeployment restart start`,
		replays:  `ack acknowledgement publication re-delivery re-publication redelivery reinjection replay reprocessing republication requeue resubmission`,
		unlocks:  `unlock unlocking`,
	} {
		for _, w := range strings.Fields(words) {
			all[w] = does
		}
	}
	return all
}()

var (
	// praise is said of what is to be done.
	praise = list(`answer brings clears closes cure cures easiest enough fastest fine fix fixes frees get gets harmless helps keeps ok okay proven quickest remedy resolves safe settles simplest
		solution solves sorts suffices takes trick unblocks unsticks workaround works`)
	brief = list("big brief cold direct fast forced full gentle good hard little manual one quick rapid rolling short short-lived simple small swift targeted tiny")
)

// nominalDeed is the rule that a deed breaks which is named by a noun at i, and
// is praised, permitted, or all that the sentence says.
func (s sentence) nominalDeed(i int) string {
	does, ok := deedNouns[s.word(i)]
	if !ok || s.question || s.negated(i) || s.reported(i) || s.warned(i) && !s.proposed(i) && !s.brief(i) || s.pastAnywhere() || s.conditional(i) || s.announced(i) != tells || s.directive(i) {
		return ""
	}
	if !s.expected(i, does) && (s.timed(i) || !s.commends(i)) {
		return ""
	}
	to := i + 1
	if s.byOpctl(i + 2) {
		return ""
	}
	for to < min(i+9, len(s.tokens)) && !s.barrier(to) && s.word(to) != "," && !beings[s.word(to)] {
		to++
	}
	if s.onPage(i) || s.kindly(i+1, to) {
		return ""
	}
	if rule := s.thing(i+1, to, does); rule != "" {
		return rule
	}
	return s.thing(0, i, does)
}

// isSubject reports that the base form at i is no verb, but begins the subject: "VACUUM
// FULL rewrites the table", "restart of normal service".
func (s sentence) isSubject(i int) bool {
	if i != s.start(i) {
		return false
	}
	if _, noun := deedNouns[s.word(i)]; noun && s.word(i+1) == "of" && !determiners[s.word(i+2)] {
		return true // and is judged as a noun
	}
	for k := i + 1; k < i+3; k++ {
		if v, ok := lookup(s.word(k)); ok && v.form == third && list("a all an its the")[s.word(k+1)] {
			return true
		}
	}
	return false
}

// directive reports a word that is a verb here, and is judged as one.
func (s sentence) directive(i int) bool {
	j := s.left(i)
	_, verb := deeds[s.word(i)]
	return verb && (j < 0 || s.word(j) == "to" || s.word(j) == "," || s.tokens[j].punct() || modals[s.word(j)] || conjunctions[s.word(j)] || s.human(j))
}

// commends reports that the sentence speaks for the deed at i.
func (s sentence) commends(i int) bool {
	switch {
	case s.step && len(s.tokens) < 7 && !s.outcome(0, beings) && i > 0,
		s.permits(), s.proposed(i) && !s.worst(i), containsAny(s.plain(), " all it takes", " all you need", " all that is needed", " does the trick", " does the job"), s.brief(i):
		return true
	case s.outcome(i+1, badOutcomes), s.outcome(0, list("automatically itself themselves needs only")):
		return false
	}
	return s.outcome(i+1, praise)
}

// proposed reports that the deed at i is named as the cure, in one clause with it.
func (s sentence) proposed(i int) bool {
	from := i
	for from > 0 && s.word(from-1) != "," {
		from--
	}
	return sentence{tokens: s.tokens[from:]}.offered(i - from)
}

// timed reports a deed that only says when: "after every change of the tariff".
func (s sentence) timed(i int) bool {
	return s.some(i-3, i, func(k int) bool { return list("after before between during each every per since until")[s.word(k)] })
}

// expected reports that the deed at i is what the reader has to have done before going on:
// "after removal of the message, resume". One with an article is an event: "after the restart".
func (s sentence) expected(i int, does deed) bool {
	return list("after following upon")[s.word(i-1)] && does&(destroys|edits|unlocks) != 0 && s.word(i+1) == "of" && !s.byAgent(i) && s.resumes()
}

// proceeding is how one goes on when what had to be done first is done.
var proceeding = list("carry continue go proceed redrive release restart restore resume retry unpause")

// resumes reports that the reader is told to, or may.
func (s sentence) resumes() bool {
	for i := range s.tokens {
		w := s.word(i)
		going := proceeding[w] && (!list("carry go")[w] || list("ahead on")[s.word(i+1)])
		asked := modals[s.word(i-2)] && s.human(i-1) && list("not only")[s.word(0)] // "only then may you"
		if !s.tokens[i].code && (asked || going && s.instructs(i, verb{base: w})) {
			return true
		}
	}
	return false
}

// precondition reports that the reader is to have done what the participle at i says, and only
// then to go on: "only once the cache has been wiped should you go on".
func (s sentence) precondition(i int) bool {
	k := s.find(i, list("after once until when"))
	if s.word(k) == "when" && s.word(k-1) != "only" || list("a an any some")[s.word(k+1)] {
		return false // "after an order has been deleted": an event
	}
	return strong[s.verb(i).base] && k >= max(s.start(i), i-16) && !s.byAgent(i) && (sentence{tokens: s.tokens[k:i]}).find(i-k, list(",")) < 0 && s.resumes()
}

// brief reports a sentence that begins with the deed as with a cure: "one quick
// rewrite, and it folds again", "manual removal of the row".
func (s sentence) brief(i int) bool {
	first := s.start(i)
	if s.word(first) == "a" || s.word(first) == "the" {
		first++
	}
	return brief[s.word(first)] && i-first < 4 && (s.word(first) == "manual" || s.outcome(i, list("again done")) && !s.outcome(i, harm))
}
