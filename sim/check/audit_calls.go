package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// calls matches operators' changes with the log of calls, both ways. A call may
// change nothing, such as a throttle to the rate that there is: then the log
// names no event of it.
func calls(r Record) []Breach {
	var found []Breach
	logged, made := map[string]Call{}, map[string][]Event{}
	for _, c := range r.Calls {
		if _, twice := logged[c.ID]; twice {
			found = append(found, c.breach("there are two calls of that identity"))
		}
		if c.Changes && c.Reason == "" {
			found = append(found, c.breach("it has no reason"))
		}
		logged[c.ID] = c
	}
	for _, e := range r.Events {
		if e.Call != "" {
			made[e.Call] = append(made[e.Call], e)
		}
		if saw := unaccounted(e, logged); saw != "" {
			found = append(found, Breach{RuleCalls, e.Aggregate, e.At, fmt.Sprintf("the event of version %d, by %s, %s", e.Version, e.Actor, saw)})
		}
	}
	for _, c := range r.Calls {
		if saw := exceeded(c, made[c.ID]); saw != "" {
			found = append(found, c.breach(saw))
		}
		for _, id := range c.Events {
			if !slices.ContainsFunc(made[c.ID], func(e Event) bool { return e.identity() == id }) {
				found = append(found, c.breach("its entry tells of event "+id+", and the store has none of it"))
			}
		}
	}
	return found
}

// ahead is how many changes a call may be ahead of its rate: the clocks of the
// processes that make them are read a little late.
const ahead = 5

// exceeded says by how much a call, which made these events, changed more than it was
// asked to, or faster.
func exceeded(c Call, made []Event) string {
	changed := map[string]time.Time{}
	for _, e := range made {
		if first, known := changed[e.Aggregate]; !known || e.At.Before(first) {
			changed[e.Aggregate] = e.At
		}
	}
	if c.Limit > 0 && len(changed) > c.Limit {
		return fmt.Sprintf("it changed %d aggregates, and was asked for %d at most", len(changed), c.Limit)
	}
	if c.Rate <= 0 || len(changed) <= ahead {
		return ""
	}
	times := slices.SortedFunc(maps.Values(changed), time.Time.Compare)
	took := times[len(times)-1].Sub(times[0])
	if most := int(c.Rate*took.Seconds()) + ahead; len(changed) > most {
		return fmt.Sprintf("it changed %d aggregates in %s, and was asked for %g a second", len(changed), took.Round(time.Millisecond), c.Rate)
	}
	return ""
}

// unaccounted says why no call accounts for an event, or nothing.
func unaccounted(e Event, logged map[string]Call) string {
	c, known := logged[e.Call]
	switch {
	case e.Call == "" && e.Operator:
		return "belongs to no call"
	case e.Call == "":
		return ""
	case !known:
		return fmt.Sprintf("belongs to call %s, of which there is no entry", e.Call)
	case c.Actor != e.Actor:
		return fmt.Sprintf("belongs to call %s, which by its entry is %s's", e.Call, c.Actor)
	case !strings.Contains(e.Reason, c.Reason):
		return fmt.Sprintf("gives the reason %q, and who made call %s gave %q", e.Reason, e.Call, c.Reason)
	case !c.Changes:
		return fmt.Sprintf("belongs to call %s, %s, which was not let in as a change", e.Call, c.Command)
	case !c.Open && !slices.Contains(c.Events, e.identity()):
		return fmt.Sprintf("belongs to call %s, %s, whose entry does not tell of it", e.Call, c.Command)
	}
	return ""
}

// asked matches the log with the calls that the harness made: each change that
// was answered is there, and none that nobody asked for. One without
// an answer may have come through, or not. Whoever was refused has changed nothing.
func asked(logged []Call, asked []Asked) []Breach {
	var found []Breach
	// Of each command, how many were let in by the log, and how many of the harness' not.
	left, refused, ours := map[string]int{}, map[string]int{}, actors(logged, asked)
	for _, c := range logged {
		switch {
		case c.Changes:
			left[c.Command]++
		case ours[c.Actor]:
			refused[c.Command]++
		}
	}
	for _, a := range asked {
		if !a.Answered {
			continue
		}
		if left[a.Command]--; a.Changes && left[a.Command] < 0 {
			found = append(found, Breach{RuleCalls, a.Command, a.At, "the operator called it, and there is no entry"})
		}
	}
	for _, a := range asked {
		switch {
		case a.Answered:
		case refused[a.Command] > 0:
			refused[a.Command]--
		default:
			left[a.Command]--
		}
	}
	for _, c := range logged {
		if c.Changes && left[c.Command] > 0 {
			left[c.Command]--
			found = append(found, c.breach("the harness made no such call"))
		}
	}
	return found
}

// actors are in whose names the harness calls: those that made what it was answered.
func actors(logged []Call, asked []Asked) map[string]bool {
	answered, names := map[string]bool{}, map[string]bool{}
	for _, a := range asked {
		answered[a.Command] = answered[a.Command] || a.Answered
	}
	for _, c := range logged {
		if answered[c.Command] && c.Changes {
			names[c.Actor] = true
		}
	}
	return names
}

func (e Event) identity() string { return fmt.Sprintf("%s@%d", e.Aggregate, e.Version) }

func (c Call) subject() string { return fmt.Sprintf("call %s, %s by %s", c.ID, c.Command, c.Actor) }

func (c Call) breach(saw string) Breach { return Breach{RuleCalls, c.subject(), c.At, saw} }
