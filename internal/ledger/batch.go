package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// commit brings one batch to disk and answers every act in it.
//
// Nothing is answered before the commit has returned. A crash before that leaves no trace of the batch; a crash after it leaves the whole batch, and a client that
// got no answer finds the first answer when it sends again.
func (l *Ledger) commit(ctx context.Context, acts []*pending) {
	if stop := l.stopped.Load(); stop != nil {
		refuseAll(acts, stop)
		return
	}
	err := l.persist(ctx, acts)
	switch {
	case err == nil:
		answerAll(acts)
	case l.stopFor(err):
		refuseAll(acts, l.stopped.Load())
	case fault.Is(sqldb.Refine(err), fault.Unavailable):
		refuseAll(acts, sqldb.Refine(err))
	case len(acts) > 1 && !errors.Is(err, context.Canceled):
		// A defect in one act must not fail its neighbours: each for itself.
		slog.Error("ledger batch failed, trying its acts one by one", "acts", len(acts), "err", err)
		for _, p := range acts {
			p.begin()
			l.commit(ctx, []*pending{p})
		}
	default:
		refuseAll(acts, fmt.Errorf("append: %w", err))
	}
}

// begin forgets what an earlier try decided.
func (p *pending) begin() { p.result, p.body = Result{}, nil }

func refuseAll(acts []*pending, err error) {
	for _, p := range acts {
		p.answer(Result{Err: err})
	}
}

func answerAll(acts []*pending) {
	for _, p := range acts {
		p.answer(p.result)
	}
}

// head is where the ledger stands for the batch machine; nobody else looks at it.
type head struct {
	seq      int64 // the entry after which view and frontier are right
	ms       int64 // when it was recorded
	rebuilt  int64 // how often the states had been rebuilt when view was loaded
	last     tree.Commitment
	away     bool          // the database was not reached when it was last tried
	stale    stale         // it was reached and lacked entries
	view     *View         // states as of seq; nil when they must be loaded anew
	frontier tree.Frontier // the tree's right edge as of seq
	signed   int64         // the last size that we signed, or saw signed
	signedAt time.Time
}

// try is one transaction: head, repeats, states, decisions, writes, signature, commit. A crash at any step before the commit leaves nothing of it, a crash
// after it leaves all; nobody was answered in either case. An error of the commit itself may mean either: the next try finds out by the head and the act ids.
//
// It commits also when nothing was added. A repeat and a refusal rest on what we read, and in a cluster that may be on one machine only: a commit whose wait
// for the standby was cut short is seen by all. Our own commit waits for everything before it.
func (l *Ledger) try(ctx context.Context, acts []*pending) (err error) {
	b := batch{l: l, ctx: ctx}
	defer b.rollback()
	defer func() { err = b.tooLate(err) }()
	if err := l.step("begin", b.begin); err != nil {
		return err
	}
	if err := l.step("take head", b.takeHead); err != nil {
		return err
	}
	if err := l.step("answer repeats", func() error { return b.answerRepeats(acts) }); err != nil {
		return err
	}
	if err := l.step("decide", func() error { return b.decideAll(acts) }); err != nil {
		return err
	}
	if len(b.added) > 0 {
		if err := l.step("write", b.write); err != nil {
			return err
		}
		if err := l.step("sign", b.signIfDue); err != nil {
			return err
		}
	}
	if err := l.step("commit", b.commit); err != nil {
		return err
	}
	b.settle()
	if l.watch != nil && len(b.added) > 0 {
		l.watch(b.rows)
	}
	return nil
}

// step runs one step between the two questions of a Trip.
func (l *Ledger) step(name string, do func() error) error {
	if l.trip == nil {
		return do()
	}
	if err := l.trip(name, false); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return l.trip(name, true)
}

// batch is the work of one transaction.
type batch struct {
	l          *Ledger
	ctx        context.Context
	cancel     context.CancelFunc
	tx         *sqldb.Tx
	seq        int64 // last entry, counting those added here
	headMs     int64 // when the last entry before this batch was recorded
	rebuilt    int64 // how often the states were rebuilt
	recordedMs int64
	view       *View
	frontier   tree.Frontier
	last       tree.Commitment // of the last entry before this batch
	added      []*pending
	rows       Rows
	signed     bool
}

