package dossier

import (
	"strings"
	"unicode"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// readSeal reads the number of a seal as it was typed or scanned, everywhere: blanks between its groups and small letters are no part of it.
func readSeal(text string) (string, error) {
	seal := strings.ToUpper(strings.Join(strings.Fields(strings.Map(visible, text)), ""))
	return seal, checkSeal(seal)
}

// visible makes blanks of the signs that some scanners send along and nobody sees.
func visible(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
		return ' '
	}
	return r
}

// checkSeal refuses what is no number of a seal, and says why. What an input method made of a scan is not undone: a seal has no check digit that would prove the guess.
func checkSeal(seal string) error {
	if seal == "" || len([]rune(seal)) > maxSeal {
		return fault.New(fault.Invalid, "dossier.seal", "Quét hoặc gõ số niêm phong (chữ không dấu và chữ số, tối đa %d).", "Scan or type the seal number (plain letters and digits, at most %d).", maxSeal).At("seal")
	}
	for _, r := range seal {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '.', r == '/':
		case unicode.IsLetter(r), unicode.IsMark(r):
			return fault.New(fault.Invalid, "dossier.seal_accents", "Số niêm phong có chữ có dấu “%s”: tắt bộ gõ tiếng Việt rồi quét lại.", "The seal number has the accented letter “%s”: switch the Vietnamese input method off and scan again.", string(r)).At("seal")
		default:
			return fault.New(fault.Invalid, "dossier.seal_sign", "Số niêm phong không có dấu “%s”: chỉ chữ không dấu, chữ số và các dấu - . /", "A seal number has no “%s”: only plain letters, digits and the signs - . /", string(r)).At("seal")
		}
	}
	return nil
}

// usedSeal is the packet that a seal closed. A seal has its number once; who reads it again has scanned the wrong one, or holds a packet that somebody opened.
type usedSeal struct{ item postal.ItemNumber }

func sealKey(seal string) ledger.Key { return ledger.Key("s:" + strings.ToUpper(seal)) }

// Place is none.
func (*usedSeal) Place() string { return "" }

// Encode writes the packet.
func (s *usedSeal) Encode(dst []byte) []byte {
	return ledger.Encode(dst, func(c *ledger.Codec) { ledger.Str(c, &s.item) })
}

// Decode reads the packet.
func (s *usedSeal) Decode(b []byte) error {
	return ledger.Decode(b, func(c *ledger.Codec) { ledger.Str(c, &s.item) })
}

// freshSeal refuses the number of a seal that closes another packet already. A packet whose acceptance was undone keeps its seal, and is accepted with it again.
func freshSeal(v *ledger.View, seal string) error {
	used, ok := ledger.Get[*usedSeal](v, sealKey(seal))
	if !ok {
		return nil
	}
	if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(used.item)); !ok || i.Stage == custody.Withdrawn {
		return nil
	}
	return fault.New(fault.Conflict, "dossier.seal_used", "Số niêm phong %[1]s đã dùng cho gói %[2]s. Mỗi niêm phong chỉ dùng một lần: quét lại số trên gói này, hoặc thay niêm phong khác.",
		"Seal %[1]s closes packet %[2]s already. A seal is used once: scan the number on this packet again, or put another seal on it.", strings.ToUpper(seal), used.item.Grouped()).At("seal")
}

// sealed notes which packet a seal closes.
func sealed(v *ledger.View, seal string, item postal.ItemNumber) {
	if seal != "" && item != "" {
		ledger.Edit[*usedSeal](v, sealKey(seal)).item = item
	}
}
