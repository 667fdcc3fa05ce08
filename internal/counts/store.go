package counts

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb"

	"golang.org/x/mod/sumdb/note"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "counts", schema)
}

// Store is the open house's side: it takes sheets of one key.
type Store struct {
	DB  *sqldb.DB
	Now func() time.Time
}

// Trust names the key whose sheets are taken from now on. It is read from the closed house's screen and typed, or carried with the first file.
func (s *Store) Trust(ctx context.Context, verifier string) error {
	if _, err := note.NewVerifier(verifier); err != nil {
		return fault.New(fault.Invalid, "counts.key", "Đây không phải khoá kiểm chữ ký (dạng tên+số+chuỗi).", "This is no verification key (name+id+material).").Because(err)
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO counts_key (verifier, named_ms) VALUES ($1, $2) ON CONFLICT (verifier) DO UPDATE SET named_ms = excluded.named_ms`, verifier, s.Now().UnixMilli())
		return err
	})
}

// trusted is the key named last.
func (s *Store) trusted(ctx context.Context) (note.Verifier, error) {
	var text string
	err := s.DB.Read().QueryRowContext(ctx, `SELECT verifier FROM counts_key ORDER BY named_ms DESC, verifier LIMIT 1`).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Conflict, "counts.no_key", "Chưa khai khoá kiểm chữ ký của nhà nội bộ: chạy «citypost kt1-counts trust KHOÁ» trước.", "No key of the closed house is named yet: run “citypost kt1-counts trust KEY” first.")
	}
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return note.NewVerifier(text)
}

// Import takes a file. The same file twice is taken once.
func (s *Store) Import(ctx context.Context, file []byte) (Sheet, error) {
	key, err := s.trusted(ctx)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := Open(file, key)
	if err != nil {
		return sheet, err
	}
	return sheet, s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO counts_sheet (from_day, to_day, made_ms, file, came_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (from_day, to_day, made_ms) DO NOTHING`,
			sheet.From.String(), sheet.To.String(), sheet.MadeMs, string(file), s.Now().UnixMilli())
		return err
	})
}

// mostSheets on the page: five years of months.
const mostSheets = 60

// Sheets gives the newest sheet of each period, latest period first. The signature of each is checked again.
func (s *Store) Sheets(ctx context.Context) ([]Sheet, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT file FROM counts_sheet c WHERE made_ms = (SELECT max(made_ms) FROM counts_sheet d WHERE d.from_day = c.from_day AND d.to_day = c.to_day)
		ORDER BY from_day DESC, to_day DESC LIMIT $1`, mostSheets)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	defer rows.Close()
	keys, err := s.keys(ctx)
	if err != nil {
		return nil, err
	}
	var all []Sheet
	for rows.Next() {
		var file string
		if err := rows.Scan(&file); err != nil {
			return nil, fmt.Errorf("read counts: %w", err)
		}
		sheet, err := openAny([]byte(file), keys)
		if err != nil {
			return nil, err
		}
		all = append(all, sheet)
	}
	return all, rows.Err()
}

// keys are all that were ever trusted: an old sheet stays readable after a change of key.
func (s *Store) keys(ctx context.Context) (keys []note.Verifier, err error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT verifier FROM counts_key`)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		key, err := note.NewVerifier(text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

func openAny(file []byte, keys []note.Verifier) (s Sheet, err error) {
	for _, key := range keys {
		if s, err = Open(file, key); err == nil {
			return s, nil
		}
	}
	return s, errors.Join(err, fmt.Errorf("counts: a sheet that no key opens"))
}
