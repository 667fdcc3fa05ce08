package dossier

import (
	"strconv"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Withdraw lets the citizen have his dossier back before it is filed: it turns round where it is. An order to fetch a result is simply called off.
type Withdraw struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Reason  string               `json:"reason"`
}

// Name of the act.
func (Withdraw) Name() string { return "dossier.withdraw" }

// Touches the dossier.
func (a Withdraw) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses once it is filed: the agency then decides.
func (a Withdraw) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := oneOf(WithdrawReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	f := event.DossierWithdrawn{Dossier: a.Dossier, Reason: a.Reason}
	switch {
	case d.State == AwaitingResult:
		return []event.Fact{f}, nil
	case d.Filed() || d.State == SupplementRequested:
		return nil, fault.New(fault.Conflict, "dossier.filed", "Cơ quan đã nhận hồ sơ. Công dân muốn rút thì làm việc với cơ quan.", "The agency has the dossier. To withdraw it the citizen asks the agency.")
	case d.State != Accepted && d.State != InTransit && d.State != AtAgency:
		return nil, wrongState(d)
	}
	facts, err := custody.Recall{Item: d.Item}.Decide(v, e)
	return append(facts, f), err
}

// GiveBack gives a dossier that turned back to its sender or his proxy, counted.
type GiveBack struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	To       string               `json:"to"`
	Identity string               `json:"identity"`
	Papers   []event.Paper        `json:"papers"`
}

// Name of the act.
func (GiveBack) Name() string { return "dossier.give_back" }

// Touches the dossier.
func (a GiveBack) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses fewer papers than were taken in.
func (a GiveBack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{oneOf(Takers, a.To, "to"), checkPapers(a.Papers, "papers")} {
		if err != nil {
			return nil, err
		}
	}
	if d.State != Refused && d.State != TurningBack {
		return nil, wrongState(d)
	}
	if !sameCounts(d.Papers, a.Papers) {
		return nil, fault.New(fault.Conflict, "dossier.back_count", "Số giấy tờ trả lại khác bản kê khi nhận. Đếm lại; nếu thiếu, ghi bất thường trước.", "The papers differ from the list at acceptance. Count again; if some are missing, record an irregularity first.").At("papers")
	}
	facts, err := custody.Deliver{Item: d.Item, To: "sender", Identity: a.Identity}.Decide(v, e)
	return append(facts, event.DossierGivenBack{Dossier: a.Dossier, Item: d.Item, To: a.To, Identity: a.Identity, Papers: a.Papers}), err
}

// Complaint is one complaint about a dossier.
type Complaint struct {
	Dossier  postal.DossierNumber
	Number   int
	Act      postal.ActID // its words are kept under it
	About    string
	Office   postal.OfficeCode // that answers
	MadeMs   int64
	AnswerBy postal.Day
	Outcome  string
	DoneMs   int64
	Rules    []string
}

// ComplaintKey is where a complaint is kept.
func ComplaintKey(d postal.DossierNumber, n int) ledger.Key {
	return ledger.Key("y:" + string(d) + "/" + strconv.Itoa(n))
}

// ComplaintBoard is the place of the complaints that an office has to answer.
func ComplaintBoard(o postal.OfficeCode) string { return "y/office:" + string(o) }

// Place is the board of the office that has to answer it.
func (c *Complaint) Place() string {
	if c.DoneMs > 0 {
		return ""
	}
	return ComplaintBoard(c.Office)
}

// Late reports whether the answer is, or was, later than the rules allow.
func (c *Complaint) Late(nowMs int64) bool {
	if c.DoneMs > 0 {
		nowMs = c.DoneMs
	}
	return nowMs > postal.Millis(c.AnswerBy.End())
}

// Encode writes the complaint.
func (c *Complaint) Encode(dst []byte) []byte { return ledger.Encode(dst, c.fields) }

// Decode reads the complaint.
func (c *Complaint) Decode(b []byte) error { return ledger.Decode(b, c.fields) }

func (c *Complaint) fields(k *ledger.Codec) {
	ledger.Str(k, &c.Dossier)
	ledger.Int(k, &c.Number)
	act := string(c.Act[:])
	ledger.Str(k, &act)
	copy(c.Act[:], act)
	ledger.Str(k, &c.About)
	ledger.Str(k, &c.Office)
	ledger.Int(k, &c.MadeMs)
	walkDay(k, &c.AnswerBy)
	ledger.Str(k, &c.Outcome)
	ledger.Int(k, &c.DoneMs)
	walkTexts(k, &c.Rules)
}

// Complain records a complaint about a dossier. LastDay is the last day on which one may complain (six months from the end of the journey time); AnswerBy the last day for the answer.
type Complain struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	About    string               `json:"about"`
	LastDay  postal.Day           `json:"last_day"`
	AnswerBy postal.Day           `json:"answer_by"`
	Rules    []string             `json:"rules,omitempty"`
}

// maxComplaints bounds the complaints of one dossier: more is for the Department.
const maxComplaints = 20

// Name of the act.
func (Complain) Name() string { return "dossier.complain" }

