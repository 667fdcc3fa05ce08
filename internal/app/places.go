package app

import (
	"context"
	"sync/atomic"
	"time"

	"citypost/internal/account"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
)

// Places holds today's picture of units and offices; Reload takes a new one.
type Places struct {
	store *gazetteer.Store
	now   func() time.Time
	last  atomic.Pointer[picture]
}

// picture is one moment's units and offices; it never changes.
type picture struct {
	units     *gazetteer.Gazetteer
	offices   *gazetteer.Directory
	delivery  map[postal.UnitCode]postal.OfficeCode
	pickables []account.Office
}

// Reload reads units and offices from the database.
func (p *Places) Reload(ctx context.Context) error {
	units, err := p.store.Gazetteer(ctx)
	if err != nil {
		return err
	}
	today := postal.DayOf(p.now())
	offices, err := p.store.Directory(ctx, units, today)
	if err != nil {
		return err
	}
	pic := &picture{units: units, offices: offices, delivery: map[postal.UnitCode]postal.OfficeCode{}}
	for _, o := range offices.All() {
		pic.pickables = append(pic.pickables, account.Office{Code: o.Code, Name: o.Name})
	}
	for _, u := range units.Units(today) {
		if o, err := offices.DeliveringTo(u.Code); err == nil { // without offices nobody delivers
			pic.delivery[u.Code] = o.Code
		}
	}
	p.last.Store(pic)
	return nil
}

// Gazetteer gives the units.
func (p *Places) Gazetteer() *gazetteer.Gazetteer { return p.last.Load().units }

// Directory gives the offices open today.
func (p *Places) Directory() *gazetteer.Directory { return p.last.Load().offices }

// DeliveryOffice gives the office that delivers in a commune.
func (p *Places) DeliveryOffice(unit postal.UnitCode) (postal.OfficeCode, bool) {
	o, ok := p.last.Load().delivery[unit]
	return o, ok
}

// Offices lists the offices that a role can be bound to.
func (p *Places) Offices(context.Context) ([]account.Office, error) {
	return p.last.Load().pickables, nil
}
