package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"citypost/internal/event"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
)

// Difference is a row that does not stand in its table as the entries make it.
type Difference struct {
	Key  Key    `json:"key"`  // of a state; "act:ID", "checkpoint:SIZE", "tile:LEVEL/N", "head", "follower:NAME" or "published" for the other tables
	What string `json:"what"` // "missing", "extra", or the column that differs
}

// maxDifferences bounds the list that Check gives: past it the table is simply wrong.
const maxDifferences = 100

// Check replays all entries and compares what they give with every table that is made from them: states, trails, the ids of the acts, the hours of the checkpoints, the
// head; and looks at the checksums of what is made from nothing: the followers' cursors, the public checkpoint. That the entries themselves are right is proved by the tree. progress, when given, hears the last entry replayed. It is meant for a ledger that is not being
// written to.
func (l *Ledger) Check(ctx context.Context, progress func(seq int64)) ([]Difference, error) {
	v, err := l.replay(ctx, progress)
	if err != nil {
		return nil, err
	}
	c := checking{l: l, ctx: ctx}
	for _, table := range []func() error{func() error { return c.states(v) }, func() error { return c.trails(v) }, c.acts, c.checkpoints, c.tiles, c.head, c.followers, c.published} {
		if err := table(); err != nil || len(c.found) >= maxDifferences {
			return c.found, err
		}
	}
	return c.found, nil
}

type checking struct {
	l     *Ledger
	ctx   context.Context
	found []Difference
}

func (c *checking) say(key, what string) {
	if len(c.found) < maxDifferences {
		c.found = append(c.found, Difference{Key(key), what})
	}
}

// each reads the rows of a question.
func (c *checking) each(text string, row func(*sql.Rows) error) error {
	rows, err := c.l.db.Read().QueryContext(c.ctx, text)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return fmt.Errorf("check: %w", err)
		}
	}
	return rows.Err()
}

func (c *checking) states(v *View) error {
	seen := map[Key]bool{}
	err := c.each(`SELECT key, coalesce(place, ''), trail, body FROM ledger_state`, func(rows *sql.Rows) error {
		var key, place string
		var trail, body []byte
		if err := rows.Scan(&key, &place, &trail, &body); err != nil {
			return err
		}
		if what := v.differs(Key(key), place, trail, body); what != "" {
			c.say(key, what)
		}
		seen[Key(key)] = true
		return nil
	})
	for k, s := range v.slots {
		if s.state != nil && !seen[k] {
			c.say(string(k), "missing")
		}
	}
	return err
}

func (v *View) differs(k Key, place string, trail, body []byte) string {
	s := v.slots[k]
	switch {
	case s == nil || s.state == nil:
		return "extra"
	case s.state.Place() != place:
		return "place"
	case !bytes.Equal(s.trail.b, trail):
		return "trail"
	case !bytes.Equal(s.state.Encode(nil), v.asWrittenNow(k, body)):
		return "body"
	}
	return ""
}

// asWrittenNow gives the bytes of a state as today's program writes them: one that was last touched by an earlier version may lack fields that have come since. These stand behind the ones that it had;
// bytes that are no such beginning are given back as they are.
func (v *View) asWrittenNow(k Key, body []byte) []byte {
	s, err := v.blank(k)
	if err != nil || s.Decode(body) != nil {
		return body
	}
	if now := s.Encode(nil); bytes.HasPrefix(now, body) {
		return now
	}
	return body
}

// trails compares the pages of long trails.
func (c *checking) trails(v *View) error {
	type at struct {
		key   string
		first int64
	}
	want := map[at][]byte{}
	for k, s := range v.slots {
		for _, p := range s.spill {
			want[at{string(k), p.first}] = p.b
		}
	}
	err := c.each(`SELECT key, first, seqs FROM ledger_trail`, func(rows *sql.Rows) error {
		var k at
		var seqs []byte
		if err := rows.Scan(&k.key, &k.first, &seqs); err != nil {
			return err
		}
		if page, ok := want[k]; !ok {
			c.say(k.key, "trail extra")
		} else if !bytes.Equal(page, seqs) {
			c.say(k.key, "trail")
		}
		delete(want, k)
		return nil
	})
	for k := range want {
		c.say(k.key, "trail missing")
	}
	return err
}

// acts asks for the ids of the acts as a repeat does: each entry is found under its own, with a digest that fits both.
func (c *checking) acts() error {
	part := map[postal.ActID]int64{}
	err := c.l.EachBody(c.ctx, 0, func(seq int64, body []byte) error {
		id, ok := event.ActOf(body)
		if !ok {
			return fmt.Errorf("entry %d is too short", seq)
		}
		if part[id] = seq; len(part) < 1000 {
			return nil
		}
		defer clear(part)
		return c.someActs(part)
	})
	if err != nil {
		return err
	}
	return c.someActs(part)
}

