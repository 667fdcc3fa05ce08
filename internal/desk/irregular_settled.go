package desk

import (
	"context"
	"database/sql"
	"fmt"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Follower is the name under which the desk follows the ledger.
const Follower = "desk.settled"

// Project notes which irregularities an office has settled, so that they can be listed after they have left its board.
func Project(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for _, e := range entries {
		for _, f := range e.Facts {
			settled, ok := f.(event.IrregularitySettled)
			if !ok {
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO desk_settled (irregularity, office, seq) VALUES ($1, $2, $3) ON CONFLICT (irregularity) DO NOTHING`,
				settled.Irregularity, string(e.Office), e.Seq)
			if err != nil {
				return fmt.Errorf("note settled irregularity: %w", err)
			}
		}
	}
	return nil
}

// maxSettled is how many settled irregularities are listed; older ones are found from their item.
const maxSettled = 100

// settled lists the last irregularities that an office has settled, newest first.
func (s *Service) settled(ctx context.Context, office postal.OfficeCode) ([]*custody.Irregularity, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT irregularity FROM desk_settled WHERE office = $1 ORDER BY seq DESC LIMIT $2`, string(office), maxSettled)
	if err != nil {
		return nil, fmt.Errorf("list settled irregularities: %w", err)
	}
	defer rows.Close()
	var keys []ledger.Key
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list settled irregularities: %w", err)
		}
		keys = append(keys, custody.IrregularityKey(id))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	v := s.Ledger.View(ctx)
	v.Load(keys...)
	var out []*custody.Irregularity
	for _, k := range keys {
		if x, ok := ledger.Get[*custody.Irregularity](v, k); ok {
			out = append(out, x)
		}
	}
	return out, v.Err()
}
