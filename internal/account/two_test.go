package account_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/answer"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// closedSite is a closed house with an administrator, who is signed in, a security officer, a supervisor, and a clerk who has left.
type closedSite struct {
	*site
	officer, head, gone account.Account
}

func newClosedSite(t *testing.T) closedSite {
	t.Helper()
	h := newHouse(t, sqltest.SQLite(t))
	h.Closed = true
	m := web.New(h.Service, web.Site{Closed: true, Idle: time.Hour}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	h.Mount(m)
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	s := closedSite{site: &site{house: h, url: server.URL, client: browser(t), mux: m}}
	s.officer = s.add("bao.mat", "Trần Bảo Mật", web.Role{Name: web.SecurityOfficer, Office: "180100"})
	s.head = s.add("kiem.soat", "Phạm Kiểm Soát", web.Role{Name: web.KT1Supervisor, Office: "180100"})
	s.gone = s.add("nghi.viec", "Ngô Nghỉ Việc", web.Role{Name: web.KT1Clerk, Office: "180100"})
	s.must(s.Disable(t.Context(), by, s.gone.ID))
	s.enter("quan.tri")
	return s
}

// acts are all that takes two persons: the path, and the fields beside the signature.
func (s closedSite) acts() map[string][]string {
	head := "/admin/people/" + string(s.head.ID)
	return map[string][]string{
		"/admin/people":             {"name", "Người Bịa", "login", "nguoi.bia", "role", "kt1-clerk", "office", "180100"},
		head + "/roles":             {"role", "kt1-clerk", "office", "180200"},
		head + "/password":          {},
		head + "/second-factor/off": {},
		"/admin/people/" + string(s.gone.ID) + "/enable": {},
		"/admin/people?again=no-role":                    {"name", "Người Bịa", "login", "nguoi.bia"},
	}
}

func signed(path, login, word, code string) []string {
	base := "second"
	if !strings.HasSuffix(path, "/roles") && strings.Contains(path, "/nv-") {
		base = "second_care"
	}
	return []string{base + "_login", login, base + "_password", word, base + "_code", code}
}

// untouched fails when anything about the accounts is not as it was at first.
func (s closedSite) untouched(why string) {
	s.Helper()
	if n := s.count(`SELECT count(*) FROM account`); n != 4 {
		s.Errorf("%s: %d accounts", why, n)
	}
	if n := s.count(`SELECT count(*) FROM account_grant WHERE ended_ms IS NULL`); n != 4 {
		s.Errorf("%s: %d roles", why, n)
	}
	if n := s.count(`SELECT count(*) FROM account WHERE must_change`); n != 0 {
		s.Errorf("%s: %d passwords were reset", why, n)
	}
	if n := s.count(`SELECT count(*) FROM account_audit WHERE action IN ('password_reset', 'second_factor_off', 'account_enabled', 'confirmed')`); n != 0 {
		s.Errorf("%s: %d lines of the log", why, n)
	}
}

func TestNothingThatLetsSomebodyInIsDoneByOnePersonInAClosedHouse(t *testing.T) {
	s := newClosedSite(t)
	for path, fields := range s.acts() {
		for why, sign := range map[string][]string{
			"nobody signed":                          nil,
			"the administrator signed himself":       signed(path, "quan.tri", password, ""),
			"a supervisor signed":                    signed(path, "kiem.soat", password, ""),
			"the security officer's password is not": signed(path, "bao.mat", "sai mật khẩu rồi", ""),
			"nobody of that login":                   signed(path, "khong.co", password, ""),
		} {
			p := s.post(path, slices.Concat(fields, sign)...)
			if p.status < 400 || p.status >= 500 || !strings.Contains(p.text, "second") || strings.Contains(p.text, "sai mật khẩu rồi") {
				t.Errorf("%s, %s: status %d", path, why, p.status)
			}
			s.untouched(path + ", " + why)
			s.must(s.Sweep(s.Context()))
			s.clock.move(5 * time.Minute) // brakes cool down, the session lives on
		}
	}
}

func TestASecurityOfficerConfirmsWithPasswordAndCodeAndBothNamesAreOnRecord(t *testing.T) {
	s := newClosedSite(t)
	secret, _ := s.enrol(s.officer)
	s.enrol(s.head)
	head := "/admin/people/" + string(s.head.ID)
	roles := []string{"role", "kt1-clerk", "office", "180200"}
	s.clock.move(time.Minute)
	p := s.post(head+"/roles", slices.Concat(roles, signed(head+"/roles", "bao.mat", password, "000000"))...)
	s.wants(p, http.StatusUnprocessableEntity, "Mã không đúng", `id="second_code-error"`)
	s.wants(s.post(head+"/roles", slices.Concat(roles, signed(head+"/roles", "bao.mat", password, s.code(secret)))...), http.StatusSeeOther)
	s.clock.move(time.Minute)
	p = s.post(head+"/password", signed(head+"/password", "bao.mat", password, s.code(secret))...)
	s.wants(p, http.StatusOK, "Mật khẩu dùng một lần")
	s.clock.move(time.Minute)
	s.leadsTo(s.post(head+"/second-factor/off", signed(head+"/password", "bao.mat", password, s.code(secret))...), head)
	s.leadsTo(s.post(head+"/disable"), head) // takes away, so it takes one
	s.clock.move(time.Minute)
	s.leadsTo(s.post(head+"/enable", signed(head+"/enable", "bao.mat", password, s.code(secret))...), head)
	s.clock.move(time.Minute)
	p = s.post("/admin/people", slices.Concat([]string{"name", "Đỗ Giao Dịch", "login", "giao.dich", "role", "kt1-clerk", "office", "180100"}, signed("/admin/people", "bao.mat", password, s.code(secret)))...)
	s.wants(p, http.StatusOK, "Mật khẩu dùng một lần")
	lines, err := s.Audit(s.Context(), account.AuditQuery{Limit: 500})
	s.must(err)
	var confirmed []string
	for _, l := range lines {
		if l.Action == account.Confirmed {
			if l.Actor != string(s.officer.ID) || l.Role != web.SecurityOfficer || l.Subject == "" {
				t.Errorf("%+v", l)
			}
			confirmed = append(confirmed, l.Detail)
		}
	}
	slices.Sort(confirmed)
	boss := " " + string(s.boss.ID)
	want := []string{"account_added" + boss, "account_enabled" + boss, "password_reset" + boss, "role_granted" + boss, "role_granted" + boss, "second_factor_off" + boss}
	if !slices.Equal(confirmed, want) {
		t.Errorf("confirmed: %v, want %v", confirmed, want)
	}
	said := []string{"Ký xác nhận, là người thứ hai", "Trần Bảo Mật", "Đặt lại mật khẩu · cùng Lê Thị Quản Trị"}
	s.wants(s.get("/admin/audit?who=kiem.soat"), http.StatusOK, said...)
	s.client = browser(t)
	s.wants(s.post("/sign-in", "login", "bao.mat", "password", password), http.StatusOK)
	s.clock.move(time.Minute)
	s.wants(s.post("/sign-in/code", "otp", s.code(secret)), http.StatusSeeOther)
	s.wants(s.get("/admin/audit?who=kiem.soat"), http.StatusOK, said...) // the officer reads it too, and nothing else of the administrator's
	s.wants(s.get("/admin/people"), http.StatusForbidden)
}

func TestNobodyChangesHisOwnAccountInAClosedHouse(t *testing.T) {
	s := newClosedSite(t)
	own := "/admin/people/" + string(s.boss.ID)
	p := s.get(own)
	s.wants(p, http.StatusOK, "Đây là tài khoản của bạn")
	if strings.Contains(p.text, own+"/") {
		t.Error("the own page offers a change")
	}
	grants, err := s.Grants(s.Context(), s.boss.ID)
	s.must(err)
	s.add("quan.tri.2", "Lê Quản Trị Hai", web.Role{Name: web.Admin}) // so that it is not for being the last
	for _, role := range append(web.ClosedRights(), web.Admin) {
		for _, sign := range [][]string{nil, signed(own+"/roles", "bao.mat", password, "")} {
			p := s.post(own+"/roles", slices.Concat([]string{"role", string(role), "office", "180100"}, sign)...)
			s.wants(p, http.StatusForbidden, "Không ai tự đổi vai trò")
		}
	}
	s.wants(s.post(own+"/roles/"+strconv.FormatInt(grants[0].ID, 10)+"/end"), http.StatusForbidden, "Không ai tự đổi vai trò")
	for _, act := range []string{"/password", "/second-factor/off", "/enable"} {
		s.wants(s.post(own+act, signed(own+act, "bao.mat", password, "")...), http.StatusForbidden, "Không ai tự đổi vai trò")
	}
	if held, err := s.Grants(s.Context(), s.boss.ID); err != nil || len(held) != 1 || held[0].EndedMS != 0 {
		t.Errorf("%+v, %v", held, err)
	}
	// Nor does a security officer confirm what is done to himself.
	officer := "/admin/people/" + string(s.officer.ID)
	s.wants(s.post(officer+"/password", signed(officer+"/password", "bao.mat", password, "")...), http.StatusForbidden, "Người ký phải là một người khác")
}

func TestRolesThatWatchEachOtherJoinInNobody(t *testing.T) {
	each(t, func(h *house) {
		h.Closed = true
		officer := h.add("bao.mat", "Trần Bảo Mật", web.Role{Name: web.SecurityOfficer, Office: "180100"})
		clerk := h.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.KT1Clerk, Office: "180100"}, web.Role{Name: web.KT1Courier, Office: "180100"})
		for _, role := range append(web.ClosedRights(), web.Admin) {
			for _, a := range []account.Account{h.boss, officer, clerk} {
				held, err := h.Grants(h.Context(), a.ID)
				h.must(err)
				own := slices.ContainsFunc(held, func(g account.Grant) bool { return g.Role.Name == role })
				watch := role == web.Admin || role == web.SecurityOfficer
				err = h.Give(h.Context(), by, a.ID, web.Role{Name: role, Office: "180300"})
				switch {
				case own || a.ID == clerk.ID && !watch: // the same role elsewhere, or one worker in two roles
					h.must(err)
				default:
					h.fails(err, "account.roles_apart")
				}
			}
		}
		for _, roles := range [][]string{{"admin", "kt1-clerk@180100"}, {"kt1-supervisor@180100", "security-officer@180100"}, {"security-officer", "admin"}, {"registry-clerk", "admin"}} {
			h.fails(h.AddCommand(h.Context(), io.Discard, account.AddFlags{Login: "hai.vai", Name: "Bùi Hai Vai", Roles: roles}, answer.Printing{}), "account.roles_apart")
			if n := h.count(`SELECT count(*) FROM account WHERE login = 'hai.vai'`); n != 0 {
				t.Error("half an account was made")
			}
		}
		// A role that is over stands in nobody's way.
		held, err := h.Grants(h.Context(), officer.ID)
		h.must(err)
		for _, g := range held {
			h.must(h.End(h.Context(), by, officer.ID, g.ID))
		}
		h.must(h.Give(h.Context(), by, officer.ID, web.Role{Name: web.KT1Clerk, Office: "180100"}))
	})
}

func TestTheOpenHouseAsksForNoSecondPerson(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	own := "/admin/people/" + string(s.boss.ID)
	p := s.get(own)
	s.wants(p, http.StatusOK, "Cấp thêm vai trò")
	if strings.Contains(p.text, "second_login") {
		t.Error("the open house asks for a security officer")
	}
	s.leadsTo(s.post(own+"/roles", "role", "clerk", "office", "180100"), own)
	s.wants(s.post("/admin/people", "name", "Đỗ Giao Dịch", "login", "giao.dich", "role", "clerk", "office", "180100"), http.StatusOK, "Mật khẩu dùng một lần")
}
