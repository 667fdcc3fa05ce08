package closedmail

import (
	"regexp"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
)

// UsedSeal is the bag or box that a seal or lock closed last. A seal (niêm phong) is cut to open and has its number once in the life of the house; a lock (khoá, K- and
// digits) comes off whole and may close another bag afterwards.
type UsedSeal struct{ Bag event.Thing }

// lockForm tells a lock from a seal.
var lockForm = regexp.MustCompile(`^K-?[0-9]`)

// SealKey is where a seal is kept: NP-10001 and NP10001 are one.
func SealKey(s Seal) ledger.Key {
	return ledger.Key("m:" + strings.ReplaceAll(string(s), "-", ""))
}

// Place is none.
func (*UsedSeal) Place() string { return "" }

// Encode writes it.
func (s *UsedSeal) Encode(dst []byte) []byte { return ledger.Encode(dst, s.fields) }

// Decode reads it.
func (s *UsedSeal) Decode(b []byte) error { return ledger.Decode(b, s.fields) }

func (s *UsedSeal) fields(c *ledger.Codec) { ledger.Str(c, &s.Bag) }

// freshSeal refuses a seal that was used before, and a lock that is on another bag.
func freshSeal(v *ledger.View, s Seal) error {
	used, ok := ledger.Get[*UsedSeal](v, SealKey(s))
	if !ok {
		return nil
	}
	if !lockForm.MatchString(string(s)) {
		return fault.New(fault.Conflict, "closedmail.seal_used", "Niêm phong %s đã dùng. Mỗi niêm phong chỉ dùng một lần: đọc lại số, hoặc lấy niêm phong khác.",
			"Seal %s was used before. A seal is used once: read the number again, or take another seal.", s).At("seal")
	}
	if b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(used.Bag)); ok && b.Status == custody.BagSealed {
		return fault.New(fault.Conflict, "closedmail.lock_on", "Khoá %s đang khoá túi, hộp khác. Đọc lại số, hoặc lấy khoá khác.", "Lock %s is on another bag or box. Read the number again, or take another lock.", s).At("seal")
	}
	return nil
}
