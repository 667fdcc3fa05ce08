package closedmail

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sheet"
	"citypost/internal/web"
)

func (s *Pages) mountBooks(m *web.Mux) {
	m.Get(incidentPath, handlers, s.getIncidents)
	m.Post(incidentPath, handlers, s.postIncident)
	m.Get(incidentPath+"/{id}", handlers, s.getIncident)
	m.Post(incidentPath+"/{id}/{do}", handlers, s.postIncidentAct)
	m.Get(incidentPath+"/{id}/minutes", handlers, s.getMinutes)
	m.Post(incidentPath+"/settle", web.KT1Supervisor, s.postSettle)
	m.Post(incidentPath+"/found", web.KT1Clerk, s.postFound)
	m.Get(registerPath, web.KT1Clerk, s.getRegisters)
	m.Get(registerPath+"/{register}/{page}", web.KT1Clerk, s.getPage)
	m.Post(registerPath+"/{register}/{page}", web.KT1Clerk, s.postPage)
	m.Get(registerPath+"/{register}/{page}/paper", web.KT1Clerk, s.getPaper)
	m.Get(registerPath+"/{register}/{page}/pdf", web.KT1Clerk, s.getPDF)
	m.Post(registerPath+"/{register}/{page}/destroy", web.KT1Supervisor, s.postDestroy)
	s.mountReport(m)
}

func (v view) incidentTable(all []*Incident) *table {
	t := &table{Caption: v.T("Sự cố chưa giải tỏa", "Open incidents"), Empty: v.T("Không có sự cố nào", "There is no incident"),
		Heads: []web.Head{{Label: v.T("Sự cố", "Incident")}, {Label: v.T("Mục bị phong tỏa", "Frozen")}, {Label: v.T("Phát hiện lúc", "Found")}, {Label: v.T("Biên bản", "Minutes")}, {Label: v.T("Báo cáo lên trên", "Reported up")}}}
	for _, i := range all[:min(len(all), maxOnBoard)] {
		t.Rows = append(t.Rows, []cell{{Text: v.say("trouble", string(i.Kind)), Href: incidentPath + "/" + string(i.ID)}, {Text: strings.Join(texts(i.Things), " "), Code: true}, textCell(v.Millis(i.OpenedMs)), v.minutesCell(i), v.clockCell(i)})
	}
	return t
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for n, t := range all {
		out[n] = string(t)
	}
	return out
}

func (v view) minutesCell(i *Incident) cell {
	if i.First == "" {
		return tagCell(v.T("Chưa ký", "Not signed"), web.Ask)
	}
	return textCell(v.name(i.First) + ", " + v.name(i.Second))
}

// clockCell is the clock of an incident: minutes until it was reported, red when they are too many.
func (v view) clockCell(i *Incident) cell {
	limit := v.s.Law.Minutes(incidentLimit, v.day())
	if len(i.Reported) > 0 {
		after := int((i.Reported[0].Ms - i.OpenedMs) / 60_000)
		tone := web.Good
		if after > limit {
			tone = web.Bad
		}
		return tagCell(v.T("sau ", "after ")+v.minutes(after), tone)
	}
	n, tone := v.since(i.OpenedMs), web.Ask
	if n > limit {
		tone = web.Bad
	}
	return tagCell(v.T("chưa, đã ", "not yet, ")+v.minutes(n), tone)
}

func (s *Pages) getIncidents(w http.ResponseWriter, r *http.Request) error {
	return s.drawIncidents(w, r, nil)
}

func (s *Pages) drawIncidents(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Sự cố", "Incidents")
	if err != nil {
		return err
	}
	v.Wide = true
	v.add(part{Table: v.incidentTable(Incidents(v.led, v.At))})
	if v.May(web.KT1Supervisor) {
		v.irregularities()
	}
	v.foundForm()
	v.add(part{Head: v.T("Báo sự cố", "Report an incident"), Text: v.T("Mục được ghi sẽ bị phong tỏa ngay.", "What is named is frozen at once."), Form: &form{Action: incidentPath, Button: v.T("Báo sự cố", "Report it"), Kind: web.Danger, Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "kind", Label: v.T("Loại sự cố", "Kind")}, Choices: choices(v, "trouble", Troubles)},
		{Kind: askCode, Field: web.Field{Name: "things", Label: v.T("Mã bưu gửi, túi hoặc chuyến", "Code of item, bag or dispatch"), Width: 20, Max: 20, Optional: true}}}}})
	return v.draw(w, r)
}

