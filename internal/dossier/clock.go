package dossier

import (
	"time"

	"citypost/internal/calendar"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// The two clocks. The post's own is frozen at acceptance; the agency's is worked out when it is looked at, from the filing, the pauses and the published limit, and changes by no other thing.

// SendDue says when a dossier must be at its agency, or, when the slip is brought back, when the citizen must know the day (Circular 17/2017, article 7). route is how far it goes.
func SendDue(cal *calendar.Calendar, route calendar.Route, form string, accepted time.Time) (calendar.Answer, error) {
	return cal.Deadline(calendar.Question{Service: calendar.DossierSend, Route: route, Slip: form == FormSend, Accepted: accepted})
}

// ReturnDue says when a result must first have been tried at its citizen's, or, when he fetches it, when he must have been told.
func ReturnDue(cal *calendar.Calendar, route calendar.Route, taken time.Time) (calendar.Answer, error) {
	return cal.Deadline(calendar.Question{Service: calendar.DossierReturn, Route: route, Accepted: taken})
}

// Source says what an agency's day stands on.
type Source string

// The sources, the strongest first.
const (
	ByReschedule Source = "rescheduled" // the one new day after an apology
	BySlip       Source = "slip"        // the day on the agency's slip
	ByLimit      Source = "limit"       // the published limit, counted by us
	Unknown      Source = ""            // no limit is published, or the clock stands
)

// AgencyTime is the agency's clock on a dossier.
type AgencyTime struct {
	Source Source
	Day    postal.Day // the last day
	Due    time.Time
	Answer calendar.Answer // how it was counted, when we counted
	Paused bool            // papers are awaited
	Done   bool
	Late   bool
}

// AgencyClock gives the clock as the calendar knows clocks: started when the period began, standing while papers are awaited, stopped when the result was ready.
// A period that begins anew has no pauses before it.
func (d *Dossier) AgencyClock() calendar.Clock {
	if d.CountMs == 0 {
		return calendar.Clock{}
	}
	c := calendar.StartClock(postal.FromMillis(d.CountMs))
	if s := d.Supplement; s.RequestedMs > d.CountMs {
		p := calendar.Pause{From: postal.FromMillis(s.RequestedMs)}
		if s.CompletedMs > 0 {
			p.Until = postal.FromMillis(s.CompletedMs)
		}
		c.Pauses = []calendar.Pause{p}
	}
	if d.AnsweredMs > 0 {
		if stopped, err := c.Stop(postal.FromMillis(d.AnsweredMs)); err == nil {
			c = stopped
		}
	}
	return c
}

// AgencyDue works out the agency's day as of now.
func AgencyDue(cal *calendar.Calendar, d *Dossier, now time.Time) (AgencyTime, error) {
	t := AgencyTime{Done: d.AnsweredMs > 0, Paused: d.State == SupplementRequested && d.FiledMs > 0}
	if d.CountMs == 0 && d.State != AwaitingResult && d.Slip.Due.IsZero() {
		return t, nil
	}
	switch {
	case !d.Due.IsZero():
		t.Source, t.Day, t.Due = ByReschedule, d.Due, d.Due.End()
	case !d.Slip.Due.IsZero() && !d.slipOver():
		t.Source, t.Day, t.Due = BySlip, d.Slip.Due, d.Slip.Due.End()
	default:
		if err := t.count(cal, d); err != nil {
			return t, err
		}
		if t.Source == Unknown && !d.Slip.Due.IsZero() && !t.Paused { // nothing is published to count by: the agency's last word stands
			t.Source, t.Day, t.Due = BySlip, d.Slip.Due, d.Slip.Due.End()
		}
	}
	end := now
	if t.Done {
		end = postal.FromMillis(d.AnsweredMs)
	}
	t.Late = !t.Due.IsZero() && !t.Paused && end.After(t.Due)
	return t, nil
}

// count counts the published limit.
func (t *AgencyTime) count(cal *calendar.Calendar, d *Dossier) error {
	if d.Limit.Tenths <= 0 || d.CountMs == 0 || t.Paused {
		return nil
	}
	c := d.AgencyClock()
	c.Stopped = time.Time{} // when it was due does not depend on when it was done
	answer, known, err := limitEnd(cal, c, d.Limit)
	if err != nil || !known {
		return err
	}
	t.Source, t.Answer, t.Due, t.Day = ByLimit, answer, answer.Due, answer.Day
	return nil
}

// limitEnd gives the end of a published limit on a clock. A part of a day counts as the whole day: the list does not say which half. Hours run day and night, as the list gives no other count;
// both readings favour nobody's lateness over the published text and are shown as counted by us.
func limitEnd(cal *calendar.Calendar, c calendar.Clock, l event.Limit) (calendar.Answer, bool, error) {
	whole := (l.Tenths + 9) / 10
	switch l.Unit {
	case "working_day":
		return c.Due(cal, whole, nil)
	case "day", "month":
		unit := calendar.Days
		if l.Unit == "month" {
			unit = calendar.Months
		}
		if c.Paused() {
			return calendar.Answer{}, false, nil
		}
		answer, err := cal.Period(postal.DayOf(c.Started), int64(whole), unit, nil)
		if err != nil || stoodDays(c) == 0 {
			return answer, err == nil, err
		}
		last := answer.Day.AddDays(stoodDays(c))
		answer, err = cal.Period(last.AddDays(-1), 1, calendar.Days, nil)
		return answer, err == nil, err
	case "hour":
		due := c.Started.Add(time.Duration(l.Tenths) * time.Hour / 10)
		for _, p := range c.Pauses {
			if p.Until.IsZero() {
				return calendar.Answer{}, false, nil
			}
			due = due.Add(p.Until.Sub(p.From))
		}
		return calendar.Answer{Due: due, Day: postal.DayOf(due)}, true, nil
	}
	return calendar.Answer{}, false, nil
}

// stoodDays is for how many days' ends the clock stood.
func stoodDays(c calendar.Clock) (n int) {
	for _, p := range c.Pauses {
		if !p.Until.IsZero() {
			n += postal.DayOf(p.Until).DaysSince(postal.DayOf(p.From))
		}
	}
	return n
}

// InviteAgain gives the first day on which another invitation counts: some working days after the last one that counts; any day when there was none.
func InviteAgain(cal *calendar.Calendar, d *Dossier, today postal.Day) (first postal.Day, rules []string, err error) {
	apart, cite, err := cal.Book().Int("dossier.invitations.apart", today)
	if err != nil || d.InvitedMs == 0 {
		return today, []string{cite.RuleID}, err
	}
	first, err = cal.AddWorkingDays(postal.DayOf(postal.FromMillis(d.InvitedMs)), int(apart))
	return first, []string{cite.RuleID}, err
}

// ComplaintDays gives the last day to complain about a dossier and the last day for the answer to a complaint made today. near: sender and agency lie in one province.
func ComplaintDays(cal *calendar.Calendar, d *Dossier, near bool, today postal.Day) (last, answerBy postal.Day, rules []string, err error) {
	book := cal.Book()
	months, limit, err := book.Int("dossier.complaint.limit", today)
	if err != nil {
		return last, answerBy, nil, err
	}
	from := postal.DayOf(postal.FromMillis(journeyEnd(d)))
	over, err := cal.Period(from, months, calendar.Months, nil)
	if err != nil {
		return last, answerBy, nil, err
	}
	rule, err := book.Rule("dossier.complaint.answer", today)
	if err != nil {
		return last, answerBy, nil, err
	}
	route := "intra"
	if !near {
		route = "inter"
	}
	row, ok := rule.Value.Table().Find("route", route)
	if !ok {
		return last, answerBy, nil, fault.New(fault.NotFound, "dossier.no_answer_time", "Quy định không nêu thời hạn trả lời.", "The rules give no time for the answer.")
	}
	answer, err := cal.Period(today, rule.Value.Table().Cell(row, "days").Int(), calendar.WorkingDays, rule)
	return over.Day, answer.Day, []string{limit.RuleID, rule.Cite().RuleID}, err
}

// journeyEnd is the end of the journey time from which the time to complain runs: of the result when it is on its way, else of the dossier; without a published time, the acceptance.
func journeyEnd(d *Dossier) int64 {
	switch {
	case d.Return.DueMs > 0:
		return d.Return.DueMs
	case d.Send.DueMs > 0:
		return d.Send.DueMs
	}
	return d.AcceptedMs
}

// LeastCompensation gives the least that is owed for a loss when the post is at fault: a multiple of the listed postage, the refund included (Decree 47/2011, articles 24 to 27), and the day by which it is paid.
func LeastCompensation(cal *calendar.Calendar, postage postal.VND, today postal.Day) (postal.VND, postal.Day, []string, error) {
	times, cite, err := cal.Book().Int("post.compensation.times_postage", today)
	if err != nil {
		return 0, postal.Day{}, nil, err
	}
	least, err := postage.Mul(times)
	if err != nil {
		return 0, postal.Day{}, nil, err
	}
	rules := []string{cite.RuleID}
	days, pay, err := cal.Book().Int("post.compensation.pay_within", today)
	if fault.Is(err, fault.NotFound) {
		return least, postal.Day{}, rules, nil
	}
	if err != nil {
		return 0, postal.Day{}, nil, err
	}
	by, err := cal.Period(today, days, calendar.Days, nil)
	return least, by.Day, append(rules, pay.RuleID), err
}
