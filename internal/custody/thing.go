package custody

import (
	"strings"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Kinds are the states that custody keeps in the ledger.
func Kinds() []ledger.Kind {
	return []ledger.Kind{
		{Letter: 'i', New: func() ledger.State { return &Item{} }, Trail: true},
		{Letter: 'b', New: func() ledger.State { return &Bag{} }, Trail: true},
		{Letter: 'd', New: func() ledger.State { return &Dispatch{} }, Trail: true},
		{Letter: 'h', New: func() ledger.State { return &Handover{} }, Trail: true},
		{Letter: 'x', New: func() ledger.State { return &Irregularity{} }, Trail: true},
		{Letter: 'n', New: func() ledger.State { return &Numbers{} }},
	}
}

// KeyOf gives the ledger key of a thing's code: an item's S10 number, or the 14 digits of a bag, dispatch or handover.
// It looks at the form only; "" means that the code is of no known form.
func KeyOf(t event.Thing) ledger.Key {
	switch {
	case len(t) == 13 && t[0] >= 'A' && t[0] <= 'Z':
		return ledger.Key("i:" + t)
	case len(t) == 14 && t[0] == '2':
		return ledger.Key("b:" + t)
	case len(t) == 14 && t[0] == '3':
		return ledger.Key("d:" + t)
	case len(t) == 14 && t[0] == '4':
		return ledger.Key("h:" + t)
	}
	return ""
}

// ItemKey is the ledger key of an item.
func ItemKey(n postal.ItemNumber) ledger.Key { return ledger.Key("i:" + n) }

// IrregularityKey is the ledger key of an irregularity.
func IrregularityKey(id string) ledger.Key { return ledger.Key("x:" + id) }

// AtOffice, ByCarrier and AtAgency name holders.
func AtOffice(o postal.OfficeCode) event.Holder { return event.Holder("office:" + o) }
func ByCarrier(s postal.StaffID) event.Holder   { return event.Holder("carrier:" + s) }
func AtAgency(a postal.AgencyCode) event.Holder { return event.Holder("agency:" + a) }

// Office gives the office code of a holder that is an office, "" of any other.
func Office(h event.Holder) postal.OfficeCode {
	return postal.OfficeCode(after(h, "office:"))
}

// Agency gives the code of a holder that is an agency, "" of any other.
func Agency(h event.Holder) postal.AgencyCode {
	return postal.AgencyCode(after(h, "agency:"))
}

// Desk gives the office in whose name the people of a side act: an office's own code, and for an agency's officers the holder's whole name, "agency:…",
// which is the code of no office. A carrier acts for himself: "".
func Desk(h event.Holder) postal.OfficeCode {
	if a := Agency(h); a != "" {
		return a.Desk()
	}
	return Office(h)
}

// Carrier gives the staff id of a holder that is a carrier, "" of any other.
func Carrier(h event.Holder) postal.StaffID {
	return postal.StaffID(after(h, "carrier:"))
}

func after(h event.Holder, prefix string) string {
	if code, ok := strings.CutPrefix(string(h), prefix); ok {
		return code
	}
	return ""
}

// Position says where a thing is: with a holder, or inside a container whose position is then the answer. Exactly one of Holder and In is set.
type Position struct {
	Holder   event.Holder
	In       event.Thing
	Handover event.Thing // the open handover that the thing is part of; until it ends nothing else may move it
	Stays    []Stay      // the containers it was in
}

// Stay is the time that a thing spent in a container, in entries: From put it in, To took it out (0: it is still in).
type Stay struct {
	In       event.Thing
	From, To int64
}

// to moves a thing to a holder.
func (p *Position) to(h event.Holder, seq int64) {
	p.leave(seq)
	p.Holder, p.In = h, ""
}

// into moves a thing into a container.
func (p *Position) into(c event.Thing, seq int64) {
	p.leave(seq)
	p.Holder, p.In = "", c
	p.Stays = append(p.Stays, Stay{In: c, From: seq})
}

func (p *Position) leave(seq int64) {
	if n := len(p.Stays); p.In != "" && n > 0 {
		p.Stays[n-1].To = seq
	}
}

func (p *Position) place() string {
	switch {
	case p.In != "":
		return string(KeyOf(p.In))
	case p.Holder == event.Sender, p.Holder == event.Recipient:
		return ""
	}
	return string(p.Holder)
}

func (p *Position) walk(c *ledger.Codec) {
	ledger.Str(c, &p.Holder)
	ledger.Str(c, &p.In)
	ledger.Str(c, &p.Handover)
	ledger.List(c, &p.Stays, func(s *Stay, c *ledger.Codec) {
		ledger.Str(c, &s.In)
		ledger.Int(c, &s.From)
		ledger.Int(c, &s.To)
	})
}

// located is what items, bags and dispatches have in common.
type located interface {
	ledger.State
	at() *Position
}

// Stage is how far an item has come, as its own facts tell; what its bag and dispatch do comes on top (see Where).
type Stage string

// The stages of an item.
const (
	Accepted  Stage = "accepted"   // at the office that took it in
	Moving    Stage = "moving"     // bagged, loaded or at an office on the way
	AtArrival Stage = "at_arrival" // at the delivering office
	Out       Stage = "out"        // with the carrier
	Attempted Stage = "attempted"  // an attempt failed; with the carrier until handed back
	Held      Stage = "held"       // waits at the office for its recipient
	Delivered Stage = "delivered"
	Returned  Stage = "returned"  // given back to its sender
	Missing   Stage = "missing"   // nobody can say where it is
	Withdrawn Stage = "withdrawn" // the acceptance was a mistake
)

// Moment is the part of an item that acts change; the one before the last act is kept so that the act can be undone.
type Moment struct {
	Stage       Stage
	ToUnit      postal.UnitCode
	ToOffice    postal.OfficeCode
	Returning   string // why it goes back to its sender, "" when it does not
	Attempts    int
	Reason      string // of the last failed attempt
	HeldUntilMs int64
	AttemptMs   int64 // the first delivery attempt: it stops the clock
	EndedMs     int64
}

func (m *Moment) walk(c *ledger.Codec) {
	ledger.Str(c, &m.Stage)
	ledger.Str(c, &m.ToUnit)
	ledger.Str(c, &m.ToOffice)
	ledger.Str(c, &m.Returning)
	ledger.Int(c, &m.Attempts)
	ledger.Str(c, &m.Reason)
	ledger.Int(c, &m.HeldUntilMs)
	ledger.Int(c, &m.AttemptMs)
	ledger.Int(c, &m.EndedMs)
}

// Item is a postal item (bưu gửi).
type Item struct {
	Code       postal.ItemNumber
	Service    event.Service
	Origin     postal.OfficeCode
	WeightG    postal.Grams
	FeeVND     postal.VND
	AcceptedMs int64
	DueMs      int64 // when the first delivery attempt is due, frozen at acceptance; 0: no rule
	AcceptSeq  int64
	AcceptAct  postal.ActID // names the acceptance: the desk keeps who sends and receives under it
	Receipt    string       // what postal.SecretHash makes of the receipt secret
	Position
	Moment
	Last     Last   // the act that touched it last
	Before   Moment // as it was before that act
	BeforeAt Position
	Open     int          // irregularities not settled
	SentBy   event.Holder // the agency that sends it, "" for a person
}

// Last names the last act on an item, so that it can be undone while nothing else has happened.
type Last struct {
	Seq    int64
	Act    postal.ActID
	Office postal.OfficeCode
	Fact   string
	Ms     int64 // when it was recorded
}

func (i *Item) at() *Position { return &i.Position }

// Place is where the item lies; what has ended is on no board, also when an agency holds it.
func (i *Item) Place() string {
	if i.Ended() {
		return ""
	}
	return i.place()
}

// Encode writes the item.
func (i *Item) Encode(dst []byte) []byte { return ledger.Encode(dst, i.fields) }

// Decode reads the item.
func (i *Item) Decode(b []byte) error { return ledger.Decode(b, i.fields) }

func (i *Item) fields(c *ledger.Codec) {
	ledger.Str(c, &i.Code)
	ledger.Str(c, &i.Service)
	ledger.Str(c, &i.Origin)
	ledger.Int(c, &i.WeightG)
	ledger.Int(c, &i.FeeVND)
	ledger.Int(c, &i.AcceptedMs)
	ledger.Int(c, &i.DueMs)
	ledger.Int(c, &i.AcceptSeq)
	walkAct(c, &i.AcceptAct)
	ledger.Str(c, &i.Receipt)
	i.Position.walk(c)
	i.Moment.walk(c)
	ledger.Int(c, &i.Last.Seq)
	walkAct(c, &i.Last.Act)
	ledger.Str(c, &i.Last.Office)
	ledger.Str(c, &i.Last.Fact)
	ledger.Int(c, &i.Last.Ms)
	i.Before.walk(c)
	ledger.Str(c, &i.BeforeAt.Holder)
	ledger.Str(c, &i.BeforeAt.In)
	ledger.Int(c, &i.Open)
	ledger.Str(c, &i.SentBy)
}

func walkAct(c *ledger.Codec, id *postal.ActID) {
	text := string(id[:])
	ledger.Str(c, &text)
	copy(id[:], text)
}

// Ended reports whether the item has left our hands for good.
func (i *Item) Ended() bool {
	return i.Stage == Delivered || i.Stage == Returned || i.Stage == Withdrawn
}

// Bag is a mail bag (túi).
type Bag struct {
	Code      event.Thing
	From      postal.OfficeCode
	To        postal.OfficeCode
	StartedMs int64
	Status    BagStatus
	Seal      string
	Count     int // items in it
	Position
	Open int
}

// BagStatus is open, sealed, opened at its destination, or emptied.
type BagStatus string

// The life of a bag.
const (
	BagOpen    BagStatus = "open"
	BagSealed  BagStatus = "sealed"
	BagOpened  BagStatus = "opened"
	BagEmptied BagStatus = "emptied"
)

func (b *Bag) at() *Position { return &b.Position }

// Place is where the bag lies; an emptied bag is on no board.
func (b *Bag) Place() string {
	if b.Status == BagEmptied {
		return ""
	}
	return b.place()
}

// Encode writes the bag.
func (b *Bag) Encode(dst []byte) []byte { return ledger.Encode(dst, b.fields) }

// Decode reads the bag.
func (b *Bag) Decode(d []byte) error { return ledger.Decode(d, b.fields) }

func (b *Bag) fields(c *ledger.Codec) {
	ledger.Str(c, &b.Code)
	ledger.Str(c, &b.From)
	ledger.Str(c, &b.To)
	ledger.Int(c, &b.StartedMs)
	ledger.Str(c, &b.Status)
	ledger.Str(c, &b.Seal)
	ledger.Int(c, &b.Count)
	b.Position.walk(c)
	ledger.Int(c, &b.Open)
}

// Dispatch is a transport of bags and loose items from office to office (chuyến thư).
type Dispatch struct {
	Code      event.Thing
	From      postal.OfficeCode
	To        postal.OfficeCode
	StartedMs int64
	Status    DispatchStatus
	Count     int // bags and loose items on it
	Position
}

// DispatchStatus is open, closed, under way, or arrived.
type DispatchStatus string

// The life of a dispatch.
const (
	DispatchOpen    DispatchStatus = "open"
	DispatchClosed  DispatchStatus = "closed"
	DispatchUnder   DispatchStatus = "under_way"
	DispatchArrived DispatchStatus = "arrived"
)

func (d *Dispatch) at() *Position { return &d.Position }

// Place is where the dispatch is; one that has arrived is on no board.
func (d *Dispatch) Place() string {
	if d.Status == DispatchArrived {
		return ""
	}
	return d.place()
}

// Encode writes the dispatch.
func (d *Dispatch) Encode(dst []byte) []byte { return ledger.Encode(dst, d.fields) }

// Decode reads the dispatch.
func (d *Dispatch) Decode(b []byte) error { return ledger.Decode(b, d.fields) }

func (d *Dispatch) fields(c *ledger.Codec) {
	ledger.Str(c, &d.Code)
	ledger.Str(c, &d.From)
	ledger.Str(c, &d.To)
	ledger.Int(c, &d.StartedMs)
	ledger.Str(c, &d.Status)
	ledger.Int(c, &d.Count)
	d.Position.walk(c)
}

// Numbers are the numbers that an office may give: item numbers of one service, or its own bags, dispatches and handovers.
type Numbers struct {
	Next   int // of the office's own bags, dispatches or handovers
	Ranges []Range
}

// Range is a run of item numbers. The one kept for a whole service lists every range ever reserved.
type Range struct {
	From, To, Next int
	Printed        bool // they stand on labels: taken as they come, not in order
}

// Place is nowhere: numbers lie on no board.
func (n *Numbers) Place() string { return "" }

// Encode writes the numbers.
func (n *Numbers) Encode(dst []byte) []byte { return ledger.Encode(dst, n.fields) }

// Decode reads the numbers.
func (n *Numbers) Decode(b []byte) error { return ledger.Decode(b, n.fields) }

func (n *Numbers) fields(c *ledger.Codec) {
	ledger.Int(c, &n.Next)
	ledger.List(c, &n.Ranges, func(r *Range, c *ledger.Codec) {
		ledger.Int(c, &r.From)
		ledger.Int(c, &r.To)
		ledger.Int(c, &r.Next)
		ledger.Bool(c, &r.Printed)
	})
}
