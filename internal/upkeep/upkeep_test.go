package upkeep_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/upkeep"
)

type seal struct{ Bag event.Thing }

func (seal) Name() string          { return "test.seal" }
func (seal) Touches() []ledger.Key { return nil }
func (a seal) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return []event.Fact{event.BagSealed{Bag: a.Bag, Seal: "NP1", Count: 3}}, nil
}

// newHouse makes an installation with a running ledger.
func newHouse(t *testing.T) (upkeep.Installation, *ledger.Ledger) {
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
	db, err := sqldb.Open(t.Context(), filepath.Join(dir, "city.db"))
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
	return upkeep.Installation{Data: dir, Now: time.Now}, l
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

func TestABackupMadeWhileWritingIsProvedAndRestores(t *testing.T) {
	i, l := newHouse(t)
	write(t, l, 300)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				write(t, l, 10)
			}
		}
	})
	where := filepath.Join(t.TempDir(), "copies")
	m, err := i.Backup(t.Context(), where, false)
	close(stop)
	wg.Wait()
	if err != nil || m.ProvedMs == 0 || m.Entries < 301 {
		t.Fatalf("%+v, %v", m, err)
	}
	to := upkeep.Installation{Data: filepath.Join(t.TempDir(), "new"), Now: time.Now}
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
	if _, err := i.Backup(t.Context(), t.TempDir(), false); fault.Code(err) != "upkeep.use_engine" {
		t.Errorf("backup of PostgreSQL: %v", err)
	}
}
