package closedmail

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// history tells where an item was and who signed for it, newest first: its own entries, those of the bags and dispatches it was in, and the incidents that held it.
func (v view) history(c *Cover) ([]web.Event, error) {
	steps, err := custody.History(v.ctx, v.s.Records.Ledger, c.Item)
	if err != nil {
		return nil, err
	}
	own, err := v.entriesOf(CoverKey(c.Item))
	if err != nil {
		return nil, err
	}
	for n := range own {
		if !slices.ContainsFunc(steps, func(s custody.Step) bool { return s.Entry.Seq == own[n].Seq }) {
			steps = append(steps, custody.Step{Entry: &own[n]})
		}
	}
	slices.SortFunc(steps, func(a, b custody.Step) int { return int(b.Entry.Seq - a.Entry.Seq) })
	var out []web.Event
	for _, step := range steps {
		if e := v.tell(step.Entry, event.Thing(c.Item), step.Via); e.Title != "" {
			out = append(out, e)
		}
	}
	return out, nil
}

// events tells the entries of one state, newest first.
func (v view) events(entries []event.Entry) []web.Event {
	var out []web.Event
	for n := range slices.Backward(entries) {
		if e := v.tell(&entries[n], "", ""); e.Title != "" {
			out = append(out, e)
		}
	}
	return out
}

// entriesOf gives the entries that touched one state, oldest first.
func (v view) entriesOf(k ledger.Key) ([]event.Entry, error) {
	trails, err := v.s.Records.Ledger.Trails(v.ctx, []ledger.Key{k})
	if err != nil {
		return nil, err
	}
	return v.s.Records.Ledger.Entries(v.ctx, trails[k])
}

// lastOf gives the last of them, before one when its number is given; more says that there are older ones.
func (v view) lastOf(k ledger.Key, before int64) (entries []event.Entry, more bool, err error) {
	trails, err := v.s.Records.Ledger.Trails(v.ctx, []ledger.Key{k})
	if err != nil {
		return nil, false, err
	}
	trail := trails[k]
	if before > 0 {
		n, _ := slices.BinarySearch(trail, before)
		trail = trail[:n]
	}
	from := max(0, len(trail)-maxOnBoard)
	entries, err = v.s.Records.Ledger.Entries(v.ctx, trail[from:])
	return entries, from > 0, err
}

// past adds what was ever done with the subject of a page, a hundred entries at a time, newest first.
func (v *view) past(r *http.Request, head string, k ledger.Key) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // 0: from the newest
	entries, more, err := v.lastOf(k, before)
	if err != nil {
		return err
	}
	v.add(part{Head: head, Events: v.events(entries)})
	if more {
		v.add(v.older(r.URL.Path, strconv.FormatInt(entries[0].Seq, 10)))
	}
	return nil
}

// tell puts one entry into words: what, when, where, who; nothing when it only repeats in closed mail's words what custody said, or speaks of another thing. It never
// names a seal: until a bag is opened its number is read off it.
func (v view) tell(e *event.Entry, about, via event.Thing) web.Event {
	out := web.Event{When: v.Millis(e.OccurredMs), Stamp: postal.FromMillis(e.OccurredMs).UTC().Format(time.RFC3339)}
	var titles, details []string
	for _, f := range e.Facts {
		if item, ok := aboutItem(f); ok && about != "" && custody.KeyOf(about)[0] == 'i' && event.Thing(item) != about {
			continue // of another item in the same bag
		}
		title := v.factWord(f)
		if i, ok := f.(event.IncidentOpened); ok && !slices.Contains(i.Things, about) && !slices.Contains(i.Things, via) || title == "" {
			continue
		}
		if d, ok := f.(event.ItemDelivered); ok && about != "" && event.Thing(d.Item) != about { // one person signed for several
			continue
		}
		titles = append(titles, title)
		if d := v.factDetail(f); d != "" {
			details = append(details, d)
		}
		switch f.(type) {
		case event.ItemDelivered:
			out.Tone = web.Good
		case event.IncidentOpened, event.ItemLost, event.BagLost:
			out.Tone = web.Bad
		}
	}
	if late := v.entered(e); late != "" {
		details = append(details, late)
	}
	if via != "" {
		details = append(details, v.T("cùng ", "with ")+string(via))
	}
	out.Title, out.Text = strings.Join(slices.Compact(titles), " · "), strings.Join(details, " · ")
	out.Place = v.office(e.Office) + " · " + strings.Join(v.hands(e), ", ")
	return out
}

// entered says of what was written on paper before it stood in the ledger both times, and on which list.
func (v view) entered(e *event.Entry) string {
	d, ok := factOf[event.KT1Delivered](e.Facts)
	if ok && d.List != "" {
		return v.T("ký trên giấy lúc ", "signed on paper at ") + v.Millis(e.OccurredMs) + v.T(", ghi sổ lúc ", ", entered at ") + v.Millis(e.RecordedMs) + v.T(", bản kê ", ", list ") + string(d.List)
	}
	if minute(e.OccurredMs) != minute(e.RecordedMs) {
		return v.T("ghi sổ lúc ", "entered at ") + v.Millis(e.RecordedMs)
	}
	return ""
}

