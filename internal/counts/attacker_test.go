package counts_test

import (
	"fmt"
	"maps"
	"math/big"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"citypost/internal/counts"
	"citypost/internal/postal"

	"pgregory.net/rapid"
)

// attacker holds every file of a month and knows how the figures hang together. He writes down all equations, solves them exactly, and bounds what is left by what he
// knows of hidden figures: they are whole, not zero, and no part is larger than its whole. He shares no code with the package.
type attacker struct {
	names []string // unknowns: "version/key"
	rows  [][]*big.Rat
}

func (a *attacker) unknown(name string) int {
	if i := slices.Index(a.names, name); i >= 0 {
		return i
	}
	a.names = append(a.names, name)
	return len(a.names) - 1
}

// equation says that the sum of the named unknowns with their factors is n.
func (a *attacker) equation(n int64, terms map[string]int64) {
	row := map[int]int64{}
	for name, f := range terms {
		row[a.unknown(name)] += f
	}
	full := make([]*big.Rat, 0, 64)
	for i := range 64 {
		full = append(full, big.NewRat(row[i], 1))
	}
	a.rows = append(a.rows, append(full, big.NewRat(n, 1)))
}

// solve brings the equations into reduced form.
func (a *attacker) solve() {
	lead := 0
	for col := range a.names {
		pivot := -1
		for r := lead; r < len(a.rows); r++ {
			if a.rows[r][col].Sign() != 0 {
				pivot = r
				break
			}
		}
		if pivot < 0 {
			continue
		}
		a.rows[lead], a.rows[pivot] = a.rows[pivot], a.rows[lead]
		inverse := new(big.Rat).Inv(a.rows[lead][col])
		for i := range a.rows[lead] {
			a.rows[lead][i] = new(big.Rat).Mul(a.rows[lead][i], inverse)
		}
		for r := range a.rows {
			if f := a.rows[r][col]; r != lead && f.Sign() != 0 {
				f = new(big.Rat).Set(f)
				for i := range a.rows[r] {
					a.rows[r][i] = new(big.Rat).Sub(a.rows[r][i], new(big.Rat).Mul(f, a.rows[lead][i]))
				}
			}
		}
		lead++
	}
}

// pins reports whether the equations give a form one value only, and which.
func (a *attacker) pins(terms map[string]int64) (int64, bool) {
	form := make([]*big.Rat, 65)
	for i := range form {
		form[i] = new(big.Rat)
	}
	for name, f := range terms {
		i := a.unknown(name)
		form[i] = new(big.Rat).Add(form[i], big.NewRat(f, 1))
	}
	for _, row := range a.rows {
		lead := slices.IndexFunc(row[:64], func(x *big.Rat) bool { return x.Sign() != 0 })
		if lead < 0 || form[lead].Sign() == 0 {
			continue
		}
		f := new(big.Rat).Set(form[lead])
		for i := range form {
			form[i] = new(big.Rat).Sub(form[i], new(big.Rat).Mul(f, row[i]))
		}
	}
	if slices.ContainsFunc(form[:64], func(x *big.Rat) bool { return x.Sign() != 0 }) {
		return 0, false
	}
	return -form[64].Num().Int64(), true
}

// families are how the figures of these tests hang together.
var (
	partsOf = map[string][]string{"items": {"items.a", "items.b", "items.c"}}
	wholes  = [][2]string{{"items", "delivered"}, {"items", "judged"}, {"items", "on_time"}, {"judged", "on_time"}}
)

func cell(version int, key string) string { return fmt.Sprintf("%d/%s", version, key) }

// read gives the attacker every sheet.
func read(sheets []counts.Sheet) *attacker {
	a := &attacker{}
	for v, s := range sheets {
		for _, l := range s.Lines {
			a.unknown(cell(v, l.Key))
			if !l.Hidden {
				a.equation(l.N, map[string]int64{cell(v, l.Key): 1})
			}
		}
		for total, parts := range partsOf {
			terms := map[string]int64{cell(v, total): -1}
			for _, p := range parts {
				terms[cell(v, p)] = 1
			}
			a.equation(0, terms)
		}
	}
	a.solve()
	return a
}

