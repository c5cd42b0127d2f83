package lint

import "strings"

// This file finds advice to take another way than opctl: past it, past the audit, or
// in somebody else's name.

// besides is another way that is preferred to opctl: "pgAdmin rather than opctl",
// "handier than opctl".
func (s sentence) besides(i int) string {
	if w, _, _ := strings.Cut(s.word(i), " "); w != "opctl" || s.question || s.pastAnywhere() {
		return ""
	}
	j := i - 1
	for list("plain the through using via with")[s.word(j)] {
		j--
	}
	before := s.word(j - 1)
	switch s.word(j) {
	case "over":
		if k := s.find(j, list("choose favour prefer take")); k >= 0 && s.instructs(k, verb{base: s.word(k)}) {
			return "bypass-api"
		}
	case "than":
		if list("better cheaper easier faster handier nicer quicker shorter simpler")[before] && !s.negated(j-1) || before == "rather" && s.directs() {
			return "bypass-api"
		}
	case "of":
		if before == "instead" && s.directs() {
			return "bypass-api"
		}
	}
	return ""
}

// find is where one of the words stands before j, or -1.
func (s sentence) find(j int, words map[string]bool) int {
	for j--; j >= 0; j-- {
		if !s.tokens[j].code && words[s.word(j)] {
			return j
		}
	}
	return -1
}

// next is where one of the words stands from k on, or behind the end.
func (s sentence) next(k int, words map[string]bool) int {
	for k < len(s.tokens) && (s.tokens[k].code || !words[s.word(k)]) {
		k++
	}
	return k
}

// traceless is a change that the audit is not to see, said as an advantage: "so that
// no entry is written".
func (s sentence) traceless(i int) string {
	if !list("audit audited entry record trace")[s.word(i)] || s.question || s.pastAnywhere() || s.outcome(0, list("cannot never not refused refuses")) {
		return ""
	}
	p := s.plain()
	switch {
	case containsAny(p, "so that no ", "that way no ", "that way none ", "with it none ", "with it , none ", "with this none ", "with that none ", " need no ", " needs no "),
		containsAny(p, "out of the audit", "without an entry", "without a trace", "without leaving", "behind the audit") && s.directs():
		return "bypass-checks"
	}
	return ""
}

// overruled is a warning of a loss that one is to pass over: "never mind the warning
// about data loss".
func (s sentence) overruled(i int) string {
	if !list("dismiss disregard ignore mind")[s.word(i)] || !s.outcome(i, list("warning warnings prompt")) || !s.outcome(i, list("delete destructive discard irreversible lose loss lost")) {
		return ""
	}
	if v, ok := lookup(s.word(i)); s.word(i-1) == "never" && s.word(i) == "mind" || ok && s.instructs(i, v) {
		return "bypass-checks"
	}
	return ""
}

// lent is a secret that the sentence before tells of, and that belongs to somebody
// else: "their token is in the vault. Export it".
func (s sentence) lent(before sentence) (event, bool) {
	if !before.others() || strings.Contains(s.plain(), "opctl ") {
		return event{}, false
	}
	for i, t := range s.tokens {
		if t.code || !list("borrow copy export log paste set sign take use")[t.word] || !s.instructs(i, verb{base: t.word}) {
			continue
		}
		for k := i + 1; k < min(i+4, len(s.tokens)); k++ {
			if list("it one that them theirs")[s.word(k)] {
				return event{t.at, t.end, "bypass-auth", s.phrase(i)}, true
			}
		}
	}
	return event{}, false
}

// offWith is an order without a verb about what the sentence before tells of: "off
// with it".
func (s sentence) offWith(before sentence) (event, bool) {
	if !list("away off out")[s.word(0)] || s.word(1) != "with" || !list("it that them this")[s.word(2)] || s.question {
		return event{}, false
	}
	rule := before.thing(0, len(before.tokens), destroys|disables)
	return event{s.tokens[0].at, s.tokens[2].end, rule, s.phrase(0)}, rule != ""
}

// unreviewed is a change that its author lets pass: "approve your own change".
func (s sentence) unreviewed(i int) string {
	if !list("approve merge")[s.word(i)] || !list("my own your")[s.word(i+1)] || !s.instructs(i, verb{base: s.word(i)}) {
		return ""
	}
	if (sentence{tokens: s.tokens[i+1 : min(i+6, len(s.tokens))]}).outcome(0, list("own yourself")) {
		return "bypass-checks"
	}
	return ""
}

