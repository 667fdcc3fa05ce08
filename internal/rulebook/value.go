package rulebook

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"citypost/internal/postal"
)

// Kind is what sort of thing a value is.
type Kind uint8

// The kinds of value. A list has items of one simple kind; a table has columns of simple kinds.
const (
	Int      Kind = iota + 1 // whole number
	Decimal                  // exact decimal, "1.5"
	Bool                     // yes or no
	Text                     // words, perhaps from a closed set
	Time                     // time of day, "15:00"; "24:00" is the end of the day
	Date                     // "2020-04-24"
	MonthDay                 // day of every year, "07-20"
	List                     // several of one simple kind
	Grid                     // a table
)

var kindNames = [...]string{"", "int", "decimal", "bool", "text", "time", "day", "monthday", "list", "table"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "?"
}

// Type says what values a key takes.
type Type struct {
	Kind    Kind
	Item    Kind     // of a list
	OneOf   []string // the only words a text may be, or none for any
	Columns []Column // of a table
}

// Column is one column of a table.
type Column struct {
	Name     string
	Kind     Kind
	OneOf    []string
	Optional bool // the cell may be "-"
}

func (t Type) String() string {
	switch {
	case t.Kind == List:
		return "list of " + simpleName(t.Item, t.OneOf)
	case t.Kind == Text:
		return simpleName(t.Kind, t.OneOf)
	}
	return t.Kind.String()
}

func simpleName(k Kind, oneOf []string) string {
	if len(oneOf) > 0 {
		return "{" + strings.Join(oneOf, " ") + "}"
	}
	return k.String()
}

// Number is an exact decimal: Units / 10^Scale.
type Number struct {
	Units int64
	Scale uint8
}

func (n Number) String() string {
	if n.Scale == 0 {
		return strconv.FormatInt(n.Units, 10)
	}
	digits := strconv.FormatInt(n.Units, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for len(digits) <= int(n.Scale) {
		digits = "0" + digits
	}
	cut := len(digits) - int(n.Scale)
	return sign + digits[:cut] + "." + digits[cut:]
}

// Times gives n × factor when that is a whole number.
func (n Number) Times(factor int64) (product int64, whole bool) {
	over := int64(1)
	for range n.Scale {
		over *= 10
	}
	if factor != 0 && (n.Units > math.MaxInt64/abs(factor) || n.Units < math.MinInt64/abs(factor)) {
		return 0, false
	}
	product = n.Units * factor
	return product / over, product%over == 0
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// TimeOfDay is minutes since midnight, 0 to 1440; 1440 is the end of the day.
type TimeOfDay int16

// EndOfDay is 24:00, the end of the last day of a period (Civil Code 2015, article 148).
const EndOfDay TimeOfDay = 24 * 60

func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// YearDay is a day of every year, such as 20 July.
type YearDay struct{ Month, Day int }

func (d YearDay) String() string { return fmt.Sprintf("%02d-%02d", d.Month, d.Day) }

// In gives the day in one year; 29 February is 1 March in a common year.
func (d YearDay) In(year int) postal.Day { return postal.MakeDay(year, time.Month(d.Month), d.Day) }

// Value is one typed value as it stands in a rule. The zero Value is an empty cell.
type Value struct {
	kind  Kind
	num   int64 // int, decimal units, bool 0/1, minutes, month*100+day
	scale uint8
	day   postal.Day
	text  string
	list  []Value
	table *Table
}

// Kind says what the value is; 0 for an empty cell.
func (v Value) Kind() Kind { return v.kind }

// Empty reports whether the value is an empty cell ("-").
func (v Value) Empty() bool { return v.kind == 0 }

// Int gives a whole number, 0 when the value is none.
func (v Value) Int() int64 {
	if v.kind != Int {
		return 0
	}
	return v.num
}

// Number gives an exact decimal; a whole number is one too.
func (v Value) Number() Number {
	if v.kind != Int && v.kind != Decimal {
		return Number{}
	}
	return Number{Units: v.num, Scale: v.scale}
}

// Bool is true only for a bool that says yes.
func (v Value) Bool() bool { return v.kind == Bool && v.num == 1 }

// Time gives a time of day, 00:00 when the value is none.
func (v Value) Time() TimeOfDay {
	if v.kind != Time {
		return 0
	}
	return TimeOfDay(v.num)
}

// Day gives a date, the zero Day when the value is none.
func (v Value) Day() postal.Day { return v.day }

// YearDay gives a day of every year.
func (v Value) YearDay() YearDay {
	if v.kind != MonthDay {
		return YearDay{}
	}
	return YearDay{Month: int(v.num / 100), Day: int(v.num % 100)}
}

// List gives the items of a list.
func (v Value) List() []Value { return v.list }

// Table gives the table, nil when the value is none.
func (v Value) Table() *Table { return v.table }

// String gives the value as it is written in a rule file; a list is joined by commas, a table is only counted.
func (v Value) String() string {
	switch v.kind {
	case 0:
		return "-"
	case List:
		words := make([]string, len(v.list))
		for i, one := range v.list {
			words[i] = one.String()
		}
		return strings.Join(words, ", ")
	case Grid:
		return fmt.Sprintf("%d × %d", v.table.Len(), len(v.table.columns))
	}
	return v.text
}

// MarshalJSON writes numbers and booleans as themselves, decimals, times and days as text, tables as a list of objects.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case 0:
		return []byte("null"), nil
	case Int:
		return strconv.AppendInt(nil, v.num, 10), nil
	case Bool:
		return strconv.AppendBool(nil, v.num == 1), nil
	case List:
		return json.Marshal(v.list)
	case Grid:
		return v.table.MarshalJSON()
	}
	return json.Marshal(v.text)
}

