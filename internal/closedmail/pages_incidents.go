package closedmail

import (
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func (v view) incidentTable(all []*Incident) *table {
	t := &table{Caption: v.T("Sự cố chưa giải toả", "Open incidents"), Empty: v.T("Không có sự cố nào", "There is no incident"),
		Heads: []web.Head{{Label: v.T("Sự cố", "Incident")}, {Label: v.T("Mục bị phong toả", "Frozen")}, {Label: v.T("Phát hiện lúc", "Found")}, {Label: v.T("Biên bản", "Minutes")}, {Label: v.T("Báo cáo lên trên", "Reported up")}}}
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
	limit := v.limit(incidentLimit)
	if len(i.Reported) > 0 {
		after := int((i.Reported[0].Ms - i.OpenedMs) / 60_000)
		tone := web.Good
		if after > limit {
			tone = web.Bad
		}
		return tagCell(v.T("sau ", "after ")+v.minutes(after), tone)
	}
	return v.counting(v.T("chưa, đã ", "not yet, "), i.OpenedMs, limit, v.T(" chưa báo cáo lên trên", " is not reported up"), v.say("trouble", string(i.Kind)))
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
	v.add(part{Head: v.T("Báo sự cố", "Report an incident"), Text: v.T("Mục được ghi sẽ bị phong toả ngay.", "What is named is frozen at once."), Form: &form{Action: incidentPath, Button: v.T("Báo sự cố", "Report it"), Kind: web.Danger, Asks: []ask{
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
	if t := event.Thing(s.inUseFor(r.Context(), f.Value("things"))); t != "" {
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
	return web.Leave(w, r, incidentPath+"/"+i.Incident, web.Flash{Tone: web.Bad, VI: "Sự cố: đã phong toả. Hai người lập biên bản và báo cáo ngay.", EN: "An incident: it is frozen. Two persons write the minutes and report at once."})
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
	v.printPart(MinutesForm, string(i.ID), path+"/minutes", path+"/minutes")
	return v.draw(w, r)
}

func (v view) incidentRows(i *Incident) []web.Row {
	rows := []web.Row{
		{Key: v.T("Sự cố", "Incident"), Value: v.say("trouble", string(i.Kind))},
		{Key: v.T("Mục bị phong toả", "Frozen"), Value: strings.Join(texts(i.Things), " "), Code: true},
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
		rows = append(rows, web.Row{Key: v.T("Giải toả", "Released"), Value: v.say("decision", string(i.Decision)) + " · " + v.name(i.ReleasedBy) + " · " + v.Millis(i.ReleasedMs)})
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
		if i.Kind == Short && len(i.Things) > 0 {
			v.searchForms(i, path)
			return // it ends when all is recorded as found, or when the search is over
		}
		if i.Kind == Short {
			decisions = []Decision{FoundAgain}
		}
		v.add(part{Head: v.T("3. Kiểm soát viên giải toả", "3. The supervisor releases"), Text: v.T("Người đã ký biên bản không được giải toả.", "Whoever signed the minutes may not release."), Form: &form{Action: path + "/release", Button: v.T("Giải toả", "Release"), Kind: web.Danger, Asks: []ask{
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
	v, err := s.view(r, nil, "Biên bản", "Minutes")
	if err != nil {
		return err
	}
	i, err := v.incident(r)
	if err != nil {
		return err
	}
	p, err := v.sheetOf(MinutesForm, string(i.ID), "")
	if err != nil {
		return err
	}
	p.Office, p.Pairs = v.office(i.Office), v.incidentRows(i)
	p.Foot = []string{v.T("Các mục trên bị phong toả tại chỗ cho đến khi kiểm soát viên giải toả.", "The things named are frozen where they are until a supervisor releases them.")}
	if i.Decision == NotFound {
		p.Foot = []string{v.T("Hai người ký kết thúc tìm kiếm. Các mục chưa tìm thấy ghi là mất, trách nhiệm của bên giữ sau cùng theo sổ.", "Two persons signed that the search is over. What was not found is lost, in the name of whoever held it last by the books.")}
	}
	p.Signs = [][2]string{v.signature(v.T("Người thứ nhất", "First person"), i.First), v.signature(v.T("Người thứ hai", "Second person"), i.Second), v.signature(v.T("Kiểm soát viên", "Supervisor"), i.ReleasedBy)}
	if i.Closer != "" {
		p.Signs = append(p.Signs, v.signature(v.T("Người thứ hai ký kết thúc", "Second person at the end"), i.Closer))
	}
	return web.Render(w, r, http.StatusOK, paper(p))
}
