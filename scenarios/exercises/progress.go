package exercises

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// progress is how far a learner is, by exercise.
type progress map[string]*made

// made is what a learner has made of one exercise. Once it has passed, it stays so.
type made struct {
	Status   Status    `json:"status"`
	Attempts int       `json:"attempts"`
	Hints    int       `json:"hints"` // that were given
	Checks   []Check   `json:"checks,omitempty"`
	Passed   time.Time `json:"passed,omitzero"`
}

const progressFile = "progress.json"

func readProgress(dir string) (progress, error) {
	p := progress{}
	src, err := os.ReadFile(filepath.Join(dir, progressFile))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(src, &p)
	}
	if err == nil && p == nil {
		err = errors.New("it holds nothing")
	}
	if err != nil {
		return nil, fmt.Errorf("%w; remove %s to begin anew, your other files stay", err, filepath.Join(dir, progressFile))
	}
	return p, nil
}

func (p progress) write(dir string) error {
	src, err := json.MarshalIndent(p, "", "  ")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, progressFile), src, 0o644)
	}
	return err
}

// of is what was made of an exercise; it can be changed.
func (p progress) of(e Exercise) *made {
	if p[e.ID] == nil {
		p[e.ID] = &made{}
	}
	return p[e.ID]
}

// afresh is a progress in which nothing has been judged; attempts and hints stay.
func (p progress) afresh() progress {
	blank := progress{}
	for id, one := range p {
		if one != nil {
			blank[id] = &made{Attempts: one.Attempts, Hints: one.Hints}
		}
	}
	return blank
}

// note keeps what came of an attempt in each of the books.
func note(e Exercise, g Grade, books []progress) {
	for _, p := range books {
		p.note(e, g)
	}
}

// note keeps what came of an attempt. One that could not be judged is not counted, nor is
// the start.
func (p progress) note(e Exercise, g Grade) {
	one := p.of(e)
	status := g.Status(e)
	if status == Error {
		if one.Status == "" {
			one.Status, one.Checks = status, g.Checks
		}
		return
	}
	if !g.Untouched {
		one.Attempts++
	}
	if one.Status == Pass {
		return
	}
	one.Status, one.Checks = status, g.Checks
	if status == Pass {
		one.Passed = time.Now().UTC()
	}
}
