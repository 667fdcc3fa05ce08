// Package tracking tells a citizen how far an item has come and what to do next.
//
// It owns the pages under /track and no table: all it says is read from the ledger through custody at the moment of the question. Its promise: an answer holds
// public facts only (times, offices, communes, plain reasons; never a name, weight, price or carrier), and every number that we do not
// show gets the same answer, whatever the reason.
// It leans on custody for histories and states and on the gazetteer for names of places. Whether a promised day stands on a checked rule it asks its caller;
// the same answer for programs is the API's. Start with Track in track.go, then pages.go.
package tracking
