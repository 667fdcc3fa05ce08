package closedmail

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
)

// Visitor is who a visit was: the kind and number of the paper that was shown. The number lies sealed under a key of its own, beside the ledger.
type Visitor struct {
	Visit   ID
	Paper   string // one of visitorPapers
	subject privacy.SubjectID
	sealed  []byte // empty when the number was erased
}

var (
	keyTable     = &ledger.Table{Insert: privacy.InsertKeys, Width: privacy.KeyColumns}
	visitorTable = &ledger.Table{Insert: `INSERT INTO closedmail_visitor (visit, subject, paper, sealed, office) VALUES `, Width: 5}
)

// Tables are what the ledger must be opened with, for acts that keep a visitor's number.
func Tables() []*ledger.Table { return []*ledger.Table{keyTable, visitorTable} }

// BesideVisit seals the number of a visitor's paper: rows to be appended with the act that lets him in, so that the visit and its number are one commit.
func BesideVisit(vault *privacy.Vault, act postal.ActID, o postal.OfficeCode, paper, number string) ([]ledger.Beside, error) {
	subjects, keys, err := vault.NewKeys(1)
	if err != nil {
		return nil, err
	}
	sealed, err := subjects[0].Seal("visitor", []byte(number))
	if err != nil {
		return nil, err
	}
	visit := idOf(ledger.Envelope{Act: act}, 0)
	return []ledger.Beside{{Table: keyTable, Row: keys[0]}, {Table: visitorTable, Row: []any{visit, string(subjects[0].ID), paper, sealed, string(o)}}}, nil
}

// Visitors lists those of an office, newest first, before a visit when one is given: the id of a visit begins with its time.
func (r *Records) Visitors(ctx context.Context, o postal.OfficeCode, before ID, limit int) ([]Visitor, error) {
	if before == "" {
		before = "~" // after every id
	}
	return r.visitors(ctx, `SELECT visit, subject, paper, sealed FROM closedmail_visitor WHERE office = $1 AND visit < $2 ORDER BY visit DESC LIMIT $3`, string(o), string(before), limit)
}

func (r *Records) visitors(ctx context.Context, text string, args ...any) ([]Visitor, error) {
	rows, err := r.DB.Read().QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read visitors: %w", err)
	}
	defer rows.Close()
	var all []Visitor
	for rows.Next() {
		var x Visitor
		if err := rows.Scan(&x.Visit, &x.subject, &x.Paper, &x.sealed); err != nil {
			return nil, fmt.Errorf("read visitors: %w", err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// VisitorNumber opens the number of a visitor's paper; "" when it was erased.
func (r *Records) VisitorNumber(ctx context.Context, vault *privacy.Vault, x Visitor) (string, error) {
	if len(x.sealed) == 0 {
		return "", nil
	}
	plain, err := vault.Open(ctx, r.DB.Read(), x.subject, "visitor", x.sealed)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return string(plain), err
}

// visitorsAtOnce is how many visitors one step of TidyVisitors looks at.
const visitorsAtOnce = 500

// TidyVisitors erases the numbers that are older than electronic records are kept (kt1.records.electronic), where nothing holds the office's records. The visits stay
// in the ledger and in the log, with the kind of paper.
func (r *Records) TidyVisitors(ctx context.Context, vault *privacy.Vault, law *Law, now time.Time) error {
	if err := r.placeVisitors(ctx); err != nil {
		return err
	}
	v := r.Ledger.View(ctx)
	for after := ID(""); ; {
		all, err := r.visitors(ctx, `SELECT visit, subject, paper, sealed FROM closedmail_visitor WHERE visit > $1 AND length(sealed) > 0 ORDER BY visit LIMIT $2`, string(after), visitorsAtOnce)
		if err != nil {
			return err
		}
		for _, x := range all {
			after = x.Visit
			c, ok := ledger.Get[*Case](v, CaseKey(x.Visit))
			if !ok {
				continue // it was kept for a visit that never was: the next look says the same
			}
			end, _, err := law.Kept(false, postal.FromMillis(c.OpenedMs))
			if err != nil {
				return err
			}
			if end.After(now) {
				return v.Err()
			}
			if held(v, c.Office) {
				continue
			}
			if err := r.eraseVisitor(ctx, vault, x); err != nil {
				return err
			}
		}
		if len(all) < visitorsAtOnce {
			return v.Err()
		}
	}
}

func (r *Records) eraseVisitor(ctx context.Context, vault *privacy.Vault, x Visitor) error {
	return r.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := vault.EraseIn(ctx, tx, x.subject); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE closedmail_visitor SET sealed = $2 WHERE visit = $1`, string(x.Visit), []byte{})
		return err
	})
}

// placeVisitors writes the office to visitors of versions that did not keep it.
func (r *Records) placeVisitors(ctx context.Context) error {
	v := r.Ledger.View(ctx)
	for after := ID(""); ; {
		all, err := r.visitors(ctx, `SELECT visit, subject, paper, sealed FROM closedmail_visitor WHERE office = '' AND visit > $1 ORDER BY visit LIMIT $2`, string(after), visitorsAtOnce)
		if err != nil || len(all) == 0 {
			return err
		}
		err = r.DB.Tx(ctx, func(tx *sql.Tx) error {
			for _, x := range all {
				after = x.Visit
				c, ok := ledger.Get[*Case](v, CaseKey(x.Visit))
				if !ok {
					continue
				}
				if _, err := tx.ExecContext(ctx, `UPDATE closedmail_visitor SET office = $2 WHERE visit = $1`, string(x.Visit), string(c.Office)); err != nil {
					return fmt.Errorf("place visitors: %w", err)
				}
			}
			return v.Err()
		})
		if err != nil {
			return err
		}
	}
}
