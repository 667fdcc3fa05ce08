// Package custody says what the facts of the ledger mean: who holds what, inside what, since when, due when.
//
// It owns the states of items, bags, dispatches, handovers, irregularities and number ranges, and the acts that move things from hand
// to hand. Its promise: everything has exactly one holder at every moment, no act passes on what its giver does not hold, and a late
// scan is never refused: if it contradicts the ledger it is recorded and a person must settle it.
// It leans on ledger for order and durability. It knows no names, prices or pages; desk and tracking show what it knows.
// Start with thing.go for the states, then accept.go for the shape of an act.
package custody
