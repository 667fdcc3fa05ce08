package closedmail

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

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
	ids := make([]postal.StaffID, len(all))
	for n, x := range all {
		ids[n] = x.ID
	}
	called := v.namesOf(ids)
	slices.SortFunc(all, func(a, b *Worker) int { return postal.CompareNames(called[a.ID], called[b.ID]) })
	for _, x := range all {
		papers := tagCell(v.T("Đủ bốn loại", "All four"), web.Good)
		if lacks := x.Lacks(v.day()); len(lacks) > 0 {
			papers = tagCell(v.lackWords(x), web.Bad)
		}
		day := x.Until(v.day())
		until := textCell(vnDay(day))
		if left, soon := v.ending(day); soon {
			until = tagCell(vnDay(day)+v.daysLeft(left), web.Ask)
		}
		var duties []string
		for _, d := range x.Duties {
			duties = append(duties, v.say("duty", string(d.Duty))+" · "+v.office(d.Office))
		}
		t.Rows = append(t.Rows, []cell{{Text: called[x.ID], Href: peoplePath + "/" + string(x.ID)}, papers, until, textCell(strings.Join(duties, "; "))})
	}
	v.add(part{Table: t})
	if v.May(web.SecurityOfficer) {
		if err := v.peopleForms(); err != nil {
			return err
		}
	}
	return v.draw(w, r)
}

// getPerson shows the papers of a worker with their dates, and what was ever filed about him.
func (s *Pages) getPerson(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Người làm KT1", "KT1 worker")
	if err != nil {
		return err
	}
	id, err := ParseStaff(r.PathValue("person"))
	if err != nil {
		return err
	}
	x, ok := ledger.Get[*Worker](v.led, WorkerKey(id))
	if !ok {
		return unknown(string(id))
	}
	v.Tabs, v.Sub = v.manageTabs(peoplePath), v.name(id)
	var duties []string
	for _, d := range x.Duties {
		duties = append(duties, v.say("duty", string(d.Duty))+" · "+v.office(d.Office))
	}
	v.add(part{Rows: []web.Row{{Key: v.T("Mã", "Id"), Value: string(id), Code: true}, {Key: v.T("Phân công", "Duties"), Value: strings.Join(duties, "; ")}}}, part{Table: v.paperTable(x)})
	if err := v.past(r, v.T("Lịch sử hồ sơ", "History of the file"), WorkerKey(id)); err != nil {
		return err
	}
	return v.draw(w, r)
}

// paperTable lists the four papers, those that lack too.
func (v view) paperTable(x *Worker) *table {
	t := &table{Caption: v.T("Bốn loại giấy tờ", "The four papers"), Heads: []web.Head{{Label: v.T("Giấy tờ", "Paper")}, {Label: v.T("Ngày ký", "Signed on")}, {Label: v.T("Hiệu lực đến", "Valid until")}, {Label: v.T("Trạng thái", "State")}}}
	for _, p := range Papers {
		row := []cell{textCell(upper(v.say("paper", string(p)))), textCell(""), textCell(""), tagCell(v.T("Thiếu", "Lacks"), web.Bad)}
		if n := slices.IndexFunc(x.Papers, func(f Filed) bool { return f.Paper == p }); n >= 0 {
			f := x.Papers[n]
			row[1], row[2], row[3] = textCell(vnDay(f.On)), textCell(cmp.Or(vnDay(f.Until), v.T("không thời hạn", "no end"))), tagCell(v.T("Còn hiệu lực", "Valid"), web.Good)
			switch {
			case f.Out:
				row[3] = tagCell(v.T("Đã rút: ", "Withdrawn: ")+lower(v.say("withdrawal", string(f.Why))), web.Bad)
			case !f.valid(v.day()):
				row[3] = tagCell(v.T("Hết hạn", "Ended"), web.Bad)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v view) papers(all []Paper) string {
	var out []string
	for _, p := range all {
		out = append(out, v.say("paper", string(p)))
	}
	return strings.Join(out, ", ")
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
