// Package event holds the facts that the ledger keeps, one file per capability.
//
// It owns the form in which a fact is written for ever. Its promise: every fact ever written still reads; a field may be added, never
// renamed, re-used or dropped. A fact holds codes, ids, times, weights and amounts, never a name, phone or address.
// It leans on postal for the nouns; what facts mean is custody's and the capabilities' affair. Start with Entry.
package event

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"citypost/internal/postal"
)

// Fact is something that happened. Fact gives its name for ever, "item.accepted".
type Fact interface{ Fact() string }

// Entry is one act as the ledger keeps it: who did it, where and when, and the facts that it made.
type Entry struct {
	Seq        int64 // position in the ledger, from 1, without gaps; given by the ledger, not part of the bytes
	Act        postal.ActID
	OccurredMs int64 // what the device claims, UTC milliseconds
	RecordedMs int64 // what we say, UTC milliseconds, never falling along Seq
	Office     postal.OfficeCode
	Actor      postal.StaffID
	Facts      []Fact
}

// format is the first byte of every entry: how the bytes after it are to be read.
const format = 1

// SaltSize is the number of random bytes in each entry. They make its hash tell nothing about its content.
const SaltSize = 16

// errShort says that the bytes end too early.
var errShort = errors.New("entry: bytes end too early")

// NewSalts gives n fresh salts in one slice.
func NewSalts(n int) ([]byte, error) {
	b := make([]byte, n*SaltSize)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	return b, nil
}

// Append writes the entry's bytes after dst: format, salt, act, times, office, actor, then each fact as name and JSON.
// These bytes are what is hashed and what is stored.
func (e *Entry) Append(dst, salt []byte) ([]byte, error) {
	dst = append(dst, format)
	dst = append(dst, salt[:SaltSize]...)
	dst = append(dst, e.Act[:]...)
	dst = binary.AppendUvarint(dst, uint64(e.OccurredMs))
	dst = binary.AppendUvarint(dst, uint64(e.RecordedMs))
	dst = appendString(dst, string(e.Office))
	dst = appendString(dst, string(e.Actor))
	dst = binary.AppendUvarint(dst, uint64(len(e.Facts)))
	for _, f := range e.Facts {
		body, err := json.Marshal(f)
		if err != nil {
			return nil, fmt.Errorf("write fact %s: %w", f.Fact(), err)
		}
		dst = appendString(dst, f.Fact())
		dst = binary.AppendUvarint(dst, uint64(len(body)))
		dst = append(dst, body...)
	}
	return dst, nil
}

// Read reads the bytes of entry seq.
func Read(seq int64, b []byte) (Entry, error) {
	e := Entry{Seq: seq}
	r := reader{b: b}
	if v := r.byte(); v != format && r.err == nil {
		return e, fmt.Errorf("entry %d: unknown format %d", seq, v)
	}
	r.take(SaltSize)
	copy(e.Act[:], r.take(len(e.Act)))
	e.OccurredMs = int64(r.uint())
	e.RecordedMs = int64(r.uint())
	e.Office = postal.OfficeCode(r.take(int(r.uint())))
	e.Actor = postal.StaffID(r.take(int(r.uint())))
	n := r.uint()
	for range min(n, uint64(len(b))) {
		name := string(r.take(int(r.uint())))
		body := r.take(int(r.uint()))
		if r.err != nil {
			break
		}
		f, err := readFact(name, body)
		if err != nil {
			return e, fmt.Errorf("entry %d: %w", seq, err)
		}
		e.Facts = append(e.Facts, f)
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return e, fmt.Errorf("entry %d: %w", seq, r.err)
	}
	return e, nil
}

// ActOf reads the act's id out of an entry's bytes without reading the rest.
func ActOf(b []byte) (id postal.ActID, ok bool) {
	const from = 1 + SaltSize
	if len(b) < from+len(id) {
		return id, false
	}
	return postal.ActID(b[from : from+len(id)]), true
}

func appendString(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// reader takes an entry apart; after the first error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		if r.err == nil {
			r.err = errShort
		}
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

func (r *reader) uint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err = errShort
		return 0
	}
	r.b = r.b[n:]
	return v
}
