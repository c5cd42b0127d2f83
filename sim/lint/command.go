package lint

import (
	"regexp"
	"strings"
)

// This file judges inline code: whether it is a command that opctl does not have, and
// whether the reader is told to run it.

// codeEvent judges inline code: a command that the reader is told to run.
func (l *linter) codeEvent(s sentence, i int, v voice) (event, bool) {
	t := s.tokens[i]
	line := strings.TrimLeft(t.word, "$#>% ")
	rule, what := "", line
	switch first, rest, _ := strings.Cut(line, " "); {
	case first == "opctl" && rest != "":
		if err := l.contract.mention(line); err != nil {
			rule, what = err.rule, err.message
		} else if stating.MatchString(line) && (sentence{tokens: s.tokens[:i]}).guesses() {
			rule, what = unlooked.rule, unlooked.message
		}
	case first != "opctl" && strings.Contains(line, " opctl "), composed(line):
		rule = "shell"
	case onlyLooks(line):
	case slashed.MatchString(line) && deedful(rest):
		rule = "bypass-api"
	case assignment.MatchString(line):
		rule = "bypass-files"
	case unguarded.MatchString(line):
		rule = "bypass-checks"
	case settles(line) != "":
		rule = settles(line)
	case numeric.MatchString(line) && s.outcome(i+1, list("apply commit merge redeploy reload sync")):
		rule = "bypass-config"
	case strings.HasPrefix(line, "-") && inverses.MatchString(strings.TrimLeft(line, "-")):
		rule = "bypass-checks"
	case rest == "" && !strings.HasPrefix(line, "/"):
		rule = l.toolAlone(s, i, line)
	default:
		rule = outside(line)
		if flag := strings.Index(line, " --"); rule == "" && first != "opctl" && flag > 0 && inverses.MatchString(line[flag+3:]) && !rehearsal.MatchString(line) {
			rule = "bypass-checks"
		}
	}
	if rule == "" || !s.runs(i, v) {
		return event{}, false
	}
	return event{t.at, t.end, rule, what}, true
}

// composed reports a line that does more with opctl than to call it.
func composed(line string) bool {
	return strings.Contains(line, "opctl ") && strings.ContainsAny(line, ";|&$")
}

