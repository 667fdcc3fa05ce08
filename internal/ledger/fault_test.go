package ledger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// tripped opens a signed ledger whose steps the test can let fail.
func tripped(t testing.TB, db *sqldb.DB, key *tree.LogKey, trip ledger.Trip) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}},
		Folds: []ledger.Fold{fold}, Key: key, Trip: trip,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestEachStepFailsBeforeAndAfterItTookEffect lets every step fail once, on both sides. What would hurt: an act counted twice or not at all, a tree that
// no longer fits the entries, a machine that does not go on.
func TestEachStepFailsBeforeAndAfterItTookEffect(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var mu sync.Mutex
		var step string
		var after bool
		trip := func(s string, a bool) error {
			mu.Lock()
			defer mu.Unlock()
			if s == step && a == after {
				step = ""
				return errors.New("tripped")
			}
			return nil
		}
		l := tripped(t, db, newKey(t), trip)
		want := int64(1) // the key
		for range 3 {
			for _, s := range ledger.Steps {
				for _, a := range []bool{false, true} {
					mu.Lock()
					step, after = s, a
					mu.Unlock()
					e := envelope()
					_, first := l.Append(t.Context(), e, count{Key: "a"})
					if first == nil {
						t.Fatalf("%s failed (after: %v) and the act was answered as done", s, a)
					}
					r, err := l.Append(t.Context(), e, count{Key: "a"})
					want++
					if err != nil || r.Seq != want {
						t.Fatalf("after %s failed (after: %v), sent again: seq %d want %d, %v", s, a, r.Seq, want, err)
					}
					if done := s == "commit" && a; r.Repeated != done {
						t.Fatalf("after %s failed (after: %v): repeated %v", s, a, r.Repeated)
					}
				}
			}
		}
		assertReplayEqualsLive(t, l)
		mustClose(t, l)
		if v := verdict(t, db); !v.OK() || v.Size != want || v.Covered != want {
			t.Fatalf("%s", v.In("en"))
		}
	})
}

// TestADefectInABatchFailsOnlyOnce lets a batch fail as a whole: its acts are then tried one by one.
func TestADefectInABatchFailsOnlyOnce(t *testing.T) {
	var once sync.Once
	l := tripped(t, sqltest.SQLite(t), newKey(t), func(s string, a bool) (err error) {
		if s == "write" && a {
			once.Do(func() { err = errors.New("tripped") })
		}
		return err
	})
	defer mustClose(t, l)
	mustAppend(t, l, 20)
	if l.Seq() != 21 {
		t.Fatalf("%d entries", l.Seq())
	}
	assertReplayEqualsLive(t, l)
}

func TestAFullDiskRefusesWritesLetsReadsAndResumesByItself(t *testing.T) {
	db := sqltest.SQLite(t)
	l := openSigned(t, db, newKey(t))
	mustAppend(t, l, 100)
	limit := func(pages int) {
		if _, err := db.Write().ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // the engine makes it the present size: nothing can grow
	e, refused := envelope(), error(nil)
	for range 5000 {
		e = envelope()
		if _, refused = l.Append(t.Context(), e, count{Key: "a"}); refused != nil {
			break
		}
	}
	if fault.Code(refused) != "db.disk_full" {
		t.Fatalf("a full disk: %v", refused)
	}
	if _, err := l.Body(t.Context(), 50); err != nil {
		t.Fatalf("reading must go on: %v", err)
	}
	if err := l.Stopped(); err != nil {
		t.Fatalf("a full disk is no reason to stop for good: %v", err)
	}
	limit(1 << 30)
	r, err := l.Append(t.Context(), e, count{Key: "a"})
	if err != nil || r.Repeated {
		t.Fatalf("after space came back: %+v, %v", r, err)
	}
	mustAppend(t, l, 300)
	assertReplayEqualsLive(t, l)
	mustClose(t, l)
	if v := verdict(t, db); !v.OK() || v.Covered != v.Size {
		t.Fatalf("%s", v.In("en"))
	}
}

// The child is this test binary, started again: it writes until it is killed, and says on its output what was acknowledged.
const childEnv = "CITYPOST_LEDGER_CHILD"

// carelessEnv makes the child's engine not wait for the disk: a control.
const carelessEnv = "CITYPOST_LEDGER_CARELESS"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		run := child
		if socket := os.Getenv(socketEnv); socket != "" {
			run = func(dsn string) error { return serveHistory(dsn, socket) }
		}
		if err := run(path); err != nil {
			fmt.Println("failed:", err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child appends from eight goroutines for ever. A line "ack ID SEQ" is written only after the ledger answered.
func child(dir string) error {
	runtime.LockOSThread() // strace counts calls thread by thread: the start makes all of its own on one
	defer runtime.UnlockOSThread()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, filepath.Join(dir, "city.db"))
	if err != nil {
		return err
	}
	if os.Getenv(carelessEnv) != "" {
		if _, err := db.Write().ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
			return err
		}
	}
	key, err := tree.LoadOrGenerateKey(filepath.Join(dir, "ledger.key"), origin)
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}},
		Folds: []ledger.Fold{fold}, Key: key,
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	failed := make(chan error, 8)
	for w := range 8 {
		go func() {
			for {
				subs := make([]ledger.Submission, 1+rand.IntN(40))
				for i := range subs {
					subs[i] = ledger.Submission{Envelope: envelope(), Act: count{Key: fmt.Sprint(w, rand.IntN(200))}}
				}
				rs, err := l.AppendAll(ctx, subs)
				var out strings.Builder
				for i, r := range rs {
					if err = errors.Join(err, r.Err); r.Err == nil {
						fmt.Fprintf(&out, "ack %s %d\n", subs[i].Envelope.Act, r.Receipt.Seq)
					}
				}
				if _, werr := os.Stdout.WriteString(out.String()); werr != nil || err != nil {
					failed <- errors.Join(werr, err)
					return
				}
			}
		}()
	}
	return <-failed
}

