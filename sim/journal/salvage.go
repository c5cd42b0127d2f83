package journal

import (
	"bufio"
	"encoding/json"
	"io"
)

// Salvage reads what can be read of a journal that [Read] may refuse: it passes
// over lines that are no entries, and returns their numbers. Where the first is no
// header of this version, the header is empty. [Journal.Whole] tells of a journal
// whose lines can all be read whether they are those that were written.
func Salvage(r io.Reader) (j *Journal, bad []int, err error) {
	j = &Journal{}
	err = eachLine(r, func(n int, line []byte, sum string) error {
		if j.add(n, line, sum) != nil {
			bad = append(bad, n)
			if n == 1 {
				j.Header = Header{}
			}
		}
		return nil
	})
	return j, bad, err
}

// peekMost is how much of a file is looked at, in bytes: a header and a plan are far less.
const peekMost = 4 << 20

// Peek reads the header and the plan of a journal, as far as they are there: both
// are empty for a file that is no journal of this version.
func Peek(r io.Reader) (Header, Plan) {
	in := bufio.NewReader(io.LimitReader(r, peekMost))
	var j Journal
	for n := 1; n <= 2; n++ {
		line, _ := in.ReadBytes('\n') // what is cut short is no JSON
		if j.add(n, line, "") != nil {
			if n == 1 {
				return Header{}, Plan{}
			}
			break
		}
	}
	var plan Plan
	if len(j.Entries) > 0 && j.Entries[0].Kind == KindPlan {
		_ = json.Unmarshal(j.Entries[0].Data, &plan) // what it has of a plan
	}
	return j.Header, plan
}
