package personal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"citypost/internal/postal"
	"citypost/internal/privacy"
)

// tidyAfter is how long who asks may wait for the act: it follows within seconds or was refused.
const tidyAfter = 24 * time.Hour

// tidyMost bounds one transaction.
const tidyMost = 500

// Tidy forgets who asked for what was refused: nobody is kept for a request that was never taken in.
func (s *Service) Tidy(ctx context.Context) error {
	before := postal.Millis(s.Now().Add(-tidyAfter))
	for {
		n := 0
		err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
			left, err := leftBehind(ctx, tx, before)
			if err != nil {
				return err
			}
			n = len(left)
			for code, subject := range left {
				if err := s.Vault.EraseIn(ctx, tx, subject); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, `DELETE FROM personal_request WHERE code = $1`, code); err != nil {
					return fmt.Errorf("forget who asked: %w", err)
				}
			}
			return nil
		})
		if err != nil || n < tidyMost {
			return err
		}
	}
}

// leftBehind finds rows whose request the ledger does not know, by code.
func leftBehind(ctx context.Context, tx *sql.Tx, before int64) (map[string]privacy.SubjectID, error) {
	rows, err := tx.QueryContext(ctx, `SELECT r.code, r.subject FROM personal_request r LEFT JOIN ledger_state s ON s.key = 'l:' || r.code
		WHERE r.created_ms < $1 AND s.key IS NULL LIMIT $2`, before, tidyMost)
	if err != nil {
		return nil, fmt.Errorf("find who asked in vain: %w", err)
	}
	defer rows.Close()
	out := map[string]privacy.SubjectID{}
	for rows.Next() {
		var code string
		var subject privacy.SubjectID
		if err := rows.Scan(&code, &subject); err != nil {
			return nil, fmt.Errorf("find who asked in vain: %w", err)
		}
		out[code] = subject
	}
	return out, rows.Err()
}
