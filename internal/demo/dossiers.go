package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citypost/internal/account"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/web"
)

// onestop is a made-up agency with its officer, and the office whose people go there.
type onestop struct {
	dossier.Agency
	at      *office // the office of ours
	desk    *office // the agency's own desk, as the sender of an act
	officer postal.StaffID
}

// folder is a dossier as the demonstration follows it.
type folder struct {
	code   postal.DossierNumber
	act    postal.ActID
	item   postal.ItemNumber
	result postal.ItemNumber
	to     *onestop
	papers []event.Paper
	seal   string
	ready  postal.Day // when the agency has the result
	people []ledger.Beside
}

// onestopsOf are the agencies: the first is at the office that is shown.
var onestopsOf = []struct {
	code     postal.AgencyCode
	vi, en   string
	login    string
	atOffice int // which of the busy offices
}{
	{"so-tu-phap-mau", "Sở Tư pháp (mẫu)", "Department of Justice (made up)", "motcua", 0},
	{"so-xay-dung-mau", "Sở Xây dựng (mẫu)", "Department of Construction (made up)", "motcua.xd", 1},
	{"ubnd-phuong-mau", "Uỷ ban nhân dân phường mẫu", "People's Committee of a made-up ward", "motcua.ub", 2},
}

// makeOnestops makes the agencies, their officers, and the numbers of the dossiers' packets.
func (c *city) makeOnestops(ctx context.Context) error {
	var busy []*office
	if o := c.byCode[shown]; o != nil {
		busy = append(busy, o)
	}
	for _, o := range c.offices {
		if o.Code != shown && o.busy >= 3 && o != c.hub && len(o.units) > 0 {
			busy = append(busy, o)
		}
	}
	var subs []plan
	for _, x := range onestopsOf {
		at := busy[x.atOffice%len(busy)]
		s := &onestop{at: at, Agency: dossier.Agency{Code: x.code, Name: x.vi, NameEN: x.en, Address: "1 đường Mẫu", Unit: at.Unit, Office: at.Code, Active: true},
			desk: &office{Office: gazetteer.Office{Code: x.code.Desk()}}}
		if err := c.house.Dossiers.KeepAgency(ctx, s.Agency); err != nil {
			return err
		}
		a, _, err := c.house.Accounts.Add(ctx, account.Actor{ID: account.Command}, account.NewPerson{Login: x.login, Name: "Cán bộ một cửa mẫu " + x.login,
			Roles: []web.Role{{Name: web.AgencyOfficer, Office: x.code.Desk()}}, Password: Password})
		if err != nil {
			return fmt.Errorf("make account %s: %w", x.login, err)
		}
		s.officer = a.ID
		c.logins = append(c.logins, Login{x.login, web.AgencyOfficer.In("vi") + " · " + x.vi, web.AgencyOfficer.In("en") + " · " + x.en, ""})
		c.onestops = append(c.onestops, s)
		for _, service := range []event.Service{event.DossierSend, event.DossierReturn} {
			from := 20_000_000 + at.serial*10_000
			subs = append(subs, plan{at: at, who: at.super, act: custody.ReserveRange{Office: at.Code, Letters: custody.Letters(service), From: from, To: from + 9_999}})
		}
	}
	return c.send(ctx, subs)
}

// dossierPhases are the parts of a day in which dossiers move. Agencies work from Monday to Friday.
func (c *city) dossierPhases(day postal.Day) []phase {
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return nil
	}
	return []phase{
		{8*60 + 35, c.takeDossiers}, {9*60 + 15, c.giveResults}, {13*60 + 35, c.bringDossiers},
		{14*60 + 5, func(ctx context.Context) error { return c.agencyDay(ctx, day) }}, {15*60 + 5, c.fetchResults}, {15*60 + 45, c.troubles},
	}
}

