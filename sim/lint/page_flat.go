package lint

import (
	"bytes"
	"regexp"
)

// This file blanks what is not judged, and keeps all offsets.

// blank replaces the front matter by spaces, which keeps all offsets.
func blank(src []byte) []byte {
	out := bytes.Clone(src)
	for i := range front(src) {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out
}

// deepest nesting that a page may have; Markdown that nests deeper takes a parser
// time that grows with its square.
const deepest = 50

// listMarkers are too many on one line.
var listMarkers = regexp.MustCompile(`^(?:[ \t>]*(?:[-+*]|\d+[.)])[ \t]+){20,}`)

// flat blanks what nests deeper: no reader follows it there.
func flat(src []byte) []byte {
	out := bytes.Clone(src)
	for line := range bytes.Lines(out) {
		if markers := listMarkers.FindIndex(line); markers != nil {
			copy(line, bytes.Repeat([]byte(" "), markers[1]-1))
		}
	}
	var seen [256]int
	for i, b := range out {
		switch b {
		case '\n':
			seen = [256]int{}
		case '>', '[', '*', '_', '<', '`', '|', '(':
			if seen[b]++; seen[b] > deepest {
				out[i] = ' '
			}
		}
	}
	return out
}

// front is how long the front matter is, in bytes.
func front(src []byte) int {
	const mark = "---\n"
	if !bytes.HasPrefix(src, []byte(mark)) {
		return 0
	}
	end := bytes.Index(src[len(mark)-1:], []byte("\n"+mark))
	if end < 0 {
		return 0
	}
	return end + len(mark) - 1 + len("\n"+mark)
}
