package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// NewPerson is what an account starts with.
type NewPerson struct {
	Login  string
	Name   string
	Office postal.OfficeCode // home office, may be empty
	Phone  string            // may be empty; the page and the command read it with postal.ParsePhone
	Roles  []web.Role
	// Password is empty for people: they get a one-time password and choose their own. A made-up house for showing sets it.
	Password string
}

// Add makes an account and gives back the one-time password, which is shown once and kept nowhere.
func (s *Service) Add(ctx context.Context, by Actor, n NewPerson) (Account, string, error) {
	login, err := ParseLogin(n.Login)
	if err != nil {
		return Account{}, "", err
	}
	if err := checkName(n.Name); err != nil {
		return Account{}, "", err
	}
	if err := s.checkRoles(ctx, n); err != nil {
		return Account{}, "", err
	}
	if err := s.twoPersons(by, ""); err != nil {
		return Account{}, "", err
	}
	password, mustChange, err := firstPassword(login, n.Password)
	if err != nil {
		return Account{}, "", err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return Account{}, "", err
	}
	a := Account{Login: login, Name: n.Name, Office: n.Office, Phone: n.Phone, MustChange: mustChange, CreatedMS: s.nowMS(), CreatedBy: by.ID}
	// A number may be taken: with 22 million of them a second or third draw is free.
	for range 5 {
		if a.ID, err = newStaffID(); err != nil {
			return Account{}, "", err
		}
		err = s.DB.Tx(ctx, func(tx *sql.Tx) error { return s.insert(ctx, tx, by, a, hash, n.Roles) })
		if !sqldb.IsUnique(err) {
			break
		}
	}
	return a, password, err
}

func newStaffID() (postal.StaffID, error) {
	code, err := spell(1, 6)
	return postal.StaffID("nv-" + code), err
}

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		return fault.New(fault.Invalid, "account.name", "Hãy ghi họ, chữ đệm và tên (tối đa %d ký tự).", "Give the full name (at most %d characters).", maxName).At("name")
	}
	return nil
}

func firstPassword(login, given string) (password string, mustChange bool, err error) {
	if given != "" {
		return given, false, checkPassword(login, given)
	}
	password, err = oneTimePassword()
	return password, true, err
}

