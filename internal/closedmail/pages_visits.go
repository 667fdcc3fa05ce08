package closedmail

import (
	"net/http"
	"regexp"

	"citypost/internal/ledger"
	"citypost/internal/web"
)

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
	v.Tabs, v.Wide = v.visitTabs(), true
	t := &table{Caption: v.T("Khách đang ở trong", "Visitors inside"), Empty: v.T("Không có khách", "Nobody is inside"), Heads: []web.Head{{Label: v.T("Khu vực", "Area")}, {Label: v.T("Mục đích", "Purpose")}, {Label: v.T("Người đi cùng", "With")}, {Label: v.T("Giấy tờ", "Paper")}, {Label: v.T("Vào lúc", "Since")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	papers, err := v.lastPapers()
	if err != nil {
		return err
	}
	for _, c := range Cases(v.led, "visit") {
		if c.Office != v.At {
			continue
		}
		row := []cell{codeCell(c.About, ""), textCell(v.say("purpose", c.What)), textCell(v.name(c.Person)), codeCell(papers[c.ID], ""), textCell(v.Millis(c.OpenedMs)), textCell("")}
		if v.May(web.KT1Clerk) {
			row[5] = cell{Do: &form{Action: visitsPath + "/end", Button: v.T("Đã ra", "Has left"), Kind: web.Quiet, About: " " + c.About, Hidden: []string{"id", string(c.ID)}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Table: t})
	if v.May(web.KT1Clerk) {
		v.letInForm()
	}
	if err := v.visitLog(ID(r.URL.Query().Get("before"))); err != nil {
		return err
	}
	return v.draw(w, r)
}

// lastPapers gives the ends of the numbers that the last visitors of the office showed: by them the desk knows who leaves.
func (v view) lastPapers() (map[ID]string, error) {
	all, err := v.s.Records.Visitors(v.ctx, v.At, "", maxOnBoard)
	if err != nil {
		return nil, err
	}
	papers := map[ID]string{}
	for _, x := range all {
		number, err := v.s.Records.VisitorNumber(v.ctx, v.s.Vault, x)
		if err != nil {
			return nil, err
		}
		papers[ID(x.Visit)] = endOf(number)
	}
	return papers, nil
}

// visitTabs are those of the desk, at whose door the visitor stands, and those of the management for the security officer.
func (v view) visitTabs() []web.Tab {
	if v.May(web.KT1Clerk) {
		return v.boardTabs(visitsPath)
	}
	return v.manageTabs(visitsPath)
}

func (v *view) letInForm() {
	areas := []web.Choice{{Label: v.T("Chọn khu vực", "Choose an area")}}
	for _, x := range Facilities(v.led, v.At) {
		if x.Code.Kind() == Area {
			areas = append(areas, web.Choice{Value: string(x.Code), Label: string(x.Code)})
		}
	}
	v.add(part{Head: v.T("Ghi khách vào", "Let a visitor in"), Text: v.T("Chỉ ghi số giấy tờ; số được mã hoá riêng cho từng người.", "Only the number of the paper; it is sealed under a key of its own."), Form: &form{Action: visitsPath + "/begin", Button: v.T("Cho vào", "Let in"), Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "facility", Label: v.T("Khu vực", "Area")}, Choices: areas},
		{Kind: askChoice, Field: web.Field{Name: "purpose", Label: v.T("Mục đích", "Purpose")}, Choices: choices(*v, "purpose", Purposes)},
		{Kind: askChoice, Field: web.Field{Name: "host", Label: v.T("Người đi cùng", "With")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), v.At, Duties...)},
		{Kind: askChoice, Field: web.Field{Name: "kind", Label: v.T("Giấy tờ xuất trình", "Paper shown")}, Choices: choices(*v, "visitor", visitorPapers)},
		{Kind: askCode, Field: web.Field{Name: "visitor", Label: v.T("Số giấy tờ", "Number of the paper"), Width: 20, Max: 15}}}}})
}

// visitLog lists who was in the areas of this office, newest first, a page at a time. The number of the paper is for the security officer; others see its end.
func (v *view) visitLog(before ID) error {
	all, err := v.s.Records.Visitors(v.ctx, v.At, before, maxOnBoard+1)
	if err != nil {
		return err
	}
	older := part{}
	if len(all) > maxOnBoard {
		all = all[:maxOnBoard]
		older = v.older(visitsPath, string(all[maxOnBoard-1].Visit))
	}
	t := &table{Caption: v.T("Sổ ra vào, mới nhất trước", "Visitor log, newest first"), Empty: v.T("Chưa có lượt nào", "No visit yet"), Heads: []web.Head{{Label: v.T("Vào", "In")}, {Label: v.T("Ra", "Out")}, {Label: v.T("Khu vực", "Area")}, {Label: v.T("Mục đích", "Purpose")}, {Label: v.T("Người đi cùng", "With")}, {Label: v.T("Giấy tờ", "Paper")}, {Label: v.T("Số", "Number")}}}
	for _, x := range all {
		c, ok := ledger.Get[*Case](v.led, CaseKey(x.Visit))
		if !ok {
			continue
		}
		number, err := v.s.Records.VisitorNumber(v.ctx, v.s.Vault, x)
		if err != nil {
			return err
		}
		out := tagCell(v.T("đang ở trong", "inside"), web.Ask)
		if c.EndedMs != 0 {
			out = textCell(v.Millis(c.EndedMs))
		}
		t.Rows = append(t.Rows, []cell{textCell(v.Millis(c.OpenedMs)), out, codeCell(c.About, ""), textCell(v.say("purpose", c.What)), textCell(v.name(c.Person)), textCell(v.say("visitor", x.Paper)), codeCell(v.shownNumber(number), "")})
	}
	v.add(part{Table: t}, older)
	return nil
}

func (v view) shownNumber(number string) string {
	if number == "" {
		return v.T("đã xoá theo thời hạn lưu", "erased at the end of its time")
	}
	if v.May(web.SecurityOfficer) {
		return number
	}
	return endOf(number)
}

// endOf is enough of a number to tell those inside apart.
func endOf(number string) string {
	if len(number) < 4 {
		return number
	}
	return "…" + number[len(number)-3:]
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
	switch r.PathValue("do") {
	case "end":
		return s.finish(w, r, f, EndVisit{Visit: web.Parse(f, "id", parseID)}, visitsPath, s.drawVisits)
	case "begin":
		return s.beginVisit(w, r, f)
	}
	return unknown(r.PathValue("do"))
}

// beginVisit lets somebody in: the visit and the number of his paper are one commit.
func (s *Pages) beginVisit(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	a := BeginVisit{Facility: web.Parse(f, "facility", ParseFacility), Purpose: Purpose(f.Value("purpose")), Host: web.Parse(f, "host", ParseStaff)}
	kind, number := f.Choice("kind", visitorPapers...), web.Parse(f, "visitor", parseVisitor)
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return err
	}
	beside, err := BesideVisit(s.Vault, id, office, kind, number)
	if err != nil {
		return err
	}
	if _, ok, err := s.tryAt(r, f, office, a, beside...); err != nil {
		return err
	} else if !ok {
		return s.drawVisits(w, r, f)
	}
	return web.Done(w, r, visitsPath, "Đã ghi khách vào.", "The visitor is recorded.")
}
