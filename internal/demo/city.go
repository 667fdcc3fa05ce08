package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// shown is the office whose people are printed: the first counter that a newcomer signs in to.
const shown postal.OfficeCode = "990100"

// Password opens every made-up account.
const Password = "buu-dien-mau-2026"

// office is one made-up office with its people.
type office struct {
	gazetteer.Office
	serial       int
	clerk, super postal.StaffID
	carrier      postal.StaffID
	busy         int // items accepted on an ordinary day
	every        int // a dispatch goes every so many days
	units        []postal.UnitCode
	out          []*parcel // waiting for the next van
	ready        []*parcel // waiting for the next round
	round        []*parcel // with the carrier, not tried yet
	left         []*parcel // with the carrier, to come back
}

// Login is one account to show.
type Login struct{ Login, RoleVI, RoleEN, Office string }

// city is what the demonstration knows of what it made.
type city struct {
	house   *app.House
	clock   *Clock
	rand    *rand.Rand
	offices []*office
	byCode  map[postal.OfficeCode]*office
	drivers []postal.StaffID
	hub     *office
	logins  []Login
	under   []*run    // on the road from the hub
	lost    []missing // not found in their bags
	open    []raised  // irregularities to settle
	late    []*parcel // delivered late: some senders ask for their money
	short   []*office // a drawer was short there, and nobody has decided on it
	seals   int

	onestops   []*onestop
	toBring    []*folder // taken in, not with their agency yet
	withAgency []*folder
	toFetch    []*folder // their agency has the result
	toGive     []*folder // the result lies at the office
	toAnswer   []plan    // to complaints

	today postal.Day // on which the past ends
	lived time.Time  // up to where the day was lived
}

// build makes offices, number ranges and staff.
func build(ctx context.Context, h *app.House, clock *Clock, seed uint64, first postal.Day) (*city, error) {
	c := &city{house: h, clock: clock, rand: rand.New(rand.NewPCG(seed, 1)), byCode: map[postal.OfficeCode]*office{}}
	if err := c.makeOffices(ctx, first); err != nil {
		return nil, err
	}
	if err := c.makeStaff(ctx); err != nil {
		return nil, err
	}
	if err := c.reserve(ctx); err != nil {
		return nil, err
	}
	if err := c.fund(ctx); err != nil {
		return nil, err
	}
	return c, c.makeOnestops(ctx)
}

func (c *city) makeOffices(ctx context.Context, first postal.Day) error {
	list := gazetteer.MadeUpOffices(c.house.Places.Gazetteer(), first)
	for n, o := range list {
		list[n].ValidFrom = first.AddDays(-365)
		at := &office{Office: list[n], serial: n + 1, busy: 1, every: 4}
		switch o.Kind {
		case gazetteer.Level1, gazetteer.ServiceCounter, gazetteer.StateCounter:
			at.busy, at.every = 6, 1
		case gazetteer.SortingCentre:
			at.busy, at.every = 0, 1
			c.hub = at
		case gazetteer.Level2:
			at.busy, at.every = 3, 3
		}
		c.offices = append(c.offices, at)
		c.byCode[o.Code] = at
	}
	if c.hub == nil {
		return errors.New("the made-up city has no sorting centre")
	}
	if err := c.house.Offices.SaveOffices(ctx, list...); err != nil {
		return err
	}
	if err := c.house.Places.Reload(ctx); err != nil {
		return err
	}
	for _, u := range c.house.Places.Gazetteer().Units(first) {
		if code, ok := c.house.Places.DeliveryOffice(u.Code); ok {
			o := c.byCode[code]
			o.units = append(o.units, u.Code)
		}
	}
	return nil
}

// person is an account to be made.
type person struct {
	login, name string
	role        web.Role
	take        func(postal.StaffID)
}

