package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// lazyPostgres is a PostgreSQL server whose data lies on LazyFS.
type lazyPostgres struct {
	t    *testing.T
	z    *lazyFS
	bin  string
	data string
	as   *syscall.Credential
	more []string // settings
	dsn  string
}

func newLazyPostgres(t *testing.T, more ...string) *lazyPostgres {
	t.Helper()
	z := mountLazyFS(t)
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		t.Skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Skipf("no user for PostgreSQL: %v", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	slices.Sort(bins)
	p := &lazyPostgres{t: t, z: z, bin: bins[len(bins)-1], data: filepath.Join(z.dir, "pg"), more: more, as: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if err := os.Mkdir(p.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(p.data, uid, gid); err != nil {
		t.Fatal(err)
	}
	initdb := exec.Command(filepath.Join(p.bin, "initdb"), "-D", p.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums")
	initdb.Dir, initdb.SysProcAttr = "/", &syscall.SysProcAttr{Credential: p.as}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0") // a free port, which the server then takes
	if err != nil {
		t.Fatal(err)
	}
	p.dsn = fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", ln.Addr())
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.crash)
	return p
}

// start gives the database when the server takes writes.
func (p *lazyPostgres) start() (*sqldb.DB, error) {
	_, port, _ := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(p.dsn, "postgres://postgres@"), "/postgres?sslmode=disable"))
	args := []string{"-D", p.data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="}
	for _, s := range p.more {
		args = append(args, "-c", s)
	}
	_ = os.Remove(filepath.Join(p.data, "postmaster.pid")) // of the server that we killed: whether it survived plays no part
	log := &strings.Builder{}                              // one for each server: the one before may still be saying something
	proc := exec.Command(filepath.Join(p.bin, "postgres"), args...)
	proc.Dir, proc.Stdout, proc.Stderr = "/", log, log
	proc.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Pdeathsig: syscall.SIGKILL}
	if err := proc.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { _ = proc.Wait(); close(ended) }()
	for deadline := time.After(2 * time.Minute); ; {
		db, err := sqldb.Open(p.t.Context(), p.dsn)
		if err == nil {
			return db, nil
		}
		select {
		case <-ended:
			return nil, errors.New("the server ended: " + log.String())
		case <-deadline:
			return nil, err
		case <-time.After(50 * time.Millisecond): // it gives no signal
		}
	}
}

// crash kills every process of the server.
func (p *lazyPostgres) crash() {
	for range 100 {
		links, _ := filepath.Glob("/proc/[0-9]*/cwd")
		alive := 0
		for _, link := range links {
			if at, err := os.Readlink(link); err != nil || at != p.data {
				continue
			}
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
				alive++
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if alive == 0 {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
}

// live opens a ledger on the server, lets four clients write for a moment, and cuts the power.
func (p *lazyPostgres) live(key *tree.LogKey, acked map[postal.ActID]int64, judge bool) error {
	p.t.Helper()
	db, err := p.start()
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := ledger.Open(p.t.Context(), db, ledger.Config{Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}}, Folds: []ledger.Fold{fold}, Key: key})
	if err != nil {
		return err
	}
	defer l.Close()
	if judge {
		if err := l.Stopped(); err != nil {
			return err
		}
		judgeEntries(p.t, l, acked)
		if l.Seq() > 0 {
			if v := verdict(p.t, db); !v.OK() {
				return errors.New(v.In("en"))
			}
		}
	} else if lost, err := countLost(p.t.Context(), l, acked); err != nil || lost > 0 {
		return fmt.Errorf("%d of %d acknowledged acts are lost, %v", lost, len(acked), err)
	}
	ctx, stop := context.WithCancel(p.t.Context())
	defer stop()
	var mu sync.Mutex
	var clients sync.WaitGroup
	for n := range 4 {
		clients.Go(func() {
			for ctx.Err() == nil {
				e := envelope()
				r, err := l.Append(ctx, e, count{Key: fmt.Sprint(n, rand.IntN(100))})
				if err != nil {
					return // the power is off
				}
				mu.Lock()
				acked[e.Act] = r.Seq
				mu.Unlock()
			}
		})
	}
	<-time.After(time.Duration(100+rand.Int64N(900)) * time.Millisecond) // a random moment
	p.crash()
	stop()
	clients.Wait()
	p.z.cutPower()
	return nil
}

// TestNothingAcknowledgedIsLostWhenPostgresLosesItsPowerOnLazyFS kills the server at random moments under load and lets the file system forget what was not synced.
func TestNothingAcknowledgedIsLostWhenPostgresLosesItsPowerOnLazyFS(t *testing.T) {
	ledger.SetPatience(t, 0)
	p := newLazyPostgres(t)
	key, acked, cuts := newKey(t), map[postal.ActID]int64{}, rounds(t)
	for n := range cuts + 1 { // the last life only judges the last cut
		if err := p.live(key, acked, true); err != nil {
			t.Fatalf("cut %d: %v", n, err)
		}
	}
	if len(acked) < 20*cuts {
		t.Fatalf("%d acts in %d lives: the test proves little", len(acked), cuts)
	}
	t.Logf("the power cut %d times, %d acts acknowledged, nothing lost, nothing twice", cuts, len(acked))
}

// TestTheControlOfPostgresOnLazyFSLoses does the same with a server that does not wait for the disk.
func TestTheControlOfPostgresOnLazyFSLoses(t *testing.T) {
	skipShort(t)
	ledger.SetPatience(t, 0)
	p := newLazyPostgres(t, "fsync=off")
	key, acked := newKey(t), map[postal.ActID]int64{}
	for range 4 {
		if err := p.live(key, acked, false); err != nil {
			t.Logf("fsync=off: %.300v", err)
			return
		}
	}
	t.Error("nothing was lost: the cuts prove nothing")
}
