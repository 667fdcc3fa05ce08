// Package tracking tells a citizen how far an item has come and what to do next.
//
// It owns no table: all it says is read from the ledger through custody at the moment of the question. Its promise: an answer holds
// public facts only (times, offices, communes, plain reasons; never a name, weight, price or carrier), and every number that we do not
// show gets the same answer, whatever the reason.
// It leans on custody for histories and states. Names of offices and the pages are left to the caller. Start with Track.
package tracking
