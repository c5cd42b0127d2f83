package lint

import "strings"

// headingVoice is the voice that a heading gives to what stands under it.
func headingVoice(heading string) voice {
	h := " " + strings.Join(words(heading), " ") + " "
	switch {
	case containsAny(h, " not to do ", " anti-pattern", " antipattern", " forbidden ", " prohibited ", " pitfalls ", " mistakes ", " tempting ", " bad idea", " bad example", " wrong move", " wrong way", " must not ", " off limits "):
		return warns
	case hasPrefixAny(h, " never ", " do not ", " don't ", " don'ts ", " avoid ", " unsafe ") && !containsAny(h, " mind ", " forget "), h == " bad ", h == " wrong ", h == " bad ideas ":
		return warns
	case containsAny(h, " post-mortem", " postmortem", " timeline ", " history ", " what happened ", " went wrong ", " root cause", " lessons ", " background ", " past incident", " previous incident", " incident review"):
		return reports
	}
	return tells
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" :,.!?*_`()❌🚫⛔", r) })
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func hasPrefixAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// leads is the voice that a paragraph gives to the list or the fence after it, by
// its last sentence; v is the paragraph's own.
func leads(paragraph string, v voice) voice {
	paragraph = strings.TrimSpace(paragraph)
	t := &text{}
	t.put(paragraph, 0)
	all := t.sentences()
	if len(all) == 0 {
		return v
	}
	last := all[len(all)-1]
	open := !strings.ContainsAny(paragraph[len(paragraph)-1:], ".!?")
	points := last.outcome(0, list("this these following below such so"))
	if !open && !points || conditionalStart[last.word(0)] {
		return v
	}
	switch {
	case last.condemns():
		return max(v, warns)
	case open && last.past(0) && !last.outcome(0, endorsing):
		return max(v, reports)
	}
	return v
}

var conditionalStart = list("if when once after unless because since until")

// announced is the voice that what stands before a colon gives to i: "what you
// must not do: …".
func (s sentence) announced(i int) voice {
	for k := i - 1; k > 0; k-- {
		if s.tokens[k].code || s.word(k) != ":" {
			continue
		}
		before := sentence{tokens: s.tokens[:k]}
		switch {
		case conditionalStart[before.word(0)]:
		case before.condemns():
			return warns
		case s.tokens[i].code && before.past(0) && !before.outcome(0, endorsing):
			return reports
		}
		return tells
	}
	return tells
}

var endorsing = list("worked helped fixed solved cleared resolved saved works helps")

// condemns reports a sentence that says not to do what it points at.
func (s sentence) condemns() bool {
	first := s.left(1)
	if w := s.word(max(first, 0)); list("bad wrong don't anti-pattern antipattern unsafe never tempting forbidden ❌ 🚫")[w] && !undone[s.word(max(first, 0)+1)] {
		return true
	}
	for i := range s.tokens {
		switch {
		case s.tokens[i].code:
		case list("anti-pattern antipattern anti-patterns")[s.word(i)], s.word(i) == "bad" && list("example idea practice advice step")[stem(s.word(i+1))]:
			return true
		case conditionalStart[s.word(i)]:
			return false
		case s.negator(i) && !s.undone(i) && list("do run use type copy try execute repeat be to ever touch paste follow any anyone")[s.word(i+1)]:
			return true
		case badGovernors[s.word(i)] && !s.tokens[i].code && !s.negated(i) && list("forbidden prohibited mistake mistakes dangerous unsafe banned wrong")[s.word(i)]:
			return true
		}
	}
	return false
}

// pointsBack reports that a sentence begins about what stands before it: "never run
// this".
func (s sentence) pointsBack() bool {
	for i := range min(5, len(s.tokens)) {
		if list("this that it these those so such above")[s.word(i)] {
			return true
		}
	}
	return false
}

// condemns reports that the paragraph after a fence says what harm it did.
func condemns(paragraph string) bool {
	t := &text{}
	t.put(strings.TrimSpace(paragraph), 0)
	all := t.sentences()
	if len(all) == 0 {
		return false
	}
	s := all[0]
	if !list("that this it the which and never do don't two")[s.word(0)] && !s.past(0) {
		return false
	}
	if list("never do don't")[s.word(0)] && !s.pointsBack() {
		return false // a warning against something else
	}
	harm := list("lost lose loses doubled twice duplicated broke breaks wrong corrupted outage never incident forbidden refused customers mistake harm")
	return (s.outcome(0, harm) || s.condemns()) && !s.outcome(0, list("not without nothing no none cannot")) || s.condemns()
}
