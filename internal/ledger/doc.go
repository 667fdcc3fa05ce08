// Package ledger keeps what happened, in order, for ever.
//
// It owns the tables ledger_*: the entries with the ids of their acts, the states that the entries add up to, the cursors of the followers.
// Its promise: an act that was answered is on disk, once, at one place in the order; one act's refusal never fails its neighbours;
// replaying the entries gives the states that stand in the table, byte for byte.
// It leans on event for the form of facts and sqldb for the databases. What an act means is decided by the act itself, what a fact
// changes by the folds it is given: custody and the capabilities bring both. Start with Append, then batch.go.
package ledger
