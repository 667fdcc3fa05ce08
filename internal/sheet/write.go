package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"

	"citypost/internal/fault"

	"github.com/xuri/excelize/v2"
)

// Bytes writes the document.
func (d *Document) Bytes(format Format) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch format {
	case XLSX:
		err = d.writeXLSX(&b)
	case CSV:
		err = d.writeCSV(&b)
	case PDF:
		err = d.writePDF(&b)
	default:
		err = fault.New(fault.Invalid, "sheet.format", "Chỉ có tệp XLSX, CSV và PDF.", "There are XLSX, CSV and PDF files only.").At("format")
	}
	return b.Bytes(), err
}

// byteOrderMark makes spreadsheet programs read a CSV file as UTF-8.
const byteOrderMark = "\uFEFF"

// writeCSV writes the tables one under the other, an empty line between them; figures without groups, as programs read them.
func (d *Document) writeCSV(w io.Writer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for n, t := range d.Table {
		if n > 0 {
			if err := out.Write([]string{""}); err != nil {
				return err
			}
		}
		heads := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			heads[i] = c.Head
		}
		if err := out.Write(heads); err != nil {
			return err
		}
		err := t.Rows(func(cells ...any) error {
			line := make([]string, len(cells))
			for i, c := range cells {
				if s, ok := c.(string); ok {
					line[i] = harmless(s)
				} else if c != nil {
					line[i] = fmt.Sprint(c)
				}
			}
			return out.Write(line)
		})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// maxName is the longest name of a sheet that spreadsheets take.
const maxName = 31

func (d *Document) writeXLSX(w io.Writer) error {
	book := excelize.NewFile()
	defer book.Close()
	for n, t := range d.Table {
		name := string([]rune(t.Name)[:min(maxName, len([]rune(t.Name)))])
		if n == 0 {
			if err := book.SetSheetName("Sheet1", name); err != nil {
				return fmt.Errorf("sheet %s: %w", name, err)
			}
		} else if _, err := book.NewSheet(name); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
		if err := d.writeSheet(book, name, n == 0, t); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
	}
	return book.Write(w)
}

// writeSheet writes one sheet row by row; the stream keeps a year of items out of memory. The title stands on the first sheet.
func (d *Document) writeSheet(book *excelize.File, name string, first bool, t Table) error {
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	number, err := book.NewStyle(&excelize.Style{NumFmt: 3}) // #,##0 in the reader's own language
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, len(t.Columns), 20); err != nil {
		return err
	}
	line := 0
	add := func(cells ...any) error {
		line++
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		return out.SetRow(at, cells)
	}
	if first {
		for n, text := range append([]string{d.Title}, d.Lines...) {
			cell := excelize.Cell{Value: text}
			if n == 0 {
				cell.StyleID = bold
			}
			if err := add(cell); err != nil {
				return err
			}
		}
		line++
	}
	heads := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = excelize.Cell{Value: c.Head, StyleID: bold}
	}
	if err := add(heads...); err != nil {
		return err
	}
	err = t.Rows(func(cells ...any) error {
		row := make([]any, len(cells))
		for i, c := range cells {
			switch c := c.(type) {
			case int, int64:
				row[i] = excelize.Cell{Value: c, StyleID: number}
			default:
				row[i] = c // text cells are text in XLSX: never a formula
			}
		}
		return add(row...)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
