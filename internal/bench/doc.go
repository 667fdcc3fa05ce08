// Package bench measures the house beside the bare engine doing the same writes in the same run: machines differ, the ratio counts.
//
// It owns made-up work: items that are accepted, bagged, taken out and delivered at made-up offices, through the ledger or through the HTTP API.
// Its promise: a figure counts only what was acknowledged as durable, and the bare engine wrote the very same rows in the same transactions.
// It leans on the whole house; it leaves nothing behind. Start with writes.go; the made-up work is in load.go.
package bench
