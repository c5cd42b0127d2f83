package sim

import (
	"flag"
	"runtime"
	"slices"
	"sync"
	"time"

	"go.uber.org/goleak"
)

// machine is what the rehearsals of this process share. Those in virtual time may
// be late and take all of it; those in containers live by the real clock. So the
// two are never in it together, and only so many of either at once.
var machine = newRoom()

// room has guests of one kind at a time.
type room struct {
	mu      sync.Mutex
	change  *sync.Cond
	kind    kind
	guests  int
	speeds  float64                  // of all guests
	waiting map[kind][]time.Duration // how long each would stay who would come in
	load    load                     // that guests in containers are
	shut    bool                     // while the last guest looks around
	before  goleak.Option            // the goroutines there were before the first guest
}

// kind of a guest.
type kind bool

const (
	virtually kind = false
	contained kind = true
)

func newRoom() *room {
	r := &room{waiting: map[kind][]time.Duration{}, load: load{waited: waited}}
	r.change = sync.NewCond(&r.mu)
	return r
}

// letAllCome has package testing begin as many parallel tests as there are: how many
// of them play at once is what the room is for, and by default testing begins no more
// than one a processor, where drills in containers mostly wait. Who gives -parallel is
// heeded.
func letAllCome() {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", many) // which is a number
	}
}

// many is more drills than anybody has.
const many = "1000"

// full reports that one more of a kind has to wait. In virtual time each takes a
// processor. In containers, one that lives four times as fast as the clock takes half
// of a slow processor, and more in bursts: with three of them on two, what a drill does
// comes late. A faster machine is seen by what waits there for a processor. And each
// has two networks, of which an engine has some thirty.
func (r *room) full(k kind, speed float64) bool {
	if k == virtually {
		return r.guests >= runtime.GOMAXPROCS(0)
	}
	if *togetherFlag > 0 {
		return r.guests >= *togetherFlag
	}
	return r.guests >= 8 || r.speeds+speed > 4*float64(runtime.GOMAXPROCS(0)) && !r.load.bears(r.speeds+speed)
}

// look is how often those who wait look whether the machine bears one more.
const look = 5 * time.Second

// enter waits until a guest of this kind may come in; into containers only where one
// of that speed has room. Who is to stay longest comes first: none of them should be
// left alone at the end.
func (r *room) enter(k kind, speed float64, stay time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[k] = append(r.waiting[k], stay)
	for r.shut || stay < slices.Max(r.waiting[k]) || r.guests > 0 && (r.kind != k || r.full(k, speed)) {
		again := time.AfterFunc(look, r.change.Broadcast)
		r.change.Wait()
		again.Stop()
	}
	at := slices.Index(r.waiting[k], stay)
	r.waiting[k] = slices.Delete(r.waiting[k], at, at+1)
	r.change.Broadcast() // the next may fit, too
	if r.guests == 0 {
		r.kind, r.before = k, goleak.IgnoreCurrent()
	}
	r.guests++
	r.speeds += speed
	if k == contained {
		r.load.change(r.speeds, true)
	}
}

// leave is called by each guest, with the speed that it came at. Its error names the goroutines of this process
// that outlive the last drill in containers, and those that were there with it.
func (r *room) leave(speed float64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change.Broadcast()
	r.guests--
	r.speeds -= speed
	if r.kind == contained {
		r.load.change(r.speeds, false)
	}
	if r.guests > 0 || r.kind == virtually {
		return nil
	}
	r.shut = true
	defer func() { r.shut = false }()
	r.mu.Unlock()
	defer r.mu.Lock()
	return goleak.Find(r.before, goleak.IgnoreAnyFunction("testing.tRunner")) // tests that wait for their turn
}
