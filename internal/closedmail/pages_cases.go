package closedmail

import (
	"cmp"
	"net/http"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func (s *Pages) getCases(w http.ResponseWriter, r *http.Request) error { return s.drawCases(w, r, nil) }

func (s *Pages) drawCases(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Khiếu nại, kiểm tra, lưu giữ", "Complaints, inspections, holds")
	if err != nil {
		return err
	}
	v.Tabs, v.Wide = v.manageTabs(casesPath), true
	v.complaints()
	v.inspections()
	v.holds()
	return v.draw(w, r)
}

// ended lists what is over, with how it ended; nothing when nothing is.
func (v *view) ended(kind string) part {
	all := EndedCases(v.led, v.At, kind)
	if len(all) == 0 {
		return part{}
	}
	captions := map[string]string{"complaint": v.T("Khiếu nại đã trả lời, mới nhất trước", "Complaints answered, the last first"), "inspection": v.T("Đã kiểm tra, mới nhất trước", "Inspections done, the last first"), "hold": v.T("Lệnh giữ đã bỏ, mới nhất trước", "Holds lifted, the last first")}
	t := &table{Caption: captions[kind], Heads: []web.Head{{Label: v.T("Cơ quan, lý do", "Whose")}, {Label: v.T("Nội dung", "Matter")}, {Label: v.T("Từ", "Since")}, {Label: v.T("Xong", "Ended")}, {Label: v.T("Kết quả", "Result")}}}
	for _, c := range all[:min(len(all), maxOnBoard)] {
		t.Rows = append(t.Rows, v.endedRow(c))
	}
	return part{Table: t}
}

func (v *view) endedRow(c *Case) []cell {
	end := textCell(v.Millis(c.EndedMs))
	switch c.Kind {
	case "complaint":
		if c.EndedMs > c.DueMs {
			end = tagCell(v.Millis(c.EndedMs)+v.T(" (trễ hạn)", " (late)"), web.Bad)
		}
		matter := v.say("about", c.What)
		if c.Item != "" {
			matter += " · " + string(c.Item)
		}
		return []cell{textCell(v.body(BodyCode(c.About))), textCell(matter), textCell(v.Millis(c.OpenedMs)), end, textCell(v.answered(c))}
	case "inspection":
		found := v.T("Không có gì phải khắc phục", "Nothing to be mended")
		if len(c.Findings) > 0 {
			var words []string
			for _, f := range c.Findings {
				words = append(words, v.say("finding", string(f)))
			}
			found = v.T("Phải khắc phục: ", "To be mended: ") + strings.Join(words, ", ")
		}
		return []cell{textCell(v.say("authority", c.About)), textCell(v.say("inspection", c.What)), textCell(postal.DayOf(postal.FromMillis(c.DueMs)).VN()), end, textCell(found)}
	}
	return []cell{textCell(v.say("hold", c.About)), textCell(""), textCell(v.Millis(c.OpenedMs)), end, textCell("")}
}

// answered says how a complaint ended, with what was paid.
func (v *view) answered(c *Case) string {
	text := v.say("outcome", c.Outcome)
	if c.PaysVND > 0 {
		text += v.T(", bồi thường ", ", compensation ") + v.Money(c.PaysVND)
	}
	return text
}

func (v *view) complaints() {
	t := &table{Caption: v.T("Khiếu nại chưa trả lời", "Complaints not answered"), Empty: v.T("Không có khiếu nại nào", "No complaint is open"), Heads: []web.Head{{Label: v.T("Cơ quan", "Body")}, {Label: v.T("Nội dung", "Matter")}, {Label: v.T("Bưu gửi", "Item")}, {Label: v.T("Hạn trả lời", "Answer by")}, {Label: v.T("Trả lời", "Answer")}}}
	for _, c := range Cases(v.led, "complaint") {
		if c.Office != v.At {
			continue
		}
		due := textCell(v.Millis(c.DueMs))
		if c.DueMs < postal.Millis(v.s.Now()) {
			due = tagCell(v.Millis(c.DueMs), web.Bad)
		}
		row := []cell{textCell(v.body(BodyCode(c.About))), textCell(v.say("about", c.What)), codeCell(string(c.Item), ""), due, textCell("")}
		if v.May(web.KT1Supervisor) {
			row[4] = cell{Do: &form{Action: casesPath + "/answer", Button: v.T("Trả lời", "Answer"), Kind: web.Second, About: " " + c.About, Hidden: []string{"id", string(c.ID)}, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "outcome", Label: v.T("Kết luận", "Outcome")}, Choices: choices(*v, "outcome", Outcomes)},
				{Kind: askNumber, Field: web.Field{Name: "pays", Label: v.T("Bồi thường, nếu có", "Compensation, if any"), Suffix: v.T("đồng", "đồng"), Hint: v.compensation(v.day()), Optional: true}}}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Head: v.T("Khiếu nại", "Complaints"), Table: t}, v.ended("complaint"))
	if v.May(web.KT1Supervisor) {
		bodies, err := v.everyBody()
		v.note(err)
		v.add(part{Head: v.T("Ghi khiếu nại", "Record a complaint"), Form: &form{Action: casesPath + "/complain", Button: v.T("Ghi khiếu nại", "Record it"), Asks: []ask{
			{Kind: askChoice, Field: web.Field{Name: "body", Label: v.T("Cơ quan", "Body")}, Choices: bodies}, {Kind: askChoice, Field: web.Field{Name: "about", Label: v.T("Nội dung", "Matter")}, Choices: choices(*v, "about", Abouts)},
			{Kind: askCode, Field: web.Field{Name: "item", Label: v.T("Số hiệu bưu gửi", "Item number"), Width: 20, Max: 20, Optional: true}}}}})
	}
}

