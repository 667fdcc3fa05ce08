package dossier

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// What the agency says of a dossier. Its officer says it at the agency's own desk; when an agency tells the post by word or paper, the post records it, and the entry shows who did.

// wrongState refuses an act that the dossier's state does not allow.
func wrongState(d *Dossier) error {
	return fault.New(fault.Conflict, "dossier.state", "Hồ sơ %[1]s đang ở trạng thái “%[2]s” nên chưa làm được việc này.", "Dossier %[1]s is “%[3]s”, so this cannot be done now.",
		string(d.Code), d.Words().VI, d.Words().EN)
}

// IssueSlip records the agency's receipt with the day of the result (giấy tiếp nhận và hẹn trả kết quả).
type IssueSlip struct {
	Hearing
	Dossier postal.DossierNumber `json:"dossier"`
	Code    string               `json:"code"`
	Due     postal.Day           `json:"due,omitzero"`
}

// Name of the act.
func (IssueSlip) Name() string { return "dossier.issue_slip" }

// Touches the dossier.
func (a IssueSlip) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses a slip for what was not handed over, a second one unless papers were added since, and a day that is over.
func (a IssueSlip) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := a.told(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := checkSlipCode(a.Code); err != nil {
		return nil, err
	}
	if !d.slipOpen() && !d.bettersSlip(e.Office) {
		return nil, wrongState(d)
	}
	if !a.Due.IsZero() && a.Due.Before(postal.DayOf(postal.FromMillis(d.FiledMs))) {
		return nil, fault.New(fault.Invalid, "dossier.slip_due", "Ngày hẹn phải từ ngày nộp trở đi.", "The day must not lie before the filing.").At("due")
	}
	return []event.Fact{event.SlipIssued{Dossier: a.Dossier, Code: a.Code, Due: a.Due}}, nil
}

// TellSlip records that the citizen knows the day: he was told, or got the slip itself. For a dossier that is only sent it ends the post's work.
type TellSlip struct {
	Hearing
	Dossier postal.DossierNumber `json:"dossier"`
	How     string               `json:"how"`
}

// Name of the act.
func (TellSlip) Name() string { return "dossier.tell_slip" }

// Touches the dossier.
func (a TellSlip) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses to tell what is not known.
func (a TellSlip) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := ours(v, e, a.Dossier); err != nil {
		return nil, err
	}
	d, err := a.told(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := oneOf(SlipWays, a.How, "how"); err != nil {
		return nil, err
	}
	if d.State != SlipIssued {
		return nil, wrongState(d)
	}
	return []event.Fact{event.SlipTold{Dossier: a.Dossier, How: a.How}}, nil
}

// RequestSupplement asks for more papers after the agency has taken the dossier (phiếu yêu cầu bổ sung): once in its life.
type RequestSupplement struct {
	Hearing
	Dossier  postal.DossierNumber `json:"dossier"`
	Papers   []string             `json:"papers"`
	Reason   string               `json:"reason"`
	Until    postal.Day           `json:"until,omitzero"`
	Restarts bool                 `json:"restarts,omitempty"` // the rule onestop.restarts of the day
	Most     int64                `json:"most"`               // the rule onestop.supplement.requests of the day
	Rules    []string             `json:"rules,omitempty"`
}

// Name of the act.
func (RequestSupplement) Name() string { return "dossier.request_supplement" }

// Touches the dossier.
func (a RequestSupplement) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses a second request.
func (a RequestSupplement) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := a.told(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := oneOf(SupplementReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	if len(a.Papers) == 0 {
		return nil, fault.New(fault.Invalid, "dossier.missing", "Ghi giấy tờ nào cần bổ sung.", "Say which papers are to be added.").At("papers")
	}
	if err := a.listed(d, a.Papers, "papers"); err != nil {
		return nil, err
	}
	switch better := d.bettersAsked(e.Office); {
	case !better && (!d.withAgency() || d.State == AwaitingResult):
		return nil, wrongState(d)
	case !better && int64(d.Supplements) >= a.Most:
		return nil, onceOnly()
	}
	return []event.Fact{event.SupplementRequested{Dossier: a.Dossier, Papers: a.Papers, Reason: a.Reason, Until: a.Until, Restarts: a.Restarts, Rules: a.Rules}}, nil
}

// CompleteSupplement says that the papers are complete: from now the dossier is filed, or its period goes on or begins anew.
type CompleteSupplement struct {
	Dossier postal.DossierNumber `json:"dossier"`
}

// Name of the act.
func (CompleteSupplement) Name() string { return "dossier.complete_supplement" }

// Touches the dossier.
func (a CompleteSupplement) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses what was not asked for. Only the agency can say it: the post sees completeness by the signatures for what it brings.
func (a CompleteSupplement) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := named(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if e.Office.Agency() == "" {
		return nil, fault.New(fault.Forbidden, "dossier.agency_only", "Chỉ cơ quan xác nhận hồ sơ đã đủ; giấy tờ bổ sung qua bưu điện thì hai bên ký giao nhận.", "Only the agency says that the papers are complete; papers brought by the post are signed for.")
	}
	if d.State != SupplementRequested {
		return nil, wrongState(d)
	}
	return []event.Fact{event.SupplementCompleted(a)}, nil
}

// SendSupplement sends papers that the agency asked for after the dossier. It composes custody's acceptance.
type SendSupplement struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Papers   []event.Paper        `json:"papers"`
	Seal     string               `json:"seal"`
	Pictures []string             `json:"pictures,omitempty"`
	Carriage custody.Accept       `json:"carriage"`
}

