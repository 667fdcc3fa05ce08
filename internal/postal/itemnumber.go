package postal

import (
	"strings"
	"unicode"

	"citypost/internal/fault"
)

// Country is the country code at the end of every item number that we give out (ISO 3166-1 alpha-2).
const Country = "VN"

// MaxSerial is the highest serial of an item number.
const MaxSerial = 99_999_999

const itemNumberLen = 13

// ItemNumber is the public number of an item (số hiệu bưu gửi), as UPU standard S10-12 has it: two letters of service, eight digits of serial,
// a check digit, two letters of country. Make one with ParseItemNumber or MakeItemNumber.
type ItemNumber string

// s10Weights are the weights of the check digit (UPU S10-12, annex on the check digit).
var s10Weights = [8]int{8, 6, 4, 2, 3, 5, 9, 7}

// ParseItemNumber reads an item number as a person or a scanner gives it: blanks and lower case are accepted.
// A number that is already in its final form is returned without any allocation.
func ParseItemNumber(s string) (ItemNumber, error) {
	if len(s) != itemNumberLen || !isItemShape(s) {
		var err error
		if s, err = mendShape(s); err != nil {
			return "", err
		}
	}
	if want := s10Check(s[2:10]); s[10] != want {
		return "", wrongCheckDigit(s, want)
	}
	if s[11:] != Country {
		return "", fault.New(fault.Invalid, "postal.item_number.foreign",
			"Số hiệu %s là của nước ngoài (mã nước %s); ở đây chỉ nhận số hiệu kết thúc bằng VN.",
			"The number %s belongs to another country (%s); only numbers ending in VN are taken here.", s, s[11:])
	}
	return ItemNumber(s), nil
}

// MakeItemNumber makes the number of a service's serial: "RR", 47312482 → RR473124829VN.
func MakeItemNumber(service string, serial int) (ItemNumber, error) {
	if len(service) != 2 || !isUpper(service[0]) || !isUpper(service[1]) {
		return "", fault.New(fault.Invalid, "postal.item_number.service",
			"Mã dịch vụ %q phải là hai chữ cái in hoa A–Z.", "The service indicator %q must be two capital letters A–Z.", service)
	}
	if serial < 0 || serial > MaxSerial {
		return "", fault.New(fault.Invalid, "postal.item_number.serial",
			"Số thứ tự %d nằm ngoài khoảng 0–99999999.", "The serial %d lies outside 0–99999999.", serial)
	}
	b := make([]byte, 0, itemNumberLen)
	b = append(b, service...)
	b = appendDigits(b, serial, 8)
	b = append(b, '0'+byte(CheckDigit(serial)))
	b = append(b, Country...)
	return ItemNumber(b), nil
}

// CheckDigit is the S10 check digit of a serial from 0 to MaxSerial: 11 less the weighted sum modulo 11, where 10 is written 0 and 11 is written 5.
func CheckDigit(serial int) int {
	sum := 0
	for i := len(s10Weights) - 1; i >= 0; i-- {
		sum += serial % 10 * s10Weights[i]
		serial /= 10
	}
	return s10Digit(sum)
}

// Service gives the two letters of service, "RR".
func (n ItemNumber) Service() string {
	if len(n) != itemNumberLen {
		return ""
	}
	return string(n[:2])
}

// Serial gives the eight digits of serial as a number.
func (n ItemNumber) Serial() int {
	if len(n) != itemNumberLen {
		return 0
	}
	serial := 0
	for _, c := range []byte(n[2:10]) {
		serial = serial*10 + int(c-'0')
	}
	return serial
}

// Grouped writes the number for people's eyes: "RR 473 124 829 VN".
func (n ItemNumber) Grouped() string {
	if len(n) != itemNumberLen {
		return string(n)
	}
	return string(n[:2] + " " + n[2:5] + " " + n[5:8] + " " + n[8:11] + " " + n[11:])
}

func s10Check(serial string) byte {
	sum := 0
	for i, w := range s10Weights {
		sum += int(serial[i]-'0') * w
	}
	return '0' + byte(s10Digit(sum))
}

func s10Digit(sum int) int {
	switch c := 11 - sum%11; c {
	case 10:
		return 0
	case 11:
		return 5
	default:
		return c
	}
}

// isItemShape reports whether s, 13 bytes long, is two capitals, nine digits, two capitals.
func isItemShape(s string) bool {
	for i := 2; i < 11; i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return isUpper(s[0]) && isUpper(s[1]) && isUpper(s[11]) && isUpper(s[12])
}

// mendShape drops blanks, raises letters and says what keeps the rest from being an item number.
func mendShape(s string) (string, error) {
	s = squeeze(s)
	if len(s) != itemNumberLen && isASCII(s) {
		return "", fault.New(fault.Invalid, "postal.item_number.length",
			"Số hiệu bưu gửi có 13 ký tự, ví dụ RR 473 124 829 VN; ở đây có %d.",
			"An item number has 13 characters, for example RR 473 124 829 VN; this has %d.", len(s))
	}
	if len(s) != itemNumberLen || !isItemShape(s) {
		return "", fault.New(fault.Invalid, "postal.item_number.letters",
			"Số hiệu bưu gửi gồm 2 chữ cái không dấu, 9 chữ số, rồi VN, ví dụ RR 473 124 829 VN. Nếu vừa quét, hãy tắt bộ gõ tiếng Việt rồi quét lại.",
			"An item number is 2 plain letters, 9 digits, then VN, for example RR 473 124 829 VN. If you have just scanned it, switch the Vietnamese keyboard off and scan again.")
	}
	return s, nil
}

func wrongCheckDigit(s string, want byte) error {
	return fault.New(fault.Invalid, "postal.item_number.check_digit",
		"Số hiệu %s sai số kiểm tra: chữ số thứ chín là %c, đúng ra phải là %c. Hãy đọc lại từng chữ số.",
		"The number %s has a wrong check digit: the ninth digit is %c and should be %c. Read every digit again.", s, s[10], want)
}

// squeeze drops all blanks and raises ASCII letters; other characters stay as they are.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// allDigits reports whether s is n ASCII digits.
func allDigits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// appendDigits writes n with leading zeros, width digits wide.
func appendDigits(b []byte, n, width int) []byte {
	at := len(b)
	for range width {
		b = append(b, '0')
	}
	for i := at + width - 1; i >= at; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return b
}
