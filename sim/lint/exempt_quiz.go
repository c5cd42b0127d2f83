package lint

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// This file reads quizzes: their options are no orders, but for one that the solution
// calls right.

// quiz is a question that examines its reader.
type quiz struct {
	asks    bool
	inverse bool            // it asks for what is wrong, so no option is right
	right   map[string]bool // options by their letter or number
	denied  bool            // the answer that it wants is no
	at      int             // where the question stands among the sentences
}

// examines finds a quiz among sentences: "Quiz, question 7. … Which answer is wrong?"
func examines(all []sentence) quiz {
	exam := slices.ContainsFunc(all, func(s sentence) bool {
		return s.outcome(0, list("exam exercise quiz")) || s.word(0) == "question" && s.word(1) != "" && isNumber(s.word(1))
	})
	for i, s := range all {
		if exam && s.question && s.outcome(0, list("what which")) {
			q := quiz{asks: true, inverse: s.outcome(0, badOutcomes) || s.outcome(0, list("not worst")), at: i}
			return q.solved(all)
		}
	}
	return quiz{}
}

// solved is a quiz with what sentences call right: "solution: (b)".
func (q quiz) solved(all []sentence) quiz {
	q.right = map[string]bool{}
	for _, s := range all {
		q.denied = q.denied || s.saysNo()
		if q.inverse || s.question || s.option() != "" || !s.outcome(0, list("answer correct right solution")) || s.outcome(0, list("never no not others wrong")) {
			continue
		}
		for _, t := range s.tokens {
			q.right[t.word] = true
		}
	}
	return q
}

// option is the letter or number of an option: "(c) truncate the outbox".
func (s sentence) option() string {
	at := 0
	if s.word(0) == "(" {
		at = 1
	}
	if s.word(at+1) == ")" && len(s.word(at)) == 1 {
		return s.word(at)
	}
	return ""
}

// leaves reports an option that nobody calls right.
func (q quiz) leaves(s sentence) bool {
	option := s.option()
	return q.asks && option != "" && !q.right[option]
}

// saysNo reports a solution that is a plain no: "expected answer: no, each is an order".
func (s sentence) saysNo() bool {
	k := s.label()
	return k > 0 && list("answer answers reply solution")[s.word(k-1)] && list("never no")[s.word(k+1)] && s.ends(k+2)
}

// denies reports what somebody suggests in the case that is examined, where a plain no to
// it is what the examiner wants.
func (q quiz) denies(s sentence, i int) bool {
	return q.asks && q.denied && i < q.at && !s.directs() && s.outcome(0, list("advises asks colleague proposes recommends says somebody someone suggests wants"))
}

// options reads a list of them, before the paragraph with the solution.
func (p *reading) options(items *ast.List, q quiz, v voice) {
	if next, ok := items.NextSibling().(*ast.Paragraph); ok {
		q = q.solved(p.inlines(next).sentences())
	}
	letters := strings.Split("a b c d e f g h i", " ")
	n := 0
	for item := items.FirstChild(); item != nil; item = item.NextSibling() {
		voice := warns
		if n < len(letters) && (q.right[letters[n]] || q.right[string(rune('1'+n))]) {
			voice = v
		}
		p.children(item, voice)
		n++
	}
}
