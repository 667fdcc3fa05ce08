package desk

import (
	"context"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// QuoteLine is one line of a price with the rule that gave it.
type QuoteLine struct {
	VI       string     `json:"vi"`
	EN       string     `json:"en"`
	Amount   postal.VND `json:"amount"`           // relief is less than nothing
	Relief   bool       `json:"relief,omitempty"` // somebody else pays it
	Rule     string     `json:"rule,omitempty"`   // id of the rule, frozen on the item
	Basis    string     `json:"basis,omitempty"`  // the article
	BasisEN  string     `json:"basis_en,omitempty"`
	Verified bool       `json:"verified,omitempty"`
}

// Case is all that a price at the counter depends on.
type Case struct {
	Service  event.Service
	From, To postal.UnitCode
	WeightG  postal.Grams
	Class    string // of beneficiary; "" for none
	At       time.Time
}

// Bill is what an item costs now, with what is left of every relief.
type Bill struct {
	Lines []QuoteLine
	Notes []custody.Words // what the clerk should know: VAT, why a line is not verified
}

// Class is a class of beneficiaries with the papers that the clerk must see.
type Class struct {
	ID             string
	Name, Evidence custody.Words
	Basis          custody.Words
}

// Shift says with which drawer a person works.
type Shift struct {
	Drawer string   // "" while he has no open shift
	Free   []string // drawers that a shift can be opened for; none when all are in use
}

// Sale is how an acceptance is paid for.
type Sale struct {
	From  postal.UnitCode // where the price counts from
	Class string          // of beneficiary, its evidence seen
	Told  postal.VND      // the price that the customer agreed to; another one is refused
	Means string          // "cash" or "transfer"; "" takes no money now
}

// Payment is what the books say of an item's money.
type Payment struct {
	Means                 string
	ListVND, PaidVND      postal.VND // before and after relief
	Relief                []QuoteLine
	Collected             []Receipt
	Refunded, Compensated postal.VND
	Unpaid                bool   // it was accepted, and nothing was taken yet
	Undone                bool   // all of it was given back
	Page                  string // where a supervisor gives money back
}

// Receipt is a State receipt that the payer got.
type Receipt struct {
	Number, Agency, Kind string
	Amount               postal.VND
}

// Till prices what comes to a counter and takes its money. What it makes of an act happens whole or not at all: the item, its relief and its money.
type Till interface {
	// Price gives the lines of a price. It fails with NotFound, and a sentence, where no list has one.
	Price(ctx context.Context, c Case) (Bill, error)
	// Classes lists the classes of beneficiaries that have relief on a day.
	Classes(s event.Service, day postal.Day) []Class
	// Shift says with which drawer a person works at an office; nil where no drawers are kept.
	Shift(ctx context.Context, o postal.OfficeCode, who postal.StaffID) (*Shift, error)
	// Begin opens a shift.
	Begin(o postal.OfficeCode, drawer string, float postal.VND) ledger.Act
	// Accept takes an item in at the price of its day, which must be the one told.
	Accept(a custody.Accept, s Sale) ledger.Act
	// Undo takes the last act on an item back; with an acceptance its relief and money too.
	Undo(u custody.Undo) ledger.Act
	// Paid says what was paid for an item; nil when nothing is to be paid here.
	Paid(ctx context.Context, i *custody.Item) (*Payment, error)
}

// paperTill is the till of a desk without one: the clerk takes prices from the paper list, and keeps the money elsewhere.
type paperTill struct{}

func (paperTill) Price(context.Context, Case) (Bill, error) {
	return Bill{}, fault.New(fault.NotFound, "desk.no_tariff", "Bảng cước chưa được nạp vào hệ thống.", "No tariff has been loaded into the system.")
}

func (paperTill) Classes(event.Service, postal.Day) []Class { return nil }

func (paperTill) Shift(context.Context, postal.OfficeCode, postal.StaffID) (*Shift, error) {
	return nil, nil
}

func (paperTill) Begin(postal.OfficeCode, string, postal.VND) ledger.Act { return nil }

func (paperTill) Accept(a custody.Accept, s Sale) ledger.Act {
	a.FeeVND = s.Told
	return a
}

func (paperTill) Undo(u custody.Undo) ledger.Act { return u }

func (paperTill) Paid(context.Context, *custody.Item) (*Payment, error) { return nil, nil }

// till is the one that app brought, or none.
func (s *Service) till() Till {
	if s.Till == nil {
		return paperTill{}
	}
	return s.Till
}
