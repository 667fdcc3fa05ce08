package account_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// who asks the gate with a cookie, over plain HTTP.
func (h *house) who(token string) (web.Person, bool) {
	h.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "citypost", Value: token})
	p, ok, err := h.Who(r)
	h.must(err)
	return p, ok
}

func (h *house) whoDevice(token string) (web.Person, bool) {
	h.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	p, ok, err := h.Who(r)
	h.must(err)
	return p, ok
}

func TestGateGivesThePersonWithRolesAndOffice(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.Clerk, Office: "180100"}, web.Role{Name: web.Dispatcher, Office: "180200", Until: postal.MakeDay(2027, 1, 31)})
		o := h.signIn("giao.dich")
		p, ok := h.who(o.Token)
		want := []web.Role{{Name: web.Clerk, Office: "180100"}, {Name: web.Dispatcher, Office: "180200", Until: postal.MakeDay(2027, 1, 31)}}
		if !ok || p.ID != a.ID || p.Login != "giao.dich" || p.Name != "Đỗ Giao Dịch" || p.Session != o.ID || len(p.Roles) != 2 ||
			p.Roles[0] != want[0] || p.Roles[1] != want[1] || p.Acting != want[0] {
			t.Errorf("%+v, %v", p, ok)
		}
		if _, ok := h.who("someone-else's-token-that-is-43-characters-"); ok {
			t.Error("an unknown token was let in")
		}
	})
}

func TestTokensAreKeptAsHashesOnly(t *testing.T) {
	each(t, func(h *house) {
		o := h.signIn("quan.tri")
		if n := h.count(`SELECT count(*) FROM account_session WHERE token = $1 OR id = $2`, []byte(o.Token), o.Token); n != 0 {
			t.Error("the token itself is in the database")
		}
	})
}

func TestSessionEndsWhenUnusedAndWhenOld(t *testing.T) {
	each(t, func(h *house) {
		o := h.signIn("quan.tri")
		for range 23 { // every half hour for eleven and a half hours
			h.clock.move(30 * time.Minute)
			if _, ok := h.who(o.Token); !ok {
				t.Fatal("ended while in use")
			}
		}
		h.clock.move(30 * time.Minute)
		if _, ok := h.who(o.Token); ok {
			t.Error("goes on after twelve hours")
		}
		idle := h.signIn("quan.tri")
		h.clock.move(time.Hour)
		if _, ok := h.who(idle.Token); ok {
			t.Error("goes on after an hour unused")
		}
	})
}

func TestUnfinishedSignInEndsSoon(t *testing.T) {
	each(t, func(h *house) {
		h.enrol(h.boss)
		o, err := h.SignIn(h.Context(), creds("quan.tri", password))
		h.must(err)
		h.clock.move(10 * time.Minute)
		_, err = h.EnterCode(h.Context(), o.Token, "123456", "10.0.0.7")
		h.fails(err, "account.stale")
	})
}

func TestBeingSeenIsWrittenAtMostOnceAMinute(t *testing.T) {
	each(t, func(h *house) {
		o := h.signIn("quan.tri")
		seen := func() int { return h.count(`SELECT seen_ms FROM account_session WHERE id = $1`, o.ID) }
		first := seen()
		h.clock.move(59 * time.Second)
		h.who(o.Token)
		if seen() != first {
			t.Error("written within a minute")
		}
		h.clock.move(time.Second)
		h.who(o.Token)
		if seen() != first+60_000 {
			t.Error("not written after a minute")
		}
	})
}

func TestPersonSeesAndEndsOwnSessionsOnly(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("giao.dich", "Đỗ Giao Dịch")
		first, second, other := h.signIn("giao.dich"), h.signIn("giao.dich"), h.signIn("quan.tri")
		list, err := h.Sessions(h.Context(), a.ID)
		h.must(err)
		if len(list) != 2 {
			t.Fatalf("%+v", list)
		}
		h.must(h.EndSession(h.Context(), by, a.ID, other.ID)) // not theirs: nothing happens
		h.must(h.EndSession(h.Context(), by, a.ID, first.ID))
		for token, want := range map[string]bool{first.Token: false, second.Token: true, other.Token: true} {
			if _, ok := h.who(token); ok != want {
				t.Errorf("session alive: %v, want %v", ok, want)
			}
		}
		h.must(h.EndSessions(h.Context(), by, a.ID, ""))
		if _, ok := h.who(second.Token); ok {
			t.Error("a session outlived 'end all'")
		}
	})
}

