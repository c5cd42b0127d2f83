package nightly

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// verdict is what a line of results.jsonl says of one rehearsal of the night.
type verdict struct {
	Test     string  `json:"test"`
	Drill    string  `json:"drill"`
	World    string  `json:"world"`
	Seed     uint64  `json:"seed"`
	Speed    float64 `json:"speed"`
	Outcome  string  `json:"outcome"`
	Journal  string  `json:"journal"`
	Findings []struct {
		Act, Name, Expected, Saw string
	} `json:"findings"`
	Origin struct {
		Run string `json:"run"`
	} `json:"origin"`
}

func (v verdict) passed() bool { return v.Outcome == outcome(good) }

// again is the command that repeats it.
func (n *Night) again(v verdict) string {
	return strings.Join(n.placed("drill", "run", v.Drill, "--world", v.World, "--speed", fmt.Sprint(v.Speed), "--seed", fmt.Sprint(v.Seed)), " ")
}

// verdicts of a run, in their order. Lines that cannot be read are the business of
// drill trend add, which names them; variants of drills may be red on purpose.
func verdicts(file, run string) ([]verdict, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	var all []verdict
	for lines := bufio.NewReader(in); ; {
		line, err := lines.ReadBytes('\n')
		var v verdict
		if json.Unmarshal(line, &v) == nil && v.Origin.Run == run && strings.HasSuffix(v.Test, "/"+v.World) {
			all = append(all, v)
		}
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// journals for the report: of each drill and world the last one that did not pass,
// or the last one. A seed that failed at midnight is not covered up by one that
// passed later. Journals lie in the folder of the results.
func journals(dir string, all []verdict) []string {
	at := map[[2]string]int{}
	var chosen []verdict
	for _, v := range all {
		if v.Journal == "" {
			continue
		}
		i, known := at[[2]string{v.Drill, v.World}]
		switch {
		case !known:
			at[[2]string{v.Drill, v.World}] = len(chosen)
			chosen = append(chosen, v)
		case chosen[i].passed() || !v.passed():
			chosen[i] = v
		}
	}
	var files []string
	for _, v := range chosen {
		files = append(files, filepath.Join(dir, filepath.Base(v.Journal)))
	}
	return files
}

// reds says of each rehearsal that did not pass what it saw, and how to repeat it.
func (n *Night) reds() string {
	var text strings.Builder
	for _, v := range n.all {
		if v.passed() {
			continue
		}
		_, _ = fmt.Fprintf(&text, "%s in %s: %s; again by: %s\n", v.Drill, v.World, v.Outcome, n.again(v))
		for _, f := range v.Findings[:min(len(v.Findings), 3)] {
			_, _ = fmt.Fprintf(&text, "    act %s, %s: expected %s, saw %s\n", f.Act, f.Name, f.Expected, f.Saw)
		}
	}
	return text.String()
}
