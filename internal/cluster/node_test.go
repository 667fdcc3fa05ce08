package cluster

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// town is an installation: one database, the same keys on every node, and the offices and devices that work
// with it.
type town struct {
	t      *testing.T
	dsn    string
	dir    string
	from   postal.OfficeCode
	to     postal.OfficeCode
	toUnit postal.UnitCode
	before int      // entries of the founding
	tokens []string // of the devices
	net    *network // nil: the nodes are where the test is
	nodes  []*node
}

// clerk is the town's one person.
const (
	clerk         = "gdv.mau"
	clerkPassword = "buu-dien-mau-2026"
)

// found makes the installation: two made-up offices, numbers to give, devices with tokens, one person.
func found(t *testing.T, dsn string, devices int) *town {
	t.Helper()
	w := &town{t: t, dsn: dsn, dir: t.TempDir()}
	t.Cleanup(guard(t, w.dir))
	h, err := app.Open(t.Context(), app.Config{Data: w.data(0), Database: dsn, Province: "31", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := w.people(t.Context(), h, devices); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) people(ctx context.Context, h *app.House, devices int) error {
	list := gazetteer.MadeUpOffices(h.Places.Gazetteer(), postal.DayOf(time.Now()).AddDays(-1))
	if err := h.Offices.SaveOffices(ctx, list...); err != nil {
		return err
	}
	if err := h.Places.Reload(ctx); err != nil {
		return err
	}
	w.from, w.to, w.toUnit = list[0].Code, list[1].Code, list[1].Unit
	now := time.Now()
	e := ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: w.from, Actor: "nv-1"}
	if _, err := h.Ledger.Append(ctx, e, custody.ReserveRange{Office: w.from, Letters: "RR", From: 10_000_000, To: 19_999_999}); err != nil {
		return err
	}
	by := account.Actor{ID: account.Command}
	for n := range devices {
		_, token, err := h.Accounts.AddDevice(ctx, by, account.Device{Name: fmt.Sprintf("thiet-bi-%d", n), Office: w.from, Rights: []web.Right{web.Clerk}})
		if err != nil {
			return err
		}
		w.tokens = append(w.tokens, token)
	}
	role := web.Role{Name: web.Clerk, Office: w.from}
	if _, _, err := h.Accounts.Add(ctx, by, account.NewPerson{Login: clerk, Name: "Nguyễn Văn Mẫu", Office: w.from, Roles: []web.Role{role}, Password: clerkPassword}); err != nil {
		return err
	}
	w.before = int(h.Ledger.Seq())
	return nil
}

// data is a node's own folder; the keys in it are those of the first.
func (w *town) data(n int) string { return filepath.Join(w.dir, fmt.Sprintf("node%d", n)) }

// node is one `citypost serve`.
type node struct {
	w    *town
	n    int
	addr string
	proc *process
}

// open starts n nodes.
func (w *town) open(n int) {
	w.t.Helper()
	for i := range n {
		w.copyKeys(i)
		nd := &node{w: w, n: i, addr: w.freeAddr(i)}
		w.nodes = append(w.nodes, nd)
		nd.start()
	}
	for _, nd := range w.nodes {
		nd.ready()
	}
	w.t.Cleanup(func() {
		for _, nd := range w.nodes {
			nd.proc.signal(syscall.SIGKILL)
			nd.proc.wait()
		}
		if w.t.Failed() {
			for _, nd := range w.nodes {
				w.t.Logf("node %d:\n%s", nd.n, nd.log(12000))
			}
		}
	})
}

// freeAddr is where a node listens, also after it was restarted.
func (w *town) freeAddr(n int) string {
	if w.net != nil { // a network where nobody else is
		return fmt.Sprintf("%s:%d", w.net.addr(townsNet), 8081+n)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func (w *town) copyKeys(n int) {
	if n == 0 {
		return
	}
	if err := os.MkdirAll(w.data(n), 0o700); err != nil {
		w.t.Fatal(err)
	}
	for _, name := range []string{"house.key", app.KeyFile} {
		b, err := os.ReadFile(filepath.Join(w.data(0), name))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.data(n), name), b, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (nd *node) start() {
	nd.w.t.Helper()
	path, err := program()
	if err != nil {
		nd.w.t.Fatal(err)
	}
	args := []string{"serve", "--data", nd.w.data(nd.n), "--listen", nd.addr, "--drain", "1s", "--log", "warn"}
	if nd.w.dsn != "" { // else the SQLite file in the data folder
		args = append(args, "--database", nd.w.dsn)
	}
	if nd.w.net != nil {
		args = append(append(nd.w.net.enter(townsNet, nil), path), args...)
		path = "nsenter"
	}
	nd.proc = launch(nd.w.t, nd.logFile(), nil, nd.w.dir, path, args...)
}

func (nd *node) logFile() string { return filepath.Join(nd.w.dir, fmt.Sprintf("node%d.log", nd.n)) }

func (nd *node) log(n int) string {
	b, _ := os.ReadFile(nd.logFile())
	return string(b[max(0, len(b)-n):])
}

// healthy is the status of /healthz; 0 when nobody answers.
func (nd *node) healthy() int {
	res, err := quick.Get("http://" + nd.addr + "/healthz")
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

func (nd *node) ready() {
	nd.w.t.Helper()
	await(nd.w.t, time.Minute, func() bool { return nd.healthy() == http.StatusOK }, func() string { return "the node is not ready:\n" + nd.log(2000) })
}

// restart ends a node in order and starts it anew, as a new version is brought in.
func (nd *node) restart() {
	nd.proc.signal(syscall.SIGTERM)
	nd.proc.wait()
	nd.start()
	nd.ready()
}

// command runs a command of the program on the town's database and gives what it said.
func (w *town) command(args ...string) (string, error) {
	path, err := program()
	if err != nil {
		return "", err
	}
	out := filepath.Join(w.dir, "command.log")
	_ = os.Remove(out)
	p := launch(w.t, out, nil, w.dir, path, args...)
	p.wait()
	said, err := os.ReadFile(out)
	if err == nil && !p.cmd.ProcessState.Success() {
		err = fmt.Errorf("citypost %v: %s", args, p.cmd.ProcessState)
	}
	return string(said), err
}

func read(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	return io.ReadAll(io.LimitReader(res.Body, 1<<20))
}
