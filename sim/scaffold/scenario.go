package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// test is a scenario like another, on the same system.
func (s Site) test(name string) ([]byte, error) {
	l, err := readLike(s.Like.File, s.LikeSource, s.Like.Test)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "package %s\n\nimport (\n\t\"testing\"\n\n", l.file.Name.Name)
	for _, i := range l.imports() {
		fmt.Fprintf(&out, "\t%s\n", i)
	}
	fmt.Fprintf(&out, `)

// Promise: TODO: what customers and operators may rely on when this happens.
func Test%s(t *testing.T) {
	%s(t, %s, %s{
		Runbook: %q,
		Traffic: %s, // TODO: as much as it takes for the failure to show
		Fault: %s, // TODO: what %s is about; this is the fault of %s
	})
}
`, camel(name), l.text(l.call.Fun), l.text(l.system()), l.text(l.drill.Type), name, l.oneLine("Traffic"), l.oneLine("Fault"), name, s.Like.Name)
	return format.Source(out.Bytes())
}

// like is the call by which another drill is rehearsed.
type like struct {
	fset  *token.FileSet
	src   []byte
	file  *ast.File
	call  *ast.CallExpr
	drill *ast.CompositeLit
}

// readLike finds the call in a test. An error names the file, and the mend.
func readLike(file string, src []byte, test string) (*like, error) {
	l := &like{fset: token.NewFileSet(), src: src}
	var err error
	if l.file, err = parser.ParseFile(l.fset, file, src, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	test, _, _ = strings.Cut(test, "/")
	own := map[string]bool{}
	for _, d := range l.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != test || f.Body == nil {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool { l.look(n, own); return true })
	}
	if l.call == nil {
		return nil, fmt.Errorf("%s: %s has no call Rehearse(t, system, Drill{…}) to start from: choose another drill by --like", file, test)
	}
	for _, e := range []ast.Expr{l.system(), l.field("Traffic"), l.field("Fault")} {
		for _, name := range names(e) {
			if own[name] {
				return nil, fmt.Errorf("%s: the drill of %s is made of its own variable %s: choose another by --like", file, test, name)
			}
		}
	}
	return l, nil
}

func (l *like) look(n ast.Node, own map[string]bool) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			if id, ok := left.(*ast.Ident); ok && n.Tok == token.DEFINE {
				own[id.Name] = true
			}
		}
	case *ast.ValueSpec:
		for _, id := range n.Names {
			own[id.Name] = true
		}
	case *ast.CallExpr:
		if len(n.Args) != 3 || l.call != nil || !strings.HasSuffix(l.text(n.Fun), "Rehearse") {
			return
		}
		if drill, ok := n.Args[2].(*ast.CompositeLit); ok && drill.Type != nil {
			l.call, l.drill = n, drill
		}
	}
}

func (l *like) system() ast.Expr { return l.call.Args[1] }

// field of the drill, nil where it has none.
func (l *like) field(name string) ast.Expr {
	for _, e := range l.drill.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && l.text(kv.Key) == name {
			return kv.Value
		}
	}
	return nil
}

func (l *like) text(n ast.Node) string {
	return string(l.src[l.fset.Position(n.Pos()).Offset:l.fset.Position(n.End()).Offset])
}

var comment = regexp.MustCompile(`//[^\n]*`)

// oneLine is a field's value without its comments and line breaks.
func (l *like) oneLine(name string) string {
	e := l.field(name)
	if e == nil {
		return "nil"
	}
	text := strings.Join(strings.Fields(comment.ReplaceAllString(l.text(e), "")), " ")
	return strings.NewReplacer(", }", "}", ", )", ")", "{ ", "{", "( ", "(", " }", "}", " )", ")").Replace(text)
}

// names are the identifiers that an expression begins with: packages, variables,
// functions.
func names(e ast.Expr) []string {
	var all []string
	if e == nil {
		return nil
	}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			all = append(all, names(n.X)...)
			return false
		case *ast.KeyValueExpr:
			all = append(all, names(n.Value)...)
			return false
		case *ast.Ident:
			all = append(all, n.Name)
		}
		return true
	})
	return all
}

// imports are the lines that the new test needs, of those that the file has.
func (l *like) imports() []string {
	used := slices.Concat(names(l.call.Fun), names(l.drill.Type), names(l.system()), names(l.field("Traffic")), names(l.field("Fault")))
	var lines []string
	for _, i := range l.file.Imports {
		file, err := strconv.Unquote(i.Path.Value)
		if err != nil || file == "testing" {
			continue
		}
		name := packageName(file)
		if i.Name != nil {
			name = i.Name.Name
		}
		if slices.Contains(used, name) || name == "." {
			lines = append(lines, strings.TrimSpace(l.text(i)))
		}
	}
	return lines
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// packageName is what a package is called by convention.
func packageName(file string) string {
	base := path.Base(file)
	if majorVersion.MatchString(base) {
		base = path.Base(path.Dir(file))
	}
	return strings.ReplaceAll(base, "-", "")
}
