package gazetteer

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"

	"citypost/internal/postal"
)

// index holds the folded names. It is read from one end to the other: thirteen thousand short names take well under a millisecond or two, and
// nothing has to be kept in step.
type index struct{ entries []entry }

// entry is one version of a unit as search sees it; everything is folded.
type entry struct {
	unit  *Unit
	name  string // "cam giang"
	extra string // kind, old districts and provinces, a blank before each word: " xa huyen cam giang tinh hai duong"
	order int    // where it stands when all are sorted by level, name and code
}

type hit struct {
	entry *entry
	rank  int
	key   uint64 // sorts: rank, marks, in force, order
}

func newIndex(g *Gazetteer) *index {
	ix := &index{entries: make([]entry, 0, len(g.units))}
	folded := map[string]string{}
	fold := func(s string) string {
		f, ok := folded[s]
		if !ok {
			f = strings.Join(splitFolded(s), " ")
			folded[s] = f
		}
		return f
	}
	for i := range g.units {
		u := &g.units[i]
		extra := " " + fold(string(u.Kind))
		for _, around := range g.surroundings(u) {
			extra += " " + fold(string(around.Kind)) + " " + fold(around.Name)
		}
		ix.entries = append(ix.entries, entry{unit: u, name: fold(u.Name), extra: extra})
	}
	ix.setOrder()
	return ix
}

// setOrder numbers the entries as an answer lists them when nothing else decides: communes first, then by the Vietnamese alphabet, code and day.
func (ix *index) setOrder() {
	keys := make([][]byte, len(ix.entries))
	order := make([]int, len(ix.entries))
	for i, e := range ix.entries {
		keys[i], order[i] = postal.CollationKey(e.unit.Name), i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := ix.entries[i].unit, ix.entries[j].unit
		return cmp.Or(cmp.Compare(b.Level(), a.Level()), bytes.Compare(keys[i], keys[j]), compareUnits(*a, *b))
	})
	for place, i := range order {
		ix.entries[i].order = place
	}
}

// surroundings lists the districts and provinces beside which people write the name of u.
func (g *Gazetteer) surroundings(u *Unit) []Unit {
	var list []Unit
	add := func(code postal.UnitCode, day postal.Day) {
		if v, ok := g.UnitOn(code, day); ok && code != "" {
			list = append(list, v)
		}
	}
	add(u.District, lastDay(*u))
	add(u.Province, lastDay(*u))
	if u.ValidTo != zeroDay || u.Level() != LevelCommune {
		return list
	}
	old, _ := g.OldDistricts(u.Code, u.ValidFrom) // no record: nothing to add
	for _, d := range old {
		list = append(list, d.Unit)
		if d.Unit.Province != u.Province {
			add(d.Unit.Province, lastDay(d.Unit))
		}
	}
	return list
}

// search lists all hits, best first.
func (ix *index) search(query string, day postal.Day) []hit {
	q := splitFolded(query)
	if len(q) == 0 || len(q) > maxQueryWords {
		return nil
	}
	forms := readForms(q, strings.FieldsFunc(query, notInWord))
	var hits []hit
	for i := range ix.entries {
		if rank := best(&ix.entries[i], forms); rank < noMatch {
			hits = append(hits, hit{entry: &ix.entries[i], rank: rank})
		}
	}
	marks := postal.Fold(query) != strings.ToLower(query)
	for i := range hits {
		hits[i].setKey(forms, marks, day)
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(a.key, b.key) })
	return hits
}

// setKey makes the sorting key. Names that begin with the question, marks and all, come first: who types "cẩm giàng" wants Cẩm Giàng before Cẩm Giang.
func (h *hit) setKey(forms []form, marks bool, day postal.Day) {
	h.key = uint64(h.rank) << 40
	if !marks || h.rank%wrongKind > beginning || !slices.ContainsFunc(forms, func(f form) bool { return postal.Rank(f.typed, h.entry.unit.Name) >= postal.RankPrefix }) {
		h.key |= 1 << 39
	}
	if !h.entry.unit.InForce(day) {
		h.key |= 1 << 38
	}
	h.key |= uint64(h.entry.order)
}

