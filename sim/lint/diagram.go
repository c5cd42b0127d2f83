package lint

import (
	"regexp"
	"strings"
)

// This file judges drawings that are written as text.

// spokenLine is what one part of a drawing says to another: "worker->>queue: ack".
var spokenLine = regexp.MustCompile(`^"?([\w -]+?)"? *[-.=<]+[->)x\w]*[>)x][+-]? *"?[\w -]+"? *: *(\S.*)`)

// diagram judges what people do in a drawing. What the parts of the service say to one
// another, and how its states follow, is told and not ordered. A flow chart is read as prose:
// its boxes may be steps.
func (l *linter) diagram(b block) {
	talks := false
	for line, at := range b.contents() {
		m := spokenLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		talks = true
		if actor := strings.ToLower(strings.TrimSpace(m[1])); humans[actor] || humans[fold(actor)] || list("me user you")[actor] {
			l.comment(b, at+len(line)-len(m[2]), m[2], b.voice)
		}
	}
	if !talks {
		l.plain(b)
	}
}
