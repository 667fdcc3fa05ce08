// Package law shows the rulebook and the calendar to everyone: the law of a day, what changes and when, which values nobody could check, the
// working days of a year, and when something accepted now is due.
//
// It owns the pages under /rules and the words by which table columns and values of the rulebook are called on pages. It has no table.
// Its promise: whatever a price or a date of this house stands on can be looked up here by anybody, with its article, and what is not verified
// says so with the reason, on every page.
// It leans on rulebook and calendar for every answer and on web for the pages.
// It leaves to others what something costs (tariff) and where a place lies; the names of provinces are handed in.
// Start with Mount in law.go, then view.go.
package law
