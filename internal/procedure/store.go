package procedure

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables of this package up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "procedure", schema)
}

// Store keeps the catalogue of a site and gives today's picture of it. Reload it once before use, and now and then: another node may have imported.
type Store struct {
	DB  *sqldb.DB
	Now func() time.Time

	last atomic.Pointer[picture]
}

type picture struct {
	turns     int64
	catalogue *Catalogue
}

// Catalogue gives the picture of the last Reload.
func (s *Store) Catalogue() *Catalogue {
	if p := s.last.Load(); p != nil {
		return p.catalogue
	}
	return &Catalogue{byCode: map[Code]*Procedure{}}
}

// Reload takes a new picture where an import has happened since the last one.
func (s *Store) Reload(ctx context.Context) error {
	var turns int64
	if err := s.DB.Read().QueryRowContext(ctx, `SELECT turns FROM procedure_turn WHERE id = 1`).Scan(&turns); err != nil {
		return fmt.Errorf("has the catalogue changed: %w", err)
	}
	if p := s.last.Load(); p != nil && p.turns == turns {
		return nil
	}
	c, err := load(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	s.last.Store(&picture{turns, c})
	return nil
}

func load(ctx context.Context, q sqldb.Querier) (*Catalogue, error) {
	rows, err := q.QueryContext(ctx, `SELECT body FROM procedure_version ORDER BY code, valid_from`)
	if err != nil {
		return nil, fmt.Errorf("read procedures: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var versions []Version
	for rows.Next() {
		var body []byte
		var v Version
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read procedures: %w", err)
		}
		if err := json.Unmarshal(body, &v); err != nil {
			return nil, fmt.Errorf("read procedures: %w", err)
		}
		versions = append(versions, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read procedures: %w", err)
	}
	return New(versions)
}

// Plan tells what taking in a release would do and writes nothing.
func (s *Store) Plan(ctx context.Context, r Release, inUse InUse) (*Plan, error) {
	have, err := load(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	return makePlan(ctx, have, r, inUse)
}

// Apply takes a release in, in one transaction, or refuses with a fault and writes nothing; the plan tells why. A second time it finds nothing to do.
// It is planned anew on what is recorded at that moment, and inUse is asked before the transaction begins.
func (s *Store) Apply(ctx context.Context, r Release, inUse InUse) (*Plan, error) {
	p, err := s.Plan(ctx, r, inUse)
	if err != nil {
		return nil, err
	}
	if err := p.Err(); err != nil {
		return p, err
	}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE procedure_turn SET turns = turns + 1 WHERE id = 1`); err != nil {
			return fmt.Errorf("wait for the turn to import: %w", err)
		}
		have, err := load(ctx, tx)
		if err != nil {
			return err
		}
		again, err := makePlan(ctx, have, r, nil)
		if err != nil {
			return err
		}
		if !again.sameAs(p) {
			return fault.New(fault.Conflict, "procedure.changed_meanwhile",
				"Danh mục vừa được người khác thay đổi. Hãy xem lại rồi nhập lại.", "The catalogue was changed by someone else just now. Look again, then import again.")
		}
		return s.write(ctx, tx, r, p)
	})
	if err != nil {
		return p, err
	}
	p.Applied = true
	return p, s.Reload(ctx)
}

// rowsPerInsert keeps one statement's arguments far below either engine's limit.
const rowsPerInsert = 200

func (s *Store) write(ctx context.Context, tx *sql.Tx, r Release, p *Plan) error {
	if p.Empty() {
		return nil
	}
	for done := 0; done < len(p.write); done += rowsPerInsert {
		part := p.write[done:min(done+rowsPerInsert, len(p.write))]
		if err := insert(ctx, tx, part, r.Act); err != nil {
			return err
		}
		if r.Progress != nil {
			r.Progress(int64(done+len(part)), int64(len(p.write)))
		}
	}
	const text = `INSERT INTO procedure_import (sha256, valid_from, shape, act, rows_read, rows_wrong, added, changed, closed, imported_at_ms)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (sha256, valid_from) DO UPDATE SET imported_at_ms = excluded.imported_at_ms`
	if _, err := tx.ExecContext(ctx, text, p.SHA256, p.From.String(), string(p.Shape), p.Act, p.Rows, len(p.Errors), len(p.Added), len(p.Changed), len(p.Closed), s.Now().UnixMilli()); err != nil {
		return fmt.Errorf("note the import: %w", err)
	}
	return nil
}

func insert(ctx context.Context, tx *sql.Tx, versions []Version, act string) error {
	args := make([]any, 0, 5*len(versions))
	for _, v := range versions {
		body, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write procedure %s: %w", v.Code, err)
		}
		args = append(args, string(v.Code), v.From.String(), v.To.String(), act, string(body))
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO procedure_version (code, valid_from, valid_to, act, body) VALUES `+sqldb.Rows(len(versions), 5)+`
		ON CONFLICT (code, valid_from) DO UPDATE SET valid_to = excluded.valid_to, act = excluded.act, body = excluded.body`, args...)
	if err != nil {
		return fmt.Errorf("write procedures: %w", err)
	}
	return nil
}

// Import is one file that was taken in.
type Import struct {
	SHA256                            string
	From                              postal.Day
	Shape                             Shape
	Act                               string
	Rows, Wrong, Added, Changed, Gone int
	At                                time.Time
}

// Imports lists the files taken in, newest first.
func (s *Store) Imports(ctx context.Context) ([]Import, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT sha256, valid_from, shape, act, rows_read, rows_wrong, added, changed, closed, imported_at_ms
		FROM procedure_import ORDER BY imported_at_ms DESC, sha256, valid_from`)
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []Import
	for rows.Next() {
		var i Import
		var from string
		var atMs int64
		if err := rows.Scan(&i.SHA256, &from, &i.Shape, &i.Act, &i.Rows, &i.Wrong, &i.Added, &i.Changed, &i.Gone, &atMs); err != nil {
			return nil, fmt.Errorf("list imports: %w", err)
		}
		if i.From, err = postal.ParseDay(from); err != nil {
			return nil, fmt.Errorf("list imports: %w", err)
		}
		i.At = time.UnixMilli(atMs)
		list = append(list, i)
	}
	return list, rows.Err()
}
