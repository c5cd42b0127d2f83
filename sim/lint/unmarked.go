package lint

import (
	"regexp"
	"slices"
	"strings"
)

// This file finds commands that stand in prose without being marked as code.

// toolEvent judges a tool that is named without being marked as code.
func (s sentence) toolEvent(i int) (event, bool) {
	w := s.word(i)
	rule := tools[w]
	if rule == "" {
		return event{}, false
	}
	argued := s.argued(i) || s.worked(i)
	if spoken[w] && !argued {
		return event{}, false
	}
	told := false
	switch j := s.left(i); {
	case j < 0 || s.barrier(j) || s.word(j) == "," || conjunctions[s.word(j)]:
		told = argued && !s.question && !s.negated(i) && !s.pastAnywhere() && !s.outcome(i+1, badOutcomes)
	default:
		told = s.usedTool(i)
	}
	return event{s.tokens[i].at, s.tokens[i].end, rule, s.phrase(i)}, told
}

// there is a change that is made in a tool which was named before: "psql leaves no such line, so
// amend the order there".
func (s sentence) there(i int) string {
	if s.word(i) != "there" || !s.ends(i+1) {
		return ""
	}
	for k := i - 1; k > s.start(i); k-- {
		v, ok := lookup(s.word(k))
		if !ok || s.tokens[k].code || v.does&^(runs|enters) == 0 || !s.instructs(k, v) {
			continue
		}
		for _, t := range s.tokens[:k] {
			if !spoken[t.word] && tools[t.word] != "" {
				return tools[t.word]
			}
		}
	}
	return ""
}

// peeks are keys that show something, where a tool is worked by keys.
var peeks = list("/ 0 : ? ctrl+c ctrl-c d l q y")

// worked reports that a way through a tool has a key on it that may do more than show something:
// "k9s → pods → `ctrl-k`".
func (s sentence) worked(i int) bool {
	return s.word(i+1) == ">" && slices.ContainsFunc(s.tokens[i:], token.deedKey)
}

// deedKey reports a key that may do more than show something.
func (t token) deedKey() bool {
	key := strings.ToLower(t.word)
	return t.code && (len(key) == 1 || hasPrefixAny(key, "ctrl", "shift")) && !peeks[key]
}

// argued reports that arguments follow a tool: a flag, or a subcommand that is a
// deed.
func (s sentence) argued(i int) bool {
	next := s.word(i + 1)
	if next == "-" && i+2 < len(s.tokens) && s.tokens[i+2].at == s.tokens[i+1].end {
		return true
	}
	v, ok := deeds[fold(next)]
	if ok && v.form == base && !stops[next] {
		return true
	}
	if !spoken[s.word(i)] && next != "" && (tools[next] != "" || strings.HasPrefix(next, "/") || isNumber(next)) {
		return true
	}
	return s.some(i+1, i+6, func(k int) bool {
		return s.word(k) == "-" && s.word(k+1) != "" && k+1 < len(s.tokens) && s.tokens[k+1].at == s.tokens[k].end
	}) || list("get logs describe ps exec rollout apply restart stop rm stream consumer cp top edit scale patch stack compose s3 push")[next]
}

func (s sentence) usedTool(i int) bool {
	for k := i - 1; k >= max(0, i-5) && !s.barrier(k); k-- {
		v, ok := deeds[fold(s.word(k))]
		if ok && !s.tokens[k].code && v.does&(runs|enters) != 0 {
			return s.instructs(k, v)
		}
		if (list("with via using through")[s.word(k)] || list("in into to")[s.word(k)] && !spoken[s.word(i)]) && k >= i-2 {
			return s.told(k)
		}
	}
	return false
}

// unmarked is a line for opctl that is not marked as code, and more than a plain
// call: "opctl audit list | tee x".
func (l *linter) unmarked(t *text, s sentence) (event, bool) {
	for i, tok := range s.tokens {
		if tok.code || tok.word != "opctl" || !l.contract.prefix([]string{s.word(i + 1)}) || s.negated(i) || s.question || s.pastAnywhere() {
			continue
		}
		line := t.String()[tok.at:s.tokens[len(s.tokens)-1].end]
		if whole := strings.TrimSpace(t.String()); tok.at == 0 && loneLine.MatchString(whole) {
			if r := l.contract.mention(whole); r != nil {
				return event{tok.at, tok.end, r.rule, r.message}, true
			}
		}
		if containsAny(line, " | ", "$(", " && ", " > /") {
			return event{tok.at, tok.end, "shell", "a step is one plain line: " + line}, true
		}
		for _, flag := range flags.FindAllStringSubmatch(line, -1) {
			if !l.contract.argument(flag[1]) {
				return event{tok.at, tok.end, "contract", "opctl has no --" + flag[1] + ": " + line}, true
			}
		}
	}
	return event{}, false
}

// loneLine is a paragraph that is a line for opctl and nothing else.
var loneLine = regexp.MustCompile(`^opctl [a-z][^\n]* --[^\n]*[^.\n]$`)

var flags = regexp.MustCompile(` --([a-z][a-z-]*)`)
