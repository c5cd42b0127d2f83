package lint

import (
	"regexp"
	"strings"
)

// This file knows internal artefacts by their form alone: a column, a setting, a
// path, a variable of the environment. Whatever changes one is a finding, whichever
// verb says so: no list of verbs is ever whole.

var (
	// inner is the form of code that names an artefact.
	inner = regexp.MustCompile(`\w_\w|^[~.]?/\w|\w=|^[a-z]+[A-Z]\w*$|^[\w."-]+:(?: \S|$)|\.(?:conf|cfg|env|ini|json|lock|properties|service|sql|toml|wasm|ya?ml)$|^[a-z][\w-]*(?:\.[a-z][\w-]*)+$`)
	// signals are read, and not changed: alerts, metrics, expressions over them.
	signals = regexp.MustCompile(`^[A-Z][a-z]+(?:[A-Z][a-z]+)+$|[({]|_(?:bytes|count|ratio|seconds|sum|total)$|\.md$|^https?:|^#|^opctl\b|^[a-z]+_\d+$`)
	// holders are what has a name in code beside it: "the `leases` table".
	holders = list(`bucket column consumer counter field file flag index key lease line lock manifest parameter property queue record row setting stream table toggle variable view`)
)

// artefact reports that the token at k names one.
func (s sentence) artefact(k int) bool {
	if k < 0 || k >= len(s.tokens) {
		return false
	}
	t := s.tokens[k]
	if !t.code && !strings.ContainsAny(t.word, "_/") {
		return false
	}
	switch {
	case signals.MatchString(t.word):
		return false
	case t.code:
		return inner.MatchString(t.word) || !strings.Contains(t.word, " ") && (holders[singular(s.word(k+1))] || list("in of")[s.word(k-1)] && holders[singular(s.word(k-2))])
	}
	return strings.HasPrefix(t.word, "/") && len(t.word) > 3 && !t.quoted || strings.Contains(strings.Trim(t.word, "_"), "_")
}

// artefactIn reports one in a range of the sentence.
func (s sentence) artefactIn(from, to int) bool {
	return s.some(from, to, s.artefact)
}

// carrying verbs leave an artefact as it is: they read it, carry it, or tell of it.
var carrying = list(`acknowledge ask call copy do enter get give go hand hit invoke issue leave load log note open paste perform post publish push run schedule send show start take talk
	trigger try type use`)

// tampered is the rule of an artefact that the order at i changes, whatever its verb
// is: "bring the `reserved` column into line".
func (s sentence) tampered(i int, base string) string {
	if carrying[base] && !s.takesOut(i) || list("sure certain")[s.word(i+1)] || s.forReaders(i) || s.onPage(i) {
		return ""
	}
	for k := i + 1; k < min(i+16, len(s.tokens)); k++ {
		w := s.word(k)
		switch {
		case s.artefact(k):
			return "bypass-data"
		case s.tokens[k].code:
		case w == "(" && s.artefact(k+1) && s.tokens[k+1].code:
		case s.barrier(k), w == ",", list("as because before if once so that unless until when where whether which while with")[w]:
			return ""
		case s.human(k), list("branch docs example snippet template ticket warehouse")[w]:
			return ""
		}
	}
	return ""
}

// takesOut reports that the verb at i takes something out of where it is: "take the alert
// out of `rules.yml`".
func (s sentence) takesOut(i int) bool {
	for k := i + 2; k < min(i+8, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		if list("away off out")[s.word(k)] && list("from of")[s.word(k+1)] {
			return list("cut get leave pull take throw")[s.word(i)]
		}
	}
	return false
}

// written is a record that is put into a store, and named as the cure: "a line in
// `tariff_versions` is all it takes", "a zero in its `expires_at` frees it".
func (s sentence) written(i int) string {
	if !s.recorded(i) || !s.cures(i) {
		return ""
	}
	return "bypass-data"
}

// keyed is a store that somebody types into: "the code should be filled in in the shipments table".
func (s sentence) keyed(i int) string {
	v, ok := keying[s.word(i)]
	of := s.find(min(i+14, len(s.tokens)), list("of")) // "the first column of the sheet"
	if !ok || s.forReaders(i) || s.onPage(i) || of > i && readers[s.word(of+2)] || !s.instructs(i, v) {
		return ""
	}
	return s.into(i, i, edits, v)
}

var keying = forms(map[deed]string{edits: `enter fill key pad paste punch type`})

// recorded reports that a record at i is said to be in, or for, a store.
func (s sentence) recorded(i int) bool {
	noun := list("entry file line null record row value zero")[s.word(i)] && list("a an another one that this")[s.word(i-1)]
	if !noun && !(isNumber(s.word(i)) && s.word(i+1) == "in") || beings[s.word(i-2)] || s.question || s.negated(i) || s.pastAnywhere() || s.byAgent(i) {
		return false
	}
	return s.some(i+1, i+8, func(k int) bool {
		return list("for in into less more of to")[s.word(k)] && (s.artefactIn(k+1, k+6) || s.thing(k+1, min(k+5, len(s.tokens)), destroys|edits) != "")
	})
}

// cures reports that what stands at i is said to help, or is how an order before it
// is carried out.
func (s sentence) cures(i int) bool {
	if s.commends(i) || s.heals() {
		return true
	}
	for k := 0; k < i && s.word(i-2) == ":"; k++ {
		if v, ok := lookup(s.word(k)); ok && v.form == base && !s.tokens[k].code && s.instructs(k, v) {
			return true
		}
	}
	return false
}

// heals reports that something bad is said to go away.
func (s sentence) heals() bool {
	return containsAny(s.plain(), " disappear", " go away", " goes away", " is history", " is gone", " is quiet", " is over", " are gone", " are history")
}

// shifted is a value that goes to another one without a verb: "INTAKE_CAPACITY 40 →
// 400 in the pod spec".
func (s sentence) shifted(i int) string {
	arrow := s.word(i) == ">" || s.word(i) == "to" && isNumber(s.word(i-1)) && isNumber(s.word(i+1))
	if s.task && i < 4 && list("at off on to")[s.word(i)] && s.artefactIn(0, i) {
		return "bypass-config"
	}
	if !arrow || s.question || s.negated(i) || s.pastAnywhere() || s.announced(i) != tells {
		return ""
	}
	if !s.artefactIn(0, min(i, 4)) && s.thing(0, min(i, 4), tunes) == "" {
		return ""
	}
	if s.outcome(i, list("apply chart deploy env everywhere manifest pod pods redeploy release reload replicas restart rollout save spec values")) {
		return "bypass-config"
	}
	return ""
}

// retuned is a setting that was named before: "(`max_deliver: 2`); make it 200".
func (h handling) retuned() string {
	if !list("bring get give make push put raise set turn")[h.verb.base] || !list("it that them this")[h.word(h.i+1)] {
		return ""
	}
	next := h.word(h.i + 2)
	for k := h.i + 3; next == "to" && k < h.i+7; k++ {
		if h.human(k) {
			return "" // "give it to the platform team"
		}
	}
	if !isNumber(next) && next != "to" && !list("bigger down endless higher infinite longer lower shorter smaller unlimited up")[next] {
		return ""
	}
	if h.artefactIn(0, h.i) || h.before.artefactIn(0, len(h.before.tokens)) {
		return "bypass-config"
	}
	return h.meant(tunes)
}
