package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/answer"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

func TestSamePersonMayNotHoldTheSameRoleTwice(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.Clerk, Office: "180100"})
		h.fails(h.Give(h.Context(), by, a.ID, web.Role{Name: web.Clerk, Office: "180100"}), "account.role_held")
		h.must(h.Give(h.Context(), by, a.ID, web.Role{Name: web.Clerk, Office: "180200"}))
	})
}

func TestOnlyKnownRolesAreGiven(t *testing.T) {
	each(t, func(h *house) {
		for _, name := range []web.Right{"king", web.Public, web.SignedIn, web.Staff, web.Device, web.AnyOf(web.Clerk, web.Admin)} {
			h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: name}), "account.role")
		}
		h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Office: "abc"}), "postal.office_code")
		h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Until: postal.MakeDay(2026, 11, 22)}), "account.until_past")
		h.fails(h.Give(h.Context(), by, "nv-khongco", web.Role{Name: web.Clerk}), "account.unknown")
	})
}

func TestRoleEndsAfterItsLastDay(t *testing.T) {
	each(t, func(h *house) {
		h.add("thoi.vu", "Ngô Thời Vụ", web.Role{Name: web.Carrier, Office: "180100", Until: postal.MakeDay(2026, 11, 23)})
		h.clock.move(15*time.Hour + 59*time.Minute) // 23:59 here
		o := h.signIn("thoi.vu")
		if p, ok := h.who(o.Token); !ok || !p.May(web.Carrier, "180100") {
			t.Errorf("on the last day: %+v, %v", p, ok)
		}
		h.clock.move(time.Minute)
		if p, ok := h.who(o.Token); !ok || p.May(web.Carrier, "180100") || len(p.Roles) != 0 {
			t.Errorf("after midnight: %+v, %v", p, ok)
		}
	})
}

func TestEndedRoleIsGoneAtOnceAndStaysOnRecord(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("hai.vai", "Bùi Hai Vai", web.Role{Name: web.Clerk, Office: "180100"}, web.Role{Name: web.Driver})
		o := h.signIn("hai.vai")
		grants, err := h.Grants(h.Context(), a.ID)
		h.must(err)
		if len(grants) != 2 || grants[0].Role.Name != web.Driver {
			t.Fatalf("%+v", grants)
		}
		for range 2 { // a second press is harmless
			h.must(h.End(h.Context(), account.Actor{ID: string(h.boss.ID), Role: web.Admin}, a.ID, grants[1].ID))
		}
		p, ok := h.who(o.Token)
		if !ok || p.May(web.Clerk, "") || !p.May(web.Driver, "") {
			t.Errorf("%+v, %v", p, ok)
		}
		grants, err = h.Grants(h.Context(), a.ID)
		h.must(err)
		if len(grants) != 2 || grants[1].EndedBy != string(h.boss.ID) || grants[1].EndedMS == 0 || grants[1].GrantedBy != account.Command {
			t.Errorf("%+v", grants)
		}
		h.fails(h.End(h.Context(), by, h.boss.ID, grants[0].ID), "account.no_grant") // somebody else's
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(h *house) {
		h.fails(h.Disable(h.Context(), by, h.boss.ID), "account.last_admin")
		grants, err := h.Grants(h.Context(), h.boss.ID)
		h.must(err)
		h.fails(h.End(h.Context(), by, h.boss.ID, grants[0].ID), "account.last_admin")
		if a, err := h.Find(h.Context(), h.boss.ID); err != nil || a.Disabled() {
			t.Errorf("%+v, %v", a, err)
		}
		h.add("pho.qt", "Hồ Phó Quản", web.Role{Name: web.Admin})
		h.must(h.Disable(h.Context(), by, h.boss.ID))
	})
}

func TestLoginsAreUniqueAndWellFormed(t *testing.T) {
	each(t, func(h *house) {
		_, _, err := h.Add(h.Context(), by, account.NewPerson{Login: "QUAN.TRI", Name: "Người Khác"})
		h.fails(err, "account.login_taken")
		for _, bad := range []string{"ab", "có dấu", ".abc", "abc.", "a b c", strings.Repeat("a", 33), "a@b.vn"} {
			_, _, err := h.Add(h.Context(), by, account.NewPerson{Login: bad, Name: "Ai Đó"})
			h.fails(err, "account.login")
		}
		_, _, err = h.Add(h.Context(), by, account.NewPerson{Login: "khong.ten"})
		h.fails(err, "account.name")
		if n := h.count(`SELECT count(*) FROM account`); n != 1 {
			t.Errorf("%d accounts", n)
		}
	})
}

func TestOfficesAreCheckedAgainstTheBook(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.Offices = book{{Code: "180100", Name: "Bưu cục Trung tâm"}}
	h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Office: "999999"}), "account.office")
	h.must(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Office: "180100"}))
}

type book []account.Office

