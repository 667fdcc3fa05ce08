package closedmail_test

import (
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestWhatEndsSoonIsToldBefore(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	board := func() string { return s.as(headA).get("/kt1").body }
	for _, words := range []string{"hết hiệu lực", "còn 30 ngày"} {
		if strings.Contains(board(), words) {
			t.Errorf("two years before the day the board says %q", words)
		}
	}
	s.must(officeA, admin, closedmail.FilePaper{Person: courier, Paper: closedmail.Commitment, On: day("2020-01-02"), Until: day("2020-05-20")}) // thirty days ahead
	if a := board(); !strings.Contains(a, "hồ sơ của 1 người, kiểm tra của 0 cơ sở vật chất") {
		t.Error("the supervisor is not told of the courier's commitment")
	}
	if a := s.as(courier).get("/kt1/round").body; !strings.Contains(a, "20/05/2020 (còn 30 ngày)") {
		t.Error("the courier is not told of his commitment")
	}
	if a := s.as(clerkA).get("/kt1").body; strings.Contains(a, "hết hiệu lực") {
		t.Error("a clerk is told of another's papers")
	}
	if a := s.as(security).get("/kt1/people").body; strings.Count(a, "(còn 30 ngày)") != 1 {
		t.Error("the register of people does not show one paper that ends")
	}
	s.must(officeA, headA, closedmail.Inspect{Facility: "tui-01", Until: day("2020-04-20")})
	s.must(officeA, headA, closedmail.Inspect{Facility: "tui-02", Until: day("2020-05-21")}) // a day too far
	if a := board(); !strings.Contains(a, "kiểm tra của 1 cơ sở vật chất") {
		t.Error("the inspection that ends today is not told")
	}
	if a := s.as(headA).get("/kt1/facilities").body; strings.Count(a, "(hôm nay)") != 1 || strings.Contains(a, "còn 31 ngày") {
		t.Error("the list of facilities marks another inspection than that which ends today")
	}
	s.now = s.now.AddDate(0, 0, 31)
	if a := board(); !strings.Contains(a, "hồ sơ của 1 người, kiểm tra của 2 cơ sở vật chất") {
		t.Error("what has ended, or now ends soon, is not told")
	}
}

func TestEndedCasesStayInTheBooks(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		head := s.as(headA)
		if a := head.get("/kt1/cases").body; strings.Contains(a, "mới nhất trước") {
			t.Error("an empty list of what is over is shown")
		}
		item := last(s.as(clerkA).done("/kt1/accept", coverForm()...))
		head.done("/kt1/cases/complain", "body", string(bodyTwo), "item", item, "about", "late")
		head.done("/kt1/cases/announce", "authority", "department", "on", "2020-04-22")
		head.done("/kt1/cases/hold", "reason", "investigation")
		ids := map[string]string{}
		for _, kind := range []string{"complaint", "inspection", "hold"} {
			ids[kind] = string(closedmail.Cases(s.View(t.Context()), kind)[0].ID)
		}
		s.now = s.now.AddDate(0, 1, 0)
		head.done("/kt1/cases/answer", "id", ids["complaint"], "outcome", "upheld")
		head.done("/kt1/cases/inspected", "id", ids["inspection"], "findings", "seals", "findings", "bags")
		head.done("/kt1/cases/lift", "id", ids["hold"])
		a := head.get("/kt1/cases").body
		for _, words := range []string{"Khiếu nại đã trả lời", item, "(trễ hạn)", "Đã kiểm tra", "Phải khắc phục: ", "Lệnh giữ đã bỏ"} {
			if !strings.Contains(a, words) {
				t.Errorf("the page does not say %q", words)
			}
		}
		if b := s.as(headB).get("/kt1/cases").body; strings.Contains(b, item) || strings.Contains(b, "Đã kiểm tra") {
			t.Error("another office reads them")
		}
		s.sound()
	})
}