// irregularities lists what custody noted beside the incidents, for the supervisor.
func (v *view) irregularities() {
	t := &table{Caption: v.T("Bất thường chờ xử lý", "Irregularities to be settled"), Heads: []web.Head{{Label: v.T("Bất thường", "Irregularity")}, {Label: v.T("Mã", "Code")}, {Label: v.T("Lúc", "When")}, {Label: v.T("Xử lý", "Settle"), Hidden: true}}}
	for _, k := range v.led.At(string(custody.AtOffice(v.At)), 'x') {
		x, ok := ledger.Get[*custody.Irregularity](v.led, k)
		if !ok || len(t.Rows) == maxOnBoard {
			continue
		}
		t.Rows = append(t.Rows, []cell{textCell(custody.Say("irregularity", x.Kind).In(v.Lang)), codeCell(string(x.Thing), ""), textCell(v.Millis(x.RaisedMs)),
			{Do: &form{Action: incidentPath + "/settle", Button: v.T("Đã đếm lại, ghi nhận", "Counted again, noted"), Kind: web.Quiet, About: " " + string(x.Thing), Hidden: []string{"irregularity", x.ID, "decision", custody.Noted, "reason", "recounted"}}}})
	}
	if len(t.Rows) > 0 {
		v.add(part{Table: t})
	}
}

func (s *Pages) postSettle(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	_, ok, err := s.try(r, f, Settle{Irregularity: web.Parse(f, "irregularity", parseID), Decision: Reason(f.Value("decision")), Reason: Reason(f.Value("reason"))})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawIncidents(w, r, f)
	}
	return web.Done(w, r, incidentPath, "Đã xử lý.", "Settled.")
}

func (s *Pages) postIncident(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	a := ReportIncident{Kind: Trouble(f.Value("kind"))}
	if t := event.Thing(f.Value("things")); t != "" {
		a.Things = []event.Thing{t}
	}
	got, ok, err := s.try(r, f, a)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawIncidents(w, r, f)
	}
	i, _ := factOf[event.IncidentOpened](got.Facts)
	return web.Leave(w, r, incidentPath+"/"+i.Incident, web.Flash{Tone: web.Bad, VI: "Sự cố: đã phong tỏa. Hai người lập biên bản và báo cáo ngay.", EN: "An incident: it is frozen. Two persons write the minutes and report at once."})
}

func (v view) incident(r *http.Request) (*Incident, error) {
	id, err := parseID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	i, ok := ledger.Get[*Incident](v.led, IncidentKey(id))
	if !ok || i.Office != v.At && i.By != v.Person.ID {
		return nil, fault.New(fault.NotFound, "closedmail.no_incident", "Không có sự cố này.", "There is no such incident.")
	}
	return i, nil
}

func (s *Pages) getIncident(w http.ResponseWriter, r *http.Request) error {
	return s.drawIncident(w, r, nil)
}

func (s *Pages) drawIncident(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Sự cố", "Incident")
	if err != nil {
		return err
	}
	i, err := v.incident(r)
	if err != nil {
		return err
	}
	v.Sub = v.say("trouble", string(i.Kind))
	v.add(part{Rows: v.incidentRows(i)})
	path := incidentPath + "/" + string(i.ID)
	if i.Decision == "" && i.Office == v.At {
		v.incidentForms(i, path)
	}
	v.add(part{Buttons: []web.Btn{{Label: v.T("In biên bản", "Print the minutes"), Key: "F8", Href: path + "/minutes", Target: "_blank"}}})
	return v.draw(w, r)
}

