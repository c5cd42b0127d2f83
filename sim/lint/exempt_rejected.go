package lint

// This file knows parts of the page that were written down only to be rejected: a
// finding of a review, a step that is no more, a habit and what it led to.

// pageParts are what a review may take out of a page.
var pageParts = list(`advice block command example fence following line lines paragraph passage section snippet step steps suggestion`)

// rejects reports a sentence that takes a part of the page away: "the step below must
// go", "they objected to the following step".
func (s sentence) rejects() bool {
	if s.question || conditionalStart[s.word(0)] || s.outcome(0, list("anyway but however mistake nevertheless so still though yet")) {
		return false
	}
	for i := range s.tokens {
		if s.tokens[i].code || s.negated(i) {
			continue
		}
		before := sentence{tokens: s.tokens[:i]}
		switch {
		case list("object objected objects")[s.word(i)] && s.word(i+1) == "to":
			return s.outcome(i, pageParts)
		case s.goes(i), s.takenOut(i):
			return before.outcome(before.start(i), pageParts)
		}
	}
	return false
}

// reprieve are words that take a verdict back, or make it hang on something.
var reprieve = list("although anyway apply but case copy emergency except follow however if nevertheless run should still though unless use when whenever yet")

// marks reports a sentence that condemns what comes after its paragraph: "the following was
// in the old wiki and is wrong". What is wrong in one place, or by day, is another matter.
func (s sentence) marks() bool {
	ahead := s.word(0) == "what" && s.word(1) == "follows" || s.word(0) == "the" && (s.word(1) == "following" || pageParts[s.word(1)] && list("below that")[s.word(2)])
	if !ahead || !s.condemns() || s.outcome(0, reprieve) {
		return false
	}
	return !s.some(0, len(s.tokens), func(i int) bool {
		return badGovernors[s.word(i)] && list("among at by during for in on outside to under with without")[s.word(i+1)]
	})
}

// exhibits reports a sentence that says only why something stands on the page, and nothing
// good of it: "it is kept here so that you recognise it".
func (s sentence) exhibits() bool {
	pronoun := list("it they this")[s.word(0)] && list("are is remains stands stays")[s.word(1)] || s.word(0) == "we" && list("it them this")[s.word(2)]
	kept := s.outcome(1, list("keep kept left quote quoted remains show shown stands stays"))
	why := s.outcome(2, list("because example only recognise recognize reminder show so teach warning"))
	return pronoun && kept && why && !s.outcome(0, outcomes) && !s.outcome(0, reprieve) && !s.adopts() && !s.directs() && !s.permits()
}

// recounts reports a sentence about what a part of a page tells its readers: "step 3 tells
// people to scale it to zero". "Step 3 tells you to" may be a reminder.
func (s sentence) recounts() bool {
	k := s.find(len(s.tokens), list("advises asks tells"))
	if k < 1 || !list("everybody operators people readers somebody")[s.word(k+1)] && !(s.word(k+1) == "the" && list("operator reader")[s.word(k+2)]) {
		return false
	}
	subject := sentence{tokens: s.tokens[s.start(k):k]}
	more := sentence{tokens: s.tokens[k+1:]}
	return !s.question && !more.directs() && !more.outcome(0, list("but hence instead so therefore")) && (subject.outcome(0, pageParts) || subject.outcome(0, list("chapter draft page runbook text wiki")))
}

// opposes reports a verdict against what was told before it: "that is not in the contract".
// One that goes on to another way does more than that.
func (s sentence) opposes() bool {
	if s.question || !list("it that this")[s.word(0)] || s.word(1) != "is" || s.outcome(0, reprieve) || s.outcome(0, list("enough hence instead only so then therefore")) || s.directs() {
		return false
	}
	if s.word(2) == "against" {
		return s.outcome(3, list("contract policy rule rules"))
	}
	allowed := list("acceptable allowed permitted safe")[s.word(3)] && (s.ends(4) || list("and as because here since")[s.word(4)])
	return s.word(2) == "not" && (allowed || list("in what")[s.word(3)] && s.word(5) == "contract")
}

// goes reports "must go", and not "must go into the settings".
func (s sentence) goes(i int) bool {
	return s.word(i) == "go" && list("must should to")[s.word(i-1)] && (i+1 == len(s.tokens) || s.tokens[i+1].punct() || list("and as because since")[s.word(i+1)])
}

// takenOut reports "be deleted", "has been taken out".
func (s sentence) takenOut(i int) bool {
	return list("be been was were")[s.word(i-1)] && (list("abandoned deleted dropped removed retired reverted struck withdrawn")[s.word(i)] || s.word(i) == "taken" && list("down out")[s.word(i+1)])
}

// withdrawn reports a sentence after a fence that says that what it shows is no more:
// "the script was deleted", "replaced by a redrive with a limit".
func (s sentence) withdrawn() bool {
	if s.outcome(0, list("but copy so still")) {
		return false
	}
	if s.word(0) == "replaced" {
		return s.word(1) == "by"
	}
	if !determiners[s.word(0)] || !pageParts[s.word(1)] && !list("alias habit job loop page recipe script wiki")[s.word(1)] {
		return false
	}
	return s.some(3, 7, s.takenOut)
}

// aftermath reports what it took to mend what a fence did: "restoring the orders took two
// days", or that "there never was such a command".
func (s sentence) aftermath() bool {
	if containsAny(s.plain(), "never been such a ", "never was such a ", "there is no such ") {
		return true
	}
	return list("mending recovering repairing restoring undoing")[s.word(0)] && s.outcome(1, list("cost lasted took"))
}

// lesson reports a sentence about what somebody did once, and the harm of it: "in 2023
// somebody left this running, and it overloaded a warehouse". That something was left
// out is none.
func (s sentence) lesson() bool {
	return s.past(len(s.tokens)-1) && s.outcome(0, harm) && !s.directs() && !s.outcome(0, endorsing) && !s.outcome(0, list("forgot missed no not nobody omitted out skipped without"))
}

// formerly reports a sentence about an age that is over: "until version 5 this page had …",
// "the old job looked like this", "from the history of that night".
func (s sentence) formerly() bool {
	if containsAny(s.plain()+" ", " of that night ", " of that day ", " of that evening ", " of that morning ", " of that incident ") {
		return true
	}
	if list("former old original previous")[s.word(1)] {
		return containsAny(s.plain(), " looked like", " used to ")
	}
	return list("before until")[s.word(0)] && (list("last release version")[s.word(1)] || isNumber(s.word(1))) && s.past(0)
}
