package gazetteer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// maxFile and maxRows bound a file: the whole nation, then and now, has some fourteen thousand units and four megabytes.
const (
	maxFile = 64 << 20
	maxRows = 200_000
	// maxRowErrors are shown at once; a file with more mistakes has probably the wrong columns.
	maxRowErrors = 20
)

// row is one line of a table by the names of its columns; bad collects what cannot be read in it.
type row struct {
	columns map[string]int
	cells   []string
	bad     *[]error
}

// text gives a cell, cleaned: composed letters (NFC), no outer or doubled blanks. A column that the table has not is empty.
func (r row) text(column string) string {
	i, ok := r.columns[column]
	if !ok || i >= len(r.cells) {
		return ""
	}
	s, err := postal.Clean(r.cells[i])
	if err != nil {
		r.complain(column, s, err)
	}
	return s
}

func (r row) complain(column, value string, err error) {
	*r.bad = append(*r.bad, fmt.Errorf("%s: %q: %w", column, value, err))
}

func (r row) number(column string) int {
	s := r.text(column)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err == nil && n < 0 {
		err = errors.New("negative")
	}
	if err != nil {
		r.complain(column, s, err)
	}
	return n
}

func (r row) degrees(column string) float64 {
	s := r.text(column)
	if s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		r.complain(column, s, err)
	}
	return f
}

func (r row) day(column string) postal.Day {
	s := r.text(column)
	d, err := parseDay(s)
	if err != nil {
		r.complain(column, s, err)
	}
	return d
}

func (r row) yes(column string) bool {
	switch s := postal.Fold(r.text(column)); s {
	case "", "0", "no", "false", "khong":
		return false
	case "1", "yes", "true", "co":
		return true
	default:
		r.complain(column, s, errors.New("neither yes nor no"))
		return false
	}
}

var unitColumns = []string{"code", "kind", "name", "name_en", "district", "province", "postcode", "valid_from", "valid_to", "act", "area_ha", "population", "lat", "lon", "seat"}

func unitFromRow(r row) (Unit, error) {
	u := Unit{
		Code: postal.UnitCode(r.text("code")), Kind: Kind(strings.ToLower(r.text("kind"))), Name: r.text("name"), NameEN: r.text("name_en"),
		District: postal.UnitCode(r.text("district")), Province: postal.UnitCode(r.text("province")), Postcode: r.text("postcode"),
		ValidFrom: r.day("valid_from"), ValidTo: r.day("valid_to"), Act: r.text("act"),
		AreaHa: r.number("area_ha"), Population: r.number("population"), Lat: r.degrees("lat"), Lon: r.degrees("lon"), Seat: r.text("seat"),
	}
	u.nameInEnglish()
	return u, u.check()
}

var linkColumns = []string{"old", "new", "share", "on", "act"}

func linkFromRow(r row) (Link, error) {
	l := Link{On: r.day("on"), Old: postal.UnitCode(r.text("old")), New: postal.UnitCode(r.text("new")), Share: Share(r.text("share")), Act: r.text("act")}
	return l, l.check()
}

var officeColumns = []string{"code", "name", "kind", "unit", "address", "lat", "lon", "hours", "valid_from", "valid_to", "act", "made_up"}

func officeFromRow(r row) (Office, error) {
	o := Office{
		Code: postal.OfficeCode(r.text("code")), Name: r.text("name"), Kind: OfficeKind(r.text("kind")), Unit: postal.UnitCode(r.text("unit")),
		Address: r.text("address"), Lat: r.degrees("lat"), Lon: r.degrees("lon"), Hours: Hours(r.text("hours")),
		ValidFrom: r.day("valid_from"), ValidTo: r.day("valid_to"), Act: r.text("act"), MadeUp: r.yes("made_up"),
	}
	return o, o.check()
}

