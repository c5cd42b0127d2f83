package lint

import (
	"cmp"
	"slices"
	"strings"
)

// This file reads advice by reference: a sentence that tells what was done, or how
// things are, and one after it that says to do likewise; or of a tool of somebody's own: "Elke's
// script lives on the jump host. It bends states back. Start it when the check is red."

// adopts reports a sentence that makes an instruction of what stands before it: "do
// the same here", "use that for …", "that is still what to do".
func (s sentence) adopts() bool {
	if s.question {
		return false
	}
	for i := range s.tokens {
		if !s.tokens[i].code && s.likewise(i) && !s.negated(i) && s.begins(i) {
			return true
		}
	}
	return containsAny(" "+s.plain()+" ", " what to do ", " what we do ", " still works ", " still the fastest ", " still the best ", " still the quickest ", " works here ", " handy when ", " handy for ",
		" same again ", " worth repeating ", " is the procedure ") && !s.outcome(0, list("not no never")) || s.prescribes()
}

// begins reports a place where an order or a recommendation may begin.
func (s sentence) begins(i int) bool {
	w := s.word(i - 1)
	return s.barrier(i-1) || w == "," || w == "so" || skipped[w] || conjunctions[w] || modals[w] || s.human(i-1)
}

// likewise reports that an order to follow an example begins at i.
func (s sentence) likewise(i int) bool {
	next := s.word(i + 1)
	switch s.word(i) {
	case "do":
		return next == "likewise" || next == "so" || next == "as" || list("that the this it")[next] && (next != "the" || s.word(i+2) == "same")
	case "repeat", "copy", "follow", "imitate", "recommend":
		return list("it that this them")[next] && s.word(i+2) != "runbook" || next == "the" && s.word(i+2) == "same"
	case "begin", "go", "lead", "start":
		return list("for with")[next] && list("it one that this")[s.word(i+2)] && (s.ends(i+3) || list("and before first straight")[s.word(i+3)])
	case "apply", "take", "try", "use":
		ends := s.ends(i+2) || list("again as before first for here if now on too when whenever")[s.word(i+2)]
		return list("it that this them")[next] && ends || next == "the" && s.word(i+2) == "same"
	case "same":
		return list("again for goes here")[next]
	}
	return false
}

// adopted is what the sentences before one that adopts them tell of, in the same part of the page
// or the one before.
func (l *linter) adopted(all []sentence, i int) (event, bool) {
	if !all[i].adopts() {
		return event{}, false
	}
	first, phrase := all[i].tokens[0], all[i].phrase(0)
	window := slices.Concat(l.last, all[max(0, i-2):i], []sentence{all[i].cured()})
	for _, told := range slices.Backward(window[max(0, len(window)-3):]) {
		if len(told.tokens) == 0 {
			continue
		}
		if told.outcome(0, harm) && !told.tallies() || told.condemns() || told.answer().declines() {
			return event{}, false
		}
		if rule := l.exemplary(told); rule != "" {
			return event{first.at, first.end, rule, phrase}, true
		}
	}
	return event{}, false
}

// tallies reports a line that says no more than how long it took: "total outage: four minutes".
func (s sentence) tallies() bool {
	return s.label() > 0 && len(s.tokens) < 8 && s.outcome(s.label(), list("hour hours minute minutes second seconds"))
}

// cured is what a sentence tells before it comes to adopt that: "a restart sorts this out, so
// do that first".
func (s sentence) cured() sentence {
	for i := 2; i < len(s.tokens); i++ {
		if !s.tokens[i].code && s.likewise(i) && list(", : - so")[s.word(i-1)] {
			return sentence{tokens: s.tokens[:i]}
		}
	}
	return sentence{}
}

// exemplary is the rule that a sentence breaks by what it tells of, in whatever
// mood. What opctl does breaks none.
func (l *linter) exemplary(s sentence) string {
	for i, tok := range s.tokens {
		if tok.code {
			if strings.HasPrefix(tok.word, "opctl") {
				return ""
			}
			continue
		}
		v, ok := lookup(tok.word)
		if !ok || s.negated(i) || l.contracted(s, i) || l.named(s, i, v) {
			continue
		}
		if rule := l.breach(s, sentence{}, i, v); rule != "" && !(v.form == third && s.byItself(i)) {
			return rule
		}
	}
	for i := range s.tokens {
		if s.recorded(i) {
			return "bypass-data"
		}
		if does := deedNouns[s.word(i)]; does != 0 && !s.negated(i) && !s.directive(i) && (s.word(i+1) == "of" || determiners[s.word(i-1)] || brief[s.word(i-1)]) {
			if rule := cmp.Or(s.thing(i+1, min(i+5, len(s.tokens)), does), s.thing(max(0, i-3), i, does)); rule != "" {
				return rule
			}
		}
	}
	return ""
}

// utilities are what people write for themselves.
var utilities = list("binary bookmarklet cell helper macro notebook program script snippet spreadsheet tool utility")

// startsTool is an order to run what an earlier sentence brought up.
func (l *linter) startsTool(all []sentence, i int) (event, bool) {
	s := all[i]
	for k, t := range s.tokens {
		if t.code || !list("click execute fire invoke launch run start try use")[t.word] || !list("it that them this")[s.word(k+1)] || s.pointing(k+1) || !s.instructs(k, verb{base: t.word}) {
			continue
		}
		changes := false
		for j := i - 1; j >= max(0, i-3); j-- {
			if all[j].condemns() || all[j].outcome(0, list("cost displays drill laptop lists opctl prints reads shows")) {
				break
			}
			changes = changes || l.changes(all[j])
			if all[j].outcome(0, utilities) {
				return event{t.at, t.end, "bypass-host", s.phrase(k)}, changes || all[j].personal()
			}
		}
	}
	return event{}, false
}

// changes reports a sentence that says that something changes what is inside.
func (l *linter) changes(s sentence) bool {
	for i, t := range s.tokens {
		v, ok := lookup(t.word)
		if ok && !t.code && v.form == third && !s.negated(i) && (l.breach(s, sentence{}, i, v) != "" || s.tampered(i, v.base) != "") {
			return true
		}
	}
	return false
}

// personal reports something that is a person's: "Petra's home", "a colleague left".
func (s sentence) personal() bool {
	for i, t := range s.tokens {
		if s.human(i) && list("keeps left wrote")[s.word(i+1)] {
			return true
		}
		owner, is := strings.CutSuffix(t.word, "'s")
		if is && !t.code && things[owner] == nil && !list("drill here it let page runbook that there today what who")[owner] {
			return true
		}
	}
	return false
}
