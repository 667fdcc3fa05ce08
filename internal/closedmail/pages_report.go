package closedmail

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sheet"
	"citypost/internal/web"
)

// reporters see and write the half-year and year report; a supervisor approves it.
var reporters = web.AnyOf(web.KT1Supervisor, web.SecurityOfficer)

func (s *Pages) mountReport(m *web.Mux) {
	m.Get(reportPath, reporters, s.getReport)
	m.Get(reportPath+"/words", reporters, s.getWords)
	m.Post(reportPath+"/words", reporters, s.postWords)
	m.Post(reportPath+"/approve", web.KT1Supervisor, s.postApprove)
	m.Get(reportPath+"/paper", reporters, s.getReportPaper)
	m.Post(reportPath+"/paper", reporters, s.postReportPaper)
	m.Get(reportPath+"/file/{format}", reporters, s.getReportFile)
}

// periodOf is the half-year that runs on a day.
func periodOf(now time.Time) string {
	y, m, _ := postal.DayOf(now).Date()
	if m > 6 {
		return fmt.Sprintf("%dh2", y)
	}
	return fmt.Sprintf("%dh1", y)
}

// report is a report on its page: its words and figures, and whether somebody approved exactly these.
type report struct {
	view
	PeriodReport
	Digest   string
	Approval Approval
	Approved bool
	Former   bool // approved, but in the first form, which did not hold all that is shown
	Dues     []calendar.Duty
	Others   map[Section]string // words that somebody else wrote while these were being written
}

// report gathers the period that the request names; the one that runs now when it names none.
func (s *Pages) report(r *http.Request, f *web.Form) (x report, err error) {
	if x.view, err = s.view(r, f, "Báo cáo KT1", "KT1 report"); err != nil {
		return x, err
	}
	period := r.FormValue("period")
	if period == "" {
		period = periodOf(s.Now())
	}
	if x.PeriodReport, err = s.Records.Report(r.Context(), s.Law, period, postal.Millis(s.Now())); err != nil {
		return x, err
	}
	if x.Digest, err = x.PeriodReport.Digest(); err != nil {
		return x, err
	}
	if x.Dues, err = s.Law.ReportsDue(x.From, x.To); err != nil {
		return x, err
	}
	x.Sub = x.From.VN() + " – " + x.To.VN()
	if x.Approval, x.Approved, err = s.Records.Approved(r.Context(), period, x.Digest); x.Approved || err != nil {
		return x, err
	}
	former, err := x.FirstDigest()
	if err != nil {
		return x, err
	}
	x.Approval, x.Former, err = s.Records.Approved(r.Context(), period, former)
	return x, err
}

// doubts says what of the figures stands on rules that are not verified.
func (x report) doubts() (lines []string) {
	due, fee := false, false
	for day := x.From; !day.After(x.To) && !(due && fee); day = day.AddDays(1) {
		due, fee = due || x.s.Law.DueDoubtful(day), fee || x.s.Law.FeeDoubtful(day)
	}
	if due {
		lines = append(lines, x.T("Số đúng hạn tính theo hạn phát chưa kiểm chứng.", "What was on time is counted by due times that are not verified."))
	}
	if fee && slices.ContainsFunc(x.Classes, func(c Class) bool { return c.FeeVND > 0 }) {
		lines = append(lines, x.T("Cước, doanh thu tính theo bảng giá hoặc quy định chưa kiểm chứng.", "Postage and revenue stand on prices or rules that are not verified."))
	}
	return lines
}

func (x report) at(path string) string { return reportPath + path + "?period=" + x.Period }

// state says whether the report is a draft.
func (x report) state() string {
	if x.Former {
		return x.T(fmt.Sprintf("Đã duyệt theo mẫu trước: %s, %s, sổ cái dòng %d. Mẫu đó không gồm số người làm, cơ quan thiếu đầu mối, phát ngoài giờ, thời gian chờ, bưu gửi chưa có giá, tỷ lệ nguyên vẹn, số lượt phát và số lần kiểm tra; hãy duyệt lại để gồm đủ.",
			x.name(x.Approval.Person), x.Millis(x.Approval.AtMs), x.Approval.Seq),
			fmt.Sprintf("Approved in the earlier form: %s, %s, ledger entry %d. That form did not hold workers, bodies with faults, deliveries after hours, waiting, items without a price, the share that came whole, deliveries a day and inspections; approve it again to hold all.",
				x.name(x.Approval.Person), x.Millis(x.Approval.AtMs), x.Approval.Seq))
	}
	if !x.Approved {
		return x.T("DỰ THẢO, chưa duyệt", "DRAFT, not approved")
	}
	return x.T(fmt.Sprintf("Đã duyệt: %s, %s, sổ cái dòng %d, mã kiểm %s", x.name(x.Approval.Person), x.Millis(x.Approval.AtMs), x.Approval.Seq, x.Digest[:16]),
		fmt.Sprintf("Approved: %s, %s, ledger entry %d, fingerprint %s", x.name(x.Approval.Person), x.Millis(x.Approval.AtMs), x.Approval.Seq, x.Digest[:16]))
}

