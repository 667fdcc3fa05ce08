package cash

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strconv"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Follower is the name under which Project follows the ledger.
const Follower = "cash"

// Migrate brings the tables of postings and receipts up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error { return sqldb.Migrate(ctx, db, "cash", schema) }

// Project writes postings and receipts into their tables, for ledger.Follow.
func Project(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for i := range entries {
		e := &entries[i]
		for n, f := range e.Facts {
			if err := project(ctx, tx, e, n, f); err != nil {
				return fmt.Errorf("money of entry %d: %w", e.Seq, err)
			}
		}
	}
	return nil
}

func project(ctx context.Context, tx *sql.Tx, e *event.Entry, n int, f event.Fact) error {
	switch f := f.(type) {
	case event.MoneyTaken:
		for _, c := range f.Collected {
			_, err := tx.ExecContext(ctx, `INSERT INTO cash_receipt (book, number, item, agency, kind, amount_vnd, day, office, seq, voided_seq)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
				c.Book, c.Number, string(f.Item), string(c.Agency), c.Kind, int64(c.AmountVND), dayOf(e), string(e.Office), e.Seq)
			if err != nil {
				return err
			}
		}
	case event.ReceiptVoided:
		if _, err := tx.ExecContext(ctx, `UPDATE cash_receipt SET voided_seq = $1 WHERE book = $2 AND number = $3`, e.Seq, f.Book, f.Number); err != nil {
			return err
		}
	}
	all, ok := PostingsOf(f)
	if !ok {
		return nil
	}
	item, ref := about(f)
	for p, x := range all {
		_, err := tx.ExecContext(ctx, `INSERT INTO cash_posting (seq, n, p, day, fact, item, ref, office, account, amount_vnd, recorded_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			e.Seq, n, p, dayOf(e), f.Fact(), item, ref, string(e.Office), string(x.Account), int64(x.AmountVND), e.RecordedMs)
		if err != nil {
			return err
		}
	}
	return nil
}

// dayOf is the day of an entry in the books: the ledger's own, so that a day that is over never changes.
func dayOf(e *event.Entry) string { return postal.DayOf(postal.FromMillis(e.RecordedMs)).String() }

// about gives the item that a fact is about, and what else helps to find its paper.
func about(f event.Fact) (item, ref string) {
	switch f := f.(type) {
	case event.DrawerOpened:
		return "", shift(f.Drawer, f.Shift)
	case event.DrawerClosed:
		return "", shift(f.Drawer, f.Shift)
	case event.DifferenceSettled:
		return "", shift(f.Drawer, f.Shift)
	case event.MoneyTaken:
		return string(f.Item), shift(f.Drawer, f.Shift)
	case event.TakingUndone:
		if f.Drawer == "" {
			return string(f.Item), ""
		}
		return string(f.Item), shift(f.Drawer, f.Shift)
	case event.CollectedReturned:
		return string(f.Item), f.Book + "/" + strconv.Itoa(f.Number)
	case event.PostageRefunded:
		return string(f.Item), f.Rule
	case event.Compensated:
		return string(f.Item), f.Record
	case event.Remitted:
		return "", string(f.Agency) + " " + f.Slip
	case event.MoneyMoved:
		return "", f.Slip
	}
	return "", ""
}

func shift(drawer string, n int) string { return fmt.Sprintf("%s/%d", drawer, n) }

// Records reads the books from the ledger and its tables.
type Records struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
}

// catchUp brings the tables up to the ledger's end.
func (r *Records) catchUp(ctx context.Context) error { return r.Ledger.CatchUp(ctx, Follower, Project) }

// Receipt is one State receipt.
type Receipt struct {
	Book      string            `json:"book"`
	Number    int               `json:"number"`
	Item      postal.ItemNumber `json:"item"`
	Agency    postal.AgencyCode `json:"agency"`
	Kind      string            `json:"kind"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Day       string            `json:"day"`
	Office    postal.OfficeCode `json:"office"`
	Seq       int64             `json:"seq"`
	Voided    bool              `json:"voided"`
}

// Receipts gives the receipts of an agency from one day to another, those that are void too, in the order of their numbers; agency "" is every one.
func (r *Records) Receipts(ctx context.Context, agency postal.AgencyCode, from, to postal.Day) ([]Receipt, error) {
	return r.receipts(ctx, `SELECT book, number, item, agency, kind, amount_vnd, day, office, seq, voided_seq > 0
		FROM cash_receipt WHERE ($1 = '' OR agency = $1) AND day >= $2 AND day <= $3 ORDER BY book, number`, string(agency), from.String(), to.String())
}

func (r *Records) receipts(ctx context.Context, text string, args ...any) ([]Receipt, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	defer rows.Close()
	var all []Receipt
	for rows.Next() {
		var x Receipt
		if err := rows.Scan(&x.Book, &x.Number, &x.Item, &x.Agency, &x.Kind, &x.AmountVND, &x.Day, &x.Office, &x.Seq, &x.Voided); err != nil {
			return nil, fmt.Errorf("read receipts: %w", err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// Movement is what the facts of one name put on one account.
type Movement struct {
	Fact      string        `json:"fact"`
	Account   event.Account `json:"account"`
	Count     int           `json:"count"`
	AmountVND postal.VND    `json:"amount_vnd"`
}

// Shift adds up one shift of a drawer, for its closing sheet.
func (r *Records) Shift(ctx context.Context, drawer string, n int) ([]Movement, error) {
	return r.movements(ctx, `SELECT fact, account, count(*), sum(amount_vnd) FROM cash_posting WHERE ref = $1 GROUP BY fact, account ORDER BY fact, account`, shift(drawer, n))
}

// Statement adds up what was collected for an agency and remitted to it, from one day to another.
func (r *Records) Statement(ctx context.Context, agency postal.AgencyCode, from, to postal.Day) ([]Movement, error) {
	return r.movements(ctx, `SELECT fact, account, count(*), sum(amount_vnd) FROM cash_posting WHERE account = $1 AND day >= $2 AND day <= $3
		GROUP BY fact, account ORDER BY fact`, string(Owed(agency)), from.String(), to.String())
}

func (r *Records) movements(ctx context.Context, text string, args ...any) ([]Movement, error) {
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	rows, err := r.DB.Read().QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("add up postings: %w", err)
	}
	defer rows.Close()
	var all []Movement
	for rows.Next() {
		var m Movement
		if err := rows.Scan(&m.Fact, &m.Account, &m.Count, &m.AmountVND); err != nil {
			return nil, fmt.Errorf("add up postings: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}