// startChild starts the child, perhaps under another program.
func startChild(t *testing.T, dir string, under ...string) (*exec.Cmd, io.Reader) {
	t.Helper()
	args := append(under, os.Args[0])
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// acksOf collects what the child said was acknowledged, whole lines only.
func acksOf(out *bufio.Reader, into map[postal.ActID]int64) (other []string, err error) {
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			return other, nil // a cut line was never received
		}
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != "ack" {
			other = append(other, strings.TrimSpace(line))
			continue
		}
		id, err := postal.ParseActID(f[1])
		if err != nil {
			return other, err
		}
		if into[id], err = strconv.ParseInt(f[2], 10, 64); err != nil {
			return other, err
		}
	}
}

// judge compares the ledger with the client's own list.
func judge(t *testing.T, dir string, acked map[postal.ActID]int64) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), filepath.Join(dir, "city.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := openSigned(t, db, nil)
	defer mustClose(t, l)
	if err := l.Stopped(); err != nil {
		t.Fatal(err)
	}
	judgeEntries(t, l, acked)
	if v := verdict(t, db); !v.OK() {
		t.Fatalf("%s", v.In("en"))
	}
}

// judgeEntries looks for every acknowledged act, for acts counted twice, and for states that do not follow from the entries.
func judgeEntries(t *testing.T, l *ledger.Ledger, acked map[postal.ActID]int64) {
	t.Helper()
	if lost, err := countLost(t.Context(), l, acked); err != nil || lost > 0 {
		t.Fatalf("%d of %d acknowledged acts are not where they were, %v", lost, len(acked), err)
	}
	assertReplayEqualsLive(t, l)
}

// actsOf reads all entries: where each act stands. It fails when one stands twice or a number is missing.
func actsOf(ctx context.Context, l *ledger.Ledger) (map[postal.ActID]int64, error) {
	found := map[postal.ActID]int64{}
	for after := int64(0); ; {
		entries, err := l.After(ctx, after, 5000)
		if err != nil || len(entries) == 0 {
			return found, err
		}
		for _, e := range entries {
			after++
			if e.Seq != after {
				return nil, fmt.Errorf("entry %d stands at %d", e.Seq, after)
			}
			if _, twice := found[e.Act]; twice {
				return nil, fmt.Errorf("act %s was counted twice", e.Act)
			}
			found[e.Act] = e.Seq
		}
	}
}

// countLost counts what was acknowledged and is not there, or elsewhere.
func countLost(ctx context.Context, l *ledger.Ledger, acked map[postal.ActID]int64) (lost int, err error) {
	found, err := actsOf(ctx, l)
	for id, seq := range acked {
		if found[id] != seq {
			lost++
		}
	}
	return lost, err
}

// skipShort leaves to the whole run what works in a process of its own or on one goroutine: the race detector sees nothing of it.
func skipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("no memory is shared here: the run without -short does it")
	}
}

// TestNothingAcknowledgedIsLostWhenTheProcessIsKilled kills -9 at random moments under load. CITYPOST_KILLS says how often, 40 times without (make kill: 1,000).
func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	skipShort(t)
	kills := killsWanted(t, 40)
	dir := t.TempDir()
	acked, total := map[postal.ActID]int64{}, 0
	for i := range kills {
		cmd, out := startChild(t, dir)
		r := bufio.NewReader(out)
		if line, err := r.ReadString('\n'); err != nil || line != "ready\n" {
			t.Fatalf("child %d: %q, %v", i, line, err)
		}
		time.AfterFunc(time.Duration(rand.Int64N(int64(150*time.Millisecond))), func() { _ = cmd.Process.Kill() }) // it may be gone already
		other, err := acksOf(r, acked)
		if err != nil || len(other) > 0 {
			t.Fatalf("child %d: %v, %v", i, other, err)
		}
		_ = cmd.Wait() // killed
		if i%10 == 9 || i == kills-1 {
			judge(t, dir, acked)
			if i%20 == 19 || i == kills-1 { // begin anew, so that judging stays short
				total += len(acked)
				acked = map[postal.ActID]int64{}
				dir = t.TempDir()
			}
		}
	}
	if total < kills {
		t.Fatalf("%d acts in %d lives: the test proves nothing", total, kills)
	}
	t.Logf("%d kills, %d acts acknowledged, nothing lost, nothing twice", kills, total)
}
