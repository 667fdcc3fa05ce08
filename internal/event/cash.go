package event

import "citypost/internal/postal"

// Account is the name of an account of the books: its kind and path, "assets:cash:180100:1", "liabilities:collected:so-tu-phap".
type Account string

// Posting puts an amount on one account. The postings of a fact add up to nothing: what one account gains, another gives.
type Posting struct {
	Account   Account    `json:"account"`
	AmountVND postal.VND `json:"amount_vnd"`
}

// Collected is a State fee or charge taken for an agency, with the number of the receipt (biên lai) that the payer got.
type Collected struct {
	Agency    postal.AgencyCode `json:"agency"`
	Kind      string            `json:"kind"` // "fee" (phí) or "charge" (lệ phí)
	AmountVND postal.VND        `json:"amount_vnd"`
	Book      string            `json:"book"`
	Number    int               `json:"number"`
}

// ReceiptBookOpened: an office may issue State receipts From to To of this book (quyển biên lai).
type ReceiptBookOpened struct {
	Book   string            `json:"book"`
	Office postal.OfficeCode `json:"office"`
	From   int               `json:"from"`
	To     int               `json:"to"`
}

// ReceiptVoided: a receipt was issued in error; its number stays used and its money was given back in the same act.
type ReceiptVoided struct {
	Book   string `json:"book"`
	Number int    `json:"number"`
	Reason string `json:"reason"`
}

// DrawerOpened: a clerk begins a shift with a float from the safe.
type DrawerOpened struct {
	Drawer   string         `json:"drawer"` // "180100-2": the second drawer of the office
	Shift    int            `json:"shift"`  // the drawer's shifts are numbered from 1
	Clerk    postal.StaffID `json:"clerk"`
	FloatVND postal.VND     `json:"float_vnd"`
	Postings []Posting      `json:"postings,omitempty"`
}

// Notes is how many notes of one value were counted.
type Notes struct {
	ValueVND postal.VND `json:"value_vnd"`
	Count    int        `json:"count"`
}

// DrawerCounted: the clerk counted what lies in the drawer; a later count takes the place of an earlier one.
type DrawerCounted struct {
	Drawer     string     `json:"drawer"`
	Shift      int        `json:"shift"`
	Notes      []Notes    `json:"notes"`
	CountedVND postal.VND `json:"counted_vnd"`
}

// DrawerClosed: the shift is over; what was counted went into the safe, the difference to what the books expect stands by itself.
type DrawerClosed struct {
	Drawer      string         `json:"drawer"`
	Shift       int            `json:"shift"`
	Clerk       postal.StaffID `json:"clerk"`
	ExpectedVND postal.VND     `json:"expected_vnd"`
	CountedVND  postal.VND     `json:"counted_vnd"`
	Reason      string         `json:"reason,omitempty"` // of a difference
	Postings    []Posting      `json:"postings,omitempty"`
}

// DifferenceSettled: a person decided who bears the difference of a shift.
type DifferenceSettled struct {
	Drawer    string     `json:"drawer"`
	Shift     int        `json:"shift"`
	AmountVND postal.VND `json:"amount_vnd"` // short is negative
	BornBy    string     `json:"born_by"`    // "clerk" or "post"
	Postings  []Posting  `json:"postings"`
}

// MoneyTaken: a customer paid for an item. List is the postage before relief; the relief is booked on those who bear it.
type MoneyTaken struct {
	Drawer      string            `json:"drawer"`
	Shift       int               `json:"shift"`
	Item        postal.ItemNumber `json:"item"`
	Service     string            `json:"service"`
	Means       string            `json:"means"` // "cash" or "transfer"
	ListVND     postal.VND        `json:"list_vnd"`
	OperatorVND postal.VND        `json:"operator_vnd,omitempty"` // relief that the post bears
	ProvinceVND postal.VND        `json:"province_vnd,omitempty"` // relief that the province pays
	PostageVND  postal.VND        `json:"postage_vnd"`            // what the customer paid of it
	Collected   []Collected       `json:"collected,omitempty"`
	Postings    []Posting         `json:"postings,omitempty"`
}

