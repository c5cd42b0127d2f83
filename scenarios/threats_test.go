package scenarios

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var testName = regexp.MustCompile(`\bTest[A-Z]\w*`)

// Promise: each test that the threat model names as its proof is there.
func TestThreatModelNamesTests(t *testing.T) {
	model, err := os.ReadFile("../reference_app/operator/doc.go")
	require.NoError(t, err)
	named := testName.FindAllString(string(model), -1)
	require.NotEmpty(t, named)
	out, err := exec.Command("grep", "-rhoE", "--include=*_test.go", `^func Test\w+`, "..").Output()
	require.NoError(t, err)
	there := strings.Fields(strings.ReplaceAll(string(out), "func ", ""))
	for _, name := range named {
		assert.Contains(t, there, name)
	}
}
