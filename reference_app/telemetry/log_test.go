package telemetry_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: Events names what the service logs, and nothing else.
func TestEventsAreWhatIsLogged(t *testing.T) {
	logged, written := literals(t)
	require.NotEmpty(t, logged)
	for name := range logged {
		assert.Contains(t, telemetry.Events, name, "it is logged, and not in telemetry.Events")
	}
	for _, name := range telemetry.Events {
		assert.Contains(t, written, name, "it is in telemetry.Events, and nothing logs it")
	}
}

// literals returns the events that are logged by name, and all strings in the
// service's sources but for the list itself.
func literals(t *testing.T) (logged, written map[string]bool) {
	logged, written = map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "log.go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 && slices.Contains([]string{"Info", "Warn", "Error"}, f.Sel.Name) {
					if name := literal(n.Args[0]); name != "" {
						logged[name] = true
					}
				}
			case *ast.BasicLit:
				written[literal(n)] = true
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	return logged, written
}

// literal is the value of a string, or "".
func literal(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	value, _ := strconv.Unquote(l.Value)
	return value
}
