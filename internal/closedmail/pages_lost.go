package closedmail

import (
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// searchForms let what is missing be found, and the search be ended.
func (v *view) searchForms(i *Incident, path string) {
	left := searchedFor(v.led, i)
	if !slices.Contains(searched, i.Kind) || len(left) == 0 || !v.May(web.KT1Clerk) {
		return
	}
	t := v.searchTable()
	t.Heads = append(t.Heads, web.Head{Label: v.T("Việc làm", "Action"), Hidden: true})
	for _, x := range left {
		t.Rows = append(t.Rows, append(v.searchRow(x),
			cell{Do: &form{Action: path + "/found", Button: v.T("Đã thấy ở đây", "It is here"), Kind: web.Quiet, About: " " + string(x), Hidden: []string{"thing", string(x)}}}))
	}
	v.add(part{Table: t})
	if !v.May(web.KT1Supervisor) || i.First == "" {
		return
	}
	if !v.waits(IncidentKey(i.ID)) {
		v.add(part{Head: v.T("Kết thúc tìm kiếm: hai người", "End the search: two persons"), Text: v.searchEnds(), Form: v.pair(form{Action: path + "/close", Button: v.T("Kết thúc tìm kiếm", "End the search"), Kind: web.Danger}, v.secondAsks(), v.colleagues(Clerk, Supervisor))})
	}
}

// searchTable and searchRow say what is searched for and who held it last.
func (v view) searchTable() *table {
	return &table{Caption: v.T("Đang tìm", "Searched for"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Là gì", "What")}, {Label: v.T("Giữ sau cùng theo sổ", "Held last by the books")}}}
}

func (v view) searchRow(t event.Thing) []cell {
	return []cell{codeCell(string(t), ""), textCell(v.thing(t)), textCell(v.holder(lastHolder(v.led, t)))}
}

// searchEnds says what the end of a search means.
func (v view) searchEnds() string {
	return v.T("Khi đã báo cáo vượt cấp bưu cục mà không tìm thấy: kiểm soát viên chưa ký biên bản và một người thứ hai ký kết thúc. Mục trên được ghi là mất, trách nhiệm của bên giữ sau cùng theo sổ; tìm thấy sau này vẫn ghi được.",
		"When it was reported beyond the office and nothing was found: a supervisor who did not sign the minutes, and a second person, sign that the search is over. The things above are lost, in the name of whoever held them last; a later find can still be recorded.")
}

// lostTable lists what this office's minutes gave up as lost, or is searched for and held by nobody.
func (v view) lostTable() *table {
	t := &table{Caption: v.T("Mất, đã kết thúc tìm kiếm", "Lost, the search is over"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Là gì", "What")}, {Label: v.T("Trách nhiệm (giữ sau cùng theo sổ)", "Answers for it (held last by the books)")}, {Label: v.T("Kết thúc lúc", "Ended")}}}
	for _, letter := range []byte{'b', 'i'} {
		for _, k := range v.led.At(string(event.Lost), letter) {
			x := event.Thing(k[2:])
			id, answers := LostBy(v.led, x)
			i, ok := ledger.Get[*Incident](v.led, IncidentKey(id))
			if !ok || i.Office != v.At && custody.Office(answers) != v.At || len(t.Rows) == maxOnBoard {
				continue
			}
			t.Rows = append(t.Rows, []cell{{Text: string(x), Code: true, Href: incidentPath + "/" + string(id)}, textCell(v.thing(x)), textCell(v.holder(answers)), textCell(v.Millis(i.ReleasedMs))})
		}
	}
	return t
}

// foundForm records that something which was missing is here, from whatever office it was missed.
func (v *view) foundForm() {
	if lost := v.lostTable(); len(lost.Rows) > 0 {
		v.add(part{Table: lost})
	}
	if v.May(web.KT1Clerk) {
		v.add(part{Head: v.T("Ghi tìm thấy", "Record a find"), Text: v.T("Bưu gửi hoặc túi đang tìm, đã mất mà nay có ở đây: bị phong toả để hai người lập biên bản, rồi mới đi tiếp.", "An item or bag that is searched for or lost and is here now: it is frozen until two persons have signed minutes."),
			Form: &form{Action: incidentPath + "/found", Button: v.T("Ghi tìm thấy", "Record it"), Kind: web.Second, Asks: []ask{{Kind: askCode, Field: web.Field{Name: "thing", Label: v.T("Mã bưu gửi hoặc túi", "Code of item or bag"), Width: 20, Max: 20}}}}})
	}
}

func (s *Pages) postFound(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, ReportFound{Thing: event.Thing(f.Value("thing"))})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawIncidents(w, r, f)
	}
	return s.told(w, r, got, incidentPath, "", "")
}

// lostRows say of an item that it is lost, who answers for it, and what is known of compensation.
func (v view) lostRows(c *Cover) []web.Row {
	id, answers := LostBy(v.led, event.Thing(c.Item))
	if _, around := custody.Holder(v.led, event.Thing(c.Item)); id == "" && len(around) > 0 {
		id, answers = LostBy(v.led, around[0]) // lost with its bag
	}
	i, ok := ledger.Get[*Incident](v.led, IncidentKey(id))
	if !ok {
		return nil
	}
	return []web.Row{{Key: v.T("Mất", "Lost"), Value: v.T("Kết thúc tìm kiếm lúc ", "The search ended at ") + v.Millis(i.ReleasedMs) + " · " + v.name(i.ReleasedBy) + ", " + v.name(i.Closer)},
		{Key: v.T("Trách nhiệm", "Answers for it"), Value: v.holder(answers) + v.T(" (giữ sau cùng theo sổ)", " (held it last by the books)")},
		{Key: v.T("Bồi thường", "Compensation"), Value: v.compensation(postal.DayOf(postal.FromMillis(c.AcceptedMs)))}}
}

// compensation says what the rules of a day know of it.
func (v view) compensation(day postal.Day) string {
	words, err := v.s.Law.Compensation(day, v.Lang)
	v.note(err)
	return words
}
