package tree

import (
	"encoding/binary"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// shelf is a store of full tiles and of the commitments behind them.
type shelf struct {
	tiles       map[tileID][]byte
	commitments []Commitment
	f           Frontier
}

func newShelf() *shelf { return &shelf{tiles: map[tileID][]byte{}} }

func (s *shelf) add(cs ...Commitment) {
	for _, t := range s.f.Append(cs) {
		s.tiles[tileID{t.Level, t.N}] = t.Data
	}
	s.commitments = append(s.commitments, cs...)
}

func (s *shelf) read(level int, n int64) ([]byte, error) {
	if d, ok := s.tiles[tileID{level, n}]; ok {
		return d, nil
	}
	return nil, fmt.Errorf("no tile %d/%d", level, n)
}

func (s *shelf) tail() (hs []tlog.Hash) {
	for _, c := range s.commitments[len(s.commitments)/tileWidth*tileWidth:] {
		hs = append(hs, LeafHash(c))
	}
	return hs
}

func (s *shelf) prover() *Prover { return NewProver(s.f, s.read) }

// numbered makes n different commitments, beginning with the one for entry from.
func numbered(from, n int) []Commitment {
	cs := make([]Commitment, n)
	for i := range cs {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(from+i))
		cs[i] = Commit(b[:])
	}
	return cs
}

// reference keeps the tree the way tlog does, every stored hash in a slice.
type reference struct{ hashes []tlog.Hash }

func (r *reference) add(t testing.TB, n int64, c Commitment) {
	hs, err := tlog.StoredHashes(n, c[:], r)
	if err != nil {
		t.Fatal(err)
	}
	r.hashes = append(r.hashes, hs...)
}

func (r *reference) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = r.hashes[x]
	}
	return out, nil
}

func TestFrontierHasTheRootsOfTlogAtEverySize(t *testing.T) {
	var f Frontier
	ref := &reference{}
	for n, c := range numbered(0, 3000) {
		want, err := tlog.TreeHash(int64(n), ref)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Root(); got != want {
			t.Fatalf("root at %d: %v, want %v", n, got, want)
		}
		f.Append([]Commitment{c})
		ref.add(t, int64(n), c)
	}
}

func TestFullTilesAreThoseOfTlog(t *testing.T) {
	const n = 70_000 // 273 full tiles of level 0, one of level 1
	s, ref := newShelf(), &reference{}
	for i, c := range numbered(0, n) {
		s.add(c)
		ref.add(t, int64(i), c)
	}
	if len(s.tiles) != 274 {
		t.Fatalf("%d full tiles, want 274", len(s.tiles))
	}
	for id, data := range s.tiles {
		want, err := tlog.ReadTileData(tlog.Tile{H: tileBits, L: id.level, N: id.n, W: tileWidth}, ref)
		if err != nil {
			t.Fatal(err)
		}
		if string(data) != string(want) {
			t.Fatalf("tile %v differs", id)
		}
	}
	for level, width := range []int{112, 17, 1, 0} {
		tileN, partial := s.f.Partial(level)
		if len(partial) != width*hashSize {
			t.Fatalf("level %d: partial tile of %d hashes, want %d", level, len(partial)/hashSize, width)
		}
		if width == 0 {
			continue
		}
		want, err := tlog.ReadTileData(tlog.Tile{H: tileBits, L: level, N: tileN, W: width}, ref)
		if err != nil || string(partial) != string(want) {
			t.Fatalf("level %d: partial tile differs (%v)", level, err)
		}
	}
}

func TestRestoreGoesOnAsIfNothingHappened(t *testing.T) {
	for _, size := range []int{0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000, 131_072 + 256*3 + 5} {
		s := newShelf()
		s.add(numbered(0, size)...)
		got, err := Restore(int64(size), s.read, s.tail())
		if err != nil {
			t.Fatal(err)
		}
		if got.Root() != s.f.Root() || got.Size() != s.f.Size() {
			t.Fatalf("size %d: restored root differs", size)
		}
		more := numbered(size, 700)
		a, b := s.f.Append(more), got.Append(more)
		if got.Root() != s.f.Root() || len(a) != len(b) {
			t.Fatalf("size %d: differs after going on", size)
		}
		for i := range a {
			if a[i].Level != b[i].Level || a[i].N != b[i].N || string(a[i].Data) != string(b[i].Data) {
				t.Fatalf("size %d: full tile %d differs", size, i)
			}
		}
	}
}

