package wasmplugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/tetratelabs/wazero"
)

// Config of a registry. All but BuiltIn may be left out.
type Config struct {
	// BuiltIn are the carriers that the service brings along.
	BuiltIn fulfil.Carriers
	// Controls are the operator's: a plugin may be held at a version, or
	// quarantined.
	Controls func() fulfil.ControlsState
	Watchdog Watchdog
	// Compiled is shared by registries of one process, which then compile and hold
	// a module once; who made it closes it, after them.
	Compiled wazero.CompilationCache
	Observe  Observer
}

// Observer is told what happens; each function may be nil.
type Observer struct {
	Registered func(Manifest)
	Refused    func(Manifest, *Refusal)
	Called     func(m Manifest, failure error)
	// Synced is called after each plugin that [Registry.Sync] has gone through,
	// with how many have their newest version refused, by reason.
	Synced func(refused map[Reason]int)
}

// kept is how many good versions of a plugin stay registered: the one that
// serves, and the one before, for a rollback.
const kept = 2

// Registry is every carrier there is: built-in ones and plugins.
type Registry struct {
	config Config

	syncing sync.Mutex // one Sync at a time
	mu      sync.RWMutex
	synced  bool
	plugins map[string][]*version // newest first
}

// version is one that was published, registered or refused.
type version struct {
	manifest Manifest
	module   *module // nil when refused
	refusal  *Refusal
	since    time.Time
	tries    int // guarded by Registry.syncing
}

// slowTries is how often a version that is too slow is tried: the machine may
// have been busy.
const slowTries = 3

// again reports whether a refused version is worth another try: the next
// download may be whole, the next start in time.
func (v *version) again() bool {
	if v.refusal == nil {
		return false
	}
	return v.refusal.Reason == BadChecksum || v.refusal.Reason == TooSlow && v.tries < slowTries
}

var _ fulfil.Carriers = (*Registry)(nil)

// New returns a registry without plugins. Close it when done.
func New(c Config) *Registry {
	if c.Watchdog == nil {
		c.Watchdog = realTime
	}
	if c.Controls == nil {
		c.Controls = func() fulfil.ControlsState { return fulfil.ControlsState{} }
	}
	return &Registry{config: c, plugins: map[string][]*version{}}
}

// Label implements [fulfil.Carriers]. A plugin that fails is [fulfil.ErrRejected]:
// it would fail again at the same parcel. One that is too slow is that only for the
// second time, and [fulfil.ErrUnavailable] before. Callers wait for one another, for
// as long as a call may take, and are told [fulfil.ErrNotTried] then. So are those who ask for a carrier that
// is not here yet: one that is not known before the first Sync, or is held at a version which is not here.
func (r *Registry) Label(ctx context.Context, carrier string, p fulfil.Parcel) (string, error) {
	if slices.Contains(r.config.BuiltIn.Names(), carrier) {
		return r.config.BuiltIn.Label(ctx, carrier, p)
	}
	serving, err := r.choose(carrier)
	if err != nil {
		return "", err
	}
	label, err := serving.module.label(ctx, p)
	switch {
	case errors.Is(err, fulfil.ErrUnavailable):
		err = fmt.Errorf("carrier %s: %w", serving.manifest.ID(), err)
	case err != nil:
		err = fmt.Errorf("%w: carrier %s: %w", fulfil.ErrRejected, serving.manifest.ID(), err)
	}
	if r.config.Observe.Called != nil && !errors.Is(err, fulfil.ErrNotTried) {
		r.config.Observe.Called(serving.manifest, err)
	}
	return label, err
}

// choose picks the version that serves.
func (r *Registry) choose(name string) (*version, error) {
	control := r.config.Controls().Plugins[name]
	r.mu.RLock()
	defer r.mu.RUnlock()
	if v := serving(r.plugins[name], control); v != nil {
		return v, nil
	}
	switch {
	case control.Quarantined:
		return nil, fmt.Errorf("carrier %q is quarantined: %w", name, fulfil.ErrNotFound)
	case !r.synced || control.Version != "":
		return nil, fmt.Errorf("carrier %q is not here yet: %w", name, fulfil.ErrNotTried)
	}
	return nil, fmt.Errorf("carrier %q: no version of it is registered: %w", name, fulfil.ErrNotFound)
}

// serving is the version that labels are asked of: the newest good one, or the
// one that an operator holds the plugin at.
func serving(versions []*version, control fulfil.PluginControl) *version {
	for _, v := range versions {
		held := control.Version == "" || control.Version == v.manifest.Version
		if v.module != nil && held && !control.Quarantined {
			return v
		}
	}
	return nil
}

// Names implements [fulfil.Carriers]: the carriers that would be served now.
func (r *Registry) Names() []string {
	controls := r.config.Controls()
	names := slices.Clone(r.config.BuiltIn.Names())
	r.mu.RLock()
	defer r.mu.RUnlock()
	for name, versions := range r.plugins {
		if serving(versions, controls.Plugins[name]) != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Versions lists what is known of every published version, by name, the newest
// first.
func (r *Registry) Versions() []fulfil.PluginVersion {
	controls := r.config.Controls()
	r.mu.RLock()
	defer r.mu.RUnlock()
	var all []fulfil.PluginVersion
	for _, name := range slices.Sorted(maps.Keys(r.plugins)) {
		now := serving(r.plugins[name], controls.Plugins[name])
		for _, v := range r.plugins[name] {
			all = append(all, v.shown(v == now))
		}
	}
	return all
}

func (v *version) shown(serving bool) fulfil.PluginVersion {
	p := fulfil.PluginVersion{Name: v.manifest.Name, Version: v.manifest.Version, SHA256: v.manifest.SHA256, State: fulfil.PluginReady, Since: v.since}
	switch {
	case v.refusal != nil:
		p.State, p.Reason, p.Detail = fulfil.PluginRefused, string(v.refusal.Reason), v.refusal.Detail
	case serving:
		p.State = fulfil.PluginServing
	}
	return p
}

// Refused counts the plugins whose newest version is refused, by reason.
func (r *Registry) Refused() map[Reason]int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	refused := map[Reason]int{}
	for _, versions := range r.plugins {
		if newest := versions[0]; newest.refusal != nil {
			refused[newest.refusal.Reason]++
		}
	}
	return refused
}

// Close gives every module up. What is asked of plugins afterwards is
// unavailable.
func (r *Registry) Close() {
	r.syncing.Lock()
	defer r.syncing.Unlock()
	r.mu.Lock()
	before := r.plugins
	r.plugins, r.synced = map[string][]*version{}, false
	r.mu.Unlock()
	for _, versions := range before {
		discard(versions, nil)
	}
}

// discard closes the modules that are not kept.
func discard(before, now []*version) {
	for _, v := range before {
		if v.module != nil && !slices.Contains(now, v) {
			v.module.close()
		}
	}
}

// byName groups an index, as it may be shown, and keeps its order.
func byName(index []Manifest) map[string][]Manifest {
	groups := map[string][]Manifest{}
	for _, m := range index {
		m = m.printable()
		name := cmp.Or(m.Name, "unnamed")
		groups[name] = append(groups[name], m)
	}
	return groups
}
