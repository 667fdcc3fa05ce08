package report

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sheet"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

func at(month, day, hour int) int64 {
	return time.Date(2026, time.Month(month), day, hour, 0, 0, 0, postal.HoChiMinh).UnixMilli()
}

func number(n int) postal.DossierNumber {
	code, err := postal.MakeCode(postal.CodeDossier, "180100", n)
	if err != nil {
		panic(err)
	}
	return postal.DossierNumber(code)
}

// town is a quarter with something of everything, its edges included.
func town(t *testing.T, db *sqldb.DB) *Service {
	t.Helper()
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	base := Line{Agency: "so-tu-phap", Office: "180100", Form: "both", State: "delivered", PostageVND: 60_000, StateVND: 100_000}
	var lines []Line
	add := func(n int, procedure string, change func(*Line)) {
		l := base
		l.Dossier, l.Procedure = number(n), procedure
		change(&l)
		lines = append(lines, l)
	}
	add(1, "1.000001", func(l *Line) { // in time both ways, at the very first moment of the quarter
		l.AcceptedMs, l.SendDueMs, l.SentMs, l.FiledMs = at(4, 1, 0), at(4, 3, 0), at(4, 2, 9), at(4, 2, 9)
		l.ReturnDueMs, l.ReturnedMs, l.DeliveredMs = at(4, 20, 0), at(4, 18, 9), at(4, 18, 9)
	})
	add(2, "1.000001", func(l *Line) { // late both ways, delivered in the next quarter
		l.AcceptedMs, l.SendDueMs, l.SentMs, l.FiledMs = at(6, 30, 23), at(6, 30, 23), at(6, 30, 23)+1, at(6, 30, 23)+1
		l.ReturnDueMs, l.ReturnedMs, l.DeliveredMs = at(7, 1, 0), at(7, 2, 0), at(7, 2, 0)
	})
	add(3, "1.000002", func(l *Line) { l.Form, l.AcceptedMs, l.State = "result", at(5, 5, 8), "awaiting_result" }) // nothing was taken in
	add(4, "1.000002", func(l *Line) { l.AcceptedMs, l.State = at(5, 6, 8), "cancelled" })
	add(5, "1.000002", func(l *Line) {
		l.AcceptedMs, l.State, l.PaidVND, l.PaidMs = at(3, 31, 23), "lost", 104_000, at(4, 30, 9)
	}) // of the quarter before, paid in this one
	entries := []event.Entry{
		{Seq: 1, OccurredMs: at(4, 10, 9), Facts: []event.Fact{event.DossierComplained{Dossier: number(1), Number: 1, About: "late", AnswerBy: postal.MakeDay(2026, 4, 17)}}},
		{Seq: 2, OccurredMs: at(4, 20, 9), Facts: []event.Fact{event.DossierComplaintAnswered{Dossier: number(1), Number: 1, Outcome: "partly"}}},
		{Seq: 3, OccurredMs: at(4, 21, 9), Facts: []event.Fact{event.DossierComplained{Dossier: number(1), Number: 2, About: "late", AnswerBy: postal.MakeDay(2026, 4, 28)}}},
		{Seq: 4, OccurredMs: at(4, 22, 9), Facts: []event.Fact{event.LiabilityRecorded{Dossier: number(5), Record: "BB-1", Kind: "damaged", Fault: "post"}}},
		{Seq: 5, OccurredMs: at(4, 23, 9), Facts: []event.Fact{event.LiabilityRecorded{Dossier: number(5), Record: "BB-1", Kind: "lost", Fault: "post", Corrects: "BB-1", Why: "mistyped"}}}, // one loss, not a damage and a loss
	}
	project := Project(func(context.Context, []event.Entry) ([]Line, error) { return lines, nil })
	for range 2 { // once more changes nothing
		if err := db.Tx(t.Context(), func(tx *sql.Tx) error { return project(t.Context(), tx, entries) }); err != nil {
			t.Fatal(err)
		}
	}
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return &Service{Store: Store{DB: db}, Calendar: calendar.New(book), Now: func() time.Time { return time.Date(2026, 7, 5, 9, 0, 0, 0, postal.HoChiMinh) },
		Procedure: func(string) string { return "Thủ tục mẫu" }, Agencies: func(context.Context, string) (map[postal.AgencyCode]string, error) {
			return map[postal.AgencyCode]string{"so-tu-phap": "Sở Tư pháp Mẫu"}, nil
		}, Office: func(o postal.OfficeCode) string { return "Bưu cục " + string(o) }, Say: func(group, code, _ string) string { return group + "/" + code }, Dossier: "/dossiers/", Duties: "/rules/reports"}
}

