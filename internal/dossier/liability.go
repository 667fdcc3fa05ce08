package dossier

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// RecordLiability records who answers for a loss, a damage or a delay. The compensation (cash.Compensate) names the record. One that was written wrong is corrected by another that stands in its place; the
// first stays readable.
type RecordLiability struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Item    postal.ItemNumber    `json:"item"`
	Record  string               `json:"record"`
	Kind    string               `json:"kind"`
	Fault   string               `json:"fault"`
	PayBy   postal.Day           `json:"pay_by,omitzero"`
	Rules   []string             `json:"rules,omitempty"`
	// AmountVND is what the record grants where that is more than the least of the rules; 0: the least. Another person pays or approves it than the one who records it.
	AmountVND postal.VND `json:"amount_vnd,omitempty"`
	LeastVND  postal.VND `json:"least_vnd,omitempty"` // by the rules of the day
	Corrects  string     `json:"corrects,omitempty"`  // the number of the record in whose place it stands
	Why       string     `json:"why,omitempty"`
}

// Liable is what the last liability record of a packet says, and what came of it.
type Liable struct {
	Record    string            // its number; "": the packet has none
	Item      postal.ItemNumber // "" of records of earlier versions, which speak of every packet
	Kind      string
	AmountVND postal.VND     // granted beyond the least of the rules; 0: none
	By        postal.StaffID // who recorded it
	LeastVND  postal.VND     // by the rules; 0 of records of earlier versions
	Approved  postal.StaffID // who approved the amount
	PaidVND   postal.VND     // as compensation
	Fault     string         // "" of records of earlier versions
}

// walk goes over all but the number, which the first version kept elsewhere.
func (l *Liable) walk(c *ledger.Codec) {
	ledger.Str(c, &l.Item)
	ledger.Str(c, &l.Kind)
	ledger.Int(c, &l.AmountVND)
	ledger.Str(c, &l.By)
	ledger.Int(c, &l.LeastVND)
	ledger.Str(c, &l.Approved)
	ledger.Int(c, &l.PaidVND)
	ledger.Str(c, &l.Fault)
}

// Liable gives the record of a packet; its Record is "" when the packet has none.
func (d *Dossier) Liable(n postal.ItemNumber) Liable {
	if l := d.liableAt(n); l != nil {
		return *l
	}
	return Liable{}
}

func (d *Dossier) liableAt(n postal.ItemNumber) *Liable {
	for _, item := range []postal.ItemNumber{n, ""} {
		if k := slices.IndexFunc(d.Liables, func(l Liable) bool { return l.Item == item }); k >= 0 {
			return &d.Liables[k]
		}
	}
	return nil
}

// waitsForApproval reports whether the amount of any packet's record has neither been approved nor paid.
func (d *Dossier) waitsForApproval() bool { return slices.ContainsFunc(d.Liables, Liable.waits) }

// Owes reports whether the record obliges to pay anything: the post is at fault, or an amount was granted all the same.
func (l Liable) Owes() bool { return l.AmountVND > 0 || l.Fault == "" || l.Fault == atFault }

// atFault is the fault that the post pays for.
const atFault = "post"

// Above reports whether the record grants more than the rules oblige to: what a single person may not decide.
func (l Liable) Above() bool { return l.AmountVND > l.LeastVND }

// PaidBy reports whether a person may pay what the record grants: whoever did not grant it, or anyone once it is approved.
func (l Liable) PaidBy(who postal.StaffID) bool { return !l.Above() || l.Approved != "" || l.By != who }

// waits reports whether the record's amount has neither been approved nor paid.
func (l Liable) waits() bool { return l.Above() && l.Approved == "" && l.PaidVND == 0 }

// Name of the act.
func (RecordLiability) Name() string { return "dossier.record_liability" }

// Touches the dossier.
func (a RecordLiability) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses other offices than those that took the dossier or the packet in, a packet of another dossier, a loss of what is not lost, a damage or delay that nothing shows, an amount below the least, and a
// second record of one packet that does not say that it corrects the first.
func (a RecordLiability) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{a.written(), a.corrects(d), a.stands(v, e, d)} {
		if err != nil {
			return nil, err
		}
	}
	return []event.Fact{event.LiabilityRecorded(a)}, nil
}

// written refuses what the record itself says wrongly.
func (a RecordLiability) written() error {
	for _, err := range []error{oneOf(LiabilityKinds, a.Kind, "kind"), oneOf(LiabilityFaults, a.Fault, "fault")} {
		if err != nil {
			return err
		}
	}
	if err := checkSlipCode(a.Record); err != nil {
		f, _ := fault.From(err)
		return f.At("record")
	}
	if a.AmountVND != 0 && a.AmountVND < max(a.LeastVND, 1) {
		return fault.New(fault.Invalid, "dossier.liability_amount", "Số tiền thấp hơn mức tối thiểu %[1]s theo quy định. Ghi ít nhất mức đó, hoặc bỏ trống để chi đúng mức tối thiểu.",
			"The amount is below the least, %[2]s, that the rules oblige to. Write at least that, or leave it empty to pay the least.", a.LeastVND, a.LeastVND.In("en")).At("granted")
	}
	return nil
}

