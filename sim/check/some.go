package check

import (
	"fmt"
	"strings"
)

// Some writes how many there are, and the first few.
func Some(ids []string) string {
	const show = 5
	text := fmt.Sprintf("%d: %s", len(ids), strings.Join(ids[:min(show, len(ids))], ", "))
	if len(ids) > show {
		text += ", …"
	}
	return text
}
