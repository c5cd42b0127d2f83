package lint

import (
	"cmp"
	"slices"
	"strings"
)

// event is something that a sentence does to an internal thing.
type event struct {
	at, end int // byte offsets in the text
	rule    string
	what    string
}

// prose judges a text that is no code. A label speaks for the sentences after it,
// too ("*Myth:* restart it. It helps."), until the next one. What a first "it" means may
// stand before the text. The sentences are returned, for what comes after.
func (l *linter) prose(t *text, v voice, before sentence) []sentence {
	all := t.sentences()
	if strings.IndexAny(t.String(), "❌🚫⛔✗👎") == 0 || t.planned(v, all) {
		v = warns
	}
	label := tells
	q := examines(all)
	for i, s := range all {
		if k := s.label(); k > 0 {
			if label = s.announced(k + 1); dropped[s.word(k-1)] && (troubles[s.word(len(s.tokens)-1)] || s.word(k+1) == "too") {
				label = tells // "Refused: checksum mismatch" is what the page is about
			}
		}
		if i > 0 && all[i-1].endsOpen() && leads(all[i-1].plain(), tells) == warns {
			label = warns // what leads up to it may be an element of HTML
		}
		if i > 0 && s.turnedDown() {
			label = tells // it is about what stands before it
		}
		disowned := q.leaves(s) || q.denies(s, i) || s.insertion() || s.coded() || s.offstage() || l.refuted(all, i) || unmasked(all, i) || i > 0 && unmasked(all, i-1) ||
			s.ruinous() || decried(all[i+1:]) || i+1 < len(all) && (all[i+1].disowns() || s.recounts() && all[i+1].opposes())
		defined := v == defines && i == 0 && s.defined() || v == entries && s.entry() || s.means()
		l.hear(s)
		better := s.word(0) == "instead" && s.word(1) != "of"
		if (max(v, label) != warns || better) && !disowned && !defined && !l.supposed(s) {
			for _, e := range l.events(s, before, v) {
				l.add(t, e)
			}
			if e, ok := l.unmarked(t, s); ok {
				l.add(t, e)
			}
			for _, refer := range []func([]sentence, int) (event, bool){l.adopted, l.startsTool, l.unheld, l.unreasoned} {
				if e, ok := refer(all, i); ok {
					l.add(t, e)
				}
			}
		}
		before = s.after(before)
	}
	return all
}

// after is a sentence as the one before the next: where it only speaks of "them", or answers a
// question, what is meant was said before it.
func (s sentence) after(before sentence) sentence {
	if !s.outcome(0, list("it ones them they")) && !(before.question && len(s.tokens) < 6) || s.thing(0, len(s.tokens), everyDeed) != "" || s.artefactIn(0, len(s.tokens)) || s.outcome(0, harm) || len(before.tokens)+len(s.tokens) > longest {
		return s
	}
	return sentence{tokens: slices.Concat(before.tokens, s.tokens)}
}

// endsOpen reports a sentence that leads up to the next.
func (s sentence) endsOpen() bool { return s.word(len(s.tokens)-1) == ":" }

// label is where the colon of a label stands that begins a sentence, or 0.
func (s sentence) label() int {
	for k := 1; k < min(6, len(s.tokens)); k++ {
		if s.word(k) == ":" && !s.tokens[k].code {
			return k
		}
	}
	return 0
}

// events of a sentence. A tool or a deed counts when the reader is told to.
func (l *linter) events(s, before sentence, v voice) []event {
	var found []event
	for i, tok := range s.tokens {
		if tok.code {
			if e, ok := l.codeEvent(s, i, v); ok {
				found = append(found, e)
			}
			continue
		}
		if e, ok := s.toolEvent(i); ok {
			found = append(found, e)
			continue
		}
		verb, ok := lookup(tok.word)
		if !ok {
			if rule := s.unlisted(i); rule != "" && !l.contracted(s, i) && !(l.lawful && s.sole(i)) {
				found = append(found, event{tok.at, tok.end, rule, s.phrase(i)})
			}
			continue
		}
		if l.contracted(s, i) || l.named(s, i, verb) || s.minding(i) || v == reports && irregular[verb.base] == verb.base {
			continue
		}
		rule := l.breach(s, before, i, verb)
		if rule == "" && strings.Contains(tok.word, "-") {
			rule = s.order(i)
		}
		if rule == "" {
			rule = s.tampered(i, verb.base)
		}
		if rule != "" && s.instructs(i, verb) {
			found = append(found, event{tok.at, tok.end, rule, s.phrase(i)})
		}
	}
	for _, p := range []func(sentence) (event, bool){s.lent, s.offWith, s.treated, s.resent, s.pushed, s.sighted} {
		if e, ok := p(before); ok {
			found = append(found, e)
		}
	}
	return append(found, s.special()...)
}

