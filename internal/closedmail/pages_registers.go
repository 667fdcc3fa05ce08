package closedmail

import (
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sheet"
	"citypost/internal/web"
)

// getRegisters lists the registers with the pages that are to be printed.
func (s *Pages) getRegisters(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Sổ KT1", "KT1 registers")
	if err != nil {
		return err
	}
	v.Tabs = v.bookTabs(registerPath)
	t := &table{Caption: v.T("Sổ của bưu cục: in, ký và đóng theo trang", "Registers of the office: printed, signed and bound by page"),
		Heads: []web.Head{{Label: v.T("Sổ", "Register")}, {Label: v.T("Dòng", "Lines"), Number: true}, {Label: v.T("Trang", "Pages")}, {Label: v.T("Chờ in", "To be printed")}}}
	totals, err := s.Records.Totals(r.Context(), v.At)
	if err != nil {
		return err
	}
	for _, reg := range Registers {
		total := totals[reg]
		pages := (total + PageRows - 1) / PageRows
		row := []cell{textCell(v.say("register", string(reg))), {Text: v.Number(int64(total)), Num: true}, textCell(v.T("Chưa có", "None")), textCell("")}
		if pages > 0 {
			row[2] = cell{Text: v.T(fmt.Sprintf("Mở trang cuối (%d)", pages), fmt.Sprintf("Open the last page (%d)", pages)), Href: pagePath(reg, pages)}
			if first := v.unprinted(reg, pages, total); first > 0 {
				row[3] = cell{Text: v.T(fmt.Sprintf("Từ trang %d", first), fmt.Sprintf("From page %d", first)), Href: pagePath(reg, first)}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Table: t})
	return v.draw(w, r)
}

func pagePath(reg Register, page int) string {
	return registerPath + "/" + string(reg) + "/" + strconv.Itoa(page)
}

// unprinted finds the first page that has lines which no paper shows; 0 when all is printed. Pages are printed in order, each after the one before it was printed full.
func (v view) unprinted(reg Register, pages, total int) int {
	first := 1 + sort.Search(pages, func(n int) bool {
		p, ok := ledger.Get[*Case](v.led, PageKey(reg, v.At, n+1))
		return !ok || p.Rows < min(PageRows, total-n*PageRows)
	})
	if first > pages {
		return 0
	}
	return first
}

// registerPage is one page of a register with its lines and what is known of its prints.
type registerPage struct {
	view
	Register Register
	N        int
	Pages    int
	Total    int // lines up to the end of the page
	Lines    []Line
	Printed  *Case
}

func (s *Pages) registerPage(r *http.Request, f *web.Form) (p registerPage, err error) {
	if p.view, err = s.view(r, f, "", ""); err != nil {
		return p, err
	}
	p.Register = Register(r.PathValue("register"))
	if err := oneOf(Registers, p.Register, "register"); err != nil {
		return p, err
	}
	p.N, _ = strconv.Atoi(r.PathValue("page"))
	var all int
	if p.N > 0 {
		p.Lines, all, err = s.Records.Lines(r.Context(), p.Register, p.At, p.N)
	}
	if err != nil {
		return p, err
	}
	if len(p.Lines) == 0 {
		return p, fault.New(fault.NotFound, "closedmail.page_unknown", "Không có trang sổ này.", "There is no such page.")
	}
	p.Pages, p.Total = (all+PageRows-1)/PageRows, (p.N-1)*PageRows+len(p.Lines)
	p.Printed, _ = ledger.Get[*Case](p.led, PageKey(p.Register, p.At, p.N))
	p.Title = p.say("register", string(p.Register))
	p.Sub = p.T(fmt.Sprintf("trang %d/%d", p.N, p.Pages), fmt.Sprintf("page %d/%d", p.N, p.Pages))
	return p, nil
}

func (s *Pages) getPage(w http.ResponseWriter, r *http.Request) error { return s.drawPage(w, r, nil) }

func (s *Pages) drawPage(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	p, err := s.registerPage(r, f)
	if err != nil {
		return err
	}
	p.Tabs, p.Wide = p.bookTabs(registerPath), true
	p.add(part{Table: p.table()})
	p.add(part{Text: p.totals()})
	path := pagePath(p.Register, p.N)
	again := &form{Action: path, Button: p.T("In trang này", "Print this page"), Key: "F8"}
	head, text := p.T("In, ký và đóng sổ", "Print, sign and bind"), p.T("Trang chưa in.", "The page was not printed.")
	if p.Printed != nil {
		text = p.T(fmt.Sprintf("Đã in %d bản, bản cuối lúc ", p.Printed.Copies), fmt.Sprintf("Printed %d times, the last at ", p.Printed.Copies)) + p.Millis(p.Printed.OpenedMs) + "."
		if p.Printed.Rows == len(p.Lines) {
			again.Button, again.Kind = p.T("In lại", "Print again"), web.Second
			again.Asks = []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: p.T("Lý do in lại", "Reason for another copy")}, Choices: choices(p.view, "reprint", Reprints[1:])}}
		}
	}
	p.add(part{Head: head, Text: text, Form: again})
	if err := p.keeping(path); err != nil {
		return err
	}
	if p.Printed != nil && p.Printed.Rows == len(p.Lines) {
		p.add(part{Buttons: []web.Btn{{Label: p.T("Xem bản in", "See the print"), Kind: web.Second, Href: path + "/paper", Target: "_blank"}, {Label: p.T("Tải PDF để lưu", "PDF for the archive"), Kind: web.Second, Href: path + "/pdf"}}})
	}
	var turn []web.Btn
	if p.N > 1 {
		turn = append(turn, web.Btn{Label: p.T("Trang trước", "Page before"), Kind: web.Second, Href: pagePath(p.Register, p.N-1)})
	}
	if p.N < p.Pages {
		turn = append(turn, web.Btn{Label: p.T("Trang sau", "Next page"), Kind: web.Second, Href: pagePath(p.Register, p.N+1)})
	}
	p.add(part{Buttons: turn})
	return p.draw(w, r)
}