// same reports whether two values say the same.
func (v Value) same(w Value) bool {
	if v.kind != w.kind || v.num != w.num || v.scale != w.scale || len(v.list) != len(w.list) || v.text != w.text {
		return false
	}
	for i := range v.list {
		if !v.list[i].same(w.list[i]) {
			return false
		}
	}
	if v.kind != Grid {
		return true
	}
	return v.table.same(w.table)
}

// parseSimple reads a value that stands on one line.
func parseSimple(kind Kind, oneOf []string, text string) (Value, error) {
	v := Value{kind: kind, text: text}
	var err error
	switch kind {
	case Int:
		v.num, err = parseInt(text)
	case Decimal:
		var n Number
		n, err = ParseNumber(text)
		v.num, v.scale = n.Units, n.Scale
	case Bool:
		v.num, err = parseBool(text)
	case Text:
		err = checkWord(oneOf, text)
	case Time:
		v.num, err = parseTime(text)
	case Date:
		v.day, err = isoDay(text)
	case MonthDay:
		v.num, err = parseMonthDay(text)
	default:
		err = fmt.Errorf("a %s does not fit on one line", kind)
	}
	return v, err
}

func parseInt(text string) (int64, error) {
	if strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") {
		return 0, fmt.Errorf("not a whole number: %q", text)
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("not a whole number: %q", text)
	}
	return n, nil
}

// ParseNumber reads an exact decimal with a point, "1.5"; at most nine digits may follow the point.
func ParseNumber(text string) (Number, error) {
	whole, part, dotted := strings.Cut(text, ".")
	if len(part) > 9 || dotted && (part == "" || strings.ContainsAny(part, "+-_")) || whole == "" || whole == "-" {
		return Number{}, fmt.Errorf("not a decimal: %q", text)
	}
	n, err := parseInt(whole + part)
	if err != nil {
		return Number{}, fmt.Errorf("not a decimal: %q", text)
	}
	return Number{Units: n, Scale: uint8(len(part))}, nil
}

func parseBool(text string) (int64, error) {
	switch text {
	case "yes":
		return 1, nil
	case "no":
		return 0, nil
	}
	return 0, fmt.Errorf("neither yes nor no: %q", text)
}

