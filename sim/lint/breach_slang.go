package lint

import (
	"regexp"
	"slices"
)

// This file finds machines that are restarted in words for friends: "bounce it", "give it a
// kick".

// podName is that of one of several replicas.
var podName = regexp.MustCompile(`^[a-z]+(?:-[a-z]+)*-\d{1,2}$`)

// machineMeant is the rule of a machine that was named before, where the verb is one for
// machines: "memory creeps up on replica 3. Bounce it".
func (h handling) machineMeant() string {
	if h.verb.does&restarts == 0 || list("scale start stop")[h.verb.base] || particles[h.word(h.i+2)] {
		return ""
	}
	named := func(t token) bool { return podName.MatchString(t.word) }
	if slices.ContainsFunc(h.tokens[:h.i], named) || slices.ContainsFunc(h.before.tokens, named) {
		return "bypass-host"
	}
	return h.meant(restarts)
}

// treated is a machine or a store that is given something in words that hide what:
// "give the queue a good scrub", "give it a kick".
func (s sentence) treated(before sentence) (event, bool) {
	for i, t := range s.tokens {
		if t.code || t.word != "give" || !s.instructs(i, deeds["give"]) {
			continue
		}
		rule := s.treatment(i)
		if rule == "" && list("it that them this")[s.word(i+1)] && deedNouns[s.word(i+3)]&restarts != 0 && s.word(i+2) == "a" {
			rule = before.thing(0, len(before.tokens), restarts)
		}
		if rule != "" {
			return event{t.at, t.end, rule, s.phrase(i)}, true
		}
	}
	return event{}, false
}

// treatment is the rule of what is given such a thing by its name.
func (s sentence) treatment(i int) string {
	for k := i + 2; k < min(i+8, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if s.word(k) == "a" && !s.human(k-1) && list("bit bounce clean fresh good gentle haircut kick little nudge poke proper push quick scrub shake shove spin trim wash")[s.word(k+1)] &&
			!s.outcome(k, list("break call chance glance look minute moment rest ring try while")) {
			return s.thing(i+1, k, destroys|restarts)
		}
	}
	return ""
}