// takeDossiers takes some dossiers in at the counters near an agency.
func (c *city) takeDossiers(ctx context.Context) error {
	today := postal.DayOf(c.house.Now())
	hits, _ := c.house.Procedures.Catalogue().Find(procedure.Query{Day: today, By: procedure.Postal, Limit: 20})
	if len(hits) == 0 {
		return nil
	}
	var plans []plan
	for _, to := range c.onestops {
		for range c.rand.IntN(3) {
			p, err := c.house.Dossiers.Catalogue.On(string(hits[c.rand.IntN(len(hits))].Procedure.Code), today)
			if err != nil {
				return err
			}
			f, act, err := c.prepare(ctx, to, p)
			if err != nil {
				return err
			}
			plans = append(plans, plan{at: to.at, who: to.at.clerk, act: act, id: f.act, beside: f.people, refused: c.skip(), then: func(r ledger.Receipt) {
				for _, x := range r.Facts {
					if a, ok := x.(event.DossierAccepted); ok {
						f.code, f.item = a.Dossier, a.Item
						c.toBring = append(c.toBring, f)
					}
				}
			}})
		}
	}
	return c.send(ctx, plans)
}

// prepare makes up a dossier and its sender.
func (c *city) prepare(ctx context.Context, to *onestop, p *dossier.Procedure) (*folder, ledger.Act, error) {
	c.seals++
	f := &folder{act: c.clock.act(), to: to, seal: fmt.Sprintf("NP%07d", c.seals)}
	for _, a := range p.Papers {
		f.papers = append(f.papers, event.Paper{Component: a.ID, Originals: a.Originals, Copies: a.Copies, Certified: a.Certified})
	}
	if len(f.papers) == 0 {
		f.papers = []event.Paper{{Component: "01", Originals: 1}}
	}
	weight := postal.Grams(60 + c.rand.IntN(500))
	s, v := c.house.Dossiers, c.house.Ledger.View(ctx)
	price, err := s.Money.Price(v, dossier.PriceQuestion{Service: event.DossierSend, From: to.at.Unit, To: to.Unit, WeightG: weight, On: postal.DayOf(c.house.Now())})
	if err != nil {
		return nil, nil, err
	}
	carriage, err := s.Carriage(event.DossierSend, dossier.FormBoth, to.at.Code, to.Agency, weight, price, c.house.Now())
	if err != nil {
		return nil, nil, err
	}
	secret := fmt.Sprintf("MAU%03d", c.rand.IntN(1000))
	unit := to.at.units[c.rand.IntN(len(to.at.units))]
	a := dossier.Accept{Office: to.at.Code, Carriage: &carriage, Terms: event.DossierAccepted{Procedure: p.Code, Version: p.Version, Agency: to.Code, Form: dossier.FormBoth, Channel: dossier.AtCounter,
		Papers: f.papers, Seal: f.seal, ToUnit: unit, ToOffice: to.at.Code, Receipt: postal.SecretHash(c.house.Vault.Blind, secret)}}
	if len(p.Cases) > 0 {
		a.Terms.Case, a.Terms.Limit = p.Cases[0].Code, p.Cases[0].Limit
	}
	who := c.someone("Người nộp mẫu", unit)
	person := dossier.Person{Name: who.Name, Phone: who.Phone, Address: who.Address, Unit: unit}
	if f.people, err = s.Beside(f.act, dossier.People{Sender: person, Receiver: person, Note: dossier.Note{Secret: secret, Lines: price.Lines, Means: "cash"}}); err != nil {
		return nil, nil, err
	}
	drawer := s.Money.Drawer(v, to.at.Code, to.at.clerk)
	if drawer == "" { // no shift is open: the city takes nothing in without its money
		return f, a, v.Err()
	}
	pay := dossier.Payment{Drawer: drawer, Means: "cash", Agency: to.Code, Book: s.Money.Book(v, to.at.Code)}
	if pay.Book != "" {
		pay.Dues = published(p)
		a.Terms.Fees = pay.Dues
	}
	return f, s.Money.Around(a, event.DossierSend, price, pay), v.Err()
}

