package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
)

// Cursor is where a follower stands. No entry tells of it, so each row carries a checksum: a cursor that a changed byte set forward would make its follower pass over facts for ever,
// one set back would make it work on them twice.
type Cursor struct {
	Name    string `json:"name"`
	Seq     int64  `json:"seq"`
	Damaged bool   `json:"damaged"` // the row is not as it was written
}

// sealCursor is the checksum of a cursor's row.
func sealCursor(name string, seq int64) int64 {
	return sealRow([]byte(name), binary.BigEndian.AppendUint64(nil, uint64(seq)))
}

// sealRow is a checksum over the parts of a row. It finds a changed byte, and says nothing about who wrote the row.
func sealRow(parts ...[]byte) int64 {
	sum := uint32(0)
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli, binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		sum = crc32.Update(sum, castagnoli, p)
	}
	return int64(sum)
}

// cursors reads all cursors, by name.
func cursors(ctx context.Context, q sqldb.Querier) (list []Cursor, err error) {
	rows, err := q.QueryContext(ctx, `SELECT name, seq, seal FROM ledger_follower ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("read cursors: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Cursor
		var seal sql.NullInt64
		if err := rows.Scan(&c.Name, &c.Seq, &seal); err != nil {
			return nil, fmt.Errorf("read cursors: %w", err)
		}
		c.Damaged = seal.Valid && seal.Int64 != sealCursor(c.Name, c.Seq)
		list = append(list, c)
	}
	return list, rows.Err()
}

// cursor is where the follower of a name stands; 0 when it never worked. A damaged cursor is an error, and so is one that is missing while another is damaged: it may be the name that was changed.
func cursor(ctx context.Context, q sqldb.Querier, name string) (int64, error) {
	list, err := cursors(ctx, q)
	if err != nil {
		return 0, err
	}
	damaged := ""
	for _, c := range list {
		switch {
		case c.Name == name && !c.Damaged:
			return c.Seq, nil
		case c.Name == name:
			return 0, cursorDamaged(name)
		case c.Damaged:
			damaged = c.Name
		}
	}
	if damaged != "" {
		return 0, cursorDamaged(damaged)
	}
	return 0, nil
}

func cursorDamaged(name string) error {
	return fault.New(fault.Unavailable, "ledger.cursor_damaged",
		"Vị trí đã xử lý đến của phần việc “%s” trong sổ cái bị hỏng nên phần việc này tạm dừng, chưa mất gì. Hãy báo quản trị viên chạy «citypost doctor».",
		"Where the follower “%s” stands in the ledger was damaged, so it has paused; nothing is lost. Ask the administrator to run “citypost doctor”.", name)
}

// Cursor is the last entry that the follower of this name has worked on.
func (l *Ledger) Cursor(ctx context.Context, name string) (int64, error) {
	return cursor(ctx, l.db.Read(), name)
}

// SetCursor says where a follower stands, whatever its row says: a person's decision about a damaged one. What lies between is passed over, or worked on again. A name that nobody follows by is refused.
func (l *Ledger) SetCursor(ctx context.Context, name string, seq int64) error {
	if seq < 0 || seq > l.Seq() {
		return fault.New(fault.Invalid, "ledger.no_such_entry", "Sổ cái không có dòng %d (dòng cuối là %d).", "The ledger has no entry %d (the last one is %d).", seq, l.Seq())
	}
	return l.withCursor(ctx, name, func(tx *sql.Tx, there *Cursor) error {
		if l.known != nil && !slices.Contains(l.known, name) {
			return noSuchCursor(name)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO ledger_follower (name, seq, seal) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, seal = excluded.seal`,
			name, seq, sealCursor(name, seq))
		return err
	})
}

// DropCursor takes a cursor away that belongs to no follower: the rest of one whose name was damaged. One that is whole and of a known name stays, for its follower would do all its work again.
func (l *Ledger) DropCursor(ctx context.Context, name string) error {
	return l.withCursor(ctx, name, func(tx *sql.Tx, there *Cursor) error {
		switch {
		case there == nil:
			return noSuchCursor(name)
		case !there.Damaged && (l.known == nil || slices.Contains(l.known, name)):
			return fault.New(fault.Conflict, "ledger.cursor_in_use", "Phần việc “%s” đang dùng vị trí này và vị trí không hỏng. Bỏ đi thì phần việc phải làm lại từ đầu; muốn làm lại thì đặt --at %[1]s=0.",
				"The follower “%s” uses this cursor, and it is not damaged. Without it the follower would begin anew; if that is what you want, say --at %[1]s=0.", name)
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM ledger_follower WHERE name = $1`, name)
		return err
	})
}

// withCursor looks at a cursor and changes it while no follower of that name works; there is nil when there is none.
func (l *Ledger) withCursor(ctx context.Context, name string, change func(tx *sql.Tx, there *Cursor) error) error {
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := l.db.Lock(ctx, tx, "follow:"+name, true); err != nil {
			return err
		}
		list, err := cursors(ctx, tx)
		if err != nil {
			return err
		}
		var there *Cursor
		if n := slices.IndexFunc(list, func(c Cursor) bool { return c.Name == name }); n >= 0 {
			there = &list[n]
		}
		if err := change(tx, there); err != nil {
			return fmt.Errorf("change cursor of %s: %w", name, err)
		}
		return nil
	})
}

func noSuchCursor(name string) *fault.Error {
	return fault.New(fault.NotFound, "ledger.no_such_cursor", "Không có phần việc “%s”.", "There is no follower “%s”.", name)
}

func moveCursor(ctx context.Context, tx *sql.Tx, name string, from, to int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO ledger_follower (name, seq, seal) VALUES ($1, 0, $2) ON CONFLICT (name) DO NOTHING`, name, sealCursor(name, 0))
	if err != nil {
		return fmt.Errorf("cursor of %s: %w", name, err)
	}
	res, err := tx.ExecContext(ctx, `UPDATE ledger_follower SET seq = $2, seal = $4 WHERE name = $1 AND seq = $3`, name, to, from, sealCursor(name, to))
	if err != nil {
		return fmt.Errorf("move cursor of %s: %w", name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errMoved, err)
	}
	return nil
}
