package closedmail_test

import (
	"net/http"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/event"
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
		if a := clerk.get(path + "/label").body; !strings.Contains(a, item) || strings.Contains(a, "Bản in thứ") {
			t.Error("the first label does not look like the first")
		}
		clerk.saysNo("In lại phải chọn lý do", path+"/label")
		clerk.saysNo("In lại phải chọn lý do", path+"/label", "reason", "archive")
		clerk.done(path+"/label", "reason", "damaged")
		if a := clerk.get(path + "/label").body; !strings.Contains(a, "Bản in thứ 2") {
			t.Error("the second label does not say so")
		}
		if a := clerk.get(path).body; !strings.Contains(a, "bản in thứ 2: nhãn hỏng") || !strings.Contains(a, "Đã in 2 bản") {
			t.Error("the item's history does not tell of the second label")
		}
		s.sound()
	})
}

func TestALabelIsPrintedWhereTheItemIs(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	h.refused("closedmail.label_elsewhere", officeB, clerkB, closedmail.PrintLabel{Item: i})
	h.refused("closedmail.no_duty", officeA, courier, closedmail.PrintLabel{Item: i})
	h.refused("closedmail.unknown", officeA, clerkA, closedmail.PrintLabel{Item: "NK000000000VN"})
	h.refused("closedmail.first_label", officeA, clerkA, closedmail.PrintLabel{Item: i, Reason: "lost"})
	bag := h.vessel("hop-01", i)
	h.must(officeA, clerkA, closedmail.PrintLabel{Item: i}) // in a bag of the office it is still there
	h.send(bag)
	h.refused("closedmail.label_elsewhere", officeA, clerkA, closedmail.PrintLabel{Item: i, Reason: "lost"})
	f := h.must(officeB, clerkB, closedmail.PrintLabel{Item: i, Reason: "rewrapped"}).Facts[0].(event.KT1LabelPrinted)
	if f.Copy != 2 {
		t.Errorf("copy %d", f.Copy)
	}
	h.sound()
}