func checkWord(oneOf []string, text string) error {
	if text == "" {
		return fmt.Errorf("empty text")
	}
	for _, word := range oneOf {
		if word == text {
			return nil
		}
	}
	if len(oneOf) > 0 {
		return fmt.Errorf("%q is none of %s", text, strings.Join(oneOf, ", "))
	}
	return nil
}

func parseTime(text string) (int64, error) {
	var hour, minute int
	if len(text) != 5 || text[2] != ':' || !digits(text[:2]) || !digits(text[3:]) {
		return 0, fmt.Errorf("not a time of day: %q", text)
	}
	hour, minute = int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	if minute > 59 || hour*60+minute > int(EndOfDay) {
		return 0, fmt.Errorf("not a time of day: %q", text)
	}
	return int64(hour*60 + minute), nil
}

// isoDay reads a day as rule files write it, 2020-04-24, and no other way.
func isoDay(text string) (postal.Day, error) {
	day, err := postal.ParseDay(text)
	if err == nil && day.String() != text {
		err = fmt.Errorf("not a day such as 2020-04-24: %q", text)
	}
	return day, err
}

func parseMonthDay(text string) (int64, error) {
	if len(text) != 5 || text[2] != '-' {
		return 0, fmt.Errorf("not a month and day: %q", text)
	}
	if _, err := isoDay("2024-" + text); err != nil {
		return 0, fmt.Errorf("not a month and day: %q", text)
	}
	return int64(text[0]-'0')*1000 + int64(text[1]-'0')*100 + int64(text[3]-'0')*10 + int64(text[4]-'0'), nil
}

func digits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}

// Table is a value of rows and columns. It never changes once read.
type Table struct {
	columns []Column
	rows    [][]Value
	places  []pos
}

// Columns gives the names of the columns.
func (t *Table) Columns() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.Name
	}
	return names
}

// Len gives the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Cell gives one cell; an unknown row or column is an empty cell.
func (t *Table) Cell(row int, column string) Value {
	c := t.column(column)
	if c < 0 || row < 0 || row >= len(t.rows) {
		return Value{}
	}
	return t.rows[row][c]
}

// Place says where a row stands in its file, "file:line".
func (t *Table) Place(row int) (file string, line int) {
	if row < 0 || row >= len(t.places) {
		return "", 0
	}
	return t.places[row].file, t.places[row].line
}

// Find gives the first row whose cells equal the wanted words: Find("route", "intra", "class", "plain").
func (t *Table) Find(columnsAndWords ...string) (row int, ok bool) {
	for row = range t.rows {
		if t.matches(row, columnsAndWords) {
			return row, true
		}
	}
	return -1, false
}

func (t *Table) matches(row int, columnsAndWords []string) bool {
	for i := 0; i+1 < len(columnsAndWords); i += 2 {
		c := t.column(columnsAndWords[i])
		if c < 0 || t.rows[row][c].text != columnsAndWords[i+1] {
			return false
		}
	}
	return true
}

func (t *Table) column(name string) int {
	for i := range t.columns {
		if t.columns[i].Name == name {
			return i
		}
	}
	return -1
}

// MarshalJSON writes a list of objects, one a row, with the columns in their order.
func (t *Table) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, cells := range t.rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '{')
		for c, cell := range cells {
			if c > 0 {
				out = append(out, ',')
			}
			value, err := cell.MarshalJSON()
			if err != nil {
				return nil, err
			}
			out = append(strconv.AppendQuote(out, t.columns[c].Name), ':')
			out = append(out, value...)
		}
		out = append(out, '}')
	}
	return append(out, ']'), nil
}

func (t *Table) same(u *Table) bool {
	if t == nil || u == nil || len(t.rows) != len(u.rows) || len(t.columns) != len(u.columns) {
		return t == u
	}
	for i := range t.rows {
		for c := range t.rows[i] {
			if t.columns[c].Name != u.columns[c].Name || !t.rows[i][c].same(u.rows[i][c]) {
				return false
			}
		}
	}
	return true
}
