package lint

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// This file knows bad moves that are told, and called bad right beside: in a quotation, in
// what can be unfolded, in the sentence after them; and words of blame that condemn nothing:
// those for what is to be mended, and those for a loss that the page makes light of.

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

// mending verbs are done to what is wrong, and so their object condemns nothing.
var mending = list(`amend clear correct cure fix handle heal mend rectify remedy remove repair resolve reverse revert undo`)

// spoilt are things that may be wrong without anybody having advised them.
var spoilt = list(`address amount checksum count event invoice message order payload price quantity record row state status stock tariff total`)

// faulty reports that the word of blame at i says what is the matter with a thing: "to
// correct a wrong event", "wrong price on an order". "Wrong order:" is about a sequence.
func (s sentence) faulty(i int) bool {
	all := make([]string, len(s.tokens))
	for k := range s.tokens {
		all[k] = s.word(k)
	}
	return faulty(all, i) && !(i == 0 && s.ends(2))
}

func faulty(words []string, i int) bool {
	if len(words) > 1 && words[0] == "to" && mending[words[1]] {
		return i > 1
	}
	if i > 1 && words[i-1] == "by" && (strings.HasSuffix(words[i-2], "ed") || pasts[words[i-2]]) {
		return true // "an order that was changed by mistake"
	}
	return i+1 < len(words) && spoilt[stem(words[i+1])]
}

// consoles reports a sentence that makes light of a loss which is still to come: "the
// lost orders can be placed again", "they are refunded". It tells nobody to leave the
// thing be.
func (s sentence) consoles() bool {
	if s.outcome(0, list("cannot did had never twice was were")) {
		return false
	}
	if s.outcome(0, list("acceptable bearable cheaper compensated refunded tolerable voucher vouchers")) {
		return true
	}
	return s.some(0, len(s.tokens), func(i int) bool {
		return list("can may will")[s.word(i)] && !harm[s.word(i+1)] && s.outcome(i, list("afterwards again anyway back later themselves"))
	})
}
