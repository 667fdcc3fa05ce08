package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// ClosedDays is how many days of past work a made-up closed house has.
const ClosedDays = 30

// The two KT1 offices of the made-up closed house.
const (
	closedCentre   postal.OfficeCode = "990901"
	closedDistrict postal.OfficeCode = "980100"
)

// bodies is how many made-up bodies use KT1; the last one lacks its contact, the one before it a place for its contact, as faults to mend.
const bodies = 12

// closed is what the demonstration knows of the closed house it makes.
type closed struct {
	house  *app.ClosedHouse
	clock  *Clock
	rand   *rand.Rand
	ids    map[string]postal.StaffID // by login
	logins []Login
	seals  int
	on     map[postal.OfficeCode]string // who holds the shift
	lent   []postal.ItemNumber          // documents to be returned that are out
	wrong  bool                         // the seal difference has happened
	torn   bool

	partners exchange
}

// FillClosed makes people, bodies, facilities and days of past work up to the clock's time in an empty closed house whose Now is clock.Now.
// Everything in it is made up and says so.
func FillClosed(ctx context.Context, h *app.ClosedHouse, clock *Clock, o Options, progress func(done, total int64)) ([]Login, error) {
	if o.Days == 0 {
		o.Days = ClosedDays
	}
	end := clock.Now()
	first := postal.DayOf(end).AddDays(-o.Days)
	clock.rewind(first.Start().Add(5 * time.Hour))
	c := &closed{house: h, clock: clock, rand: rand.New(rand.NewPCG(o.Seed, 3)), ids: map[string]postal.StaffID{}, on: map[postal.OfficeCode]string{}}
	if err := c.furnish(ctx, first); err != nil {
		return nil, fmt.Errorf("make up the closed house: %w", err)
	}
	for n := range o.Days {
		if err := c.day(ctx, n, first.AddDays(n)); err != nil {
			return nil, fmt.Errorf("make up day %d: %w", n+1, err)
		}
		progress(int64(n+1), int64(o.Days+1))
	}
	clock.Set(end)
	if err := c.unfinished(ctx); err != nil {
		return nil, fmt.Errorf("make up today: %w", err)
	}
	progress(int64(o.Days+1), int64(o.Days+1))
	return c.logins, nil
}

// do writes one act in somebody's name, a few seconds after the last.
func (c *closed) do(ctx context.Context, o postal.OfficeCode, login string, a ledger.Act) (ledger.Receipt, error) {
	return c.write(ctx, c.next(), o, login, a)
}

// next lets a few seconds pass and gives the id of what is done then.
func (c *closed) next() postal.ActID {
	c.clock.Set(c.clock.Now().Add(time.Duration(5+c.rand.IntN(20)) * time.Second))
	return c.clock.act()
}

func (c *closed) write(ctx context.Context, id postal.ActID, o postal.OfficeCode, login string, a ledger.Act, beside ...ledger.Beside) (ledger.Receipt, error) {
	r, err := c.house.Ledger.Append(ctx, ledger.Envelope{Act: id, OccurredMs: closedmail.Occurred(a, c.clock.Now()), Office: o, Actor: c.ids[login]}, a, beside...)
	if err != nil {
		return r, fmt.Errorf("%s by %s at %s: %w", a.Name(), login, o, err)
	}
	return r, nil
}

// all writes acts one after the other.
func (c *closed) all(ctx context.Context, o postal.OfficeCode, login string, acts ...ledger.Act) error {
	for _, a := range acts {
		if _, err := c.do(ctx, o, login, a); err != nil {
			return err
		}
	}
	return nil
}

// crewOf are the people of an office: two clerks, a supervisor.
func crewOf(o postal.OfficeCode) (first, second, head string) {
	if o == closedCentre {
		return "kt1.gdv01", "kt1.gdv02", "kt1.ksv01"
	}
	return "kt1.gdv03", "kt1.gdv04", "kt1.ksv02"
}

const closedCourier = "kt1.gtv01"

