package closedmail

import (
	"net/http"
	"strings"

	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

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
	for _, x := range Facilities(v.led, v.At) {
		state := v.fitness(x)
		responsible := textCell(v.name(x.Responsible))
		if x.Responsible == "" && (x.Code.Kind() == Area || x.Code.Kind() == Vehicle) {
			responsible = tagCell(v.T("Chưa có", "Nobody"), web.Ask)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(x.Code), facilityPath+"/"+string(x.Code)), textCell(v.say("facility", x.Code.Kind())), state, responsible, codeCell(x.Use, v.useLink(x))})
	}
	v.add(part{Table: t})
	if !v.May(web.KT1Supervisor) {
		return v.draw(w, r)
	}
	v.add(part{Head: v.T("Khai báo", "Add"), Form: &form{Action: facilityPath + "/add", Button: v.T("Khai báo", "Add"), Asks: []ask{{Kind: askCode, Field: web.Field{Name: "facility", Label: v.T("Mã mới", "New code"), Hint: v.T("kv-01 khu vực, xe-01 xe, hop-01 hộp, tui-01 túi, dv-01 định vị", "kv-01 area, xe-01 vehicle, hop-01 box, tui-01 bag, dv-01 locator"), Width: 10, Max: 12}}}}})
	return v.draw(w, r)
}

// facilityForms are what a supervisor does with one facility. An inspection answers for every property that its kind must have: nothing is passed by leaving it out.
func (v *view) facilityForms(x *Facility) {
	code := []string{"facility", string(x.Code)}
	var asks []ask
	for _, p := range Properties[x.Code.Kind()] {
		asks = append(asks, ask{Kind: askRadio, Field: web.Field{Name: checkField(p), Label: v.say("property", string(p))}, Choices: []web.Choice{{Value: passed, Label: v.T("Đạt", "Passed")}, {Value: failed, Label: v.T("Không đạt", "Failed")}}})
	}
	asks = append(asks, ask{Kind: askDay, Field: web.Field{Name: "until", Label: v.T("Phải kiểm tra lại trước", "To be inspected again by")}})
	v.add(
		part{Head: v.T("Ghi kết quả kiểm tra", "Record an inspection"), Form: &form{Action: facilityPath + "/inspect", Button: v.T("Ghi kết quả", "Record it"), Hidden: code, Asks: asks}},
		part{Head: v.T("Giao người chịu trách nhiệm", "Name the responsible worker"), Form: &form{Action: facilityPath + "/responsible", Button: v.T("Giao", "Name"), Kind: web.Second, Hidden: code, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "person", Label: v.T("Người", "Person")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), v.At, Duties...)}}}},
		part{Head: v.T("Chuyển sang bưu cục khác", "Send to another office"), Text: v.T("Túi, hộp rỗng về lại bưu cục của nó.", "Empty bags and boxes go home."), Form: &form{Action: facilityPath + "/move", Button: v.T("Chuyển", "Send"), Kind: web.Second, Hidden: code, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "to", Label: v.T("Bưu cục", "Office")}, Choices: v.officeChoices()}}}},
		part{Head: v.T("Thôi sử dụng", "Take out of use"), Form: &form{Action: facilityPath + "/retire", Button: v.T("Thôi sử dụng", "Take out of use"), Kind: web.Danger, Hidden: code, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(*v, "retirement", Retirements)}}}})
}

// Answers of an inspection, property by property.
const (
	passed = "passed"
	failed = "failed"
)

func checkField(p Property) string { return "check-" + string(p) }

// fitness says whether a facility has passed its inspection.
func (v view) fitness(x *Facility) cell {
	switch {
	case x.Inspected == "":
		return tagCell(v.T("Chưa kiểm tra", "Not inspected"), web.Bad)
	case len(x.Lacks) > 0:
		return tagCell(v.T("Không đạt: ", "Failed: ")+v.properties(x.Lacks), web.Bad)
	case !x.Fit(v.day()):
		return tagCell(v.T("Quá hạn kiểm tra ", "Overdue since ")+vnDay(x.Until), web.Bad)
	}
	text := v.T("Đạt, đến ", "Passed, until ") + vnDay(x.Until)
	if left, soon := v.ending(x.Until); soon {
		return tagCell(text+v.daysLeft(left), web.Ask)
	}
	return tagCell(text, web.Good)
}

