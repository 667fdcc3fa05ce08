package app

import (
	"net/http"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/dossier"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// If these fail, a citizen whose papers are lost waits for money that nobody of the office can pay, or a record that was typed wrong stays wrong.

// loseOne takes a dossier in and loses it; the least that is owed for it comes with it.
func (s *shop) loseOne(c *clerk) (postal.DossierNumber, postal.VND) {
	s.t.Helper()
	n := s.takeIn(c)
	s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
	paid, _ := cash.PaidFor(s.Ledger.View(s.t.Context()), s.dossier(n).Item)
	return n, 4 * paid.ListVND
}

func TestAnOfficeWithOneSupervisorPaysWhatAManagerApproves(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss, far, head := s.as("gd1"), s.as("ks1"), s.hire("ks9", web.Supervisor, otherOffice), s.hire("ld1", web.Manager, "")
		n, least := s.loseOne(c)
		path := "/dossiers/case/" + string(n)
		s.doIt(boss, n, "liability", http.StatusSeeOther, "record", "BB-1/2026", "kind", "lost", "fault", "post", "granted", "300000")

		boss.get(cash.ItemPath(s.dossier(n).Item)).wants(t, 200, "Lập biên bản và bồi thường ở trang của hồ sơ", path, "!Số biên bản xác định trách nhiệm")
		boss.get(path).wants(t, 200, "Bưu cục không có kiểm soát viên nào khác", "Người mẫu ld1 (ld1)", "!Chi bồi thường theo biên bản")
		s.doIt(boss, n, "compensate", http.StatusForbidden, "amount", "300000", "means", "cash").wants(t, http.StatusForbidden, "lãnh đạo duyệt", "!chưa mở ca") // the right first, the till after it
		far.get(path).wants(t, 200, "!Chi bồi thường theo biên bản")
		second := s.hire("ks2", web.Supervisor, shopOffice)
		second.get(path).wants(t, 200, "Chi bồi thường theo biên bản")
		s.doIt(second, n, "compensate", http.StatusConflict, "amount", "300000", "means", "cash").wants(t, http.StatusConflict, "chưa mở ca")
		boss.get(path).wants(t, 200, "Người mẫu ks2 (ks2)")

		c.get("/dossiers/compensations").wants(t, http.StatusForbidden)
		head.get("/dossiers/compensations").wants(t, 200, "BB-1/2026", "300.000", path, "Mất, lỗi của bưu điện")
		head.get(path).wants(t, 200, "Duyệt 300.000", "!Nguyễn", "!N•••", "!Ghi khiếu nại", "!Nhập mã bí mật", "!In phiếu gửi")
		s.doIt(head, n, "found", http.StatusForbidden)
		s.doIt(boss, n, "approve", http.StatusForbidden, "kind", "lost", "fault", "post", "record", "BB-1/2026", "granted", "300000")
		s.doIt(head, n, "approve", http.StatusConflict, "kind", "lost", "fault", "post", "record", "BB-1/2026", "granted", "400000")
		s.doIt(head, n, "approve", http.StatusSeeOther, "kind", "lost", "fault", "post", "record", "BB-1/2026", "granted", "300000")
		s.doIt(head, n, "approve", http.StatusConflict, "kind", "lost", "fault", "post", "record", "BB-1/2026", "granted", "300000")
		head.get("/dossiers/compensations").wants(t, 200, "Không có khoản bồi thường nào chờ duyệt")

		boss.get(path).wants(t, 200, "Chi bồi thường theo biên bản", "Duyệt số tiền", "Người mẫu ld1", `name="amount" value="300000"`)
		for _, other := range []postal.VND{least, 299_999, 300_001} { // the rest would be owed with nobody to ask for it
			s.doIt(boss, n, "compensate", http.StatusConflict, "amount", itoa(int(other)), "means", "transfer").wants(t, http.StatusConflict, "đúng 300.000 đ", "sửa biên bản trước")
		}
		s.balance(cash.Compensation, 0)
		s.doIt(boss, n, "compensate", http.StatusSeeOther, "amount", "300000", "means", "transfer")
		s.balance(cash.Compensation, 300_000)
		boss.get(path).wants(t, 200, "Thất lạc, đã bồi thường", "!Thất lạc, đang tìm", "!Sửa biên bản")
		p, err := s.Dossiers.Told(t.Context(), "NV0001", shopOffice, s.dossier(n))
		s.must(err)
		s.as("bt1").post("/track/dossier", "code", string(n), "secret", p.Note.Secret).wants(t, 200, "Thất lạc, đã bồi thường", "Bưu điện đã bồi thường 300.000 đ", "!Bưu điện đang tìm", "!được bồi thường theo quy định")
		boss.get("/dossiers").wants(t, 200, "Đã bồi thường")
		s.isAt(n, dossier.Lost)
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

func TestALiabilityRecordIsReadPrintedAndCorrected(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss := s.as("gd1"), s.as("ks1")
		n, least := s.loseOne(c)
		path := "/dossiers/case/" + string(n)
		c.get(path+"/liability").wants(t, http.StatusNotFound)
		boss.get(path).wants(t, 200, "Mức tối thiểu theo quy định: "+postal.Count(int64(least)))
		record := []string{"record", "BB-1/2026", "kind", "lost", "fault", "post"}
		s.doIt(boss, n, "liability", http.StatusUnprocessableEntity, append(record, "granted", itoa(int(least-1)))...).wants(t, http.StatusUnprocessableEntity, "thấp hơn mức tối thiểu", `href="#granted"`)
		s.doIt(boss, n, "liability", http.StatusSeeOther, append(record, "granted", "900000")...)
		s.doIt(boss, n, "liability", http.StatusConflict, record...).wants(t, http.StatusConflict, "lập bản sửa")
		boss.get(path).wants(t, 200, "Biên bản xác định trách nhiệm", "Lỗi của bưu điện", "900.000", "Sửa biên bản BB-1/2026")

		better := []string{"record", "BB-1/2026", "kind", "lost", "fault", "post", "granted", "300000"}
		s.doIt(boss, n, "correct", http.StatusUnprocessableEntity, better...) // without a reason
		s.doIt(c, n, "correct", http.StatusForbidden, append(better, "why", "mistyped")...)
		s.doIt(boss, n, "correct", http.StatusSeeOther, append(better, "why", "mistyped")...)
		for _, page := range []string{path, path + "/liability"} {
			boss.get(page).wants(t, 200, "BB-1/2026", "300.000", "900.000", "Ghi nhầm", "Đã sửa: biên bản BB-1/2026")
		}
		c.get(path+"/liability").wants(t, 200, "BIÊN BẢN XÁC ĐỊNH TRÁCH NHIỆM", "Ba trăm nghìn đồng", "Người mẫu ks1", "!Nguyễn Văn Mẫu")
		if d := s.dossier(n); d.Liables[0].AmountVND != 300_000 {
			t.Errorf("the record holds %d", d.Liables[0].AmountVND)
		}
		s.doIt(boss, n, "correct", http.StatusSeeOther, "record", "BB-2/2026", "kind", "lost", "fault", "nobody", "why", "new_finding")
		boss.get(path).wants(t, 200, "không: bưu điện không có lỗi", "!Chi bồi thường theo biên bản")
		s.doIt(boss, n, "compensate", http.StatusConflict, "amount", itoa(int(least)), "means", "transfer").wants(t, http.StatusConflict, "không có lỗi")
		s.balance(cash.Compensation, 0)
	})
}

