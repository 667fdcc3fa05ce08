package custody

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Bound is what another package keeps of an item that one agency, and no other, may be handed.
type Bound interface {
	// BoundTo names the agency. Opened: the packet is opened at the handover and compared with its list, so that counting it is not enough.
	BoundTo(v *ledger.View) (agency postal.AgencyCode, opened bool)
}

// BoundKey is where the Bound of an item is kept.
func BoundKey(n postal.ItemNumber) ledger.Key { return ledger.Key("j:" + n) }

func boundOf(v *ledger.View, t event.Thing) (Bound, bool) {
	if !OfDossier(postal.ItemNumber(t)) {
		return nil, false // most mail is bound to nobody: it costs nothing
	}
	b, ok := v.Get(BoundKey(postal.ItemNumber(t))).(Bound)
	return b, ok
}

func opened(v *ledger.View, t event.Thing) bool {
	b, ok := boundOf(v, t)
	if !ok {
		return false
	}
	_, opened := b.BoundTo(v)
	return opened
}

// mayReach lets an agency have what is bound to it and on its way to it, and what it sent itself only when that turns back. Other takers may have anything. An agency that nobody knows has nothing bound to it.
func mayReach(v *ledger.View, t event.Thing, to event.Holder) error {
	if Agency(to) == "" {
		return nil
	}
	b, ok := boundOf(v, t)
	if ok {
		agency, _ := b.BoundTo(v)
		ok = AtAgency(agency) == to
	}
	if !ok {
		return fault.New(fault.Conflict, "custody.other_agency",
			"%s không phải hồ sơ gửi cơ quan này nên không giao cho cơ quan này được. Hãy bỏ khỏi danh sách.",
			"%s is no dossier for this agency and cannot be handed to it. Take it off the list.", t)
	}
	if i, known := ledger.Get[*Item](v, KeyOf(t)); !known || (i.Returning != "") != (i.SentBy == to) {
		return fault.New(fault.Conflict, "custody.not_for_agency",
			"%s không giao cho cơ quan này được: bưu gửi đang quay về người gửi, hoặc do chính cơ quan này gửi đi. Hãy bỏ khỏi danh sách.",
			"%s cannot go to this agency: it is turning back to its sender, or this agency sends it itself. Take it off the list.", t)
	}
	return nil
}

func compareFirst(t event.Thing) error {
	return fault.New(fault.Conflict, "custody.compare_first",
		"%s phải mở ra, đối chiếu từng giấy tờ với bản kê và ghi ý kiến của cơ quan trên trang giao nhận hồ sơ; đếm gói thôi thì chưa nộp được.",
		"%s is opened and compared paper by paper, with the agency's decision, on the page of the handover; counting the packet does not file it.", t)
}
