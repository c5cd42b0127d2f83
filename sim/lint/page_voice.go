package lint

import (
	"slices"
	"strings"
)

// This file decides how a part of the page speaks by what stands around it: its
// heading, the head of its column, what leads up to it, the label before a colon,
// and the verdict after it.

// Words of a label that condemn what stands under it, or belong to a past.
var (
	condemning = list(`anti-pattern anti-patterns antipattern antipatterns banned don'ts fallacies fallacy folklore forbidden hands-off harmful impulse impulses instinct instincts legend
		misconception misconceptions mistake mistakes misunderstanding myth myths no-go no-gos off-limits pitfall pitfalls prohibited reflex reflexes rumour rumours superstition
		superstitions taboo taboos temptation temptations tempted tempting trap traps unlearn unsafe untrue urge urges`)
	condemningPhrases = []string{" not to ", " bad idea", " bad example", " wrong move", " wrong way", " wrong reaction", " wrong answer", " worst move", " worst thing", " worst idea", " worst reaction", " worst practice", " worst of all", " must not ", " may not ", " off limits ", " out of bounds ", " hands off ", " keep off ", " leave alone ",
		" like a good idea ", " sounds good ", " sound good ", " stay away ", " decided against ", " do no good ", " never again ", " nothing to do with ", " not for you ", " not for us ", " not ours ", " not yours ", " red lines ", " no circumstances ", " no condition "}
	pastPhrases = []string{" post-mortem", " postmortem", " timeline ", " history ", " what happened ", " made it worse ", " went wrong ", " root cause", " lessons ", " background ", " past incident", " previous incident", " incident review",
		" removed in ", " changed in ", " changelog ", " change log "}
	// plannedPhrases lead up to what a review has found for engineers to do.
	plannedPhrases = []string{" action item", " action point", " corrective action", " decisions from ", " decisions of ", " follow-up", " follow up", " followup", " improvements ", " remediation item"}
	// dropped are ideas that were, when the label ends with it: "alternatives that we rejected".
	dropped = list("abandoned declined discarded dismissed refused rejected removed retired withdrawn")
	// approving words turn a label around: "what really works".
	approving = list(`allowed better do fact facts instead reality right safe truth works`)
	claims    = list(`claim claims myth myths legend rumour rumor belief misconception superstition`)
)

// headingVoice is the voice that a heading gives to what stands under it.
func headingVoice(heading string) voice {
	h := " " + strings.Join(words(heading), " ") + " "
	switch {
	case denies(heading), hasPrefixAny(h, " never ", " do not ", " don't ", " avoid ", " unsafe ") && !containsAny(h, " mind ", " forget "), list("bad wrong never no don't don'ts dont not")[strings.TrimSpace(h)], h == " bad ideas ":
		return warns
	case containsAny(h, pastPhrases...):
		return reports
	case containsAny(h, plannedPhrases...):
		return plans
	case len(h) < 30 && containsAny(h, " definition ", " definitions ", " glossary ", " meaning ", " terminology ", " vocabulary "):
		return defines
	}
	return tells
}

// denies reports a label that condemns: by a word of its own, or because it says
// what people must or can not do.
func denies(label string) bool {
	all := words(label)
	h := " " + strings.Join(all, " ") + " "
	if containsAny(h, " not to worry", " not to forget", " not to panic") {
		return false
	}
	if containsAny(h, condemningPhrases...) {
		return true
	}
	averted := containsAny(h, " so that ", " nobody ", " none ") // "so that nobody is refused"
	if len(all) > 0 && len(all) < 5 && list("bad wrong")[all[len(all)-1]] {
		return true
	}
	if len(all) > 1 && len(all) < 7 && all[0] == "not" && list("for here in like our part so that the this to")[all[1]] {
		return true
	}
	people := false
	for i, w := range all {
		switch {
		case conditionalStart[w], aside(all, i):
			return false
		case symptom(all, i):
			return false
		case dropped[w] && !averted && (i == len(all)-1 || i == 0 && list("alternatives ideas options proposals steps")[all[1]]):
			return true
		case w == "dropped" && all[0] == "considered":
			return true
		case condemning[w] && !faulty(all, i) && (i == 0 || !list("no not")[all[i-1]]):
			return true
		case w == "what" || w == "things" || w == "steps" || w == "moves" || humans[w] || humans[stem(w)]:
			people = true
		case people && list("no-one nobody")[w] && i+1 < len(all) && list("can may must should")[all[i+1]]:
			return true
		case i+1 < len(all) && undone[all[i+1]]: // "what I don't bother with"
		case people && list("never cannot can't mustn't don't shouldn't won't")[w], people && w == "not" && list("do must may can should will")[all[i-1]] && !(i+2 < len(all) && all[i+1] == "need" && all[i+2] != "to"):
			return true
		}
	}
	return false
}

