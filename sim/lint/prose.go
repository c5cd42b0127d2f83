package lint

import "strings"

// event is something that a sentence does to an internal thing.
type event struct {
	at, end int // byte offsets in the text
	rule    string
	what    string
}

// prose judges a text that is no code.
func (l *linter) prose(t *text, v voice) {
	var before sentence
	if strings.IndexAny(t.String(), "❌🚫⛔✗👎") == 0 {
		v = warns
	}
	for _, s := range t.sentences() {
		if v != warns {
			for _, e := range l.events(s, before, v) {
				l.add(t, e)
			}
		}
		before = s
	}
}

// events of a sentence. A tool or a deed counts when the reader is told to.
func (l *linter) events(s, before sentence, v voice) []event {
	var found []event
	for i, tok := range s.tokens {
		if tok.code {
			if e, ok := l.codeEvent(s, i, v); ok {
				found = append(found, e)
			}
			continue
		}
		if e, ok := s.toolEvent(i); ok {
			found = append(found, e)
			continue
		}
		verb, ok := lookup(tok.word)
		if !ok {
			if rule := s.order(i); rule != "" && !l.contracted(s, i) {
				found = append(found, event{tok.at, tok.end, rule, s.phrase(i)})
			}
			continue
		}
		if l.contracted(s, i) {
			continue
		}
		rule := l.breach(s, before, i, verb)
		if rule == "" && strings.Contains(tok.word, "-") {
			rule = s.order(i)
		}
		if rule != "" && s.instructs(i, verb) {
			found = append(found, event{tok.at, tok.end, rule, s.phrase(i)})
		}
	}
	return append(found, s.special()...)
}

// contracted reports that the contract has the command that the verb at i is
// done with: "scale them back with `opctl …`".
func (l *linter) contracted(s sentence, i int) bool {
	for k := i + 1; k < len(s.tokens) && s.word(k) != "," && s.word(k) != "then" && s.word(k) != "and"; k++ {
		if s.tokens[k].code && strings.HasPrefix(s.word(k), "opctl ") {
			return l.contract.mention(s.word(k)) == nil
		}
	}
	return false
}

// orders reports a place where an order begins: a clause, or what follows a
// condition or another order.
func (s sentence) orders(i int) bool {
	j := s.left(i)
	switch {
	case j < 0, s.barrier(j):
		return true
	case s.word(j) == ",":
		return conditionalStart[s.word(0)] || list("to for in on at with as then after before")[s.word(0)]
	case conjunctions[s.word(j)]:
		v := deeds[fold(s.word(0))]
		return common[s.word(0)] || v.base != "" && v.form == base
	}
	return false
}

// order is the rule that an order breaks whose verb is in no list: "re-sign the
// manifest". What is harmless to do is in [harmless].
func (s sentence) order(i int) string {
	w := s.word(i)
	if !s.orders(i) || s.question || pronouns[w] || determiners[w] || harmless[w] || harmless[stem(w)] || !determiners[s.word(i+1)] && s.word(i+1) != "all" {
		return ""
	}
	if len(w) < 3 || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz-") != "" || particles[w] || stops[w] || skipped[w] || modals[w] || beings[w] || pasts[w] || negators[w] || common[w] || humans[w] || strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ly") || strings.HasSuffix(w, "n't") {
		return ""
	}
	from, to := s.object(i)
	if s.kindly(from, to) || s.announced(i) != tells || s.warned(i) {
		return ""
	}
	for to < len(s.tokens) && !s.barrier(to) && s.word(to) != "," && to < from+12 {
		to++
	}
	return s.thing(from, to, everyDeed)
}

// phrase is a verb and some words after it, for the message.
func (s sentence) phrase(i int) string {
	var out []string
	for k := i; k < min(i+6, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		out = append(out, s.word(k))
	}
	return strings.Join(out, " ")
}

// does are the deeds of the verb at i, with those of a particle after it.
func (s sentence) does(i int, v verb) deed {
	does := v.does
	for k := i + 1; k < min(i+8, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if !s.tokens[k].code {
			does |= v.parts[s.word(k)]
		}
	}
	return does
}

