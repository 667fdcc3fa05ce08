package tree

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
)

// archive is a stored ledger that a test may damage.
type archive struct {
	size    int64
	bodies  map[int64][]byte // by seq
	order   []int64
	tiles   map[tileID][]byte
	partial bool // the unfinished tile of level 0 is stored too
	signed  []signedAt
	key     *LogKey
}

type signedAt struct {
	size   int64
	signed []byte
}

// newArchive writes entries in batches, with a checkpoint after each batch.
func newArchive(t testing.TB, entries, batch int) *archive {
	a := &archive{bodies: map[int64][]byte{}, tiles: map[tileID][]byte{}, key: testKey(t)}
	rnd := rand.New(rand.NewPCG(7, 8))
	var f Frontier
	for n := 0; n < entries; {
		var cs []Commitment
		for range min(1+rnd.IntN(2*batch), entries-n) {
			n++
			body := make([]byte, 1+SaltSize+20+rnd.IntN(200))
			for i := range body {
				body[i] = byte(rnd.Uint32())
			}
			body[0] = BodyVersion
			a.bodies[int64(n)] = body
			a.order = append(a.order, int64(n))
			cs = append(cs, Commit(body))
		}
		for _, tile := range f.Append(cs) {
			a.tiles[tileID{tile.Level, tile.N}] = tile.Data
		}
		a.signed = append(a.signed, signedAt{f.Size(), sign(t, Checkpoint{testOrigin, f.Size(), f.Root()}, a.key)})
	}
	a.size = f.Size()
	if n, tail := f.Partial(0); len(tail) > 0 {
		a.tiles[tileID{0, n}] = bytes.Clone(tail)
	}
	return a
}

func (a *archive) Size(context.Context) (int64, error) { return a.size, nil }

