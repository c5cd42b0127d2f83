package lint

import "strings"

// gerund reads a form in -ing, j being the word before it.
func (s sentence) gerund(i, j int) bool {
	w := s.word(j)
	switch {
	case s.step && i == 0 && len(s.tokens) < 7 && !s.outcome(0, beings):
		return true // "1. Emptying the outbox."
	case j < 0, s.barrier(j), w == ",":
		return s.praised(i) || w == ":" && s.offered(j)
	case w == "by":
		return !s.spoils(j) && (s.byMeans(j) || !s.past(j) && !s.byItself(j))
	case w == "how" || w == "that" || w == "because":
		return s.praised(i)
	case w == "is" || w == "be" || w == "means":
		return s.offered(j) && !s.past(j)
	case w == "in" || w == "against":
		return s.permits()
	case w == "with":
		return list("wrong try start begin help helps")[s.word(j-1)]
	case (w == "of" || w == "for") && s.occasion(j):
		return !s.past(j)
	case w == "of" || w == "from" || w == "than":
		return list("matter option possibility question way")[s.word(j-1)] && !s.past(j)
	case w == "after" || w == "before" || w == "when" || w == "and":
		return !s.past(i) && !s.outcome(i, badOutcomes)
	case s.human(j) || w == "the" || w == "a":
		return false
	case list("advise propose recommend suggest")[w] && s.outcome(0, list("others people some somebody someone")) && s.word(s.start(j)) != "we":
		return false // "some will suggest flushing it"
	case inviting[w]:
		return !s.past(j) && !s.conditional(j)
	}
	return false
}

// byMeans reports that the clause says of its subject what can be done to it by what stands
// after the "by" at j, whatever was done to it before: "rows left behind may be freed by".
func (s sentence) byMeans(j int) bool {
	be := s.find(j, list("be"))
	return be >= max(s.start(j), j-4) && list("can may must should")[s.word(s.left(be))]
}

// spoils reports that what stands before the "by" at j is harm: "orders can be lost by".
func (s sentence) spoils(j int) bool {
	be := s.find(j, list("be"))
	if be < max(s.start(j), j-4) {
		return false
	}
	done := sentence{tokens: s.tokens[be:j]}
	return done.outcome(0, harm) || done.outcome(0, list("caused provoked triggered worse")) || (sentence{tokens: s.tokens[s.start(j):be]}).outcome(0, list("damage harm"))
}

// occasions are times that are good for something.
var occasions = list("break calm care chance hour hours lull minutes moment night occasion opportunity pause quiet slot time weekend window")

// occasion reports that the reader is to use a good time for what comes after j: "use the
// calm of the night for", "take the opportunity of", "the first hour is for".
func (s sentence) occasion(j int) bool {
	first := s.start(j)
	if !(sentence{tokens: s.tokens[first:j]}).outcome(1, occasions) {
		return false
	}
	if list("one we you")[s.word(first)] || beings[s.word(j-1)] && s.word(j) == "for" {
		return true
	}
	k := s.find(j, list("choose keep pick plan reserve seize spend take use"))
	return k >= first && s.instructs(k, verb{base: s.word(k)})
}

// praised reports a subject that is said to do good: "deleting it helps".
func (s sentence) praised(i int) bool {
	if s.defines(i) {
		return false
	}
	return s.helps(i) && !s.leadsTo(i, badOutcomes) || s.quick(i) && !s.outcome(i, harm) || s.boon(i)
}

// helps reports a good outcome after i.
func (s sentence) helps(i int) bool { return s.leadsTo(i, outcomes) }

// leadsTo reports one of the words after i, and not "does not", "frees nothing", "costs nothing".
func (s sentence) leadsTo(i int, words map[string]bool) bool {
	return s.some(i, len(s.tokens), func(k int) bool {
		return !s.tokens[k].code && words[s.word(k)] && !s.untrue(k) && !(list("no nobody none not nothing")[s.word(k+1)] && s.negator(k+1))
	})
}

// untrue reports that a "not" stands a little before k: "is not an operator's remedy".
func (s sentence) untrue(k int) bool {
	for j := k - 1; j >= max(0, k-4) && !s.tokens[j].punct() && !s.tokens[j].code; j-- {
		if list("hardly never not")[s.word(j)] || strings.HasSuffix(s.word(j), "n't") {
			return !s.undone(j) && !s.permission(j) && s.word(j+1) != "only"
		}
	}
	return false
}

