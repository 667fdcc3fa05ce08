package app

import (
	"context"
	"time"

	"citypost/internal/api"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// terms gives the API the prices and due times that the desk shows.
type terms struct {
	quotes desk.Quoter // nil: no prices
	clock  desk.Clock
	places *Places
}

// Terms prices an item and says when it is due. A case that no rule covers costs nothing and is due at no time, as at the desk.
func (t *terms) Terms(s event.Service, from postal.OfficeCode, to postal.UnitCode, weight postal.Grams, at time.Time) (p api.Promise, err error) {
	o, ok := t.places.Directory().Office(from)
	if !ok {
		return p, fault.New(fault.NotFound, "app.office", "Không có bưu cục %s.", "There is no office %s.", from)
	}
	ctx := context.Background() // both answer from memory
	if t.quotes != nil {
		lines, err := t.quotes.Quote(ctx, s, o.Unit, to, weight, postal.DayOf(at))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return p, err
		}
		for _, l := range lines {
			if p.FeeVND, err = p.FeeVND.Add(l.Amount); err != nil {
				return p, err
			}
			p.Rules = append(p.Rules, l.Rule)
		}
	}
	due, err := t.clock.Due(ctx, s, o.Unit, to, at)
	if err != nil || due.At.IsZero() {
		return p, err
	}
	p.DueMs = postal.Millis(due.At)
	p.Rules = append(p.Rules, due.Rule)
	return p, nil
}
