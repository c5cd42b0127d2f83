package fulfil

// PluginControl is what an operator has in force for one carrier plugin.
type PluginControl struct {
	Version     string `json:"version,omitempty"`     // it is held at that one; empty is the newest good one
	Quarantined bool   `json:"quarantined,omitempty"` // no version serves, and no order that asks for it is accepted
}

// Withdrawn reports whether orders that ask for that carrier are refused.
func (s ControlsState) Withdrawn(carrier string) bool { return s.Plugins[carrier].Quarantined }

// HoldPlugin serves one version of a carrier plugin, whatever is published.
func (c *Controls) HoldPlugin(name, version string, by By) error {
	if err := Steerable(name); err != nil {
		return err
	}
	if version == "" {
		return ruleError("bad-version", "a plugin is held at a version")
	}
	if c.s.Plugins[name].Version == version {
		return nil
	}
	return record(c, by, PluginHeld{Plugin: name, Version: version})
}

// QuarantinePlugin takes a carrier plugin out of service: no version of it
// serves, and orders that ask for it are refused. Those accepted before are
// parked.
func (c *Controls) QuarantinePlugin(name string, by By) error {
	if err := Steerable(name); err != nil {
		return err
	}
	if c.s.Plugins[name].Quarantined {
		return nil
	}
	return record(c, by, PluginQuarantined{name})
}

// RestorePlugin undoes HoldPlugin and QuarantinePlugin.
func (c *Controls) RestorePlugin(name string, by By) error {
	if _, steered := c.s.Plugins[name]; !steered {
		return nil
	}
	return record(c, by, PluginRestored{name})
}

// Steerable returns the [RuleError] for which no operator can steer the carrier of that
// name: the service brings it along, or no plugin can have the name. It is nil when
// one can.
func Steerable(name string) error {
	switch {
	case name == StandardCarrier || name == FreightCarrier:
		return ruleError("built-in", "%s is no plugin: the service brings it along", name)
	case !word.MatchString(name):
		return ruleError("bad-carrier", "carrier must be 1 to 64 letters, digits, - or _")
	}
	return nil
}

func (s *ControlsState) foldPlugin(change Change) {
	if s.Plugins == nil {
		s.Plugins = map[string]PluginControl{}
	}
	switch e := change.(type) {
	case PluginHeld:
		s.Plugins[e.Plugin] = PluginControl{Version: e.Version, Quarantined: s.Plugins[e.Plugin].Quarantined}
	case PluginQuarantined:
		s.Plugins[e.Plugin] = PluginControl{Version: s.Plugins[e.Plugin].Version, Quarantined: true}
	case PluginRestored:
		delete(s.Plugins, e.Plugin)
	}
}

// What can happen to the controls of plugins.
type (
	PluginHeld struct {
		Plugin  string `json:"plugin"`
		Version string `json:"version"`
	}
	PluginQuarantined struct {
		Plugin string `json:"plugin"`
	}
	PluginRestored struct {
		Plugin string `json:"plugin"`
	}
)

// Name implements [Change].
func (PluginHeld) Name() string { return "plugin.held" }

// Name implements [Change].
func (PluginQuarantined) Name() string { return "plugin.quarantined" }

// Name implements [Change].
func (PluginRestored) Name() string { return "plugin.restored" }
