package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// What a tired clerk stumbled over: each of these would send somebody the wrong way, or let him write down what he cannot know.

// If this fails an office that has never seen a packet invites the citizen to it, or finds it.
func TestOnlyWhoeverHasThePacketInvitesForItAndFindsIt(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer, far := s.as("gd1"), s.as("cb1"), s.hire("gd9", web.Clerk, otherOffice)
		n := s.takeIn(c)
		s.bring(c, officer, n)
		s.arrives(c, officer, n, "")
		path := "/dossiers/case/" + string(n)
		here := s.House.officeName(shopOffice)
		invite := []string{"how", "phone", "last", "0"}
		far.get(path).wants(t, 200, "Gói kết quả đang ở "+here, "!Mời bằng cách nào")
		s.doIt(far, n, "invite", http.StatusConflict, invite...).wants(t, http.StatusConflict, "đang ở "+here)
		if d := s.dossier(n); d.Invitations != 0 {
			t.Errorf("%d invitations", d.Invitations)
		}
		c.get(path).wants(t, 200, "Mời bằng cách nào", "Chưa mời lần nào", "!Gói kết quả đang ở")
		s.doIt(c, n, "invite", http.StatusSeeOther, invite...)

		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		far.get(path).wants(t, 200, "Gói thất lạc khi ở "+here, "!Đã tìm thấy, đang ở bưu cục này")
		s.doIt(far, n, "found", http.StatusConflict).wants(t, http.StatusConflict, "Gói thất lạc khi ở "+here, "Bàn quét")
		s.isAt(n, dossier.Lost)
		c.get(path).wants(t, 200, "Đã tìm thấy, đang ở bưu cục này", "!Gói thất lạc khi ở")
		s.doIt(c, n, "found", http.StatusSeeOther)
		s.isAt(n, dossier.Returning)
	})
}

// If this fails a clerk before whom a citizen stands is told to go to a post office.
func TestAWrongSecretIsToldToStaffInTheirWords(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	far := s.hire("gd9", web.Clerk, otherOffice)
	path := "/dossiers/case/" + string(s.takeIn(s.as("gd1"))) + "/people"
	far.post(path, "secret", "").wants(t, http.StatusUnprocessableEntity, "Ô này chưa điền", "!Không khớp")
	for range 10 {
		far.post(path, "secret", "AAAAAA").wants(t, http.StatusUnprocessableEntity, "của người đứng trước bạn", "!bưu cục bất kỳ")
	}
	far.post(path, "secret", "AAAAAA").wants(t, http.StatusTooManyRequests, "gọi bưu cục đã nhận hồ sơ", "!mang phiếu gửi đến bưu cục")
}

