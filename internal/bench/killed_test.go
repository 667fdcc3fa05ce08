package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// counterEnv makes the test program the house that is to be killed: a folder, a database, how large the pictures are.
const counterEnv = "CITYPOST_BENCH_COUNTERS"

func TestMain(m *testing.M) {
	if text := os.Getenv(counterEnv); text != "" {
		if err := workUntilKilled(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1) // nobody killed it
	}
	os.Exit(m.Run())
}

// killedHouse says where a child works.
type killedHouse struct{ Dir, DSN, Pictures string }

// told is an intake that was acknowledged, as a child tells it before it is killed.
type told struct {
	Act      postal.ActID
	Dossier  postal.DossierNumber
	Sender   string
	Pictures [2]struct {
		Stamp      uint64
		From, Size int
	}
}

const killedClerks = 4

// workUntilKilled takes dossiers in over HTTP and says a line for each that was acknowledged.
func workUntilKilled(text string) error {
	var h killedHouse
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return err
	}
	ctx := context.Background()
	size, err := sizerOf(h.Pictures)
	if err != nil {
		return err
	}
	c, err := openCounters(ctx, h.Dir, h.DSN, size, killedClerks, nil)
	if err != nil {
		return err
	}
	if err := c.serve(ctx); err != nil {
		return err
	}
	failed := make(chan error)
	for _, k := range c.clerks {
		go func() {
			for {
				_, err := k.byPage(ctx)
				if err == nil {
					err = k.tell()
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// tell says what was acknowledged last, in one write.
func (k *counterClerk) tell() error {
	last := k.taken[len(k.taken)-1]
	x := told{Act: last.act, Dossier: last.dossier, Sender: last.sender}
	for n, p := range last.pictures {
		x.Pictures[n].Stamp, x.Pictures[n].From, x.Pictures[n].Size = p.stamp, p.from, p.size
	}
	line, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(line, '\n'))
	return err
}

func (x told) taken() taken {
	t := taken{act: x.Act, dossier: x.Dossier, sender: x.Sender}
	for n, p := range x.Pictures {
		t.pictures[n] = picture{stamp: p.Stamp, from: p.From, size: p.Size}
	}
	return t
}

// If this fails a citizen holds a receipt for a dossier that the post does not know, or whose list and packet nobody can look at any more. CITYPOST_KILLS says how often the house is killed; 2 when it is not set.
func TestAKilledHouseHasEveryIntakeThatItAcknowledged(t *testing.T) {
	kills := 2
	if n, err := strconv.Atoi(os.Getenv("CITYPOST_KILLS")); err == nil {
		kills = n
	}
	engines := map[string]func(t *testing.T, dir string) string{
		"sqlite":   func(_ *testing.T, dir string) string { return filepath.Join(dir, "house.db") },
		"postgres": func(t *testing.T, _ string) string { return sqltest.PostgresDSN(t) },
	}
	for name, dsn := range engines {
		t.Run(name, func(t *testing.T) {
			for n := range kills {
				dir := t.TempDir()
				h := killedHouse{Dir: dir, DSN: dsn(t, dir), Pictures: []string{PictureMix, PictureLimit}[n%2]}
				acknowledged := killAtWork(t, h, 20+n*13%40, time.Duration(n*37%50)*time.Millisecond)
				lookAfterKill(t, h, acknowledged)
			}
		})
	}
}

// killAtWork lets a child work until it has acknowledged some intakes and a while longer, kills it, and gives all that it said.
func killAtWork(t *testing.T, h killedHouse, after int, longer time.Duration) (all []taken) {
	t.Helper()
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env, child.Stderr = append(os.Environ(), counterEnv+"="+string(text)), os.Stderr
	out, err := child.StdoutPipe()
	if err := errors.Join(err, child.Start()); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill := func() {
		time.Sleep(longer)
		if err := child.Process.Kill(); err != nil {
			t.Error(err)
		}
	}
	for lines := bufio.NewScanner(out); lines.Scan(); { // the pipe keeps what was said before the end
		var x told
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		if all = append(all, x.taken()); len(all) == after {
			once.Do(func() { go kill() })
		}
	}
	if err := child.Wait(); err == nil || len(all) < after {
		t.Fatalf("the house ended by itself after %d intakes: %v", len(all), err)
	}
	return all
}

// lookAfterKill opens what the child left. What was acknowledged is there as it was sent; what was not is there whole or not at all.
func lookAfterKill(t *testing.T, h killedHouse, acknowledged []taken) {
	t.Helper()
	c, err := reopen(t.Context(), h.Dir, h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.House.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, x := range acknowledged {
		if err := c.hasTaken(t.Context(), x); err != nil {
			t.Errorf("acknowledged and not as it was: dossier %s: %v", x.dossier, err)
		}
	}
	dossiers := 0
	for after := int64(0); ; {
		entries, err := c.Ledger.After(t.Context(), after, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			break
		}
		for n := range entries {
			after = entries[n].Seq
			for _, f := range entries[n].Facts {
				if d, ok := f.(event.DossierAccepted); ok {
					dossiers++
					c.mustBeWhole(t, entries[n].Act, d)
				}
			}
		}
	}
	for _, text := range []string{`SELECT COUNT(*) FROM dossier_picture`, `SELECT COUNT(*) FROM dossier_person`} {
		rows := 0
		if err := c.DB.Read().QueryRowContext(t.Context(), text).Scan(&rows); err != nil || rows != 2*dossiers {
			t.Errorf("%s: %d for %d dossiers, %v", text, rows, dossiers, err)
		}
	}
	t.Logf("%s: %d acknowledged before the kill, %d there", h.Pictures, len(acknowledged), dossiers)
}

func (c *counters) mustBeWhole(t *testing.T, act postal.ActID, d event.DossierAccepted) {
	t.Helper()
	if _, err := c.Dossiers.PeopleOf(t.Context(), act); err != nil {
		t.Errorf("dossier %s: %v", d.Dossier, err)
	}
	for _, hash := range d.Pictures {
		p, err := c.Dossiers.PictureOf(t.Context(), act, hash)
		if err != nil || len(p.Body) == 0 {
			t.Errorf("dossier %s: picture %s: %v", d.Dossier, hash, err)
		}
	}
}
