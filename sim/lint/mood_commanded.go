package lint

import "strings"

// This file reads a verb in its base form: an order, or what follows "to", "and" or a
// word such as "must".

// commanded reads a base form, j being the word before it.
func (s sentence) commanded(i, j int) bool {
	w := s.word(j)
	switch {
	case list("them him her")[w] && list("have let make get")[s.word(j-1)]:
		return s.commanded(j-1, s.left(j-1))
	case j < 0, s.barrier(j), w == "case", w == "but", w == "so", w == "though", w == "yet", w == "otherwise", w == "else", w == "therefore", w == "hence":
		return true
	case s.series(i) != i:
		return s.commanded(s.series(i), s.left(s.series(i)))
	case w == ",":
		return !s.subject(j) && !s.supposition(j)
	case w == "not":
		return s.word(j-1) == "why"
	case s.tokens[j].code || tools[w] != "" && !spoken[w]:
		return j > 0 && j-1 == s.start(j) && list("at in inside on")[s.word(j-1)] // "in `x.go` comment it out"
	case conjunctions[w]:
		return s.coordinated(j)
	case w == "to":
		return s.infinitive(j)
	case s.perfect(i, j):
		return false
	case modals[w] || s.ought(j):
		return s.obliged(j) && !s.released(i)
	case s.placed(i):
		return true
	case w == "let's" || w == "lets" || w == "do" || w == "please":
		return true
	case s.human(j):
		return !s.conditional(i) && !s.past(i) && !s.habit(j) && !s.released(i)
	case determiners[w] || w == "manual" || w == "direct":
		return s.nominal(i, j)
	case s.tokens[j].punct():
		return true
	}
	return s.made(i)
}

// perfect reports a past form that looks like the base form, and so tells what somebody did or
// has done: "a developer put it there", "the network team has set a silence".
func (s sentence) perfect(i, j int) bool {
	if irregular[s.word(i)] != s.word(i) {
		return false
	}
	one := list("a an another the")[s.word(j-1)] && s.human(j) && stem(s.word(j)) == s.word(j) && !list("get have help let make")[s.word(j-2)]
	return one || list("had has have they've we've")[s.word(j)] && s.human(s.left(j))
}

// subject reports that a list of third persons stands before the comma at j:
// "workers, when they stop, delete their leases".
func (s sentence) subject(j int) bool {
	first := s.word(s.start(j))
	return list("workers replicas consumers relays they which")[first] || s.several(j)
}

// trials are what engineers run, away from the service.
var trials = list("benchmark drill exercise experiment rehearsal simulation suite test")

// several reports that the list in which the comma at j stands is of what some things do:
// "the tests start a database, truncate all tables and drop it". People may be told to, and
// of two verbs the second may be an order.
func (s sentence) several(j int) bool {
	first := s.start(j)
	if !list("all both most our the these")[s.word(first)] {
		return false
	}
	for k := first + 1; k < min(first+5, j-1); k++ {
		w := s.word(k)
		v, ok := lookup(s.word(k + 1))
		acts := ok && v.form == base || common[s.word(k+1)]
		if s.tokens[k].punct() || s.human(k) {
			return false
		}
		if acts && stem(w) != w && !s.tokens[k].code {
			return (trials[stem(w)] || things[singular(w)] != nil) && !stops[s.word(k+2)] && !s.ends(k+2) && s.closed(j)
		}
	}
	return false
}

// closed reports that the list after j ends with an "and" and one more bare verb.
func (s sentence) closed(j int) bool {
	for k := j + 1; k < len(s.tokens) && !s.barrier(k); k++ {
		v, ok := lookup(s.word(k + 1))
		if s.word(k) == "and" && (ok && v.form == base || common[s.word(k+1)]) {
			return true
		}
	}
	return false
}

// series is the first of a row of at least three bare verbs that i stands in, or else i:
// "no right to insert, update or delete". What holds for the first holds for all.
func (s sentence) series(i int) int {
	first, n := i, 1
	for k := s.beside(i, -1); k >= 0; k = s.beside(k, -1) {
		first, n = k, n+1
	}
	for k := s.beside(i, 1); k >= 0; k = s.beside(k, 1) {
		n++
	}
	if n < 3 {
		return i
	}
	return first
}