// aboutItem is the item of which a fact speaks, when it is of those that touch a bag too.
func aboutItem(f event.Fact) (postal.ItemNumber, bool) {
	switch f := f.(type) {
	case event.ItemPacked:
		return f.Item, true
	case event.ItemUnpacked:
		return f.Item, true
	case event.ItemTakenOut:
		return f.Item, true
	}
	return "", false
}

func (v view) factWord(f event.Fact) string {
	if w := custody.SayFact(f); w.VI != f.Fact() {
		return w.In(v.Lang)
	}
	if w := Say("fact", f.Fact()); w.VI != f.Fact() {
		return w.In(v.Lang)
	}
	return ""
}

// factDetail is what a fact says beyond its name.
func (v view) factDetail(f event.Fact) string {
	switch f := f.(type) {
	case event.ItemPacked:
		return string(f.Bag)
	case event.ItemTakenOut:
		return string(f.Bag)
	case event.Loaded:
		return string(f.Dispatch)
	case event.HandoverOpened:
		return v.holder(f.From) + " → " + v.holder(f.To)
	case event.HandoverCompleted:
		return v.holder(f.From) + " → " + v.holder(f.To)
	case event.ItemAttempted:
		return v.say("reason", f.Reason) + " → " + lower(v.say("next", f.Next))
	case event.Detoured:
		return v.office(f.Via)
	case event.ItemRedirected:
		return v.office(f.ToOffice)
	case event.LocatorChanged:
		return f.From + " → " + f.To
	case event.ItemReturning:
		return v.say("reason", f.Reason)
	case event.KT1Excused:
		return v.say("force", f.Reason)
	case event.KT1FormPrinted:
		if f.Copy > 1 {
			return v.T(fmt.Sprintf("bản in thứ %d: ", f.Copy), fmt.Sprintf("copy %d: ", f.Copy)) + lower(v.say("recopy", f.Reason))
		}
	case event.IncidentOpened:
		return v.say("trouble", f.Kind)
	case event.IncidentReleased:
		return v.say("decision", f.Decision)
	case event.GivenToPartner:
		return v.partnerName(PartnerCode(f.Partner)) + v.T(", biên nhận ", ", receipt ") + f.Document
	case event.PartnerTold:
		return v.say("told", f.Told) + v.T(", danh sách ", ", list ") + f.Document
	case event.FacilityInspected:
		if len(f.Lacks) > 0 {
			return v.T("không đạt: ", "failed: ") + v.propertyWords(f.Lacks)
		}
		return v.T("đạt, kiểm tra lại trước ", "passed, to be inspected again by ") + f.Until.VN()
	case event.FacilityMoved:
		return v.office(f.To)
	case event.FacilityRetired:
		return v.say("retirement", f.Reason)
	case event.ResponsibleNamed:
		return v.name(f.Person)
	case event.PaperFiled:
		until := ""
		if !f.Until.IsZero() {
			until = v.T(", đến ", ", until ") + f.Until.VN()
		}
		return v.say("paper", f.Paper) + v.T(", ký ngày ", ", signed on ") + f.On.VN() + until
	case event.PaperWithdrawn:
		return v.say("paper", f.Paper) + ": " + lower(v.say("withdrawal", f.Reason))
	case event.PersonAssigned:
		return v.say("duty", f.Duty) + ", " + v.office(f.Office)
	case event.PersonRelieved:
		return v.say("duty", f.Duty) + ", " + v.office(f.Office)
	}
	return ""
}

// hands names who did what an entry tells, both where it took two.
func (v view) hands(e *event.Entry) []string {
	who := []postal.StaffID{doer(e)}
	for _, f := range e.Facts {
		switch f := f.(type) {
		case event.KT1Accepted:
			who = append(who, f.HandedBy)
		case event.VesselClosed:
			who = append(who, f.Second)
		case event.VesselReopened:
			who = append(who, f.Second)
		case event.VesselOpened:
			who = append(who, f.Second)
		case event.VesselEmptied:
			who = append(who, f.Second)
		case event.SearchClosed:
			who = append(who, f.Second)
		case event.ItemUndone:
			who = append(who, f.Second)
		case event.KT1Delivered:
			if f.List != "" {
				who = []postal.StaffID{f.By, f.Checked}
			}
			who = append(who, f.Receiver)
		case event.SignatureGiven:
			who = append(who, f.Second)
		case event.HandoverCompleted:
			if h, ok := ledger.Get[*custody.Handover](v.led, custody.KeyOf(f.Handover)); ok {
				who = []postal.StaffID{h.Giver, h.Taker}
			}
		}
	}
	var names []string
	for n, id := range who {
		if id != "" && !slices.Contains(who[:n], id) {
			names = append(names, v.name(id))
		}
	}
	return names
}
