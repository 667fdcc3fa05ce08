package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Counted is one thing that a figure counts: its dossier, and what the figure says of it. Moments are UTC milliseconds, 0: not yet, or none.
type Counted struct {
	Line
	What    string // the way, what a complaint is about, or what happened
	Record  string // number of a liability record
	SinceMs int64
	DueMs   int64
	DoneMs  int64
	Outcome string     // of a complaint, or whose fault it was
	VND     postal.VND // of a figure that is an amount
}

// about says what is told of each line of a figure: which columns a page has, and the SQL of what, record, since, due, done, outcome and amount.
type about struct {
	kind   string
	fields string
}

var (
	journey      = about{"journey", `'', '', 0, 0, 0, '', 0`}
	sendWay      = about{"way", `'send', '', d.accepted_ms, d.send_due_ms, d.sent_ms, '', 0`}
	returnWay    = about{"way", `'return', '', d.result_ms, d.return_due_ms, d.returned_ms, '', 0`}
	complaint    = about{"complaint", `c.about, '', c.made_ms, c.answer_by_ms, c.answered_ms, c.outcome, 0`}
	liability    = about{"liability", `l.kind, l.record, l.recorded_ms, 0, 0, l.fault, 0`}
	postage      = about{"money", `'', '', d.accepted_ms, 0, 0, '', d.postage_vnd`}
	stateFees    = about{"money", `'', '', d.accepted_ms, 0, 0, '', d.state_vnd`}
	compensation = about{"money", `'', '', d.paid_ms, 0, 0, '', d.paid_vnd`}
)

const lineFields = `d.dossier, d.procedure_code, d.agency, d.office, d.form, d.state, d.accepted_ms, d.send_due_ms, d.sent_ms, d.filed_ms, d.result_ms, d.return_due_ms, d.returned_ms, d.delivered_ms,
	d.postage_vnd, d.state_vnd, d.paid_vnd, d.paid_ms`

// Behind gives what a figure counts, by dossier, each handed to a function as it is read; with a procedure only those of it. A dossier with two complaints comes twice: it counts twice.
func (s *Store) Behind(ctx context.Context, p Period, f Figure, procedure string, each func(Counted) error) error {
	if f.ID == late.ID {
		for _, id := range []string{"send_late", "return_late"} {
			way, _ := figureOf(id)
			if err := s.Behind(ctx, p, way, procedure, each); err != nil {
				return err
			}
		}
		return nil
	}
	from, until := p.bounds()
	where, args := f.where, []any{from, until}
	if procedure != "" {
		where += ` AND d.procedure_code = $3`
		args = append(args, procedure)
	}
	return s.read(ctx, f.from, where, f.about, each, args...)
}