// beside is the verb that only a comma, an "and" or an "or" parts from the one at i, or -1.
func (s sentence) beside(i, step int) int {
	k := i + step
	for s.word(k) == "," || s.word(k) == "or" || conjunctions[s.word(k)] {
		k += step
	}
	v, ok := lookup(s.word(k))
	if k == i+step || !ok || v.form != base || s.tokens[k].code {
		return -1
	}
	return k
}

// supposition reports that the list in which the comma at j stands begins with what
// somebody who is not the reader could do: "a thief could forge a state, delete …".
func (s sentence) supposition(j int) bool {
	for k := s.start(j); k < j; k++ {
		if list("could might would")[s.word(k)] && (common[s.word(k+1)] || deeds[fold(s.word(k+1))].form == base && deeds[fold(s.word(k+1))].base != "") {
			return s.left(k) >= 0 && !s.obliged(k)
		}
	}
	return false
}

// coordinated follows an "and" at j to the verb before it.
func (s sentence) coordinated(j int) bool {
	if (s.ordered(j) || s.word(j-1) == "," && s.imperative(s.start(j))) && s.refers(j+2) {
		return true // "find the row that blocks the relay and delete it"
	}
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
	return j == s.start(j) || s.human(s.start(j)) || s.minding(s.start(j))
}

// infinitive judges by the word that governs the "to" at j.
func (s sentence) infinitive(j int) bool {
	g := s.left(j)
	if g > 0 && s.word(g) == "," {
		g-- // "it is safe, and quicker, to"
	}
	w := s.word(g)
	switch {
	case w == "than" && s.onlyWay(g), s.permission(g - 1), s.permission(g) && w == "nothing":
		return true
	case g < 0, s.tokens[g].punct(), badGovernors[w], pasts[w]:
		return s.barrier(g) && g >= 0 && s.word(g) == ":"
	case conjunctions[w]:
		before := s.find(g, list("to")) // "to look it up and to delete it"
		return before >= s.start(g) && s.infinitive(before)
	case w == "able" && s.supposedly(g):
		return false
	case s.worst(g):
		return false
	case w == "is" && s.word(s.start(g)) == "to":
		return false // "to change a state is to append an event"
	case goodGovernors[w]:
		return s.word(g-1) != "was" && s.word(g-1) != "were"
	case wanting[w]:
		return s.willing(g)
	case s.human(g):
		return !s.past(g) && !s.conditional(g)
	case strings.HasSuffix(w, "ed"):
		return false
	}
	return s.imperative(s.start(j))
}

// supposedly reports that somebody who is not the reader "would be able to".
func (s sentence) supposedly(g int) bool {
	k := s.find(g, list("could might would"))
	return k >= s.start(g) && !s.obliged(k)
}

// worst reports a clause about a wrong move: "the worst thing is to".
func (s sentence) worst(g int) bool {
	return s.some(s.start(g), g, func(k int) bool { return list("worst mistake error fallacy folly wrong")[s.word(k)] })
}

// willing reports that the one who needs to, or has to, is the reader.
func (s sentence) willing(g int) bool {
	l := s.left(g)
	for s.negator(l) && s.undone(l) || l >= 0 && s.word(l) == "do" && s.word(l+1) == "not" {
		l = s.left(l) // "do not forget to"
	}
	if list("try tries")[s.word(g)] && s.human(l) && list("if when whenever")[s.word(s.left(l))] {
		return false // "when you try to change a row": what happens then is told
	}
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
			if list("can may")[s.word(j)] && (s.word(k) == "owner" && strings.HasSuffix(s.word(k-1), "'s") || s.word(k) == "team" && !list("a any day duty incident my night on-call our the this your")[s.word(k-1)]) {
				return false // what a part's owner may do is told, not ordered, and so is what the database team can
			}
			return !s.conditional(j) || s.word(from) == "whoever" && list("may should")[s.word(j)] || s.word(j) == "must" || s.word(j) == "need"
		}
	}
	return false
}
