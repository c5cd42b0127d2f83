package lint

import "strings"

// This file knows words of blame that condemn nothing: those for what is to be mended,
// and those for a loss that the page makes light of.

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
	for i := range s.tokens {
		if list("can may will")[s.word(i)] && !harm[s.word(i+1)] && s.outcome(i, list("afterwards again anyway back later themselves")) {
			return true
		}
	}
	return false
}
