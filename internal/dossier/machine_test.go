package dossier_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"

	"pgregory.net/rapid"
)

// machine sends random acts, legal and illegal, from random people at random places, and looks after each at what must always hold.
type machine struct {
	h        *house
	t        *rapid.T
	dossiers []postal.DossierNumber
	open     []event.Thing // handovers
	seq      int64         // entries looked at
	signed   map[event.Thing]map[string]bool
	done     map[string]int // acts that were not refused
}

var places = []struct {
	office postal.OfficeCode
	who    postal.StaffID
}{{officeA, clerkA}, {officeB, clerkB}, {officeA, carrier}, {officeB, carrier}, {desk, officer}, {stranger, officer}}

// If this fails a dossier is in two states or none, is filed without both signatures, reaches a person whom nobody checked, or a replay tells another story.
func TestRandomActsKeepEveryPromise(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		total := map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			m := &machine{h: h, t: rt, signed: map[event.Thing]map[string]bool{}, done: map[string]int{}, seq: h.Seq()}
			for range rapid.IntRange(5, 60).Draw(rt, "steps") {
				m.step()
				m.look()
			}
			for name, n := range m.done {
				total[name] += n
			}
		})
		if d, err := h.Check(context.Background(), nil); err != nil || len(d) > 0 {
			t.Fatalf("replay differs from live: %v, %v", d, err)
		}
		t.Logf("acts done: %v", total)
		for _, name := range []string{"dossier.compare", "custody.sign_handover", "dossier.pack_result", "dossier.deliver_result", "dossier.withdraw", "dossier.give_back"} {
			if total[name] == 0 {
				t.Errorf("no %s ever succeeded: the sequences prove nothing about it; %v", name, total)
			}
		}
	})
}

func (m *machine) draw(n int, label string) int { return rapid.IntRange(0, n-1).Draw(m.t, label) }

func (m *machine) pick() postal.DossierNumber {
	if len(m.dossiers) == 0 {
		return "61801000000010"
	}
	return m.dossiers[m.draw(len(m.dossiers), "dossier")]
}

// send sends an act in somebody's name; what it makes is remembered.
func (m *machine) send(a ledger.Act) {
	p := places[m.draw(len(places), "place")]
	r, err := m.h.do(p.office, p.who, a)
	if err != nil {
		return
	}
	m.done[a.Name()]++
	for _, f := range r.Facts {
		switch f := f.(type) {
		case event.DossierAccepted:
			m.dossiers = append(m.dossiers, f.Dossier)
		case event.HandoverOpened:
			m.open = append(m.open, f.Handover)
		}
	}
}

func (m *machine) step() {
	h := m.h
	if len(m.dossiers) == 0 || m.draw(8, "new") == 0 {
		a := taking([]string{dossier.FormSend, dossier.FormBoth, dossier.FormResult}[m.draw(3, "form")])
		if r, err := h.do(officeA, clerkA, a); err == nil {
			m.dossiers = append(m.dossiers, acceptedIn(r))
		}
		return
	}
	if m.draw(2, "forward") == 0 {
		m.forward()
		return
	}
	m.random()
}

// forward does what would bring a dossier on, so that sequences reach its later states.
func (m *machine) forward() {
	n := m.pick()
	d, err := dossier.Find(m.h.view(), n)
	if err != nil {
		return
	}
	item := d.Item
	if d.Result != "" {
		item = d.Result
	}
	switch d.State {
	case dossier.Returning, dossier.Received:
		if m.draw(3, "carry on") == 0 {
			m.move(item, d)
		} else {
			m.deliver(n)
		}
	case dossier.Delivered:
		m.send(custody.TakeBack{Item: item, Reason: "wrong_person"})
	case dossier.Accepted, dossier.InTransit, dossier.GoingBack:
		m.move(item, d)
	case dossier.AtAgency, dossier.Ready:
		m.sign(d)
	case dossier.HandedOver, dossier.AwaitingResult, dossier.SlipTold:
		a := dossier.PackResult{Dossier: n, Papers: []event.Paper{{Component: "result", Originals: 1}}, Seal: "KQ1", Carriage: sending(officeB, event.DossierReturn, officeB, atAgency)}
		if _, err := m.h.do(officeB, carrier, a); err == nil {
			m.done[a.Name()]++
		}
	case dossier.AttemptFailed, dossier.AwaitingPickup, dossier.OutForDelivery:
		m.deliver(n)
	case dossier.TurningBack, dossier.Refused:
		for _, p := range places[:4] {
			a := dossier.GiveBack{Dossier: n, To: "self", Identity: "cccd", Papers: papers()[:2]}
			if _, err := m.h.do(p.office, p.who, a); err == nil {
				m.done[a.Name()]++
			}
		}
	}
}