// Touches the dossier.
func (a Complain) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses a complaint that comes too late.
func (a Complain) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := oneOf(ComplaintMatters, a.About, "about"); err != nil {
		return nil, err
	}
	switch today := postal.DayOf(postal.FromMillis(e.OccurredMs)); {
	case a.LastDay.IsZero() || a.AnswerBy.IsZero():
		return nil, fault.New(fault.Invalid, "dossier.complaint_days", "Chưa tính được thời hạn khiếu nại.", "The days of the complaint are not known.")
	case today.After(a.LastDay):
		return nil, fault.New(fault.Conflict, "dossier.complaint_late", "Đã hết thời hiệu khiếu nại (hết ngày %[1]s).", "The time to complain ended on %[2]s.", a.LastDay.VN(), a.LastDay.String())
	case d.Complaints >= maxComplaints:
		return nil, fault.New(fault.TooLarge, "dossier.complaints_many", "Hồ sơ này đã có %d khiếu nại.", "This dossier has %d complaints already.", maxComplaints)
	}
	return []event.Fact{event.DossierComplained{Dossier: a.Dossier, Number: d.Complaints + 1, About: a.About, AnswerBy: a.AnswerBy, Rules: a.Rules}}, nil
}

// AnswerComplaint records the written answer.
type AnswerComplaint struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Number  int                  `json:"number"`
	Outcome string               `json:"outcome"`
}

// Name of the act.
func (AnswerComplaint) Name() string { return "dossier.answer_complaint" }

// Touches the dossier and the complaint.
func (a AnswerComplaint) Touches() []ledger.Key {
	return []ledger.Key{DossierKey(a.Dossier), ComplaintKey(a.Dossier, a.Number)}
}

// Decide refuses a second answer.
func (a AnswerComplaint) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := ours(v, e, a.Dossier); err != nil {
		return nil, err
	}
	if err := oneOf(ComplaintOutcomes, a.Outcome, "outcome"); err != nil {
		return nil, err
	}
	c, ok := ledger.Get[*Complaint](v, ComplaintKey(a.Dossier, a.Number))
	switch {
	case !ok:
		return nil, fault.New(fault.NotFound, "dossier.no_complaint", "Không có khiếu nại này.", "There is no such complaint.")
	case c.Office != e.Office:
		return nil, fault.New(fault.Forbidden, "dossier.other_office", "Khiếu nại này do bưu cục %s trả lời.", "Office %s answers this complaint.", string(c.Office))
	case c.DoneMs > 0:
		return nil, fault.New(fault.Conflict, "dossier.answered", "Khiếu nại này đã được trả lời.", "This complaint was answered already.")
	}
	return []event.Fact{event.DossierComplaintAnswered(a)}, nil
}

// RecordLiability records who answers for a loss, a damage or a delay. The compensation (cash.Compensate) names the record.
type RecordLiability struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Item    postal.ItemNumber    `json:"item"`
	Record  string               `json:"record"`
	Kind    string               `json:"kind"`
	Fault   string               `json:"fault"`
	PayBy   postal.Day           `json:"pay_by,omitzero"`
	Rules   []string             `json:"rules,omitempty"`
	// AmountVND is what the record grants where that is more than the least of the rules; 0: the least. Another person pays it than the one who records it.
	AmountVND postal.VND `json:"amount_vnd,omitempty"`
}

// Liable is what the last liability record says of its packet.
type Liable struct {
	Item      postal.ItemNumber // "" of records of earlier versions
	Kind      string
	AmountVND postal.VND     // granted beyond the least of the rules; 0: none
	By        postal.StaffID // who recorded it
}

func (l *Liable) walk(c *ledger.Codec) {
	ledger.Str(c, &l.Item)
	ledger.Str(c, &l.Kind)
	ledger.Int(c, &l.AmountVND)
	ledger.Str(c, &l.By)
}

// Name of the act.
func (RecordLiability) Name() string { return "dossier.record_liability" }

// Touches the dossier.
func (a RecordLiability) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses other offices than those that took the dossier or the packet in, a packet of another dossier, a loss of what is not lost, and a damage or delay that nothing shows.
func (a RecordLiability) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{oneOf(LiabilityKinds, a.Kind, "kind"), oneOf(LiabilityFaults, a.Fault, "fault")} {
		if err != nil {
			return nil, err
		}
	}
	if err := checkSlipCode(a.Record); err != nil {
		f, _ := fault.From(err)
		return nil, f.At("record")
	}
	if x, _, ok := Of(v, a.Item); !ok || x.Code != d.Code {
		return nil, fault.New(fault.Conflict, "dossier.other_item", "Bưu gửi %s không thuộc hồ sơ này.", "Item %s does not belong to this dossier.", string(a.Item)).At("item")
	}
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	switch {
	case !ok || a.Kind == "lost" && d.State != Lost:
		return nil, wrongState(d)
	case d.Office != e.Office && i.Origin != e.Office:
		return nil, fault.New(fault.Forbidden, "dossier.other_office", "Biên bản này do bưu cục đã nhận hồ sơ (%s) lập.", "The office that took the dossier in (%s) makes this record.", string(d.Office))
	case i.Stage != custody.Missing && i.Open == 0 && !(a.Kind == "late" && (d.Send.Late(v.NowMs) || d.Return.Late(v.NowMs))):
		return nil, fault.New(fault.Conflict, "dossier.nothing_wrong",
			"Bưu gửi %s không thất lạc và không có bất thường nào đang mở nên chưa lập biên bản được. Hãy ghi bất thường trước.",
			"Item %s is not lost and has no open irregularity, so there is nothing to be liable for. Record the irregularity first.", string(a.Item)).At("kind")
	case a.AmountVND < 0:
		return nil, fault.New(fault.Invalid, "dossier.liability_amount", "Số tiền không được âm.", "The amount cannot be less than nothing.").At("amount_vnd")
	}
	return []event.Fact{event.LiabilityRecorded(a)}, nil
}
