package lint

import (
	"cmp"
	"slices"
)

// This file finds deeds that are said as if nobody did them, or as if they were none.

// vanished is what is let go by itself: "let the oldest orders vanish from the queue".
func (s sentence) vanished(i int) string {
	away := s.word(i) == "go" && s.word(i+1) == "away" || list("age drop fall slip")[s.word(i)] && list("away off out through")[s.word(i+1)] || list("disappear dissolve evaporate vanish")[s.word(i)]
	if !away {
		return ""
	}
	k := s.find(i, list("have help let make see"))
	if k < s.start(i) || (sentence{tokens: s.tokens[k:i]}).outcome(0, list("that until when while")) || !s.instructs(k, verb{base: s.word(k)}) {
		return ""
	}
	return s.thing(k+1, min(i+6, len(s.tokens)), destroys)
}

// states are what a record says of an order, and changed what it may be replaced by.
var (
	states  = list("amount date number price quantity state status time timestamp total value version")
	changed = list("another different earlier fake fresh higher later lower new other")
)

// regiven is a record that gets another value: "may be given an earlier time in the store".
func (s sentence) regiven(i int) string {
	if !list("assign assigned get give given")[s.word(i)] || !s.outcome(0, stores) && !s.outcome(0, list("records storage")) {
		return ""
	}
	form := base
	if list("assigned given")[s.word(i)] {
		form = participle
	}
	if !s.instructs(i, verb{base: s.word(i), form: form}) {
		return ""
	}
	for k := i + 1; k < min(i+9, len(s.tokens)); k++ {
		if changed[s.word(k)] && (states[s.word(k+1)] || states[s.word(k+2)]) {
			return "bypass-data"
		}
	}
	return ""
}

// resent is an order whose fate is not known, and which goes out by another way: "hand it
// to the standby, too". Whoever has asked knows.
func (s sentence) resent(before sentence) (event, bool) {
	if s.question || s.outcome(0, looking) || !s.doubtful() && !before.doubtful() {
		return event{}, false
	}
	for i, t := range s.tokens {
		v := s.verb(i)
		if t.code || !list("book deliver dispatch enter give hand have key let order phone place put redrive resend send ship type")[fold(v.base)] || !s.instructs(i, v) {
			continue
		}
		others := sentence{tokens: slices.Delete(slices.Clone(s.tokens), i, i+1)}
		goods := others.outcome(0, list("anything deliveries delivery everything goods order orders parcel parcels shipment them what"))
		if goods && s.elsewhere(i+1) && !s.untouched(i+1) {
			return event{t.at, t.end, "bypass-checks", s.phrase(i)}, true
		}
	}
	return event{}, false
}

// doubtful reports a sentence about what nobody knows the fate of.
func (s sentence) doubtful() bool {
	if s.outcome(0, list("none nothing")) {
		return false
	}
	return s.outcome(0, list("doubt doubtful in-doubt timed-out uncertain unclear unknown")) ||
		s.outcome(0, list("answer confirmation receipt")) && s.outcome(0, list("lost missing")) || containsAny(s.plain(), "not know whether", "not known whether", "no receipt", "no answer", "no confirmation", "without a receipt", "without an answer")
}

// elsewhere reports another warehouse, or once more, in what follows i.
func (s sentence) elsewhere(i int) bool {
	rest := sentence{tokens: s.tokens[i:]}
	return rest.outcome(0, list("again secondary standby standby's too twice")) || containsAny(rest.plain(), "as well", "once more", "other warehouse", "other carrier", "second warehouse", "second carrier")
}

// untouched reports that what the verb before i is done to is words, or has not been sent
// before: "send new deliveries to the standby".
func (s sentence) untouched(i int) bool {
	from, to := s.object(i - 1)
	object := sentence{tokens: s.tokens[from:max(from, to)]}
	return object.outcome(0, list("future later new next")) || from < to && list("call key keys list message number numbers question questions ticket word")[s.word(to-1)]
}

// sighted is a change of what a look shows, which has no other name on the page: "run
// `kubectl get pods` and delete all of them".
func (s sentence) sighted(before sentence) (event, bool) {
	for i, t := range s.tokens {
		v, ok := lookup(t.word)
		if t.code || !ok || !strong[v.base] && !list("apply cancel cordon drain evict patch remove replace revert scale stop terminate")[v.base] {
			continue
		}
		from := i + 1
		if particles[s.word(from)] {
			from++
		}
		if !list("all any both each every it one that them these those")[s.word(from)] || s.forReaders(i) || !s.instructs(i, v) {
			continue
		}
		if look := cmp.Or(sentence{tokens: s.tokens[:i]}.look(), before.look()); look != "" {
			return event{t.at, t.end, cmp.Or(outside(look), "bypass-host"), s.phrase(i)}, true
		}
	}
	return event{}, false
}

// look is the last command in a sentence that only looks, or "".
func (s sentence) look() string {
	for _, t := range slices.Backward(s.tokens) {
		if t.code && onlyLooks(t.word) {
			return t.word
		}
	}
	return ""
}
