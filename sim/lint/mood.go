package lint

import "strings"

// This file decides whether a sentence tells its reader to do a thing, or warns
// of it, reports it, or says what the service does by itself. It works on words:
// negation and how far it reaches, who the subject is, the form of the verb.

// left is the first word before i that is not an adverb, or -1 at the start.
func (s sentence) left(i int) int {
	for i--; i >= 0; i-- {
		if s.word(i) == "hand" && s.word(i-1) == "by" || s.word(i) == "well" && s.word(i-1) == "as" {
			i--
			continue
		}
		if s.word(i) == "means" && s.word(i-1) == "all" && s.word(i-2) == "by" {
			i -= 2
			continue
		}
		if s.tokens[i].code || !skipped[s.tokens[i].word] && !(s.word(i) == "force" && strong[s.word(i+1)]) {
			return i
		}
	}
	return -1
}

// right is the first word after i that is not an adverb.
func (s sentence) right(i int) int {
	for i++; skipped[s.word(i)]; i++ {
	}
	return i
}

func (s sentence) word(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].word
}

// barrier reports a mark that a clause does not reach over.
func (s sentence) barrier(i int) bool {
	return i < 0 || i >= len(s.tokens) || s.tokens[i].punct() && strings.Contains(":-()[]|>", s.tokens[i].word)
}

// start of the clause that i is in.
func (s sentence) start(i int) int {
	for i > 0 && !s.barrier(i-1) {
		i--
	}
	return i
}

// imperative reports a bare verb at i, where an order would begin.
func (s sentence) imperative(i int) bool {
	v, ok := lookup(s.word(i))
	return common[s.word(i)] || ok && v.form == base || s.minding(i)
}

// refers reports a word for what was named before: "delete it", "set their status".
func (s sentence) refers(i int) bool { return pronouns[s.word(i)] || list("its their")[s.word(i)] }

// instructs reports that the reader is told to do what the verb at i says.
func (s sentence) instructs(i int, v verb) bool {
	if s.question && !s.suggests() || s.negated(i) || s.reported(i) || s.warned(i) || s.announced(i) != tells {
		return false
	}
	switch j := s.left(i); {
	case v.form != participle && s.approved():
		return !s.past(i) && !s.conditional(i)
	case v.form == gerund:
		return s.gerund(i, j)
	case v.form == third:
		return s.onTurn(i) || s.taught(i) || s.person(i) && !s.clocked() && !s.released(i) && (!s.conditional(i) || s.sufficient(i)) && !s.past(i)
	case s.task && (v.form == participle || irregular[v.base] != "" && j >= 0 && !s.tokens[j].punct()):
		return true
	case v.form == participle || beings[s.word(j)] && irregular[v.base] != "" || s.causative(i, j):
		return s.done(i, j)
	case s.word(i+1) == "of" && v.base != "dispose":
		return false // "use of her token is an incident"
	default:
		return s.commanded(i, j)
	}
}

// approved reports that what somebody does is said to be right: "the old hands bounce
// it, and they are right to".
func (s sentence) approved() bool {
	return containsAny(s.plain(), ", and they are right", ", and rightly so", ", and so should you", "with good reason", " to good effect", " and it works every time", " and that works every time")
}

// sufficient reports that a condition is all that it takes: "it is enough when
// one person restarts it".
func (s sentence) sufficient(i int) bool {
	return s.some(1, i, func(k int) bool {
		return list("if when")[s.word(k)] && list("best enough fine helps ok okay suffices works")[s.word(k-1)]
	})
}

// onTurn reports that the subject of the verb at i is whoever has the turn, and so that the
// sentence is a rule for its readers: "on Mondays, whoever is on call empties the stream".
func (s sentence) onTurn(i int) bool {
	k := s.find(i, list("whoever"))
	if k < s.start(i) || i < k+2 || s.clocked() || s.past(i) || s.conditional(k) {
		return false
	}
	turn := sentence{tokens: s.tokens[k+1 : i]}
	return !turn.outcome(0, conditionalStart) && (turn.outcome(0, list("call duty on-call pager rota shift")) || s.recurs())
}

// recurs reports a sentence about what is done again and again.
func (s sentence) recurs() bool {
	return s.outcome(0, list("always daily each every hourly mondays monthly nightly fridays regularly saturdays sundays thursdays tuesdays usually wednesdays weekly")) ||
		containsAny(s.plain(), "as a rule", "at the end of", "by convention", "by custom", "by default", "in this team")
}

// suggests reports a question that is none: "how about deleting it?", "would you
// please delete it?", "if it is stuck, would you mind deleting it?"
func (s sentence) suggests() bool {
	for k := range s.tokens {
		starts := k == s.start(k) || s.word(k-1) == "," || s.word(k-1) == "so"
		if starts && list("would could can will")[s.word(k)] && s.word(k+1) == "you" && s.outcome(k+2, list("please kindly just mind")) {
			return true
		}
	}
	return s.word(0) == "why" && list("bother not wait")[s.word(1)] && len(s.tokens) > 3 || s.word(0) == "how" && s.word(1) == "about" || s.word(0) == "what" && s.word(1) == "about"
}

// clocked reports an entry of a timeline: "02:12 The engineer on duty restarts …".
func (s sentence) clocked() bool {
	hour, minute, timed := strings.Cut(strings.TrimLeft(s.word(0), "~"), ":")
	return timed && len(hour) < 3 && isNumber(hour) && isNumber(minute)
}

// person reports that the subject of the verb at i is an operator, who may be
// "on duty".
func (s sentence) person(i int) bool {
	if list("attack danger hazard risk threat")[s.word(0)] && s.label() == 1 || containsAny(s.plain(), "accidentally", "by accident", "by mistake") {
		return false
	}
	for k := i - 1; k >= s.start(i) && s.word(k) != ","; k-- {
		if s.human(k) && !strings.HasSuffix(s.word(k), "'s") {
			if list("anybody anyone somebody someone")[s.word(k)] && s.word(k-1) == "before" {
				return false // "call me before anybody restarts it"
			}
			return s.word(k) != "team" || list("a my our the this your")[s.word(k-1)]
		}
		if v, ok := deeds[fold(s.word(k))]; ok && v.form != base {
			return false
		}
	}
	return false
}

// people reports a word at i for those whom one may wake or ask. An owner may be a lease's.
func (s sentence) people(i int) bool { return s.human(i) && !list("one owner")[s.word(i)] }

func (s sentence) human(i int) bool {
	w := s.word(i)
	if w == "one" && things[singular(s.word(i+1))] != nil {
		return false // "one process"
	}
	return humans[w] || humans[stem(w)]
}
