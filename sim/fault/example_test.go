package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/world"
)

// A fault of one's own: the warehouse, which is there for drills, is told to close.
func ExampleFault() {
	var f fault.Fault = closed{} // the Fault of a sim.Drill
	_, probes := f.(fault.Prober)
	fmt.Printf("%s; somebody looks whether it bites: %v\n", f.Name(), probes)
	// Output: the warehouse is closed; somebody looks whether it bites: true
}

// closed is a warehouse that takes no orders.
type closed struct{}

var (
	_ fault.Prober  = closed{}
	_ fault.Fitting = closed{}
)

func (closed) Name() string { return "the warehouse is closed" }

func (closed) Fits(w world.World) error {
	_, err := w.Endpoint("warehouse")
	return err
}

func (closed) Inject(ctx context.Context, w world.World) (heal func(context.Context) error, err error) {
	if _, err := warehouse(ctx, w, http.MethodPut, "/closed"); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		_, err := warehouse(ctx, w, http.MethodDelete, "/closed")
		return err
	}, nil
}

func (closed) Bites(ctx context.Context, w world.World) error {
	return answers(ctx, w, http.StatusServiceUnavailable)
}

func (closed) Gone(ctx context.Context, w world.World) error { return answers(ctx, w, http.StatusOK) }

// answers sees how the warehouse answers now, past all links and by no word of the service.
func answers(ctx context.Context, w world.World, want int) error {
	status, err := warehouse(ctx, w, http.MethodGet, "/orders")
	if err != nil {
		return fmt.Errorf("%w: %w", fault.ErrProbe, err)
	}
	if status != want {
		return fmt.Errorf("the warehouse answers %d, not %d", status, want)
	}
	return nil
}

// warehouse asks it, by the endpoint of that name.
func warehouse(ctx context.Context, w world.World, method, path string) (status int, err error) {
	e, err := w.Endpoint("warehouse")
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, method, e.URL+path, nil)
	if err != nil {
		return 0, err
	}
	client := e.Client(time.Second)
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
