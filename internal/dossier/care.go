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
