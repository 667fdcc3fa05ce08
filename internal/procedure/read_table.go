package procedure

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// tableColumns are the columns that a table may have; code and name it must have.
var tableColumns = []string{"code", "name", "decision", "level", "field", "agency", "online_time", "online_fee_vnd", "direct_time", "direct_fee_vnd", "postal_time", "postal_fee_vnd", "cases", "status"}

// noAgency is what the national list writes where it knows none.
const noAgency = "Không có thông tin"

// readTable reads a tab-separated list with a line of column names. Cells hold no tabs and no line ends, so lines are cut as they stand and keep their number.
func (l *list) readTable(data []byte) error {
	lines := strings.Split(string(data), "\n")
	columns, err := columnsOf(strings.Split(strings.TrimRight(lines[0], "\r"), "\t"))
	if err != nil {
		return err
	}
	for i, line := range lines[1:] {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells, err := cleanCells(strings.Split(line, "\t"))
		cell := func(name string) string {
			if at, ok := columns[name]; ok && at < len(cells) {
				return cells[at]
			}
			return ""
		}
		var rw row
		if err == nil {
			rw, err = tableRow(cell)
		}
		l.take(i+2, rw, err)
	}
	return nil
}

func columnsOf(names []string) (map[string]int, error) {
	columns := map[string]int{}
	for i, name := range names {
		name = strings.TrimSpace(name)
		if _, twice := columns[name]; twice || !slices.Contains(tableColumns, name) {
			return nil, fault.New(fault.Invalid, "procedure.column", "Không hiểu cột %q. Các cột: %s.", "The column %q is not known. Columns: %s.", name, strings.Join(tableColumns, ", "))
		}
		columns[name] = i
	}
	for _, must := range []string{"code", "name"} {
		if _, ok := columns[must]; !ok {
			return nil, fault.New(fault.Invalid, "procedure.missing_column", "Thiếu cột %q.", "The column %q is missing.", must)
		}
	}
	return columns, nil
}

func cleanCells(cells []string) ([]string, error) {
	for i, c := range cells {
		clean, err := postal.Clean(c)
		if err != nil {
			return nil, err
		}
		cells[i] = clean
	}
	return cells, nil
}

// tableRow reads one row. A channel stands where it has a time or a fee.
func tableRow(cell func(string) string) (rw row, err error) {
	v := &rw.version
	v.Code, v.Name, v.Decision, v.Field, v.Agency = Code(cell("code")), cell("name"), cell("decision"), cell("field"), cell("agency")
	if v.Agency == noAgency {
		v.Agency = ""
	}
	switch status := postal.Fold(cell("status")); status {
	case "", "published", "cong bo":
	case "repealed", "bai bo":
		rw.repealed = true
	default:
		return rw, fault.New(fault.Invalid, "procedure.status", "Không hiểu trạng thái %q (published, repealed).", "The status %q is not known (published, repealed).", status)
	}
	if v.Levels, err = levelsOf(cell("level")); err != nil {
		return rw, err
	}
	if v.Cases, err = casesOf(cell("cases")); err != nil {
		return rw, err
	}
	for _, m := range Methods() {
		c, ok, err := tableChannel(m, cell(string(m)+"_time"), cell(string(m)+"_fee_vnd"))
		if err != nil {
			return rw, err
		}
		if ok {
			v.Channels = append(v.Channels, c)
		}
	}
	return rw, nil
}

// tableChannel reads time and first fee of a channel. A time without a unit is a field that nobody filled in, and so is a fee of 0: the table
// leaves out the text that would say whether it means free.
func tableChannel(m Method, limit, fee string) (c Channel, ok bool, err error) {
	if limit == "" && fee == "" {
		return c, false, nil
	}
	c = Channel{Method: m, Limit: limitOf(limit)}
	if fee == "" {
		return c, true, nil
	}
	amount, err := strconv.ParseInt(fee, 10, 64)
	if err != nil || amount < 0 || amount > maxFee {
		return c, false, fault.New(fault.Invalid, "procedure.fee", "Không đọc được mức phí %q.", "The fee %q cannot be read.", fee)
	}
	c.FirstFee = true
	c.Fees = []Fee{{Amount: postal.VND(amount), Known: amount > 0}}
	return c, true, nil
}

// casesOf reads "2.000635.02=1 DAY; 2.000635.03=15 WORKING_DAY".
func casesOf(s string) (list []Case, err error) {
	for _, part := range strings.Split(s, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		code, limit, ok := strings.Cut(part, "=")
		if code = strings.TrimSpace(code); !ok || code == "" {
			return nil, fault.New(fault.Invalid, "procedure.case", "Không đọc được trường hợp %q (mẫu: 1.001193.01=5 WORKING_DAY).", "The case %q cannot be read (as in 1.001193.01=5 WORKING_DAY).", part)
		}
		quantity, unit, _ := strings.Cut(strings.TrimSpace(limit), " ")
		list = append(list, Case{Code: code, Limit: MakeLimit(quantity, detailUnits[unit])})
	}
	return list, nil
}

// maxFee bounds a fee; the highest published one is 140 million đồng.
const maxFee = 10_000_000_000

// limitOf reads "10 Ngày làm việc".
func limitOf(s string) Limit {
	quantity, unit, _ := strings.Cut(s, " ")
	for u, w := range unitWords {
		if postal.SameName(unit, w.list) {
			return MakeLimit(quantity, u)
		}
	}
	return Limit{}
}

// levelNames are how lists write the levels.
var levelNames = map[string]Level{"cap bo": Ministry, "cap tinh": Province, "cap xa": Commune, "co quan khac": Other}

// levelsOf reads "Cấp bộ, Cấp tỉnh".
func levelsOf(s string) ([]Level, error) {
	var levels []Level
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		level, ok := levelNames[postal.Fold(part)]
		if !ok {
			return nil, fault.New(fault.Invalid, "procedure.level", "Không hiểu cấp thực hiện %q.", "The level %q is not known.", part)
		}
		levels = append(levels, level)
	}
	return levels, nil
}

// eachLine gives the lines of a file of records with their numbers; blank ones are left out.
func eachLine(data []byte, fn func(number int, line []byte)) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			fn(i+1, line)
		}
	}
}
