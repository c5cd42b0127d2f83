package wasmplugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"
)

// Fetch returns the module of a manifest, or of one that is too large at least so
// much that this can be seen. An error means that it could not be had now.
type Fetch func(context.Context, Manifest) ([]byte, error)

// looked is how many of a plugin's published versions are looked at, the newest.
const looked = 10

// Sync takes in what is published: the index lists every version, the newest of
// each plugin first. A version that is known already is left alone. Each plugin
// changes in one step, once its new versions have been tried; where none of them
// is good, what served before goes on, also when the index lists it no more. What
// was refused and is withdrawn is forgotten. Its error is that of the first module
// which could not be had.
func (r *Registry) Sync(ctx context.Context, index []Manifest, fetch Fetch) error {
	r.syncing.Lock()
	defer r.syncing.Unlock()
	var first error
	plugins := byName(index)
	for _, name := range r.namesWith(plugins) {
		if err := r.syncOne(ctx, name, plugins[name], fetch); err != nil && first == nil {
			first = err
		}
		if r.config.Observe.Synced != nil {
			r.config.Observe.Synced(r.Refused())
		}
	}
	r.mu.Lock()
	r.synced = r.synced || first == nil
	r.mu.Unlock()
	return first
}

// namesWith are the names of what is published, and of what was before.
func (r *Registry) namesWith(published map[string][]Manifest) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := slices.AppendSeq(slices.Collect(maps.Keys(published)), maps.Keys(r.plugins))
	slices.Sort(names)
	return slices.Compact(names)
}

func (r *Registry) syncOne(ctx context.Context, name string, published []Manifest, fetch Fetch) error {
	r.mu.RLock()
	before := r.plugins[name]
	r.mu.RUnlock()
	held := r.config.Controls().Plugins[name].Version
	var now []*version
	var missing error
	good := 0
	for _, m := range published[:min(looked, len(published))] {
		if good >= kept && m.Version != held {
			continue // too old to be served again
		}
		v, err := r.known(ctx, m, before, fetch)
		if err != nil {
			missing = err
		}
		if v == nil {
			continue
		}
		if v.module != nil {
			good++
		}
		now = append(now, v)
	}
	for _, v := range before {
		if v.module != nil && !slices.Contains(now, v) && (good < kept || v.manifest.Version == held) {
			now = append(now, v) // it is published no more, and still the last good one
			good++
		}
	}
	r.mu.Lock()
	r.plugins[name] = now
	if len(now) == 0 {
		delete(r.plugins, name)
	}
	r.mu.Unlock()
	discard(before, now)
	return missing
}

// known returns the version as it was judged before, or judges it; nil when
// that cannot be done now.
func (r *Registry) known(ctx context.Context, m Manifest, before []*version, fetch Fetch) (*version, error) {
	i := slices.IndexFunc(before, func(v *version) bool { return v.manifest == m })
	if i >= 0 && !before[i].again() {
		return before[i], nil
	}
	module, refusal, err := r.try(ctx, m, before, fetch)
	if err != nil && i >= 0 {
		return before[i], err
	}
	if err != nil {
		return nil, err
	}
	observe := r.config.Observe
	if refusal != nil {
		if i >= 0 && *before[i].refusal == *refusal {
			before[i].tries++
			return before[i], nil
		}
		if observe.Refused != nil {
			observe.Refused(m, refusal)
		}
		return &version{manifest: m, refusal: refusal, since: time.Now().UTC(), tries: 1}, nil
	}
	if observe.Registered != nil {
		observe.Registered(m)
	}
	return &version{manifest: m, module: module, since: time.Now().UTC()}, nil
}

// try judges a version: first by its manifest, then by its module.
func (r *Registry) try(ctx context.Context, m Manifest, before []*version, fetch Fetch) (*module, *Refusal, error) {
	if refusal := r.admit(m, before); refusal != nil {
		return nil, refusal, nil
	}
	code, err := fetch(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	if len(code) > MaxModule {
		return nil, refuse(Oversized, "the module has more than %d bytes", MaxModule), nil
	}
	if sum := sha256.Sum256(code); hex.EncodeToString(sum[:]) != m.SHA256 {
		return nil, refuse(BadChecksum, "the module's sha256 is %x", sum), nil
	}
	module, refusal := open(context.WithoutCancel(ctx), m, code, r.config)
	return module, refusal, nil
}

// admit judges by the manifest alone.
func (r *Registry) admit(m Manifest, before []*version) *Refusal {
	if err := m.validate(); err != nil {
		return refuse(BadManifest, "%v", err)
	}
	if slices.Contains(r.config.BuiltIn.Names(), m.Name) {
		return refuse(NameTaken, "the service brings a carrier %q along", m.Name)
	}
	for _, v := range before {
		if v.module != nil && v.manifest.Version == m.Version && v.manifest.SHA256 != m.SHA256 {
			return refuse(VersionReused, "%s is registered with sha256 %s", m.ID(), v.manifest.SHA256)
		}
	}
	if m.ABI != ABI {
		return refuse(WrongABI, "its manifest says version %d, not %d", m.ABI, ABI)
	}
	return nil
}
