package exercises

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// results are what an instructor collects, in the form of Exercism's test runners,
// version 3 (exercism/docs, building/tooling/test-runners/interface.md): a test for
// each check, its task the exercise. What is under "learner" is our own.
type results struct {
	Version int      `json:"version"`
	Status  Status   `json:"status"`
	Message string   `json:"message,omitempty"`
	Tests   []test   `json:"tests"`
	Learner progress `json:"learner"`
}

type test struct {
	Name    string `json:"name"`
	TaskID  int    `json:"task_id"`
	Status  Status `json:"status"`
	Message string `json:"message,omitempty"`
}

const longest = 65_535 // characters of a message, as the form has it

// newResults judges nothing: it tells what the last attempts came to.
func newResults(p progress) results {
	r := results{Version: 3, Status: Pass, Tests: []test{}, Learner: p}
	for i, e := range All() {
		g := Grade{Checks: p.of(e).Checks}
		if status := p.of(e).Status; status != Pass && r.Status != Error {
			r.Status = Fail
			if status == Error {
				r.Status, r.Message = Error, "exercise "+e.ID+" could not be judged"
			}
		}
		for _, name := range e.Checks {
			r.Tests = append(r.Tests, g.test(name, fmt.Sprintf("%s %s: %s", e.ID, e.Title, name), i+1))
		}
	}
	return r
}

func (g Grade) test(check, name string, task int) test {
	for _, c := range g.Checks {
		if c.Name == check {
			text := strings.ToValidUTF8(strings.Join(c.Problems, "\n"), "?")
			return test{name, task, c.Status, text[:min(len(text), longest)]}
		}
	}
	return test{name, task, Fail, "not reached"}
}

func writeResults(file string, p progress) error {
	src, err := json.MarshalIndent(newResults(p), "", "  ")
	if err == nil {
		err = os.WriteFile(file, append(src, '\n'), 0o644)
	}
	return err
}