// everyBody lists the whole directory: a body that may not send may complain.
func (v view) everyBody() ([]web.Choice, error) {
	names, err := v.s.Directory.All(v.ctx)
	out := []web.Choice{{Label: v.T("Chọn cơ quan", "Choose a body")}}
	for _, b := range Bodies(v.led) {
		out = append(out, web.Choice{Value: string(b.Code), Label: cmp.Or(names[b.Code].Name, string(b.Code)) + " · " + string(b.Code)})
	}
	return out, err
}

func (v *view) inspections() {
	t := &table{Caption: v.T("Kiểm tra sắp tới", "Inspections to come"), Empty: v.T("Chưa có lịch kiểm tra", "None is announced"), Heads: []web.Head{{Label: v.T("Cơ quan", "Authority")}, {Label: v.T("Hình thức", "Kind")}, {Label: v.T("Ngày", "Day")}, {Label: v.T("Báo trước", "Notice")}, {Label: v.T("Kết quả", "Result")}}}
	for _, c := range Cases(v.led, "inspection") {
		if c.Office != v.At {
			continue
		}
		notice := tagCell(v.T("Đủ", "Enough"), web.Good)
		if c.Late {
			notice = tagCell(v.T("Ngắn hơn quy định", "Shorter than the rules ask"), web.Ask)
		}
		row := []cell{textCell(v.say("authority", c.About)), textCell(v.say("inspection", c.What)), textCell(postal.DayOf(postal.FromMillis(c.DueMs)).VN()), notice, textCell("")}
		if v.May(web.KT1Supervisor) {
			row[4] = cell{Do: &form{Action: casesPath + "/inspected", Button: v.T("Ghi kết quả", "Record the result"), Kind: web.Second, About: " " + c.About, Hidden: []string{"id", string(c.ID)}, Asks: []ask{{Kind: askTicks, Field: web.Field{Name: "findings", Label: v.T("Phải khắc phục", "To be mended")}, Choices: choices(*v, "finding", Findings)}}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Head: v.T("Kiểm tra", "Inspections"), Table: t}, v.ended("inspection"))
	if v.May(web.KT1Supervisor) {
		v.add(part{Head: v.T("Ghi thông báo kiểm tra", "Record an announcement"), Form: &form{Action: casesPath + "/announce", Button: v.T("Ghi", "Record it"), Asks: []ask{
			{Kind: askChoice, Field: web.Field{Name: "authority", Label: v.T("Cơ quan kiểm tra", "Authority")}, Choices: choices(*v, "authority", Authorities)}, {Kind: askTick, Field: web.Field{Name: "surprise", Label: v.T("Đột xuất", "Unannounced")}},
			{Kind: askDay, Field: web.Field{Name: "on", Label: v.T("Ngày", "Day")}}}}})
	}
}

func (v *view) holds() {
	t := &table{Caption: v.T("Lệnh giữ hồ sơ", "Holds on records"), Empty: v.T("Không có lệnh giữ", "There is no hold"), Heads: []web.Head{{Label: v.T("Lý do", "Reason")}, {Label: v.T("Từ", "Since")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, c := range Cases(v.led, "hold") {
		if c.Office != v.At {
			continue
		}
		row := []cell{textCell(v.say("hold", c.About)), textCell(v.Millis(c.OpenedMs)), textCell("")}
		if v.May(web.KT1Supervisor) {
			row[2] = cell{Do: &form{Action: casesPath + "/lift", Button: v.T("Bỏ lệnh giữ", "Lift"), Kind: web.Quiet, About: " " + c.About, Hidden: []string{"id", string(c.ID)}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Head: v.T("Lưu giữ", "Holds"), Table: t}, v.ended("hold"))
	if v.May(web.KT1Supervisor) {
		v.add(part{Head: v.T("Giữ hồ sơ quá thời hạn lưu", "Keep records beyond their time"), Form: &form{Action: casesPath + "/hold", Button: v.T("Giữ", "Hold"), Kind: web.Second, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(*v, "hold", HoldReasons)}}}})
	}
}

// mostPaid keeps a slip of the keyboard out of the books.
const mostPaid postal.VND = 1_000_000_000

func (s *Pages) postCase(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	act, err := s.caseAct(r, f)
	if err != nil {
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	return s.finish(w, r, f, act, casesPath, s.drawCases)
}

func (s *Pages) caseAct(r *http.Request, f *web.Form) (ledger.Act, error) {
	id := func() ID { return web.Parse(f, "id", parseID) }
	switch r.PathValue("do") {
	case "complain":
		return s.complaint(r, f)
	case "answer":
		a := Answer{Complaint: id(), Outcome: Outcome(f.Value("outcome"))}
		if f.Value("pays") != "" {
			a.PaysVND = f.VND("pays", 1, mostPaid)
		}
		return a, nil
	case "announce":
		a := Announce{Authority: Authority(f.Value("authority")), Surprise: f.Ticked("surprise"), On: f.Day("on")}
		if f.Err() != nil {
			return a, nil
		}
		short, err := s.Law.ShortNotice(a.On, s.Now())
		a.Short = short && a.Surprise
		return a, err
	case "inspected":
		a := EndInspection{Inspection: id()}
		for _, x := range f.All("findings") {
			a.Findings = append(a.Findings, Finding(x))
		}
		return a, nil
	case "hold":
		return Hold{Reason: Reason(f.Value("reason"))}, nil
	case "lift":
		return LiftHold{Hold: id()}, nil
	}
	return nil, unknown(r.PathValue("do"))
}

// complaint makes the act with the day by which it must be answered.
func (s *Pages) complaint(r *http.Request, f *web.Form) (ledger.Act, error) {
	a := Complain{Body: web.Parse(f, "body", ParseBody), Item: web.MaybeParse(f, "item", postal.ParseItemNumber), About: About(f.Value("about"))}
	if f.Err() != nil {
		return a, nil
	}
	var dueMs int64
	if a.Item != "" {
		if i, ok := ledger.Get[*custody.Item](s.Records.Ledger.View(r.Context()), custody.ItemKey(a.Item)); ok {
			dueMs = i.DueMs
		}
	}
	due, rules, err := s.Law.Answer(dueMs, s.Now())
	a.DueMs, a.Rules = postal.Millis(due), rules
	return a, err
}