// newestMs is the latest time of a line on the page: keeping begins there. Lines read off paper stand in the order in which they were entered.
func (p registerPage) newestMs() (ms int64) {
	for _, l := range p.Lines {
		ms = max(ms, l.AtMs)
	}
	return ms
}

// keeping says how long the page is kept, and lets a supervisor destroy it afterwards.
func (p *registerPage) keeping(path string) error {
	last := postal.FromMillis(p.newestMs())
	if p.Printed == nil {
		return nil
	}
	paper, rule, err := p.s.Law.Kept(true, last)
	if err != nil {
		return err
	}
	electronic, _, err := p.s.Law.Kept(false, last)
	if err != nil {
		return err
	}
	text := p.T("Giấy lưu đến ", "Paper is kept until ") + p.Date(paper) + p.T(", điện tử đến ", ", electronic until ") + p.Date(electronic) + " (" + rule.Cite().Marked(p.Lang) + ")"
	if p.Printed.EndedMs != 0 {
		p.add(part{Text: p.T("Bản giấy đã tiêu huỷ lúc ", "The paper was destroyed at ") + p.Millis(p.Printed.EndedMs) + "."})
		return nil
	}
	if p.May(web.KT1Supervisor) && p.s.Now().After(paper) {
		if p.waits(PageKey(p.Register, p.At, p.N)) {
			return nil
		}
		p.add(part{Head: p.T("Tiêu huỷ bản giấy: hai người", "Destroy the paper: two persons"), Text: text, Form: p.pair(form{Action: path + "/destroy", Button: p.T("Tiêu huỷ", "Destroy"), Kind: web.Danger}, p.secondAsks(), p.colleagues(Clerk, Supervisor))})
		return nil
	}
	p.add(part{Text: text + "."})
	return nil
}

func (p registerPage) totals() string {
	return p.T(fmt.Sprintf("Trang này: %d dòng. Cộng dồn đến hết trang: %d dòng.", len(p.Lines), p.Total), fmt.Sprintf("This page: %d lines. Running total to its end: %d lines.", len(p.Lines), p.Total))
}

