package cash

import (
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// UndoTake gives the money of a mistaken taking back, all of it; its receipts are void and their numbers stay used. The clerk who took it does so in the same
// shift, from the same drawer. Later a supervisor does, from his own drawer or by transfer.
type UndoTake struct {
	Source
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`          // "mistake", "cancelled" or WrongPerson
	Later  bool              `json:"later,omitempty"` // the shift is over: a supervisor gives the money back
}

// WrongPerson says that the money came from somebody to whom the item was given by mistake. He gets it back even when the agency has it already: the right person still owes the same fee and pays it
// when he gets the item, so until then the agency's account stands that much ahead, and the next remittance sets it off.
const WrongPerson = "wrong_person"

// Name of the act.
func (UndoTake) Name() string { return "cash.undo_take" }

// Touches the item and where the money comes from.
func (a UndoTake) Touches() []ledger.Key { return append(a.touches(), ItemKey(a.Item)) }

// Decide refuses when the shift is over and nobody answers for it, when the agency has the money already, and after a refund. A wrong person gets what a refund left: else the right one could never pay.
func (a UndoTake) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	paid, ok := PaidFor(v, a.Item)
	switch {
	case a.Reason != "mistake" && a.Reason != "cancelled" && a.Reason != WrongPerson:
		return nil, fault.New(fault.Invalid, "cash.undo_reason", "Hãy chọn lý do: nhầm, huỷ bưu gửi, hoặc trả nhầm người.", "Choose a reason: mistake, cancelled, or given to the wrong person.").At("reason")
	case !ok:
		return nil, notPaid(a.Item)
	case paid.Compensated > 0 || paid.Refunded > 0 && (a.Reason != WrongPerson || len(paid.Refunds) == 0):
		return nil, fault.New(fault.Conflict, "cash.refunded_before", "Bưu gửi này đã được hoàn cước hoặc bồi thường.", "This item was refunded or compensated already.").At("item")
	}
	if err := ofOffice(paid.Drawer, e.Office); err != nil {
		return nil, err
	}
	back, err := paid.undone(v, e.Office, a.Reason == WrongPerson)
	if err != nil {
		return nil, err
	}
	f := event.TakingUndone{Drawer: a.Drawer, Item: a.Item, Seq: paid.Seq, Reason: a.Reason, Postings: back}
	if a.Later {
		err = a.later(v, e, &f)
	} else {
		err = a.sameShift(v, e, paid, &f)
	}
	if err != nil {
		return nil, err
	}
	facts := []event.Fact{f}
	for _, c := range paid.Collected {
		facts = append(facts, event.ReceiptVoided{Book: c.Book, Number: c.Number, Reason: a.Reason})
	}
	return facts, nil
}

// sameShift gives the money back from where it lies: the drawer of the shift that took it, or the transfers that have not arrived.
func (a UndoTake) sameShift(v *ledger.View, e ledger.Envelope, paid *Paid, f *event.TakingUndone) error {
	took, ok := ledger.Get[*Drawer](v, DrawerKey(paid.Drawer))
	if a.Drawer != paid.Drawer || !ok || !took.Open || took.Shift != paid.Shift {
		return fault.New(fault.Conflict, "cash.other_shift",
			"Tiền của bưu gửi này thu ở ca khác, ca đó đã kết. Nhờ kiểm soát viên mở trang Tiền của bưu gửi rồi chọn “Huỷ nhận gửi và hoàn tiền”.",
			"The money of this item was taken in another shift, which is closed. Ask a supervisor to open the item's page of money and choose “Cancel and give the money back”.").At("item")
	}
	d, err := openDrawer(v, e, a.Drawer)
	if err != nil {
		return err
	}
	f.Shift = d.Shift
	for _, x := range f.Postings {
		if x.AmountVND < 0 && holdsMoney(x.Account) {
			if err := holds(v, x.Account, -x.AmountVND); err != nil {
				return err
			}
		}
	}
	return nil
}

// later takes the money from the supervisor's source in place of where it went, which another shift has counted and closed since.
func (a UndoTake) later(v *ledger.View, e ledger.Envelope, f *event.TakingUndone) error {
	var p postings
	var cash postal.VND
	for _, x := range f.Postings {
		if holdsMoney(x.Account) {
			cash -= x.AmountVND
			x.Account = a.account()
		}
		p.put(x.Account, x.AmountVND)
	}
	if err := a.check(v, e, cash); err != nil {
		return err
	}
	if d, ok := ledger.Get[*Drawer](v, DrawerKey(a.Drawer)); ok && a.Drawer != "" {
		f.Shift = d.Shift
	}
	var err error
	f.Postings, err = p.done()
	return err
}

// holdsMoney tells drawers and transfers under way from what the books only reckon with.
func holdsMoney(a event.Account) bool {
	return strings.HasPrefix(string(a), "assets:cash:") || strings.HasPrefix(string(a), "assets:transit:")
}

// undone gives the postings that take a taking back, and refuses what has gone to its agency unless it will be set off.
func (p *Paid) undone(v *ledger.View, o postal.OfficeCode, setOff bool) ([]event.Posting, error) {
	a := Take{Drawer: p.Drawer, Service: p.Service, Means: p.Means}
	all, err := a.postings(o, event.MoneyTaken{PostageVND: p.PostageVND, OperatorVND: p.OperatorVND, ProvinceVND: p.ProvinceVND, Collected: p.Collected})
	if err != nil {
		return nil, err
	}
	all = reversed(all)
	if len(p.Refunds) > 0 {
		rest := postings{all: all}
		for _, x := range p.Refunds {
			rest.move(x.Account, a.into(o), x.AmountVND)
		}
		if all, err = rest.done(); err != nil {
			return nil, err
		}
	}
	for _, x := range all {
		if !setOff && strings.HasPrefix(string(x.Account), "liabilities:") && BalanceOf(v, x.Account)+x.AmountVND > 0 {
			return nil, remittedBefore()
		}
	}
	return all, nil
}
