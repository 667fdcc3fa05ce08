package privacy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"citypost/internal/sqldb"
)

// Erase forgets a person: their key is destroyed and with it everything ever sealed for them. When it happened stays known.
// Erasing twice is harmless; erasing somebody never known is NotFound.
func (v *Vault) Erase(ctx context.Context, id SubjectID) error {
	return v.DB.Tx(ctx, func(tx *sql.Tx) error { return v.EraseIn(ctx, tx, id) })
}

// EraseIn is Erase within the caller's transaction, beside the deletion of blind indexes and plain remains.
func (v *Vault) EraseIn(ctx context.Context, tx sqldb.Querier, id SubjectID) error {
	// As many zero bytes as the key had: the row keeps its size, so SQLite overwrites the key where it stands.
	done, err := tx.ExecContext(ctx, `UPDATE subject_key SET sealed_key = $2 WHERE subject = $1`, string(id), make([]byte, overhead+keySize))
	if err != nil {
		return fmt.Errorf("overwrite subject key: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, unknownSubject())
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO subject_erased(subject, erased_ms) VALUES($1, $2) ON CONFLICT (subject) DO NOTHING`,
		string(id), v.Now().UnixMilli()); err != nil {
		return fmt.Errorf("note the erasure: %w", err)
	}
	return nil
}

// Scrub drives old copies of erased keys out of SQLite's write-ahead log, and lets PostgreSQL give its dead rows' space to new ones.
// Run it at night after erasures; until then a copy may remain on disk, still sealed under the house key.
func (v *Vault) Scrub(ctx context.Context) error {
	if v.DB.Dialect == sqldb.Postgres {
		if _, err := v.DB.Write().ExecContext(ctx, `VACUUM subject_key`); err != nil {
			return fmt.Errorf("scrub erased keys: %w", err)
		}
		return nil
	}
	var busy, frames, moved int
	if err := v.DB.Write().QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("scrub erased keys: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("scrub erased keys: a reader holds the log; %d of %d pages moved", moved, frames)
	}
	return nil
}
