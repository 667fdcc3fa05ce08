package sheet

import (
	"fmt"
	"io"
	"sync"

	"citypost/internal/web/assets"

	"codeberg.org/go-pdf/fpdf"
)

// Sizes of a page, in millimetres and points.
const (
	margin     = 15.0
	bodySize   = 9.0
	titleSize  = 14.0
	lineHeight = 5.0
	cellPad    = 1.0
	letter     = "text"
)

// pdf is a document being written.
type pdf struct {
	*fpdf.Fpdf
	doc    *Document
	widths []float64
	table  Table
}

var letters = sync.OnceValues(func() ([2][]byte, error) {
	var out [2][]byte
	for n, name := range []string{"text-400.ttf", "text-700.ttf"} {
		b, err := assets.Open(name)
		if err != nil {
			return out, fmt.Errorf("letters of PDF: %w", err)
		}
		out[n] = b
	}
	return out, nil
})

// writePDF writes the tables on A4, across when there are many columns, with repeated heads, page numbers "x/y", and room to sign.
func (d *Document) writePDF(w io.Writer) error {
	fonts, err := letters()
	if err != nil {
		return err
	}
	p := &pdf{Fpdf: fpdf.New(d.orientation(), "mm", "A4", ""), doc: d}
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, margin)
	p.SetCellMargin(cellPad)
	p.AddUTF8FontFromBytes(letter, "", fonts[0])
	p.AddUTF8FontFromBytes(letter, "B", fonts[1])
	p.SetTitle(d.Title, true)
	p.SetLang(d.Lang)
	p.AliasNbPages("{pages}")
	p.SetFooterFunc(p.foot)
	p.AddPage()
	p.head()
	for _, t := range d.Table {
		if err := p.write(t); err != nil {
			return err
		}
	}
	p.signs()
	return p.Output(w)
}

// manyColumns no longer fit a page that stands.
const manyColumns = 7

func (d *Document) orientation() string {
	for _, t := range d.Table {
		if len(t.Columns) > manyColumns {
			return "L"
		}
	}
	return "P"
}

func (p *pdf) inner() float64 {
	w, _ := p.GetPageSize()
	return w - 2*margin
}

func (p *pdf) bottom() float64 {
	_, h := p.GetPageSize()
	return h - margin - lineHeight
}

func (p *pdf) head() {
	p.SetFont(letter, "B", titleSize)
	p.MultiCell(p.inner(), titleSize*0.5, p.doc.Title, "", "C", false)
	p.SetFont(letter, "", bodySize)
	for _, line := range p.doc.Lines {
		p.MultiCell(p.inner(), lineHeight, line, "", "C", false)
	}
	p.Ln(lineHeight)
}

// foot says which page it is, and on made-up data that it is made up.
func (p *pdf) foot() {
	p.SetY(-margin)
	p.SetFont(letter, "", bodySize-1)
	p.CellFormat(p.inner()/2, lineHeight, p.doc.Band, "", 0, "L", false, 0, "")
	p.CellFormat(p.inner()/2, lineHeight, fmt.Sprintf("%d/{pages}", p.PageNo()), "", 0, "R", false, 0, "")
}

func (p *pdf) write(t Table) error {
	p.table, p.widths = t, shares(t.Columns, p.inner())
	if p.GetY()+4*lineHeight > p.bottom() {
		p.AddPage()
	}
	if len(p.doc.Table) > 1 {
		p.SetFont(letter, "B", bodySize+1)
		p.CellFormat(p.inner(), lineHeight+2, t.Name, "", 1, "L", false, 0, "")
	}
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Head
	}
	p.row(heads, "B")
	err := t.Rows(func(cells ...any) error {
		texts := make([]string, len(t.Columns))
		for i := range min(len(cells), len(texts)) {
			texts[i] = p.doc.text(cells[i])
		}
		if p.GetY()+p.height(texts, "") > p.bottom() {
			p.AddPage()
			p.row(heads, "B")
		}
		p.row(texts, "")
		return p.Error()
	})
	p.Ln(lineHeight)
	return err
}

// shares divides the width among the columns.
func shares(columns []Column, width float64) []float64 {
	total, out := 0, make([]float64, len(columns))
	share := func(c Column) int {
		switch {
		case c.Width > 0:
			return c.Width
		case c.Number:
			return 1
		}
		return 2
	}
	for _, c := range columns {
		total += share(c)
	}
	for i, c := range columns {
		out[i] = width * float64(share(c)) / float64(total)
	}
	return out
}

// height is how high the tallest cell of a row is.
func (p *pdf) height(cells []string, style string) float64 {
	p.SetFont(letter, style, bodySize)
	most := 1
	for i, text := range cells {
		most = max(most, len(p.SplitText(text, p.widths[i])))
	}
	return float64(most)*lineHeight*0.9 + 1
}

// row draws one row; long texts go on in their own cell.
func (p *pdf) row(cells []string, style string) {
	h := p.height(cells, style)
	x, y := p.GetXY()
	for i, text := range cells {
		p.Rect(x, y, p.widths[i], h, "D")
		align := "L"
		if p.table.Columns[i].Number {
			align = "R"
		}
		p.SetXY(x, y+0.5)
		p.MultiCell(p.widths[i], lineHeight*0.9, text, "", align, false)
		x += p.widths[i]
	}
	p.SetXY(margin, y+h)
}

// signs leaves room for those who sign, side by side.
func (p *pdf) signs() {
	if len(p.doc.Signs) == 0 {
		return
	}
	const room = 35.0
	if p.GetY()+room > p.bottom() {
		p.AddPage()
	}
	p.Ln(lineHeight)
	p.SetFont(letter, "B", bodySize)
	w := p.inner() / float64(len(p.doc.Signs))
	for _, who := range p.doc.Signs {
		p.CellFormat(w, lineHeight, who, "", 0, "C", false, 0, "")
	}
	p.Ln(lineHeight)
	p.SetFont(letter, "", bodySize-1)
	hint := "(ký, ghi rõ họ tên)"
	if p.doc.Lang == "en" {
		hint = "(signature, full name)"
	}
	for range p.doc.Signs {
		p.CellFormat(w, lineHeight, hint, "", 0, "C", false, 0, "")
	}
	p.Ln(lineHeight)
}