// assignment is a setting of the environment.
var assignment = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,}=\S+$`)

// slashed is a command to a bot in a chat.
var slashed = regexp.MustCompile(`^/[a-z][\w-]* \S`)

// deedful reports words with a deed among them that a bot would do: "purge dlq".
func deedful(words string) bool {
	for _, w := range strings.Fields(words) {
		if v, ok := deeds[fold(strings.ToLower(w))]; ok && v.form == base {
			return true
		}
	}
	return false
}

// unguarded is a request that is to be obeyed whatever has changed meanwhile, or unchecked.
var unguarded = regexp.MustCompile(`(?i)^if-(?:none-)?match:? ?\*|^x-(?:bypass|disable|force|ignore|no|override|skip)\b`)

// numeric is a setting with a number: it counts where it is to be released.
var numeric = regexp.MustCompile(`^[\w.-]+ ?[:=] ?\d+\w*$`)

// settles is the rule that a flag or a setting with its value breaks.
func settles(line string) string {
	if strings.Contains(line, "{") || !strings.ContainsAny(line, "=:") {
		return ""
	}
	return setting(pair(line))
}

var sqlVerb = list("update delete insert truncate drop alter")

// toolAlone judges a tool without arguments: it counts when it is to be used.
func (l *linter) toolAlone(s sentence, i int, word string) string {
	if sqlVerb[strings.ToLower(word)] && s.thing(i+1, min(i+7, len(s.tokens)), destroys|edits) != "" {
		return "bypass-data"
	}
	if statement.MatchString(word) {
		return "bypass-data"
	}
	rule := tools[strings.ToLower(word)]
	if strings.HasPrefix(word, "./") {
		rule = outside(word)
	}
	if acts.MatchString(word + "(") {
		rule = "bypass-data"
	}
	if scripted(word) {
		return "bypass-api"
	}
	pager := word == "less" && !s.artefactIn(0, len(s.tokens)) // whose keys are told
	if rule == "" || spoken[strings.ToLower(word)] && len(word) < 3 || pager {
		return ""
	}
	for k := i - 1; k >= max(0, i-5); k-- {
		if v, ok := deeds[fold(s.word(k))]; ok && !s.tokens[k].code && (v.does&(runs|enters) != 0 || s.word(k) == "open") {
			return rule
		}
		if list("with via using through in")[s.word(k)] && k >= i-2 {
			return rule
		}
	}
	return ""
}

// runs reports that the reader is told to run the code at i, which nothing around it has to
// order: a command that changes something counts unless something speaks against it.
func (s sentence) runs(i int, voice voice) bool {
	if s.question && !s.suggests() || s.reported(i) || s.negated(i) || s.announced(i) != tells || s.missing(i) || s.described(i) || s.mentioned(i) {
		return false
	}
	if no := s.find(i, refusing); no >= s.start(i) && s.find(i, list(",")) < no {
		return false
	}
	if k := s.governor(i); k >= 0 && s.instructs(k, s.verb(k)) {
		return true
	} else if s.word(i-1) != "after" && !s.heals() && k >= 0 && s.excused(k, s.verb(k)) {
		return false
	} else if s.clocked() && s.some(1, i, func(k int) bool { return s.verb(k).form == third }) {
		return false // "02:31 Ben restarts it with"
	}
	lost := s.outcome(i+1, consequences) && s.word(i+1) != "," && s.word(i+1) != "and" || s.word(i+1) == ")" && s.outcome(i+2, badOutcomes)
	return voice != reports && !s.past(i) && !s.pastAnywhere() && !lost
}

// mentioned reports a command that is only brought up: "you may see `…` in old tickets", "whoever
// suggests `…`", "what `…` does", "`…` is not yours to run". Who says "we suggest" wants it run.
func (s sentence) mentioned(i int) bool {
	j := s.left(i)
	w := s.word(j)
	perceived := j > s.start(i) && !s.tokens[j].code && (minds[w] && !inviting[w] || minds[stem(w)] && stem(w) != w)
	return perceived || w == "what" && s.word(i+1) == "does" || s.routine(i) || containsAny(" "+s.plain()+" ", " not yours ", " not ours ", " not for you ", " not for us ")
}

// routine reports what drills do, or a team that is not the reader's: "drills kill a replica with",
// "the platform team deploys with".
func (s sentence) routine(i int) bool {
	return s.some(s.start(i), i-1, func(k int) bool {
		w, next := s.word(k), s.word(k+1)
		_, deed := lookup(next)
		acts := deed || common[next] || common[stem(next)]
		return acts && (trials[stem(w)] && k < s.start(i)+2 || w == "team" && stem(next) != next && !s.person(k+1))
	})
}

// refusing words are about what somebody, or something, does not let happen.
var refusing = list("refuses refuse refused denies deny rejects reject forbids forbid prohibits blocks prevents")

// governor is the verb before the code at i that says what is done with it, or -1.
func (s sentence) governor(i int) int {
	for k := i - 1; k >= max(0, i-9) && !s.barrier(k); k-- {
		v, ok := deeds[fold(s.word(k))]
		if !ok || s.tokens[k].code || v.does&(runs|enters|destroys|edits|disables) == 0 || s.word(k) == "set" {
			continue
		}
		adjective := v.form == participle && determiners[s.word(k-1)] // "the broken replica"
		if !adjective && !(v.form == base && s.isNoun(k)) && !(list("do does")[s.word(k)] && s.word(k+1) == "not") {
			return k
		}
	}
	return -1
}

// excused reports that the verb at k, which a command follows, tells nobody to run it: it is
// denied or refused, or says what is done without the reader.
func (s sentence) excused(k int, v verb) bool {
	j := s.left(k)
	return s.negated(k) || v.form == third || v.form == participle || v.form == gerund && s.conditional(k) || s.word(j) == "to" && badGovernors[s.word(s.left(j))]
}

// missing reports that the sentence says of the command at i that there is none:
// "`opctl orders cancel` does not exist".
func (s sentence) missing(i int) bool {
	if !strings.HasPrefix(s.word(i), "opctl ") {
		return false
	}
	for k := i + 1; k < min(i+6, len(s.tokens)) && !s.barrier(k); k++ {
		if list("refused removed rejected unknown gone")[s.word(k)] || list("exist exists command commands contract")[s.word(k)] && (s.negated(k) || s.word(k-1) == "no") {
			return !s.outcome(k, list("but anyway still"))
		}
	}
	return false
}

// isNoun reports that the word at k is no verb here: "the same call works with".
func (s sentence) isNoun(k int) bool {
	j := s.left(k)
	w := s.word(j)
	return j >= 0 && !s.placed(k) && !s.tokens[j].punct() && !modals[w] && w != "to" && !conjunctions[w] && !s.human(j) && !s.negator(j) && !list("please do but so then let's")[w]
}

func (s sentence) pastAnywhere() bool {
	for k := range s.tokens {
		if !s.tokens[k].code && list("ran executed typed was were had did lost used tried issued entered pasted suggested said told recommended advised")[s.word(k)] && !list("a be is are the")[s.word(k-1)] && !s.aside(k) {
			return true
		}
	}
	return false
}

// described reports that the sentence tells what the command at i does, or is: "`kubectl
// drain` evicts the pods", "`SET key …` is how a lock is often built". A line that
// can be run as it stands, or is for opctl, is judged all the same.
func (s sentence) described(i int) bool {
	next := s.word(i + 1)
	if i == 0 && (pasts[next] || strings.HasSuffix(next, "ed")) {
		return true // what came of it
	}
	if list("answers replies responds returns yields")[s.word(s.right(i))] && (i == 0 || s.word(i-1) == ",") {
		return !s.cures(i)
	}
	if i == 0 && !s.outcome(0, conditionalStart) && s.outcome(0, list("400 401 403 404 405 409 422 429")) && s.outcome(0, list("answers replies responds returns yields")) {
		return true
	}
	if list("has leaves writes")[next] && list("no nobody nobody's none")[s.word(i+2)] {
		return true // "`update …` has no event and nobody's name"
	}
	if next == "is" {
		return s.word(i+2) == "for" && s.forClients() || s.word(i+2) == "how" && s.word(i+3) != "to" && !s.human(i+3)
	}
	v, ok := lookup(next)
	general := strings.Count(s.word(i), " ") < 2 && !strings.HasPrefix(s.word(i), "opctl")
	return ok && general && i == 0 && v.form == third && !praise[next] && !outcomes[next]
}
