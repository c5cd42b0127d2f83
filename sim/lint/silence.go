package lint

import "slices"

// This file finds alerts that are kept from their readers.

// alerts reports a sentence that tells of one: "`OrdersLate` flaps".
func (s sentence) alerts() bool {
	for _, t := range s.tokens {
		if t.code && alertName.MatchString(t.word) || t.alert || !t.code && list("alert alerts alarm alarms page pager pages")[t.word] {
			return true
		}
	}
	return false
}

// muted is an alert by its name, by a pronoun, or one that can only be meant.
func (h handling) muted() string {
	next := h.word(h.i + 1)
	switch {
	case h.verb.form == third:
	case h.head() != "" && list("mute snooze")[h.verb.base] && !list("my the your yourself")[h.head()],
		list("hush mute quiet shut silence snooze suppress")[h.verb.base] && h.deeds&disables != 0 && list("it that them these this")[next] && (h.before.alerts() || (sentence{tokens: h.tokens[:h.i]}).alerts()),
		h.quiets() && slices.ContainsFunc(h.tokens[h.from:h.to], func(t token) bool { return t.alert }):
		return "silence"
	}
	return ""
}

// quiets reports a verb that keeps an alert from its reader. To ignore one may be right: it
// may follow from another.
func (h handling) quiets() bool {
	if list("leave place put set")[h.verb.base] {
		return list("on to")[h.word(h.to)] && list("hold mute silent snooze")[h.word(h.to+1)]
	}
	return h.deeds&disables != 0 && list("deactivate disable gag hush mute pause quiet shut silence snooze stop suppress switch turn")[h.verb.base]
}
