package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/power"
)

// If these fail, a clerk holds a receipt for something that the house forgot when the lights went out.

// storage is one of the ways in which a house keeps its file.
type storage struct {
	name string
	open func(ctx context.Context, path string) (*sqldb.DB, error)
}

func storages() []storage {
	secret := []byte("a secret of thirty-two bytes 123") // of a test
	return []storage{
		{"plain", sqldb.Open},
		{"sealed", func(ctx context.Context, path string) (*sqldb.DB, error) { return sqldb.OpenSealed(ctx, path, secret) }},
	}
}

// powerCuts is how often the power is cut for each storage: CITYPOST_POWERCUTS, else some dozens.
func powerCuts(t *testing.T, usual, short int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("CITYPOST_POWERCUTS")); err == nil {
		return n
	}
	if testing.Short() {
		return short
	}
	return usual
}

// town is a ledger whose power fails again and again. What its clients were told outlives every cut.
type town struct {
	t       *testing.T
	storage storage
	key     *tree.LogKey
	rnd     *rand.Rand
	unsafe  string // a setting that makes the engine careless, for the control
	lies    bool   // the disk ignores every sync, for the other control

	dir    string
	acked  map[postal.ActID]int64
	least  int64 // every entry up to here was acknowledged
	opened int   // cuts before the ledger was open
}

func newTown(t *testing.T, s storage, seed uint64) *town {
	return &town{t: t, storage: s, key: newKey(t), rnd: rand.New(rand.NewPCG(seed, seed)), dir: t.TempDir(), acked: map[postal.ActID]int64{}}
}

// live opens what the last cut left, judges it, works until the power fails, and keeps what the disk holds then for the next life.
func (w *town) live(judge func(db *sqldb.DB, l *ledger.Ledger) error) error {
	disk, err := power.Watch(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.lies {
		disk.Lie()
	}
	var mu sync.Mutex
	var told map[postal.ActID]int64
	var committed, least atomic.Int64
	committed.Store(w.least)
	acked := maps.Clone(w.acked)
	after := 1 + w.rnd.IntN(40) // while it opens, and mends what the last cut left
	if w.rnd.IntN(4) > 0 {
		after = 1 + w.rnd.IntN(700)
	}
	disk.CutAfter(after, func() {
		least.Store(committed.Load())
		mu.Lock()
		defer mu.Unlock()
		told = maps.Clone(acked)
	})
	err = w.work(disk, judge, &committed, func(id postal.ActID, seq int64) {
		mu.Lock()
		defer mu.Unlock()
		acked[id] = seq
	})
	disk.Forget()
	cut := disk.Cut()
	if err != nil || cut == nil {
		return errors.Join(err, fmt.Errorf("the power failed: %v", cut != nil))
	}
	w.acked, w.least = told, least.Load()
	_ = os.RemoveAll(w.dir)
	w.dir = w.t.TempDir()
	return cut.Into(w.dir, w.rnd)
}

// work opens the ledger, judges it, and lets clients write until the power fails.
func (w *town) work(disk *power.Disk, judge func(*sqldb.DB, *ledger.Ledger) error, committed *atomic.Int64, told func(postal.ActID, int64)) error {
	ctx := w.t.Context()
	db, err := w.storage.open(ctx, filepath.Join(w.dir, "city.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	settings := []string{fmt.Sprintf(`PRAGMA wal_autocheckpoint = %d`, []int{4, 40, 1000}[w.rnd.IntN(3)])} // logs that begin anew often, and long ones
	if w.unsafe != "" {
		settings = append(settings, w.unsafe)
	}
	for _, text := range settings {
		if _, err := db.Write().ExecContext(ctx, text); err != nil {
			return err
		}
	}
	l, err := ledger.Open(ctx, db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}},
		Folds: []ledger.Fold{fold}, Key: w.key, Watch: func(r ledger.Rows) { committed.Store(r.Seq) },
	})
	if err != nil {
		return err
	}
	select {
	case <-disk.Done():
		w.opened++
	default:
	}
	err = judge(db, l)
	if err == nil {
		err = w.clients(disk, l, told)
	}
	return errors.Join(err, l.Close())
}

