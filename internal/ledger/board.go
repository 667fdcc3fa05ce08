package ledger

import (
	"context"
	"fmt"
)

// Board gives at most limit keys of one kind that lie at a place, in order, after one of them ("" from the start): a page of a board.
func (l *Ledger) Board(ctx context.Context, place string, letter byte, after Key, limit int) ([]Key, error) {
	first, end := Key([]byte{letter, ':'}), Key([]byte{letter, ':' + 1})
	rows, err := l.db.Read().QueryContext(ctx, `SELECT key FROM ledger_state WHERE place = $1 AND key > $2 AND key < $3 ORDER BY key LIMIT $4`,
		place, string(max(first, after)), string(end), limit)
	if err != nil {
		return nil, fmt.Errorf("board of %s: %w", place, err)
	}
	defer rows.Close()
	var keys []Key
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, fmt.Errorf("board of %s: %w", place, err)
		}
		keys = append(keys, Key(k))
	}
	return keys, rows.Err()
}
