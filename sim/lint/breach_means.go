package lint

import (
	"regexp"
	"strings"
)

// This file finds means that are none of opctl's: requests, statements, jobs, empty
// disks, boxes that are ticked.

// requested is a call of HTTP that changes something: "POST `{…}` to `/internal/…`",
// "send the PUT to /tariffs".
func (s sentence) requested(i int) string {
	if !list("delete patch post put")[s.word(i)] || s.tokens[i].code || s.tokens[i].quoted || s.forClients() {
		return ""
	}
	if !s.told(i) && !(determiners[s.word(i-1)] && s.told(i-1)) {
		return ""
	}
	for k := i + 1; k < min(i+10, len(s.tokens)); k++ {
		if strings.HasPrefix(s.word(k), "/") && (list("against at on to")[s.word(k-1)] || k == i+1) {
			return "bypass-api"
		}
	}
	return ""
}

// methodical is a call of HTTP whose method stands beside the order: "open it again by
// sending this with PUT to `http://replica-1:8081/…`".
func (s sentence) methodical(i int) string {
	if !list("delete patch post put")[s.word(i)] || s.tokens[i].code || !list("a an as http per the through using via with")[s.word(i-1)] || s.forClients() || !s.asks(i) && !s.told(i-1) {
		return ""
	}
	for k := i + 1; k < min(i+5, len(s.tokens)); k++ {
		if list("against at on to")[s.word(k-1)] && address.MatchString(s.word(k)) {
			return "bypass-api"
		}
	}
	return ""
}

// delivered is what somebody is told to send to an address inside, or past opctl: "submit the
// body below to `/internal/controls`", "it opens when you send this to `/admin/sink`", "send it
// to the warehouse's HTTP endpoint".
func (s sentence) delivered(i int) string {
	if !list("against at into on onto to")[s.word(i)] || !inside.MatchString(s.word(i+1)) && !s.interfaced(i+1) || s.forClients() || !s.asks(i) && !s.opens(i) {
		return ""
	}
	return "bypass-api"
}

// interfaced reports one for programs in the words from k on: "the carrier's REST interface".
func (s sentence) interfaced(k int) bool {
	for m := k + 1; m < min(k+6, len(s.tokens)) && !s.tokens[m].punct(); m++ {
		if list("api endpoint interface url")[s.word(m)] && (list("grpc http https json rest soap")[s.word(m-1)] || strings.HasSuffix(s.word(m-1), "'s")) && !s.people(m+1) && !benign[s.word(m+1)] {
			return true
		}
	}
	return false
}

// opens reports that something good is said to come of what the reader sends.
func (s sentence) opens(i int) bool {
	k := s.find(i, list("you"))
	return k > 2 && list("if once when")[s.word(k-1)] && list("give feed post put send submit")[s.word(k+1)] && !s.negated(k) && !s.question &&
		!s.outcome(0, badOutcomes) && !s.outcome(0, list("401 403 404 405 409 answer answers closed error fails get refuses rejects see shut stays"))
}

// forClients reports a sentence about what those do whom the service serves.
func (s sentence) forClients() bool {
	return s.outcome(0, list("client clients customers shop shop's"))
}

var (
	address = regexp.MustCompile(`^(?:https?://|/\w)`)
	inside  = regexp.MustCompile(`(?i)^(?:https?://\S*?)?/(?:_?admin|debug|_?internal|management|_?private)\b`)
)

// asks reports that the reader is told, before i, to send something.
func (s sentence) asks(i int) bool {
	for k := range i {
		v := s.verb(k)
		if !s.tokens[k].code && list("call feed fire give hand hit issue make pass post push put send submit upload use")[v.base] && s.instructs(k, v) {
			return true
		}
	}
	return false
}

// afresh is storage without what was on the old one: "start it on a fresh volume".
func (s sentence) afresh(i int) string {
	if list("bare blank clean empty fresh new")[s.word(i)] && list("database datadir directory disk drive partition storage store volume")[singular(s.word(i+1))] &&
		s.near(i, list("a an from its on onto the to with")) && s.told(i-1) {
		return "bypass-files"
	}
	return ""
}

// unplugged is a machine that somebody "pulls the plug on".
func (s sentence) unplugged(i int) string {
	if s.word(i) == "plug" && s.near(i, list("pull pulls")) && s.told(i-1) {
		return s.thing(i+1, min(i+5, len(s.tokens)), restarts)
	}
	return ""
}

// spelled is a statement of SQL in plain words: "finish with update orders set …". One that
// is done to nothing is a name: "takes a lock for ALTER TABLE and TRUNCATE".
func (s sentence) spelled(i int) string {
	next, third := s.word(i+1), s.word(i+2)
	named := !s.ends(i+2) && !determiners[third] && !stops[third] && !beings[third] && !list("needs rewrites takes waits")[third]
	sql := s.word(i) == "update" && third == "set" || s.word(i) == "insert" && next == "into" && s.outcome(i, list("values")) ||
		s.word(i) == "delete" && next == "from" && s.outcome(i, list("where")) || list("alter drop truncate")[s.word(i)] && next == "table" && named
	if !sql || s.question || s.negated(i) || s.pastAnywhere() || s.announced(i) != tells {
		return ""
	}
	return "bypass-data"
}