// clients write until the power has failed.
func (w *town) clients(disk *power.Disk, l *ledger.Ledger, told func(postal.ActID, int64)) error {
	failed := make(chan error, 3)
	for n := range cap(failed) {
		go func() {
			for {
				select {
				case <-disk.Done():
					failed <- nil
					return
				default:
				}
				subs := make([]ledger.Submission, 1+rand.IntN(12))
				for i := range subs {
					subs[i] = ledger.Submission{Envelope: envelope(), Act: count{Key: fmt.Sprint(n, rand.IntN(60))}}
				}
				rs, err := l.AppendAll(w.t.Context(), subs)
				for i, r := range rs {
					if err = errors.Join(err, r.Err); r.Err == nil {
						told(subs[i].Envelope.Act, r.Receipt.Seq)
					}
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return errors.Join(<-failed, <-failed, <-failed)
}

// TestNothingAcknowledgedIsLostWhenThePowerIsCut cuts the power at random moments under load, while the ledger opens, and while it mends what the last cut left. CITYPOST_POWERCUTS says how
// often (make powercut: thousands).
func TestNothingAcknowledgedIsLostWhenThePowerIsCut(t *testing.T) {
	for i, s := range storages() {
		t.Run(s.name, func(t *testing.T) {
			cuts, acts, opening := powerCuts(t, 60, 6), 0, 0
			w := newTown(t, s, uint64(i+1))
			for n := range cuts {
				if n%20 == 19 { // begin anew, so that judging stays short
					acts, opening = acts+len(w.acked), opening+w.opened
					w = newTown(t, s, uint64(n*10+i))
				}
				err := w.live(func(db *sqldb.DB, l *ledger.Ledger) error {
					if err := l.Stopped(); err != nil {
						return err
					}
					if l.Seq() < w.least {
						return fmt.Errorf("%d entries, %d were acknowledged", l.Seq(), w.least)
					}
					judgeEntries(t, l, w.acked)
					if l.Seq() == 0 {
						return nil
					}
					if v := verdict(t, db); !v.OK() {
						return errors.New(v.In("en"))
					}
					return nil
				})
				if err != nil {
					t.Fatalf("cut %d: %v", n, err)
				}
			}
			if acts += len(w.acked); acts < 5*cuts {
				t.Fatalf("%d acts in %d lives: the test proves little", acts, cuts)
			}
			t.Logf("the power cut %d times, %d of them while the ledger was opening; %d acts acknowledged, nothing lost, nothing twice", cuts, opening+w.opened, acts)
		})
	}
}

// TestTheControlOfThePowerCutsLoses cuts the power of a ledger whose engine does not wait for the disk, and of one whose disk says yes to every sync and does nothing. Both must lose
// what was acknowledged, or be beyond reading: else the test above could not fail.
func TestTheControlOfThePowerCutsLoses(t *testing.T) {
	skipShort(t)
	for name, prepare := range map[string]func(*town){
		"synchronous-off": func(w *town) { w.unsafe = `PRAGMA synchronous = OFF` },
		"lying-disk":      func(w *town) { w.lies = true },
	} {
		t.Run(name, func(t *testing.T) {
			broken, acts, cuts := 0, 0, 12
			for n := range cuts {
				w := newTown(t, storages()[n%2], uint64(n))
				prepare(w)
				nothing := func(*sqldb.DB, *ledger.Ledger) error { return nil }
				for range 2 {
					if err := w.live(nothing); err != nil {
						break // it could not even be opened again, which counts below
					}
				}
				if n, err := missing(t, w.storage, w.dir, w.acked); err != nil || n > 0 {
					broken++
					acts += n
				}
			}
			if broken == 0 || acts == 0 {
				t.Errorf("%d of %d cuts did harm, %d acknowledged acts lost: the judge is blind", broken, cuts, acts)
			}
			t.Logf("%d of %d cuts did harm, %d acknowledged acts lost", broken, cuts, acts)
		})
	}
}

// missing counts what was acknowledged and is not there; the error says that the ledger cannot be read, or does not trust what it reads.
func missing(t *testing.T, s storage, dir string, acked map[postal.ActID]int64) (lost int, err error) {
	t.Helper()
	db, err := s.open(t.Context(), filepath.Join(dir, "city.db"))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}}, Folds: []ledger.Fold{fold}})
	if err != nil {
		return 0, err
	}
	defer mustClose(t, l)
	lost, err = countLost(t.Context(), l, acked)
	return lost, errors.Join(err, l.Stopped())
}
