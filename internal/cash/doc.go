// Package cash keeps the money of the counters: postage, State fees collected for agencies, drawers, receipts, refunds, compensation.
//
// It owns the facts cash.*, their states (accounts, drawers, receipt books, what each item has paid) and the tables of postings and receipts.
// Its promise: every movement of money is a fact in the ledger whose postings add up to nothing; receipt numbers of a book have no gaps; no drawer, safe or debt
// ever goes below nothing; and the books, exported as plain text, balance in hledger, ledger and beancount.
// It leans on ledger for order and exactness and on rulebook for the least compensation.
// It leaves prices to tariff and who may do what to the pages that call it. Start with Take in take.go; account.go lists the accounts, journal.go writes the books.
package cash
