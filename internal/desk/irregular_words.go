package desk

import "citypost/internal/web"

// irregularRows are what is known about an irregularity beside the two accounts.
func irregularRows(v settling) []web.Row {
	p := v.page
	rows := []web.Row{
		{Key: p.T("Bưu cục xử lý", "Office to settle"), Value: v.office},
		{Key: p.T("Đã chờ", "Waiting"), Value: v.of.age},
		{Key: p.T("Mục của sổ", "Entry of the ledger"), Value: p.Number(v.seq)},
	}
	if v.of.Decision != "" {
		rows = append(rows[:1], rows[2:]...)
	}
	if v.of.Handover != "" {
		rows = append(rows, web.Row{Key: p.T("Trong bàn giao", "In handover"), Value: grouped(v.of.Handover), Code: true, Href: pathOf(v.of.Handover)})
	}
	return rows
}
