// Package code draws bar codes: Code 128 for scanners at the desk, QR for phones, Data Matrix for small stickers.
//
// It owns their geometry in millimetres. Its promise: every module has exactly the size asked for and the quiet zone is part
// of the drawing, so what is laid out is what a scanner reads. It leans on boombuler/barcode for the patterns; what a code
// means it leaves to postal. Start with Code128.
package code

import (
	"context"
	"fmt"
	"html"
	"io"
	"strconv"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"
)

// Widths of one module that a label printer of 203 dots an inch can draw exactly: 2 and 3 dots of 0.125 mm.
const (
	Narrow = 0.25  // for the 50 mm sticker
	Normal = 0.375 // for labels and lists
)

// Quiet zones in modules, as each standard asks.
const (
	quiet128    = 10
	quietQR     = 4
	quietMatrix = 2 // the standard asks for 1; printers smear
)

// Drawing is a code ready to be placed. It is a templ component.
type Drawing struct {
	Text    string  // what it says
	Name    string  // what a screen reader says in its place; empty: the text
	Columns int     // modules across, quiet zone included
	Rows    int     // modules down, quiet zone included; 1 for bars
	Width   float64 // mm
	Height  float64 // mm
	class   string
	dark    []bool // Columns × Rows
}

// Code128 draws text (ASCII) in bars of the given height, with modules of the given width, both in mm. Pairs of digits are
// packed in set C. Ten modules on each side stay empty.
func Code128(text string, module, height float64) (Drawing, error) {
	b, err := code128.Encode(text)
	if err != nil {
		return Drawing{}, fmt.Errorf("code 128 of %d characters: %w", len(text), err)
	}
	d := place(text, b, quiet128, 0)
	d.Width, d.Height, d.class = float64(d.Columns)*module, height, "barcode"
	return d, nil
}

// QR draws text so that the whole square, with its four empty modules on each side, is side mm long. Correction level M.
func QR(text string, side float64) (Drawing, error) {
	b, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Drawing{}, fmt.Errorf("qr of %d bytes: %w", len(text), err)
	}
	d := place(text, b, quietQR, quietQR)
	d.Width, d.Height, d.class = side, side, "qr"
	return d, nil
}

// QRWide draws a long text with modules of exactly the given width in mm; the square is as large as it must be. name is what a screen reader says,
// for nobody wants to hear a thousand letters. Correction level M.
func QRWide(text, name string, module float64) (Drawing, error) {
	d, err := QR(text, 0)
	if err != nil {
		return d, err
	}
	d.Name = name
	d.Width, d.Height = float64(d.Columns)*module, float64(d.Rows)*module
	return d, nil
}

// DataMatrix draws text so that the whole square, with its empty edge, is side mm long.
func DataMatrix(text string, side float64) (Drawing, error) {
	b, err := datamatrix.Encode(text)
	if err != nil {
		return Drawing{}, fmt.Errorf("data matrix of %d bytes: %w", len(text), err)
	}
	d := place(text, b, quietMatrix, quietMatrix)
	d.Width, d.Height, d.class = side, side*float64(d.Rows)/float64(d.Columns), "qr"
	return d, nil
}

// place copies the pattern into a grid with its quiet zone.
func place(text string, b barcode.Barcode, quietX, quietY int) Drawing {
	size := b.Bounds()
	rows := size.Dy()
	if b.Metadata().Dimensions == 1 {
		rows = 1
	}
	d := Drawing{Text: text, Columns: size.Dx() + 2*quietX, Rows: rows + 2*quietY}
	d.dark = make([]bool, d.Columns*d.Rows)
	for y := range rows {
		for x := range size.Dx() {
			r, _, _, _ := b.At(size.Min.X+x, size.Min.Y+y).RGBA()
			d.dark[(y+quietY)*d.Columns+x+quietX] = r == 0
		}
	}
	return d
}

// Dark reports whether a module is printed, for whoever draws on something other than a page.
func (d Drawing) Dark(column, row int) bool { return d.dark[row*d.Columns+column] }

// Module is the width of one module in mm.
func (d Drawing) Module() float64 { return d.Width / float64(d.Columns) }

// SVG is the drawing as an image of exact size. Units inside are modules, so nothing is rounded.
func (d Drawing) SVG() string {
	name := d.Name
	if name == "" {
		name = d.Text
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="%s" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" width="%smm" height="%smm" viewBox="0 0 %d %d" preserveAspectRatio="none" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`,
		d.class, html.EscapeString(name), mm(d.Width), mm(d.Height), d.Columns, d.Rows, d.Columns, d.Rows)
	for y := range d.Rows {
		for x := 0; x < d.Columns; x++ {
			run := 0
			for x+run < d.Columns && d.Dark(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&s, "M%d %dh%dv1h-%dz", x, y, run, run)
				x += run
			}
		}
	}
	s.WriteString(`"/></svg>`)
	return s.String()
}

// Render writes the SVG; it makes Drawing a templ component.
func (d Drawing) Render(_ context.Context, w io.Writer) error {
	if d.Columns == 0 {
		return nil
	}
	_, err := io.WriteString(w, d.SVG())
	return err
}

func mm(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
