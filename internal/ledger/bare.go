package ledger

import (
	"context"
	"database/sql"

	"citypost/internal/sqldb"
)

// Bare writes what a ledger wrote and does nothing else: no decisions, no hashes. It is the yardstick for measuring a ledger on the same machine.
type Bare struct {
	db     *sqldb.DB
	writer *writer
}

// OpenBare makes the ledger's tables in an empty database. The tables beside must be there already.
func OpenBare(ctx context.Context, db *sqldb.DB, beside ...*Table) (*Bare, error) {
	if err := sqldb.Migrate(ctx, db, "ledger", schema); err != nil {
		return nil, err
	}
	w, err := newWriter(ctx, db, beside)
	return &Bare{db, w}, err
}

// Write writes one batch in one durable transaction.
func (b *Bare) Write(ctx context.Context, r Rows) error {
	return b.db.Tx(ctx, func(tx *sql.Tx) error { return b.writer.put(ctx, tx, &r) })
}

// Close ends it.
func (b *Bare) Close() error { return b.writer.close() }
