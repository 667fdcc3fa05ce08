package tariff

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Follower is the name under which Project follows the ledger.
const Follower = "tariff"

// Migrate brings the table of relief claims up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "tariff", schema)
}

// Project writes the facts of relief into their table, for ledger.Follow.
func Project(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for i := range entries {
		for n, f := range entries[i].Facts {
			if err := project(ctx, tx, &entries[i], n, f); err != nil {
				return fmt.Errorf("relief of entry %d: %w", entries[i].Seq, err)
			}
		}
	}
	return nil
}

func project(ctx context.Context, tx *sql.Tx, e *event.Entry, n int, f event.Fact) error {
	var r Row
	switch f := f.(type) {
	case event.ReliefGranted:
		r = Row{Item: f.Item, Policy: f.Policy, Payer: f.Payer, Class: f.Class, On: f.On, ListVND: f.ListVND, AmountVND: f.AmountVND, Retro: f.Retro}
	case event.ReliefReversed:
		r = Row{Item: f.Item, Policy: f.Policy, Payer: f.Payer, On: f.On, ListVND: -f.ListVND, AmountVND: -f.AmountVND}
	default:
		return nil
	}
	retro := 0
	if r.Retro {
		retro = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO tariff_relief (seq, n, item, policy, payer, month, on_day, office, list_vnd, amount_vnd, retro, recorded_ms, class)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.Seq, n, string(r.Item), r.Policy, r.Payer, monthOf(e.RecordedMs), r.On.String(), string(e.Office), int64(r.ListVND), int64(r.AmountVND), retro, e.RecordedMs, r.Class)
	return err
}

// Row is one relief granted, or taken back (its amounts are negative then).
type Row struct {
	Seq        int64
	Item       postal.ItemNumber
	Policy     string
	Payer      string
	Class      string // of beneficiary; "" when none was asked for, or when it is taken back
	Month      string
	On         postal.Day
	Office     postal.OfficeCode
	ListVND    postal.VND
	AmountVND  postal.VND
	Retro      bool
	RecordedMs int64
}

// Figure is what one payer bears under one policy in one month.
type Figure struct {
	Month     string     `json:"month"`
	Payer     string     `json:"payer"`
	Policy    string     `json:"policy"`
	Items     int        `json:"items"` // granted less taken back
	ListVND   postal.VND `json:"list_vnd"`
	AmountVND postal.VND `json:"amount_vnd"`
}

// Total is what one payer bears in one month: by the items, and by the count that the ledger kept as it went. The two are made in different ways and must be equal.
type Total struct {
	Month     string     `json:"month"`
	Payer     string     `json:"payer"`
	Items     int        `json:"items"`
	AmountVND postal.VND `json:"amount_vnd"`
	LedgerVND postal.VND `json:"ledger_vnd"`
	LedgerN   int        `json:"ledger_items"`
}

// Agrees reports whether items and ledger say the same.
func (t *Total) Agrees() bool { return t.AmountVND == t.LedgerVND && t.Items == t.LedgerN }

// Reconciliation is the relief of a run of months, payer by payer, with the items behind each figure.
type Reconciliation struct {
	From    string   `json:"from"` // first month, "2020-03"
	To      string   `json:"to"`   // last month
	Seq     int64    `json:"seq"`  // last entry that is counted
	Totals  []Total  `json:"totals"`
	Figures []Figure `json:"figures"`
}

// Agrees reports whether every total agrees.
func (r *Reconciliation) Agrees() bool {
	for i := range r.Totals {
		if !r.Totals[i].Agrees() {
			return false
		}
	}
	return true
}

// bearers lists who may bear a relief.
var bearers = []string{"operator", "province"}

// Claims reads relief from the ledger and its table.
type Claims struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
}

