package cash

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Source says where money that is given back comes from: a drawer in cash, or the bank by transfer.
type Source struct {
	Drawer string `json:"drawer,omitempty"` // "" for a transfer
}

func (s Source) account() event.Account {
	if s.Drawer == "" {
		return Bank
	}
	return InDrawer(s.Drawer)
}

func (s Source) touches() []ledger.Key {
	if s.Drawer == "" {
		return []ledger.Key{AccountKey(Bank)}
	}
	return []ledger.Key{DrawerKey(s.Drawer), AccountKey(InDrawer(s.Drawer))}
}

// check refuses a drawer that is not the actor's, and more than there is.
func (s Source) check(v *ledger.View, e ledger.Envelope, want postal.VND) error {
	if s.Drawer != "" {
		if _, err := openDrawer(v, e, s.Drawer); err != nil {
			return err
		}
	}
	return holds(v, s.account(), want)
}

// Refund gives postage back (hoàn cước): for lateness, or by a relief that was decided afterwards. Taxes and State fees are never part of it.
type Refund struct {
	Source
	Item        postal.ItemNumber `json:"item"`
	AmountVND   postal.VND        `json:"amount_vnd"`
	Reason      string            `json:"reason"`                 // "late" or "relief"
	OperatorVND postal.VND        `json:"operator_vnd,omitempty"` // of a relief: what the post bears more than before; less than nothing when another takes it over
	ProvinceVND postal.VND        `json:"province_vnd,omitempty"` // of a relief: what the province bears more than before
	Rule        string            `json:"rule"`                   // the rule's id that gives the right to it
}

// Name of the act.
func (Refund) Name() string { return "cash.refund" }

// Touches the item and where the money comes from.
func (a Refund) Touches() []ledger.Key { return append(a.touches(), ItemKey(a.Item)) }

// Decide refuses more than the customer paid, other offices than the one that took it, and a refund beside a compensation, which includes it.
func (a Refund) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := positive(a.AmountVND, "amount_vnd"); err != nil {
		return nil, err
	}
	if a.Rule == "" || a.Reason != "late" && a.Reason != "relief" || a.Reason == "late" && (a.OperatorVND != 0 || a.ProvinceVND != 0) ||
		a.Reason == "relief" && a.OperatorVND+a.ProvinceVND != a.AmountVND {
		return nil, fault.New(fault.Invalid, "cash.refund_reason", "Hoàn cước vì chậm, hoặc do miễn, giảm kèm phần mỗi bên trả; phải có căn cứ.", "Postage is refunded for lateness, or for a relief with what each payer bears; the rule must be named.").At("reason")
	}
	paid, ok := PaidFor(v, a.Item)
	switch {
	case !ok:
		return nil, notPaid(a.Item)
	case paid.Compensated > 0:
		return nil, fault.New(fault.Conflict, "cash.compensated", "Bưu gửi này đã được bồi thường; bồi thường đã gồm hoàn cước.", "This item was compensated; that includes the refund of postage.").At("item")
	case a.AmountVND > paid.PostageVND-paid.Refunded:
		left := paid.PostageVND - paid.Refunded
		return nil, fault.New(fault.Conflict, "cash.refund_too_much", "Chỉ còn %[1]s cước có thể hoàn.", "Only %[2]s of the postage is left to be refunded.", left, left.In("en")).At("amount_vnd")
	}
	if err := ofOffice(paid.Drawer, e.Office); err != nil {
		return nil, err
	}
	if err := a.check(v, e, a.AmountVND); err != nil {
		return nil, err
	}
	var p postings
	p.move(a.account(), ReliefGiven, a.OperatorVND)
	p.move(a.account(), ProvinceOwes, a.ProvinceVND)
	if a.Reason == "late" {
		p.move(a.account(), Refunds, a.AmountVND)
	}
	all, err := p.done()
	return []event.Fact{event.PostageRefunded{Item: a.Item, AmountVND: a.AmountVND, Reason: a.Reason, Payer: a.payer(), Rule: a.Rule, Postings: all}}, err
}