// bounds narrows each hidden cell by whole numbers: hidden is at least 1, parts add up, no part is larger than its whole. It gives lowest and highest.
func bounds(sheet counts.Sheet) map[string][2]int64 {
	const far = 1 << 40
	at := map[string][2]int64{}
	for _, l := range sheet.Lines {
		at[l.Key] = [2]int64{l.N, l.N}
		if l.Hidden {
			at[l.Key] = [2]int64{1, far}
		}
	}
	for range 50 {
		for total, parts := range partsOf {
			low, high := int64(0), int64(0)
			for _, p := range parts {
				low, high = low+at[p][0], min(far, high+at[p][1])
			}
			at[total] = [2]int64{max(at[total][0], low), min(at[total][1], high)}
			for _, p := range parts {
				others := [2]int64{low - at[p][0], high - at[p][1]}
				at[p] = [2]int64{max(at[p][0], at[total][0]-others[1]), min(at[p][1], at[total][1]-others[0])}
				low, high = 0, 0
				for _, p := range parts {
					low, high = low+at[p][0], min(far, high+at[p][1])
				}
			}
		}
		for _, w := range wholes {
			at[w[0]] = [2]int64{max(at[w[0]][0], at[w[1]][0]), at[w[0]][1]}
			at[w[1]] = [2]int64{at[w[1]][0], min(at[w[1]][1], at[w[0]][1])}
		}
	}
	return at
}

// truth draws the true figures of a month, and how they look after a correction.
func truth(t *rapid.T, before map[string]int64) map[string]int64 {
	f := map[string]int64{}
	most := rapid.SampledFrom([]int64{3, 12, 120}).Draw(t, "most")
	for _, p := range partsOf["items"] {
		if before == nil {
			f[p] = rapid.Int64Range(0, most).Draw(t, p)
		} else {
			f[p] = max(0, before[p]+rapid.SampledFrom([]int64{0, 0, 0, 1, -1, 2, 4, 5, 7, 20}).Draw(t, p))
		}
		f["items"] += f[p]
	}
	part := func(name string, of int64) {
		n := of - rapid.SampledFrom([]int64{0, 0, 1, 2, 4, 5, 9, 40}).Draw(t, "rest of "+name)
		if before != nil && rapid.Bool().Draw(t, name+" stays") {
			n = before[name]
		}
		f[name] = max(0, min(of, n))
	}
	part("delivered", f["items"])
	part("judged", f["items"])
	part("on_time", f["judged"])
	for _, alone := range []string{"incidents", "complaints"} {
		f[alone] = before[alone] + rapid.Int64Range(0, 7).Draw(t, alone)
	}
	return f
}

// TestNobodyWithAllFilesOfAMonthWorksOutAFigureOfAFew publishes a month and its corrections, and lets the attacker work.
func TestNobodyWithAllFilesOfAMonthWorksOutAFigureOfAFew(t *testing.T) {
	hidden, shown := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		const least = counts.Floor
		small := func(n int64) bool { return n != 0 && n > -least && n < least }
		var sheets []counts.Sheet
		var truths []map[string]int64
		for v := range rapid.IntRange(1, 4).Draw(t, "sheets") {
			var before map[string]int64
			if v > 0 {
				before = truths[v-1]
			}
			f := truth(t, before)
			s, err := counts.Make(counts.Figures{Month: postal.MakeDay(2026, 11, 1), Counts: f}, int64(v+1), least, sheets)
			if err != nil {
				t.Fatal(err)
			}
			sheets, truths = append(sheets, s), append(truths, f)
			for _, l := range s.Lines {
				switch {
				case l.Hidden && l.N != 0:
					t.Fatalf("%+v is hidden, and there", l)
				case !l.Hidden && l.N != f[l.Key]:
					t.Fatalf("%+v is not the truth, %d", l, f[l.Key])
				case l.Hidden:
					hidden++
				default:
					shown++
				}
			}
		}
		a := read(sheets)
		for v, s := range sheets {
			b := bounds(s)
			for _, l := range s.Lines {
				if got, pinned := a.pins(map[string]int64{cell(v, l.Key): 1}); pinned && (got != truths[v][l.Key] || small(got)) {
					t.Fatalf("version %d: %s is worked out as %d\n%s", v, l.Key, got, text(sheets))
				}
				if at := b[l.Key]; l.Hidden && small(truths[v][l.Key]) && at[0] == at[1] {
					t.Fatalf("version %d: %s can only be %d\n%s", v, l.Key, at[0], text(sheets))
				}
			}
			for _, w := range wholes {
				if got, pinned := a.pins(map[string]int64{cell(v, w[0]): 1, cell(v, w[1]): -1}); pinned && small(got) {
					t.Fatalf("version %d: %d of %s are not %s\n%s", v, got, w[0], w[1], text(sheets))
				}
			}
			a.together(t, v, s, small, sheets)
			for e := range v {
				a.between(t, e, v, s, small, sheets)
			}
		}
	})
	t.Logf("%d figures shown, %d hidden", shown, hidden)
	if shown == 0 || hidden == 0 || shown < hidden/4 {
		t.Errorf("%d shown and %d hidden: this hides too much to be of use, or proves nothing", shown, hidden)
	}
}