// defines reports that the gerund at i, of any thing of its kind, is only said to do what
// lies in the deed: "deleting a stream removes everything in it". To rid one of a burden is
// more than that.
func (s sentence) defines(i int) bool {
	from, _ := s.object(i)
	if !list("a an any")[s.word(from)] {
		return false
	}
	for k := from + 2; k < from+4; k++ {
		if list("ends keeps leaves releases removes stops")[s.word(k)] && list("all everything its nobody nothing only their")[s.word(k+1)] {
			return !s.helps(k+1) && !s.outcome(k, list("backlog blocked blocking blocks burden dead from hanging jam lag load old pressure problem so stale stuck then trouble way"))
		}
	}
	return false
}

// quick reports that it is said to take little time: "takes four minutes".
func (s sentence) quick(i int) bool {
	for k := i; k+1 < len(s.tokens); k++ {
		if list("costs needs takes")[s.word(k)] && list("minute minutes second seconds moment")[s.word(k+2)] {
			return true
		}
	}
	return false
}

// offered reports that what stands before a colon offers a cure: "what always
// works: deleting it".
func (s sentence) offered(j int) bool {
	before := sentence{tokens: s.tokens[:j]}
	return before.outcome(0, outcomes) || before.outcome(0, list("fix workaround solution cure remedy option mitigation action step recovery resolution way"))
}

// byItself reports that somebody else than the reader does it: "the worker
// recovers by resetting".
func (s sentence) byItself(j int) bool {
	for k := s.start(j); k < j; k++ {
		if s.human(k) {
			return false
		}
		v, ok := deeds[fold(s.word(k))]
		if ok && v.form == third && k > 0 {
			return true
		}
	}
	return false
}

// done reads a participle, j being the word before it.
func (s sentence) done(i, j int) bool {
	w := s.word(j)
	switch {
	case w == "be":
		return s.toBeDone(i, s.left(j))
	case w == "being":
		return s.offered(j)
	case w == "been":
		return s.precondition(i)
	case w == "is" || w == "are" || w == "gets":
		return (s.byHand(i) || s.byTurn(i) || s.permits() || list("best better")[s.word(i-1)]) && !s.byAgent(i) && !list("that which who")[s.word(j-1)]
	case w == "have" || w == "'ve" || w == "you've" || w == "having":
		first := s.word(s.start(i))
		return w == "having" || list("once after until when")[first] && s.outcome(0, list("you you've operator"))
	case s.causative(i, j):
		return true
	}
	return false
}

// toBeDone judges "be deleted" by what stands before it.
func (s sentence) toBeDone(i, m int) bool {
	if list("all both")[s.word(m)] {
		m = s.left(m)
	}
	w := s.word(m)
	switch {
	case s.byAgent(i):
		return false
	case w == "will" || w == "would" || w == "might":
		return s.byHand(i) || list("just simply merely")[s.word(m+1)]
	case w == "could":
		return s.byHand(i) || s.outcome(s.start(i), list("just simply"))
	case modals[w]:
		return s.word(s.start(i)) != "only" && !s.measured(i) && !s.open(i)
	case w == "to":
		g := s.word(s.left(m))
		if s.conditional(i) {
			return false // "if the disk has to be changed"
		}
		return modals[g] || g == "is" || g == "are" || g == "wants" || goodGovernors[g]
	}
	return false
}

// open reports a clause about what is not decided: "whether it may be dropped", "ask if it
// can be rebuilt".
func (s sentence) open(i int) bool {
	for k := i - 1; k >= s.start(i) && s.word(k) != ","; k-- {
		if s.word(k) == "whether" || s.word(k) == "if" && s.find(k, list("ask asks")) >= s.start(i) {
			return true
		}
	}
	return false
}

// measured reports that the clause is about how much: "how many may be drained at once".
func (s sentence) measured(i int) bool {
	k := s.find(i, list("how"))
	return k >= s.start(i) && list("far fast long many much often")[s.word(k+1)]
}

