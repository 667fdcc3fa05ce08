package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"
)

// LogSource is a whole ledger to be verified: a database, an export, a public address. Its methods are called from several goroutines.
type LogSource interface {
	// Size is the number of entries that the ledger says it has.
	Size(ctx context.Context) (int64, error)
	// Entries yields the entries from ≤ seq ≤ to in order. The entry's bytes are not kept after yield returns.
	Entries(ctx context.Context, from, to int64, yield func(Entry) error) error
	// Tile gives a stored full tile. For the last, unfinished tile of level 0 it may give a shorter one. fs.ErrNotExist when none is stored.
	Tile(ctx context.Context, level int, n int64) ([]byte, error)
	// Checkpoints yields the stored signed checkpoints with after < size ≤ upto, in order of size.
	Checkpoints(ctx context.Context, after, upto int64, yield func(size int64, signed []byte) error) error
}

// Entry is one entry of a ledger to be verified: its body, or where only commitments are public, its commitment.
type Entry struct {
	Seq        int64
	Body       []byte
	Commitment Commitment // looked at only when Body is nil
}

// Verifier verifies whole ledgers.
type Verifier struct {
	Keys     *Keyring
	Workers  int                     // 0 means 2
	Progress func(done, total int64) // may be nil; called after every 65,536 entries
}

// maxFindings ends a verification that finds ever more: the ledger is broken beyond listing.
const maxFindings = 1000

const (
	chunkBlocks = tileWidth // a chunk is the entries below one tile of level 1
	chunkLeaves = chunkBlocks * tileWidth
)

// VerifyLog recomputes every commitment, tile and root of a ledger and compares them with what is stored and signed. The error says that it could not
// be read; what is wrong with it is in the verdict.
func (v Verifier) VerifyLog(ctx context.Context, src LogSource) (Verdict, error) {
	size, err := src.Size(ctx)
	if err != nil {
		return Verdict{}, fmt.Errorf("verify ledger: read its size: %w", err)
	}
	j := newJudge(ctx, src, size)
	if err := v.run(ctx, src, size, j); err != nil && !errors.Is(err, errTooMany) {
		return Verdict{}, fmt.Errorf("verify ledger: %w", err)
	}
	if err := j.finish(v.Keys); err != nil && !errors.Is(err, errTooMany) {
		return Verdict{}, fmt.Errorf("verify ledger: %w", err)
	}
	return j.verdict, nil
}

