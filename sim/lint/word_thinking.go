package lint

// This file knows the verbs of perceiving, thinking and telling: what they are done to stays
// as it is. A verb that may change something as well is none of them, unless a particle says
// which of the two it is: "pin down the row" is a thought, "pin the version" is none.

// minds are such verbs.
var minds = func() map[string]bool {
	perceiving := `behold browse check detect discern distinguish examine experience explore eye eyeball glance glimpse hear inspect listen look monitor notice observe peek peer
		perceive peruse preview probe re-check re-examine re-read read recheck reexamine reread review revisit scan screenshot scrutinise scrutinize search see sense
		skim spot survey view watch witness`
	thinking := `analyse anticipate appraise ascertain ascribe assess assume attribute audit believe benchmark calculate categorise categorize characterise characterize choose
		classify comb compare comprehend compute conclude conjecture consider contemplate contextualise contextualize contrast correlate count critique cross-check
		cross-reference crosscheck debug decide decipher decode deduce deliberate determine diagnose differentiate digest discover discriminate double-check doublecheck
		doubt envisage envision estimate evaluate expect extrapolate familiarise familiarize fathom figure find forecast foresee gauge grasp guess guesstimate
		hypothesise hypothesize identify imagine infer interpret investigate judge keep know learn locate measure memorise memorize mind mull pinpoint plan ponder
		postulate predict presume presuppose prove puzzle quantify question rank rate rationalise rationalize re-evaluate reason reckon recognise recognize recollect
		reconsider reevaluate regard remember research rethink sanity-check second-guess speculate spot-check study suppose surmise suspect tabulate tally test theorise
		theorize think total trace track triage underestimate understand validate verify visualise visualize weigh wonder`
	telling := `advise agree annotate announce answer apologise apologize argue articulate ask assert assure brief caution chart cite clarify comment communicate complain
		confess confirm consult contact convey corroborate criticise criticize debate debrief demonstrate deny depict describe detail discuss dispute document draft
		elaborate emphasise emphasize enquire enumerate exemplify explain footnote forewarn formulate graph highlight hint illustrate imply inform inquire insist
		interview itemise itemize jot justify list mention message narrate negotiate note notify outline page paraphrase phone photograph plot praise promise proofread
		propose quote reassure recap recapitulate recite recommend recount remark remind repeat rephrase reply report respond restate reveal say scribble sketch spell
		state suggest summarise summarize telephone thank underline underscore verbalise verbalize voice vouch warn whisper`
	return list(perceiving + " " + thinking + " " + telling)
}()

// mindful are verbs that become one of them by the particle after a dash.
var mindful = list(`add-up boil-down count-up drill-down figure-out flag-up home-in hone-in line-up make-out map-out narrow-down note-down pick-out pin-down point-out puzzle-out
	rule-out single-out size-up sort-through spell-out sum-up tell-apart think-over think-through total-up trace-back track-down weigh-up work-out write-down write-up zero-in`)

// minding reports a verb at i that leaves its object as it is. What is written down in a store
// is another matter, and a verb of a deed keeps its particle beside it.
func (s sentence) minding(i int) bool {
	w := s.word(i)
	if v, deed := lookup(w); deed && s.does(i, v) != 0 {
		return mindful[w+"-"+s.word(i+1)] && !(w == "write" && s.outcome(i+2, list("in into to")))
	}
	if minds[w] {
		return true
	}
	for k := i + 1; k < min(i+8, len(s.tokens)) && !s.tokens[k].punct(); k++ {
		if mindful[w+"-"+s.word(k)] {
			return true
		}
	}
	return false
}