// published are the State fees of a procedure as its list has them, paid through the post.
func published(p *dossier.Procedure) (fees []event.StateFee) {
	for _, x := range p.Fees {
		known := slices.ContainsFunc(fees, func(f event.StateFee) bool { return f.Kind == x.Kind })
		if !x.Unknown && x.AmountVND > 0 && !known {
			fees = append(fees, event.StateFee{Kind: x.Kind, AmountVND: x.AmountVND, How: dossier.ByPost})
		}
	}
	return fees
}

// given is the delivery of a result, with what is paid for its way when the clerk has an open shift.
func (c *city) given(v *ledger.View, f *folder) (ledger.Act, error) {
	act := dossier.DeliverResult{Dossier: f.code, To: "self", Identity: "cccd", Papers: []event.Paper{{Component: "result", Originals: 1}}}
	d, err := dossier.Find(v, f.code)
	if err != nil {
		return nil, err
	}
	money := c.house.Dossiers.Money
	i, known := ledger.Get[*custody.Item](v, custody.ItemKey(d.Result))
	drawer := money.Drawer(v, f.to.at.Code, f.to.at.clerk)
	if !known || drawer == "" {
		return act, v.Err()
	}
	owed := money.Owed(v, i)
	if owed.TotalVND == 0 {
		return act, v.Err()
	}
	return money.Around(act, event.DossierReturn, owed, dossier.Payment{Drawer: drawer, Item: d.Result, Means: "cash", Agency: f.to.Code}), v.Err()
}

// bringDossiers hands what was taken in to the agencies, each dossier compared.
func (c *city) bringDossiers(ctx context.Context) error {
	byAgency := map[*onestop][]*folder{}
	for _, f := range c.toBring {
		byAgency[f.to] = append(byAgency[f.to], f)
	}
	c.toBring = nil
	for _, to := range c.onestops {
		if err := c.bring(ctx, to, byAgency[to]); err != nil {
			return err
		}
	}
	return nil
}

func (c *city) bring(ctx context.Context, to *onestop, list []*folder) error {
	if len(list) == 0 {
		return nil
	}
	var things []event.Thing
	for _, f := range list {
		things = append(things, event.Thing(f.item))
	}
	code, err := c.openBetween(ctx, to, custody.AtOffice(to.at.Code), custody.AtAgency(to.Code), things)
	if err != nil || code == "" {
		return err
	}
	var plans []plan
	for _, f := range list {
		x := dossier.Compare{Handover: code, Dossier: f.code, Seal: f.seal, Papers: f.papers, Verdict: dossier.Complete, Most: 1}
		switch luck := c.rand.IntN(100); {
		case luck < 6:
			x.Verdict, x.Missing, x.Reason = dossier.Incomplete, []string{f.papers[0].Component}, "copy_not_certified"
		case luck < 9:
			x.Verdict, x.Reason, x.Basis = dossier.NotTaken, "not_competent", "procedure_list"
		default:
			c.withAgency = append(c.withAgency, f)
		}
		f.ready = postal.DayOf(c.house.Now()).AddDays(2 + c.rand.IntN(18))
		plans = append(plans, plan{at: to.desk, who: to.officer, act: x, refused: c.skip()})
	}
	if err := c.send(ctx, plans); err != nil {
		return err
	}
	return c.signBetween(ctx, to, code, false)
}

// openBetween opens a handover between office and agency.
func (c *city) openBetween(ctx context.Context, to *onestop, from, into event.Holder, things []event.Thing) (code event.Thing, err error) {
	err = c.send(ctx, []plan{{at: to.at, who: to.at.clerk, act: custody.OpenHandover{Office: to.at.Code, From: from, To: into, Things: things}, refused: c.skip(),
		then: func(r ledger.Receipt) { code = r.Facts[0].(event.HandoverOpened).Handover }}})
	return code, err
}