// causative reports "have the row deleted", as an order.
func (s sentence) causative(i, j int) bool {
	first := s.start(i)
	if v, ok := deeds[fold(s.word(i))]; !ok || v.form != participle && irregular[v.base] == "" || j <= first {
		return false
	}
	for k := j; k >= first && s.word(k) != "," && !conditionalStart[s.word(k)]; k-- {
		if list("need needs want wants")[s.word(k)] && k < j && !s.conditional(k) && !beings[s.word(j)] && !s.tokens[j].punct() && s.word(j) != "to" {
			return true // "the row needs its owner blanked"
		}
		if w := s.word(k); (w == "have" || w == "get") && list("reissued replaced revoked rotated")[s.word(i)] && s.some(first, k, func(k int) bool { return list("ask call notify page tell")[s.word(k)] }) {
			return false // "tell security and have it revoked": theirs to do
		} else if w == "have" || w == "get" {
			return k < j && (determiners[s.word(k+1)] || pronouns[s.word(k+1)] || s.thing(k+1, k+3, everyDeed) != "" || s.human(k+1)) && s.commanded(k, s.left(k)) && !beings[s.word(j)] && !s.tokens[j].punct() && s.word(j) != "to" && !conjunctions[s.word(j)]
		}
	}
	return false
}

// byAgent reports that a part of the service does it: "by the relay", and not "by a PUT".
func (s sentence) byAgent(i int) bool {
	means := list("call delete hand insert patch post put request statement truncate update")
	for k := i + 1; k < min(i+5, len(s.tokens)); k++ {
		if s.word(k) == "by" && !s.human(k+1) && !s.human(k+2) && !(sentence{tokens: s.tokens[k:min(k+4, len(s.tokens))]}).outcome(1, means) {
			return true
		}
	}
	for k := s.start(i); k < len(s.tokens); k++ {
		place := k > i && (sentence{tokens: s.tokens[max(i+1, k-4):k]}).outcome(0, list("at in into on to")) // "in the table itself"
		if list("automatically itself themselves")[s.word(k)] && !place {
			return true
		}
	}
	return false
}

// byTurn reports what is done again and again by whoever has the turn: "each Monday, the
// stream is emptied by whoever is on call".
func (s sentence) byTurn(i int) bool {
	k := i + 1
	for k < min(i+4, len(s.tokens)) && s.word(k) != "by" {
		k++
	}
	agent := sentence{tokens: s.tokens[min(k, len(s.tokens)):min(k+5, len(s.tokens))]}
	return s.word(k) == "by" && s.recurs() && !s.past(i) &&
		(agent.outcome(1, list("duty on-call oncall operator operators pager shift whoever")) || strings.Contains(agent.plain(), " on call"))
}

// byHand reports that the clause says so, and does not say "not by hand".
func (s sentence) byHand(i int) bool {
	for k := s.start(i); k < len(s.tokens) && !s.barrier(k); k++ {
		if s.tokens[k].code || !manual[s.word(k)] {
			continue
		}
		if s.word(k) == "yourself" && k > 0 && !pronouns[s.word(k-1)] && !list("here there")[s.word(k-1)] && (deeds[fold(s.word(k-1))].base != "" || common[s.word(k-1)] || harmless[s.word(k-1)] || minds[s.word(k-1)]) {
			continue // "give yourself time", "force yourself"
		}
		before := k - 1
		if s.word(k) == "hand" {
			before--
			if s.word(k-1) != "by" {
				continue
			}
		}
		if s.word(before) != "not" && s.word(before) != "never" && s.word(before) != "than" {
			return true
		}
	}
	return false
}

// nominal reads a verb that is used as a noun, such as "a purge of the queue":
// by the verb that it is the object of.
func (s sentence) nominal(i, j int) bool {
	first := s.start(i)
	for k := j; k >= max(first, j-5); k-- {
		v, ok := deeds[fold(s.word(k))]
		switch {
		case list("deserve deserves need needs want wants")[s.word(k)] || s.word(k) == "requires" || s.word(k) == "recommend":
			return true
		case ok && v.does&runs != 0:
			return s.instructs(k, v)
		case (s.word(k) == "manual" || s.word(k) == "direct") && (k == first || s.word(k-1) == "a" && k-1 == first):
			return true
		}
	}
	return false
}
