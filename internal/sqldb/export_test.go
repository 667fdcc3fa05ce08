package sqldb

import (
	"context"
	"testing"
	"time"
)

// Alone takes the lock under which a schema is brought up to date.
func Alone(ctx context.Context, db *DB, name string) (free func() error, err error) {
	return db.alone(ctx, name)
}

// SetLongWait makes a wait long sooner.
func SetLongWait(t *testing.T, d time.Duration) {
	before := longWait
	longWait = d
	t.Cleanup(func() { longWait = before })
}

// Writers is how many may write at once.
const Writers = writers

// SetWaits makes d what is ten seconds otherwise, and all other limits of a wait for a server as much shorter, until the test ends.
func SetWaits(t *testing.T, d time.Duration) {
	before := waits
	waits = limits{ask: d, awake: d, old: 6 * d, look: d / 10, commit: 3 * d / 2, undo: d / 10, close: d / 2}
	t.Cleanup(func() { waits = before })
}