func (b book) Offices(context.Context) ([]account.Office, error) { return b, nil }

func TestPeopleAreListedByGivenNameWithRolesInForce(t *testing.T) {
	each(t, func(h *house) {
		h.add("bac.nv", "Nguyễn Văn Bắc", web.Role{Name: web.Clerk, Office: "180100"})
		h.add("an.vt", "Vũ Thị An", web.Role{Name: web.Clerk, Office: "180100", Until: postal.MakeDay(2026, 11, 24)})
		h.clock.move(48 * time.Hour)
		list, err := h.List(h.Context())
		h.must(err)
		var names []string
		for _, l := range list {
			names = append(names, l.Name)
		}
		if got := strings.Join(names, ", "); got != "Vũ Thị An, Nguyễn Văn Bắc, Lê Thị Quản Trị" {
			t.Error(got)
		}
		if len(list[0].Grants) != 0 || len(list[1].Grants) != 1 {
			t.Errorf("roles in force: %+v", list)
		}
	})
}

func TestAuditCannotBeChangedOrDeleted(t *testing.T) {
	each(t, func(h *house) {
		for _, statement := range []string{`UPDATE account_audit SET detail = 'x'`, `DELETE FROM account_audit`} {
			if _, err := h.DB.Write().ExecContext(h.Context(), statement); err == nil || !strings.Contains(err.Error(), "append only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

func TestAuditIsReadInPagesNewestFirst(t *testing.T) {
	each(t, func(h *house) {
		for range 5 {
			h.signIn("quan.tri")
		}
		var ids []int64
		q := account.AuditQuery{Who: string(h.boss.ID), Limit: 3}
		for {
			lines, err := h.Audit(h.Context(), q)
			h.must(err)
			for _, l := range lines {
				ids = append(ids, l.ID)
			}
			if len(lines) < q.Limit {
				break
			}
			q.Before = lines[len(lines)-1].ID
		}
		if len(ids) != 7 { // made, given a role, five sign-ins
			t.Errorf("%d lines: %v", len(ids), ids)
		}
		for i := 1; i < len(ids); i++ {
			if ids[i] >= ids[i-1] {
				t.Errorf("not newest first: %v", ids)
			}
		}
	})
}

func TestEveryActionHasWordsInBothLanguages(t *testing.T) {
	for _, a := range []account.Action{account.SignedIn, account.SignInRefused, account.SignedOut, account.Proved, account.Confirmed, account.RoleChosen, account.AccountAdded,
		account.AccountDisabled, account.AccountEnabled, account.RoleGranted, account.RoleEnded, account.PasswordChanged, account.PasswordReset,
		account.SecondFactorOn, account.SecondFactorOff, account.RecoveryCodeUsed, account.RecoveryCodesMade, account.SessionEnded,
		account.DeviceAdded, account.DeviceRevoked} {
		if a.In("vi") == string(a) || a.In("en") == string(a) || a.In("vi") == a.In("en") {
			t.Errorf("%s: %q, %q", a, a.In("vi"), a.In("en"))
		}
	}
}

func TestCommandsManageAccounts(t *testing.T) {
	each(t, func(h *house) {
		var out bytes.Buffer
		h.must(h.AddCommand(h.Context(), &out, account.AddFlags{Login: "huong.nt", Name: "Nguyễn Thị Hương", Office: "180100", Phone: "0912 345 678",
			Roles: []string{"clerk@180100:31/12/2026", "supervisor@180100"}}, answer.Printing{JSON: true}))
		var made struct {
			Password string `json:"one_time_password"`
		}
		h.must(json.Unmarshal(out.Bytes(), &made))
		if _, err := h.SignIn(h.Context(), creds("huong.nt", made.Password)); err != nil {
			t.Error(err)
		}
		out.Reset()
		h.must(h.ListCommand(h.Context(), &out, answer.Printing{Lang: "en"}))
		if !strings.Contains(out.String(), "clerk@180100:2026-12-31 supervisor@180100") {
			t.Error(out.String())
		}
		out.Reset()
		h.must(h.PasswordCommand(h.Context(), &out, "huong.nt", true, answer.Printing{Lang: "en"}))
		if !strings.Contains(out.String(), "One-time password: ") || strings.Contains(out.String(), made.Password) {
			t.Error(out.String())
		}
		out.Reset()
		h.must(h.DisableCommand(h.Context(), &out, "huong.nt", answer.Printing{}))
		h.must(h.ListCommand(h.Context(), &out, answer.Printing{}))
		if !strings.Contains(out.String(), "đã khoá") {
			t.Error(out.String())
		}
		h.fails(h.DisableCommand(h.Context(), &out, "khong.co", answer.Printing{}), "account.unknown")
		h.fails(h.AddCommand(h.Context(), &out, account.AddFlags{Login: "ai.do", Name: "Ai", Roles: []string{"king"}}, answer.Printing{}), "account.role")
	})
}