// run lets the workers hash chunks and hands the results to the judge in order.
func (v Verifier) run(ctx context.Context, src LogSource, size int64, j *judge) error {
	workers := v.Workers
	if workers <= 0 {
		workers = 2
	}
	g, ctx := errgroup.WithContext(ctx)
	ordered := make(chan *chunk, workers) // for the judge; its length bounds what is under way
	work := make(chan *chunk)             // the same chunks for the workers
	g.Go(func() error {
		defer close(ordered)
		defer close(work)
		for first := int64(0); first < size; first += chunkLeaves {
			c := &chunk{first: first, end: min(first+chunkLeaves, size), done: make(chan struct{})}
			for _, to := range []chan<- *chunk{ordered, work} {
				select {
				case to <- c:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	})
	for range workers {
		g.Go(func() error {
			for c := range work {
				if err := c.hash(ctx, src, v.Keys); err != nil {
					return err
				}
				close(c.done)
			}
			return nil
		})
	}
	g.Go(func() error { return v.judgeAll(ctx, ordered, size, j) })
	return g.Wait()
}

func (v Verifier) judgeAll(ctx context.Context, ordered <-chan *chunk, size int64, j *judge) error {
	for c := range ordered {
		select {
		case <-c.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := j.chunk(c); err != nil {
			return err
		}
		if v.Progress != nil {
			v.Progress(c.end, size)
		}
	}
	return nil
}

// chunk is a run of entries and what hashing them gave.
type chunk struct {
	first, end int64 // leaf indexes
	blocks     []block
	findings   []Finding
	tiles      int64
	cut        bool // more is wrong than can be listed; the rest was not looked at
	done       chan struct{}

	leaves  []byte  // of the block under way
	checks  []check // those not yet reached
	at      int64   // the leaf index expected next
	missing bool    // the block under way lacks an entry
}

// block is the entries below one tile of level 0.
type block struct {
	n      int64
	width  int
	root   tlog.Hash // as computed from the entries
	clash  *clash    // when the stored tile says otherwise
	checks []check
}

// clash is a block whose stored tile differs from its entries.
type clash struct {
	stored tlog.Hash // the root over the stored tile
	first  int       // where they first differ
	gap    bool      // entries of the block are missing, so the tile is right unless somebody else says no
}

// check is a signed checkpoint whose size falls into a block.
type check struct {
	Checkpoint
	computed, stored tlog.Hash // the tree hash of the block up to the checkpoint's size, from the entries and from the stored tile
}

// hash fills the chunk from the source.
func (c *chunk) hash(ctx context.Context, src LogSource, keys *Keyring) error {
	err := c.readAll(ctx, src, keys)
	if errors.Is(err, errTooMany) {
		c.cut = true
		return nil
	}
	return err
}

func (c *chunk) readAll(ctx context.Context, src LogSource, keys *Keyring) error {
	checks, err := c.readChecks(ctx, src, keys)
	if err != nil {
		return err
	}
	c.at, c.checks = c.first, checks
	c.leaves = make([]byte, 0, tileSize)
	c.blocks = make([]block, 0, chunkBlocks)
	err = src.Entries(ctx, c.first+1, c.end, func(e Entry) error { return c.entry(ctx, src, e) })
	if err != nil {
		return fmt.Errorf("read entries %d to %d: %w", c.first+1, c.end, err)
	}
	return c.skipTo(ctx, src, c.end)
}

// entry adds one entry; those that should have come before it are missing.
func (c *chunk) entry(ctx context.Context, src LogSource, e Entry) error {
	if err := c.skipTo(ctx, src, min(e.Seq-1, c.end)); err != nil {
		return err
	}
	if e.Seq-1 != c.at || c.at >= c.end {
		return c.found(Finding{Kind: EntryMisplaced, Seq: e.Seq, Upto: e.Seq})
	}
	if e.Body != nil {
		e.Commitment = Commit(e.Body)
	}
	return c.leaf(ctx, src, LeafHash(e.Commitment))
}

// skipTo notes the entries before a leaf index as missing; empty hashes take their places.
func (c *chunk) skipTo(ctx context.Context, src LogSource, index int64) error {
	if c.at >= index {
		return nil
	}
	if err := c.found(Finding{Kind: EntryMissing, Seq: c.at + 1, Upto: index}); err != nil {
		return err
	}
	for c.at < index {
		c.missing = true
		if err := c.leaf(ctx, src, tlog.Hash{}); err != nil {
			return err
		}
	}
	return nil
}

func (c *chunk) found(f Finding) error {
	c.findings = append(c.findings, f)
	if len(c.findings) > maxFindings {
		return errTooMany
	}
	return nil
}

// leaf adds a leaf hash and closes the block when it is full or the last.
func (c *chunk) leaf(ctx context.Context, src LogSource, h tlog.Hash) error {
	c.leaves = append(c.leaves, h[:]...)
	c.at++
	if c.at%tileWidth != 0 && c.at != c.end {
		return nil
	}
	b := block{n: (c.at - 1) / tileWidth, width: len(c.leaves) / hashSize}
	stored, err := c.storedTile(ctx, src, b)
	if err != nil {
		return err
	}
	b.compare(c.leaves, stored, c.missing)
	for len(c.checks) > 0 && c.checks[0].Size <= c.at {
		k := c.checks[0]
		c.checks = c.checks[1:]
		width := int(k.Size - b.n*tileWidth)
		k.computed = prefixHash(c.leaves, width)
		if b.clash != nil {
			k.stored = prefixHash(stored, width)
		}
		b.checks = append(b.checks, k)
	}
	c.blocks = append(c.blocks, b)
	c.leaves, c.missing = c.leaves[:0], false
	return nil
}

// storedTile reads the tile of a block. A partial one is filled up with what the entries give; nil means that there is none.
func (c *chunk) storedTile(ctx context.Context, src LogSource, b block) ([]byte, error) {
	data, err := src.Tile(ctx, 0, b.n)
	full := b.width == tileWidth
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if full {
			return nil, c.found(Finding{Kind: TileMissing, N: b.n})
		}
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read tile 0/%d: %w", b.n, err)
	case len(data)%hashSize != 0 || len(data) > len(c.leaves) || full && len(data) != tileSize:
		return nil, c.found(Finding{Kind: TileWrong, N: b.n})
	}
	c.tiles++
	if len(data) < len(c.leaves) {
		data = append(data[:len(data):len(data)], c.leaves[len(data):]...)
	}
	return data, nil
}

// compare sets the block's root and its clash.
func (b *block) compare(leaves, stored []byte, missing bool) {
	b.root = prefixHash(leaves, b.width)
	if stored == nil || string(stored) == string(leaves) {
		return
	}
	b.clash = &clash{stored: prefixHash(stored, b.width), first: firstDifference(leaves, stored), gap: missing}
}

func firstDifference(a, b []byte) int {
	for i := range len(a) / hashSize {
		if hashAt(a, i) != hashAt(b, i) {
			return i
		}
	}
	return 0
}

// readChecks reads the chunk's checkpoints and checks their signatures.
func (c *chunk) readChecks(ctx context.Context, src LogSource, keys *Keyring) (checks []check, err error) {
	last := c.first
	err = src.Checkpoints(ctx, c.first, c.end, func(size int64, signed []byte) error {
		opened, err := keys.Open(signed)
		if err != nil || opened.Size != size || size < last || size > c.end || size <= c.first {
			return c.found(Finding{Kind: CheckpointBad, Size: size, Cause: err})
		}
		last = size
		checks = append(checks, check{Checkpoint: opened})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	return checks, nil
}

// afterTheEnd looks for what lies beyond the size that the ledger says it has.
func afterTheEnd(ctx context.Context, src LogSource, size int64, keys *Keyring) (findings []Finding, err error) {
	enough := errors.New("enough")
	err = src.Entries(ctx, size+1, math.MaxInt64, func(e Entry) error {
		findings = append(findings, Finding{Kind: EntryMisplaced, Seq: e.Seq, Upto: e.Seq})
		return enough
	})
	if err != nil && !errors.Is(err, enough) {
		return nil, fmt.Errorf("read entries after %d: %w", size, err)
	}
	err = src.Checkpoints(ctx, size, math.MaxInt64, func(at int64, signed []byte) error {
		kind := CutOff
		opened, err := keys.Open(signed)
		if err != nil || opened.Size != at {
			kind = CheckpointBad
		}
		findings = append(findings, Finding{Kind: kind, Seq: size + 1, Upto: at, Size: at, Cause: err})
		return enough
	})
	if err != nil && !errors.Is(err, enough) {
		return nil, fmt.Errorf("read checkpoints after %d: %w", size, err)
	}
	return findings, nil
}
