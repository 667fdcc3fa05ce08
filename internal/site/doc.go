// Package site holds the public pages that belong to no capability: the first page, post offices, wards, old addresses, help and what the program says of itself.
//
// It owns no table and no fact, only the pages under /, /offices, /ward, /convert, /help, /accessibility, /privacy and /about, and robots.txt. Its promise: every page
// works without scripts, weighs little, and says of a made-up place that it is made up and of an unchecked rule that it is unchecked; a name that several places
// share is never decided for the reader.
// It leans on the gazetteer for places, on the rulebook for the numbers of the law and on the calendar for holidays. Tracking, prices and news have packages of their
// own; the first page only leads there. Start with site.go.
package site
