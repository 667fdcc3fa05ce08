package ledger_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"

	"github.com/anishathalye/porcupine"
)

// The history test runs the ledger as a server process that is killed again and again, lets clients work on a few items at once, and asks porcupine whether one
// order of all acts explains every answer.

// ask is what a client wants; the same ID is sent again until there is an answer.
type ask struct {
	ID   postal.ActID `json:"id"`
	Op   string       `json:"op"` // accept, pack, unpack, deliver
	Item int          `json:"item"`
}

// reply is "" when the act was done, else the code of the refusal; Down means that the server could not say.
type reply struct {
	Refused string `json:"refused"`
	Down    bool   `json:"down"`
}

const (
	historyOffice = postal.OfficeCode("180100")
	historyBag    = 1 // the one bag, open all the time
	historyFirst  = 1000
)

func (a ask) act() (ledger.Act, error) {
	item, err := postal.MakeItemNumber("RR", historyFirst+a.Item)
	if err != nil {
		return nil, err
	}
	code, err := postal.MakeCode(postal.CodeBag, historyOffice, historyBag)
	if err != nil {
		return nil, err
	}
	switch a.Op {
	case "accept":
		return custody.Accept{Item: item, Service: event.Registered, ToUnit: "11407", ToOffice: "180200", WeightG: 50, Office: historyOffice}, nil
	case "pack":
		return custody.Pack{Item: item, Bag: event.Thing(code)}, nil
	case "unpack":
		return custody.Unpack{Item: item, Bag: event.Thing(code)}, nil
	}
	return custody.Deliver{Item: item, To: "addressee"}, nil
}

const socketEnv = "CITYPOST_LEDGER_SOCKET"

// serveHistory is the server process: one JSON line in, one out.
func serveHistory(dsn, socket string) error {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}})
	if err != nil {
		return err
	}
	if err := os.RemoveAll(socket); err != nil {
		return err
	}
	ln, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			in, out := json.NewDecoder(c), json.NewEncoder(c)
			for {
				var a ask
				if err := in.Decode(&a); err != nil {
					return
				}
				if err := out.Encode(answer(ctx, l, a)); err != nil {
					return
				}
			}
		}()
	}
}

func answer(ctx context.Context, l *ledger.Ledger, a ask) reply {
	act, err := a.act()
	if err == nil {
		now := time.Now()
		_, err = l.Append(ctx, ledger.Envelope{Act: a.ID, OccurredMs: now.UnixMilli(), Office: historyOffice, Actor: "nv-1"}, act)
	}
	f, refused := fault.From(err)
	switch {
	case err == nil:
		return reply{}
	case refused && f.Kind != fault.Unavailable:
		return reply{Refused: f.Code}
	}
	return reply{Down: true}
}

// historyModel is an item as a person sees it: nowhere, at the office, in the bag, or gone.
var historyModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[int][]porcupine.Operation{}
		for _, op := range history {
			by[op.Input.(ask).Item] = append(by[op.Input.(ask).Item], op)
		}
		var out [][]porcupine.Operation
		for _, ops := range by {
			out = append(out, ops)
		}
		return out
	},
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		next, allowed := historyStep(state.(string), input.(ask).Op)
		if done := output.(reply).Refused == ""; done != allowed {
			return false, state
		}
		return true, next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " → ", output) },
}

func historyStep(at, op string) (next string, allowed bool) {
	switch at + " " + op {
	case " accept", "bag unpack":
		return "office", true
	case "office pack":
		return "bag", true
	case "office deliver":
		return "gone", true
	}
	return at, false
}

// client sends acts until stop, each until it is answered, now to one node and now to another, and writes down when it asked and when it knew.
func client(id int, sockets []string, began time.Time, stop <-chan struct{}) (ops []porcupine.Operation) {
	for {
		select {
		case <-stop:
			return ops
		default:
		}
		a := ask{ID: postal.NewActID(time.Now()), Op: []string{"accept", "pack", "unpack", "pack", "unpack", "deliver"}[rand.IntN(6)], Item: int(time.Since(began)/(300*time.Millisecond))*4 + rand.IntN(4)}
		call := time.Since(began).Nanoseconds()
		for {
			r, err := send(sockets[rand.IntN(len(sockets))], a)
			if err == nil && !r.Down {
				ops = append(ops, porcupine.Operation{ClientId: id, Input: a, Call: call, Output: r, Return: time.Since(began).Nanoseconds()})
				break
			}
			time.Sleep(5 * time.Millisecond) // the server is being started again
		}
	}
}

// send asks once over a connection of its own.
func send(socket string, a ask) (r reply, err error) {
	c, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return r, err
	}
	defer c.Close()
	if err := json.NewEncoder(c).Encode(a); err != nil {
		return r, err
	}
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return r, err
	}
	return r, json.NewDecoder(bufio.NewReader(c)).Decode(&r)
}

