package closedmail_test

import (
	"fmt"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

func TestABagGoesToAPartnerAndAnotherComesInTwoBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.partnered()
	head, clerk, other := s.sit(headA), s.sit(clerkA), s.sit(otherA)
	head.gone("/kt1/partners")
	head.fill("/kt1/partners", "partner", "dt-01", "contract", "12/HĐKN-2020", "from", "2020-01-01")
	path := "/kt1/partners/" + head.at("/kt1/partners/dt-")
	head.fill(path+"/contract/name", "person", string(partnerMan))
	head.says("Giao Nhận Mẫu")

	clerk.gone("/kt1/accept")
	clerk.fill("/kt1/accept", "sender", "cq-0001", "handed_by", string(registry1), "number", "123/QĐ-UB", "addressee", "cq-0005", "secrecy", "C", "urgency", "none", "weight", "120")
	item := clerk.at("/kt1/items/")
	clerk.gone("/kt1/vessels")
	clerk.fill("/kt1/vessels", "facility", "tui-01", "to", "agency:dt-01")
	bag := clerk.at("/kt1/vessels/2")
	clerk.fill("/kt1/vessels/"+bag+"/pack", "item", item)
	clerk.asks(otherA, "/kt1/vessels/"+bag+"/close", "seal", "NP-10001")
	other.signs("/kt1", "present")
	clerk.gone(path)
	clerk.fill(path+"/give", "seal-"+bag, "NP-10001", "taker", string(partnerMan), "document", "77/BK", "theirs", "1")
	clerk.says("kiểm đủ ba việc")
	clerk.fill(path+"/give", "look_number", "1", "look_packing", "1", "look_seal", "1")
	clerk.at("/kt1/handovers/4")
	clerk.says("Nguyễn Văn Mẫu, Giao Nhận Mẫu")
	if got := s.holder(event.Thing(item)); got != partnerOne.Holder() {
		t.Fatalf("%s is with %s", item, got)
	}

	s.now = s.now.Add(30 * time.Hour)
	clerk.gone(path)
	clerk.fill(path+"/tell", "item", item, "told", "attempted", "reason", "closed", "at", s.now.Add(-3*time.Hour).In(postal.HoChiMinh).Format("2006-01-02T15:04"), "document", "78/BK")
	clerk.says("Đã phát, chưa được")
	clerk.fill(path+"/tell", "item", item, "told", "delivered", "at", s.now.Add(-time.Hour).In(postal.HoChiMinh).Format("2006-01-02T15:04"), "document", "78/BK")
	clerk.says("Đối tác không giữ bưu gửi nào")
	if i := s.custodyOf(postal.ItemNumber(item)); i.Holder != event.Recipient {
		t.Fatalf("%s is with %s", item, i.Holder)
	}
	clerk.Submit(`form[action="` + path + `/back"] button[type="submit"]`)
	clerk.says("Không còn túi, hộp nào ở đối tác")

	one := foreign(t, 1)
	clerk.fill(path+"/take", "giver", string(partnerMan), "list", "31/BK", "known", "HN-7001/2", "seal", "HN-7001/2", "items", string(one.Grouped())+" "+string(foreign(t, 2)), "look_number", "1", "look_packing", "1", "look_seal", "1")
	in := "/kt1/vessels/" + clerk.at("/kt1/vessels/2")
	clerk.asks(otherA, in+"/open", "seal", "hn 7001/2")
	other.signs("/kt1", "present")
	clerk.gone(in)
	clerk.fill(in+"/in", "item", string(one), "origin_day", "2020-04-20", "sender", "cq-0005", "number", "45/UBND", "addressee", "cq-0001", "secrecy", "none", "urgency", "none", "weight", "90")
	clerk.says("Đã nhận")
	clerk.asks(otherA, in+"/empty")
	other.gone("/kt1")
	other.Submit(`a.govuk-button[href="/kt1/signatures"]`)
	other.Submit(`main table a`)
	other.says(string(foreign(t, 2)))
	other.says("thành sự cố “thiếu”")
	other.fill("/kt1/signatures/"+last(other.Path())+"/sign", "present", "1")
	other.at("/kt1/incidents/")
	if b := s.bag(event.Thing(last(in))); b.Status != custody.BagEmptied {
		t.Errorf("the bag is %s", b.Status)
	}
	clerk.gone("/kt1/items/" + string(one))
	clerk.says("Thanh toán ở nơi nhận gửi")
	clerk.says("20/04/2020")
	s.sound()
}

// TestThePagesOfAPartnerLookRight opens them at both widths and asks axe; with CITYPOST_SHOTS set it leaves the pictures.
func TestThePagesOfAPartnerLookRight(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.partnered()
	s.contractOn()
	away := s.accept(outbound())
	secret := outbound()
	secret.Secrecy = "B"
	s.must(officeA, clerkA, s.giving(s.outBag("tui-01", away, s.accept(secret))))
	s.outBag("tui-02", s.accept(outbound()))
	in := s.brought(foreign(t, 1), foreign(t, 2))
	s.must(officeA, clerkA, foreignCover(in, foreign(t, 1)))
	s.now = s.now.AddDate(0, 0, 6)
	over := s.must(officeA, clerkA, s.giving(s.outBag("tui-03", s.accept(outbound())))).Facts[0].(event.HandoverOpened).Handover
	s.must(officeA, clerkA, closedmail.PrintForm{Form: closedmail.RecordForm, About: string(over)})
	b := webtest.Open(t)
	for _, p := range []pageOf{{headA, "/kt1/partners", "partners"}, {headA, "/kt1/partners/dt-01", "partner"}, {clerkA, "/kt1/vessels/" + string(in), "partner-bag"}, {clerkA, "/kt1", "partner-board"}, {clerkA, "/kt1/items/" + string(foreign(t, 1)), "partner-item"},
		{courier, "/kt1/partners/dt-01", "partner-courier"}, {clerkA, "/kt1/partners/dt-01/month/2020-04", "partner-month"}, {clerkA, "/kt1/handovers/" + string(over) + "/record", "partner-record"}} {
		b.Go(s.url + "/enter/" + string(p.who))
		for _, width := range []int{webtest.Desk, webtest.Phone} {
			b.Width(width)
			b.Go(s.url + p.path)
			if o := b.Overflow(); o > 0 && p.name != "partner-month" && p.name != "partner-record" {
				t.Errorf("%s at %d: %d px too wide", p.path, width, o)
			}
			b.Shot(fmt.Sprintf("kt1-%s-%d", p.name, width))
			if width == webtest.Desk {
				for _, v := range b.Axe() {
					t.Errorf("%s: %s", p.path, v)
				}
			}
		}
	}
	clerk := s.sit(clerkA)
	clerk.gone("/kt1/partners/dt-01/month/2020-04")
	clerk.fill("/kt1/partners/dt-01/month/2020-04/paper")
	clerk.paper("partner-month", 1)
	clerk.gone("/kt1/handovers/" + string(over) + "/record")
	clerk.paper("partner-record", 1)
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}
