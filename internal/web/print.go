package web

import "citypost/internal/postal"

// Paper is a size that a print page asks for; print.css has an @page rule for each.
type Paper string

// The papers of the counter and the back office.
const (
	Label100x150 Paper = "label"     // item label
	Label100x75  Paper = "halflabel" // small item label
	Sticker50x30 Paper = "sticker"   // letter sticker
	A4           Paper = "a4"        // manifests, lists
	A4Wide       Paper = "a4wide"    // wide tables
	A5           Paper = "a5"        // dossier receipts
)

// Receipt is the 80 mm roll, long enough for this many lines; browsers want the length before they lay out the page.
func Receipt(lines int) Paper {
	for _, r := range []struct {
		lines int
		paper Paper
	}{{14, "receipt-100"}, {22, "receipt-140"}, {32, "receipt-190"}, {42, "receipt-240"}} {
		if lines <= r.lines {
			return r.paper
		}
	}
	return "receipt-297"
}

// In names the paper for the person at the printer.
func (p Paper) In(lang string) string {
	switch p {
	case Label100x150:
		return "100 × 150 mm"
	case Label100x75:
		return "100 × 75 mm"
	case Sticker50x30:
		return "50 × 30 mm"
	case A4:
		return "A4"
	case A4Wide:
		return postal.In(lang, "A4 ngang", "A4 landscape")
	case A5:
		return "A5"
	}
	return postal.In(lang, "cuộn 80 mm", "80 mm roll")
}