// TestOneOrderExplainsEveryAnswerAlsoWithKills is judged by porcupine: custody is linearizable although the server is killed -9 all the time.
func TestOneOrderExplainsEveryAnswerAlsoWithKills(t *testing.T) {
	skipShort(t)
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := begin(t, db, 1)
		for range killsWanted(t, 10) {
			runServer(t, db.DSN, h.sockets[0], time.Duration(100+rand.IntN(300))*time.Millisecond)
		}
		h.nodes[0] = serverProcess(t, db.DSN, h.sockets[0]) // answers what is still open
		h.judge(t, killsWanted(t, 10))
	})
}

// TestOneOrderExplainsEveryAnswerOfTwoNodes lets two nodes write to one database at once and kills one of them again and again, now this one and now that.
func TestOneOrderExplainsEveryAnswerOfTwoNodes(t *testing.T) {
	skipShort(t)
	db := sqltest.Postgres(t)
	h := begin(t, db, 2)
	kills := killsWanted(t, 10)
	for n := range h.nodes {
		h.nodes[n] = serverProcess(t, db.DSN, h.sockets[n])
	}
	for range kills {
		time.Sleep(time.Duration(200+rand.IntN(400)) * time.Millisecond) // how long both live: the moment of the kill is meant to be random
		n := rand.IntN(len(h.nodes))
		kill(h.nodes[n])
		h.nodes[n] = serverProcess(t, db.DSN, h.sockets[n])
	}
	h.judge(t, kills)
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}})
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, l)
	assertReplayEqualsLive(t, l)
}

// history is a run of clients against one or more nodes.
type history struct {
	sockets []string
	nodes   []*exec.Cmd
	stop    chan struct{}
	clients sync.WaitGroup
	ops     [6][]porcupine.Operation
}

// begin prepares a database and lets clients ask; nobody answers yet.
func begin(t *testing.T, db *sqldb.DB, nodes int) *history {
	t.Helper()
	prepareHistory(t, db)
	dir, err := os.MkdirTemp("", "cp") // the address of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := &history{nodes: make([]*exec.Cmd, nodes), stop: make(chan struct{})}
	for n := range nodes {
		h.sockets = append(h.sockets, filepath.Join(dir, fmt.Sprint(n)))
	}
	began := time.Now()
	for i := range h.ops {
		h.clients.Go(func() { h.ops[i] = client(i, h.sockets, began, h.stop) })
	}
	return h
}

// judge ends the run and asks porcupine.
func (h *history) judge(t *testing.T, kills int) {
	t.Helper()
	close(h.stop)
	h.clients.Wait()
	for _, n := range h.nodes {
		kill(n)
	}
	var all []porcupine.Operation
	for _, ops := range h.ops {
		all = append(all, ops...)
	}
	result, _ := porcupine.CheckOperationsVerbose(historyModel, all, 5*time.Minute)
	if result != porcupine.Ok || len(all) < 20 {
		t.Fatalf("%d acts, %d kills: %s", len(all), kills, result)
	}
	t.Logf("%d acts by %d nodes, %d kills: one order explains every answer", len(all), len(h.nodes), kills)
}

// killsWanted is how often a test kills: CITYPOST_KILLS, or as often as there is time for.
func killsWanted(t *testing.T, usual int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("CITYPOST_KILLS")); err == nil {
		return n
	}
	return usual
}

func TestTheJudgeOfHistoriesIsNotBlind(t *testing.T) {
	op := func(from, to int64, name string, r reply) porcupine.Operation {
		return porcupine.Operation{Input: ask{Op: name}, Call: from, Output: r, Return: to}
	}
	lost := []porcupine.Operation{op(1, 2, "accept", reply{}), op(3, 4, "deliver", reply{Refused: "custody.unknown"})}
	twice := []porcupine.Operation{op(1, 2, "accept", reply{}), op(1, 9, "deliver", reply{}), op(3, 8, "deliver", reply{})}
	fine := []porcupine.Operation{op(1, 9, "accept", reply{}), op(2, 8, "deliver", reply{}), op(3, 7, "pack", reply{Refused: "custody.ended"})}
	for i, want := range []bool{false, false, true} {
		if got := porcupine.CheckOperations(historyModel, [][]porcupine.Operation{lost, twice, fine}[i]); got != want {
			t.Errorf("history %d: %v", i, got)
		}
	}
}

// prepareHistory reserves labels and starts the bag.
func prepareHistory(t *testing.T, db *sqldb.DB) {
	t.Helper()
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []ledger.Act{
		custody.ReserveRange{Office: historyOffice, Letters: "RR", From: historyFirst, To: historyFirst + 99_999, Printed: true},
		custody.StartBag{Office: historyOffice, To: "180200"},
	} {
		if _, err := l.Append(t.Context(), envelope(), a); err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, l)
}

func serverProcess(t *testing.T, dsn, socket string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dsn, socketEnv+"="+socket)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func runServer(t *testing.T, dsn, socket string, d time.Duration) {
	t.Helper()
	cmd := serverProcess(t, dsn, socket)
	for tries := 0; ; tries++ { // its life begins when it answers
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			break
		}
		if tries > 6000 {
			t.Fatal("the server does not answer")
		}
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(d) // how long it lives: the moment of the kill is meant to be random
	kill(cmd)
}

// kill ends a process as a power cut would.
func kill(cmd *exec.Cmd) {
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		panic(err)
	}
	_ = cmd.Wait() // killed
}
