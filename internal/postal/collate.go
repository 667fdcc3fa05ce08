package postal

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collator is a Vietnamese collator with its buffer; one serves one goroutine at a time.
type collator struct {
	c   *collate.Collator
	buf collate.Buffer
}

// collators keeps collators for reuse: to make one costs far more than to use it.
var collators = sync.Pool{New: func() any { return &collator{c: collate.New(language.Vietnamese)} }}

// CollationKey gives bytes that compare as the text sorts in Vietnamese (Unicode collation with the CLDR tailoring for vi: a ă â … d đ … o ô ơ … u ư, tones
// weighing less than letters). Where the tone mark stands does not matter. Databases do not sort alike, bytes do: keep the key in a column and order by it.
func CollationKey(s string) []byte {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buf.Reset()
	return bytes.Clone(c.c.KeyFromString(&c.buf, toneLast(s)))
}

// NameKey gives bytes that compare as lists of persons sort in Viet Nam: by the last word (tên), then the family name (họ, the first), then what stands
// between. Capitals do not matter, so a name typed in capitals stands among the others.
func NameKey(name string) []byte {
	words := strings.Fields(strings.ToLower(name))
	if len(words) == 0 {
		return nil
	}
	last := len(words) - 1
	family, middle := "", ""
	if last > 0 {
		family, middle = words[0], strings.Join(words[1:last], " ")
	}
	var key []byte
	for _, part := range []string{words[last], family, middle} {
		key = appendPart(key, CollationKey(part))
	}
	return key
}

// CompareNames compares two persons' names as NameKey has it. To sort a list, SortNames makes every key only once.
func CompareNames(a, b string) int {
	if c := bytes.Compare(NameKey(a), NameKey(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// SortNames sorts persons' names as NameKey has it; names with equal keys keep a fixed order of their own.
func SortNames(names []string) {
	type keyed struct {
		name string
		key  []byte
	}
	list := make([]keyed, len(names))
	for i, name := range names {
		list[i] = keyed{name, NameKey(name)}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		if c := bytes.Compare(a.key, b.key); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	for i, k := range list {
		names[i] = k.name
	}
}

// appendPart joins keys so that the parts compare one after the other: a zero byte inside a part is followed by 0xff, and 0x00 0x01 ends it.
func appendPart(key, part []byte) []byte {
	for _, c := range part {
		key = append(key, c)
		if c == 0 {
			key = append(key, 0xff)
		}
	}
	return append(key, 0, 1)
}
