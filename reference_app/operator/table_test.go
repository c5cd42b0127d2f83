package operator

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	for answer, want := range map[string]string{
		`{"route":"standby","circuits":{"primary":"open","standby":"closed"},"paused":false}`: "route     standby\ncircuits  primary=open standby=closed\npaused    false\n",
		`{"deliveries":[]}`: "none\n",
		`{"deliveries":[{"order":"a","attempts":3},{"order":"b","attempts":1,"note":"why"}]}`:                    "ORDER  ATTEMPTS  NOTE\na      3         -\nb      1         why\n",
		`{"commands":[{"name":"sink route","args":[{"name":"to","kind":"enum"},{"name":"reason"}],"keeps":[]}]}`: "NAME        ARGS        KEEPS\nsink route  to, reason  -\n",
		`{"names":["a","b"],"none":null,"empty":""}`:                                                             "names  a, b\nnone   -\nempty  -\n",
		`"text"`: `"text"`,
		`{"plugins":[{"name":"\u001b[2Jexpress","version":"1.0\u009b0\n","note":"größer, ✓"}],"\u001bkey":1}`: "NAME         VERSION  NOTE\n?[2Jexpress  1.0?0?   größer, ✓\n?key         1\n",
	} {
		var out strings.Builder
		require.NoError(t, table(&out, json.RawMessage(answer)))
		assert.Equal(t, want, out.String(), answer)
	}
}

// Promise: what a service complains of steers no terminal, either.
func TestAProblemIsPrinted(t *testing.T) {
	assert.EqualError(t, &Problem{Code: "odd", Detail: "\x1b[2Jgrößer"}, "odd: ?[2Jgrößer")
}
