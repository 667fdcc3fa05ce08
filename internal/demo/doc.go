// Package demo makes up a living city: offices named after their wards, staff of every role, ninety days of past work with the irregularities of real
// life, and a day that goes on.
//
// It owns no table: all it does it does through the ledger, the desk and the accounts, as people would. Its promise: everything follows from seed and day,
// and every made-up thing says that it is made up. It leans on app's house. Start with Fill.
package demo