// dues are the days by which the report must be in, with their articles.
func (x report) dues() (rows []web.Row) {
	for _, d := range x.Dues {
		what := x.T("Bưu điện nộp chậm nhất ngày", "Due from the post, at the latest on")
		if d.Report == reportOfCPMA {
			what = x.T("Cục Bưu điện Trung ương gửi Bộ, chậm nhất ngày", "Due from the Central Post Department to the ministry, at the latest on")
		}
		rows = append(rows, web.Row{Key: what, Value: d.Due.VN() + " · " + d.Basis.Marked(x.Lang)})
	}
	return rows
}

func (s *Pages) getReport(w http.ResponseWriter, r *http.Request) error {
	return s.drawReport(w, r, nil)
}

func (s *Pages) drawReport(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	x, err := s.report(r, f)
	if err != nil {
		return err
	}
	x.Tabs, x.Wide = x.bookTabs(reportPath), true
	tone := web.Ask
	if x.Approved {
		tone = web.Good
	}
	x.add(part{Text: x.state(), Tone: tone}, part{Rows: x.dues()}, part{Rows: x.reportRows()})
	x.add(part{Head: x.T("Sản lượng theo loại", "Volume by class"), Table: x.volumeTable(x.Classes)}, part{Text: strings.Join(x.doubts(), " ")}, part{Head: x.T("An toàn, khiếu nại, kiểm tra", "Safety, complaints, inspections"), Table: x.tallyTable(x.Tallies)})
	if len(x.Rounds) > 0 {
		x.add(part{Head: x.T("Số lượt phát mỗi ngày", "Deliveries a day"), Table: x.roundsTable()})
	}
	x.add(part{Head: x.T("Lời báo cáo", "The report's words"), Rows: x.passageRows(), Buttons: []web.Btn{{Label: x.T("Soạn lời báo cáo", "Write the report"), Kind: web.Second, Href: x.at("/words")}}})
	if !x.Approved && x.May(web.KT1Supervisor) && len(x.Writers()) > 0 {
		x.add(part{Head: x.T("Duyệt báo cáo", "Approve the report"), Text: x.T("Người duyệt phải khác người soạn. Việc duyệt được ghi vào sổ cái cùng mã kiểm của lời và số; sửa một chữ hay một số thì phải duyệt lại.",
			"Whoever approves must not have written it. The ledger records the approval with the fingerprint of words and figures: change a letter or a figure, and it must be approved anew."),
			Form: &form{Action: reportPath + "/approve", Button: x.T("Duyệt", "Approve"), Hidden: []string{"period", x.Period, "digest", x.Digest}}})
	}
	year := x.Period[:4]
	x.printPart(ReportForm, x.Period, reportPath+"/paper", x.at("/paper"), "period", x.Period)
	x.add(part{Buttons: []web.Btn{{Label: "PDF", Kind: web.Second, Href: x.at("/file/pdf")}, {Label: "XLSX", Kind: web.Second, Href: x.at("/file/xlsx")},
		{Label: x.T("Nửa đầu năm ", "First half of ") + year, Kind: web.Second, Href: reportPath + "?period=" + year + "h1"}, {Label: x.T("Nửa cuối năm ", "Second half of ") + year, Kind: web.Second, Href: reportPath + "?period=" + year + "h2"}, {Label: x.T("Cả năm ", "Whole year ") + year, Kind: web.Second, Href: reportPath + "?period=" + year}}})
	return x.draw(w, r)
}

// passageRows show each section with who wrote it; what is missing says so.
func (x report) passageRows() (rows []web.Row) {
	for _, p := range x.Passages {
		value := x.T("Chưa soạn", "Not written yet")
		if p.Words != "" {
			value = p.Words + " (" + x.name(p.Writer) + ", " + x.Millis(p.AtMs) + ")"
		}
		rows = append(rows, web.Row{Key: upper(x.say("section", string(p.Section))), Value: value})
	}
	return rows
}