// breach is the rule that the verb at i breaks by what it is done to, or "".
func (l *linter) breach(s, before sentence, i int, v verb) string {
	does := s.does(i, v)
	if does&enters != 0 {
		if rule := s.entered(i, v); rule != "" {
			return rule
		}
	}
	from, to := s.object(i)
	if does&shares != 0 && list("yourself yourselves")[s.word(from)] && list("grant give assign make add")[v.base] {
		return "bypass-auth"
	}
	if v.base == "delete" && s.word(i+1) == "from" && !s.kindly(i+2, min(i+4, len(s.tokens))) {
		return "bypass-data"
	}
	if v.form == participle || beings[s.word(s.left(i))] {
		if rule := s.thing(s.start(i), i, does); rule != "" {
			return rule
		}
	}
	if s.kindly(from, to) {
		return ""
	}
	if rule := s.thing(from, to, does); rule != "" {
		return rule
	}
	if rule := l.machine(s, from, to, does, v); rule != "" {
		return rule
	}
	if rule := s.into(i, to, does, v); rule != "" {
		return rule
	}
	one := from < to && (s.word(to-1) == "one" || s.word(to-1) == "ones")
	if from < to && (pronouns[s.word(from)] || one) && (strong[v.base] || one && v.base == "remove" || does&^v.does&(destroys|restarts) != 0) {
		if s.word(from) == "everything" || s.word(from) == "all" || s.destroyable(before, i) {
			return "bypass-data"
		}
	}
	if from < to && pronouns[s.word(from)] && list("share paste lend post")[v.base] && s.thing(0, i, shares) != "" {
		return "bypass-auth"
	}
	if from < to && s.word(from) != "yourself" && does&(edits|destroys|replays|restarts|unlocks) != 0 && s.byHand(i) {
		return "bypass-api"
	}
	return ""
}

// lookup finds a verb, also under a prefix: "force-delete".
func lookup(word string) (verb, bool) {
	if v, ok := deeds[fold(word)]; ok {
		return v, true
	}
	if i := strings.LastIndexByte(word, '-'); i > 0 {
		v, ok := deeds[word[i+1:]]
		return v, ok && v.form != third
	}
	return verb{}, false
}

// strong verbs need no name for what they destroy: "delete it".
var strong = list("delete drop purge truncate wipe erase kill flush empty nuke destroy")

// destroyable reports that "it" is an internal thing, in this sentence or the one
// before.
func (s sentence) destroyable(before sentence, i int) bool {
	return s.thing(0, i, destroys) != "" || before.thing(0, len(before.tokens), destroys) != ""
}

// object is the noun phrase after the verb at i.
func (s sentence) object(i int) (from, to int) {
	from = i + 1
	for from < len(s.tokens) && !s.tokens[from].code && (particles[s.word(from)] || skipped[s.word(from)] || s.word(from) == "of" && from == i+1 || s.word(from) == "rid" || s.word(from) == "of" && s.word(from-1) == "rid") {
		from++
	}
	for to = from; to < min(from+9, len(s.tokens)); to++ {
		if t := s.tokens[to]; !t.code && (stops[t.word] || to > from && (t.word == "every" || t.word == "each" || t.word == "per") || t.punct() && t.word != "*" && t.word != "/") {
			break
		}
	}
	return from, to
}

// kindly reports an object that is for people: "update the status page".
func (s sentence) kindly(from, to int) bool {
	for to > from && (particles[s.word(to-1)] || skipped[s.word(to-1)]) {
		to--
	}
	if to <= from || s.tokens[to-1].code {
		return to > from && strings.HasPrefix(s.word(to-1), "#")
	}
	return benign[s.word(to-1)] || benign[stem(s.word(to-1))]
}

// thing is the rule of the first noun in a range that the deeds break, or "".
func (s sentence) thing(from, to int, does deed) string {
	adds := from > 0 && additive[s.word(from-1)]
	for k := from; k < to; k++ {
		if s.tokens[k].code {
			continue
		}
		one := singular(s.word(k))
		two := ""
		if k+1 < to && !s.tokens[k+1].code {
			two = singular(s.word(k) + s.word(k+1))
		}
		for _, name := range []string{two, one} {
			for _, kind := range things[name] {
				if kind.deeds&does != 0 && kind.deeds&enters == 0 && !(adds && (kind.rule == "bypass-checks" || kind.rule == "bypass-auth" || kind.rule == "silence") && name != "silence") {
					return kind.rule
				}
			}
		}
	}
	return ""
}

