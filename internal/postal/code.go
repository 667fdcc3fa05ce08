package postal

import "citypost/internal/fault"

// CodeKind is the first digit of our own codes and says what the code names.
type CodeKind uint8

// The kinds of codes. A scan desk tells them apart by the first digit, and from item numbers by having no letters: a Vietnamese input method
// cannot garble digits.
const (
	CodeBag      CodeKind = 2 // bag (túi thư)
	CodeDispatch CodeKind = 3 // dispatch (chuyến thư)
	CodeHandover CodeKind = 4 // handover between two holders (bàn giao)
	CodeBadge    CodeKind = 5 // staff badge (thẻ nhân viên)
	CodeDossier  CodeKind = 6 // dossier of an administrative procedure (hồ sơ)
	CodeCommand  CodeKind = 9 // command card on the counter, such as "Đóng túi"
)

// MaxCodeSerial is the highest serial of one office's codes of one kind.
const MaxCodeSerial = 999_999

const codeLen = 14

// The codes of things that we number ourselves: kind digit, six digits of office, six digits of serial, one check digit.
type (
	BagNumber      string // 2…
	DispatchNumber string // 3…
	HandoverNumber string // 4…
	DossierNumber  string // 6…
)

// Valid reports whether k is one of the kinds above.
func (k CodeKind) Valid() bool {
	switch k {
	case CodeBag, CodeDispatch, CodeHandover, CodeBadge, CodeDossier, CodeCommand:
		return true
	}
	return false
}

// MakeCode writes the code of an office's serial.
func MakeCode(kind CodeKind, office OfficeCode, serial int) (string, error) {
	if !kind.Valid() {
		return "", fault.New(fault.Invalid, "postal.code.kind",
			"Loại mã %d không dùng.", "Codes of kind %d are not in use.", kind)
	}
	if !allDigits(string(office), 6) {
		return "", badOfficeCode()
	}
	if serial < 0 || serial > MaxCodeSerial {
		return "", fault.New(fault.Invalid, "postal.code.serial",
			"Số thứ tự %d nằm ngoài khoảng 0–999999.", "The serial %d lies outside 0–999999.", serial)
	}
	b := make([]byte, 0, codeLen)
	b = append(b, '0'+byte(kind))
	b = append(b, office...)
	b = appendDigits(b, serial, 6)
	return string(append(b, damm(string(b)))), nil
}

// ParseCode reads a code; blanks are accepted.
func ParseCode(s string) (kind CodeKind, office OfficeCode, serial int, err error) {
	if len(s) != codeLen {
		s = squeeze(s)
	}
	if !allDigits(s, codeLen) {
		return 0, "", 0, fault.New(fault.Invalid, "postal.code.digits",
			"Mã nội bộ gồm 14 chữ số.", "An internal code has 14 digits.")
	}
	if damm(s[:codeLen-1]) != s[codeLen-1] {
		return 0, "", 0, fault.New(fault.Invalid, "postal.code.check_digit",
			"Mã %s sai số kiểm tra. Hãy quét lại hoặc đọc lại từng chữ số.", "The code %s has a wrong check digit. Scan it again or read every digit again.", s)
	}
	if kind = CodeKind(s[0] - '0'); !kind.Valid() {
		return 0, "", 0, fault.New(fault.Invalid, "postal.code.kind",
			"Mã %s không thuộc loại nào đang dùng.", "The code %s is of no kind in use.", s)
	}
	serial, _ = number(s[7:13], 6, 6)
	return kind, OfficeCode(s[1:7]), serial, nil
}

// ParseBagNumber reads the code of a bag.
func ParseBagNumber(s string) (BagNumber, error) {
	code, err := parseKind(s, CodeBag, "túi thư", "bag")
	return BagNumber(code), err
}

// ParseDispatchNumber reads the code of a dispatch.
func ParseDispatchNumber(s string) (DispatchNumber, error) {
	code, err := parseKind(s, CodeDispatch, "chuyến thư", "dispatch")
	return DispatchNumber(code), err
}

// ParseHandoverNumber reads the code of a handover.
func ParseHandoverNumber(s string) (HandoverNumber, error) {
	code, err := parseKind(s, CodeHandover, "phiên bàn giao", "handover")
	return HandoverNumber(code), err
}

// ParseDossierNumber reads the code of a dossier.
func ParseDossierNumber(s string) (DossierNumber, error) {
	code, err := parseKind(s, CodeDossier, "hồ sơ", "dossier")
	return DossierNumber(code), err
}

// Grouped writes the code so that an eye can read it: "6 180100 000017 4".
func (n DossierNumber) Grouped() string { return groups(string(n)) }

// Grouped writes the code so that an eye can read it: "4 180100 000017 4".
func (n HandoverNumber) Grouped() string { return groups(string(n)) }

func groups(code string) string {
	if len(code) != codeLen {
		return code
	}
	return code[:1] + " " + code[1:7] + " " + code[7:13] + " " + code[13:]
}

func parseKind(s string, want CodeKind, vi, en string) (string, error) {
	s = squeeze(s)
	kind, _, _, err := ParseCode(s)
	if err != nil {
		return "", err
	}
	if kind != want {
		return "", fault.New(fault.Invalid, "postal.code.other_kind",
			"Mã "+s+" không phải mã "+vi+".", "The code "+s+" is not the code of a "+en+".")
	}
	return s, nil
}

// dammTable is the totally anti-symmetric quasigroup of order 10 of H. Michael Damm, "Total anti-symmetrische Quasigruppen" (dissertation,
// Marburg 2004): with it the check digit finds every wrong digit and every swap of neighbours. ISO 7064 MOD 11,10 also writes one digit, but misses a
// swap now and then.
var dammTable = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// damm gives the check digit of a row of digits.
func damm(digits string) byte {
	var state byte
	for i := range len(digits) {
		state = dammTable[state][digits[i]-'0']
	}
	return '0' + state
}
