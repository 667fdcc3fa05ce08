package power

import (
	"bytes"
	"maps"
	"slices"
	"sync"
)

// Disk holds what the disk under one folder would hold. Its zero step is the moment of Watch.
type Disk struct {
	dir  string
	lies bool

	mu      sync.Mutex
	names   map[string]*inode // as the program sees the folder
	lasting map[string]*inode // as the folder was when it was last synced
	moves   []move            // what happened to names since
	steps   int
	cutAt   int
	heard   func()
	cut     *Cut
	done    chan struct{}
}

// inode is one file, whatever it is called.
type inode struct {
	lasting []byte
	pending []change // since the last sync
}

// change is a write, or the file's new length.
type change struct {
	at  int64
	b   []byte
	end bool // the file ends at at
}

// move is what happened to a name: it leads to a file now, or to none.
type move struct {
	name string
	to   *inode
}

// CutAfter lets the power fail at the n-th write, sync, shortening, creation or deletion from now. heard is called in that moment, before the step takes place; it must not wait for the engine.
func (d *Disk) CutAfter(n int, heard func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt, d.heard = d.steps+n, heard
}

// Lie makes the disk say yes to every sync and do nothing. It is the control: a test that passes on such a disk proves nothing.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lies = true
}

// Done is closed when the power has failed. The program may go on: nothing that it does any more is part of the cut.
func (d *Disk) Done() <-chan struct{} { return d.done }

// Cut is what the disk holds, nil while the power is on.
func (d *Disk) Cut() *Cut {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cut
}

// step counts what happens and cuts the power when it is time. The caller holds mu.
func (d *Disk) step() {
	d.steps++
	if d.cut != nil || d.cutAt == 0 || d.steps < d.cutAt {
		return
	}
	d.heard()
	d.cut = d.freeze()
	close(d.done)
}

// freeze copies everything, so that the program may go on.
func (d *Disk) freeze() *Cut {
	copies := map[*inode]*inode{}
	copied := func(n *inode) *inode {
		if n != nil && copies[n] == nil {
			copies[n] = &inode{lasting: bytes.Clone(n.lasting), pending: slices.Clone(n.pending)}
		}
		return copies[n]
	}
	c := &Cut{names: map[string]*inode{}, Steps: d.steps}
	for name, n := range d.lasting {
		c.names[name] = copied(n)
	}
	for _, m := range d.moves {
		c.moves = append(c.moves, move{m.name, copied(m.to)})
	}
	return c
}

// open gives the file of a name, a new one when there is none.
func (d *Disk) open(name string) *inode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.names[name]; n != nil {
		return n
	}
	d.step()
	n := &inode{}
	d.names[name] = n
	d.moves = append(d.moves, move{name, n})
	return n
}

func (d *Disk) remove(name string, syncFolder bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.step()
	if d.names[name] != nil {
		delete(d.names, name)
		d.moves = append(d.moves, move{name, nil})
	}
	if syncFolder {
		d.syncFolder()
	}
}

func (d *Disk) write(n *inode, at int64, b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.step()
	n.pending = append(n.pending, change{at: at, b: bytes.Clone(b)})
}

func (d *Disk) shorten(n *inode, to int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.step()
	n.pending = append(n.pending, change{at: to, end: true})
}

// sync brings a file to disk, and its folder too when the engine does both.
func (d *Disk) sync(n *inode, folder bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.step() // the power may fail within it: nothing is certain before it has returned
	if d.lies {
		return
	}
	for _, c := range n.pending {
		n.lasting = c.apply(n.lasting)
	}
	n.pending = nil
	if folder {
		d.syncFolder()
	}
}

func (d *Disk) syncFolder() {
	if d.lies {
		return
	}
	d.lasting, d.moves = maps.Clone(d.names), nil
}

// apply does a change to what a file holds; what lies between its end and a write is zeros.
func (c change) apply(b []byte) []byte {
	if c.end {
		return append(b, make([]byte, max(0, int(c.at)-len(b)))...)[:c.at]
	}
	b = append(b, make([]byte, max(0, int(c.at)+len(c.b)-len(b)))...)
	copy(b[c.at:], c.b)
	return b
}
