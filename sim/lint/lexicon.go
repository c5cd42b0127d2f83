package lint

import (
	"strings"
	"sync"
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
	destroys: `skip cancel abort delete drop truncate purge wipe erase remove flush nuke destroy clear empty discard unlink evict prune trash scrap zap kill terminate expunge expire
		invalidate tombstone uninstall deregister unregister dump-out dequeue rm reclaim drain detach strip throw-away blow-away clean-out clean-up wipe-out wipe-away get-rid
		throw-out take-out cut-out pull-out dispose cull obliterate shred undefine unset clean format zero bin ditch axe raze sweep-away toss lose blank chop decommission discharge eject exterminate pluck retire shed sink splice sunset yank rub-out swipe vacate weed-out zap take-off`,
	edits: `make seek shift roll vacuum reindex analyze create define install force-push edit modify alter change update set reset overwrite rewrite patch tweak adjust bump increment decrement rewind fast-forward advance renumber mutate backdate
		flip toggle mark force correct insert add append copy replace swap rename move write put upsert import load restore repair fix redefine recreate re-create reinsert
		rebuild reassign touch hack hand-edit amend-in roll-back set-back put-back turn-back wind-back skip-ahead flag point repoint symlink link upload drop-in populate seed
		backfill nudge manipulate massage fudge null nullify recalculate revert override reseed resync unmark undelete plant forge fake amend doctor hot-patch hotpatch hand-patch merge rekey retag rejig rewire splice stamp swap-out switch transplant wind zero blank pin latch jam force-close`,
	disables: `disable deactivate suspend bypass skip ignore relax loosen weaken lift silence mute snooze suppress override circumvent mask exempt omit unset waive neutralise
		neutralize comment-out turn-off switch-off shut-off take-out take-off turn-down switch-out rip-out stub-out opt-out leave-out pull-out whitelist allowlist inhibit
		quiet acknowledge-away hush break drop remove pause stop disarm defeat neuter unplug short-circuit disregard gag hide dampen stub unhook detach waive wave-through turn-away hold-back trust uncap blind unprotect unguard freeze stand-down tolerate`,
	tunes:     `raise increase lower reduce decrease extend lengthen shorten bump double triple halve tune crank widen enlarge lift up set change adjust stretch shrink quadruple drop cut turn-up turn-down crank-up push-up dial-up dial-down bring-down bring-up lengthen multiply uncap unlimit max-out heighten reset loosen relax tighten quintuple ramp-up beef-up`,
	restarts:  `restart bounce reboot kill recycle redeploy recreate reprovision scale cordon failover fail-over promote demote stop shut-down take-down bring-down spin-down spin-up cycle power-cycle respawn roll kick relaunch evict delete terminate turn-off-and-on reload halt rebootstrap relaunch kickstart cold-start hard-stop unschedule`,
	enters:    `ssh exec log sign connect attach hop shell jump open enter telnet login rsh get go tunnel port-forward drop break remote use resort fall-back`,
	shares:    `grant give elevate chmod chown revoke impersonate share paste borrow reuse use copy post hand lend whitelist allowlist commit push publish check-in escalate assume hardcode open hard-code send steal take widen add make run allow admit authorise authorize expose hand-out loan pass-on permit publicise`,
	evades:    `bypass circumvent sidestep skip ignore override evade dodge work-around go-around get-around go-past go-behind go-over step-around cheat trick fool subvert avoid-using route-around disregard outwit sneak slip smuggle shortcut leapfrog`,
	replays:   `ack nack acknowledge replay republish re-publish resend re-send reinject re-inject inject requeue re-queue re-enqueue enqueue publish produce push re-run rerun reprocess re-process re-drive-all post emit fire re-emit submit resubmit repost import backfill seed populate`,
	unlocks:   `release break steal clear unlock force-unlock free seize override delete remove drop take-over grab`,
	elects:    `detach promote demote elect failover fail-over crown`,
	forges:    `fabricate fake feign forge invent mimic pretend spoof sign`,
	instructs: `convince instruct persuade teach tell`,
	runs:      `run execute type try issue enter use call invoke apply launch paste perform do start fire-off kick-off trigger hit curl post schedule`,
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
	"send": "sent", "resend": "resent", "spin": "spun", "hide": "hidden hid", "lose": "lost", "rebuild": "rebuilt", "make": "made", "forge": "forged", "undo": "undone"}

