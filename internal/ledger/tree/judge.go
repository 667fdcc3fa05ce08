package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

var errTooMany = errors.New("too much is wrong to list")

// judge puts the hashed blocks together in order and decides, where entries and stored hashes differ, which of them was changed. The next
// higher stored tile decides; where there is none yet, the next signed checkpoint does.
type judge struct {
	ctx     context.Context
	src     LogSource
	size    int64
	verdict Verdict

	main     column    // the tree as believed so far
	other    column    // the tree as it would be if every undecided question went the other way
	open     []Finding // the undecided questions; empty when main and other are one
	derailed bool      // a checkpoint did not fit: those after it will not fit either

	stored [maxLevels]shelfTile // the stored tile that the tree is growing through, per level
}

// shelfTile is a stored tile as read, and what the level above thinks of it.
type shelfTile struct {
	known    bool
	n        int64
	data     []byte // nil when none is stored, or none can be
	word     word
	reported bool // as wrong; once is enough
}

// word is what the next higher stored tile says about a tile.
type word int

const (
	silent   word = iota // there is no higher tile yet
	vouched              // it holds this tile's root
	disowned             // it holds another root
)

func newJudge(ctx context.Context, src LogSource, size int64) *judge {
	return &judge{ctx: ctx, src: src, size: size, verdict: Verdict{Size: size}}
}

// column is the unfinished tile of each level, from level 1 upwards: the levels above the blocks.
type column [maxLevels]row

// row is an unfinished tile: how many hashes it has, and the perfect subtrees over them.
type row struct {
	n    int
	edge [tileBits + 1]tlog.Hash
}

func (r *row) push(h tlog.Hash) {
	k := 0
	for ; r.n>>k&1 == 1; k++ {
		h = nodeHash(&r.edge[k], &h)
	}
	r.edge[k] = h
	r.n++
}

// rootWith is the tree hash of everything in the column followed by a last part.
func (c *column) rootWith(h tlog.Hash) tlog.Hash {
	for level := 1; level < maxLevels; level++ {
		r := &c[level]
		for k := 0; r.n>>k > 0; k++ {
			if r.n>>k&1 == 1 {
				h = nodeHash(&r.edge[k], &h)
			}
		}
	}
	return h
}

func (j *judge) chunk(c *chunk) error {
	j.verdict.Tiles += c.tiles
	for _, f := range c.findings {
		j.verdict.add(f)
	}
	for i := range c.blocks {
		if err := j.block(&c.blocks[i]); err != nil {
			return err
		}
	}
	if c.cut || len(j.verdict.Findings) >= maxFindings {
		j.verdict.Cut = true
		return errTooMany
	}
	return nil
}

// block decides about one block, checks the checkpoints that fall into it, and adds it to the tree.
func (j *judge) block(b *block) error {
	full := b.width == tileWidth
	wanted, ok := tlog.Hash{}, false
	if full {
		if err := j.load(1, b.n/tileWidth); err != nil {
			return err
		}
		wanted, ok = j.wanted(1, b.n)
	}
	ours, theirs := b.root, b.root
	if b.clash != nil {
		ours, theirs = j.decide(b, wanted, ok)
	}
	for _, k := range b.checks {
		if changedSides := j.check(k.Checkpoint, k.side(b, ours), k.side(b, theirs), ok && b.clash == nil && wanted != b.root); changedSides {
			ours = theirs
		}
	}
	if b.n*tileWidth+int64(b.width) == j.size {
		j.verdict.Root = j.main.rootWith(ours)
	}
	if !full {
		return nil
	}
	return j.push(1, b.n, ours, theirs)
}

// side gives the hash of the block up to the checkpoint, on the side that believes in this root of the whole block.
func (k *check) side(b *block, root tlog.Hash) tlog.Hash {
	if b.clash != nil && root == b.clash.stored {
		return k.stored
	}
	return k.computed
}

// decide says which root of a block that clashes with its tile to believe, and which one to keep in mind.
func (j *judge) decide(b *block, wanted tlog.Hash, ok bool) (ours, theirs tlog.Hash) {
	f := Finding{Seq: b.n*tileWidth + int64(b.clash.first) + 1, N: b.n, Offset: b.clash.first}
	f.Upto = f.Seq
	switch {
	case b.clash.gap: // the missing entry is found already; the tile speaks for what was there
		return b.clash.stored, b.clash.stored
	case ok && wanted == b.root:
		j.verdict.add(f.as(TileWrong))
		return b.root, b.root
	case ok && wanted == b.clash.stored:
		j.verdict.add(f.as(EntryWrong))
		return b.clash.stored, b.clash.stored
	}
	j.fork(f)
	return b.root, b.clash.stored
}

// fork keeps a question open.
func (j *judge) fork(f Finding) {
	if len(j.open) == 0 {
		j.other = j.main
	}
	j.open = append(j.open, f)
}

