package lint

import "strings"

// This file reads sentences that judge what stands beside them: "do not run
// this", "that lost 40 orders", "we do not".

var endorsing = list("worked helped fixed solved cleared resolved saved works helps")

var harm = list(`breaks broke corrupted cost costs damage doubled duplicated flooded forbidden harm incident lose loses lost mistake outage overloaded refused twice wrong`)

// condemns reports a sentence that says not to do what it points at.
func (s sentence) condemns() bool {
	if s.licenses() {
		return false
	}
	if containsAny(s.plain(), "as a warning", "must refuse", "must be refused", "has to refuse", "should refuse") || s.fails() {
		return true
	}
	first := s.left(1)
	if w := s.word(max(first, 0)); list("bad wrong don't anti-pattern antipattern unsafe never tempting forbidden ❌ 🚫")[w] && !undone[s.word(max(first, 0)+1)] && !s.faulty(max(first, 0)) {
		return true
	}
	for i := range s.tokens {
		switch {
		case s.tokens[i].code:
		case list("anti-pattern antipattern anti-patterns")[s.word(i)], s.word(i) == "bad" && list("example idea practice advice step")[stem(s.word(i+1))] && !list("by during outside")[s.word(i+2)]:
			return true
		case list("no any")[s.word(i)] && list("circumstances condition account")[s.word(i+1)]:
			return true
		case conditionalStart[s.word(i)]:
			return false
		case s.negator(i) && !s.undone(i) && s.unwanted(s.right(i)) && !s.outcome(i, list("alone blindly twice yet")): // "do not run it twice" is no ban
			return true
		case badGovernors[s.word(i)] && !s.tokens[i].code && !s.negated(i) && list("forbidden prohibited mistake mistakes dangerous unsafe banned wrong")[s.word(i)] && !s.faulty(i):
			return true
		}
	}
	return false
}

// unwanted reports that a negation at i-1 is about doing what is shown: "not run", "nobody may
// paste", "not be used".
func (s sentence) unwanted(i int) bool {
	if modals[s.word(i)] && s.word(i+1) != "to" {
		i++
	}
	if v, _ := lookup(s.word(i + 1)); s.word(i) == "be" {
		return v.form == participle || strings.HasSuffix(s.word(i+1), "ed") || list("done run set put")[s.word(i+1)]
	}
	return list("do run use type copy try execute repeat to ever touch paste follow any anyone apply write send set accept obey")[s.word(i)]
}

// shownOnes are the words that point at what a sentence leads up to.
var shownOnes = list("example following it line lines snippet step steps such them these this those")

// fails reports that a check does not let through what the sentence points at: "lint
// rejects this", "the following does not pass review".
func (s sentence) fails() bool {
	if conditionalStart[s.word(0)] || s.outcome(0, list("anyway but however nevertheless regardless still yet")) || !s.outcome(0, shownOnes) {
		return false
	}
	for i := range s.tokens {
		switch w := s.word(i); {
		case s.tokens[i].code:
		case w == "pass" && s.negated(i):
			return true
		case list("fail fails")[w]:
			return s.outcome(i, list("check checks gate lint linter review"))
		case list("blocked caught refused rejected")[w] && !s.negated(i), list("blocks catches flags refuses rejects")[w] && shownOnes[s.word(i+1)]:
			return true
		}
	}
	return false
}

// safeWays are what a page may not talk its reader out of.
var safeWays = list("opctl contract api approval approvals review permission procedure audit confirmation warning warnings prompt prompts policy guard")

// licenses reports a sentence whose "do not" is about the safe way, and so is
// leave to go around it: "do not bother with opctl here".
func (s sentence) licenses() bool {
	for i := range s.tokens {
		if s.tokens[i].code || !s.negator(i) || i > 0 && s.word(i-1) == "if" {
			continue
		}
		verb := s.word(i + 1)
		if !list("use bother wait ask need worry mind rely trust go")[verb] {
			continue
		}
		for k := i + 2; k < min(i+6, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
			if s.tokens[k].code && strings.HasPrefix(s.word(k), "opctl") || !s.tokens[k].code && safeWays[s.word(k)] {
				return !s.outcome(k, list("without unless before after until instead"))
			}
		}
	}
	return false
}

