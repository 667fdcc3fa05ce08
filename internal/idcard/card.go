package idcard

import (
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Card is what a scan tells about its holder.
type Card struct {
	ID      postal.PersonalID // the number of 12 digits
	OldID   postal.PersonalID // the old number of 9 digits, where the QR has it
	Name    string            // from the zone without marks, in capitals
	Born    postal.Day
	Sex     postal.Sex
	Address string     // only in the QR: as it was when the card was issued
	Issued  postal.Day // only in the QR
	Expires postal.Day // only in the zone; zero where it has none
	Plain   bool       // the name has no marks: it comes from the zone
}

// Read reads a scan, whichever of the two it is.
func Read(scan string) (Card, error) {
	if len(scan) > maxScan {
		return Card{}, errUnknown
	}
	scan = strings.TrimSpace(scan)
	switch {
	case looksLikeMRZ(scan):
		return ParseMRZ(scan)
	case strings.Contains(scan, "|"):
		return ParseQR(scan)
	}
	return Card{}, errUnknown
}

// maxScan bounds a scan in bytes: the longest card read so far has 190.
const maxScan = 2000

// Expired reports whether the card has ended before day, where the zone tells.
func (c Card) Expired(day postal.Day) bool { return !c.Expires.IsZero() && c.Expires.Before(day) }

// check refuses a card that contradicts itself.
func (c Card) check() error {
	if !c.ID.Citizen() || !knownProvince(c.ID) {
		return errNumber
	}
	if c.ID.Sex() != c.Sex && c.Sex != postal.SexUnknown || birthYear(c.Born) != c.ID.BirthYear() {
		return errContradicts
	}
	return nil
}

func birthYear(d postal.Day) int {
	year, _, _ := d.Date()
	return year
}

var (
	errUnknown = fault.New(fault.Invalid, "idcard.unknown",
		"Đây không phải mã QR hay dòng mã của thẻ căn cước. Hãy quét lại, hoặc gõ tay các ô bên dưới.",
		"This is neither the QR code nor the zone of a citizen's card. Scan again, or type the fields below.")
	errNumber = fault.New(fault.Invalid, "idcard.number",
		"Số định danh quét được không đúng (12 chữ số, ba số đầu là mã tỉnh nơi đăng ký khai sinh). Hãy xem thẻ và gõ tay.",
		"The personal number that was scanned is not right (12 digits, the first three the province of birth registration). Look at the card and type it.")
	errContradicts = fault.New(fault.Invalid, "idcard.contradicts",
		"Số định danh trên thẻ không khớp với ngày sinh hoặc giới tính ghi trên chính thẻ đó. Đừng nhận thẻ này; hãy báo kiểm soát viên.",
		"The personal number on the card contradicts the birth date or sex on the same card. Do not take this card; tell your supervisor.")
	errGarbled = fault.New(fault.Invalid, "idcard.garbled",
		"Chữ quét được bị bộ gõ tiếng Việt làm sai. Hãy tắt bộ gõ (chuyển sang chữ E) rồi quét lại.",
		"The scanned text was garbled by the Vietnamese input method. Switch the input method off and scan again.")
	errDate = fault.New(fault.Invalid, "idcard.date",
		"Ngày tháng quét được không đọc được. Hãy quét lại, hoặc xem thẻ và gõ tay.", "A date in the scan cannot be read. Scan again, or look at the card and type it.")
)