// getWords is the only page with room for prose.
func (s *Pages) getWords(w http.ResponseWriter, r *http.Request) error {
	return s.drawWords(w, r, nil, nil)
}

// wasField carries the version of a section that the form was drawn with.
func wasField(s Section) string { return "was." + string(s) }

// drawWords draws the form; what others wrote meanwhile is shown beside it, and saving once more replaces it.
func (s *Pages) drawWords(w http.ResponseWriter, r *http.Request, f *web.Form, changed []Passage) error {
	x, err := s.report(r, f)
	if err != nil {
		return err
	}
	x.Tabs = x.bookTabs(reportPath)
	if f == nil {
		var pairs []string
		for _, p := range x.Passages {
			pairs = append(pairs, string(p.Section), p.Words, wasField(p.Section), strconv.Itoa(p.Version))
		}
		x.Form = web.FormOf(pairs...)
	}
	x.Others = map[Section]string{}
	for _, p := range changed {
		x.Others[p.Section] = p.Words
		f.Set(wasField(p.Section), strconv.Itoa(p.Version))
	}
	x.NoScan = true // a page with room for prose has no field that leads elsewhere
	return render(w, r, x.Form, wordsPage(x))
}

func (x report) wordsNames() (names []string) {
	for _, s := range Sections {
		names = append(names, string(s), upper(x.say("section", string(s))))
	}
	return names
}

func (s *Pages) postWords(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	drafts := map[Section]Draft{}
	for _, section := range Sections {
		text, err := s.Records.Clean(r.Context(), s.Directory, f.Value(string(section)))
		if e, ok := fault.From(err); ok {
			err = f.Refuse(e.At(string(section)))
		}
		if err != nil {
			return err
		}
		drafts[section] = Draft{text, int(f.MaybeInt(wasField(section), 0, 1<<20))}
	}
	if f.Err() != nil {
		return s.drawWords(w, r, f, nil)
	}
	period := f.Value("period")
	changed, err := s.Records.Write(r.Context(), period, drafts, web.PersonOf(r).ID, postal.Millis(s.Now()))
	if err := f.Refuse(err); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawWords(w, r, f, changed)
	}
	return web.Done(w, r, reportPath+"?period="+period, "Đã lưu lời báo cáo.", "The words are saved.")
}

func (s *Pages) postApprove(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	x, err := s.report(r, f)
	if err != nil {
		return err
	}
	if f.Value("digest") != x.Digest {
		if err := f.Refuse(fault.New(fault.Conflict, "closedmail.report_changed", "Báo cáo đã thay đổi từ khi mở trang. Hãy đọc lại rồi duyệt.", "The report has changed since the page was opened. Read it again, then approve.").At("digest")); err != nil {
			return err
		}
	}
	if !x.Written() {
		if err := f.Refuse(fault.New(fault.Conflict, "closedmail.report_unwritten", "Báo cáo còn mục chưa soạn. Soạn đủ các mục (không có gì thì ghi “Không có”) rồi duyệt.",
			"Some sections have no words yet. Write them all (“None” where there is nothing), then approve.").At("digest")); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.drawReport(w, r, f)
	}
	_, ok, err := s.try(r, f, ApproveReport{Period: x.Period, Digest: x.Digest, Writers: x.Writers()})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawReport(w, r, f)
	}
	return web.Done(w, r, reportPath+"?period="+x.Period, "Đã duyệt báo cáo.", "The report is approved.")
}

func (s *Pages) postReportPaper(w http.ResponseWriter, r *http.Request) error {
	period := r.FormValue("period")
	return s.printHere(w, r, PrintForm{Form: ReportForm, About: period}, reportPath+"/paper?period="+period, s.drawReport)
}

func (s *Pages) getReportPaper(w http.ResponseWriter, r *http.Request) error {
	x, err := s.report(r, nil)
	if err != nil {
		return err
	}
	p, err := x.sheetOf(ReportForm, x.Period, x.state())
	if err != nil {
		return err
	}
	p.Sub = x.Sub
	p.Pairs, p.Table = slices.Concat(x.dues(), x.reportRows()), x.volumeTable(x.Classes)
	p.More, p.Foot = x.moreTables(), x.doubts()
	for _, passage := range x.Passages {
		p.Prose = append(p.Prose, prose{upper(x.say("section", string(passage.Section))), x.orNot(passage.Words)})
	}
	p.Signs = x.reportSigns()
	return web.Render(w, r, http.StatusOK, paper(p))
}

