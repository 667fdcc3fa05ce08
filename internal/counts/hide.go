package counts

import (
	"slices"
	"strings"
)

// What may be shown together. Whoever holds every sheet of a month may add and subtract: a part from its total, a figure from the one that holds it, an old sheet from
// a corrected one. Nothing from 1 to below Least may come out. Sheets are of whole months, and of one month each, so that sheets of different months say nothing about
// each other.

// nested are figures of the same items: what the second leaves of the first is a figure too, though it has no line.
var nested = [][2]string{{"items", "delivered"}, {"items", "judged"}, {"items", "on_time"}, {"judged", "on_time"}, {"delivered", "judged"}, {"delivered", "on_time"}}

// hide hides figures until the sheet is safe beside the other sheets of its month. Each round hides one more line, so it ends.
func (s *Sheet) hide(others []Sheet) {
	for {
		i := s.tells(others)
		if i < 0 {
			break
		}
		s.Lines[i].Hidden = true
	}
	for i := range s.Lines {
		if s.Lines[i].Hidden {
			s.Lines[i].N = 0
		}
	}
}

// tells gives a line that must be hidden because a small figure could be read or worked out otherwise; -1 when the sheet is safe. It looks at what is shown only, so
// whoever receives a sheet can ask the same.
func (s *Sheet) tells(others []Sheet) int {
	for i, l := range s.Lines {
		if s.small(l.N) && !l.Hidden && !sum(l.Key) {
			return i
		}
	}
	for _, p := range nested {
		if i := s.tellsRest(p[0], p[1], others); i >= 0 {
			return i
		}
	}
	for i, l := range s.Lines {
		for n := range others {
			if was, ok := others[n].shown(l.Key); ok && !l.Hidden && (s.small(l.N-was) || sum(l.Key) && l.N != was) {
				return i // a sum that changes tells the price of what was added, however many there are
			}
		}
	}
	for i, l := range s.Lines {
		if !strings.Contains(l.Key, ".") {
			if n := s.tellsPart(i, others); n >= 0 {
				return n
			}
		}
	}
	return -1
}

// small reports whether a figure, or a difference, would point at a few.
func (s *Sheet) small(n int64) bool { return n != 0 && n > -s.Least && n < s.Least }

// sum reports whether a figure is an amount of money and no count.
func sum(key string) bool { return strings.HasSuffix(key, "_vnd") }

func (s *Sheet) at(key string) int {
	return slices.IndexFunc(s.Lines, func(l Line) bool { return l.Key == key })
}

// shown gives a figure that stands in the sheet.
func (s *Sheet) shown(key string) (int64, bool) {
	i := s.at(key)
	if i < 0 || s.Lines[i].Hidden {
		return 0, false
	}
	return s.Lines[i].N, true
}

// tellsRest looks at what a figure leaves of another, in this sheet and against the others.
func (s *Sheet) tellsRest(whole, part string, others []Sheet) int {
	rest, ok := s.rest(whole, part)
	if !ok {
		return -1
	}
	if s.small(rest) {
		return s.at(part)
	}
	for n := range others {
		if was, ok := others[n].rest(whole, part); ok && s.small(rest-was) {
			return s.at(part)
		}
	}
	return -1
}

func (s *Sheet) rest(whole, part string) (int64, bool) {
	w, ok := s.shown(whole)
	p, both := s.shown(part)
	return w - p, ok && both
}

// tellsPart looks at a total and its parts. One hidden alone is what the rest leaves; several hidden ones together must not be few, now or against another sheet.
func (s *Sheet) tellsPart(total int, others []Sheet) int {
	key := s.Lines[total].Key
	hidden := s.hiddenParts(key)
	if !s.hasParts(key) || len(hidden) == 0 && !s.Lines[total].Hidden {
		return s.tellsMoved(total, others)
	}
	if len(hidden) == 0 || len(hidden) == 1 && !s.Lines[total].Hidden {
		return s.next(total)
	}
	if together, ok := s.together(key, hidden); ok && s.small(together) {
		return s.next(total)
	}
	return s.tellsMoved(total, others)
}

// tellsMoved compares with other sheets what can be known of the parts that are hidden here, there, or in either.
func (s *Sheet) tellsMoved(total int, others []Sheet) int {
	key := s.Lines[total].Key
	here := s.hiddenParts(key)
	for n := range others {
		there := others[n].hiddenParts(key)
		for _, set := range [][]string{here, there, union(here, there)} {
			now, ok := s.together(key, set)
			was, both := others[n].together(key, set)
			if len(set) > 0 && ok && both && s.small(now-was) {
				return s.next(total)
			}
		}
	}
	return -1
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, k := range b {
		if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// together gives what some parts are in all, where the sheet tells that: each of them is shown, or the total less the others.
func (s *Sheet) together(total string, parts []string) (int64, bool) {
	sumOf, all := int64(0), true
	for _, p := range parts {
		n, ok := s.shown(p)
		sumOf, all = sumOf+n, all && ok
	}
	if all {
		return sumOf, true
	}
	left, ok := s.shown(total)
	for _, l := range s.Lines {
		if strings.HasPrefix(l.Key, total+".") && !slices.Contains(parts, l.Key) {
			ok = ok && !l.Hidden
			left -= l.N
		}
	}
	return left, ok
}

func (s *Sheet) hasParts(total string) bool {
	return slices.ContainsFunc(s.Lines, func(l Line) bool { return strings.HasPrefix(l.Key, total+".") })
}

func (s *Sheet) hiddenParts(total string) (keys []string) {
	for _, l := range s.Lines {
		if l.Hidden && strings.HasPrefix(l.Key, total+".") {
			keys = append(keys, l.Key)
		}
	}
	return keys
}

// next is what is hidden in addition: the smallest part that is not nothing, else the total.
func (s *Sheet) next(total int) int {
	best := -1
	for i, l := range s.Lines {
		if strings.HasPrefix(l.Key, s.Lines[total].Key+".") && !l.Hidden && l.N > 0 && (best < 0 || l.N < s.Lines[best].N) {
			best = i
		}
	}
	if best < 0 && !s.Lines[total].Hidden {
		best = total
	}
	return best
}
