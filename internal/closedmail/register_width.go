package closedmail

import "strings"

// Letters that a cell's edges take, and how long a text may be before it takes more than two lines.
const (
	edges    = 3
	longText = 18
)

// share is how much of the paper's width a column wants, in letters: no code or number is broken, and a text takes two lines, a long one more.
func share(t *table, column int) int {
	most := 3
	for _, row := range t.Rows {
		text := row[column].Text
		most = max(most, min(longText, len([]rune(text))*2/3), longestWord(text))
	}
	return max(most, longestWord(t.Heads[column].Label)) + edges
}

func longestWord(text string) (most int) {
	for word := range strings.FieldsSeq(text) {
		most = max(most, len([]rune(word)))
	}
	return most
}
