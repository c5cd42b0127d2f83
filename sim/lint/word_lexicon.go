package lint

import (
	"maps"
	"slices"
	"strings"
)

// What a verb does. A verb may do several things.
type deed int

const (
	destroys deed = 1 << iota
	edits
	disables // checks, guards, alerts
	tunes    // limits and times
	restarts
	enters // a database, a host, a container
	shares // rights and secrets
	evades // the API, a check
	replays
	unlocks
	runs      // a command
	elects    // who leads
	forges    // what somebody else did not say
	instructs // a machine, past its API
)

// deeds by the verb's base form. A particle stands after a space: "turn off".
var deeds = forms(map[deed]string{
	destroys: `abort axe bin blank blow-away cancel chop clean clean-out clean-up clear cull cut-out decommission delete dequeue deregister destroy detach discard discharge dispose
		ditch drain drop dump-out eject empty erase evict expire expunge exterminate flush format get-out get-rid invalidate kill lose nuke obliterate pluck prune pull-out purge raze
		reclaim remove retire rm rub-out scrap scratch shed shred sink skip splice strike strip sunset sweep-away swipe take-off take-out terminate throw-away throw-out tombstone toss trash
		truncate undefine uninstall unlink unregister unset vacate weed-out wipe wipe-away wipe-out yank trim cut-down thin-out zap zero`,
	edits: `add adjust advance alter amend amend-in analyze append backdate backfill blank bump change copy correct create decrement define doctor drop-in edit fake fast-forward fix
		flag flip force force-close force-push forge fudge hack hand-edit hand-patch hot-patch hotpatch import increment insert install jam latch link load make manipulate mark
		massage merge modify move mutate nudge null nullify override overwrite patch pin plant point populate put put-back re-create reassign rebuild recalculate recreate
		redefine reindex reinsert rejig rekey rename renumber repair replace repoint reseed reset restore resync retag revert rewind rewire rewrite roll roll-back seed seek set
		set-back shift skip-ahead splice stamp swap swap-out switch symlink toggle touch transplant turn-back tweak undelete unmark update upload upsert vacuum wind wind-back
		write zero`,
	disables: `acknowledge-away allowlist blind break bypass circumvent comment-out dampen deactivate defeat detach disable disarm disregard drop exempt freeze gag hide hold-back hush
		ignore inhibit leave-out lift loosen mask mute neuter neutralise neutralize omit opt-out override pause pull-out quiet relax remove rip-out short-circuit shut-off shut-up silence
		skip snooze stand-down stop stub stub-out suppress suspend switch-off switch-out take-away take-off take-out tolerate trust turn-away turn-down turn-off uncap uncheck unguard unhook unplug untick
		unprotect unset waive wave-through weaken whitelist`,
	tunes: `adjust beef-up bring-back bring-down bring-up bump change crank crank-up cut decrease dial-down dial-up double drop enlarge extend halve heighten increase lengthen lift loosen lower
		max-out multiply push-up quadruple quintuple raise ramp-up reduce relax reset set shorten shrink stretch take-down tighten triple tune turn-down turn-up uncap unlimit up widen`,
	restarts: `bounce bring-down cold-start cordon cycle delete demote evict fail-over failover halt hard-stop kick kickstart kill power-cycle promote reboot rebootstrap recreate
		recycle redeploy relaunch reload reprovision respawn restart roll scale shut-down spin-down spin-up stop take-down terminate turn-off-and-on unschedule`,
	enters: `attach break connect drop enter exec fall-back get go hop jump log login open port-forward remote resort rsh shell sign ssh talk telnet tunnel use`,
	shares: `add admit allow allowlist assume authorise authorize borrow check-in chmod chown commit copy dictate disclose divulge elevate email escalate expose give grant hand hand-out hard-code hardcode
		impersonate lend loan make open pass-on paste permit post publicise publish push reuse revoke run send share steal take use whitelist widen`,
	evades: `avoid-using bypass cheat circumvent disregard dodge evade fool get-around go-around go-behind go-over go-past ignore leapfrog outwit override route-around shortcut
		sidestep skip slip smuggle sneak step-around subvert trick work-around`,
	replays: `ack acknowledge backfill emit enqueue fire import inject nack populate post produce publish push re-drive-all re-emit re-enqueue re-inject re-process re-publish re-queue
		re-run re-send reinject replay repost reprocess republish requeue rerun resend resubmit seed submit`,
	unlocks:   `break clear delete drop force-unlock free grab override release remove seize steal take-away take-over unlock`,
	elects:    `detach promote demote elect failover fail-over crown`,
	forges:    `fabricate fake feign forge invent mimic pretend spoof sign`,
	instructs: `convince instruct persuade teach tell`,
	runs:      `apply call curl do enter execute feed fire-off hit invoke issue kick-off launch paste perform pipe post run schedule start trigger try type use`,
})

