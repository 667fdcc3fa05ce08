package closedmail

import (
	"database/sql"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/web"
)

func (s *Pages) mountManagement(m *web.Mux) {
	m.Get(peoplePath, overseer, s.getPeople)
	m.Post(peoplePath+"/{do}", web.SecurityOfficer, s.postPeople)
	m.Get(facilityPath, overseer, s.getFacilities)
	m.Post(facilityPath+"/{do}", overseer, s.postFacility)
	m.Get(bodiesListPath, overseer, s.getBodies)
	m.Get(bodiesListPath+"/{code}", overseer, s.getBody)
	m.Post(bodiesListPath+"/{code}/{do}", overseer, s.postBody)
	m.Get(visitsPath, overseer, s.getVisits)
	m.Post(visitsPath+"/{do}", web.KT1Supervisor, s.postVisit)
	m.Get(casesPath, overseer, s.getCases)
	m.Post(casesPath+"/{do}", web.KT1Supervisor, s.postCase)
	m.Get(registryPath, web.RegistryClerk, s.getRegistry)
}

func (v view) manageTabs(current string) []web.Tab {
	tabs := []web.Tab{{Label: v.T("Người làm KT1", "Workers"), Path: peoplePath}, {Label: v.T("Khu vực, xe, túi, hộp", "Facilities"), Path: facilityPath}, {Label: v.T("Cơ quan", "Bodies"), Path: bodiesListPath},
		{Label: v.T("Ra vào", "Visits"), Path: visitsPath}, {Label: v.T("Khiếu nại, kiểm tra, lưu giữ", "Complaints, inspections, holds"), Path: casesPath}}
	for n := range tabs {
		tabs[n].Current = tabs[n].Path == current
	}
	return tabs
}

// peopleChoices lists those whom the closed house knows with one of the roles.
func (v view) peopleChoices(rights ...web.Right) ([]web.Choice, error) {
	out := []web.Choice{{Label: v.T("Chọn người", "Choose a person")}}
	for _, right := range rights {
		all, err := v.s.Staff.Holding(v.ctx, right, "")
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if !slices.ContainsFunc(out, func(c web.Choice) bool { return c.Value == string(p.ID) }) {
				out = append(out, web.Choice{Value: string(p.ID), Label: p.Name + " · " + string(p.ID)})
			}
		}
	}
	return out, nil
}

func (s *Pages) getPeople(w http.ResponseWriter, r *http.Request) error {
	return s.drawPeople(w, r, nil)
}

func (s *Pages) drawPeople(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Người làm KT1", "KT1 workers")
	if err != nil {
		return err
	}
	v.Tabs, v.Wide = v.manageTabs(peoplePath), true
	t := &table{Caption: v.T("Hồ sơ và phân công", "Papers and duties"), Empty: v.T("Chưa có ai trong danh sách", "Nobody is in the register"), Heads: []web.Head{{Label: v.T("Người", "Person")}, {Label: v.T("Hồ sơ", "Papers")}, {Label: v.T("Còn hiệu lực đến", "Valid until")}, {Label: v.T("Phân công", "Duties")}}}
	all := Workers(v.led)
	slices.SortFunc(all, func(a, b *Worker) int { return strings.Compare(v.name(a.ID), v.name(b.ID)) })
	for _, x := range all {
		papers := tagCell(v.T("Đủ bốn loại", "All four"), web.Good)
		if lacks := x.Lacks(v.day()); len(lacks) > 0 {
			papers = tagCell(v.T("Thiếu: ", "Lacks: ")+v.papers(lacks), web.Bad)
		}
		var duties []string
		for _, d := range x.Duties {
			duties = append(duties, v.say("duty", string(d.Duty))+" · "+v.office(d.Office))
		}
		t.Rows = append(t.Rows, []cell{textCell(v.name(x.ID)), papers, textCell(v.soonest(x)), textCell(strings.Join(duties, "; "))})
	}
	v.add(part{Table: t})
	if v.May(web.SecurityOfficer) {
		if err := v.peopleForms(); err != nil {
			return err
		}
	}
	return v.draw(w, r)
}