func (a *archive) Entries(_ context.Context, from, to int64, yield func(Entry) error) error {
	for seq := from; seq <= min(to, int64(len(a.order))+5); seq++ {
		if body, ok := a.bodies[seq]; ok {
			if err := yield(Entry{Seq: seq, Body: body}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *archive) Tile(_ context.Context, level int, n int64) ([]byte, error) {
	if d, ok := a.tiles[tileID{level, n}]; ok {
		return d, nil
	}
	return nil, fs.ErrNotExist
}

func (a *archive) Checkpoints(_ context.Context, after, upto int64, yield func(int64, []byte) error) error {
	for _, s := range a.signed {
		if s.size > after && s.size <= upto {
			if err := yield(s.size, s.signed); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *archive) verify(t testing.TB) Verdict {
	t.Helper()
	k, err := NewKeyring(KeyRange{Verifier: a.key.Verifier()})
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verifier{Keys: k}.VerifyLog(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (a *archive) dropPartialTile() {
	delete(a.tiles, tileID{0, a.size / tileWidth})
}

func TestAWholeLedgerIsRight(t *testing.T) {
	for _, entries := range []int{0, 1, 255, 256, 257, 65_536, 66_000, 131_072 + 3} {
		a := newArchive(t, entries, 100)
		v := a.verify(t)
		if !v.OK() || v.Covered != int64(entries) || v.Checkpoints != int64(len(a.signed)) || v.Tiles != int64(len(a.tiles)) {
			t.Errorf("%d entries: %s", entries, v.In("en"))
		}
		if k := len(a.signed); k > 0 {
			if c, _ := ParseCheckpoint(strings.SplitAfter(string(a.signed[k-1].signed), "\n\n")[0][:len(at(1).Text())+len(fmt.Sprint(entries))-1]); c.Root != v.Root {
				t.Errorf("%d entries: root %v, signed %v", entries, v.Root, c.Root)
			}
		}
	}
}

// TestEverySingleChangedByteIsFoundAndLocated is the promise to the auditor.
func TestEverySingleChangedByteIsFoundAndLocated(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for _, c := range []struct{ entries, batch, changes int }{{1_700, 40, 1000}, {66_300, 5_000, 60}} {
		a := newArchive(t, c.entries, c.batch)
		for range c.changes {
			what, want := a.damage(rnd)
			v := a.verify(t)
			if len(v.Findings) != 1 {
				t.Fatalf("%s: %d findings: %v", what.name, len(v.Findings), v.Findings)
			}
			got := v.Findings[0]
			got.Cause = nil
			if got != want {
				t.Fatalf("%s: found %+v, want %+v", what.name, got, want)
			}
			what.undo()
		}
		if v := a.verify(t); !v.OK() {
			t.Fatal("the test did not mend what it broke")
		}
	}
}

type damage struct {
	name string
	undo func()
}

// damage changes one byte of an entry, a tile or a checkpoint, all alike likely, and says what should be found.
func (a *archive) damage(rnd *rand.Rand) (damage, Finding) {
	var data []byte
	var want Finding
	switch rnd.IntN(3) {
	case 0:
		seq := 1 + rnd.Int64N(a.size)
		data = a.bodies[seq]
		want = Finding{Kind: EntryWrong, Seq: seq, Upto: seq, N: (seq - 1) / tileWidth, Offset: int((seq - 1) % tileWidth)}
	case 1:
		var ids []tileID
		for id := range a.tiles {
			ids = append(ids, id)
		}
		id := ids[rnd.IntN(len(ids))]
		data = a.tiles[id]
		want = Finding{Kind: TileWrong, Level: id.level, N: id.n}
	case 2:
		s := a.signed[rnd.IntN(len(a.signed))]
		data = s.signed
		want = Finding{Kind: CheckpointBad, Size: s.size}
	}
	i := rnd.IntN(len(data))
	if want.Kind == TileWrong {
		want.Offset = i / hashSize
	}
	mask := byte(1 + rnd.IntN(255))
	data[i] ^= mask
	return damage{fmt.Sprintf("%s, byte %d xor %02x", want.In("en"), i, mask), func() { data[i] ^= mask }}, want
}

func TestATailWithoutItsTileIsLocatedBetweenCheckpoints(t *testing.T) {
	a := newArchive(t, 1_700, 10)
	a.dropPartialTile()
	const seq = 1_650
	a.bodies[seq][30] ^= 1
	v := a.verify(t)
	if len(v.Findings) != 1 {
		t.Fatalf("%v", v.Findings)
	}
	if f := v.Findings[0]; f.Kind != CheckpointWrong || f.Seq > seq || f.Upto < seq || f.Upto-f.Seq > 20 {
		t.Errorf("%+v", f)
	}
}

func TestMissingAndSurplusPartsAreNamed(t *testing.T) {
	fresh := func() *archive { return newArchive(t, 1_700, 100) }
	for name, c := range map[string]struct {
		change func(a *archive)
		want   Finding
	}{
		"entries gone":      {func(a *archive) { delete(a.bodies, 300); delete(a.bodies, 301) }, Finding{Kind: EntryMissing, Seq: 300, Upto: 301}},
		"tile gone":         {func(a *archive) { delete(a.tiles, tileID{0, 3}) }, Finding{Kind: TileMissing, N: 3}},
		"tile cut":          {func(a *archive) { a.tiles[tileID{0, 3}] = make([]byte, 64) }, Finding{Kind: TileWrong, N: 3}},
		"entry after end":   {func(a *archive) { a.bodies[1701] = []byte("x") }, Finding{Kind: EntryMisplaced, Seq: 1701, Upto: 1701}},
		"another's ledger":  {func(a *archive) { a.signed[0].signed = sign(t, at(a.signed[0].size), testKey(t)) }, Finding{Kind: CheckpointBad}},
		"signed other root": {func(a *archive) { a.signed[0].signed = sign(t, at(a.signed[0].size), a.key) }, Finding{Kind: CheckpointWrong, Seq: 1}},
		"end cut off": {func(a *archive) {
			a.size = 1_600
			for seq := range a.bodies {
				if seq > a.size {
					delete(a.bodies, seq)
				}
			}
			for _, id := range []tileID{{0, 6}} {
				delete(a.tiles, id)
			}
		}, Finding{Kind: CutOff, Seq: 1_601}},
	} {
		a := fresh()
		c.change(a)
		v := a.verify(t)
		if len(v.Findings) != 1 {
			t.Errorf("%s: %v", name, v.Findings)
			continue
		}
		f := v.Findings[0]
		if f.Kind != c.want.Kind || f.Seq != c.want.Seq || c.want.Upto != 0 && f.Upto != c.want.Upto || f.N != c.want.N {
			t.Errorf("%s: %+v", name, f)
		}
		if f.In("vi") == "" || f.In("en") == "" || v.In("vi") == "" {
			t.Errorf("%s: no words", name)
		}
	}
}

// TestAForgerWhoKnowsTheTreeIsFoundOut rewrites an entry and every tile above it, all that can be done without the key.
func TestAForgerWhoKnowsTheTreeIsFoundOut(t *testing.T) {
	a := newArchive(t, 66_000, 1000)
	a.bodies[5_000][40] ^= 1
	var f Frontier
	for seq := int64(1); seq <= a.size; seq++ {
		for _, tile := range f.Append([]Commitment{Commit(a.bodies[seq])}) {
			a.tiles[tileID{tile.Level, tile.N}] = tile.Data
		}
	}
	v := a.verify(t)
	if len(v.Findings) != 1 || v.Findings[0].Kind != CheckpointWrong || v.Findings[0].Seq > 5_000 || v.Findings[0].Upto < 5_000 {
		t.Errorf("%v", v.Findings)
	}
	b := newArchive(t, 66_000, 1000)
	b.bodies[5_000][40] ^= 1 // with only the lowest tile rewritten
	copy(b.tiles[tileID{0, 4_999 / 256}][4_999%256*32:], leafBytes(b.bodies[5_000]))
	v = b.verify(t)
	if len(v.Findings) != 1 || v.Findings[0].Kind != RangeWrong || v.Findings[0].Seq > 5_000 || v.Findings[0].Upto < 5_000 {
		t.Errorf("%v", v.Findings)
	}
}

func leafBytes(body []byte) []byte {
	h := LeafHash(Commit(body))
	return h[:]
}

func TestManyDamagesAtOnceAreAllListed(t *testing.T) {
	a := newArchive(t, 10_000, 500)
	for seq := int64(100); seq < 10_000; seq += 1000 {
		a.bodies[seq][20] ^= 1
	}
	a.tiles[tileID{0, 20}][5] ^= 1
	v := a.verify(t)
	if len(v.Findings) < 11 || v.Findings[0].Seq != 100 {
		t.Errorf("%d findings, first %+v", len(v.Findings), v.Findings[0])
	}
	for seq := range a.bodies {
		a.bodies[seq][20] ^= 2
	}
	a.tiles = map[tileID][]byte{}
	a.bodies = map[int64][]byte{}
	if v := a.verify(t); v.OK() {
		t.Error("an empty ledger passed")
	}
}

func TestALedgerThatCannotBeReadIsNotJudged(t *testing.T) {
	a := newArchive(t, 3_000, 500)
	k, _ := NewKeyring(KeyRange{Verifier: a.key.Verifier()})
	if _, err := (Verifier{Keys: k}).VerifyLog(t.Context(), brokenDisk{a}); err == nil || !strings.Contains(err.Error(), "disk") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Verifier{Keys: k}).VerifyLog(ctx, a); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

type brokenDisk struct{ *archive }

func (brokenDisk) Tile(context.Context, int, int64) ([]byte, error) {
	return nil, errors.New("disk error")
}

// endless is a ledger of equal bodies but for their number, for the benchmark.
type endless struct {
	size  int64
	tiles map[tileID][]byte
}

func (e *endless) Size(context.Context) (int64, error) { return e.size, nil }

func (e *endless) Entries(_ context.Context, from, to int64, yield func(Entry) error) error {
	body := make([]byte, 250)
	for seq := from; seq <= min(to, e.size); seq++ {
		binary.BigEndian.PutUint64(body[1:], uint64(seq))
		if err := yield(Entry{Seq: seq, Body: body}); err != nil {
			return err
		}
	}
	return nil
}

func (e *endless) Tile(_ context.Context, level int, n int64) ([]byte, error) {
	if d, ok := e.tiles[tileID{level, n}]; ok {
		return d, nil
	}
	return nil, fs.ErrNotExist
}

func (e *endless) Checkpoints(context.Context, int64, int64, func(int64, []byte) error) error {
	return nil
}

// BenchmarkVerifyLog measures entries of 250 bytes, two workers, with the tiles in memory.
func BenchmarkVerifyLog(b *testing.B) {
	e := &endless{size: 1_000_000, tiles: map[tileID][]byte{}}
	var f Frontier
	_ = e.Entries(b.Context(), 1, e.size, func(entry Entry) error {
		for _, t := range f.Append([]Commitment{Commit(entry.Body)}) {
			e.tiles[tileID{t.Level, t.N}] = t.Data
		}
		return nil
	})
	k, _ := NewKeyring(KeyRange{Verifier: testKey(b).Verifier()})
	b.ResetTimer()
	for b.Loop() {
		v, err := Verifier{Keys: k}.VerifyLog(b.Context(), e)
		if err != nil || !v.OK() || v.Root != f.Root() {
			b.Fatal(v.In("en"), err)
		}
	}
	b.ReportMetric(float64(e.size)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
