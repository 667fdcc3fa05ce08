// Package tree makes the ledger provable to an outsider: every entry is a leaf of an RFC 6962 Merkle tree, the tree's head is
// signed, and proofs travel with the receipts that people hold.
//
// It owns the right edge of the tree (Frontier), the C2SP forms (tlog-tiles, tlog-checkpoint, tlog-cosignature, tlog-witness,
// tlog-policy, tlog-proof), the keys of the log and the receipt that fits one QR code. It is pure calculation: no database, no clock of its own.
// Its promise: what it calls proved was checked down to a signature, and no single changed bit passes.
// It leans on fault, on golang.org/x/mod (sumdb/tlog and note) and on the standard library.
// It leaves to the ledger when to commit, where tiles and checkpoints are stored and what an entry's bytes mean.
// Start with frontier.go; then checkpoint.go, receipt.go and verify.go.
//
// Words: seq counts entries from 1, a leaf's index counts from 0, so index = seq-1. An entry's body begins with BodyVersion and a random
// salt; its commitment is SHA-256(body); the leaf's data is the commitment, so published tiles and entry bundles tell nothing.
package tree
