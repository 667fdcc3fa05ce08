package ledger

import "time"

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