func TestEachFigureCountsWhatHappenedInItsPeriod(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := town(t, db)
		r, err := s.Make(t.Context(), Period{2026, "q2"})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"accepted": 2, "filed": 2, "send_late": 1, "results": 1, "return_late": 0, "complaints": 2, "complaints_right": 1, "complaints_wrong": 0, "complaints_open": 1,
			"complaints_late": 1, "lost": 1, "damaged": 0, "compensated": 1}
		for id, n := range want {
			if r.Counts[id] != n {
				t.Errorf("%s: %d, want %d", id, r.Counts[id], n)
			}
		}
		if len(want) != len(figures) {
			t.Errorf("%d figures, %d are looked at", len(figures), len(want))
		}
		if r.PaidVND != 104_000 || r.PostageVND != 4*60_000 || len(r.Procedures) != 2 || r.Procedures[0].Late != 1 || r.Procedures[0].Accepted != 2 {
			t.Errorf("%+v", r)
		}
		if permille, ok := r.Safety(); !ok || permille != 750 { // three ways ended well, one was lost
			t.Errorf("safety %d, %v", permille, ok)
		}
		if r, err := s.Make(t.Context(), Period{2026, "q3"}); err != nil || r.Counts["results"] != 1 || r.Counts["return_late"] != 1 || r.Counts["accepted"] != 0 {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := s.Make(t.Context(), Period{2025, "year"}); err != nil || r.Carried() != 0 {
			t.Errorf("%+v, %v", r, err)
		} else if _, ok := r.Safety(); ok {
			t.Error("safety of nothing")
		}
	})
}

func TestTheLinesBehindAFigureAreAsManyAsItSays(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := town(t, db)
		for _, kind := range kindOrder {
			p := Period{2026, kind}
			r, err := s.Make(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range figures {
				n := 0
				if err := s.Behind(t.Context(), p, f, "", func(Counted) error { n++; return nil }); err != nil || n != r.Counts[f.ID] {
					t.Errorf("%s %s: %d lines, figure %d, %v", p, f.ID, n, r.Counts[f.ID], err)
				}
			}
		}
	})
}

// If this fails a figure of the report is a number that nobody can follow to what it counts.
func TestEveryFigureAndEveryAmountOpensWhatItAddsUp(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := town(t, db)
		q2, q3 := Period{2026, "q2"}, Period{2026, "q3"}
		behind := func(p Period, id, procedure string) (n int, sum postal.VND) {
			f, ok := figureOf(id)
			if !ok {
				t.Fatalf("no figure %s", id)
			}
			if err := s.Behind(t.Context(), p, f, procedure, func(c Counted) error { n++; sum += c.VND; return nil }); err != nil {
				t.Fatal(err)
			}
			return n, sum
		}
		for _, p := range []Period{q2, q3} {
			r, err := s.Make(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			for id, want := range map[string]postal.VND{"postage": r.PostageVND, "state": r.StateVND, "compensated": r.PaidVND} {
				if _, sum := behind(p, id, ""); sum != want {
					t.Errorf("%s %s: the lines add up to %d, the figure says %d", p, id, sum, want)
				}
			}
			for _, b := range r.Procedures {
				n, _ := behind(p, late.ID, b.Procedure)
				_, postage := behind(p, "postage", b.Procedure)
				_, state := behind(p, "state", b.Procedure)
				if n != b.Late || postage != b.PostageVND || state != b.StateVND {
					t.Errorf("%s %s: %d late, %d, %d; want %+v", p, b.Procedure, n, postage, state, b)
				}
			}
		}
		page := func(path string) string {
			t.Helper()
			code, page := ask(s, web.Department, path)
			if code != http.StatusOK {
				t.Errorf("%s: %d", path, code)
			}
			return page
		}
		report := page("/reports/dossiers?period=2026-q2")
		links := 0
		for _, m := range regexp.MustCompile(`href="(/reports/dossiers/behind[^"]*)"`).FindAllStringSubmatch(report, -1) {
			links++
			if !strings.Contains(page(m[1]), onePath+"/6") {
				t.Errorf("%s opens nothing", m[1])
			}
		}
		if links < 15 {
			t.Errorf("%d figures open something", links)
		}
		for path, words := range map[string][]string{
			"/reports/dossiers/behind?figure=complaints&period=2026-q2":                     {"complaint/late", "17/04/2026 23:59", "outcome/partly", "3 ngày", "68 ngày"}, // the second is not answered yet, on 5 July
			"/reports/dossiers/behind?figure=send_late&period=2026-q2":                      {"chuyển hồ sơ", "30/06/2026 23:00", "trong ngày"},
			"/reports/dossiers/behind?figure=late&period=2026-q3&procedure=1.000001":        {"trả kết quả", "01/07/2026 00:00", "1 ngày"},
			"/reports/dossiers/behind?figure=unsafe&period=2026-q2":                         {"liability/lost", "fault/post", "BB-1"},
			"/reports/dossiers/behind?figure=compensated&period=2026-q2":                    {"104.000", "30/04/2026 09:00", "Cộng: "},
			"/reports/dossiers/dossier/" + string(number(1)):                                {number(1).Grouped(), "hạn 03/04/2026 00:00", "complaint/late", "form/both"},
			"/reports/dossiers/dossier/" + string(number(5)):                                {"BB-1", "104.000"},
			"/reports/dossiers/behind?figure=return_late&period=2026-q3&procedure=1.000001": {onePath + "/" + string(number(2))},
		} {
			got := page(path)
			for _, w := range words {
				if !strings.Contains(got, w) {
					t.Errorf("%s does not say %q", path, w)
				}
			}
		}
		if code, _ := ask(s, web.Department, onePath+"/"+string(number(9))); code != http.StatusNotFound {
			t.Errorf("an unknown dossier: %d", code)
		}
	})
}