func TestTheOldestOfTooManySessionsEnds(t *testing.T) {
	each(t, func(h *house) {
		first := h.signIn("quan.tri")
		for range 20 {
			h.clock.move(time.Second)
			h.signIn("quan.tri")
		}
		if _, ok := h.who(first.Token); ok {
			t.Error("the first of 21 sessions goes on")
		}
		list, err := h.Sessions(h.Context(), h.boss.ID)
		h.must(err)
		if len(list) != 20 {
			t.Errorf("%d sessions", len(list))
		}
	})
}

func TestSignOutEndsTheSession(t *testing.T) {
	each(t, func(h *house) {
		o := h.signIn("quan.tri")
		for range 2 {
			h.must(h.SignOut(h.Context(), o.Token, "10.0.0.7"))
		}
		if _, ok := h.who(o.Token); ok {
			t.Error("still signed in")
		}
		if !h.hasAudit(h.boss.ID, account.SignedOut) {
			t.Error("not in the audit")
		}
	})
}

func TestRoleInUseIsChosenRememberedAndWrittenDown(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("hai.vai", "Bùi Hai Vai", web.Role{Name: web.Clerk, Office: "180100"}, web.Role{Name: web.Driver})
		o := h.signIn("hai.vai")
		grants, err := h.Grants(h.Context(), a.ID)
		h.must(err)
		h.must(h.Act(h.Context(), by, a.ID, o.ID, grants[0].ID))
		if p, _ := h.who(o.Token); p.Acting.Name != web.Driver {
			t.Errorf("acting as %v", p.Acting)
		}
		again := h.signIn("hai.vai")
		if p, _ := h.who(again.Token); p.Acting.Name != web.Driver {
			t.Errorf("not remembered: %v", p.Acting)
		}
		if !h.hasAudit(a.ID, account.RoleChosen) {
			t.Error("not in the audit")
		}
		h.must(h.End(h.Context(), by, a.ID, grants[0].ID))
		if p, _ := h.who(o.Token); p.Acting.Name != web.Clerk {
			t.Errorf("after the role ended: %v", p.Acting)
		}
		h.fails(h.Act(h.Context(), by, a.ID, o.ID, grants[0].ID), "account.role_not_held")
		bosses, err := h.Grants(h.Context(), h.boss.ID)
		h.must(err)
		h.fails(h.Act(h.Context(), by, a.ID, o.ID, bosses[0].ID), "account.role_not_held")
	})
}