// aside reports that a clause begins at i which says when, or what something is good for, and
// condemns nothing: "in case you cannot wait", "so you don't forget the second half". "So we
// don't do this" does.
func aside(label []string, i int) bool {
	switch label[i] {
	case "although", "as", "though", "while":
		return i == 0
	case "case":
		return i == 1 && label[0] == "in"
	case "so":
		rest := label[i+1:]
		return slices.ContainsFunc(rest, func(w string) bool { return undone[w] }) || !slices.ContainsFunc(rest, func(w string) bool { return shownOnes[w] || w == "so" })
	}
	return false
}

// symptom reports a label that ends with what is the matter with a part of the service, and
// condemns nothing: "Plugin refused", "order is rejected".
func symptom(label []string, i int) bool {
	if i == 0 || i+1 < len(label) || !dropped[label[i]] {
		return false
	}
	if list("that which")[label[1]] && i > 2 && things[singular(label[0])] != nil && !pageParts[label[0]] {
		return true // "letters that the warehouse rejected"
	}
	if len(label) > 5 {
		return false
	}
	subject := label[i-1]
	if beings[subject] && i > 1 {
		subject = label[i-2]
	}
	if pageParts[subject] && label[i] != "refused" {
		return false // a step that was taken out of the page
	}
	return subject != "script" && (things[singular(subject)] != nil || list("call command login plugin request upload")[stem(subject)])
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" \n:,;.!?*_`\"()❌🚫⛔", r) })
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
	all := sentencesOf(paragraph)
	if len(all) == 0 {
		return v
	}
	last := all[len(all)-1]
	open := !strings.ContainsAny(paragraph[len(paragraph)-1:], ".!?")
	points := last.outcome(0, list("this these those following below such so")) ||
		len(all) > 1 && all[len(all)-2].outcome(0, list("below following")) && !all[len(all)-2].outcome(0, endorsing) && last.outcome(0, list("it them")) && !last.outcome(0, list("before but by during except if unless until when without"))
	if len(all) > 1 && all[len(all)-2].question && (last.disowns() || containsAny(all[len(all)-2].plain(), "what is wrong", "what's wrong", "why is this")) {
		return max(v, warns)
	}
	if label := " " + last.plain() + " "; len(last.tokens) < 8 && containsAny(label, plannedPhrases...) {
		return max(v, plans)
	}
	if !last.directs() && slices.ContainsFunc(all, sentence.rejects) || points && last.lesson() {
		return max(v, warns)
	}
	if open && len(all) > 1 && last.exhibits() && all[len(all)-2].marks() {
		return max(v, warns)
	}
	if !open && !points || conditionalStart[last.word(0)] && !last.formerly() || last.licenses() || last.concludes() {
		return v
	}
	switch {
	case last.condemns(), open && denies(last.plain()):
		return max(v, warns)
	case open && last.theirs():
		return max(v, reports)
	case open && (last.past(0) || last.formerly()) && !last.directs() && !last.outcome(0, endorsing):
		return max(v, reports)
	}
	return v
}

var conditionalStart = list("if when once after unless because since until")

// plain are the words of a sentence as one text.
func (s sentence) plain() string {
	var out []string
	for _, t := range s.tokens {
		out = append(out, t.word)
	}
	return strings.Join(out, " ")
}

// directs reports a sentence whose main clause tells its reader to do something:
// "for orders that did not move, begin afresh".
func (s sentence) directs() bool {
	for i := range s.tokens {
		w := s.word(i)
		v := deeds[fold(w)]
		if s.tokens[i].code || !common[w] && !list("begin follow repeat")[w] && !(v.base != "" && v.form == base) || irregular[w] == w || v.base != "" && v.form != base {
			continue
		}
		j := s.left(i)
		if (j < 0 || s.word(j) == "," || s.word(j) == ":" || s.word(j) == ")") && !s.negated(i) {
			return true
		}
	}
	return false
}

// announced is the voice that what stands before a colon gives to i: "what you
// must not do: …".
func (s sentence) announced(i int) voice {
	for k := i - 1; k > 0; k-- {
		if s.tokens[k].code || s.word(k) != ":" {
			continue
		}
		before := sentence{tokens: s.tokens[:k]}
		switch {
		case conditionalStart[before.word(0)] || before.licenses() || before.word(k-1) == "can" || before.outcome(0, list("but except however")): // "forbidden, but in an emergency: …"
		case before.condemns(), denies(before.plain()), claims[before.word(k-1)], k < 3 && list("reviewer review")[before.word(k-1)]:
			return warns
		case containsAny(" "+before.plain()+" ", plannedPhrases...) && before.outcome(0, list("developers engineers maintainers team")) && !onDuty.MatchString(before.plain()):
			return plans
		case i < len(s.tokens) && s.tokens[i].code && before.past(0) && !before.directs() && !before.outcome(0, endorsing):
			return reports
		}
		return tells
	}
	return tells
}
