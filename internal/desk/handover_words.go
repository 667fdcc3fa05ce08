package desk

import (
	"fmt"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/web"
)

func dispatchTone(d *custody.Dispatch) web.Tone {
	switch d.Status {
	case custody.DispatchOpen, custody.DispatchClosed:
		return web.Ask
	case custody.DispatchUnder:
		return web.Info
	}
	return web.Good
}

func handoverTone(st custody.HandoverStatus) web.Tone {
	switch st {
	case custody.HandoverOpen:
		return web.Ask
	case custody.HandoverCompleted:
		return web.Good
	}
	return web.Info
}

func givenHeads(h handoverWork) []web.Head {
	return []web.Head{{Label: h.T("Mục", "Thing")}, {Label: h.T("Đếm", "Count")}}
}

// differenceLine is one line of the difference.
type differenceLine struct {
	what  string
	thing event.Thing
	more  string
}

func differenceLines(h handoverWork) []differenceLine {
	var list []differenceLine
	add := func(vi, en string, t event.Thing, more string) {
		list = append(list, differenceLine{h.T(vi, en), t, more})
	}
	for _, t := range h.Diff.Short {
		add("Thiếu", "Short", t, "")
	}
	for _, t := range h.Diff.Over {
		add("Thừa", "Over", t, "")
	}
	for _, t := range h.Diff.Damaged {
		add("Hư hỏng", "Damaged", t, "")
	}
	for _, c := range h.Diff.WrongSeal {
		add("Sai niêm phong", "Wrong seal", c.Thing, h.T("đọc ", "read ")+orDash(c.Seal)+h.T(", sổ ghi ", ", ledger ")+orDash(saidSeal(h.Handover, c.Thing)))
	}
	return list
}

func differenceHeadline(h handoverWork) string {
	d := h.Diff
	n := len(d.Short) + len(d.Over) + len(d.Damaged) + len(d.WrongSeal)
	if len(h.Counts) == 0 && h.Status == custody.HandoverOpen {
		return h.T(fmt.Sprintf("Bên nhận chưa đếm mục nào trong %d mục", h.Said), fmt.Sprintf("None of the %d things has been counted yet", h.Said))
	}
	return h.T(fmt.Sprintf("Chênh lệch: %d", n), fmt.Sprintf("Differences: %d", n))
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func sideTitle(p web.Page, d side) string {
	if d.Key == custody.Giver {
		return p.T("Bên giao", "Giver")
	}
	return p.T("Bên nhận", "Taker")
}

func signLabel(h handoverWork, d side) string {
	if h.Diff.None() {
		if d.Key == custody.Giver {
			return h.T("Ký giao", "Sign as giver")
		}
		return h.T("Ký nhận", "Sign as taker")
	}
	if d.Key == custody.Giver {
		return h.T("Ký giao, có chênh lệch", "Sign as giver, with the difference")
	}
	return h.T("Ký nhận, có chênh lệch", "Sign as taker, with the difference")
}

// signOrder puts the side of the person at the screen first: its button has the key.
func (h handoverWork) signOrder() []side {
	if h.Sides[1].Mine && !h.Sides[0].Mine {
		return []side{h.Sides[1], h.Sides[0]}
	}
	return h.Sides[:]
}

// signedBy is a side and who signed for it, said once when the side is that person.
func signedBy(side, signer string) string {
	if side == signer {
		return side
	}
	return upper(side) + " – " + signer
}
