package account

import (
	"sync"
	"time"
)

// A device asks hundreds of times a minute, and its token says the same each time. So what was read is believed for deviceFresh. On this node a revocation counts at
// once: every change of a device forgets all that was read. Another node, or the command line, is heard of after deviceFresh at the latest.
const (
	deviceFresh = 2 * time.Second
	maxDevices  = 10_000 // remembered at once; a province has fewer
)

// deviceCache remembers the devices behind tokens. The zero deviceCache is ready.
type deviceCache struct {
	mu    sync.Mutex
	turn  int // counts the changes of devices on this node
	known map[string]readDevice
}

// readDevice is a device as it was read: when, and in which turn.
type readDevice struct {
	Device
	at   time.Time
	turn int
}

// find gives a device that was read a moment ago; when there is none, the mark for the one that is read now.
func (c *deviceCache) find(hash string, now time.Time) (r readDevice, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok = c.known[hash]; ok && now.Sub(r.at) < deviceFresh {
		return r, true
	}
	return readDevice{at: now, turn: c.turn}, false
}

// keep remembers a device, unless devices were changed since it was asked for.
func (c *deviceCache) keep(hash string, r readDevice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.turn != c.turn {
		return
	}
	if c.known == nil || len(c.known) >= maxDevices {
		c.known = map[string]readDevice{}
	}
	c.known[hash] = r
}

// forget is called when a device was changed and the change is on disk.
func (c *deviceCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	c.known = nil
}
