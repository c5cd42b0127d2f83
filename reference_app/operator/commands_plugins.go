package operator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

var plugin = Arg{Name: "name", Kind: ID, Required: true, Positional: true, Help: "name of the plugin, which is the carrier's"}

func pluginCommands() []Command {
	return []Command{
		{Name: "plugins list", Class: Observe, Summary: "List every published version of each carrier plugin, and what the replica that answers makes of it.",
			Keeps: []string{"nothing changes"},
			Args:  []Arg{{Name: "state", Kind: Enum, Values: []string{anyState, fulfil.PluginServing, fulfil.PluginReady, fulfil.PluginRefused, unserved}, Default: anyState, Help: "which; unserved are those of carriers that lack a version which serves, and were not steered"}},
			do:    pluginsList},
		{Name: "plugins inspect", Class: Observe, Summary: "Show the versions of one carrier plugin, with checksums and why any was refused.",
			Keeps: []string{"nothing changes"}, Args: []Arg{plugin}, do: pluginsInspect},
		{Name: "plugins rollback", Class: Mitigate, Undo: "plugins restore NAME", Summary: "Serve the version before, whatever is published.",
			Keeps: []string{"an order that has its label keeps it"},
			Args:  []Arg{plugin, {Name: "to", Kind: Text, Help: "the version; default the one before that which serves"}, reason}, do: pluginsRollback},
		{Name: "plugins quarantine", Class: Mitigate, Undo: "plugins restore NAME", Summary: "Take a carrier out of service: no version of it serves, and orders that ask for it are refused.",
			Keeps: []string{"no accepted order is lost: those that wait for the carrier are parked", "a refused order is refused cleanly: it can be asked for again"},
			Args:  []Arg{plugin, reason}, do: pluginsSteer((*fulfil.Controls).QuarantinePlugin)},
		{Name: "plugins restore", Class: Recover, Summary: "Undo rollback and quarantine: the newest good version serves.",
			Keeps: []string{"nothing is in force afterwards for that plugin"},
			Args:  []Arg{plugin, reason}, do: pluginsSteer((*fulfil.Controls).RestorePlugin)},
	}
}

// pluginRow is one version in a list.
type pluginRow struct {
	Name    string    `json:"name"`
	Version string    `json:"version"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Since   time.Time `json:"since"`
}

func pluginsList(ctx context.Context, c call) (any, error) {
	controls, err := loadControls(ctx, c)
	if err != nil {
		return nil, err
	}
	rows := []pluginRow{}
	versions := c.Plugins()
	if state := c.args["state"]; state == unserved {
		versions = toSeeTo(versions, controls.State().Plugins)
	} else if state != anyState {
		versions = slices.DeleteFunc(versions, func(v fulfil.PluginVersion) bool { return v.State != state })
	}
	for _, v := range versions {
		rows = append(rows, pluginRow{v.Name, v.Version, v.State, v.Reason, v.Since})
	}
	return map[string]any{"plugins": rows, "steered": controls.State().Plugins}, nil
}

// States that can be asked for, beside those of a version.
const (
	anyState = "any"
	unserved = "unserved"
)

// toSeeTo leaves the versions of carriers that lack one which serves, without those
// that an operator has steered already, and those that none can steer.
func toSeeTo(versions []fulfil.PluginVersion, steered map[string]fulfil.PluginControl) []fulfil.PluginVersion {
	leave := map[string]bool{}
	for _, v := range versions {
		_, already := steered[v.Name]
		leave[v.Name] = leave[v.Name] || already || v.State == fulfil.PluginServing || fulfil.Steerable(v.Name) != nil
	}
	return slices.DeleteFunc(versions, func(v fulfil.PluginVersion) bool { return leave[v.Name] })
}

func pluginsInspect(ctx context.Context, c call) (any, error) {
	controls, err := loadControls(ctx, c)
	if err != nil {
		return nil, err
	}
	versions := versionsOf(c, c.args["name"])
	control, steered := controls.State().Plugins[c.args["name"]]
	if len(versions) == 0 && !steered {
		return nil, fmt.Errorf("plugin %q: %w", c.args["name"], fulfil.ErrNotFound)
	}
	return map[string]any{"name": c.args["name"], "versions": versions, "control": control}, nil
}

func versionsOf(c call, name string) []fulfil.PluginVersion {
	var versions []fulfil.PluginVersion
	for _, v := range c.Plugins() {
		if v.Name == name {
			versions = append(versions, v)
		}
	}
	return versions
}

func pluginsRollback(ctx context.Context, c call) (any, error) {
	to, err := before(versionsOf(c, c.args["name"]), c.args["to"])
	if err != nil {
		return nil, err
	}
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error {
		return controls.HoldPlugin(c.args["name"], to, by)
	})
}

// before finds the version to go back to: the one that was asked for, or else
// the newest that is older than the one which serves. Versions come newest first.
func before(versions []fulfil.PluginVersion, asked string) (string, error) {
	serving := false
	for _, v := range versions {
		switch {
		case v.State == fulfil.PluginRefused:
		case asked == v.Version, asked == "" && serving:
			return v.Version, nil
		}
		serving = serving || v.State == fulfil.PluginServing
	}
	return "", &fulfil.RuleError{Code: "no-such-version", Detail: "no such version is registered here: see opctl plugins list"}
}

func pluginsSteer(with func(*fulfil.Controls, string, fulfil.By) error) handler {
	return func(ctx context.Context, c call) (any, error) {
		return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error { return with(controls, c.args["name"], by) })
	}
}