// If this fails a packet that was found is paid for as lost, its record cannot be taken back, or a manager approves a record that says something else than the one that he read.
func TestAFoundPacketIsNotPaidForAndItsRecordIsTakenBack(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss, second, head := s.as("gd1"), s.as("ks1"), s.hire("ks2", web.Supervisor, shopOffice), s.hire("ld1", web.Manager, "")
		n, _ := s.loseOne(c)
		s.doIt(boss, n, "liability", http.StatusSeeOther, "record", "BB-1/2026", "kind", "lost", "fault", "post", "granted", "300000")
		read := []string{"record", "BB-1/2026", "kind", "lost", "fault", "post", "granted", "300000"}
		s.doIt(boss, n, "correct", http.StatusSeeOther, "record", "BB-1/2026", "kind", "lost", "fault", "nobody", "granted", "300000", "why", "new_finding")
		s.doIt(head, n, "approve", http.StatusConflict, read...).wants(t, http.StatusConflict, "Đọc lại rồi duyệt")
		s.doIt(c, n, "found", http.StatusSeeOther)
		s.doIt(second, n, "compensate", http.StatusConflict, "amount", "300000", "means", "transfer").wants(t, http.StatusConflict, "đã được tìm thấy")
		s.balance(cash.Compensation, 0)
		s.doIt(boss, n, "correct", http.StatusSeeOther, "record", "BB-2/2026", "kind", "lost", "fault", "nobody", "why", "new_finding")
		head.get("/dossiers/compensations").wants(t, 200, "Không có khoản bồi thường nào chờ duyệt")
	})
}

