package lint

import (
	"regexp"
	"slices"
	"strings"
)

// This file judges fences of query languages, HTTP, programs, ways through an interface and
// drawings.

// defining statements read, or say what a view is.
var defining = regexp.MustCompile(`(?i)^(?:select|with|explain|show|table|values|create\s+(?:or\s+replace\s+)?(?:materialized\s+)?(?:view|table|index|type))\b`)

// changing statements do more.
var changing = regexp.MustCompile(`(?i)\b(?:update\s+\S+\s+set|delete\s+from|insert\s+into|truncate|drop|alter|grant|revoke)\b`)

// statements judges SQL: none of it is in a contract of commands. To read what is made for
// operators changes nothing, and what a view is made of may be shown.
func (l *linter) statements(b block) {
	if asks(b.text.String()) {
		l.remarks(b)
		return
	}
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

// remarks judges the comments of SQL that only looks.
func (l *linter) remarks(b block) {
	for line, at := range b.contents() {
		if sql, c, is := strings.Cut(line, "--"); is {
			l.comment(b, at+len(sql), c, b.voice)
		}
	}
}

// program judges code that is no shell's: none of it is in a contract of commands,
// whatever it calls.
func (l *linter) program(b block) {
	if b.use == shown || b.use == explained && reads(b.text.String()) || b.use != applied && computes(b) {
		return
	}
	for line, at := range b.contents() {
		comment, is := commented(line)
		switch {
		case !is:
			l.addAt(b.text, at, at+len(line), "contract", "a program is not in the operator contract: "+line)
			return
		case l.comment(b, at, comment, b.voice):
			return
		}
	}
}

var (
	fetching = regexp.MustCompile(`\.get\(|\burlopen\(|\bhttp\.Get\(|\bfetch\(|\bread_csv\(|(?i:\bselect\b.+\bfrom\b)`)
	writing  = regexp.MustCompile(`(?i)\b(?:commit|delete|eval|exec|execute\w*|patch|popen|post|publish|put|spawn|subprocess|system|update|write\w*)\b|\b(?:data|json|method)\s*[=:]|["']w["']|/(?:_?admin|debug|_?internal)\b`)
)

// reads reports a program that only looks: it fetches something, and has no call that
// changes anything. What is fetched from inside may be a change in disguise.
func reads(program string) bool {
	if !fetching.MatchString(program) || writing.MatchString(program) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(program, "\n"), func(line string) bool { return scripted(strings.ReplaceAll(line, ".get(", "(")) })
}

// computes reports a program that only works on values of its own: whatever it calls is part of
// the language, a value that it has just made from nothing, or a method of one.
func computes(b block) bool {
	own, plain := map[string]bool{}, map[string]bool{}
	for line := range b.contents() {
		if m := binding.FindStringSubmatch(line); m != nil {
			own[m[1]+m[2]], plain[m[2]] = true, builtins[m[3]]
		}
		if strings.ContainsAny(line, "\"'`") || effect.MatchString(line) || scripted(line) && !plain[leading.FindString(line)] || acts.MatchString(line) || writing.MatchString(line) {
			return false
		}
		for _, m := range callee.FindAllStringSubmatch(line, -1) {
			if !own[m[1]] && !builtins[m[1]] && !(m[2] == "" && m[3] == ")" && strings.ToLower(m[1]) != m[1]) {
				return false
			}
		}
	}
	return len(own) > 0
}

var (
	binding  = regexp.MustCompile(`^(?:def (\w+)\(|(\w+) = (\w*))`)
	callee   = regexp.MustCompile(`\b(\w+)(\.\w+)*\((\)?)`)
	effect   = regexp.MustCompile(`^(?:del|from|import|include|load|require|use|with)\b`)
	builtins = list("abs all any assert bool dict divmod enumerate filter float hash if in int len list map max min print range return reversed round set sorted str sum tuple while zip")
)

// commented is what a line of a program says that is a comment.
func commented(line string) (string, bool) {
	for _, mark := range []string{"#", "//", "--", "/*", "*"} {
		if rest, is := strings.CutPrefix(line, mark); is && !strings.HasPrefix(rest, "/") {
			return rest, true
		}
	}
	return "", false
}

// mutating is an operation of GraphQL that changes something; a query only looks.
var mutating = regexp.MustCompile(`^mutation\b[^{(]*[{(]`)

// scheduled is a line of a crontab.
var scheduled = regexp.MustCompile(`^(?:@(?:hourly|daily|weekly|monthly|yearly|reboot)|(?:[\d*/,-]+[ \t]+){5})[ \t]*\S`)

// members of an expression in a console: the methods that it calls, or is given.
var members = regexp.MustCompile(`(?:\.|&:|->|::)([A-Za-z]\w*)!?`)

// scripted reports an expression of a program whose calls change something:
// Delivery.where(…).find_each(&:destroy), o.status = "sent".
func scripted(line string) bool {
	if assigned.MatchString(line) {
		return true
	}
	if !strings.ContainsAny(line, "(&") {
		return false
	}
	for _, m := range members.FindAllStringSubmatch(line, -1) {
		name := strings.ToLower(leading.FindString(m[1]))
		if v, ok := deeds[name]; ok && v.form == base && v.does&^(runs|enters|evades|forges) != 0 || list("commit exec execute save")[name] {
			return true
		}
	}
	return false
}

var (
	assigned = regexp.MustCompile(`^[\w$@]+(?:\.\w+|\[[^\]]+\])+\s+=\s+[^=\s]|=>.*\w\.\w+\s*=\s*[^=]`)
	leading  = regexp.MustCompile(`^(?:[A-Z]?[a-z]+|[A-Z]+)`) // word of a name in snake or camel case
)

// requests judges HTTP, and GraphQL that changes something: lines of a form. What a
// client of the service sends may be shown.
func (l *linter) requests(b block, form *regexp.Regexp) {
	if b.use == shown {
		return
	}
	for line, at := range b.contents() {
		if form.MatchString(line) {
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

// spokenLine is what one part of a drawing says to another: "worker->>queue: ack".
var spokenLine = regexp.MustCompile(`^"?([\w -]+?)"? *[-.=<]+[->)x\w]*[>)x][+-]? *"?[\w -]+"? *: *(\S.*)`)

// diagram judges what people do in a drawing. What the parts of the service say to one
// another, and how its states follow, is told and not ordered. A flow chart is read as prose:
// its boxes may be steps.
func (l *linter) diagram(b block) {
	talks := false
	for line, at := range b.contents() {
		m := spokenLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		talks = true
		if actor := strings.ToLower(strings.TrimSpace(m[1])); humans[actor] || humans[fold(actor)] || list("me user you")[actor] {
			l.comment(b, at+len(line)-len(m[2]), m[2], b.voice)
		}
	}
	if !talks {
		l.plain(b)
	}
}
