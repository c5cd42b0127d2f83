package sim_test

import (
	"context"
	"fmt"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/world"
)

// A shop of two replicas and its Postgres, in containers. The other fields of a System are
// the same in every world.
func ExampleSystem_containers() {
	_ = sim.System{Name: "shop", Containers: startShop}
}

// startShop adds the parts: what the shop depends on, and for each replica a link to that.
func startShop(ctx context.Context, w *containers.World) error {
	const postgres = "postgres:17"
	if err := image.Pull(ctx, postgres); err != nil {
		return err
	}
	// Of a main package in Go; of a service that is built otherwise Image is its own
	// reference, such as "shop:1.4".
	program, err := image.Go(ctx, "example.com/you/shop/cmd/shop")
	if err != nil {
		return err
	}
	w.AddService(containers.Service{Name: "db", Image: postgres, Sides: []containers.Side{containers.Back}, Ports: []int{5432},
		Env: map[string]string{"POSTGRES_PASSWORD": "drill"}, Data: []string{"/var/lib/postgresql/data"}, Ready: database})
	for i := 1; i <= 2; i++ {
		name := fmt.Sprint("shop-", i)
		db := w.AddLink(containers.Link{ID: world.LinkID{Dependency: "db", Replica: i}, To: "db:5432", Greet: greet.Postgres(databaseURL("db"))})
		w.AddService(containers.Service{Name: name, Image: program, Sides: []containers.Side{containers.Front}, Ports: []int{8080},
			Env:   map[string]string{"DATABASE_URL": databaseURL(db)},
			Ready: func(ctx context.Context, c containers.Caller) error { return c.Get(ctx, 8080, "/readyz") }})
		w.AddEndpoint(name, name, 8080)
		w.AddTarget(name) // whose /metrics and /readyz are watched
	}
	return nil
}

func databaseURL(host string) string {
	return "postgres://postgres:drill@" + host + "/postgres?sslmode=disable"
}

// database is ready when it answers a query. Migrations go here, too, over a connection by
// c.Dial: they run again whenever the database is started, and so must bear that.
func database(ctx context.Context, c containers.Caller) error {
	conn, err := c.Dial(ctx, 5432)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	query, err := greet.Postgres(databaseURL("db"))(ctx, conn)
	if err != nil {
		return err
	}
	return query(ctx)
}
