package lint

import "strings"

// This file finds statements of fact about what nobody has looked at.

var (
	attesting = list(`answer assume attest book claim close confirm consider count declare mark presume regard resolve say settle state tick treat`)
	verdicts  = list(`arrived delivered done lost not-received received sent shipped undelivered`)
	wholesale = list(`accordingly all any anything batch bulk each every everything remaining rest them whole`)
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
	case !attesting[s.word(i)] || !s.instructs(i, verb{base: s.word(i)}):
		return ""
	}
	rest := sentence{tokens: s.tokens[i+1:]}
	for k := range rest.tokens {
		if rest.word(k) != "without" {
			continue
		}
		if list("asking calling checking confirming looking phoning ringing verifying")[rest.word(k+1)] || rest.word(k+1) == "a" && list("check look")[rest.word(k+2)] {
			return "look-first"
		}
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

// counted is a verdict by a rule of thumb: "everything older than an hour counts as
// lost".
func (s sentence) counted(i int) string {
	if !list("count counts pass passes")[s.word(i)] || !list("as for")[s.word(i+1)] || !verdicts[s.word(i+2)] || s.question || s.negated(i) || s.conditional(i) {
		return ""
	}
	if (sentence{tokens: s.tokens[:i]}).outcome(0, wholesale) || s.word(0) == "whatever" {
		return "look-first"
	}
	return ""
}
