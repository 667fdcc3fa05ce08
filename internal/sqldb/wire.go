package sqldb

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A server may be there and say nothing: when only its processes stand still (a debugger, a frozen container, a disk that hangs), its system goes on answering our packets, and no limit of TCP ends the
// wait. A slow question looks the same from here. So a question that waits for long makes us ask the same machine something that any server answers at once; who does not answer that either is given up.

// limits of a wait for an answer.
type limits struct {
	ask    time.Duration // after this long without a byte the machine is asked whether it is awake
	awake  time.Duration // how long it may take to say so, or to answer a ping on a connection that lay idle
	old    time.Duration // a question on a connection of an earlier era gets no longer than this, awake or not
	look   time.Duration // how often the connections are looked through
	commit time.Duration // how long a commit may stay without an answer: longer than a cluster needs to replace a lost standby, for which commits wait
	undo   time.Duration // the same for a rollback; after it the server undoes the work by itself, because the connection is closed
	close  time.Duration // how long the end waits for servers to take leave
}

var waits = limits{ask: 10 * time.Second, awake: connectTimeout, old: time.Minute, look: time.Second, commit: 15 * time.Second, undo: time.Second, close: 5 * time.Second} // changed by tests only

// wire is a connection to a server, as bytes. It knows how long it has been waiting, and can be given up at any moment by anybody.
type wire struct {
	net.Conn
	server  *server
	era     int64
	reading atomic.Int64 // since when, in milliseconds; 0 when nobody waits
	writing atomic.Int64 // the same
	heard   atomic.Int64 // when the last byte came
	asked   atomic.Int64 // when its machine was last asked whether it is awake
	line    *line
	lost    atomic.Bool // broken, or given up
}

func (w *wire) Read(b []byte) (int, error) {
	w.reading.Store(time.Now().UnixMilli())
	n, err := w.Conn.Read(b)
	now := time.Now().UnixMilli()
	w.reading.Store(0)
	if n > 0 {
		w.heard.Store(now)
	}
	return n, w.note(err)
}

func (w *wire) Write(b []byte) (int, error) {
	w.writing.Store(time.Now().UnixMilli())
	n, err := w.Conn.Write(b)
	w.writing.Store(0)
	return n, w.note(err)
}

// note keeps that a connection is broken. The end of a question's time breaks none.
func (w *wire) note(err error) error {
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		w.lost.Store(true)
	}
	return err
}

func (w *wire) Close() error {
	w.server.wires.Delete(w)
	return w.Conn.Close()
}

// giveUp ends a connection without a word to the server: whoever waits on it hears that it is broken, and nothing is cancelled, above all no commit.
func (w *wire) giveUp() {
	w.lost.Store(true)
	_ = w.Close() // it is lost already
}

// waiting is how long somebody has been waiting for this connection.
func (w *wire) waiting(now time.Time) time.Duration {
	var most time.Duration
	for _, since := range []int64{w.reading.Load(), w.writing.Load()} {
		if since > 0 {
			most = max(most, now.Sub(time.UnixMilli(since)))
		}
	}
	return most
}

func wireOf(c *pgx.Conn) *wire {
	conn := c.PgConn().Conn()
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	return conn.(*wire)
}

var errGivenUp = errors.New("the connection was given up: nothing is asked of its server any more")

// line is one connection to the database: the attempts at it, and the wire that it became.
type line struct{ made atomic.Pointer[wire] }

// dial makes the wires of one connection to the database. The driver dials again when it wants a question cancelled; on a connection that is broken or given up it may not, because the question may be
// a commit that waits for its standby.
func (s *server) dial(era int64) pgconn.DialFunc {
	l := &line{}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		made := l.made.Load()
		if made != nil && made.lost.Load() {
			return nil, errGivenUp
		}
		c, err := dialer.DialContext(ctx, network, address)
		if err != nil || made != nil {
			return c, err
		}
		w := &wire{Conn: c, server: s, era: era, line: l}
		s.wires.Store(w, true)
		return w, nil
	}
}

// watch gives up what waits in vain, until ctx ends.
func (s *server) watch(ctx context.Context) {
	tick := time.NewTicker(s.waits.look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.look(ctx)
		}
	}
}

// look goes through all connections once.
func (s *server) look(ctx context.Context) {
	now, era := time.Now(), s.era.Load()
	late := map[string][]*wire{} // by the machine's address
	s.each(func(w *wire) {
		switch wait := w.waiting(now); {
		case w.era != era && wait > s.waits.old:
			w.giveUp()
		case wait > s.waits.ask && now.Sub(time.UnixMilli(w.asked.Load())) > s.waits.ask && w.line.made.Load() == w && w.RemoteAddr().Network() == "tcp":
			w.asked.Store(now.UnixMilli())
			late[w.RemoteAddr().String()] = append(late[w.RemoteAddr().String()], w)
		}
	})
	for address, wires := range late {
		err := awake(ctx, address, s.waits.awake)
		var silent net.Error
		if !errors.As(err, &silent) || !silent.Timeout() || ctx.Err() != nil {
			continue // slow, or held up by others; a connection that is refused, and ours that cannot be made, say nothing of those that stand
		}
		slog.Warn("a database server has stopped answering: its connections are given up", "connections", len(wires), "err", err)
		s.era.Add(1)
		for _, w := range wires {
			if w.waiting(time.Now()) > s.waits.ask { // still the same question, or another that waits as long
				w.giveUp()
			}
		}
	}
}

// leave ends the watch, and after a while gives up the servers that do not take leave; stop says that all did.
func (s *server) leave() (stop func()) {
	s.rest()
	late := time.AfterFunc(s.waits.close, func() { s.each((*wire).giveUp) })
	return func() { late.Stop() }
}

func (s *server) each(do func(*wire)) {
	s.wires.Range(func(w, _ any) bool {
		do(w.(*wire))
		return true
	})
}

// sslRequest asks a PostgreSQL server whether it speaks TLS. It says yes or no before it wants to know who asks, and writes nothing about it into its log.
var sslRequest = []byte{0, 0, 0, 8, 4, 210, 22, 47}

// awake asks a machine whether there is a server that answers.
func awake(ctx context.Context, address string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	until, _ := ctx.Deadline()
	if err := c.SetDeadline(until); err != nil {
		return err
	}
	if _, err := c.Write(sslRequest); err != nil {
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}

// reuse says whether a connection that lay idle may be used again: it was made in this era, and when it was silent for more than a second it answers. One that may not is given up at once, because to
// take leave of a server that stands still takes long.
func (s *server) reuse(ctx context.Context, c *pgx.Conn) bool {
	w := wireOf(c)
	if w.era != s.era.Load() {
		w.giveUp()
		return false
	}
	if time.Since(time.UnixMilli(w.heard.Load())) < time.Second {
		return true
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.waits.awake, ErrNoAnswer)
	defer cancel()
	if err := c.PgConn().Ping(ctx); err != nil {
		w.giveUp()
		if errors.Is(context.Cause(ctx), ErrNoAnswer) {
			s.era.Add(1) // the others that lie idle need not be tried one by one
		}
		return false
	}
	return true
}
