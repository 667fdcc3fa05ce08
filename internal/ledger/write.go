package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
)

// writer holds the prepared statements of the batch machine.
type writer struct {
	entry, state, trail *bulk
	repeats, load       *list
	takeHead, moveHead  *sql.Stmt
	keysAt              *sql.Stmt
	beside              besides
}

func newWriter(ctx context.Context, db *sqldb.DB, beside []*Table) (*writer, error) {
	w := &writer{
		entry: &bulk{width: 3, text: `INSERT INTO ledger_entry (seq, digest, body) VALUES `},
		state: &bulk{width: 4, text: `INSERT INTO ledger_state (key, place, trail, body) VALUES `,
			tail: ` ON CONFLICT (key) DO UPDATE SET place = excluded.place, trail = excluded.trail, body = excluded.body`},
		trail: &bulk{width: 3, text: `INSERT INTO ledger_trail (key, first, seqs) VALUES `},

		repeats: &list{text: `SELECT id, seq, digest FROM ledger_act WHERE id IN (`},
		load:    &list{text: `SELECT key, trail, body FROM ledger_state WHERE key IN (`},
	}
	var err error
	// The update that changes nothing locks the row: on PostgreSQL the batches of several nodes queue here.
	if w.takeHead, err = db.Write().PrepareContext(ctx, `UPDATE ledger_head SET seq = seq WHERE id = 1 RETURNING seq, recorded_ms, rebuilt`); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if w.moveHead, err = db.Write().PrepareContext(ctx, `UPDATE ledger_head SET seq = $1, recorded_ms = $2 WHERE id = 1`); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare: %w", err), w.close())
	}
	if w.keysAt, err = db.Write().PrepareContext(ctx, keysAtText); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare: %w", err), w.close())
	}
	for _, q := range []*list{w.repeats, w.load} {
		if err := q.prepare(ctx, db); err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	for _, b := range []*bulk{w.entry, w.state, w.trail} {
		if err := b.prepare(ctx, db); err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	if w.beside, err = newBesides(ctx, db, beside); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) close() error {
	return errors.Join(w.entry.close(), w.state.close(), w.trail.close(), w.repeats.close(), w.load.close(), closeAll([]*sql.Stmt{w.takeHead, w.moveHead, w.keysAt}), w.beside.close())
}

// Rows are what one batch writes.
type Rows struct {
	Seq, RecordedMs int64 // the head after it

	entries, states, pages []any
	beside                 [][]any // by table, in the order of Config.Beside
	tiles                  []tree.Tile
}

// BesideBytes is about how many bytes the batch wrote beside its entries.
func (r *Rows) BesideBytes() (n int) {
	for _, args := range r.beside {
		n += Beside{Row: args}.size()
	}
	return n
}

// Acts is how many acts the batch wrote.
func (r *Rows) Acts() int { return len(r.entries) / 3 }

// takeStates takes the changed states of a view and the full pages of their trails.
func (r *Rows) takeStates(v *View) {
	keys := v.changed()
	r.states = make([]any, 0, 4*len(keys))
	buf := make([]byte, 0, 256*len(keys))
	for _, k := range keys {
		s := v.slots[k]
		var place any
		if s.place != "" {
			place = s.place
		}
		trail := s.trail.b
		if trail == nil {
			trail = []byte{}
		}
		from := len(buf)
		buf = s.state.Encode(buf)
		r.states = append(r.states, string(k), place, trail, buf[from:len(buf):len(buf)])
		for _, p := range s.spill {
			r.pages = append(r.pages, string(k), p.first, p.b)
		}
	}
}

// put writes the rows of a batch. Whatever fails, the caller rolls back: none of it, or all of it.
func (w *writer) put(ctx context.Context, tx *sql.Tx, r *Rows) error {
	if err := w.entry.exec(ctx, tx, r.entries); err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	if err := w.putStates(ctx, tx, r); err != nil {
		return err
	}
	if err := w.beside.put(ctx, tx, r.beside); err != nil {
		return err
	}
	for _, t := range r.tiles {
		if err := putTile(ctx, tx, t.Level, t.N, t.Data); err != nil {
			return err
		}
	}
	if _, err := tx.StmtContext(ctx, w.moveHead).ExecContext(ctx, r.Seq, r.RecordedMs); err != nil {
		return fmt.Errorf("move head: %w", err)
	}
	return nil
}

func (w *writer) putStates(ctx context.Context, tx *sql.Tx, r *Rows) error {
	if err := w.state.exec(ctx, tx, r.states); err != nil {
		return fmt.Errorf("write states: %w", err)
	}
	if err := w.trail.exec(ctx, tx, r.pages); err != nil {
		return fmt.Errorf("write trails: %w", err)
	}
	return nil
}

// bulk is an INSERT prepared for several numbers of rows.
type bulk struct {
	text, tail string
	width      int
	stmts      [len(bulkRows)]*sql.Stmt
}

// bulkRows are the numbers of rows that statements are prepared for, greatest first: any number is a short sum of them. More rows in one statement gain nothing.
var bulkRows = [...]int{32, 8, 1}

func (b *bulk) prepare(ctx context.Context, db *sqldb.DB) error {
	for i, n := range bulkRows {
		s, err := db.Write().PrepareContext(ctx, b.text+placeholders(db, sqldb.Rows(n, b.width))+b.tail)
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		b.stmts[i] = s
	}
	return nil
}

// placeholders writes ? for $n on SQLite: its driver looks for the name of each parameter in a list, so many names cost their square.
func placeholders(db *sqldb.DB, text string) string {
	if db.Dialect != sqldb.SQLite {
		return text
	}
	var b strings.Builder
	for _, c := range text {
		switch {
		case c == '$':
			b.WriteByte('?')
		case c < '0' || c > '9':
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (b *bulk) exec(ctx context.Context, tx *sql.Tx, args []any) error {
	for i, n := range bulkRows {
		size := n * b.width
		if len(args) < size {
			continue
		}
		stmt := tx.StmtContext(ctx, b.stmts[i])
		for ; len(args) >= size; args = args[size:] {
			if _, err := stmt.ExecContext(ctx, args[:size]...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bulk) close() error { return closeAll(b.stmts[:]) }

// list is a question about many keys, prepared for several numbers of them.
type list struct {
	text  string
	stmts [len(listSizes)]*sql.Stmt
}

// listSizes are the numbers of keys that questions are prepared for; a shorter list is filled up with its last key.
var listSizes = [...]int{1, 8, 64, 256}

func (q *list) prepare(ctx context.Context, db *sqldb.DB) error {
	for i := range listSizes {
		s, err := db.Write().PrepareContext(ctx, q.text+listText(db, i)+")")
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		q.stmts[i] = s
	}
	return nil
}

// each asks about all keys and hands over every row.
func (q *list) each(ctx context.Context, tx *sql.Tx, keys []any, row func(*sql.Rows) error) error {
	return inParts(keys, func(size int, args []any) error { return eachRow(ctx, tx.StmtContext(ctx, q.stmts[size]), args, row) })
}

// inParts cuts a list of keys into parts of the sizes that questions are prepared for.
func inParts(keys []any, ask func(size int, args []any) error) error {
	for part := range slices.Chunk(keys, listSizes[len(listSizes)-1]) {
		i, _ := slices.BinarySearch(listSizes[:], len(part))
		if n := listSizes[i]; n > len(part) {
			part = append(slices.Clip(part), slices.Repeat(part[len(part)-1:], n-len(part))...)
		}
		if err := ask(i, part); err != nil {
			return err
		}
	}
	return nil
}

// askAll asks about all keys outside of a batch; text ends with the opening bracket of the list.
func askAll(ctx context.Context, db *sqldb.DB, text string, keys []any, row func(*sql.Rows) error) error {
	return inParts(keys, func(size int, args []any) error {
		stmt, err := db.Ask(ctx, text+listText(db, size)+")")
		if err != nil {
			return err
		}
		return eachRow(ctx, stmt, args, row)
	})
}

// listText gives the placeholders of one of the sizes.
func listText(db *sqldb.DB, size int) string {
	if db.Dialect == sqldb.SQLite {
		return questionMarks[size]
	}
	return dollars[size]
}

var questionMarks, dollars = func() (q, d [len(listSizes)]string) {
	for i, n := range listSizes {
		q[i], d[i] = strings.Repeat("?,", n-1)+"?", sqldb.List(1, n)
	}
	return q, d
}()

func eachRow(ctx context.Context, stmt *sql.Stmt, args []any, row func(*sql.Rows) error) error {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	return allRows(rows, row)
}

func allRows(rows *sql.Rows, row func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (q *list) close() error { return closeAll(q.stmts[:]) }

func closeAll(stmts []*sql.Stmt) error {
	var errs []error
	for _, s := range stmts {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// txLoader loads within a batch, by prepared questions.
type txLoader struct {
	tx *sql.Tx
	w  *writer
}

func (l txLoader) states(ctx context.Context, keys []Key, each func(Key, []byte, []byte) error) error {
	err := l.w.load.each(ctx, l.tx, anyKeys(keys), rowOfState(each))
	if err != nil {
		return fmt.Errorf("load states: %w", err)
	}
	return nil
}

func (l txLoader) keysAt(ctx context.Context, place string) ([]Key, error) {
	return keysAt(ctx, l.tx.StmtContext(ctx, l.w.keysAt), place)
}
