package cash

import (
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Remit hands collected money to its agency (nộp tiền thu hộ): in cash from the office's safe, or by transfer from the bank.
type Remit struct {
	Agency    postal.AgencyCode `json:"agency"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Means     string            `json:"means"`
	Slip      string            `json:"slip"`   // number of the payment slip
	Office    postal.OfficeCode `json:"office"` // the same as the envelope's: it is this office's safe
}

// Name of the act.
func (Remit) Name() string { return "cash.remit" }

// Touches the debt and where the money comes from.
func (a Remit) Touches() []ledger.Key {
	return []ledger.Key{AccountKey(Owed(a.Agency)), AccountKey(a.from(a.Office))}
}

func (a Remit) from(o postal.OfficeCode) event.Account {
	if a.Means == Transfer {
		return Bank
	}
	return Safe(o)
}

// Decide refuses more than is owed.
func (a Remit) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := means(a.Means); err != nil {
		return nil, err
	}
	if err := positive(a.AmountVND, "amount_vnd"); err != nil {
		return nil, err
	}
	if err := code(a.Slip, "slip"); err != nil {
		return nil, err
	}
	if owed := -BalanceOf(v, Owed(a.Agency)); a.AmountVND > owed {
		return nil, fault.New(fault.Conflict, "cash.remit_too_much", "Chỉ còn phải nộp %[1]s cho cơ quan này.", "Only %[2]s is owed to this agency.", owed, owed.In("en")).At("amount_vnd")
	}
	if err := holds(v, a.from(e.Office), a.AmountVND); err != nil {
		return nil, err
	}
	var p postings
	p.move(a.from(e.Office), Owed(a.Agency), a.AmountVND)
	all, err := p.done()
	return []event.Fact{event.Remitted{Agency: a.Agency, AmountVND: a.AmountVND, Means: a.Means, Slip: a.Slip, Postings: all}}, err
}

// Move brings money from one account of the post to another. Reason says which of the known movements it is:
// opening, deposit (safe to bank), withdrawal (bank to safe), arrived (transfers seen at the bank), province_paid, between_offices.
type Move struct {
	From      event.Account `json:"from"`
	To        event.Account `json:"to"`
	AmountVND postal.VND    `json:"amount_vnd"`
	Reason    string        `json:"reason"`
	Slip      string        `json:"slip,omitempty"`
}

// Name of the act.
func (Move) Name() string { return "cash.move" }

// Touches both accounts.
func (a Move) Touches() []ledger.Key { return []ledger.Key{AccountKey(a.From), AccountKey(a.To)} }

// moves says from where to where each kind of movement goes.
var moves = map[string][2]string{
	"opening":         {"equity:opening", ""},
	"deposit":         {"assets:safe:", "assets:bank"},
	"withdrawal":      {"assets:bank", "assets:safe:"},
	"arrived":         {"assets:transit:", "assets:bank"},
	"province_paid":   {"assets:receivable:province", "assets:bank"},
	"between_offices": {"assets:safe:", "assets:safe:"},
}

// Decide refuses movements that are not of these kinds, and more than there is.
func (a Move) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := positive(a.AmountVND, "amount_vnd"); err != nil {
		return nil, err
	}
	way, known := moves[a.Reason]
	opens := a.Reason == "opening" && (is(a.To, "assets:safe:") || is(a.To, "assets:bank"))
	if !known || a.From == a.To || !is(a.From, way[0]) || !opens && (way[1] == "" || !is(a.To, way[1])) {
		return nil, fault.New(fault.Invalid, "cash.move", "Không thể chuyển tiền từ %q sang %q với lý do %q.", "Money cannot be moved from %q to %q for %q.", a.From, a.To, a.Reason).At("reason")
	}
	own := a.From == Safe(e.Office) || a.From == Transit(e.Office) || !ofAnOffice(a.From) && (a.To == Safe(e.Office) || !ofAnOffice(a.To))
	if !own {
		return nil, fault.New(fault.Forbidden, "cash.other_office", "Chỉ được chuyển tiền của bưu cục mình.", "Only the money of your own office may be moved.").At("from")
	}
	if a.From != Opening {
		if err := holds(v, a.From, a.AmountVND); err != nil {
			return nil, err
		}
	}
	var p postings
	p.move(a.From, a.To, a.AmountVND)
	all, err := p.done()
	return []event.Fact{event.MoneyMoved{From: a.From, To: a.To, AmountVND: a.AmountVND, Reason: a.Reason, Slip: a.Slip, Postings: all}}, err
}

// ofAnOffice reports whether an account belongs to one office.
func ofAnOffice(a event.Account) bool { return is(a, "assets:safe:") || is(a, "assets:transit:") }

// is reports whether an account is this one, or one of an office when the pattern ends in a colon.
func is(a event.Account, pattern string) bool {
	office, family := strings.CutPrefix(string(a), pattern)
	if !strings.HasSuffix(pattern, ":") {
		return string(a) == pattern
	}
	return family && code(office, "") == nil
}
