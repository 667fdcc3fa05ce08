package postal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"citypost/internal/fault"
)

// Clean makes a line of text as we keep it: composed (Unicode NFC), without blanks at its ends, with single blanks inside and without invisible format
// characters, which come along when people paste. It refuses what is no text: invalid UTF-8 and control characters.
func Clean(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fault.New(fault.Invalid, "postal.text.encoding",
			"Nội dung có ký tự không đọc được. Hãy gõ lại.", "The text has characters that cannot be read. Type it again.")
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = true
			continue
		case isFormat(r):
			continue
		case unicode.IsControl(r):
			return "", fault.New(fault.Invalid, "postal.text.control",
				"Nội dung có ký tự điều khiển (%U). Hãy xoá và gõ lại.", "The text has a control character (%U). Delete it and type again.", r)
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String()), nil
}

// Fold makes a text as we search it: without marks, đ as d, lower case, single blanks. Where the tone mark stood no longer shows, so "Hoà Bình" and "Hòa Bình" fold
// alike. Store it beside the text and fold the query too.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.IsSpace(r):
			blank = true
			continue
		case isMark(r), isFormat(r):
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

// foldRune lowers a letter without marks. Ð and Ɖ are other letters that look like Đ and are met in real files.
func foldRune(r rune) rune {
	switch r {
	case 'đ', 'Đ', 'ð', 'Ð', 'ɖ', 'Ɖ':
		return 'd'
	}
	return unicode.ToLower(r)
}

// SameName reports whether two names are the same apart from where the tone mark stands: hoà = hòa and thuỷ = thủy, but quý ≠ quí, which are other
// letters. Capitals and all other marks count.
func SameName(a, b string) bool { return a == b || toneLast(a) == toneLast(b) }

// toneLast takes the text apart (NFD), with blanks made single and the tone mark of every word moved to the end of the word.
func toneLast(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	tones := make([]rune, 0, 4)
	blank := false
	flush := func() {
		for _, t := range tones {
			b.WriteRune(t)
		}
		tones = tones[:0]
	}
	for _, r := range norm.NFD.String(s) {
		switch {
		case isTone(r):
			tones = append(tones, r)
			continue
		case isMark(r), unicode.IsLetter(r):
		default:
			flush()
		}
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

// isTone reports whether r is one of the five Vietnamese tone marks; circumflex, breve and horn make other letters and are none.
func isTone(r rune) bool {
	switch r {
	case grave, acute, tilde, hook, dotDown:
		return true
	}
	return false
}

// isMark reports whether r is drawn on the letter before it.
func isMark(r rune) bool { return r >= 0x300 && unicode.Is(unicode.Mn, r) }

// isFormat reports whether r is invisible: a soft hyphen, a zero-width blank, a change of writing direction.
func isFormat(r rune) bool { return r >= 0xad && unicode.Is(unicode.Cf, r) }

// The ranks of a name in the answer to a search, the better the higher.
const (
	RankNone   = iota // not found
	RankInside        // the folded query stands somewhere in the folded name
	RankFold          // the folded name begins with the folded query
	RankPrefix        // the name begins with the query, marks and all
	RankExact         // the name is the query, marks and all
)

// Rank says how well a name answers a query that a person typed; capitals and the place of the tone mark never matter. An empty query finds nothing.
func Rank(query, name string) int {
	foldedQuery, foldedName := Fold(query), Fold(name)
	at := strings.Index(foldedName, foldedQuery)
	if foldedQuery == "" || at < 0 {
		return RankNone
	}
	if at > 0 {
		return RankInside
	}
	q, n := toneLast(strings.ToLower(query)), toneLast(strings.ToLower(name))
	switch {
	case q == n:
		return RankExact
	case beginsWith(query, name):
		return RankPrefix
	}
	return RankFold
}

// beginsWith reports whether name begins with query, marks and all. Whole words compare wherever their tone stands; the last word may be half typed.
func beginsWith(query, name string) bool {
	q, n := markedWords(query), markedWords(name)
	if len(q) > len(n) {
		return false
	}
	last := len(q) - 1
	for i := range last {
		if toneLast(q[i]) != toneLast(n[i]) {
			return false
		}
	}
	return strings.HasPrefix(n[last], q[last]) || toneLast(n[last]) == toneLast(q[last])
}

func markedWords(s string) []string { return strings.Fields(norm.NFC.String(strings.ToLower(s))) }