func (v view) papers(all []Paper) string {
	var out []string
	for _, p := range all {
		out = append(out, v.say("paper", string(p)))
	}
	return strings.Join(out, ", ")
}

// soonest is the first day on which a paper of the worker runs out.
func (v view) soonest(w *Worker) string {
	first := ""
	for _, p := range w.Papers {
		if !p.Out && p.Until != "" && (first == "" || p.Until < first) {
			first = p.Until
		}
	}
	return vnDay(first)
}

func (v *view) peopleForms() error {
	people, err := v.peopleChoices(web.KT1Clerk, web.KT1Courier, web.KT1Supervisor)
	if err != nil {
		return err
	}
	person := ask{Kind: askChoice, Field: web.Field{Name: "person", Label: v.T("Người", "Person")}, Choices: people}
	paper := ask{Kind: askChoice, Field: web.Field{Name: "paper", Label: v.T("Giấy tờ", "Paper")}, Choices: choices(*v, "paper", Papers)}
	duty := ask{Kind: askChoice, Field: web.Field{Name: "duty", Label: v.T("Việc", "Duty")}, Choices: choices(*v, "duty", Duties)}
	office := ask{Kind: askChoice, Field: web.Field{Name: "office", Label: v.T("Bưu cục", "Office")}, Choices: append(v.officeChoices(), web.Choice{Value: string(v.At), Label: v.office(v.At)})}
	v.add(
		part{Head: v.T("Ghi giấy tờ vào hồ sơ", "File a paper"), Form: &form{Action: peoplePath + "/file", Button: v.T("Ghi", "File it"), Asks: []ask{person, paper,
			{Kind: askDay, Field: web.Field{Name: "on", Label: v.T("Ngày ký", "Signed on")}}, {Kind: askDay, Field: web.Field{Name: "until", Label: v.T("Hiệu lực đến", "Valid until"), Optional: true}}}}},
		part{Head: v.T("Rút giấy tờ", "Withdraw a paper"), Form: &form{Action: peoplePath + "/withdraw", Button: v.T("Rút", "Withdraw"), Kind: web.Danger, Asks: []ask{person, paper, {Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(*v, "withdrawal", Withdrawals)}}}},
		part{Head: v.T("Phân công", "Assign a duty"), Text: v.T("Thiếu một trong bốn loại giấy tờ thì không phân công được.", "Without all four papers nobody is assigned."), Form: &form{Action: peoplePath + "/assign", Button: v.T("Phân công", "Assign"), Asks: []ask{person, duty, office}}},
		part{Head: v.T("Thôi phân công", "End a duty"), Form: &form{Action: peoplePath + "/relieve", Button: v.T("Thôi phân công", "End it"), Kind: web.Second, Asks: []ask{person, duty, office}}})
	return nil
}

func (s *Pages) postPeople(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	who := web.Parse(f, "person", ParseStaff)
	var act ledger.Act
	switch r.PathValue("do") {
	case "file":
		act = FilePaper{Person: who, Paper: Paper(f.Value("paper")), On: f.Day("on"), Until: f.MaybeDay("until")}
	case "withdraw":
		act = WithdrawPaper{Person: who, Paper: Paper(f.Value("paper")), Reason: Reason(f.Value("reason"))}
	case "assign":
		act = Assign{Person: who, Duty: Duty(f.Value("duty")), Office: web.Parse(f, "office", postal.ParseOfficeCode)}
	case "relieve":
		act = Relieve{Person: who, Duty: Duty(f.Value("duty")), Office: web.Parse(f, "office", postal.ParseOfficeCode)}
	default:
		return unknown(r.PathValue("do"))
	}
	return s.finish(w, r, f, act, peoplePath, s.drawPeople)
}

