package desk

import (
	"slices"

	"citypost/internal/custody"
)

// receiptLines estimates the length of a receipt, so that the roll is cut where it ends.
func receiptLines(p paper) int {
	n := 30 // head, facts, code, secret and foot
	if p.Proof.Text != "" {
		n += 3 + int(p.Proof.Code.Height)/lineMM
	}
	for _, l := range slipLines(p) {
		n += 1 + len([]rune(l.Basis))/40
		if l.Basis != "" {
			n++
		}
	}
	return n
}

// lineMM is the height of a line on the roll, its air included.
const lineMM = 6

// slipLines are the lines of the price; an item without a slip has one, the fee that the ledger knows.
func slipLines(p paper) []QuoteLine {
	if p.Slip != nil && len(p.Slip.Lines) > 0 {
		return p.Slip.Lines
	}
	return []QuoteLine{{VI: "Cước", EN: "Postage", Amount: p.FeeVND}}
}

// oldestFirst lists a bag's items in the order in which they were packed.
func oldestFirst(items []*custody.Item) []*custody.Item {
	list := slices.Clone(items)
	slices.Reverse(list)
	return list
}

func resultText(h handoverWork, g given) string {
	text := h.T("Đủ", "Right")
	switch {
	case g.Over:
		text = h.T("Thừa", "Over")
	case !g.Counted:
		text = h.T("Thiếu", "Short")
	case !g.Right():
		text = h.T("Sai niêm phong", "Wrong seal")
	}
	if g.Damaged {
		text += h.T(", hư hỏng", ", damaged")
	}
	return text
}
