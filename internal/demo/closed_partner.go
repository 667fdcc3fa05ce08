package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"citypost/internal/account"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// The made-up operator of another province, its person, and how many bodies of that province are in the directory.
const (
	closedPartner = closedmail.PartnerCode("dt-01")
	partnerLogin  = "doitac01"
	farBodies     = 2
)

func farCode(n int) closedmail.BodyCode { return closedmail.BodyCode(fmt.Sprintf("cq-09%02d", n+1)) }

// exchange is what the house has with its partner between two visits of it.
type exchange struct {
	bag     event.Thing
	items   []postal.ItemNumber
	given   time.Time
	foreign int
	papers  int
}

// partner records the contract with the partner, its person, and bodies of its province.
func (c *closed) partner(ctx context.Context, first postal.Day) error {
	a, _, err := c.house.Accounts.Add(ctx, account.Actor{ID: account.Command}, account.NewPerson{Login: partnerLogin, Name: "Giao nhận đối tác mẫu 01", Roles: []web.Role{{Name: web.RegistryClerk}}, Password: Password})
	if err != nil {
		return fmt.Errorf("make account %s: %w", partnerLogin, err)
	}
	c.ids[partnerLogin] = a.ID
	if err := c.house.Directory.NamePartners(ctx, []closedmail.PartnerName{{Code: closedPartner, Name: "Bưu điện tỉnh bạn mẫu (dựng)", Address: "9 phố Mẫu"}}); err != nil {
		return err
	}
	if err := c.all(ctx, closedCentre, "kt1.ksv01", closedmail.NamePartner{Partner: closedPartner, Contract: "12/HĐKN-2026", From: first.AddDays(-100), Until: first.AddDays(400)},
		closedmail.NamePartnerPerson{Partner: closedPartner, Person: a.ID}); err != nil {
		return err
	}
	var entries []closedmail.Entry
	for n := range farBodies {
		entries = append(entries, closedmail.Entry{Code: farCode(n), List: closedmail.Appendix2, Name: fmt.Sprintf("Cơ quan tỉnh bạn mẫu số %02d (dựng)", n+1), Address: fmt.Sprintf("%d phố Bạn", n+1), Unit: "00004", Province: "01", Office: closedPartner.Desk(), Hours: "07:30-17:00"})
	}
	plan, err := c.house.Directory.Plan(ctx, entries, first)
	if err != nil {
		return err
	}
	tick := func() time.Time { c.clock.Set(c.clock.Now().Add(time.Second)); return c.clock.Now() }
	return c.house.Directory.Import(ctx, plan, ledger.Envelope{Office: closedCentre, Actor: c.ids["kt1.ksv01"]}, c.ids["kt1.ksv01"], tick)
}

// visit is a visit of the partner's person: it tells of what it got last time, brings the empty bag and a full one, and takes another.
func (c *closed) visit(ctx context.Context, day postal.Day) error {
	c.clock.Set(c.clock.Now().Add(30 * time.Minute))
	if err := c.outcomes(ctx); err != nil {
		return err
	}
	if err := c.takeIn(ctx, day); err != nil {
		return err
	}
	return c.sendOut(ctx)
}

// outcomes records what the partner's list says of the items that it got last: delivered in time, one after a vain attempt, one late.
func (c *closed) outcomes(ctx context.Context) error {
	x := &c.partners
	if x.bag == "" {
		return nil
	}
	clerk := c.on[closedCentre]
	for n, i := range x.items {
		at := x.given.Add(time.Duration(26+2*n) * time.Hour)
		if n == 2 {
			at = x.given.Add(140 * time.Hour)
		}
		told := []closedmail.Tell{{Item: i, Told: custody.ToldDelivered, Document: c.paper()}}
		if n == 1 {
			told = []closedmail.Tell{{Item: i, Told: custody.ToldAttempted, Reason: "closed", Document: told[0].Document}, told[0]}
		}
		for m, a := range told {
			c.clock.Set(c.clock.Now().Add(20 * time.Second))
			env := ledger.Envelope{Act: c.clock.act(), OccurredMs: postal.Millis(at.Add(time.Duration(m) * time.Hour)), Office: closedCentre, Actor: c.ids[clerk]}
			if _, err := c.house.Ledger.Append(ctx, env, a); err != nil {
				return fmt.Errorf("outcome of %s: %w", i, err)
			}
		}
	}
	bag := x.bag
	x.bag = ""
	return c.all(ctx, closedCentre, clerk, closedmail.TakeVesselBack{Bag: bag})
}

func (c *closed) paper() closedmail.DocNumber {
	c.partners.papers++
	return closedmail.DocNumber(fmt.Sprintf("%d/BK", 40+c.partners.papers))
}