func (c *city) makeStaff(ctx context.Context) error {
	var people []person
	for _, o := range c.offices {
		no := fmt.Sprintf("%02d", o.serial)
		add := func(prefix, name string, right web.Right, take func(postal.StaffID)) {
			people = append(people, person{prefix + no, name + " mẫu " + no, web.Role{Name: right, Office: o.Code}, take})
		}
		add("gdv", "Giao dịch viên", web.Clerk, func(id postal.StaffID) { o.clerk = id })
		add("ksv", "Kiểm soát viên", web.Supervisor, func(id postal.StaffID) { o.super = id })
		add("buuta", "Bưu tá", web.Carrier, func(id postal.StaffID) { o.carrier = id })
	}
	for n := range 4 {
		people = append(people, person{fmt.Sprintf("laixe%02d", n+1), fmt.Sprintf("Lái xe mẫu %02d", n+1), web.Role{Name: web.Driver, Office: c.hub.Code},
			func(id postal.StaffID) { c.drivers = append(c.drivers, id) }})
	}
	none := func(postal.StaffID) {}
	people = append(people,
		person{"dieuphoi", "Điều phối viên mẫu", web.Role{Name: web.Dispatcher, Office: c.hub.Code}, none},
		person{"quantri", "Quản trị viên mẫu", web.Role{Name: web.Admin}, none},
		person{"mangluoi", "Quản lý mạng lưới mẫu", web.Role{Name: web.Planner}, none},
		person{"lanhdao", "Lãnh đạo mẫu", web.Role{Name: web.Manager}, none},
		person{"canbo.so", "Cán bộ Sở mẫu", web.Role{Name: web.Department}, none},
	)
	if err := c.addAll(ctx, people); err != nil {
		return err
	}
	for _, p := range people {
		if p.role.Office == "" || p.role.Office == c.hub.Code || p.role.Office == shown || p.role.Office.Agency() != "" {
			o := ""
			if at := c.byCode[p.role.Office]; at != nil {
				o = at.Name
			}
			c.logins = append(c.logins, Login{p.login, p.role.Name.In("vi"), p.role.Name.In("en"), o})
		}
	}
	return nil
}

// addAll makes the accounts on all cores: each password costs a slow hash.
func (c *city) addAll(ctx context.Context, people []person) error {
	ids := make([]postal.StaffID, len(people))
	errs := make([]error, len(people))
	var wg sync.WaitGroup
	next := make(chan int)
	for range 4 {
		wg.Go(func() {
			for n := range next {
				p := people[n]
				home := p.role.Office
				if home.Agency() != "" { // an agency is the scope of a role, not a place of work of ours
					home = ""
				}
				a, _, err := c.house.Accounts.Add(ctx, account.Actor{ID: account.Command}, account.NewPerson{
					Login: p.login, Name: p.name, Office: home, Roles: []web.Role{p.role}, Password: Password,
				})
				ids[n], errs[n] = a.ID, err
			}
		})
	}
	for n := range people {
		next <- n
	}
	close(next)
	wg.Wait()
	for n, err := range errs {
		if err != nil {
			return fmt.Errorf("make account %s: %w", people[n].login, err)
		}
		people[n].take(ids[n])
	}
	return nil
}

// reserve gives every office its item numbers: 20,000 to give in order and 1,000 on printed labels.
func (c *city) reserve(ctx context.Context) error {
	var subs []ledger.Submission
	for _, o := range c.offices {
		from := 10_000_000 + o.serial*100_000
		for _, a := range []custody.ReserveRange{
			{Office: o.Code, Letters: "RR", From: from, To: from + 19_999},
			{Office: o.Code, Letters: "RR", From: from + 50_000, To: from + 50_999, Printed: true},
		} {
			subs = append(subs, ledger.Submission{Envelope: ledger.Envelope{
				Act: c.clock.act(), OccurredMs: postal.Millis(c.house.Now()), Office: o.Code, Actor: o.super,
			}, Act: a})
		}
	}
	results, err := c.house.Ledger.AppendAll(ctx, subs)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Err != nil {
			return r.Err
		}
	}
	return nil
}