// If this fails a result that is lost on its way back is never paid for, because its postage would have been taken at the door.
func TestALostResultIsCompensatedThoughNobodyPaidForItYet(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer, boss := s.as("gd1"), s.as("cb1"), s.as("ks1")
		n := s.takeIn(c)
		s.bring(c, officer, n)
		d := s.arrives(c, officer, n, "")
		if s.paidFor(d.Result) {
			t.Fatal("the result is paid for before it is given")
		}
		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		s.doIt(boss, n, "liability", http.StatusSeeOther, "record", "BB-9/2026", "kind", "lost", "fault", "post")
		least := s.dossier(n).Liables[0].LeastVND
		s.doIt(boss, n, "compensate", http.StatusConflict, "amount", itoa(int(least-1)), "means", "transfer")
		s.doIt(boss, n, "compensate", http.StatusConflict, "amount", itoa(int(least+1)), "means", "transfer")
		s.doIt(boss, n, "compensate", http.StatusSeeOther, "amount", itoa(int(least)), "means", "transfer")
		s.doIt(boss, n, "compensate", http.StatusConflict, "amount", itoa(int(least)), "means", "transfer")
		s.balance(cash.Compensation, least)
		boss.get("/dossiers/case/"+string(n)).wants(t, 200, "Thất lạc, đã bồi thường", "!Chi bồi thường theo biên bản")
		if least <= 0 || s.dossier(n).Liables[0].PaidVND != least {
			t.Errorf("paid %d of %d", s.dossier(n).Liables[0].PaidVND, least)
		}
		s.doIt(c, n, "found", http.StatusSeeOther)
		s.doIt(c, n, "deliver", http.StatusSeeOther, "to", "self", "identity", "cccd", "counted", "1", "means", "cash") // it turned up: the postage is owed, the compensation stays
		if p, _ := cash.PaidFor(s.Ledger.View(t.Context()), d.Result); p == nil || p.Compensated != least {
			t.Errorf("after it was given: %+v", p)
		}
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

// If this fails the record of a second packet takes the place of the first, whose owner then waits for money that nobody sees any more.
func TestEachPacketKeepsItsOwnLiabilityRecord(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer, boss, head := s.as("gd1"), s.as("cb1"), s.as("ks1"), s.hire("ld1", web.Manager, "")
		n, _ := s.loseOne(c)
		path, sent := "/dossiers/case/"+string(n), s.dossier(n).Item
		s.doIt(boss, n, "liability", http.StatusSeeOther, "packet", string(sent), "record", "BB-1/2026", "kind", "damaged", "fault", "post", "granted", "300000")
		s.doIt(c, n, "found", http.StatusSeeOther)
		s.bring(c, officer, n)
		result := s.arrives(c, officer, n, "").Result
		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		boss.get(path).wants(t, 200, "BB-1/2026", "Lập biên bản xác định trách nhiệm", `name="packet" value="`+string(result)+`"`, "Sửa, duyệt hoặc chi theo biên bản BB-1/2026")
		s.doIt(boss, n, "liability", http.StatusConflict, "packet", string(sent), "record", "BB-2/2026", "kind", "damaged", "fault", "post").wants(t, http.StatusConflict, "lập bản sửa")
		s.doIt(boss, n, "liability", http.StatusSeeOther, "packet", string(result), "record", "BB-2/2026", "kind", "lost", "fault", "post", "granted", "500000")

		for item, want := range map[postal.ItemNumber][2]string{sent: {"BB-1/2026", "300.000"}, result: {"BB-2/2026", "500.000"}} {
			page := boss.get(path+"?packet="+string(item)).wants(t, 200, "BB-1/2026", "BB-2/2026", "300.000", "500.000", "Sửa biên bản "+want[0])
			page.wants(t, 200, `name="packet" value="`+string(item)+`"`)
			c.get(path+"/liability?packet="+string(item)).wants(t, 200, want[0], want[1], "!thay cho nội dung đã ghi")
		}
		head.get("/dossiers/compensations").wants(t, 200, "BB-1/2026", "BB-2/2026", "?packet="+string(sent), "?packet="+string(result))
		head.get(path+"?packet="+string(sent)).wants(t, 200, "Duyệt 300.000", "!Duyệt 500.000")

		first := []string{"packet", string(sent), "kind", "damaged", "fault", "post", "record", "BB-1/2026", "granted", "300000"}
		s.doIt(head, n, "approve", http.StatusConflict, append(first, "packet", string(result))[2:]...)
		s.doIt(head, n, "approve", http.StatusSeeOther, first...)
		head.get("/dossiers/compensations").wants(t, 200, "!BB-1/2026", "BB-2/2026")
		s.doIt(boss, n, "compensate", http.StatusForbidden, "packet", string(result), "amount", "500000", "means", "transfer")
		s.doIt(boss, n, "compensate", http.StatusSeeOther, "packet", string(sent), "amount", "300000", "means", "transfer")
		s.balance(cash.Compensation, 300_000)
		boss.get(path+"?packet="+string(sent)).wants(t, 200, "Đã bồi thường 300.000", "!Sửa biên bản BB-1/2026", "!Thất lạc, đã bồi thường")

		s.doIt(boss, n, "correct", http.StatusSeeOther, "packet", string(result), "record", "BB-3/2026", "kind", "lost", "fault", "post", "granted", "400000", "why", "mistyped")
		c.get(path+"/liability?packet="+string(result)).wants(t, 200, "BB-3/2026", "BB-2/2026", "!BB-1/2026")
		s.doIt(head, n, "approve", http.StatusSeeOther, "packet", string(result), "kind", "lost", "fault", "post", "record", "BB-3/2026", "granted", "400000")
		s.doIt(boss, n, "compensate", http.StatusSeeOther, "packet", string(result), "amount", "400000", "means", "transfer")
		s.balance(cash.Compensation, 700_000)
		if list := s.dossier(n).Liables; len(list) != 2 || list[0].PaidVND != 300_000 || list[1].PaidVND != 400_000 || list[1].Record != "BB-3/2026" {
			t.Errorf("the records: %+v", list)
		}
		boss.get(path).wants(t, 200, "Thất lạc, đã bồi thường")
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}
