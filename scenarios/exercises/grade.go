package exercises

import "slices"

// Status of a check, as Exercism's test runners have it.
type Status string

// The statuses. Error means that it could not be judged.
const (
	Pass  Status = "pass"
	Fail  Status = "fail"
	Error Status = "error"
)

// Check is one thing that was graded.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Problems are for the learner: what is missing, in their terms, and not what to
	// write.
	Problems []string `json:"problems,omitempty"`
}

// Grade is what came of an attempt. Checks that were not reached are not in it.
type Grade struct {
	Exercise string  `json:"exercise"`
	Checks   []Check `json:"checks"`
	// Story is what happened in the drill that was judged; empty when none was.
	Story Story `json:"-"`
	// Untouched: it is of the start, as a learner found it.
	Untouched bool `json:"-"`
	// Remark is what an attempt shows that neither passes nor fails; it may be empty.
	Remark string `json:"-"`
}

// add notes a check, which has passed when there is no problem, and reports that.
func (g *Grade) add(name string, problems ...string) bool {
	status := Pass
	if len(problems) > 0 {
		status = Fail
	}
	g.Checks = append(g.Checks, Check{name, status, problems})
	return status == Pass
}

// unclear notes that a check could not be judged.
func (g *Grade) unclear(name string, why ...string) {
	g.Checks = append(g.Checks, Check{name, Error, why})
}

// failed reports that one of these checks has failed.
func (g Grade) failed(names ...string) bool {
	return slices.ContainsFunc(g.Checks, func(c Check) bool { return c.Status == Fail && slices.Contains(names, c.Name) })
}

// passed reports that a check has passed.
func (g Grade) passed(name string) bool {
	return slices.ContainsFunc(g.Checks, func(c Check) bool { return c.Name == name && c.Status == Pass })
}

// Status of the whole: every check of the exercise has to pass.
func (g Grade) Status(e Exercise) Status {
	if slices.ContainsFunc(g.Checks, func(c Check) bool { return c.Status == Error }) {
		return Error
	}
	for _, name := range e.Checks {
		if !g.passed(name) {
			return Fail
		}
	}
	return Pass
}
