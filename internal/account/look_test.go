package account_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/answer"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// tour opens every page at both widths; each must please axe-core, fit the window and complain about nothing.
type tour struct {
	*house
	*webtest.Browser
	url string
}

func (v *tour) look(name string) {
	v.Helper()
	v.Both("account-"+name, name)
}

// answered forgets the complaint about the status of a page that refuses on purpose.
func (v *tour) answered(status string) {
	v.Helper()
	for _, c := range v.Complaints() {
		if !strings.Contains(c, status) {
			v.Errorf("complaint: %s", c)
		}
	}
}

func newTour(t *testing.T) *tour {
	t.Helper()
	h := newHouse(t, sqltest.SQLite(t))
	h.Offices = book{{Code: "180100", Name: "Bưu cục Trung tâm"}, {Code: "180200", Name: "Bưu cục Kiến An"}, {Code: "180350", Name: "Bưu cục Đồ Sơn"}}
	return &tour{h, webtest.Open(t), webtest.Serve(t, newMux(h))}
}

func TestPagesOfSigningInAreKindToEveryone(t *testing.T) {
	v := newTour(t)
	a, once, err := v.Add(t.Context(), by, account.NewPerson{Login: "moi.vao", Name: "Phạm Mới Vào", Roles: []web.Role{{Name: web.Clerk, Office: "180100"}}})
	v.must(err)
	secret, _ := v.enrol(a)
	v.clock.move(time.Minute)
	v.Go(v.url + "/account")
	if v.Focus() != "login" {
		t.Errorf("the cursor is in %s", v.Focus())
	}
	v.look("sign-in")
	v.Fill("#login", "moi.vao")
	v.Fill("#password", "sai mật khẩu rồi")
	v.Submit("main form button")
	v.answered("422")
	v.look("sign-in-refused")
	v.Fill("#password", once)
	v.Submit("main form button")
	v.look("code")
	v.Fill("#otp", v.code(secret))
	v.Submit("main form button")
	v.look("first-password")
	v.Fill("#new_password", password)
	v.Fill("#new_password_again", password)
	v.Submit("main form button")
	if v.Path() != "/account" {
		t.Errorf("led to %s", v.Path())
	}
	v.look("own-with-second-factor")
}

func TestPagesOfStaffAreKindToEveryone(t *testing.T) {
	v := newTour(t)
	v.populate()
	v.Go(v.url + "/sign-in")
	v.Fill("#login", "quan.tri")
	v.Fill("#password", password)
	v.Submit("main form button")
	v.look("people")
	v.Go(v.url + "/account")
	v.look("own")
	v.Go(v.url + "/account/second-factor")
	v.look("second-factor")
	v.Go(v.url + "/admin/people/new")
	v.look("new-person")
	v.Submit("main form button")
	v.answered("422")
	v.look("new-person-refused")
	v.Fill("input[name=name]", "Nguyễn Thị Hương")
	v.Fill("input[name=login]", "huong.nt")
	v.Submit("main form button")
	v.look("one-time-password")
	a, err := v.FindLogin(t.Context(), "hai.vai")
	v.must(err)
	v.Go(v.url + "/admin/people/" + string(a.ID))
	v.look("person")
	v.Go(v.url + "/admin/devices")
	v.look("devices")
	v.Fill("input[name=name]", "Máy đọc mã tại quầy 3")
	webtest.Eval[bool](v.Browser, `(document.querySelector("#office").value = "180100", true)`)
	v.Click("input[name=rights]")
	v.Submit("main form[action='/admin/devices'] button")
	v.look("token")
	v.Go(v.url + "/admin/audit")
	v.look("audit")
}

// populate makes the house look lived in.
func (h *house) populate() {
	h.Helper()
	h.must(h.AddCommand(h.Context(), io.Discard, account.AddFlags{Login: "moi.vao", Name: "Phạm Mới Vào", Office: "180100", Phone: "0912345678", Roles: []string{"clerk@180100"}}, answer.Printing{}))
	h.add("bac.nv", "Nguyễn Văn Bắc", web.Role{Name: web.Clerk, Office: "180100"})
	h.add("an.vt", "Vũ Thị An", web.Role{Name: web.Carrier, Office: "180200", Until: postal.MakeDay(2027, 1, 31)})
	a := h.add("hai.vai", "Bùi Hai Vai", web.Role{Name: web.Clerk, Office: "180100"}, web.Role{Name: web.Supervisor, Office: "180100", Until: postal.MakeDay(2026, 12, 31)}, web.Role{Name: web.Driver})
	grants, err := h.Grants(h.Context(), a.ID)
	h.must(err)
	boss := account.Actor{ID: string(h.boss.ID), Role: web.Admin, Address: "10.0.0.2"}
	h.must(h.End(h.Context(), boss, a.ID, grants[0].ID))
	h.signIn("hai.vai")
	_, _ = h.SignIn(h.Context(), creds("hai.vai", "sai mật khẩu rồi"))
	gone := h.add("nghi.huu", "Trịnh Nghỉ Hưu", web.Role{Name: web.Clerk, Office: "180350"})
	h.must(h.Disable(h.Context(), boss, gone.ID))
	d, _, err := h.AddDevice(h.Context(), boss, account.Device{Name: "Máy chia chọn số 1", Rights: []web.Right{web.Clerk, web.Dispatcher}})
	h.must(err)
	h.must(h.RevokeDevice(h.Context(), boss, d.ID))
	_, _, err = h.AddDevice(h.Context(), boss, account.Device{Name: "Cổng của Sở Tư pháp", Office: "180200", Rights: []web.Right{web.AgencyOfficer}, Until: postal.MakeDay(2027, 6, 30)})
	h.must(err)
}

func TestMenuUnderTheNameLeadsToRolesAndOwnAccount(t *testing.T) {
	v := newTour(t)
	v.add("hai.vai", "Bùi Hai Vai", web.Role{Name: web.Admin}, web.Role{Name: web.Clerk, Office: "180100"})
	v.Go(v.url + "/sign-in?lang=en")
	v.Fill("#login", "hai.vai")
	v.Fill("#password", password)
	v.Submit("main form button")
	v.Click(".person summary")
	v.look("menu")
	v.Submit(".person__menu a")
	if v.Path() != "/account" {
		t.Errorf("led to %s", v.Path())
	}
	v.look("own-english")
	v.Click(".person summary")
	v.Submit(".person__menu button[name=role]")
	if v.Path() != "/desk" {
		t.Errorf("the other role led to %s", v.Path())
	}
}
