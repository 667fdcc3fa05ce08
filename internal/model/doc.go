// Package model holds the property test of custody: thousands of random sequences of acts, legal and illegal, against the HTTP interface.
//
// It owns a second, small account of the rules, written from what they say and without calling custody (world_test.go, rules_test.go, sides_test.go).
// Its promise: for every act it says beforehand whether it will be recorded or refused, and with which code; afterwards it knows where
// everything is. The test fails where the program says anything else, where a thing has two holders or none, and where a replay of the ledger differs.
// It leans on nothing but the interface; the house under test is put together in house_test.go. It leaves pages to the browser tests.
// Start with model_test.go; make model runs ten thousand sequences on each database.
package model
