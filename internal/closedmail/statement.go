package closedmail

import (
	"context"
	"fmt"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// A statement is what a body and the post compare each month: what it sent and what it owes, what it got and how much of that came in time (Circular 16/2017, article 18:
// the user reconciles volume and confirms quality).

// Sent is one item of a statement.
type Sent struct {
	Item    postal.ItemNumber
	Day     string
	Number  CoverNumber
	Secrecy Secrecy
	Urgency Urgency
	List    List
	WeightG postal.Grams
	FeeVND  postal.VND
}

// Quality is how many items came, how many of those could be judged, and how many of them came in time.
type Quality struct{ Items, Judged, OnTime int }

// Owing is what of a statement's items was charged, by the list of the sender and the day: the rules of the day say who pays.
type Owing struct {
	List    List
	Day     string
	Items   int
	Charged int
	SumVND  postal.VND
}

// Owed adds up all that a body sent from one day to another, also what is beyond the items that a statement lists.
func (r *Records) Owed(ctx context.Context, b BodyCode, from, to postal.Day) ([]Owing, error) {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT list, day, count(*), sum(CASE WHEN fee_vnd > 0 THEN 1 ELSE 0 END), sum(fee_vnd) FROM closedmail_item
		WHERE sender = $1 AND day >= $2 AND day <= $3 AND undone = 0 AND from_partner = '' GROUP BY list, day ORDER BY list, day`, string(b), from.String(), to.String())
	if err != nil {
		return nil, fmt.Errorf("sum of a statement: %w", err)
	}
	defer rows.Close()
	var all []Owing
	for rows.Next() {
		var x Owing
		if err := rows.Scan(&x.List, &x.Day, &x.Items, &x.Charged, &x.SumVND); err != nil {
			return nil, fmt.Errorf("sum of a statement: %w", err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// maxSent bounds the items that a statement lists; the registers have them all.
const maxSent = 2000

// SentBy lists what a body sent from one day to another, oldest first.
func (r *Records) SentBy(ctx context.Context, b BodyCode, from, to postal.Day) ([]Sent, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT item, day, number, secrecy, urgency, list, weight_g, fee_vnd FROM closedmail_item
		WHERE sender = $1 AND day >= $2 AND day <= $3 AND undone = 0 AND from_partner = '' ORDER BY seq LIMIT $4`, string(b), from.String(), to.String(), maxSent)
	if err != nil {
		return nil, fmt.Errorf("items of a statement: %w", err)
	}
	defer rows.Close()
	var all []Sent
	for rows.Next() {
		var x Sent
		if err := rows.Scan(&x.Item, &x.Day, &x.Number, &x.Secrecy, &x.Urgency, &x.List, &x.WeightG, &x.FeeVND); err != nil {
			return nil, fmt.Errorf("items of a statement: %w", err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// QualityOf counts what went from a body, or to it, from one day to another, by the time of its first delivery attempt.
func (r *Records) QualityOf(ctx context.Context, b BodyCode, from, to postal.Day, nowMs int64) (sent, got Quality, err error) {
	for _, side := range []struct {
		column string
		into   *Quality
	}{{"sender", &sent}, {"addressee", &got}} {
		err := r.DB.Read().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN `+judged("$4")+` THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN `+onTime+` THEN 1 ELSE 0 END), 0)
			FROM closedmail_item WHERE `+side.column+` = $1 AND day >= $2 AND day <= $3 AND undone = 0`, string(b), from.String(), to.String(), nowMs).Scan(&side.into.Items, &side.into.Judged, &side.into.OnTime)
		if err != nil {
			return sent, got, fmt.Errorf("quality of a statement: %w", err)
		}
	}
	return sent, got, nil
}

// parseMonth reads "2020-04" and gives its days.
func parseMonth(s string) (from, to postal.Day, err error) {
	t, err := time.ParseInLocation("2006-01", s, postal.HoChiMinh)
	if err != nil {
		return from, to, fault.New(fault.NotFound, "closedmail.month", "Tháng có dạng 2026-04.", "A month looks like 2026-04.")
	}
	return postal.DayOf(t), postal.DayOf(t.AddDate(0, 1, -1)), nil
}
