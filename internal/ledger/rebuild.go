package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"citypost/internal/event"
)

// Difference is a state that does not stand in the table as the entries make it.
type Difference struct {
	Key  Key    `json:"key"`
	What string `json:"what"` // "missing", "extra", "place", "trail" or "body"
}

// maxDifferences bounds the list that Check gives: past it the table is simply wrong.
const maxDifferences = 100

// Check replays all entries and compares the states they give with those in the table. progress, when given, hears the last entry replayed.
// It is meant for a ledger that is not being written to.
func (l *Ledger) Check(ctx context.Context, progress func(seq int64)) ([]Difference, error) {
	v, err := l.replay(ctx, progress)
	if err != nil {
		return nil, err
	}
	var diffs []Difference
	rows, err := l.db.Read().QueryContext(ctx, `SELECT key, coalesce(place, ''), trail, body FROM ledger_state ORDER BY key`)
	if err != nil {
		return nil, fmt.Errorf("read states: %w", err)
	}
	defer rows.Close()
	for rows.Next() && len(diffs) < maxDifferences {
		var key, place string
		var trail, body []byte
		if err := rows.Scan(&key, &place, &trail, &body); err != nil {
			return nil, fmt.Errorf("read states: %w", err)
		}
		if what := v.differs(Key(key), place, trail, body); what != "" {
			diffs = append(diffs, Difference{Key(key), what})
		}
		delete(v.slots, Key(key))
	}
	for k, s := range v.slots {
		if s.state != nil && len(diffs) < maxDifferences {
			diffs = append(diffs, Difference{k, "missing"})
		}
	}
	return diffs, rows.Err()
}

func (v *View) differs(k Key, place string, trail, body []byte) string {
	s := v.slots[k]
	switch {
	case s == nil || s.state == nil:
		return "extra"
	case s.state.Place() != place:
		return "place"
	case !bytes.Equal(s.trail.b, trail):
		return "trail"
	case !bytes.Equal(s.state.Encode(nil), body):
		return "body"
	}
	return ""
}

// Rebuild replays all entries and puts the states they give in place of those in the table, in one transaction.
func (l *Ledger) Rebuild(ctx context.Context, progress func(seq int64)) error {
	v, err := l.replay(ctx, progress)
	if err != nil {
		return err
	}
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		for _, text := range []string{`DELETE FROM ledger_state`, `DELETE FROM ledger_trail`} {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("clear states: %w", err)
			}
		}
		return l.writer.save(ctx, tx, v)
	})
}

// replay folds all entries into an empty view.
func (l *Ledger) replay(ctx context.Context, progress func(seq int64)) (*View, error) {
	v := newView(ctx, l.kinds, noLoader{}, 0)
	v.index = map[string]map[Key]*slot{}
	err := l.EachBody(ctx, 0, func(seq int64, body []byte) error {
		e, err := event.Read(seq, body)
		if err != nil {
			return err
		}
		if progress != nil && seq%10_000 == 0 {
			progress(seq)
		}
		return l.fold(v, &e)
	})
	return v, err
}

// noLoader is an empty table.
type noLoader struct{}

func (noLoader) states(context.Context, []Key, func(Key, []byte, []byte) error) error { return nil }
func (noLoader) keysAt(context.Context, string) ([]Key, error)                        { return nil, nil }
