package ledger

import (
	"context"
	"fmt"
)

// Crowd is how many things of one kind lie at one place.
type Crowd struct {
	Place  string
	Letter byte
	N      int
}

// Crowds counts, by place and kind, what lies at the places that start with prefix ("office:"). It reads the index of places alone.
func (l *Ledger) Crowds(ctx context.Context, prefix string) ([]Crowd, error) {
	rows, err := l.db.Read().QueryContext(ctx, `SELECT place, substr(key, 1, 1), count(*) FROM ledger_state WHERE place >= $1 AND place < $2
		GROUP BY place, substr(key, 1, 1) ORDER BY place, substr(key, 1, 1)`, prefix, after(prefix))
	if err != nil {
		return nil, fmt.Errorf("count what lies at %s…: %w", prefix, err)
	}
	defer rows.Close()
	var out []Crowd
	for rows.Next() {
		var c Crowd
		var letter string
		if err := rows.Scan(&c.Place, &letter, &c.N); err != nil {
			return nil, fmt.Errorf("count what lies at %s…: %w", prefix, err)
		}
		c.Letter = letter[0]
		out = append(out, c)
	}
	return out, rows.Err()
}

// Under gives at most limit keys of one kind that lie at the places that start with prefix: the dispatches in any driver's hands.
func (l *Ledger) Under(ctx context.Context, letter byte, prefix string, limit int) ([]Key, error) {
	rows, err := l.db.Read().QueryContext(ctx, `SELECT key FROM ledger_state WHERE place >= $1 AND place < $2 AND key >= $3 AND key < $4 ORDER BY place, key LIMIT $5`,
		prefix, after(prefix), string(letter)+":", string(letter)+";", limit) // ';' follows ':'
	if err != nil {
		return nil, fmt.Errorf("what lies at %s…: %w", prefix, err)
	}
	defer rows.Close()
	var keys []Key
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, fmt.Errorf("what lies at %s…: %w", prefix, err)
		}
		keys = append(keys, Key(k))
	}
	return keys, rows.Err()
}

// after is the first text that follows all texts with this prefix.
func after(prefix string) string {
	b := []byte(prefix)
	b[len(b)-1]++
	return string(b)
}
