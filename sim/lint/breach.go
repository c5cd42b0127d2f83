package lint

import (
	"cmp"
	"strings"
)

// handling is a verb with what it is done to.
type handling struct {
	sentence
	before   sentence
	i        int // of the verb
	verb     verb
	deeds    deed
	from, to int // its object
}

// breach is the rule that the verb at i breaks by what it is done to, or "".
func (l *linter) breach(s, before sentence, i int, v verb) string {
	h := handling{sentence: s, before: before, i: i, verb: v, deeds: s.does(i, v)}
	h.from, h.to = s.object(i)
	if rule := first(h.entrance, h.subject); rule != "" {
		return rule
	}
	if h.harmless() {
		return ""
	}
	return first(h.muted, h.named,
		func() string { return l.machine(s, h.from, h.to, h.deeds, v) },
		func() string { return s.into(i, h.to, h.deeds, v) },
		h.pronoun, h.retuned, h.switchedOff, h.unwatched, h.toggled, h.exempted, h.manual)
}

// first rule that one of them finds.
func first(finders ...func() string) string {
	for _, find := range finders {
		if rule := find(); rule != "" {
			return rule
		}
	}
	return ""
}

// head is the first word of the object, last its last.
func (h handling) head() string { return h.wordIn(h.from) }
func (h handling) last() string { return h.wordIn(h.to - 1) }

func (h handling) wordIn(k int) string {
	if k < h.from || k >= h.to {
		return ""
	}
	return h.word(k)
}

func (h handling) entrance() string {
	if h.deeds&enters == 0 {
		return ""
	}
	return h.entered(h.i, h.verb)
}

// subject is what stands before the verb, where it is that which is changed: "the
// row is deleted", "the outbox wants emptying", "let the breaker tolerate more".
func (h handling) subject() string {
	start := h.start(h.i)
	passive := h.verb.form == participle || beings[h.word(h.left(h.i))] || h.task && irregular[h.verb.base] != ""
	wanted := h.verb.form == gerund && list("need needs want wants")[h.word(h.left(h.i))]
	if !passive && !wanted && !(h.deeds&(disables|evades) != 0 && h.made(h.i)) {
		return ""
	}
	if rule := h.thing(start, h.i, h.deeds); rule != "" || !passive {
		return rule
	}
	if (h.task || h.part(start)) && h.artefactIn(start, h.i) {
		return "bypass-data"
	}
	whose := h.left(h.i)
	for beings[h.word(whose)] || modals[h.word(whose)] || h.word(whose) == "to" {
		whose = h.left(whose)
	}
	if list("it them they these this")[h.word(whose)] {
		return h.before.thing(0, len(h.before.tokens), h.deeds)
	}
	return ""
}

// part reports that the clause that begins at start is about a part of a file: "the lines
// for the alert in `rules.yml`".
func (h handling) part(start int) bool {
	subject := sentence{tokens: h.tokens[start:min(start+4, h.i)]}
	return h.verb.does&destroys != 0 && subject.outcome(0, list("block entry line lines paragraph part section stanza"))
}

// harmless reports an object that is for people, or on a page.
func (h handling) harmless() bool {
	if h.verb.form == base && h.isSubject(h.i) {
		return true
	}
	if h.verb.base == "call" && h.word(h.i+1) == "script" {
		return true // what is said on the phone
	}
	if h.discussed(h.i, h.verb) {
		return true
	}
	if h.deeds&shares != 0 && h.intoUse() {
		return true
	}
	if h.handsOver() || h.closes() || h.widget() {
		return true
	}
	if h.verb.base == "take" && list("heat load pressure strain weight")[h.word(h.i+2)] {
		return true // "take the load off the database"
	}
	if h.verb.base == "raise" && pronouns[h.word(h.i+1)] && list("at in with")[h.word(h.i+2)] {
		return true // "raise it in the review"
	}
	if h.verb.base == "swap" && list("places roles seats shifts turns")[h.head()] {
		return true
	}
	return h.kindly(h.from, h.to) && !h.held() || h.onPage(h.i) && !list("disable suppress")[h.verb.base] || h.upkeep(h.before, h.from, h.to) || h.word(h.to) == "of" && h.aboutPage(h.to) && h.into(h.i, h.to, h.deeds, h.verb) == "" || h.deeds == instructs && h.addressed(h.from, h.to)
}

// intoUse reports what is the service's own and comes next: "take the next credential into
// use".
func (h handling) intoUse() bool {
	return !h.some(h.from, h.to, func(k int) bool { return powers[h.word(k)] || strings.HasSuffix(h.word(k), "'s") }) && h.word(h.to) == "into" && list("operation service use")[h.word(h.to+1)]
}

// held reports that the object is in, or of, an artefact or a limit: "the number in
// `on_hand`", "the number of attempts".
func (h handling) held() bool {
	if h.last() == "number" && h.thing(h.from, h.to-1, h.deeds|edits) != "" {
		return true // "the version number"
	}
	if h.last() == "number" && h.word(h.to) == "of" && h.thing(h.to+1, min(h.to+3, len(h.tokens)), h.deeds&tunes) != "" {
		return true
	}
	return list("at from in of on")[h.word(h.to)] && (h.artefactIn(h.to+1, h.to+5) || h.into(h.i, h.to, h.deeds, h.verb) != "" && !h.onPage(h.i))
}

