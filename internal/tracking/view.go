package tracking

import (
	"time"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/code"
)

// view is a status as the page shows it: with the names of places, in the reader's language.
type view struct {
	web.Page
	Status
	service *Service
}

// office names an office; one that is closed today or not ours is named by its code.
func (v view) office(o postal.OfficeCode) string {
	if found, ok := v.service.Places.Directory().Office(o); ok {
		return found.FullName(v.Lang)
	}
	if o == "" {
		return ""
	}
	return v.T("Bưu cục ", "Post office ") + string(o)
}

// unit is the exact name of a commune.
func (v view) unit(u postal.UnitCode) string {
	places := v.service.Places.Gazetteer()
	if unit, ok := places.UnitOn(u, v.today()); ok {
		return unit.ExactName(v.Lang)
	}
	if unit, ok := places.Latest(u); ok {
		return unit.ExactName(v.Lang)
	}
	return string(u)
}

// place is an office with the commune in which it stands.
func (v view) place(o postal.OfficeCode) string {
	name := v.office(o)
	if found, ok := v.service.Places.Directory().Office(o); ok {
		name += ", " + v.unit(found.Unit)
	}
	return name
}

func (v view) today() postal.Day { return postal.DayOf(v.service.Now()) }

// holder is the office where the reader can fetch the item.
func (v view) holder() (gazetteer.Office, bool) {
	return v.service.Places.Directory().Office(v.Destination)
}

// reachedAt gives when a step was reached first; zero when the events do not tell.
func (v view) reachedAt(step Step) time.Time {
	var at time.Time
	for _, e := range v.Events { // newest first: the last one found is the first that happened
		if !e.Undone && isStep(e, step, v.Destination) {
			at = postal.FromMillis(e.AtMs)
		}
	}
	return at
}

func isStep(e Event, step Step, destination postal.OfficeCode) bool {
	switch step {
	case Accepted:
		return e.Kind == TakenIn
	case Moving:
		return e.Kind == Departed
	case AtDelivery:
		return e.Kind == Arrived && e.Office == destination
	case OutForDelivery:
		return e.Kind == OnRound
	case Delivered:
		return e.Kind == GivenOut
	}
	return false
}

// bar is the five steps as the page draws them.
func (v view) bar() []web.Step {
	var steps []web.Step
	state := web.StepDone
	for _, s := range Steps() {
		step := web.Step{Label: s.In(v.Lang), State: state}
		if s == v.Step {
			step.State, state = v.stateHere(), web.StepLater
		}
		if step.State != web.StepLater {
			step.When = v.short(v.reachedAt(s))
		}
		steps = append(steps, step)
	}
	return steps
}

// stateHere is how the step stands at which the item is.
func (v view) stateHere() web.StepState {
	switch v.Exception {
	case "", Held:
		return web.StepNow
	}
	return web.StepFailed
}

// short is day and time without the year, under a step.
func (v view) short(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(postal.HoChiMinh).Format(v.T("15:04 02/01", "15:04, 2 Jan"))
}

// timeline is the events as the page lists them, newest first.
func (v view) timeline() []web.Event {
	list := make([]web.Event, len(v.Events))
	for n, e := range v.Events {
		at := postal.FromMillis(e.AtMs)
		list[n] = web.Event{When: v.DateTime(at), Stamp: at.Format(time.RFC3339), Title: e.In(v.Lang), Place: v.place(e.Office), Tone: tone(e)}
		if e.Kind == Redirected {
			list[n].Text = v.T("Nơi đến mới: ", "New destination: ") + v.unit(e.Unit)
		}
	}
	return list
}

func tone(e Event) web.Tone {
	switch {
	case e.Undone:
		return ""
	case e.Kind == DeliveryAttempted, e.Kind == Missing:
		return web.Bad
	case e.Kind == GivenOut, e.Kind == FoundAgain:
		return web.Good
	}
	return ""
}

// facts are the lines under the status.
func (v view) facts() []web.Row {
	rows := []web.Row{}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, web.Row{Key: key, Value: value})
		}
	}
	add(v.T("Dự kiến phát", "Expected"), v.expected())
	add(v.T("Đang ở", "Now at"), v.place(v.At))
	add(v.T("Nhận gửi tại", "Accepted at"), v.place(v.Origin))
	add(v.T("Nơi đến", "Goes to"), v.unit(v.Unit))
	add(v.T("Bưu cục phát", "Delivery office"), v.place(v.Destination))
	if v.Attempts > 0 {
		add(v.T("Số lần phát chưa được", "Failed attempts"), v.Page.Number(int64(v.Attempts)))
	}
	return rows
}

// expected says by when the first delivery is to be tried.
func (v view) expected() string {
	switch {
	case v.Expected.IsZero():
		return ""
	case v.Late:
		return v.T("đã quá ngày "+v.Expected.VN(), "was due on "+v.Date(v.Expected.Start()))
	}
	return v.T("chậm nhất ngày "+v.Expected.VN(), "by "+v.Date(v.Expected.Start()))
}

// unsure reports whether the promised day stands on a rule that nobody could check.
func (v view) unsure() bool {
	return !v.Expected.IsZero() && (v.service.Sure == nil || !v.service.Sure(v.rules))
}

// permalink is the address of this item's page for a person who sees it on paper.
func (v view) permalink() string { return v.service.Base + PathOf(v.Status.Number) }

// qrSide is the side of the printed QR in mm: it must be at least 20.
const qrSide = 30

func (v view) qr() (code.Drawing, error) { return code.QR(v.permalink(), qrSide) }
