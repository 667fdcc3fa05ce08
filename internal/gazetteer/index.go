package gazetteer

import (
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
	name  string   // "cam giang"
	words []string // of the name
	extra []string // of its kind, old districts and provinces
	order []byte   // where the name stands in the alphabet
}

type hit struct {
	entry  *entry
	rank   int
	marked int // 0 when the name begins with the question, marks and all; else 1
}

func newIndex(g *Gazetteer) *index {
	ix := &index{entries: make([]entry, 0, len(g.units))}
	folded := map[string][]string{}
	words := func(s string) []string {
		w, ok := folded[s]
		if !ok {
			w = splitFolded(s)
			folded[s] = w
		}
		return w
	}
	for i := range g.units {
		u := &g.units[i]
		name := words(u.Name)
		e := entry{unit: u, name: strings.Join(name, " "), words: name, order: postal.CollationKey(u.Name)}
		e.extra = append(e.extra, words(string(u.Kind))...)
		for _, around := range g.surroundings(u) {
			e.extra = append(e.extra, words(string(around.Kind))...)
			e.extra = append(e.extra, words(around.Name)...)
		}
		ix.entries = append(ix.entries, e)
	}
	return ix
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
			hits = append(hits, hit{&ix.entries[i], rank, 1})
		}
	}
	if len(hits) <= maxMarked && postal.Fold(query) != strings.ToLower(query) {
		markHits(hits, forms)
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(a.rank, b.rank),
			cmp.Compare(a.marked, b.marked),
			cmp.Compare(endedRank(a.entry.unit, day), endedRank(b.entry.unit, day)),
			cmp.Compare(b.entry.unit.Level(), a.entry.unit.Level()),
			slices.Compare(a.entry.order, b.entry.order),
			compareUnits(*a.entry.unit, *b.entry.unit),
		)
	})
	return hits
}

// maxMarked bounds the hits whose marks are looked at; more come only from questions of a letter or two.
const maxMarked = 500

// markHits finds the names that the question begins with its marks: who types "cẩm giàng" wants Cẩm Giàng before Cẩm Giang.
func markHits(hits []hit, forms []form) {
	for i := range hits {
		for _, f := range forms {
			if postal.Rank(f.typed, hits[i].entry.unit.Name) >= postal.RankPrefix {
				hits[i].marked = 0
			}
		}
	}
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

func endedRank(u *Unit, day postal.Day) int {
	if u.InForce(day) {
		return 0
	}
	return 1
}

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
	case insideName(e.name, f.text):
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
	n := len(e.words)
	if len(f.words) <= n || !strings.HasPrefix(f.text, e.name) || f.text[len(e.name)] != ' ' {
		return false
	}
	for _, w := range f.words[n:] {
		if !hasWord(e.extra, w) {
			return false
		}
	}
	return true
}

// insideName reports whether text begins at a later word of name.
func insideName(name, text string) bool {
	for i := 1; i < len(name); i++ {
		if name[i-1] == ' ' && strings.HasPrefix(name[i:], text) {
			return true
		}
	}
	return false
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
		case hasWord(e.words, w):
			named = true
		case !hasWord(e.extra, w):
			return false
		}
	}
	return named
}

func hasWord(words []string, prefix string) bool {
	for _, w := range words {
		if strings.HasPrefix(w, prefix) {
			return true
		}
	}
	return false
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
