package rulebook

import (
	"sort"

	"citypost/internal/postal"
)

// Change is one thing that differs between two days, or between two books.
type Change struct {
	Name   string     `json:"key"`
	Means  Words      `json:"means"`
	Day    postal.Day `json:"day,omitzero"` // first day of the new rule; zero when two books are compared on one rule's days
	Before *Rule      `json:"-"`            // nil when there was none
	After  *Rule      `json:"-"`            // nil when there is none any more
}

// SameValue reports whether only the source or its verification changed, not the value.
func (c Change) SameValue() bool {
	return c.Before != nil && c.After != nil && c.Before.Value.same(c.After.Value)
}

// Changes gives what begins or ends after one day and until another, in the order of days: “what changes, and when”.
func (b *Book) Changes(after, until postal.Day) []Change {
	var found []Change
	for _, name := range b.names {
		rules := b.rules[name]
		for i, r := range rules {
			if r.From.After(after) && !r.From.After(until) {
				found = append(found, Change{Name: name, Means: r.Key.Means, Day: r.From, Before: endingBefore(rules, i), After: r})
			}
			if end, stops := stopsAfter(rules, i); stops && end.After(after) && !end.After(until) {
				found = append(found, Change{Name: name, Means: r.Key.Means, Day: end, Before: r})
			}
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Day.Before(found[j].Day) })
	return found
}

// endingBefore gives the rule that rules[i] follows without a gap, or nil.
func endingBefore(rules []*Rule, i int) *Rule {
	if i > 0 && !rules[i-1].Open && rules[i-1].To.AddDays(1) == rules[i].From {
		return rules[i-1]
	}
	return nil
}

// stopsAfter gives the first day without a rule when nothing follows rules[i].
func stopsAfter(rules []*Rule, i int) (postal.Day, bool) {
	if rules[i].Open || i+1 < len(rules) && endingBefore(rules, i+1) == rules[i] {
		return postal.Day{}, false
	}
	return rules[i].To.AddDays(1), true
}

// DiffDays compares the rules of two days.
func (b *Book) DiffDays(first, second postal.Day) []Change {
	var found []Change
	for _, name := range b.names {
		before, after := b.at(name, first), b.at(name, second)
		if before == after {
			continue
		}
		c := Change{Name: name, Before: before, After: after}
		if after != nil {
			c.Means, c.Day = after.Key.Means, after.From
		} else {
			c.Means, c.Day = before.Key.Means, before.To.AddDays(1)
		}
		found = append(found, c)
	}
	return found
}

func (b *Book) at(name string, day postal.Day) *Rule {
	for _, r := range b.rules[name] {
		if r.Has(day) {
			return r
		}
	}
	return nil
}

// Diff compares two books rule by rule: added, gone, or other in value, days, source or verification.
func Diff(one, other *Book) []Change {
	names := map[string]bool{}
	for _, name := range one.names {
		names[name] = true
	}
	for _, name := range other.names {
		names[name] = true
	}
	var found []Change
	for name := range names {
		found = append(found, diffName(name, one.rules[name], other.rules[name])...)
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found
}

func diffName(name string, ones, others []*Rule) []Change {
	var found []Change
	matched := map[*Rule]bool{}
	for _, r := range ones {
		twin := sameStart(others, r)
		matched[twin] = true
		if twin == nil || !r.says(twin) {
			found = append(found, Change{Name: name, Means: r.Key.Means, Day: r.From, Before: r, After: twin})
		}
	}
	for _, r := range others {
		if !matched[r] {
			found = append(found, Change{Name: name, Means: r.Key.Means, Day: r.From, After: r})
		}
	}
	return found
}

func sameStart(rules []*Rule, r *Rule) *Rule {
	for _, other := range rules {
		if other.From == r.From {
			return other
		}
	}
	return nil
}

// says reports whether two rules say the same on the same days by the same source.
func (r *Rule) says(other *Rule) bool {
	return r.Value.same(other.Value) && r.Span == other.Span && r.Instrument.ID == other.Instrument.ID && r.Article == other.Article && r.Verified == other.Verified
}
