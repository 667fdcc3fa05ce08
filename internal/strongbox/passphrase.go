package strongbox

import (
	"crypto/rand"
	_ "embed"
	"math"
	"math/big"
	"strings"
	"unicode/utf8"

	"citypost/internal/fault"
)

// A passphrase stands alone against somebody with the disk and time.
const (
	leastPassphrase = 16 // letters
	leastDifferent  = 8  // different ones
	leastSubstance  = 12 // what substance leaves of it
)

func checkPassphrase(text string) error {
	letters := []rune(strings.ToLower(normal(text)))
	different := map[rune]bool{}
	for _, r := range letters {
		different[r] = true
	}
	if utf8.RuneCountInString(normal(text)) >= leastPassphrase && len(different) >= leastDifferent && substance(letters) >= leastSubstance {
		return nil
	}
	return fault.New(fault.Invalid, "closed.weak_passphrase",
		"Mật khẩu mở khoá phải có ít nhất %[1]d ký tự, trong đó ít nhất %[2]d ký tự khác nhau; đoạn lặp lại và dãy liền nhau (abcdefgh, 12345678, qwerty) chỉ tính là một. Hãy dùng bốn, năm từ ngẫu nhiên: «citypost closed init --suggest» rút giúp năm từ.",
		"The passphrase needs at least %[1]d characters, %[2]d of them different; what repeats and what runs on (abcdefgh, 12345678, qwerty) counts as one. Use four or five random words: “citypost closed init --suggest” draws five.", leastPassphrase, leastDifferent)
}

// rows are what fingers run along; also backwards.
var rows = func() [][]rune {
	var all [][]rune
	for _, row := range strings.Fields("abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop[] asdfghjkl;' zxcvbnm,./ 1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 0p;/") {
		back := []rune(row)
		for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
			back[i], back[j] = back[j], back[i]
		}
		all = append(all, []rune(row), back)
	}
	return all
}()

// leastRun letters that repeat what stood before, or run along a row, are one piece.
const leastRun = 4

// substance counts the letters of a text, where a piece that stood there before, or runs along a row, counts as one.
func substance(text []rune) (n int) {
	for at := 0; at < len(text); n++ {
		run := longest(text[at:], rows)
		for from := range at {
			run = max(run, common(text[at:], text[from:]))
		}
		if run < leastRun {
			run = 1
		}
		at += run
	}
	return n
}

// longest is how far the text begins as a part of one of the rows does.
func longest(text []rune, rows [][]rune) (n int) {
	for _, row := range rows {
		for from := range row {
			n = max(n, common(text, row[from:]))
		}
	}
	return n
}

func common(a, b []rune) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// syllables of Vietnamese without marks, three to six letters, so that every keyboard types them; all are different.
//
//go:embed syllables.txt
var syllables string

const suggested = 5 // words

// Suggest draws a passphrase of five words, and says how many bits a guesser lacks who knows the list.
func Suggest() (words string, bits float64, err error) {
	list := strings.Fields(syllables)
	for checkPassphrase(words) != nil { // the same word twice, hardly ever
		drawn := make([]string, suggested)
		for i := range drawn {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(list))))
			if err != nil {
				return "", 0, err
			}
			drawn[i] = list[n.Int64()]
		}
		words = strings.Join(drawn, " ")
	}
	return words, suggested * math.Log2(float64(len(list))), nil
}
