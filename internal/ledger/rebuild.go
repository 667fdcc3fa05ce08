package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"

	"citypost/internal/event"
	"citypost/internal/sqldb"

	"golang.org/x/sync/errgroup"
)

// Rebuild replays all entries and puts the states they give in place of those in the table, in one transaction: a crash leaves the old ones. States that were
// not touched for long go to the table meanwhile, so that memory holds the world's moving part only. Processes that write meanwhile wait, and forget the states that they
// remember when they see that the number of rebuilds has grown.
func (l *Ledger) Rebuild(ctx context.Context, progress func(seq int64)) error {
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE ledger_head SET rebuilt = rebuilt + 1 WHERE id = 1`); err != nil { // no batch comes between
			return fmt.Errorf("take head: %w", err)
		}
		if l.db.Dialect == sqldb.Postgres { // much is read and thought between two writes
			if _, err := tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
				return fmt.Errorf("take time: %w", err)
			}
		}
		for _, text := range []string{`DELETE FROM ledger_state`, `DELETE FROM ledger_trail`} {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("clear states: %w", err)
			}
		}
		load := rebuildLoader{txLoader: txLoader{tx, l.writer}, stored: map[Key]struct{}{}}
		v := newView(ctx, l.kinds, load, 0)
		v.index = map[string]map[Key]struct{}{}
		if err := l.replayInto(ctx, v, progress, func() error { return l.spill(ctx, tx, v, load.stored) }); err != nil {
			return err
		}
		rows := Rows{}
		rows.takeStates(v)
		return l.writer.putStates(ctx, tx, &rows)
	})
}

// spill writes all changes when the view has grown, and forgets what was not touched since the last time.
func (l *Ledger) spill(ctx context.Context, tx *sql.Tx, v *View, stored map[Key]struct{}) error {
	if len(v.slots) < rebuildStates {
		return nil
	}
	rows := Rows{}
	rows.takeStates(v)
	if err := l.writer.putStates(ctx, tx, &rows); err != nil {
		return err
	}
	for _, k := range v.moved {
		stored[k] = struct{}{}
	}
	v.saved()
	v.old, v.slots = v.slots, make(map[Key]*slot, rebuildStates)
	return nil
}

// rebuildStates is how many states a rebuild keeps in each half of its memory.
var rebuildStates = 150_000 // changed by tests only

// rebuildLoader asks the table only for states that were put there.
type rebuildLoader struct {
	txLoader
	stored map[Key]struct{}
}

func (r rebuildLoader) states(ctx context.Context, keys []Key, each func(Key, []byte, []byte) error) error {
	keys = slices.DeleteFunc(keys, func(k Key) bool { _, there := r.stored[k]; return !there })
	if len(keys) == 0 {
		return nil
	}
	return r.txLoader.states(ctx, keys, each)
}

// replay folds all entries into an empty view that keeps everything.
func (l *Ledger) replay(ctx context.Context, progress func(seq int64)) (*View, error) {
	v := newView(ctx, l.kinds, noLoader{}, 0)
	v.index = map[string]map[Key]struct{}{}
	return v, l.replayInto(ctx, v, progress, func() error { return nil })
}

// replayChunk is how many entries are read from the table, decoded and folded together.
const replayChunk = 2048

// decoded is a run of entries on its way to the fold.
type decoded struct {
	first  int64
	bodies [][]byte
	facts  []event.Entry
	done   chan error
}

// replayInto reads, decodes and folds all entries: one goroutine reads, several decode, this one folds in order.
func (l *Ledger) replayInto(ctx context.Context, v *View, progress func(seq int64), pause func() error) error {
	g, gctx := errgroup.WithContext(ctx)
	ordered, work := make(chan *decoded, 8), make(chan *decoded)
	g.Go(func() error {
		defer close(ordered)
		defer close(work)
		return l.readChunks(gctx, func(d *decoded) error {
			for _, to := range []chan<- *decoded{ordered, work} {
				select {
				case to <- d:
				case <-gctx.Done():
					return gctx.Err()
				}
			}
			return nil
		})
	})
	for range max(1, runtime.NumCPU()-1) {
		g.Go(func() error {
			for d := range work {
				d.done <- d.decode()
			}
			return nil
		})
	}
	g.Go(func() error {
		for d := range ordered {
			if err := <-d.done; err != nil {
				return err
			}
			for i := range d.facts {
				if err := l.fold(v, &d.facts[i]); err != nil {
					return err
				}
			}
			if progress != nil {
				progress(d.first + int64(len(d.facts)) - 1)
			}
			if err := pause(); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// readChunks reads all entries, run after run.
func (l *Ledger) readChunks(ctx context.Context, each func(*decoded) error) error {
	d := &decoded{done: make(chan error, 1)}
	err := l.EachBody(ctx, 0, func(seq int64, body []byte) error {
		if len(d.bodies) == 0 {
			d.first = seq
		}
		d.bodies = append(d.bodies, bytes.Clone(body))
		if len(d.bodies) < replayChunk {
			return nil
		}
		full := d
		d = &decoded{done: make(chan error, 1)}
		return each(full)
	})
	if err != nil || len(d.bodies) == 0 {
		return err
	}
	return each(d)
}

func (d *decoded) decode() error {
	d.facts = make([]event.Entry, len(d.bodies))
	for i, body := range d.bodies {
		var err error
		if d.facts[i], err = event.Read(d.first+int64(i), body); err != nil {
			return err
		}
	}
	return nil
}

// noLoader is an empty table.
type noLoader struct{}

func (noLoader) states(context.Context, []Key, func(Key, []byte, []byte) error) error { return nil }
func (noLoader) keysAt(context.Context, string) ([]Key, error)                        { return nil, nil }
