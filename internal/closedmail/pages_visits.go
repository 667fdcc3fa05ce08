package closedmail

import (
	"database/sql"
	"net/http"
	"regexp"

	"citypost/internal/event"
	"citypost/internal/privacy"
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
	v.Tabs = v.manageTabs(visitsPath)
	t := &table{Caption: v.T("Khách đang ở trong", "Visitors inside"), Empty: v.T("Không có khách", "Nobody is inside"), Heads: []web.Head{{Label: v.T("Khu vực", "Area")}, {Label: v.T("Mục đích", "Purpose")}, {Label: v.T("Người đi cùng", "With")}, {Label: v.T("Vào lúc", "Since")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, c := range Cases(v.led, "visit") {
		if c.Office != v.At {
			continue
		}
		row := []cell{codeCell(c.About, ""), textCell(v.say("purpose", c.What)), textCell(v.name(c.Person)), textCell(v.Millis(c.OpenedMs)), textCell("")}
		if v.May(web.KT1Supervisor) {
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
