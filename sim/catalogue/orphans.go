package catalogue

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Limits of precision.
const (
	modesOfACause = 2 // failure modes that an alert may tell of, and still name a cause
	mostSymptoms  = 3 // alerts that a runbook may list under "may"
)

// Orphans says what leads nowhere: an alert without a runbook, a runbook without
// a drill or with an alert that there is not, a drill without a runbook, a
// failure mode without a cause alert of its own. Files are looked up in the
// repository.
func Orphans(d Description, repository fs.FS) []string {
	var found []string
	for _, s := range d.Systems {
		found = append(found, s.alertOrphans(repository)...)
		found = append(found, s.runbookOrphans(d.Drills)...)
	}
	return append(found, Unwritten(d)...)
}

// Unwritten says which runbooks there are not, although there has to be one: a system
// without any, and a drill without its own.
func Unwritten(d Description) []string {
	var found []string
	for _, s := range d.Systems {
		if len(s.Runbooks) == 0 {
			found = append(found, fmt.Sprintf("system %s has no runbooks: its Runbooks hold no file %s", s.Name, RunbookFiles))
		}
	}
	for _, drill := range d.Drills {
		i := slices.IndexFunc(d.Systems, func(s System) bool { return s.Name == drill.System })
		if i < 0 {
			found = append(found, fmt.Sprintf("drill %s has no runbook %q: there is no system %s", drill.Test, drill.Runbook, drill.System))
			continue
		}
		if ids := d.Systems[i].ids(); len(ids) > 0 && !d.HasRunbook(drill) {
			found = append(found, fmt.Sprintf("drill %s has no runbook %q: write it, or take one that %s has: %s", drill.Test, drill.Runbook, drill.System, strings.Join(ids, ", ")))
		}
	}
	return found
}

// HasRunbook reports that the runbook of a drill is there.
func (d Description) HasRunbook(drill Drill) bool {
	return slices.ContainsFunc(d.Systems, func(s System) bool { return s.Name == drill.System && slices.Contains(s.ids(), drill.Runbook) })
}

// ids of the runbooks, by their files: one that cannot be read is there all the same.
func (s System) ids() []string {
	var all []string
	for _, r := range s.Runbooks {
		all = append(all, cmp.Or(r.ID, RunbookID(r.File)))
	}
	return all
}

func (s System) alertOrphans(repository fs.FS) []string {
	var found []string
	for _, a := range s.Alerts {
		id, file, err := s.Leads(a.RunbookURL, repository)
		if err != nil {
			found = append(found, fmt.Sprintf("alert %s has no runbook: its runbook_url %q %v: drill new makes a page, with an alert of its own", a.Name, a.RunbookURL, err))
			continue
		}
		if !s.Lists(id, a.Name) {
			found = append(found, fmt.Sprintf("alert %s leads to a runbook that does not list it: %s; list it there under alerts or may", a.Name, cmp.Or(file, id)))
		}
	}
	return found
}

func (s System) runbookOrphans(drills []Drill) []string {
	var found []string
	for _, r := range s.Runbooks {
		if r.Broken != "" {
			found = append(found, r.Broken)
			continue
		}
		if !slices.ContainsFunc(drills, func(d Drill) bool { return d.Runbook == r.ID && d.System == s.Name }) {
			found = append(found, fmt.Sprintf("runbook %s has no drill: write a scenario with Runbook: %q; drill new makes page, alert and scenario at once", r.ID, r.ID))
		}
		for _, name := range append(slices.Clone(r.Alerts), r.May...) {
			if !slices.ContainsFunc(s.Alerts, func(a Alert) bool { return a.Name == name }) {
				found = append(found, fmt.Sprintf("runbook %s lists an unknown alert: %s; put it into the rule file, or off the list", r.ID, name))
			}
		}
		if len(r.May) > mostSymptoms {
			found = append(found, fmt.Sprintf("runbook %s lists more than %d symptoms under may: %v", r.ID, mostSymptoms, r.May))
		}
		if !slices.ContainsFunc(r.Alerts, s.isCause) {
			found = append(found, fmt.Sprintf("failure mode %s has no cause alert of its own: each of %v is a symptom, or fires in more than %d modes", r.ID, r.Alerts, modesOfACause))
		}
	}
	return found
}

// isCause reports whether an alert names a cause: it fires in few modes, and no
// runbook has it under "may", which is for customers' symptoms.
func (s System) isCause(name string) bool {
	modes := 0
	for _, r := range s.Runbooks {
		if slices.Contains(r.May, name) {
			return false
		}
		if r.lists(name) {
			modes++
		}
	}
	return modes <= modesOfACause
}

func (r Runbook) lists(alert string) bool {
	return slices.Contains(r.Alerts, alert) || slices.Contains(r.May, alert)
}
