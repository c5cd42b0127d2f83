package catalogue_test

import (
	"testing"
	"testing/fstest"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/stretchr/testify/assert"
)

// Promise: a URL leads to its file on whichever forge, however the branch is called; one
// of a wiki, to the runbook whose id ends it; and what leads nowhere says why.
func TestLeads(t *testing.T) {
	s := catalogue.System{Runbooks: []catalogue.Runbook{{ID: "leak", File: "runbooks/leak.md"}, {File: "runbooks/flood.md", Broken: "flood.md:1: no front matter"}}}
	files := fstest.MapFS{"docs/runbooks/leak.md": {}, "docs/runbooks/flood.md": {}, "docs/a page.md": {}}
	for address, want := range map[string]struct{ id, file string }{
		"https://github.com/o/r/blob/main/docs/runbooks/leak.md":                        {"leak", "docs/runbooks/leak.md"},
		"https://github.com/o/r/blob/main/docs/runbooks/leak.md?plain=1#meaning":        {"leak", "docs/runbooks/leak.md"},
		"https://github.com/o/r/blob/release/2026/11/docs/runbooks/leak.md":             {"leak", "docs/runbooks/leak.md"},
		"https://gitlab.example/g/s/r/-/blob/main/docs/runbooks/leak.md?ref_type=heads": {"leak", "docs/runbooks/leak.md"},
		"https://gitlab.example/g/s/r/-/blob/fix/it/docs/runbooks/leak.md":              {"leak", "docs/runbooks/leak.md"},
		"https://gitea.example/o/r/src/branch/main/docs/runbooks/leak.md":               {"leak", "docs/runbooks/leak.md"},
		"https://gitea.example/o/r/src/branch/fix/it/docs/runbooks/leak.md":             {"leak", "docs/runbooks/leak.md"},
		"https://gitea.example/o/r/src/tag/v1/docs/runbooks/leak.md":                    {"leak", "docs/runbooks/leak.md"},
		"https://bitbucket.org/o/r/src/main/docs/runbooks/leak.md":                      {"leak", "docs/runbooks/leak.md"},
		"https://bitbucket.org/o/r/src/main/docs/a%20page.md":                           {"a page", "docs/a page.md"},
		"https://wiki.example/spaces/ops/leak":                                          {"leak", ""},
		"https://wiki.example/spaces/ops/flood/?version=3#meaning":                      {"flood", ""},
	} {
		id, file, err := s.Leads(address, files)
		assert.NoError(t, err, address)
		assert.Equal(t, want, struct{ id, file string }{id, file}, address)
	}
	for address, want := range map[string]string{
		"": "leads nowhere",
		"https://github.com/o/r/blob/main/docs/runbooks/leek.md": "leads to no file of the repository",
		"https://github.com/o/r/blob/main/docs/runbooks":         "leads to no file of the repository",
		"https://github.com/o/r/blob/main/../leak.md":            "leads to no file of the repository",
		"https://wiki.example/spaces/ops/leek":                   `leads to no file of a forge, and its last part, "leek", is the id of no runbook; did you mean leak?`,
		"https://wiki.example/pages/4711":                        `leads to no file of a forge, and its last part, "4711", is the id of no runbook`,
	} {
		_, _, err := s.Leads(address, files)
		assert.EqualError(t, err, want, address)
	}
}

// Promise: an alert may lead to a wiki, as long as the runbook lists it.
func TestOrphansOfAWiki(t *testing.T) {
	d := whole()
	for i, id := range []string{"flood", "leak", "flood"} {
		d.Systems[0].Alerts[i].RunbookURL = "https://wiki.example/ops/" + id
	}
	assert.Empty(t, catalogue.Orphans(d, fstest.MapFS{}))
	d.Systems[0].Alerts[1].RunbookURL = "https://wiki.example/ops/flood"
	assert.Equal(t, []string{"alert Leak leads to a runbook that does not list it: flood; list it there under alerts or may"}, catalogue.Orphans(d, fstest.MapFS{}))
}