// readRows reads a table with a line of column names: tabs, semicolons or commas between the cells, lines beginning with # are remarks.
func readRows[T any](data []byte, read func(row) (T, error), known ...string) ([]T, error) {
	c := csv.NewReader(bytes.NewReader(data))
	c.Comma, c.Comment, c.FieldsPerRecord, c.ReuseRecord = separator(data), '#', -1, true
	c.LazyQuotes = c.Comma == '\t'
	head, err := c.Read()
	if err != nil {
		return nil, fault.New(fault.Invalid, "gazetteer.no_header", "Tệp không có dòng tên cột.", "The file has no line of column names.").Because(err)
	}
	columns, err := columnsOf(head, known)
	if err != nil {
		return nil, err
	}
	var list []T
	var wrong []string
	for len(list) <= maxRows {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return list, wrongRows(wrong)
		}
		if err != nil {
			return nil, badFile(err)
		}
		line, _ := c.FieldPos(0)
		var bad []error
		v, err := read(row{columns, cells, &bad})
		if err = errors.Join(append(bad, err)...); err != nil {
			wrong = append(wrong, fmt.Sprintf("%d: %s", line, oneLine(err)))
			continue
		}
		list = append(list, v)
	}
	return nil, fault.New(fault.TooLarge, "gazetteer.too_many_rows", "Tệp có quá %d dòng.", "The file has more than %d rows.", maxRows)
}

// columnsOf reads the line of names; a name that is not known is refused, because a misspelt column would be lost silently.
func columnsOf(head, known []string) (map[string]int, error) {
	columns := make(map[string]int, len(head))
	for i, name := range head {
		name, err := postal.Clean(strings.ToLower(name))
		if err != nil {
			return nil, err
		}
		if len(known) > 0 && !slices.Contains(known, name) {
			return nil, fault.New(fault.Invalid, "gazetteer.unknown_column",
				"Không có cột nào tên %q. Các cột: %s.", "There is no column %q. The columns are %s.", name, strings.Join(known, ", "))
		}
		if _, twice := columns[name]; twice {
			return nil, fault.New(fault.Invalid, "gazetteer.column_twice", "Cột %q có hai lần.", "The column %q is there twice.", name)
		}
		columns[name] = i
	}
	if len(known) == 0 {
		return columns, nil
	}
	if _, ok := columns[known[0]]; !ok {
		return nil, fault.New(fault.Invalid, "gazetteer.missing_column", "Thiếu cột %q.", "The column %q is missing.", known[0])
	}
	return columns, nil
}

// separator looks at the first line that is not a remark.
func separator(data []byte) rune {
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, []byte("#")) || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		for _, s := range "\t;" {
			if bytes.ContainsRune(line, s) {
				return s
			}
		}
		break
	}
	return ','
}

func wrongRows(wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	shown := strings.Join(wrong[:min(len(wrong), maxRowErrors)], "\n")
	if len(wrong) > maxRowErrors {
		shown += "\n…"
	}
	return fault.New(fault.Invalid, "gazetteer.bad_rows", "Tệp có %d dòng sai:\n%s", "The file has %d wrong rows:\n%s", len(wrong), shown)
}

// oneLine says what is wrong in one line; faults speak both languages, the line takes the Vietnamese sentence first.
func oneLine(err error) string {
	if f, ok := fault.From(err); ok {
		return f.VI + " / " + f.EN
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

func badFile(err error) error {
	return fault.New(fault.Invalid, "gazetteer.bad_file", "Không đọc được tệp: không phải bảng TSV, CSV hoặc JSON đúng dạng.",
		"The file cannot be read: it is no well-formed TSV, CSV or JSON.").Because(err)
}

// decode takes the byte-order mark away and refuses what is not UTF-8. Marks written apart (NFD) are mended later, cell by cell.
func decode(data []byte) ([]byte, error) {
	if len(data) > maxFile {
		return nil, fault.New(fault.TooLarge, "gazetteer.file_too_large", "Tệp lớn quá %d MB.", "The file is larger than %d MB.", maxFile>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.ContainsRune(data, 0) {
		return nil, fault.New(fault.Invalid, "gazetteer.not_utf8",
			"Tệp không phải bảng mã UTF-8. Trong Excel hãy chọn “CSV UTF-8” khi lưu.", "The file is not UTF-8. In Excel choose “CSV UTF-8” when saving.")
	}
	return data, nil
}
