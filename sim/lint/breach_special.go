package lint

import "strings"

// special are patterns of several words that no verb alone gives away.
func (s sentence) special() []event {
	var found []event
	for _, p := range []func(int) string{s.rights, s.innards, s.freshKey, s.unbounded, s.opened, s.byStatement, s.maintained, s.signalled, s.clicked, s.unchecked, s.more, s.weakened, s.acked, s.withOff, s.declared, s.raised} {
		for i := range s.tokens {
			if s.tokens[i].code {
				continue
			}
			rule := p(i)
			if rule == "" || !s.told(i) {
				continue
			}
			found = append(found, event{s.tokens[i].at, s.tokens[i].end, rule, s.phrase(i)})
			break
		}
	}
	return append(found, s.alone()...)
}

// told reports that the reader is told to do what stands around i: by the verb
// at i, or the nearest before it.
func (s sentence) told(i int) bool {
	for k := i; k >= max(0, i-12); k-- {
		if k < i && s.barrier(k) {
			break
		}
		if s.tokens[k].code {
			continue
		}
		if list("discuss plan propose")[s.word(k)] {
			return false
		}
		if s.word(k) == "better" && s.word(k+1) == "off" {
			return !s.question && !s.negated(k) && !s.past(k) && !s.conditional(k)
		}
		if v, ok := deeds[fold(s.word(k))]; ok {
			if k < i && v.form == base && s.isNoun(k) {
				continue // "the log level"
			}
			return s.instructs(k, v)
		}
		if common[s.word(k)] && s.left(k) != k-1 || common[s.word(k)] {
			return s.instructs(k, verb{base: s.word(k)})
		}
	}
	return false
}

var (
	powers  = list("dba dba's migrations read-write owner root superuser admin administrator sudo app's application's service's postgres app application service merchandiser's colleague's somebody's owner's migration master")
	secrets = list("cert certificate cred credential dsn keytab kubeconfig passphrase password token role user account right key root superuser sudo login header cookie identity connection permission privilege")
)

// rights are somebody else's: "with the app's password".
func (s sentence) rights(i int) string {
	if !list("with as under using borrow prefer take use through via impersonate for")[s.word(i)] || s.word(i) == "for" && !s.outcome(0, list("ask request beg borrow get")) {
		return ""
	}
	if s.word(i) == "as" && i+1 < len(s.tokens) && s.tokens[i+1].code && list("in on log connect sign psql")[s.word(i-1)] {
		return "bypass-auth"
	}
	if list("borrow take use")[s.word(i)] && s.outcome(0, secrets) && s.possessed(i) {
		return "bypass-auth"
	}
	if list("take use")[s.word(i)] && s.word(i+1) == "the" && s.word(i+2) == "one" && list("from in of on")[s.word(i+3)] && s.outcome(0, secrets) {
		return "bypass-auth"
	}
	powerful := false
	for k := i + 1; k < min(i+6, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		w := s.word(k)
		if secrets[stem(w)] && s.word(k+1) == "of" && s.ofOther(k+2) {
			return "bypass-auth"
		}
		powerful = powerful || list("as under using with")[s.word(i)] && list("her his its their")[w] || powers[w] || powers[stem(w)] || strings.HasSuffix(w, "'s") && s.outcome(k, list("account certificate credential login password token"))
		if powerful && (secrets[stem(w)] || w == "root" || w == "sudo") {
			return "bypass-auth"
		}
	}
	return ""
}

// ofOther reports that the phrase from k on ends with a person who is not the reader: "the token
// of the shift lead".
func (s sentence) ofOther(k int) bool {
	if s.word(k) == "one" && s.word(k+1) == "of" {
		k += 2
	}
	from, to := s.object(k - 1)
	last := stem(s.word(to - 1))
	person := s.people(to-1) || strings.HasSuffix(last, "or") && things[last] == nil
	return from < to && person && !list("on-call operator you yourself")[last]
}

// possessed reports something of somebody's that goes without its name: "take Kim's".
func (s sentence) possessed(i int) bool {
	return s.some(i+1, i+4, func(k int) bool {
		return strings.HasSuffix(s.word(k), "'s") && (k+1 == len(s.tokens) || s.tokens[k+1].punct())
	})
}

// opened is what everybody may write to: "make the file writable".
func (s sentence) opened(i int) string {
	if list("writable world-writable world-readable executable public passwordless")[s.word(i)] {
		return "bypass-auth"
	}
	return ""
}

// maintained is an alert that is put to sleep: "put it in maintenance".
func (s sentence) maintained(i int) string {
	if list("maintenance downtime snooze")[s.word(i)] && s.outcome(0, list("put place set schedule add")) {
		return "silence"
	}
	return ""
}

// gone is a thing that "can go", or "has to be out of the stream".
func (s sentence) gone(i int) string {
	must := s.word(i-1) == "be" && (s.word(i-2) == "must" || s.word(i-2) == "to" && list("has have need needs")[s.word(i-3)])
	if must && s.word(i) == "out" && s.word(i+1) == "of" && !s.negated(i) && !s.question && !s.byAgent(i) && (sentence{tokens: s.tokens[i:]}).place() != "" {
		return s.thing(s.start(i), i, destroys)
	}
	if s.word(i) != "go" || !list("can may should must")[s.word(i-1)] || i+1 < len(s.tokens) && !s.tokens[i+1].punct() || s.negated(i) || s.question {
		return ""
	}
	return s.thing(s.start(i), i, destroys)
}

// byStatement is a change "with a quick UPDATE".
func (s sentence) byStatement(i int) string {
	if !list("with via by using through")[s.word(i)] {
		return ""
	}
	for k := i + 1; k < min(i+5, len(s.tokens)); k++ {
		if s.tokens[k].code {
			return ""
		}
		if k > i+1 && list("a an")[s.word(k-1)] && list("delete patch post put")[s.word(k)] && list("against on to")[s.word(k+1)] {
			return "bypass-api"
		}
		if k > i+1 && list("update delete insert truncate sql statement script oneliner")[fold(s.word(k))] && list("a an quick manual simple direct single some raw plain small one")[s.word(k-1)] {
			return "bypass-data"
		}
	}
	return ""
}

// instrument is a change by a statement that is praised: "the same is had with
// one statement".
func (s sentence) instrument(i int) string {
	rule := s.byStatement(i)
	if rule == "" || s.question || s.negated(i) || s.pastAnywhere() || !s.outcome(0, list("easier effect faster quick quicker quickest same second seconds")) {
		return ""
	}
	return rule
}

// innards are ports and endpoints that are not the operators'.
func (s sentence) innards(i int) string {
	if !list("internal admin debug loopback management private undocumented hidden maintenance backdoor toxiproxy toxiproxy's monitoring")[s.word(i)] {
		return ""
	}
	for k := i + 1; k < min(i+4, len(s.tokens)); k++ {
		if list("api endpoint port console interface route url server handler http rest call path")[singular(s.word(k))] {
			return "bypass-api"
		}
	}
	return ""
}

// freshKey gets past the check that stops a second effect.
func (s sentence) freshKey(i int) string {
	if !list("new fresh different another second random changed")[s.word(i)] {
		return ""
	}
	for k := i + 1; k < min(i+4, len(s.tokens)); k++ {
		if strings.HasPrefix(strings.ToLower(s.word(k)), "idempotency") || s.word(k) == "dedup" || list("id identifier key nonce uuid")[singular(s.word(k))] && s.outcome(0, list("again dedup duplicate order idempotency retry resend request")) {
			return "bypass-checks"
		}
	}
	return ""
}
