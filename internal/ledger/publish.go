package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
)

// How witnesses are asked. A checkpoint goes out when the quorum has cosigned it and the others had a moment more; one who does not answer is asked
// again after a pause that grows, so that a dead witness costs little and one that comes back is seen within a minute.
const (
	publishEvery  = time.Second
	witnessAnswer = 5 * time.Second
	witnessGrace  = 300 * time.Millisecond
	longestPause  = time.Minute
	lateAfter     = time.Minute // a published checkpoint this old, with newer ones waiting, is late
)

// Witnessing is how far the public checkpoint has come where witnesses are required.
type Witnessing struct {
	Signed    int64    // the newest checkpoint of our own
	Published int64    // the newest one that enough witnesses cosigned
	AtMs      int64    // when that was
	Away      []string // who did not answer this process the last time; unknown to other processes
}

// Late reports whether the public waits for witnesses longer than is usual.
func (w Witnessing) Late(now time.Time) bool {
	return w.Published < w.Signed && now.UnixMilli()-w.AtMs > lateAfter.Milliseconds()
}

// Publish asks the witnesses to cosign each new checkpoint and publishes it when enough have, until ctx ends. Nobody at a counter waits for it: when a witness is
// away the ledger goes on and the public checkpoint stays behind. Several processes may do it at once; the larger checkpoint stands.
func (l *Ledger) Publish(ctx context.Context) error {
	if l.policy == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	asked := make([]*askedWitness, 0, len(l.policy.Witnesses))
	for _, w := range l.policy.Witnesses {
		if w.URL != "" {
			asked = append(asked, &askedWitness{client: tree.WitnessClient{Witness: w, HTTP: &http.Client{Timeout: witnessAnswer}}})
		}
	}
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	for {
		if err := l.publishNewest(ctx, asked); err != nil && ctx.Err() == nil {
			slog.Error("checkpoint not published, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// askedWitness is one witness and how it answered.
type askedWitness struct {
	client tree.WitnessClient
	pause  time.Duration
	next   time.Time
}

// answered notes how a question ended. Going away and coming back are said once each.
func (a *askedWitness) answered(err error) {
	if err == nil {
		if a.pause > 0 {
			slog.Info("witness is back", "witness", a.client.Witness.Name)
		}
		a.pause = 0
		return
	}
	if a.pause == 0 {
		slog.Warn("witness does not cosign", "witness", a.client.Witness.Name, "err", err)
	}
	a.pause = min(max(2*a.pause, publishEvery), longestPause)
	a.next = time.Now().Add(a.pause)
}

func (l *Ledger) publishNewest(ctx context.Context, asked []*askedWitness) error {
	c, err := newestCheckpoint(ctx, l.db.Read())
	if err != nil {
		return err
	}
	p, err := newestPublished(ctx, l.db.Read())
	damaged := errors.Is(err, errPublishedDamaged)
	if err != nil && !damaged || c.size <= p.size {
		return err
	}
	if damaged {
		slog.Error("the public checkpoint was damaged, asking for a new one", "size", c.size)
	}
	ring, err := l.Keyring(ctx)
	if err != nil || ring == nil {
		return err
	}
	f, err := l.treeOf(ctx, c.size)
	if err != nil {
		return err
	}
	policy := *l.policy
	policy.Keys = ring
	signed, ok := ask(ctx, &policy, asked, c, tree.NewProver(f, tiles(ctx, l.db.Read())))
	l.noteAway(asked)
	if !ok {
		return nil // who is away was said already
	}
	return l.putPublished(ctx, c.size, signed)
}

// ask lets all witnesses that are not paused cosign a checkpoint, each in its own time, and gives it with what came while the quorum was reached and a moment after.
func ask(ctx context.Context, policy *tree.Policy, asked []*askedWitness, c checkpoint, p *tree.Prover) (signed []byte, ok bool) {
	ctx, stop := context.WithCancel(ctx)
	lines := make(chan string, len(asked))
	var all sync.WaitGroup
	for _, a := range asked {
		if time.Now().Before(a.next) && a.pause > 0 {
			continue
		}
		all.Go(func() {
			line, err := a.client.Cosign(ctx, c.signed, c.size, p.Consistency)
			if err == nil {
				lines <- line
			}
			if ctx.Err() == nil {
				a.answered(err)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	signed = c.signed
	take := func(line string) {
		signed = tree.AddCosignatures(signed, line)
		_, err := policy.Open(signed)
		ok = err == nil
	}
	var grace <-chan time.Time
	for waiting := true; waiting; {
		select {
		case line := <-lines:
			take(line)
			if ok && grace == nil {
				grace = time.After(witnessGrace)
			}
		case <-grace:
			waiting = false
		case <-done:
			waiting = false
		}
	}
	stop() // who is slower than the others is asked about the next one
	<-done
	for len(lines) > 0 {
		take(<-lines)
	}
	return signed, ok
}

func (l *Ledger) noteAway(asked []*askedWitness) {
	var away []string
	for _, a := range asked {
		if a.pause > 0 {
			away = append(away, a.client.Witness.Name)
		}
	}
	l.away.Store(&away)
}

// published is the newest checkpoint that the public sees; size 0 when there is none.
type published struct {
	checkpoint
	atMs int64
}

// errPublishedDamaged says that the row is not as it was written. Nobody is shown it, and the next checkpoint takes its place.
var errPublishedDamaged = errors.New("the public checkpoint was damaged")

func newestPublished(ctx context.Context, q sqldb.Querier) (p published, err error) {
	var seal sql.NullInt64
	err = q.QueryRowContext(ctx, `SELECT size, signed, at_ms, seal FROM ledger_published WHERE id = 1`).Scan(&p.size, &p.signed, &p.atMs, &seal)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err == nil && seal.Valid && seal.Int64 != p.seal() {
		return published{}, errPublishedDamaged
	}
	if err != nil {
		return p, fmt.Errorf("read published checkpoint: %w", err)
	}
	return p, nil
}

// seal is the checksum of the row.
func (p published) seal() int64 {
	return sealRow(binary.BigEndian.AppendUint64(nil, uint64(p.size)), p.signed, binary.BigEndian.AppendUint64(nil, uint64(p.atMs)))
}

func (l *Ledger) putPublished(ctx context.Context, size int64, signed []byte) error {
	p := published{checkpoint{size, signed}, time.Now().UnixMilli()} // the world's time: a witness has no other
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := newestPublished(ctx, tx); errors.Is(err, errPublishedDamaged) {
			if _, err := tx.ExecContext(ctx, `DELETE FROM ledger_published`); err != nil {
				return fmt.Errorf("publish checkpoint: %w", err)
			}
		} else if err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO ledger_published (id, size, signed, at_ms, seal) VALUES (1, $1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET size = excluded.size, signed = excluded.signed, at_ms = excluded.at_ms, seal = excluded.seal WHERE ledger_published.size < excluded.size`,
			p.size, p.signed, p.atMs, p.seal())
		if err != nil {
			return fmt.Errorf("publish checkpoint: %w", err)
		}
		return nil
	})
}

// Witnessing tells how far the public checkpoint has come; required is false where no witness is.
func (l *Ledger) Witnessing(ctx context.Context) (w Witnessing, required bool, err error) {
	if l.policy == nil {
		return w, false, nil
	}
	if w, err = (Audit{DB: l.db}).Witnessing(ctx); err != nil {
		return w, true, err
	}
	if away := l.away.Load(); away != nil {
		w.Away = slices.Clone(*away)
	}
	return w, true, nil
}

// Witnessing reads the same from the tables, without knowing who is away.
func (a Audit) Witnessing(ctx context.Context) (w Witnessing, err error) {
	c, err := newestCheckpoint(ctx, a.DB.Read())
	if err != nil {
		return w, err
	}
	p, err := newestPublished(ctx, a.DB.Read())
	return Witnessing{Signed: c.size, Published: p.size, AtMs: p.atMs}, err
}

// Believe is what our own pages ask of a receipt: the ledger's signature, with the cosignatures of its witnesses checked where there are any but not required, because a
// receipt may be printed before they come.
func (l *Ledger) Believe(keys *tree.Keyring) tree.Policy {
	p := tree.Policy{Keys: keys}
	if l.policy != nil {
		p.Witnesses = l.policy.Witnesses
	}
	return p
}

// Policy is what a stranger may believe of this ledger (C2SP tlog-policy): its present key, its witnesses and how many of them must have cosigned. "" when nothing was
// ever signed.
func (l *Ledger) Policy(ctx context.Context) (string, error) {
	ring, err := l.Keyring(ctx)
	if err != nil || ring == nil {
		return "", err
	}
	ranges := ring.Ranges()
	var b strings.Builder
	fmt.Fprintf(&b, "log %s\n", ranges[len(ranges)-1].Verifier)
	if l.policy == nil {
		b.WriteString("quorum none\n")
		return b.String(), nil
	}
	b.WriteString(l.policy.Text())
	return b.String(), nil
}
