package demo

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"

	"citypost/internal/postal"
)

// Clock is the demonstration's time: it is set by hand while the past is made, then it runs at a chosen speed.
type Clock struct {
	mu    sync.Mutex
	at    time.Time // the demonstration's time …
	real  time.Time // … when it was this late in the world; zero while it stands
	speed float64
	rand  *rand.Rand
	last  int64
}

// NewClock makes a standing clock.
func NewClock(at time.Time, seed uint64) *Clock {
	return &Clock{at: at, speed: 1, rand: rand.New(rand.NewPCG(seed, 2))}
}

// ahead bounds how far the demonstration may run ahead of the world: a device in people's hands keeps the world's time, and an act more than a day behind
// the ledger is refused.
const ahead = 20 * time.Hour

// Now is the demonstration's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.real.IsZero() {
		return c.at
	}
	world := time.Now()
	t := c.at.Add(time.Duration(float64(world.Sub(c.real)) * c.speed))
	if limit := world.Add(ahead); c.speed > 1 && t.After(limit) {
		return limit
	}
	return t
}

// Set moves a standing clock; it never goes back.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.at) {
		c.at = t
	}
}

// rewind puts a standing clock back to where the past begins.
func (c *Clock) rewind(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// Run lets the clock run from where it stands.
func (c *Clock) Run(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.real, c.speed = time.Now(), speed
}

// Running reports whether the clock runs by itself.
func (c *Clock) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.real.IsZero()
}

// wait is how long it takes in the world until the demonstration's time is t.
func (c *Clock) wait(t time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(float64(t.Sub(c.now())) / c.speed)
}

// act makes an act's id from the demonstration's time and chance, so that the same seed gives the same ledger.
func (c *Clock) act() postal.ActID {
	c.mu.Lock()
	defer c.mu.Unlock()
	var id postal.ActID
	c.last++
	binary.BigEndian.PutUint64(id[:8], uint64(c.now().UnixMilli())<<16|uint64(c.last&0xfff))
	binary.BigEndian.PutUint64(id[8:], c.rand.Uint64())
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}
