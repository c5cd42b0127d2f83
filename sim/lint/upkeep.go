package lint

// This file knows the upkeep of the page itself, which changes nothing in the service.

// ofPage are what a page has of its own.
var ofPage = list(`budget example label link name number owner step title version`)

// upkeep reports that an object is the page's, in a sentence about its upkeep or after
// one: "when you change this page, update the budget in the front matter".
func (s sentence) upkeep(before sentence, from, to int) bool {
	if from < to && pronouns[s.word(from)] && s.outcome(0, ofPage) {
		return s.keepsPage()
	}
	if s.word(to) == "of" && !(sentence{tokens: s.tokens[to:min(to+4, len(s.tokens))]}).outcome(0, list("alert alerts page runbook")) {
		return false // "the version of the order"
	}
	for k := from; k < to; k++ {
		if !s.tokens[k].code && ofPage[stem(s.word(k))] && (k+1 == to || particles[s.word(k+1)]) {
			return s.keepsPage() || before.keepsPage()
		}
	}
	return false
}

// keepsPage reports a sentence about a change of the page that it stands on.
func (s sentence) keepsPage() bool {
	for k := range s.tokens {
		w, next := s.word(k), s.word(k+1)
		switch {
		case s.tokens[k].code:
		case w == "front" && next == "matter", w == "front-matter":
			return true
		case list("the this")[w] && list("page runbook")[next] && list("add change changing edit editing in keep of on to update")[s.word(k-1)]:
			return true
		}
	}
	return false
}
