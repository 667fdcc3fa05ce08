package report

import (
	"context"
	"fmt"
	"slices"

	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// Figure is one thing that is counted, and which lines count for it. The condition is over report_dossier d, or over what it is joined with; $1 and $2 are the bounds of the period.
type Figure struct {
	ID    string
	VI    string
	EN    string
	from  string
	where string
	about about // what is said of each line beside its dossier
}

const (
	dossiers    = `report_dossier d`
	complaints  = `report_complaint c JOIN report_dossier d ON d.dossier = c.dossier`
	liabilities = `report_liability l JOIN report_dossier d ON d.dossier = l.dossier`
)

// Figures of a report on dossiers (Circular 17/2017/TT-BTTTT, article 13: procedures, volume, revenue; complaints and their outcome; losses and damage; compensation; safety), and what the city post watches itself.
var figures = []Figure{
	{"accepted", "Hồ sơ nhận gửi", "Dossiers taken in", dossiers, `d.accepted_ms >= $1 AND d.accepted_ms < $2 AND d.form <> 'result' AND d.state <> 'cancelled'`, journey},
	{"filed", "Hồ sơ cơ quan đã nhận", "Dossiers filed with the agency", dossiers, `d.filed_ms >= $1 AND d.filed_ms < $2`, journey},
	{"send_late", "Chuyển hồ sơ chậm", "Dossiers brought late", dossiers, `d.send_due_ms > 0 AND d.sent_ms >= $1 AND d.sent_ms < $2 AND d.sent_ms > d.send_due_ms`, sendWay},
	{"results", "Kết quả đã trả", "Results delivered", dossiers, `d.delivered_ms >= $1 AND d.delivered_ms < $2`, journey},
	{"return_late", "Trả kết quả chậm", "Results brought late", dossiers, `d.return_due_ms > 0 AND d.returned_ms >= $1 AND d.returned_ms < $2 AND d.returned_ms > d.return_due_ms`, returnWay},
	{"complaints", "Khiếu nại nhận được", "Complaints received", complaints, `c.made_ms >= $1 AND c.made_ms < $2`, complaint},
	{"complaints_right", "Khiếu nại đúng, đúng một phần", "Complaints found right, wholly or in part", complaints, `c.made_ms >= $1 AND c.made_ms < $2 AND c.outcome IN ('right', 'partly')`, complaint},
	{"complaints_wrong", "Khiếu nại không đúng", "Complaints found wrong", complaints, `c.made_ms >= $1 AND c.made_ms < $2 AND c.outcome = 'wrong'`, complaint},
	{"complaints_open", "Khiếu nại chưa trả lời", "Complaints not answered", complaints, `c.made_ms >= $1 AND c.made_ms < $2 AND c.answered_ms = 0`, complaint},
	{"complaints_late", "Khiếu nại trả lời chậm", "Complaints answered late", complaints, `c.made_ms >= $1 AND c.made_ms < $2 AND c.answered_ms > c.answer_by_ms`, complaint},
	{"lost", "Hồ sơ, kết quả bị mất", "Dossiers and results lost", liabilities, `l.kind = 'lost' AND l.recorded_ms >= $1 AND l.recorded_ms < $2`, liability},
	{"damaged", "Hồ sơ, kết quả bị hư hỏng", "Dossiers and results damaged", liabilities, `l.kind = 'damaged' AND l.recorded_ms >= $1 AND l.recorded_ms < $2`, liability},
	{"compensated", "Trường hợp bồi thường", "Cases of compensation", dossiers, `d.paid_vnd > 0 AND d.paid_ms >= $1 AND d.paid_ms < $2`, compensation},
}

// further are figures that stand elsewhere in the report: amounts of money, and what the safety level leaves out.
var further = []Figure{
	{"postage", "Doanh thu cước", "Postage", dossiers, `d.accepted_ms >= $1 AND d.accepted_ms < $2 AND d.postage_vnd <> 0`, postage},
	{"state", "Phí, lệ phí thu hộ cơ quan", "Collected for agencies", dossiers, `d.accepted_ms >= $1 AND d.accepted_ms < $2 AND d.state_vnd <> 0`, stateFees},
	{"unsafe", "Bị mất hoặc hư hỏng", "Lost or damaged", liabilities, `l.kind IN ('lost', 'damaged') AND l.recorded_ms >= $1 AND l.recorded_ms < $2`, liability},
}

// late is a procedure's figure of both ways: a dossier that was late twice counts twice, and is listed twice.
var late = Figure{ID: "late", VI: "Chuyển hồ sơ hoặc trả kết quả chậm", EN: "Dossiers or results brought late", about: sendWay}

// figureOf finds a figure by its id.
func figureOf(id string) (Figure, bool) {
	if id == late.ID {
		return late, true
	}
	for _, f := range slices.Concat(figures, further) {
		if f.ID == id {
			return f, true
		}
	}
	return Figure{}, false
}

// Store reads the reports' tables.
type Store struct{ DB *sqldb.DB }

// UnderWay counts the dossiers of a procedure that have not ended.
func (s *Store) UnderWay(ctx context.Context, procedure string) (n int, err error) {
	err = s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM report_dossier WHERE procedure_code = $1 AND state NOT IN ('given_back', 'delivered', 'returned_to_agency', 'cancelled')`, procedure).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("dossiers of %s: %w", procedure, err)
	}
	return n, nil
}

// MostUsed lists the procedures of which most dossiers were taken in since a moment, the most first.
func (s *Store) MostUsed(ctx context.Context, sinceMs int64, most int) ([]string, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT procedure_code FROM report_dossier WHERE accepted_ms >= $1 GROUP BY procedure_code ORDER BY count(*) DESC, procedure_code LIMIT $2`, sinceMs, most)
	if err != nil {
		return nil, fmt.Errorf("procedures used most: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return nil, fmt.Errorf("procedures used most: %w", err)
		}
		out = append(out, code)
	}
	return out, rows.Err()
}