// signBetween lets both sign; back says that the agency gives.
func (c *city) signBetween(ctx context.Context, to *onestop, code event.Thing, back bool) error {
	v := c.house.Ledger.View(ctx)
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(code))
	if !ok {
		return fmt.Errorf("handover %s: %w", code, v.Err())
	}
	ours, theirs := plan{at: to.at, who: to.at.clerk, refused: c.skip()}, plan{at: to.desk, who: to.officer, refused: c.skip()}
	sign := func(p plan, side string) plan {
		p.act = custody.SignHandover{Handover: code, Side: side, Difference: h.Difference().Digest()}
		return p
	}
	giver, taker := sign(ours, custody.Giver), sign(theirs, custody.Taker)
	if back {
		giver, taker = sign(theirs, custody.Giver), sign(ours, custody.Taker)
	}
	if err := c.send(ctx, []plan{giver}); err != nil {
		return err
	}
	return c.send(ctx, []plan{taker})
}

// agencyDay is what the agencies say of the dossiers they have: a day named, a result ready; now and then an apology, or nothing at all.
func (c *city) agencyDay(ctx context.Context, day postal.Day) error {
	var plans []plan
	var still []*folder
	v := c.house.Ledger.View(ctx)
	for _, f := range c.withAgency {
		d, err := dossier.Find(v, f.code)
		if err != nil {
			return err
		}
		say := func(act ledger.Act) {
			plans = append(plans, plan{at: f.to.desk, who: f.to.officer, act: act, refused: c.skip()})
		}
		switch {
		case d.State == dossier.HandedOver:
			say(dossier.IssueSlip{Dossier: f.code, Code: fmt.Sprintf("H24.MAU-%s-%04d", day.String()[2:], c.rand.IntN(10_000)), Due: day.AddDays(7 + c.rand.IntN(8))})
			still = append(still, f)
		case d.State == dossier.SlipIssued:
			plans = append(plans, plan{at: f.to.at, who: f.to.at.clerk, act: dossier.TellSlip{Dossier: f.code, How: "message"}, refused: c.skip()})
			still = append(still, f)
		case !day.Before(f.ready):
			say(dossier.AnnounceResult{Dossier: f.code, Outcome: []string{"granted", "granted", "granted", "rejected"}[c.rand.IntN(4)]})
			c.toFetch = append(c.toFetch, f)
		default:
			still = append(still, f)
		}
	}
	c.withAgency = still
	if err := v.Err(); err != nil {
		return err
	}
	return c.send(ctx, plans)
}

// fetchResults packs what is ready and brings it to the office.
func (c *city) fetchResults(ctx context.Context) error {
	for _, to := range c.onestops {
		var mine, rest []*folder
		for _, f := range c.toFetch {
			if f.to == to {
				mine = append(mine, f)
			} else {
				rest = append(rest, f)
			}
		}
		c.toFetch = rest
		if err := c.fetch(ctx, to, mine); err != nil {
			return err
		}
	}
	return nil
}

// resultG is the weight of a made-up result.
const resultG = 50