func (x report) orNot(words string) string {
	if words == "" {
		return x.T("(chưa soạn)", "(not written)")
	}
	return words
}

func (x report) reportSigns() [][2]string {
	writer := ""
	if all := x.Writers(); len(all) > 0 {
		writer = x.name(all[0])
	}
	head := ""
	if x.Approved {
		head = x.name(x.Approval.Person)
	}
	return [][2]string{{x.T("Người lập", "Drawn up by"), writer}, {x.T("Người duyệt", "Approved by"), head}, {x.T("Thủ trưởng đơn vị", "Head"), ""}}
}

// getReportFile is the same report as a file. Its name says nothing but the period.
func (s *Pages) getReportFile(w http.ResponseWriter, r *http.Request) error {
	x, err := s.report(r, nil)
	if err != nil {
		return err
	}
	format := sheet.Format(r.PathValue("format"))
	if format != sheet.PDF && format != sheet.XLSX {
		return unknown(string(format))
	}
	d := sheet.Document{Title: x.T("Báo cáo dịch vụ bưu chính KT1", "Report on the KT1 service"), Lang: x.Lang, Lines: slices.Concat([]string{x.view.office(x.At), x.Sub, x.state()}, x.doubts()),
		Band: x.Site.Band + " · " + x.Person.Login + " " + string(x.Person.ID) + " " + x.DateTime(s.Now())}
	pairs := func(name string, rows []web.Row) sheet.Table {
		t := sheet.Table{Name: name, Columns: []sheet.Column{{Head: x.T("Chỉ tiêu", "Figure"), Width: 2}, {Head: x.T("Giá trị", "Value"), Width: 3}}}
		var cells [][]any
		for _, row := range filled(rows) {
			cells = append(cells, []any{row.Key, row.Value})
		}
		t.Rows = sheet.Rows(cells)
		return t
	}
	d.Table = []sheet.Table{pairs(x.T("Tổng hợp", "Summary"), slices.Concat(x.dues(), x.reportRows())), fileTable(x.T("Sản lượng", "Volume"), x.volumeTable(x.Classes)),
		fileTable(x.T("Số việc", "What happened"), x.tallyTable(x.Tallies))}
	if len(x.Rounds) > 0 {
		d.Table = append(d.Table, fileTable(x.T("Số lượt phát", "Deliveries"), x.roundsTable()))
	}
	d.Table = append(d.Table, x.proseTable())
	for _, sign := range x.reportSigns() {
		d.Signs = append(d.Signs, sign[0])
	}
	return d.Send(w, format, "bao-cao-"+x.Period)
}

// fileTable is a table of a page as one of a file.
func fileTable(name string, t *table) sheet.Table {
	out := sheet.Table{Name: name, Rows: sheet.Rows(cells(t))}
	for n, h := range t.Heads {
		out.Columns = append(out.Columns, sheet.Column{Head: h.Label, Number: h.Number, Width: share(t, n)})
	}
	return out
}

// proseTable holds the words, a paragraph a row, so that a row never outgrows a page.
func (x report) proseTable() sheet.Table {
	t := sheet.Table{Name: x.T("Lời báo cáo", "Words"), Columns: []sheet.Column{{Head: x.T("Mục", "Section"), Width: 1}, {Head: x.T("Nội dung", "Words"), Width: 4}}}
	var rows [][]any
	for _, p := range x.Passages {
		head := upper(x.say("section", string(p.Section)))
		for _, paragraph := range paragraphs(x.orNot(p.Words), 1200) {
			rows = append(rows, []any{head, paragraph})
			head = ""
		}
	}
	t.Rows = sheet.Rows(rows)
	return t
}

// paragraphs cuts a text at its lines, and long lines at a blank.
func paragraphs(text string, most int) (out []string) {
	for _, line := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' }) {
		for r := []rune(line); ; {
			if len(r) <= most {
				out = append(out, string(r))
				break
			}
			cut := most
			for cut > most/2 && r[cut] != ' ' {
				cut--
			}
			out, r = append(out, string(r[:cut])), r[cut:]
		}
	}
	return out
}

