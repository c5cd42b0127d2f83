package check

import "fmt"

// calls matches operators' changes with the audit's entries, both ways. A call
// may change nothing, such as a throttle to the rate there is; its entry says
// so, by the number of events that it made.
func calls(r Record) []Breach {
	var found []Breach
	entries, made := map[string]Call{}, map[string]int{}
	for _, c := range r.Calls {
		if _, twice := entries[c.ID]; twice {
			found = append(found, ofCall(c, "the audit has two entries of that identity"))
		}
		entries[c.ID] = c
	}
	for _, e := range r.Events {
		made[e.Call]++
		if saw := unaccounted(e, entries); saw != "" {
			found = append(found, Breach{RuleCalls, e.Aggregate, e.At, fmt.Sprintf("the event of version %d, by %s, %s", e.Version, e.Actor, saw)})
		}
	}
	for _, c := range r.Calls {
		if n := made[c.ID]; n < c.Events || n > c.Events && !c.Open {
			found = append(found, ofCall(c, fmt.Sprintf("its entry tells of %d events, and the store has %d", c.Events, n)))
		}
	}
	return found
}

// unaccounted says why no entry accounts for an event, or nothing.
func unaccounted(e Event, entries map[string]Call) string {
	c, known := entries[e.Call]
	switch {
	case e.Call == "" && e.Operator:
		return "belongs to no call"
	case e.Call == "":
		return ""
	case !known:
		return fmt.Sprintf("belongs to call %s, of which the audit has no entry", e.Call)
	case c.Actor != e.Actor:
		return fmt.Sprintf("belongs to call %s, which by its entry is %s's", e.Call, c.Actor)
	case !c.Changes:
		return fmt.Sprintf("belongs to call %s, %s, which changes nothing", e.Call, c.Command)
	}
	return ""
}

func ofCall(c Call, saw string) Breach {
	return Breach{RuleCalls, fmt.Sprintf("call %s, %s by %s", c.ID, c.Command, c.Actor), c.At, saw}
}