func (m *machine) deliver(n postal.DossierNumber) {
	a := giving(n)
	if m.draw(4, "unchecked") == 0 {
		a.Identity = ""
	}
	for _, p := range places[:4] {
		if _, err := m.h.do(p.office, p.who, a); err == nil {
			m.done[a.Name()]++
		}
	}
}

// move opens a handover of an item from whoever has it to somebody.
func (m *machine) move(n postal.ItemNumber, d *dossier.Dossier) {
	i, ok := ledger.Get[*custody.Item](m.h.view(), custody.ItemKey(n))
	if !ok {
		return
	}
	to := []event.Holder{atAgency, custody.AtOffice(officeB), custody.ByCarrier(carrier)}[m.draw(3, "to")]
	for _, p := range places[:4] {
		if r, err := m.h.do(p.office, p.who, custody.OpenHandover{Office: p.office, From: i.Holder, To: to, Things: []event.Thing{event.Thing(n)}}); err == nil {
			code := r.Facts[0].(event.HandoverOpened).Handover
			m.open = append(m.open, code)
			if to == atAgency && d.State != dossier.GoingBack && m.draw(5, "compared") > 0 {
				m.compare(code, d.Code)
			} else if _, err := m.h.do(p.office, p.who, custody.CountThings{Handover: code, Counts: []event.Count{{Thing: event.Thing(n)}}}); err != nil {
				m.t.Logf("count: %v", err)
			}
			m.signCode(code)
			return
		}
	}
}

func (m *machine) compare(code event.Thing, n postal.DossierNumber) {
	c := compare(code, n)
	switch m.draw(6, "verdict") {
	case 0:
		c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"01"}, "paper_missing"
	case 1:
		c.Verdict, c.Reason, c.Basis = dossier.NotTaken, "not_competent", "procedure_list"
	}
	if _, err := m.h.do(desk, officer, c); err == nil {
		m.done[c.Name()]++
	}
}

// sign signs a handover that the dossier's packet is in, or opens one from the agency.
func (m *machine) sign(d *dossier.Dossier) {
	item := d.Item
	if d.Result != "" {
		item = d.Result
	}
	i, ok := ledger.Get[*custody.Item](m.h.view(), custody.ItemKey(item))
	if !ok {
		return
	}
	if i.Handover == "" {
		m.move(item, d)
		return
	}
	m.signCode(i.Handover)
}

// signCode signs one side or both, sometimes with an old difference, sometimes in the wrong name.
func (m *machine) signCode(code event.Thing) {
	for _, side := range []string{custody.Giver, custody.Taker} {
		if m.draw(5, "sign") == 0 {
			continue
		}
		for _, p := range places {
			a := custody.SignHandover{Handover: code, Side: side, Difference: m.h.difference(code)}
			if _, err := m.h.do(p.office, p.who, a); err == nil {
				m.done[a.Name()]++
			}
		}
	}
}

// random sends an act that may make no sense at all.
func (m *machine) random() {
	n := m.pick()
	d, _ := dossier.Find(m.h.view(), n)
	if d == nil {
		return
	}
	item := d.Item
	if d.Result != "" && m.draw(2, "which") == 0 {
		item = d.Result
	}
	acts := []ledger.Act{
		dossier.Withdraw{Dossier: n, Reason: "mistake"},
		dossier.IssueSlip{Dossier: n, Code: "H24-1", Due: postal.MakeDay(2030, 1, 1)},
		dossier.TellSlip{Dossier: n, How: "phone"},
		dossier.RequestSupplement{Dossier: n, Papers: []string{"01"}, Reason: "paper_missing", Most: 1},
		dossier.CompleteSupplement{Dossier: n},
		dossier.SendSupplement{Dossier: n, Papers: []event.Paper{{Component: "01", Originals: 1}}, Seal: "S", Carriage: sending(officeA, event.DossierSend, officeA, "")},
		dossier.AnnounceResult{Dossier: n, Outcome: "granted"},
		dossier.Reschedule{Dossier: n, Was: postal.MakeDay(2030, 1, 1), Due: postal.MakeDay(2030, 2, 1), Before: 1, Most: 1},
		giving(n),
		dossier.Invite{Dossier: n, How: "phone", Counts: true, LastMs: d.InvitedMs},
		dossier.ReturnUnclaimed{Dossier: n, Least: 2},
		dossier.GiveBack{Dossier: n, To: "proxy", Identity: "cmnd", Papers: papers()[:2]},
		custody.Deliver{Item: item, To: "addressee"},
		custody.Deliver{Item: item, To: "sender"},
		custody.ReportLost{Item: item, Reason: "not_found"},
		custody.Find{Item: item},
		custody.TakeBack{Item: item, Reason: "wrong_person"},
		custody.Return{Item: item, Reason: "refused"},
		custody.Recall{Item: item},
		custody.Undo{Item: item, Act: d.Act},
		custody.SeeHere{Thing: event.Thing(item)},
	}
	if len(m.open) > 0 {
		code := m.open[m.draw(len(m.open), "handover")]
		acts = append(acts, custody.WithdrawHandover{Handover: code}, custody.SignHandover{Handover: code, Side: custody.Taker}, compare(code, n))
	}
	m.send(acts[m.draw(len(acts), "act")])
	if m.draw(10, "wait") == 0 {
		m.h.pass(25 * time.Hour)
	}
}