// finish does an act, shows the page again when it is refused, and goes back to it when it is done.
func (s *Pages) finish(w http.ResponseWriter, r *http.Request, f *web.Form, act ledger.Act, back string, again func(http.ResponseWriter, *http.Request, *web.Form) error) error {
	_, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return again(w, r, f)
	}
	return web.Done(w, r, back, "Đã ghi.", "Recorded.")
}

func (s *Pages) getFacilities(w http.ResponseWriter, r *http.Request) error {
	return s.drawFacilities(w, r, nil)
}

func (s *Pages) drawFacilities(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Khu vực, xe, túi, hộp, định vị", "Facilities")
	if err != nil {
		return err
	}
	v.Tabs, v.Wide = v.manageTabs(facilityPath), true
	t := &table{Caption: v.T("Cơ sở vật chất KT1 của bưu cục", "KT1 facilities of the office"), Empty: v.T("Chưa khai báo", "None yet"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Loại", "Kind")}, {Label: v.T("Kiểm tra", "Inspection")}, {Label: v.T("Người chịu trách nhiệm", "Responsible")}, {Label: v.T("Đang dùng cho", "In use for")}}}
	list := []web.Choice{{Label: v.T("Chọn mã", "Choose a code")}}
	for _, x := range Facilities(v.led, v.At) {
		state := tagCell(v.T("Đạt, đến ", "Passed, until ")+vnDay(x.Until), web.Good)
		switch {
		case x.Inspected == "":
			state = tagCell(v.T("Chưa kiểm tra", "Not inspected"), web.Bad)
		case len(x.Lacks) > 0:
			state = tagCell(v.T("Không đạt: ", "Failed: ")+v.properties(x.Lacks), web.Bad)
		case !x.Fit(v.day()):
			state = tagCell(v.T("Quá hạn kiểm tra ", "Overdue since ")+vnDay(x.Until), web.Bad)
		}
		responsible := textCell(v.name(x.Responsible))
		if x.Responsible == "" && (x.Code.Kind() == Area || x.Code.Kind() == Vehicle) {
			responsible = tagCell(v.T("Chưa có", "Nobody"), web.Ask)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(x.Code), ""), textCell(v.say("facility", x.Code.Kind())), state, responsible, codeCell(x.Use, "")})
		list = append(list, web.Choice{Value: string(x.Code), Label: string(x.Code)})
	}
	v.add(part{Table: t})
	code := ask{Kind: askChoice, Field: web.Field{Name: "facility", Label: v.T("Mã", "Code")}, Choices: list}
	v.add(
		part{Head: v.T("Khai báo", "Add"), Form: &form{Action: facilityPath + "/add", Button: v.T("Khai báo", "Add"), Asks: []ask{{Kind: askCode, Field: web.Field{Name: "facility", Label: v.T("Mã mới", "New code"), Hint: v.T("kv-01 khu vực, xe-01 xe, hop-01 hộp, tui-01 túi, dv-01 định vị", "kv-01 area, xe-01 vehicle, hop-01 box, tui-01 bag, dv-01 locator"), Width: 10, Max: 12}}}}},
		part{Head: v.T("Ghi kết quả kiểm tra", "Record an inspection"), Form: &form{Action: facilityPath + "/inspect", Button: v.T("Ghi kết quả", "Record it"), Asks: []ask{code,
			{Kind: askTicks, Field: web.Field{Name: "lacks", Label: v.T("Không đạt (để trống nếu đạt hết)", "Lacks (leave empty if all is well)")}, Choices: choices(v, "property", allProperties())},
			{Kind: askDay, Field: web.Field{Name: "until", Label: v.T("Phải kiểm tra lại trước", "To be inspected again by")}}}}},
		part{Head: v.T("Giao người chịu trách nhiệm", "Name the responsible worker"), Form: &form{Action: facilityPath + "/responsible", Button: v.T("Giao", "Name"), Kind: web.Second, Asks: []ask{code, {Kind: askChoice, Field: web.Field{Name: "person", Label: v.T("Người", "Person")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), v.At, Duties...)}}}},
		part{Head: v.T("Chuyển sang bưu cục khác", "Send to another office"), Text: v.T("Túi, hộp rỗng về lại bưu cục của nó.", "Empty bags and boxes go home."), Form: &form{Action: facilityPath + "/move", Button: v.T("Chuyển", "Send"), Kind: web.Second, Asks: []ask{code, {Kind: askChoice, Field: web.Field{Name: "to", Label: v.T("Bưu cục", "Office")}, Choices: v.officeChoices()}}}},
		part{Head: v.T("Thôi sử dụng", "Take out of use"), Form: &form{Action: facilityPath + "/retire", Button: v.T("Thôi sử dụng", "Take out of use"), Kind: web.Danger, Asks: []ask{code, {Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(v, "retirement", Retirements)}}}})
	return v.draw(w, r)
}