func (c *checking) someActs(want map[postal.ActID]int64) error {
	if len(want) == 0 {
		return nil
	}
	args := make([]any, 0, len(want))
	for id := range want {
		args = append(args, id[:])
	}
	seen := map[postal.ActID]bool{}
	err := askAll(c.ctx, c.l.db, `SELECT id, seq, digest FROM ledger_act WHERE id IN (`, args, func(rows *sql.Rows) error {
		var raw []byte
		var seq, digest int64
		if err := rows.Scan(&raw, &seq, &digest); err != nil {
			return err
		}
		id := postal.ActID(raw)
		seen[id] = true
		switch {
		case seq != want[id]:
			c.say("act:"+id.String(), "seq")
		case sealDigest(id, seq, digest) != digest:
			c.say("act:"+id.String(), "digest")
		}
		return nil
	})
	for id := range want {
		if err == nil && !seen[id] {
			c.say("act:"+id.String(), "missing")
		}
	}
	return err
}

// sealDigest is what stands beside an entry's bytes: the first half of the content's digest, and a checksum over it, the act's id and the number, so that no changed
// byte of it goes by unseen.
func sealDigest(id postal.ActID, seq, digest int64) int64 {
	var row [len(id) + 12]byte
	copy(row[:], id[:])
	binary.BigEndian.PutUint64(row[len(id):], uint64(seq))
	binary.BigEndian.PutUint32(row[len(id)+8:], uint32(uint64(digest)>>32))
	return int64(uint64(digest)&^0xffffffff | uint64(crc32.Checksum(row[:], castagnoli)))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checkpoints looks whether each stands under the hour of its last entry, and under the size that was signed.
func (c *checking) checkpoints() error {
	type row struct{ hour, size int64 }
	var list []row
	err := c.each(`SELECT hour, size, signed FROM ledger_checkpoint`, func(rows *sql.Rows) error {
		var r row
		var signed []byte
		if err := rows.Scan(&r.hour, &r.size, &signed); err != nil {
			return err
		}
		if said, err := tree.ParseCheckpoint(checkpoint{signed: signed}.text()); err != nil || said.Size != r.size {
			c.say(fmt.Sprintf("checkpoint:%d", r.size), "size")
			return nil
		}
		list = append(list, r)
		return nil
	})
	for _, r := range list {
		if err != nil {
			return err
		}
		var e event.Entry
		if e, err = entryAt(c.ctx, c.l.db.Read(), r.size); err == nil && e.RecordedMs/hourMs != r.hour {
			c.say(fmt.Sprintf("checkpoint:%d", r.size), "hour")
		}
	}
	return err
}

// tiles looks for tiles that the tree does not have; those that it has are the proof's affair.
func (c *checking) tiles() error {
	size := c.l.Seq()
	return c.each(`SELECT level, n FROM ledger_tile`, func(rows *sql.Rows) error {
		var level, n int64
		if err := rows.Scan(&level, &n); err != nil {
			return err
		}
		hashes := size // of this level
		for range min(max(level, 0), 8) {
			hashes /= tileWidth
		}
		if level < 0 || level > 7 || n < 0 || n >= (hashes+tileWidth-1)/tileWidth {
			c.say(fmt.Sprintf("tile:%d/%d", level, n), "extra")
		}
		return nil
	})
}

// head looks whether the head row names the last entry.
func (c *checking) head() error {
	var seq, ms, last int64
	err := c.l.db.Read().QueryRowContext(c.ctx, `SELECT seq, recorded_ms, (SELECT coalesce(max(seq), 0) FROM ledger_entry) FROM ledger_head WHERE id = 1`).Scan(&seq, &ms, &last)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if seq != last {
		c.say("head", "seq")
		return nil
	}
	if last == 0 {
		return nil
	}
	e, err := entryAt(c.ctx, c.l.db.Read(), last)
	if err == nil && e.RecordedMs != ms {
		c.say("head", "recorded_ms")
	}
	return err
}

// followers looks at the checksums of the cursors. One beyond the end would make its follower pass over what is to come.
func (c *checking) followers() error {
	list, err := cursors(c.ctx, c.l.db.Read())
	for _, f := range list {
		switch {
		case f.Damaged:
			c.say("follower:"+f.Name, "damaged")
		case f.Seq > c.l.Seq():
			c.say("follower:"+f.Name, "beyond the end")
		}
	}
	return err
}

func (c *checking) published() error {
	damaged, err := Audit{DB: c.l.db}.PublishedDamaged(c.ctx)
	if damaged {
		c.say("published", "damaged")
	}
	return err
}
