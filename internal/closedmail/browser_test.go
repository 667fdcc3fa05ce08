package closedmail_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

// person at a browser of his own.
type sitting struct {
	*webtest.Browser
	s  *site
	id postal.StaffID
}

func (s *site) sit(id postal.StaffID) sitting {
	b := webtest.Open(s.t)
	b.Go(s.url + "/enter/" + string(id))
	return sitting{b, s, id}
}

// fill fills the form with this action, field by field, and sends it.
func (p sitting) fill(action string, pairs ...string) {
	p.s.t.Helper()
	p.typed(action, pairs...)
	p.Submit(`form[action="` + action + `"] button[type="submit"]`)
}

// typed fills the form and leaves it.
func (p sitting) typed(action string, pairs ...string) {
	p.s.t.Helper()
	p.s.now = p.s.now.Add(time.Second)
	form := `form[action="` + action + `"]`
	for n := 0; n+1 < len(pairs); n += 2 {
		field := form + ` [name="` + pairs[n] + `"]`
		kind := webtest.Eval[string](p.Browser, fmt.Sprintf("document.querySelector(`%s`) ? document.querySelector(`%s`).type || 'select' : 'none'", field, field))
		switch kind {
		case "none":
			p.s.t.Fatalf("%s: no field %s in %s", p.Path(), pairs[n], action)
		case "radio", "checkbox":
			p.Click(field + `[value="` + pairs[n+1] + `"]`)
		case "select-one", "date", "datetime-local": // how days are typed depends on the browser's language
			if !webtest.Eval[bool](p.Browser, fmt.Sprintf("(document.querySelector(`%s`).value = `%s`, document.querySelector(`%s`).value === `%s`)", field, pairs[n+1], field, pairs[n+1])) {
				p.s.t.Fatalf("%s: %s cannot be %q in %s", p.Path(), pairs[n], pairs[n+1], action)
			}
		default:
			p.Fill(field, pairs[n+1])
		}
	}
}

// at is where the browser is after an answer that was good.
func (p sitting) at(prefix string) string {
	p.s.t.Helper()
	if got := p.Path(); !strings.HasPrefix(got, prefix) {
		p.s.t.Fatalf("%s is at %s, want %s…\n%s", p.id, got, prefix, p.Text("main"))
	}
	return last(p.Path())
}

func (p sitting) says(words string) {
	p.s.t.Helper()
	if text := p.Text("main"); !strings.Contains(text, words) {
		p.s.t.Fatalf("%s at %s does not read %q:\n%s", p.id, p.Path(), words, text)
	}
}

func (p sitting) gone(path string) { p.Go(p.s.url + path) }