// TakingUndone: the last taking for an item was a mistake or the item was cancelled; its money was given back, from a drawer or by transfer.
type TakingUndone struct {
	Drawer   string            `json:"drawer"` // "" by transfer
	Shift    int               `json:"shift"`
	Item     postal.ItemNumber `json:"item"`
	Seq      int64             `json:"seq"` // the entry that is undone
	Reason   string            `json:"reason"`
	Postings []Posting         `json:"postings,omitempty"`
}

// CollectedReturned: a fee that was collected for an agency went back to its payer; the postage stays paid. Its receipt is void by the same act.
type CollectedReturned struct {
	Drawer    string            `json:"drawer"` // "" by transfer
	Shift     int               `json:"shift"`
	Item      postal.ItemNumber `json:"item"`
	Agency    postal.AgencyCode `json:"agency"`
	Kind      string            `json:"kind"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Book      string            `json:"book"`
	Number    int               `json:"number"`
	Reason    string            `json:"reason"` // "paid_twice"
	Postings  []Posting         `json:"postings"`
}

// PostageRefunded: a customer got postage back, for lateness or by a decision that reaches back. Taxes and State fees are never refunded.
type PostageRefunded struct {
	Item      postal.ItemNumber `json:"item"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Reason    string            `json:"reason"`          // "late", "relief"
	Payer     string            `json:"payer,omitempty"` // of a relief given afterwards
	Rule      string            `json:"rule,omitempty"`
	Postings  []Posting         `json:"postings"`
}

// Compensated: the post paid for an item that was lost or damaged. The amount includes the refund of postage.
type Compensated struct {
	Item      postal.ItemNumber `json:"item"`
	AmountVND postal.VND        `json:"amount_vnd"`
	LeastVND  postal.VND        `json:"least_vnd"`
	PaidVND   postal.VND        `json:"paid_vnd"` // now: the amount less what was refunded before
	Record    string            `json:"record"`   // number of the written liability record
	Rule      string            `json:"rule"`
	Postings  []Posting         `json:"postings"`
}

// Remitted: money collected for an agency was handed to it.
type Remitted struct {
	Agency    postal.AgencyCode `json:"agency"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Means     string            `json:"means"` // "cash" or "transfer"
	Slip      string            `json:"slip"`  // number of the payment slip
	Postings  []Posting         `json:"postings"`
}

// MoneyMoved: money went from one account of the post to another: safe to bank, province to bank, opening balance.
type MoneyMoved struct {
	From      Account    `json:"from"`
	To        Account    `json:"to"`
	AmountVND postal.VND `json:"amount_vnd"`
	Reason    string     `json:"reason"`
	Slip      string     `json:"slip,omitempty"`
	Postings  []Posting  `json:"postings"`
}

// The names of the facts, for ever.
func (ReceiptBookOpened) Fact() string { return "cash.book_opened" }
func (ReceiptVoided) Fact() string     { return "cash.receipt_voided" }
func (DrawerOpened) Fact() string      { return "cash.drawer_opened" }
func (DrawerCounted) Fact() string     { return "cash.drawer_counted" }
func (DrawerClosed) Fact() string      { return "cash.drawer_closed" }
func (DifferenceSettled) Fact() string { return "cash.difference_settled" }
func (MoneyTaken) Fact() string        { return "cash.taken" }
func (TakingUndone) Fact() string      { return "cash.taking_undone" }
func (CollectedReturned) Fact() string { return "cash.collected_returned" }
func (PostageRefunded) Fact() string   { return "cash.refunded" }
func (Compensated) Fact() string       { return "cash.compensated" }
func (Remitted) Fact() string          { return "cash.remitted" }
func (MoneyMoved) Fact() string        { return "cash.moved" }
