package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"citypost/internal/fault"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Limits of a PostgreSQL connection. A host that does not answer is given up for the next one; a node that froze in the middle of a transaction loses it
// on the server's side, because the locks it holds keep all other nodes waiting.
const (
	connectTimeout = 3 * time.Second
	idleInTx       = "20s"
	readers        = 16
	writers        = 8 // apart from the readers: questions that hang must not keep the ledger from its commit
)

// server is how we reach PostgreSQL: one server, or the members of a cluster of which one takes writes.
type server struct {
	era          atomic.Int64 // connections made in an earlier era are not used again
	unreplicated atomic.Int64 // commits of which the server said that they are on one machine only
	wires        sync.Map     // *wire → true: all connections
	waits        limits
	rest         func() // ends the watch over them
}

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	watching, rest := context.WithCancel(context.WithoutCancel(ctx))
	s := &server{waits: waits, rest: rest}
	s.complete(config)
	go s.watch(watching)
	db := &DB{Dialect: Postgres, DSN: dsn, server: s, write: s.pool(config, writers), read: s.pool(config, readers)}
	if err := db.durable(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach PostgreSQL: %w", err), db.Close())
	}
	return db, nil
}

// complete adds what every installation needs and an address may leave out.
func (s *server) complete(c *pgx.ConnConfig) {
	if c.ConnectTimeout == 0 || c.ConnectTimeout > time.Minute { // the driver's own default is two minutes
		c.ConnectTimeout = connectTimeout
	}
	if severalHosts(c) && c.ValidateConnect == nil {
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if _, given := c.RuntimeParams["idle_in_transaction_session_timeout"]; !given {
		c.RuntimeParams["idle_in_transaction_session_timeout"] = idleInTx
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "citypost"
	}
	c.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if n.Routine == "SyncRepWaitForLSN" { // somebody ended the wait for the standby: committed here, perhaps nowhere else
			s.unreplicated.Add(1)
		}
	}
}

func severalHosts(c *pgx.ConnConfig) bool {
	for _, f := range c.Fallbacks {
		if f.Host != c.Host || f.Port != c.Port {
			return true
		}
	}
	return false
}

func (s *server) pool(c *pgx.ConnConfig, most int) *sql.DB {
	pool := stdlib.OpenDB(*c,
		stdlib.OptionBeforeConnect(func(_ context.Context, c *pgx.ConnConfig) error {
			era := s.era.Load()
			rotate(c, era)
			c.DialFunc = s.dial(era)
			return nil
		}),
		stdlib.OptionAfterConnect(func(_ context.Context, c *pgx.Conn) error {
			w := wireOf(c)
			w.line.made.Store(w)
			return nil
		}),
		stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false }), // reuse does, and gives up sooner
		stdlib.OptionResetSession(func(ctx context.Context, c *pgx.Conn) error {
			if !s.reuse(ctx, c) {
				return driver.ErrBadConn
			}
			return nil
		}))
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool
}

// rotate lets each era begin with another host: the one that took writes a moment ago may be cut off and not know it.
func rotate(c *pgx.ConnConfig, era int64) {
	if era == 0 {
		return
	}
	type group []*pgconn.FallbackConfig // the ways to one host, with and without TLS, stay together
	var hosts []group
	for _, f := range append(group{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...) {
		if n := len(hosts); n > 0 && hosts[n-1][0].Host == f.Host && hosts[n-1][0].Port == f.Port {
			hosts[n-1] = append(hosts[n-1], f)
			continue
		}
		hosts = append(hosts, group{f})
	}
	var turned group
	for i := range hosts {
		turned = append(turned, hosts[(int64(i)+era)%int64(len(hosts))]...)
	}
	c.Host, c.Port, c.TLSConfig, c.Fallbacks = turned[0].Host, turned[0].Port, turned[0].TLSConfig, turned[1:]
}

// Suspect says that the database did not answer as it should: no connection made so far is used again, and the next one begins with another host.
func (db *DB) Suspect() {
	if db.server != nil {
		db.server.era.Add(1)
	}
}

// Ping asks whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	err := db.read.PingContext(ctx)
	if err != nil && !errors.Is(err, context.Canceled) { // who asked may have hung up
		db.Suspect()
	}
	return err
}

// durable refuses a server that acknowledges commits before they are on disk.
func (db *DB) durable(ctx context.Context) error {
	var commit string
	if err := db.read.QueryRowContext(ctx, `SHOW synchronous_commit`).Scan(&commit); err != nil {
		return err
	}
	if commit == "off" {
		return fault.New(fault.Conflict, "db.not_durable",
			"PostgreSQL đang đặt synchronous_commit = off: mất điện là mất dữ liệu đã báo ghi. Hãy đặt lại thành on rồi khởi động lại.",
			"PostgreSQL runs with synchronous_commit = off: a power cut loses what was acknowledged. Set it to on and start again.")
	}
	return nil
}