func (v view) properties(all []Property) string {
	var out []string
	for _, p := range all {
		out = append(out, v.say("property", string(p)))
	}
	return strings.Join(out, ", ")
}

// allProperties lists every property once, in the order of the kinds.
func allProperties() []Property {
	var all []Property
	for _, kind := range []string{Area, Vehicle, Box, BagOf, Locator} {
		for _, p := range Properties[kind] {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

func (s *Pages) postFacility(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	code := web.Parse(f, "facility", ParseFacility)
	var act ledger.Act
	switch r.PathValue("do") {
	case "add":
		act = AddFacility{Facility: code, Office: office}
	case "inspect":
		a := Inspect{Facility: code, Until: f.Day("until")}
		for _, p := range f.All("lacks") {
			a.Lacks = append(a.Lacks, Property(p))
		}
		act = a
	case "responsible":
		act = NameResponsible{Facility: code, Person: web.Parse(f, "person", ParseStaff)}
	case "move":
		act = MoveFacility{Facility: code, To: web.Parse(f, "to", postal.ParseOfficeCode)}
	case "retire":
		act = Retire{Facility: code, Reason: Reason(f.Value("reason"))}
	default:
		return unknown(r.PathValue("do"))
	}
	return s.finish(w, r, f, act, facilityPath, s.drawFacilities)
}

// getBodies is the directory, those first that have something to mend.
func (s *Pages) getBodies(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Cơ quan sử dụng KT1", "Bodies that use KT1")
	if err != nil {
		return err
	}
	v.Tabs, v.Wide = v.manageTabs(bodiesListPath), true
	names, err := s.Directory.All(r.Context())
	if err != nil {
		return err
	}
	all := Bodies(v.led)
	slices.SortStableFunc(all, func(a, b *Body) int { return len(b.Faults()) - len(a.Faults()) })
	t := &table{Caption: v.T("Danh sách đóng", "The closed list"), Empty: v.T("Danh bạ trống: nạp bằng lệnh “citypost closed directory”", "The directory is empty: load it with “citypost closed directory”"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Cơ quan", "Body")}, {Label: v.T("Danh sách", "List")}, {Label: v.T("Giờ làm việc", "Hours")}, {Label: v.T("Phải bổ sung", "To be mended")}}}
	for _, b := range all {
		e := names[b.Code]
		state := tagCell(v.T("Đủ", "Complete"), web.Good)
		if faults := b.Faults(); len(faults) > 0 {
			var words []string
			for _, as := range faults {
				words = append(words, lower(v.say("as", string(as))))
			}
			state = tagCell(v.T("Thiếu ", "No ")+strings.Join(words, ", "), web.Bad)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(b.Code), bodiesListPath+"/"+string(b.Code)), textCell(e.Name), textCell(v.say("list", string(b.List))), textCell(e.Hours), state})
	}
	v.add(part{Table: t})
	return v.draw(w, r)
}

func (s *Pages) getBody(w http.ResponseWriter, r *http.Request) error { return s.drawBody(w, r, nil) }

func (s *Pages) drawBody(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Cơ quan", "Body")
	if err != nil {
		return err
	}
	code, err := ParseBody(r.PathValue("code"))
	if err != nil {
		return err
	}
	b, ok := ledger.Get[*Body](v.led, BodyKey(code))
	if !ok {
		return unknown(string(code))
	}
	e, err := s.Directory.Find(r.Context(), code)
	if err != nil {
		return err
	}
	v.Tabs, v.Title, v.Sub = v.manageTabs(bodiesListPath), string(code), e.Name // titles stay in the browser's window list: a code there, the name on the page
	v.add(part{Rows: []web.Row{{Key: v.T("Danh sách", "List"), Value: v.say("list", string(b.List))}, {Key: v.T("Địa chỉ", "Address"), Value: e.Address}, {Key: v.T("Giờ làm việc", "Hours"), Value: e.Hours}, {Key: v.T("Bưu cục phát", "Delivered by"), Value: v.office(e.Office)}}})
	for _, as := range b.Faults() {
		v.add(part{Text: v.T("Thiếu ", "Missing: ") + lower(v.say("as", string(as))) + v.T(". Phải bổ sung.", ". It must be added."), Tone: web.Bad})
	}
	path := bodiesListPath + "/" + string(code)
	t := &table{Caption: v.T("Người của cơ quan", "Its persons"), Empty: v.T("Chưa có ai", "Nobody yet"), Heads: []web.Head{{Label: v.T("Người", "Person")}, {Label: v.T("Vai trò", "As")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, p := range b.People {
		t.Rows = append(t.Rows, []cell{textCell(v.name(p.Person)), textCell(v.say("as", string(p.As))), {Do: &form{Action: path + "/end", Button: v.T("Thôi", "End"), Kind: web.Quiet, About: " " + v.name(p.Person), Hidden: []string{"person", string(p.Person), "as", string(p.As)}}}})
	}
	people, err := v.peopleChoices(web.RegistryClerk)
	if err != nil {
		return err
	}
	v.add(part{Table: t}, part{Head: v.T("Thêm người", "Name a person"), Form: &form{Action: path + "/name", Button: v.T("Thêm", "Name"), Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "person", Label: v.T("Người", "Person")}, Choices: people}, {Kind: askRadio, Field: web.Field{Name: "as", Label: v.T("Vai trò", "As")}, Choices: choices(v, "as", Ases)}}}})
	return v.draw(w, r)
}

func (s *Pages) postBody(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	code, err := ParseBody(r.PathValue("code"))
	if err != nil {
		return err
	}
	who, as := web.Parse(f, "person", ParseStaff), As(f.Value("as"))
	var act ledger.Act = NamePerson{Body: code, Person: who, As: as}
	if r.PathValue("do") == "end" {
		act = EndPerson{Body: code, Person: who, As: as}
	}
	return s.finish(w, r, f, act, bodiesListPath+"/"+string(code), s.drawBody)
}

// Papers that a visitor may show.
var visitorPapers = []string{"cccd", "official", "passport"}

func (s *Pages) getVisits(w http.ResponseWriter, r *http.Request) error {
	return s.drawVisits(w, r, nil)
}

func (s *Pages) drawVisits(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Ra vào khu vực KT1", "Visits to the KT1 area")
	if err != nil {
		return err
	}
	v.Tabs = v.manageTabs(visitsPath)
	t := &table{Caption: v.T("Khách đang ở trong", "Visitors inside"), Empty: v.T("Không có khách", "Nobody is inside"), Heads: []web.Head{{Label: v.T("Khu vực", "Area")}, {Label: v.T("Mục đích", "Purpose")}, {Label: v.T("Người đi cùng", "With")}, {Label: v.T("Vào lúc", "Since")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, c := range Cases(v.led, "visit") {
		row := []cell{codeCell(c.About, ""), textCell(v.say("purpose", c.What)), textCell(v.name(c.Person)), textCell(v.Millis(c.OpenedMs)), textCell("")}
		if v.May(web.KT1Supervisor) && c.Office == v.At {
			row[4] = cell{Do: &form{Action: visitsPath + "/end", Button: v.T("Đã ra", "Has left"), Kind: web.Quiet, About: " " + c.About, Hidden: []string{"id", string(c.ID)}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Table: t})
	if v.May(web.KT1Supervisor) {
		areas := []web.Choice{{Label: v.T("Chọn khu vực", "Choose an area")}}
		for _, x := range Facilities(v.led, v.At) {
			if x.Code.Kind() == Area {
				areas = append(areas, web.Choice{Value: string(x.Code), Label: string(x.Code)})
			}
		}
		v.add(part{Head: v.T("Ghi khách vào", "Let a visitor in"), Text: v.T("Chỉ ghi số giấy tờ; số được mã hoá riêng cho từng người.", "Only the number of the paper; it is sealed under a key of its own."), Form: &form{Action: visitsPath + "/begin", Button: v.T("Cho vào", "Let in"), Asks: []ask{
			{Kind: askChoice, Field: web.Field{Name: "facility", Label: v.T("Khu vực", "Area")}, Choices: areas},
			{Kind: askChoice, Field: web.Field{Name: "purpose", Label: v.T("Mục đích", "Purpose")}, Choices: choices(v, "purpose", Purposes)},
			{Kind: askChoice, Field: web.Field{Name: "host", Label: v.T("Người đi cùng", "With")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), v.At, Duties...)},
			{Kind: askChoice, Field: web.Field{Name: "kind", Label: v.T("Giấy tờ xuất trình", "Paper shown")}, Choices: []web.Choice{{Value: "cccd", Label: v.T("Căn cước", "Identity card")}, {Value: "official", Label: v.T("Thẻ công vụ", "Official card")}, {Value: "passport", Label: v.T("Hộ chiếu", "Passport")}}},
			{Kind: askCode, Field: web.Field{Name: "visitor", Label: v.T("Số giấy tờ", "Number of the paper"), Width: 20, Max: 15}}}}})
	}
	return v.draw(w, r)
}

var visitorForm = regexp.MustCompile(`^[A-Z]{0,3}[0-9]{5,12}$`)

func parseVisitor(s string) (string, error) {
	return s, wellFormed(visitorForm, s, "visitor", "Số giấy tờ gồm 5 đến 12 chữ số, có thể có chữ cái đứng trước.", "The number has 5 to 12 digits, perhaps with letters before them.")
}

func (s *Pages) postVisit(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if r.PathValue("do") == "end" {
		return s.finish(w, r, f, EndVisit{Visit: web.Parse(f, "id", parseID)}, visitsPath, s.drawVisits)
	}
	a := BeginVisit{Facility: web.Parse(f, "facility", ParseFacility), Purpose: Purpose(f.Value("purpose")), Host: web.Parse(f, "host", ParseStaff)}
	kind, number := f.Choice("kind", visitorPapers...), web.Parse(f, "visitor", parseVisitor)
	got, ok, err := s.try(r, f, a)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawVisits(w, r, f)
	}
	began, _ := factOf[event.VisitBegan](got.Facts)
	if err := s.keepVisitor(r, began.Visit, kind, number); err != nil {
		return err
	}
	return web.Done(w, r, visitsPath, "Đã ghi khách vào.", "The visitor is recorded.")
}

// keepVisitor seals the number of the visitor's paper under a key of its own; a second click finds it there.
func (s *Pages) keepVisitor(r *http.Request, visit, kind, number string) error {
	return s.Records.DB.Tx(r.Context(), func(tx *sql.Tx) error {
		var there int
		if err := tx.QueryRowContext(r.Context(), `SELECT count(*) FROM closedmail_visitor WHERE visit = $1`, visit).Scan(&there); err != nil || there > 0 {
			return err
		}
		var subject privacy.Subject
		subject, err := s.Vault.NewSubject(r.Context(), tx)
		if err != nil {
			return err
		}
		sealed, err := subject.Seal("visitor", []byte(number))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(r.Context(), `INSERT INTO closedmail_visitor (visit, subject, paper, sealed) VALUES ($1, $2, $3, $4)`, visit, string(subject.ID), kind, sealed)
		return err
	})
}

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
			row[4] = cell{Do: &form{Action: casesPath + "/answer", Button: v.T("Trả lời", "Answer"), Kind: web.Second, About: " " + c.About, Hidden: []string{"id", string(c.ID)}, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "outcome", Label: v.T("Kết luận", "Outcome")}, Choices: choices(*v, "outcome", Outcomes)}}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Head: v.T("Khiếu nại", "Complaints"), Table: t})
	if v.May(web.KT1Supervisor) {
		senders, _, _, err := v.bodyChoices()
		if err != nil {
			return
		}
		v.add(part{Head: v.T("Ghi khiếu nại", "Record a complaint"), Form: &form{Action: casesPath + "/complain", Button: v.T("Ghi khiếu nại", "Record it"), Asks: []ask{
			{Kind: askChoice, Field: web.Field{Name: "body", Label: v.T("Cơ quan", "Body")}, Choices: senders}, {Kind: askChoice, Field: web.Field{Name: "about", Label: v.T("Nội dung", "Matter")}, Choices: choices(*v, "about", Abouts)},
			{Kind: askCode, Field: web.Field{Name: "item", Label: v.T("Số hiệu bưu gửi", "Item number"), Width: 20, Max: 20, Optional: true}}}}})
	}
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
	v.add(part{Head: v.T("Kiểm tra", "Inspections"), Table: t})
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
	v.add(part{Head: v.T("Lưu giữ", "Holds"), Table: t})
	if v.May(web.KT1Supervisor) {
		v.add(part{Head: v.T("Giữ hồ sơ quá thời hạn lưu", "Keep records beyond their time"), Form: &form{Action: casesPath + "/hold", Button: v.T("Giữ", "Hold"), Kind: web.Second, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(*v, "hold", HoldReasons)}}}})
	}
}

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
		return Answer{Complaint: id(), Outcome: Outcome(f.Value("outcome"))}, nil
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

