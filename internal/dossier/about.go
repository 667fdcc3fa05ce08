package dossier

import (
	"reflect"
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// About names the dossiers that an entry says something of: by their own facts, and by what custody says of the items that carry them. For followers outside: reports and notifications.
func About(v *ledger.View, e *event.Entry) []postal.DossierNumber {
	var out []postal.DossierNumber
	add := func(n postal.DossierNumber) {
		if n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	byItem := func(n postal.ItemNumber) {
		if c, ok := ledger.Get[*Carriage](v, ItemKey(n)); ok {
			add(c.Dossier)
		}
	}
	for _, f := range e.Facts {
		if own := reflect.ValueOf(f).FieldByName("Dossier"); own.IsValid() { // every fact of a dossier names it there
			add(postal.DossierNumber(own.String()))
			continue
		}
		for _, n := range itemsOf(f) {
			byItem(n)
		}
	}
	return out
}

// itemsOf lists the items that a fact of custody or of money is about.
func itemsOf(f event.Fact) []postal.ItemNumber {
	var things []event.Thing
	switch f := f.(type) {
	case event.HandoverOpened:
		things = f.Things
	case event.HandoverCompleted:
		things = slices.Concat(f.Moved, f.Short, f.Refused)
	case event.BagEmptied:
		return f.Short
	case event.ItemTakenBack:
		return []postal.ItemNumber{f.Item}
	case event.Compensated:
		return []postal.ItemNumber{f.Item}
	case event.PostageRefunded:
		return []postal.ItemNumber{f.Item}
	case event.IrregularityRaised:
		things = []event.Thing{f.Thing}
	case event.Observed:
		things = []event.Thing{f.Thing}
	default:
		if n := itemOf(f); n != "" {
			return []postal.ItemNumber{n}
		}
	}
	out := make([]postal.ItemNumber, len(things))
	for n, t := range things {
		out[n] = postal.ItemNumber(t)
	}
	return out
}
