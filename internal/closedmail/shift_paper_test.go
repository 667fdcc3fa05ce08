package closedmail_test

import (
	"net/http"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestAChangeOfShiftHasItsRecord(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		here, gone := s.accept(cover()), s.accept(cover())
		clerk := s.as(clerkA)
		to := clerk.done("/kt1/shift", with(second(otherA), "do", "hand", "held", string(here))...)
		if !strings.Contains(to, "/kt1/incidents/") {
			t.Errorf("something is missing, and the page goes to %s", to)
		}
		if a := clerk.get("/kt1/shift").body; !strings.Contains(a, `href="/kt1/shift/2"`) {
			t.Error("the change of shift is not listed")
		}
		if a := clerk.get("/kt1/shift/2/record"); a.status != http.StatusConflict {
			t.Errorf("a record that nobody printed: %d", a.status)
		}
		clerk.done("/kt1/shift/2/record")
		a := clerk.get("/kt1/shift/2/record").body
		for _, want := range []string{string(here), string(gone), "Thiếu", "Nguyễn Văn Mẫu", "Trần Thị Mẫu", "180100/2"} {
			if !strings.Contains(a, want) {
				t.Errorf("the record lacks %q", want)
			}
		}
		for _, path := range []string{"/kt1/shift/1", "/kt1/shift/3", "/kt1/shift/02", "/kt1/shift/x"} {
			if a := clerk.get(path); a.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, a.status)
			}
		}
		if a := s.as(clerkB).get("/kt1/shift/2"); a.status != http.StatusNotFound {
			t.Errorf("another office reads it: %d", a.status)
		}
		s.refused("closedmail.unknown", officeB, clerkB, closedmail.PrintForm{Form: closedmail.ShiftForm, About: "180100/2"})
		s.sound()
	})
}

func TestAnOfficeWithoutAnAreaIsAFault(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	const words = "chưa có khu vực KT1 riêng"
	if a := s.as(headA).get("/kt1").body; strings.Contains(a, words) {
		t.Error("A has an area, and somebody answers for it")
	}
	if a := s.as(headB).get("/kt1").body; !strings.Contains(a, words) {
		t.Error("nobody answers for the area of B, and the board does not say so")
	}
	s.must(officeB, headB, closedmail.NameResponsible{Facility: "kv-02", Person: headB})
	if a := s.as(headB).get("/kt1").body; strings.Contains(a, words) {
		t.Error("the fault is mended and still shown")
	}
	s.must(officeB, headB, closedmail.Inspect{Facility: "kv-02", Lacks: []closedmail.Property{"locked"}, Until: day("2021-04-20")})
	if a := s.as(headB).get("/kt1").body; !strings.Contains(a, words) {
		t.Error("the area has failed, and the board does not say so")
	}
}
