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

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
)

// line is one line of an export: an entry, then after all entries tiles, checkpoints and the keys.
type line struct {
	Seq        int64             `json:"seq,omitempty"`
	Act        *postal.ActID     `json:"act,omitempty"`
	OccurredMs int64             `json:"occurred_ms,omitempty"`
	RecordedMs int64             `json:"recorded_ms,omitempty"`
	Office     postal.OfficeCode `json:"office,omitempty"`
	Actor      postal.StaffID    `json:"actor,omitempty"`
	Facts      []lineFact        `json:"facts,omitempty"`
	Body       []byte            `json:"body,omitempty"` // the stored bytes, which are what is hashed

	Tile       *lineTile       `json:"tile,omitempty"`
	Checkpoint *lineCheckpoint `json:"checkpoint,omitempty"`
	Keys       string          `json:"keys,omitempty"`
}

type lineFact struct {
	Fact string          `json:"fact"`
	Data json.RawMessage `json:"data"`
}

type lineTile struct {
	Level  int    `json:"level"`
	N      int64  `json:"n"`
	Hashes []byte `json:"hashes"`
}

type lineCheckpoint struct {
	Size   int64  `json:"size"`
	Signed string `json:"signed"`
}

// entryLine writes an entry for people and for the hash.
func entryLine(seq int64, body []byte) ([]byte, error) {
	e, err := event.Read(seq, body)
	if err != nil {
		return nil, err
	}
	l := line{Seq: seq, Act: &e.Act, OccurredMs: e.OccurredMs, RecordedMs: e.RecordedMs, Office: e.Office, Actor: e.Actor, Body: body}
	for _, f := range e.Facts {
		data, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		l.Facts = append(l.Facts, lineFact{f.Fact(), data})
	}
	return json.Marshal(l)
}

// Export writes the whole ledger as JSON lines: entries, tiles, checkpoints, keys. What is written proves itself.
func Export(ctx context.Context, a ledger.Audit, to io.Writer) error {
	size, err := a.Size(ctx)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(to, 1<<20)
	err = a.Entries(ctx, 1, size, func(e tree.Entry) error {
		text, err := entryLine(e.Seq, e.Body)
		if err != nil {
			return err
		}
		return put(w, text)
	})
	if err != nil {
		return err
	}
	if err := exportTree(ctx, a, size, w); err != nil {
		return err
	}
	return w.Flush()
}

// exportTree writes the tree of exactly size entries, although the ledger may have grown since.
func exportTree(ctx context.Context, a ledger.Audit, size int64, w io.Writer) error {
	write := func(l line) error {
		text, err := json.Marshal(l)
		if err != nil {
			return err
		}
		return put(w, text)
	}
	err := a.Tiles(ctx, func(level int, n int64, hashes []byte) error {
		const full = 256 * 32
		if end := (n + 1) << (8 * (level + 1)); len(hashes) == full && end > size || len(hashes) < full && n != size/256 {
			return nil
		} else if left := (size - n*256) * 32; len(hashes) < full && int64(len(hashes)) > left {
			hashes = hashes[:left]
		}
		return write(line{Tile: &lineTile{level, n, hashes}})
	})
	if err != nil {
		return err
	}
	err = a.Checkpoints(ctx, 0, size, func(at int64, signed []byte) error {
		return write(line{Checkpoint: &lineCheckpoint{at, string(signed)}})
	})
	if err != nil {
		return err
	}
	keys, err := a.Keyring(ctx)
	if err != nil || keys == nil {
		return err
	}
	return write(line{Keys: keys.String()})
}

func put(w io.Writer, text []byte) error {
	_, err := w.Write(append(text, '\n'))
	return err
}

// archive is an export opened for verification; it is a tree.LogSource.
type archive struct {
	file   *os.File
	size   int64
	blocks map[int64]int64 // where the first entry of each run of 65,536 stands
	tiles  map[tileAt][]byte
	signed []lineCheckpoint
	keys   *tree.Keyring
	first  *wrongLine // the first line that cannot be read or contradicts itself
}

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
			if lerr := a.line(bytes.TrimSuffix(text, []byte("\n")), at); lerr != nil && a.first == nil {
				a.first = &wrongLine{number, min(number, a.size+1), lerr}
			}
			at += int64(len(text))
		}
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
	}
}

var errLine = errors.New("not a line that an export writes")

func (a *archive) line(text []byte, at int64) error {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return err
	}
	switch {
	case l.Seq > 0:
		if l.Seq%blockSize == 1 {
			a.blocks[l.Seq] = at
		}
		a.size = max(a.size, l.Seq)
		want, err := entryLine(l.Seq, l.Body)
		if err != nil {
			return err
		}
		if !bytes.Equal(text, want) {
			return fmt.Errorf("entry %d: what the line says is not what its bytes say", l.Seq)
		}
		return nil
	case l.Tile != nil:
		a.tiles[tileAt{l.Tile.Level, l.Tile.N}] = l.Tile.Hashes
	case l.Checkpoint != nil:
		a.signed = append(a.signed, *l.Checkpoint)
	case l.Keys != "":
		keys, err := tree.ParseKeyring(l.Keys)
		if err != nil {
			return err
		}
		a.keys = keys
	default:
		return errLine
	}
	if want, err := json.Marshal(l); err != nil || !bytes.Equal(text, want) {
		return errLine
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

// bodyOf cuts number and bytes out of a line without reading the rest.
func bodyOf(text []byte) (seq int64, body []byte, ok bool) {
	if _, err := fmt.Sscanf(string(text[:min(32, len(text))]), `{"seq":%d,`, &seq); err != nil {
		return 0, nil, false
	}
	_, rest, ok := bytes.Cut(text, []byte(`"body":"`))
	b64, _, end := bytes.Cut(rest, []byte(`"`))
	body, err := base64.StdEncoding.DecodeString(string(b64))
	return seq, body, ok && end && err == nil
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