// concludes reports a sentence that makes a denial the reason for an order: "operators
// cannot set prices, so take the merchandiser's token".
func (s sentence) concludes() bool {
	for k := 2; k < len(s.tokens); k++ {
		if !list("hence so therefore")[s.word(k)] || s.word(k+1) == "that" {
			continue
		}
		for i := k + 1; i < len(s.tokens); i++ {
			w := s.verb(i).base
			if !s.tokens[i].code && (applying[w] || w == "do") && s.instructs(i, verb{base: w}) && !s.forReaders(i) {
				return true
			}
		}
	}
	return false
}

// pointsBack reports that a sentence begins about what stands before it: "never run
// this".
func (s sentence) pointsBack() bool {
	for i := range min(9, len(s.tokens)) {
		if list("this that it these those them they such above both neither")[s.word(i)] || s.word(i) == "," {
			return s.word(i) != ","
		}
	}
	return false
}

// condemns reports that the paragraph after a fence says what harm it did, or to
// refuse it.
func condemns(paragraph string) bool {
	all := sentencesOf(paragraph)
	if len(all) == 0 {
		return false
	}
	s := all[0]
	if decried(all) || s.refuses() || s.disowns() || s.withdrawn() || s.aftermath() {
		return true
	}
	if !list("that this it the which and never do don't two each all both neither none every")[s.word(0)] && !s.past(0) {
		return false
	}
	if list("never do don't")[s.word(0)] && !s.pointsBack() {
		return false // a warning against something else
	}
	return s.outcome(0, harm) && !s.outcome(0, list("not without nobody nothing no none cannot")) && !s.consoles() || s.condemns()
}

// refuses reports "refuse it", "decline them", "say no".
func (s sentence) refuses() bool {
	for i := range s.tokens {
		if list("refuse decline reject")[s.word(i)] && pronouns[s.word(i+1)] && !s.negated(i) || s.word(i) == "say" && s.word(i+1) == "no" ||
			s.word(i) == "ignore" && determiners[s.word(i+1)] && list("advice answer suggestion tip")[s.word(i+2)] {
			return true
		}
	}
	return false
}

// disowns reports a sentence that takes back the one before it: "we do not",
// "that is wrong", "the answer is no".
func (s sentence) disowns() bool {
	start := 0
	if list("but well and here sorry")[s.word(0)] {
		start = 1
	}
	rest := sentence{tokens: s.tokens[start:]}
	switch {
	case rest.word(0) == "no" || rest.word(0) == "wrong" || rest.word(0) == "don't" || rest.word(0) == "false":
		return len(rest.tokens) == 1 || rest.tokens[1].punct()
	case rest.turnedDown():
		return true
	case list("we i you nobody")[rest.word(0)] && list("can cannot can't did didn't do don't may must mustn't never will won't")[rest.word(1)]:
		at := 2
		if list("can do did may must will")[rest.word(1)] {
			if rest.word(2) != "not" {
				return false
			}
			at = 3
		}
		return at >= len(rest.tokens) || rest.tokens[at].punct() || list("do")[rest.word(at)] && pronouns[rest.word(at+1)]
	case rest.word(0) == "not" && list("here ours so true us")[rest.word(1)]:
		return true
	case list("that this it they")[rest.word(0)] && (list("did do does")[rest.word(1)] && rest.word(2) == "not" && rest.ends(3) || list("didn't doesn't don't")[rest.word(1)] && rest.ends(2)):
		return true // "it picks up where it left off. It does not."
	case list("that this it they")[rest.word(0)] && rest.word(1) == "never" && list("did does helped worked works")[rest.word(2)] && rest.ends(3):
		return true
	case list("that this it")[rest.word(0)] && rest.word(1) == "would" && rest.outcome(2, harm):
		return true
	case list("that this it the they")[rest.word(0)]:
		for i := 1; i < min(5, len(rest.tokens)); i++ {
			if list("is was are were")[rest.word(i)] && rest.word(i+1) == "not" && (i+2 >= len(rest.tokens) || list(", : so")[rest.word(i+2)]) {
				return true // "it looks harmless. It is not: …"
			}
			if list("is was are were")[rest.word(i)] && list("no wrong false untrue forbidden dangerous nonsense unsafe")[rest.word(i+1)] {
				return i+2 >= len(rest.tokens) || rest.tokens[i+2].punct() || list("and because since as")[rest.word(i+2)]
			}
		}
	}
	return false
}

