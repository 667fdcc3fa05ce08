package closedmail

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"citypost/internal/postal"
)

// combed is a text in which numbers of covers are looked for, however they are written: without marks, in small letters, with blanks around strokes, with other strokes.
type combed struct {
	folded []rune // as compared
	was    []rune // each of them as written
}

// strokes that people write for / and -.
var strokes = strings.NewReplacer("⁄", "/", "∕", "/", "／", "/", "‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "－", "-")

func comb(text string) (p combed) {
	words := strings.Fields(strokes.Replace(text))
	for n, word := range words {
		if n > 0 && !strings.HasPrefix(word, "/") && !strings.HasPrefix(word, "-") && !strings.HasSuffix(words[n-1], "/") && !strings.HasSuffix(words[n-1], "-") {
			p.folded, p.was = append(p.folded, ' '), append(p.was, ' ')
		}
		for _, r := range word {
			for _, f := range postal.Fold(string(r)) {
				p.folded, p.was = append(p.folded, f), append(p.was, r)
			}
		}
	}
	return p
}

// serials gives the numbers that a stroke follows: with them the number of a cover would begin.
func (p combed) serials() (all []string) {
	for n := 0; n < len(p.folded); n++ {
		end := n
		for end < len(p.folded) && unicode.IsDigit(p.folded[end]) {
			end++
		}
		if end > n && end < len(p.folded) && (p.folded[end] == '/' || p.folded[end] == '-') {
			if s := string(p.folded[n:end]); !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
		n = end
	}
	return all
}

// names reports whether the text has the number of a cover: it does not begin within another number, nor does it go on as one.
func (p combed) names(number string) bool {
	want := comb(number).folded
	for n := 0; n+len(want) <= len(p.folded); n++ {
		if slices.Equal(p.folded[n:n+len(want)], want) && (n == 0 || !unicode.IsDigit(p.folded[n-1])) && !p.goesOn(n+len(want)) {
			return true
		}
	}
	return false
}

// goesOn reports whether a number goes on at a place: with a letter or digit, or with a stroke and a capital or digit.
func (p combed) goesOn(n int) bool {
	if n < len(p.was) && (p.was[n] == '/' || p.was[n] == '-') {
		n++
		return n < len(p.was) && (unicode.IsUpper(p.was[n]) || unicode.IsDigit(p.was[n]))
	}
	return n < len(p.was) && (unicode.IsLetter(p.was[n]) || unicode.IsDigit(p.was[n]))
}

// serialsAtOnce is how many beginnings of numbers one question asks for.
const serialsAtOnce = 100

// coverIn reports whether a text has the number that stands on a cover here. A number of digits alone is not looked for: any figure would be one.
func (r *Records) coverIn(ctx context.Context, text string) (bool, error) {
	p := comb(text)
	for part := range slices.Chunk(p.serials(), serialsAtOnce) {
		found, err := r.coversOf(ctx, part)
		if err != nil || slices.ContainsFunc(found, p.names) {
			return err == nil, err
		}
	}
	return false, nil
}

// coversOf lists the numbers on covers that begin with one of the serials and a stroke: the strokes stand just before the digits in the order of characters.
func (r *Records) coversOf(ctx context.Context, serials []string) ([]string, error) {
	ranges, args := make([]string, len(serials)), []any{}
	for n, s := range serials {
		ranges[n] = "SELECT number FROM closedmail_item WHERE number >= $" + strconv.Itoa(2*n+1) + " AND number < $" + strconv.Itoa(2*n+2)
		args = append(args, s+"-", s+"0")
	}
	rows, err := r.DB.Read().QueryContext(ctx, strings.Join(ranges, " UNION "), args...) // one range of the index each; joined by OR all numbers would be read
	if err != nil {
		return nil, fmt.Errorf("look for covers: %w", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var number string
		if err := rows.Scan(&number); err != nil {
			return nil, fmt.Errorf("look for covers: %w", err)
		}
		all = append(all, number)
	}
	return all, rows.Err()
}
