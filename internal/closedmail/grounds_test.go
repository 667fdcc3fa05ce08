package closedmail_test

import (
	"html"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// in2026 moves the house to a day of rules that nobody has read, with papers that are valid then.
func (s *site) in2026() {
	s.t.Helper()
	s.now = time.Date(2026, 11, 3, 9, 0, 0, 0, postal.HoChiMinh)
	s.must(officeA, admin, closedmail.FilePaper{Person: clerkA, Paper: closedmail.Training, On: day("2026-01-02"), Until: day("2027-01-01")})
	s.must(officeA, admin, closedmail.FilePaper{Person: headA, Paper: closedmail.Training, On: day("2026-01-02"), Until: day("2027-01-01")})
}

// TestNoUnreadRuleIsStatedAsAFact would fail the sender who relies on a due time or a price that no text was read for.
func TestNoUnreadRuleIsStatedAsAFact(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.in2026()
	clerk := s.as(clerkA)
	path := clerk.done("/kt1/accept", coverForm("sender", string(bodyTwo), "addressee", string(bodyOne), "handed_by", string(registry2))...)
	month := "/kt1/bodies/" + string(bodyTwo) + "/statement/2026-11"
	s.as(headA).done("/kt1/report/paper", "period", "2026h2")
	for _, page := range []struct {
		who  postal.StaffID
		path string
		want []string
	}{
		{clerkA, path, []string{"05/11/2026 12:00 – chưa kiểm chứng", "15/2022/TT-BTTTT, chưa kiểm chứng", "Chưa đọc thời gian toàn trình của Thông tư 15/2022/TT-BTTTT", "Chưa nạp bảng thời gian chi tiết theo xã", "đ – chưa kiểm chứng", "Căn cứ của cước"}},
		{clerkA, "/kt1", []string{"05/11/2026 12:00", "Hạn phát: chưa kiểm chứng."}},
		{headA, month, []string{"Cước: chưa kiểm chứng.", "hạn phát chưa kiểm chứng"}},
		{headA, "/kt1/report?period=2026h2", []string{"hạn phát chưa kiểm chứng", "bảng giá hoặc quy định chưa kiểm chứng"}},
		{headA, "/kt1/report/paper?period=2026h2", []string{"hạn phát chưa kiểm chứng"}},
	} {
		body := html.UnescapeString(s.as(page.who).get(page.path).body)
		for _, want := range page.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", page.path, want)
			}
		}
	}
	timed := coverForm("urgency", "timed", "at", s.now.Add(time.Hour).Format("2006-01-02T15:04"))
	clerk.saysNo("(15/2022/TT-BTTTT, chưa kiểm chứng)", "/kt1/accept", timed...)
}

// TestWhatWasReadBearsNoMark keeps the mark worth something: a timed item of 2020 stands on an article that was read.
func TestWhatWasReadBearsNoMark(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	path := s.as(clerkA).done("/kt1/accept", coverForm("urgency", "timed", "at", s.now.Add(30*time.Hour).Format("2006-01-02T15:04"))...)
	body := html.UnescapeString(s.as(clerkA).get(path).body)
	if !strings.Contains(body, "16/2017/TT-BTTTT, Điều 4 khoản 4 điểm đ") || strings.Contains(body, "chưa kiểm chứng") {
		t.Error("a time that stands on an article that was read is marked, or does not name it")
	}
}

// TestARuleThatIsGoneIsNotVerified: a site that took its own table away leaves items that were accepted by it.
func TestARuleThatIsGoneIsNotVerified(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	due, fee := s.pages.Law.Grounds([]closedmail.RuleID{"kt1.may_send@2017-02-25", "kt1.area.journey@2019-01-01+site", "kt1.price@2019-01-01+site"})
	if len(due.Cites) != 1 || len(fee.Cites) != 1 || due.Mark("en") == "" || fee.Mark("en") == "" || !strings.Contains(fee.Why("en"), "kt1.price@2019-01-01+site") {
		t.Errorf("due %+v, fee %+v", due, fee)
	}
}
