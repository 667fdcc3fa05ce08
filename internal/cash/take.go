package cash

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Paid is what was paid for one item, and given back.
type Paid struct {
	Seq         int64 // the entry of the taking; 0 when it was undone
	Drawer      string
	Shift       int
	Service     string
	Means       string
	ListVND     postal.VND
	OperatorVND postal.VND
	ProvinceVND postal.VND
	PostageVND  postal.VND
	Collected   []event.Collected
	Refunded    postal.VND
	Compensated postal.VND
	Refunds     []event.Posting // what the refunds were booked on, the money itself left out
}

// Place is none.
func (*Paid) Place() string { return "" }

// Encode writes what was paid.
func (p *Paid) Encode(dst []byte) []byte { return ledger.Encode(dst, p.fields) }

// Decode reads what was paid.
func (p *Paid) Decode(b []byte) error { return ledger.Decode(b, p.fields) }

func (p *Paid) fields(c *ledger.Codec) {
	ledger.Int(c, &p.Seq)
	ledger.Str(c, &p.Drawer)
	ledger.Int(c, &p.Shift)
	ledger.Str(c, &p.Service)
	ledger.Str(c, &p.Means)
	for _, v := range []*postal.VND{&p.ListVND, &p.OperatorVND, &p.ProvinceVND, &p.PostageVND} {
		ledger.Int(c, v)
	}
	ledger.List(c, &p.Collected, func(d *event.Collected, c *ledger.Codec) {
		ledger.Str(c, &d.Agency)
		ledger.Str(c, &d.Kind)
		ledger.Int(c, &d.AmountVND)
		ledger.Str(c, &d.Book)
		ledger.Int(c, &d.Number)
	})
	ledger.Int(c, &p.Refunded)
	ledger.Int(c, &p.Compensated)
	ledger.List(c, &p.Refunds, func(x *event.Posting, c *ledger.Codec) {
		ledger.Str(c, &x.Account)
		ledger.Int(c, &x.AmountVND)
	})
}

// ItemKey is where the money of an item is kept.
func ItemKey(n postal.ItemNumber) ledger.Key { return ledger.Key("p:" + string(n)) }

// PaidFor gives what was paid for an item; ok is false when nothing was, or when it was undone.
func PaidFor(v *ledger.View, n postal.ItemNumber) (p *Paid, ok bool) {
	p, ok = ledger.Get[*Paid](v, ItemKey(n))
	return p, ok && p.Seq > 0
}

// Due is a State fee or charge to be collected for an agency, and the book whose next receipt the payer gets.
type Due struct {
	Agency    postal.AgencyCode `json:"agency"`
	Kind      string            `json:"kind"` // "fee" or "charge"
	AmountVND postal.VND        `json:"amount_vnd"`
	Book      string            `json:"book"`
}

// Take receives a customer's money for an item (thu tiền): postage as quoted, and what is collected for agencies.
type Take struct {
	Drawer      string            `json:"drawer"`
	Item        postal.ItemNumber `json:"item,omitempty"` // "" inside PaidAct: the item that the act accepts
	Service     string            `json:"service"`
	Means       string            `json:"means"`
	ListVND     postal.VND        `json:"list_vnd"`               // before relief
	OperatorVND postal.VND        `json:"operator_vnd,omitempty"` // relief that the post bears
	ProvinceVND postal.VND        `json:"province_vnd,omitempty"` // relief that the province pays
	Dues        []Due             `json:"dues,omitempty"`
}

// maxDues bounds the fees of one item.
const maxDues = 50

// Name of the act.
func (Take) Name() string { return "cash.take" }

// Touches the drawer, the item, the books and the accounts.
func (a Take) Touches() []ledger.Key {
	keys := []ledger.Key{DrawerKey(a.Drawer), AccountKey(InDrawer(a.Drawer)), AccountKey(Income(a.Service))}
	if a.Item != "" {
		keys = append(keys, ItemKey(a.Item))
	}
	for _, d := range a.Dues {
		keys = append(keys, BookKey(d.Book), AccountKey(Owed(d.Agency)))
	}
	return keys
}

// Decide refuses a closed drawer, an item that was paid before, and sums that do not fit.
func (a Take) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	return a.decide(v, e, a.Item)
}

