// Package report makes the reports that the city post owes the Department, from what the ledger says.
//
// It owns the tables report_* and the pages under /reports. Its promise: every figure opens the items that it counts, the same items are in the file that is handed in,
// and a figure says by which moment it was computed. A dossier counts once for each thing that it is counted for.
// It leans on sheet for the files and on calendar for the dates. What a dossier has come to, its capability knows: app hands the lines in, as the entries go by. Start with line.go, then figures.go.
package report
