package ledger

import (
	"encoding/binary"
	"errors"
)

// Codec writes or reads the fields of a state in one order: one method per state serves both ways, so they cannot differ.
// A field is added at the end only; bytes that end early leave it zero.
type Codec struct {
	b       []byte
	reading bool
	err     error
}

// Encode lets walk write its fields after dst.
func Encode(dst []byte, walk func(*Codec)) []byte {
	c := Codec{b: dst}
	walk(&c)
	return c.b
}

// Decode lets walk read its fields from b.
func Decode(b []byte, walk func(*Codec)) error {
	c := Codec{b: b, reading: true}
	walk(&c)
	return c.err
}

// Reading reports which way the codec goes.
func (c *Codec) Reading() bool { return c.reading }

// Ended reports whether nothing is left to read: what comes next was not known when the state was written, and stays zero.
func (c *Codec) Ended() bool { return c.reading && len(c.b) == 0 }

var errCut = errors.New("state: bytes cut within a field")

// Int is a whole number, small ones in few bytes.
func Int[T ~int | ~int64 | ~int32](c *Codec, v *T) {
	if !c.reading {
		c.b = binary.AppendVarint(c.b, int64(*v))
		return
	}
	if len(c.b) == 0 {
		return
	}
	x, n := binary.Varint(c.b)
	if n <= 0 {
		c.err, c.b = errCut, nil
		return
	}
	*v, c.b = T(x), c.b[n:]
}

// Str is a text with its length before it.
func Str[T ~string](c *Codec, v *T) {
	if !c.reading {
		c.b = binary.AppendUvarint(c.b, uint64(len(*v)))
		c.b = append(c.b, *v...)
		return
	}
	if len(c.b) == 0 {
		return
	}
	x, n := binary.Uvarint(c.b)
	if n <= 0 || x > uint64(len(c.b)-n) {
		c.err, c.b = errCut, nil
		return
	}
	*v, c.b = T(c.b[n:n+int(x)]), c.b[n+int(x):]
}

// Bool is yes or no.
func Bool(c *Codec, v *bool) {
	var n int
	if *v {
		n = 1
	}
	Int(c, &n)
	*v = n == 1
}

// List is a list whose elements walk the codec themselves.
func List[T any](c *Codec, v *[]T, walk func(*T, *Codec)) {
	n := len(*v)
	Int(c, &n)
	if c.reading {
		if n < 0 || n > len(c.b) {
			c.err, c.b = errCut, nil
			return
		}
		*v = nil
		if n > 0 {
			*v = make([]T, n)
		}
	}
	for i := range *v {
		walk(&(*v)[i], c)
	}
}
