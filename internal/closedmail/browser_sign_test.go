package closedmail_test

import (
	"fmt"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

// asks fills a form for two persons and sends it to the second, who is to sign in a browser of his own.
func (p sitting) asks(second postal.StaffID, action string, pairs ...string) {
	p.s.t.Helper()
	p.typed(action, append(pairs, "second", string(second))...)
	p.Submit(`form[action="` + action + `"] button[name="way"]`)
}

// signs finds what waits for the person on his own first page, opens it and signs.
func (p sitting) signs(start string, ticks ...string) {
	p.s.t.Helper()
	p.gone(start)
	p.says("chờ bạn ký")
	p.Submit(`a.govuk-button[href="/kt1/signatures"]`)
	p.Submit(`main table a`)
	var pairs []string
	for _, t := range ticks {
		pairs = append(pairs, t, "1")
	}
	p.fill("/kt1/signatures/"+last(p.Path())+"/sign", pairs...)
}

func (p sitting) has(selector string) bool {
	p.s.t.Helper()
	return webtest.Eval[bool](p.Browser, fmt.Sprintf("document.querySelector(`%s`) !== null", selector))
}

func TestABagIsClosedByTwoInTwoBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	bag := string(s.filled("tui-01", s.accept(cover())))
	first, second := s.sit(clerkA), s.sit(otherA)
	path := "/kt1/vessels/" + bag
	first.gone(path)
	webtest.Eval[bool](first.Browser, `document.querySelector("select[name=second]").add(new Option("mình", "nv-a1")) === undefined`)
	first.asks(clerkA, path+"/close", "seal", "NP-10001")
	first.says("hai người khác nhau")
	first.asks(otherA, path+"/close", "seal", "NP-10001")
	first.says("Đang chờ Trần Thị Mẫu ký")
	if first.has(`form[action$="/close"]`) {
		t.Error("what waits can be asked again on the page")
	}
	if s.bag(event.Thing(bag)).Status != custody.BagOpen {
		t.Fatal("one signature closed the bag")
	}
	first.Submit(`a.govuk-button[href^="/kt1/signatures/"]`)
	first.says("Thu lại")
	id := last(first.Path())
	if first.has(`form[action$="/sign"]`) {
		t.Error("the first person is offered to sign as the second")
	}
	s.as(clerkA).saysNo("hai người khác nhau", "/kt1/signatures/"+id+"/sign", "digest", s.asked(custody.KeyOf(event.Thing(bag))).Digest, "present", "1")
	second.gone("/kt1")
	second.Submit(`a.govuk-button[href="/kt1/signatures"]`)
	second.Submit(`main table a`)
	second.says("NP-10001")
	second.fill("/kt1/signatures/" + id + "/sign")
	second.says("có mặt")
	second.fill("/kt1/signatures/"+id+"/sign", "present", "1")
	second.says("Đã ký")
	second.gone("/kt1/signatures/" + id) // as with the browser's back button
	second.says("Đã ký, lúc 20/04/2020 08:")
	second.says("Trần Thị Mẫu")
	s.as(clerkB).saysNo("Không có việc này", "/kt1/signatures/"+id+"/sign")
	first.gone(path)
	first.says("Đã niêm phong")
	first.says("Nguyễn Văn Mẫu, Trần Thị Mẫu")
	s.sound()
}

func TestASealThatDiffersIsMendedInThreeBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	i := s.accept(cover())
	bag := string(s.vessel("tui-01", i))
	s.send(event.Thing(bag))
	clerk, other, head := s.sit(clerkB), s.sit(otherB), s.sit(headB)
	path := "/kt1/vessels/" + bag
	clerk.gone(path)
	clerk.asks(otherB, path+"/open", "seal", "NP-77777")
	id := clerk.at("/kt1/incidents/") // a seal that differs does not wait for anybody
	clerk.asks(otherB, "/kt1/incidents/"+id+"/sign")
	clerk.says("Đang chờ Hoàng Văn Mẫu ký")
	head.gone("/kt1/incidents/" + id)
	if head.has(`form[action$="/release"]`) {
		t.Error("it can be released while the minutes wait for a signature")
	}
	other.signs("/kt1", "present")
	clerk.gone("/kt1/incidents/" + id)
	clerk.says("Phạm Thị Mẫu, Hoàng Văn Mẫu")
	clerk.fill("/kt1/incidents/"+id+"/report", "level", "province")
	head.gone("/kt1/incidents/" + id)
	head.fill("/kt1/incidents/"+id+"/release", "decision", "sound")
	head.says("nguyên vẹn")
	clerk.gone(path)
	clerk.asks(otherB, path+"/open", "seal", "NP-77777")
	other.signs("/kt1", "present")
	clerk.gone(path)
	clerk.says("Đang khai thác")
	clerk.fill(path+"/take", "item", string(i))
	clerk.asks(otherB, path+"/empty")
	other.signs("/kt1", "present")
	if s.bag(event.Thing(bag)).Status != custody.BagEmptied {
		t.Error("the bag is not emptied")
	}
	s.sound()
}

func TestAShiftChangesInTwoBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	a, b := s.accept(cover()), s.accept(cover())
	first, next := s.sit(clerkA), s.sit(otherA)
	first.gone("/kt1/shift")
	first.asks(otherA, "/kt1/shift", "held", string(a))
	next.gone("/kt1/shift")
	next.says("chờ bạn ký")
	next.Submit(`a.govuk-button[href="/kt1/signatures"]`)
	next.Submit(`main table a`)
	next.says("Thiếu")
	next.Submit(`form[action$="/decline"] button[type="submit"]`)
	next.says("Đã từ chối ký")
	first.gone("/kt1/shift")
	first.typed("/kt1/shift", "held", string(a))
	first.asks(otherA, "/kt1/shift", "held", string(b))
	next.signs("/kt1", "present")
	if sh, _ := ledgerGet[*closedmail.Shift](s.house, closedmail.ShiftKey(officeA)); sh.Worker != otherA || len(s.incidents(officeA)) != 0 {
		t.Errorf("the shift is held by %s, incidents %v", sh.Worker, s.incidents(officeA))
	}
	s.sound()
}

func TestTheReceiverSignsInHisOwnBrowser(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	named := cover()
	named.NamedOnly = true
	i := s.accept(named)
	bag := s.vessel("tui-01", i)
	s.send(bag)
	s.unpack(bag, i)
	s.giveOut(i)
	carrier, registry := s.sit(courier), s.sit(registry2)
	path := "/kt1/round/" + string(i)
	carrier.gone(path)
	carrier.asks(registry2, path+"/deliver", "as", "clerk")
	carrier.says("Đã gửi cho Văn Thư Hai ký")
	if s.holder(event.Thing(i)) != custody.ByCarrier(courier) {
		t.Fatal("one signature delivered the item")
	}
	registry.signs("/kt1/registry", "look_number", "look_packing", "look_seal")
	registry.says("chuyển nguyên bì")
	registry.fill("/kt1/signatures/"+strings.Split(registry.Path(), "/")[3]+"/sign", "unopened", "1")
	if who := s.holder(event.Thing(i)); who != event.Recipient || s.cover(i).Receiver != registry2 {
		t.Errorf("the item is with %s, received by %s", who, s.cover(i).Receiver)
	}
	carrier.gone("/kt1/round")
	carrier.says("Không cầm bưu gửi nào")
	s.sound()
}

func TestAFrozenItemThatIsNeverFoundEndsInTwoBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	i, here := s.accept(cover()), s.accept(cover())
	id := string(s.missing([]postal.ItemNumber{here}, []postal.ItemNumber{i}))
	clerk, other, head := s.sit(clerkB), s.sit(otherB), s.sit(headB)
	path := "/kt1/incidents/" + id
	clerk.gone(path)
	clerk.asks(otherB, path+"/sign")
	other.signs("/kt1", "present")
	clerk.gone(path)
	clerk.fill(path+"/report", "level", "cpma")
	head.gone(path)
	head.asks(clerkB, path+"/close")
	clerk.signs("/kt1", "present")
	clerk.gone("/kt1/items/" + string(i))
	clerk.says("giữ sau cùng theo sổ")
	clerk.says("16/2017/TT-BTTTT")
	clerk.gone("/kt1/incidents")
	clerk.says("Mất, đã kết thúc tìm kiếm")
	clerk.fill("/kt1/incidents/found", "thing", string(i))
	clerk.says("Tìm thấy lại")
	if s.holder(event.Thing(i)) != custody.AtOffice(officeB) || s.cover(i).Frozen == "" {
		t.Error("what was found is not here and frozen")
	}
	s.sound()
}
