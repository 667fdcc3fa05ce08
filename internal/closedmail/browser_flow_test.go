package closedmail_test

import (
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

func TestAMistakenAcceptanceAndAClosedBagAreTakenBackInTwoBrowsers(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	mistaken, packed := s.accept(cover()), s.accept(cover())
	clerk, head := s.sit(clerkA), s.sit(headA)
	item := "/kt1/items/" + string(mistaken)
	clerk.gone(item)
	clerk.asks(headA, item+"/undo")
	clerk.says("Đang chờ Lê Văn Mẫu ký")
	if s.holder(event.Thing(mistaken)) != custody.AtOffice(officeA) {
		t.Fatal("one signature took the acceptance back")
	}
	head.signs("/kt1", "present")
	clerk.gone(item)
	clerk.says("Đã huỷ nhận gửi")

	bag := s.vessel("tui-01", packed)
	path := "/kt1/vessels/" + string(bag)
	clerk.gone(path)
	clerk.asks(headA, path+"/reopen")
	if s.bag(bag).Status != custody.BagSealed {
		t.Fatal("one signature opened the bag")
	}
	head.signs("/kt1", "present")
	clerk.gone(path)
	clerk.says("Niêm phong")
	clerk.fill(path + "/unpack")
	if s.bag(bag).Count != 0 {
		t.Error("the reopened bag does not give its item back")
	}
	s.sound()
}

func TestAPageOfARegisterIsDestroyedInTwoBrowsersWhenItsTimeIsOver(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.accept(cover())
	s.must(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 1, Total: 1})
	for _, who := range []postal.StaffID{headA, clerkA} {
		s.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2025-01-01")})
	}
	head, clerk := s.sit(headA), s.sit(clerkA)
	path := "/kt1/registers/out/1"
	head.gone(path)
	head.says("Giấy lưu đến 20/04/2022")
	if head.has(`form[action$="/destroy"]`) {
		t.Error("paper can be destroyed before its time")
	}
	s.now = s.now.AddDate(2, 1, 0)
	head.gone(path)
	head.asks(clerkA, path+"/destroy")
	clerk.signs("/kt1", "present")
	head.gone(path)
	head.says("Bản giấy đã tiêu huỷ")
	s.sound()
}

// TestTheAcceptanceSaysInVietnameseWhyItRefuses fills the form as a tired clerk might, and reads what it says.
func TestTheAcceptanceSaysInVietnameseWhyItRefuses(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.sit(clerkA)
	clerk.gone("/kt1/accept")
	clerk.fill("/kt1/accept", "weight", "0")
	for _, field := range []string{"Nơi gửi", "Người mang đến", "Nơi nhận", "Ký hiệu độ mật", "Độ khẩn", "Khối lượng"} {
		clerk.says(field)
	}
	clerk.gone("/kt1/accept")
	clerk.fill("/kt1/accept", "sender", string(bodyOne), "handed_by", string(registry1), "number", "Kế hoạch", "addressee", string(bodyTwo), "secrecy", "none", "urgency", "none", "weight", "120")
	clerk.says("Không ghi trích yếu")
	clerk.fill("/kt1/accept", "number", "12/UB", "addressee", string(outsider))
	clerk.says("không được gửi cho Nơi nhận mẫu số 4 (cq-0004)")
	clerk.fill("/kt1/accept", "addressee", string(bodyTwo), "handed_by", string(registry3))
	clerk.says("không phải văn thư hay đầu mối đã đăng ký")
	clerk.fill("/kt1/accept", "handed_by", string(registry1), "secrecy", "A")
	clerk.says("phải gắn thiết bị định vị")
	clerk.fill("/kt1/accept", "secrecy", "none", "urgency", "timed")
	clerk.says("phải có giờ phát do người gửi ấn định")
	clerk.fill("/kt1/accept", "at", s.now.In(postal.HoChiMinh).Add(3*time.Hour).Format("2006-01-02T15:04"))
	clerk.says("4 giờ")
	clerk.fill("/kt1/accept", "urgency", "express")
	clerk.says("Chỉ bưu gửi hẹn giờ mới ghi giờ phát")
	s.must(officeA, admin, closedmail.DelistBody{Body: bodyTwo}) // meanwhile, with the form open
	clerk.fill("/kt1/accept", "at", "")
	clerk.says("không có trong danh sách được dùng KT1")
	s.must(officeA, admin, closedmail.ListBody{Body: bodyTwo, List: closedmail.Appendix2})
	s.TolerateClock(2 * time.Minute)
	clerk.gone("/kt1/accept")
	s.now = s.now.Add(-time.Hour)
	clerk.fill("/kt1/accept", "sender", string(bodyOne), "handed_by", string(registry1), "number", "12/UB", "addressee", string(bodyTwo), "secrecy", "none", "urgency", "express", "weight", "120")
	clerk.says("Đồng hồ máy")
	s.now = s.now.Add(2 * time.Hour)
	clerk.fill("/kt1/accept")
	clerk.at("/kt1/items/NK")
	s.sound()
}

func TestACourierWhosePapersRanOutIsNotOffered(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	bag := s.vessel("tui-01", s.accept(cover()))
	trip := "/kt1/dispatches/" + string(s.dispatch(bag))
	clerk := s.sit(clerkA)
	clerk.gone(trip)
	if !clerk.has(`option[value="` + string(courier) + `"]`) {
		t.Fatal("the courier is not offered")
	}
	s.must(officeA, admin, closedmail.WithdrawPaper{Person: courier, Paper: closedmail.Commitment, Reason: "expired"}) // with the form open
	clerk.fill("/kt1/handovers", "carrier", string(courier))
	clerk.says("bản cam kết bảo vệ bí mật nhà nước")
	clerk.gone(trip)
	if clerk.has(`option[value="` + string(courier) + `"]`) {
		t.Error("a courier without a valid commitment is offered")
	}
}

