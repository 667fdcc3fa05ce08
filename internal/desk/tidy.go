package desk

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"citypost/internal/postal"
	"citypost/internal/privacy"
)

// tidyAfter is how long a cover may wait for its act: the act follows within seconds or was refused.
const tidyAfter = 48 * time.Hour

// tidyMost bounds one round.
const tidyMost = 1000

// Tidy forgets the covers whose act was refused: nobody's name is kept for an item that was never accepted.
func (s *Service) Tidy(ctx context.Context) error {
	before := postal.Millis(s.Now().Add(-tidyAfter))
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT p.act, p.subject FROM desk_party p
		WHERE p.created_ms < $1 AND NOT EXISTS (SELECT 1 FROM ledger_act a WHERE a.id = p.act) LIMIT $2`, before, tidyMost)
	if err != nil {
		return fmt.Errorf("find covers without items: %w", err)
	}
	defer rows.Close()
	subjects := map[string][]byte{}
	for rows.Next() {
		var act []byte
		var subject string
		if err := rows.Scan(&act, &subject); err != nil {
			return fmt.Errorf("find covers without items: %w", err)
		}
		subjects[subject] = act
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find covers without items: %w", err)
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		for subject, act := range subjects {
			if err := s.Vault.EraseIn(ctx, tx, privacy.SubjectID(subject)); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM desk_party WHERE act = $1`, act); err != nil {
				return fmt.Errorf("forget cover: %w", err)
			}
		}
		return nil
	})
}
