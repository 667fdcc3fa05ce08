package closedmail

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// shownMonths is how many months back the statements are offered.
const shownMonths = 6

// statements leads to the statements of the last months.
func (v view) statements(path string) *table {
	t := &table{Caption: v.T("Đối soát hằng tháng", "Monthly statements"), Heads: []web.Head{{Label: v.T("Tháng", "Month")}}}
	first := v.s.Now().In(postal.HoChiMinh)
	first = first.AddDate(0, 0, 1-first.Day())
	for n := range shownMonths {
		m := first.AddDate(0, -n, 0)
		t.Rows = append(t.Rows, []cell{{Text: m.Format("01/2006"), Href: path + "/statement/" + m.Format("2006-01")}})
	}
	return t
}

func (s *Pages) getStatement(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "", "")
	if err != nil {
		return err
	}
	return v.statement(w, r)
}

// getOwnStatement is the same for a body's own people, and for nobody else's.
func (s *Pages) getOwnStatement(w http.ResponseWriter, r *http.Request) error {
	v := s.anywhere(r, nil, "", "")
	if b, ok := ledger.Get[*Body](v.led, BodyKey(BodyCode(r.PathValue("code")))); !ok || !b.Has(v.Person.ID, Ases...) {
		return fault.New(fault.Forbidden, "closedmail.no_body", "Bạn chưa được đăng ký là người nhận của cơ quan nào.", "You are not named to receive for any body.")
	}
	return v.statement(w, r)
}

func (v view) statement(w http.ResponseWriter, r *http.Request) error {
	code, err := ParseBody(r.PathValue("code"))
	if err != nil {
		return err
	}
	b, ok := ledger.Get[*Body](v.led, BodyKey(code))
	if !ok {
		return unknown(string(code))
	}
	from, to, err := parseMonth(r.PathValue("month"))
	if err != nil {
		return err
	}
	all, err := v.s.Records.SentBy(v.ctx, code, from, to)
	if err != nil {
		return err
	}
	sent, got, err := v.s.Records.QualityOf(v.ctx, code, from, to, postal.Millis(v.s.Now()))
	if err != nil {
		return err
	}
	v.Title = v.T("BẢNG ĐỐI SOÁT BƯU GỬI KT1", "KT1 STATEMENT")
	p := v.sheet()
	p.Corner = string(code)
	p.Sub = v.T("từ ", "from ") + from.VN() + v.T(" đến ", " to ") + to.VN()
	p.Pairs = []web.Row{{Key: v.T("Cơ quan", "Body"), Value: v.body(code)}, {Key: v.T("Danh sách", "List"), Value: v.say("list", string(b.List))},
		{Key: v.T("Gửi đi", "Sent"), Value: v.quality(sent)}, {Key: v.T("Nhận được", "Received"), Value: v.quality(got)}}
	p.Table = v.sentTable(all)
	p.Foot = slices.Concat(v.owes(all), v.doubts(all, from, to))
	p.Signs = [][2]string{{v.T("Đại diện cơ quan", "For the body"), ""}, {v.T("Đại diện bưu điện", "For the post"), ""}}
	return web.Render(w, r, http.StatusOK, paper(p))
}

func (v view) quality(q Quality) string {
	text := v.Number(int64(q.Items)) + v.T(" bưu gửi", " items")
	if q.Judged > 0 {
		text += v.T(fmt.Sprintf(", đúng hạn %d/%d", q.OnTime, q.Judged), fmt.Sprintf(", in time %d/%d", q.OnTime, q.Judged))
	}
	return text
}

func (v view) sentTable(all []Sent) *table {
	t := &table{Caption: v.T("Bưu gửi đã gửi", "Items sent"), Heads: []web.Head{{Label: v.T("TT", "No."), Number: true}, {Label: v.T("Ngày", "Day")}, {Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")},
		{Label: v.T("Dấu", "Marks")}, {Label: v.T("Khối lượng", "Weight"), Number: true}, {Label: v.T("Cước", "Postage"), Number: true}}}
	for n, x := range all {
		fee := v.T("chưa có giá", "no price yet")
		if x.FeeVND > 0 {
			fee = v.Money(x.FeeVND)
		} else if v.free(x) {
			fee = v.T("miễn", "free")
		}
		marks := v.marks(&Cover{Secrecy: x.Secrecy, Urgency: x.Urgency})
		t.Rows = append(t.Rows, []cell{{Text: v.Number(int64(n + 1)), Num: true}, textCell(vnDay(x.Day)), codeCell(string(x.Item), ""), codeCell(string(x.Number), ""), textCell(marks), {Text: x.WeightG.In(v.Lang), Num: true}, {Text: fee, Num: true}})
	}
	return t
}

// free reports whether somebody else pays for the sender by the rules of the day.
func (v view) free(x Sent) bool {
	day, err := postal.ParseDay(x.Day)
	return err == nil && v.s.Law.Free(x.List, day)
}

// doubts says what of the statement's figures is not verified: the prices, and the due times by which its shares are counted.
func (v view) doubts(all []Sent, from, to postal.Day) (lines []string) {
	if slices.ContainsFunc(all, func(x Sent) bool {
		day, err := postal.ParseDay(x.Day)
		return x.FeeVND > 0 && (err != nil || v.s.Law.FeeDoubtful(day))
	}) {
		lines = append(lines, v.T("Cước: chưa kiểm chứng. Căn cứ và lý do đứng ở trang của từng bưu gửi.", "Postage: not verified. Each item's page names the articles and says why."))
	}
	if v.s.Law.DueDoubtful(from) || v.s.Law.DueDoubtful(to) {
		lines = append(lines, v.T("Số đúng hạn tính theo hạn phát chưa kiểm chứng.", "What was in time is counted by due times that are not verified."))
	}
	return lines
}

// owes adds up: what is to be paid, what is free, and what has no price yet. A sum of nothing is not written as 0 đ.
func (v view) owes(all []Sent) []string {
	var sum postal.VND
	charged, unpriced := 0, 0
	for _, x := range all {
		switch {
		case x.FeeVND > 0:
			sum, charged = sum+x.FeeVND, charged+1
		case !v.free(x):
			unpriced++
		}
	}
	lines := []string{v.T("Cộng: ", "In all: ") + v.Number(int64(len(all))) + v.T(" bưu gửi.", " items.")}
	if charged > 0 {
		lines = append(lines, v.T(fmt.Sprintf("Phải trả %s cho %d bưu gửi.", v.Money(sum), charged), fmt.Sprintf("To be paid: %s for %d items.", v.Money(sum), charged)))
	}
	if unpriced > 0 {
		lines = append(lines, v.T(fmt.Sprintf("%d bưu gửi chưa có giá: chưa tính vào số phải trả.", unpriced), fmt.Sprintf("%d items have no price yet and are not in the sum.", unpriced)))
	}
	if len(all) == maxSent {
		lines = append(lines, v.T("Danh sách dừng ở đây; xem tiếp trong sổ đăng ký bưu gửi đi.", "The list ends here; the rest stands in the out register."))
	}
	return []string{strings.Join(lines, " ")}
}
