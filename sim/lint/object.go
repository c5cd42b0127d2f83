package lint

import (
	"strings"
)

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

// verb is the one at i, which may be of no list.
func (s sentence) verb(i int) verb {
	v, known := lookup(s.word(i))
	if known {
		return v
	}
	if strings.HasSuffix(s.word(i), "ing") {
		return verb{base: s.word(i), form: gerund}
	}
	return verb{base: s.word(i)}
}

// object is the noun phrase after the verb at i.
func (s sentence) object(i int) (from, to int) {
	from = i + 1
	for from < len(s.tokens) && !s.tokens[from].code && (particles[s.word(from)] || skipped[s.word(from)] || s.word(from) == "of" && from == i+1 || s.word(from) == "rid" || s.word(from) == "of" && s.word(from-1) == "rid") {
		from++
	}
	for to = from; to < min(from+9, len(s.tokens)); to++ {
		if list("and or")[s.word(to)] && list("a an its the their")[s.word(to+1)] && to > from {
			continue // "the canary and the approval"
		}
		if to > from && s.word(to) == "the" && s.word(to+1) == "same" {
			break // "mend the page the same day"
		}
		if to == from && s.pointing(to) {
			continue
		}
		if t := s.tokens[to]; !t.code && (stops[t.word] || to > from && (t.word == "every" || t.word == "each" || t.word == "per") || t.punct() && t.word != "*" && t.word != "/") {
			break
		}
	}
	return from, to
}

// pointing reports a "that" before a noun: "lift that limit".
func (s sentence) pointing(k int) bool {
	that, next := s.word(k) == "that", s.word(k+1)
	if next == "one" {
		next = s.word(k + 2) // "that one message"
		k++
	}
	return that && !s.ends(k+1) && !stops[next] && !beings[next] && !modals[next] && !pronouns[next] && !particles[next] && !skipped[next] && !determiners[next] && !s.human(k+1) && next != "there"
}

// thing is the rule of the first noun in a range that the deeds break, or "".
func (s sentence) thing(from, to int, does deed) string {
	adds := from > 0 && additive[s.word(from-1)]
	for k := from; k < to; k++ {
		if s.tokens[k].code {
			continue
		}
		one := singular(s.word(k))
		if one == "machine" && k > 0 && list("coffee espresso fax vending")[s.word(k-1)] {
			continue
		}
		if one == "rule" && s.word(k-1) == "a" && s.word(k-2) == "as" {
			continue
		}
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

// pressed are deeds that a button does.
const pressed = destroys | restarts | replays | disables

// additive verbs bring something: a check that is added is no check evaded.
var additive = list("add create define install insert append write put restore")

// singular of a word, in one piece.
func singular(word string) string { return stem(fold(word)) }

// weak verbs change something only when it is a machine's by its form.
var weak = list("add put move copy change update write load insert mark make correct fix replace swap touch run use give post send hand open take force break turn get go")

// machine is the rule of an object with a name that only machines have: `x.lock`,
// max_attempts.
func (l *linter) machine(s sentence, from, to int, does deed, v verb) string {
	if does&runs != 0 && from < to && s.tokens[from].code && strings.HasPrefix(s.word(from), "/") && !onlyLooks(s.word(from)) || does&runs != 0 && from+1 < to && strings.HasPrefix(s.word(from+1), "/") {
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
		case ",":
			if list("at in inside")[s.word(k+1)] {
				continue
			}
			if k = s.next(k+1, list(",")); !list("into onto to")[s.word(k+1)] {
				return "" // and no insertion: "the key, as it stands there, to the file"
			}
			continue
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
	feeble := list("talk get go drop break use open remote jump hop fall resort")[v.base]
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
			if kind.deeds&enters != 0 && !s.human(k+1) && (door || !feeble) {
				return kind.rule
			}
		}
	}
	if v.base == "ssh" || v.base == "exec" || v.base == "shell" {
		return "bypass-host"
	}
	return ""
}
