package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/catalogue"
	"go.yaml.in/yaml/v4"
)

// largestPage bounds the files that are looked into, in bytes.
const largestPage = 1 << 20

// places are where the files of a system lie, in the repository. Scenarios embed
// them, and do not know where they come from: they are found by what is in them.
type places struct {
	root  string
	files []string // all that may be one of them, with slashes
	// folders are those that may be for runbooks.
	folders []string
}

// runbooks is how a folder of them is called.
var runbooks = path.Dir(catalogue.RunbookFiles)

// look walks a repository, past what no person has written.
func look(root string) (places, error) {
	p := places{root: root}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && file != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor"):
			return filepath.SkipDir
		case entry.IsDir() && name == runbooks:
			relative, err := filepath.Rel(root, file)
			p.folders = append(p.folders, filepath.ToSlash(relative))
			return err
		case !entry.IsDir() && slices.Contains([]string{".md", ".yml", ".yaml", ".rules"}, path.Ext(name)):
			relative, err := filepath.Rel(root, file)
			p.files = append(p.files, filepath.ToSlash(relative))
			return err
		}
		return nil
	})
	return p, err
}

// of are the files that are called so, if it matters, and hold exactly that.
func (p places) of(base, text string) []string {
	var found []string
	for _, file := range p.files {
		if base != "" && path.Base(file) != base {
			continue
		}
		full := filepath.Join(p.root, filepath.FromSlash(file))
		if info, err := os.Stat(full); err != nil || info.Size() != int64(len(text)) {
			continue
		}
		if data, err := os.ReadFile(full); err == nil && string(data) == text {
			found = append(found, file)
		}
	}
	return found
}

// ending are the files whose paths end in another path.
func (p places) ending(file string) []string {
	var found []string
	for _, one := range p.files {
		if file != "" && (one == file || strings.HasSuffix(one, "/"+file)) {
			found = append(found, one)
		}
	}
	return found
}

// one of several places; no place, or more than one, is an error with the flag
// that names it.
func one(what, flag string, found []string) (string, error) {
	slices.Sort(found)
	switch found = slices.Compact(found); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("%s lies nowhere in the repository: name the place by --%s", what, flag)
	}
	return "", fmt.Errorf("%s lies in %s: choose by --%s", what, strings.Join(found, " and in "), flag)
}

// runbooks is the folder of a system's. Where there is none yet, it is the one in the
// repository that is called so, or else would be beside the rules.
func (p places) runbooks(s catalogue.System, rules string) (string, error) {
	if len(s.Runbooks) == 0 {
		folders := append([]string{}, p.folders...)
		if len(folders) == 0 {
			folders = []string{path.Join(path.Dir(rules), runbooks)}
		}
		return one("a folder for the runbooks of "+s.Name, runbooks, folders)
	}
	var folders []string
	for _, r := range s.Runbooks {
		for _, file := range p.of(path.Base(r.File), r.Source) {
			folders = append(folders, path.Dir(file))
		}
	}
	return one("the folder of the runbooks of "+s.Name, "runbooks", folders)
}

func (p places) rules(s catalogue.System) (string, error) {
	return one("the rule file of "+s.Name, "rules", p.of("", s.Rules))
}

// called is the path of the one file that holds this, as somebody here would write it;
// otherwise the other name.
func (p places) called(otherwise, text string) string {
	if found := p.of("", text); len(found) == 1 {
		return fromHere(filepath.Join(p.root, filepath.FromSlash(found[0])))
	}
	return otherwise
}

// cases is the folder of a rule file's unit tests, or where they would be beside
// it.
func (p places) cases(rules string) string {
	for _, file := range p.files {
		if ext := path.Ext(file); ext != ".yml" && ext != ".yaml" {
			continue
		}
		for _, tested := range p.tested(file) {
			if path.Join(path.Dir(file), tested) == rules {
				return path.Dir(file)
			}
		}
	}
	return strings.TrimSuffix(rules, path.Ext(rules)) + "_test"
}

// tested are the rule files that a file has unit tests of.
func (p places) tested(file string) []string {
	data, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(file)))
	if err != nil || len(data) > largestPage || !bytes.Contains(data, []byte("rule_files:")) {
		return nil
	}
	var head struct {
		Files []string `yaml:"rule_files"`
	}
	_ = yaml.Unmarshal(data, &head)
	return head.Files
}
