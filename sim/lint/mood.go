package lint

import "strings"

// This file decides whether a sentence tells its reader to do a thing, or warns
// of it, reports it, or says what the service does by itself. It works on words:
// negation and how far it reaches, who the subject is, the form of the verb.

// left is the first word before i that is not an adverb, or -1 at the start.
func (s sentence) left(i int) int {
	for i--; i >= 0; i-- {
		if s.word(i) == "hand" && s.word(i-1) == "by" {
			i--
			continue
		}
		if s.tokens[i].code || !skipped[s.tokens[i].word] && !(s.word(i) == "force" && strong[s.word(i+1)]) {
			return i
		}
	}
	return -1
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
		return s.person(i) && !s.clocked() && (!s.conditional(i) || s.sufficient(i)) && !s.past(i)
	case s.task && (v.form == participle || irregular[v.base] != "" && j >= 0 && !s.tokens[j].punct()):
		return true
	case v.form == participle || beings[s.word(j)] && irregular[v.base] != "" || s.causative(i, j):
		return s.done(i, j)
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
	for k := 1; k < i; k++ {
		if list("if when")[s.word(k)] && list("best enough fine helps ok okay suffices works")[s.word(k-1)] {
			return true
		}
	}
	return false
}

// suggests reports a question that is none: "how about deleting it?", "would you
// please delete it?"
func (s sentence) suggests() bool {
	if s.word(1) == "you" && list("would could can will")[s.word(0)] && s.outcome(2, list("please kindly just")) {
		return true
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
	for k := i - 1; k >= s.start(i) && s.word(k) != ","; k-- {
		if s.human(k) && !strings.HasSuffix(s.word(k), "'s") {
			return s.word(k) != "team" || list("a my our the this your")[s.word(k-1)]
		}
		if v, ok := deeds[fold(s.word(k))]; ok && v.form != base {
			return false
		}
	}
	return false
}

func (s sentence) human(i int) bool {
	w := s.word(i)
	if w == "one" && things[singular(s.word(i+1))] != nil {
		return false // "one process"
	}
	return humans[w] || humans[stem(w)]
}

// commanded reads a base form, j being the word before it.
func (s sentence) commanded(i, j int) bool {
	w := s.word(j)
	switch {
	case list("them him her")[w] && list("have let make get")[s.word(j-1)]:
		return s.commanded(j-1, s.left(j-1))
	case j < 0, s.barrier(j), w == "case", w == "but", w == "so", w == "though", w == "yet", w == "otherwise", w == "else":
		return true
	case w == ",":
		return !s.subject(j)
	case w == "not":
		return s.word(j-1) == "why"
	case s.tokens[j].code:
		return j > 0 && j-1 == s.start(j) && list("at in inside on")[s.word(j-1)] // "in `x.go` comment it out"
	case conjunctions[w]:
		return s.coordinated(j)
	case w == "to":
		return s.infinitive(j)
	case modals[w]:
		return s.obliged(j)
	case s.placed(i):
		return true
	case w == "let's" || w == "lets" || w == "do" || w == "please":
		return true
	case s.human(j):
		return !s.conditional(i) && !s.past(i) && !s.habit(j)
	case determiners[w] || w == "manual" || w == "direct":
		return s.nominal(i, j)
	case s.tokens[j].punct():
		return true
	}
	return s.made(i)
}

// subject reports that a list of third persons stands before the comma at j:
// "workers, when they stop, delete their leases".
func (s sentence) subject(j int) bool {
	first := s.word(s.start(j))
	return list("workers replicas consumers relays they which")[first]
}

// coordinated follows an "and" at j to the verb before it.
func (s sentence) coordinated(j int) bool {
	for k := j - 1; k >= s.start(j); k-- {
		if s.tokens[k].code || s.tokens[k].punct() {
			continue
		}
		v, ok := deeds[fold(s.word(k))]
		switch {
		case ok && v.form == base || common[s.word(k)]:
			if verdict := s.commanded(k, s.left(k)); verdict || s.left(k) >= 0 && (s.word(s.left(k)) == "to" || modals[s.word(s.left(k))]) {
				return verdict
			}
		case ok && v.form == third || pasts[s.word(k)]:
			return false
		}
	}
	return j == s.start(j) || s.human(s.start(j))
}

// infinitive judges by the word that governs the "to" at j.
func (s sentence) infinitive(j int) bool {
	g := s.left(j)
	if g > 0 && s.word(g) == "," {
		g-- // "it is safe, and quicker, to"
	}
	w := s.word(g)
	switch {
	case g < 0, s.tokens[g].punct(), badGovernors[w], pasts[w]:
		return s.barrier(g) && g >= 0 && s.word(g) == ":"
	case s.worst(g):
		return false
	case goodGovernors[w]:
		return s.word(g-1) != "was" && s.word(g-1) != "were"
	case wanting[w]:
		return s.willing(g)
	case s.human(g):
		return !s.past(g) && !s.conditional(g)
	case strings.HasSuffix(w, "ed"):
		return false
	}
	first := s.start(j)
	v, ok := deeds[fold(s.word(first))]
	return ok && v.form == base || common[s.word(first)]
}

// worst reports a clause about a wrong move: "the worst thing is to".
func (s sentence) worst(g int) bool {
	for k := s.start(g); k < g; k++ {
		if list("worst mistake error fallacy folly wrong")[s.word(k)] {
			return true
		}
	}
	return false
}

// willing reports that the one who needs to, or has to, is the reader.
func (s sentence) willing(g int) bool {
	l := s.left(g)
	if l < 0 || s.tokens[l].punct() || modals[s.word(l)] || conjunctions[s.word(l)] || s.word(l) == "to" || s.word(l) == "will" {
		return !(s.word(g) == "has" || s.word(g) == "needs")
	}
	return s.human(l) || list("it that which often")[s.word(l)] && (s.word(g) == "helps" || s.word(g) == "suffices")
}

// obliged judges by who stands before the modal at j.
func (s sentence) obliged(j int) bool {
	from := s.start(j)
	for k := j - 1; k >= from; k-- {
		if s.word(k) == "," && k < j-1 {
			from = k + 1
			break
		}
	}
	if s.word(from) == "only" && from < j || s.word(j) == "would" && (s.word(j+1) == "rather" || s.past(j)) {
		return false
	}
	if from >= j || s.left(j) < 0 {
		return true
	}
	for k := from; k < j; k++ {
		if s.human(k) && s.word(k+1) != "of" && !strings.HasSuffix(s.word(k), "'s") {
			if list("anybody anyone somebody someone whoever")[s.word(k)] && list("could might")[s.word(j)] {
				return s.byHand(j) || s.outcome(j, list("just simply")) // what an attacker could do is no advice
			}
			if list("can may")[s.word(j)] && s.word(k) == "owner" && strings.HasSuffix(s.word(k-1), "'s") {
				return false // what a part's owner may do is told, not ordered
			}
			return !s.conditional(j) || s.word(from) == "whoever" && list("may should")[s.word(j)] || s.word(j) == "must" || s.word(j) == "need"
		}
	}
	return false
}
