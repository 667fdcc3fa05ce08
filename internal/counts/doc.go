// Package counts carries the closed house's figures to the open one: how many, never who, whom, where or by which way.
//
// It owns the form of a signed sheet of counts, the tables counts_*, and the page /counts for those who lead the post and for the Department.
// Its promise: small figures are in no file, nor can they be worked out from all files of a month together, corrected ones included; both houses look after that, the
// one that signs and the one that takes. A file of another key, or with one byte altered, is refused.
// It leans on the note format of golang.org/x/mod (a text and an Ed25519 signature under it, readable by people). It leaves counting to whoever knows the mail.
// Start with sheet.go; hide.go says what may be shown together; store.go keeps what was issued and taken.
package counts
