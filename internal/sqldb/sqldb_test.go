package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestRefineKnowsAnAbsentDatabase(t *testing.T) {
	for code, want := range map[string]string{"25006": "db.away", "57P01": "db.away", "08006": "db.away", "53100": "db.disk_full", "23505": "", "42601": ""} {
		if got := fault.Code(sqldb.Refine(fmt.Errorf("write: %w", &pgconn.PgError{Code: code}))); got != want {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
	_, err := sqldb.Open(t.Context(), "postgres://p@127.0.0.1:1/none?sslmode=disable")
	if fault.Code(sqldb.Refine(err)) != "db.away" {
		t.Errorf("nobody listens: %v", err)
	}
	if !sqldb.IsAway(sqldb.ErrUnsure) || sqldb.IsAway(errors.New("other")) || sqldb.IsAway(context.Canceled) {
		t.Error("what is away and what is not")
	}
}

// TestACutConnectionIsAwayAndTheNextOneWorks: the error that the driver gives in truth, not the one that we expect of it.
func TestACutConnectionIsAwayAndTheNextOneWorks(t *testing.T) {
	db := sqltest.Postgres(t)
	err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		var pid int
		if err := tx.QueryRowContext(t.Context(), `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if _, err := db.Read().ExecContext(t.Context(), `SELECT pg_terminate_backend($1)`, pid); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `SELECT 1`)
		return err
	})
	if !fault.Is(err, fault.Unavailable) || fault.Code(err) != "db.away" {
		t.Fatalf("a cut connection: %v", err)
	}
	db.Suspect()
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestASuspectedDatabaseIsAskedByNewConnections: an old one may lead to a machine that is no longer the primary and does not know it.
func TestASuspectedDatabaseIsAskedByNewConnections(t *testing.T) {
	db := sqltest.Postgres(t)
	pid := func() (n int) {
		if err := db.Read().QueryRowContext(t.Context(), `SELECT pg_backend_pid()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := pid()
	if again := pid(); again != first {
		t.Fatalf("connections are not kept: %d, then %d", first, again)
	}
	db.Suspect()
	if next := pid(); next == first {
		t.Fatal("a connection of before the doubt is used again")
	}
}

// TestTheEndOfARequestNeverCancelsACommit: the person may leave at any moment; what was begun is committed whole or not at all, and never on one machine only.
func TestTheEndOfARequestNeverCancelsACommit(t *testing.T) {
	db := sqltest.Postgres(t)
	if _, err := db.Write().ExecContext(t.Context(), `CREATE TABLE t (n BIGINT)`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO t VALUES (1)`)
		cancel() // after the last statement, before the commit
		return err
	})
	var n int
	if qerr := db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM t`).Scan(&n); qerr != nil || err != nil || n != 1 {
		t.Fatalf("%d rows, %v, %v", n, err, qerr)
	}
}

func TestOneNodeAtATimeHoldsALock(t *testing.T) {
	db := sqltest.Postgres(t)
	try := func(wait bool, limit time.Duration) (ok bool) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		err := db.Tx(ctx, func(tx *sql.Tx) (err error) {
			ok, err = db.Lock(ctx, tx, "a", wait)
			return err
		})
		return ok && err == nil
	}
	err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		ok, err := db.Lock(t.Context(), tx, "a", false)
		if !ok || err != nil {
			return fmt.Errorf("the first is refused: %v", err)
		}
		if try(false, time.Minute) || try(true, 300*time.Millisecond) {
			return errors.New("two hold one lock")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !try(true, time.Minute) {
		t.Fatal("the lock outlived its transaction")
	}
}

// TestAWaitForAnotherProcessEndsWithTheContextAndIsSpokenOf: a house that waits at its start must hear the signal that stops it.
func TestAWaitForAnotherProcessEndsWithTheContextAndIsSpokenOf(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		free, err := sqldb.Alone(t.Context(), db, "schema_a")
		if err != nil {
			t.Fatal(err)
		}
		other, err := sqldb.Open(t.Context(), db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		sqldb.SetLongWait(t, 100*time.Millisecond)
		said := make(lines, 8)
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(said, nil)))
		defer slog.SetDefault(before)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := sqldb.Alone(ctx, other, "schema_a")
			ended <- err
		}()
		time.AfterFunc(500*time.Millisecond, cancel)
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the wait ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the wait does not end")
		}
		select {
		case line := <-said:
			if !strings.Contains(line, "another process brings the database up to date") {
				t.Errorf("said: %q", line)
			}
		default:
			t.Error("nothing was said")
		}
		if err := free(); err != nil {
			t.Fatal(err)
		}
		if free, err = sqldb.Alone(t.Context(), other, "schema_a"); err != nil {
			t.Fatal(err)
		}
		if err := free(); err != nil {
			t.Fatal(err)
		}
	})
}

// lines is a log that hands on what it hears.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
