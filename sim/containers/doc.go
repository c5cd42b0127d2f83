// Package containers is a world in which every part runs in a container of its
// own.
//
// There are two networks. The service under drill stands on the front one, what
// it depends on stands on the back one, and only the proxy of the links stands
// on both: whatever a replica says to a dependency passes through toxiproxy.
// Give each replica the addresses that AddLink returned for it, and no side but [Front].
// A link that a fault slows down or stops, and that no service comes over, is told of; here
// it is not seen, as in a virtual world, which replica comes over which, nor who comes to
// one that is cut.
//
// All services start at the same time: which needs which is not said. Until what a link leads
// to runs, whoever comes over the link is hung up on, and has to try again, or to end: a
// container that ends, with whatever status, is started again, after one second at first. That
// it has done so before all were ready is no finding. So nothing can run once and be done:
// what prepares a database, such as its migrations, belongs into the Ready of the database's
// service, which may connect to it, and runs again after each start.
//
// A Redis, as a replica reaches it:
//
//	pings := func(ctx context.Context, c containers.Caller) error {
//		conn, err := c.Dial(ctx, 6379)
//		if err != nil {
//			return err
//		}
//		defer conn.Close()
//		ping, err := greet.Redis()(ctx, conn)
//		if err != nil {
//			return err
//		}
//		return ping(ctx)
//	}
//	w.AddService(containers.Service{Name: "cache", Image: "redis:8", Sides: []containers.Side{containers.Back}, Ports: []int{6379}, Ready: pings})
//	cache := w.AddLink(containers.Link{ID: world.LinkID{Dependency: "cache", Replica: 1}, To: "cache:6379", Greet: greet.Redis()})
//
// The replica then gets "redis://" + cache. The example of System in the package sim is a whole
// world, with a Postgres.
//
// What a world starts it removes again. Everything carries the label of its run,
// and each run holds a locked file while its process lives, so that the next world of the
// same user, machine and TMPDIR clears away what a process that was killed has left behind.
package containers
