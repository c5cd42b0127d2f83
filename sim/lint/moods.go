package lint

// The words that mood.go, negation.go and forms.go read a sentence by.

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
		select send ship sign snapshot source ssh start stay stop switch tail take tell think throttle try turn type use verify visit wait watch wipe`)
)

// damage is what nothing good brings about.
const damage = `away breach breaches break breaks broke broken cannot corrupt corrupted corrupts cost costs damage damaged dangerous denied destroy destroyed destroys disappear double
	doubled doubles doubts duplicate duplicated duplicates forbidden forgets forgotten harm harms hide hides incident irrecoverable lose loses losing lost missing mistake
	outage overload overloads prohibited refused risky tempting throws twice twofold unreachable unrecoverable unsafe untraceable vanish vanishes violate violates wipes worse
	wrong wrongly`
