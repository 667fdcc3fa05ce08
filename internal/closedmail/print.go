package closedmail

import (
	"strconv"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// PrintForm puts a form on paper. A second label on another cover would pass for the item, a second record for the signed one; so every further copy has a reason, and
// each leaves its trace. About is the number or code that the form speaks of: an item, a bag, a handover, an incident, a body and a month (cq-0001/2020-04), or a period.
type PrintForm struct {
	Form   Form   `json:"form"`
	About  string `json:"about"`
	Reason Reason `json:"reason,omitempty"`
}

// Name of the act.
func (PrintForm) Name() string { return "kt1.print_form" }

// Touches what is known of the prints.
func (a PrintForm) Touches() []ledger.Key {
	keys := []ledger.Key{PrintKey(a.Form, a.About)}
	if a.Form == LabelForm {
		keys = append(keys, CoverKey(postal.ItemNumber(a.About)))
	}
	return keys
}

// PrintKey is where the prints of a form about something are counted.
func PrintKey(f Form, about string) ledger.Key {
	return ledger.Key("e:" + string(f) + "/" + about)
}

// PrintsOf is what is known of the prints of a form about something; ok is false when there was none.
func PrintsOf(v *ledger.View, f Form, about string) (*Case, bool) {
	return ledger.Get[*Case](v, PrintKey(f, about))
}

// Decide refuses what is not the reader's business, and a further copy without a reason.
func (a PrintForm) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(Forms, a.Form, "form"); err != nil {
		return nil, err
	}
	if err := a.mayPrint(v, e); err != nil {
		return nil, err
	}
	f := event.KT1FormPrinted{Form: string(a.Form), About: a.About, Copy: 1, Reason: string(a.Reason)}
	if printed, ok := PrintsOf(v, a.Form, a.About); ok {
		f.Copy = printed.Copies + 1
		if err := oneOf(Recopies, a.Reason, "reason"); err != nil {
			return nil, fault.New(fault.Conflict, "closedmail.recopy", "Biểu này đã in. In lại phải chọn lý do, và để lại dấu vết.", "This form was printed. A further copy needs a reason and leaves a trace.").At("reason")
		}
	} else if a.Reason != "" {
		return nil, fault.New(fault.Conflict, "closedmail.first_copy", "Biểu này chưa in lần nào: bản đầu không cần lý do.", "This form was not printed yet: the first copy needs no reason.").At("reason")
	}
	return []event.Fact{f}, nil
}

// mayPrint refuses who may not see what the form speaks of. Who is no worker is the security officer: his right is asked where he comes in.
func (a PrintForm) mayPrint(v *ledger.View, e ledger.Envelope) error {
	switch a.Form {
	case LabelForm:
		return a.mayLabel(v, e)
	case BagLabelForm, ManifestForm:
		b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(event.Thing(a.About)))
		if !ok || b.From != e.Office && b.To != e.Office && custody.Office(b.Holder) != e.Office {
			return unknown(a.About)
		}
		return single(v, e, Clerk, Supervisor)
	case RecordForm, ListForm:
		h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(event.Thing(a.About)))
		switch {
		case !ok:
			return unknown(a.About)
		case a.Form == ListForm && !isList(h):
			return noList(h.Code)
		case custody.Carrier(h.From) == e.Actor || custody.Carrier(h.To) == e.Actor:
			return nil
		case custody.Office(h.From) != e.Office && custody.Office(h.To) != e.Office:
			return unknown(a.About)
		}
		return single(v, e, Clerk, Supervisor)
	case MinutesForm:
		i, ok := ledger.Get[*Incident](v, IncidentKey(ID(a.About)))
		switch {
		case !ok || i.Office != e.Office && i.By != e.Actor:
			return unknown(a.About)
		case i.By == e.Actor:
			return nil
		}
		return single(v, e, Duties...)
	case ShiftForm:
		office, n, ok := shiftOf(a.About)
		if s, known := ledger.Get[*Shift](v, ShiftKey(office)); !ok || !known || office != e.Office || n < 2 || n > s.N {
			return unknown(a.About)
		}
		return single(v, e, Clerk, Supervisor)
	case ReconcileForm:
		code, month, _ := strings.Cut(a.About, "/")
		if _, _, err := parseMonth(month); err != nil {
			return err
		}
		if _, err := ParsePartner(code); err != nil {
			return err
		}
		if _, err := partner(v, PartnerCode(code)); err != nil {
			return err
		}
		return single(v, e, Clerk, Supervisor)
	case StatementForm:
		code, month, _ := strings.Cut(a.About, "/")
		if _, _, err := parseMonth(month); err != nil {
			return err
		}
		b, ok := ledger.Get[*Body](v, BodyKey(BodyCode(code)))
		switch {
		case !ok:
			return unknown(code)
		case b.Has(e.Actor, Ases...):
			return nil
		}
		return overseeing(v, e)
	}
	if err := parsePeriod(a.About); err != nil {
		return err
	}
	return overseeing(v, e)
}

// shiftOf reads what names a change of shift: the office and the number of the shift that began, "180100/32".
func shiftOf(about string) (o postal.OfficeCode, n int, ok bool) {
	code, number, _ := strings.Cut(about, "/")
	n, err := strconv.Atoi(number)
	if err != nil || strconv.Itoa(n) != number {
		return "", 0, false
	}
	o, err = postal.ParseOfficeCode(code)
	return o, n, err == nil
}

// mayLabel refuses the label of an item that is not at the office.
func (a PrintForm) mayLabel(v *ledger.View, e ledger.Envelope) error {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return err
	}
	if _, ok := CoverOf(v, postal.ItemNumber(a.About)); !ok {
		return unknown(a.About)
	}
	if holder, _ := custody.Holder(v, event.Thing(a.About)); custody.Office(holder) != e.Office {
		return fault.New(fault.Conflict, "closedmail.label_elsewhere", "Bưu gửi không ở bưu cục này nên không in nhãn ở đây.", "The item is not at this office, so no label is printed here.").At("reason")
	}
	return nil
}

func foldPrint(v *ledger.View, e *event.Entry, f event.Fact) {
	p, ok := f.(event.KT1FormPrinted)
	if !ok {
		return
	}
	*ledger.Edit[*Case](v, PrintKey(Form(p.Form), p.About)) = Case{Kind: "form", Office: e.Office, About: p.About, What: p.Form, Person: e.Actor, OpenedMs: e.OccurredMs, Copies: p.Copy}
	if Form(p.Form) == LabelForm {
		ledger.Edit[*Cover](v, CoverKey(postal.ItemNumber(p.About))).Labels = p.Copy // so that the item's history tells of it
	}
}