func (v view) incidentRows(i *Incident) []web.Row {
	rows := []web.Row{
		{Key: v.T("Sự cố", "Incident"), Value: v.say("trouble", string(i.Kind))},
		{Key: v.T("Mục bị phong tỏa", "Frozen"), Value: strings.Join(texts(i.Things), " "), Code: true},
		{Key: v.T("Bưu cục", "Office"), Value: v.office(i.Office)},
		{Key: v.T("Phát hiện lúc", "Found"), Value: v.Millis(i.OpenedMs) + ", " + v.name(i.By)},
	}
	if i.Known != "" || i.Found != "" {
		rows = append(rows, web.Row{Key: v.T("Niêm phong theo sổ / trên túi", "Seal by the books / on the bag"), Value: string(i.Known) + " / " + string(i.Found), Code: true})
	}
	if i.First != "" {
		rows = append(rows, web.Row{Key: v.T("Ký biên bản", "Minutes signed by"), Value: v.name(i.First) + ", " + v.name(i.Second) + " · " + v.Millis(i.SignedMs)})
	}
	if len(i.Back) > 0 {
		rows = append(rows, web.Row{Key: v.T("Đã tìm thấy", "Found again"), Value: strings.Join(texts(i.Back), " "), Code: true})
	}
	for _, up := range i.Reported {
		rows = append(rows, web.Row{Key: v.T("Báo cáo", "Reported to"), Value: v.say("level", string(up.To)) + " · " + v.Millis(up.Ms) + " · " + v.T("sau ", "after ") + v.minutes(int((up.Ms-i.OpenedMs)/60_000))})
	}
	if i.Decision == NotFound {
		return append(rows, web.Row{Key: v.T("Kết thúc tìm kiếm", "Search ended"), Value: v.say("decision", string(i.Decision)) + " · " + v.name(i.ReleasedBy) + ", " + v.name(i.Closer) + " · " + v.Millis(i.ReleasedMs)})
	}
	if i.Decision != "" {
		rows = append(rows, web.Row{Key: v.T("Giải tỏa", "Released"), Value: v.say("decision", string(i.Decision)) + " · " + v.name(i.ReleasedBy) + " · " + v.Millis(i.ReleasedMs)})
	}
	return rows
}

// incidentForms are the three steps of an incident, in their order.
func (v *view) incidentForms(i *Incident, path string) {
	if i.First == "" {
		if !v.waits(IncidentKey(i.ID)) {
			v.add(part{Head: v.T("1. Hai người ký biên bản", "1. Two persons sign the minutes"), Form: v.pair(form{Action: path + "/sign", Button: v.T("Ký biên bản", "Sign the minutes"), Key: "F4"}, v.secondAsks(), v.witnesses())})
		}
	}
	if v.May(web.KT1Clerk) {
		v.add(part{Head: v.T("2. Báo cáo lên trên ngay", "2. Report up the line at once"), Form: &form{Action: path + "/report", Button: v.T("Đã báo cáo", "It is reported"), Kind: web.Second, Asks: []ask{
			{Kind: askChoice, Field: web.Field{Name: "level", Label: v.T("Báo cáo cho", "Reported to")}, Choices: choices(*v, "level", Levels)}}}})
	}
	if v.May(web.KT1Supervisor) && i.First != "" && len(i.Reported) > 0 {
		decisions := []Decision{Sound, Rewrapped}
		if i.Kind == Short {
			decisions = []Decision{FoundAgain}
		}
		v.add(part{Head: v.T("3. Kiểm soát viên giải tỏa", "3. The supervisor releases"), Text: v.T("Người đã ký biên bản không được giải tỏa.", "Whoever signed the minutes may not release."), Form: &form{Action: path + "/release", Button: v.T("Giải tỏa", "Release"), Kind: web.Danger, Asks: []ask{
			{Kind: askRadio, Field: web.Field{Name: "decision", Label: v.T("Quyết định", "Decision")}, Choices: choices(*v, "decision", decisions)}}}})
	}
	v.searchForms(i, path)
}

