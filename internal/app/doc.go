// Package app wires a house, the open one or the closed one of KT1: it opens the database, the ledger and the capabilities, hands each what it asks for, and mounts
// their pages.
//
// It owns no table and no rule. Its promise: nobody else wires, so reading it shows the whole program.
// It leans on everything. Start with Open in house.go; OpenClosed in closed.go is its twin; floor.go is what both stand on.
package app
