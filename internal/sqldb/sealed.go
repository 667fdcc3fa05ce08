package sqldb

import (
	"context"
	"errors"
	"fmt"

	"citypost/internal/fault"
	"citypost/internal/sqldb/sealed"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// OpenSealed opens an SQLite file that is encrypted on disk, with its log and every copy that the engine makes of it (VACUUM INTO). The secret has 32 bytes.
// A file of another secret is refused with the code "db.wrong_key" and left as it is.
func OpenSealed(ctx context.Context, path string, secret []byte) (*DB, error) {
	name, err := sealed.Register(secret)
	if err != nil {
		return nil, err
	}
	db, err := openSQLite(ctx, path, "&vfs="+name)
	return db, wrongKey(err)
}

// OpenSealedRead is OpenRead for a sealed file.
func OpenSealedRead(ctx context.Context, path string, secret []byte) (*DB, error) {
	name, err := sealed.Register(secret)
	if err != nil {
		return nil, err
	}
	db, err := readSQLite(ctx, path, "&vfs="+name)
	return db, wrongKey(err)
}

// CopySealed copies a sealed database, its log included, to a new file under another secret. Nobody may write to it meanwhile.
func CopySealed(ctx context.Context, from string, secret []byte, to string, next []byte) error {
	name, err := sealed.Register(next)
	if err != nil {
		return err
	}
	db, err := OpenSealedRead(ctx, from, secret)
	if err != nil {
		return err
	}
	err = copyInto(ctx, db, fileURL(to)+"?vfs="+name)
	return errors.Join(err, db.Close())
}

func copyInto(ctx context.Context, db *DB, to string) error {
	c, err := db.Read().Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `PRAGMA query_only = 0`); err != nil { // the copy is a write, though not to this file
		return err
	}
	if _, err := c.ExecContext(ctx, `VACUUM INTO $1`, to); err != nil {
		return Refine(fmt.Errorf("copy database: %w", err))
	}
	return nil
}

func wrongKey(err error) error {
	se, ok := errors.AsType[*sqlite.Error](err)
	if !ok || se.Code()&0xff != sqlite3.SQLITE_NOTADB {
		return err
	}
	return fault.New(fault.Conflict, "db.wrong_key",
		"Không mở được cơ sở dữ liệu: sai khoá, hoặc tệp đã hỏng. Chưa ghi gì vào đó. Hãy dùng đúng tệp khoá của thư mục dữ liệu này; nếu khoá đúng, hãy khôi phục từ bản sao lưu.",
		"The database cannot be opened: the key is the wrong one, or the file is damaged. Nothing was written to it. Use the key file of this data folder; if the key is right, restore a backup.").Because(err)
}
