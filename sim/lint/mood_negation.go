package lint

import (
	"regexp"
	"slices"
	"strings"
)

// negated reports that a "never" or its like reaches i.
func (s sentence) negated(i int) bool {
	if list := s.word(i + 1); list == "nothing" || list == "no" || list == "none" || list == "neither" || list == "never" {
		return true
	}
	for j := i - 1; j >= 0; j-- {
		w := s.word(j)
		switch {
		case s.tokens[j].code:
		case s.barrier(j):
			return w == ":" && j <= 3 && s.negator(j-1) && !beings[s.word(j-2)] && !list("that which who")[s.word(j-2)] // "it is not: …" contradicts
		case w == "but" && list("one nobody none anybody anyone nothing")[s.word(j-1)]:
		case w == "but", w == "then" && s.word(j-1) != "and", w == "otherwise", w == "else", s.freshClause(j), w == "instead" && s.word(j+1) != "of":
			return false
		case w == ",":
			if !s.chained(j, i) {
				return false
			}
		case s.relative(j, i):
		case s.negator(j):
			return !s.undone(j) && !s.short(j, i)
		}
	}
	return false
}

// freshClause reports a word that begins one that no negation before it reaches: "…, so
// let them", "…, and it can".
func (s sentence) freshClause(j int) bool {
	if s.word(j-1) != "," {
		return false
	}
	return s.word(j) == "so" && s.word(j+1) != "that" || s.word(j) == "and" && list("it they we you")[s.word(j+1)]
}

// short reports a negation that reaches over nouns and gerunds only, and not to
// the verb at i: "avoid the API and go …".
func (s sentence) short(j, i int) bool {
	if !list("avoid avoids avoiding without instead against stop than resist")[s.word(j)] || strings.HasSuffix(s.word(i), "ing") {
		return false
	}
	for k := j + 1; k < i; k++ {
		v, ok := deeds[fold(s.word(k+1))]
		if conjunctions[s.word(k)] && (!s.tokens[i].code || ok && v.form == base) {
			return true
		}
	}
	return false
}

// relative reports that the negation at j is in a clause that ends before the verb at i: in
// one about the object of an order ("find the row that nobody can read and delete it"), or
// about a subject ("letters that have not been asked for may be deleted", "rows without an
// owner can go").
func (s sentence) relative(j, i int) bool {
	if !s.negator(j) {
		return false
	}
	k := s.pronoun(j)
	inside := k > s.start(j) && j-k < 4 || s.contact(j)
	own := beings[s.word(j-1)] || modals[s.word(j-1)] || list("do does")[s.word(j-1)] || list("cannot never nobody no-one none")[s.word(j)] || strings.HasSuffix(s.word(j), "n't")
	for m := j + 2; m < i; m++ {
		if (modals[s.word(m)] || s.ought(m)) && (s.word(j) == "without" || inside && own) || s.ordains(m) && inside {
			return true
		}
		if s.word(j) == "without" && j > s.start(j) && list("are is")[s.word(m)] {
			return true // "parcels without an answer are booked"
		}
	}
	return inside && s.ordered(j) && s.word(i-1) == "and" && s.refers(i+1)
}

// ordains reports "is to", "are then to" at i.
func (s sentence) ordains(i int) bool { return list("are is")[s.word(i)] && s.word(s.right(i)) == "to" }

// contact reports a relative clause without a pronoun, which begins with the negation at j:
// "orders nobody has claimed are to be closed".
func (s sentence) contact(j int) bool {
	_, verb := lookup(s.word(j - 1))
	return j > s.start(j) && !stops[s.word(s.start(j))] && list("nobody no-one none")[s.word(j)] && stem(s.word(j-1)) != s.word(j-1) && !verb
}

// pronoun is where a relative clause begins that j is in, or -1: "make sure that" begins none.
func (s sentence) pronoun(j int) int {
	k := s.find(j, list("that which who"))
	if _, verb := lookup(s.word(k - 1)); verb && s.word(k-2) != "on" || list("know say so sure")[s.word(k-1)] {
		return -1
	}
	return k
}

