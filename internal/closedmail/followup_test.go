package closedmail_test

import (
	"html"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestTheBooksTellWhatCameOfAnEntry: an acceptance that was taken back, and an incident's minutes, report and release, have lines of their own with who did it.
func TestTheBooksTellWhatCameOfAnEntry(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		clerk := s.as(clerkA)
		a := cover()
		a.ToOffice = officeA
		mistaken := s.must(officeA, clerkA, a)
		item := mistaken.Facts[0].(event.ItemAccepted).Item
		s.must(officeA, clerkA, closedmail.UndoAccept{Item: item, Act: mistaken.Act, Second: headA})
		for _, register := range []string{"out", "in"} {
			body := html.UnescapeString(clerk.get("/kt1/registers/" + register + "/1").body)
			if strings.Count(body, string(item)) != 2 || !strings.Contains(body, "HUỶ NHẬN GỬI, ký: "+names[clerkA]+", "+names[headA]) {
				t.Errorf("the %s register does not say that the acceptance was taken back, and by whom", register)
			}
		}
		if body := html.UnescapeString(clerk.get("/kt1/items/" + string(item)).body); !strings.Contains(body, names[headA]) {
			t.Error("the page of the item does not name the second person")
		}

		torn := s.accept(cover())
		s.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(torn)}})
		s.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
		lines, total, err := s.pages.Records.Lines(t.Context(), closedmail.IncidentBook, officeA, 1)
		if err != nil || total != 4 {
			t.Fatalf("%d lines, %v", total, err)
		}
		for n, want := range [][2]postal.StaffID{{clerkA, ""}, {clerkA, otherA}, {lines[2].First, ""}, {headA, ""}} {
			if l := lines[n]; l.First != want[0] || l.Second != want[1] || l.First == "" || l.Code != string(torn) || n > 0 && l.Number != "1" {
				t.Errorf("line %d: %+v", n+1, l)
			}
		}
		body := html.UnescapeString(clerk.get("/kt1/registers/incident/1").body)
		for _, want := range []string{"Ký biên bản (sự cố ở dòng 1)", "Báo cáo lên trên: ", "Giải toả: đã kiểm tra, nguyên vẹn, cho đi tiếp (sự cố ở dòng 1)", names[otherA], names[headA]} {
			if !strings.Contains(body, want) {
				t.Errorf("the incident book lacks %q", want)
			}
		}
		s.sound()
	})
}
