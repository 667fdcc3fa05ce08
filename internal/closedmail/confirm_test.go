package closedmail_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

var hiddenDigest = regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`)

func TestABodyConfirmsTheFiguresThatItSaw(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		s.now = time.Date(2020, 4, 30, 23, 30, 0, 0, postal.HoChiMinh)
		r := s.must(officeA, clerkA, cover())
		const own, post = "/kt1/registry/cq-0001/statement/2020-04", "/kt1/bodies/cq-0001/statement/2020-04"
		registry := s.as(registry1)
		if hiddenDigest.MatchString(registry.get(own).body) {
			t.Error("a month that runs can be confirmed")
		}
		s.refused("closedmail.month_runs", officeA, registry1, closedmail.ConfirmStatement{Body: bodyOne, Month: "2020-04", Verdict: closedmail.Agrees, Digest: closedmail.Digest(strings.Repeat("0a", 32))})
		s.now = s.now.Add(time.Hour)
		s.refused("closedmail.not_of_body", officeA, registry2, closedmail.ConfirmStatement{Body: bodyOne, Month: "2020-04", Verdict: closedmail.Agrees, Digest: closedmail.Digest(strings.Repeat("0a", 32))})
		mark := hiddenDigest.FindStringSubmatch(registry.get(own).body)
		if mark == nil {
			t.Fatal("the statement of a month that is over has no form to confirm it")
		}
		if hiddenDigest.MatchString(s.as(headA).get(post).body) {
			t.Error("the post confirms for the body")
		}
		registry.saysNo("không có trong danh sách", own+"/confirm", "digest", mark[1], "verdict", "perhaps")
		registry.done(own+"/confirm", "digest", mark[1], "verdict", "agrees")
		registry.saysNo("Đã xác nhận đúng số liệu này", own+"/confirm", "digest", mark[1], "verdict", "agrees")
		if a := s.as(headA).get(post).body; !strings.Contains(a, "Khớp với sổ của cơ quan · Văn Thư Một") || strings.Contains(a, "đã đổi sau khi") {
			t.Error("the post does not see the body's word")
		}
		s.must(officeA, clerkA, closedmail.UndoAccept{Item: r.Facts[0].(event.ItemAccepted).Item, Act: r.Act, Second: headA})
		if a := s.as(headA).get(post).body; !strings.Contains(a, "số liệu đã đổi sau khi xác nhận") {
			t.Error("figures changed under a confirmation, and nothing says so")
		}
		registry.saysNo("Tải lại trang, xem lại rồi xác nhận", own+"/confirm", "digest", mark[1], "verdict", "differs")
		s.sound()
	})
}
