package closedmail

import "strings"

// share is how much of the paper's width a column wants: no code or number is broken, and a long text takes two lines, a very long one more.
func share(t *table, column int) int {
	most := 3
	for _, row := range t.Rows {
		text := row[column].Text
		most = max(most, min(24, len([]rune(text))*3/4))
		for word := range strings.FieldsSeq(text) {
			most = max(most, len([]rune(word)))
		}
	}
	for word := range strings.FieldsSeq(t.Heads[column].Label) {
		most = max(most, len([]rune(word)))
	}
	return most
}
