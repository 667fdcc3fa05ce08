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

// months leads to what is compared month by month, under path.
func (v view) months(vi, en, path string) *table {
	t := &table{Caption: v.T(vi, en), Heads: []web.Head{{Label: v.T("Tháng", "Month")}}}
	first := v.s.Now().In(postal.HoChiMinh)
	first = first.AddDate(0, 0, 1-first.Day())
	for n := range shownMonths {
		m := first.AddDate(0, -n, 0)
		t.Rows = append(t.Rows, []cell{{Text: m.Format("01/2006"), Href: path + m.Format("2006-01")}})
	}
	return t
}

// monthly is the statement of one body and month.
type monthly struct {
	view
	Code  BodyCode
	Path  string
	From  postal.Day
	To    postal.Day
	Pairs []web.Row
	Items []Sent
	Mark  Digest // of the figures
	Own   bool   // the reader is the body's
	Owed  []Owing
}

// statement gathers the statement that a path names. People of a body read their own body's, and nobody else's.
func (s *Pages) statement(r *http.Request, f *web.Form) (x monthly, err error) {
	own := strings.HasPrefix(r.URL.Path, registryPath)
	if own {
		x.Own, x.view = true, s.anywhere(r, f, "Đối soát KT1", "KT1 statement")
	} else if x.view, err = s.view(r, f, "Đối soát KT1", "KT1 statement"); err != nil {
		return x, err
	}
	if x.Code, err = ParseBody(r.PathValue("code")); err != nil {
		return x, err
	}
	b, ok := ledger.Get[*Body](x.led, BodyKey(x.Code))
	switch {
	case own && (!ok || !b.Has(x.Person.ID, Ases...)) && actsForBody(x.led, x.Person.ID):
		return x, fault.New(fault.Forbidden, "closedmail.other_body", "Bạn không được đăng ký là người của cơ quan này.", "You are not named for this body.")
	case own && (!ok || !b.Has(x.Person.ID, Ases...)):
		return x, fault.New(fault.Forbidden, "closedmail.no_body", "Bạn chưa được đăng ký là người nhận của cơ quan nào.", "You are not named to receive for any body.")
	case !ok:
		return x, unknown(string(x.Code))
	}
	if x.From, x.To, err = parseMonth(r.PathValue("month")); err != nil {
		return x, err
	}
	if x.Items, err = s.Records.SentBy(x.ctx, x.Code, x.From, x.To); err != nil {
		return x, err
	}
	if x.Owed, err = s.Records.Owed(x.ctx, x.Code, x.From, x.To); err != nil {
		return x, err
	}
	sent, got, err := s.Records.QualityOf(x.ctx, x.Code, x.From, x.To, postal.Millis(s.Now()))
	x.Path = strings.TrimSuffix(strings.TrimSuffix(r.URL.Path, "/paper"), "/confirm")
	x.Mark = statementDigest(x.Code, x.month(), x.Items, x.Owed, sent, got)
	x.Sub = x.T("từ ", "from ") + x.From.VN() + x.T(" đến ", " to ") + x.To.VN()
	x.Pairs = []web.Row{{Key: x.T("Cơ quan", "Body"), Value: x.body(x.Code)}, {Key: x.T("Danh sách", "List"), Value: x.say("list", string(b.List))},
		{Key: x.T("Gửi đi", "Sent"), Value: x.quality(sent)}, {Key: x.T("Nhận được", "Received"), Value: x.quality(got)}}
	return x, err
}

// about is the code of the statement.
func (x monthly) about() string { return string(x.Code) + "/" + string(x.month()) }

func (x monthly) month() Month { return Month(x.Path[strings.LastIndex(x.Path, "/")+1:]) }

// said is the body's last word on the statement, "" when there is none.
func (x monthly) said() string {
	c, ok := ledger.Get[*Case](x.led, StatementKey(x.Code, x.month()))
	if !ok {
		return ""
	}
	text := x.say("verdict", c.What) + " · " + x.name(c.Person) + " · " + x.Millis(c.OpenedMs)
	if c.Outcome != string(x.Mark) {
		text += x.T(" – số liệu đã đổi sau khi xác nhận", " – the figures have changed since")
	}
	return text
}