func (c *city) fetch(ctx context.Context, to *onestop, list []*folder) error {
	if len(list) == 0 {
		return nil
	}
	var plans []plan
	for _, f := range list {
		v := c.house.Ledger.View(ctx)
		d, err := dossier.Find(v, f.code)
		if err != nil {
			return err
		}
		price, err := c.house.Dossiers.Money.Price(v, dossier.PriceQuestion{Service: event.DossierReturn, From: to.Unit, To: d.ToUnit, WeightG: resultG, On: postal.DayOf(c.house.Now())})
		if err != nil {
			return err
		}
		carriage, err := c.house.Dossiers.Carriage(event.DossierReturn, dossier.FormBoth, to.at.Code, dossier.Agency{Unit: d.ToUnit, Office: d.ToOffice}, resultG, price, c.house.Now())
		if err != nil {
			return err
		}
		carriage.From = custody.AtAgency(to.Code)
		c.seals++
		plans = append(plans, plan{at: to.at, who: to.at.clerk, act: dossier.PackResult{Dossier: f.code, Papers: []event.Paper{{Component: "result", Originals: 1}}, Seal: fmt.Sprintf("NP%07d", c.seals), Carriage: carriage},
			refused: c.skip(), then: func(r ledger.Receipt) {
				for _, x := range r.Facts {
					if a, ok := x.(event.ResultPacked); ok {
						f.result = a.Item
					}
				}
			}})
	}
	if err := c.send(ctx, plans); err != nil {
		return err
	}
	var things []event.Thing
	var counts []event.Count
	for _, f := range list {
		if f.result != "" {
			things = append(things, event.Thing(f.result))
			counts = append(counts, event.Count{Thing: event.Thing(f.result)})
			c.toGive = append(c.toGive, f)
		}
	}
	if len(things) == 0 {
		return nil
	}
	code, err := c.openBetween(ctx, to, custody.AtAgency(to.Code), custody.AtOffice(to.at.Code), things)
	if err != nil || code == "" {
		return err
	}
	if err := c.send(ctx, []plan{{at: to.at, who: to.at.clerk, act: custody.CountThings{Handover: code, Counts: counts}, refused: c.skip()}}); err != nil {
		return err
	}
	return c.signBetween(ctx, to, code, true)
}

// giveResults lets citizens fetch what lies at the office; some come late, and some never.
func (c *city) giveResults(ctx context.Context) error {
	var plans []plan
	var still []*folder
	v := c.house.Ledger.View(ctx)
	for _, f := range c.toGive {
		switch luck := c.rand.IntN(100); {
		case luck < 70:
			act, err := c.given(v, f)
			if err != nil {
				return err
			}
			plans = append(plans, plan{at: f.to.at, who: f.to.at.clerk, refused: c.skip(), act: act})
		default:
			still = append(still, f)
		}
	}
	c.toGive = still
	return c.send(ctx, plans)
}

// troubles are the complaints of real life.
func (c *city) troubles(ctx context.Context) error {
	if len(c.withAgency) == 0 || c.rand.IntN(6) > 0 {
		return nil
	}
	f := c.withAgency[c.rand.IntN(len(c.withAgency))]
	v := c.house.Ledger.View(ctx)
	d, err := dossier.Find(v, f.code)
	if err != nil {
		return err
	}
	last, by, rules, err := dossier.ComplaintDays(c.house.Calendar, d, true, postal.DayOf(c.house.Now()))
	if err != nil {
		return err
	}
	answers := c.toAnswer
	c.toAnswer = nil
	if err := c.send(ctx, answers); err != nil {
		return err
	}
	act := dossier.Complain{Dossier: f.code, About: "late", LastDay: last, AnswerBy: by, Rules: rules}
	id := c.clock.act()
	words, err := c.house.Dossiers.BesideComplaint(id, "Chờ lâu quá ngày hẹn mà chưa thấy kết quả (mẫu).")
	if err != nil {
		return err
	}
	return c.send(ctx, []plan{{at: f.to.at, who: f.to.at.clerk, act: act, id: id, beside: words, refused: func(error) {}, then: func(r ledger.Receipt) {
		for _, x := range r.Facts {
			if a, ok := x.(event.DossierComplained); ok && c.rand.IntN(3) > 0 {
				c.toAnswer = append(c.toAnswer, plan{at: f.to.at, who: f.to.at.clerk, act: dossier.AnswerComplaint{Dossier: a.Dossier, Number: a.Number, Outcome: dossier.ComplaintOutcomes[c.rand.IntN(3)]}, refused: c.skip()})
			}
		}
	}}})
}