// reportRows are the totals that the circular asks for first.
func (x report) reportRows() []web.Row {
	var sum Class
	for _, c := range x.Classes {
		sum.Items += c.Items
		sum.FeeVND += c.FeeVND
		sum.Unpriced += c.Unpriced
		sum.OnTime += c.OnTime
		sum.Judged += c.Judged
		sum.Excused += c.Excused
		sum.After += c.After
	}
	incidents := 0
	for _, t := range x.Tallies {
		if t.What == (event.IncidentOpened{}).Fact() {
			incidents += t.N
		}
	}
	excused := ""
	if sum.Excused > 0 {
		excused = x.Number(int64(sum.Excused))
	}
	return []web.Row{
		{Key: x.T("Tổng sản lượng", "Total volume"), Value: x.Number(int64(sum.Items))},
		{Key: x.T("Doanh thu (nơi gửi phải trả cước)", "Revenue (senders who pay)"), Value: x.revenue(sum)},
		{Key: x.T("Phát lần đầu đúng hạn", "First attempt on time"), Value: x.share(sum.OnTime, sum.Judged)},
		{Key: x.T("Chậm vì bất khả kháng, không tính", "Late by superior force, not judged"), Value: excused},
		{Key: x.T("Phát nguyên vẹn (đã phát hoặc mất)", "Delivered whole (of those delivered or lost)"), Value: x.share(x.Intact, x.Ended) + x.asks(safetyKey, " %")},
		{Key: x.T("Phát ngoài giờ", "Delivered outside working hours"), Value: x.Number(int64(sum.After))},
		{Key: x.T("Sự cố", "Incidents"), Value: x.Number(int64(incidents))},
		{Key: x.T("Kiểm tra định kỳ từ đầu năm", "Regular inspections of the year so far"), Value: x.Number(int64(x.Inspected)) + x.asks(perYearKey, "")},
		{Key: x.T("Người làm KT1 đủ hồ sơ, cuối kỳ", "Workers with valid papers, end of period"), Value: x.Number(int64(x.Workers))},
		{Key: x.T("Cơ quan thiếu văn thư hoặc đầu mối, cuối kỳ", "Bodies without registry or contact, end of period"), Value: x.Number(int64(x.Faulty))},
	}
}

// asks says what the rule of the last day of the period asks for, and by which article.
func (x report) asks(key, unit string) string {
	least, ok := x.s.Law.Least(key, x.To)
	if !ok {
		return ""
	}
	return x.T(" · quy định ", " · the rule asks for ") + x.Number(least.N) + unit + " (" + least.Cite.Marked(x.Lang) + ")"
}

// roundsTable sets the deliveries of each office against the least number a day, on the days of the period on which a rule fixed one.
func (x report) roundsTable() *table {
	t := &table{Caption: x.T("Số lượt phát mỗi ngày, theo bưu cục", "Deliveries a day, by office"), Heads: []web.Head{{Label: x.T("Bưu cục", "Office")}, {Label: x.T("Ngày có phát", "Days with deliveries"), Number: true},
		{Label: x.T("Lượt phát", "Deliveries"), Number: true}, {Label: x.T("Ngày dưới mức", "Days below"), Number: true}}}
	for _, o := range x.Rounds {
		t.Rows = append(t.Rows, []cell{textCell(x.view.office(o.Office)), {Text: x.Number(int64(o.Days)), Num: true}, {Text: x.Number(int64(o.Rounds)), Num: true}, {Text: x.Number(int64(o.Below)), Num: true}})
	}
	t.Note = x.leastRounds()
	return t
}

// leastRounds says what the rule asks for, by the first day of the period that it covers. A day without mail has no delivery and is not counted.
func (x report) leastRounds() string {
	for day := x.From; !day.After(x.To); day = day.AddDays(1) {
		if least, ok := x.s.Law.Least(perDayKey, day); ok {
			return x.T(fmt.Sprintf("Mức tối thiểu tới cấp huyện: %d lượt mỗi ngày (%s). Chỉ tính ngày có phát, đến hết ngày quy định còn hiệu lực.", least.N, least.Cite.Marked(x.Lang)),
				fmt.Sprintf("The least to a district: %d a day (%s). Only days with deliveries count, as long as the rule holds.", least.N, least.Cite.Marked(x.Lang)))
		}
	}
	return ""
}

// moreTables are those of the paper beside the volume.
func (x report) moreTables() []*table {
	all := []*table{x.tallyTable(x.Tallies)}
	if len(x.Rounds) > 0 {
		all = append(all, x.roundsTable())
	}
	return all
}

