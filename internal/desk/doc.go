// Package desk is the staff's side of custody: the scan desk, accepting, bags, dispatches, handovers, the carrier's round, irregularities.
//
// It owns the pages under /desk, /round and /board, their print pages, and the tables desk_party and desk_proof (who sends and receives, and how a delivery
// was proved, sealed), desk_access (who looked at people in full), desk_scan and desk_print (what a person did last) and desk_settled.
// Its promise: what a page says was done is in the ledger; what was refused is said in words, and nothing typed is lost.
// It leans on custody for every rule. It asks interfaces for places, due times, a second person's signature, and a Till for prices and money; app brings them.
// Start with desk.go, then scan.go.
package desk