// named is the object, or what it is of: "the kill switch of the filter".
func (h handling) named() string {
	if h.verb.base == "delete" && h.word(h.i+1) == "from" && !h.kindly(h.i+2, min(h.i+4, len(h.tokens))) {
		return "bypass-data"
	}
	if rule := h.thing(h.from, h.to, h.deeds); rule != "" {
		return rule
	}
	if h.takesOut(h.i) && h.word(h.to) == "of" && h.thing(h.to+1, min(h.to+5, len(h.tokens)), disables) == "silence" {
		return "silence"
	}
	if h.word(h.to) != "of" || weak[h.verb.base] || h.verb.base == "set" && !list("limit number")[h.last()] {
		return ""
	}
	_, end := h.object(h.to)
	if h.kindly(h.to+1, end) {
		return ""
	}
	return h.thing(h.to+1, end, h.deeds)
}

// strong verbs need no name for what they destroy: "delete it".
var strong = list("delete destroy drop empty erase flush kill nuke purge reboot recreate reset restart truncate wipe")

// pronoun is a thing that was named before: "delete it", "the old one".
func (h handling) pronoun() string {
	head := h.head()
	one := list("one ones")[h.last()] || head == "the" && (sentence{tokens: h.tokens[h.from:min(h.to, h.from+3)]}).outcome(1, list("lot remainder rest"))
	if head == "" && strong[h.verb.base] && (h.i+1 == len(h.tokens) || h.word(h.i+1) == ",") {
		return h.meant(destroys | restarts) // "stuck? -> force delete"
	}
	if h.word(h.i-1) == "a" && list("deserves needs wants")[h.word(h.i-2)] && list("it that this")[h.word(h.i-3)] {
		return h.machineMeant() // "it needs a bounce"
	}
	if list("its their")[head] && h.from+1 < h.to && !weak[h.verb.base] && !carrying[h.verb.base] {
		return h.meant(h.verb.does & (destroys | edits)) // "null their expiry"
	}
	if !pronouns[head] && !one {
		return ""
	}
	if h.deeds&replays != 0 && h.deeds&(edits|shares) == h.deeds&shares && h.thing(0, h.i, replays) != "" {
		return "bypass-queue"
	}
	it := list("it them these this")[head]
	if it && list("insert truncate upsert")[h.verb.base] && list("database db schema store table")[h.before.place()] {
		return "bypass-data"
	}
	if strong[fold(h.verb.base)] || one && h.verb.base == "remove" || h.deeds&^h.verb.does&(destroys|restarts) != 0 {
		if rule := h.meant(destroys); rule != "" {
			return cmp.Or(h.meant(h.deeds&(destroys|restarts)), rule)
		}
		if head == "everything" {
			return "bypass-data"
		}
	}
	if it && h.verb.does&edits != 0 && !carrying[h.verb.base] && h.word(h.i+2) != "down" && h.before.artefactIn(0, len(h.before.tokens)) && !h.forReaders(h.i) {
		return "bypass-data"
	}
	if it && h.verb.base == "take" && h.deeds&unlocks != 0 && h.meant(unlocks) == "bypass-locks" {
		return "bypass-locks" // "take it away"
	}
	if (it || one) && !weak[h.verb.base] {
		return cmp.Or(h.meant(h.verb.does&(destroys|disables|tunes|unlocks)), h.machineMeant())
	}
	return ""
}

// meant is the rule that deeds break by what this sentence or the one before tells
// of.
func (h handling) meant(does deed) string {
	if rule := h.thing(0, h.i, does); rule != "" {
		return rule
	}
	if h.before.outcome(0, list("dashboard graph graph's panel panel's")) {
		return ""
	}
	return h.before.thing(0, len(h.before.tokens), does)
}

// place is the store that a sentence tells of, or "".
func (s sentence) place() string {
	for _, t := range s.tokens {
		if w := singular(t.word); !t.code && stores[w] {
			return w
		}
	}
	return ""
}

// exempted is somebody whom a guard lets pass, or a purge of nothing that is named.
func (h handling) exempted() string {
	switch {
	case list("allowlist whitelist")[h.verb.base] && h.from < h.to:
		return "bypass-auth"
	case list("exclude excuse exempt")[h.verb.base] && h.word(h.to) == "from":
		return h.thing(h.to+1, min(h.to+5, len(h.tokens)), disables|tunes)
	case list("purge truncate")[h.verb.base] && h.verb.form == gerund && (h.from == h.to || beings[h.head()]):
		return "bypass-queue"
	}
	return ""
}

// manual is a change that is said to be made by hand, whatever it is.
func (h handling) manual() string {
	if (h.from < h.to || h.verb.form == participle) && h.word(h.from) != "yourself" && h.deeds&(destroys|edits|replays|restarts|unlocks) != 0 && h.byHand(h.i) {
		return "bypass-api"
	}
	return ""
}