// witnesses may be the second under minutes: people of the office, and couriers, who are the other side of a handover.
func (v view) witnesses() []web.Choice {
	all := v.colleagues(Duties...)
	for _, c := range v.workerChoices("", "", Courier, Escort)[1:] {
		if c.Value != string(v.Person.ID) && !slices.ContainsFunc(all, func(x web.Choice) bool { return x.Value == c.Value }) {
			all = append(all, c)
		}
	}
	return all
}

func (s *Pages) postIncidentAct(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id, err := parseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	var act ledger.Act
	switch r.PathValue("do") {
	case "sign":
		if act, err = s.joint(r, f, func(second postal.StaffID) Joint { return SignMinutes{Incident: id, Second: second} }); err != nil {
			return err
		}
	case "close":
		if act, err = s.joint(r, f, func(second postal.StaffID) Joint { return CloseSearch{Incident: id, Second: second} }); err != nil {
			return err
		}
	case "found":
		act = ReportFound{Thing: event.Thing(f.Value("thing"))}
	case "report":
		act = ReportUp{Incident: id, To: Level(f.Value("level"))}
	case "release":
		act = Release{Incident: id, Decision: Decision(f.Value("decision"))}
	default:
		return unknown(r.PathValue("do"))
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawIncident(w, r, f)
	}
	return s.told(w, r, got, incidentPath+"/"+string(id), "Đã ghi.", "Recorded.")
}

// getMinutes prints the minutes of an incident.
func (s *Pages) getMinutes(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "BIÊN BẢN SỰ CỐ KT1", "KT1 INCIDENT MINUTES")
	if err != nil {
		return err
	}
	i, err := v.incident(r)
	if err != nil {
		return err
	}
	p := v.sheet()
	p.Office, p.Pairs = v.office(i.Office), v.incidentRows(i)
	p.Foot = []string{v.T("Các mục trên bị phong tỏa tại chỗ cho đến khi kiểm soát viên giải tỏa.", "The things named are frozen where they are until a supervisor releases them.")}
	if i.Decision == NotFound {
		p.Foot = []string{v.T("Hai người ký kết thúc tìm kiếm. Các mục chưa tìm thấy ghi là mất, trách nhiệm của bên giữ sau cùng theo sổ.", "Two persons signed that the search is over. What was not found is lost, in the name of whoever held it last by the books.")}
	}
	p.Signs = [][2]string{v.signature(v.T("Người thứ nhất", "First person"), i.First), v.signature(v.T("Người thứ hai", "Second person"), i.Second), v.signature(v.T("Kiểm soát viên", "Supervisor"), i.ReleasedBy)}
	if i.Closer != "" {
		p.Signs = append(p.Signs, v.signature(v.T("Người thứ hai ký kết thúc", "Second person at the end"), i.Closer))
	}
	return web.Render(w, r, http.StatusOK, paper(p))
}

func (v view) bookTabs(current string) []web.Tab {
	tabs := []web.Tab{{Label: v.T("Sổ", "Registers"), Path: registerPath, Current: current == registerPath}}
	if v.May(web.AnyOf(web.KT1Supervisor, web.SecurityOfficer)) {
		tabs = append(tabs, web.Tab{Label: v.T("Báo cáo kỳ", "Periodic report"), Path: reportPath, Current: current == reportPath})
	}
	return tabs
}

