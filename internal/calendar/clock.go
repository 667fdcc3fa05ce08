package calendar

import (
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Clock measures a duty: it starts, may pause and go on, and stops. It is a value: every act gives a new clock and leaves the old one as it was.
// The zero Clock has not started.
type Clock struct {
	Started time.Time `json:"started,omitzero"`
	Pauses  []Pause   `json:"pauses,omitempty"`
	Stopped time.Time `json:"stopped,omitzero"`
}

// Pause is a time in which the clock stands. Until is zero while it lasts.
type Pause struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// StartClock gives a clock that runs from an instant.
func StartClock(at time.Time) Clock { return Clock{Started: at} }

// Running reports whether the clock has started, has not stopped and does not stand.
func (c Clock) Running() bool { return !c.Started.IsZero() && c.Stopped.IsZero() && !c.Paused() }

// Paused reports whether the clock stands now.
func (c Clock) Paused() bool {
	return len(c.Pauses) > 0 && c.Pauses[len(c.Pauses)-1].Until.IsZero()
}

// Pause makes a running clock stand.
func (c Clock) Pause(at time.Time) (Clock, error) {
	if !c.Running() {
		return c, fault.New(fault.Conflict, "calendar.clock_not_running", "Đồng hồ thời hạn không chạy nên không thể tạm dừng.", "The clock does not run, so it cannot be paused.")
	}
	if err := c.notBefore(at); err != nil {
		return c, err
	}
	c.Pauses = append(c.Pauses[:len(c.Pauses):len(c.Pauses)], Pause{From: at})
	return c, nil
}

// Resume makes a standing clock go on.
func (c Clock) Resume(at time.Time) (Clock, error) {
	if !c.Paused() || !c.Stopped.IsZero() {
		return c, fault.New(fault.Conflict, "calendar.clock_not_paused", "Đồng hồ thời hạn không tạm dừng nên không thể chạy tiếp.", "The clock does not stand, so it cannot go on.")
	}
	if err := c.notBefore(at); err != nil {
		return c, err
	}
	c.Pauses = append([]Pause(nil), c.Pauses...)
	c.Pauses[len(c.Pauses)-1].Until = at
	return c, nil
}

// Stop ends the clock. A standing clock may be stopped: the last pause then lasts until the stop.
func (c Clock) Stop(at time.Time) (Clock, error) {
	if c.Started.IsZero() || !c.Stopped.IsZero() {
		return c, fault.New(fault.Conflict, "calendar.clock_stopped", "Đồng hồ thời hạn chưa chạy hoặc đã dừng hẳn.", "The clock has not started or has stopped for good.")
	}
	if err := c.notBefore(at); err != nil {
		return c, err
	}
	if c.Paused() {
		c, _ = c.Resume(at)
	}
	c.Stopped = at
	return c, nil
}

// Restart gives a clock that begins anew, as when a dossier has become complete (Decree 61/2018, article 19.4).
func (c Clock) Restart(at time.Time) (Clock, error) {
	if err := c.notBefore(at); err != nil {
		return c, err
	}
	return StartClock(at), nil
}

// notBefore refuses an act that lies before what the clock already knows.
func (c Clock) notBefore(at time.Time) error {
	last := c.Started
	for _, p := range c.Pauses {
		for _, t := range []time.Time{p.From, p.Until} {
			if t.After(last) {
				last = t
			}
		}
	}
	if at.Before(last) {
		return fault.New(fault.Conflict, "calendar.clock_backwards", "Thời điểm này đứng trước lần ghi gần nhất của đồng hồ thời hạn.", "This moment lies before the last one that the clock knows.")
	}
	return nil
}

// runs gives the spans in which the clock ran, until now at the latest.
func (c Clock) runs(now time.Time) []Span {
	if c.Started.IsZero() {
		return nil
	}
	end := now
	if !c.Stopped.IsZero() && c.Stopped.Before(now) {
		end = c.Stopped
	}
	var runs []Span
	from := c.Started
	for _, p := range c.Pauses {
		if p.From.After(end) {
			break
		}
		runs = append(runs, Span{From: from, Until: p.From})
		if p.Until.IsZero() {
			return runs
		}
		from = p.Until
	}
	if from.Before(end) {
		runs = append(runs, Span{From: from, Until: end})
	}
	return runs
}

// Elapsed gives how long the clock ran, day and night, until now.
func (c Clock) Elapsed(now time.Time) time.Duration {
	var total time.Duration
	for _, run := range c.runs(now) {
		total += run.Until.Sub(run.From)
	}
	return total
}

// OpenTime gives how long the clock ran while a desk was open.
func (c Clock) OpenTime(cal *Calendar, desk Desk, now time.Time) (time.Duration, error) {
	var total time.Duration
	for _, run := range c.runs(now) {
		open, err := cal.OpenTime(desk, run.From, run.Until)
		if err != nil {
			return 0, err
		}
		total += open
	}
	return total, nil
}

// WorkingDays counts the working days used until now: those after the day of the start that have ended with the clock running.
func (c Clock) WorkingDays(cal *Calendar, now time.Time) (int, error) {
	if c.Started.IsZero() {
		return 0, nil
	}
	if !c.Stopped.IsZero() && c.Stopped.Before(now) {
		now = c.Stopped
	}
	used := 0
	at, err := cal.at(postal.DayOf(c.Started))
	for err == nil {
		if err = at.next(); err != nil || at.day.End().After(now) {
			break
		}
		if at.worked() && !c.standsAt(at.day.End()) {
			used++
		}
	}
	return used, err
}

// Due gives the end of the n-th working day of the clock: a day at whose end the clock stood is not counted. While the clock stands nobody can
// know the end, and known is false.
func (c Clock) Due(cal *Calendar, n int, by *rulebook.Rule) (due Answer, known bool, err error) {
	if c.Started.IsZero() || c.Paused() {
		return Answer{}, false, nil
	}
	day := postal.DayOf(c.Started)
	w := &work{c: cal, accepted: c.Started}
	if by != nil {
		w.cite(by)
	}
	if err := w.citeKeys(day, keyFirstDay); err != nil {
		return Answer{}, false, err
	}
	w.step(Step{kind: stepEvent, Day: day})
	at, err := cal.at(day)
	for counted := 0; err == nil && counted < n; {
		if err = at.next(); err != nil {
			break
		}
		if at.worked() && c.standsAt(at.day.End()) {
			w.step(Step{kind: stepPaused, Day: at.day})
			continue
		}
		if w.pass(&at, counted+1, false) {
			counted++
		}
	}
	if err != nil {
		return Answer{}, false, err
	}
	due, err = w.end(at.day)
	return due, err == nil, err
}

func (c Clock) standsAt(at time.Time) bool {
	for _, p := range c.Pauses {
		if !at.Before(p.From) && (p.Until.IsZero() || at.Before(p.Until)) {
			return true
		}
	}
	return false
}
