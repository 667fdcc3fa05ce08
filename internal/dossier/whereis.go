package dossier

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// elsewhere refuses an invitation by whoever could not give the packet out: it must lie at his office, or be in the hands of a postman who last acted there, or in his own. name gives an office its name.
func elsewhere(v *ledger.View, o postal.OfficeCode, who postal.StaffID, n postal.ItemNumber, name func(postal.OfficeCode) string) error {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
	if !ok {
		return fault.New(fault.Conflict, "dossier.no_packet", "Chưa có gói kết quả nào.", "There is no packet with the result yet.")
	}
	h, inside := custody.Holder(v, event.Thing(n))
	byHand := custody.Carrier(h) != "" && len(inside) == 0
	if h == custody.AtOffice(o) || byHand && (h == custody.ByCarrier(who) || i.Last.Office == o) {
		return nil
	}
	vi, en := "đang trên đường đến "+name(i.ToOffice), "is on its way to "+name(i.ToOffice)
	switch at := custody.Office(h); {
	case at != "":
		vi, en = "đang ở "+name(at), "is at "+name(at)
	case byHand && i.Last.Office.Agency() != "":
		vi, en = "đang do bưu tá mang từ cơ quan về", "is with the postman who fetches it from the agency"
	case byHand:
		vi, en = "đang do bưu tá của "+name(i.Last.Office)+" giữ", "is with a postman of "+name(i.Last.Office)
	}
	return fault.New(fault.Conflict, "dossier.not_here", "Gói kết quả %[1]s, không ở bưu cục này. Nơi giữ gói mời người nhận và trả kết quả.",
		"The packet with the result %[2]s, not at this office. Whoever has it invites the receiver and gives the result.", vi, en)
}

// lostElsewhere refuses to record a find on the dossier's page where its packet was not last: without the packet in hand it would be a word only. Whoever has it scans it.
func (s *Service) lostElsewhere(i *custody.Item, o postal.OfficeCode) error {
	if i == nil || i.Holder != event.Lost || i.Last.Office == o {
		return nil
	}
	at := s.officeName(i.Last.Office)
	return fault.New(fault.Conflict, "dossier.lost_elsewhere", "Gói thất lạc khi ở %[1]s: bưu cục đó tìm và ghi tìm thấy. Nếu gói đang trên tay bạn, quét mã trên gói ở Bàn quét rồi ghi tìm thấy.",
		"The packet was lost at %[1]s, which looks for it and records the find. If you hold it in your hands, scan its code at the scan desk and record the find there.", at)
}

// codeAlone names an office by its code, where no list of offices is at hand.
func codeAlone(o postal.OfficeCode) string { return string(o) }
