package desk

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// receiptLines estimates the length of a receipt, so that the roll is cut where it ends.
func receiptLines(p paper) int {
	n := 29 // head, facts, code and foot
	if p.Slip != nil {
		n += 5 // the secret and what it is for
	}
	if p.MadeUp {
		n += 2
	}
	if p.Site.Hotline != "" {
		n++
	}
	if p.Proof.Text != "" {
		n += 3 + int(p.Proof.Code.Height)/lineMM
	}
	for _, l := range slipLines(p) {
		n++
		if l.Basis != "" {
			n += 1 + (len([]rune(l.Basis))+len("(chưa kiểm chứng)"))/basisLetters
		}
	}
	if p.Paid != nil {
		n += 2 * len(p.Paid.Collected)
	}
	return n
}

// basisLetters fit beside an amount in small print.
const basisLetters = 36

// lineMM is the height of a line on the roll, its air included.
const lineMM = 6

// paidIn is what the customer paid in all: postage, and what was collected for agencies.
func paidIn(p paper) postal.VND {
	sum := p.FeeVND
	if p.Paid != nil {
		for _, r := range p.Paid.Collected {
			sum += r.Amount
		}
	}
	return sum
}

// paidWord says whether the money was taken, and how.
func paidWord(p paper) string {
	switch {
	case p.Paid == nil:
		return p.T("Đã thu", "Paid")
	case p.Paid.Unpaid:
		return p.T("Chưa thu", "Not paid yet")
	}
	return p.T("Đã thu", "Paid") + " (" + meansWord(p.Page, p.Paid.Means) + ")"
}

func collectedWord(p web.Page, kind string) string {
	if kind == "charge" {
		return p.T("Lệ phí thu hộ", "Charge collected")
	}
	return p.T("Phí thu hộ", "Fee collected")
}

// slipLines are the lines of the price; an item without a slip has those that the ledger knows.
func slipLines(p paper) []QuoteLine {
	if p.Slip != nil && len(p.Slip.Lines) > 0 {
		return p.Slip.Lines
	}
	if p.Paid != nil && len(p.Paid.Relief) > 0 {
		return p.Paid.Relief
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
