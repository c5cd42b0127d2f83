package scenarios

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/drillbook/drillbook/"

// policy says which packages of this module each may import, by prefix. Fix the
// import, not the table: the app never knows that it is drilled, the framework
// never knows what it drills, and fixtures is the only bridge.
var policy = map[string][]string{
	"reference_app":            {},
	"reference_app/jetstream":  {"reference_app", "reference_app/apptest"},
	"reference_app/apptest":    {"reference_app"},
	"reference_app/postgres":   {"reference_app"},
	"reference_app/httpsink":   {"reference_app", "reference_app/apptest"},
	"reference_app/telemetry":  {"reference_app"},
	"reference_app/wasmplugin": {"reference_app"},
	"reference_app/operator":   {"reference_app", "reference_app/apptest"},
	"reference_app/workflow":   {"reference_app", "reference_app/apptest", "reference_app/telemetry"},
	"reference_app/httpapi":    {"reference_app", "reference_app/apptest", "reference_app/telemetry", "reference_app/workflow"},
	"reference_app/service":    {"reference_app", "reference_app/jetstream", "reference_app/postgres", "reference_app/httpsink", "reference_app/wasmplugin", "reference_app/telemetry", "reference_app/operator", "reference_app/workflow", "reference_app/httpapi"},
	"reference_app/cmd/fulfil": {"reference_app/service"},
	"reference_app/cmd/opctl":  {"reference_app/operator"},

	"sim/world/worldtest":               {"sim/world", "sim/fault", "sim/toxic"},
	"sim/world/worldtest/echo":          {"sim/world"},
	"sim/world/worldtest/echo/cmd/echo": {"sim/world/worldtest/echo"},
	"sim/virtual":                       {"sim/world", "sim/world/worldtest", "sim/world/worldtest/echo", "sim/greet"}, // greet for its tests only
	"sim/containers":                    {"sim/world", "sim/world/worldtest", "sim/world/worldtest/echo", "sim/image"},
	"sim/world":                         {},
	"sim/check":                         {},
	"sim/journal":                       {},
	"sim/catalogue":                     {"sim/runbook"},
	"sim/cmd/drill":                     {"sim", "sim/catalogue", "sim/history", "sim/image", "sim/journal", "sim/lint", "sim/nightly", "sim/report", "sim/runbook", "sim/scaffold", "sim/trend"},
	"sim/history":                       {"sim/check", "sim/journal", "sim/runbook", "sim/traffic"},
	"sim/scaffold":                      {"sim/catalogue", "sim/lint", "sim/runbook"}, // lint for its tests only
	"sim/report":                        {"sim", "sim/check", "sim/journal", "sim/runbook", "sim/traffic"},
	"sim/nightly":                       {"sim/trend"},
	"sim/trend":                         {},                                             // a database: only the command links it
	"sim/lint":                          {"sim/catalogue", "sim/runbook", "sim/signal"}, // signal knows what a condition is
	"sim/runbook":                       {"sim/strictyaml"},
	"sim/strictyaml":                    {},
	"sim/toxic":                         {"sim/world"},
	"sim/fault":                         {"sim/world", "sim/toxic", "sim/traffic", "sim/virtual"},
	"sim/signal":                        {"sim/world"},
	"sim/traffic":                       {"sim/world", "sim/virtual"}, // virtual for its tests only
	"sim/image":                         {},
	"sim/greet":                         {"sim/world"},
	"sim/cmd/toxiproxy":                 {},
	"sim": {"sim/world", "sim/check", "sim/catalogue", "sim/greet", "sim/history", "sim/journal", "sim/runbook", "sim/toxic", "sim/fault", "sim/signal", "sim/strictyaml",
		"sim/traffic", "sim/virtual", "sim/image", "sim/containers"},

	"fixtures/warehouse":               {"sim/virtual", "sim/world"}, // a network for its tests only
	"fixtures/warehouse/cmd/warehouse": {"fixtures/warehouse"},
	"fixtures/frontdoor":               {"sim/virtual", "sim/world"}, // the same
	"fixtures/frontdoor/cmd/frontdoor": {"fixtures/frontdoor"},
	"fixtures/depot":                   {},
	"fixtures/depot/cmd/depot":         {"fixtures/depot"},
	"fixtures/plugins":                 {"reference_app", "reference_app/apptest", "reference_app/wasmplugin", "reference_app/workflow"}, // for its tests only
	"fixtures/plugins/guest":           {},
	"fixtures/plugins/blank":           {"fixtures/plugins/guest"},
	"fixtures/plugins/express":         {"fixtures/plugins/guest"},
	"fixtures/plugins/fragile":         {"fixtures/plugins/guest"},
	"fixtures/plugins/hoards":          {"fixtures/plugins/guest"},
	"fixtures/plugins/loops":           {"fixtures/plugins/guest"},
	"fixtures/plugins/mute":            {},
	"fixtures/plugins/oldabi":          {},
	"fixtures/plugins/rambles":         {},
	"fixtures/plugins/traps":           {"fixtures/plugins/guest"},
	"fixtures/images":                  {"fixtures/audit", "sim/check", "sim/image", "sim/containers", "sim/world", "reference_app", "reference_app/apptest", "reference_app/postgres", "reference_app/telemetry", "reference_app/workflow"}, // of the app, only for its tests
	"fixtures/images/cmd/images":       {"fixtures/images", "sim/containers"},
	"fixtures/audit":                   {"reference_app", "reference_app/jetstream", "reference_app/postgres", "sim/check"}, // of the adapters, only for its tests
	"fixtures/fulfilment": {"fixtures/audit", "fixtures/depot", "fixtures/plugins", "fixtures/warehouse", "fixtures/frontdoor", "fixtures/images", "sim/containers",
		"reference_app", "reference_app/jetstream", "reference_app/postgres", "reference_app/operator", "reference_app/service", "reference_app/telemetry", "reference_app/wasmplugin", "reference_app/workflow",
		"sim", "sim/world", "sim/check", "sim/fault", "sim/greet", "sim/toxic", "sim/runbook", "sim/signal", "sim/traffic", "sim/virtual"},
	"scenarios":           {"fixtures/fulfilment", "reference_app", "sim", "sim/catalogue", "sim/fault", "sim/journal", "sim/lint", "sim/runbook", "sim/toxic", "sim/traffic", "sim/world"},
	"scenarios/exercises": {"fixtures/fulfilment", "reference_app", "sim", "sim/check", "sim/fault", "sim/journal", "sim/lint", "sim/runbook", "sim/signal", "sim/strictyaml", "sim/toxic", "sim/traffic", "sim/world"},
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestImportPolicy(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"...").Output()
	require.NoError(t, err)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p listed
		require.NoError(t, decoder.Decode(&p))
		assert.Empty(t, breaches(p), "fix the import, not the table in policy_test.go")
	}
}