// ErrNoAnswer says that the database did not answer in time. ErrUnsure says it of a commit: it may have taken effect, now or later, and must be asked about
// before the work is done again.
var (
	ErrNoAnswer = errors.New("the database does not answer")
	ErrUnsure   = fmt.Errorf("%w to the commit", ErrNoAnswer)
)

// Tx is a writing transaction. Finish it with DB.Commit or DB.Undo.
type Tx struct {
	*sql.Tx
	conn *sql.Conn // PostgreSQL only, as is
	wire *wire
}

// Begin starts a writing transaction. The end of ctx ends the wait for it, but not the transaction: on PostgreSQL a context that ends during a COMMIT cancels
// the wait for the standby, and the server then keeps on one machine what should be on two.
func (db *DB) Begin(ctx context.Context) (*Tx, error) {
	if db.server == nil {
		tx, err := db.write.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		return &Tx{Tx: tx}, nil
	}
	own, end := context.WithCancel(context.WithoutCancel(ctx))
	begun := context.AfterFunc(ctx, end)
	conn, err := db.write.Conn(own)
	if err != nil {
		begun()
		end()
		return nil, cause(ctx, err)
	}
	t := &Tx{conn: conn}
	err = conn.Raw(func(c any) error {
		t.wire = wireOf(c.(*stdlib.Conn).Conn())
		return nil
	})
	if err == nil {
		t.Tx, err = conn.BeginTx(own, nil)
	}
	if err != nil {
		begun()
		end()
		return nil, errors.Join(cause(ctx, err), conn.Close())
	}
	if !begun() { // ctx has ended: nobody wants it any more
		db.Undo(t)
		return nil, ctx.Err()
	}
	return t, nil
}

// cause puts the end of ctx before what came of it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Commit commits. ErrUnsure when the answer is missing; any other error means that nothing was written, but on a lost connection even that is not certain:
// see IsAway.
func (db *DB) Commit(t *Tx) error {
	if db.server == nil {
		return t.Tx.Commit()
	}
	before := db.server.unreplicated.Load()
	err, ok := t.finish(t.Tx.Commit, db.server.waits.commit)
	if !ok || err == nil && db.server.unreplicated.Load() != before {
		slog.Warn("a commit has no answer, or its wait for the standby was ended from outside: it is asked about again", "answered", ok)
		return ErrUnsure
	}
	return err
}

// Undo rolls back. It does nothing after the commit, and does not wait for a server that is gone.
func (db *DB) Undo(t *Tx) {
	if db.server == nil {
		_ = t.Tx.Rollback() // the transaction is lost either way
		return
	}
	_, _ = t.finish(t.Tx.Rollback, db.server.waits.undo) // the same
}

// finish ends a transaction and hands its connection back, or gives it up when no answer comes in time: ok is false then.
func (t *Tx) finish(end func() error, limit time.Duration) (err error, ok bool) {
	done := make(chan error, 1)
	var settled atomic.Bool // by the answer or by the end of the time, whichever is first: a connection that was handed back is another's
	go func() {
		err := end()
		settled.CompareAndSwap(false, true)
		_ = t.conn.Close() // hands it back; one that is broken was thrown away before
		done <- err
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-done:
		return err, true
	case <-timer.C:
		if !settled.CompareAndSwap(false, true) {
			return <-done, true
		}
		t.wire.giveUp()
		return nil, false
	}
}

// Lock takes a lock of this name until the transaction ends, so that one node at a time does what it stands for. Without wait it says whether it got it.
// On SQLite the transaction itself is the lock.
func (db *DB) Lock(ctx context.Context, tx *sql.Tx, name string, wait bool) (ok bool, err error) {
	if db.server == nil {
		return true, nil
	}
	if wait {
		_, err = tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, name)
		ok = err == nil
	} else {
		err = tx.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))`, name).Scan(&ok)
	}
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", name, err)
	}
	return ok, nil
}

// alone makes processes that start together do something one after the other. The end of ctx ends the wait.
func (db *DB) alone(ctx context.Context, name string) (free func() error, err error) {
	said := time.AfterFunc(longWait, func() {
		slog.Warn("another process brings the database up to date; this one waits until it has ended", "what", name)
	})
	defer said.Stop()
	if db.server == nil {
		return aloneAt(ctx, db.DSN+".lock")
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 0))`, name); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, name)
		return errors.Join(err, conn.Close())
	}, nil
}

// How often a locked file is tried again, and when a wait is long enough to speak of it.
const tryAgain = 50 * time.Millisecond

var longWait = 3 * time.Second

// aloneAt locks an empty file beside a database. The database file itself must not be opened beside the engine (closing it would end the engine's own locks), and its folder is locked by whoever has a
// closed house open. The system call that waits would hear no signal, so the lock is tried again and again.
func aloneAt(ctx context.Context, path string) (free func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f.Close, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, ctx.Err()), f.Close())
		case <-time.After(tryAgain):
		}
	}
	return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
}