// contracted reports that the contract has the command that the verb at i is
// done with: "scale them back with `opctl …`".
func (l *linter) contracted(s sentence, i int) bool {
	for k := i + 1; k < len(s.tokens) && s.word(k) != "," && s.word(k) != "then" && s.word(k) != "and" && !conditionalStart[s.word(k)] && !(modals[s.word(k)] && s.human(k+1)); k++ {
		if s.tokens[k].code && strings.HasPrefix(s.word(k), "opctl ") {
			return l.contract.mention(s.word(k)) == nil
		}
		if s.byOpctl(k) {
			return true
		}
		if flag, is := strings.CutPrefix(s.word(k), "--"); is && s.tokens[k].code && l.contract.argument(strings.Fields(flag + " x")[0]) {
			return true
		}
	}
	return false
}

// byOpctl reports "through opctl" at k.
func (s sentence) byOpctl(k int) bool {
	return s.word(k) == "opctl" && list("by through using via with")[s.word(k-1)]
}

// led reports that a text leads up to commands of which each changes something that the
// contract allows: "isolate the order that crashes the workers:" says what they are for.
func (l *linter) led(b, next block) bool {
	if b.code || !next.code || !strings.HasSuffix(strings.TrimSpace(b.text.String()), ":") {
		return false
	}
	some := false
	for line := range next.contents() {
		if some = l.contract.changes(line); !some {
			return false
		}
	}
	return some
}

// sole reports that the order at i is the only one of its sentence, and names no artefact.
func (s sentence) sole(i int) bool {
	return !s.outcome(i, list("after afterwards and before then")) && !s.artefactIn(i, len(s.tokens))
}

// named reports that the verb at i with its object is a command of the contract:
// "scale the workers up", but not "to zero".
func (l *linter) named(s sentence, i int, v verb) bool {
	from, to := s.object(i)
	for k := from; k < min(to+3, len(s.tokens)); k++ {
		if isNumber(s.word(k)) || list("0 all every everything zero")[s.word(k)] {
			return false
		}
	}
	for k := from; k < to; k++ {
		for _, c := range l.contract.Commands {
			noun, does, _ := strings.Cut(c.Name, " ")
			if does == v.base && stem(noun) == stem(s.word(k)) {
				return !s.byHand(i)
			}
		}
	}
	return false
}

// orders reports a place where an order begins: a clause, or what follows a
// condition or another order.
func (s sentence) orders(i int) bool {
	j := s.left(i)
	switch {
	case j < 0, s.barrier(j):
		return true
	case s.word(j) == ",":
		return conditionalStart[s.word(0)] || list("to for in on at with as then after before")[s.word(0)]
	case conjunctions[s.word(j)]:
		return s.imperative(0)
	}
	return false
}

// unlisted is the rule that is broken by a verb of no list, or a machine that is let
// do something to an artefact.
func (s sentence) unlisted(i int) string {
	if w := s.word(i); list("have let")[w] && s.instructs(i, verb{base: w}) {
		return s.tampered(i, w)
	}
	return s.order(i)
}

// order is the rule that an order breaks whose verb is in no list: "re-sign the
// manifest". What is harmless to do is in [harmless] and [minds].
func (s sentence) order(i int) string {
	w := s.word(i)
	if !s.orders(i) || s.question || pronouns[w] || determiners[w] || harmless[w] || harmless[stem(w)] || s.minding(i) || !determiners[s.word(i+1)] && s.word(i+1) != "all" || list("during for of on")[s.word(i+1)] {
		return ""
	}
	if s.past(i) || strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		return "" // a plural, or what somebody does
	}
	if len(w) < 3 || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz-") != "" || particles[w] || stops[w] || skipped[w] || modals[w] || beings[w] || pasts[w] || negators[w] || common[w] || humans[w] || strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ly") || strings.HasSuffix(w, "n't") {
		return ""
	}
	from, to := s.object(i)
	if from < to && s.people(to-1) || s.kindly(from, to) || s.announced(i) != tells || s.warned(i) || s.reported(i) {
		return ""
	}
	for to < len(s.tokens) && !s.barrier(to) && s.word(to) != "," && !list("about because once unless until when while")[s.word(to)] && to < from+12 {
		to++
	}
	return cmp.Or(s.thing(from, to, everyDeed), s.tampered(i, w))
}

// phrase is a verb and some words after it, for the message.
func (s sentence) phrase(i int) string {
	var out []string
	for k := i; k < min(i+6, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		out = append(out, s.word(k))
	}
	return strings.Join(out, " ")
}

// does are the deeds of the verb at i, with those of a particle after it.
func (s sentence) does(i int, v verb) deed {
	does := v.does
	for k := i + 1; k < min(i+8, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if !s.tokens[k].code {
			does |= v.parts[s.word(k)]
		}
	}
	return does
}
