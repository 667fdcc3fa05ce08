package demo

import (
	"context"
	"fmt"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// addPapers lets citizens bring the papers that their agency asked for, on the next working day; they go to it with the next bundle.
func (c *city) addPapers(ctx context.Context) error {
	var plans []plan
	for _, f := range c.lacking {
		act, err := c.adding(ctx, f)
		if err != nil {
			return err
		}
		if act == nil {
			continue
		}
		plans = append(plans, plan{at: f.to.at, who: f.to.at.clerk, act: act, refused: c.skip(), then: func(r ledger.Receipt) {
			for _, x := range r.Facts {
				if a, ok := x.(event.SupplementSent); ok {
					f.item, f.added = a.Item, true
					c.toBring = append(c.toBring, f)
				}
			}
		}})
	}
	c.lacking = nil
	return c.send(ctx, plans)
}

// addedG is how heavy a packet of added papers is.
const addedG postal.Grams = 30

// adding makes the act that takes in what one dossier lacks; nil when it lacks nothing or no shift is open.
func (c *city) adding(ctx context.Context, f *folder) (ledger.Act, error) {
	s, v := c.house.Dossiers, c.house.Ledger.View(ctx)
	d, err := dossier.Find(v, f.code)
	if err != nil {
		return nil, err
	}
	drawer := s.Money.Drawer(v, f.to.at.Code, f.to.at.clerk)
	if d.State != dossier.SupplementRequested || drawer == "" {
		return nil, v.Err()
	}
	price, err := s.Money.Price(v, dossier.PriceQuestion{Service: event.DossierSend, From: f.to.at.Unit, To: f.to.Unit, WeightG: addedG, On: postal.DayOf(c.house.Now())})
	if err != nil {
		return nil, err
	}
	carriage, err := s.Carriage(event.DossierSend, dossier.FormBoth, f.to.at.Code, f.to.Agency, addedG, price, c.house.Now())
	if err != nil {
		return nil, err
	}
	f.papers = slices.DeleteFunc(slices.Clone(f.papers), func(p event.Paper) bool { return !slices.Contains(d.Supplement.Papers, p.Component) })
	c.seals++
	f.seal = fmt.Sprintf("NP%07d", c.seals)
	act := dossier.SendSupplement{Dossier: f.code, Papers: f.papers, Seal: f.seal, Carriage: carriage}
	return s.Money.Around(act, event.DossierSend, price, dossier.Payment{Drawer: drawer, Means: "cash"}), v.Err()
}

// granted is what the supervisor grants for the one dossier that the city loses: above the least, so that a manager has something to approve.
const granted postal.VND = 300_000

// loseOne loses a single dossier before it leaves its office, and has its liability recorded.
func (c *city) loseOne(ctx context.Context) error {
	last := len(c.toBring) - 1
	if c.lostOne || last < 1 {
		return nil
	}
	c.lostOne = true
	f := c.toBring[last]
	c.toBring = c.toBring[:last]
	if err := c.send(ctx, []plan{{at: f.to.at, who: f.to.at.clerk, act: custody.ReportLost{Item: f.item, Reason: "not_found"}, refused: c.skip()}}); err != nil {
		return err
	}
	v := c.house.Ledger.View(ctx)
	paid, _ := c.house.Dossiers.Money.Paid(v, f.item)
	if err := v.Err(); err != nil {
		return err
	}
	least, by, rules, err := dossier.LeastCompensation(c.house.Calendar, paid.ListVND, postal.DayOf(c.house.Now()))
	if err != nil {
		return err
	}
	act := dossier.RecordLiability{Dossier: f.code, Item: f.item, Record: fmt.Sprintf("BB-01/%d", c.house.Now().Year()), Kind: "lost", Fault: "post", PayBy: by, Rules: rules, LeastVND: least, AmountVND: granted}
	return c.send(ctx, []plan{{at: f.to.at, who: f.to.at.super, act: act, refused: c.skip()}})
}