// getRegistry shows a registry clerk what goes to and from his own body, and nothing of others.
func (s *Pages) getRegistry(w http.ResponseWriter, r *http.Request) error {
	v := view{Page: web.NewPage(r, "Bưu gửi của cơ quan", "Our items"), s: s, ctx: r.Context(), led: s.Records.Ledger.View(r.Context())}
	v.NoScan = true
	var own []*Body
	for _, b := range Bodies(v.led) {
		if b.Has(v.Person.ID, Ases...) {
			own = append(own, b)
		}
	}
	if len(own) == 0 {
		return fault.New(fault.Forbidden, "closedmail.no_body", "Bạn chưa được đăng ký là người nhận của cơ quan nào.", "You are not named to receive for any body.")
	}
	for _, b := range own {
		items, err := s.Records.OfBody(r.Context(), b.Code, maxOnBoard)
		if err != nil {
			return err
		}
		v.add(part{Head: v.body(b.Code), Table: v.registryTable(b, items)})
	}
	return v.draw(w, r)
}

func (v view) registryTable(b *Body, items []postal.ItemNumber) *table {
	t := &table{Caption: v.T("Bưu gửi đi và đến, mới nhất trước", "Items sent and received, newest first"), Empty: v.T("Chưa có bưu gửi", "No items yet"),
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")}, {Label: v.T("Chiều", "Way")}, {Label: v.T("Nơi kia", "The other body")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Phát lúc", "Delivered")}, {Label: v.T("Hạn trả", "Return by")}}}
	for _, n := range items {
		c, ok := CoverOf(v.led, n)
		if !ok {
			continue
		}
		way, other := v.T("Đi", "Sent"), c.Addressee
		if c.Sender != b.Code {
			way, other = v.T("Đến", "Received"), c.Sender
		}
		recall := textCell("")
		if c.RecallBy != "" && !c.Recalled {
			recall = v.recallCell(c.RecallBy)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(n), ""), codeCell(string(c.Number), ""), textCell(way), textCell(v.body(other)), textCell(v.marks(c)), textCell(v.Millis(c.Delivered)), recall})
	}
	return t
}