func TestTwoPersonsInTwoBrowsersBringAnItemToItsAddressee(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk, carrier, there := s.sit(clerkA), s.sit(courier), s.sit(clerkB)
	clerk.gone("/kt1/accept")
	clerk.fill("/kt1/accept", "sender", "cq-0001", "handed_by", string(registry1), "number", "123/QĐ-UB", "addressee", "cq-0002", "secrecy", "A", "urgency", "express", "weight", "120", "locator", "dv-01")
	item := clerk.at("/kt1/items/")
	clerk.gone("/kt1")
	clerk.says(item)
	clerk.gone("/kt1/vessels")
	clerk.fill("/kt1/vessels", "facility", "hop-01", "to", string(officeB))
	bag := clerk.at("/kt1/vessels/2")
	clerk.fill("/kt1/vessels/"+bag+"/pack", "item", item)
	clerk.fill("/kt1/vessels/"+bag+"/close", "seal", "NP-10001", "second_login", "a1", "second_password", "mat-khau")
	clerk.says("hai người khác nhau")
	clerk.fill("/kt1/vessels/"+bag+"/close", "second_login", "a2", "second_password", "mat-khau")
	clerk.says("Đã niêm phong")
	clerk.gone("/kt1/dispatches")
	clerk.fill("/kt1/dispatches", "to", string(officeB), "vehicle", "xe-01")
	trip := clerk.at("/kt1/dispatches/3")
	clerk.fill("/kt1/dispatches/"+trip+"/load", "bag", bag)
	clerk.fill("/kt1/dispatches/" + trip + "/close")
	clerk.fill("/kt1/handovers", "carrier", string(courier))
	over := clerk.at("/kt1/handovers/4")

	carrier.gone("/kt1/handovers")
	carrier.says(over)
	carrier.gone("/kt1/handovers/" + over)
	carrier.fill("/kt1/handovers/"+over+"/count", "seal-"+bag, "NP-10001")
	clerk.gone("/kt1/handovers/" + over)
	clerk.fill("/kt1/handovers/" + over + "/sign")
	carrier.gone("/kt1/handovers/" + over)
	carrier.fill("/kt1/handovers/"+over+"/sign", "look_number", "1", "look_packing", "1", "look_seal", "1")
	carrier.says("Đã hoàn tất")

	there.gone("/kt1/handovers")
	there.fill("/kt1/handovers", "things", trip)
	in := there.at("/kt1/handovers/4")
	there.fill("/kt1/handovers/"+in+"/count", "seal-"+bag, "NP-10001")
	carrier.gone("/kt1/handovers/" + in)
	carrier.fill("/kt1/handovers/" + in + "/sign")
	there.gone("/kt1/handovers/" + in)
	there.fill("/kt1/handovers/"+in+"/sign", "look_number", "1", "look_packing", "1", "look_seal", "1")
	there.gone("/kt1/vessels/" + bag)
	if strings.Contains(there.Text("main"), "NP-10001") {
		t.Error("the page shows the seal that is to be read off the bag")
	}
	there.fill("/kt1/vessels/"+bag+"/open", "seal", "NP-10001", "second_login", "b2", "second_password", "mat-khau")
	there.fill("/kt1/vessels/"+bag+"/take", "item", item)
	there.fill("/kt1/vessels/"+bag+"/empty", "second_login", "b2", "second_password", "mat-khau")
	there.gone("/kt1/handovers")
	there.fill("/kt1/handovers", "things", item, "carrier", string(courier), "vehicle", "xe-02")
	round := there.at("/kt1/handovers/4")
	carrier.gone("/kt1/handovers/" + round)
	carrier.fill("/kt1/handovers/"+round+"/count", "has-"+item, "yes")
	there.gone("/kt1/handovers/" + round)
	there.fill("/kt1/handovers/" + round + "/sign")
	carrier.gone("/kt1/handovers/" + round)
	carrier.fill("/kt1/handovers/"+round+"/sign", "look_number", "1", "look_packing", "1", "look_seal", "1")
	carrier.gone("/kt1/round")
	carrier.says("Cơ quan mẫu số 2")
	carrier.gone("/kt1/round/" + item)
	carrier.fill("/kt1/round/"+item+"/deliver", "as", "clerk", "look_number", "1", "look_packing", "1", "look_seal", "1", "second_login", "r2", "second_password", "mat-khau")
	if who := s.holder(event.Thing(item)); who != event.Recipient {
		t.Errorf("the item is with %s", who)
	}
	s.sound()
}

func TestAShiftChangesOnOneScreen(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	a, b := s.accept(cover()), s.accept(cover())
	clerk := s.sit(clerkA)
	clerk.gone("/kt1/shift")
	clerk.fill("/kt1/shift", "held", string(a), "second_login", "a2", "second_password", "mat-khau")
	clerk.says("Trần Thị Mẫu")
	x := s.incidents(officeA)
	if len(x) != 1 || x[0].Things[0] != event.Thing(b) {
		t.Fatalf("incidents %+v", x)
	}
	next := s.sit(otherA)
	next.gone("/kt1")
	next.says("Thiếu")
}