// Reconcile brings the table up to the ledger's end and adds up the relief of the months from to to ("2020-03" to "2020-06").
func (c *Claims) Reconcile(ctx context.Context, from, to string) (*Reconciliation, error) {
	months, err := monthsBetween(from, to)
	if err != nil {
		return nil, err
	}
	if err := c.Ledger.CatchUp(ctx, Follower, Project); err != nil {
		return nil, err
	}
	r := &Reconciliation{From: from, To: to}
	if r.Seq, err = c.Ledger.Cursor(ctx, Follower); err != nil {
		return nil, err
	}
	if r.Figures, err = c.figures(ctx, from, to); err != nil {
		return nil, err
	}
	v := c.Ledger.View(ctx)
	for _, m := range months {
		for _, payer := range bearers {
			t := Total{Month: m, Payer: payer}
			for _, f := range r.Figures {
				if f.Month == m && f.Payer == payer {
					t.Items += f.Items
					t.AmountVND += f.AmountVND
				}
			}
			if kept, ok := ledger.Get[*Account](v, PeriodKey(payer, m)); ok {
				t.LedgerVND, t.LedgerN = kept.VND, kept.Items
			}
			if t != (Total{Month: m, Payer: payer}) {
				r.Totals = append(r.Totals, t)
			}
		}
	}
	return r, v.Err()
}

func (c *Claims) figures(ctx context.Context, from, to string) ([]Figure, error) {
	rows, err := c.DB.Read().QueryContext(ctx, `SELECT month, payer, policy, sum(CASE WHEN amount_vnd > 0 THEN 1 ELSE -1 END), sum(list_vnd), sum(amount_vnd)
		FROM tariff_relief WHERE month >= $1 AND month <= $2 GROUP BY month, payer, policy ORDER BY month, payer, policy`, from, to)
	if err != nil {
		return nil, fmt.Errorf("add up relief: %w", err)
	}
	defer rows.Close()
	var all []Figure
	for rows.Next() {
		var f Figure
		if err := rows.Scan(&f.Month, &f.Payer, &f.Policy, &f.Items, &f.ListVND, &f.AmountVND); err != nil {
			return nil, fmt.Errorf("add up relief: %w", err)
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

// EachRow reads the items behind the figures of a run of months, in order; payer and policy may be "" for all.
func (c *Claims) EachRow(ctx context.Context, from, to, payer, policy string, each func(Row) error) error {
	rows, err := c.DB.Read().QueryContext(ctx, `SELECT seq, item, policy, payer, month, on_day, office, list_vnd, amount_vnd, retro, recorded_ms, class
		FROM tariff_relief WHERE month >= $1 AND month <= $2 AND ($3 = '' OR payer = $3) AND ($4 = '' OR policy = $4) ORDER BY month, payer, policy, seq, n`,
		from, to, payer, policy)
	if err != nil {
		return fmt.Errorf("read relief: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Row
		var day string
		var retro int
		if err := rows.Scan(&r.Seq, &r.Item, &r.Policy, &r.Payer, &r.Month, &day, &r.Office, &r.ListVND, &r.AmountVND, &retro, &r.RecordedMs, &r.Class); err != nil {
			return fmt.Errorf("read relief: %w", err)
		}
		if err := r.On.UnmarshalText([]byte(day)); err != nil {
			return fmt.Errorf("read relief: %w", err)
		}
		r.Retro = retro == 1
		if err := each(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maxMonths bounds one reconciliation: ten years.
const maxMonths = 120

func monthsBetween(from, to string) ([]string, error) {
	first, err := postal.ParseDay(from + "-01")
	last, err2 := postal.ParseDay(to + "-01")
	if err != nil || err2 != nil || last.Before(first) || len(from) != 7 || len(to) != 7 {
		return nil, fault.New(fault.Invalid, "tariff.months", "Kỳ đối soát phải ghi dạng 2020-03, tháng đầu không sau tháng cuối.", "The period is written 2020-03, the first month not after the last.")
	}
	var months []string
	for d := first; !d.After(last); {
		months = append(months, d.String()[:7])
		year, month, _ := d.Date()
		d = postal.MakeDay(year, month+1, 1)
		if len(months) > maxMonths {
			return nil, fault.New(fault.TooLarge, "tariff.too_many_months", "Một lần đối soát tối đa %d tháng.", "At most %d months at a time.", maxMonths)
		}
	}
	return months, nil
}
