package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// This file knows work that is planned: what somebody who is named is to do later, and
// the reader of a runbook is not.

var (
	// assignee is who does an item, at its end.
	assignee = regexp.MustCompile(`\([^()]{3,80}\)[.\s]*$`)
	// doer is who does an item, at its beginning. A time to do it at is nobody.
	doer = regexp.MustCompile(`^\((?:[A-Z]|[a-z-]{2,} ?)[^()]{1,80}\)`)
	// noDoer is what stands there when it is none.
	noDoer = regexp.MustCompile(`(?i)^\((?:after|again|always|at|before|both|daily|each|every|if|in|live|manual|manually|now|optional|often|on|once|only|or|per|prod|production|quick|repeat|urgent|when)\b`)
	// ticket is where an item is kept, and codeBase what one changes that no reader of a runbook does.
	ticket   = regexp.MustCompile(`^\[?[A-Z][A-Z0-9]+-\d+\b`)
	codeBase = regexp.MustCompile(`(?i)\b(?:from|in|of) the (?:code|code ?base|repository|source|test suite)\b|\btests\b`)
	// testName is what Go calls a test.
	testName = regexp.MustCompile(`^Test[A-Z]\w+$`)
	// due is an assignee with a date, a ticket or a release.
	due = regexp.MustCompile(`\([^()]{2,60}, ?(?:(?:by|before|due|in|until) )*(?:\d{1,2}\.? ?)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*|Q[1-4]|[A-Z]{2,}-\d+|(?:next|release|sprint|week) \S+|20\d\d[-\d]*)[^()]{0,12}\)[.\s]*$`)
	// owned is a label for work that somebody has taken on.
	owned = regexp.MustCompile(`(?i)^(?:todo|fixme|(?:action|follow[- ]?up)(?: item| point)?(?: \d+)?) ?\([^()]{3,80}\)`)
	// later is a label for work of a time to come, and interim what is to be done before it.
	later   = regexp.MustCompile(`(?i)^(?:planned|roadmap|scheduled)(?: (?:for|in))? (?:Q[1-4]|20\d\d|next (?:quarter|release|year)|the next (?:quarter|release|year)|version \S+)[^:\n]{0,20}:`)
	interim = regexp.MustCompile(`(?i)\b(?:by hand|for now|in the meantime|manually|meanwhile|production|until|yourself)\b`)
	// onDuty are those who read a runbook, and soon is when they do.
	onDuty = regexp.MustCompile(`(?i)\b(?:every(?:body|one)|night shift|on-?call|operators?|you|(?:on|this|whoever is on) shift)\b`)
	soon   = regexp.MustCompile(`(?i)\b(?:asap|immediately|now|today|tonight)\b`)
)

// planned reports work that somebody else is to do, and not now; all are the sentences of the text.
func (t *text) planned(v voice, all []sentence) bool {
	whole := t.String()
	if soon.MatchString(whole) {
		return false
	}
	assigned := assignee.MatchString(whole) || doer.MatchString(whole) && !noDoer.MatchString(whole)
	if v == plans && (assigned || t.byName() || ticket.MatchString(whole) || codeBase.MatchString(whole)) || t.task && due.MatchString(whole) {
		return !onDuty.MatchString(whole)
	}
	if len(all) == 1 && (later.MatchString(whole) || all[0].coming()) {
		work, _, _ := strings.Cut(whole, " so that ")
		return !onDuty.MatchString(work) && !interim.MatchString(whole)
	}
	who := owned.FindString(whole)
	return who != "" && !onDuty.MatchString(who)
}

// byName reports an item that begins with somebody's name: "Tom: …". A word of the trade is none.
func (t *text) byName() bool {
	name, _, labelled := strings.Cut(strings.TrimSpace(t.String()), ":")
	name, _, _ = strings.Cut(name, " (") // "Platform (Jonas):"
	w := strings.ToLower(name)
	_, verb := lookup(w)
	return labelled && name != w && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" && !verb && !harmless[w] && !skipped[w] && !conditionalStart[w] && deedNouns[w] == 0 && things[singular(w)] == nil &&
		!outcomes[w] && !goodGovernors[w] && !minds[w] && !occasions[w]
}

