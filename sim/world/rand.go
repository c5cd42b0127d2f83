package world

import (
	"hash/fnv"
	"math/rand/v2"
)

// Rand returns the stream of random numbers that belongs to a name under a
// seed, so that what one part draws does not depend on what another drew.
func Rand(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
