package cash

import (
	"fmt"
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Kinds lists the states that cash keeps in the ledger: accounts (m), receipt books (c), drawers (q) and what items have paid (p).
func Kinds() []ledger.Kind {
	return []ledger.Kind{
		{Letter: 'm', New: func() ledger.State { return &Balance{} }},
		{Letter: 'c', New: func() ledger.State { return &Book{} }},
		{Letter: 'q', New: func() ledger.State { return &Drawer{} }},
		{Letter: 'p', New: func() ledger.State { return &Paid{} }, Trail: true},
	}
}

// PostingsOf gives the postings of a fact; ok is false for facts that move no money.
func PostingsOf(f event.Fact) (all []event.Posting, ok bool) {
	switch f := f.(type) {
	case event.DrawerOpened:
		return f.Postings, true
	case event.DrawerClosed:
		return f.Postings, true
	case event.DifferenceSettled:
		return f.Postings, true
	case event.MoneyTaken:
		return f.Postings, true
	case event.TakingUndone:
		return f.Postings, true
	case event.CollectedReturned:
		return f.Postings, true
	case event.PostageRefunded:
		return f.Postings, true
	case event.Compensated:
		return f.Postings, true
	case event.Remitted:
		return f.Postings, true
	case event.MoneyMoved:
		return f.Postings, true
	}
	return nil, false
}

// Fold brings the facts of money into its states. Facts of others pass by.
func Fold(v *ledger.View, e *event.Entry, f event.Fact) error {
	if all, ok := PostingsOf(f); ok {
		if err := post(v, all); err != nil {
			return err
		}
	}
	switch f := f.(type) {
	case event.ReceiptBookOpened:
		*ledger.Edit[*Book](v, BookKey(f.Book)) = Book{Office: f.Office, From: f.From, To: f.To, Next: f.From}
	case event.ReceiptVoided:
		ledger.Edit[*Book](v, BookKey(f.Book)).Voided++
	case event.MoneyTaken:
		return foldTaken(v, e, f)
	case event.TakingUndone:
		ledger.Edit[*Paid](v, ItemKey(f.Item)).Seq = 0
	case event.CollectedReturned:
		p := ledger.Edit[*Paid](v, ItemKey(f.Item))
		p.Collected = slices.DeleteFunc(slices.Clone(p.Collected), func(c event.Collected) bool { return c.Book == f.Book && c.Number == f.Number })
	case event.PostageRefunded:
		p := ledger.Edit[*Paid](v, ItemKey(f.Item))
		p.Refunded += f.AmountVND
		p.Refunds = append(slices.Clone(p.Refunds), slices.DeleteFunc(slices.Clone(f.Postings), func(x event.Posting) bool {
			_, drawer := drawerOf(x.Account)
			return drawer || x.Account == Bank
		})...)
	case event.Compensated:
		ledger.Edit[*Paid](v, ItemKey(f.Item)).Compensated = f.AmountVND
	default:
		foldDrawer(v, e, f)
	}
	return nil
}

// post brings postings into the balances. Every drawer that they touch must be counted again.
func post(v *ledger.View, all []event.Posting) error {
	if err := balanced(all); err != nil {
		return err
	}
	for _, p := range all {
		b := ledger.Edit[*Balance](v, AccountKey(p.Account))
		sum, err := b.VND.Add(p.AmountVND)
		if err != nil {
			return fmt.Errorf("account %s: %w", p.Account, err)
		}
		b.VND = sum
		if drawer, ok := drawerOf(p.Account); ok {
			moved(v, drawer)
		}
	}
	return nil
}

func drawerOf(a event.Account) (string, bool) {
	const prefix = "assets:cash:"
	if len(a) > len(prefix) && a[:len(prefix)] == prefix {
		return string(a[len(prefix):]), true
	}
	return "", false
}

func moved(v *ledger.View, drawer string) { ledger.Edit[*Drawer](v, DrawerKey(drawer)).Counted = false }

func foldTaken(v *ledger.View, e *event.Entry, f event.MoneyTaken) error {
	p := ledger.Edit[*Paid](v, ItemKey(f.Item))
	*p = Paid{Compensated: p.Compensated, Seq: e.Seq, Drawer: f.Drawer, Shift: f.Shift, Service: f.Service, Means: f.Means, ListVND: f.ListVND, OperatorVND: f.OperatorVND,
		ProvinceVND: f.ProvinceVND, PostageVND: f.PostageVND, Collected: f.Collected}
	for _, c := range f.Collected {
		b := ledger.Edit[*Book](v, BookKey(c.Book))
		if c.Number != b.Next {
			return fmt.Errorf("receipt %d of book %s, the next is %d", c.Number, c.Book, b.Next)
		}
		b.Next++
	}
	return nil
}

func foldDrawer(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.DrawerOpened:
		d := ledger.Edit[*Drawer](v, DrawerKey(f.Drawer))
		d.Code, d.Office, d.Shift, d.Open, d.Clerk, d.OpenedMs, d.FloatVND = f.Drawer, e.Office, f.Shift, true, f.Clerk, e.OccurredMs, f.FloatVND
		d.Counted, d.CountedVND = false, 0
	case event.DrawerCounted:
		d := ledger.Edit[*Drawer](v, DrawerKey(f.Drawer))
		d.Counted, d.CountedVND = true, f.CountedVND
	case event.DrawerClosed:
		d := ledger.Edit[*Drawer](v, DrawerKey(f.Drawer))
		d.Open, d.Clerk, d.Counted = false, "", false
		d.LastDiff = f.CountedVND - f.ExpectedVND
		d.Unsettled += d.LastDiff
	case event.DifferenceSettled:
		ledger.Edit[*Drawer](v, DrawerKey(f.Drawer)).Unsettled = 0
	}
}

// Drawers gives the open drawers of an office.
func Drawers(v *ledger.View, o postal.OfficeCode) []*Drawer {
	var open []*Drawer
	for _, k := range v.At(Shelf(o), 'q') {
		if d, ok := ledger.Get[*Drawer](v, k); ok {
			open = append(open, d)
		}
	}
	return open
}

// Books gives the receipt books of an office that have receipts left, by code.
func Books(v *ledger.View, o postal.OfficeCode) map[string]*Book {
	books := map[string]*Book{}
	for _, k := range v.At(Shelf(o), 'c') {
		if b, ok := ledger.Get[*Book](v, k); ok {
			books[string(k[2:])] = b
		}
	}
	return books
}
