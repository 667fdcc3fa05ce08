package closedmail_test

import (
	"regexp"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestNumbersOfVisitorsAreErasedWhenTheirTimeIsOver: three years by the rules, longer where something holds the records.
func TestNumbersOfVisitorsAreErasedWhenTheirTimeIsOver(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		number := func(o postal.OfficeCode) string {
			t.Helper()
			all, err := s.pages.Records.Visitors(t.Context(), o, "", 10)
			if err != nil || len(all) != 1 {
				t.Fatalf("%d visitors at %s, %v", len(all), o, err)
			}
			n, err := s.pages.Records.VisitorNumber(t.Context(), s.pages.Vault, all[0])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		tidy := func() {
			t.Helper()
			if err := s.pages.Records.TidyVisitors(t.Context(), s.pages.Vault, s.pages.Law, s.now); err != nil {
				t.Fatal(err)
			}
		}
		s.visit(officeA, clerkA, "kv-01", otherA)
		s.visit(officeB, clerkB, "kv-02", otherB)
		if _, err := db.Write().ExecContext(t.Context(), `UPDATE closedmail_visitor SET office = ''`); err != nil { // as earlier versions kept them
			t.Fatal(err)
		}
		s.must(officeA, headA, closedmail.Hold{Reason: "investigation"})
		hold := closedmail.Cases(s.View(t.Context()), "hold")[0].ID
		s.now = s.now.AddDate(3, 0, -1)
		tidy()
		if a, b := number(officeA), number(officeB); a == "" || b == "" {
			t.Fatalf("before their time: %q, %q", a, b)
		}
		s.now = s.now.AddDate(0, 0, 2)
		tidy()
		if a, b := number(officeA), number(officeB); a == "" || b != "" {
			t.Fatalf("after their time, with a hold at the first office: %q, %q", a, b)
		}
		for _, who := range []postal.StaffID{headA, clerkA} {
			s.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2022-01-01"), Until: day("2030-01-01")})
		}
		s.must(officeA, headA, closedmail.LiftHold{Hold: hold})
		tidy()
		if a := number(officeA); a != "" {
			t.Fatalf("after the hold: %q", a)
		}
		if a := s.as(security).get("/kt1/visits"); !strings.Contains(a.body, "đã xoá theo thời hạn lưu") || strings.Contains(a.body, "031090000001") {
			t.Errorf("the log: %d", a.status)
		}
		tidy()
	})
}

// TestTheVisitorLogIsReadAPageAtATime: what another office writes pushes nothing out.
func TestTheVisitorLogIsReadAPageAtATime(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.visit(officeB, clerkB, "kv-02", otherB)
	for range 120 {
		s.now = s.now.Add(1e9)
		s.visit(officeA, clerkA, "kv-01", otherA)
	}
	if a := s.as(clerkB).get("/kt1/visits"); !strings.Contains(a.body, "…001") || strings.Contains(a.body, "Xem cũ hơn") {
		t.Errorf("the log of office B: %d", a.status)
	}
	rows := func(path string) (n int, older string) {
		a := s.as(security).get(path)
		if found := regexp.MustCompile(`href="/kt1/visits\?before=([0-9a-f]+)"[^>]*>\s*(<[^>]*>\s*)*Xem cũ hơn`).FindStringSubmatch(a.body); found != nil {
			older = found[1]
		}
		return strings.Count(a.body, "031090000001"), older
	}
	n, older := rows("/kt1/visits")
	if n != 100 || older == "" {
		t.Fatalf("first page: %d lines, older %q", n, older)
	}
	if n, older = rows("/kt1/visits?before=" + older); n != 20 || older != "" {
		t.Errorf("second page: %d lines, older %q", n, older)
	}
}

// TestAVisitAndItsNumberAreOneCommit: what is refused leaves no number behind, and no other address lets somebody in.
func TestAVisitAndItsNumberAreOneCommit(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	fields := []string{"facility", "kv-02", "purpose", "repair", "host", string(otherA), "kind", "cccd", "visitor", "031090000001"}
	clerk.saysNo("khu vực KT1 của bưu cục này", "/kt1/visits/begin", fields...)
	fields[1] = "kv-01"
	if a := clerk.post("/kt1/visits/whatever", fields...); a.status != 404 {
		t.Errorf("an unknown address: %d", a.status)
	}
	for _, table := range []string{"closedmail_visitor", "subject_key"} {
		var n int
		if err := s.db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows in %s, %v", n, table, err)
		}
	}
	clerk.done("/kt1/visits/begin", fields...) // clicks twice
	var n int
	if err := s.db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM closedmail_visitor`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d visitors, %v", n, err)
	}
	if all := closedmail.Cases(s.View(t.Context()), "visit"); len(all) != 1 {
		t.Errorf("%d visits", len(all))
	}
}
