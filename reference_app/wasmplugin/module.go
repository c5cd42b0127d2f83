package wasmplugin

import (
	"context"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// sample is the parcel that every version has to label before it is registered.
var sample = fulfil.Parcel{Order: "ord-selftest", Items: 1}

// exports that a module must have, and their parameters; each has one result.
var exports = map[string]struct {
	params int
	result api.ValueType
}{
	"carrier_abi":    {0, api.ValueTypeI32},
	"carrier_buffer": {1, api.ValueTypeI32},
	"carrier_info":   {0, api.ValueTypeI64},
	"carrier_label":  {2, api.ValueTypeI64},
}

// module is a compiled version with at most one instance of it, since a module
// has one thread.
type module struct {
	manifest Manifest
	watchdog Watchdog
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	table    uint64 // bytes that its table takes of the memory it may have

	turn     chan struct{} // full while somebody has the turn, and with it what follows
	instance *instance     // nil before the first call, and after one that failed
	slow     map[fulfil.OrderID]bool
	closed   bool
}

// mostSlow is how many orders a module was too slow at are remembered.
const mostSlow = 1000

// features of modules. Without reference types a module has one table, which does
// not grow.
const features = api.CoreFeaturesV2 &^ api.CoreFeatureReferenceTypes

// open compiles a module, and sees that it can be called.
func open(ctx context.Context, m Manifest, code []byte, config Config) (*module, *Refusal) {
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features).
		WithCloseOnContextDone(true).WithCompilationCache(config.Compiled))
	one := &module{manifest: m, watchdog: config.Watchdog, runtime: runtime, turn: make(chan struct{}, 1), slow: map[fulfil.OrderID]bool{}}
	refusal := one.load(ctx, code)
	if refusal == nil {
		refusal = one.selfTest()
	}
	if refusal != nil {
		one.close()
		return nil, refusal
	}
	return one, nil
}

func (m *module) load(ctx context.Context, code []byte) *Refusal {
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, m.runtime); err != nil {
		return refuse(BadStart, "WASI: %v", err)
	}
	if refusal := checkLocals(m.manifest, code); refusal != nil {
		return refusal
	}
	compiled, err := m.runtime.CompileModule(ctx, code)
	if err != nil {
		return refuse(NotWasm, "%v", err)
	}
	m.compiled = compiled
	if m.table, err = tableRoom(code); err != nil {
		return refuse(NotWasm, "%v", err)
	}
	return m.callable()
}

// callable checks imports and exports.
func (m *module) callable() *Refusal {
	for _, f := range m.compiled.ImportedFunctions() {
		if from, name, _ := f.Import(); from != wasi_snapshot_preview1.ModuleName {
			return refuse(BadExports, "it imports %s.%s, which nobody offers", from, name)
		}
	}
	memory, ok := m.compiled.ExportedMemories()["memory"]
	if !ok {
		return refuse(BadExports, "it does not export its memory")
	}
	if size := uint64(memory.Min())*pageSize + m.table; size > m.manifest.memory() {
		return refuse(TooLarge, "it begins with %d MiB, the limit is %d", size>>20, m.manifest.MemoryMiB)
	}
	functions := m.compiled.ExportedFunctions()
	for name, want := range exports {
		f, ok := functions[name]
		if !ok {
			return refuse(BadExports, "it does not export %s", name)
		}
		if len(f.ParamTypes()) != want.params || len(f.ResultTypes()) != 1 || f.ResultTypes()[0] != want.result {
			return refuse(BadExports, "%s has other parameters or results", name)
		}
	}
	return nil
}

// selfTest starts the module, and asks it who it is and for a label.
func (m *module) selfTest() *Refusal {
	m.turn <- struct{}{}
	defer m.leave()
	if refusal := m.start(); refusal != nil {
		return refusal
	}
	version, failure := m.instance.number("carrier_abi")
	if failure != nil {
		return failure.as(BadStart)
	}
	if version != ABI {
		return refuse(WrongABI, "it speaks version %d, not %d", version, ABI)
	}
	info, failure := m.instance.text("carrier_info")
	if failure != nil {
		return failure.as(WrongIdentity)
	}
	if want := m.manifest.Name + " " + m.manifest.Version; info != want {
		return refuse(WrongIdentity, "it says %.100q, its manifest %q", info, want)
	}
	if _, failure := m.instance.label(sample); failure != nil {
		return failure.as(BadLabel)
	}
	return nil
}

func (m *module) start() *Refusal {
	var failure *failure
	if m.instance, failure = m.instantiate(); failure != nil {
		return failure.as(BadStart)
	}
	return nil
}

var (
	// errClosed: the version was given up between the choice of it and the call.
	errClosed = fmt.Errorf("%w: the plugin's version is being replaced", fulfil.ErrNotTried)
	// errBusy: others were before this caller for as long as a call may take. Those
	// who wait have a worker's hands full, which other carriers' orders need.
	errBusy = fmt.Errorf("%w: others ask the plugin", fulfil.ErrNotTried)
)

// enter waits for the turn: no longer than ctx allows, nor than a call may take.
func (m *module) enter(ctx context.Context) error {
	limit := time.NewTimer(m.manifest.limit())
	defer limit.Stop()
	if ctx.Err() == nil {
		select {
		case m.turn <- struct{}{}:
			return nil
		case <-limit.C:
			return errBusy
		case <-ctx.Done():
		}
	}
	return fmt.Errorf("%w: %w", fulfil.ErrNotTried, ctx.Err())
}

func (m *module) leave() { <-m.turn }

// label asks for a label. An instance that fails is given up; the next call has
// a new one. Its error is a [*Refusal]; or a [fulfil.ErrUnavailable]: the module
// was too slow for the first time at that order, which may be the machine's
// doing, or was not asked.
func (m *module) label(ctx context.Context, p fulfil.Parcel) (string, error) {
	if err := m.enter(ctx); err != nil {
		return "", err
	}
	defer m.leave()
	if m.closed {
		return "", errClosed
	}
	label, refusal := m.ask(p)
	if refusal == nil {
		delete(m.slow, p.Order)
		return label, nil
	}
	if refusal.Reason != TooSlow || m.slow[p.Order] {
		delete(m.slow, p.Order)
		return "", refusal
	}
	if len(m.slow) == mostSlow {
		clear(m.slow)
	}
	m.slow[p.Order] = true
	return "", fmt.Errorf("%w: %w", fulfil.ErrUnavailable, refusal)
}

func (m *module) ask(p fulfil.Parcel) (string, *Refusal) {
	if m.instance == nil {
		if refusal := m.start(); refusal != nil {
			return "", refusal
		}
	}
	label, failure := m.instance.label(p)
	if failure != nil {
		m.instance.close()
		m.instance = nil
		return "", failure.as(BadLabel)
	}
	return label, nil
}

// close waits for a call under way.
func (m *module) close() {
	m.turn <- struct{}{}
	defer m.leave()
	m.closed, m.instance = true, nil
	_ = m.runtime.Close(context.Background()) // closes the instance, too
	if m.compiled != nil {
		_ = m.compiled.Close(context.Background()) // what others share stays theirs
	}
}