// settle closes the open questions: the believed tree was right, or the other one.
func (j *judge) settle(mainIsRight bool) {
	for _, f := range j.open {
		switch {
		case mainIsRight:
			f = f.as(TileWrong)
		case f.Level == 0:
			f = f.as(EntryWrong)
		default:
			f = f.as(RangeWrong)
		}
		j.verdict.add(f)
	}
	if !mainIsRight {
		j.main = j.other
	}
	j.open = nil
}

// check compares a signed checkpoint with the tree up to it. A blind check can only confirm: the block that it ends in is in question itself.
func (j *judge) check(c Checkpoint, main, other tlog.Hash, blind bool) (changedSides bool) {
	j.verdict.Checkpoints++
	believed := j.main.rootWith(main)
	possible := believed
	if len(j.open) > 0 {
		possible = j.other.rootWith(other)
	}
	switch {
	case believed == c.Root || possible == c.Root:
		if believed != possible {
			changedSides = believed != c.Root
			j.settle(!changedSides)
		}
		j.verdict.Covered = c.Size
		j.derailed = false
	case !j.derailed && !blind:
		j.derailed = true
		j.verdict.add(Finding{Kind: CheckpointWrong, Seq: j.verdict.Covered + 1, Upto: c.Size, Size: c.Size})
	}
	return changedSides
}

// push adds the hash of the n-th full tile of the level below, and goes on upwards when that fills a tile.
func (j *judge) push(level int, n int64, ours, theirs tlog.Hash) error {
	if err := j.load(level, n/tileWidth); err != nil {
		return err
	}
	if wanted, ok := j.wanted(level, n); ok {
		ours, theirs = j.weigh(level, n, ours, theirs, wanted)
	}
	if len(j.open) == 0 {
		theirs = ours
	}
	j.main[level].push(ours)
	if len(j.open) > 0 {
		j.other[level].push(theirs)
	}
	if j.main[level].n < tileWidth {
		return nil
	}
	ours, theirs = j.main[level].edge[tileBits], j.other[level].edge[tileBits]
	j.main[level].n, j.other[level].n = 0, 0
	return j.push(level+1, n/tileWidth, ours, theirs)
}

// weigh compares a hash with the one in the stored tile.
func (j *judge) weigh(level int, n int64, ours, theirs, wanted tlog.Hash) (tlog.Hash, tlog.Hash) {
	undecided := len(j.open) > 0 && ours != theirs
	switch {
	case ours == wanted:
		if undecided {
			j.settle(true)
		}
		return ours, ours
	case undecided && theirs == wanted:
		j.settle(false)
		return theirs, theirs
	}
	tile := &j.stored[level]
	span := int64(1) << (tileBits * level) // entries below one hash
	f := Finding{Level: level, N: tile.n, Offset: int(n % tileWidth), Seq: n*span + 1, Upto: (n + 1) * span}
	switch tile.word {
	case vouched:
		j.verdict.add(f.as(RangeWrong))
		return wanted, wanted
	case disowned:
		if !tile.reported {
			j.verdict.add(f.as(TileWrong))
		}
		tile.reported = true
		return ours, theirs
	}
	j.fork(f)
	return ours, wanted
}

// wanted gives the hash that the stored tile of a level holds for the n-th tile below.
func (j *judge) wanted(level int, n int64) (tlog.Hash, bool) {
	if t := &j.stored[level]; t.known && t.n == n/tileWidth && t.data != nil {
		return hashAt(t.data, int(n%tileWidth)), true
	}
	return tlog.Hash{}, false
}

// load reads the stored tile n of a level and asks the level above about it, once.
func (j *judge) load(level int, n int64) error {
	t := &j.stored[level]
	if t.known && t.n == n {
		return nil
	}
	*t = shelfTile{known: true, n: n}
	if level+1 >= maxLevels || (n+1)<<(tileBits*(level+1)) > j.size {
		return nil // not full yet
	}
	data, err := j.src.Tile(j.ctx, level, n)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		j.verdict.add(Finding{Kind: TileMissing, Level: level, N: n})
		return nil
	case err != nil:
		return fmt.Errorf("read tile %d/%d: %w", level, n, err)
	case len(data) != tileSize:
		j.verdict.add(Finding{Kind: TileWrong, Level: level, N: n})
		return nil
	}
	j.verdict.Tiles++
	t.data = data
	if err := j.load(level+1, n/tileWidth); err != nil {
		return err
	}
	if above, ok := j.wanted(level+1, n); ok {
		t.word = disowned
		if above == perfectHash(data) {
			t.word = vouched
		}
	}
	return nil
}

// finish reports what stayed undecided and what lies beyond the end, and puts the findings in the order of the ledger.
func (j *judge) finish(keys *Keyring) error {
	for _, f := range j.open {
		j.verdict.add(f.as(Unclear))
	}
	j.open = nil
	if j.size == 0 {
		j.verdict.Root = emptyRoot()
	}
	beyond, err := afterTheEnd(j.ctx, j.src, j.size, keys)
	if err != nil {
		return err
	}
	for _, f := range beyond {
		j.verdict.add(f)
	}
	slices.SortStableFunc(j.verdict.Findings, func(a, b Finding) int { return int(min(max(a.where()-b.where(), -1), 1)) })
	return nil
}