// together asks for every sum of several parts.
func (a *attacker) together(t *rapid.T, v int, s counts.Sheet, small func(int64) bool, sheets []counts.Sheet) {
	for total, parts := range partsOf {
		for set := 1; set < 1<<len(parts); set++ {
			terms := map[string]int64{}
			var names []string
			for i, p := range parts {
				if set&(1<<i) != 0 {
					terms[cell(v, p)] = 1
					names = append(names, p)
				}
			}
			anyHidden := slices.ContainsFunc(s.Lines, func(l counts.Line) bool { return l.Hidden && slices.Contains(names, l.Key) })
			if got, pinned := a.pins(terms); pinned && anyHidden && small(got) {
				t.Fatalf("version %d: %v of %s are %d together\n%s", v, names, total, got, text(sheets))
			}
		}
	}
}

// between asks what changed from one sheet to a later one: figures, what they leave of each other, and sums of several parts.
func (a *attacker) between(t *rapid.T, e, v int, s counts.Sheet, small func(int64) bool, sheets []counts.Sheet) {
	ask := func(what string, keys map[string]int64) bool {
		terms := map[string]int64{}
		for k, f := range keys {
			terms[cell(v, k)] += f
			terms[cell(e, k)] -= f
		}
		got, pinned := a.pins(terms)
		if pinned && small(got) {
			t.Fatalf("from version %d to %d %s changed by %d\n%s", e, v, what, got, text(sheets))
		}
		return pinned
	}
	for _, l := range s.Lines {
		ask(l.Key, map[string]int64{l.Key: 1})
	}
	for _, w := range wholes {
		ask(w[0]+" without "+w[1], map[string]int64{w[0]: 1, w[1]: -1})
	}
	for _, parts := range partsOf {
		known := map[int]bool{} // sets of parts whose change is known: a larger set that holds one is only a sum of changes that are no secret
		for size := 1; size <= len(parts); size++ {
			for set := 1; set < 1<<len(parts); set++ {
				if bits.OnesCount(uint(set)) != size || slices.ContainsFunc(slices.Collect(maps.Keys(known)), func(k int) bool { return k&set == k }) {
					continue
				}
				keys := map[string]int64{}
				for i, p := range parts {
					if set&(1<<i) != 0 {
						keys[p] = 1
					}
				}
				known[set] = ask(fmt.Sprint(keys), keys)
				if !known[set] {
					delete(known, set)
				}
			}
		}
	}
}

func text(sheets []counts.Sheet) string {
	var b strings.Builder
	for v, s := range sheets {
		fmt.Fprintf(&b, "%d:", v)
		for _, l := range s.Lines {
			if l.Hidden {
				fmt.Fprintf(&b, " %s=-", l.Key)
			} else {
				fmt.Fprintf(&b, " %s=%d", l.Key, l.N)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
