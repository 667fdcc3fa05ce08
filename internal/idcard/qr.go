package idcard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"citypost/internal/postal"
)

// The fields of the QR text: CCCD|CMND|Họ tên|ddMMyyyy|Giới tính|Địa chỉ|ddMMyyyy; cards of 2024 add empty ones.
const (
	qrID = iota
	qrOldID
	qrName
	qrBorn
	qrSex
	qrAddress
	qrIssued
	qrFields
)

// ParseQR reads the text of the QR code on the front.
func ParseQR(text string) (Card, error) {
	parts := strings.Split(norm.NFC.String(text), "|")
	if len(parts) < qrFields {
		return Card{}, errUnknown
	}
	for i := range parts {
		clean, err := postal.Clean(parts[i])
		if err != nil {
			return Card{}, errGarbled
		}
		parts[i] = clean
	}
	if garbled(parts) {
		return Card{}, errGarbled
	}
	var c Card
	var err error
	if c.ID, err = postal.ParsePersonalID(parts[qrID]); err != nil {
		return Card{}, errNumber
	}
	if parts[qrOldID] != "" {
		if c.OldID, err = postal.ParsePersonalID(parts[qrOldID]); err != nil {
			return Card{}, errNumber
		}
	}
	if c.Born, err = qrDay(parts[qrBorn]); err != nil {
		return Card{}, err
	}
	if parts[qrIssued] != "" {
		if c.Issued, err = qrDay(parts[qrIssued]); err != nil {
			return Card{}, err
		}
	}
	c.Name, c.Sex, c.Address = parts[qrName], sexWords[parts[qrSex]], parts[qrAddress]
	if !c.Issued.IsZero() && c.Issued.Before(c.Born) {
		return Card{}, errContradicts
	}
	return c, c.checked()
}

// checked lets nothing of a refused card out with its error.
func (c *Card) checked() error {
	err := c.check()
	if err != nil {
		*c = Card{}
	}
	return err
}

var sexWords = map[string]postal.Sex{"Nam": postal.Male, "Nữ": postal.Female}

// qrDay reads ddMMyyyy.
func qrDay(s string) (postal.Day, error) {
	if len(s) != 8 {
		return postal.Day{}, errDate
	}
	d, err := postal.ParseDay(s[4:] + "-" + s[2:4] + "-" + s[:2])
	if err != nil {
		return postal.Day{}, errDate
	}
	return d, nil
}

// garbled reports whether an input method or a wrong character set was at work on a scan: a sex that is no word, no mark at all, a name with digits, question marks or
// two tones in one word, a letter with marks that came twice.
func garbled(parts []string) bool {
	if _, ok := sexWords[parts[qrSex]]; !ok {
		return true
	}
	if parts[qrName] == "" || strings.ContainsRune(strings.Join(parts, ""), utf8.RuneError) {
		return true
	}
	if isASCII(parts[qrName] + parts[qrAddress]) {
		return true // no place in the country is written without a single mark: they were dropped on the way
	}
	for _, word := range strings.Fields(parts[qrName]) {
		if !plausible(word) {
			return true
		}
	}
	for _, word := range strings.Fields(parts[qrAddress]) {
		if twoTones(word) {
			return true
		}
	}
	return false
}

// plausible reports whether a word of a name was left alone: letters, with the apostrophe and hyphen that names of some peoples have, and one tone at most.
func plausible(word string) bool {
	var last rune
	for _, r := range word {
		if !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '-' && r != '.' {
			return false
		}
		if r == last && r > unicode.MaxASCII {
			return false
		}
		if unicode.IsLetter(r) && !vietnamese(r) {
			return false // Ã, ¡, á»…: bytes of UTF-8 read one by one
		}
		last = r
	}
	return !twoTones(word) && !telexLeft(word)
}

// vietnamese reports whether a letter is Latin with none but Vietnamese marks.
func vietnamese(r rune) bool {
	if r == 'đ' || r == 'Đ' {
		return true
	}
	for i, part := range []rune(norm.NFD.String(string(r))) {
		switch part {
		case '\u0302', '\u0306', '\u031b', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
			if i == 0 {
				return false
			}
		default:
			if part > unicode.MaxASCII {
				return false
			}
		}
	}
	return true
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

func twoTones(word string) bool {
	tones := 0
	for _, r := range norm.NFD.String(word) {
		switch r {
		case '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
			tones++
		}
	}
	return tones > 1
}

// telexLeft reports whether a word still holds the keys of the Telex method beside a mark, as they remain when a scanner types faster than the method reads:
// a letter with marks followed by the key of a tone at the end ("Nguyễnx"), or a word without vowel marks that doubles a vowel ("Nguyeenx").
func telexLeft(word string) bool {
	lower := strings.ToLower(word)
	end := lower[len(lower)-1]
	if !strings.ContainsRune("sfrxj", rune(end)) || len(lower) < 3 {
		return false
	}
	marked := postal.Fold(lower) != lower
	doubled := strings.Contains(lower, "aa") || strings.Contains(lower, "ee") || strings.Contains(lower, "oo") || strings.Contains(lower, "dd") ||
		strings.Contains(lower, "aw") || strings.Contains(lower, "ow") || strings.Contains(lower, "uw")
	return marked || doubled
}
