// Package idcard reads what a scanner finds on a citizen's card: the text of the QR code on its front and the machine-readable zone on its back.
//
// It owns the two parsers, the comparison of the two, and the field that fills a form from a scan without any script. Its promise: what it gives back agrees
// with itself (the number with birth and sex, every check digit, the QR with the zone), and the text that was scanned is neither kept, logged nor named in an error.
// It leans on postal for numbers and days and on web for forms. A QR code is unsigned: it proves nothing, the clerk still looks at the card; whether a
// number may be kept is left to whoever asks. Start with Read in card.go; pages start with FillForm in field.go.
package idcard