func TestARegisterIsPrintedPageByPage(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for n := range closedmail.PageRows + 3 {
		a := cover()
		a.Number = closedmail.CoverNumber(fmt.Sprintf("%d/UB-VP", n+1))
		s.accept(a)
	}
	clerk := s.sit(clerkA)
	clerk.gone("/kt1/registers/out/2")
	clerk.fill("/kt1/registers/out/2")
	clerk.says("Hãy in trang 1 trước")
	clerk.gone("/kt1/registers/out/1")
	clerk.fill("/kt1/registers/out/1")
	clerk.says("Cộng dồn: 8")
	clerk.gone("/kt1/registers/out/2")
	clerk.fill("/kt1/registers/out/2")
	clerk.says("Chuyển từ trang trước: 8. Trang này: 3. Cộng dồn: 11.")
	clerk.paper("register-out-2", 1)
	clerk.gone("/kt1/registers/out/1")
	clerk.fill("/kt1/registers/out/1", "reason", "lost")
	clerk.says("bản in thứ 2")
	clerk.paper("register-out-1-again", 1)
}

// paper prints the page and counts the sheets; with CITYPOST_SHOTS set it keeps the PDF for people to look at.
func (p sitting) paper(name string, sheets int) {
	p.s.t.Helper()
	pdf := p.PDF()
	if n := len(pageOfPDF.FindAll(pdf, -1)); n != sheets {
		p.s.t.Errorf("%s is %d sheets of paper, want %d", name, n, sheets)
	}
	if dir := os.Getenv("CITYPOST_SHOTS"); dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			p.s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "kt1-"+name+".pdf"), pdf, 0o644); err != nil {
			p.s.t.Fatal(err)
		}
	}
}

// papers are the pages that are sheets to print.
var papers = []string{"label", "bag-label", "manifest", "minutes", "report-paper", "statement", "record"}

var pageOfPDF = regexp.MustCompile(`/Type\s*/Page\b`)

func TestEveryPaperFitsItsSheet(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for n := range closedmail.PageRows {
		a := cover()
		a.Number, a.NamedOnly, a.Urgency, a.RecallBy = closedmail.CoverNumber(fmt.Sprintf("%d/CV-VPUB", n+1)), true, closedmail.Express, day("2020-06-01")
		s.accept(a)
	}
	pages := s.everyPage()
	for _, p := range pages {
		if !slices.Contains(papers, p.name) {
			continue
		}
		reader := s.sit(p.who)
		reader.gone(p.path)
		sheets := 1
		if p.name == "report-paper" { // figures and eight sections of words
			sheets = 2
		}
		reader.paper(p.name, sheets)
	}
	clerk := s.sit(clerkA)
	for _, reg := range []string{"out", "handover", "incident"} {
		clerk.gone("/kt1/registers/" + reg + "/1")
		if webtest.Eval[bool](clerk.Browser, `document.querySelector("select[name=reason]") !== null`) {
			clerk.fill("/kt1/registers/"+reg+"/1", "reason", "archive")
		} else {
			clerk.fill("/kt1/registers/" + reg + "/1")
		}
		clerk.paper("register-"+reg, 1)
	}
	there := s.sit(clerkB)
	for _, reg := range []string{"in", "transfer"} {
		there.gone("/kt1/registers/" + reg + "/1")
		there.fill("/kt1/registers/" + reg + "/1")
		there.paper("register-"+reg, 1)
	}
}

// TestEveryPageLooksRight opens every page at both widths and asks axe; with CITYPOST_SHOTS set it leaves the pictures.
func TestEveryPageLooksRight(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	pages := s.everyPage()
	b := webtest.Open(t)
	for _, p := range pages {
		b.Go(s.url + "/enter/" + string(p.who))
		for _, width := range []int{webtest.Desk, webtest.Phone} {
			b.Width(width)
			b.Go(s.url + p.path)
			paper := slices.Contains(papers, p.name)
			if o := b.Overflow(); o > 0 && !paper {
				t.Errorf("%s at %d: %d px too wide", p.path, width, o)
			}
			b.Shot(fmt.Sprintf("kt1-%s-%d", p.name, width))
			if width == webtest.Desk {
				for _, v := range b.Axe() {
					t.Errorf("%s: %s", p.path, v)
				}
			}
		}
	}
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}
