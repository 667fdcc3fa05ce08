package rulebook

import (
	"sort"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Book is the law of the post as dated data. It never changes once loaded, so any number of goroutines may ask it at once.
type Book struct {
	instruments map[string]*Instrument
	keys        map[string]*Key
	rules       map[string][]*Rule // by name, in the order of days, never overlapping
	names       []string           // of rules, sorted
}

// Rule gives the rule of a key on a day. No rule on that day is a fault, and so is a key that nobody declared.
func (b *Book) Rule(key string, day postal.Day) (*Rule, error) {
	rules := b.rules[key]
	i := sort.Search(len(rules), func(i int) bool { return rules[i].From.After(day) }) - 1
	if i >= 0 && rules[i].Has(day) {
		return rules[i], nil
	}
	k := b.keyOf(key)
	if k == nil {
		return nil, fault.New(fault.NotFound, "rulebook.unknown_key", "Bộ quy tắc không có tham số %[1]q.", "The rulebook has no parameter %[1]q.", key)
	}
	return nil, fault.New(fault.NotFound, "rulebook.no_rule",
		"Không có quy định nào về “%[1]s” (%[2]s) cho ngày %[4]s.",
		"There is no rule on “%[3]s” (%[2]s) for %[5]s.", k.Means.VI, key, k.Means.EN, day.VN(), day)
}

func (b *Book) typed(key string, day postal.Day, kind Kind) (Value, Citation, error) {
	r, err := b.Rule(key, day)
	if err != nil {
		return Value{}, Citation{}, err
	}
	if r.Key.Type.Kind != kind {
		return Value{}, Citation{}, fault.New(fault.Invalid, "rulebook.wrong_type", "Tham số %[1]q có kiểu %[2]s, không phải %[3]s.", "The parameter %[1]q is a %[2]s, not a %[3]s.", key, r.Key.Type.Kind, kind)
	}
	return r.Value, r.Cite(), nil
}

// Int gives a whole number on a day.
func (b *Book) Int(key string, day postal.Day) (int64, Citation, error) {
	v, c, err := b.typed(key, day, Int)
	return v.Int(), c, err
}

// Number gives an exact decimal on a day.
func (b *Book) Number(key string, day postal.Day) (Number, Citation, error) {
	v, c, err := b.typed(key, day, Decimal)
	return v.Number(), c, err
}

// Bool gives a yes or no on a day.
func (b *Book) Bool(key string, day postal.Day) (bool, Citation, error) {
	v, c, err := b.typed(key, day, Bool)
	return v.Bool(), c, err
}

// Text gives a text on a day.
func (b *Book) Text(key string, day postal.Day) (string, Citation, error) {
	v, c, err := b.typed(key, day, Text)
	return v.text, c, err
}

// Time gives a time of day on a day.
func (b *Book) Time(key string, day postal.Day) (TimeOfDay, Citation, error) {
	v, c, err := b.typed(key, day, Time)
	return v.Time(), c, err
}

// Date gives a date on a day.
func (b *Book) Date(key string, day postal.Day) (postal.Day, Citation, error) {
	v, c, err := b.typed(key, day, Date)
	return v.Day(), c, err
}

// YearDay gives a day of every year on a day.
func (b *Book) YearDay(key string, day postal.Day) (YearDay, Citation, error) {
	v, c, err := b.typed(key, day, MonthDay)
	return v.YearDay(), c, err
}

// List gives a list on a day.
func (b *Book) List(key string, day postal.Day) ([]Value, Citation, error) {
	v, c, err := b.typed(key, day, List)
	return v.List(), c, err
}

// Table gives a table on a day.
func (b *Book) Table(key string, day postal.Day) (*Table, Citation, error) {
	v, c, err := b.typed(key, day, Grid)
	return v.Table(), c, err
}

// Rules gives every rule of one name in the order of days; nil when there is none.
func (b *Book) Rules(name string) []*Rule { return append([]*Rule(nil), b.rules[name]...) }

// All gives every rule, by name and then by day.
func (b *Book) All() []*Rule { return b.pick(func(*Rule) bool { return true }) }

// On gives the rules that apply on a day, by name.
func (b *Book) On(day postal.Day) []*Rule { return b.pick(func(r *Rule) bool { return r.Has(day) }) }

// Under gives the rules whose name is the prefix or begins with the prefix and a dot ("kt1").
func (b *Book) Under(prefix string) []*Rule {
	return b.pick(func(r *Rule) bool { return r.Name == prefix || strings.HasPrefix(r.Name, prefix+".") })
}

// ByInstrument gives the rules that one instrument is the source of.
func (b *Book) ByInstrument(id string) []*Rule {
	return b.pick(func(r *Rule) bool { return r.Instrument.ID == id })
}

// Unverified gives the rules that nobody could check against their source, each with its reason.
func (b *Book) Unverified() []*Rule { return b.pick(func(r *Rule) bool { return !r.Verified }) }

func (b *Book) pick(want func(*Rule) bool) []*Rule {
	var found []*Rule
	for _, name := range b.names {
		for _, r := range b.rules[name] {
			if want(r) {
				found = append(found, r)
			}
		}
	}
	return found
}

// ByID gives the rule with this id; a rule that a site rule has covered entirely is not found.
func (b *Book) ByID(id string) (*Rule, bool) {
	name, _, _ := strings.Cut(id, "@")
	for _, r := range b.rules[name] {
		if r.ID() == id {
			return r, true
		}
	}
	return nil, false
}

// FindInstrument gives an instrument by id.
func (b *Book) FindInstrument(id string) (*Instrument, bool) {
	i, ok := b.instruments[id]
	return i, ok
}

// Instruments gives every instrument, by id.
func (b *Book) Instruments() []*Instrument { return sorted(b.instruments) }

// FindKey gives the declaration of a key, or of the family that a name belongs to.
func (b *Book) FindKey(name string) (*Key, bool) {
	k := b.keyOf(name)
	return k, k != nil
}

// Keys gives every declared key, by name.
func (b *Book) Keys() []*Key { return sorted(b.keys) }

// keyOf finds the declaration of a name: its own, else that of the nearest family.
func (b *Book) keyOf(name string) *Key {
	if k := b.keys[name]; k != nil && !k.Family() {
		return k
	}
	for {
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			return nil
		}
		name = name[:dot]
		if k := b.keys[name+".*"]; k != nil {
			return k
		}
	}
}

func sorted[T any](byName map[string]*T) []*T {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	all := make([]*T, len(names))
	for i, name := range names {
		all[i] = byName[name]
	}
	return all
}