func TestRestoreRefusesWhatDoesNotFit(t *testing.T) {
	s := newShelf()
	s.add(numbered(0, 600)...)
	if _, err := Restore(600, s.read, s.tail()[1:]); err == nil {
		t.Error("a short tail was taken")
	}
	if _, err := Restore(-1, s.read, nil); err == nil {
		t.Error("a negative size was taken")
	}
	delete(s.tiles, tileID{0, 1})
	if _, err := Restore(600, s.read, s.tail()); err == nil {
		t.Error("a missing tile was not missed")
	}
	s.tiles[tileID{0, 1}] = make([]byte, 100)
	if _, err := Restore(600, s.read, s.tail()); err == nil {
		t.Error("a short tile was taken")
	}
}

func TestAnAppendCanBeUndone(t *testing.T) {
	s := newShelf()
	s.add(numbered(0, 1000)...)
	before := s.f
	root := before.Root()
	s.f.Append(numbered(50_000, 800)) // the commit fails: other entries than those that follow
	s.f = before
	if s.f.Root() != root || s.f.Size() != 1000 {
		t.Fatal("undo did not bring the old root back")
	}
	s.add(numbered(1000, 900)...)
	plain := newShelf()
	plain.add(numbered(0, 1900)...)
	if s.f.Root() != plain.f.Root() {
		t.Fatal("after an undo the tree goes another way")
	}
	for id, data := range plain.tiles {
		if string(s.tiles[id]) != string(data) {
			t.Fatalf("after an undo tile %v differs", id)
		}
	}
}

func TestOldCopiesStayReadableWhileTheNewestGrows(t *testing.T) {
	s := newShelf()
	s.add(numbered(0, 300)...)
	old := s.f
	want := old.Root()
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 200 {
			p := NewProver(old, func(level int, n int64) ([]byte, error) { return nil, fmt.Errorf("not asked for") })
			if h, err := p.LeafAt(299); err != nil || h != LeafHash(numbered(299, 1)[0]) || old.Root() != want {
				t.Error("the old copy changed")
			}
		}
	}()
	for i := range 20_000 {
		s.f.Append(numbered(300+i, 1))
	}
	<-done
}

func TestProofsOfEverySizeAreAccepted(t *testing.T) {
	s := newShelf()
	cs := numbered(0, 67_000)
	s.add(cs...)
	p := s.prover()
	for _, size := range []int64{1, 2, 3, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 66_999, 67_000} {
		root, err := p.RootAt(size)
		if err != nil {
			t.Fatal(err)
		}
		for _, index := range []int64{0, 1, size / 3, size / 2, size - 2, size - 1} {
			if index < 0 || index >= size {
				continue
			}
			proof, err := p.Inclusion(index, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(proof, size, root, index, LeafHash(cs[index])); err != nil {
				t.Fatalf("leaf %d in %d: %v", index, size, err)
			}
			if got, err := rootFromProof(index, size, LeafHash(cs[index]), proof); err != nil || got != root {
				t.Fatalf("leaf %d in %d: own root %v %v", index, size, got, err)
			}
		}
		for _, old := range []int64{1, 2, size / 2, size - 1, size} {
			if old < 1 || old > size {
				continue
			}
			oldRoot, err := p.RootAt(old)
			if err != nil {
				t.Fatal(err)
			}
			proof, err := p.Consistency(old, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckTree(proof, size, root, old, oldRoot); err != nil {
				t.Fatalf("%d before %d: %v", old, size, err)
			}
		}
	}
	if _, err := p.Inclusion(0, 67_001); err == nil {
		t.Error("proved in a tree that is not there")
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, batch := range []int{1, 200} {
		b.Run(fmt.Sprintf("batch%d", batch), func(b *testing.B) {
			cs := numbered(0, batch)
			var f Frontier
			f.Append(numbered(0, 300_000))
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += batch {
				before := f
				f.Append(cs)
				_ = before
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
		})
	}
}

// BenchmarkAppendTlog is the yardstick: the same leaves through x/mod's StoredHashes with everything in memory.
func BenchmarkAppendTlog(b *testing.B) {
	cs := numbered(0, 1)
	ref := &reference{hashes: make([]tlog.Hash, 0, 2*b.N+64)}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		ref.add(b, int64(i), cs[0])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
}

func BenchmarkInclusion(b *testing.B) {
	s := newShelf()
	s.add(numbered(0, 1_000_000)...)
	p := s.prover()
	b.ResetTimer()
	for i := range b.N {
		if _, err := p.Inclusion(int64(i*7919%1_000_000), 1_000_000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRoot(b *testing.B) {
	var f Frontier
	f.Append(numbered(0, 1_048_575))
	for b.Loop() {
		f.Root()
	}
}
