package power

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// Cut is a moment at which the power failed.
type Cut struct {
	Steps int // of the disk before it
	names map[string]*inode
	moves []move
}

// Unsynced is how many changes of files and names nobody had synced.
func (c *Cut) Unsynced() int {
	n := len(c.moves)
	for _, f := range c.names {
		n += len(f.pending)
	}
	return n
}

// Into puts one of the many things that the disk may hold now into an empty folder.
func (c *Cut) Into(dir string, r *rand.Rand) error {
	luck := newLuck(r)
	names := maps.Clone(c.names)
	for _, m := range c.moves {
		if !luck.kept() {
			continue
		}
		if m.to == nil {
			delete(names, m.name)
		} else {
			names[m.name] = m.to
		}
	}
	contents := map[*inode][]byte{} // a file is one thing, also when it goes by two names
	for name, f := range names {
		b, known := contents[f]
		if !known {
			b = f.survive(luck)
			contents[f] = b
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (f *inode) survive(l *luck) []byte {
	b := bytes.Clone(f.lasting)
	for _, c := range f.pending {
		if c.end {
			if l.kept() {
				b = c.apply(b)
			}
			continue
		}
		for _, part := range c.sectors() {
			if l.kept() {
				b = part.apply(b)
			}
		}
	}
	return b
}

// sectors cuts a write where a disk may tear it.
func (c change) sectors() (parts []change) {
	for from := c.at; from < c.at+int64(len(c.b)); {
		to := min((from/sector+1)*sector, c.at+int64(len(c.b)))
		parts = append(parts, change{at: from, b: c.b[from-c.at : to-c.at]})
		from = to
	}
	return parts
}

// luck decides what survives. Some disks lose everything that was not synced, some nothing; most keep some of it, either up to a moment or here and there.
type luck struct {
	r     *rand.Rand
	share float64
	left  int // how much still survives in order; negative: here and there
}

func newLuck(r *rand.Rand) *luck {
	switch r.IntN(6) {
	case 0:
		return &luck{r, 0, -1}
	case 1:
		return &luck{r, 1, -1}
	case 2, 3:
		return &luck{r, 0, r.IntN(200)}
	default:
		return &luck{r, r.Float64(), -1}
	}
}

func (l *luck) kept() bool {
	if l.left > 0 {
		l.left--
		return true
	}
	return l.r.Float64() < l.share
}