// look reads the new entries and checks each promise.
func (m *machine) look() {
	entries, err := m.h.After(context.Background(), m.seq, 500)
	if err != nil {
		m.t.Fatal(err)
	}
	for n := range entries {
		e := &entries[n]
		m.seq = e.Seq
		for _, f := range e.Facts {
			switch f := f.(type) {
			case event.HandoverSigned:
				if m.signed[f.Handover] == nil {
					m.signed[f.Handover] = map[string]bool{}
				}
				m.signed[f.Handover][f.Side] = true
			case event.ItemDelivered:
				if custody.OfDossier(f.Item) && f.Identity == "" {
					m.t.Fatalf("entry %d: %s given to a person whose identity was not checked", e.Seq, f.Item)
				}
			}
		}
	}
	v := m.h.view()
	for _, n := range m.dossiers {
		if why := m.broken(v, n); why != "" {
			m.t.Fatalf("dossier %s: %s", n, why)
		}
	}
}

func (m *machine) broken(v *ledger.View, n postal.DossierNumber) string {
	d, err := dossier.Find(v, n)
	if err != nil {
		return err.Error()
	}
	boards := 0
	for _, place := range []string{dossier.OfficeBoard(officeA), dossier.OfficeBoard(officeB), dossier.AgencyBoard(agency)} {
		if slices.Contains(v.At(place, 'o'), dossier.DossierKey(n)) {
			boards++
		}
	}
	switch {
	case !slices.Contains(dossier.States(), d.State):
		return fmt.Sprintf("in no state: %q", d.State)
	case boards > 1:
		return "on two boards"
	case d.Filed() && d.Item != "" && !d.Supplement.AtHandover && !(m.signed[d.Handover][custody.Giver] && m.signed[d.Handover][custody.Taker]):
		return "filed without both signatures"
	case d.State.Ended() != (d.EndedMs > 0) && d.State != dossier.SlipTold:
		return fmt.Sprintf("%s, ended %d", d.State, d.EndedMs)
	case d.Supplements > 1:
		return "asked for papers twice"
	}
	return m.whereabouts(v, d)
}

// whereabouts compares the dossier's state with what custody says of its packet.
func (m *machine) whereabouts(v *ledger.View, d *dossier.Dossier) string {
	item, state := d.Item, d.State
	if d.Result != "" {
		item = d.Result
	}
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(item))
	if !ok {
		return ""
	}
	h, _ := custody.Holder(v, event.Thing(item))
	wrong := false
	switch state {
	case dossier.HandedOver, dossier.SlipIssued:
		wrong = custody.Agency(h) == ""
	case dossier.Delivered:
		wrong = h != event.Recipient || item != d.Result
	case dossier.GivenBack:
		wrong = h != event.Sender || d.Filed()
	case dossier.Accepted, dossier.InTransit, dossier.AtAgency:
		wrong = d.Filed() || i.Returning != "" || i.Ended()
	case dossier.ReturnedToAgency:
		wrong = custody.Agency(h) == ""
	case dossier.Lost:
		wrong = i.Stage != custody.Missing && d.Supplements == 0
	}
	if wrong {
		return fmt.Sprintf("is %s, but its packet is %s with %s", state, i.Stage, h)
	}
	return ""
}