// payer names who bears a relief; "" when both do, the postings tell how much each.
func (a Refund) payer() string {
	switch {
	case a.OperatorVND != 0 && a.ProvinceVND == 0:
		return "operator"
	case a.ProvinceVND != 0 && a.OperatorVND == 0:
		return "province"
	}
	return ""
}

// LeastTimes gives the least that the post owes for an item that was lost or wholly damaged, in times the postage and with the refund of postage included, by the
// rule of a day. The postage is the listed one: relief lowers what the customer pays, not what the carriage is worth.
func LeastTimes(book *rulebook.Book, day postal.Day) (int64, rulebook.Citation, error) {
	return book.Int("post.compensation.times_postage", day)
}

// RefundsLateness reports whether postage is refunded when an item is later than the published time, by the rule of a day.
func RefundsLateness(book *rulebook.Book, day postal.Day) (bool, rulebook.Citation, error) {
	return book.Bool("post.compensation.late_refund", day)
}

// Compensate pays for an item that was lost or damaged (bồi thường). The amount includes the refund of postage; what was refunded before is taken off. It knows money only: Items.Compensating
// puts around it what is known of the loss, the office and the most that may be paid.
type Compensate struct {
	Source
	Item      postal.ItemNumber `json:"item"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Times     int64             `json:"times"`  // by LeastTimes
	Rule      string            `json:"rule"`   // the rule that gave it
	Record    string            `json:"record"` // number of the written liability record
	// ListVND is the listed price of an item for which nothing was paid yet (a result is paid for when it is given); 0 for others: what the payment says counts.
	ListVND postal.VND `json:"list_vnd,omitempty"`
}

// Name of the act.
func (Compensate) Name() string { return "cash.compensate" }

// Touches the item and where the money comes from.
func (a Compensate) Touches() []ledger.Key { return append(a.touches(), ItemKey(a.Item)) }

// Decide refuses less than the law's least, a second compensation, and one without a liability record.
func (a Compensate) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := positive(a.AmountVND, "amount_vnd"); err != nil {
		return nil, err
	}
	if err := code(a.Record, "record"); err != nil {
		return nil, err
	}
	paid, ok := PaidFor(v, a.Item)
	if !ok && paid == nil {
		paid = &Paid{}
	}
	list, refunded := paid.ListVND, paid.Refunded
	if !ok {
		list, refunded = a.ListVND, 0
	}
	switch {
	case !ok && a.ListVND <= 0:
		return nil, notPaid(a.Item)
	case paid.Compensated > 0:
		return nil, fault.New(fault.Conflict, "cash.compensated", "Bưu gửi này đã được bồi thường; bồi thường đã gồm hoàn cước.", "This item was compensated; that includes the refund of postage.").At("item")
	case a.Times < 1 || a.Rule == "":
		return nil, fault.New(fault.Invalid, "cash.least_unknown", "Thiếu mức bồi thường tối thiểu theo quy định.", "The least compensation by the rules is missing.").At("times")
	}
	least, err := list.Mul(a.Times)
	if err != nil {
		return nil, err
	}
	if a.AmountVND < least {
		return nil, fault.New(fault.Conflict, "cash.compensation_too_low", "Bồi thường tối thiểu %[1]s (đã gồm hoàn cước).", "The least compensation is %[2]s (refund of postage included).",
			least, least.In("en")).At("amount_vnd")
	}
	pay := a.AmountVND - refunded
	if err := a.check(v, e, pay); err != nil {
		return nil, err
	}
	var p postings
	p.move(a.account(), Compensation, pay)
	all, err := p.done()
	return []event.Fact{event.Compensated{Item: a.Item, AmountVND: a.AmountVND, LeastVND: least, PaidVND: pay, Record: a.Record, Rule: a.Rule, Postings: all}}, err
}