// table writes the lines of the page in the columns of its register.
func (p registerPage) table() *table {
	t := &table{Caption: p.Title + ", " + p.Sub, Heads: []web.Head{{Label: p.T("TT", "No."), Number: true}, {Label: p.T("Lúc", "When")}}}
	item := p.Register == OutRegister || p.Register == InRegister || p.Register == TransferBook
	if item {
		t.Heads = append(t.Heads, web.Head{Label: p.T("Số hiệu", "Number")}, web.Head{Label: p.T("Số trên bì", "On the cover")}, web.Head{Label: p.T("Dấu", "Marks")}, web.Head{Label: p.T("Nơi gửi", "Sender")}, web.Head{Label: p.T("Nơi nhận", "Addressee")})
	} else {
		t.Heads = append(t.Heads, web.Head{Label: p.T("Mã", "Code")}, web.Head{Label: p.T("Việc", "What")}, web.Head{Label: p.T("Số mục", "Things"), Number: true})
	}
	roles := map[Register][2]string{OutRegister: {p.T("Người mang đến", "Handed in by"), p.T("Người nhận gửi", "Accepted by")}, InRegister: {p.T("Người mang đến", "Handed in by"), p.T("Người nhận vào", "Taken in by")},
		TransferBook: {p.T("Người phát", "Delivered by"), p.T("Người nhận ký", "Signed by")}, HandoverBook: {p.T("Bên giao", "Giver"), p.T("Bên nhận", "Taker")}, IncidentBook: {p.T("Người làm", "Done by"), p.T("Người ký cùng", "Signed with")}}[p.Register]
	t.Heads = append(t.Heads, web.Head{Label: roles[0]}, web.Head{Label: roles[1]})
	for _, l := range p.Lines {
		row := []cell{{Text: p.Number(int64(l.N)), Num: true}, textCell(p.Millis(l.AtMs)), codeCell(l.Code, "")}
		if item {
			row = append(row, codeCell(l.Number, ""), textCell(p.marksOf(l)), textCell(p.bodyAt(l.Sender, l.AtMs)), textCell(p.bodyAt(l.Addressee, l.AtMs)))
		} else {
			row = append(row, textCell(p.what(l)), cell{Text: p.Number(int64(l.Count)), Num: true})
		}
		if l.What == undoneLine { // its two signatures stand with what they signed, not under heads that say otherwise
			t.Rows = append(t.Rows, append(row, textCell(""), textCell("")))
			continue
		}
		t.Rows = append(t.Rows, append(row, textCell(p.name(l.First)), textCell(p.name(l.Second))))
	}
	return t
}

func (p registerPage) what(l Line) string {
	switch l.What {
	case "shift":
		return p.T("Giao ca", "Change of shift")
	case custody.ForDelivery:
		return p.T("Giao cho giao thông viên đi phát", "Given for delivery")
	case custody.ForOutside:
		return p.T("Giao nhận với đối tác", "Handover with a partner")
	case "handover":
		return p.T("Giao nhận", "Handover")
	case string(NotFound):
		return p.T("Kết thúc tìm kiếm: mất", "Search ended: lost")
	case minutesLine:
		return p.T("Ký biên bản", "Minutes signed") + p.first(l)
	}
	if to, ok := strings.CutPrefix(l.What, reportedLine); ok {
		return p.T("Báo cáo lên trên: ", "Reported up the line: ") + lower(p.say("level", to)) + p.first(l)
	}
	if how, ok := strings.CutPrefix(l.What, releasedLine); ok {
		return p.T("Giải toả: ", "Released: ") + lower(p.say("decision", how)) + p.first(l)
	}
	return strings.TrimSpace(p.say("trouble", l.What) + " " + l.Number)
}

// first names the line with which the incident began.
func (p registerPage) first(l Line) string {
	if l.Number == "" {
		return ""
	}
	return p.T(" (sự cố ở dòng ", " (incident of line ") + l.Number + ")"
}

// marksOf are the outer marks of a line, or that its item was taken in by mistake and who took it back.
func (p registerPage) marksOf(l Line) string {
	if l.What != undoneLine {
		return p.lineMarks(l.Marks)
	}
	text := p.T("HUỶ NHẬN GỬI, ký: ", "ACCEPTANCE TAKEN BACK, signed: ") + p.name(l.First)
	if l.Second != "" {
		text += ", " + p.name(l.Second)
	}
	return text
}

func (p registerPage) lineMarks(codes string) string {
	var out []string
	for _, m := range strings.Fields(codes) {
		day, recall := strings.CutPrefix(m, "recall:")
		switch {
		case recall:
			out = append(out, p.T("thu hồi ", "return by ")+vnDay(day))
		case m == "named":
			out = append(out, p.T("chỉ người có tên", "named person only"))
		case len(m) == 1:
			out = append(out, m)
		default:
			out = append(out, p.say("urgency", m))
		}
	}
	return strings.Join(out, ", ")
}

// postPage records the print and then shows the paper.
func (s *Pages) postPage(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	p, err := s.registerPage(r, f)
	if err != nil {
		return err
	}
	_, ok, err := s.try(r, f, PrintPage{Register: p.Register, Office: p.At, Page: p.N, Rows: len(p.Lines), Total: p.Total, LastMs: p.newestMs(), Reason: Reason(f.Value("reason"))})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawPage(w, r, f)
	}
	return web.Redirect(w, r, pagePath(p.Register, p.N)+"/paper")
}

