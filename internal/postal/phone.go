package postal

import (
	"strings"
	"unicode"

	"citypost/internal/fault"
)

// Phone is a Vietnamese telephone number in the form of ITU-T E.164: "+84912345678". Show it with Display or Masked.
type Phone string

// ParsePhone reads a mobile or fixed number: 0912 345 678, 0912.345.678, (0225) 312 3456, +84 912 345 678, 84912345678.
// The shapes are those of the numbering plan (Circular 22/2014/TT-BTTTT) as it is since the last mobile numbers of 11 digits became 10 in 2018: mobile
// 0 + 9 digits beginning 3, 5, 7, 8 or 9; fixed 02 + 9 digits, of which the area code takes two (0225 Hải Phòng, 0220 Hải Dương) or one (024, 028).
// That a number is in use is not known here.
func ParsePhone(s string) (Phone, error) {
	digits, ok := phoneDigits(s)
	if !ok {
		return "", fault.New(fault.Invalid, "postal.phone.characters",
			"Số điện thoại chỉ gồm chữ số, có thể có dấu cách, dấu chấm và +84 ở đầu.", "A phone number has digits only, with blanks, dots and a leading +84 allowed.")
	}
	national, ok := strings.CutPrefix(digits, "+84")
	switch {
	case ok:
		national = strings.TrimPrefix(national, "0") // +84 (0)912 …
	case digits[0] == '+':
		return "", fault.New(fault.Invalid, "postal.phone.foreign",
			"Đây là số điện thoại nước ngoài; ở đây chỉ nhận số của Việt Nam (+84).", "This is a foreign phone number; only Vietnamese numbers (+84) are taken here.")
	case digits[0] == '0':
		national = digits[1:]
	case len(digits) > 9 && strings.HasPrefix(digits, "84"):
		national = digits[2:]
	default:
		return "", badPhone("")
	}
	if !isMobile(national) && !isLandline(national) {
		return "", badPhone(national)
	}
	return Phone("+84" + national), nil
}

// Display writes the number as people in Viet Nam do: mobile 0912 345 678, fixed 0225 312 3456, Ha Noi and Ho Chi Minh City 024 7300 1234.
func (p Phone) Display() string {
	n := p.national()
	switch {
	case n == "":
		return string(p)
	case isMobile(n):
		return "0" + n[:3] + " " + n[3:6] + " " + n[6:]
	case n[1] == '4' || n[1] == '8':
		return "0" + n[:2] + " " + n[2:6] + " " + n[6:]
	}
	return "0" + n[:3] + " " + n[3:6] + " " + n[6:]
}

// Masked writes the number so that its owner knows it and nobody else learns it: only the last three digits are shown.
func (p Phone) Masked() string {
	shown := []byte(p.Display())
	for i := range max(0, len(shown)-3) {
		if isDigit(shown[i]) {
			shown[i] = '*'
		}
	}
	return string(shown)
}

// Mobile reports whether the number can receive text messages.
func (p Phone) Mobile() bool { return isMobile(p.national()) }

// national gives the digits after +84, or "" when p was made by no parser.
func (p Phone) national() string {
	n, ok := strings.CutPrefix(string(p), "+84")
	if !ok || !isMobile(n) && !isLandline(n) {
		return ""
	}
	return n
}

func isMobile(n string) bool   { return allDigits(n, 9) && strings.IndexByte("35789", n[0]) >= 0 }
func isLandline(n string) bool { return allDigits(n, 10) && n[0] == '2' }

// phoneDigits drops what people put between the digits; ok is false when something else is there or nothing remains.
func phoneDigits(s string) (digits string, ok bool) {
	b := make([]byte, 0, 16)
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '+' && len(b) == 0:
			b = append(b, byte(r))
		case unicode.IsSpace(r), r == '.', r == '-', r == '(', r == ')':
		default:
			return "", false
		}
	}
	return string(b), len(b) > 0
}

// oldPrefixes are the mobile prefixes of 11-digit numbers and what they became on 15 September 2018 (Decision 798/QĐ-BTTTT of 25 May 2018);
// the last seven digits stayed.
var oldPrefixes = map[string]string{
	"120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
	"123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
	"162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
	"186": "56", "188": "58", "199": "59",
}

// badPhone says what is wrong with the digits after the leading 0; it names a prefix at most, never the number.
func badPhone(national string) error {
	if len(national) == 10 {
		if now, ok := oldPrefixes[national[:3]]; ok {
			return fault.New(fault.Invalid, "postal.phone.old_mobile",
				"Đây là số di động 11 chữ số cũ: từ năm 2018 đầu số 0%s đổi thành 0%s, bảy chữ số sau giữ nguyên.",
				"This is an old mobile number of 11 digits: since 2018 the prefix 0%s is 0%s; the seven digits after it stay.", national[:3], now)
		}
	}
	return fault.New(fault.Invalid, "postal.phone.format",
		"Số điện thoại chưa đúng. Di động gồm 10 chữ số (0912 345 678), cố định gồm 11 chữ số (0225 312 3456).",
		"This phone number is not right. A mobile number has 10 digits (0912 345 678), a fixed one 11 (0225 312 3456).")
}