// corrects refuses a second record of a packet unless it corrects the last one, and any correction of what was paid.
func (a RecordLiability) corrects(d *Dossier) error {
	last := d.Liable(a.Item)
	switch {
	case last.Record == a.Corrects && a.Corrects == "":
		return nil
	case last.Record == "":
		return fault.New(fault.Conflict, "dossier.no_record", "Bưu gửi %s chưa có biên bản xác định trách nhiệm nên không có gì để sửa.", "Item %s has no liability record, so there is nothing to correct.", a.Item.Grouped()).At("record")
	case last.Record != a.Corrects:
		return fault.New(fault.Conflict, "dossier.liability_there", "Hồ sơ đã có biên bản xác định trách nhiệm %[1]s cho bưu gửi này. Muốn thay đổi thì lập bản sửa của biên bản đó.",
			"The dossier has liability record %[1]s of this item. To change it, record its correction.", last.Record).At("record")
	case last.PaidVND > 0:
		return fault.New(fault.Conflict, "dossier.liability_paid", "Đã chi bồi thường theo biên bản %[1]s nên không sửa được nữa.", "Compensation was paid by record %[1]s, so it cannot be corrected any more.", last.Record).At("record")
	}
	return oneOf(CorrectionReasons, a.Why, "why")
}

// stands refuses what nothing shows to have happened, or at another office.
func (a RecordLiability) stands(v *ledger.View, e ledger.Envelope, d *Dossier) error {
	if x, _, ok := Of(v, a.Item); !ok || x.Code != d.Code {
		return fault.New(fault.Conflict, "dossier.other_item", "Bưu gửi %s không thuộc hồ sơ này.", "Item %s does not belong to this dossier.", string(a.Item)).At("item")
	}
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	switch {
	case ok && a.Corrects != "" && a.Fault != atFault && a.AmountVND == 0 && (d.Office == e.Office || i.Origin == e.Office):
		return nil // takes back what was recorded: the packet was found, or nobody of the post was at fault
	case !ok:
		return wrongState(d)
	case a.Kind == "lost" && i.Stage != custody.Missing:
		return fault.New(fault.Conflict, "dossier.not_lost", "Bưu gửi %s không bị báo thất lạc. Hãy báo thất lạc trước.", "Item %s is not reported missing. Report it first.", a.Item.Grouped()).At("kind")
	case d.Office != e.Office && i.Origin != e.Office:
		return fault.New(fault.Forbidden, "dossier.other_office", "Biên bản này do bưu cục đã nhận hồ sơ (%s) lập.", "The office that took the dossier in (%s) makes this record.", string(d.Office))
	case i.Stage != custody.Missing && i.Open == 0 && !(a.Kind == "late" && (d.Send.Late(v.NowMs) || d.Return.Late(v.NowMs))):
		return fault.New(fault.Conflict, "dossier.nothing_wrong",
			"Bưu gửi %s không thất lạc và không có bất thường nào đang mở nên chưa lập biên bản được. Hãy ghi bất thường trước.",
			"Item %s is not lost and has no open irregularity, so there is nothing to be liable for. Record the irregularity first.", string(a.Item)).At("kind")
	}
	return nil
}

// ApproveLiability approves an amount above the least in the place of a second supervisor: an office that has only one could else never pay it. Whose role allows it the route says.
type ApproveLiability struct {
	Dossier   postal.DossierNumber `json:"dossier"`
	Item      postal.ItemNumber    `json:"item"`
	Record    string               `json:"record"`
	Kind      string               `json:"kind"`
	Fault     string               `json:"fault"`
	AmountVND postal.VND           `json:"amount_vnd"`
}

// Name of the act.
func (ApproveLiability) Name() string { return "dossier.approve_liability" }

// Touches the dossier.
func (a ApproveLiability) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses what does not wait for it, another record than the one that was looked at, and one's own.
func (a ApproveLiability) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := Find(v, a.Dossier)
	if err != nil {
		return nil, err
	}
	l := d.Liable(a.Item)
	switch {
	case !l.waits():
		return nil, fault.New(fault.Conflict, "dossier.nothing_to_approve", "Bưu gửi %[1]s của hồ sơ %[2]s không có số tiền bồi thường nào chờ duyệt.", "Item %[1]s of dossier %[2]s has no compensation that waits for approval.", a.Item.Grouped(), string(d.Code))
	case l.Record != a.Record || l.AmountVND != a.AmountVND || l.Kind != a.Kind || l.Fault != a.Fault:
		return nil, fault.New(fault.Conflict, "dossier.liability_changed", "Biên bản đã được sửa từ khi bạn mở trang. Đọc lại rồi duyệt.", "The record was corrected since you opened the page. Read it again, then approve it.")
	case l.By == e.Actor:
		return nil, fault.New(fault.Forbidden, "dossier.own_liability", "Bạn đã lập biên bản này nên người khác phải duyệt.", "You made this record yourself, so somebody else approves it.")
	}
	return []event.Fact{event.LiabilityApproved(a)}, nil
}

// foldLiability takes in what is recorded, corrected, approved and paid.
func foldLiability(e *event.Entry, f event.Fact, on func(postal.DossierNumber) *Dossier) {
	switch f := f.(type) {
	case event.LiabilityRecorded:
		d, l := on(f.Dossier), Liable{Record: f.Record, Item: f.Item, Kind: f.Kind, AmountVND: f.AmountVND, By: e.Actor, LeastVND: f.LeastVND, Fault: f.Fault}
		if last := d.liableAt(f.Item); last != nil {
			*last = l
		} else {
			d.Liables = append(d.Liables, l)
		}
	case event.LiabilityApproved:
		if l := on(f.Dossier).approvedBy(f); l != nil {
			l.Approved = e.Actor
		}
	}
}

// approvedBy finds the record that an approval means.
func (d *Dossier) approvedBy(f event.LiabilityApproved) *Liable {
	if f.Item != "" {
		return d.liableAt(f.Item)
	}
	for n := range slices.Backward(d.Liables) {
		if d.Liables[n].Record == f.Record {
			return &d.Liables[n]
		}
	}
	return nil
}

// compensated notes what was paid by a packet's record.
func (d *Dossier) compensated(f event.Compensated) {
	if l := d.liableAt(f.Item); l != nil && l.Record == f.Record {
		l.PaidVND = f.AmountVND
	}
}
