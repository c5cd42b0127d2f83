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
	humans = list(`admin administrator anybody anyone apprentice buddy colleague consultant contractor dba dev developer engineer everybody everyone human i intern lead let's lets maintainer manager on-call oncall one
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
	stores = list(`balancer bucket cache chart column config configmap configuration database db depot directory disk dlq dns etcd file firewall folder gateway inbox limiter loadbalancer manifest model mongo mysql outbox postgres proxy psql
		queue redis registry row schema secret sql store stream subject table topic volume zookeeper`)
	// harmless are words that may begin a sentence, and order nothing that changes
	// the service: the contract's own verbs, and words that are no verbs. Looks, thoughts
	// and talk are in thinking.go.
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
