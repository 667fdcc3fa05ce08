package app

import (
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// compensating is a compensation with what only all of the post together knows: that the item was lost or damaged, that the office has to do with it, and how much was granted.
type compensating struct {
	Pay cash.Compensate `json:"pay"`
}

// Compensating puts that around a compensation.
func (*moneyItems) Compensating(pay cash.Compensate) ledger.Act { return compensating{pay} }

// Name of the act.
func (compensating) Name() string { return "app.compensate" }

// Touches the item and its money; its dossier is looked up from it.
func (a compensating) Touches() []ledger.Key {
	return append(a.Pay.Touches(), custody.ItemKey(a.Pay.Item))
}

// Decide refuses an item that nothing happened to, an office that has nothing to do with it, another record than the ledger's, more than the rules give, and for a dossier any other
// amount than its record's.
func (a compensating) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(a.Pay.Item))
	if !ok {
		return nil, fault.New(fault.NotFound, "custody.unknown", "Không có %s trong hệ thống. Hãy kiểm tra lại mã rồi quét lại.", "%s is not in the system. Check the code and scan it again.", a.Pay.Item)
	}
	d, _, _ := dossier.Of(v, a.Pay.Item)
	if !concerned(v, i, d, e.Office) {
		return nil, fault.New(fault.Forbidden, "app.compensate_office", "Bưu gửi %s không do bưu cục này nhận, giữ hay phát nên không bồi thường ở đây được.", "Item %s was not accepted, is not held and not delivered by this office, so it is not compensated here.", a.Pay.Item)
	}
	if err := a.ground(i, d); err != nil {
		return nil, err
	}
	if _, paid := cash.PaidFor(v, a.Pay.Item); !paid && d != nil {
		a.Pay.ListVND = (&dossierMoney{}).Owed(v, i).ListVND // a result is lost before anybody paid for it
	}
	if err := a.most(v, e, d); err != nil {
		return nil, err
	}
	return a.Pay.Decide(v, e)
}

// concerned reports whether an office accepted, holds or delivers an item, or took its dossier in. Where an item lies in a bag or on the road, that is who accepted it and where it goes.
func concerned(v *ledger.View, i *custody.Item, d *dossier.Dossier, o postal.OfficeCode) bool {
	holder, _ := custody.Holder(v, event.Thing(i.Code))
	return i.Origin == o || i.ToOffice == o || custody.Office(holder) == o || d != nil && d.Office == o
}

// ground refuses what nothing shows to be lost or damaged: a dossier needs its liability record, other mail a loss or an open irregularity.
func (a compensating) ground(i *custody.Item, d *dossier.Dossier) error {
	if d == nil {
		if i.Stage == custody.Missing || i.Open > 0 {
			return nil
		}
		return fault.New(fault.Conflict, "app.compensate_nothing", "Bưu gửi %s không thất lạc và không có bất thường nào đang mở nên không có căn cứ bồi thường. Hãy báo thất lạc hoặc ghi bất thường trước.",
			"Item %s is not lost and has no open irregularity, so nothing gives a right to compensation. Report it missing or record the irregularity first.", a.Pay.Item)
	}
	l := d.Liable(a.Pay.Item)
	if l.Record == "" || l.Record != a.Pay.Record || l.Kind == "late" {
		return fault.New(fault.Conflict, "app.compensate_record", "Hồ sơ %s chưa có biên bản xác định trách nhiệm số này về mất hoặc hư hỏng của bưu gửi. Hãy lập biên bản ở trang của hồ sơ trước.",
			"Dossier %s has no liability record of this number about a loss or damage of the item. Make the record on the dossier's page first.", string(d.Code)).At("record")
	}
	if l.Kind == "lost" && i.Stage != custody.Missing {
		return fault.New(fault.Conflict, "app.compensate_found", "Bưu gửi %[1]s đã được tìm thấy nên không chi bồi thường vì mất. Hãy lập bản sửa của biên bản %[2]s.",
			"Item %[1]s was found, so a loss is not paid for. Record a correction of record %[2]s.", a.Pay.Item, l.Record).At("record")
	}
	if !l.Owes() {
		return fault.New(fault.Conflict, "app.compensate_no_fault", "Biên bản %s ghi bưu điện không có lỗi và không ghi số tiền, nên không bồi thường.", "Record %s says that the post is not at fault and grants nothing, so nothing is paid.", l.Record).At("record")
	}
	return nil
}

// most refuses more than the least of the rules for other mail, and for a dossier any other amount than its liability record's: what it grants, to be paid by another person than the one who made the record or
// once it is approved, or else the least. A payment of less would close the record with the rest owed.
func (a compensating) most(v *ledger.View, e ledger.Envelope, d *dossier.Dossier) error {
	list := a.Pay.ListVND
	if paid, ok := cash.PaidFor(v, a.Pay.Item); ok {
		list = paid.ListVND
	}
	if list <= 0 {
		return nil // which the payment refuses
	}
	most, err := list.Mul(a.Pay.Times)
	if err != nil {
		return err
	}
	if d == nil {
		if a.Pay.AmountVND > most {
			return fault.New(fault.Conflict, "app.compensate_too_much", "Chỉ chi được đến %[1]s, mức theo quy định.", "No more than %[2]s can be paid, which the rules give.", most, most.In("en")).At("amount_vnd")
		}
		return nil
	}
	l := d.Liable(a.Pay.Item)
	granted := max(most, l.AmountVND)
	switch {
	case a.Pay.AmountVND != granted:
		return fault.New(fault.Conflict, "app.compensate_other_amount", "Biên bản %[1]s cho chi đúng %[2]s. Muốn chi số khác thì sửa biên bản trước.",
			"Record %[1]s grants exactly %[3]s. To pay another amount, correct the record first.", l.Record, granted, granted.In("en")).At("amount_vnd")
	case granted > most && !l.PaidBy(e.Actor):
		return fault.New(fault.Forbidden, "app.compensate_second", "Số tiền này cao hơn mức tối thiểu và do chính bạn ghi trong biên bản. Kiểm soát viên khác chi, hoặc lãnh đạo duyệt ở mục “Bồi thường chờ duyệt” rồi bạn chi.",
			"This amount is above the least and you granted it in the record yourself. Another supervisor pays it, or a manager approves it under “Compensations to approve” and you pay.").At("amount_vnd")
	}
	return nil
}
