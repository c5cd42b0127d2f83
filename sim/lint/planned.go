package lint

import "regexp"

// This file knows work that is planned: what somebody who is named is to do later, and
// the reader of a runbook is not.

var (
	// assignee is who does an item, at its end.
	assignee = regexp.MustCompile(`\([^()]{3,80}\)[.\s]*$`)
	// due is an assignee with a date, a ticket or a release.
	due = regexp.MustCompile(`\([^()]{2,60}, ?(?:(?:by|before|due|in|until) )*(?:\d{1,2}\.? ?)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*|Q[1-4]|[A-Z]{2,}-\d+|(?:next|release|sprint|week) \S+|20\d\d[-\d]*)[^()]{0,12}\)[.\s]*$`)
	// owned is a label for work that somebody has taken on.
	owned = regexp.MustCompile(`(?i)^(?:todo|fixme|(?:action|follow[- ]?up)(?: item| point)?(?: \d+)?) ?\([^()]{3,80}\)`)
	// later is a label for work of a time to come, and interim what is to be done before it.
	later   = regexp.MustCompile(`(?i)^(?:planned|roadmap|scheduled)(?: (?:for|in))? (?:Q[1-4]|20\d\d|next (?:quarter|release|year)|the next (?:quarter|release|year)|version \S+)[^:\n]{0,20}:`)
	interim = regexp.MustCompile(`(?i)\b(?:by hand|for now|in the meantime|manually|meanwhile|production|until|yourself)\b`)
	// onDuty are those who read a runbook, and soon is when they do.
	onDuty = regexp.MustCompile(`(?i)\b(?:night shift|on-?call|operators?|you|(?:on|this|whoever is on) shift)\b`)
	soon   = regexp.MustCompile(`(?i)\b(?:asap|immediately|now|today|tonight)\b`)
)

// planned reports work that somebody else is to do, and not now.
func (t *text) planned(v voice) bool {
	whole := t.String()
	if soon.MatchString(whole) {
		return false
	}
	if v == plans && assignee.MatchString(whole) || t.task && due.MatchString(whole) {
		return !onDuty.MatchString(whole)
	}
	if later.MatchString(whole) && len(t.sentences()) == 1 {
		return !onDuty.MatchString(whole) && !interim.MatchString(whole)
	}
	who := owned.FindString(whole)
	return who != "" && !onDuty.MatchString(who)
}