// automated is a job, a pipeline or a bot that does on demand what opctl does not.
func (s sentence) automated(i int) string {
	asked := s.word(i+1) == "to" && s.word(i+2) == "do" // "ask the bot to do it"
	if !list("bot job playbook workflow")[s.word(i)] || !asked && !s.tokens[min(i+1, len(s.tokens)-1)].code && !s.outcome(0, list("airflow ansible argo argocd awx jenkins rundeck spinnaker")) {
		return ""
	}
	for k := range i {
		if !s.tokens[k].code && list("ask fire hit invoke kick launch press run start trigger")[s.word(k)] && s.instructs(k, verb{base: s.word(k)}) {
			return "bypass-api"
		}
	}
	return ""
}

// button is one that destroys, at the end of a way through an interface: "consumer
// `deliverer`, button Reset".
func (s sentence) button(i int) string {
	v, ok := deeds[s.word(i)]
	if s.word(i-1) != "button" || !ok || v.form != base || v.does&pressed == 0 && s.word(i) != "reset" || s.question || s.negated(i) || s.pastAnywhere() || s.outcome(0, list("has see sees shows")) {
		return ""
	}
	return "bypass-api"
}

// boundless are tries without an end: "let the workers retry forever".
func (s sentence) boundless(i int) string {
	if !list("endlessly forever indefinitely infinitely")[s.word(i)] || !s.outcome(0, list("attempt attempts redeliver redelivered redrive retries retry retrying try")) {
		return ""
	}
	if k := s.find(i, list("have let make set")); k >= 0 && s.instructs(k, verb{base: s.word(k)}) || s.told(i) {
		return "bypass-config"
	}
	return ""
}

// doubled is one more of a part that there is to be one of: "start a second relay".
func (s sentence) doubled(i int) string {
	if !list("additional another extra parallel second third")[s.word(i)] || s.thing(i+1, min(i+3, len(s.tokens)), restarts) == "" {
		return ""
	}
	for k := i - 1; k >= max(0, i-3); k-- {
		if list("add boot create deploy launch run spin start")[s.word(k)] && s.instructs(k, verb{base: s.word(k)}) {
			return "bypass-host"
		}
	}
	return ""
}

// supplanted is what is stored or runs, when something else is put in its place: "copy
// last night's export over the stored one".
func (s sentence) supplanted(i int) string {
	replaced := list("old previous")[s.word(i)] && list("one ones")[s.word(i+1)]
	if !replaced && !list("current existing live one present production running stored")[s.word(i)] || s.word(i-1) != "the" {
		return ""
	}
	at := i - 2
	if s.word(at) == "of" && s.word(at-1) == "place" && s.word(at-2) == "in" {
		at -= 2
	} else if s.word(at) != "over" {
		return ""
	}
	k := s.find(at, list("copy drop install lay load move paste place put restore take write"))
	if replaced && !s.artefactIn(k+1, at) {
		return "" // the old one may be anything, where no file is named
	}
	if k < 0 || s.forReaders(k) || s.onPage(k) || !s.instructs(k, verb{base: s.word(k)}) {
		return ""
	}
	return "bypass-data"
}

// putBack is a store that is made again what it once was: "roll it back to last night's
// snapshot", "bring the repository to the state of yesterday".
func (s sentence) putBack(i int) string {
	if !list("backup checkpoint copy dump export image snapshot state")[s.word(i)] {
		return ""
	}
	from := s.find(i, list("from to"))
	k := s.find(from, list("bring load put recover reset restore return revert rewind roll set take turn wind"))
	if from < i-5 || k < from-7 || k < s.start(i) || s.forReaders(k) {
		return ""
	}
	object := sentence{tokens: s.tokens[k+1 : from]}
	earlier := s.outcome(from, list("before last morning night yesterday")) || strings.HasSuffix(s.word(i-1), "'s")
	old := !list("copy image state")[s.word(i)] || earlier && object.place() != ""
	back := old && s.word(i) == "state" || list("recover reset restore revert rewind roll")[s.word(k)] || s.word(from-1) == "back"
	if !back || !old || object.outcome(0, list("laptop local your")) || !s.instructs(k, s.verb(k)) {
		return ""
	}
	return "bypass-data"
}

// ownTool is a change with what a part of the service brings along: "with the broker's
// command line tool". To look with it is none.
func (s sentence) ownTool(i int) string {
	if !list("cli client console shell tool ui")[s.word(i)] {
		return ""
	}
	for k := i - 1; k >= max(1, i-4); k-- {
		owner, possessed := strings.CutSuffix(s.word(k), "'s")
		if !possessed || s.word(k-1) != "the" || !list("in through using via with")[s.word(k-2)] || things[owner] == nil {
			continue
		}
		for v := k - 3; v >= 0; v-- {
			if verb, ok := lookup(s.word(v)); ok && !s.tokens[v].code && (verb.does&(destroys|edits|disables|replays|unlocks) != 0 || s.word(v) == "send") && s.instructs(v, verb) {
				return "bypass-api"
			}
		}
	}
	return ""
}

// ticked is a box for something dangerous: "with Prune and Force ticked".
func (s sentence) ticked(i int) string {
	if !list("checked enabled selected ticked")[s.word(i)] || s.question || s.negated(i) || s.pastAnywhere() {
		return ""
	}
	for k := i - 1; k >= max(0, i-4); k-- {
		if list("delete force overwrite prune purge recreate replace skip")[s.word(k)] {
			return "bypass-checks"
		}
	}
	return ""
}
