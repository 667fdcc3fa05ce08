package notify

import (
	"time"

	"citypost/internal/postal"
)

// Quiet is the part of the day in which nobody is disturbed: from one full hour until another, local time. From equal to Until: never quiet.
type Quiet struct{ From, Until int }

// Night is the quiet time of this service: nine in the evening until seven in the morning. It is our own courtesy, no rule of the law.
var Night = Quiet{From: 21, Until: 7}

// Next is t, or the end of the quiet time that t falls into.
func (q Quiet) Next(t time.Time) time.Time {
	local := t.In(postal.HoChiMinh)
	h := local.Hour()
	quiet := q.From <= h && h < q.Until
	if q.From > q.Until {
		quiet = h >= q.From || h < q.Until
	}
	if !quiet {
		return t
	}
	end := time.Date(local.Year(), local.Month(), local.Day(), q.Until, 0, 0, 0, postal.HoChiMinh)
	if !end.After(t) {
		end = end.AddDate(0, 0, 1)
	}
	return end
}
