package dossier

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Accept takes a dossier in: counted with its sender, signed by both, sealed before his eyes. Terms say what was agreed, without the numbers that the act gives. With Carriage the dossier is sent;
// without, the form is "result" and the post will fetch a result from the agency.
// What the published list asks for was checked against the Catalogue before (Checklist.Refuse): the act is pure and sees no list.
type Accept struct {
	Office   postal.OfficeCode     `json:"office"` // the same as the envelope's
	Terms    event.DossierAccepted `json:"terms"`
	Carriage *custody.Accept       `json:"carriage,omitempty"`
}

// Name of the act.
func (Accept) Name() string { return "dossier.accept" }

// Touches the office's numbers, and the seal.
func (a Accept) Touches() []ledger.Key {
	keys := []ledger.Key{numberKey(a.Office)}
	if a.Carriage != nil {
		keys = append(append(keys, a.Carriage.Touches()...), sealKey(a.Terms.Seal))
	}
	return keys
}

// Decide gives the dossier its code and lets custody accept the packet.
func (a Accept) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := a.check(v, e); err != nil {
		return nil, err
	}
	f := a.Terms
	var facts []event.Fact
	if a.Carriage != nil {
		var err error
		if facts, err = a.Carriage.Decide(v, e); err != nil {
			return nil, err
		}
		f.Item = acceptedItem(facts)
	}
	next := 1
	if n, ok := ledger.Get[*numbers](v, numberKey(a.Office)); ok {
		next = n.last + 1
	}
	code, err := postal.MakeCode(postal.CodeDossier, a.Office, next)
	f.Dossier = postal.DossierNumber(code)
	return append(facts, f), err
}

// acceptedItem is the number that custody gave.
func acceptedItem(facts []event.Fact) postal.ItemNumber {
	for _, f := range facts {
		if x, ok := f.(event.ItemAccepted); ok {
			return x.Item
		}
	}
	return ""
}

func (a Accept) check(v *ledger.View, e ledger.Envelope) error {
	t := a.Terms
	if err := custody.CheckClock(v, e); err != nil {
		return err
	}
	if a.Office != e.Office || e.Office.Agency() != "" {
		return fault.New(fault.Forbidden, "dossier.other_office", "Chỉ nhận hồ sơ tại bưu cục của mình.", "Dossiers are accepted only at your own office.")
	}
	if _, err := postal.ParseAgencyCode(string(t.Agency)); err != nil {
		return err
	}
	for _, err := range []error{oneOf(Forms, t.Form, "form"), oneOf(Channels, t.Channel, "channel"), checkPapers(t.Papers, "papers"), checkFees(t.Fees), checkPictures(t.Pictures)} {
		if err != nil {
			return err
		}
	}
	if !isComponent(t.Procedure) || t.Case != "" && !isComponent(t.Case) || t.Keep != "" && t.Keep != KeptAtOffice || t.Version.IsZero() {
		return fault.New(fault.Invalid, "dossier.procedure", "Hãy chọn thủ tục.", "Choose the procedure.").At("procedure")
	}
	if t.Form != FormSend && (t.ToUnit == "" || t.ToOffice == "") {
		return fault.New(fault.Invalid, "dossier.return_place", "Cho biết nơi trả kết quả: xã, phường của người nhận.", "Say where the result goes: the receiver's commune.").At("return_unit")
	}
	if (t.Form == FormResult) != (a.Carriage == nil) {
		return fault.New(fault.Invalid, "dossier.carriage", "Hình thức nhận kết quả không có hồ sơ gửi đi; các hình thức khác phải có.", "The form “fetch the result” sends nothing; the others do.").At("form")
	}
	if t.Form == FormResult {
		return checkOrder(t)
	}
	return a.checkSent(v, t)
}

// checkOrder checks an order to fetch a result: the agency's code of the dossier is what it is fetched by.
func checkOrder(t event.DossierAccepted) error {
	return checkSlipCode(t.Slip)
}

func (a Accept) checkSent(v *ledger.View, t event.DossierAccepted) error {
	if Sheets(t.Papers) == 0 {
		return fault.New(fault.Invalid, "dossier.no_papers", "Chưa đếm giấy tờ nào.", "No paper has been counted.").At("papers")
	}
	if a.Carriage.Service != event.DossierSend || a.Carriage.Office != a.Office || a.Carriage.From != "" {
		return fault.New(fault.Invalid, "dossier.service", "Hồ sơ gửi cơ quan đi bằng dịch vụ gửi hồ sơ.", "A dossier goes to its agency by the service for dossiers.").At("form")
	}
	if err := checkSeal(t.Seal); err != nil {
		return err
	}
	return freshSeal(v, t.Seal)
}

func foldAccepted(v *ledger.View, e *event.Entry, f event.DossierAccepted) error {
	d := ledger.Edit[*Dossier](v, DossierKey(f.Dossier))
	*d = Dossier{Code: f.Dossier, Act: e.Act, State: Accepted, Procedure: f.Procedure, Version: f.Version, Case: f.Case, Agency: f.Agency, Office: e.Office, Form: f.Form, Channel: f.Channel,
		Keep: f.Keep, ToUnit: f.ToUnit, ToOffice: f.ToOffice, Papers: f.Papers, Seal: f.Seal, Item: f.Item, Fees: f.Fees, Limit: f.Limit, SameDay: f.SameDay, Authorised: f.Authorised,
		Pictures: f.Pictures, Receipt: f.Receipt, AcceptedMs: e.OccurredMs, OwedVND: sumFees(f.Fees, Later)}
	if f.Item != "" {
		d.Send = frozen(e)
		d.Send.StartedMs = e.OccurredMs
		carry(v, f.Item, Carriage{Dossier: d.Code, Leg: SendLeg})
		sealed(v, f.Seal, f.Item)
	} else {
		d.State, d.Slip = AwaitingResult, Slip{Code: f.Slip, Due: f.SlipDue, IssuedMs: e.OccurredMs, ToldMs: e.OccurredMs, How: "counter"}
	}
	_, _, serial, err := postal.ParseCode(string(f.Dossier))
	ledger.Edit[*numbers](v, numberKey(e.Office)).last = serial
	return err
}

// frozen is the clock of the packet that the same act accepted: custody's fact has its due time and the rules that gave it.
func frozen(e *event.Entry) Clock {
	for _, f := range e.Facts {
		if x, ok := f.(event.ItemAccepted); ok {
			return Clock{DueMs: x.DueMs, Rules: x.Rules}
		}
	}
	return Clock{}
}

// carry notes that an item belongs to a dossier.
func carry(v *ledger.View, n postal.ItemNumber, c Carriage) {
	*ledger.Edit[*Carriage](v, ItemKey(n)) = c
}