// getPaper is the page on paper: only after its print was recorded.
func (s *Pages) getPaper(w http.ResponseWriter, r *http.Request) error {
	p, err := s.registerPage(r, nil)
	if err != nil {
		return err
	}
	if p.Printed == nil || p.Printed.Rows < len(p.Lines) {
		return printFirst()
	}
	return web.Render(w, r, http.StatusOK, paper(p.sheet()))
}

// getPDF is the same page as a file, for the archive. Its name says nothing of what is in it.
func (s *Pages) getPDF(w http.ResponseWriter, r *http.Request) error {
	p, err := s.registerPage(r, nil)
	if err != nil {
		return err
	}
	if p.Printed == nil || p.Printed.Rows < len(p.Lines) {
		return printFirst()
	}
	x := p.sheet()
	d := sheet.Document{Title: x.Title, Lines: append([]string{x.Office, x.Corner}, x.Foot...), Lang: p.Lang, Band: p.Site.Band + " · " + p.Person.Login + " " + string(p.Person.ID) + " " + p.DateTime(s.Now())}
	if x.Seen {
		d.Lines = append(d.Lines, p.T("BẢN XEM – không phải bản in, không có giá trị", "VIEW – no print, no value"))
	}
	for _, sign := range x.Signs {
		d.Signs = append(d.Signs, sign[0])
	}
	t := sheet.Table{Name: p.Title}
	for n, h := range x.Table.Heads {
		t.Columns = append(t.Columns, sheet.Column{Head: h.Label, Number: h.Number, Width: share(x.Table, n)})
	}
	t.Rows = sheet.Rows(cells(x.Table))
	d.Table = []sheet.Table{t}
	return d.Send(w, sheet.PDF, fmt.Sprintf("so-trang-%d-ban-%d", p.N, p.Printed.Copies))
}

// cells are the texts of a table, row by row.
func cells(t *table) [][]any {
	out := make([][]any, len(t.Rows))
	for n, row := range t.Rows {
		for _, c := range row {
			out[n] = append(out[n], c.Text)
		}
	}
	return out
}

func printFirst() error {
	return fault.New(fault.Conflict, "closedmail.print_first", "Hãy bấm nút in trước: mỗi lần in đều được ghi lại.", "Press the print button first: every print is recorded.")
}

func (p registerPage) sheet() sheetPaper {
	x := p.view.sheet()
	x.Seen = !p.fresh(p.Printed)
	x.Title, x.Sub, x.Corner = strings.ToUpper(p.formName(string(p.Register))), "", p.T(fmt.Sprintf("Trang %d", p.N), fmt.Sprintf("Page %d", p.N))
	p.Sub = lower(x.Corner) // bound by its own number: how many there are changes
	x.Table, x.Wide = p.table(), true
	if p.Register == TransferBook || p.Register == HandoverBook {
		x.Table.toSign(p.T("Ký nhận", "Signature"))
	}
	x.Corner += " · " + p.copyWord(p.Printed.Copies)
	carried := p.Total - len(p.Lines)
	x.Foot = []string{p.T(fmt.Sprintf("Chuyển từ trang trước: %d. Trang này: %d. Cộng dồn: %d.", carried, len(p.Lines), p.Total), fmt.Sprintf("Carried forward: %d. This page: %d. Running total: %d.", carried, len(p.Lines), p.Total))}
	x.Signs = [][2]string{{p.T("Người lập sổ", "Keeper of the register"), ""}, {p.T("Kiểm soát viên", "Supervisor"), ""}}
	return x
}

func (s *Pages) postDestroy(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	p, err := s.registerPage(r, f)
	if err != nil {
		return err
	}
	until, rule, err := s.Law.Kept(true, postal.FromMillis(p.newestMs()))
	if err != nil {
		return err
	}
	act, err := s.joint(r, f, func(second postal.StaffID) Joint {
		return DestroyPage{Register: p.Register, Office: p.At, Page: p.N, KeptMs: postal.Millis(until), Rule: RuleID(rule.ID()), Second: second}
	})
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawPage(w, r, f)
	}
	return s.told(w, r, got, pagePath(p.Register, p.N), "Đã ghi việc tiêu huỷ.", "The destruction is recorded.")
}
