package wasmplugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	pageSize   = 64 << 10 // bytes
	labelLimit = 64       // characters
	textLimit  = 4 << 10  // bytes of what a module returns
	complaints = 300      // bytes of what a module writes to its standard error
)

// Watchdog returns a context that ends when limit has passed on the real clock,
// however busy this process is with a module that computes without end. The
// default is [context.WithTimeout]; where time is virtual, hand one in that
// lives outside it.
type Watchdog func(limit time.Duration) (context.Context, context.CancelFunc)

func realTime(limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), limit)
}

// instance is a module that was started.
type instance struct {
	module *module
	api    api.Module
	calls  map[string]api.Function
	memory *memory
	stderr opening
}

// failure is a call that went wrong. Reason is set where the cause is a limit.
type failure struct {
	reason Reason
	detail string
}

// as is the refusal of a failure that no limit explains.
func (f *failure) as(otherwise Reason) *Refusal {
	if f.reason != "" {
		return refuse(f.reason, "%s", f.detail)
	}
	return refuse(otherwise, "%s", f.detail)
}

// instantiate starts the module, under its limits.
func (m *module) instantiate() (*instance, *failure) {
	i := &instance{module: m, memory: &memory{limit: m.manifest.memory() - m.table}}
	ctx, cancel := m.watchdog(m.manifest.limit())
	defer cancel()
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize").WithStderr(&i.stderr)
	var err error
	i.api, err = m.runtime.InstantiateModule(experimental.WithMemoryAllocator(ctx, i.memory), m.compiled, config)
	if err != nil {
		return nil, i.explain(ctx, err)
	}
	i.calls = map[string]api.Function{}
	for name := range exports {
		i.calls[name] = i.api.ExportedFunction(name)
	}
	return i, nil
}

// call calls an export, under the time limit.
func (i *instance) call(name string, params ...uint64) (uint64, *failure) {
	ctx, cancel := i.module.watchdog(i.module.manifest.limit())
	defer cancel()
	results, err := i.calls[name].Call(ctx, params...)
	if err != nil {
		return 0, i.explain(ctx, err)
	}
	return results[0], nil
}

func (i *instance) explain(ctx context.Context, err error) *failure {
	f := &failure{detail: firstLine(err.Error())}
	if said := i.stderr.String(); said != "" {
		f.detail += "; it says: " + firstLine(said)
	}
	switch {
	case i.memory.refused: // it may have spent the rest of its time in looking for room
		f.reason, f.detail = TooLarge, fmt.Sprintf("it wants more than %d MiB", i.module.manifest.MemoryMiB)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		f.reason, f.detail = TooSlow, fmt.Sprintf("it does not end within %s", i.module.manifest.limit())
	}
	return f
}

func (i *instance) number(name string) (int32, *failure) {
	value, failure := i.call(name)
	return api.DecodeI32(value), failure
}

func (i *instance) text(name string, params ...uint64) (string, *failure) {
	packed, f := i.call(name, params...)
	if f != nil {
		return "", f
	}
	at, size := uint32(packed>>32), uint32(packed)
	if size > textLimit {
		return "", &failure{detail: fmt.Sprintf("%s returns %d bytes, the limit is %d", name, size, textLimit)}
	}
	data, ok := i.api.Memory().Read(at, size)
	if !ok {
		return "", &failure{detail: name + " points outside of its memory"}
	}
	return string(data), nil
}

func (i *instance) label(p fulfil.Parcel) (string, *failure) {
	size := uint64(len(p.Order))
	at, f := i.call("carrier_buffer", size)
	if f != nil {
		return "", f
	}
	if !i.api.Memory().WriteString(uint32(at), string(p.Order)) {
		return "", &failure{detail: "carrier_buffer points outside of its memory"}
	}
	label, f := i.text("carrier_label", size, api.EncodeI32(int32(p.Items)))
	if f == nil && !printable(label) {
		f = &failure{detail: fmt.Sprintf("%.70q is not a label of 1 to %d visible characters", label, labelLimit)}
	}
	return label, f
}

func (i *instance) close() { _ = i.api.Close(context.Background()) }

func printable(label string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	return label != "" && len(label) <= labelLimit && !strings.ContainsFunc(label, odd)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// opening keeps the beginning of what is written to it.
type opening struct{ strings.Builder }

func (o *opening) Write(p []byte) (int, error) {
	room := max(0, complaints-o.Len())
	o.Builder.Write(p[:min(room, len(p))])
	return len(p), nil
}

// memory of an instance, up to a limit. refused says that it asked for more.
type memory struct {
	limit   uint64
	data    []byte
	refused bool
}

// Allocate implements [experimental.MemoryAllocator].
func (m *memory) Allocate(uint64, uint64) experimental.LinearMemory { return m }

// Reallocate implements [experimental.LinearMemory].
func (m *memory) Reallocate(size uint64) []byte {
	if size > m.limit {
		m.refused = true
		return nil
	}
	if size > uint64(cap(m.data)) {
		grown := make([]byte, size, min(m.limit, 2*size))
		copy(grown, m.data)
		m.data = grown
	}
	m.data = m.data[:size]
	return m.data
}

// Free implements [experimental.LinearMemory]; the collector does it.
func (m *memory) Free() {}
