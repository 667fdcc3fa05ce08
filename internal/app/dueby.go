package app

import (
	"context"
	"time"

	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// dueBy gives the API the due times that the desk shows.
type dueBy struct {
	clock  desk.Clock
	places *Places
}

// DueBy says when an item is due; a case that no rule covers is due at no time, as at the desk.
func (d *dueBy) DueBy(s event.Service, from postal.OfficeCode, to postal.UnitCode, at time.Time) (dueMs int64, rule string, err error) {
	o, ok := d.places.Directory().Office(from)
	if !ok {
		return 0, "", fault.New(fault.NotFound, "app.office", "Không có bưu cục %s.", "There is no office %s.", from)
	}
	due, err := d.clock.Due(context.Background(), s, o.Unit, to, at) // it answers from memory
	if err != nil || due.At.IsZero() {
		return 0, "", err
	}
	return postal.Millis(due.At), due.Rule, nil
}