// What the heads of a table are called where it is of work that was agreed on: what is to be
// done, whose it is, and where it is kept or until when. A table of what to do now has others.
var (
	workHeads  = list("action actions improvement improvements measure measures remediation task tasks")
	ownerHeads = list("assignee dri owner owners responsible team who")
	keptHeads  = list("deadline due eta issue jira release sprint target ticket tickets")
	nowHeads   = list("alert alerts cause causes command commands done fix mitigation step steps symptom symptoms when workaround")
)

// agreed reports the heads of such a table.
func agreed(heads []string) bool {
	work, owner, kept := false, false, false
	for _, head := range heads {
		h := words(head)
		if slices.ContainsFunc(h, func(w string) bool { return nowHeads[w] }) {
			return false
		}
		work = work || containsAny(" "+strings.Join(h, " ")+" ", plannedPhrases...) || len(h) == 1 && workHeads[h[0]]
		owner = owner || len(h) > 0 && ownerHeads[h[0]]
		kept = kept || len(h) > 0 && (keptHeads[h[0]] || keptHeads[h[len(h)-1]])
	}
	return work && owner && kept
}

// others reports a row of it that is neither for those who read a runbook nor for now.
func (p *reading) others(row ast.Node) bool {
	for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
		whole := p.inlines(cell).String()
		if strings.TrimSpace(whole) == "" || onDuty.MatchString(whole) || soon.MatchString(whole) || interim.MatchString(whole) {
			return false
		}
	}
	return true
}

// coded reports a change of a test of the product's, known by how it is named, and not of
// what the test would do: "extend `TestCrash` so that it also truncates the last file".
func (s sentence) coded() bool {
	first := s.leading()
	v, _ := lookup(s.word(first))
	made := list("have let make")[s.word(first)]
	if s.outcome(0, list("customers' live prod production real")) || !made && (v.form != base || v.does&(edits|tunes) == 0) {
		return false
	}
	for k := range min(first+4, len(s.tokens)) {
		if s.tokens[k].code && testName.MatchString(s.word(k)) {
			return made || containsAny(s.plain(), " so that it ", " such that it ")
		}
	}
	return false
}

// coming reports a change of what the product is made of, which is to come with a release: "the
// column is dropped in the next migration".
func (s sentence) coming() bool {
	k := s.next(0, list("column endpoint enum field flag index method parameter setting table type view"))
	at := s.release(k)
	return k > 0 && k < 8 && at > k && at+8 >= len(s.tokens)
}

// released reports that the clause around i is about what engineers who are not the readers do
// in a version to come: "the team adds a constraint in the next migration", "in 4.2".
func (s sentence) released(i int) bool {
	who := s.find(i, list("developers engineers maintainers team"))
	return who >= s.start(i) && !s.outcome(who, list("on-call oncall operator operators tonight you yourself")) && s.release(i) > i
}

// release is where the clause after i says that it is about one to come, or -1.
func (s sentence) release(i int) int {
	for k := i; k+1 < len(s.tokens) && !s.barrier(k); k++ {
		next := s.word(k + 1)
		named := version.MatchString(next) || next == "version"
		coming := next == "the" && list("coming following next")[s.word(k+2)] && (releases[s.word(k+3)] || releases[s.word(k+4)])
		if list("by in with")[s.word(k)] && (named || coming) {
			return k
		}
	}
	return -1
}

var releases = list("migration release sprint version")

// version is how a release is named: 4.2, v5.
var version = regexp.MustCompile(`^v?\d+\.\d+(?:\.\d+)?$|^v\d+$`)

// leading is where the main clause begins, after a place: "in the stock suite, change".
func (s sentence) leading() int {
	if !list("at for in inside")[s.word(0)] {
		return 0
	}
	for k := range min(7, len(s.tokens)) {
		if s.word(k) == "," {
			return k + 1
		}
	}
	return 0
}

// theirs reports a sentence about what somebody else runs, without the reader: "the database
// team's own nightly job, which needs nothing from us".
func (s sentence) theirs() bool {
	if s.question || s.directs() || s.permits() || s.outcome(0, leave) || s.outcome(0, list("anyway but copy early however same though today tonight yourself")) {
		return false
	}
	plain := " " + s.plain() + " "
	if containsAny(plain, " nothing from us ", " nothing for us ", " nothing of us ", " no help from us ", " none of ours ", " not ours ", " not one of ours ", " is theirs ", " are theirs ") {
		return true
	}
	return containsAny(plain, " team's own ", " dbas' own ", " provider's own ", " vendor's own ", " themselves ") && s.outcome(0, list("every hourly monthly nightly scheduled weekly"))
}
