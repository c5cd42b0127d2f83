package lint

import (
	"strings"
	"sync"
)

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
	negators = list(`abstain against aren't avoid avoiding avoids banned beware can't cannot careless couldn't dangerous denied denies didn't disallowed discourage discouraged doesn't don't
		dont fail failed fails forbid forbidden forbids hardly harmful hesitates illegal impossible instead isn't keeps lest mistake mustn't needn't neither never no nobody none
		nor not nothing pointless prevent preventing prevents prohibit prohibited prohibits protect protects rather refrain refuse refused refuses refusing resist resisting risky
		shouldn't stop temptation tempted tempting than unable unsafe unwise urge useless wasn't weren't without won't wouldn't wrong`)
	undone = list(`afraid ask bother delay fail fails forget hesitate just mind neglect omit only overthink panic shy think until wait worry`) // "don't forget to"
	humans = list(`admin administrator anybody anyone apprentice buddy colleague consultant contractor dba dev developer engineer everybody everyone human i i'd i'll intern lead let's lets maintainer manager newcomer on-call oncall one
		operator ops owner people person responder shift somebody someone sre staff supervisor support team teammate trainee they'd volunteer we we'd whoever y'all you you'd you'll`)
	modals = list(`can could has have may might must need needs ought shall should will would`)
	beings = list(`is are be was were been being get gets got getting`)
	pasts  = list(`ago became been began broke brought came caught decided did felt found gave got had kept knew led left lost made meant ran said sent sold thought told took typed was went
		were wrote yesterday`)
	skipped = list(`actually additionally afterwards again ahead also alternatively always best better both briefly carefully directly easily either even eventually finally first firstly
		forcibly gently gracefully ideally immediately in-place instead just kindly lastly later literally manually maybe merely next normally now often once only optionally
		perhaps please preferably proactively promptly quickly quietly rather readily really safely secondly simply simultaneously sometimes still straight subsequently
		temporarily then thereafter typically usually`)
	manual = list(`manually directly hand yourself straight yourselves ourselves direct manual behind`)
	benign = list(`announcement bridge calendar call changelog channel chat checklist comment contact customer customers dashboard description doc docs document documentation expectation
		graph incident list meeting message-board note notebook number page panel phone post-mortem postmortem reason report rota runbook severity shop stakeholder status-page
		summary tab template thread ticket timeline title topic-line view-of wiki window`)
	pronouns = list(`it them this these those that everything all both one ones`)
	stops    = list(`after and as at because before but by for from how if in into of on once or over so than that through to under until via what whatever when where whether which whichever
		while who whose with without`)
	stores = list(`balancer bucket cache chart column config configmap configuration database db depot directory disk dlq dns etcd file firewall folder gateway inbox limiter loadbalancer manifest model mongo mysql outbox postgres prod production proxy psql
		queue redis registry row schema secret sql store stream subject table topic volume zookeeper`)
	// harmless are words that may begin a sentence, and order nothing that changes
	// the service: the contract's own verbs, and words that are no verbs. Looks, thoughts
	// and talk are in word_thinking.go.
	harmless = list(`about above across after against alert all along also although amend amid among an and another any appear are around as assign assuming at attach avoid be
		because become been before begin behind below beside besides between beware beyond both bring but by call can certain close come continue coordinate could
		despite did different do does download drill during each eight either elsewhere enable end ensure escalate even every except execute export fetch few filter
		finish first five follow for four from furthermore get give given go guarantee guard had half hand happen has hate have help hence here hold honor honour how
		however if in into invite is join just lane last later leave less let lets like likewise link love make many may mean meanwhile meet might minus mitigate more
		moreover most much must name near need neither never nevertheless next nine no not now of off on once one only onto open or other others otherwise out over own
		pass pause per pick ping plus practice practise prefer prepare print protect provided put quarantine quite rather reach record recover redrive refresh refuse
		rehearse reject release reprice reproduce resolve respect restore resume retry roll rotate route run same save scale schedule second secure seem send seven
		several shall share should show simulate since sit six so some soon sort spare stand start stay still stop such supposing take tell ten text than the then there
		therefore third though three throttle through thus to today tomorrow too toward towards treat try turn two under unlane unless unlike until up upon use very via
		visit wait want was were what whatever when whenever where whereas wherever whether which while who whom whose why will with within without would write
		yesterday yet`)
)

var (
	badGovernors = list(`banned dangerous denied disallowed error fail failed fails foolish forbidden harmful illegal impossible insane lazy mistake nothing pointless prohibited reason reasons
		reckless refuse refused refuses refusing risky temptation temptations tempting tries unable unsafe unwise urge useless worse wrong`)
	goodGovernors = list(`able acceptable advisable advised allowed alternative answer are authorised authorized be best better cheaper cleanest cleared common cure custom customary easier easiest easy
		empowered encouraged enough entitled expected fair faster fastest fine fix free go good habit handy harmless helpful idea instructed invited is it's legitimate licensed necessary
		ok okay option permitted possible practical practice practise quicker quickest reasonable recommended remedy required safe safest sensible simpler simplest solution step
		sufficient supposed sure tested that's time trick trusted useful usual way welcome workaround worth`)
	wanting = list(`agree begin choose continue dare decide forget going has have help helps hesitate intend like need needed needs neglect omit ought plan prefer proceed remember start suffices try want
		wants`)
	// inviting words stand before a gerund that is advice.
	inviting = list(`about advise advises after and before begin by consider contemplate continue do done entail entails finish go help helps include includes involves keep like mean means
		mind need needs prefer propose proposes recommend recommends require requires resume start suggest suggests through to try via wants when works worth`)
	outcomes = list(`acceptable accepted allowed appropriate best brings cheaper clears cure cures does easier easiest easy ends enough faster fastest fine fixes frees gets harmless help helps justified legitimate
		makes necessary needed ok okay preferred proven quick quicker quickest reasonable recommended reduces releases remedy removes required resolves restores safe saves simpler simplest
		solves standard stops suffices trick unblocks unsticks usually way works`)
	// badOutcomes may stand in a sentence about something good as well, unlike consequences.
	badOutcomes  = list(damage + " again gone never takes would")
	consequences = list(damage)
	conjunctions = list(`and or & plus nor`)
	determiners  = list(`a accidental an another any complete during each every first for full her his its last next no of on our partial previous quick some such that the their this unwanted
		your`)
	reporting = list(`advice answered argue argues asked began called calls claimed claims commit heard insist insists instinct propose proposes reads said say says shout shouts suggested
		suggests tells tempting thought told typed was were what wrote`)
	common = list(`acquire ask avoid backup be become bring call cd check choose click close come compare confirm connect consider continue count create deliver deploy dispatch do download drag drain dump end
		ensure enter escalate export feel fetch find finish generate get give go grab grep have help hold identify ignore inspect invent keep leave let list locate log look make
		mint navigate note open page pause pick ping press proceed read redrive release remember repeat reprice resend resolve retry return route save scale schedule scroll see
		select send ship sign snapshot source ssh start stay stop switch tail take tell think tick throttle try turn type use verify visit wait watch wipe work`)
)

// damage is what nothing good brings about.
const damage = `away breach breaches break breaks broke broken cannot corrupt corrupted corrupts cost costs damage damaged dangerous denied destroy destroyed destroys disappear double
	doubled doubles doubts duplicate duplicated duplicates forbidden forgets forgotten harm harms hide hides incident irrecoverable lose loses losing lost missing mistake
	outage overload overloads prohibited refused risky tempting throws twice twofold unreachable unrecoverable unsafe untraceable vanish vanishes violate violates wipes worse
	wrong wrongly`