// turnedDown reports a decision against what stands before it: "rejected: …", "ruled out
// because …".
func (s sentence) turnedDown() bool {
	if s.question {
		return false
	}
	for k := 1; k < 4; k++ {
		if !list("it that this")[s.word(k+1)] || !s.human(k-1) && !list("board review they")[s.word(k-1)] || conditionalStart[s.word(0)] {
			continue
		}
		if dropped[s.word(k)] || list("ruled turned voted")[s.word(k)] && list("down out")[s.word(k+2)] {
			return true // "we voted this down"
		}
	}
	last := 0
	switch two := s.word(0) + " " + s.word(1); {
	case dropped[s.word(0)]:
	case list("decided-against not-adopted not-chosen not-taken ruled-out turned-down voted-down")[strings.ReplaceAll(two, " ", "-")]:
		last = 1
	default:
		return false
	}
	return s.ends(last+1) || list("as because by for in since")[s.word(last+1)]
}

// insertion reports an idea that stands between brackets, and that the sentence itself turns
// down: "option C (drop the check) was refused".
func (s sentence) insertion() bool {
	return s.some(0, len(s.tokens), func(k int) bool { return s.word(k) == ")" && beings[s.word(k+1)] && dropped[s.word(k+2)] })
}

// forbids reports a verdict that something is not to be done by those whom it is about:
// "not allowed", "forbidden", "never".
func (s sentence) forbids() bool {
	switch s.word(0) {
	case "banned", "disallowed", "forbidden", "never", "prohibited":
		return s.ends(1) || list("by for here in to")[s.word(1)]
	case "not":
		return list("allowed done ours permitted yours")[s.word(1)] && (s.ends(2) || list("by for here in to")[s.word(2)])
	case "off", "out":
		return list("bounds limits")[s.word(1)] || s.word(1) == "of" && s.word(2) == "bounds"
	}
	return false
}

// unmasked reports a sentence about what something looks like, before one that says what it
// is: "both look like quick fixes. They destroy every message".
func unmasked(all []sentence, i int) bool {
	return i+1 < len(all) && all[i].appears() && all[i+1].ruins()
}

// appears reports a sentence about what something looks like: "both look like quick fixes".
func (s sentence) appears() bool {
	for i := range s.tokens {
		if s.tokens[i].code || !list("look looks seem seems sound sounds")[s.word(i)] {
			continue
		}
		if s.word(i+1) == "like" || list("attractive easy harmless innocent obvious quick right safe simple tempting")[s.word(i+1)] {
			return i > 0 && !s.directs() && !s.question && !s.negated(i)
		}
	}
	return false
}

// ruins reports what harm the thing does that was told of before: "they destroy every
// message that was not delivered". To destroy what is in the way is no harm to the reader.
func (s sentence) ruins() bool {
	at := 1
	if s.word(0) == "but" {
		at = 2
	}
	if !list("both it that they this")[s.word(at-1)] || (sentence{tokens: s.tokens[min(at+1, len(s.tokens)):]}).directs() || s.permits() || s.question || s.helps(at) || s.outcome(at, reprieve) || s.outcome(at, list("bad blocking fine hence old only poison so stale stuck then therefore way")) {
		return false
	}
	return list("breaks corrupt corrupts double doubles lose loses")[s.word(at)] ||
		list("delete deletes destroy destroys erase erases wipe wipes")[s.word(at)] && list("all each every everything")[s.word(at+1)]
}

// ends reports that nothing, or a mark, stands at i.
func (s sentence) ends(i int) bool { return i >= len(s.tokens) || s.tokens[i].punct() }

// explains reports an answer that says why not: "because it would come back".
func (s sentence) explains() bool {
	return s.word(0) == "because" || list("that it this")[s.word(0)] && s.outcome(0, badOutcomes)
}