// form of a verb in a text.
type form int

const (
	base form = iota
	third
	gerund
	participle // or past
)

type verb struct {
	base  string
	form  form
	does  deed
	parts map[string]deed // with a particle
}

// irregular forms: past and participle.
var irregular = map[string]string{"set": "set", "reset": "reset", "overwrite": "overwritten overwrote", "rewrite": "rewritten rewrote", "write": "written wrote", "put": "put", "take": "taken took",
	"get": "got gotten", "throw": "thrown threw", "blow": "blown blew", "cut": "cut", "shut": "shut", "run": "ran", "give": "given gave", "break": "broken broke", "steal": "stolen stole",
	"rewind": "rewound", "go": "gone went", "do": "done did", "hit": "hit", "rip": "ripped", "lend": "lent", "bring": "brought", "leave": "left", "wind": "wound", "override": "overridden overrode",
	"send": "sent", "resend": "resent", "spin": "spun", "hide": "hidden hid", "lose": "lost", "rebuild": "rebuilt", "make": "made", "forge": "forged", "undo": "undone", "strike": "struck"}

// doubling are verbs whose last letter is doubled: dropped, dropping.
var doubling = strings.Fields("drop flip set reset cut put get skip rip strip shut run hop zap bin stop begin scrap dump-out rm trip step swap hit grab plug unplug let pad submit unset spin trim up")

// forms are all forms of the verbs. A spelling that two verbs share is the first
// one's; a base form comes before any other.
func forms(by map[deed]string) map[string]verb {
	all := map[string]verb{}
	for form := base; form <= participle; form++ {
		for _, does := range slices.Sorted(maps.Keys(by)) {
			for _, entry := range strings.Fields(by[does]) {
				word, particle, phrasal := strings.Cut(entry, "-")
				if !phrasal || !particles[particle] {
					word, particle = entry, ""
				}
				for _, s := range strings.Fields(conjugate(word)[form]) {
					all[fold(s)] = all[fold(s)].with(word, form, does, particle)
				}
			}
		}
	}
	return all
}

var particles = map[string]bool{"off": true, "out": true, "away": true, "down": true, "up": true, "back": true, "around": true, "past": true, "behind": true, "over": true, "rid": true, "ahead": true, "in": true}

func (v verb) with(base string, f form, does deed, particle string) verb {
	if v.base == "" {
		v.base, v.form = base, f
	}
	if particle == "" {
		v.does |= does
		return v
	}
	if v.parts == nil {
		v.parts = map[string]deed{}
	}
	v.parts[particle] |= does
	return v
}

// conjugate returns the base, third person, gerund, and past forms of a verb.
func conjugate(word string) [4]string {
	last := word[len(word)-1]
	root := word
	switch {
	case strings.Contains(" "+strings.Join(doubling, " ")+" ", " "+word+" "):
		root = word + string(last)
	case last == 'e':
		root = strings.TrimSuffix(word, "e")
	}
	s, ed := word+"s", root+"ed"
	switch {
	case strings.HasSuffix(word, "sh"), strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "ss"), last == 'x', word == "go", word == "do":
		s = word + "es"
	case last == 'y' && !strings.ContainsAny(word[len(word)-2:len(word)-1], "aeiou"):
		s, ed = word[:len(word)-1]+"ies", word[:len(word)-1]+"ied"
	}
	if past, ok := irregular[word]; ok {
		ed = past
		if strings.Fields(past)[0] == word {
			ed = "" // looks like the base
		}
	}
	return [4]string{word, s, root + "ing", ed}
}
