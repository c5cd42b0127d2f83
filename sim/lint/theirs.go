package lint

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
