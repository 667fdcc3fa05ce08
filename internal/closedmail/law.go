package closedmail

import (
	"slices"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Price says what a sender pays, and by which rules. A case that no rule covers is NotFound.
type Price interface {
	KT1(q PriceQuestion) (fee postal.VND, rules []string, err error)
}

// PriceQuestion is all that the price of a KT1 item depends on.
type PriceQuestion struct {
	List    List
	Inter   bool
	WeightG postal.Grams
	Urgency Urgency
	Secrecy Secrecy
	On      postal.Day
}

// Law asks the rules of a day: who may send to whom, when an item is due, how long records are kept.
type Law struct {
	Calendar *calendar.Calendar
	Price    Price
}

// Terms are what the rules make of a cover.
type Terms struct {
	FeeVND   postal.VND
	Priced   bool      // a price table covers the case
	Due      time.Time // zero: an area of special geography, it takes what it takes
	Special  bool
	Rules    []RuleID
	Basis    []rulebook.Citation
	Verified bool
	Reason   rulebook.Words
}

// Terms gives fee and due time of an item accepted now. It refuses bodies that may not write to each other, and a timed item that comes too late.
func (l *Law) Terms(a Accept, sender, addressee *Body, now time.Time) (Terms, error) {
	t := Terms{Verified: true}
	day := postal.DayOf(now)
	if err := l.maySend(&t, sender, addressee, day); err != nil {
		return t, err
	}
	q := calendar.Question{Service: calendar.KT1, Route: calendar.Intra, Class: calendar.Class(a.Urgency), Secrecy: string(a.Secrecy), Accepted: now, Suburban: a.Suburban}
	if a.Inter {
		q.Route = calendar.Inter
	}
	if a.AtMs != 0 {
		q.At = postal.FromMillis(a.AtMs)
	}
	q.Unit = a.ToUnit
	if err := l.due(&t, q); err != nil {
		return t, err
	}
	fee, rules, err := l.Price.KT1(PriceQuestion{List: sender.List, Inter: a.Inter, WeightG: a.WeightG, Urgency: a.Urgency, Secrecy: a.Secrecy, On: day})
	if fault.Is(err, fault.NotFound) {
		return t, nil // no table for the case: the item is taken in all the same, KT1 may not be refused; it has no price, and every page says so
	}
	if err != nil {
		return t, err
	}
	t.FeeVND, t.Priced = fee, true
	for _, r := range rules {
		t.Rules = append(t.Rules, RuleID(r))
	}
	return t, nil
}

// reportOfCPMA is the report that the Central Post Department owes the ministry: ours must be in before.
const reportOfCPMA = "kt1-cpma"

// ReportsDue gives by when the reports of a period must be in.
func (l *Law) ReportsDue(from, to postal.Day) ([]calendar.Duty, error) {
	all, err := l.Calendar.Duties(to, to.AddDays(90))
	return slices.DeleteFunc(all, func(d calendar.Duty) bool {
		return d.From != from || d.To != to || d.Report != "kt1" && d.Report != reportOfCPMA
	}), err
}

// Priceless reports whether no table gives a price on a day.
func (l *Law) Priceless(on postal.Day) (bool, error) {
	_, _, err := l.Price.KT1(PriceQuestion{List: Appendix2, WeightG: 100, On: on})
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return false, err
}

// DueMs is the due time as an act carries it; 0 when there is none.
func (t Terms) DueMs() int64 {
	if t.Due.IsZero() {
		return 0
	}
	return postal.Millis(t.Due)
}

// due finds the due time; where the table of communes says “special geography” there is none.
func (l *Law) due(t *Terms, q calendar.Question) error {
	due, err := l.Calendar.Deadline(q)
	if fault.Code(err) == "calendar.special_area" {
		area, err := l.Calendar.Area(q.Unit, q.Route, calendar.KT1Class(q), postal.DayOf(q.Accepted))
		if err != nil {
			return err
		}
		t.Special = true
		t.cite(area.Rule.Cite())
		if !area.Rule.Verified {
			t.Verified, t.Reason = false, area.Rule.Reason
		}
		return nil
	}
	if err != nil {
		return err
	}
	t.Due = due.Due
	t.cite(due.Basis...)
	if !due.Verified {
		t.Verified, t.Reason = false, due.Reason
	}
	return nil
}

func (t *Terms) cite(all ...rulebook.Citation) {
	for _, c := range all {
		t.Basis = append(t.Basis, c)
		t.Rules = append(t.Rules, RuleID(c.RuleID))
	}
}

func (l *Law) maySend(t *Terms, sender, addressee *Body, day postal.Day) error {
	rule, err := l.Calendar.Book().Rule("kt1.may_send", day)
	if err != nil {
		return err
	}
	if _, ok := rule.Value.Table().Find("sender", sender.Kind(), "to", string(addressee.List)); !ok {
		return fault.New(fault.Forbidden, "closedmail.may_not_write", "Theo danh sách được dùng KT1 (%[3]s), %[1]s không được gửi cho %[2]s.",
			"By the lists of KT1 users (%[4]s), %[1]s may not send to %[2]s.", sender.Code, addressee.Code, rule.Cite().In("vi"), rule.Cite().In("en")).At("addressee")
	}
	t.cite(rule.Cite())
	return nil
}

// Limit gives a whole number of the rulebook: minutes or days, as the key says.
func (l *Law) Limit(key string, day postal.Day) (int, error) {
	n, _, err := l.Calendar.Book().Int(key, day)
	return int(n), err
}

// The limits that pages show: the first two in minutes, the others in days.
const (
	leaveLimit    = "kt1.leave.minutes"
	incidentLimit = "kt1.incident.minutes"
	recallWarning = "kt1.recall.warning"
	expiryWarning = "kt1.expiry.warning"
)

// Payer says who pays for what the bodies of a list sent on a day ("central-budget" or "sender"), and by which rule; "" when no rule says so.
func (l *Law) Payer(list List, day postal.Day) (string, rulebook.Citation, error) {
	t, cite, err := l.Calendar.Book().Table("kt1.payer", day)
	if fault.Is(err, fault.NotFound) {
		return "", cite, nil
	}
	if err != nil {
		return "", cite, err
	}
	row, ok := t.Find("sender", string(list))
	if !ok {
		return "", cite, nil
	}
	return t.Cell(row, "pays").String(), cite, nil
}

// Compensation says what the rules of a day know of it: whether KT1 has amounts of its own, by which article, and whether that was read.
func (l *Law) Compensation(day postal.Day, lang string) (string, error) {
	own, cite, err := l.Calendar.Book().Bool("kt1.compensation.own_amount", day)
	if err != nil {
		return "", err
	}
	w := rulebook.Words{VI: "Theo pháp luật chung; KT1 không có mức riêng", EN: "By general law; KT1 has no amounts of its own"}
	if own {
		w = rulebook.Words{VI: "Theo mức riêng của KT1", EN: "By KT1's own amounts"}
	}
	return w.In(lang) + " (" + cited(cite, lang) + ")", nil
}

// cited writes a citation, and says when it was not read.
func cited(c rulebook.Citation, lang string) string {
	if c.Verified {
		return c.In(lang)
	}
	return c.In(lang) + rulebook.Words{VI: ", chưa kiểm chứng", EN: ", not verified"}.In(lang)
}

// Answer gives when a complaint must be answered, and refuses one that comes after its time: months after the end of the journey time.
func (l *Law) Answer(dueMs int64, now time.Time) (time.Time, []RuleID, error) {
	day := postal.DayOf(now)
	limit, err := l.Calendar.Book().Rule("kt1.complaint.limit", day)
	if err != nil {
		return time.Time{}, nil, err
	}
	if dueMs != 0 {
		end, err := l.Calendar.Period(postal.DayOf(postal.FromMillis(dueMs)), limit.Value.Int(), calendar.Months, limit)
		if err != nil {
			return time.Time{}, nil, err
		}
		if now.After(end.Due) {
			return time.Time{}, nil, fault.New(fault.Conflict, "closedmail.complaint_late", "Đã hết thời hiệu khiếu nại (%[1]s).", "The time to complain is over (%[2]s).", limit.Cite().In("vi"), limit.Cite().In("en")).At("item")
		}
	}
	answer, err := l.Calendar.Book().Rule("kt1.complaint.answer", day)
	if err != nil {
		return time.Time{}, nil, err
	}
	due, err := l.Calendar.Period(day, answer.Value.Int(), calendar.WorkingDays, answer)
	if err != nil {
		return time.Time{}, nil, err
	}
	return due.Due, []RuleID{RuleID(answer.ID()), RuleID(limit.ID())}, nil
}

// Kept gives until when records of a day are kept at least, on paper or electronic, and the rule.
func (l *Law) Kept(paper bool, from time.Time) (time.Time, *rulebook.Rule, error) {
	key := "kt1.records.electronic"
	if paper {
		key = "kt1.records.paper"
	}
	rule, err := l.Calendar.Book().Rule(key, postal.DayOf(from))
	if err != nil {
		return time.Time{}, nil, err
	}
	return from.In(postal.HoChiMinh).AddDate(int(rule.Value.Int()), 0, 0), rule, nil
}

// ShortNotice reports whether an inspection on a day is announced later than the rules ask.
func (l *Law) ShortNotice(on postal.Day, now time.Time) (bool, error) {
	n, _, err := l.Calendar.Book().Int("kt1.inspection.surprise.notice", postal.DayOf(now))
	if err != nil {
		return false, err
	}
	between, err := l.Calendar.WorkingDaysBetween(postal.DayOf(now), on)
	return int64(between) < n, err
}

// Working reports whether a day is worked.
func (l *Law) Working(at time.Time) (bool, error) { return l.Calendar.Worked(postal.DayOf(at)) }