// begin starts the transaction and the time that it has: see limit.
func (b *batch) begin() (err error) {
	b.ctx, b.cancel = b.l.limit(b.ctx)
	if b.tx, err = b.l.db.Begin(b.ctx); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// tooLate says of an error that it came because there was no answer within the limit.
func (b *batch) tooLate(err error) error {
	if err != nil && b.ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(b.ctx), err)
	}
	return err
}

// rollback does nothing after the commit.
func (b *batch) rollback() {
	if b.tx != nil {
		b.l.db.Undo(b.tx)
	}
	if b.cancel != nil {
		b.cancel()
	}
}

func (b *batch) commit() error {
	for _, p := range b.added {
		p.asked = true
	}
	if err := b.l.db.Commit(b.tx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// takeHead locks the head row: on PostgreSQL it makes the batches of several nodes queue here. When another process wrote since our last batch, or rebuilt the states, what we
// remember is worth nothing.
func (b *batch) takeHead() error {
	err := b.tx.StmtContext(b.ctx, b.l.writer.takeHead).QueryRowContext(b.ctx).Scan(&b.seq, &b.headMs, &b.rebuilt)
	if err != nil {
		return fmt.Errorf("take head: %w", err)
	}
	b.recordedMs = max(b.headMs, postal.Millis(b.l.now()))
	h := &b.l.head
	if h.view == nil || h.seq != b.seq || h.ms != b.headMs || h.rebuilt != b.rebuilt {
		h.view, h.rebuilt = newView(b.ctx, b.l.kinds, nil, 0), b.rebuilt
	}
	b.view = h.view
	b.view.renew(b.ctx, txLoader{b.tx.Tx, b.l.writer}, b.recordedMs)
	return b.follow()
}

// settle makes what was committed the head for the next batch. Only now others see the tree.
func (b *batch) settle() {
	h := &b.l.head
	h.seq, h.ms, h.last, h.frontier = b.seq, b.headMs, b.last, b.frontier
	if n := len(b.added); n > 0 {
		h.ms, h.last = b.recordedMs, tree.Commit(b.added[n-1].body)
	}
	b.view.saved()
	if b.signed {
		h.signed, h.signedAt = b.seq, time.Now()
	}
	b.l.publish(b.frontier)
	if b.seq > b.l.seq.Load() {
		b.l.advance(b.seq)
	}
}

// answerRepeats finds the acts that are in the ledger already and gives them their first answer.
func (b *batch) answerRepeats(acts []*pending) error {
	known, err := b.knownActs(acts)
	if err != nil {
		return err
	}
	for _, p := range acts {
		k, ok := known[p.sub.Envelope.Act]
		if !ok {
			continue
		}
		if k.digest != sealDigest(p.sub.Envelope.Act, k.seq, p.digest) {
			p.result = Result{Err: errReused}
			continue
		}
		e, err := entryAt(b.ctx, b.tx, k.seq)
		if err != nil {
			return err
		}
		p.result = Result{Receipt: receipt(&e, !p.asked)}
	}
	return nil
}

var errReused = fault.New(fault.Conflict, "ledger.act_reused",
	"Mã thao tác này đã dùng cho một nội dung khác. Không ghi gì thêm; hãy quét lại để tạo thao tác mới.",
	"This act id was used for another content. Nothing was added; scan again to make a new act.")

func receipt(e *event.Entry, repeated bool) Receipt {
	return Receipt{Seq: e.Seq, Act: e.Act, RecordedMs: e.RecordedMs, Facts: e.Facts, Repeated: repeated}
}

type knownAct struct{ seq, digest int64 }

func (b *batch) knownActs(acts []*pending) (map[postal.ActID]knownAct, error) {
	known := map[postal.ActID]knownAct{}
	ids := make([]any, len(acts))
	for i, p := range acts {
		ids[i] = p.sub.Envelope.Act[:]
	}
	err := b.l.writer.repeats.each(b.ctx, b.tx.Tx, ids, func(rows *sql.Rows) error {
		var id []byte
		var k knownAct
		if err := rows.Scan(&id, &k.seq, &k.digest); err != nil {
			return err
		}
		known[postal.ActID(id)] = k
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for repeats: %w", err)
	}
	return known, nil
}

// decideAll lets every new act decide on the states as its predecessors left them.
func (b *batch) decideAll(acts []*pending) error {
	var keys []Key
	for _, p := range acts {
		if p.unanswered() {
			keys = append(keys, p.sub.Act.Touches()...)
		}
	}
	b.view.Load(keys...)
	b.refuseBehind(acts)
	salts, err := event.NewSalts(len(acts))
	if err != nil {
		return err
	}
	if err := b.beginKeys(); err != nil {
		return err
	}
	here := make(map[postal.ActID]*pending, len(acts))
	for i, p := range acts {
		if !p.unanswered() {
			continue
		}
		if first, twice := here[p.sub.Envelope.Act]; twice {
			p.result = sameAgain(first, p)
			continue
		}
		if err := b.decide(p, salts[i*event.SaltSize:]); err != nil {
			return err
		}
		if p.result.Err == nil {
			here[p.sub.Envelope.Act] = p
		}
	}
	return b.view.Err()
}

func (p *pending) unanswered() bool { return p.result.Err == nil && p.result.Receipt.Seq == 0 }

// sameAgain answers an act whose id came twice in one batch.
func sameAgain(first, again *pending) Result {
	if first.digest != again.digest {
		return Result{Err: errReused}
	}
	r := first.result.Receipt
	r.Repeated = true
	return Result{Receipt: r}
}

// decide lets one act decide and folds what it made. A refusal is the act's own; an error is the batch's.
func (b *batch) decide(p *pending, salt []byte) error {
	b.view.seq = b.seq
	facts, err := decideSafely(p.sub, b.view)
	if verr := b.view.Err(); verr != nil {
		return verr
	}
	if err == nil && len(facts) == 0 {
		err = fmt.Errorf("act %s made no fact", p.sub.Act.Name())
	}
	if err != nil {
		p.result = Result{Err: err}
		return nil
	}
	b.seq++
	s := p.sub.Envelope
	p.entry = event.Entry{Seq: b.seq, Act: s.Act, OccurredMs: s.OccurredMs, RecordedMs: b.recordedMs, Office: s.Office, Actor: s.Actor, Facts: facts}
	if err := b.l.fold(b.view, &p.entry); err != nil {
		return err
	}
	if p.body, err = p.entry.Append(make([]byte, 0, 256), salt); err != nil {
		return err
	}
	b.added = append(b.added, p)
	p.result = Result{Receipt: receipt(&p.entry, false)}
	return nil
}

// decideSafely keeps a defect in one decision from ending the machine.
func decideSafely(s Submission, v *View) (facts []event.Fact, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("act %s panicked: %v", s.Act.Name(), r)
		}
	}()
	return s.Act.Decide(v, s.Envelope)
}

func (l *Ledger) fold(v *View, e *event.Entry) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("fold of entry %d panicked: %v", e.Seq, r)
		}
	}()
	for _, f := range e.Facts {
		if err := foldKeys(v, e, f); err != nil {
			return fmt.Errorf("fold %s of entry %d: %w", f.Fact(), e.Seq, err)
		}
		for _, fold := range l.folds {
			if err := fold(v, e, f); err != nil {
				return fmt.Errorf("fold %s of entry %d: %w", f.Fact(), e.Seq, err)
			}
		}
	}
	v.settle(e.Seq)
	return v.Err()
}

// write puts the batch's entries, states and tiles into the tables and moves the head.
func (b *batch) write() error {
	rows := Rows{Seq: b.seq, RecordedMs: b.recordedMs, entries: make([]any, 0, 3*len(b.added))}
	for _, p := range b.added {
		rows.entries = append(rows.entries, p.entry.Seq, sealDigest(p.entry.Act, p.entry.Seq, p.digest), p.body)
		rows.beside = b.l.writer.beside.take(rows.beside, p.sub.Beside)
	}
	rows.takeStates(b.view)
	b.grow(&rows)
	if err := b.l.writer.put(b.ctx, b.tx.Tx, &rows); err != nil {
		return err
	}
	b.rows = rows
	return nil
}
