package cash

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// ReturnDue gives a fee that was collected for an agency back to its payer (hoàn khoản thu hộ), because the agency had it already: paid online, or at its own desk. The receipt is void, its number stays
// used; the postage stays paid.
type ReturnDue struct {
	Source
	Item   postal.ItemNumber `json:"item"`
	Book   string            `json:"book"`
	Number int               `json:"number"`
	Reason string            `json:"reason"`
}

// PaidTwice is why a fee goes back.
const PaidTwice = "paid_twice"

// Name of the act.
func (ReturnDue) Name() string { return "cash.return_due" }

// Touches the item and where the money comes from.
func (a ReturnDue) Touches() []ledger.Key { return append(a.touches(), ItemKey(a.Item)) }

// Decide refuses a receipt that was not given for the item, and money that the agency has already: it then has it twice, and only it can give it back.
func (a ReturnDue) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	paid, ok := PaidFor(v, a.Item)
	if !ok {
		return nil, notPaid(a.Item)
	}
	if a.Reason != PaidTwice {
		return nil, fault.New(fault.Invalid, "cash.return_reason", "Hãy chọn lý do hoàn khoản thu hộ.", "Choose why the fee goes back.").At("reason")
	}
	n := slices.IndexFunc(paid.Collected, func(c event.Collected) bool { return c.Book == a.Book && c.Number == a.Number })
	if n < 0 {
		return nil, fault.New(fault.NotFound, "cash.no_receipt", "Bưu gửi này không có biên lai %[1]s/%[2]d, hoặc biên lai đã huỷ.", "This item has no receipt %[1]s/%[2]d, or it is void.", a.Book, a.Number).At("number")
	}
	due := paid.Collected[n]
	if BalanceOf(v, Owed(due.Agency))+due.AmountVND > 0 {
		return nil, remittedBefore()
	}
	if err := a.check(v, e, due.AmountVND); err != nil {
		return nil, err
	}
	var p postings
	p.move(a.account(), Owed(due.Agency), due.AmountVND)
	all, err := p.done()
	f := event.CollectedReturned{Drawer: a.Drawer, Item: a.Item, Agency: due.Agency, Kind: due.Kind, AmountVND: due.AmountVND, Book: a.Book, Number: a.Number, Reason: a.Reason, Postings: all}
	if d, ok := ledger.Get[*Drawer](v, DrawerKey(a.Drawer)); ok && a.Drawer != "" {
		f.Shift = d.Shift
	}
	return []event.Fact{f, event.ReceiptVoided{Book: a.Book, Number: a.Number, Reason: a.Reason}}, err
}

func remittedBefore() error {
	return fault.New(fault.Conflict, "cash.remitted_before", "Tiền thu hộ đã nộp cho cơ quan: hãy xin cơ quan hoàn lại.", "What was collected has gone to the agency already: ask it for a refund.").At("item")
}