// doubling are verbs whose last letter is doubled: dropped, dropping.
var doubling = strings.Fields("drop flip set reset cut put get skip rip strip shut run hop zap bin stop begin scrap dump-out rm trip step swap hit grab plug unplug let submit unset spin up")

func forms(by map[deed]string) map[string]verb {
	all := map[string]verb{}
	for does, list := range by {
		for _, entry := range strings.Fields(list) {
			word, particle, phrasal := strings.Cut(entry, "-")
			if !phrasal || !particles[particle] {
				word, particle = entry, ""
			}
			for form, spelled := range conjugate(word) {
				for _, s := range strings.Fields(spelled) {
					all[fold(s)] = all[fold(s)].with(word, formOf(form), does, particle)
				}
			}
		}
	}
	return all
}

var particles = map[string]bool{"off": true, "out": true, "away": true, "down": true, "up": true, "back": true, "around": true, "past": true, "behind": true, "over": true, "rid": true, "ahead": true, "in": true}

func formOf(i int) form { return form(i) }

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

// kind of an internal thing: which deeds break it, and the rule that says so.
type kind struct {
	rule  string
	deeds deed
	nouns string
}

var kinds = []kind{
	{"bypass-data", destroys | edits | unlocks, `table row record column database db schema sequence tuple migration eventstore snapshot aggregate revision projection field index postgres postgresql mysql
		mongo mongodb sqlite redis cache memcached keyspace view partition watermark checkpoint bookmark entry entity document blob tombstone ledger store history journal statemachine`},
	{"bypass-data", edits &^ disables, `status state version quantity stock price balance amount timestamp counter attempt epoch generation flag value event total count reservation hold invoice etag`},
	{"bypass-data", destroys, `state statement status query transaction session connection cursor`},
	{"bypass-data", destroys | edits, `key duplicate`},
	{"bypass-checks", edits | disables | destroys, `health endpoint`},
	{"bypass-data", replays, `order`},
	{"bypass-checks", disables, `flag toggle featureflag`},
	{"bypass-data", tunes, `count version quantity stock balance counter sequence revision epoch offset`},
	{"bypass-host", edits, `deployment statefulset daemonset pod container replicaset namespace node cluster release image clock`},
	{"silence", disables | destroys | edits, `rule`},
	{"bypass-auth", shares, `ip cidr laptop`},
	{"bypass-data", destroys, `order delivery reservation payment event cart customer stock invoice booking shipment hold`},
	{"bypass-queue", destroys | edits | replays | unlocks, `queue stream topic subject durable consumer subscription offset dlq deadletter outbox inbox exchange binding lag cursor lane mailbox bucket sequence`},
	{"bypass-queue", destroys | replays, `message letter event backlog job task payload notice notification delivery`},
	{"bypass-queue", edits, `offset position consumer ack`},
	{"bypass-host", destroys | restarts, `pod container deployment statefulset replicaset daemonset node host server machine vm process worker replica broker service daemon instance cluster namespace nats postgres
		postgresql redis app application pid box fleet everything kubelet proxy nginx database gateway sidecar system frontend backend job publisher consumer relay producer scheduler dispatcher listener agent loadbalancer runner component kafka rabbitmq etcd zookeeper controller`},
	{"bypass-files", destroys | edits, `file lockfile directory folder config configuration configmap manifest volume pvc pv disk datadir wal backup dump snapshot binary crontab cron cronjob dns env environment
		featureflag image yaml chart script symlink path storage filesystem mount library artifact artefact jar wasm plugin module crd finalizer annotation label ingress helm terraform statefile tag branch commit
		certificate cert keystore truststore registry hosts code settings setting toml properties registry partition data`},
	{"bypass-checks", destroys | disables | evades | edits, `validation validator constraint check checksum trigger foreignkey healthcheck probe readiness liveness dedup dedupe deduplication deduplicator idempotency guard
		guardrail safeguard safety verification breaker circuitbreaker circuit limiter ratelimit throttling quota fsync uniqueness interlock assertion precondition sanity hook webhook admission linter review
		approval signoff gate audit auditing auditlog retention watchdog`},
	{"bypass-auth", destroys | disables | evades | edits, `authentication authorization authorisation auth tls ssl mtls mfa 2fa signature rbac rls acl selinux apparmor encryption login permission firewall iptables policy role networkpolicy
		securitygroup sso oauth certificate pinning whitelist allowlist sandbox password`},
	{"bypass-auth", shares, `firewall port securitygroup`},
	{"bypass-checks", shares | edits | disables, `idempotencykey dedupkey requestkey`},
	{"bypass-auth", shares | edits, `superuser root admin sudo privilege permission access right role owner ownership rule 777 clusteradmin`},
	{"bypass-auth", shares | destroys, `token password credential secret passphrase apikey session cookie privatekey sshkey`},
	{"silence", destroys | disables | tunes | edits, `silence mute alert alarm alerting monitor monitoring pager alertmanager threshold page`},
	{"bypass-config", tunes | disables | edits, `timeout ttl lease attempt retry limit threshold capacity ackwait ack prefetch backoff deadline visibility interval poolsize pool memory quota maxattempts tolerance margin parallelism
		concurrency heartbeat keepalive retention grace loglevel connection budget`},
	{"bypass-locks", destroys | edits | unlocks | shares, `lock lease leader election semaphore mutex leadership pidfile fence latch`},
	{"bypass-data", destroys | edits, `alias attribute binlog cell extension hint inventory mapping readmodel saga writemodel metadata oplog procedure replicationslot segment shard slot sstable vertex`},
	{"bypass-checks", edits, `killswitch`},
	{"bypass-queue", destroys | edits, `connector consumergroup federation mirror shovel vhost`},
	{"bypass-queue", edits, `committedposition redrivepolicy`},
	{"bypass-host", elects, `broker follower leader master node postgres primary replica secondary server standby`},
	{"bypass-host", destroys | edits | disables, `autoscaler disruptionbudget hpa pdb taint`},
	{"bypass-checks", destroys | disables | evades, `archiving backup bulkhead cap ceiling confirmation durability failsafe isolation journaling killswitch outlierdetection persistence protection quorum reconciliation replication safetynet signing throttle`},
	{"bypass-config", tunes, `bandwidth bulkhead burst cap ceiling cpu disk fuel headroom heap isr maxmemory permit prefetchcount quorum replicationfactor thread visibilitytimeout window`},
	{"bypass-auth", destroys | disables | evades | edits, `accesscontrol bucketpolicy captcha cors iam waf`},
	{"bypass-auth", shares, `0.0.0.0/0 cidr everyone internet ingress traffic`},
	{"bypass-checks", forges, `acknowledgement answer approval callback confirmation event heartbeat message notice order receipt reply response signature webhook`},
	{"bypass-api", instructs, `balancer breaker broker cache client cluster consumer database db loadbalancer orchestrator postgres proxy queue redis relay replica scheduler server service store stream worker`},
	{"bypass-api", evades, `api contract endpoint operator opctl tool process review approval audit procedure workflow domain service app application queue relay gateway frontdoor`},
	{"bypass-host", runs | replays, `script oneliner playbook migration sql statement hotfix`},
	{"bypass-host", enters, `database db psql postgres postgresql mysql redis host box server node container pod shell production prod machine vm bastion console cluster instance sql broker store rediscli
		mongo sqlclient client etcd primary repl namespace prompt session volume filesystem toxiproxy pgadmin adminer dbeaver`},
}

