package closedmail_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"citypost/internal/calendar"
	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestASecondLabelLeavesATrace(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		clerk := s.as(clerkA)
		item := last(clerk.done("/kt1/accept", coverForm()...))
		path := "/kt1/items/" + item
		if a := clerk.get(path + "/label"); a.status != http.StatusConflict || !strings.Contains(a.body, "bấm nút in trước") {
			t.Errorf("a label that nobody printed: %d", a.status)
		}
		if to := clerk.done(path + "/label"); to != path+"/label" {
			t.Errorf("the print leads to %s", to)
		}
		if a := clerk.get(path + "/label").body; !strings.Contains(a, item) || !strings.Contains(a, "Nhãn bưu gửi KT1 · bản in thứ 1") {
			t.Error("the first label does not say what it is")
		}
		clerk.saysNo("In lại phải chọn lý do", path+"/label")
		clerk.saysNo("In lại phải chọn lý do", path+"/label", "why_label", "by_order")
		clerk.done(path+"/label", "why_label", "damaged")
		if a := clerk.get(path + "/label").body; !strings.Contains(a, "bản in thứ 2") {
			t.Error("the second label does not say so")
		}
		if a := clerk.get(path).body; !strings.Contains(a, "bản in thứ 2: bản in hỏng") || !strings.Contains(a, "Đã in 2 bản") {
			t.Error("the item's history does not tell of the second label")
		}
		s.sound()
	})
}

func TestALabelIsPrintedWhereTheItemIs(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	label := closedmail.PrintForm{Form: closedmail.LabelForm, About: string(i)}
	again := label
	again.Reason = "lost"
	h.refused("closedmail.label_elsewhere", officeB, clerkB, label)
	h.refused("closedmail.no_duty", officeA, courier, label)
	h.refused("closedmail.unknown", officeA, clerkA, closedmail.PrintForm{Form: closedmail.LabelForm, About: "NK000000000VN"})
	h.refused("closedmail.first_copy", officeA, clerkA, again)
	bag := h.vessel("hop-01", i)
	h.must(officeA, clerkA, label) // in a bag of the office it is still there
	h.send(bag)
	h.refused("closedmail.label_elsewhere", officeA, clerkA, again)
	if f := h.must(officeB, clerkB, again).Facts[0].(event.KT1FormPrinted); f.Copy != 2 {
		t.Errorf("copy %d", f.Copy)
	}
	h.sound()
}

// paperOf is a form that somebody may print, somebody may not, and where its pages are.
type paperOf struct {
	act      closedmail.PrintForm
	who      postal.StaffID
	stranger postal.StaffID
	post     string
	see      string
	extra    []string
}

// papersOf brings the house to where each form can be printed.
func (s *site) papersOf() []paperOf {
	s.t.Helper()
	s.contractOn()
	item := s.accept(cover())
	bag := s.vessel("tui-01", item)
	over := s.counted(out(s.dispatch(bag)), bag)
	s.must(officeA, courier, s.takes(over))
	s.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(s.accept(cover()))}})
	incident := string(s.incidents(officeA)[0].ID)
	other := s.accept(cover())
	around := cover() // stays at B
	around.Office, around.Sender, around.HandedBy, around.Addressee = officeB, bodyTwo, registry2, bodyOne
	near := s.must(officeB, clerkB, around).Facts[0].(event.ItemAccepted).Item
	s.giveOut(near)
	list := string(s.cover(near).Out)
	s.must(officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA, Held: closedmail.Held(s.View(s.t.Context()), officeA)})
	form := func(f closedmail.Form, about string) closedmail.PrintForm {
		return closedmail.PrintForm{Form: f, About: about}
	}
	same := func(who, stranger postal.StaffID, f closedmail.Form, about, path string) paperOf {
		return paperOf{form(f, about), who, stranger, path, path, nil}
	}
	statement := "/kt1/registry/" + string(bodyTwo) + "/statement/2020-04"
	return []paperOf{
		same(clerkA, clerkB, closedmail.LabelForm, string(other), "/kt1/items/"+string(other)+"/label"),
		same(clerkA, courier, closedmail.BagLabelForm, string(bag), "/kt1/vessels/"+string(bag)+"/label"),
		same(clerkB, registry1, closedmail.ManifestForm, string(bag), "/kt1/vessels/"+string(bag)+"/manifest"),
		same(courier, clerkB, closedmail.RecordForm, string(over), "/kt1/handovers/"+string(over)+"/record"),
		same(courier, clerkA, closedmail.ListForm, list, "/kt1/handovers/"+list+"/list"),
		same(headA, clerkB, closedmail.MinutesForm, incident, "/kt1/incidents/"+incident+"/minutes"),
		same(otherA, clerkB, closedmail.ShiftForm, string(officeA)+"/2", "/kt1/shift/2/record"),
		{form(closedmail.ReconcileForm, string(partnerOne)+"/2020-04"), clerkA, courier, "/kt1/partners/" + string(partnerOne) + "/month/2020-04/paper", "/kt1/partners/" + string(partnerOne) + "/month/2020-04/paper", nil},
		{form(closedmail.StatementForm, string(bodyTwo)+"/2020-04"), registry2, clerkA, statement, statement + "/paper", nil},
		{form(closedmail.ReportForm, "2020h1"), headA, clerkA, "/kt1/report/paper", "/kt1/report/paper?period=2020h1", []string{"period", "2020h1"}},
	}
}

