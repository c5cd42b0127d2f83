package service

import (
	"fmt"
	"maps"
	"slices"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/wasmplugin"
	"github.com/drillbook/drillbook/reference_app/workflow"
)

// carriers are what a replica asks for labels. Without a depot there are no
// plugins: registry and depot are nil then.
type carriers struct {
	fulfil.Carriers
	registry *wasmplugin.Registry
	depot    *wasmplugin.Depot
}

// openCarriers makes the registry of carriers, which the depot will fill.
func (m *Main) openCarriers() *carriers {
	for _, reason := range wasmplugin.Reasons() {
		m.metrics.PluginRegistrations.WithLabelValues(string(reason))
	}
	m.metrics.PluginRegistrations.WithLabelValues("registered")
	m.showRefused(nil)
	if m.Config.PluginsURL == "" {
		return &carriers{Carriers: workflow.BuiltIn()}
	}
	c := &carriers{}
	c.registry = wasmplugin.New(wasmplugin.Config{BuiltIn: workflow.BuiltIn(), Controls: m.controls, Watchdog: m.Watchdog,
		Compiled: m.Compiled, Observe: m.pluginObserver()})
	c.depot = &wasmplugin.Depot{URL: m.Config.PluginsURL, Dial: m.Dial, Every: m.Config.PluginsPoll, Timeout: m.Config.RequestTimeout,
		Registry: c.registry, Log: m.log, Observe: func(err error) {
			m.metrics.PluginDepotReads.WithLabelValues(outcome(err == nil, "ok", "error")).Inc()
		}}
	c.Carriers = c.registry
	return c
}

func (c *carriers) close() {
	if c.registry != nil {
		c.registry.Close()
	}
}

// controls are those that the replica follows; the baseline until it does.
func (m *Main) controls() fulfil.ControlsState {
	if p := m.parts.Load(); p != nil {
		return p.follower.State()
	}
	return fulfil.ControlsState{}
}

func (m *Main) pluginObserver() wasmplugin.Observer {
	return wasmplugin.Observer{
		Registered: func(p wasmplugin.Manifest) {
			m.metrics.PluginRegistrations.WithLabelValues("registered").Inc()
			m.log.Info("plugin.registered", "plugin", p.Name, "version", p.Version, "sha256", p.SHA256)
		},
		Refused: func(p wasmplugin.Manifest, why *wasmplugin.Refusal) {
			m.metrics.PluginRegistrations.WithLabelValues(string(why.Reason)).Inc()
			m.log.Error("plugin.refused", "plugin", p.Name, "version", p.Version, "reason", why.Reason, "detail", why.Detail)
		},
		Called: func(p wasmplugin.Manifest, failure error) {
			m.metrics.PluginCalls.WithLabelValues(outcome(failure == nil, "labelled", "failed")).Inc()
			if failure != nil {
				m.log.Error("plugin.failed", "plugin", p.Name, "version", p.Version, "reason", failure.Error())
			}
		},
		Synced: m.showRefused,
	}
}

func outcome(good bool, yes, no string) string {
	if good {
		return yes
	}
	return no
}

func (m *Main) showRefused(refused map[wasmplugin.Reason]int) {
	for _, reason := range wasmplugin.Reasons() {
		m.metrics.PluginsRefused.WithLabelValues(string(reason)).Set(float64(refused[reason]))
	}
}

// check is the state of the plugins: down while the depot does not answer, or
// the newest version of one is refused. Others go on serving, so that this is not
// vital once the depot was looked at, whatever came of it.
func (c *carriers) check() httpapi.Check {
	err, asked := c.depot.Down()
	switch {
	case !asked:
		return httpapi.Check{Status: "down", Detail: "not looked at yet", Vital: true}
	case err != nil:
		return httpapi.Check{Status: "down", Detail: "depot: " + err.Error()}
	}
	if refused := c.registry.Refused(); len(refused) > 0 {
		return httpapi.Check{Status: "down", Detail: fmt.Sprintf("refused: %v", slices.Sorted(maps.Keys(refused)))}
	}
	return httpapi.Check{Status: "up"}
}

// versions is what operators are shown.
func (c *carriers) versions() []fulfil.PluginVersion {
	if c.registry == nil {
		return nil
	}
	return c.registry.Versions()
}
