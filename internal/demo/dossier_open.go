package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// leaveOpen leaves what a clerk and a manager find in the morning: papers that were added to one dossier and are on their way, and another that is lost, with an amount for the manager to approve. It comes after all
// days, so that nothing of the city is another for it.
func (c *city) leaveOpen(ctx context.Context) error {
	return errors.Join(c.addPapers(ctx), c.loseOne(ctx))
}

// addedG is how heavy the packet of added papers is.
const addedG postal.Grams = 30

// addPapers lets the agency of one dossier ask for a paper and its citizen bring it.
func (c *city) addPapers(ctx context.Context) error {
	s, v := c.house.Dossiers, c.house.Ledger.View(ctx)
	at := slices.IndexFunc(c.withAgency, func(f *folder) bool {
		d, err := dossier.Find(v, f.code)
		return err == nil && slices.Contains([]dossier.State{dossier.HandedOver, dossier.SlipIssued, dossier.SlipTold}, d.State) && s.Money.Drawer(v, f.to.at.Code, f.to.at.clerk) != ""
	})
	if at < 0 {
		return v.Err()
	}
	f := c.withAgency[at]
	c.withAgency = slices.Delete(c.withAgency, at, at+1)
	d, err := dossier.Find(v, f.code)
	if err != nil {
		return err
	}
	ask, err := s.Asking(ctx, d, []string{f.papers[0].Component}, "paper_wrong", postal.Day{})
	if err != nil {
		return err
	}
	price, err := s.Money.Price(v, dossier.PriceQuestion{Service: event.DossierSend, From: f.to.at.Unit, To: f.to.Unit, WeightG: addedG, On: postal.DayOf(c.house.Now())})
	if err != nil {
		return err
	}
	carriage, err := s.Carriage(event.DossierSend, dossier.FormBoth, f.to.at.Code, f.to.Agency, addedG, price, c.house.Now())
	if err != nil {
		return err
	}
	c.seals++
	paper := f.papers[0]
	paper.Originals = max(1, paper.Originals)
	added := s.Money.Around(dossier.SendSupplement{Dossier: f.code, Papers: []event.Paper{paper}, Seal: fmt.Sprintf("NP%07d", c.seals), Carriage: carriage}, event.DossierSend, price,
		dossier.Payment{Drawer: s.Money.Drawer(v, f.to.at.Code, f.to.at.clerk), Means: "cash"})
	if err := c.send(ctx, []plan{{at: f.to.desk, who: f.to.officer, act: ask, refused: c.skip()}}); err != nil {
		return err
	}
	return c.send(ctx, []plan{{at: f.to.at, who: f.to.at.clerk, act: added, refused: c.skip()}})
}

// granted is what the supervisor grants for the dossier that is lost: above the least.
const granted postal.VND = 300_000

// loseOne loses a dossier that has not left its office, or early in the morning a result that nobody has fetched, and has its liability recorded.
func (c *city) loseOne(ctx context.Context) error {
	var f *folder
	var item postal.ItemNumber
	if n := len(c.toBring); n > 0 {
		f, c.toBring = c.toBring[n-1], c.toBring[:n-1]
		item = f.item
	} else if n := len(c.toGive); n > 0 {
		f, c.toGive = c.toGive[n-1], c.toGive[:n-1]
		item = f.result
	} else {
		return nil
	}
	if err := c.send(ctx, []plan{{at: f.to.at, who: f.to.at.clerk, act: custody.ReportLost{Item: item, Reason: "not_found"}, refused: c.skip()}}); err != nil {
		return err
	}
	v := c.house.Ledger.View(ctx)
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(item))
	if !ok {
		return v.Err()
	}
	least, by, rules, err := dossier.LeastCompensation(c.house.Calendar, i.FeeVND, postal.DayOf(c.house.Now()))
	if err != nil {
		return err
	}
	act := dossier.RecordLiability{Dossier: f.code, Item: item, Record: fmt.Sprintf("BB-01/%d", c.house.Now().Year()), Kind: "lost", Fault: "post", PayBy: by, Rules: rules, LeastVND: least, AmountVND: granted}
	return c.send(ctx, []plan{{at: f.to.at, who: f.to.at.super, act: act, refused: c.skip()}})
}
