package idcard

import (
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// The zone is a TD1 of ICAO Doc 9303: three lines of thirty characters.
const (
	lineLen = 30
	zoneLen = 3 * lineLen
)

// looksLikeMRZ reports whether a scan begins like the zone of our cards.
func looksLikeMRZ(s string) bool {
	return len(s) >= 5 && strings.EqualFold(s[:5], "IDVNM")
}

// ParseMRZ reads the zone on the back, with or without line ends between its lines.
func ParseMRZ(text string) (Card, error) {
	zone := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if len(zone) < zoneLen && strings.HasPrefix(zone, "IDVNM") {
		return Card{}, fault.New(fault.Invalid, "idcard.part",
			"Mới nhận được %d trong 90 ký tự của dòng mã mặt sau. Hãy quét đủ cả ba dòng.", "Only %d of the 90 characters of the zone came in. Scan all three lines.", len(zone))
	}
	if len(zone) != zoneLen || !zoneCharacters(zone) || zone[:5] != "IDVNM" {
		return Card{}, errUnknown
	}
	one, two, three := zone[:lineLen], zone[lineLen:2*lineLen], zone[2*lineLen:]
	if !digitsRight(one, two) {
		return Card{}, fault.New(fault.Invalid, "idcard.check_digit",
			"Dòng mã mặt sau sai số kiểm tra. Hãy lau thẻ và quét lại.", "The zone on the back has a wrong check digit. Wipe the card and scan again.")
	}
	if one[5:14] != one[18:27] { // the document number is the last nine of the twelve digits
		return Card{}, errContradicts
	}
	var c Card
	var err error
	if c.ID, err = postal.ParsePersonalID(one[15:27]); err != nil {
		return Card{}, errNumber
	}
	if c.Born, err = zoneDay(two[:6], c.ID.BirthYear()/100); err != nil {
		return Card{}, err
	}
	if two[8:14] != "<<<<<<" {
		if c.Expires, err = zoneDay(two[8:14], 20); err != nil {
			return Card{}, err
		}
	}
	var known bool
	if c.Sex, known = zoneSex[two[7]]; !known {
		return Card{}, errUnknown
	}
	c.Name, c.Plain = zoneName(three), true
	if c.Name == "" {
		return Card{}, errUnknown
	}
	return c, c.checked()
}

var zoneSex = map[byte]postal.Sex{'M': postal.Male, 'F': postal.Female, '<': postal.SexUnknown}

// digitsRight checks the check digits of number, birth, expiry and of all together, and that of the twelve digits, which our cards add.
func digitsRight(one, two string) bool {
	return one[14] == checkDigit(one[5:14]) && one[29] == checkDigit(one[15:27]) && one[27:29] == "<<" &&
		two[6] == checkDigit(two[:6]) && two[14] == checkDigit(two[8:14]) && two[15:18] == "VNM" &&
		two[29] == checkDigit(one[5:]+two[:7]+two[8:15]+two[18:29])
}

// checkDigit is that of ICAO Doc 9303: weights 7, 3, 1; letters from A = 10; the filler counts nothing.
func checkDigit(s string) byte {
	weights := [3]int{7, 3, 1}
	sum := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			sum += weights[i%3] * int(c-'0')
		case c >= 'A' && c <= 'Z':
			sum += weights[i%3] * int(c-'A'+10)
		}
	}
	return '0' + byte(sum%10)
}

// zoneDay reads YYMMDD in a century: 19 for the 1900s.
func zoneDay(s string, century int) (postal.Day, error) {
	d, err := postal.ParseDay(string([]byte{'0' + byte(century/10), '0' + byte(century%10)}) + s[:2] + "-" + s[2:4] + "-" + s[4:])
	if err != nil {
		return postal.Day{}, errDate
	}
	return d, nil
}

// zoneName puts SURNAME<<MIDDLE<GIVEN in the order in which people say it.
func zoneName(line string) string {
	return strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == '<' }), " ")
}

func zoneCharacters(zone string) bool {
	for i := range len(zone) {
		if c := zone[i]; c != '<' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
