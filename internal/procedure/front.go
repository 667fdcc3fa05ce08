package procedure

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// front is what the guide shows before anybody has searched: what people ask for most, and the fields.
type front struct {
	ByPost int // procedures in force that go by post
	Used   []Hit
	Fields []field
}

// field is one field of the catalogue with the number of its procedures that are in force.
type field struct {
	Name  string
	Count int
}

// How much the front page lists: what fits two screens of a telephone. The rest is found by searching.
const (
	mostUsed   = 8
	mostFields = 16
)

// front gathers the front page.
func (s *Pages) front(ctx context.Context) (front, error) {
	var f front
	day, counts := s.today(), map[string]int{}
	for _, p := range s.Store.Catalogue().All() {
		v := p.Shown(day)
		if state := p.State(day); state != Published && state != Amended {
			continue
		}
		if v.Accepts(Postal) {
			f.ByPost++
		}
		if v.Field != "" {
			counts[v.Field]++
		}
	}
	for name, n := range counts {
		f.Fields = append(f.Fields, field{name, n})
	}
	slices.SortFunc(f.Fields, func(a, b field) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(string(postal.CollationKey(a.Name)), string(postal.CollationKey(b.Name))))
	})
	f.Fields = f.Fields[:min(len(f.Fields), mostFields)]
	if s.MostUsed == nil {
		return f, nil
	}
	codes, err := s.MostUsed(ctx, 2*mostUsed) // some of them may have ended since
	for _, c := range codes {
		p, ok := s.Store.Catalogue().Procedure(c)
		if ok && len(f.Used) < mostUsed && (p.State(day) == Published || p.State(day) == Amended) {
			f.Used = append(f.Used, Hit{Procedure: p, Version: p.Shown(day), State: p.State(day)})
		}
	}
	return f, err
}

// path is the search for a field.
func (f field) path() string { return Path + "?" + url.Values{"q": {f.Name}}.Encode() }

// inVietnamese says on English pages that the catalogue is not translated.
func inVietnamese(p web.Page) string {
	if p.Lang != "en" {
		return ""
	}
	return "The catalogue is published in Vietnamese only: names, papers and fees stand here as they were published."
}