// useLink leads to the bag or item that a facility is in use for, for those who may look at it.
func (v view) useLink(x *Facility) string {
	if x.Use == "" || !v.May(web.KT1Clerk) {
		return ""
	}
	return findPath + "?code=" + x.Use
}

// getFacility shows what is known of one area, vehicle, box, bag or locator, and every inspection it had.
func (s *Pages) getFacility(w http.ResponseWriter, r *http.Request) error {
	code, err := ParseFacility(r.PathValue("code"))
	if err != nil {
		return err
	}
	return s.drawFacility(w, r, nil, code)
}

func (s *Pages) drawFacility(w http.ResponseWriter, r *http.Request, f *web.Form, code FacilityCode) error {
	v, err := s.view(r, f, "Cơ sở vật chất", "Facility")
	if err != nil {
		return err
	}
	x, ok := ledger.Get[*Facility](v.led, FacilityKey(code))
	if !ok || x.Office != v.At {
		return unknown(string(code))
	}
	v.Tabs, v.Title, v.Sub = v.manageTabs(facilityPath), string(code), v.say("facility", code.Kind())
	state := v.fitness(x).Text
	if x.Retired != "" {
		state = v.T("Thôi sử dụng: ", "Out of use: ") + v.say("retirement", string(x.Retired))
	}
	v.add(part{Rows: []web.Row{{Key: v.T("Bưu cục", "Office"), Value: v.office(x.Office)}, {Key: v.T("Kiểm tra", "Inspection"), Value: state}, {Key: v.T("Người chịu trách nhiệm", "Responsible"), Value: v.name(x.Responsible)},
		{Key: v.T("Đang dùng cho", "In use for"), Value: x.Use, Code: true}, {Key: v.T("Phải có", "Must have"), Value: v.properties(Properties[code.Kind()])}}})
	if x.Retired == "" && v.May(web.KT1Supervisor) {
		v.facilityForms(x)
	}
	if err := v.past(r, v.T("Lịch sử kiểm tra và sử dụng", "History of inspection and use"), FacilityKey(code)); err != nil {
		return err
	}
	return v.draw(w, r)
}

func (v view) properties(all []Property) string { return v.propertyWords(texts(all)) }

func (v view) propertyWords(all []string) string {
	var out []string
	for _, p := range all {
		out = append(out, v.say("property", p))
	}
	return strings.Join(out, ", ")
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
	back := facilityPath + "/" + string(code)
	again := func(w http.ResponseWriter, r *http.Request, f *web.Form) error { return s.drawFacility(w, r, f, code) }
	if code == "" {
		again = s.drawFacilities
	}
	var act ledger.Act
	switch r.PathValue("do") {
	case "add":
		act, again = AddFacility{Facility: code, Office: office}, s.drawFacilities
	case "inspect":
		a := Inspect{Facility: code, Until: f.Day("until")}
		for _, p := range Properties[code.Kind()] {
			if f.Choice(checkField(p), passed, failed) == failed {
				a.Lacks = append(a.Lacks, p)
			}
		}
		act = a
	case "responsible":
		act = NameResponsible{Facility: code, Person: web.Parse(f, "person", ParseStaff)}
	case "move":
		act, back = MoveFacility{Facility: code, To: web.Parse(f, "to", postal.ParseOfficeCode)}, facilityPath
	case "retire":
		act = Retire{Facility: code, Reason: Reason(f.Value("reason"))}
	default:
		return unknown(r.PathValue("do"))
	}
	return s.finish(w, r, f, act, back, again)
}