const everyDeed = ^enters

// additive verbs bring something: a check that is added is no check evaded.
var additive = list("add create define install insert append write put restore")

// singular of a word, in one piece.
func singular(word string) string { return stem(fold(word)) }

// weak verbs change something only when it is a machine's by its form.
var weak = list("add put move copy change update write load insert mark make correct fix replace swap touch run use give post send hand open take force break turn get go go")

// machine is the rule of an object with a name that only machines have: `x.lock`,
// max_attempts.
func (l *linter) machine(s sentence, from, to int, does deed, v verb) string {
	if does&runs != 0 && from < to && s.tokens[from].code && strings.HasPrefix(s.word(from), "/") || does&runs != 0 && from+1 < to && strings.HasPrefix(s.word(from+1), "/") {
		return "bypass-api"
	}
	if does&(destroys|edits|disables|tunes|unlocks) == 0 {
		return ""
	}
	for k := from; k < to; k++ {
		t := s.tokens[k]
		if !t.technical() || l.known(t) {
			continue
		}
		if weak[v.base] && !strings.ContainsAny(t.word, "/=") && s.word(k+1) != "to" {
			continue
		}
		switch {
		case does&(disables) != 0 && does&(destroys|edits) == 0:
			return "silence"
		case strings.Contains(t.word, "/"):
			return "bypass-files"
		}
		return "bypass-data"
	}
	return ""
}

// known reports code that is the contract's, or names a signal.
func (l *linter) known(t token) bool {
	first, _, _ := strings.Cut(t.word, " ")
	return first == "opctl" || strings.HasPrefix(t.word, "http") || strings.HasPrefix(t.word, "#")
}

// moving verbs put a thing to a place.
var moving = list("move copy add append write put")

// into is the rule of a store that something is put into: "write it into the
// table".
func (s sentence) into(i, to int, does deed, v verb) string {
	if does&(edits|destroys|replays) == 0 {
		return ""
	}
	for k := i + 1; k < min(i+15, len(s.tokens)) && !s.barrier(k) && s.word(k) != "so"; k++ {
		switch s.word(k) {
		case "in", "inside", "over", "on", "from", "to", "at":
			if weak[v.base] && !moving[v.base] && (s.word(k) == "on" || s.word(k) == "to" || s.word(k) == "from" || s.word(k) == "at") {
				continue
			}
		case "into", "onto":
		default:
			continue
		}
		from, end := k+1, k+1
		for end < min(from+5, len(s.tokens)) && !stops[s.word(end)] && !s.tokens[end].punct() {
			end++
		}
		for n := from; n < end; n++ {
			stored := !s.tokens[n].code && (stores[s.word(n)] || stores[singular(s.word(n))]) || (!weak[v.base] || moving[v.base]) && s.tokens[n].technical() && outside(s.word(n)) == "" && !strings.Contains(s.word(n), " ")
			if stored && !s.kindly(from, end) {
				return "bypass-data"
			}
		}
	}
	return ""
}

// entered is the rule of a machine that one goes into, past the API.
func (s sentence) entered(i int, v verb) string {
	feeble := list("get go drop break use open remote jump hop fall resort")[v.base]
	door := !feeble
	for k := i + 1; k < min(i+9, len(s.tokens)) && !s.barrier(k) && s.word(k) != ","; k++ {
		w := singular(s.word(k))
		if s.tokens[k].code {
			w = singular(strings.ToLower(strings.Fields(s.word(k) + " x")[0]))
		}
		if list("straight directly shell console session prompt psql into onto inside repl rediscli pgadmin adminer dbeaver")[w] {
			door = true
		}
		for _, kind := range things[w] {
			if kind.deeds&enters != 0 && (door || !feeble) {
				return kind.rule
			}
		}
	}
	if v.base == "ssh" || v.base == "exec" || v.base == "shell" {
		return "bypass-host"
	}
	return ""
}
