package closedmail_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// fill puts items of one sender into the table of items, as if they had been accepted on the day.
func (s *site) fill(sender, addressee closedmail.BodyCode, on string, n int, fee postal.VND) {
	s.t.Helper()
	tx, err := s.db.Write().BeginTx(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for k := range n {
		if _, err := tx.ExecContext(s.t.Context(), `INSERT INTO closedmail_item (item, seq, office, to_office, day, accepted_ms, number, sender, addressee, list, secrecy, urgency, inter, weight_g, fee_vnd, due_ms,
			wait_min, attempt_ms, delivered_ms, after_hours, undone) VALUES ($1, $2, $3, $3, $4, 1, $5, $6, $7, 'appendix-2', '', '', 0, 100, $8, 0, -1, 0, 0, 0, 0)`,
			fmt.Sprintf("ZZ%s%06dVN", on[5:7], k), -k, string(officeA), on, fmt.Sprintf("%d/QĐ-M", k), string(sender), string(addressee), int64(fee)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

// TestTheSumOfAStatementIsOfAllItems: the table ends after two thousand, what is owed does not.
func TestTheSumOfAStatementIsOfAllItems(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		s.fill(bodyTwo, bodyOne, "2019-01-10", 2_005, 10_000)
		s.fill(bodyTwo, bodyOne, "2019-02-10", 2_000, 10_000)
		read := func(month string) string {
			return strings.ReplaceAll(s.as(headA).get("/kt1/bodies/cq-0002/statement/"+month).body, "\u00a0", " ")
		}
		if body := read("2019-01"); !strings.Contains(body, "Cộng: 2.005 bưu gửi. Phải trả 20.050.000 đ cho 2.005 bưu gửi.") || !strings.Contains(body, "chỉ có 2.000 bưu gửi đầu") {
			t.Error(foot(body))
		}
		if body := read("2019-02"); !strings.Contains(body, "Phải trả 20.000.000 đ cho 2.000 bưu gửi.") || strings.Contains(body, "bưu gửi đầu") {
			t.Error(foot(body))
		}
		if all, err := s.pages.Records.OfBody(t.Context(), bodyOne, 3); err != nil || len(all) != 3 || !strings.HasSuffix(string(all[0]), "000000VN") {
			t.Errorf("the last of a body: %v, %v", all, err)
		}
	})
}

func foot(body string) string {
	_, after, _ := strings.Cut(body, "Cộng:")
	return after[:min(len(after), 300)]
}

// TestTheInRegisterSaysWhoBroughtTheBag: its column “Người mang đến” was blank for all that came in bags.
func TestTheInRegisterSaysWhoBroughtTheBag(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		i := s.accept(cover())
		bag := s.vessel("tui-01", i)
		s.send(bag)
		s.unpack(bag, i)
		lines, n, err := s.pages.Records.Lines(t.Context(), closedmail.InRegister, officeB, 1)
		if err != nil || n != 1 || lines[0].First != courier || lines[0].Second != clerkB || lines[0].What != string(bag) {
			t.Fatalf("%d lines, %v: %+v", n, err, lines)
		}
		totals, err := s.pages.Records.Totals(t.Context(), officeB)
		if err != nil || totals[closedmail.InRegister] != 1 || totals[closedmail.OutRegister] != 0 {
			t.Errorf("%v, %v", totals, err)
		}
	})
}

// TestWhatGrowsIsFoundByIndex asks SQLite how it looks for the line of an item, a cover's number, and a body's month.
func TestWhatGrowsIsFoundByIndex(t *testing.T) {
	db := sqltest.SQLite(t)
	if err := closedmail.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`SELECT number FROM closedmail_line WHERE register IN ('out', 'in') AND code = 'x' ORDER BY seq LIMIT 1`:            "closedmail_line_cover",
		`SELECT 1 FROM closedmail_item WHERE number = 'x'`:                                                                  "closedmail_item_number",
		`SELECT item FROM closedmail_item WHERE sender = 'x' AND day >= 'a' AND day <= 'b' AND undone = 0`:                  "closedmail_item_sent",
		`SELECT count(*) FROM closedmail_item WHERE addressee = 'x' AND day >= 'a' AND day <= 'b' AND undone = 0`:           "closedmail_item_got",
		`SELECT visit FROM closedmail_visitor WHERE office = 'x' AND visit < 'y' ORDER BY visit DESC LIMIT 3`:               "closedmail_visitor_office",
		`SELECT item, seq FROM closedmail_item WHERE addressee = 'x' AND undone = 0 ORDER BY seq DESC LIMIT 3`:              "closedmail_item_addressee",
		`SELECT coalesce(max(n), 0) FROM closedmail_line WHERE register = 'out' AND office = '180100'`:                      "SEARCH closedmail_line USING",
		`SELECT signed FROM (SELECT item AS signed, seq FROM closedmail_item WHERE sender = 'x' ORDER BY seq DESC) LIMIT 1`: "closedmail_item_sender",
	} {
		rows, err := db.Read().QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+text)
		if err != nil {
			t.Fatal(err)
		}
		var plan string
		for rows.Next() {
			var a, b, c int
			var step string
			if err := rows.Scan(&a, &b, &c, &step); err != nil {
				t.Fatal(err)
			}
			plan += step + "; "
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\n%s", text, plan)
		}
	}
}

