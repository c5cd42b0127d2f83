package workflow

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
)

// Follower keeps a replica's copy of the controls. It keeps the last one that
// it knows while the repository does not answer.
type Follower struct {
	Repository fulfil.Repository
	Every      time.Duration // between looks
	Metrics    *telemetry.Metrics
	Log        *slog.Logger

	applied atomic.Pointer[applied]
}

type applied struct {
	version int
	state   fulfil.ControlsState
}

// State is the controls' state in force; the baseline until it is known.
func (f *Follower) State() fulfil.ControlsState {
	if a := f.applied.Load(); a != nil {
		return a.state
	}
	return fulfil.ControlsState{}
}

// Version of the controls in force; 0 until one is known.
func (f *Follower) Version() int {
	if a := f.applied.Load(); a != nil {
		return a.version
	}
	return 0
}

// Run follows until ctx is done.
func (f *Follower) Run(ctx context.Context) {
	for {
		_ = f.Look(ctx) // what is in force stays in force through an outage
		if !pause(ctx, f.Every) {
			return
		}
	}
}

// Look reads the controls once. Its error is the repository's.
func (f *Follower) Look(ctx context.Context) error {
	defer f.show()
	controls := fulfil.NewControls()
	err := f.Repository.Load(ctx, controls)
	if err != nil && !errors.Is(err, fulfil.ErrNotFound) {
		return err
	}
	if before := f.applied.Load(); before != nil && before.version == controls.Version() {
		return nil
	}
	f.applied.Store(&applied{controls.Version(), controls.State()})
	f.Log.Info("controls.applied", "version", controls.Version(), "state", controls.State())
	return nil
}

// show has the metrics tell what is in force, at each look: a ramp ends without another
// version, and while the repository is away.
func (f *Follower) show() {
	if a := f.applied.Load(); a != nil {
		f.Metrics.SetControls(a.version, a.state)
	}
}