// things are the nouns by their singular.
var things = func() map[string][]kind {
	all := map[string][]kind{}
	for _, k := range kinds {
		for _, noun := range strings.Fields(k.nouns) {
			all[singular(noun)] = append(all[singular(noun)], k)
		}
	}
	return all
}()

// lists are the sets that were made of words before.
var lists sync.Map

// list of words as a set, which is made once. It is not to be changed.
func list(words string) map[string]bool {
	if set, ok := lists.Load(words); ok {
		return set.(map[string]bool)
	}
	set := map[string]bool{}
	defer lists.Store(words, set)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

var (
	negators = list(`never not don't dont doesn't didn't won't cannot can't couldn't shouldn't mustn't isn't aren't wasn't weren't without avoid avoids avoiding refuse refuses refusing resist
		resisting forbid forbids forbidden prohibited prohibit prohibits prevent prevents preventing nobody no none nothing neither nor than stop refrain abstain instead rather wouldn't needn't
		hardly than against tempting temptation tempted wrong mistake dangerous unsafe risky harmful pointless useless unable refused illegal beware unwise hesitates protect protects
		keeps discourage discouraged disallowed banned denied denies lest careless urge impossible fail fails failed`)
	undone = list(`forget hesitate fail neglect mind worry afraid shy wait panic bother only just until omit delay think overthink ask`) // "don't forget to"
	humans = list(`you we i operator engineer on-call oncall responder admin administrator dba sre someone somebody anyone anybody colleague teammate person people whoever owner lead
		support ops developer dev human staff shift y'all team they'd one everybody everyone let's lets you'd we'd you'll maintainer supervisor buddy manager volunteer intern`)
	modals  = list(`can could may might should must shall will would need needs ought has have`)
	beings  = list(`is are be was were been being get gets got getting`)
	pasts   = list(`was were had did been ran went lost broke took gave made said told wrote thought began brought caught found sent left felt came knew got became meant kept led sold ago yesterday typed decided`)
	skipped = list(`just simply then now first next finally also please quickly manually directly temporarily carefully safely immediately always either again only really still even simultaneously
		usually often sometimes normally typically instead maybe perhaps kindly straight forcibly promptly briefly quietly later afterwards thereafter once better best lastly secondly firstly optionally
		alternatively both proactively gently gracefully eventually subsequently additionally ideally preferably rather actually ahead literally merely readily in-place easily`)
	manual = list(`manually directly hand yourself straight yourselves ourselves direct manual behind`)
	benign = list(`page channel ticket incident call timeline doc docs document documentation runbook report calendar note shop stakeholder postmortem post-mortem severity title wiki rota dashboard graph
		panel window tab expectation summary message-board status-page bridge announcement customers customer comment reason description list chat contact phone number thread meeting topic-line
		template checklist changelog notebook view-of`)
	pronouns = list(`it them this these those that everything all both one ones`)
	stops    = list(`what whatever whichever how whether of in into on at from to for with by through via as before after until when while if because that which who and or but so where whose than once under over without`)
	stores   = list(`model table database db store stream queue redis cache etcd file disk postgres schema outbox inbox depot bucket zookeeper topic subject row column psql sql mysql mongo volume dlq manifest config configuration configmap chart depot directory folder dns registry`)
	// harmless are words that may begin a sentence, and order nothing that changes
	// the service: looks, talk, the contract's own verbs, and words that are no verbs.
	harmless = list(`the an although though despite during within without beyond between among about above below behind beside besides against amid toward towards unlike like per plus minus except whether either neither both half
		most many much more less few several some any each every such all no not never only just even still yet also too very quite rather than then thus hence here there where why how what which who whose whom
		wherever whenever whatever is are was were be been has have had do does did can could may might must shall should will would let lets given provided assuming suppose supposing
		see look watch wait check verify confirm inspect observe compare count list read note record write name say tell ask call page escalate report show describe explain discuss review examine monitor measure
		identify determine find locate search know learn understand remember consider expect prefer choose pick decide follow repeat continue begin start finish end stop keep leave hold help need want make give take bring
		send hand get fetch view open close visit go come stay stand sit turn put pass meet join thank page ping notify inform warn alert announce communicate coordinate assign invite schedule plan prepare practise practice
		rehearse test try drill simulate reproduce investigate diagnose debug trace track graph plot print save download export attach quote cite link mention document summarise summarize estimate calculate
		amend quarantine redrive reprice route pause resume throttle restore refresh rotate lane unlane scale resolve release retry mitigate recover roll redrive enable protect guard secure respect honour honor
		reject refuse avoid treat regard think assume believe doubt mind beware ensure guarantee prove show reveal happen seem appear become mean mention contact reach own share love hate spare save watch use run execute
		because since until unless once while when whereas as if for from in into of off on onto out over under up upon with at by to and or but so after before around through via across along near next last first second third
		another other others same different certain one two three four five six seven eight nine ten today tomorrow yesterday now later soon`)
)
