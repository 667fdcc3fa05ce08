package ledger

import (
	"context"
	"time"
)

// SetRebuildStates makes a rebuild keep few states in memory, until the test ends.
func SetRebuildStates(t interface{ Cleanup(func()) }, n int) {
	old := rebuildStates
	rebuildStates = n
	t.Cleanup(func() { rebuildStates = old })
}

// SetPatience makes the machine give up an absent database soon, until the test ends.
func SetPatience(t interface{ Cleanup(func()) }, d time.Duration) {
	old := patience
	patience = d
	t.Cleanup(func() { patience = old })
}

// ErrWentBack is what a step says that found entries missing.
var ErrWentBack = errWentBack

// SetStaleFor makes the machine believe soon that missing entries are lost, until the test ends.
func SetStaleFor(t interface{ Cleanup(func()) }, d time.Duration) {
	old := staleFor
	staleFor = d
	t.Cleanup(func() { staleFor = old })
}

// PublishWithoutWitnesses puts the newest checkpoint before the public as if witnesses had cosigned it.
func (l *Ledger) PublishWithoutWitnesses(ctx context.Context) error {
	c, err := newestCheckpoint(ctx, l.db.Read())
	if err != nil {
		return err
	}
	return l.putPublished(ctx, c.size, c.signed)
}