func TestThePeriodsAreThoseOfTheDuties(t *testing.T) {
	s := town(t, sqltest.SQLite(t))
	duties, err := s.Calendar.Duties(postal.MakeDay(2026, 1, 1), postal.MakeDay(2027, 1, 31))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, d := range duties {
		if d.Report != "dossiers" {
			continue
		}
		seen++
		p, err := ParsePeriod(d.Period)
		if err != nil {
			t.Errorf("%s: %v", d.Period, err)
			continue
		}
		if first, last := p.Days(); first != d.From || last != d.To {
			t.Errorf("%s: %s to %s, the duty says %s to %s", p, first, last, d.From, d.To)
		}
		if got, err := s.duty(p); err != nil || got == nil || got.Due != d.Due {
			t.Errorf("%s: %+v, %v", p, got, err)
		}
	}
	if seen < 6 {
		t.Errorf("%d duties", seen)
	}
	for _, bad := range []string{"", "2026", "2026-q5", "q1-2026", "1999-q1", "2026-Q1"} {
		if _, err := ParsePeriod(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func ask(s *Service, right web.Right, path string) (int, string) {
	role := web.Role{Name: right}
	m := web.New(webtest.Gate{Person: web.Person{ID: "ld-1", Name: "Người Mẫu", Roles: []web.Role{role}, Acting: role}}, web.Site{}, slog.New(slog.DiscardHandler))
	s.Mount(m)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, html.UnescapeString(w.Body.String())
}

func TestThePagesShowFiguresTheirLinesAndTheFiles(t *testing.T) {
	s := town(t, sqltest.SQLite(t))
	code, page := ask(s, web.Manager, "/reports/dossiers") // without a period: the last quarter that is over
	for _, word := range []string{"Quý II năm 2026", "09/07/2026", "75,0 %", "/reports/dossiers/behind?figure=complaints&period=2026-q2", "104.000"} {
		if code != http.StatusOK || !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), word) {
			t.Errorf("%d: %q is not there", code, word)
		}
	}
	if code, page := ask(s, web.Manager, "/reports/dossiers/behind?figure=results&period=2026-q2"); code != http.StatusOK || !strings.Contains(page, number(1).Grouped()) || !strings.Contains(page, "Sở Tư pháp Mẫu") || strings.Contains(page, `href="/dossiers/`) {
		t.Errorf("behind: %d", code)
	}
	if code, page := ask(s, web.Supervisor, "/reports/dossiers/behind?figure=results&period=2026-q2"); code != http.StatusOK || !strings.Contains(page, `href="/dossiers/`) {
		t.Errorf("the head of an office is not led to the dossier: %d", code)
	}
	if code, page := ask(s, web.Department, "/reports/dossiers/behind?figure=results&period=2026-q2&lang=en"); code != http.StatusOK || strings.Contains(page, `href="/dossiers/`) || !strings.Contains(page, "Results delivered") {
		t.Errorf("the Department: %d, or led to a page that it may not see", code)
	}
	if code, _ := ask(s, web.Manager, "/reports/dossiers?period=2026-q9"); code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong period: %d", code)
	}
	if code, _ := ask(s, web.Manager, "/reports/dossiers/behind?figure=none"); code != http.StatusNotFound {
		t.Errorf("a wrong figure: %d", code)
	}
	for _, format := range []string{"pdf", "xlsx", "csv"} {
		if code, body := ask(s, web.Department, "/reports/dossiers/file?period=2026-q2&format="+format); code != http.StatusOK || len(body) < 200 {
			t.Errorf("%s: %d, %d bytes", format, code, len(body))
		}
	}
	if code, _ := ask(s, web.Manager, "/reports/dossiers/file?period=2026-q2&format=doc"); code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong format: %d", code)
	}
}

func TestTheFileHoldsTheLinesBehindItsFigures(t *testing.T) {
	s := town(t, sqltest.SQLite(t))
	r, err := s.Make(t.Context(), Period{2026, "q2"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Document(t.Context(), r, "vi")
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Bytes(sheet.CSV)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, row := range rows {
		if strings.HasPrefix(row[0], "6180100") {
			lines++
		}
	}
	want := 0
	for _, id := range behindFigures {
		want += r.Counts[id]
	}
	if lines != want {
		t.Errorf("%d lines, want %d", lines, want)
	}
}
