package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"citypost/internal/app"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// nodesAtOnce is how many start in the same moment, as machines do after a power cut.
const nodesAtOnce = 5

// TestNodesThatStartTogetherBringOneSchemaUpToDate starts several houses on one database at once, on an empty one and on one that an earlier release left. What would hurt: a node that
// does not start, a table that was changed twice, tables of which half are missing.
func TestNodesThatStartTogetherBringOneSchemaUpToDate(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		t.Run("empty", func(t *testing.T) {
			data := t.TempDir()
			h, err := app.Open(t.Context(), app.Config{Data: data, Log: slog.New(slog.DiscardHandler)}) // makes the keys that every node is given
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			startTogether(t, data, db.DSN)
		})
	})
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		t.Run("earlier-release", func(t *testing.T) {
			folder := filepath.Join("testdata", "releases", "1")
			loadReleased(t, db, folder)
			data := t.TempDir()
			for _, name := range []string{"house.key", app.KeyFile} {
				key, err := os.ReadFile(filepath.Join(folder, name))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(data, name), key, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			startTogether(t, data, db.DSN)
		})
	})
}

func startTogether(t *testing.T, data, dsn string) {
	t.Helper()
	type started struct {
		h   *app.House
		err error
	}
	begin, all := make(chan struct{}), make(chan started, nodesAtOnce)
	for range nodesAtOnce {
		go func() {
			<-begin
			h, err := app.Open(t.Context(), app.Config{Data: data, Database: dsn, Log: slog.New(slog.DiscardHandler)})
			all <- started{h, err}
		}()
	}
	close(begin)
	var nodes []*app.House
	for range nodesAtOnce {
		s := <-all
		if s.err != nil {
			t.Errorf("a node did not start: %v", s.err)
			continue
		}
		nodes = append(nodes, s.h)
		t.Cleanup(func() {
			if err := s.h.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	versions(t, dsn)
	for _, h := range nodes {
		if d, err := h.Ledger.Check(t.Context(), nil); err != nil || len(d) > 0 {
			t.Errorf("replay: %v, %v", d, err)
		}
	}
}

// versions looks whether each step of the ledger's schema was done once.
func versions(t *testing.T, dsn string) {
	t.Helper()
	db, err := sqldb.OpenRead(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var steps, rows int
	if err := db.Read().QueryRowContext(t.Context(), `SELECT count(DISTINCT version_id), count(*) FROM schema_ledger`).Scan(&steps, &rows); err != nil || steps != rows || steps < 4 {
		t.Errorf("%d steps in %d rows, %v", steps, rows, err)
	}
}
