package closedmail

import (
	"net/http"
	"strings"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// months leads to the reconciliations of the last months.
func (v view) months(path string) *table {
	t := &table{Caption: v.T("Đối soát hằng tháng", "Monthly reconciliation"), Heads: []web.Head{{Label: v.T("Tháng", "Month")}}}
	first := v.s.Now().In(postal.HoChiMinh)
	first = first.AddDate(0, 0, 1-first.Day())
	for n := range shownMonths {
		m := first.AddDate(0, -n, 0)
		t.Rows = append(t.Rows, []cell{{Text: m.Format("01/2006"), Href: path + "/month/" + m.Format("2006-01")}})
	}
	return t
}

// getReconciliation prints a partner's month for both to sign.
func (s *Pages) getReconciliation(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "BẢNG ĐỐI SOÁT SẢN LƯỢNG KT1 VỚI ĐỐI TÁC", "KT1 RECONCILIATION WITH A PARTNER")
	if err != nil {
		return err
	}
	code, err := ParsePartner(r.PathValue("code"))
	if err != nil {
		return err
	}
	p, err := partner(v.led, code)
	if err != nil {
		return err
	}
	from, to, err := parseMonth(r.PathValue("month"))
	if err != nil {
		return err
	}
	x, err := s.Records.Reconcile(v.ctx, code, from, to, postal.Millis(s.Now()))
	if err != nil {
		return err
	}
	sheet := v.sheet()
	sheet.Corner, sheet.Sub = string(code), v.T("từ ", "from ")+from.VN()+v.T(" đến ", " to ")+to.VN()
	sheet.Pairs = []web.Row{{Key: v.T("Đối tác", "Partner"), Value: v.partnerName(code)}, {Key: v.T("Hợp đồng kết nối", "Contract"), Value: string(p.Contract), Code: true}, {Key: v.T("Chênh lệch, sự cố", "Differences, incidents"), Value: v.differences(x.Differences)}}
	sheet.Table = v.exchangedTable(v.T("Giao cho đối tác", "Given to the partner"), x.Sent)
	sheet.More = []*table{v.exchangedTable(v.T("Nhận của đối tác", "Taken from the partner"), x.Taken)}
	sheet.Foot = []string{v.T("Đúng hạn, chậm tính theo lần phát đầu tiên và thời hạn ghi khi nhận gửi. Bảng chỉ có số đếm.", "In time and late go by the first attempt and the due time set at acceptance. There are counts only.")}
	sheet.Signs = [][2]string{{v.T("Đại diện đối tác", "For the partner"), ""}, {v.T("Đại diện bưu điện", "For the post"), ""}}
	return web.Render(w, r, http.StatusOK, paper(sheet))
}

func (v view) differences(all []Tally) string {
	if len(all) == 0 {
		return v.T("Không có", "None")
	}
	var words []string
	for _, d := range all {
		words = append(words, v.say("trouble", d.Kind)+" "+v.Number(int64(d.N)))
	}
	return strings.Join(words, ", ")
}

func (v view) exchangedTable(caption string, all []Exchanged) *table {
	t := &table{Caption: caption, Empty: caption + v.T(": không có", ": nothing"), Heads: []web.Head{{Label: v.T("Ký hiệu", "Letter")}, {Label: v.T("Độ khẩn", "Urgency")}, {Label: v.T("Bưu gửi", "Items"), Number: true}, {Label: v.T("Đúng hạn", "In time"), Number: true},
		{Label: v.T("Chậm", "Late"), Number: true}, {Label: v.T("Mất", "Lost"), Number: true}, {Label: v.T("Chuyển hoàn", "Turned back"), Number: true}, {Label: v.T("Chưa xong", "Open"), Number: true}}}
	row := func(letter, urgency string, x Exchanged) []cell {
		cells := []cell{textCell(letter), textCell(urgency)}
		for _, n := range []int{x.Items, x.OnTime, x.Late, x.Lost, x.Returned, x.Open} {
			cells = append(cells, cell{Text: v.Number(int64(n)), Num: true})
		}
		return cells
	}
	var sum Exchanged
	for _, x := range all {
		t.Rows = append(t.Rows, row(v.say("secrecy", string(x.Secrecy)), v.say("urgency", string(x.Urgency)), x))
		sum.Items, sum.OnTime, sum.Late, sum.Lost, sum.Returned, sum.Open = sum.Items+x.Items, sum.OnTime+x.OnTime, sum.Late+x.Late, sum.Lost+x.Lost, sum.Returned+x.Returned, sum.Open+x.Open
	}
	if len(all) > 0 {
		t.Rows = append(t.Rows, row(v.T("Cộng", "In all"), "", sum))
	}
	return t
}
