package closedmail_test

import (
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// TestAListIsPrintedSignedAndEnteredInTwoBrowsers walks the paper route: the list is printed, a try on the road and a signature are read off it when it is back.
func TestAListIsPrintedSignedAndEnteredInTwoBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	named := cover()
	named.NamedOnly, named.Number = true, "77/UB"
	a, b, c := s.accept(cover()), s.accept(cover()), s.accept(named)
	list := string(s.listed(a, b, c))
	carrier, clerk := s.sit(courier), s.sit(clerkB)
	clerk.gone("/kt1/handovers/" + list)
	if !clerk.has(`a.govuk-button[href$="/paper"]`) {
		t.Error("the handover does not lead to what comes back on its list")
	}
	clerk.fill("/kt1/handovers/" + list + "/list")
	carrier.gone("/kt1/handovers/" + list + "/list")
	for _, want := range []string{"BẢN KÊ PHÁT KT1", list + " · bản in thứ 1", "77/UB", "Ngoài giờ: Phòng trực tầng 1 · 0225 312 3456", "Văn thư: Văn Thư Hai", "Đầu mối nhận ngoài giờ: Trực Ban Hai", "☐ Chuyển nguyên bì", "☐ Vắng mặt"} {
		if text := carrier.Text("body"); !strings.Contains(text, want) {
			t.Errorf("the list lacks %q:\n%s", want, text)
		}
	}
	carrier.paper("delivery-list-of-three", 1)
	s.now = s.now.Add(3 * time.Hour) // on the road; the round began at eight

	path := "/kt1/handovers/" + list + "/paper"
	carrier.gone("/kt1/round/" + string(a))
	carrier.fill("/kt1/round/"+string(a)+"/attempt", "reason", "absent", "next", "again", "on", "2020-04-20", "clock", "23:40")
	carrier.says("ở phía trước")
	carrier.fill("/kt1/round/"+string(a)+"/attempt", "clock", "08:40")
	carrier.says("Bản kê phát đang đi")
	carrier.Submit(`main a[href="` + path + `"]`)
	carrier.says("Phát chưa được, còn cầm")
	signed := []string{"items", string(a), "items", string(c), "on", "2020-04-20", "clock", "09:05", "receiver", "clerk:" + string(registry2), "look_number", "1", "look_packing", "1"}
	carrier.asks(clerkB, path, signed...)
	carrier.says("kiểm đủ ba việc")
	carrier.asks(clerkB, path, "look_seal", "1", "receiver", "contact:"+string(contact2))
	carrier.says("Trong giờ làm việc thì phát tại địa chỉ")
	carrier.asks(clerkB, path, "receiver", "clerk:"+string(registry2))
	carrier.says("chuyển nguyên bì")
	carrier.asks(clerkB, path, "unopened", "1")
	carrier.says("Đang chờ Phạm Thị Mẫu ký")
	if s.holder(event.Thing(a)) != custody.ByCarrier(courier) {
		t.Fatal("one signature delivered the item")
	}
	clerk.gone("/kt1")
	clerk.Submit(`a.govuk-button[href="/kt1/signatures"]`)
	clerk.Submit(`main table a`)
	for _, want := range []string{"09:05", "Văn Thư Hai", "77/UB", "bản kê có chữ ký"} {
		clerk.says(want)
	}
	clerk.fill("/kt1/signatures/"+last(clerk.Path())+"/sign", "present", "1")
	for _, i := range []postal.ItemNumber{a, c} {
		if who := s.holder(event.Thing(i)); who != event.Recipient || s.cover(i).Receiver != registry2 {
			t.Errorf("%s is with %s, received by %s", i, who, s.cover(i).Receiver)
		}
	}
	// The other item was signed for in the evening; the clerk fills the form and the courier signs on this screen.
	s.now = s.now.Add(12 * time.Hour)
	clerk.gone("/kt1/handovers")
	clerk.Submit(`main a[href="` + path + `"]`)
	clerk.fill(path, "items", string(b), "on", "2020-04-20", "clock", "18:30", "receiver", "clerk:"+string(registry2), "look_number", "1", "look_packing", "1", "look_seal", "1", "second_login", "c1", "second_password", "mat-khau")
	clerk.says("Ngoài giờ làm việc thì phát cho đầu mối")
	clerk.fill(path, "receiver", "contact:"+string(contact2), "second_login", "b1", "second_password", "mat-khau")
	clerk.says("hai người khác nhau")
	clerk.fill(path, "second_login", "c1", "second_password", "mat-khau")
	clerk.says("Đã ghi hết bản kê này")
	clerk.gone("/kt1/items/" + string(b))
	for _, want := range []string{"ký trên giấy lúc 20/04/2020 18:30", "ghi sổ lúc", "bản kê " + list, "Đỗ Văn Mẫu, Phạm Thị Mẫu, Trực Ban Hai"} {
		clerk.says(want)
	}
	clerk.gone("/kt1/items/" + string(a))
	clerk.says("Phát lần đầu\t20/04/2020 08:40")
	s.sound()
}

func TestAListIsForItsOwnOfficeAndCourier(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	list := string(s.listed(s.accept(cover())))
	for _, end := range []string{"list", "paper"} {
		if end == "list" {
			s.as(courier).done("/kt1/handovers/" + list + "/list")
		}
		path := "/kt1/handovers/" + list + "/" + end
		for who, want := range map[postal.StaffID]int{courier: 200, clerkB: 200, clerkA: 403, registry2: 403} {
			if a := s.as(who).get(path); a.status != want {
				t.Errorf("%s as %s: %d, want %d", path, who, a.status, want)
			}
		}
	}
	bag := s.vessel("tui-02", s.accept(cover()))
	open := s.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{bag}, Vehicle: "xe-01"})
	if a := s.as(clerkA).get("/kt1/handovers/" + string(open) + "/list"); a.status != 409 {
		t.Errorf("the list of what is no delivery: %d", a.status)
	}
}
