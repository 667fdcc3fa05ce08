package closedmail

import (
	"net/http"
	"strings"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// monthWith is a partner's month, for both to compare and sign.
type monthWith struct {
	view
	About string
	Pairs []web.Row
	Sent  *table
	Taken *table
	Foot  string
}

// monthOf gathers the month that a path names.
func (s *Pages) monthOf(r *http.Request, f *web.Form) (x monthWith, err error) {
	if x.view, err = s.view(r, f, "Đối soát với đối tác", "Reconciliation with a partner"); err != nil {
		return x, err
	}
	code, err := ParsePartner(r.PathValue("code"))
	if err != nil {
		return x, err
	}
	p, err := partner(x.led, code)
	if err != nil {
		return x, err
	}
	from, to, err := parseMonth(r.PathValue("month"))
	if err != nil {
		return x, err
	}
	m, err := s.Records.Reconcile(x.ctx, code, from, to, postal.Millis(s.Now()))
	if err != nil {
		return x, err
	}
	x.About, x.Sub = string(code)+"/"+r.PathValue("month"), x.T("từ ", "from ")+from.VN()+x.T(" đến ", " to ")+to.VN()
	if !x.day().After(to) {
		x.Sub += x.T(", tháng chưa hết", ", the month is not over")
	}
	x.Pairs = []web.Row{{Key: x.T("Đối tác", "Partner"), Value: x.partnerName(code)}, {Key: x.T("Hợp đồng kết nối", "Contract"), Value: string(p.Contract), Code: true}, {Key: x.T("Chênh lệch, sự cố", "Differences, incidents"), Value: x.differences(m.Differences)}}
	x.Sent, x.Taken = x.exchangedTable(x.T("Giao cho đối tác", "Given to the partner"), m.Sent), x.exchangedTable(x.T("Nhận của đối tác", "Taken from the partner"), m.Taken)
	x.Foot = x.T("Đúng hạn, chậm tính theo lần phát đầu tiên và thời hạn ghi khi nhận gửi. Bảng chỉ có số đếm.", "In time and late go by the first attempt and the due time set at acceptance. There are counts only.")
	return x, nil
}

func (s *Pages) getReconciliation(w http.ResponseWriter, r *http.Request) error {
	return s.drawReconciliation(w, r, nil)
}

func (s *Pages) drawReconciliation(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	x, err := s.monthOf(r, f)
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(r.URL.Path, "/paper")
	x.Tabs = x.moveTabs(partnersPath)
	x.add(part{Rows: x.Pairs}, part{Table: x.Sent}, part{Table: x.Taken}, part{Text: x.Foot})
	x.printPart(ReconcileForm, x.About, path+"/paper", path+"/paper")
	return x.draw(w, r)
}

func (s *Pages) postReconciliation(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: ReconcileForm, About: r.PathValue("code") + "/" + r.PathValue("month")}, r.URL.Path, s.drawReconciliation)
}

func (s *Pages) getReconciliationPaper(w http.ResponseWriter, r *http.Request) error {
	x, err := s.monthOf(r, nil)
	if err != nil {
		return err
	}
	p, err := x.sheetOf(ReconcileForm, x.About, x.About)
	if err != nil {
		return err
	}
	p.Sub, p.Pairs, p.Table, p.More, p.Foot = x.Sub, x.Pairs, x.Sent, []*table{x.Taken}, []string{x.Foot}
	p.Signs = [][2]string{{x.T("Đại diện đối tác", "For the partner"), ""}, {x.T("Đại diện bưu điện", "For the post"), ""}}
	return web.Render(w, r, http.StatusOK, paper(p))
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
