package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

// This file finds statements of fact about what nobody has looked at.

var (
	attesting = list(`answer assume attest book claim close confirm consider count declare mark presume regard resolve say settle state tick treat`)
	verdicts  = list(`arrived delivered done lost not-received received sent shipped undelivered`)
	wholesale = list(`accordingly all any anything batch bulk each every everything lot remaining rest them whole`)
	looking   = list(`asked checked confirmed found looked only reported said says saw seen told unless verified`)
)

// attested is a statement for many at once, or without a look: "answer
// `not-received` for each", "close them without asking".
func (s sentence) attested(i int) string {
	v, _ := lookup(s.word(i))
	base, stated := strings.CutSuffix(s.word(i), "d")
	stated = stated && (attesting[base] || attesting[strings.TrimSuffix(base, "e")]) && s.word(s.left(i)) == "be"
	switch {
	case stated && s.instructs(i, verb{base: v.base, form: participle}):
	case s.customary(i):
	case !attesting[s.word(i)] || !s.instructs(i, verb{base: s.word(i)}):
		return ""
	}
	rest := sentence{tokens: s.tokens[i+1:]}
	if rest.unseen() >= 0 {
		return "look-first"
	}
	if s.outcome(0, verdicts) && s.guesses() || strings.Contains(s.plain(), " in bulk") && s.outcome(i, list("doubt doubts in-doubt")) {
		return "look-first"
	}
	if list("assume presume")[s.word(i)] && rest.outcome(0, verdicts) && !s.outcome(0, looking) {
		return "look-first"
	}
	from := i
	if stated {
		from = -1 // "all in doubt can be closed as received"
	}
	if s.blanket(from) && !s.outcome(0, looking) {
		return "look-first"
	}
	return ""
}

// foretold is a look that is written down, and not made to hang on anything: "write 'verified' in
// the ticket".
func (s sentence) foretold(i int) string {
	if !list("enter log note put record report write")[s.word(i)] || s.outcome(0, conditionalStart) || s.outcome(0, list("only")) || !s.instructs(i, s.verb(i)) {
		return ""
	}
	for k := i + 1; k < min(i+4, len(s.tokens)); k++ {
		if (s.tokens[k].quoted || s.tokens[k].code) && list("checked confirmed verified")[strings.ToLower(s.word(k))] {
			return "look-first"
		}
	}
	return ""
}

// unseen is where a sentence says that nobody is to look, or -1: "without asking".
func (s sentence) unseen() int {
	for k := range s.tokens {
		if s.word(k) == "without" && (list("asking calling checking confirming looking phoning ringing verifying")[s.word(k+1)] || s.word(k+1) == "a" && list("call check look question")[s.word(k+2)]) {
			return k
		}
	}
	return -1
}

// customary reports a statement that is made as a matter of routine: "as a rule, they are
// declared as received without asking". What came of it makes it a warning.
func (s sentence) customary(i int) bool {
	base, told := strings.CutSuffix(s.word(i), "d")
	j := s.left(i)
	if !told || !attesting[base] && !attesting[strings.TrimSuffix(base, "e")] || !list("are get gets is")[s.word(j)] || list("that which who")[s.word(j-1)] {
		return false
	}
	at := s.unseen()
	return at > i && s.outcome(i, verdicts) && !s.question && !s.negated(i) && !s.past(i) && !s.conditional(i) && !s.reported(i) && s.announced(i) == tells && !s.outcome(at, harm) && !s.outcome(at, consequences)
}

// guesses reports a sentence by which nobody has looked: "nobody picks up at night, so just
// state that it has not arrived".
func (s sentence) guesses() bool {
	if s.outcome(0, list("asked checked confirmed found looked seen told unless until verified")) || s.outcome(0, list("call ring phone")) && s.directs() {
		return false
	}
	return guess.MatchString(s.plain())
}

// stating is a line that says what a warehouse has.
var stating = regexp.MustCompile(`^opctl deliveries resolve\b.* --as\b`)

// guess is why somebody states what nobody has seen.
var guess = regexp.MustCompile(`(?i)\b(?:` + strings.Join([]string{
	`(?:nobody|no[- ]one|none)(?: \w+){0,4} (?:answer(?:s|ed)?|awake|pick(?:s|ed) up|reach(?:able|ed)|repl(?:y|ies|ied)|respond(?:s|ed)?|there)`,
	`no (?:answer|reply|response)`,
	`(?:(?:can|could|did|do|does|will)(?: ?not|n't)|won't) (?:answer|ask|be asked|be reached|check|know|look|reach|reply|respond|say|tell)`,
	`not (?:asked|checked|reachable)`,
	`assum(?:e|ed|ing|ption)|guess(?:ed|ing)?|presum(?:e|ed|ably)|probabl[ey]|unasked`,
	`most (?:have|likely|of them)`,
	`warehouse (?:is|was) (?:asleep|busy|closed|shut)`,
}, "|") + `)\b`)

// guessed reports a statement of fact whose own reason says that nobody has looked.
func guessed(call runbook.Call) bool {
	states, reason := false, ""
	for _, g := range call.Args {
		states = states || verdicts[g.Value]
		if g.Arg.Name == "reason" {
			reason = g.Value
		}
	}
	if !states || !guess.MatchString(reason) {
		return false
	}
	return !slices.ContainsFunc(words(reason), func(w string) bool { return looking[w] || w == "saw" })
}

// unlooked is what such a statement breaks.
var unlooked = refusal{"look-first", "a statement of fact is made by someone who has looked: this is a guess"}

// blanket reports one verdict about many deliveries in what follows i.
func (s sentence) blanket(i int) bool {
	verdict, exact, many := false, false, i < 0 && s.sweeping()
	for k := i + 1; k < len(s.tokens); k++ {
		w := s.word(k)
		verdict = verdict || verdicts[w]
		exact = exact || list("received not-received")[w]
		many = many || wholesale[w] && !s.tokens[k].code
	}
	return many && (exact || verdict && s.outcome(0, list("deliveries delivery doubt doubts in-doubt orders parcels")))
}

// sweeping reports a sentence about deliveries of a kind: "deliveries older than an hour".
func (s sentence) sweeping() bool {
	for k := range min(3, len(s.tokens)) {
		if list("deliveries doubts orders parcels shipments")[s.word(k)] {
			return k == 0 || !list("a both that the these this those three two")[s.word(0)]
		}
	}
	return false
}