// confirmPart lets the body's own people say whether the statement agrees, once the month is over.
func (x *monthly) confirmPart() {
	said := x.said()
	if said == "" {
		said = x.T("Cơ quan chưa xác nhận", "The body has not confirmed it")
	}
	x.add(part{Rows: []web.Row{{Key: x.T("Xác nhận của cơ quan", "The body's confirmation"), Value: said}}})
	if x.Own && x.day().After(x.To) {
		x.add(part{Head: x.T("Xác nhận đối soát", "Confirm the statement"), Form: &form{Action: x.Path + "/confirm", Button: x.T("Xác nhận", "Confirm"), Hidden: []string{"digest", string(x.Mark)},
			Asks: []ask{{Kind: askRadio, Field: web.Field{Name: "verdict", Label: x.T("Sản lượng, cước và chất lượng", "Volume, postage and quality")}, Choices: choices(x.view, "verdict", Verdicts)}}}})
	}
}

// postConfirm records the body's word on the figures that were on the screen, at the office that serves it.
func (s *Pages) postConfirm(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	x, err := s.statement(r, f)
	if err != nil {
		return err
	}
	if f.Value("digest") != string(x.Mark) {
		return fault.New(fault.Conflict, "closedmail.figures_changed", "Số liệu đã đổi từ lúc mở trang. Tải lại trang, xem lại rồi xác nhận.", "The figures have changed since the page was opened. Reload it, look again, then confirm.")
	}
	e, err := s.Directory.Find(x.ctx, x.Code)
	if err != nil {
		return err
	}
	_, ok, err := s.tryAt(r, f, e.Office, ConfirmStatement{Body: x.Code, Month: x.month(), Verdict: Verdict(f.Value("verdict")), Digest: x.Mark})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawStatement(w, r, f)
	}
	return web.Done(w, r, x.Path, "Đã ghi xác nhận.", "The confirmation is recorded.")
}

func (s *Pages) getStatement(w http.ResponseWriter, r *http.Request) error {
	return s.drawStatement(w, r, nil)
}

func (s *Pages) drawStatement(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	x, err := s.statement(r, f)
	if err != nil {
		return err
	}
	x.add(part{Rows: x.Pairs}, part{Table: x.sentTable(x.Items)}, part{Text: strings.Join(x.owes(x.Owed, len(x.Items)), " ")})
	for _, line := range x.doubts(x.Owed, x.From, x.To) {
		x.add(part{Text: line})
	}
	x.confirmPart()
	x.printPart(StatementForm, x.about(), x.Path, x.Path+"/paper")
	return x.draw(w, r)
}

// postStatement records the print, in the name of the body's office when its own people print it.
func (s *Pages) postStatement(w http.ResponseWriter, r *http.Request) error {
	x, err := s.statement(r, nil)
	if err != nil {
		return err
	}
	office := x.At
	if office == "" {
		e, err := s.Directory.Find(x.ctx, x.Code)
		if err != nil {
			return err
		}
		office = e.Office
	}
	return s.print(w, r, office, PrintForm{Form: StatementForm, About: x.about()}, x.Path+"/paper", func(f *web.Form) error { return s.drawStatement(w, r, f) })
}

