package privacy

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb"

	"github.com/google/uuid"
)

//go:embed schema
var schema embed.FS

// SubjectID names a person whom the house knows something about. It tells nothing by itself, so it may stand in the ledger.
type SubjectID string

// Vault keeps the subjects' keys. It holds no key in memory between calls, so an erased person is gone on every node at once;
// loading a key costs about 15 µs on SQLite, which is less than a cache shared by several nodes would be worth.
type Vault struct {
	DB    *sqldb.DB
	House *HouseKey
	Now   func() time.Time
}

// OpenVault brings the tables up to date and refuses a house key that is not the one this database was sealed with.
func OpenVault(ctx context.Context, db *sqldb.DB, key *HouseKey, now func() time.Time) (*Vault, error) {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	if err := sqldb.Migrate(ctx, db, "privacy", sub); err != nil {
		return nil, err
	}
	v := &Vault{DB: db, House: key, Now: now}
	return v, v.checkHouse(ctx)
}

func (v *Vault) checkHouse(ctx context.Context) error {
	var known string
	err := v.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO house_key(id, fingerprint, created_ms) VALUES(1, $1, $2) ON CONFLICT (id) DO NOTHING`,
			v.House.Fingerprint(), v.Now().UnixMilli()); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT fingerprint FROM house_key WHERE id = 1`).Scan(&known)
	})
	if err != nil {
		return fmt.Errorf("check house key: %w", err)
	}
	if known != v.House.Fingerprint() {
		return fault.New(fault.Conflict, "privacy.wrong_house_key",
			"Khoá house.key (%s) không phải khoá đã niêm phong cơ sở dữ liệu này (%s). Hãy đặt lại đúng tệp house.key từ bản sao lưu rồi khởi động lại.",
			"The key house.key (%s) is not the one that sealed this database (%s). Put back the right house.key from its backup and start again.",
			v.House.Fingerprint(), known)
	}
	return nil
}

// Subject is one person's key, held for the length of one piece of work: load it once, seal or open several fields.
type Subject struct {
	ID  SubjectID
	key []byte
}

// Seal hides plain so that only this subject's key and the same context open it. A context names table and column ("dossier.sender").
func (s Subject) Seal(context string, plain []byte) ([]byte, error) {
	return seal(s.key, bind("subject", string(s.ID), context), plain)
}

// Open gives back what Seal hid; bytes of another subject, another context, or changed ones are ErrTampered.
func (s Subject) Open(context string, sealed []byte) ([]byte, error) {
	return open(s.key, bind("subject", string(s.ID), context), sealed)
}

// NewSubject makes a person known, within the caller's transaction.
func (v *Vault) NewSubject(ctx context.Context, tx sqldb.Querier) (Subject, error) {
	list, err := v.NewSubjects(ctx, tx, 1)
	if err != nil {
		return Subject{}, err
	}
	return list[0], nil
}

// rowsPerInsert keeps the arguments of one statement far below either engine's limit (32,766).
const rowsPerInsert = 1000

// InsertKeys begins the statement that keeps what NewKeys made.
const InsertKeys = `INSERT INTO subject_key(subject, sealed_key, created_ms) VALUES `

// KeyColumns is the width of such a row.
const KeyColumns = 3

// NewKeys makes n persons whom the house knows as soon as their rows are kept by InsertKeys: for those who write all of a piece of work at once.
func (v *Vault) NewKeys(n int) (list []Subject, rows [][]any, err error) {
	nowMS := v.Now().UnixMilli()
	for range n {
		s, wrapped, err := v.makeSubject()
		if err != nil {
			return nil, nil, err
		}
		list, rows = append(list, s), append(rows, []any{string(s.ID), wrapped, nowMS})
	}
	return list, rows, nil
}

// NewSubjects makes n persons known at once, for imports and busy counters.
func (v *Vault) NewSubjects(ctx context.Context, tx sqldb.Querier, n int) ([]Subject, error) {
	list, rows, err := v.NewKeys(n)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(rows, rowsPerInsert) {
		if _, err := tx.ExecContext(ctx, InsertKeys+sqldb.Rows(len(part), KeyColumns), slices.Concat(part...)...); err != nil {
			return nil, fmt.Errorf("keep subject keys: %w", err)
		}
	}
	return list, nil
}

