// Package sqldb opens the two databases that citypost runs on, SQLite and PostgreSQL, behind one small surface.
//
// It owns the connections and the settings that make a commit durable. Its promise: when Tx returns nil, the work
// is on disk (SQLite: WAL with synchronous FULL; PostgreSQL: synchronous_commit on).
// It leans on modernc.org/sqlite, pgx and goose; it knows nothing about mail. One SQL text with $1 placeholders serves both
// engines; only the schema comes twice. Start with Open.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"citypost/internal/fault"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Dialect names the engine behind a DB.
type Dialect string

// The two engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is one database. Writes go through one connection on SQLite (the engine has one writer), through a pool on PostgreSQL.
type DB struct {
	Dialect Dialect
	DSN     string // as given to Open
	write   *sql.DB
	read    *sql.DB
	server  *server  // PostgreSQL only
	asked   sync.Map // text → *sql.Stmt, prepared for reading
}

// Querier is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens a database: "postgres://…" or the path of an SQLite file (made with its folder when absent).
func Open(ctx context.Context, dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	return openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), "")
}

// OpenRead opens a database that must be there, to be read only: nothing is made, nothing is changed.
func OpenRead(ctx context.Context, dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	return readSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), "")
}

func readSQLite(ctx context.Context, path, more string) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fault.New(fault.NotFound, "db.not_there", "Không có cơ sở dữ liệu ở %s.", "There is no database at %s.", path).Because(err)
	}
	read, err := sql.Open("sqlite", fileURL(path)+"?mode=ro&_pragma=busy_timeout(5000)&_pragma=cache_size(-65536)&_pragma=query_only(1)"+more)
	if err != nil {
		return nil, fmt.Errorf("open %s for reading: %w", path, err)
	}
	if err := read.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", path, err), read.Close())
	}
	return &DB{Dialect: SQLite, DSN: path, write: read, read: read}, nil
}

func fileURL(path string) string {
	return "file:" + strings.NewReplacer("?", "%3f", "#", "%23", "%", "%25").Replace(path)
}

// openSQLite opens a file; more is what else stands behind its name ("&vfs=…").
func openSQLite(ctx context.Context, path, more string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of %s: %w", path, err)
	}
	// secure_delete: SQLite zeroes the places that rows move away from, or copies of erased keys would stay behind when a table grows. PostgreSQL has no such switch.
	pragmas := "_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_pragma=cache_size(-65536)&_pragma=temp_store(MEMORY)&_pragma=secure_delete(FAST)" + more
	file := fileURL(path)
	write, err := sql.Open("sqlite", file+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(67108864)&"+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	if err := settle(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protect %s: %w", path, err), write.Close())
	}
	read, err := sql.Open("sqlite", file+"?mode=ro&"+pragmas)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", path, err), write.Close())
	}
	// A page asks many small questions: with twice the cores counters waited for a connection while a core was idle; six times more gains nothing.
	read.SetMaxOpenConns(4 * runtime.NumCPU())
	read.SetMaxIdleConns(4 * runtime.NumCPU())
	return &DB{Dialect: SQLite, DSN: path, write: write, read: read}, nil
}

// settle brings to disk what a process before us committed: killed between the write and the sync, it left commits that we see and that a power cut would take
// away. We must not tell anybody of them before. A checkpoint syncs the log before all else; that there is no room for the rest of it is no reason not to open.
func settle(ctx context.Context, write *sql.DB) error {
	if _, err := write.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`); err != nil && !IsFull(err) {
		return err
	}
	return nil
}

// Close ends all connections.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	if db.server != nil {
		defer db.server.leave()()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// Read is where questions are asked: it sees all that was committed before the question.
func (db *DB) Read() *sql.DB { return db.read }

// Ask keeps a question prepared: reading it anew each time costs more than answering it. For texts of a fixed set only; they stay until Close.
func (db *DB) Ask(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := db.asked.Load(text); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := db.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if first, twice := db.asked.LoadOrStore(text, s); twice {
		return first.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// Write is the writing pool, for the few that manage their own connection (the ledger). Everyone else takes Tx.
func (db *DB) Write() *sql.DB { return db.write }

// Tx runs fn in one writing transaction: committed and durable when it returns nil, without any trace when it does not.
func (db *DB) Tx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return Refine(fmt.Errorf("begin: %w", err))
	}
	if err := fn(tx.Tx); err != nil {
		db.Undo(tx)
		return Refine(err)
	}
	if err := db.Commit(tx); err != nil {
		return Refine(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// Migrate brings the tables of one package up to date. The folder holds sqlite/NNNN_*.sql and postgres/NNNN_*.sql with goose's "-- +goose Up";
// each package counts its own versions in the table schema_<name>.
func Migrate(ctx context.Context, db *DB, name string, schema fs.FS) error {
	dir, dialect := "sqlite", database.DialectSQLite3
	if db.Dialect == Postgres {
		dir, dialect = "postgres", database.DialectPostgres
	}
	if _, err := fs.Stat(schema, "schema"); err == nil {
		dir = "schema/" + dir // the folder was embedded whole
	}
	sub, err := fs.Sub(schema, dir)
	if err != nil {
		return fmt.Errorf("schema of %s: %w", name, err)
	}
	store, err := database.NewStore(dialect, "schema_"+name)
	if err != nil {
		return fmt.Errorf("schema of %s: %w", name, err)
	}
	p, err := goose.NewProvider("", db.write, sub, goose.WithStore(store), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("schema of %s: %w", name, err)
	}
	free, err := db.alone(ctx, "schema_"+name)
	if err != nil {
		return fmt.Errorf("bring schema of %s up to date: %w", name, err)
	}
	_, err = p.Up(ctx)
	if err = errors.Join(err, free()); err != nil {
		return fmt.Errorf("bring schema of %s up to date: %w", name, err)
	}
	return nil
}

// List writes n placeholders from $first on, with commas: List(3, 2) is "$3,$4". For IN lists and rows of VALUES.
func List(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// Rows writes the placeholders of n rows of width columns: Rows(2, 2) is "($1,$2),($3,$4)".
func Rows(n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		b.WriteString(List(1+i*width, width))
		b.WriteByte(')')
	}
	return b.String()
}
