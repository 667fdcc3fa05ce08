package postal

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"citypost/internal/fault"
)

// ActID is the id of an act, made by the device on which the act was done, so that sending it twice is harmless. It is a UUID (RFC 9562).
type ActID [16]byte

// NewActID makes a UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, 12 bits of the fraction of the millisecond (section 6.2, method 3),
// 62 random bits. Ids of one device therefore sort by time, and nobody can guess one.
func NewActID(now time.Time) ActID {
	var id ActID
	_, _ = rand.Read(id[8:]) // never fails: since Go 1.24 the program stops if the system has no randomness
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	fraction := uint64(now.Nanosecond()%1_000_000) << 12 / 1_000_000
	id[6] = 7<<4 | byte(fraction>>8)
	id[7] = byte(fraction)
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseActID reads a UUID of any version of RFC 9562 in its usual form, 36 characters with hyphens; capitals are accepted.
func ParseActID(s string) (ActID, error) {
	var id ActID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ActID{}, badActID()
	}
	digits := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return ActID{}, badActID()
	}
	if version := id[6] >> 4; version < 1 || version > 8 || id[8]&0xc0 != 0x80 {
		return ActID{}, badActID()
	}
	return id, nil
}

// String writes the id in its usual form, lower case.
func (id ActID) String() string {
	b := id.text()
	return string(b[:])
}

// IsZero reports whether id is no id at all.
func (id ActID) IsZero() bool { return id == ActID{} }

// MarshalText writes the id as String does; no id is an empty text.
func (id ActID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return []byte{}, nil
	}
	b := id.text()
	return b[:], nil
}

// UnmarshalText reads what ParseActID reads; an empty text is no id.
func (id *ActID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ActID{}
		return nil
	}
	got, err := ParseActID(string(b))
	if err != nil {
		return err
	}
	*id = got
	return nil
}

func (id ActID) text() (b [36]byte) {
	hex.Encode(b[:8], id[:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:], id[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return b
}

func badActID() error {
	return fault.New(fault.Invalid, "postal.act_id",
		"Mã thao tác không phải là UUID hợp lệ.", "The act id is not a valid UUID.")
}
