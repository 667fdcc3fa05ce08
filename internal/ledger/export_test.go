package ledger

// SetRebuildStates makes a rebuild keep few states in memory, until the test ends.
func SetRebuildStates(t interface{ Cleanup(func()) }, n int) {
	old := rebuildStates
	rebuildStates = n
	t.Cleanup(func() { rebuildStates = old })
}