// getRegisters lists the registers with the pages that are to be printed.
func (s *Pages) getRegisters(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Sổ KT1", "KT1 registers")
	if err != nil {
		return err
	}
	v.Tabs = v.bookTabs(registerPath)
	t := &table{Caption: v.T("Sổ của bưu cục: in, ký và đóng theo trang", "Registers of the office: printed, signed and bound by page"),
		Heads: []web.Head{{Label: v.T("Sổ", "Register")}, {Label: v.T("Dòng", "Lines"), Number: true}, {Label: v.T("Trang", "Pages")}, {Label: v.T("Chờ in", "To be printed")}}}
	for _, reg := range Registers {
		_, total, err := s.Records.Lines(r.Context(), reg, v.At, 1)
		if err != nil {
			return err
		}
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

// maxBack bounds how far back the first page that was not printed is looked for.
const maxBack = 200

// unprinted finds the first page that has lines which no paper shows; 0 when all is printed.
func (v view) unprinted(reg Register, pages, total int) int {
	first := 0
	for page := pages; page > 0 && page > pages-maxBack; page-- {
		p, ok := ledger.Get[*Case](v.led, PageKey(reg, v.At, page))
		if ok && p.Rows >= min(PageRows, total-(page-1)*PageRows) {
			break
		}
		first = page
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
	if p.N > 1 {
		p.add(part{Buttons: []web.Btn{{Label: p.T("Trang trước", "Page before"), Kind: web.Second, Href: pagePath(p.Register, p.N-1)}}})
	}
	return p.draw(w, r)
}

// keeping says how long the page is kept, and lets a supervisor destroy it afterwards.
func (p *registerPage) keeping(path string) error {
	last := postal.FromMillis(p.Lines[len(p.Lines)-1].AtMs)
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
	text := p.T("Giấy lưu đến ", "Paper is kept until ") + p.Date(paper) + p.T(", điện tử đến ", ", electronic until ") + p.Date(electronic) + " (" + rule.Cite().In(p.Lang) + ")"
	if !rule.Verified {
		text += p.T(" – chưa kiểm chứng", " – not verified")
	}
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
		TransferBook: {p.T("Người phát", "Delivered by"), p.T("Người nhận ký", "Signed by")}, HandoverBook: {p.T("Bên giao", "Giver"), p.T("Bên nhận", "Taker")}, IncidentBook: {p.T("Người phát hiện", "Found by"), ""}}[p.Register]
	t.Heads = append(t.Heads, web.Head{Label: roles[0]})
	if roles[1] != "" {
		t.Heads = append(t.Heads, web.Head{Label: roles[1]})
	}
	for _, l := range p.Lines {
		row := []cell{{Text: p.Number(int64(l.N)), Num: true}, textCell(p.Millis(l.AtMs)), codeCell(l.Code, "")}
		if item {
			row = append(row, codeCell(l.Number, ""), textCell(p.lineMarks(l.Marks)), textCell(p.body(l.Sender)), textCell(p.body(l.Addressee)))
		} else {
			row = append(row, textCell(p.what(l)), cell{Text: p.Number(int64(l.Count)), Num: true})
		}
		row = append(row, textCell(p.name(l.First)))
		if roles[1] != "" {
			row = append(row, textCell(p.name(l.Second)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (p registerPage) what(l Line) string {
	switch l.What {
	case "shift":
		return p.T("Giao ca", "Change of shift")
	case custody.ForDelivery:
		return p.T("Giao cho giao thông viên đi phát", "Given for delivery")
	case "handover":
		return p.T("Giao nhận", "Handover")
	case string(NotFound):
		return p.T("Kết thúc tìm kiếm: mất", "Search ended: lost")
	}
	return strings.TrimSpace(p.say("trouble", l.What) + " " + l.Number)
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
	_, ok, err := s.try(r, f, PrintPage{Register: p.Register, Office: p.At, Page: p.N, Rows: len(p.Lines), Total: p.Total, Reason: Reason(f.Value("reason"))})
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
	return fault.New(fault.Conflict, "closedmail.print_first", "Hãy bấm “In trang này”: mỗi lần in đều được ghi lại.", "Press “Print this page”: every print is recorded.")
}

func (p registerPage) sheet() sheetPaper {
	x := p.view.sheet()
	x.Title, x.Sub, x.Corner = strings.ToUpper(p.Title), "", p.T(fmt.Sprintf("Trang %d", p.N), fmt.Sprintf("Page %d", p.N))
	if p.Printed.Copies > 1 {
		x.Corner += p.T(fmt.Sprintf(" · bản in thứ %d", p.Printed.Copies), fmt.Sprintf(" · copy %d", p.Printed.Copies))
	}
	x.Table, x.Wide = p.table(), true
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
	until, rule, err := s.Law.Kept(true, postal.FromMillis(p.Lines[len(p.Lines)-1].AtMs))
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
