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

// runs reports that the reader is told to run the code at i.
func (s sentence) runs(i int, voice voice) bool {
	if s.question && !s.suggests() || s.reported(i) || s.negated(i) || s.announced(i) != tells || s.missing(i) || s.described(i) {
		return false
	}
	apart := false // a comma stands between
	for k := i - 1; k >= max(0, i-9) && !s.barrier(k); k-- {
		if s.tokens[k].code {
			continue
		}
		apart = apart || s.word(k) == ","
		if !apart && list("refuses refuse refused denies deny rejects reject forbids forbid prohibits blocks prevents")[s.word(k)] {
			return false
		}
		v, ok := deeds[fold(s.word(k))]
		if ok && (v.does&(runs|enters|destroys|edits|disables) != 0) && s.word(k) != "set" && s.left(k) != k {
			adjective := v.form == participle && determiners[s.word(k-1)] // "the broken replica"
			if adjective || v.form == base && s.isNoun(k) || list("do does")[s.word(k)] && s.word(k+1) == "not" {
				continue
			}
			return s.instructs(k, v)
		}
	}
	switch {
	case voice == reports, s.past(i), s.pastAnywhere():
		return false
	case s.outcome(i+1, consequences) && s.word(i+1) != "," && s.word(i+1) != "and":
		return false
	}
	return true
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
		if !s.tokens[k].code && list("ran executed typed was were had did lost used tried issued entered pasted suggested said told recommended advised")[s.word(k)] && !list("a be is are the")[s.word(k-1)] {
			return true
		}
	}
	return false
}
