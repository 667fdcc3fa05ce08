package dossier

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Encode writes the dossier.
func (d *Dossier) Encode(dst []byte) []byte { return ledger.Encode(dst, d.fields) }

// Decode reads the dossier.
func (d *Dossier) Decode(b []byte) error { return ledger.Decode(b, d.fields) }

// fields are written in this order for ever; what comes later goes to the end.
func (d *Dossier) fields(c *ledger.Codec) {
	ledger.Str(c, &d.Code)
	act := string(d.Act[:])
	ledger.Str(c, &act)
	copy(d.Act[:], act)
	ledger.Str(c, &d.State)
	ledger.Str(c, &d.Before)
	d.terms(c)
	ledger.Int(c, &d.AcceptedMs)
	d.Send.walk(c)
	ledger.Int(c, &d.FiledMs)
	ledger.Int(c, &d.CountMs)
	ledger.Int(c, &d.AnsweredMs)
	ledger.Str(c, &d.Handover)
	d.agencySays(c)
	d.result(c)
	ledger.Int(c, &d.Complaints)
	first, more := Liable{}, []Liable(nil) // earlier versions knew one record, whatever the number of packets
	if len(d.Liables) > 0 {
		first, more = d.Liables[0], d.Liables[1:]
	}
	ledger.Str(c, &first.Record)
	ledger.Int(c, &d.EndedMs)
	knowsSum := !c.Ended()
	ledger.Int(c, &d.CollectedVND)
	ledger.Str(c, &d.Supplement.Item)
	knowsGiven := !c.Ended()
	walkFees(c, &d.Given)
	d.feeReasons(c)
	d.Heard.walk(c)
	first.walk(c)
	ledger.List(c, &more, func(l *Liable, c *ledger.Codec) {
		ledger.Str(c, &l.Record)
		l.walk(c)
	})
	ledger.List(c, &d.Added, func(n *postal.ItemNumber, c *ledger.Codec) { ledger.Str(c, n) })
	if c.Reading() && first.Record != "" {
		d.Liables = append([]Liable{first}, more...)
	}
	if c.Reading() && !knowsGiven {
		d.recallGiven(knowsSum)
	}
}

// feeReasons are why fees are not those of the list, kept behind the fees that the first version wrote.
func (d *Dossier) feeReasons(c *ledger.Codec) {
	n := len(d.Fees)
	if !c.Reading() && !slices.ContainsFunc(d.Fees, func(f event.StateFee) bool { return f.Why != "" }) {
		n = 0
	}
	ledger.Int(c, &n)
	for i := range min(n, len(d.Fees)) {
		ledger.Str(c, &d.Fees[i].Why)
		ledger.Int(c, &d.Fees[i].PublishedVND)
	}
}

// terms are what was agreed with the citizen.
func (d *Dossier) terms(c *ledger.Codec) {
	ledger.Str(c, &d.Procedure)
	walkDay(c, &d.Version)
	ledger.Str(c, &d.Case)
	ledger.Str(c, &d.Agency)
	ledger.Str(c, &d.Office)
	ledger.Str(c, &d.Form)
	ledger.Str(c, &d.Channel)
	ledger.Str(c, &d.Keep)
	ledger.Str(c, &d.ToUnit)
	ledger.Str(c, &d.ToOffice)
	walkPapers(c, &d.Papers)
	ledger.Str(c, &d.Seal)
	ledger.Str(c, &d.Item)
	walkFees(c, &d.Fees)
	ledger.Int(c, &d.Limit.Tenths)
	ledger.Str(c, &d.Limit.Unit)
	ledger.Bool(c, &d.SameDay)
	ledger.Bool(c, &d.Authorised)
	walkTexts(c, &d.Pictures)
	ledger.Str(c, &d.Receipt)
}

// agencySays are comparison, supplement, slip and rescheduling.
func (d *Dossier) agencySays(c *ledger.Codec) {
	ledger.Str(c, &d.Compared.Handover)
	ledger.Str(c, &d.Compared.Verdict)
	walkTexts(c, &d.Compared.Missing)
	ledger.Str(c, &d.Compared.Reason)
	ledger.Str(c, &d.Compared.Basis)
	ledger.Int(c, &d.Supplements)
	s := &d.Supplement
	walkTexts(c, &s.Papers)
	ledger.Str(c, &s.Reason)
	ledger.Int(c, &s.RequestedMs)
	ledger.Int(c, &s.CompletedMs)
	walkDay(c, &s.Until)
	ledger.Bool(c, &s.Restarts)
	ledger.Bool(c, &s.AtHandover)
	ledger.Str(c, &d.Slip.Code)
	walkDay(c, &d.Slip.Due)
	ledger.Int(c, &d.Slip.IssuedMs)
	ledger.Int(c, &d.Slip.ToldMs)
	ledger.Str(c, &d.Slip.How)
	walkDay(c, &d.Due)
	ledger.Int(c, &d.Apologised)
	ledger.Bool(c, &d.ApologyLate)
}

// result is what came back and how it was given.
func (d *Dossier) result(c *ledger.Codec) {
	ledger.Str(c, &d.Outcome)
	ledger.Int(c, &d.OwedVND)
	walkTexts(c, &d.Recall)
	ledger.Str(c, &d.Result)
	walkPapers(c, &d.ResultPapers)
	ledger.Bool(c, &d.ResultSealed)
	ledger.Str(c, &d.ResultSeal)
	ledger.Bool(c, &d.Registered)
	d.Return.walk(c)
	ledger.Int(c, &d.Invitations)
	ledger.Int(c, &d.InvitedMs)
	ledger.Int(c, &d.FirstInvite)
	walkPapers(c, &d.Recalled)
	ledger.Str(c, &d.RecalledItem)
	ledger.Int(c, &d.RecalledMs)
	ledger.Str(c, &d.DeliveredTo)
	ledger.Int(c, &d.Wrong)
}

func (k *Clock) walk(c *ledger.Codec) {
	ledger.Int(c, &k.StartedMs)
	ledger.Int(c, &k.DueMs)
	ledger.Int(c, &k.StoppedMs)
	walkTexts(c, &k.Rules)
}

func walkPapers(c *ledger.Codec, list *[]event.Paper) {
	ledger.List(c, list, func(p *event.Paper, c *ledger.Codec) {
		ledger.Str(c, &p.Component)
		ledger.Int(c, &p.Originals)
		ledger.Int(c, &p.Copies)
		ledger.Int(c, &p.Certified)
		ledger.Str(c, &p.Absent)
	})
}

func walkFees(c *ledger.Codec, list *[]event.StateFee) {
	ledger.List(c, list, func(f *event.StateFee, c *ledger.Codec) {
		ledger.Str(c, &f.Kind)
		ledger.Int(c, &f.AmountVND)
		ledger.Str(c, &f.How)
	})
}

func walkTexts(c *ledger.Codec, list *[]string) {
	ledger.List(c, list, func(s *string, c *ledger.Codec) { ledger.Str(c, s) })
}

// walkDay writes a day as its number; 0 is no day.
func walkDay(c *ledger.Codec, d *postal.Day) {
	n := d.DaysSince(postal.Day{})
	ledger.Int(c, &n)
	if c.Reading() {
		*d = postal.Day{}
		if n > 0 {
			*d = postal.MakeDay(1, 1, 1).AddDays(n - 1)
		}
	}
}
