package fulfil

import "time"

// The carriers that the service brings along. No plugin may take their names.
const (
	StandardCarrier = "standard"
	FreightCarrier  = "freight"
)

// States of a published version of a carrier plugin, on one replica.
const (
	PluginServing = "serving" // labels are asked of it
	PluginReady   = "ready"   // registered, and kept for a rollback
	PluginRefused = "refused" // not registered; the reason says why
)

// PluginVersion is what a replica knows of one published version of a carrier
// plugin. Reason and Detail are set when it was refused.
type PluginVersion struct {
	Name    string    `json:"name"`
	Version string    `json:"version"`
	SHA256  string    `json:"sha256"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Since   time.Time `json:"since"`
}