// takeIn takes a bag of two items from the partner, counts them out and has them delivered.
func (c *closed) takeIn(ctx context.Context, day postal.Day) error {
	clerk, second := c.on[closedCentre], c.ids[c.other(closedCentre)]
	var items []postal.ItemNumber
	for range 2 {
		c.partners.foreign++
		n, err := postal.MakeItemNumber("EK", 70_000+c.partners.foreign)
		if err != nil {
			return err
		}
		items = append(items, n)
	}
	seal := closedmail.Seal(fmt.Sprintf("TB-%05d", c.partners.foreign))
	r, err := c.do(ctx, closedCentre, clerk, closedmail.TakeFromPartner{Office: closedCentre, Partner: closedPartner, Giver: c.ids[partnerLogin], List: c.paper(), Known: seal, Seal: seal, Items: items, Number: true, Packing: true, Seals: true})
	if err != nil {
		return err
	}
	taken, ok := factOf[event.TakenFromPartner](r)
	if !ok {
		return errors.New("nothing was taken from the partner")
	}
	if err := c.all(ctx, closedCentre, clerk, closedmail.OpenVessel{Bag: taken.Bag, Seal: seal, Second: second}); err != nil {
		return err
	}
	for n, i := range items {
		to, err := c.house.Directory.Find(ctx, code(2*n))
		if err != nil {
			return err
		}
		a := closedmail.TakeIn{Office: closedCentre, Bag: taken.Bag, Item: i, Number: closedmail.CoverNumber(fmt.Sprintf("%d/CV-TB", 10+c.rand.IntN(90))), Sender: farCode(n), Addressee: code(2 * n), OriginDay: day.AddDays(-1),
			WeightG: postal.Grams(60 + c.rand.IntN(300)), ToUnit: to.Unit, ToOffice: to.Office, Secrecy: []closedmail.Secrecy{"", closedmail.SecrecyC}[n]}
		terms, err := c.house.Law.ForeignTerms(a)
		if err != nil {
			return err
		}
		a.DueMs, a.Rules = terms.DueMs(), terms.Rules
		if err := c.all(ctx, closedCentre, clerk, a); err != nil {
			return err
		}
	}
	if err := c.all(ctx, closedCentre, clerk, closedmail.EmptyVessel{Bag: taken.Bag, Second: second}); err != nil {
		return err
	}
	const onScreens = 0
	return c.deliver(ctx, onScreens, closedCentre, items)
}

// sendOut takes in three items for bodies of the other province and gives them to the partner in a sealed bag.
func (c *closed) sendOut(ctx context.Context) error {
	clerk := c.on[closedCentre]
	var items []postal.ItemNumber
	for n := range 3 {
		i, err := c.acceptFar(ctx, n)
		if err != nil {
			return err
		}
		items = append(items, i)
	}
	r, err := c.do(ctx, closedCentre, clerk, closedmail.StartVessel{Office: closedCentre, To: closedPartner.Desk(), Facility: c.spare(ctx, closedCentre, closedmail.BagOf, closedmail.Box)})
	if err != nil {
		return err
	}
	started, ok := factOf[event.BagStarted](r)
	if !ok {
		return errors.New("no bag was started")
	}
	for _, i := range items {
		if err := c.all(ctx, closedCentre, clerk, closedmail.Pack{Item: i, Bag: started.Bag}); err != nil {
			return err
		}
	}
	c.seals++
	seal := closedmail.Seal(fmt.Sprintf("NP-%05d", c.seals))
	if err := c.all(ctx, closedCentre, clerk, closedmail.CloseVessel{Bag: started.Bag, Seal: seal, Second: c.ids[c.other(closedCentre)]},
		closedmail.HandToPartner{Office: closedCentre, From: custody.AtOffice(closedCentre), Partner: closedPartner, Taker: c.ids[partnerLogin], Document: c.paper(), Bags: []closedmail.Read{{Bag: started.Bag, Seal: seal}}, Theirs: true, Number: true, Packing: true, Seals: true}); err != nil {
		return err
	}
	c.partners.bag, c.partners.items, c.partners.given = started.Bag, items, c.clock.Now()
	return nil
}

// acceptFar takes in an item for a body of the other province.
func (c *closed) acceptFar(ctx context.Context, n int) (postal.ItemNumber, error) {
	to, err := c.house.Directory.Find(ctx, farCode(n%farBodies))
	if err != nil {
		return "", err
	}
	from := 4 + n // of Appendix II
	a := closedmail.Accept{Office: closedCentre, Number: closedmail.CoverNumber(fmt.Sprintf("%d/CV-M", 1+c.rand.IntN(900))), Sender: code(from), HandedBy: c.ids[registry(from)], Addressee: to.Code,
		WeightG: postal.Grams(50 + c.rand.IntN(400)), ToUnit: to.Unit, ToOffice: to.Office, Secrecy: []closedmail.Secrecy{"", closedmail.SecrecyB, ""}[n]}
	view := c.house.Ledger.View(ctx)
	sender, _ := ledger.Get[*closedmail.Body](view, closedmail.BodyKey(a.Sender))
	addressee, _ := ledger.Get[*closedmail.Body](view, closedmail.BodyKey(a.Addressee))
	terms, err := c.house.Law.Terms(a, sender, addressee, to, c.clock.Now())
	if err != nil {
		return "", err
	}
	a.Inter, a.Suburban, a.FeeVND, a.DueMs, a.Rules = terms.Inter, terms.Suburban, terms.FeeVND, terms.DueMs(), terms.Rules
	r, err := c.do(ctx, closedCentre, c.on[closedCentre], a)
	if err != nil {
		return "", err
	}
	item, ok := factOf[event.ItemAccepted](r)
	if !ok {
		return "", errors.New("nothing was accepted")
	}
	return item.Item, nil
}

// factOf gives the fact of a type that an act made.
func factOf[F event.Fact](r ledger.Receipt) (f F, ok bool) {
	for _, x := range r.Facts {
		if f, ok = x.(F); ok {
			return f, true
		}
	}
	return f, false
}
