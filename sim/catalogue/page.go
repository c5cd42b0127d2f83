package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

// forges are what stands in a URL before the branch, and the path of a file on it: at
// GitHub, and after /- at GitLab; at Gitea, which adds branch/, tag/ or commit/, and
// Bitbucket.
var forges = []string{"/blob/", "/src/"}

// InRepository are the paths of the repository that a URL of a file on a forge may lead
// to: ".../blob/main/a/b.md" to "a/b.md" or, from a branch main/a, to "b.md". The longest
// comes first: nobody can tell from a URL how many parts the name of the branch has.
// There is none for a URL of another form, such as that of a wiki.
func InRepository(address string) []string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	at, rest := -1, ""
	for _, mark := range forges {
		if i := strings.Index(address, mark); i >= 0 && (at < 0 || i < at) {
			at, rest = i, address[i+len(mark):]
		}
	}
	if plain, err := url.PathUnescape(rest); err == nil {
		rest = plain
	}
	if mark, gitea := strings.CutPrefix(rest, "branch/"); gitea && strings.Contains(mark, "/") {
		rest = mark
	}
	var all []string
	for {
		_, file, more := strings.Cut(rest, "/")
		if !more {
			return all
		}
		if rest = file; fs.ValidPath(file) {
			all = append(all, file)
		}
	}
}

// Locate finds the file of the repository that a URL on a forge leads to. There may
// be none, and is none where the URL has another form.
func Locate(address string, repository fs.FS) (file string, ok bool) {
	all := InRepository(address)
	i := slices.IndexFunc(all, func(file string) bool {
		info, err := fs.Stat(repository, file)
		return err == nil && !info.IsDir()
	})
	if i < 0 {
		return "", false
	}
	return all[i], true
}

// Leads is the runbook that a URL leads to, as far as the repository shows it, and its file
// there. A URL that has not the form of a forge's, as at a wiki, leads where nobody here
// can look: its last part has to be the id of a runbook then, and file is empty. The error
// says why it leads nowhere, to be read after the URL.
func (s System) Leads(address string, repository fs.FS) (id, file string, err error) {
	if file, ok := Locate(address, repository); ok {
		return RunbookID(file), file, nil
	}
	if len(InRepository(address)) > 0 {
		return "", "", errors.New("leads to no file of the repository")
	}
	if address, _, _ = strings.Cut(address, "#"); address == "" {
		return "", "", errors.New("leads nowhere")
	}
	address, _, _ = strings.Cut(address, "?")
	if id := RunbookID(address); slices.Contains(s.ids(), id) {
		return id, "", nil
	}
	return "", "", fmt.Errorf("leads to no file of a forge, and its last part, %q, is the id of no runbook%s", path.Base(address), runbook.Meant(RunbookID(address), s.ids()))
}

// Lists reports that the runbook of that id says of an alert that it fires, or may; one
// that cannot be read may say so.
func (s System) Lists(id, alert string) bool {
	return slices.ContainsFunc(s.Runbooks, func(r Runbook) bool {
		return r.Broken != "" && RunbookID(r.File) == id || r.ID == id && r.lists(alert)
	})
}
