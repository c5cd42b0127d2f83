package lint

import (
	"regexp"
	"strings"
)

// This file judges fences of query languages, HTTP, programs and ways through an interface.

// defining statements read, or say what a view is.
var defining = regexp.MustCompile(`(?i)^(?:select|with|explain|show|table|values|create\s+(?:or\s+replace\s+)?(?:materialized\s+)?(?:view|table|index|type))\b`)

// changing statements do more.
var changing = regexp.MustCompile(`(?i)\b(?:update\s+\S+\s+set|delete\s+from|insert\s+into|truncate|drop|alter|grant|revoke)\b`)

// statements judges SQL: none of it is in a contract of commands. What a view is
// made of may be shown.
func (l *linter) statements(b block) {
	for line, at := range b.contents() {
		if c, ok := strings.CutPrefix(line, "--"); ok {
			if l.comment(b, at, c, b.voice) {
				return
			}
			continue
		}
		if b.use == shown && defining.MatchString(line) && !changing.MatchString(b.text.String()) {
			return
		}
		l.addAt(b.text, at, at+len(line), "bypass-data", "SQL goes around the operator contract: "+line)
		return
	}
}

// calls in a program that change something or run something.
var calls = regexp.MustCompile(`(?i)\.\w*(delete|drop|truncate|purge|update|execute|exec|publish|remove|unlink|kill|flush|insert|save|write|put|patch|post|set|reset|restart|run|call|system|popen|command|spawn|send|produce|commit|` +
	`rename|chmod|rmtree|replay|requeue|disable|grant|ack)\w*\s*\(|\b(eval|exec|system|popen|spawn)\s*\(|method['"]?\s*[:=]\s*['"](post|put|patch|delete)|` + "`(?:psql|kubectl|docker|nats|rm|kill)[^`]*`")

// program judges code of a language that is no shell's.
func (l *linter) program(b block) {
	if b.use == shown {
		return
	}
	for line, at := range b.contents() {
		if m := calls.FindStringIndex(line); m != nil || statement.MatchString(line) {
			l.addAt(b.text, at, at+len(line), "contract", "a program is not in the operator contract: "+line)
			return
		}
	}
}

// requests judges HTTP. What a client of the service sends may be shown.
func (l *linter) requests(b block) {
	if b.use == shown {
		return
	}
	for line, at := range b.contents() {
		if request.MatchString(line) {
			l.addAt(b.text, at, at+len(line), "bypass-api", "a change goes through opctl, not past it: "+line)
			return
		}
	}
}

// menu is a way through a user interface: "Streams > WORK > Delete".
var menu = regexp.MustCompile(`\S\s*(?:>|→|»|›|->)\s*\S.*(?:>|→|»|›|->)\s*(?:\[|"|\*)*([A-Za-z]+)[^>→»›]*$`)

// menus finds ways that end in a deed.
func (l *linter) menus(b block) {
	for line, at := range b.contents() {
		if m := menu.FindStringSubmatch(line); m != nil {
			if v, ok := deeds[strings.ToLower(m[1])]; ok && v.form == base && v.does&pressed != 0 {
				l.addAt(b.text, at, at+len(line), "bypass-api", "a change goes through opctl, not through another interface: "+line)
			}
		}
	}
}
