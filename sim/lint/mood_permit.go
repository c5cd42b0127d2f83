package lint

import "strings"

// permits reports a sentence that gives leave, in words that look like a
// negation: "nothing speaks against it", "nobody will notice", "no harm in".
func (s sentence) permits() bool {
	return s.some(0, len(s.tokens), s.permission)
}

// permission reports that such leave begins at i.
func (s sentence) permission(i int) bool {
	if i < 0 || s.tokens[i].code {
		return false
	}
	w, next := s.word(i), s.word(i+1)
	switch {
	case w == "nothing":
		return s.word(i-1) == "costs" && next == "to" || list("against speaks wrong")[next] || next == "is" && s.word(i+2) == "wrong" || next == "to" && list("lose fear be")[s.word(i+2)]
	case w == "nobody" || w == "no-one" || w == "none":
		for k := i + 1; k < min(i+5, len(s.tokens)); k++ {
			if list("asks cares complain complains mind minds miss misses notice notices object objects")[s.word(k)] {
				return true
			}
		}
	case w == "no":
		return list("danger downside drawback harm issue loss objection objections problem risk trouble")[next] || next == "need" && s.outcome(i, safeWays)
	case w == "not" || strings.HasSuffix(w, "n't"):
		return next == "matter" && s.word(i-1) != "if" || next == "hurt"
	case w == "never":
		return next == "hurt" || next == "hurts"
	case w == "feel":
		return next == "free"
	case w == "welcome":
		return next == "to"
	}
	return false
}
