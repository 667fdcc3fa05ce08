package demo

import (
	"context"

	"citypost/internal/booking"
	"citypost/internal/postal"
	"citypost/internal/procedure"
)

// bookings makes up dossiers that citizens prepared: some for the counter, and pick-ups at home in every state, at the hub and at the office that is shown.
func (c *city) bookings(ctx context.Context) error {
	s := c.house.Bookings
	day, err := c.house.Calendar.NextWorking(postal.DayOf(c.house.Now()))
	if err != nil {
		return err
	}
	hits, _ := c.house.Procedures.Catalogue().Find(procedure.Query{Day: postal.DayOf(c.house.Now()), By: procedure.Postal, Limit: 5})
	var codes []string
	for _, h := range hits {
		codes = append(codes, string(h.Version.Code))
	}
	if len(codes) == 0 { // the list that was given has nothing by post
		return nil
	}
	offices := []*office{c.hub}
	if o := c.byCode[shown]; o != nil && o != c.hub {
		offices = append(offices, o)
	}
	for _, o := range offices {
		if len(o.units) == 0 {
			continue
		}
		for n, want := range []booking.State{booking.Counter, booking.Asked, booking.Asked, booking.Assigned, booking.Failed, booking.Fetched} {
			who := c.someone("Người gửi mẫu", o.units[n%len(o.units)])
			p := booking.Person{Name: who.Name, Phone: who.Phone, Address: who.Address}
			way := booking.AtHome
			if want == booking.Counter {
				way = booking.ByCounter
			}
			w := booking.Window{Opens: "08:00", Closes: "10:00"}
			b, err := s.Book(ctx, codes[n%len(codes)], p, way, who.Unit, day, w)
			if err != nil {
				return err
			}
			if want == booking.Counter || want == booking.Asked {
				continue
			}
			if err := s.Assign(ctx, b, o.carrier, day, w); err != nil {
				return err
			}
			switch want {
			case booking.Failed:
				err = s.Fail(ctx, b, o.carrier, booking.Absent)
			case booking.Fetched:
				err = s.Fetch(ctx, b, o.carrier)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
