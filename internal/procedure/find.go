package procedure

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"citypost/internal/postal"
)

// entry is one procedure as search sees it; everything is folded.
type entry struct {
	procedure *Procedure
	code      string
	name      string // of the newest version
	text      string // " name field agency", a blank before each word
}

// newIndex folds what can be searched. It is read from one end to the other: a few thousand names take well under a millisecond or two, and nothing
// has to be kept in step.
func newIndex(all []*Procedure) []entry {
	index := make([]entry, len(all))
	for i, p := range all {
		v := p.Latest()
		name := strings.Join(words(v.Name), " ")
		text := " " + name
		for _, more := range append([]string{v.Field, v.Agency}, earlierNames(p)...) {
			text += " " + strings.Join(words(more), " ")
		}
		index[i] = entry{procedure: p, code: string(p.Code), name: strings.TrimPrefix(name, "thu tuc "), text: text}
	}
	return index
}

// earlierNames lets people find a procedure under the name that it used to have.
func earlierNames(p *Procedure) []string {
	var names []string
	for _, v := range p.Versions[:len(p.Versions)-1] {
		if v.Name != p.Latest().Name {
			names = append(names, v.Name)
		}
	}
	return names
}

// words folds a text and splits it where neither letters nor digits stand; dots inside a code stay.
func words(s string) []string {
	return strings.FieldsFunc(postal.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' })
}

// Query is what somebody looks for.
type Query struct {
	Text  string     // words of the name, field or agency, or the beginning of a code; marks do not matter
	Day   postal.Day // states are those of this day
	By    Method     // only those that are accepted this way; empty: all
	Level Level      // only those of a level; empty: all
	State State      // only those in a state; empty: those in force come first, the others after them
	Limit int
}

// MaxHits is the longest answer; nobody reads further.
const MaxHits = 50

// Hit is one answer of Find.
type Hit struct {
	Procedure *Procedure `json:"-"`
	Version   *Version   `json:"version"` // the one to show on the day of the question
	State     State      `json:"state"`
	rank      int
}

// Find looks for procedures by words of their name, field and agency, or by their code. The last word may be unfinished. An empty text lists all.
func (c *Catalogue) Find(q Query) (hits []Hit, more bool) {
	want := newNeedle(q.Text)
	for i := range c.index {
		rank := c.index[i].rank(want)
		if rank == 0 {
			continue
		}
		h := Hit{Procedure: c.index[i].procedure, rank: rank}
		h.Version, h.State = h.Procedure.Shown(q.Day), h.Procedure.State(q.Day)
		if q.suits(h) {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(ended(a), ended(b)), cmp.Compare(b.rank, a.rank)) })
	limit := q.Limit
	if limit <= 0 || limit > MaxHits {
		limit = MaxHits
	}
	if len(hits) > limit {
		return hits[:limit], true
	}
	return hits, false
}

func (q Query) suits(h Hit) bool {
	return (q.By == "" || h.Version.Accepts(q.By)) && (q.Level == "" || slices.Contains(h.Version.Levels, q.Level)) && (q.State == "" || h.State == q.State)
}

func ended(h Hit) int {
	switch h.State {
	case Published, Amended:
		return 0
	case Future:
		return 1
	}
	return 2
}

// needle is a query made ready: entries are many, so nothing is put together for each of them.
type needle struct {
	whole, begin string   // the words with single blanks; the same after a blank
	words        []string // each after a blank
}

func newNeedle(text string) needle {
	list := words(strings.TrimPrefix(postal.Fold(text), "thu tuc "))
	n := needle{whole: strings.Join(list, " "), words: make([]string, len(list))}
	n.begin = " " + n.whole
	for i, w := range list {
		n.words[i] = " " + w
	}
	return n
}

// rank says how well an entry answers: 0 not at all.
func (e *entry) rank(n needle) int {
	switch {
	case n.whole == "":
		return 1
	case e.code == n.whole:
		return 9
	case strings.HasPrefix(e.code, n.whole):
		return 8
	case e.name == n.whole:
		return 7
	case strings.HasPrefix(e.name, n.whole):
		return 6
	case strings.Contains(e.text, n.begin):
		return 5
	}
	rank := 4
	for _, w := range n.words { // every word somewhere; at the beginning of a word it is worth more
		switch {
		case strings.Contains(e.text, w):
		case strings.Contains(e.text, w[1:]):
			rank = 2
		default:
			return 0
		}
	}
	return rank
}
