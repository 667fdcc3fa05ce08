package postal

import (
	"strings"
	"unicode/utf8"
)

// Words writes the amount in Vietnamese words as a receipt has it, "Bốn mươi tư nghìn năm trăm đồng": "linh" before a lone last digit (the south says
// "lẻ"), mốt, tư and lăm after mươi, "Âm" before a negative amount.
func (v VND) Words() string {
	words := readNumber(nil, size(int64(v)), false)
	if v < 0 {
		words = append([]string{"âm"}, words...)
	}
	text := strings.Join(append(words, "đồng"), " ")
	first, rest, _ := strings.Cut(text, " ")
	return capital(first) + " " + rest
}

const billion = 1_000_000_000

var digitWords = [10]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// readNumber appends the words of n. When inner, other words went before, so that a short group must say its missing hundreds.
func readNumber(words []string, n uint64, inner bool) []string {
	if n == 0 && !inner {
		return append(words, digitWords[0])
	}
	if n >= billion {
		words = append(readNumber(words, n/billion, inner), "tỷ")
		n, inner = n%billion, true
	}
	for _, group := range []struct {
		size uint64
		name string
	}{{1_000_000, "triệu"}, {1_000, "nghìn"}, {1, ""}} {
		three := n / group.size % 1000
		if three == 0 {
			continue
		}
		words = readGroup(words, int(three), inner)
		if group.name != "" {
			words = append(words, group.name)
		}
		inner = true
	}
	return words
}

// readGroup appends the words of a number from 1 to 999.
func readGroup(words []string, n int, inner bool) []string {
	hundreds, tens, ones := n/100, n/10%10, n%10
	said := hundreds > 0 || inner
	if said {
		words = append(words, digitWords[hundreds], "trăm")
	}
	switch {
	case tens == 0 && ones == 0:
		return words
	case tens == 0 && said:
		words = append(words, "linh")
	case tens == 1:
		words = append(words, "mười")
	case tens > 1:
		words = append(words, digitWords[tens], "mươi")
	}
	if ones == 0 {
		return words
	}
	return append(words, readOnes(tens, ones))
}

// readOnes gives the last digit, whose word changes after the tens.
func readOnes(tens, ones int) string {
	switch {
	case ones == 1 && tens > 1:
		return "mốt"
	case ones == 4 && tens > 1:
		return "tư"
	case ones == 5 && tens > 0:
		return "lăm"
	}
	return digitWords[ones]
}

func capital(word string) string {
	_, n := utf8.DecodeRuneInString(word)
	return strings.ToUpper(word[:n]) + word[n:]
}