func (a Take) decide(v *ledger.View, e ledger.Envelope, item postal.ItemNumber) ([]event.Fact, error) {
	d, err := openDrawer(v, e, a.Drawer)
	if err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	if _, paid := PaidFor(v, item); paid || item == "" {
		return nil, fault.New(fault.Conflict, "cash.paid_twice", "Bưu gửi %q đã thu tiền rồi.", "Item %q was paid for already.", item).At("item")
	}
	f := event.MoneyTaken{Drawer: a.Drawer, Shift: d.Shift, Item: item, Service: a.Service, Means: a.Means, ListVND: a.ListVND,
		OperatorVND: a.OperatorVND, ProvinceVND: a.ProvinceVND, PostageVND: a.ListVND - a.OperatorVND - a.ProvinceVND}
	taken := map[string]int{}
	for _, due := range a.Dues {
		number, err := issue(v, e.Office, due.Book, taken)
		if err != nil {
			return nil, err
		}
		f.Collected = append(f.Collected, event.Collected{Agency: due.Agency, Kind: due.Kind, AmountVND: due.AmountVND, Book: due.Book, Number: number})
	}
	f.Postings, err = a.postings(e.Office, f)
	return []event.Fact{f}, err
}

func (a Take) check() error {
	if err := means(a.Means); err != nil {
		return err
	}
	if err := code(a.Service, "service"); err != nil {
		return err
	}
	if a.ListVND < 0 || a.ListVND > maxAmount || a.OperatorVND < 0 || a.ProvinceVND < 0 || a.OperatorVND > a.ListVND || a.ProvinceVND > a.ListVND-a.OperatorVND {
		return fault.New(fault.Invalid, "cash.postage", "Cước và phần miễn, giảm không hợp lệ: phần giảm không được âm hoặc vượt cước.",
			"Postage and relief do not fit: relief is neither negative nor more than the postage.").At("list_vnd")
	}
	if len(a.Dues) > maxDues {
		return fault.New(fault.TooLarge, "cash.dues", "Tối đa %d khoản thu hộ cho một bưu gửi.", "At most %d fees for one item.", maxDues)
	}
	for _, d := range a.Dues {
		if d.Kind != "fee" && d.Kind != "charge" {
			return fault.New(fault.Invalid, "cash.due_kind", "Khoản thu hộ là phí hoặc lệ phí.", "What is collected is a fee or a charge.").At("kind")
		}
		if err := positive(d.AmountVND, "dues"); err != nil {
			return err
		}
		if err := code(string(d.Agency), "agency"); err != nil {
			return err
		}
	}
	return nil
}

// postings books the listed postage as income and the relief on those who bear it; what is collected is the agency's, never income.
func (a Take) postings(o postal.OfficeCode, f event.MoneyTaken) ([]event.Posting, error) {
	into := a.into(o)
	var p postings
	p.move(Income(a.Service), into, f.PostageVND)
	p.move(Income(a.Service), ReliefGiven, f.OperatorVND)
	p.move(Income(a.Service), ProvinceOwes, f.ProvinceVND)
	for _, c := range f.Collected {
		p.move(Owed(c.Agency), into, c.AmountVND)
	}
	return p.done()
}

// into is where the money goes.
func (a Take) into(o postal.OfficeCode) event.Account {
	if a.Means == Transfer {
		return Transit(o)
	}
	return InDrawer(a.Drawer)
}

// PaidAct is an act that accepts an item, and the money for that item: both happen, or neither.
type PaidAct struct {
	Act  ledger.Act `json:"act"`
	Take Take       `json:"take"`
}

// Name of the act.
func (a PaidAct) Name() string { return a.Act.Name() + "+paid" }

// Touches what both touch.
func (a PaidAct) Touches() []ledger.Key { return append(a.Act.Touches(), a.Take.Touches()...) }

// Decide lets the act decide, then takes the money for the item that it accepts.
func (a PaidAct) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	facts, err := a.Act.Decide(v, e)
	if err != nil {
		return nil, err
	}
	item := a.Take.Item
	for _, f := range facts {
		if accepted, ok := f.(event.ItemAccepted); ok {
			item = accepted.Item
		}
	}
	taken, err := a.Take.decide(v, e, item)
	return append(facts, taken...), err
}

func notPaid(item postal.ItemNumber) error {
	return fault.New(fault.NotFound, "cash.not_paid", "Chưa thu tiền cho bưu gửi %q.", "Nothing was paid for item %q.", item).At("item")
}
