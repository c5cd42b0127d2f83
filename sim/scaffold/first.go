package scaffold

import (
	_ "embed"
	"path"
	"strings"
)

var (
	//go:embed first_main.go.tmpl
	firstMain string
	//go:embed first_system.go.tmpl
	firstSystem string
	//go:embed first_drill.go.tmpl
	firstDrill string
	//go:embed first_objectives.yml.tmpl
	firstObjectives string
)

// First is what a module without drills needs for one of that name: Scenarios is where, and
// has all of it.
func (s Site) First(name string) ([]File, error) {
	if err := s.Check(name); err != nil {
		return nil, err
	}
	in := func(file string) string { return path.Join(s.Scenarios, file) }
	s.Runbooks, s.Rules, s.Cases, s.RulesSource, s.Drilled = in("runbooks"), in("rules.yml"), in("rules_test"), []byte("groups:\n"), true
	files, err := s.Plan(name)
	if err != nil {
		return nil, err
	}
	for i := range files {
		files[i].Adds = false
	}
	gaps := map[string]string{"Package": packageOf(s.Scenarios), "Name": name, "Test": camel(name)}
	for _, f := range []struct{ path, text string }{
		{in("objectives.yml"), firstObjectives}, {in("system.go"), firstSystem}, {in("main_test.go"), firstMain}, {s.scenario(name), firstDrill},
	} {
		files = append(files, File{Path: f.path, Text: filled(f.text, gaps)})
	}
	return files, nil
}

// packageOf is a name for the package in a folder.
func packageOf(folder string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, path.Base(folder))
	if name == "" {
		return "scenarios"
	}
	return name
}