// Name of the act.
func (SendSupplement) Name() string { return "dossier.send_supplement" }

// Touches the dossier, what the acceptance touches, and the seal.
func (a SendSupplement) Touches() []ledger.Key {
	return append(a.Carriage.Touches(), DossierKey(a.Dossier), sealKey(a.Seal))
}

// Decide refuses papers that nobody asked for.
func (a SendSupplement) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{checkPapers(a.Papers, "papers"), checkSeal(a.Seal), checkPictures(a.Pictures)} {
		if err != nil {
			return nil, err
		}
	}
	if d.State != SupplementRequested {
		return nil, wrongState(d)
	}
	for _, p := range a.Papers {
		if !slices.Contains(d.Supplement.Papers, p.Component) {
			return nil, fault.New(fault.Conflict, "dossier.beyond_request", "Cơ quan không yêu cầu bổ sung giấy tờ %q.", "The agency did not ask for the paper %q.", p.Component).At("papers")
		}
	}
	if Sheets(a.Papers) == 0 || a.Carriage.Service != event.DossierSend {
		return nil, fault.New(fault.Invalid, "dossier.no_papers", "Chưa đếm giấy tờ nào.", "No paper has been counted.").At("papers")
	}
	if err := freshSeal(v, a.Seal); err != nil {
		return nil, err
	}
	facts, err := a.Carriage.Decide(v, e)
	if err != nil {
		return nil, err
	}
	return append(facts, event.SupplementSent{Dossier: a.Dossier, Item: acceptedItem(facts), Papers: a.Papers, Seal: a.Seal, Pictures: a.Pictures}), nil
}

// Reschedule records the agency's written apology and the new day: once, and at least some days before the day that is named now.
type Reschedule struct {
	Hearing
	Dossier postal.DossierNumber `json:"dossier"`
	Was     postal.Day           `json:"was"` // the day in force now, as AgencyDue gives it
	Due     postal.Day           `json:"due"`
	Before  int64                `json:"before"` // the rule onestop.apology.before of the day
	Most    int64                `json:"most"`   // the rule onestop.reschedulings of the day
	Rules   []string             `json:"rules,omitempty"`
}

// Name of the act.
func (Reschedule) Name() string { return "dossier.reschedule" }

// Touches the dossier.
func (a Reschedule) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses a second new day. An apology that comes too late is recorded as late: it happened.
func (a Reschedule) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := a.told(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if !d.withAgency() {
		return nil, wrongState(d)
	}
	if d.Apologised > 0 && !d.bettersPutOff(e.Office) || a.Most < 1 {
		return nil, fault.New(fault.Conflict, "dossier.rescheduled_before", "Hồ sơ đã được hẹn lại một lần; quy định chỉ cho hẹn lại một lần.", "The dossier was given a new day before; the rules allow one only.").At("due")
	}
	if a.Was.IsZero() || !a.Due.After(a.Was) {
		return nil, fault.New(fault.Invalid, "dossier.new_day", "Ngày hẹn lại phải sau ngày hẹn đang có.", "The new day must lie after the one in force.").At("due")
	}
	late := postal.DayOf(postal.FromMillis(e.OccurredMs)).After(a.Was.AddDays(-int(a.Before)))
	return []event.Fact{event.DossierRescheduled{Dossier: a.Dossier, Was: a.Was, Due: a.Due, Late: late, Rules: a.Rules}}, nil
}

// AnnounceResult says that the agency has the result.
type AnnounceResult struct {
	Hearing
	Dossier postal.DossierNumber `json:"dossier"`
	Outcome string               `json:"outcome"`
	OwedVND postal.VND           `json:"owed_vnd,omitempty"`
	Recall  []string             `json:"recall,omitempty"`
}

// Name of the act.
func (AnnounceResult) Name() string { return "dossier.announce_result" }

// Touches the dossier.
func (a AnnounceResult) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses what the agency does not have.
func (a AnnounceResult) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := a.told(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := oneOf(Outcomes, a.Outcome, "outcome"); err != nil {
		return nil, err
	}
	if a.OwedVND < 0 || a.OwedVND > 1_000_000_000 {
		return nil, fault.New(fault.Invalid, "dossier.owed", "Khoản phải thu không hợp lệ.", "The sum owed is not valid.").At("owed")
	}
	if err := a.listed(d, a.Recall, "recall"); err != nil {
		return nil, err
	}
	if !d.withAgency() && !d.bettersReady(e.Office) {
		return nil, wrongState(d)
	}
	return []event.Fact{event.ResultReady{Dossier: a.Dossier, Outcome: a.Outcome, OwedVND: a.OwedVND, Recall: a.Recall}}, nil
}
