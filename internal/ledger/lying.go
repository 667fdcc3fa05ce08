package ledger

import (
	"context"
	"fmt"

	"citypost/internal/sqldb"
)

// Lying gives the keys of one kind that lie at any of the places, in order. Unlike View.At it reads the index alone, so a board that shows three
// bags does not load three thousand items.
func (l *Ledger) Lying(ctx context.Context, letter byte, places ...string) ([]Key, error) {
	if len(places) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(places)+2)
	args = append(args, string(letter)+":", string(letter)+";") // ';' follows ':'
	for _, p := range places {
		args = append(args, p)
	}
	rows, err := l.db.Read().QueryContext(ctx, `SELECT key FROM ledger_state WHERE key >= $1 AND key < $2 AND place IN (`+sqldb.List(3, len(places))+`) ORDER BY key`, args...)
	if err != nil {
		return nil, fmt.Errorf("what lies at %d places: %w", len(places), err)
	}
	defer rows.Close()
	var keys []Key
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, fmt.Errorf("what lies at %d places: %w", len(places), err)
		}
		keys = append(keys, Key(k))
	}
	return keys, rows.Err()
}