// breaches of the policy by one package.
func breaches(p listed) []string {
	name := strings.TrimPrefix(p.ImportPath, module)
	allowed, known := policy[name]
	if !known {
		return []string{name + " is not in the table: say there what it may import"}
	}
	var found []string
	for _, i := range append(append(append([]string{}, p.Imports...), p.TestImports...), p.XTestImports...) {
		own, ours := strings.CutPrefix(i, module)
		switch {
		case ours && own != name && !slices.Contains(allowed, own):
			found = append(found, name+" imports "+own)
		case !ours && name == "reference_app" && strings.Contains(i, ".") && !strings.HasPrefix(i, "github.com/stretchr/testify"):
			found = append(found, name+" imports "+i+", which is not in the standard library")
		}
	}
	return found
}

func TestImportPolicySeesBreaches(t *testing.T) {
	for _, p := range []listed{
		{ImportPath: module + "sim", Imports: []string{module + "reference_app"}},
		{ImportPath: module + "reference_app/httpsink", TestImports: []string{module + "reference_app/jetstream"}},
		{ImportPath: module + "reference_app", Imports: []string{"github.com/jackc/pgx/v5"}},
		{ImportPath: module + "nowhere"},
	} {
		assert.NotEmpty(t, breaches(p), p.ImportPath)
	}
	assert.Empty(t, breaches(listed{ImportPath: module + "sim/fault", Imports: []string{module + "sim/toxic", "context"}}))
}
