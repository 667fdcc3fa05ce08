package closedmail_test

import (
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestABagThatWeighsSomethingElseIsLookedAtAgain(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		bag := h.filled("tui-01", h.accept(cover()))
		shut := closedmail.CloseVessel{Bag: bag, Seal: h.seal(), Second: otherA, WeightG: -1}
		h.refused("closedmail.weight", officeA, clerkA, shut)
		shut.WeightG = 640
		h.must(officeA, clerkA, shut)
		h.send(bag)
		open := closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB, WeightG: 639}
		h.refused("closedmail.weight_differs", officeB, clerkB, open) // one gram is a difference
		if _, err := h.do(officeB, clerkB, closedmail.Ask[closedmail.OpenVessel]{Act: open}); err == nil {
			t.Error("a second signature was asked for without a second look")
		}
		open.Reweighed = true
		f, _ := factOf[event.VesselOpened](h.must(officeB, clerkB, open).Facts)
		x, _ := ledgerGet[*closedmail.Vessel](h, closedmail.VesselKey(bag))
		if f.WeightG != 639 || x.ClosedG != 640 || x.OpenedG != 639 {
			t.Errorf("%+v, %+v", f, x)
		}
		plain := h.vessel("tui-02", h.accept(cover())) // not weighed when it was closed
		h.send(plain)
		h.must(officeB, clerkB, closedmail.OpenVessel{Bag: plain, Seal: closedmail.Seal(h.sealOf(plain)), Second: otherB, WeightG: 500})
		h.sound()
	})
}

func TestThePageOfABagShowsTheDifferenceOfWeight(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	bag := s.filled("tui-01", s.accept(cover()))
	clerk, there := s.as(clerkA), s.as(clerkB)
	path := "/kt1/vessels/" + string(bag)
	clerk.done(path+"/close", with(second(otherA), "seal", "NP-10001", "weight", "640")...)
	if page := clerk.get(path).body; !strings.Contains(page, "640 g") {
		t.Error("the weight is not shown where the bag was closed")
	}
	s.send(bag)
	if page := there.get(path).body; strings.Contains(page, "640 g") {
		t.Error("the weight is shown before it is weighed")
	}
	open := with(second(otherB), "seal", "NP-10001", "weight", "655")
	there.saysNo("Khi đóng nặng 640 g, bây giờ 655 g", path+"/open", open...)
	own := with(nil, "seal", "NP-10001", "weight", "655", "reweighed", "1", "way", "own", "second", string(otherB))
	there.done(path+"/open", own...)
	w := s.asked(custody.KeyOf(bag))
	if page := s.as(otherB).get("/kt1/signatures/" + string(w.ID)).body; !strings.Contains(page, "655 g (nặng hơn 15 g)") {
		t.Error("who signs does not see the difference")
	}
	s.as(otherB).done(s.signing(string(bag))+"/sign", "subject", string(w.Subject), "digest", w.Digest, "present", "1")
	if page := there.get(path).body; !strings.Contains(page, "640 g") || !strings.Contains(page, "655 g (nặng hơn 15 g)") {
		t.Error("the page of the opened bag does not show the difference")
	}
	s.sound()
}
