package proof

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"time"

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

// signatureSoon is how long an export waits for the house to sign what was recorded when it began.
const signatureSoon = 3 * time.Second

// Export writes the whole ledger as JSON lines: entries, tiles, checkpoints, keys. What is written proves itself: it ends with a signed entry, which is the last one or came after the export began, unless
// nobody signs.
func Export(ctx context.Context, a ledger.Audit, to io.Writer) error {
	size, last, err := signedEnd(ctx, a)
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
	if err := exportTree(ctx, a, size, last, w); err != nil {
		return err
	}
	return w.Flush()
}

// signedEnd gives the size at which an export ends, and the newest checkpoint up to there: the house replaces it while the export is written.
func signedEnd(ctx context.Context, a ledger.Audit) (size int64, last *lineCheckpoint, err error) {
	if size, err = a.Size(ctx); err != nil {
		return 0, nil, err
	}
	keys, err := a.Keyring(ctx)
	if err != nil {
		return 0, nil, err
	}
	for began := time.Now(); ; {
		err := a.Checkpoints(ctx, 0, math.MaxInt64, func(at int64, signed []byte) error {
			last = &lineCheckpoint{at, string(signed)}
			return nil
		})
		switch {
		case err != nil:
			return 0, nil, err
		case last != nil && last.Size >= size:
			return last.Size, last, nil
		case keys == nil || time.Since(began) > signatureSoon:
			return size, last, nil
		}
		select {
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// exportTree writes the tree of exactly size entries and the checkpoints up to the last, although the ledger may have grown since.
func exportTree(ctx context.Context, a ledger.Audit, size int64, last *lineCheckpoint, w io.Writer) error {
	write := func(l line) error {
		text, err := json.Marshal(l)
		if err != nil {
			return err
		}
		return put(w, text)
	}
	err := a.Tiles(ctx, func(level int, n int64, hashes []byte) error {
		if left := (size - n*256) * hashSize; level == 0 && n == size/256 && int64(len(hashes)) > left {
			hashes = hashes[:left]
		}
		if !tileFits(level, n, len(hashes), size) {
			return nil
		}
		return write(line{Tile: &lineTile{level, n, hashes}})
	})
	if err != nil {
		return err
	}
	if last != nil {
		err = a.Checkpoints(ctx, 0, last.Size-1, func(at int64, signed []byte) error {
			return write(line{Checkpoint: &lineCheckpoint{at, string(signed)}})
		})
		if err = errors.Join(err, write(line{Checkpoint: last})); err != nil {
			return err
		}
	}
	keys, err := a.Keyring(ctx)
	if err != nil || keys == nil {
		return err
	}
	return write(line{Keys: keys.String()})
}

const hashSize = 32

// tileFits reports whether a tree of so many entries has this tile with so many bytes: the full ones of every level, and the unfinished one of level 0, which may be shorter than the entries after the last
// full one.
func tileFits(level int, n int64, bytes int, size int64) bool {
	const levels = 7 // 256⁷ entries are more than an int64 counts hashes of
	if level < 0 || level >= levels || n < 0 || bytes <= 0 || bytes%hashSize != 0 {
		return false
	}
	if full := size >> (8 * (level + 1)); n < full {
		return bytes == 256*hashSize
	}
	return level == 0 && n == size/256 && int64(bytes) <= size%256*hashSize
}

func put(w io.Writer, text []byte) error {
	_, err := w.Write(append(text, '\n'))
	return err
}
