package runbook

import "github.com/agnivade/levenshtein"

// Meant asks whether one of the names that there are was meant by one that there is
// not: "; did you mean …?", or nothing where none is near: a letter in four may be
// wrong.
func Meant(name string, names []string) string {
	nearest, least := "", len(name)/4+1
	for _, n := range names {
		if d := levenshtein.ComputeDistance(name, n); d < least {
			nearest, least = n, d
		}
	}
	if nearest == "" {
		return ""
	}
	return "; did you mean " + nearest + "?"
}
