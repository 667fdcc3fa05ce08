package cash

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// ShiftFollower is the name under which ProjectShifts follows the ledger.
const ShiftFollower = "cash-shifts"

// ProjectShifts writes the shifts of the drawers into their table, for ledger.Follow.
func ProjectShifts(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for i := range entries {
		for _, f := range entries[i].Facts {
			if err := projectShift(ctx, tx, &entries[i], f); err != nil {
				return fmt.Errorf("shift of entry %d: %w", entries[i].Seq, err)
			}
		}
	}
	return nil
}

func projectShift(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.Fact) (err error) {
	switch f := f.(type) {
	case event.DrawerOpened:
		_, err = tx.ExecContext(ctx, `INSERT INTO cash_shift (drawer, shift, office, clerk, opened_seq, opened_ms, float_vnd, notes, counted_vnd, closed_seq, closed_ms, closed_by, expected_vnd, reason, born_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', 0, 0, 0, '', 0, '', '')`, f.Drawer, f.Shift, string(e.Office), string(f.Clerk), e.Seq, e.RecordedMs, int64(f.FloatVND))
	case event.DrawerCounted:
		var notes []byte
		if notes, err = json.Marshal(f.Notes); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE cash_shift SET notes = $3, counted_vnd = $4 WHERE drawer = $1 AND shift = $2`, f.Drawer, f.Shift, string(notes), int64(f.CountedVND))
	case event.DrawerClosed:
		_, err = tx.ExecContext(ctx, `UPDATE cash_shift SET closed_seq = $3, closed_ms = $4, closed_by = $5, expected_vnd = $6, counted_vnd = $7, reason = $8 WHERE drawer = $1 AND shift = $2`,
			f.Drawer, f.Shift, e.Seq, e.RecordedMs, string(e.Actor), int64(f.ExpectedVND), int64(f.CountedVND), f.Reason)
	case event.DifferenceSettled:
		_, err = tx.ExecContext(ctx, `UPDATE cash_shift SET born_by = $2 WHERE drawer = $1 AND closed_seq > 0 AND born_by = '' AND counted_vnd <> expected_vnd`, f.Drawer, f.BornBy)
	}
	return err
}

// ShiftRecord is one shift of a drawer.
type ShiftRecord struct {
	Drawer      string
	Shift       int
	Office      postal.OfficeCode
	Clerk       postal.StaffID
	OpenedSeq   int64
	OpenedMs    int64
	FloatVND    postal.VND
	Notes       []event.Notes // of the last count
	CountedVND  postal.VND
	ClosedSeq   int64 // 0 while it is open
	ClosedMs    int64
	ClosedBy    postal.StaffID
	ExpectedVND postal.VND
	Reason      string // of a difference
	BornBy      string // who bears the difference; "" while nobody has decided
}

// Difference is what was counted less what the books expect; of a closed shift.
func (s *ShiftRecord) Difference() postal.VND { return s.CountedVND - s.ExpectedVND }

const shiftColumns = `drawer, shift, office, clerk, opened_seq, opened_ms, float_vnd, notes, counted_vnd, closed_seq, closed_ms, closed_by, expected_vnd, reason, born_by`

func scanShift(row interface{ Scan(...any) error }) (s ShiftRecord, err error) {
	var notes string
	if err = row.Scan(&s.Drawer, &s.Shift, &s.Office, &s.Clerk, &s.OpenedSeq, &s.OpenedMs, &s.FloatVND, &notes, &s.CountedVND, &s.ClosedSeq, &s.ClosedMs, &s.ClosedBy, &s.ExpectedVND, &s.Reason, &s.BornBy); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(notes), &s.Notes)
}

// catchUpShifts brings the table of shifts up to the ledger's end.
func (r *Records) catchUpShifts(ctx context.Context) error {
	return r.Ledger.CatchUp(ctx, ShiftFollower, ProjectShifts)
}

// Shifts gives the last shifts of an office, the newest first.
func (r *Records) Shifts(ctx context.Context, o postal.OfficeCode, limit int) ([]ShiftRecord, error) {
	if err := r.catchUpShifts(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT `+shiftColumns+` FROM cash_shift WHERE office = $1 ORDER BY opened_seq DESC LIMIT $2`, string(o), limit)
	if err != nil {
		return nil, fmt.Errorf("read shifts: %w", err)
	}
	defer rows.Close()
	var all []ShiftRecord
	for rows.Next() {
		s, err := scanShift(rows)
		if err != nil {
			return nil, fmt.Errorf("read shifts: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// Sheet gives one shift with everything that moved in its drawer, and the transfers that it took.
func (r *Records) Sheet(ctx context.Context, drawer string, n int) (s ShiftRecord, moved []Movement, err error) {
	if err := r.catchUpShifts(ctx); err != nil {
		return s, nil, err
	}
	s, err = scanShift(r.DB.Read().QueryRowContext(ctx, `SELECT `+shiftColumns+` FROM cash_shift WHERE drawer = $1 AND shift = $2`, drawer, n))
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, fault.New(fault.NotFound, "cash.shift", "Không có ca %[2]d của ngăn tiền %[1]q.", "Drawer %[1]q has no shift %[2]d.", drawer, n)
	} else if err != nil {
		return s, nil, fmt.Errorf("read shift: %w", err)
	}
	last, to := int64(math.MaxInt64), "9999-12-31"
	if s.ClosedSeq > 0 {
		last, to = s.ClosedSeq, postal.DayOf(postal.FromMillis(s.ClosedMs)).String()
	}
	from := postal.DayOf(postal.FromMillis(s.OpenedMs)).String()
	moved, err = r.movements(ctx, `SELECT fact, account, count(*), sum(amount_vnd) FROM cash_posting
		WHERE day >= $1 AND day <= $2 AND seq >= $3 AND seq <= $4 AND (account = $5 OR account = $6 AND ref = $7) GROUP BY fact, account ORDER BY min(seq), account`,
		from, to, s.OpenedSeq, last, string(InDrawer(drawer)), string(Transit(s.Office)), shift(drawer, n))
	return s, moved, err
}

// ReceiptsOf gives the receipts of a book from a number on, in the order of their numbers.
func (r *Records) ReceiptsOf(ctx context.Context, book string, from, limit int) ([]Receipt, error) {
	return r.receipts(ctx, `SELECT book, number, item, agency, kind, amount_vnd, day, office, seq, voided_seq > 0
		FROM cash_receipt WHERE book = $1 AND number >= $2 ORDER BY number LIMIT $3`, book, from, limit)
}

// BookRecord is what the table of receipts holds of one book.
type BookRecord struct {
	Book            string
	Office          postal.OfficeCode
	Count, From, To int
	Voided          int
	AmountVND       postal.VND // of those that are good
}

// Whole reports whether no number between the first and the last is missing.
func (b *BookRecord) Whole() bool { return b.To-b.From+1 == b.Count }

// BooksOf gives what was issued from each book of an office.
func (r *Records) BooksOf(ctx context.Context, o postal.OfficeCode) ([]BookRecord, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT book, office, count(*), min(number), max(number), sum(CASE WHEN voided_seq > 0 THEN 1 ELSE 0 END), sum(CASE WHEN voided_seq > 0 THEN 0 ELSE amount_vnd END)
		FROM cash_receipt WHERE office = $1 GROUP BY book, office ORDER BY book`, string(o))
	if err != nil {
		return nil, fmt.Errorf("read books: %w", err)
	}
	defer rows.Close()
	var all []BookRecord
	for rows.Next() {
		var b BookRecord
		if err := rows.Scan(&b.Book, &b.Office, &b.Count, &b.From, &b.To, &b.Voided, &b.AmountVND); err != nil {
			return nil, fmt.Errorf("read books: %w", err)
		}
		all = append(all, b)
	}
	return all, rows.Err()
}

// Debt is what is owed to an agency.
type Debt struct {
	Agency postal.AgencyCode
	VND    postal.VND
}

// Debts gives every agency for which money was ever collected, with what is still owed to it.
func (r *Records) Debts(ctx context.Context) ([]Debt, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	prefix := string(Owed(""))
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT account, -sum(amount_vnd) FROM cash_posting WHERE account > $1 AND account < $2 GROUP BY account ORDER BY account`, prefix, prefix[:len(prefix)-1]+";")
	if err != nil {
		return nil, fmt.Errorf("read debts: %w", err)
	}
	defer rows.Close()
	var all []Debt
	for rows.Next() {
		var account string
		var d Debt
		if err := rows.Scan(&account, &d.VND); err != nil {
			return nil, fmt.Errorf("read debts: %w", err)
		}
		d.Agency = postal.AgencyCode(account[len(prefix):])
		all = append(all, d)
	}
	return all, rows.Err()
}
