package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
)

// How the machine bears a database that is away. A cluster has a new primary a few seconds after the old one died, so the acts at hand wait that long; when it
// stays away, every further batch is tried once, so that people learn soon that they must wait.
var patience = 8 * time.Second // changed by tests only

const (
	firstWait   = 50 * time.Millisecond
	longestWait = time.Second
	answerLimit = 10 * time.Second // for all of a batch before its commit: an answer may never come from a machine that froze
)

// persist tries until the batch is on disk, or refused, or the database stays away.
func (l *Ledger) persist(ctx context.Context, acts []*pending) error {
	until, known := time.Now().Add(patience), l.head.away
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		err := l.try(ctx, acts)
		if err == nil {
			l.head.away, l.head.stale = false, stale{}
			return nil
		}
		l.missed(err)
		if l.mayBeStale(err) {
			err = fmt.Errorf("%w: %w", sqldb.ErrNoAnswer, err)
		}
		if !l.head.away || known || time.Now().Add(wait).After(until) {
			return err
		}
		slog.Warn("the database is away, trying again", "acts", len(acts), "err", err)
		select {
		case <-l.ending:
			return err
		case <-time.After(wait):
		}
		for _, p := range acts {
			p.begin()
		}
	}
}

// missed takes note that a transaction failed: what the view holds was never written, or not as far as we know. When the database did not answer, nothing that
// we hold from it is used again, and it is asked by new connections.
func (l *Ledger) missed(err error) {
	l.head.view = nil
	if errors.Is(err, errWentBack) {
		l.head.stale.see(time.Now())
	}
	if l.head.away = sqldb.IsAway(err) || l.mayBeStale(err); l.head.away {
		l.db.Suspect()
	}
}

// stale counts how often, and since when, we were shown a database that lacks entries which we know.
type stale struct {
	since time.Time
	seen  int
}

func (s *stale) see(now time.Time) {
	if s.seen++; s.seen == 1 {
		s.since = now
	}
}

// How long entries may be missing until we believe that they are lost. In a cluster the machine that was the primary a while ago may answer until it learns that it
// is not any more; it can commit nothing, and another connection leads to the right one.
var staleFor = 40 * time.Second // changed by tests only

const staleTimes = 10

func (l *Ledger) mayBeStale(err error) bool {
	s := l.head.stale
	return l.db.Dialect == sqldb.Postgres && errors.Is(err, errWentBack) && (s.seen < staleTimes || time.Since(s.since) < staleFor)
}

// limit bounds what is done before the commit; there a context may end without harm. SQLite answers by itself.
func (l *Ledger) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.db.Dialect == sqldb.SQLite {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, answerLimit, sqldb.ErrNoAnswer)
}

// stopFor ends writing when an error says that we no longer know what is recorded: a person must look before anything more is acknowledged.
func (l *Ledger) stopFor(err error) bool {
	switch {
	case l.mayBeStale(err):
		return false
	case errors.Is(err, errWentBack):
		l.stop(fault.New(fault.Unavailable, "ledger.went_back",
			"Cơ sở dữ liệu không còn giữ đủ những gì đã ghi (có thể vừa chuyển sang máy chưa nhận đủ, hoặc vừa chép bản cũ vào). Hệ thống ngừng ghi. Vẫn tra cứu được. Hãy báo quản trị viên.",
			"The database no longer holds all that was recorded (perhaps a machine took over that had not got everything, or an old copy was put back). Writing has stopped. Look-ups still work. Tell the administrator."), err)
	case sqldb.IsIO(err):
		l.stop(fault.New(fault.Unavailable, "ledger.stopped",
			"Ổ đĩa báo lỗi nên hệ thống đã ngừng ghi để không mất dữ liệu. Vẫn tra cứu được. Hãy báo quản trị viên.",
			"The disk failed, so writing has stopped to protect the records. Look-ups still work. Tell the administrator."), err)
	default:
		return false
	}
	return true
}

func (l *Ledger) stop(f *fault.Error, err error) {
	slog.Error("ledger stopped", "code", f.Code, "err", err)
	l.stopped.Store(f.Because(err))
}
