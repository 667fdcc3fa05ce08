package upkeep

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
)

// Sealed says how the database and the keys of a closed house are reached: its strongbox is open.
type Sealed struct {
	Secret      []byte // of the database
	Proof       []byte // key of the HMAC over a copy's manifest
	Fingerprint string // of the strongbox
	KeyFile     string // the strongbox itself
	Made        time.Time
	Files       func(dir string) ([]string, error) // small secrets that a folder holds, sealed: worth nothing without the strongbox
	House       func() (*privacy.HouseKey, error)
	Ledger      func() (*tree.LogKey, error)
}

// sealedFile is the copy of a closed house's database.
const sealedFile = "closed.db"

// copyName is the database's name within a copy.
func (i Installation) copyName() string {
	switch {
	case i.Sealed != nil:
		return sealedFile
	case i.onPostgres():
		return dumpFile
	}
	return databaseFile
}

// keyFiles are those that open everything; a copy holds them only when told to.
func (i Installation) keyFiles() []string {
	if i.Sealed != nil {
		return []string{i.Sealed.KeyFile}
	}
	return []string{houseKeyFile, ledgerKey}
}

// carried are the files of a folder that every copy holds beside the database.
func (i Installation) carried(dir string) ([]string, error) {
	if i.Sealed != nil {
		return i.Sealed.Files(dir)
	}
	return nil, nil
}

// SameUnder proves that the database of another installation is this one's, sealed with another secret: whole pages, the same tree of the ledger, as many rows in
// every table.
func (i Installation) SameUnder(ctx context.Context, other Installation) error {
	db, err := i.openRead(ctx, i.database())
	if err != nil {
		return err
	}
	defer db.Close()
	a := ledger.Audit{DB: db}
	must, err := a.Newest(ctx)
	if err != nil {
		return err
	}
	size, err := a.Size(ctx)
	if err != nil {
		return err
	}
	p, err := other.prove(ctx, other.database(), must)
	if err != nil {
		return err
	}
	if p.Size != size && size > 0 {
		return damaged(fmt.Sprintf("%d entries of %d", p.Size, size))
	}
	copied, err := other.openRead(ctx, other.database())
	if err != nil {
		return err
	}
	defer copied.Close()
	return sameRows(ctx, db, copied)
}

func sameRows(ctx context.Context, a, b *sqldb.DB) error {
	rows, err := a.Read().QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		text := `SELECT count(*) FROM "` + strings.ReplaceAll(name, `"`, `""`) + `"`
		var one, other int64
		if err := errors.Join(a.Read().QueryRowContext(ctx, text).Scan(&one), b.Read().QueryRowContext(ctx, text).Scan(&other)); err != nil {
			return err
		}
		if one != other {
			return damaged(fmt.Sprintf("table %s: %d rows of %d", name, other, one))
		}
	}
	return rows.Err()
}

func (i Installation) houseKey() (*privacy.HouseKey, error) {
	if i.Sealed != nil {
		return i.Sealed.House()
	}
	return privacy.LoadHouseKey(filepath.Join(i.Data, houseKeyFile))
}

func (i Installation) ledgerKey() (*tree.LogKey, error) {
	if i.Sealed != nil {
		return i.Sealed.Ledger()
	}
	return tree.LoadKey(filepath.Join(i.Data, ledgerKey))
}

func (i Installation) openRead(ctx context.Context, path string) (*sqldb.DB, error) {
	if i.Sealed != nil {
		return sqldb.OpenSealedRead(ctx, path, i.Sealed.Secret)
	}
	return sqldb.OpenRead(ctx, path)
}

// fingerprint names the secret that the database is sealed with.
func (i Installation) fingerprint() string {
	if i.Sealed != nil {
		return i.Sealed.Fingerprint
	}
	return ""
}

// otherSeal says which key a copy wants.
func otherSeal(m Manifest) error {
	if m.SealedBy == "" {
		return fault.New(fault.Conflict, "upkeep.plain_copy", "Bản sao này là của nhà mở, không phải nhà nội bộ.", "This copy is of an open house, not of a closed one.")
	}
	return fault.New(fault.Conflict, "upkeep.other_seal",
		"Bản sao này được niêm bằng khoá khác (vân tay %[1]s). Hãy chép đúng tệp closed.key có vân tay đó vào thư mục dữ liệu, rồi mở bằng mật khẩu hoặc mã khôi phục của nó.",
		"This copy is sealed with another key (fingerprint %[1]s). Put the closed.key of that fingerprint into the data folder and open it with its passphrase or recovery code.", m.SealedBy)
}