// readForms gives the ways to read a question; typed are its words as they were typed.
func readForms(q, typed []string) []form {
	forms := []form{{words: q, text: strings.Join(q, " "), typed: strings.Join(typed, " ")}}
	if kinds, rest := leadingKind(q); len(rest) > 0 && len(kinds) > 0 {
		typed = typed[min(len(typed), len(q)-len(rest)):]
		forms = append(forms, form{words: rest, text: strings.Join(rest, " "), typed: strings.Join(typed, " "), kinds: kinds})
	}
	return forms
}

// maxQueryWords is longer than any address line that makes sense.
const maxQueryWords = 24

// form is one way to read a question: as it stands, or with the kind in front taken as a kind.
type form struct {
	words []string
	text  string // the words with single blanks
	typed string // the same with marks
	kinds []Kind
}

// The ranks, best first; wrongKind is added when the kind asked for is another.
const (
	exact = iota
	beginning
	inside
	scattered
	wrongKind
	noMatch = 2 * wrongKind
)

func best(e *entry, forms []form) int {
	rank := noMatch
	for _, f := range forms {
		r := f.rank(e)
		if r < noMatch && f.kinds != nil && !slices.Contains(f.kinds, e.unit.Kind) {
			r += wrongKind
		}
		rank = min(rank, r)
	}
	return rank
}

func (f form) rank(e *entry) int {
	switch {
	case f.text == e.name || f.text == string(e.unit.Code) || f.text == e.unit.Postcode:
		return exact
	case strings.HasPrefix(e.name, f.text) || f.nameFirst(e):
		return beginning
	case beginsWord(e.name, f.text):
		return inside
	case f.codeLike(e):
		return beginning
	case f.allFound(e):
		return scattered
	}
	return noMatch
}

// nameFirst reports whether the question is the whole name with its surroundings after it: "lach tray ngo quyen".
func (f form) nameFirst(e *entry) bool {
	rest, ok := strings.CutPrefix(f.text, e.name)
	if !ok || rest == "" || rest[0] != ' ' {
		return false
	}
	for word := range strings.FieldsSeq(rest) {
		if !beginsWord(e.extra, word) {
			return false
		}
	}
	return true
}

// beginsWord reports whether text begins at some word of line that has a blank before it.
func beginsWord(line, text string) bool {
	for {
		i := strings.Index(line, text)
		if i < 0 {
			return false
		}
		if i > 0 && line[i-1] == ' ' {
			return true
		}
		line = line[i+1:]
	}
}

// codeLike reports whether the question is the beginning of a code or postcode, three digits at least.
func (f form) codeLike(e *entry) bool {
	if len(f.text) < 3 || f.text[0] < '0' || f.text[0] > '9' {
		return false
	}
	return strings.HasPrefix(string(e.unit.Code), f.text) || strings.HasPrefix(e.unit.Postcode, f.text)
}

// allFound reports whether every word of the question begins some word of the name or its surroundings, and one at least of the name.
func (f form) allFound(e *entry) bool {
	named := false
	for _, w := range f.words {
		switch {
		case strings.HasPrefix(e.name, w) || beginsWord(e.name, w):
			named = true
		case !beginsWord(e.extra, w):
			return false
		}
	}
	return named
}

// leading are the ways to write a kind before a name, folded.
var leading = map[string][]Kind{
	"p": {Ward}, "phuong": {Ward}, "x": {Commune}, "xa": {Commune}, "tt": {Township}, "thi tran": {Township},
	"q": {UrbanDist}, "quan": {UrbanDist}, "h": {RuralDist}, "huyen": {RuralDist}, "tx": {Town}, "thi xa": {Town},
	"tp": {City}, "thanh pho": {City}, "t": {Province}, "tinh": {Province}, "dk": {SpecialZone}, "dac khu": {SpecialZone},
}

// leadingKind takes a kind from the front of the words.
func leadingKind(words []string) (kinds []Kind, rest []string) {
	if len(words) > 2 {
		if k, ok := leading[words[0]+" "+words[1]]; ok {
			return k, words[2:]
		}
	}
	return leading[words[0]], words[1:]
}

// splitFolded folds a text and splits it at everything that is neither letter nor digit.
func splitFolded(s string) []string {
	return strings.FieldsFunc(postal.Fold(s), notInWord)
}

func notInWord(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
}
