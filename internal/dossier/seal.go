package dossier

import (
	"strings"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

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
