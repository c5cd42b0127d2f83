package lint

// This file knows what is only brought up among people.

var meetings = list("meeting post-mortem postmortem retro retrospective review stand-up standup workshop")

// discussed reports that the verb at i brings something before people, who will decide
// about it: "bring it to the monthly alert review".
func (s sentence) discussed(i int, v verb) bool {
	if v.base != "bring" && v.base != "take" {
		return false
	}
	for k := i + 1; k < min(i+8, len(s.tokens)) && !s.barrier(k) && s.word(k) != "," && !conjunctions[s.word(k)]; k++ {
		switch w := s.word(k); {
		case particles[w] && w != "up":
			return false // "bring the limit down at the review"
		case w == "to", v.base == "bring" && list("at before in")[w]:
			return s.meets(k + 1)
		}
	}
	return false
}

// meets reports that a meeting is what a phrase that begins at k ends with.
func (s sentence) meets(k int) bool {
	for from := k; k < min(from+5, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if !s.tokens[k].code && meetings[s.word(k)] {
			return true
		}
	}
	return false
}