func (s *Service) checkRoles(ctx context.Context, n NewPerson) error {
	if n.Office.Agency() != "" {
		return fault.New(fault.Invalid, "account.home_agency", "Nơi làm việc phải là bưu cục; cơ quan chỉ là phạm vi của vai trò.", "The home office is one of ours; an agency is the scope of a role.").At("home")
	}
	if err := s.CheckOffice(ctx, n.Office); err != nil {
		return err
	}
	for _, r := range n.Roles {
		if err := s.checkRole(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) checkRole(ctx context.Context, r web.Role) error {
	if _, err := parseRole(string(r.Name), s.Closed); err != nil {
		return err
	}
	if !r.Until.IsZero() && r.Until.Before(postal.DayOf(s.Now())) {
		return fault.New(fault.Invalid, "account.until_past", "Ngày hết hạn đã qua.", "The last day is already over.").At("until")
	}
	if isAgency := r.Office.Agency() != ""; isAgency != (r.Name == web.AgencyOfficer) {
		return fault.New(fault.Invalid, "account.agency_scope",
			"Cán bộ cơ quan phải gắn với một cơ quan; vai trò khác gắn với bưu cục.", "An agency's officer is bound to an agency; the other roles to an office.").At("office")
	}
	return s.CheckOffice(ctx, r.Office)
}

// CheckOffice refuses an office that does not work today. An empty one, and agencies, pass.
func (s *Service) CheckOffice(ctx context.Context, code postal.OfficeCode) error {
	if code == "" {
		return nil
	}
	if _, err := postal.ParseDesk(string(code)); err != nil {
		return err
	}
	if s.Offices == nil || code.Agency() != "" { // agencies are not in the book of offices; what they may do, they prove by their code
		return nil
	}
	offices, err := s.Offices.Offices(ctx)
	if err != nil {
		return fmt.Errorf("list offices: %w", err)
	}
	for _, o := range offices {
		if o.Code == code {
			return nil
		}
	}
	return fault.New(fault.Invalid, "account.office", "Hôm nay không có bưu cục hoặc cơ quan %s. Xem lại mã; bưu cục mới nạp chỉ có từ ngày bắt đầu của nó.", "There is no office or agency %s today. Look at the code; an office that was taken in exists from its first day on.", string(code)).At("office")
}

func (s *Service) insert(ctx context.Context, tx *sql.Tx, by Actor, a Account, hash string, roles []web.Role) error {
	var taken int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM account WHERE login = $1`, a.Login).Scan(&taken); err != nil {
		return fmt.Errorf("look for login: %w", err)
	}
	if taken > 0 {
		return fault.New(fault.Conflict, "account.login_taken", "Tên đăng nhập “%s” đã có người dùng.", "The login “%s” is taken.", a.Login).At("login")
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO account(id, login, name, office, phone, password, password_ms, must_change, created_ms, created_by)
		VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(a.ID), a.Login, a.Name, string(a.Office), a.Phone, hash, a.CreatedMS, a.MustChange,
		a.CreatedMS, a.CreatedBy); err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	if err := s.note(ctx, tx, by, AccountAdded, string(a.ID), a.Login); err != nil {
		return err
	}
	for _, r := range roles {
		if err := s.give(ctx, tx, by, a.ID, r); err != nil {
			return err
		}
	}
	return nil
}

// Give grants a role. The same role for the same office while it is in force is a Conflict: end it first to change its last day.
func (s *Service) Give(ctx context.Context, by Actor, id postal.StaffID, r web.Role) error {
	if err := s.checkRole(ctx, r); err != nil {
		return err
	}
	if err := s.twoPersons(by, id); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := find(ctx, tx, `id = $1`, string(id)); err != nil {
			return err
		}
		return s.give(ctx, tx, by, id, r)
	})
}

func (s *Service) give(ctx context.Context, tx *sql.Tx, by Actor, id postal.StaffID, r web.Role) error {
	var same int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM account_grant WHERE account = $1 AND role = $2 AND office = $3 AND ended_ms IS NULL
		AND (until_day = '' OR until_day >= $4)`, string(id), string(r.Name), string(r.Office), s.today()).Scan(&same); err != nil {
		return fmt.Errorf("look for role: %w", err)
	}
	if same > 0 {
		return fault.New(fault.Conflict, "account.role_held", "Người này đang có vai trò đó. Muốn đổi ngày hết hạn, hãy thu hồi rồi cấp lại.",
			"This person holds that role already. To change its last day, end it and grant it again.").At("role")
	}
	if err := s.apart(ctx, tx, id, r); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO account_grant(account, role, office, until_day, granted_ms, granted_by) VALUES($1, $2, $3, $4, $5, $6)`,
		string(id), string(r.Name), string(r.Office), r.Until.String(), s.nowMS(), by.ID); err != nil {
		return fmt.Errorf("grant role: %w", err)
	}
	return s.note(ctx, tx, by, RoleGranted, string(id), RoleText(r))
}

// End takes a role back, at once and on every node. Ending an ended role is harmless.
func (s *Service) End(ctx context.Context, by Actor, id postal.StaffID, grant int64) error {
	if err := s.notOwn(by, id); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		var r web.Role
		err := tx.QueryRowContext(ctx, `SELECT role, office FROM account_grant WHERE id = $1 AND account = $2`, grant, string(id)).Scan(&r.Name, &r.Office)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "account.no_grant", "Người này không có vai trò đó.", "This person does not hold that role.")
		}
		if err != nil {
			return fmt.Errorf("find role: %w", err)
		}
		done, err := tx.ExecContext(ctx, `UPDATE account_grant SET ended_ms = $2, ended_by = $3 WHERE id = $1 AND ended_ms IS NULL`, grant, s.nowMS(), by.ID)
		if err != nil {
			return fmt.Errorf("end role: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if err := s.keepOneAdmin(ctx, tx); err != nil {
			return err
		}
		return s.note(ctx, tx, by, RoleEnded, string(id), RoleText(r))
	})
}

// keepOneAdmin refuses the change that would leave nobody to manage accounts. The command line can always add one.
func (s *Service) keepOneAdmin(ctx context.Context, tx *sql.Tx) error {
	var admins int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM account a JOIN account_grant g ON g.account = a.id
		WHERE a.disabled_ms IS NULL AND g.role = $1 AND g.ended_ms IS NULL AND (g.until_day = '' OR g.until_day >= $2)`,
		string(web.Admin), s.today()).Scan(&admins); err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if admins == 0 {
		return fault.New(fault.Conflict, "account.last_admin", "Đây là quản trị viên cuối cùng. Hãy cấp vai trò quản trị cho người khác trước.",
			"This is the last administrator. Give the role to somebody else first.")
	}
	return nil
}

