package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// teller puts an item's history into words; it asks for each name once.
type teller struct {
	s     *Service
	ctx   context.Context
	p     web.Page
	item  *custody.Item
	names map[postal.StaffID]string
}

// events tells an item's history, newest first.
func (s *Service) events(ctx context.Context, p web.Page, i *custody.Item, steps []custody.Step) []web.Event {
	t := &teller{s: s, ctx: ctx, p: p, item: i, names: map[postal.StaffID]string{}}
	out := make([]web.Event, 0, len(steps))
	for _, step := range slices.Backward(steps) {
		out = append(out, t.event(step))
	}
	return out
}

func (t *teller) name(id postal.StaffID) string {
	if t.names[id] == "" {
		t.names[id] = t.s.Staff.Name(t.ctx, id)
	}
	return t.names[id]
}

// event tells one entry: what, when, where, who, and its number in the ledger.
func (t *teller) event(step custody.Step) web.Event {
	e := step.Entry
	var titles, details []string
	result := slices.ContainsFunc(e.Facts, func(f event.Fact) bool { _, ok := f.(event.ResultDelivered); return ok })
	tone := web.Tone("")
	for _, f := range e.Facts {
		if !t.about(f, step.Via) {
			continue
		}
		titles = append(titles, t.title(f))
		if _, given := f.(event.ItemDelivered); given && result {
			tone = web.Good // who took a result its own fact says, a proxy perhaps
			continue
		}
		if d := t.detail(f); d != "" {
			details = append(details, d)
		}
		switch f.(type) {
		case event.ItemDelivered:
			tone = web.Good
		case event.IrregularityRaised, event.ItemLost, event.Observed:
			tone = web.Bad
		}
	}
	if step.Via != "" {
		details = append(details, t.p.T("qua ", "by way of ")+lower(kindOf(t.p, step.Via))+" "+grouped(step.Via))
	}
	details = append(details, fmt.Sprintf(t.p.T("mục %s của sổ, ghi lúc %s", "entry %s of the ledger, recorded %s"), t.p.Number(e.Seq), t.p.DateTime(postal.FromMillis(e.RecordedMs))))
	return web.Event{Title: strings.Join(slices.Compact(titles), " · "), When: t.p.Millis(e.OccurredMs), Stamp: rfc3339(e.OccurredMs),
		Place: t.s.placeName(t.p, e.Office) + " · " + t.name(e.Actor), Text: strings.Join(details, " · "), Tone: tone}
}

// title names a fact; those that came with an act of custody from others are named by them.
func (t *teller) title(f event.Fact) string {
	w := custody.SayFact(f)
	if w.VI == f.Fact() && t.s.Say != nil {
		w.VI, w.EN = t.s.Say(f)
	}
	return w.In(t.p.Lang)
}

// about leaves out the facts of an entry that concern another thing.
func (t *teller) about(f event.Fact, via event.Thing) bool {
	mine := func(x event.Thing) bool { return x == event.Thing(t.item.Code) || x == via }
	switch f := f.(type) {
	case event.IrregularityRaised:
		return mine(f.Thing)
	case event.IrregularitySettled:
		return mine(f.Thing)
	case event.Observed:
		return mine(f.Thing)
	}
	return true
}

// detail is what a fact says beyond its name.
func (t *teller) detail(f event.Fact) string {
	p := t.p
	switch f := f.(type) {
	case event.ItemAccepted:
		return fmt.Sprintf(p.T("đi %s, %d gam, cước %s", "to %s, %d g, fee %s"), t.s.unitName(p, f.ToUnit), f.WeightG, p.Money(f.FeeVND))
	case event.ItemPacked:
		return grouped(f.Bag)
	case event.ItemUnpacked:
		return grouped(f.Bag)
	case event.ItemTakenOut:
		return grouped(f.Bag) + damagedWord(p, f.Condition)
	case event.Loaded:
		return grouped(f.Dispatch)
	case event.Unloaded:
		return grouped(f.Dispatch)
	case event.BagSealed:
		return p.T("niêm phong ", "seal ") + f.Seal
	case event.BagOpened:
		return p.T("niêm phong ", "seal ") + f.Seal
	case event.BagUnsealed:
		return f.Reason
	case event.ItemAttempted:
		return say(p, "reason", f.Reason) + " → " + say(p, "next", f.Next)
	case event.ItemDelivered:
		return say(p, "to", f.To)
	case event.ItemHeld:
		return p.T("đến hết ngày ", "until ") + f.Until.VN()
	case event.ItemRedirected:
		return t.s.unitName(p, f.ToUnit) + ", " + t.s.officeName(f.ToOffice)
	case event.ItemReturning:
		return say(p, "return", f.Reason)
	case event.ItemLost:
		return say(p, "lost", f.Reason)
	case event.ItemUndone:
		return fmt.Sprintf(p.T("bỏ tác dụng của mục %s", "takes back entry %s"), p.Number(f.Seq))
	}
	return t.between(f)
}

// money tells what came with an acceptance, or went back with it.
func (t *teller) money(f event.Fact) string {
	p := t.p
	switch f := f.(type) {
	case event.ReliefGranted:
		return p.T("giảm ", "relief ") + p.Money(f.AmountVND)
	case event.ReliefReversed:
		return p.T("huỷ giảm ", "relief back ") + p.Money(f.AmountVND)
	case event.MoneyTaken:
		return p.T("khách trả ", "paid ") + p.Money(f.PostageVND) + ", " + meansWord(p, f.Means)
	}
	return ""
}

// between tells the facts that have two sides.
func (t *teller) between(f event.Fact) string {
	p := t.p
	who := func(h event.Holder) string { return t.s.holderName(t.ctx, p, h) }
	switch f := f.(type) {
	case event.HandoverOpened:
		return grouped(f.Handover) + ", " + who(f.From) + " → " + who(f.To)
	case event.HandoverSigned:
		if f.Side == custody.Giver {
			return p.T("bên giao: ", "giver: ") + t.name(f.By)
		}
		return p.T("bên nhận: ", "taker: ") + t.name(f.By)
	case event.HandoverCompleted:
		text := who(f.From) + " → " + who(f.To)
		if slices.Contains(f.Short, event.Thing(t.item.Code)) {
			text += p.T(" (không có khi đếm)", " (not there at the count)")
		}
		return text
	case event.HandoverWithdrawn:
		return grouped(f.Handover)
	case event.Observed:
		return who(f.Holder)
	case event.IrregularityRaised:
		return say(p, "irregularity", f.Kind)
	case event.IrregularitySettled:
		return say(p, "decision", f.Decision) + ", " + lower(say(p, "settle", f.Reason))
	}
	return t.money(f)
}

func damagedWord(p web.Page, c event.Condition) string {
	if c == event.Damaged {
		return p.T(", hư hỏng", ", damaged")
	}
	return ""
}
