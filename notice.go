// Package citypost carries the legal texts of the program, so that every copy of it says what it is made of.
//
// It owns NOTICE and promises that the program shows the very file that stands beside the sources. It leans on nothing; showing the text is left to
// package site. Start with Notice.
package citypost

import _ "embed" // NOTICE

// Notice names everything that is part of the program, with its licence.
//
//go:embed NOTICE
var Notice string