// Disable closes an account: its sessions end at once, its roles stay as they were for the day it is opened again.
func (s *Service) Disable(ctx context.Context, by Actor, id postal.StaffID) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		a, err := find(ctx, tx, `id = $1`, string(id))
		if err != nil || a.Disabled() {
			return err
		}
		admin, err := s.isAdmin(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET disabled_ms = $2 WHERE id = $1`, string(id), s.nowMS()); err != nil {
			return fmt.Errorf("disable account: %w", err)
		}
		if admin {
			if err := s.keepOneAdmin(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.endAll(ctx, tx, id, ""); err != nil {
			return err
		}
		return s.note(ctx, tx, by, AccountDisabled, string(id), "")
	})
}

func (s *Service) isAdmin(ctx context.Context, tx *sql.Tx, id postal.StaffID) (admin bool, err error) {
	today := postal.DayOf(s.Now())
	err = s.eachGrant(ctx, tx, `account = $1 AND ended_ms IS NULL`, func(_ postal.StaffID, g Grant) {
		admin = admin || g.Role.Name == web.Admin && g.InForce(today)
	}, string(id))
	return admin, err
}

// Enable opens a disabled account again.
func (s *Service) Enable(ctx context.Context, by Actor, id postal.StaffID) error {
	if err := s.twoPersons(by, id); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		a, err := find(ctx, tx, `id = $1`, string(id))
		if err != nil || !a.Disabled() {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET disabled_ms = NULL WHERE id = $1`, string(id)); err != nil {
			return fmt.Errorf("enable account: %w", err)
		}
		return s.note(ctx, tx, by, AccountEnabled, string(id), "")
	})
}

// ResetPassword gives a one-time password, ends all sessions and forgets failed tries. The second factor stays.
func (s *Service) ResetPassword(ctx context.Context, by Actor, id postal.StaffID) (string, error) {
	if err := s.twoPersons(by, id); err != nil {
		return "", err
	}
	password, err := oneTimePassword()
	if err != nil {
		return "", err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return "", err
	}
	return password, s.DB.Tx(ctx, func(tx *sql.Tx) error {
		a, err := find(ctx, tx, `id = $1`, string(id))
		if err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, id, hash, true); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, id, ""); err != nil {
			return err
		}
		if err := s.release(ctx, tx, a.Login, string(id)); err != nil {
			return err
		}
		return s.note(ctx, tx, by, PasswordReset, string(id), "")
	})
}

func (s *Service) setPassword(ctx context.Context, tx *sql.Tx, id postal.StaffID, hash string, mustChange bool) error {
	if _, err := tx.ExecContext(ctx, `UPDATE account SET password = $2, password_ms = $3, must_change = $4 WHERE id = $1`,
		string(id), hash, s.nowMS(), mustChange); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// ChangePassword is what a signed-in person does with their own; their other sessions end.
func (s *Service) ChangePassword(ctx context.Context, by Actor, id postal.StaffID, session, old, fresh string) error {
	if err := s.confirmPassword(ctx, id, old); err != nil {
		return err
	}
	a, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	hash, err := s.freshHash(ctx, a.Login, old, fresh)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.setPassword(ctx, tx, id, hash, false); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, id, session); err != nil {
			return err
		}
		return s.note(ctx, tx, by, PasswordChanged, string(id), "")
	})
}

// freshHash judges a new password and hashes it.
func (s *Service) freshHash(ctx context.Context, login, old, fresh string) (string, error) {
	if err := checkPassword(login, fresh); err != nil {
		return "", err
	}
	if string(normal(fresh)) == string(normal(old)) {
		return "", weak("Mật khẩu mới phải khác mật khẩu cũ.", "The new password must differ from the old one.")
	}
	return s.hashing.hash(ctx, fresh)
}

// confirmPassword asks a signed-in person for the password once more before something serious.
func (s *Service) confirmPassword(ctx context.Context, id postal.StaffID, password string) error {
	stop := ownPasswordBrake(string(id))
	if err := s.pull(ctx, stop); err != nil {
		return err
	}
	var phc string
	if err := s.DB.Read().QueryRowContext(ctx, `SELECT password FROM account WHERE id = $1`, string(id)).Scan(&phc); err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	ok, err := s.hashing.matches(ctx, phc, password)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "account.wrong_password", "Mật khẩu hiện tại không đúng.", "The present password is wrong.").At("password")
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error { return s.ease(ctx, tx, stop) })
}
