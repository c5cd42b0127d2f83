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
// What a world starts it removes again. Everything carries the label of its run,
// and each run holds a locked file while its process lives, so that the next world of the
// same user, machine and TMPDIR clears away what a process that was killed has left behind.
package containers