// onBehalf is an answer that somebody gives to the broker in a worker's stead:
// "acknowledge them on its behalf".
func (s sentence) onBehalf(i int) string {
	if !list("accept acknowledge answer confirm settle")[s.word(i)] || !s.instructs(i, verb{base: s.word(i)}) {
		return ""
	}
	rest := sentence{tokens: s.tokens[i:]}
	if p := rest.plain(); containsAny(p, "on its behalf", "on their behalf", "on behalf of", "in its name", "in their name", "'s name", "'s place", "'s stead", "towards the broker", "for the worker", "to the broker", "to the stream", "to the queue") {
		return "bypass-queue"
	}
	return ""
}

// begged is a secret that somebody else is asked for: "ask Kim for her login".
func (s sentence) begged(i int) string {
	if !list("account credential login password token")[stem(s.word(i))] || !list("her his their")[s.word(i-1)] || s.word(i-2) != "for" {
		return ""
	}
	if k := s.find(i, list("ask beg")); k >= 0 && s.instructs(k, verb{base: s.word(k)}) {
		return "bypass-auth"
	}
	return ""
}

// asAnother is a login that is somebody else's: "sign in as him".
func (s sentence) asAnother(i int) string {
	if s.word(i) != "as" || !list("her him them")[s.word(i+1)] {
		return ""
	}
	if k := s.find(i, list("authenticate connect log login logon sign")); k >= 0 && s.instructs(k, verb{base: s.word(k)}) {
		return "bypass-auth"
	}
	return ""
}

// otherOne is a secret that a part of the service has: "take the one that the relay uses".
func (s sentence) otherOne(i int) string {
	if s.word(i) != "one" || s.word(i-1) != "the" || !s.outcome(0, secrets) || s.question || !s.near(i, list("borrow fetch get hold take use")) || !s.told(i-2) {
		return ""
	}
	for k := i + 2; k < min(i+7, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if list("carries has holds owns runs uses")[s.word(k)] && s.word(k-1) != "you" {
			return "bypass-auth"
		}
	}
	return ""
}

// others reports that a sentence tells of a secret of somebody else, or where one lies.
func (s sentence) others() bool {
	for k, t := range s.tokens {
		if strings.HasPrefix(t.word, "/") && smelling([]string{t.word}) && !s.outcome(0, list("my our your")) {
			return true
		}
		if !t.code && secrets[stem(t.word)] && (list("her his its their")[s.word(k-1)] || powers[s.word(k-1)] || strings.HasSuffix(s.word(k-1), "'s") || s.word(k-1) == "operator") {
			return true
		}
	}
	return false
}

// ownRights are those that one gives to oneself: "grant yourself the role", "bind yourself to
// `cluster-admin`", "map your account onto the owner's role".
func (s sentence) ownRights(i int) string {
	from := i + 1
	for particles[s.word(from)] || s.word(from) == "for" {
		from++ // "sign yourself up for"
	}
	switch {
	case list("yourself yourselves")[s.word(i)] && !list("from of off out")[s.word(i+1)] && !(s.word(from) == "to" && s.imperative(from+1)):
	case s.word(i) == "your" && s.find(min(i+4, len(s.tokens)), list("account login user")) > i:
		if from = s.find(min(i+5, len(s.tokens)), list("into onto to")); from < i {
			return ""
		}
	default:
		return ""
	}
	to := from
	for to < min(from+6, len(s.tokens)) && !s.tokens[to].punct() && !list("and for if that until when whether")[s.word(to)] {
		to++
	}
	if s.minding(i-1) || !s.instructs(i-1, s.verb(i-1)) || !s.powerful(from, to) {
		return ""
	}
	return "bypass-auth"
}

// raised is a role, or somebody, that gets all rights: "make the role a superuser".
func (s sentence) raised(i int) string {
	if !list("elevate make promote turn")[s.word(i)] {
		return ""
	}
	for k := i + 2; k < min(i+8, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		if list("admin administrator clusteradmin cluster-admin dba root sudoer superuser superusers")[s.word(k)] && list("a an into to")[s.word(k-1)] && (s.ends(k+1) || stops[s.word(k+1)] && s.word(k+1) != "of") {
			return "bypass-auth"
		}
	}
	return ""
}
