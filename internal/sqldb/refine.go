package sqldb

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"citypost/internal/fault"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsUnique reports whether err says that a row with this key is there already.
func IsUnique(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
	}
	return pgCode(err) == "23505"
}

func pgCode(err error) string {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pe.Code
	}
	return ""
}

// IsFull reports whether err says that the disk (or the database's share of it) is full. SQLite says it in two ways: for its files, and for the index of its
// log that it keeps in shared memory.
func IsFull(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code()&0xff == sqlite3.SQLITE_FULL || se.Code() == sqlite3.SQLITE_IOERR_SHMSIZE
	}
	return pgCode(err) == "53100"
}

// IsIO reports whether err says that the disk failed: after it nobody knows what is on disk, so writing must stop. PostgreSQL settles a failed write or sync
// itself, by ending and reading its log again; there only damaged tables are a reason to stop.
func IsIO(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		c := se.Code() & 0xff
		return (c == sqlite3.SQLITE_IOERR || c == sqlite3.SQLITE_CORRUPT || c == sqlite3.SQLITE_NOTADB) && !IsFull(err)
	}
	c := pgCode(err)
	return c == "XX001" || c == "XX002"
}

// awayCodes are what PostgreSQL says when it cannot serve now, or is not the server that takes writes (any more).
var awayCodes = map[string]bool{
	"25006": true, // read only: it was a primary, or the cluster is choosing one
	"25P03": true, // we were silent too long within a transaction
	"53300": true, // no connection is free
	"57P01": true, // it is being shut down
	"57P02": true, // another of its processes crashed
	"57P03": true, // it is starting
	"57P05": true, // the connection was idle too long
	"58030": true, // a file could not be read or written
}

// IsAway reports whether err says that the database cannot be reached now. When it comes from a commit, the commit may have taken effect all the same.
func IsAway(err error) bool {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code()&0xff == sqlite3.SQLITE_BUSY // another process keeps the one writer for longer than we wait: a rebuild of a great ledger
	}
	if c := pgCode(err); c != "" {
		return awayCodes[c] || strings.HasPrefix(c, "08")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	for _, gone := range []error{ErrNoAnswer, io.ErrUnexpectedEOF, driver.ErrBadConn, sql.ErrConnDone, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE, pgconn.ErrConnClosed} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}

// Refine turns a full disk and an absent database into faults that a person can act on and leaves other errors as they are.
func Refine(err error) error {
	switch {
	case err == nil:
		return nil
	case IsFull(err):
		return fault.New(fault.Unavailable, "db.disk_full",
			"Ổ đĩa đã đầy: chưa ghi được gì. Vẫn tra cứu được; hãy báo quản trị viên giải phóng dung lượng rồi làm lại.",
			"The disk is full: nothing was written. Look-ups still work; ask the administrator to free space, then try again.").Because(err)
	case IsAway(err):
		return fault.New(fault.Unavailable, "db.away",
			"Cơ sở dữ liệu đang chuyển máy hoặc chưa trả lời, nên chưa biết việc vừa làm đã ghi hay chưa. Chờ vài giây rồi gửi lại đúng việc đó: không bị ghi hai lần.",
			"The database is changing machines or does not answer, so it is not known whether this was recorded. Wait a few seconds and send the same again: it will not be recorded twice.").Because(err)
	}
	return err
}
