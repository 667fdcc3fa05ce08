package upkeep_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/upkeep"
)

type seal struct{ Bag event.Thing }

func (seal) Name() string          { return "test.seal" }
func (seal) Touches() []ledger.Key { return nil }
func (a seal) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return []event.Fact{event.BagSealed{Bag: a.Bag, Seal: "NP1", Count: 3}}, nil
}

// newHouse makes an installation with a running ledger on SQLite.
func newHouse(t *testing.T) (upkeep.Installation, *ledger.Ledger) {
	t.Helper()
	return newHouseOn(t, "")
}

// eachEngine runs fn on both databases; PostgreSQL is copied by its own tools, which must be there.
func eachEngine(t *testing.T, fn func(t *testing.T, fresh func() string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, func() string { return "" }) })
	t.Run("postgres", func(t *testing.T) {
		for _, name := range []string{"pg_dump", "pg_restore"} {
			if _, err := exec.LookPath(name); err != nil {
				t.Skipf("%s is not installed (Debian: postgresql-client), so PostgreSQL is not copied", name)
			}
		}
		fn(t, func() string { return sqltest.PostgresDSN(t) })
	})
}

func newHouseOn(t *testing.T, database string) (upkeep.Installation, *ledger.Ledger) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := privacy.LoadOrCreateHouseKey(filepath.Join(dir, "house.key")); err != nil {
		t.Fatal(err)
	}
	key, err := tree.LoadOrGenerateKey(filepath.Join(dir, "ledger.key"), "post.test/ledger")
	if err != nil {
		t.Fatal(err)
	}
	path := database
	if path == "" {
		path = filepath.Join(dir, "city.db")
	}
	db, err := sqldb.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return upkeep.Installation{Data: dir, Database: database, Now: time.Now}, l
}

func write(t *testing.T, l *ledger.Ledger, n int) {
	t.Helper()
	for i := range n {
		now := time.Now()
		e := ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "180100", Actor: "nv-1"}
		if _, err := l.Append(context.Background(), e, seal{event.Thing(fmt.Sprintf("2%013d", i))}); err != nil {
			t.Error(err)
			return
		}
	}
}

// load keeps eight writers busy, in batches, until stop is called, and then says how many acts were answered.
func load(t *testing.T, l *ledger.Ledger) (stop func() int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var answered atomic.Int64
	for n := range 8 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				acts := make([]ledger.Submission, 100)
				for k := range acts {
					now := time.Now()
					acts[k] = ledger.Submission{Envelope: ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "180100", Actor: "nv-1"}, Act: seal{event.Thing(fmt.Sprintf("2%d%012d", n, i))}}
				}
				results, err := l.AppendAll(context.Background(), acts)
				if err != nil {
					t.Error(err)
					return
				}
				for _, r := range results {
					if r.Err != nil {
						t.Error(r.Err)
					}
				}
				answered.Add(int64(len(results)))
			}
		})
	}
	return func() int64 {
		cancel()
		wg.Wait()
		return answered.Load()
	}
}

