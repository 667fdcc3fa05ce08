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
