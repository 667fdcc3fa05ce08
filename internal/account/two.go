package account

import (
	"context"
	"database/sql"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// In a closed house nobody is two persons: what lets somebody sign in or act is done by an administrator and confirmed by a security officer, who signs on the same
// form. The command line asks for nobody else: whoever uses it has unlocked the house.

// alone are the roles of a closed house that join no other in one account: who makes accounts, and who keeps papers and assigns.
var alone = []web.Right{web.Admin, web.SecurityOfficer}

// apart refuses a role beside one that it is never joined with in a closed house.
func (s *Service) apart(ctx context.Context, tx *sql.Tx, id postal.StaffID, r web.Role) error {
	if !s.Closed {
		return nil
	}
	today := postal.DayOf(s.Now())
	var other web.Right
	if err := s.eachGrant(ctx, tx, `account = $1 AND ended_ms IS NULL`, func(_ postal.StaffID, g Grant) {
		if g.InForce(today) && g.Role.Name != r.Name && (slices.Contains(alone, r.Name) || slices.Contains(alone, g.Role.Name)) {
			other = g.Role.Name
		}
	}, string(id)); err != nil || other == "" {
		return err
	}
	return fault.New(fault.Conflict, "account.roles_apart", "“%[1]s” không đi cùng “%[2]s” trong một tài khoản: quản trị viên và cán bộ bảo mật không giữ vai trò nào khác. Hãy cấp cho người khác.",
		"“%[3]s” does not join “%[4]s” in one account: an administrator and a security officer hold no other role. Give it to another person.",
		r.Name.In("vi"), other.In("vi"), r.Name.In("en"), other.In("en")).At("role")
}

// notOwn refuses what somebody does to his own account where he does it to others.
func (s *Service) notOwn(by Actor, id postal.StaffID) error {
	if !s.Closed || by.ID != string(id) {
		return nil
	}
	return fault.New(fault.Forbidden, "account.own_account", "Không ai tự đổi vai trò hoặc tự đặt lại cách đăng nhập của mình ở đây. Việc này của một quản trị viên khác; mật khẩu của mình thì đổi ở trang “Tài khoản của tôi”.",
		"Nobody changes his own roles or resets his own sign-in here. Another administrator does it; your own password you change on the page “My account”.")
}

// twoPersons refuses what one person does alone in a closed house.
func (s *Service) twoPersons(by Actor, id postal.StaffID) error {
	if !s.Closed || by.ID == Command {
		return nil
	}
	if err := s.notOwn(by, id); err != nil {
		return err
	}
	switch by.Second {
	case "":
		return fault.New(fault.Forbidden, "account.second_missing", "Việc này phải có hai người: cán bộ bảo mật ký bằng tên đăng nhập và mật khẩu của mình. Chưa có ai ký.",
			"This takes two persons: a security officer signs with login and password of his own. Nobody has signed.")
	case by.ID, string(id):
		return fault.New(fault.Forbidden, "account.second_same", "Người ký phải là một người khác, không phải quản trị viên đang làm và không phải chủ tài khoản này.",
			"The one who signs must be somebody else: neither the administrator at work nor the owner of this account.")
	}
	return nil
}

// Countersign lets a security officer sign what an administrator is about to do, with the brakes of the sign-in. The actor comes back with both.
func (s *Service) Countersign(ctx context.Context, by Actor, c Credentials, code string) (Actor, error) {
	if strings.TrimSpace(c.Login) == "" {
		return by, s.twoPersons(by, "")
	}
	p, err := s.Prove(ctx, c, code)
	if err != nil {
		return by, err
	}
	if !slices.ContainsFunc(p.Roles, func(r web.Role) bool { return r.Name == web.SecurityOfficer }) {
		return by, fault.New(fault.Forbidden, "account.second_role", "Người ký không phải là cán bộ bảo mật.", "The one who signed is no security officer.")
	}
	by.Second = string(p.ID)
	return by, nil
}

// Fields by which the security officer signs begin with one of these, by the form they stand on.
const (
	secondField     = "second"
	secondCareField = "second_care"
)

// confirmed is who does something to an account (empty: to a new one), with the security officer who signed on the form; the form says why not. The open house asks for nobody.
func (g *pages) confirmed(r *http.Request, f *web.Form, base string, id postal.StaffID) (Actor, error) {
	by := g.actor(r)
	if !g.Closed {
		return by, nil
	}
	if err := g.notOwn(by, id); err != nil {
		return by, f.Refuse(err)
	}
	c := Credentials{Login: f.Value(base + "_login"), Password: r.PostForm.Get(base + "_password"), Address: web.AddressOf(r), Agent: r.UserAgent()}
	by, err := g.Countersign(r.Context(), by, c, f.Value(base+"_code"))
	if err == nil {
		err = g.twoPersons(by, id)
	}
	e, ok := fault.From(err)
	if !ok {
		return by, err
	}
	at := base + "_login"
	if e.Code == wrongCodeCode {
		at = base + "_code"
	}
	return by, f.Refuse(e.At(at))
}
