package lint

import (
	"slices"
	"strings"
)

// purpose is what a fence is for, by the sentences before and after it.
type purpose int

const (
	unsaid    purpose = iota
	applied           // the reader is told to put it into the service
	shown             // it shows how something is, or what somebody else sends
	explained         // a sentence that orders nothing leads up to it
)

var (
	// applying verbs bring what a fence has into a system.
	applying = list(`add amend append apply change commit configure create define deploy drop edit enable extend feed give hand hang import inject insert install load loosen lower merge
		override overwrite paste patch post push put raise relax release replace replay roll run save send set ship start submit switch take turn update upload use write`)
	// showing words are about something that is there already.
	showing = list(`answer answers asks background client clients curious default defaults defined definition excerpt illustrates illustration log logged logs looks meant output prints reads
		reference replies reply response returns rule says schema sees sends shape shows started view wonder wonders`)
	// leave are the words that a thing may or has to be done by.
	leave = list("can could may might must need shall should will would")
	// readers are what people read: what is put there changes no service.
	readers = list(`README announcement changelog channel checklist customer customers dashboard doc docs document documentation drill email example form front-matter frontmatter hand-over handover issue mail
		message notes page post-mortem postmortem readme rehearsal report review runbook scenario sentence sheet shop template test text ticket timeline wiki wording`)
)

// purposeOf a fence between the sentences before it and the one after.
func purposeOf(before []sentence, after sentence) purpose {
	before = before[max(0, len(before)-2):]
	if len(before) > 0 && before[len(before)-1].applies() || (after.pointsBack() || after.takesUp()) && after.applies() || after.prescribes() || slices.ContainsFunc(before, sentence.starts) {
		return applied
	}
	for _, s := range before {
		if s.shows() || s.portrays() {
			return shown
		}
	}
	if len(before) > 0 && before[len(before)-1].tells() {
		return explained
	}
	return unsaid
}

// parts of a page that are files, by what a sentence after them calls them.
var fileNames = list(`code config configuration file job manifest patch play playbook program query script settings snippet statement template values workflow yaml`)

// takesUp reports that a sentence after a fence has it as its object: "run the play
// whenever it fires".
func (s sentence) takesUp() bool {
	for i := 1; i+1 < len(s.tokens); i++ {
		if applying[s.verb(i-1).base] && s.word(i) == "the" && fileNames[s.word(i+1)] {
			return true
		}
	}
	return false
}

// prescribes reports a sentence that calls what stands before it a cure: "this is our usual
// response", "helps every time". What was released is told.
func (s sentence) prescribes() bool {
	at := 0
	if two := s.word(0) + " " + s.word(1); two == "since then" || two == "ever since" {
		return sentence{tokens: s.tokens[2:], question: s.question}.prescribes()
	}
	if list("it that these this")[s.word(0)] {
		at = 1
	}
	if at == 1 && s.word(1) == "has" && s.word(2) == "been" {
		at = 2 // "it has been our usual fix since"
	}
	made := s.find(min(6, len(s.tokens)), list("it that this"))
	if s.word(0) == "we" && list("adopted made")[s.word(made-1)] {
		at = made // "we have made this our standard response"
	}
	if s.question || at < 2 && s.past(0) || s.outcome(1, list("merged no not release released shipped version")) {
		return false
	}
	if list("cures fixes helps solves")[s.word(at)] {
		return s.word(at+1) != "to" && !s.human(at+1)
	}
	for i := at + 1; at > 0 && (at == made || beings[s.word(at)]) && i < min(at+5, len(s.tokens)); i++ {
		usual := list("agreed approved best documented fastest normal official our proven quickest recommended standard usual")[s.word(i-1)]
		if list("cure remedy workaround")[s.word(i)] || usual && list("fix move procedure reaction response step way")[s.word(i)] {
			return true
		}
	}
	return false
}

// portrays reports that a part of the service, or of a drill, is shown at work: "this is
// how a worker takes its lease".
func (s sentence) portrays() bool {
	for i := range s.tokens {
		if s.word(i) == "drill" && list("plays runs starts uses")[s.word(i+1)] {
			return true // "the program that the drill uses"
		}
		if s.word(i) != "how" || !beings[s.word(i-1)] {
			continue
		}
		for k := i + 1; k < min(i+6, len(s.tokens)); k++ {
			if v, ok := lookup(s.word(k)); s.human(k) || s.word(k) == "to" {
				return false
			} else if ok && v.form == third {
				return k > i+1
			}
		}
	}
	return false
}

// starts reports that the reader is told to run a program that comes below: "run this
// small program; it writes the state back:".
func (s sentence) starts() bool {
	for i, tok := range s.tokens {
		v := s.verb(i)
		if tok.code || !list("build compile execute launch paste run start use")[v.base] || !s.ahead(i) || !s.instructs(i, v) {
			continue
		}
		if s.outcome(i, list("binary code function lines loop main oneliner program programme script snippet tool")) && (!s.forReaders(i) || s.outcome(i, list("live prod production"))) {
			return true
		}
	}
	return false
}

// ahead reports that what the verb at i is done to comes after the sentence.
func (s sentence) ahead(i int) bool {
	pointing := list("following next these this")
	return pointing[s.word(i+1)] || pointing[s.word(i+2)] || s.outcome(i, list("below"))
}

// tells reports a sentence that says how something is, and does not order it.
func (s sentence) tells() bool {
	if s.question || s.directs() || s.outcome(0, leave) || conditionalStart[s.word(0)] {
		return false
	}
	return s.outcome(1, list("are does gets has is knows looks makes says shows takes was"))
}

// applies reports that the reader is told to put something into the service.
func (s sentence) applies() bool {
	for i, tok := range s.tokens {
		v := s.verb(i)
		if v.form == gerund && (s.word(s.left(i)) == "and" || !inviting[s.word(s.left(i))]) {
			continue
		}
		if tok.code || !applying[v.base] || !s.instructs(i, v) {
			continue
		}
		if !s.forReaders(i) {
			return true
		}
	}
	return false
}

// forReaders reports that what the verb at i is done to is a page or a message.
func (s sentence) forReaders(i int) bool {
	for k := i + 1; k < min(i+9, len(s.tokens)) && !s.barrier(k); k++ {
		if into := s.next(k, list("into onto")); s.word(k) == "from" && into < min(k+7, len(s.tokens)) {
			k = into // what it is taken from matters less than what it is put into
		}
		if s.channel(k) && list("announce paste post send share write")[s.word(i)] || !s.tokens[k].code && (readers[s.word(k)] || readers[stem(s.word(k))]) {
			return true
		}
	}
	return false
}

// channel reports one of a chat: "#incidents".
func (s sentence) channel(k int) bool {
	if s.tokens[k].code {
		return strings.HasPrefix(s.word(k), "#")
	}
	return s.word(k) == "#" && k+1 < len(s.tokens) && s.tokens[k+1].at == s.tokens[k].end
}

// shows reports a sentence that describes, orders nothing and offers no cure.
func (s sentence) shows() bool {
	return s.outcome(0, showing) && !s.directs() && !s.offered(len(s.tokens)) && !s.outcome(0, list("must need needs should"))
}
