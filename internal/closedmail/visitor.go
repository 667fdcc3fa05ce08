package closedmail

import (
	"context"
	"database/sql"
	"fmt"

	"citypost/internal/fault"
	"citypost/internal/privacy"
)

// Visitor is who a visit was: the kind and number of the paper that was shown. The number lies sealed under a key of its own, beside the ledger.
type Visitor struct {
	Visit   ID
	Paper   string // one of visitorPapers
	subject privacy.SubjectID
	sealed  []byte
}

// KeepVisitor seals the number of a visitor's paper; what is kept already stays as it is, so a second click does no harm.
func (r *Records) KeepVisitor(ctx context.Context, vault *privacy.Vault, visit, paper, number string) error {
	return r.DB.Tx(ctx, func(tx *sql.Tx) error {
		var there int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM closedmail_visitor WHERE visit = $1`, visit).Scan(&there); err != nil || there > 0 {
			return err
		}
		subject, err := vault.NewSubject(ctx, tx)
		if err != nil {
			return err
		}
		sealed, err := subject.Seal("visitor", []byte(number))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO closedmail_visitor (visit, subject, paper, sealed) VALUES ($1, $2, $3, $4)`, visit, string(subject.ID), paper, sealed)
		return err
	})
}

// Visitors lists the last ones, newest first: the id of a visit begins with its time.
func (r *Records) Visitors(ctx context.Context, limit int) ([]Visitor, error) {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT visit, subject, paper, sealed FROM closedmail_visitor ORDER BY visit DESC LIMIT $1`, limit)
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
	plain, err := vault.Open(ctx, r.DB.Read(), x.subject, "visitor", x.sealed)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return string(plain), err
}
