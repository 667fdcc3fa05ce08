package closedmail

import (
	"context"
	"fmt"

	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// Records reads the tables of closed mail, brought up to the ledger's end first.
type Records struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
}

func (r *Records) catchUp(ctx context.Context) error { return r.Ledger.CatchUp(ctx, Follower, Project) }

// Lines gives one page of a register of an office, and how many lines the register has in all.
func (r *Records) Lines(ctx context.Context, reg Register, o postal.OfficeCode, page int) (lines []Line, total int, err error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, 0, err
	}
	if total, err = r.lines(ctx, reg, o); err != nil {
		return nil, 0, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT n, seq, at_ms, code, number, sender, addressee, marks, first, second, count, what FROM closedmail_line
		WHERE register = $1 AND office = $2 AND n > $3 AND n <= $4 ORDER BY n`, string(reg), string(o), (page-1)*PageRows, page*PageRows)
	if err != nil {
		return nil, 0, fmt.Errorf("read register: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Line
		if err := rows.Scan(&l.N, &l.Seq, &l.AtMs, &l.Code, &l.Number, &l.Sender, &l.Addressee, &l.Marks, &l.First, &l.Second, &l.Count, &l.What); err != nil {
			return nil, 0, fmt.Errorf("read register: %w", err)
		}
		lines = append(lines, l)
	}
	return lines, total, rows.Err()
}

// Totals gives how many lines each register of an office has.
func (r *Records) Totals(ctx context.Context, o postal.OfficeCode) (map[Register]int, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	all := map[Register]int{}
	for _, reg := range Registers {
		n, err := r.lines(ctx, reg, o)
		if err != nil {
			return nil, err
		}
		all[reg] = n
	}
	return all, nil
}

// lines is how many lines a register has: they are numbered from 1 without gaps.
func (r *Records) lines(ctx context.Context, reg Register, o postal.OfficeCode) (n int, err error) {
	if err := r.DB.Read().QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM closedmail_line WHERE register = $1 AND office = $2`, string(reg), string(o)).Scan(&n); err != nil {
		return 0, fmt.Errorf("count register: %w", err)
	}
	return n, nil
}

// Tally is how often something happened in a period.
type Tally struct {
	What, Kind string
	N          int
}

// Tallies adds up what happened from one day to another, by kind.
func (r *Records) Tallies(ctx context.Context, from, to postal.Day) ([]Tally, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT what, kind, sum(n) FROM closedmail_tally WHERE day >= $1 AND day <= $2 GROUP BY what, kind ORDER BY what, kind`, from.String(), to.String())
	if err != nil {
		return nil, fmt.Errorf("add up: %w", err)
	}
	defer rows.Close()
	var all []Tally
	for rows.Next() {
		var t Tally
		if err := rows.Scan(&t.What, &t.Kind, &t.N); err != nil {
			return nil, fmt.Errorf("add up: %w", err)
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// Class is the volume of one class of items in a period: counts only, never who wrote to whom.
type Class struct {
	List      List
	Secrecy   Secrecy
	Urgency   Urgency
	Inter     bool
	Items     int
	WeightG   int64
	FeeVND    postal.VND
	Paying    int // items that were charged
	Unpriced  int // items that were not charged though nobody else pays; Report counts them, who pays is a rule of each day
	Delivered int
	OnTime    int // first attempt by the due time
	Judged    int // those that have a due time and an attempt, or are overdue
	Excused   int // late by superior force: not judged
	After     int // delivered outside working hours
	WaitMin   int // all together, of those that left
	Left      int
}

// onTime and judged are the conditions by which compliance is counted, of what superior force does not excuse: tried first by the due time; tried, or overdue.
const onTime = `due_ms > 0 AND excuse = '' AND attempt_ms > 0 AND attempt_ms <= due_ms`

func judged(now string) string {
	return `due_ms > 0 AND excuse = '' AND (attempt_ms > 0 OR due_ms < ` + now + `)`
}

// Volume counts the items accepted here from one day to another, by class. What a partner accepted and brought is not among them.
func (r *Records) Volume(ctx context.Context, from, to postal.Day, nowMs int64) ([]Class, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT list, secrecy, urgency, inter, count(*), sum(weight_g), sum(fee_vnd), sum(CASE WHEN fee_vnd > 0 THEN 1 ELSE 0 END),
		sum(CASE WHEN delivered_ms > 0 THEN 1 ELSE 0 END),
		sum(CASE WHEN `+onTime+` THEN 1 ELSE 0 END), sum(CASE WHEN `+judged("$3")+` THEN 1 ELSE 0 END), sum(CASE WHEN excuse <> '' AND due_ms > 0 THEN 1 ELSE 0 END),
		sum(after_hours), sum(CASE WHEN wait_min >= 0 THEN wait_min ELSE 0 END), sum(CASE WHEN wait_min >= 0 THEN 1 ELSE 0 END)
		FROM closedmail_item WHERE day >= $1 AND day <= $2 AND undone = 0 AND from_partner = '' GROUP BY list, secrecy, urgency, inter ORDER BY list, secrecy, urgency, inter`, from.String(), to.String(), nowMs)
	if err != nil {
		return nil, fmt.Errorf("count items: %w", err)
	}
	defer rows.Close()
	var all []Class
	for rows.Next() {
		var c Class
		var inter int
		if err := rows.Scan(&c.List, &c.Secrecy, &c.Urgency, &inter, &c.Items, &c.WeightG, &c.FeeVND, &c.Paying, &c.Delivered, &c.OnTime, &c.Judged, &c.Excused, &c.After, &c.WaitMin, &c.Left); err != nil {
			return nil, fmt.Errorf("count items: %w", err)
		}
		c.Inter = inter == 1
		all = append(all, c)
	}
	return all, rows.Err()
}

// OfBody lists the last items to or from a body, newest first, for its own registry.
func (r *Records) OfBody(ctx context.Context, b BodyCode, limit int) ([]postal.ItemNumber, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT item FROM (
		SELECT item, seq FROM (SELECT item, seq FROM closedmail_item WHERE sender = $1 AND undone = 0 ORDER BY seq DESC LIMIT $2) sent UNION
		SELECT item, seq FROM (SELECT item, seq FROM closedmail_item WHERE addressee = $1 AND undone = 0 ORDER BY seq DESC LIMIT $2) got) both_ways ORDER BY seq DESC LIMIT $2`, string(b), limit)
	if err != nil {
		return nil, fmt.Errorf("items of a body: %w", err)
	}
	defer rows.Close()
	var all []postal.ItemNumber
	for rows.Next() {
		var n postal.ItemNumber
		if err := rows.Scan(&n); err != nil {
			return nil, fmt.Errorf("items of a body: %w", err)
		}
		all = append(all, n)
	}
	return all, rows.Err()
}