// revenue is what was charged, and how many items have no price.
func (v view) revenue(c Class) string {
	if c.FeeVND == 0 && c.Unpriced == 0 && c.Items > 0 {
		return v.T("miễn cước", "free of charge")
	}
	text := v.Money(c.FeeVND)
	if c.Unpriced == 0 {
		return text
	}
	missing := v.T(fmt.Sprintf("%d bưu gửi chưa có giá", c.Unpriced), fmt.Sprintf("%d items without a price", c.Unpriced))
	if c.FeeVND == 0 {
		return missing
	}
	return text + " + " + missing
}

// share writes a share with what it stands on.
func (v view) share(n, of int) string {
	if of == 0 {
		return v.T("chưa có", "none yet")
	}
	return fmt.Sprintf("%d/%d (%d %%)", n, of, n*100/of)
}

func (v view) volumeTable(classes []Class) *table {
	t := &table{Caption: v.T("Sản lượng, chất lượng và doanh thu", "Volume, quality and revenue"), Empty: v.T("Không có bưu gửi trong kỳ", "No items in the period"),
		Heads: []web.Head{{Label: v.T("Danh sách", "List")}, {Label: v.T("Ký hiệu", "Letter")}, {Label: v.T("Độ khẩn", "Urgency")}, {Label: v.T("Phạm vi", "Scope")}, {Label: v.T("Bưu gửi", "Items"), Number: true}, {Label: v.T("Đúng hạn", "On time"), Number: true}, {Label: v.T("Chờ đi (phút)", "Wait (min)"), Number: true}, {Label: v.T("Cước", "Postage"), Number: true}}}
	for _, c := range classes {
		scope := v.T("Nội tỉnh", "Province")
		if c.Inter {
			scope = v.T("Liên tỉnh", "Inter-province")
		}
		wait := ""
		if c.Left > 0 {
			wait = v.Number(int64(c.WaitMin / c.Left))
		}
		t.Rows = append(t.Rows, []cell{textCell(v.say("list", string(c.List))), textCell(v.say("secrecy", string(c.Secrecy))), textCell(v.say("urgency", string(c.Urgency))), textCell(scope),
			{Text: v.Number(int64(c.Items)), Num: true}, {Text: v.share(c.OnTime, c.Judged), Num: true}, {Text: wait, Num: true}, {Text: v.revenue(c), Num: true}})
	}
	return t
}

func (v view) tallyTable(tallies []Tally) *table {
	t := &table{Caption: v.T("Số việc trong kỳ", "What happened in the period"), Empty: v.T("Không có", "Nothing"), Heads: []web.Head{{Label: v.T("Việc", "What")}, {Label: v.T("Loại", "Kind")}, {Label: v.T("Số", "Number"), Number: true}}}
	groups := map[string][3]string{
		"kt1.incident_opened": {"trouble", "Sự cố", "Incident"}, "kt1.incident_reported": {"level", "Báo cáo sự cố", "Incident reported"}, "kt1.search_closed": {"decision", "Kết thúc tìm kiếm", "Search ended"}, "kt1.complaint_opened": {"about", "Khiếu nại", "Complaint"},
		"kt1.complaint_answered": {"outcome", "Trả lời khiếu nại", "Complaint answered"}, "kt1.inspection_ended": {"inspection", "Kiểm tra đã kết thúc", "Inspection ended"}, findingTally: {"finding", "Kiểm tra phát hiện phải sửa", "Inspections found to be mended"}, "kt1.register_printed": {"register", "In sổ", "Register page printed"},
		"kt1.visit_began": {"purpose", "Khách vào khu vực", "Visit"}, "item.attempted": {"reason", "Phát chưa được", "Attempt failed"},
		"kt1.given_to_partner": {"partner", "Giao đối tác", "Given to a partner"}, takenIn: {"partner", "Nhận của đối tác", "Taken from a partner"}, "kt1.partner_told": {"told", "Đối tác báo kết quả", "Told by a partner"}, partnerIncident: {"trouble", "Sự cố với đối tác", "Incident with a partner"},
	}
	for _, x := range tallies {
		g := groups[x.What]
		kind := v.say(g[0], x.Kind)
		if code, trouble, ok := strings.Cut(x.Kind, "/"); ok && x.What == partnerIncident {
			kind = code + ": " + lower(v.say(g[0], trouble))
		}
		t.Rows = append(t.Rows, []cell{textCell(v.T(g[1], g[2])), textCell(kind), {Text: v.Number(int64(x.N)), Num: true}})
	}
	return t
}
