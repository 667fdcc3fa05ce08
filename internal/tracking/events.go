package tracking

import (
	"slices"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
)

// Kind says what happened in a public event.
type Kind string

// The kinds of public events.
const (
	TakenIn           Kind = "accepted"
	Departed          Kind = "departed"
	Arrived           Kind = "arrived"
	OnRound           Kind = "out_for_delivery"
	DeliveryAttempted Kind = "attempted"
	KeptForPickup     Kind = "held"
	Redirected        Kind = "redirected"
	TurnedBack        Kind = "returning"
	GivenOut          Kind = "delivered"
	GivenBack         Kind = "returned"
	Missing           Kind = "trouble"
	FoundAgain        Kind = "found"
)

// Event is one thing that happened to an item, fit for anyone's eyes.
type Event struct {
	AtMs   int64             `json:"at_ms"`
	Kind   Kind              `json:"kind"`
	Office postal.OfficeCode `json:"office,omitempty"`
	Unit   postal.UnitCode   `json:"unit,omitempty"`   // the new commune of a redirected item
	Reason string            `json:"reason,omitempty"` // of a failed attempt or a return
	Until  postal.Day        `json:"until,omitzero"`   // the last day of a held item
	Undone bool              `json:"undone,omitempty"` // it was noted by mistake and taken back

	seq  int64
	next string // what follows a failed attempt
}

// events tells an item's history as the public may see it, newest first.
func events(number postal.ItemNumber, steps []custody.Step) []Event {
	var out []Event
	for _, s := range steps {
		for _, f := range s.Entry.Facts {
			if undone, ok := f.(event.ItemUndone); ok {
				strike(out, undone.Seq)
				continue
			}
			if e, ok := public(number, s, f); ok {
				e.AtMs, e.seq = believable(s.Entry), s.Entry.Seq
				out = append(out, e)
			}
		}
	}
	slices.Reverse(out)
	return out
}

func strike(list []Event, seq int64) {
	for n := range list {
		if list[n].seq == seq {
			list[n].Undone = true
		}
	}
}

// longAgo is how far back a device's word on the time is taken; beyond it, and in the future, our own clock counts.
const longAgo = 31 * 24 * time.Hour

func believable(e *event.Entry) int64 {
	if e.OccurredMs > e.RecordedMs || e.OccurredMs < e.RecordedMs-longAgo.Milliseconds() {
		return e.RecordedMs
	}
	return e.OccurredMs
}

// public gives the event that a fact of the item's history is to the public; most facts are none.
func public(number postal.ItemNumber, s custody.Step, f event.Fact) (Event, bool) {
	here := s.Entry.Office
	switch f := f.(type) {
	case event.ItemAccepted:
		return Event{Kind: TakenIn, Office: here}, true
	case event.HandoverCompleted:
		return passed(number, s.Via, f)
	case event.ItemAttempted:
		return Event{Kind: DeliveryAttempted, Office: here, Reason: f.Reason, next: f.Next}, true
	case event.ItemHeld:
		return Event{Kind: KeptForPickup, Office: here, Until: f.Until}, true
	case event.ItemRedirected:
		return Event{Kind: Redirected, Office: here, Unit: f.ToUnit}, true
	case event.ItemReturning:
		return Event{Kind: TurnedBack, Office: here, Reason: f.Reason}, true
	case event.ItemDelivered:
		if f.To == "sender" {
			return Event{Kind: GivenBack, Office: here}, true
		}
		return Event{Kind: GivenOut, Office: here}, true
	case event.ItemTakenBack:
		return Event{Kind: Arrived, Office: here}, true
	case event.ItemLost:
		return Event{Kind: Missing, Office: here}, true
	case event.BagEmptied:
		return Event{Kind: Missing, Office: here}, slices.Contains(f.Short, number)
	case event.ItemFound:
		return Event{Kind: FoundAgain, Office: here}, true
	case event.IrregularitySettled:
		return settled(number, s.Via, f)
	}
	return Event{}, false
}

// passed tells what a handover was for an item that went along, itself or in its container.
func passed(number postal.ItemNumber, via event.Thing, f event.HandoverCompleted) (Event, bool) {
	thing := via
	if via == "" {
		thing = event.Thing(number)
	}
	if thing != f.Dispatch && !slices.Contains(f.Moved, thing) {
		return Event{}, false
	}
	if to := custody.Office(f.To); to != "" {
		return Event{Kind: Arrived, Office: to}, true
	}
	if custody.Agency(f.To) != "" {
		return Event{Kind: GivenOut}, true
	}
	if f.Purpose == custody.ForDelivery {
		return Event{Kind: OnRound, Office: custody.Office(f.From)}, true
	}
	return Event{Kind: Departed, Office: custody.Office(f.From)}, custody.Office(f.From) != ""
}

// settled tells where a person decided that the item is.
func settled(number postal.ItemNumber, via event.Thing, f event.IrregularitySettled) (Event, bool) {
	if via != "" && f.Thing != via || via == "" && f.Thing != event.Thing(number) {
		return Event{}, false
	}
	switch f.Holder {
	case event.Recipient:
		return Event{Kind: GivenOut}, true
	case event.Sender:
		return Event{Kind: GivenBack}, true
	case event.Lost:
		return Event{Kind: Missing}, true
	}
	return Event{Kind: Arrived, Office: custody.Office(f.Holder)}, custody.Office(f.Holder) != ""
}

// furthest is the furthest step that the events speak of.
func furthest(events []Event) Step {
	rank := 0
	for _, e := range events {
		if !e.Undone {
			rank = max(rank, reached[e.Kind])
		}
	}
	return Steps()[rank]
}

// reached says which step of the bar an event stands for.
var reached = map[Kind]int{Departed: 1, Arrived: 1, KeptForPickup: 2, OnRound: 3, DeliveryAttempted: 3, GivenOut: 4}
