package closedmail

import (
	"net/http"
	"slices"
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
	list := []web.Choice{{Label: v.T("Chọn mã", "Choose a code")}}
	for _, x := range Facilities(v.led, v.At) {
		state := v.fitness(x)
		responsible := textCell(v.name(x.Responsible))
		if x.Responsible == "" && (x.Code.Kind() == Area || x.Code.Kind() == Vehicle) {
			responsible = tagCell(v.T("Chưa có", "Nobody"), web.Ask)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(x.Code), facilityPath+"/"+string(x.Code)), textCell(v.say("facility", x.Code.Kind())), state, responsible, codeCell(x.Use, v.useLink(x))})
		list = append(list, web.Choice{Value: string(x.Code), Label: string(x.Code)})
	}
	v.add(part{Table: t})
	if !v.May(web.KT1Supervisor) {
		return v.draw(w, r)
	}
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
	v, err := s.view(r, nil, "Cơ sở vật chất", "Facility")
	if err != nil {
		return err
	}
	code, err := ParseFacility(r.PathValue("code"))
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
