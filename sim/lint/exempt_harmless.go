package lint

import (
	"slices"
	"strings"
)

// This file knows things that no change harms: the reader's own, what stands on a page or is
// its upkeep, and what is only brought up among people.

// powerful reports rights, or a role, among the words of a range.
func (s sentence) powerful(from, to int) bool {
	some := sentence{tokens: s.tokens[from:max(to, from)]}
	if slices.ContainsFunc(some.tokens, func(t token) bool { return t.code && mighty(t.word) }) {
		return true
	}
	return s.thing(from, to, shares) != "" || some.outcome(0, powers) || some.outcome(0, list("admins delete insert update write"))
}

// mine are things of the reader: "your status", "your own notes".
var mine = list(`branch calendar changes clock desk draft editor entries entry expectations inbox mailbox message name notebook notes phone query session shell stash status stopwatch terminal ticket time times view watch window`)

func (s sentence) yours(from, to int) bool {
	return from < to && list("my your")[s.word(from)] && (s.word(from+1) == "own" || mine[s.word(to-1)])
}

// kindly reports an object that is for people: "update the status page".
func (s sentence) kindly(from, to int) bool {
	for to > from && (particles[s.word(to-1)] || skipped[s.word(to-1)]) {
		to--
	}
	if s.yours(from, to) || from < to && list("me us")[s.word(from)] {
		return true
	}
	if to <= from || s.tokens[to-1].code {
		return to > from && strings.HasPrefix(s.word(to-1), "#")
	}
	return benign[s.word(to-1)] || benign[stem(s.word(to-1))]
}

// noted is where people write for people.
var noted = list("board calendar changelog channel chat doc docs document incident issue notes reason post-mortem report rota ticket timeline wiki")

// onPage reports that what the verb at i is done to is on a page that people
// read: "the table below", "the column on the right".
func (s sentence) onPage(i int) bool {
	for k := i + 1; k < min(i+14, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		w, next := s.word(k), s.word(k+1)
		switch {
		case s.tokens[k].code:
		case w == "and" && !determiners[next] && next != "what":
			return false
		case list("from in into to")[w] && (next == "the" || next == "a" || next == "your") && noted[s.word(k+2)] && !stores[s.word(k+3)]:
			return true
		case w == "below" && next != "" && !isNumber(next), w == "above" && (next == "" || s.tokens[min(k+1, len(s.tokens)-1)].punct() || pronouns[next]), w == "overleaf":
			return true
		case (w == "this" || w == "that") && list("chapter doc document page runbook section wiki")[next], w == "the" && list("page wiki runbook")[next] && s.word(k+2) != "size":
			return true
		case w == "on" && next == "the" && list("right left wall board whiteboard")[s.word(k+2)], w == "whiteboard" || w == "flipchart":
			return true
		}
	}
	return false
}

// aboutPage reports that what follows the "of" at i is a page: "the branch of the
// docs".
func (s sentence) aboutPage(i int) bool {
	from, to := s.object(i)
	return s.kindly(from, to)
}

// addressed reports that people are told, and not a machine: "tell the database
// team".
func (s sentence) addressed(from, to int) bool {
	return s.some(from, to, func(k int) bool {
		return s.human(k) || strings.HasSuffix(s.word(k), "'s") || benign[s.word(k)] || list("desk hall side colleagues customers")[s.word(k)]
	}) || !list("to that")[s.word(to)]
}

// handsOver reports a thing that is brought to somebody: "drop the pager off with the next
// person". A table or a queue is brought to nobody.
func (h handling) handsOver() bool {
	if h.verb.base != "drop" || !(h.last() == "off" || h.word(h.i+1) == "off") || h.artefactIn(h.from, h.to) {
		return false
	}
	if rule := h.thing(h.from, h.to, h.deeds); rule != "" && rule != "silence" {
		return false
	}
	return h.some(h.to+1, h.to+5, func(k int) bool {
		return h.word(h.to) == "with" && h.human(k) || list("at by")[h.word(h.to)] && list("counter desk door front office reception")[h.word(k)]
	})
}

// displays are what a widget is part of.
var displays = list("dashboard dashboards graph graphs panel panels")

// widget reports a part of a dashboard that one sets to look at something: "clear the filter
// replica at the top".
func (h handling) widget() bool {
	if !list("a all any each the this your")[h.head()] || !list("filter filters legend range selector variable variables")[stem(h.word(h.from+1))] || h.artefactIn(h.from, h.to) {
		return false
	}
	if next := h.word(h.to); list("from in of on")[next] || stores[h.last()] {
		return (sentence{tokens: h.tokens[h.to:min(h.to+4, len(h.tokens))]}).outcome(0, displays)
	}
	return h.outcome(0, displays) || h.before.outcome(0, displays)
}

// screens are what a reader looks at things with.
var screens = list("browser editor emacs htop less man more nano terminal vi view vim")

// closes reports the reader's own screen, and nothing beside it: "kill the `less` process".
func (h handling) closes() bool {
	if h.deeds&destroys == 0 || !list("the this your")[h.head()] || !screens[h.word(h.from+1)] {
		return false
	}
	rest := h.from + 2
	if list("process session window")[h.word(rest)] {
		rest++
	}
	return rest == h.to && !list("and at for from in of on or")[h.word(rest)]
}

var meetings = list("meeting post-mortem postmortem retro retrospective review stand-up standup workshop")

// discussed reports that the verb at i brings something before people, who will decide
// about it: "bring it to the monthly alert review".
func (s sentence) discussed(i int, v verb) bool {
	if v.base != "bring" && v.base != "take" {
		return false
	}
	for k := i + 1; k < min(i+8, len(s.tokens)) && !s.barrier(k) && s.word(k) != "," && !conjunctions[s.word(k)]; k++ {
		switch w := s.word(k); {
		case particles[w] && w != "up":
			return false // "bring the limit down at the review"
		case w == "to", v.base == "bring" && list("at before in")[w]:
			return s.meets(k + 1)
		}
	}
	return false
}

// meets reports that a meeting is what a phrase that begins at k ends with.
func (s sentence) meets(k int) bool {
	for from := k; k < min(from+5, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if !s.tokens[k].code && meetings[s.word(k)] {
			return true
		}
	}
	return false
}

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