// ordered reports that j is in a relative clause about the object of an order.
func (s sentence) ordered(j int) bool {
	first := s.start(j)
	return s.pronoun(j) > first+1 && s.imperative(first)
}

// negator reports a word that turns what follows around.
func (s sentence) negator(j int) bool {
	w, next := s.word(j), s.word(j+1)
	if s.permission(j) {
		return false
	}
	switch w {
	case "instead":
		return next == "of"
	case "rather":
		return next == "than"
	case "not":
		return s.word(j-1) != "if" && s.word(j-1) != "why" && s.word(j-1) != "or"
	case "than":
		return !s.onlyWay(j) && (strings.HasSuffix(next, "ing") || next == "to" || next == "by" || s.word(j-1) == "rather" || next == "have" || deeds[fold(next)].does != 0)
	case "no":
		return next == "way" && s.word(j+2) == "to" && !s.outcome(j, list("around but except other than")) || !list("matter longer answer way other choice")[next]
	case "nothing":
		return next != "else"
	case "against", "stop", "stops", "stopped", "quit", "prevents", "prevent", "forbid", "forbids":
		return strings.HasSuffix(next, "ing") && !(w == "against" && s.permits())
	}
	return (negators[w] || strings.HasSuffix(w, "n't")) && !badGovernors[w]
}

// onlyWay reports "no other way" before the "than" at j.
func (s sentence) onlyWay(j int) bool {
	return list("choice cure option remedy way")[s.word(j-1)] && list("better other quicker")[s.word(j-2)]
}

// undone reports a negation of a negation: "do not forget to".
func (s sentence) undone(j int) bool {
	next := s.word(j + 1)
	if next == "ask" && !list(", anybody anyone for questions why")[s.word(j+2)] {
		return false // "do not ask them to change it"
	}
	return undone[next] || (next == "be" || next == "been") && undone[s.word(j+2)] || next == "necessarily"
}

// chained reports that a negation reaches over the comma at j to the verb at i:
// "never, ever," or a list that ends with "or".
func (s sentence) chained(j, i int) bool {
	if conditionalStart[s.word(s.start(j))] && s.left(i) == j && s.find(j, list(",")) < s.start(j) {
		return false // "if it does not, bounce it"
	}
	if next := s.word(j + 1); next == "or" || next == "nor" || next == "ever" || next == "not" || next == "even" {
		return true
	}
	for k := j - 1; k >= max(0, j-4); k-- {
		if w := s.word(k); list("circumstances circumstance case event condition account means")[w] {
			return true
		}
	}
	if _, listed := lookup(s.word(j - 1)); listed && s.negator(j-2) && list("or nor")[s.word(j+2)] && j+3 == i {
		return true // "cannot insert, update or delete"
	}
	if v, verb := lookup(s.word(j + 1)); verb && v.form == base && s.word(i-1) == "or" && s.find(j, list("no-one nobody none")) >= s.start(j) {
		return true // "nobody can shorten it, pause it or take it out"
	}
	if determiners[s.word(j+1)] && i == j+2 && (list("no without")[s.word(s.start(j))] && s.listed(i)) {
		return true // "no step needs root, a shell or a token"
	}
	return s.negator(j-1) || s.left(i) == j && s.listed(i)
}

// listed reports that an "or" follows i in its clause.
func (s sentence) listed(i int) bool {
	for k := i + 1; k < len(s.tokens) && !s.barrier(k); k++ {
		if w := s.word(k); w == "or" || w == "nor" {
			return true
		}
	}
	return false
}

// reported reports that i is in a quotation that somebody else's word stands
// around.
func (s sentence) reported(i int) bool {
	if !s.tokens[i].quoted {
		return false
	}
	if s.titled(i) {
		return true
	}
	for k, t := range s.tokens {
		if !t.quoted && (reporting[t.word] && !list("i we")[s.word(k-1)] || list("ask beg urge")[t.word] && list("me us you")[s.word(k+1)]) {
			return true
		}
	}
	return false
}

