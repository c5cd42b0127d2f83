package operator

import (
	"context"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/reference_app"
)

// credentialCommands know credentials by their names. What is secret is read
// from its file by the replica that shows it, and passes neither opctl nor this
// API.
func credentialCommands() []Command {
	return []Command{
		{Name: "sink credentials", Class: Observe, Summary: "List the credentials for the warehouses, by name: the one in use, and which comes next: none after the last.",
			Keeps: []string{"nothing changes", "no secret is shown"}, Args: []Arg{}, do: sinkCredentials},
		{Name: "sink rotate", Class: Recover, Summary: "Show another credential to the warehouses from now on.",
			Keeps: []string{"the secret stays in its file", "no accepted order is lost"},
			Args:  []Arg{{Name: "to", Kind: ID, Required: true, Help: "name of a credential that the service was given"}, reason},
			admit: knownCredential, do: sinkRotate},
	}
}

type credential struct {
	Name  string `json:"name"`
	InUse bool   `json:"in_use"`
}

func sinkCredentials(ctx context.Context, c call) (any, error) {
	controls, err := loadControls(ctx, c)
	if err != nil {
		return nil, err
	}
	rows := []credential{}
	answer := map[string]any{"version": controls.Version(), "applied": c.Applied()}
	inUse := 0
	if name := controls.State().Credential; name != "" {
		if inUse = slices.Index(c.Credentials, name); inUse < 0 {
			answer["missing"] = name // it is in use, and this replica was not given it
		}
	}
	for i, name := range c.Credentials {
		rows = append(rows, credential{name, i == inUse})
	}
	if next := inUse + 1; next < len(c.Credentials) {
		answer["next"] = c.Credentials[next]
	}
	answer["credentials"] = rows
	return answer, nil
}

// knownCredential does not repeat a name that is none: it may be the secret itself.
func knownCredential(d Deps, args map[string]string) error {
	if slices.Contains(d.Credentials, args["to"]) {
		return nil
	}
	return &fulfil.RuleError{Code: "unknown-credential",
		Detail: "the service was not given a credential of that name; it has " + strings.Join(d.Credentials, ", ")}
}

func sinkRotate(ctx context.Context, c call) (any, error) {
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error { return controls.UseCredential(c.args["to"], by) })
}
