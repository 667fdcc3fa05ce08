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

// everyAct names the acts of a dossier, and those of custody that change one: each must succeed in some sequence, or the sequences prove nothing about it.
var everyAct = []string{
	"dossier.accept", "dossier.compare", "dossier.issue_slip", "dossier.tell_slip", "dossier.request_supplement", "dossier.complete_supplement", "dossier.send_supplement", "dossier.reschedule", "dossier.announce_result", "dossier.pack_result", "dossier.invite", "dossier.try_delivery",
	"dossier.return_unclaimed", "dossier.deliver_result", "dossier.send_recalled", "dossier.withdraw", "dossier.give_back", "dossier.complain", "dossier.answer_complaint", "dossier.record_liability", "custody.sign_handover", "custody.take_back", "custody.report_lost",
}

// If this fails a dossier is in two states or none, is filed without both signatures, reaches a person whom nobody checked, or a replay tells another story.
func TestRandomActsKeepEveryPromise(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		total := map[string]int{}
		for range 5 { // what a hundred sequences never reached, more of them will
			rapid.Check(t, func(rt *rapid.T) {
				m := &machine{h: h, t: rt, signed: map[event.Thing]map[string]bool{}, done: map[string]int{}, seq: h.Seq()}
				m.begin()
				for range rapid.IntRange(5, 60).Draw(rt, "steps") {
					m.step()
					m.look()
				}
				for name, n := range m.done {
					total[name] += n
				}
			})
			if t.Failed() || !slices.ContainsFunc(everyAct, func(name string) bool { return total[name] == 0 }) {
				break
			}
		}
		if d, err := h.Check(context.Background(), nil); err != nil || len(d) > 0 {
			t.Fatalf("replay differs from live: %v, %v", d, err)
		}
		t.Logf("acts done: %v", total)
		for _, name := range everyAct {
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

// begin takes most sequences to a later stage first: chance alone seldom gets there.
func (m *machine) begin() {
	stage := m.draw(7, "stage")
	if stage == 0 {
		return
	}
	h := m.h
	n := h.take(dossier.FormBoth)
	m.dossiers = append(m.dossiers, n)
	m.done["dossier.accept"]++
	h.bring(nil, n)
	switch stage {
	case 1:
		return
	case 2:
		h.must(desk, officer, dossier.IssueSlip{Dossier: n, Code: "H24-1", Due: postal.MakeDay(2030, 1, 1)})
		m.done["dossier.issue_slip"]++
		return
	case 3:
		h.must(desk, officer, dossier.RequestSupplement{Dossier: n, Papers: []string{"01"}, Reason: "paper_missing", Most: 1})
		m.done["dossier.request_supplement"]++
		return
	case 4:
		h.must(desk, officer, dossier.AnnounceResult{Dossier: n, Outcome: "granted", Recall: []string{"01"}})
		m.done["dossier.announce_result"]++
	}
	d := h.fetch(n)
	if stage > 4 {
		h.handOver(officeB, custody.AtOffice(officeB), custody.ByCarrier(carrier), clerkB, carrier, d.Result)
	}
	m.look()
}

func (m *machine) step() {
	h := m.h
	if len(m.dossiers) == 0 || m.draw(8, "new") == 0 {
		a := taking([]string{dossier.FormSend, dossier.FormBoth, dossier.FormResult}[m.draw(3, "form")])
		if r, err := h.do(officeA, clerkA, a); err == nil {
			m.done[a.Name()]++
			m.dossiers = append(m.dossiers, acceptedIn(r))
		}
		return
	}
	if m.draw(3, "forward") > 0 {
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
	if d.State != dossier.Lost && m.draw(3, "speak") == 0 {
		m.speak(d)
		return
	}
	switch d.State {
	case dossier.Returning, dossier.Received:
		if m.draw(3, "carry on") == 0 {
			m.move(item, d)
		} else {
			m.door(d)
		}
	case dossier.Delivered:
		m.anywhere([]ledger.Act{custody.TakeBack{Item: item, Reason: "wrong_person"}, dossier.SendRecalled{Dossier: n, Seal: nextSeal(), Carriage: free(officeB)}, dossier.SendRecalled{Dossier: n, Seal: nextSeal(), Carriage: free(officeA)}}[m.draw(3, "after")])
	case dossier.SupplementRequested:
		if d.Supplement.Item != "" {
			m.move(d.Supplement.Item, d)
		} else {
			m.anywhere(supplementing(n))
		}
	case dossier.Lost:
		m.anywhere([]ledger.Act{dossier.RecordLiability{Dossier: n, Item: item, Record: "BB-1", Kind: "lost", Fault: "post"}, custody.Find{Item: item}}[m.draw(2, "lost")])
	case dossier.Accepted, dossier.InTransit, dossier.GoingBack:
		m.move(item, d)
	case dossier.AtAgency, dossier.Ready:
		m.sign(d)
	case dossier.HandedOver, dossier.AwaitingResult, dossier.SlipTold:
		a := dossier.PackResult{Dossier: n, Papers: []event.Paper{{Component: "result", Originals: 1}}, Seal: nextSeal(), Carriage: sending(officeB, event.DossierReturn, officeB, atAgency)}
		if _, err := m.h.do(officeB, carrier, a); err == nil {
			m.done[a.Name()]++
		}
	case dossier.AttemptFailed, dossier.AwaitingPickup, dossier.OutForDelivery:
		m.door(d)
	case dossier.TurningBack, dossier.Refused:
		for _, p := range places[:4] {
			a := dossier.GiveBack{Dossier: n, To: "self", Identity: "cccd", Papers: papers()[:2]}
			if _, err := m.h.do(p.office, p.who, a); err == nil {
				m.done[a.Name()]++
			}
		}
	}
}

// door gives a result, invites for it, finds nobody, or gives it up.
func (m *machine) door(d *dossier.Dossier) {
	invite := dossier.Invite{Dossier: d.Code, How: "visit", Counts: true, LastMs: d.InvitedMs}
	switch m.draw(6, "at the door") {
	case 0, 1:
		m.deliver(d.Code)
	case 2:
		m.anywhere(invite)
	case 3:
		m.anywhere(dossier.ReturnUnclaimed{Dossier: d.Code, Least: 2})
	default:
		m.anywhere(dossier.TryDelivery{Attempt: custody.Attempt{Item: d.Result, Reason: "absent", Next: []string{"again", "hold"}[m.draw(2, "next")]}, Invite: invite})
	}
}

// anywhere sends an act from everybody in turn until it succeeds.
func (m *machine) anywhere(a ledger.Act) {
	for _, p := range places {
		if _, err := m.h.do(p.office, p.who, a); err == nil {
			m.done[a.Name()]++
			return
		}
	}
}

func supplementing(n postal.DossierNumber) dossier.SendSupplement {
	return dossier.SendSupplement{Dossier: n, Papers: []event.Paper{{Component: "01", Originals: 1}}, Seal: nextSeal(), Carriage: sending(officeA, event.DossierSend, officeA, "")}
}

// free is the way of papers that were given up: its price is part of the result's.
func free(o postal.OfficeCode) custody.Accept {
	c := sending(o, event.DossierSend, officeA, "")
	c.FeeVND = 0
	return c
}

// speak says something of a dossier that may fit its state.
func (m *machine) speak(d *dossier.Dossier) {
	n := d.Code
	acts := []ledger.Act{
		dossier.IssueSlip{Dossier: n, Code: "H24-1", Due: postal.MakeDay(2030, 1, 1)},
		dossier.TellSlip{Dossier: n, How: "phone"},
		dossier.RequestSupplement{Dossier: n, Papers: []string{"01"}, Reason: "paper_missing", Most: 1},
		dossier.CompleteSupplement{Dossier: n},
		dossier.AnnounceResult{Dossier: n, Outcome: "granted", Recall: []string{"01"}},
		dossier.Reschedule{Dossier: n, Was: postal.MakeDay(2030, 1, 1), Due: postal.MakeDay(2030, 2, 1), Before: 1, Most: 1},
		dossier.Complain{Dossier: n, About: "late", LastDay: postal.MakeDay(2030, 9, 9), AnswerBy: postal.MakeDay(2030, 9, 9)},
		dossier.AnswerComplaint{Dossier: n, Number: max(1, d.Complaints), Outcome: "right"},
		custody.ReportLost{Item: d.Item, Reason: "not_found"},
		custody.ReportLost{Item: d.Result, Reason: "not_found"},
	}
	m.anywhere(acts[m.draw(len(acts), "word")])
}

func (m *machine) deliver(n postal.DossierNumber) {
	a := giving(n)
	if d, err := dossier.Find(m.h.view(), n); err == nil {
		for _, id := range d.Recall {
			a.Recalled = append(a.Recalled, event.Paper{Component: id, Originals: 1})
		}
	}
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
	c := m.h.compare(code, n)
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
		supplementing(n),
		dossier.AnnounceResult{Dossier: n, Outcome: "granted"},
		dossier.Reschedule{Dossier: n, Was: postal.MakeDay(2030, 1, 1), Due: postal.MakeDay(2030, 2, 1), Before: 1, Most: 1},
		giving(n),
		dossier.Invite{Dossier: n, How: "phone", Counts: true, LastMs: d.InvitedMs},
		dossier.ReturnUnclaimed{Dossier: n, Least: 2},
		dossier.ReturnUnclaimed{Dossier: n, Refused: true},
		dossier.SendRecalled{Dossier: n, Seal: nextSeal(), Carriage: free(officeB)},
		dossier.RecordLiability{Dossier: n, Item: item, Record: "BB-1", Kind: "damaged", Fault: "post"},
		dossier.Complain{Dossier: n, About: "late", LastDay: postal.MakeDay(2030, 9, 9), AnswerBy: postal.MakeDay(2030, 9, 9)},
		dossier.AnswerComplaint{Dossier: n, Number: 1, Outcome: "right"},
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
		acts = append(acts, custody.WithdrawHandover{Handover: code}, custody.SignHandover{Handover: code, Side: custody.Taker}, m.h.compare(code, n))
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