// furnish makes what must be there before the first item.
func (c *closed) furnish(ctx context.Context, first postal.Day) error {
	list := gazetteer.MadeUpOffices(c.house.Places.Gazetteer(), first)
	list = slices.DeleteFunc(list, func(o gazetteer.Office) bool { return o.Code != closedCentre && o.Code != closedDistrict })
	for n := range list {
		list[n].ValidFrom = first.AddDays(-365)
	}
	if len(list) != 2 {
		return errors.New("the made-up offices lack a KT1 office")
	}
	if err := c.house.Offices.SaveOffices(ctx, list...); err != nil {
		return err
	}
	if err := c.house.Places.Reload(ctx); err != nil {
		return err
	}
	if err := c.people(ctx, first); err != nil {
		return err
	}
	if err := c.things(ctx, first); err != nil {
		return err
	}
	if err := c.directory(ctx, list); err != nil {
		return err
	}
	return c.partner(ctx, first)
}

// closedPerson is an account of the closed house.
type closedPerson struct {
	login, name string
	role        web.Role
	duty        closedmail.Duty
}

func (c *closed) people(ctx context.Context, first postal.Day) error {
	list := []closedPerson{
		{"kt1.gdv01", "Giao dịch viên mẫu 01", web.Role{Name: web.KT1Clerk, Office: closedCentre}, closedmail.Clerk}, {"kt1.gdv02", "Giao dịch viên mẫu 02", web.Role{Name: web.KT1Clerk, Office: closedCentre}, closedmail.Clerk},
		{"kt1.gdv03", "Giao dịch viên mẫu 03", web.Role{Name: web.KT1Clerk, Office: closedDistrict}, closedmail.Clerk}, {"kt1.gdv04", "Giao dịch viên mẫu 04", web.Role{Name: web.KT1Clerk, Office: closedDistrict}, closedmail.Clerk},
		{"kt1.ksv01", "Kiểm soát viên mẫu 01", web.Role{Name: web.KT1Supervisor, Office: closedCentre}, closedmail.Supervisor}, {"kt1.ksv02", "Kiểm soát viên mẫu 02", web.Role{Name: web.KT1Supervisor, Office: closedDistrict}, closedmail.Supervisor},
		{closedCourier, "Giao thông viên mẫu 01", web.Role{Name: web.KT1Courier, Office: closedCentre}, closedmail.Courier},
		{"baomat", "Cán bộ bảo mật mẫu", web.Role{Name: web.SecurityOfficer, Office: closedCentre}, ""}, {"quantri", "Quản trị viên mẫu", web.Role{Name: web.Admin}, ""},
	}
	for n := range bodies {
		list = append(list, closedPerson{registry(n), fmt.Sprintf("Văn thư mẫu %02d", n+1), web.Role{Name: web.RegistryClerk}, ""}, closedPerson{contact(n), fmt.Sprintf("Trực ban mẫu %02d", n+1), web.Role{Name: web.RegistryClerk}, ""})
	}
	for _, p := range list {
		a, _, err := c.house.Accounts.Add(ctx, account.Actor{ID: account.Command}, account.NewPerson{Login: p.login, Name: p.name, Office: p.role.Office, Roles: []web.Role{p.role}, Password: Password})
		if err != nil {
			return fmt.Errorf("make account %s: %w", p.login, err)
		}
		c.ids[p.login] = a.ID
		if p.role.Name != web.RegistryClerk || p.login == registry(0) {
			c.logins = append(c.logins, Login{p.login, p.role.Name.In("vi"), p.role.Name.In("en"), string(p.role.Office)})
		}
	}
	for _, p := range list {
		if p.duty == "" {
			continue
		}
		for n, paper := range closedmail.Papers {
			f := closedmail.FilePaper{Person: c.ids[p.login], Paper: paper, On: first.AddDays(-90 - 30*n)}
			if paper == closedmail.Training {
				f.Until = first.AddDays(300 + c.rand.IntN(200))
			}
			if err := c.all(ctx, closedCentre, "baomat", f); err != nil {
				return err
			}
		}
		if err := c.all(ctx, closedCentre, "baomat", closedmail.Assign{Person: c.ids[p.login], Duty: p.duty, Office: p.role.Office}); err != nil {
			return err
		}
	}
	return nil
}