// If this fails two packets carry one number of a seal, and nobody can say which of them was opened.
func TestASealClosesOnePacketOnly(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		first := s.takeIn(c, "seal", "np000777")
		form := append(s.intake("seal", "NP000777"), s.papersOf(certificate)...)
		form = append(form, "act", c.get("/dossiers/new").hidden("act"))
		page := c.post("/dossiers/new", append(form, "do", "check")...).wants(t, http.StatusUnprocessableEntity, "Số niêm phong NP000777 đã dùng cho gói "+s.dossier(first).Item.Grouped(), "!Nhận hồ sơ, thu ")
		c.post("/dossiers/new", append(form, "do", "accept", "shown", page.hidden("shown"))...).wants(t, http.StatusUnprocessableEntity, "đã dùng cho gói")
		second := s.takeIn(c)
		for _, n := range []postal.DossierNumber{first, second} {
			s.bring(c, officer, n)
			s.doIt(officer, n, "ready", http.StatusSeeOther, "outcome", "granted")
		}
		fetch := func(seals ...string) screen {
			v := url.Values{"act": {postal.NewActID(s.clock()).String()}}
			for k, n := range []postal.DossierNumber{first, second} {
				v.Add("dossier", string(n))
				v.Set("o."+string(n), "1")
				v.Set("weight."+string(n), "50")
				v.Set("seal."+string(n), seals[k])
			}
			return c.read(c.client.PostForm(c.url+"/dossiers/agencies/"+string(justice)+"/results", v))
		}
		before := s.Ledger.Seq()
		fetch("NP000777", "KQ2").wants(t, http.StatusConflict, "đã dùng cho gói")
		fetch("KQ1", "kq1").wants(t, http.StatusConflict, "cũng ghi cho hồ sơ")
		if s.Ledger.Seq() != before {
			t.Error("something was packed")
		}
		fetch("KQ1", "KQ2").wants(t, http.StatusSeeOther)
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

// If this fails a clerk sends a dossier to an agency or to a ward that nobody chose, or is asked to say that a list was signed which nobody could print.
func TestIntakeGuessesNoAddressAndPrintsTheListBeforeItIsSigned(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	for code, name := range map[postal.AgencyCode]string{justice: "Sở Tư pháp (mẫu) thành phố Mẫu", "so-xay-dung-mau": "Sở Xây dựng (mẫu)"} {
		s.must(s.Dossiers.KeepAgency(t.Context(), dossier.Agency{Code: code, Name: name, Address: "2 phố Mẫu", Unit: s.unit, Office: shopOffice, Active: true}))
	}
	c := s.as("gd1")
	const chosen = `value="so-tu-phap-mau" selected`
	c.get("/dossiers/new?procedure=9.900008").wants(t, 200, chosen, "!name=\"from.unit\"") // Justice alone handles it; where the sender lives is not known
	c.get("/dossiers/new?procedure=9.900001").wants(t, 200, "so-tu-phap-mau", "!"+chosen)  // a ward's
	form := append(s.intake("signed", "", "act", c.get("/dossiers/new").hidden("act")), s.papersOf(certificate)...)
	c.post("/dossiers/new", append(form, "do", "check", "agency", "")...).wants(t, http.StatusUnprocessableEntity, "Chọn cơ quan tiếp nhận hồ sơ.", "!trong danh sách")
	c.post("/dossiers/new", append(form, "do", "check", "from.unit", "")...).wants(t, http.StatusUnprocessableEntity, "!Nhận hồ sơ, thu ")
	c.post("/dossiers/new", append(form, "change", "1")...).wants(t, 200, "Tên hoặc mã thủ tục")

	page := c.post("/dossiers/new", append(form, "do", "check")...).wants(t, 200, "Nhận hồ sơ, thu ", "In bản kê đồng kiểm để hai bên ký")
	link := regexp.MustCompile(`/dossiers/new/list\?[^"]+`).FindString(page.text)
	c.get(strings.ReplaceAll(link, "&amp;", "&")).wants(t, 200, "BẢN KÊ ĐỒNG KIỂM HỒ SƠ", "NP000123", "Tổng số bản", "!Nguyễn Văn Mẫu")
	accept := append(form, "do", "accept", "shown", page.hidden("shown"))
	c.post("/dossiers/new", accept...).wants(t, http.StatusUnprocessableEntity, "hai bên đếm và ký", "Nhận hồ sơ, thu ")
	c.post("/dossiers/new", append(accept, "signed", "1")...).wants(t, http.StatusSeeOther)
}

// If this fails a dossier goes to an agency that the list does not name, or its fee is forgotten or mistyped, and nobody was asked.
func TestIntakeAsksWhetherWhatTheListSaysOtherwiseIsRight(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	for code, name := range map[postal.AgencyCode]string{justice: "Sở Tư pháp (mẫu) thành phố Mẫu", "so-xay-dung-mau": "Sở Xây dựng (mẫu)"} {
		s.must(s.Dossiers.KeepAgency(t.Context(), dossier.Agency{Code: code, Name: name, Address: "2 phố Mẫu", Unit: s.unit, Office: shopOffice, Active: true}))
	}
	c := s.as("gd1")
	const asked, wrongAgency, record = "Khác danh mục công bố", "Cơ quan đã chọn là Sở Xây dựng (mẫu)", "9.900008"
	form := append(s.intake("procedure", record, "act", c.get("/dossiers/new").hidden("act"), "do", "check"), s.papersOf(record)...)
	c.post("/dossiers/new", append(form, "agency", "so-xay-dung-mau", "fees.charge", "20000", "fees.charge.how", "post")...).wants(t, 200, asked, wrongAgency, "Lệ phí: danh mục ghi 200.000 đ, ở đây là 20.000 đ", "Nhận hồ sơ, thu ")
	c.post("/dossiers/new", form...).wants(t, 200, asked, "!"+wrongAgency, "Lệ phí: danh mục ghi 200.000 đ, ở đây để trống", "Nhận hồ sơ, thu ")
	c.post("/dossiers/new", append(form, "fees.charge", "200000", "fees.charge.how", "online")...).wants(t, 200, "!"+asked, "Nhận hồ sơ, thu ")
}

// If this fails a result is given by a name that nobody can read, by a card that no longer counts, or for an amount that the clerk has to add up in his head.
func TestWhoGivesAResultSeesWhoseItIsAndWhatToCollect(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		n := s.takeIn(c)
		path := "/dossiers/case/" + string(n)
		c.get(path).wants(t, 200, "!Nguyễn Văn Mẫu", "!Đối chiếu giấy tờ với")
		s.bring(c, officer, n)
		d := s.arrives(c, officer, n, "8000")
		looks := func() (count int) {
			s.must(s.DB.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM dossier_access WHERE dossier = $1 AND what = 'handout'`, string(n)).Scan(&count))
			return count
		}
		if i, _ := ledger.Get[*custody.Item](s.Ledger.View(t.Context()), custody.ItemKey(d.Result)); i.FeeVND != 26_000 {
			t.Fatalf("the result's way costs %d", i.FeeVND)
		}
		c.get(path).wants(t, 200, "Đối chiếu giấy tờ với", "Nguyễn Văn Mẫu", "26.000 đ", "8.000 đ", "34.000 đ", "Thu khi trả kết quả", "Căn cước, căn cước công dân", "!Chứng minh nhân dân")
		if got := looks(); got != 1 {
			t.Errorf("%d looks are recorded, want 1", got)
		}
		s.hire("gd9", web.Clerk, otherOffice).get(path).wants(t, 200, "!Nguyễn Văn Mẫu")
		if got := looks(); got != 1 {
			t.Errorf("%d looks are recorded after somebody who may not give it, want 1", got)
		}
		s.doIt(c, n, "deliver", http.StatusUnprocessableEntity, append(giving, "identity", "cmnd")...)
		s.isAt(n, dossier.Received)
		s.doIt(c, n, "deliver", http.StatusSeeOther, giving...)
		c.get(path).wants(t, 200, "!Thu khi trả kết quả", "!Đối chiếu giấy tờ với", "!Nguyễn Văn Mẫu")
	})
}

// If this fails a citizen scrolls through every step on a telephone before he learns what comes next.
func TestACitizenSeesTheLastStepAndWhatComesNext(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c)
	p, err := s.Dossiers.Told(t.Context(), "NV0001", shopOffice, s.dossier(n))
	s.must(err)
	follow := func() screen {
		return s.as("bt1").post("/track/dossier", "code", string(n), "secret", p.Note.Secret)
	}
	follow().wants(t, 200, "Tiếp theo: Cơ quan đã nhận, chậm nhất 26/11/2026", "!bước trước")
	s.bring(c, officer, n)
	page := follow().wants(t, 200, "Tiếp theo: Có kết quả, hẹn ngày", "Xem 3 bước trước")
	open, folded, _ := strings.Cut(page.text, "Xem 3 bước trước")
	if strings.Count(open, "timeline__title") != 1 || strings.Count(folded, "timeline__title") != 3 {
		t.Errorf("%d steps stand open, %d are folded", strings.Count(open, "timeline__title"), strings.Count(folded, "timeline__title"))
	}
}

// If this fails somebody is shown the work of another, or a field that answers with a refusal.
func TestEachSeesHisOwnWork(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c)
	path := "/dossiers/case/" + string(n)
	officer.get(path).wants(t, 200, "Bưu điện đang chuyển hồ sơ đến", "!Chuyển cho bưu tá", "!desk-scan")
	c.get(path).wants(t, 200, "Chuyển cho bưu tá", "!Biên bản giao nhận với cơ quan", "desk-scan")
	c.get("/dossiers/agencies/"+string(justice)).wants(t, 200, "đang được đánh dấu tất cả")
	c.post("/dossiers/agencies/"+string(justice)+"/scan", "scan", string(s.dossier(n).Item), "act", postal.NewActID(s.clock()).String()).wants(t, 200, "Chỉ những gì đã quét được đánh dấu.", "!đang được đánh dấu tất cả")
	opened := c.post("/dossiers/agencies/"+string(justice), "item", string(s.dossier(n).Item), "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
	c.get(opened.to).wants(t, 200, "Mở hồ sơ", "Đăng ký khai sinh (mẫu)", "Nếu từ chối: lý do", "!>"+certificate+"</a>")
	if form := c.get(opened.to).text; regexp.MustCompile(`(?s)Nếu từ chối: lý do[^<]*<span class="optional"`).MatchString(form) {
		t.Error("a reason that must be given is said to be optional")
	}
	for _, who := range []*clerk{c, officer} {
		who.get(path).wants(t, 200, "Biên bản giao nhận với cơ quan", opened.to, "chưa ký xong")
	}
	s.hire("gd9", web.Clerk, otherOffice).get(path).wants(t, 200, "!"+opened.to)
	s.compares(officer, opened.to, n, "verdict", "complete").wants(t, http.StatusSeeOther)
	s.signs(c, opened.to, "giver")
	s.signs(officer, opened.to, "taker")
	officer.get(path).wants(t, 200, "Ghi mã hồ sơ và ngày hẹn trả", "!Lấy giấy hẹn", opened.to, "!chưa ký xong")
	s.hire("so1", web.Department, "").get("/reports/dossiers").wants(t, 200, "!desk-scan")
}
