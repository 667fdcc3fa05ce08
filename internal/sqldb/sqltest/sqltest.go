// Package sqltest gives tests a fresh database of each kind.
//
// It owns nothing that lasts: SQLite files live in the test's folder, PostgreSQL databases are dropped when the test ends.
// Its promise: a test that passes through Each ran on every engine that was there, and says which were not.
// PostgreSQL is used when CITYPOST_TEST_POSTGRES holds the address of a server ("postgres://user@host:port/postgres"). Start with Each.
package sqltest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"citypost/internal/sqldb"
)

// Each runs fn on a fresh SQLite database and on a fresh PostgreSQL one, as subtests "sqlite" and "postgres".
func Each(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// SQLite opens a fresh SQLite file in the test's own folder.
func SQLite(t testing.TB) *sqldb.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"))
}

// Postgres makes a fresh database on the server named by CITYPOST_TEST_POSTGRES and skips, saying so, when there is none.
func Postgres(t testing.TB) *sqldb.DB {
	t.Helper()
	return open(t, PostgresDSN(t))
}

// PostgresDSN makes a fresh database and gives its address; it is dropped when the test ends.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	server := os.Getenv("CITYPOST_TEST_POSTGRES")
	if server == "" {
		t.Skip("CITYPOST_TEST_POSTGRES is not set: no PostgreSQL to test on (make test starts one)")
	}
	admin, err := sqldb.Open(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t_%x", id)
	if _, err := admin.Write().ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Write().ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func open(t testing.TB, dsn string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
