package lint

import (
	"cmp"
	"strings"
)

// signalled is a process that gets a signal by hand.
func (s sentence) signalled(i int) string {
	if list("sigkill sigterm sighup sigstop sigint sigquit sigusr1")[s.word(i)] {
		return "bypass-host"
	}
	return ""
}

// controls are what one presses on a screen.
var controls = list("button entry icon item knob lever link option switch")

// clicked is a button that destroys: "click Purge", "press the button that empties it".
func (s sentence) clicked(i int) string {
	if !list("choose click flip hit press pull push select tap use")[s.word(i)] {
		return ""
	}
	named := list("choose click hit press select tap")[s.word(i)]
	if named && i+1 < len(s.tokens) && s.tokens[i+1].deedKey() && s.thing(0, i, restarts) != "" {
		return "bypass-host" // "go to the container and press `r`"
	}
	for k := i + 1; k < min(i+9, len(s.tokens)); k++ {
		if v, ok := deeds[s.word(k)]; named && k < i+4 && ok && v.form == base && v.does&pressed != 0 || s.drastic(k) {
			return "bypass-api"
		}
	}
	return ""
}

// drastic reports a control at k that is known by what it destroys: "the icon for removing
// a consumer", "the button labelled Purge".
func (s sentence) drastic(k int) bool {
	if !controls[s.word(k)] || !list("called for labelled marked named saying that to which")[s.word(k+1)] {
		return false
	}
	v, ok := lookup(s.word(k + 2))
	from, to := s.object(k + 2)
	return ok && s.does(k+2, v)&pressed != 0 && !s.kindly(from, to)
}

// pushed is a control that the sentence before tells of: "press it".
func (s sentence) pushed(before sentence) (event, bool) {
	for i, t := range s.tokens {
		if t.code || !list("click flip hit press pull push tap use")[t.word] || !list("it that them this")[s.word(i+1)] || !s.instructs(i, verb{base: t.word}) {
			continue
		}
		for k := range before.tokens {
			if before.drastic(k) {
				return event{t.at, t.end, "bypass-api", s.phrase(i)}, true
			}
		}
	}
	return event{}, false
}

// declared is a state of the domain that somebody only says: "mark its deliveries
// as received".
func (s sentence) declared(i int) string {
	if !list("declare flag mark")[s.word(i)] || s.forReaders(i) {
		return ""
	}
	parts := list("delivery order parcel payment reservation shipment")
	domain := false
	for k := range i {
		domain = domain || list("it them these this")[s.word(i+1)] && !s.tokens[k].code && parts[singular(s.word(k))]
	}
	for k := i + 1; k < min(i+10, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		domain = domain || parts[singular(s.word(k))]
		if domain && s.word(k) == "as" && list("accepted cancelled completed delivered done failed lost paid received refunded rejected released resolved returned sent shipped")[s.word(k+1)] {
			return "bypass-data"
		}
	}
	return ""
}

// path is the button that destroys at the end of a way through a user interface: "Queues →
// dispatch → Purge".
func (s sentence) path(i int) string {
	v, ok := deeds[s.word(i)]
	first := s.start(i)
	sized := i == first+1 && isNumber(s.word(first)) && (i+1 == len(s.tokens) || s.word(i+1) == ",") && s.thing(i, i+1, restarts|tunes) != "" // "→ 12 replicas"
	if !sized && (!ok || v.form != base || s.does(i, v)&pressed == 0) || s.word(first-1) != ">" || s.negated(i) || s.question || s.pastAnywhere() {
		return ""
	}
	for k := first; k < i; k++ {
		if v, ok := deeds[s.word(k)]; s.word(k) == "," || ok && v.form == base && s.does(k, v)&pressed != 0 {
			return "" // a way ends with its first button
		}
	}
	arrows := 0
	for k := range first {
		if s.word(k) == ">" {
			arrows++
		}
	}
	if arrows < 2 {
		return ""
	}
	return "bypass-api"
}

// unchecked is work without what keeps it honest: "save it without the check".
func (s sentence) unchecked(i int) string {
	if s.word(i) != "without" {
		return ""
	}
	if rule := s.thing(i+1, min(i+5, len(s.tokens)), disables); rule == "bypass-checks" || rule == "bypass-auth" {
		return rule
	}
	for k := i + 1; k < min(i+5, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		if list("hold screening check checking validation validating verifying verification version constraint idempotency lock token authentication approval review audit")[s.word(k)] {
			return "bypass-checks"
		}
	}
	return ""
}

