package closedmail

import (
	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// ForeignTerms gives the due time of an item that was accepted in another province, by the rules of the day on its stamp. Nothing is charged here, and who may write to
// whom was asked where it was accepted. A timed item that was accepted too late there is due at its time all the same.
func (l *Law) ForeignTerms(a TakeIn) (Terms, error) {
	t := Terms{Inter: true, Suburban: a.Suburban}
	q := calendar.Question{Service: calendar.KT1, Route: calendar.Inter, Class: calendar.Class(a.Urgency), Secrecy: string(a.Secrecy), Accepted: a.OriginDay.Start(), Suburban: a.Suburban, Unit: a.ToUnit}
	if a.AtMs != 0 {
		q.At = postal.FromMillis(a.AtMs)
	}
	err := l.due(&t, q)
	if fault.Code(err) == "calendar.timed_late" {
		t.Due, err = q.At, nil
	}
	return t, err
}