// read hands lines to a function as they are read, by dossier.
func (s *Store) read(ctx context.Context, from, where string, a about, each func(Counted) error, args ...any) error {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT `+lineFields+`, `+a.fields+` FROM `+from+` WHERE `+where+` ORDER BY d.dossier`, args...)
	if err != nil {
		return fmt.Errorf("lines of a report: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanCounted(rows)
		if err != nil {
			return fmt.Errorf("lines of a report: %w", err)
		}
		if err := each(c); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanCounted(rows *sql.Rows) (c Counted, err error) {
	var dossier, agency, office string
	var postage, state, paid, amount int64
	err = rows.Scan(&dossier, &c.Procedure, &agency, &office, &c.Form, &c.State, &c.AcceptedMs, &c.SendDueMs, &c.SentMs, &c.FiledMs, &c.ResultMs, &c.ReturnDueMs, &c.ReturnedMs, &c.DeliveredMs,
		&postage, &state, &paid, &c.PaidMs, &c.What, &c.Record, &c.SinceMs, &c.DueMs, &c.DoneMs, &c.Outcome, &amount)
	c.Dossier, c.Agency, c.Office = postal.DossierNumber(dossier), postal.AgencyCode(agency), postal.OfficeCode(office)
	c.PostageVND, c.StateVND, c.PaidVND, c.VND = postal.VND(postage), postal.VND(state), postal.VND(paid), postal.VND(amount)
	return c, err
}

// Told is all that reports know of one dossier; nothing of its people.
type Told struct {
	Line
	Complaints, Liabilities []Counted
}

// One tells what reports know of a dossier; fault report.no_dossier when they have none of this number.
func (s *Store) One(ctx context.Context, n postal.DossierNumber) (t Told, err error) {
	found := false
	err = errors.Join(
		s.read(ctx, dossiers, `d.dossier = $1`, journey, func(c Counted) error { t.Line, found = c.Line, true; return nil }, string(n)),
		s.read(ctx, complaints, `d.dossier = $1`, complaint, func(c Counted) error { t.Complaints = append(t.Complaints, c); return nil }, string(n)),
		s.read(ctx, liabilities, `d.dossier = $1`, liability, func(c Counted) error { t.Liabilities = append(t.Liabilities, c); return nil }, string(n)))
	if err == nil && !found {
		err = fault.New(fault.NotFound, "report.no_dossier", "Báo cáo không có hồ sơ này.", "The reports have no such dossier.")
	}
	return t, err
}

// column is one of a list of lines, on the page and in the file alike: a text, a number of đồng.
type column struct {
	vi, en string
	money  bool
	cell   func(c Counted) any
}

// columns are what a figure tells of each line, behind its dossier, procedure, agency and office.
func (s *Service) columns(f Figure, lang string) []column {
	say := func(group string, code func(Counted) string) func(Counted) any {
		return func(c Counted) any {
			if code(c) == "" {
				return ""
			}
			return s.Say(group, code(c), lang)
		}
	}
	when := func(ms func(Counted) int64) func(Counted) any {
		return func(c Counted) any { return moment(ms(c)) }
	}
	what, outcome := func(c Counted) string { return c.What }, func(c Counted) string { return c.Outcome }
	since, due, done := when(func(c Counted) int64 { return c.SinceMs }), when(func(c Counted) int64 { return c.DueMs }), when(func(c Counted) int64 { return c.DoneMs })
	late := column{"Chậm", "Late by", false, func(c Counted) any { return s.lateBy(c, lang) }}
	switch f.about.kind {
	case "way":
		return []column{{"Chặng", "Way", false, func(c Counted) any { return wayWords(c.What, lang) }}, {"Hạn", "Due", false, due}, {"Xong", "Done", false, done}, late}
	case "complaint":
		return []column{{"Về việc", "About", false, say("complaint", what)}, {"Nhận", "Made", false, since}, {"Hạn trả lời", "Answer by", false, due}, {"Đã trả lời", "Answered", false, done},
			{"Kết luận", "Outcome", false, say("outcome", outcome)}, late}
	case "liability":
		return []column{{"Sự việc", "What happened", false, say("liability", what)}, {"Trách nhiệm", "Fault", false, say("fault", outcome)}, {"Biên bản", "Record", false, func(c Counted) any { return c.Record }},
			{"Lập lúc", "Recorded", false, since}}
	case "money":
		return []column{{"Lúc", "When", false, since}, {"Số tiền (đồng)", "Amount (đồng)", true, func(c Counted) any { return int64(c.VND) }}}
	}
	return []column{{"Nhận gửi", "Taken in", false, when(func(c Counted) int64 { return c.AcceptedMs })}, {"Cơ quan nhận", "Filed", false, when(func(c Counted) int64 { return c.FiledMs })},
		{"Trả kết quả", "Delivered", false, when(func(c Counted) int64 { return c.DeliveredMs })}}
}

func wayWords(way, lang string) string {
	if way == "return" {
		return postal.In(lang, "trả kết quả", "result to the citizen")
	}
	return postal.In(lang, "chuyển hồ sơ", "dossier to the agency")
}

// lateBy says by how many days something was, or is by now, later than its due time; "" when it is not.
func (s *Service) lateBy(c Counted, lang string) string {
	done := c.DoneMs
	if done == 0 {
		done = postal.Millis(s.Now())
	}
	if c.DueMs == 0 || done <= c.DueMs {
		return ""
	}
	days := postal.DayOf(postal.FromMillis(done)).DaysSince(postal.DayOf(postal.FromMillis(c.DueMs)))
	if days == 0 {
		return postal.In(lang, "trong ngày", "the same day")
	}
	return fmt.Sprintf(postal.In(lang, "%d ngày", "%d day(s)"), days)
}
