package tracking

import (
	"context"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Step is one of the five steps of the bar.
type Step string

// The steps, in order.
const (
	Accepted       Step = "accepted"
	Moving         Step = "moving"
	AtDelivery     Step = "at_delivery_office"
	OutForDelivery Step = "out_for_delivery"
	Delivered      Step = "delivered"
)

// Steps lists the five steps of the bar, in order.
func Steps() []Step { return []Step{Accepted, Moving, AtDelivery, OutForDelivery, Delivered} }

// Exception is what takes the place of the bar's head when an item does not go the plain way.
type Exception string

// The exceptions; "" is none.
const (
	Held      Exception = "held"      // waits at the office to be fetched
	Attempted Exception = "attempted" // a delivery failed
	Returning Exception = "returning" // goes back to its sender
	Returned  Exception = "returned"  // is with its sender again
	Trouble   Exception = "trouble"   // we are looking for it
)

// Todo says what the reader should do.
type Todo string

// What there may be to do.
const (
	Wait         Todo = "wait"          // nothing yet
	BeThere      Todo = "be_there"      // somebody should be at the address today
	NextAttempt  Todo = "next_attempt"  // the carrier comes again: be there, or call
	CheckAddress Todo = "check_address" // call the office: the address was not right
	WaitHold     Todo = "wait_hold"     // it will be kept at the office: wait for its day
	Fetch        Todo = "fetch"         // come to the office and fetch it
	Call         Todo = "call"          // late or in trouble: call us
	Nothing      Todo = "nothing"       // it is over
)

// Status is what anyone who knows a number may know.
type Status struct {
	Number    postal.ItemNumber `json:"number"`
	Step      Step              `json:"step"` // how far it has come; with an exception, how far it came before
	Exception Exception         `json:"exception,omitempty"`
	Todo      Todo              `json:"todo"`
	Ended     bool              `json:"ended"`
	Late      bool              `json:"late"` // past the day on which delivery was to be tried first

	Origin      postal.OfficeCode `json:"origin"`
	Destination postal.OfficeCode `json:"destination"` // the delivering office
	Unit        postal.UnitCode   `json:"unit"`        // the commune it goes to
	At          postal.OfficeCode `json:"at"`          // the office where it is now; "" between offices, on its round, or when it is over
	Expected    postal.Day        `json:"expected,omitzero"`
	HeldUntil   postal.Day        `json:"held_until,omitzero"`
	Reason      string            `json:"reason,omitempty"` // of the last failed attempt, or of the return
	Attempts    int               `json:"attempts"`

	Events []Event `json:"events"` // newest first

	rules []string // that gave price and due time: for the page to tell whether the day is sure, never shown
}

// NotFound is the one answer for every number that we do not show: malformed, unknown, of another post, withdrawn, of a dossier, or of a closed service.
func NotFound() error { return errNotFound }

var errNotFound = fault.New(fault.NotFound, "tracking.not_found",
	"Chưa tra cứu được số hiệu này. Số hiệu có 13 ký tự, ví dụ RR 473 124 829 VN: hãy đọc lại trên biên nhận. Bưu gửi mới gửi có thể hiện sau ít phút.",
	"This number cannot be shown. A number has 13 characters, for example RR 473 124 829 VN: read it again on your receipt. An item sent just now may take a few minutes to appear.")

// Track tells how far the item of a typed or scanned number has come. Every number that is not shown fails with NotFound, after the same work.
func Track(ctx context.Context, l *ledger.Ledger, typed string) (Status, error) {
	number, wrong := read(typed)
	v := l.View(ctx)
	item, found := ledger.Get[*custody.Item](v, custody.ItemKey(number))
	if err := v.Err(); err != nil {
		return Status{}, err
	}
	if wrong != nil || !found || item.Stage == custody.Withdrawn || custody.NeedsIdentity(item.Service) { // a dossier is followed by its code and secret
		return Status{}, errNotFound
	}
	holder, _ := custody.Holder(v, event.Thing(number))
	steps, err := custody.History(ctx, l, number)
	if err == nil {
		err = v.Err()
	}
	if err != nil {
		return Status{}, err
	}
	s := statusOf(item, holder, events(number, steps), v.NowMs)
	s.rules = rulesOf(steps)
	return s, nil
}

// rulesOf gives the rules frozen at acceptance.
func rulesOf(steps []custody.Step) []string {
	for _, s := range steps {
		for _, f := range s.Entry.Facts {
			if a, ok := f.(event.ItemAccepted); ok {
				return a.Rules
			}
		}
	}
	return nil
}

// read gives the number meant. One that cannot be read gives a number that nobody has, so that asking costs the same.
func read(typed string) (postal.ItemNumber, error) {
	const longest = 64 // more than any number with blanks and a garbled letter or two
	if len(typed) > longest {
		typed = ""
	}
	fixed, _ := postal.MendScan(typed)
	number, err := postal.ParseItemNumber(fixed)
	if err != nil {
		return "AA000000000VN", err
	}
	return number, nil
}

func statusOf(i *custody.Item, holder event.Holder, events []Event, nowMs int64) Status {
	s := Status{
		Number: i.Code, Origin: i.Origin, Destination: i.ToOffice, Unit: i.ToUnit, At: custody.Office(holder),
		Attempts: i.Attempts, Ended: i.Ended(), Events: events,
	}
	s.Step = stepOf(i, holder, events)
	s.Exception = exceptionOf(i, events)
	switch s.Exception {
	case Held:
		s.HeldUntil = postal.DayOf(postal.FromMillis(i.HeldUntilMs))
	case Attempted:
		s.Reason = i.Reason
	case Returning, Returned:
		s.Reason = i.Returning
	}
	if i.DueMs > 0 && i.AttemptMs == 0 && !s.Ended && i.Returning == "" {
		s.Expected = postal.DayOf(postal.FromMillis(i.DueMs))
		s.Late = nowMs > i.DueMs
	}
	s.Todo = todoOf(i, s)
	return s
}

// stepOf follows the item's own stage, and its containers' where the item itself has not been touched since. An item that leaves the plain way keeps the
// furthest step that it reached.
func stepOf(i *custody.Item, holder event.Holder, events []Event) Step {
	if i.Returning != "" || i.Stage == custody.Missing {
		return furthest(events)
	}
	switch i.Stage {
	case custody.Delivered:
		return Delivered
	case custody.Out, custody.Attempted:
		return OutForDelivery
	case custody.AtArrival, custody.Held:
		return AtDelivery
	case custody.Accepted:
		return Accepted
	}
	if custody.Office(holder) == i.ToOffice {
		return AtDelivery // in a bag that has come but is not opened yet
	}
	if furthest(events) == Accepted {
		return Accepted // in a bag that has not left yet
	}
	return Moving
}

func exceptionOf(i *custody.Item, events []Event) Exception {
	switch {
	case i.Stage == custody.Returned:
		return Returned
	case i.Stage == custody.Missing:
		return Trouble
	case i.Stage == custody.Delivered:
		return ""
	case i.Returning != "":
		return Returning
	case i.Stage == custody.Held:
		return Held
	case i.Stage == custody.Attempted, i.Stage == custody.AtArrival && lastAttempt(events) != nil:
		return Attempted
	}
	return ""
}

// lastAttempt is the last failed attempt at the address that the item still goes to, nil when there is none.
func lastAttempt(events []Event) *Event {
	for n := range events {
		switch e := &events[n]; {
		case e.Undone:
		case e.Kind == Redirected:
			return nil
		case e.Kind == DeliveryAttempted:
			return e
		}
	}
	return nil
}

func todoOf(i *custody.Item, s Status) Todo {
	switch {
	case s.Ended:
		return Nothing
	case s.Exception == Trouble, s.Late:
		return Call
	case s.Exception == Returning:
		return Wait
	case s.Exception == Held:
		return Fetch
	case s.Exception == Attempted:
		return afterAttempt(i, s.Events)
	case s.Step == OutForDelivery:
		return BeThere
	}
	return Wait
}

func afterAttempt(i *custody.Item, events []Event) Todo {
	if e := lastAttempt(events); e != nil && e.next == "hold" {
		return WaitHold
	}
	if i.Reason == "wrong_address" || i.Reason == "moved" {
		return CheckAddress
	}
	return NextAttempt
}