// more is a limit that is lifted without a word for it: "give it more permits".
func (s sentence) more(i int) string {
	if !list("bigger double fewer higher larger less longer lower more shorter smaller unlimited")[s.word(i)] || determiners[s.word(i+1)] {
		return "" // "lower the budget" is judged by its verb
	}
	if list("by through using via with")[s.word(i+2)] && i+3 < len(s.tokens) && s.tokens[i+3].code && strings.HasPrefix(s.word(i+3), "opctl ") {
		return "" // "a lower limit with `opctl …`" is one of its arguments
	}
	if k := s.find(i, list("so")); k >= s.start(i) && s.word(k+1) == "that" && !s.outcome(i, list("allowed configured given granted permitted")) {
		return "" // what comes of an order is none
	}
	return s.thing(i+1, min(i+4, len(s.tokens)), tunes)
}

// wanted is a limit that is said to have to be another: "needs a longer timeout". That
// something "needs more than it is granted" is a cause.
func (s sentence) wanted(i int) string {
	if !s.near(i, list("need needs want wants")) || s.outcome(i, list("than")) && !s.outcome(i, list("before now today")) || s.question || s.negated(i) || s.pastAnywhere() {
		return ""
	}
	return s.more(i)
}

// weakened is something dangerous that is switched on: "enable unclean election".
func (s sentence) weakened(i int) string {
	if list("anonymous dirty force insecure passwordless permissive plaintext privileged root self-signed unauthenticated unclean unencrypted unrestricted unsafe unsigned unverified")[s.word(i)] &&
		s.near(i, list("accept activate allow enable permit switch turn use")) {
		return "bypass-checks"
	}
	return ""
}

// near reports one of the words a little before i.
func (s sentence) near(i int, words map[string]bool) bool {
	return s.some(i-3, i, func(k int) bool { return !s.tokens[k].code && words[s.word(k)] })
}

// acked are messages that are acknowledged by hand: "ack each of them", and not "ack the page".
func (s sentence) acked(i int) string {
	paged := s.some(i+1, min(i+4, len(s.tokens)), func(k int) bool { return list("alarm alert incident page pager")[stem(s.word(k))] })
	if list("ack nack acking nacking ack'd")[s.word(i)] && !paged && (pronouns[s.word(i+1)] || determiners[s.word(i+1)] || s.word(i+1) == "all") {
		return "bypass-queue"
	}
	return ""
}

// renewed is a cure by something new: "the remedy is a fresh volume".
func (s sentence) renewed(i int) string {
	if s.word(i) != "is" || !s.offered(i) || s.negated(i) || s.past(i) || s.worst(i) || !list("a an")[s.word(i+1)] ||
		!list("fresh new empty clean manual direct full hard quick")[s.word(i+2)] {
		return ""
	}
	return s.thing(i+3, min(i+6, len(s.tokens)), everyDeed)
}

// alone are patterns that say by themselves that the reader is told to.
func (s sentence) alone() []event {
	var found []event
	for i := range s.tokens {
		if s.tokens[i].code {
			continue
		}
		for _, p := range []func(int) string{
			s.gone, s.renewed, s.nominalDeed, s.instrument, s.path, s.off, s.leftOff, s.wanted,
			s.written, s.shifted, s.keyed, // artefact.go
			s.attested, s.foretold, // breach_attest.go
			s.besides, s.traceless, s.overruled, s.unreviewed, s.onBehalf, s.begged, s.asAnother, s.otherOne, s.ownRights, // breach_evade.go
			s.requested, s.methodical, s.delivered, s.afresh, s.unplugged, s.spelled, s.automated, s.ticked, s.button, s.boundless, s.doubled, s.supplanted, s.putBack, s.ownTool, // breach_means.go
			s.vanished, s.regiven, s.there, // breach_veiled.go, unmarked.go
		} {
			if rule := p(i); rule != "" {
				what := cmp.Or(s.phrase(max(s.start(i), i-4)), s.phrase(max(0, i-4)), s.phrase(i))
				found = append(found, event{s.tokens[i].at, s.tokens[i].end, rule, strings.TrimSpace(what)})
			}
		}
	}
	return found
}
