package lint

import (
	"slices"
	"strings"
)

// This file reads a question together with its answer, which may stand in a part of the
// page of its own: "May I reset the offsets?" "No. You would skip every order."

// talk is what has been asked last, and whether the answer was no.
type talk struct {
	leave  bool // somebody asked whether they may do something that breaks a rule
	denied bool
}

// hear follows the talk by one more sentence.
func (l *linter) hear(s sentence) {
	switch {
	case s.question:
		l.talk = talk{leave: s.asksLeave() && l.exemplary(s) != ""}
	case s.answer().declines():
		l.talk.denied = l.talk.leave
	case !s.answer().supposes():
		l.talk = talk{}
	}
}

// refuted reports a question whose answer says why not: in what follows it, or in the next
// part of the page.
func (l *linter) refuted(all []sentence, i int) bool {
	s, rest := all[i], all[i+1:]
	if !s.question {
		return false
	}
	whyNot := s.word(0) == "why" && s.word(1) == "not"
	if len(rest) == 0 && whyNot && l.next != nil {
		rest = l.next.sentences()
	}
	if len(rest) == 0 || !rest[0].explains() {
		return false
	}
	return !whyNot || rest[0].refutes() && !slices.ContainsFunc(rest[1:min(len(rest), 5)], sentence.relents)
}

// refutes reports a reason why not, and nothing good of what was asked for.
func (s sentence) refutes() bool {
	return s.word(0) == "because" && !s.directs() && !s.permits() && !s.adopts() && !s.outcome(1, reprieve)
}

// relents reports a sentence that comes back to what was refuted, and wants it done.
func (s sentence) relents() bool {
	for i := range s.tokens {
		v, ok := lookup(s.word(i))
		if ok && !s.tokens[i].code && v.form == base && list("it that them this")[s.word(i+1)] && s.instructs(i, v) {
			return true
		}
	}
	return s.adopts() || s.permits()
}

// supposed reports a sentence that only says what would come of what was denied.
func (l *linter) supposed(s sentence) bool { return l.talk.denied && s.answer().supposes() }

// asksLeave reports a question whether one may do something. Whether opctl does it is
// another question, and a no to that may lead past opctl.
func (s sentence) asksLeave() bool {
	rest := s.unlabelled("q", "question")
	if strings.Contains(s.plain(), "opctl") {
		return false
	}
	if list("can could may might shall should")[rest.word(0)] {
		return list("i one operators people somebody they we you")[rest.word(1)]
	}
	return rest.word(0) == "is" && rest.word(1) == "it" && rest.outcome(2, list("alright allowed fine good harmless ok okay permitted safe"))
}

// answer is a sentence without the label that marks it as one: "A: No."
func (s sentence) answer() sentence { return s.unlabelled("a", "answer") }

func (s sentence) unlabelled(labels ...string) sentence {
	for _, label := range labels {
		if s.word(0) == label && s.word(1) == ":" {
			return sentence{tokens: s.tokens[2:]}
		}
	}
	return s
}

// declines reports an answer of no: "no", "please don't", "better not".
func (s sentence) declines() bool {
	if list("better please rather")[s.word(0)] && list("don't not")[s.word(1)] {
		return s.ends(2)
	}
	return list("never nope")[s.word(0)] && s.ends(1) || s.disowns()
}

// supposes reports a sentence about what would happen: "you would skip every order". One
// that goes on to another way does more than that.
func (s sentence) supposes() bool {
	if s.word(0) == "no" && s.word(1) == "," {
		return sentence{tokens: s.tokens[2:]}.supposes()
	}
	return list("i it one that they this we you")[s.word(0)] && s.word(1) == "would" &&
		!s.outcome(2, list("better but first have however instead just need rather simply so then"))
}
