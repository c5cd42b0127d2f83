package lint

import "strings"

// This file finds a tool of somebody's own that an earlier sentence tells of: "Elke's script
// lives on the jump host. It bends states back. Start it when the check is red."

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
