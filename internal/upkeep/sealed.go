package upkeep

import (
	"context"
	"path/filepath"

	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
)

// Sealed says how the database and the keys of a closed house are reached: its strongbox is open.
type Sealed struct {
	Secret      []byte   // of the database
	Fingerprint string   // of the strongbox
	KeyFile     string   // the strongbox itself
	Files       []string // small secrets, sealed: worth nothing without the strongbox
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

// carried are the files that every copy holds beside the database.
func (i Installation) carried() []string {
	if i.Sealed != nil {
		return i.Sealed.Files
	}
	return nil
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
