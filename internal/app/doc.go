// Package app wires one house: it opens the database, the ledger and the capabilities, hands each what it asks for, and mounts their pages.
//
// It owns no table and no rule. Its promise: nobody else wires, so reading it shows the whole program.
// It leans on everything. Start with Open in house.go.
package app