// TestAnExpressItemOfAnAbsentPersonGoesToTheLeader also looks at the document to be returned that it is, until it is back.
func TestAnExpressItemOfAnAbsentPersonGoesToTheLeader(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	named := cover()
	named.NamedOnly, named.Urgency, named.RecallBy = true, closedmail.Express, day("2020-04-21")
	i := s.accept(named)
	bag := s.vessel("tui-01", i)
	s.send(bag)
	s.unpack(bag, i)
	s.giveOut(i)
	carrier, leader := s.sit(courier), s.sit(leader2)
	path := "/kt1/round/" + string(i)
	carrier.gone(path)
	carrier.says("không mở, chuyển nguyên bì")
	carrier.fill(path+"/attempt", "reason", "absent", "next", "again")
	carrier.gone(path)
	carrier.asks(leader2, path+"/deliver", "as", "clerk")
	carrier.says("không được Cơ quan mẫu số 2 (cq-0002) giao nhận thay ở vai này")
	carrier.asks(leader2, path+"/deliver", "as", "leader")
	leader.signs("/kt1/registry", "look_number", "look_packing", "look_seal", "unopened")
	leader.says("Tài liệu thu hồi")
	leader.says("21/04/2020 (còn 1 ngày)")
	clerk := s.sit(clerkA)
	s.now = s.now.AddDate(0, 0, 3)
	clerk.gone("/kt1")
	clerk.says("21/04/2020 (quá 2 ngày)")
	clerk.gone("/kt1/items/" + string(i))
	clerk.says("Lãnh Đạo Hai")
	clerk.says("Vắng mặt")
	s.sound()
}

// TestTheManagementKeepsItsBooks walks through complaint, inspection, visitor, facility and the register of people.
func TestTheManagementKeepsItsBooks(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	i := s.accept(func() closedmail.Accept {
		a := cover()
		a.DueMs = time.Date(2020, 4, 22, 12, 0, 0, 0, postal.HoChiMinh).UnixMilli()
		return a
	}())
	head, officer := s.sit(headA), s.sit(security)
	head.gone("/kt1/cases")
	head.fill("/kt1/cases/complain", "body", string(central), "about", "late", "item", string(i))
	head.says("không phải của cơ quan khiếu nại")
	head.fill("/kt1/cases/complain", "body", string(bodyTwo))
	head.says("29/04/2020") // seven working days after Monday 20 April
	head.fill("/kt1/cases/announce", "authority", "department", "surprise", "1", "on", "2020-04-20")
	head.says("Ngắn hơn quy định")
	head.fill("/kt1/cases/answer", "outcome", "upheld")
	head.says("Không có khiếu nại nào")
	head.fill("/kt1/cases/inspected", "findings", "bags")
	head.says("Chưa có lịch kiểm tra")
	s.now = s.now.AddDate(0, 6, 4)
	head.gone("/kt1/cases")
	head.fill("/kt1/cases/complain", "body", string(bodyTwo), "about", "late", "item", string(i))
	head.says("Đã hết thời hiệu khiếu nại")

	head.gone("/kt1/visits")
	head.fill("/kt1/visits/begin", "facility", "kv-01", "purpose", "repair", "host", string(clerkA), "kind", "cccd", "visitor", "031090000001")
	head.says("đang ở trong")
	head.fill("/kt1/visits/end")
	head.says("Không có khách")
	head.says("…001")

	head.gone("/kt1/facilities")
	head.fill("/kt1/facilities/add", "facility", "hop-09")
	head.says("Chưa kiểm tra")
	head.fill("/kt1/facilities/inspect", "check-fireproof", "failed", "check-shatterproof", "passed", "check-locked", "passed", "until", "2021-01-01")
	head.says("Không đạt: Chống cháy")
	head.gone("/kt1/vessels")
	if head.has(`option[value="hop-09"]`) {
		t.Error("a box that is not fireproof can be used")
	}
	head.gone("/kt1/facilities/hop-09")
	head.fill("/kt1/facilities/inspect", "check-fireproof", "passed", "check-shatterproof", "passed", "check-locked", "passed", "until", "2021-01-01")
	head.gone("/kt1/facilities/hop-09")
	head.says("không đạt: Chống cháy")
	head.says("đạt, kiểm tra lại trước 01/01/2021")

	officer.gone("/kt1/people")
	officer.fill("/kt1/people/withdraw", "person", string(otherA), "paper", "commitment", "reason", "failed_check")
	officer.says("Thiếu: bản cam kết bảo vệ bí mật nhà nước")
	officer.fill("/kt1/people/assign", "person", string(otherA), "duty", "escort", "office", string(officeA))
	officer.says("chưa đủ hồ sơ còn hiệu lực")
	officer.gone("/kt1/people/" + string(otherA))
	officer.says("Đã rút: kiểm tra không đạt")
	officer.says("02/01/2020")
	if w, _ := ledger.Get[*closedmail.Worker](s.View(t.Context()), closedmail.WorkerKey(otherA)); len(w.Duties) != 1 {
		t.Errorf("duties %v", w.Duties)
	}
	s.sound()
}