// ByProcedure is what one procedure adds up to in a period.
type ByProcedure struct {
	Procedure  string
	Accepted   int
	Results    int
	Late       int
	PostageVND postal.VND
	StateVND   postal.VND
}

// Report is what is handed in for a period.
type Report struct {
	Period     Period
	Counts     map[string]int
	PostageVND postal.VND // of what was accepted or fetched in the period
	StateVND   postal.VND
	PaidVND    postal.VND
	Procedures []ByProcedure
}

// Carried is how many ways ended in the period: brought to the agency, or results delivered.
func (r *Report) Carried() int { return r.Counts["filed"] + r.Counts["results"] }

// Safety is the share of what was carried that came whole, in tenths of a percent; ok is false when nothing was carried.
func (r *Report) Safety() (permille int, ok bool) {
	bad := r.Counts["lost"] + r.Counts["damaged"]
	all := r.Carried() + r.Counts["lost"]
	if all == 0 {
		return 0, false
	}
	return max(0, (all-bad)*1000/all), true
}

// Make counts a period.
func (s *Store) Make(ctx context.Context, p Period) (*Report, error) {
	r := &Report{Period: p, Counts: map[string]int{}}
	from, until := p.bounds()
	for _, f := range figures {
		var n int
		if err := s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM `+f.from+` WHERE `+f.where, from, until).Scan(&n); err != nil {
			return nil, fmt.Errorf("count %s: %w", f.ID, err)
		}
		r.Counts[f.ID] = n
	}
	var paid int64
	if err := s.DB.Read().QueryRowContext(ctx, `SELECT coalesce(sum(paid_vnd), 0) FROM report_dossier WHERE paid_ms >= $1 AND paid_ms < $2`, from, until).Scan(&paid); err != nil {
		return nil, fmt.Errorf("sum compensation: %w", err)
	}
	r.PaidVND = postal.VND(paid)
	var err error
	if r.Procedures, err = s.byProcedure(ctx, from, until); err != nil {
		return nil, err
	}
	for _, b := range r.Procedures {
		r.PostageVND += b.PostageVND
		r.StateVND += b.StateVND
	}
	return r, nil
}

// byProcedure counts each procedure that something happened to in the period. Money counts where the dossier was taken in or, for results alone, ordered.
func (s *Store) byProcedure(ctx context.Context, from, until int64) ([]ByProcedure, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT procedure_code,
			sum(CASE WHEN accepted_ms >= $1 AND accepted_ms < $2 AND form <> 'result' AND state <> 'cancelled' THEN 1 ELSE 0 END),
			sum(CASE WHEN delivered_ms >= $1 AND delivered_ms < $2 THEN 1 ELSE 0 END),
			sum(CASE WHEN send_due_ms > 0 AND sent_ms >= $1 AND sent_ms < $2 AND sent_ms > send_due_ms THEN 1 ELSE 0 END)
				+ sum(CASE WHEN return_due_ms > 0 AND returned_ms >= $1 AND returned_ms < $2 AND returned_ms > return_due_ms THEN 1 ELSE 0 END),
			sum(CASE WHEN accepted_ms >= $1 AND accepted_ms < $2 THEN postage_vnd ELSE 0 END),
			sum(CASE WHEN accepted_ms >= $1 AND accepted_ms < $2 THEN state_vnd ELSE 0 END)
		FROM report_dossier WHERE accepted_ms >= $1 AND accepted_ms < $2 OR delivered_ms >= $1 AND delivered_ms < $2 OR sent_ms >= $1 AND sent_ms < $2 OR returned_ms >= $1 AND returned_ms < $2
		GROUP BY procedure_code ORDER BY procedure_code`, from, until)
	if err != nil {
		return nil, fmt.Errorf("count procedures: %w", err)
	}
	defer rows.Close()
	var out []ByProcedure
	for rows.Next() {
		var x ByProcedure
		var postage, state int64
		if err := rows.Scan(&x.Procedure, &x.Accepted, &x.Results, &x.Late, &postage, &state); err != nil {
			return nil, fmt.Errorf("count procedures: %w", err)
		}
		x.PostageVND, x.StateVND = postal.VND(postage), postal.VND(state)
		out = append(out, x)
	}
	return out, rows.Err()
}
