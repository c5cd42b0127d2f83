package lint

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// This file knows bad moves that are told, and called bad right beside: in a quotation, in
// what can be unfolded, in the sentence after them.

var (
	poor  = list("awful bad dangerous dreadful foolish poor rotten terrible wrong worst")
	moves = list("advice answer example habit idea instinct move plan practice reaction reflex step suggestion thing")
	// told are words for what one hears.
	told = list("advises advice ask asked hear heard recommend recommended say says said suggest suggested suggests swear told")
)

// decries reports a sentence that calls bad what stands before it: "it is bad advice", "this
// is an anti-pattern here". What is bad for some, or at times, is another matter.
func (s sentence) decries() bool {
	if s.question || !list("it that this which")[s.word(0)] || !list("is remains was")[s.word(1)] || s.outcome(2, reprieve) {
		return false
	}
	for k := 2; k < min(6, len(s.tokens)); k++ {
		bad := strings.HasPrefix(s.word(k), "anti") && condemning[s.word(k)] || poor[s.word(k-1)] && moves[s.word(k)]
		if next := s.word(k + 1); bad && !s.negated(k) {
			return s.ends(k+1) || list("and as because here of since")[next]
		}
	}
	return false
}

// hearsay reports a sentence that only says who says what stands before it: "you will hear
// this on every call", "old hands say so".
func (s sentence) hearsay() bool {
	k := s.find(len(s.tokens), told)
	return k > 0 && !s.question && !s.directs() && !s.outcome(0, reprieve) && !s.outcome(0, outcomes) && s.outcome(0, list("by for it so that this"))
}

// decried reports that what sentences tell is called bad by the first of them, or by the one
// after it when the first only says whose it is; and that none goes on to want it done.
func decried(all []sentence) bool {
	if len(all) > 1 && all[0].hearsay() {
		all = all[1:]
	}
	if len(all) == 0 || !all[0].decries() {
		return false
	}
	for _, s := range all[1:min(len(all), 5)] {
		if s.relents() {
			return false
		}
	}
	return true
}

// ruinous reports a move that stands in quotation marks, or is the subject, and comes to
// harm by the sentence itself: "'just restart it' is how you lose leases", "… is a recipe for
// doubles".
func (s sentence) ruinous() bool {
	k := s.way()
	if k == 0 || s.question || !s.spoilsFrom(k) || s.outcome(k, list("hence instead so therefore")) {
		return false
	}
	v, _ := lookup(s.word(0))
	return v.form == gerund || s.around().way() > 0 && !s.around().directs() && len(s.around().tokens) < len(s.tokens)
}

// way is where a sentence goes on to say what comes of what it begins with, or 0.
func (s sentence) way() int {
	for i := range s.tokens {
		if s.tokens[i].code || s.tokens[i].quoted || !list("is was")[s.word(i)] {
			continue
		}
		at := s.right(i)
		if list("exactly precisely")[s.word(at)] {
			at++
		}
		switch next := s.word(at + 1); s.word(at) {
		case "how":
			if next != "to" {
				return at
			}
		case "a", "an", "the":
			if list("invitation line phrase recipe sentence words")[next] && list("for that to")[s.word(at+2)] {
				return at
			}
		}
	}
	return 0
}

// spoilsFrom reports that what comes after k is harm. Of what is turned into something else,
// only that comes.
func (s sentence) spoilsFrom(k int) bool {
	k = max(k, s.find(len(s.tokens), list("becomes into")))
	return s.outcome(k, harm) || s.outcome(k, list("dead disaster doubles duplicates longer outages second twice two worse"))
}

// boon reports that what stands at i is said to be how one gets to something that is no harm:
// "deleting it is how you get out of this".
func (s sentence) boon(i int) bool {
	k := s.way()
	return k > i && s.word(k) == "how" && list("we you")[s.word(k+1)] && (!s.past(k) || s.outcome(k, list("always"))) && !s.spoilsFrom(k)
}

// unfold gives what can be unfolded the voice of its summary. A question there is the reader's.
func (p *reading) unfold(n *ast.HTMLBlock, shown string) {
	switch lines := string(n.Lines().Value(p.src)); {
	case strings.Contains(lines, "</details"):
		p.levels[0] = tells
	case strings.Contains(lines, "<summary"):
		summary, _, _ := strings.Cut(strings.TrimSpace(shown), "\n")
		if p.levels[0] = headingVoice(summary); strings.HasSuffix(summary, "?") {
			p.levels[0] = tells
		}
	}
}