func TestEveryPrintLeavesATrace(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		papers := s.papersOf()
		if len(papers) != len(closedmail.Forms) {
			t.Fatalf("%d papers, %d forms", len(papers), len(closedmail.Forms))
		}
		for _, p := range papers {
			if _, err := s.do(officeOf(p.stranger), p.stranger, p.act); fault.Code(err) == "" {
				t.Errorf("%s was printed by %s: %v", p.act.Form, p.stranger, err)
			}
			eachText(t, p.act, func(changed ledger.Act, field, text string) {
				if _, err := s.do(officeOf(p.who), p.who, changed); fault.Code(err) == "" {
					t.Errorf("%s of %s took %q: %v", field, p.act.Form, text, err)
				}
			})
			reader := s.as(p.who)
			if a := reader.get(p.see); a.status != http.StatusConflict || !strings.Contains(a.body, "bấm nút in trước") {
				t.Errorf("%s: nobody printed it, and it shows: %d", p.see, a.status)
			}
			if to := reader.done(p.post, p.extra...); to != p.see {
				t.Errorf("the print of %s leads to %s", p.act.Form, to)
			}
			name := s.formName(p.act.Form)
			if a := reader.get(p.see).body; !strings.Contains(strings.ToUpper(a), strings.ToUpper(name)) || !strings.Contains(a, "bản in thứ 1") {
				t.Errorf("%s does not bear %q and the number of the copy", p.see, name)
			}
			reader.saysNo("In lại phải chọn lý do", p.post, p.extra...)
			reader.done(p.post, with(p.extra, "why_"+string(p.act.Form), "changed")...)
			if a := reader.get(p.see).body; !strings.Contains(a, "bản in thứ 2") {
				t.Errorf("the second copy of %s does not say so", p.act.Form)
			}
			if c, ok := closedmail.PrintsOf(s.View(t.Context()), p.act.Form, p.act.About); !ok || c.Copies != 2 || c.Person != p.who {
				t.Errorf("%s: %+v", p.act.Form, c)
			}
		}
		s.sound()
	})
}

// TestAPostNamesItsForms puts a table of its own over ours.
func TestAPostNamesItsForms(t *testing.T) {
	site := rulebook.Layer{Name: "site", FS: fstest.MapFS{"site.rules": {Data: []byte(`rule kt1.forms
    from: 2020-01-01
    table:
        | form     | name_vi             | name_en  |
        | manifest | Bản kê BD8 của Mẫu  | BD8 list |
        | out      | Sổ số 14            | Book 14  |
    source: thiet-lap
    verified: no
    reason vi: Mẫu của bưu điện.
    reason en: The post's own form.
`)}}}
	book, err := rulebook.Load(rulebook.EmbeddedLayer(), site)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, sqltest.SQLite(t))
	s.pages.Law = &closedmail.Law{Calendar: calendar.New(book), Price: price{}}
	bag := s.vessel("tui-01", s.accept(cover()))
	clerk := s.as(clerkA)
	path := "/kt1/vessels/" + string(bag)
	if a := clerk.get(path).body; !strings.Contains(a, "Bản kê BD8 của Mẫu") || !strings.Contains(a, "bag_label") {
		t.Error("the page does not offer the form under the post's own name, or a form that the post did not name")
	}
	clerk.done(path + "/manifest")
	if a := clerk.get(path + "/manifest").body; !strings.Contains(a, "BẢN KÊ BD8 CỦA MẪU") {
		t.Error("the manifest bears another name")
	}
	clerk.done("/kt1/registers/out/1")
	if a := clerk.get("/kt1/registers/out/1/paper").body; !strings.Contains(a, "SỔ SỐ 14") || !strings.Contains(a, "bản in thứ 1") {
		t.Error("the register bears another name, or no number of the copy")
	}
}

// formName is what the rules call a form.
func (s *site) formName(f closedmail.Form) string {
	s.t.Helper()
	table, _, err := s.pages.Law.Calendar.Book().Table("kt1.forms", postal.DayOf(s.now))
	if err != nil {
		s.t.Fatal(err)
	}
	row, ok := table.Find("form", string(f))
	if !ok {
		s.t.Fatalf("the rules do not name %s", f)
	}
	return table.Cell(row, "name_vi").String()
}
