package demo

import (
	"context"
	"fmt"
	"time"

	"citypost/internal/app"
	"citypost/internal/postal"
	"citypost/internal/procedure"
)

// City is a made-up city that can go on living.
type City struct{ c *city }

// Options are what the city follows from.
type Options struct {
	Seed uint64
	Days int // of past work; PastDays when 0
}

// PastDays is how many days of past work a city has.
const PastDays = 90

// Fill makes offices, staff and days of past work up to the clock's time, in an empty house whose Now is clock.Now. progress hears how many days of how
// many are done.
func Fill(ctx context.Context, h *app.House, clock *Clock, o Options, progress func(done, total int64)) (*City, error) {
	if o.Days == 0 {
		o.Days = PastDays
	}
	end := clock.Now()
	today := postal.DayOf(end)
	first := today.AddDays(-o.Days)
	if err := procedure.MakeUp(ctx, h.Procedures, today); err != nil {
		return nil, err
	}
	clock.rewind(first.Start().Add(6 * time.Hour))
	c, err := build(ctx, h, clock, o.Seed, first)
	if err != nil {
		return nil, fmt.Errorf("make up the city: %w", err)
	}
	c.today = today
	for n := range o.Days {
		if err := c.day(ctx, first.AddDays(n), end); err != nil {
			return nil, fmt.Errorf("make up %s: %w", first.AddDays(n), err)
		}
		progress(int64(n+1), int64(o.Days+1))
	}
	if err := c.day(ctx, today, end); err != nil {
		return nil, fmt.Errorf("make up today: %w", err)
	}
	clock.Set(end)
	if err := c.bookings(ctx); err != nil {
		return nil, fmt.Errorf("make up bookings: %w", err)
	}
	if err := c.leaveOpen(ctx); err != nil {
		return nil, fmt.Errorf("leave dossiers open: %w", err)
	}
	progress(int64(o.Days+1), int64(o.Days+1))
	return &City{c}, nil
}

// day does the parts of a day that come before end.
func (c *city) day(ctx context.Context, day postal.Day, end time.Time) error {
	for _, p := range c.phases(day) {
		at := day.Start().Add(time.Duration(p.minute) * time.Minute)
		if !at.Before(end) {
			return nil
		}
		c.clock.Set(at)
		if err := p.do(ctx); err != nil {
			return err
		}
		c.lived = at
	}
	return nil
}

// Logins lists the accounts to show.
func (city *City) Logins() []Login { return city.c.logins }

// Live goes on with the city's days as the clock runs, until ctx ends.
func (city *City) Live(ctx context.Context) error {
	c := city.c
	for day := postal.DayOf(c.house.Now()); ; day = day.AddDays(1) {
		for _, p := range c.phases(day) {
			at := day.Start().Add(time.Duration(p.minute) * time.Minute)
			if !at.After(c.lived) {
				continue
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(max(0, c.clock.wait(at))):
			}
			if err := p.do(ctx); err != nil {
				// People at the screens may have moved what the plan counted on: the city goes on with the rest.
				c.house.Log.WarnContext(ctx, "demonstration skips a step", "err", err)
			}
			c.lived = at
		}
	}
}
