// Package journal shows the ledger's entries to whoever answers for the work: what was done, when, where and by whom, newest first.
//
// It owns the page /journal and nothing else: no table, no fact. Its promise: every entry of the ledger can be found on it, as it was recorded; one page reads a bounded number of entries and says where it
// stopped. It leans on ledger; words, names and the pages of things come from app. What an entry means is the capability's affair, and money has its books (cash).
// Start with Read in journal.go; things.go finds the codes that a fact speaks of.
package journal