// revision is how a commit is named.
var revision = regexp.MustCompile(`^(?:[0-9]+[a-f]|[a-f]+[0-9])[0-9a-f]{5,38}$`)

// titled reports that i is in the title of a commit, which says what that did: "introduced in
// `7f3c2e1` ("relay: batch the outbox")".
func (s sentence) titled(i int) bool {
	for i > 0 && s.tokens[i-1].quoted {
		i--
	}
	if s.word(i-1) == "(" {
		i--
	}
	return revision.MatchString(s.word(i-1)) && !s.around().directs()
}

// around is a sentence without what it quotes.
func (s sentence) around() sentence {
	return sentence{tokens: slices.DeleteFunc(slices.Clone(s.tokens), func(t token) bool { return t.quoted })}
}

// troubles are what nobody misses when it goes away.
var troubles = list("alarm alert conflict error errors fault lag mismatch noise page problem refusal symptom timeout warning")

// warned reports that the consequence stands beside: "purge it and you lose
// every order". That an incident is over is none.
func (s sentence) warned(i int) bool {
	for k := i + 1; k < len(s.tokens); k++ {
		if s.word(k) == "and" && list("you they it we every customers all the")[s.word(k+1)] && s.outcome(k, consequences) {
			return !s.outcome(k, list("not without over history quiet")) && !(s.word(k+1) == "the" && troubles[s.word(k+2)])
		}
	}
	return false
}

func (s sentence) outcome(from int, words map[string]bool) bool {
	for k := from; k < len(s.tokens); k++ {
		if !s.tokens[k].code && words[s.word(k)] {
			return true
		}
	}
	return false
}

// past reports that the clause around i tells of what was.
func (s sentence) past(i int) bool {
	for k := s.start(i); k < len(s.tokens) && !s.barrier(k); k++ {
		w := s.word(k)
		if k > i && (list("if unless")[w] || w == "that" && s.verb(i).does != 0) {
			return false // "puts it back if it was refused", "kills each that has been idle"
		}
		if s.tokens[k].code || k == i {
			continue
		}
		if pasts[w] && !s.ought(k) && !(i < len(s.tokens) && s.tokens[i].code && s.aside(k)) && !list("a an are as be being get gets is the")[s.word(k-1)] || strings.HasSuffix(w, "ed") && k > 0 && (s.human(k-1) || s.human(k-2) || s.word(k-2) == "on" && s.human(k-3)) && !modals[s.word(k-1)] && !beings[s.word(k-1)] {
			return true
		}
	}
	return false
}

// aside reports a past form at k that only says which one is meant: "an order that was entered
// twice".
func (s sentence) aside(k int) bool {
	if beings[s.word(k-1)] {
		k--
	}
	return list("that which")[s.word(k-1)] && k > s.start(k)+1
}

// conditional reports that i stands in a clause of condition: "if you delete".
func (s sentence) conditional(i int) bool {
	for k := i - 1; k >= 0 && !s.barrier(k) && s.word(k) != ","; k-- {
		switch s.word(k) {
		case "who":
			return !s.mainClause(k, i)
		case "if", "when", "whenever", "unless", "whoever", "where", "whether":
			return true
		case "that":
			return s.word(k-1) != "after" && !(k < s.start(k)+4 && s.pronoun(k+1) == k && s.mainClause(k, i))
		}
	}
	return false
}

// ought reports "must", "should" or "had better" at k.
func (s sentence) ought(k int) bool {
	return list("must shall should")[s.word(k)] || s.word(k) == "had" && list("best better")[s.word(k+1)]
}

// mainClause reports that the clause which the "who" at k begins is over before i: "engineers
// who cannot write should ask", "an order that nobody claims is to be closed".
func (s sentence) mainClause(k, i int) bool {
	for m := k + 3; m <= i; m++ {
		_, verb := lookup(s.word(m - 1))
		verb = verb || s.imperative(m-1) || modals[s.word(m-2)]
		if s.word(k) == "who" && s.ought(m) && !conjunctions[s.word(m-1)] || verb && s.ordains(m) {
			return true
		}
	}
	return false
}
