package sheet

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"citypost/internal/postal"
)

// Column is one column of a table.
type Column struct {
	Head   string
	Number bool // figures, to the right
	Width  int  // share of a PDF's width; 0 is 1 for figures and 2 for words
}

// Table is one table of a document. Rows gives the rows one after the other, so that a year of items need not lie in memory; it may be asked more than once.
type Table struct {
	Name    string // of the sheet, at most 31 letters
	Columns []Column
	Rows    func(add func(cells ...any) error) error
}

// Document is what goes into one file.
type Document struct {
	Title string
	Lines []string // under the title: period, office, computed at, what was not verified
	Signs []string // who signs at the foot of a PDF: "Người lập biểu", "Giám đốc"
	Lang  string
	Band  string // printed on every page of a PDF, "DỮ LIỆU MẪU"
	Table []Table
}

// Rows of values that are there already.
func Rows(list [][]any) func(func(...any) error) error {
	return func(add func(...any) error) error {
		for _, cells := range list {
			if err := add(cells...); err != nil {
				return err
			}
		}
		return nil
	}
}

// text writes a cell as people read it in the file's language.
func (d *Document) text(cell any) string {
	switch c := cell.(type) {
	case nil:
		return ""
	case string:
		return c
	case int:
		return postal.CountIn(int64(c), d.Lang)
	case int64:
		return postal.CountIn(c, d.Lang)
	case float64:
		s := strconv.FormatFloat(c, 'f', 1, 64)
		if d.Lang != "en" {
			s = strings.Replace(s, ".", ",", 1)
		}
		return s
	}
	return fmt.Sprint(cell)
}

// harmless keeps a text from being taken for a formula by a spreadsheet: what a person typed must not run on the machine of whoever opens the file.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Format is one of the files.
type Format string

// The formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
	PDF  Format = "pdf"
)

var contentTypes = map[Format]string{
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", CSV: "text/csv; charset=utf-8", PDF: "application/pdf",
}

// Send answers a request with the document as a file of this name, without its ending. The file is written whole first, so that a fault is a page and never half a file.
func (d *Document) Send(w http.ResponseWriter, format Format, name string) error {
	b, err := d.Bytes(format)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentTypes[format])
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.`+string(format)+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, err = w.Write(b)
	return err
}
