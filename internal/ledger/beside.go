package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"citypost/internal/sqldb"
)

// Table is a capability's table that takes rows beside acts. The ledger knows it from Config.Beside and keeps its statements ready.
type Table struct {
	Insert string // "INSERT INTO dossier_person (act, side, …) VALUES "
	After  string // what follows the values: " ON CONFLICT (act, side) DO NOTHING"
	Width  int    // columns
}

// Beside is one row that an act keeps in its capability's table (a sealed name, a picture), in the transaction of its entry: both are there or neither, and it costs no commit of its own.
// It is written only when its act is; a refusal and a repeat write nothing. It is no part of the act's content: whoever answers a repeat compares it, if it matters.
// It is a row and no function, so that nothing slow, foreign or undecided can happen while the head is held.
type Beside struct {
	Table *Table
	Row   []any
}

// size is about how many bytes the row holds.
func (b Beside) size() (n int) {
	for _, v := range b.Row {
		switch v := v.(type) {
		case []byte:
			n += len(v)
		case string:
			n += len(v)
		}
	}
	return n
}

// besides are the tables known at Open, each with its statements, in the order in which they are written.
type besides struct {
	tables []*Table
	bulks  []*bulk
}

func newBesides(ctx context.Context, db *sqldb.DB, tables []*Table) (b besides, err error) {
	for _, t := range tables {
		one := &bulk{text: t.Insert, tail: t.After, width: t.Width}
		b.tables, b.bulks = append(b.tables, t), append(b.bulks, one)
		if err := one.prepare(ctx, db); err != nil {
			return b, fmt.Errorf("rows beside acts: %w", err)
		}
	}
	return b, nil
}

// check refuses a row for a table that the ledger does not know: a defect of the caller's, found before anything is queued.
func (b *besides) check(rows []Beside) error {
	for _, r := range rows {
		if !slices.Contains(b.tables, r.Table) || len(r.Row) != r.Table.Width {
			return fmt.Errorf("a row beside an act fits no table that is known: %d values", len(r.Row))
		}
	}
	return nil
}

// take adds the rows of an act to those of a batch, table by table.
func (b *besides) take(into [][]any, rows []Beside) [][]any {
	if len(rows) > 0 && into == nil {
		into = make([][]any, len(b.tables))
	}
	for _, r := range rows {
		n := slices.Index(b.tables, r.Table)
		into[n] = append(into[n], r.Row...)
	}
	return into
}

func (b *besides) put(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	for n, args := range rows {
		if err := b.bulks[n].exec(ctx, tx, args); err != nil {
			return fmt.Errorf("write rows beside acts: %w", err)
		}
	}
	return nil
}

func (b *besides) close() error {
	var errs []error
	for _, one := range b.bulks {
		errs = append(errs, one.close())
	}
	return errors.Join(errs...)
}
