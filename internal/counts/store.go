package counts

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"

	"golang.org/x/mod/sumdb/note"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "counts", schema)
}

// Store keeps sheets: in the closed house those that were issued, in the open house those that were taken, of one key.
type Store struct {
	DB  *sqldb.DB
	Now func() time.Time
}

// Trust names the key whose sheets are taken from now on. It is read from the closed house's screen and typed, or carried with the first file.
func (s *Store) Trust(ctx context.Context, verifier string) error {
	if _, err := readKey(verifier); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error { return s.trust(ctx, tx, verifier) })
}

func (s *Store) trust(ctx context.Context, tx *sql.Tx, verifier string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO counts_key (verifier, named_ms) VALUES ($1, $2) ON CONFLICT (verifier) DO UPDATE SET named_ms = excluded.named_ms`, verifier, s.Now().UnixMilli())
	return err
}

// alone runs fn in a transaction that no other one of sheets overlaps: two sheets of one month, each harmless beside those before, may tell of a few when put side by side.
func (s *Store) alone(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := s.DB.Lock(ctx, tx, "counts", true); err != nil {
			return err
		}
		return fn(tx)
	})
}

// trusted is the key named last.
func (s *Store) trusted(ctx context.Context, q sqldb.Querier) (note.Verifier, error) {
	var text string
	err := q.QueryRowContext(ctx, `SELECT verifier FROM counts_key ORDER BY named_ms DESC, verifier LIMIT 1`).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Conflict, "counts.no_key", "Chưa khai khoá kiểm chữ ký của nhà nội bộ: chạy «citypost kt1-counts trust KHOÁ» trước.", "No key of the closed house is named yet: run “citypost kt1-counts trust KEY” first.")
	}
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return note.NewVerifier(text)
}

// Issue makes the sheet of a month, signs it and remembers it: what was published once bounds what may be published later. Where nothing that is shown has changed, the
// file that was issued last is given again, byte for byte.
func (s *Store) Issue(ctx context.Context, f Figures, least int64, key note.Signer, verifier string) (file []byte, err error) {
	if _, err := readKey(verifier); err != nil {
		return nil, err
	}
	err = s.alone(ctx, func(tx *sql.Tx) error {
		file, err = s.issue(ctx, tx, f, least, key, verifier)
		return err
	})
	return file, err
}

func (s *Store) issue(ctx context.Context, tx *sql.Tx, f Figures, least int64, key note.Signer, verifier string) ([]byte, error) {
	if err := s.trust(ctx, tx, verifier); err != nil { // our own sheets must stay readable to us
		return nil, err
	}
	others, files, err := s.month(ctx, tx, f.Month)
	if err != nil {
		return nil, err
	}
	madeMs := s.Now().UnixMilli()
	for _, o := range others {
		madeMs = max(madeMs, o.MadeMs+1)
	}
	sheet, err := Make(f, madeMs, least, others)
	if err != nil {
		return nil, err
	}
	if n := len(others) - 1; n >= 0 && slices.Equal(others[n].Lines, sheet.Lines) && others[n].Least == least {
		return files[n], nil
	}
	file, err := sheet.Sign(key)
	if err != nil {
		return nil, err
	}
	return file, s.keep(ctx, tx, sheet, file)
}

// Import takes a file of the trusted key. It is looked at as if the closed house might be wrong: a sheet that tells of a few, alone or beside another that was taken of
// the same month, is refused. The same file twice is taken once.
func (s *Store) Import(ctx context.Context, file []byte) (sheet Sheet, err error) {
	err = s.alone(ctx, func(tx *sql.Tx) error {
		sheet, err = s.take(ctx, tx, file)
		return err
	})
	return sheet, err
}

func (s *Store) take(ctx context.Context, tx *sql.Tx, file []byte) (Sheet, error) {
	key, err := s.trusted(ctx, tx)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := Open(file, key)
	if err != nil {
		return sheet, err
	}
	others, files, err := s.month(ctx, tx, sheet.From)
	if err != nil {
		return sheet, err
	}
	for n, o := range others {
		switch {
		case bytes.Equal(files[n], file):
			return sheet, nil
		case o.MadeMs == sheet.MadeMs:
			return sheet, fault.New(fault.Conflict, "counts.other_content", "Đã nhận một tệp khác của cùng tháng, cùng thời điểm lập. Không nhận tệp này; hãy kiểm tra nhà nội bộ.",
				"Another file of the same month and the same moment was taken. This one is not; look after the closed house.")
		}
	}
	if err := sheet.check(others); err != nil {
		return sheet, err
	}
	return sheet, s.keep(ctx, tx, sheet, file)
}

func (s *Store) keep(ctx context.Context, tx *sql.Tx, sheet Sheet, file []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO counts_sheet (from_day, to_day, made_ms, file, came_ms) VALUES ($1, $2, $3, $4, $5)`,
		sheet.From.String(), sheet.To.String(), sheet.MadeMs, string(file), s.Now().UnixMilli())
	return err
}

// month gives the sheets of a month, oldest first, with their files.
func (s *Store) month(ctx context.Context, q sqldb.Querier, from postal.Day) (sheets []Sheet, files [][]byte, err error) {
	keys, err := s.keys(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	rows, err := q.QueryContext(ctx, `SELECT file FROM counts_sheet WHERE from_day = $1 ORDER BY made_ms`, from.String())
	if err != nil {
		return nil, nil, fmt.Errorf("read counts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var file string
		if err := rows.Scan(&file); err != nil {
			return nil, nil, fmt.Errorf("read counts: %w", err)
		}
		sheet, err := openAny([]byte(file), keys)
		if err != nil {
			return nil, nil, err
		}
		sheets, files = append(sheets, sheet), append(files, []byte(file))
	}
	return sheets, files, rows.Err()
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
	keys, err := s.keys(ctx, s.DB.Read())
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
func (s *Store) keys(ctx context.Context, q sqldb.Querier) (keys []note.Verifier, err error) {
	rows, err := q.QueryContext(ctx, `SELECT verifier FROM counts_key`)
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

func readKey(text string) (note.Verifier, error) {
	key, err := note.NewVerifier(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "counts.key", "Đây không phải khoá kiểm chữ ký (dạng tên+số+chuỗi).", "This is no verification key (name+id+material).").Because(err)
	}
	return key, nil
}

func openAny(file []byte, keys []note.Verifier) (s Sheet, err error) {
	for _, key := range keys {
		if s, err = Open(file, key); err == nil {
			return s, nil
		}
	}
	return s, errors.Join(err, fmt.Errorf("counts: a sheet that no key opens"))
}
