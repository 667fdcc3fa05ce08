package closedmail

import (
	"slices"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Price says what a sender who pays has to pay, and by which rules. A case that no rule covers is NotFound.
type Price interface {
	KT1(q PriceQuestion) (fee postal.VND, rules []string, err error)
}

// PriceQuestion is all that the price of a KT1 item depends on.
type PriceQuestion struct {
	From, To string // codes of the provinces
	WeightG  postal.Grams
	Urgency  Urgency
	Secrecy  Secrecy
	On       postal.Day
}

// Law asks the rules of a day: who may send to whom, when an item is due, how long records are kept.
type Law struct {
	Calendar *calendar.Calendar
	Price    Price
	Reach    Reach
}

// Terms are what the rules make of a cover.
type Terms struct {
	FeeVND   postal.VND
	Priced   bool   // somebody else pays, or a price table covers the case
	Payer    string // "central-budget", "sender", or "" when no rule says who pays
	Inter    bool   // to another province
	Suburban bool
	Due      time.Time // zero: an area of special geography, it takes what it takes
	Special  bool
	Rules    []RuleID // all of them, to be frozen on the item; Grounds tells what they say
}

// Terms gives fee and due time of an item accepted now for the address of an entry. It refuses bodies that may not write to each other, and a timed item that comes too late.
func (l *Law) Terms(a Accept, sender, addressee *Body, to Entry, now time.Time) (Terms, error) {
	var t Terms
	day := postal.DayOf(now)
	if err := l.maySend(&t, sender, addressee, day); err != nil {
		return t, err
	}
	province, err := l.Reach.province(to, day)
	if err != nil {
		return t, err
	}
	t.Inter, t.Suburban = province != l.Reach.Home, to.Zone == Suburban
	if a.Urgency == Timed && !t.Inter && to.Zone == NoZone {
		return t, noZone(to)
	}
	q := calendar.Question{Service: calendar.KT1, Route: calendar.Intra, Class: calendar.Class(a.Urgency), Secrecy: string(a.Secrecy), Accepted: now, Suburban: t.Suburban, Unit: to.Unit}
	if t.Inter {
		q.Route = calendar.Inter
	}
	if a.AtMs != 0 {
		q.At = postal.FromMillis(a.AtMs)
	}
	if err := l.due(&t, q); err != nil {
		return t, err
	}
	return t, l.charge(&t, sender.List, PriceQuestion{From: l.Reach.Home, To: province, WeightG: a.WeightG, Urgency: a.Urgency, Secrecy: a.Secrecy, On: day})
}

// charge asks who pays, and what. Without a rule that says who, or a table for the case, the item is taken in all the same: KT1 may not be refused. It has no price then, and every page says so.
func (l *Law) charge(t *Terms, list List, q PriceQuestion) error {
	payer, cite, err := l.Payer(list, q.On)
	if t.Payer = payer; err != nil || payer == "" {
		return err
	}
	t.cite(cite)
	if payer != senderPays {
		t.Priced = true
		return nil
	}
	fee, rules, err := l.Price.KT1(q)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t.FeeVND, t.Priced = fee, true
	t.Rules = append(t.Rules, retyped[RuleID](rules)...)
	return nil
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
	_, _, err := l.Price.KT1(PriceQuestion{From: l.Reach.Home, To: l.Reach.Home, WeightG: 100, On: on})
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
		return nil
	}
	if err != nil {
		return err
	}
	t.Due = due.Due
	t.cite(due.Basis...)
	return nil
}

func (t *Terms) cite(all ...rulebook.Citation) {
	for _, c := range all {
		t.Rules = append(t.Rules, RuleID(c.RuleID))
	}
}

func (l *Law) maySend(t *Terms, sender, addressee *Body, day postal.Day) error {
	rule, err := l.Calendar.Book().Rule(maySendKey, day)
	if err != nil {
		return err
	}
	if _, ok := rule.Value.Table().Find("sender", sender.Kind(), "to", string(addressee.List)); !ok {
		return fault.New(fault.Forbidden, "closedmail.may_not_write", "Theo danh sách được dùng KT1 (%[3]s), %[1]s không được gửi cho %[2]s.",
			"By the lists of KT1 users (%[4]s), %[1]s may not send to %[2]s.", sender.Code, addressee.Code, rule.Cite().Marked("vi"), rule.Cite().Marked("en")).At("addressee")
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

// Who pays, in the words of kt1.payer.
const (
	senderPays = "sender"
	budgetPays = "central-budget"
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

// Free reports whether the rules of a day let somebody else pay for what the bodies of a list send.
func (l *Law) Free(list List, day postal.Day) (bool, error) {
	pays, _, err := l.Payer(list, day)
	return pays == budgetPays, err
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
	return w.In(lang) + " (" + cite.Marked(lang) + ")", nil
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
			return time.Time{}, nil, fault.New(fault.Conflict, "closedmail.complaint_late", "Đã hết thời hiệu khiếu nại (%[1]s).", "The time to complain is over (%[2]s).", limit.Cite().Marked("vi"), limit.Cite().Marked("en")).At("item")
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