func TestPlainCookieIsNotTakenOverTLS(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	o := h.signIn("quan.tri")
	h.Secure = true
	if _, ok := h.who(o.Token); ok {
		t.Error("a cookie without the __Host- prefix was taken on a TLS site")
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-citypost", Value: o.Token})
	if _, ok, err := h.Who(r); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestDeviceTokenOpensItsOfficeAndRightsOnly(t *testing.T) {
	each(t, func(h *house) {
		d, token, err := h.AddDevice(h.Context(), by, account.Device{Name: "Máy chia chọn số 2", Office: "180100", Rights: []web.Right{web.Clerk}})
		h.must(err)
		p, ok := h.whoDevice(token)
		if !ok || !p.May(web.Device, "180100") || !p.May(web.Clerk, "180100") || p.May(web.Clerk, "180200") || p.May(web.Admin, "") || p.May(web.Carrier, "") {
			t.Errorf("%+v, %v", p, ok)
		}
		if n := h.count(`SELECT count(*) FROM account_device WHERE token = $1`, []byte(token)); n != 0 {
			t.Error("the token itself is in the database")
		}
		for range 2 {
			h.must(h.RevokeDevice(h.Context(), by, d.ID))
		}
		if _, ok := h.whoDevice(token); ok {
			t.Error("a revoked token still opens")
		}
		if _, ok := h.whoDevice("cpd_wrong"); ok {
			t.Error("a wrong token opens")
		}
		h.fails(h.RevokeDevice(h.Context(), by, "tb-khongco"), "account.no_device")
	})
}

// If this fails, a stolen telephone goes on working after it was revoked.
func TestARevokedDeviceIsRefusedAtOnceHereAndSoonElsewhere(t *testing.T) {
	each(t, func(h *house) {
		elsewhere, err := account.New(h.Context(), h.DB, h.House, h.Now)
		h.must(err)
		d, token, err := h.AddDevice(h.Context(), by, account.Device{Name: "Máy quét số 3", Rights: []web.Right{web.Clerk}})
		h.must(err)
		for range 3 {
			if _, ok, err := elsewhere.DeviceOf(h.Context(), token); !ok || err != nil {
				t.Fatalf("%v, %v", ok, err)
			}
			if _, ok := h.whoDevice(token); !ok {
				t.Fatal("refused before it was revoked")
			}
		}
		var others sync.WaitGroup // they ask while it is revoked: nobody may put back what was read before
		for range 4 {
			others.Go(func() {
				for range 200 {
					if _, _, err := h.DeviceOf(h.Context(), token); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		h.must(h.RevokeDevice(h.Context(), by, d.ID))
		for range 200 {
			if _, ok := h.whoDevice(token); ok {
				t.Fatal("a revoked token opens on the node that revoked it")
			}
		}
		others.Wait()
		h.clock.move(account.DeviceFresh)
		if _, ok, err := elsewhere.DeviceOf(h.Context(), token); ok || err != nil {
			t.Fatalf("another node believes the token for longer than it may: %v, %v", ok, err)
		}
	})
}

func TestDeviceTokenEndsAfterItsLastDay(t *testing.T) {
	each(t, func(h *house) {
		_, token, err := h.AddDevice(h.Context(), by, account.Device{Name: "Máy mượn", Rights: []web.Right{web.Clerk}, Until: postal.MakeDay(2026, 11, 23)})
		h.must(err)
		if _, ok := h.whoDevice(token); !ok {
			t.Error("refused on its last day")
		}
		h.clock.move(24 * time.Hour)
		if _, ok := h.whoDevice(token); ok {
			t.Error("opens after its last day")
		}
	})
}

func TestUseOfADeviceIsWrittenAtMostOnceAMinute(t *testing.T) {
	each(t, func(h *house) {
		d, token, err := h.AddDevice(h.Context(), by, account.Device{Name: "Máy", Rights: []web.Right{web.Clerk}})
		h.must(err)
		used := func() int { return h.count(`SELECT COALESCE(used_ms, 0) FROM account_device WHERE id = $1`, d.ID) }
		if used() != 0 {
			t.Error("used before its first use")
		}
		h.whoDevice(token)
		first := used()
		h.clock.move(59 * time.Second)
		h.whoDevice(token)
		if first == 0 || used() != first {
			t.Errorf("used: %d, then %d", first, used())
		}
		h.clock.move(time.Second)
		h.whoDevice(token)
		if used() != first+60_000 {
			t.Error("not written after a minute")
		}
	})
}

func TestDevicesNeverCareForAccounts(t *testing.T) {
	each(t, func(h *house) {
		for _, rights := range [][]web.Right{nil, {web.Admin}, {web.Clerk, web.Manager}, {"king"}} {
			if _, _, err := h.AddDevice(h.Context(), by, account.Device{Name: "Máy", Rights: rights}); err == nil {
				t.Errorf("a device was given %v", rights)
			}
		}
	})
}

func TestSweepRemovesOnlyWhatIsOver(t *testing.T) {
	each(t, func(h *house) {
		h.signIn("quan.tri")
		_, err := h.SignIn(h.Context(), creds("khong.co", "sai mật khẩu rồi"))
		h.fails(err, "account.wrong")
		h.clock.move(100 * 24 * time.Hour)
		live := h.signIn("quan.tri")
		h.must(h.Sweep(h.Context()))
		if n := h.count(`SELECT count(*) FROM account_session`); n != 1 {
			t.Errorf("%d sessions left", n)
		}
		if _, ok := h.who(live.Token); !ok {
			t.Error("a living session was swept away")
		}
		if n := h.count(`SELECT count(*) FROM account_brake WHERE full_ms < $1`, h.clock.now().UnixMilli()); n != 0 {
			t.Errorf("%d cold brakes left", n)
		}
	})
}

func BenchmarkWho(b *testing.B) {
	s, err := account.New(b.Context(), sqltest.SQLite(b), box{}, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	roles := []web.Role{{Name: web.Clerk, Office: "180100"}, {Name: web.Supervisor, Office: "180100"}}
	if _, _, err := s.Add(b.Context(), by, account.NewPerson{Login: "giao.dich", Name: "Đỗ Giao Dịch", Roles: roles, Password: password}); err != nil {
		b.Fatal(err)
	}
	o, err := s.SignIn(b.Context(), creds("giao.dich", password))
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "citypost", Value: o.Token})
	for b.Loop() {
		if _, ok, err := s.Who(r); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
