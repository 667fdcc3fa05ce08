package proof

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"citypost/internal/ledger/tree"
)

// An export has one form. All entries stand first, entry n on line n; then the tiles that a tree of that size has, by level and number; then the checkpoints, by size; then the keys, once. Every line is
// byte for byte what Export writes and ends with a line feed. So two programs that read one export see the same ledger, whichever lines they look at.

// archive is an export opened for verification; it is a tree.LogSource.
type archive struct {
	file   *os.File
	size   int64
	blocks map[int64]int64 // where the first entry of each run of 65,536 stands
	tiles  map[tileAt][]byte
	signed []lineCheckpoint
	keys   *tree.Keyring
	part   part       // that the line before belonged to
	last   tileAt     // the tile before
	first  *wrongLine // the first line that is not what an export writes
}

// part is one of the four parts of an export, in their order.
type part int

const (
	entries part = iota
	tiles
	checkpoints
	keysOnce
)

type tileAt struct {
	level int
	n     int64
}

// wrongLine is a line of an export that is not what an export writes.
type wrongLine struct {
	number int64
	seq    int64
	err    error
}

// blockSize is how many entries the verifier asks for at once.
const blockSize = 65_536

// openArchive reads an export once, checks every line against its own bytes, and remembers where the runs of entries begin.
func openArchive(f *os.File) (*archive, error) {
	a := &archive{file: f, blocks: map[int64]int64{}, tiles: map[tileAt][]byte{}}
	r := bufio.NewReaderSize(f, 1<<20)
	var at, number int64
	for {
		text, err := r.ReadBytes('\n')
		if len(text) > 0 {
			number++
			a.wrong(number, a.line(text, number, at))
			at += int64(len(text))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
	}
	if len(a.signed) > 0 && a.keys == nil {
		a.wrong(number+1, errors.New("the line of the keys is missing"))
	}
	return a, nil
}

func (a *archive) wrong(number int64, err error) {
	if err != nil && a.first == nil {
		a.first = &wrongLine{number, min(number, a.size+1), err}
	}
}

var (
	errLine  = errors.New("not a line that an export writes")
	errPlace = errors.New("a line that does not belong here")
)

// line takes one line with its line feed, the number-th of the file, which begins at a place.
func (a *archive) line(text []byte, number, at int64) error {
	text, whole := bytes.CutSuffix(text, []byte("\n"))
	var l line
	if err := json.Unmarshal(text, &l); err != nil || !whole {
		return errors.Join(errLine, err)
	}
	switch {
	case l.Tile != nil:
		return a.tile(text, *l.Tile)
	case l.Checkpoint != nil:
		return a.checkpoint(text, *l.Checkpoint)
	case l.Keys != "":
		return a.keyring(text, l.Keys)
	case l.Seq > 0:
		return a.entry(text, l, number, at)
	}
	return errLine
}

// entry takes a line that says it is an entry. One whose number is wrong is taken too, so that the verdict can say what it stands in the place of.
func (a *archive) entry(text []byte, l line, number, at int64) error {
	if a.part != entries {
		return errPlace
	}
	if _, known := a.blocks[l.Seq]; l.Seq%blockSize == 1 && !known {
		a.blocks[l.Seq] = at
	}
	a.size = max(a.size, min(l.Seq, a.size+blockSize))
	if l.Seq != number {
		return errPlace
	}
	want, err := entryLine(l.Seq, l.Body)
	if err != nil {
		return err
	}
	if !bytes.Equal(text, want) {
		return fmt.Errorf("entry %d: what the line says is not what its bytes say", l.Seq)
	}
	return nil
}

func (a *archive) tile(text []byte, t lineTile) error {
	at := tileAt{t.Level, t.N}
	fits := a.part == entries || a.part == tiles && (at.level > a.last.level || at.level == a.last.level && at.n > a.last.n)
	if !fits || !tileFits(t.Level, t.N, len(t.Hashes), a.size) {
		return errPlace
	}
	a.part, a.last, a.tiles[at] = tiles, at, t.Hashes
	return exactly(text, line{Tile: &t})
}

func (a *archive) checkpoint(text []byte, c lineCheckpoint) error {
	before := int64(0)
	if n := len(a.signed); n > 0 {
		before = a.signed[n-1].Size
	}
	if a.part > checkpoints || c.Size <= before {
		return errPlace
	}
	a.part, a.signed = checkpoints, append(a.signed, c)
	return exactly(text, line{Checkpoint: &c})
}

func (a *archive) keyring(text []byte, keys string) error {
	if a.part == keysOnce {
		return errPlace
	}
	a.part = keysOnce
	ring, err := tree.ParseKeyring(keys)
	if err != nil {
		return err
	}
	a.keys = ring
	return exactly(text, line{Keys: ring.String()})
}

// exactly compares a line with the one that an export writes: JSON has many ways to say one thing, and some that two programs read as two.
func exactly(text []byte, l line) error {
	if want, err := json.Marshal(l); err != nil || !bytes.Equal(text, want) {
		return errors.Join(errLine, err)
	}
	return nil
}

// Size is the last entry of the export.
func (a *archive) Size(context.Context) (int64, error) { return a.size, nil }

// Entries reads a run of entries again.
func (a *archive) Entries(ctx context.Context, from, to int64, yield func(tree.Entry) error) error {
	at, ok := a.blocks[(from-1)/blockSize*blockSize+1]
	if !ok || from > a.size {
		return nil
	}
	r := bufio.NewReaderSize(io.NewSectionReader(a.file, at, 1<<62), 1<<16)
	for n := 0; ; n++ {
		text, err := r.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read export: %w", err)
		}
		seq, body, ok := bodyOf(text)
		if errors.Is(err, io.EOF) || ok && seq > to || bytes.HasPrefix(text, []byte(`{"tile"`)) {
			return ctx.Err()
		}
		if ok && seq >= from {
			if err := yield(tree.Entry{Seq: seq, Body: body}); err != nil {
				return err
			}
		}
	}
}

// bodyOf cuts number and bytes out of a line without reading the rest. The bytes stand last.
func bodyOf(text []byte) (seq int64, body []byte, ok bool) {
	if _, err := fmt.Sscanf(string(text[:min(32, len(text))]), `{"seq":%d,`, &seq); err != nil {
		return 0, nil, false
	}
	mark := []byte(`"body":"`)
	place := bytes.LastIndex(text, mark)
	if place < 0 {
		return 0, nil, false
	}
	b64, _, end := bytes.Cut(text[place+len(mark):], []byte(`"`))
	body, err := base64.StdEncoding.DecodeString(string(b64))
	return seq, body, end && err == nil
}

// Tile gives a tile of the export.
func (a *archive) Tile(_ context.Context, level int, n int64) ([]byte, error) {
	if d, ok := a.tiles[tileAt{level, n}]; ok {
		return d, nil
	}
	return nil, fs.ErrNotExist
}

// Checkpoints yields those of the export.
func (a *archive) Checkpoints(_ context.Context, after, upto int64, yield func(int64, []byte) error) error {
	for _, c := range a.signed {
		if c.Size > after && c.Size <= upto {
			if err := yield(c.Size, []byte(c.Signed)); err != nil {
				return err
			}
		}
	}
	return nil
}