func registry(n int) string { return fmt.Sprintf("vanthu%02d", n+1) }
func contact(n int) string  { return fmt.Sprintf("trucban%02d", n+1) }
func code(n int) closedmail.BodyCode {
	return closedmail.BodyCode(fmt.Sprintf("cq-%04d", n+1))
}

// things brings numbers, facilities and the first shifts.
func (c *closed) things(ctx context.Context, first postal.Day) error {
	for n, o := range []postal.OfficeCode{closedCentre, closedDistrict} {
		clerk, _, head := crewOf(o)
		acts := []ledger.Act{custody.ReserveRange{Office: o, Letters: custody.Letters(event.KT1), From: 10_000_000 * (n + 1), To: 10_000_000*(n+1) + 99_999}}
		for _, kind := range []string{"kv", "xe", "hop", "tui", "tui", "tui", "dv", "dv", "dv"} {
			f := closedmail.FacilityCode(fmt.Sprintf("%s-%02d", kind, len(acts)+50*n))
			acts = append(acts, closedmail.AddFacility{Facility: f, Office: o}, closedmail.Inspect{Facility: f, Until: first.AddDays(inspected)})
			if kind == "kv" || kind == "xe" {
				acts = append(acts, closedmail.NameResponsible{Facility: f, Person: c.ids[head]})
			}
		}
		if err := c.all(ctx, o, head, acts...); err != nil {
			return err
		}
		if err := c.all(ctx, o, clerk, closedmail.OpenShift{Office: o}); err != nil {
			return err
		}
		c.on[o] = clerk
	}
	return nil
}

// directory lists the bodies: some of Appendix I, most of Appendix II, half of them delivered by the other office.
func (c *closed) directory(ctx context.Context, offices []gazetteer.Office) error {
	unit := map[postal.OfficeCode]postal.UnitCode{}
	for _, o := range offices {
		unit[o.Code] = o.Unit
	}
	var entries []closedmail.Entry
	for n := range bodies {
		e := closedmail.Entry{Code: code(n), List: closedmail.Appendix2, Name: fmt.Sprintf("Cơ quan mẫu số %02d (dựng)", n+1), Address: fmt.Sprintf("%d phố Mẫu", n+1), Zone: closedmail.Inner, Office: closedCentre, Hours: "07:30-11:30,13:30-17:00"}
		if n < 4 {
			e.List = closedmail.Appendix1
		}
		if n%2 == 1 {
			e.Office, e.Zone = closedDistrict, closedmail.Suburban
		}
		if n < bodies-2 {
			e.Contact = closedmail.Contact{Place: fmt.Sprintf("Phòng trực mẫu, %d phố Mẫu", n+1), Phone: postal.Phone(fmt.Sprintf("+842253000%03d", n+1)), Known: true}
		}
		e.Unit = unit[e.Office]
		entries = append(entries, e)
	}
	plan, err := c.house.Directory.Plan(ctx, entries, postal.DayOf(c.clock.Now()))
	if err != nil {
		return err
	}
	tick := func() time.Time { c.clock.Set(c.clock.Now().Add(time.Second)); return c.clock.Now() }
	if err := c.house.Directory.Import(ctx, plan, ledger.Envelope{Office: closedCentre, Actor: c.ids["kt1.ksv01"]}, c.ids["kt1.ksv01"], tick); err != nil {
		return err
	}
	for n := range bodies {
		acts := []ledger.Act{closedmail.NamePerson{Body: code(n), Person: c.ids[registry(n)], As: closedmail.ForClerk}}
		if n != bodies-1 {
			acts = append(acts, closedmail.NamePerson{Body: code(n), Person: c.ids[contact(n)], As: closedmail.ForContact}, closedmail.NamePerson{Body: code(n), Person: c.ids[contact(n)], As: closedmail.ForLeader})
		}
		if err := c.all(ctx, closedCentre, "kt1.ksv01", acts...); err != nil {
			return err
		}
	}
	return nil
}