func (s *Pages) getStatementPaper(w http.ResponseWriter, r *http.Request) error {
	x, err := s.statement(r, nil)
	if err != nil {
		return err
	}
	p, err := x.sheetOf(StatementForm, x.about(), string(x.Code))
	if err != nil {
		return err
	}
	p.Sub, p.Pairs, p.Table, p.Foot = x.Sub, x.Pairs, x.sentTable(x.Items), slices.Concat(x.owes(x.Owed, len(x.Items)), x.doubts(x.Owed, x.From, x.To))
	if said := x.said(); said != "" {
		p.Pairs = append(p.Pairs, web.Row{Key: x.T("Xác nhận của cơ quan", "The body's confirmation"), Value: said})
	}
	p.Signs = [][2]string{{x.T("Đại diện cơ quan", "For the body"), ""}, {x.T("Đại diện bưu điện", "For the post"), ""}}
	if err := x.whole(); err != nil {
		return err
	}
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
	t := &table{Caption: v.T("Bưu gửi đã gửi", "Items sent"), Empty: v.T("Không gửi bưu gửi nào", "Nothing was sent"), Heads: []web.Head{{Label: v.T("TT", "No."), Number: true}, {Label: v.T("Ngày", "Day")}, {Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")},
		{Label: v.T("Dấu", "Marks")}, {Label: v.T("Khối lượng", "Weight"), Number: true}, {Label: v.T("Cước", "Postage"), Number: true}}}
	for n, x := range all {
		fee := v.T("chưa có giá", "no price yet")
		if x.FeeVND > 0 {
			fee = v.Money(x.FeeVND)
		} else if v.free(x.List, x.Day) {
			fee = v.T("miễn", "free")
		}
		marks := v.marks(&Cover{Secrecy: x.Secrecy, Urgency: x.Urgency})
		t.Rows = append(t.Rows, []cell{{Text: v.Number(int64(n + 1)), Num: true}, textCell(vnDay(x.Day)), codeCell(string(x.Item), ""), codeCell(string(x.Number), ""), textCell(marks), {Text: x.WeightG.In(v.Lang), Num: true}, {Text: fee, Num: true}})
	}
	return t
}

// free reports whether somebody else pays for a sender of the list by the rules of the day.
func (v view) free(list List, on string) bool {
	day, err := postal.ParseDay(on)
	v.note(err)
	free, err := v.s.Law.Free(list, day)
	v.note(err)
	return free
}

// doubts says what of the statement's figures is not verified: the prices, and the due times by which its shares are counted.
func (v view) doubts(all []Owing, from, to postal.Day) (lines []string) {
	if slices.ContainsFunc(all, func(x Owing) bool {
		day, err := postal.ParseDay(x.Day)
		return x.Charged > 0 && (err != nil || v.s.Law.FeeDoubtful(day))
	}) {
		lines = append(lines, v.T("Cước: chưa kiểm chứng. Căn cứ và lý do đứng ở trang của từng bưu gửi.", "Postage: not verified. Each item's page names the articles and says why."))
	}
	if v.s.Law.DueDoubtful(from) || v.s.Law.DueDoubtful(to) {
		lines = append(lines, v.T("Số đúng hạn tính theo hạn phát chưa kiểm chứng.", "What was in time is counted by due times that are not verified."))
	}
	return lines
}

// owes says what is to be paid, and what has no price yet. A sum of nothing is not written as 0 đ.
func (v view) owes(all []Owing, listed int) []string {
	var sum postal.VND
	items, charged, unpriced := 0, 0, 0
	for _, x := range all {
		items, sum, charged = items+x.Items, sum+x.SumVND, charged+x.Charged
		if x.Charged < x.Items && !v.free(x.List, x.Day) {
			unpriced += x.Items - x.Charged
		}
	}
	lines := []string{v.T("Cộng: ", "In all: ") + v.Number(int64(items)) + v.T(" bưu gửi.", " items.")}
	if charged > 0 {
		lines = append(lines, v.T(fmt.Sprintf("Phải trả %s cho %s bưu gửi.", v.Money(sum), v.Number(int64(charged))), fmt.Sprintf("To be paid: %s for %s items.", v.Money(sum), v.Number(int64(charged)))))
	}
	if unpriced > 0 {
		lines = append(lines, v.T(fmt.Sprintf("%s bưu gửi chưa có giá: chưa tính vào số phải trả.", v.Number(int64(unpriced))), fmt.Sprintf("%s items have no price yet and are not in the sum.", v.Number(int64(unpriced)))))
	}
	if listed < items {
		lines = append(lines, v.T(fmt.Sprintf("Bảng trên chỉ có %s bưu gửi đầu; số cộng là của tất cả. Xem tiếp trong sổ đăng ký bưu gửi đi.", v.Number(int64(listed))),
			fmt.Sprintf("The table has the first %s items only; the sums are of all. The rest stands in the out register.", v.Number(int64(listed)))))
	}
	return []string{strings.Join(lines, " ")}
}
