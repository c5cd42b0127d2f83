package containers

import (
	"testing"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/drillbook/drillbook/sim/world/worldtest/echo"
	"github.com/stretchr/testify/assert"
)

// shop is a world without a mistake: a shop with a link to its database.
func shop() *World {
	w := &World{proxy: &service{}, endpoints: map[string]address{}}
	w.AddService(Service{Name: "db", Image: "postgres", Sides: []Side{Back}, Ports: []int{5432}})
	w.AddService(Service{Name: "shop-1", Image: "shop", Sides: []Side{Front}, Ports: []int{80}})
	w.AddLink(database("db:5432"))
	w.AddEndpoint("shop", "shop-1", 80)
	return w
}

func database(to string) Link {
	return Link{ID: world.LinkID{Dependency: "db", Replica: 1}, To: to, Greet: echo.Greet}
}

// Promise: what is wrong with the parts of a world is told before anything starts, by its
// name, with the mend, and all of it at once.
func TestMistakesInTheParts(t *testing.T) {
	assert.NoError(t, shop().check())
	for wrong, spoil := range map[string]func(*World){
		`link db[1]: To is "db": it needs a port, as in db:5432`:               func(w *World) { w.links[0].To = "db" },
		`link db[1]: To is "db:": it needs a port, as in db:5432`:              func(w *World) { w.links[0].To = "db:" },
		`link db[1]: To is "dbb:5432": no service "dbb"; there are db, shop-1`: func(w *World) { w.links[0].To = "dbb:5432" },
		"there are two links db[1]: give each replica and dependency one of their own": func(w *World) {
			w.AddLink(database("db:5432"))
		},
		`endpoint shop: no service "shpo"; there are db, shop-1`: func(w *World) { w.AddEndpoint("shop", "shpo", 80) },
		"endpoint shop: port 81 is not among the Ports of shop-1, [80]: add it there": func(w *World) {
			w.AddEndpoint("shop", "shop-1", 81)
		},
		"service db has no Sides, so that nobody reaches it: what is drilled stands in containers.Front, what it depends on in containers.Back": func(w *World) {
			w.services[0].Sides = nil
		},
		"service db has no Image: a reference such as postgres:17, or what image.Go returns": func(w *World) { w.services[0].Image = "" },
		"there are two services db: give each a Name of its own":                             func(w *World) { w.AddService(w.services[0].Service) },
		"a service has no Name, by which others reach it": func(w *World) {
			w.AddService(Service{Image: "postgres", Sides: []Side{Back}})
		},
		"service links: a part of Drillbook's own is called so: give it another Name": func(w *World) {
			w.AddService(Service{Name: "links", Image: "postgres", Sides: []Side{Back}})
		},
		"service db has no Image: a reference such as postgres:17, or what image.Go returns\nlink db[1]: To is \"db\": it needs a port, as in db:5432": func(w *World) {
			w.services[0].Image, w.links[0].To = "", "db"
		},
	} {
		w := shop()
		spoil(w)
		assert.EqualError(t, w.Start(t.Context()), wrong)
	}
}