// idText keeps the order of the bytes, so that new subjects lie side by side in the index.
var idText = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

func (v *Vault) makeSubject() (Subject, []byte, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Subject{}, nil, fmt.Errorf("make subject: %w", err)
	}
	s := Subject{ID: SubjectID(idText.EncodeToString(id[:])), key: make([]byte, keySize)}
	if _, err := rand.Read(s.key); err != nil {
		return Subject{}, nil, fmt.Errorf("make subject: %w", err)
	}
	wrapped, err := seal(v.House.wrap, bind("key", string(s.ID)), s.key)
	return s, wrapped, err
}

// Subject loads one person's key. Who was never known, or was erased, is NotFound, each with its own code.
func (v *Vault) Subject(ctx context.Context, q sqldb.Querier, id SubjectID) (Subject, error) {
	var wrapped []byte
	var erasedMS sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT k.sealed_key, e.erased_ms FROM subject_key k LEFT JOIN subject_erased e ON e.subject = k.subject
		WHERE k.subject = $1`, string(id)).Scan(&wrapped, &erasedMS)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Subject{}, unknownSubject()
	case err != nil:
		return Subject{}, fmt.Errorf("load subject key: %w", err)
	case erasedMS.Valid:
		return Subject{}, erased()
	}
	return v.unwrap(id, wrapped)
}

// Subjects loads many persons' keys in one question, for lists. Unknown and erased persons are simply absent from the answer.
func (v *Vault) Subjects(ctx context.Context, q sqldb.Querier, ids []SubjectID) (map[SubjectID]Subject, error) {
	found := make(map[SubjectID]Subject, len(ids))
	for from := 0; from < len(ids); from += rowsPerInsert {
		if err := v.loadPart(ctx, q, ids[from:min(from+rowsPerInsert, len(ids))], found); err != nil {
			return nil, fmt.Errorf("load subject keys: %w", err)
		}
	}
	return found, nil
}

func (v *Vault) loadPart(ctx context.Context, q sqldb.Querier, ids []SubjectID, into map[SubjectID]Subject) error {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
	}
	rows, err := q.QueryContext(ctx, `SELECT k.subject, k.sealed_key FROM subject_key k LEFT JOIN subject_erased e ON e.subject = k.subject
		WHERE e.subject IS NULL AND k.subject IN (`+sqldb.List(1, len(ids))+`)`, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id SubjectID
		var wrapped []byte
		if err := rows.Scan(&id, &wrapped); err != nil {
			return err
		}
		s, err := v.unwrap(id, wrapped)
		if err != nil {
			return err
		}
		into[id] = s
	}
	return rows.Err()
}

func (v *Vault) unwrap(id SubjectID, wrapped []byte) (Subject, error) {
	key, err := open(v.House.wrap, bind("key", string(id)), wrapped)
	if err != nil {
		return Subject{}, fmt.Errorf("key of subject %s: %w", id, err)
	}
	return Subject{ID: id, key: key}, nil
}

// Seal hides one field of a known person. For several fields of one person, load the Subject once.
func (v *Vault) Seal(ctx context.Context, q sqldb.Querier, id SubjectID, context string, plain []byte) ([]byte, error) {
	s, err := v.Subject(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return s.Seal(context, plain)
}

// Open reads one field of a person; after Erase it is NotFound with the code "privacy.erased".
func (v *Vault) Open(ctx context.Context, q sqldb.Querier, id SubjectID, context string, sealed []byte) ([]byte, error) {
	s, err := v.Subject(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return s.Open(context, sealed)
}

// Blind makes a search key; see HouseKey.Blind.
func (v *Vault) Blind(field, value string) []byte { return v.House.Blind(field, value) }

func unknownSubject() error {
	return fault.New(fault.NotFound, "privacy.unknown", "Không có dữ liệu cá nhân nào dưới mã này.", "There is no personal data under this id.")
}

func erased() error {
	return fault.New(fault.NotFound, "privacy.erased",
		"Dữ liệu cá nhân này đã được xoá theo yêu cầu hoặc hết thời hạn lưu; không thể khôi phục.",
		"This personal data was erased on request or at the end of its retention; it cannot be brought back.")
}
