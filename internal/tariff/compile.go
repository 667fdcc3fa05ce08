package tariff

import (
	"fmt"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Tariff is the prices and relief of a rulebook, ready to be asked. It never changes, so any number of goroutines may ask it at once.
type Tariff struct {
	book *rulebook.Book
	home string // code of the province whose policies apply when a question names none

	prices     [tables][]dated[prices]
	vat        [tables][]dated[vat]
	started    []dated[flag]
	district   []dated[flag]
	heaviest   []dated[map[Service]weightLimit]
	surcharges []dated[map[string]surcharge]
	payers     []dated[payers]
	promotion  []dated[promotionCap]
	windows    []dated[[]*policy] // which policies are in force, for each run of days on which they are the same
	classes    map[string]bool
}

// dated is something that holds on some days.
type dated[T any] struct {
	rulebook.Span
	v T
}

// on finds what holds on a day, nil when nothing does. The newest is looked at first: most questions are about today.
func on[T any](all []dated[T], day postal.Day) *T {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Has(day) {
			return &all[i].v
		}
	}
	return nil
}

type flag struct {
	source
	yes bool
}

type vat struct {
	source
	says string
}

type weightLimit struct {
	source
	grams postal.Grams
}

type surcharge struct {
	source
	vnd  postal.VND
	what rulebook.Words
}

type payers struct {
	source
	free map[string]bool // lists of senders whose postage the central budget pays
}

type promotionCap struct {
	source
	percent int64
}

// Compile makes a tariff of a rulebook. home is the code of the office's province, "31" for Hải Phòng. A rule that makes no sense as a price is a fault that names
// its file and line; errors.As gives all of them as rulebook.Problems.
func Compile(book *rulebook.Book, home string) (*Tariff, error) {
	t, problems := compile(book, home)
	if len(problems) == 0 {
		return t, nil
	}
	first := problems[0]
	return nil, fault.New(fault.Invalid, "tariff.refused",
		"Quy tắc giá cước có %[1]d lỗi; lỗi đầu tiên ở %[2]s: %[3]s", "The price rules have %[1]d mistakes; the first is at %[2]s: %[4]s",
		len(problems), first.Place(), first.VI, first.EN).Because(problems)
}

// Check gives what is wrong with the prices and policies of a rulebook, beyond what the rulebook itself can see.
func Check(book *rulebook.Book) rulebook.Problems {
	_, problems := compile(book, "")
	return problems
}

// compiler gathers the mistakes while a tariff is made.
type compiler struct {
	book     *rulebook.Book
	problems rulebook.Problems
}

func compile(book *rulebook.Book, home string) (*Tariff, rulebook.Problems) {
	c := &compiler{book: book}
	t := &Tariff{book: book, home: home, classes: c.classes()}
	for table := range tables {
		t.prices[table] = compileKey(book, tableKeys[table], func(r *rulebook.Rule) prices { return c.compilePrices(table, r) })
		t.vat[table] = compileKey(book, vatKeys[table], func(r *rulebook.Rule) vat { return vat{sourceOf(r), r.Value.String()} })
	}
	t.started = compileKey(book, "dossier.price.started_step", func(r *rulebook.Rule) flag { return flag{sourceOf(r), r.Value.Bool()} })
	t.district = compileKey(book, "tariff.district", func(r *rulebook.Rule) flag { return flag{sourceOf(r), r.Value.String() == "district"} })
	t.heaviest = compileKey(book, "tariff.weight.max", c.limits)
	t.surcharges = compileKey(book, "kt1.surcharge", c.surcharges)
	t.payers = compileKey(book, "kt1.payer", c.payers)
	t.promotion = compileKey(book, "promotion.cap", func(r *rulebook.Rule) promotionCap { return promotionCap{sourceOf(r), r.Value.Int()} })
	policies := c.policies(t.classes)
	t.windows = windowsOf(policies)
	if len(c.problems) == 0 {
		c.checkReliefNeverFalls(t)
	}
	return t, c.problems
}

func compileKey[T any](book *rulebook.Book, key string, make func(*rulebook.Rule) T) []dated[T] {
	var all []dated[T]
	for _, r := range book.Rules(key) {
		all = append(all, dated[T]{r.Span, make(r)})
	}
	return all
}

// refuse notes a mistake in a row of a rule's table.
func (c *compiler) refuse(t *rulebook.Table, row int, code, vi, en string, args ...any) {
	file, line := t.Place(row)
	if len(args) > 0 {
		vi, en = fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)
	}
	p := rulebook.Problem{File: file, Line: line, Code: code, VI: vi, EN: en}
	if !slices.Contains(c.problems, p) { // one row is seen once for each column
		c.problems = append(c.problems, p)
	}
}

func (c *compiler) limits(r *rulebook.Rule) map[Service]weightLimit {
	m := map[Service]weightLimit{}
	t := r.Value.Table()
	for row := range t.Len() {
		limit := weightLimit{sourceOf(r), postal.Grams(t.Cell(row, "grams").Int())}
		if limit.grams <= 0 || limit.grams > postal.MaxGrams {
			c.refuse(t, row, "tariff.limit", "Khối lượng tối đa phải từ 1 g đến %[1]d g.", "The greatest weight must lie between 1 g and %[1]d g.", int64(postal.MaxGrams))
		}
		switch name := t.Cell(row, "service").String(); name {
		case "dossier":
			m[DossierSend], m[DossierReturn], m[DossierBoth] = limit, limit, limit
		default:
			m[Service(name)] = limit
		}
	}
	return m
}

var surchargeWords = map[string]rulebook.Words{
	"timed":   {VI: "Phụ thu hẹn giờ", EN: "Surcharge for timed delivery"},
	"express": {VI: "Phụ thu hoả tốc", EN: "Surcharge for express"},
	"A":       {VI: "Phụ thu độ mật A", EN: "Surcharge for class A"},
	"B":       {VI: "Phụ thu độ mật B", EN: "Surcharge for class B"},
	"C":       {VI: "Phụ thu độ mật C", EN: "Surcharge for class C"},
}

func (c *compiler) surcharges(r *rulebook.Rule) map[string]surcharge {
	m := map[string]surcharge{}
	t := r.Value.Table()
	for row := range t.Len() {
		class := t.Cell(row, "class").String()
		s := surcharge{sourceOf(r), postal.VND(t.Cell(row, "vnd").Int()), surchargeWords[class]}
		if s.vnd < 0 {
			c.refuse(t, row, "tariff.negative", "Giá không được âm.", "A price must not be negative.")
		}
		m[class] = s
	}
	return m
}

func (c *compiler) payers(r *rulebook.Rule) payers {
	p := payers{sourceOf(r), map[string]bool{}}
	t := r.Value.Table()
	for row := range t.Len() {
		p.free[t.Cell(row, "sender").String()] = t.Cell(row, "pays").String() == "central-budget"
	}
	return p
}

// classes gives the names of the classes of beneficiaries.
func (c *compiler) classes() map[string]bool {
	m := map[string]bool{}
	for _, r := range c.book.Under("relief.class") {
		m[r.Name[len("relief.class."):]] = true
	}
	return m
}