// broken cannot read its list.
type broken struct{}

func (broken) Offices(context.Context) ([]closedmail.Place, error) {
	return nil, errors.New("disk fault")
}

// TestAPageThatCouldNotReadItsListsIsNotShown: a list without offices, or clocks that are all red, would be believed.
func TestAPageThatCouldNotReadItsListsIsNotShown(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	if _, err := s.pages.Law.Limit("kt1.leave.minutes", day("1990-01-01")); err == nil {
		t.Error("a limit before there was a rule is a number")
	}
	s.pages.Places = broken{}
	for path, who := range map[string]postal.StaffID{"/kt1/vessels": clerkA, "/kt1/facilities": headA} {
		if a := s.as(who).get(path); a.status != 500 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// TestPeopleStandInTheOrderOfTheAlphabetHere: Đ comes after D, not after Z.
func TestPeopleStandInTheOrderOfTheAlphabetHere(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	want := []string{names[clerkA], names[otherA], names[headA], names[clerkB], names[otherB], names[headB], names[courier]}
	slices.SortFunc(want, postal.CompareNames)
	body := s.as(security).get("/kt1/people").body
	at := 0
	for _, name := range want {
		n := strings.Index(body[at:], ">"+name+"<")
		if n < 0 {
			t.Fatalf("%s does not stand after those before it in %v", name, want)
		}
		at += n
	}
}

// TestWhoMayNotSendMayComplain: the act takes complaints of bodies outside the lists, so the form offers them.
func TestWhoMayNotSendMayComplain(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	if a := s.as(headA).get("/kt1/cases"); !strings.Contains(a.body, `value="`+string(outsider)+`"`) {
		t.Errorf("%d: %s is not offered", a.status, outsider)
	}
	s.as(headA).done("/kt1/cases/complain", "body", string(outsider), "about", "late")
}

// TestAnUnknownAddressDoesNothing: the last word of an address says what is done, and none is taken for another.
func TestAnUnknownAddressDoesNothing(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	before := s.Seq()
	for path, who := range map[string]postal.StaffID{"/kt1/bodies/cq-0002/whatever": headA, "/kt1/round/x/whatever": courier, "/kt1/visits/whatever": clerkA, "/kt1/people/whatever": security, "/kt1/cases/whatever": headA} {
		a := s.as(who).post(path, "act", postal.NewActID(s.now).String(), "person", string(registry1), "as", "clerk")
		if a.status != 404 || !strings.Contains(a.body, "whatever") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if s.Seq() != before {
		t.Error("something was written")
	}
}

// follow reads a list page by page and gives what a pattern finds on each.
func (s *site) follow(who postal.StaffID, path string, what *regexp.Regexp) (pages [][]string) {
	s.t.Helper()
	next := regexp.MustCompile(`href="([^"]*[?](before|after)=[^"&]*)"[^>]*>\s*(<[^>]*>\s*)*(Xem cũ hơn|Xem tiếp)`)
	for path != "" && len(pages) < 9 {
		a := s.as(who).get(path)
		if a.status != 200 {
			s.t.Fatalf("%s: %d", path, a.status)
		}
		var found []string
		for _, m := range what.FindAllStringSubmatch(a.body, -1) {
			found = append(found, m[1])
		}
		pages, path = append(pages, found), ""
		if m := next.FindStringSubmatch(a.body); m != nil {
			path = m[1]
		}
	}
	return pages
}

// TestLongListsAreReadAPageAtATime: the directory, and the history of a facility.
func TestLongListsAreReadAPageAtATime(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for k := range 196 {
		s.must(officeA, admin, closedmail.ListBody{Body: closedmail.BodyCode(fmt.Sprintf("cq-%04d", 100+k)), List: closedmail.Appendix2})
	}
	pages := s.follow(headA, "/kt1/bodies", regexp.MustCompile(`href="/kt1/bodies/(cq-[0-9]+)"`))
	if len(pages) != 2 || len(pages[0]) != 100 || len(pages[1]) != 100 || pages[0][0] == pages[1][0] {
		t.Errorf("the directory has %d pages", len(pages))
	}
	for k := range 149 {
		s.must(officeA, headA, closedmail.Inspect{Facility: "kv-01", Until: day("2021-04-21").AddDays(k)})
	}
	pages = s.follow(headA, "/kt1/facilities/kv-01", regexp.MustCompile(`kiểm tra lại trước ([0-9/]+)`))
	if len(pages) != 2 || len(pages[0]) != 100 || len(pages[1]) != 50 || pages[0][0] != day("2021-04-21").AddDays(148).VN() || pages[1][49] != "20/04/2021" {
		t.Errorf("the history has %d pages: %v", len(pages), pages)
	}
}