func TestABackupMadeAtFullLoadIsProvedAndRestores(t *testing.T) {
	eachEngine(t, func(t *testing.T, fresh func() string) {
		i, l := newHouseOn(t, fresh())
		write(t, l, 300)
		stop := load(t, l)
		for l.Seq() < 2000 { // the load flows
			<-l.News()
		}
		where := filepath.Join(t.TempDir(), "copies")
		m, err := i.Backup(t.Context(), where, false)
		grown := stop()
		if err != nil || m.ProvedMs == 0 || m.Entries < 301 {
			t.Fatalf("%+v, %v", m, err)
		}
		if now := l.Seq(); now <= m.Entries || now != grown+301 {
			t.Fatalf("the ledger has %d entries, the copy %d, %d were answered meanwhile", now, m.Entries, grown)
		}
		t.Logf("%d acts were recorded while the copy was made; it holds %d entries", grown, m.Entries)
		to := upkeep.Installation{Data: filepath.Join(t.TempDir(), "new"), Database: fresh(), Now: time.Now}
		if _, err := to.Restore(t.Context(), m.Dir); fault.Code(err) != "upkeep.house_key" {
			t.Fatalf("restored without the house key: %v", err)
		}
		for _, name := range []string{"house.key", "ledger.key"} {
			text, err := os.ReadFile(filepath.Join(i.Data, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(to.Data, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		back, err := to.Restore(t.Context(), m.Dir)
		if err != nil || back.Entries != m.Entries || back.Root != m.Root {
			t.Fatalf("%+v, %v", back, err)
		}
		if _, err := to.Restore(t.Context(), m.Dir); fault.Code(err) != "upkeep.not_empty" {
			t.Fatalf("restored over data: %v", err)
		}
		tones := map[string]upkeep.Tone{}
		for _, r := range i.Doctor(t.Context()) {
			tones[r.Check] = r.Tone
		}
		if tones["backup"] != upkeep.Fine {
			t.Errorf("doctor after a proved copy: %v", tones)
		}
	})
}

// TestADumpOfAChangedLedgerIsNotRestored changes one recorded byte before the copy is made: it can be read and restored, and yet it is refused.
func TestADumpOfAChangedLedgerIsNotRestored(t *testing.T) {
	eachEngine(t, func(t *testing.T, fresh func() string) {
		i, l := newHouseOn(t, fresh())
		write(t, l, 300)
		good, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "copies"), true)
		if err != nil {
			t.Fatal(err)
		}
		path := i.Database
		if path == "" {
			path = filepath.Join(i.Data, "city.db")
		}
		db, err := sqldb.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var body []byte
		if err := db.Read().QueryRowContext(t.Context(), `SELECT body FROM ledger_entry WHERE seq = 77`).Scan(&body); err != nil {
			t.Fatal(err)
		}
		body[len(body)-3] ^= 1
		if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_entry SET body = $1 WHERE seq = 77`, body); err != nil {
			t.Fatal(err)
		}
		bad, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "copies"), true)
		if fault.Code(err) != "upkeep.damaged" || bad.ProvedMs != 0 {
			t.Fatalf("a changed ledger was proved: %+v, %v", bad, err)
		}
		to := upkeep.Installation{Data: filepath.Join(t.TempDir(), "new"), Database: fresh(), Now: time.Now}
		if _, err := to.Restore(t.Context(), bad.Dir); fault.Code(err) != "upkeep.damaged" {
			t.Fatalf("a changed ledger was restored: %v", err)
		}
		if _, err := to.Restore(t.Context(), good.Dir); err != nil { // nothing was left behind that stands in the way
			t.Fatal(err)
		}
	})
}

// TestACopyWithoutAnySignatureIsNotProved: such a ledger can be written by anybody.
func TestACopyWithoutAnySignatureIsNotProved(t *testing.T) {
	eachEngine(t, func(t *testing.T, fresh func() string) {
		for name, text := range map[string]string{"checkpoints": `DELETE FROM ledger_checkpoint`, "keys": `DELETE FROM ledger_state WHERE key LIKE 'k:%'`} {
			i, l := newHouseOn(t, fresh())
			write(t, l, 30)
			path := i.Database
			if path == "" {
				path = filepath.Join(i.Data, "city.db")
			}
			db, err := sqldb.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for signed := int64(0); signed < l.Seq(); { // then the house has no reason to sign again
				if err := db.Read().QueryRowContext(t.Context(), `SELECT max(size) FROM ledger_checkpoint`).Scan(&signed); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Millisecond)
			}
			if _, err := db.Write().ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
			bad, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "copies"), true)
			if fault.Code(err) != "upkeep.damaged" || bad.ProvedMs != 0 {
				t.Errorf("without %s: %+v, %v", name, bad, err)
			}
			to := upkeep.Installation{Data: filepath.Join(t.TempDir(), "new"), Database: fresh(), Now: time.Now}
			if _, err := to.Restore(t.Context(), bad.Dir); fault.Code(err) != "upkeep.damaged" {
				t.Errorf("restored without %s: %v", name, err)
			}
			for _, f := range i.Doctor(t.Context()) {
				if f.Check == "checkpoint" && f.Tone != upkeep.Act {
					t.Errorf("doctor without %s: %+v", name, f)
				}
			}
		}
	})
}

func TestADamagedBackupIsRefusedAndLeavesNothingBehind(t *testing.T) {
	i, l := newHouse(t)
	write(t, l, 300)
	m, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "copies"), true)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(m.Dir, "city.db")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	to := upkeep.Installation{Data: filepath.Join(t.TempDir(), "new"), Now: time.Now}
	if _, err := to.Restore(t.Context(), m.Dir); fault.Code(err) != "upkeep.damaged" {
		t.Fatalf("a damaged copy: %v", err)
	}
	left, err := os.ReadDir(to.Data)
	if err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	i, l := newHouse(t)
	write(t, l, 50)
	tones := func() map[string]upkeep.Tone {
		out := map[string]upkeep.Tone{}
		for _, r := range i.Doctor(t.Context()) {
			if r.VI == "" || r.EN == "" {
				t.Errorf("%s has no words", r.Check)
			}
			out[r.Check] = r.Tone
		}
		return out
	}
	got := tones()
	if got["backup"] != upkeep.Act || got["house_key"] != upkeep.Fine || got["database"] != upkeep.Fine {
		t.Errorf("without a backup: %v", got)
	}
	if _, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "copies"), false); err != nil {
		t.Fatal(err)
	}
	if got := tones(); got["backup"] != upkeep.Fine {
		t.Errorf("with a backup: %v", got)
	}
	now := i.Now
	i.Now = func() time.Time { return now().Add(30 * time.Hour) }
	if got := tones(); got["backup"] != upkeep.Look {
		t.Errorf("with an old backup: %v", got)
	}
	damageCursor(t, i, l)
	if got := tones(); got["followers"] != upkeep.Act {
		t.Errorf("with a damaged cursor: %v", got)
	}
	if err := os.Remove(filepath.Join(i.Data, "house.key")); err != nil {
		t.Fatal(err)
	}
	if got := tones(); got["house_key"] != upkeep.Act {
		t.Errorf("without the house key: %v", got)
	}
	i.Database = "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"
	if got := tones(); got["database"] != upkeep.Act {
		t.Errorf("PostgreSQL that is not there: %v", got)
	}
}

// damageCursor sets a follower forward behind the ledger's back.
func damageCursor(t *testing.T, i upkeep.Installation, l *ledger.Ledger) {
	t.Helper()
	if err := l.SetCursor(t.Context(), "report", 3); err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.Open(t.Context(), filepath.Join(i.Data, "city.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_follower SET seq = 19`); err != nil {
		t.Fatal(err)
	}
}

// TestALongMemoryOfBackupsIsRead: earlier versions wrote lines of nearly 80 kB, behind which nothing was seen any more.
func TestALongMemoryOfBackupsIsRead(t *testing.T) {
	i, l := newHouse(t)
	write(t, l, 3)
	now := time.Now()
	old := fmt.Sprintf(`{"dir":"d","made_ms":%d,"proved_ms":1,"pieces":{"piece":4096,"of":["%s"]}}`, now.Add(-72*time.Hour).UnixMilli(), strings.Repeat("0123456789abcdef", 6000))
	memory := filepath.Join(i.Data, "backups.jsonl")
	if err := os.WriteFile(memory, []byte("\n"+old+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "copies"), false)
	if err != nil || m.Pieces == nil {
		t.Fatalf("%+v, %v", m, err)
	}
	said := func() upkeep.Tone {
		for _, r := range i.Doctor(t.Context()) {
			if r.Check == "backup" {
				return r.Tone
			}
		}
		return ""
	}
	if got := said(); got != upkeep.Fine {
		t.Errorf("after a backup doctor says %v", got)
	}
	text, err := os.ReadFile(memory)
	if err != nil {
		t.Fatal(err)
	}
	if last := text[len(old)+2:]; len(last) > 2000 || strings.Contains(string(last), "pieces") {
		t.Errorf("remembered: %s", last)
	}
	if err := errors.Join(os.Remove(memory), os.Mkdir(memory, 0o700)); err != nil {
		t.Fatal(err)
	}
	if got := said(); got != upkeep.Act {
		t.Errorf("a list that cannot be read: doctor says %v", got)
	}
}

// TestABackupThatCannotBeMadeLeavesNoFolder takes away what the copy needs, before and after the database is copied.
func TestABackupThatCannotBeMadeLeavesNoFolder(t *testing.T) {
	for _, name := range []string{"house.key", "ledger.key"} {
		i, l := newHouse(t)
		write(t, l, 3)
		if err := os.Remove(filepath.Join(i.Data, name)); err != nil {
			t.Fatal(err)
		}
		copies := filepath.Join(t.TempDir(), "copies")
		if _, err := i.Backup(t.Context(), copies, true); err == nil {
			t.Fatalf("copied without %s", name)
		}
		if left, err := os.ReadDir(copies); err != nil || len(left) != 0 {
			t.Errorf("without %s left behind: %v, %v", name, left, err)
		}
	}
}
