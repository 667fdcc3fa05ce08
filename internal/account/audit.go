package account

import (
	"context"
	"fmt"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// Action names a change; the text is stored, so it stays for ever.
type Action string

// The actions that are written down.
const (
	SignedIn          Action = "signed_in"
	SignInRefused     Action = "sign_in_refused"
	SignedOut         Action = "signed_out"
	Proved            Action = "proved"
	Confirmed         Action = "confirmed"
	RoleChosen        Action = "role_chosen"
	AccountAdded      Action = "account_added"
	AccountDisabled   Action = "account_disabled"
	AccountEnabled    Action = "account_enabled"
	RoleGranted       Action = "role_granted"
	RoleEnded         Action = "role_ended"
	PasswordChanged   Action = "password_changed"
	PasswordReset     Action = "password_reset"
	SecondFactorOn    Action = "second_factor_on"
	SecondFactorOff   Action = "second_factor_off"
	RecoveryCodeUsed  Action = "recovery_code_used"
	RecoveryCodesMade Action = "recovery_codes_made"
	SessionEnded      Action = "session_ended"
	DeviceAdded       Action = "device_added"
	DeviceRevoked     Action = "device_revoked"
)

var actionWords = map[Action][2]string{
	SignedIn:          {"Đăng nhập", "Signed in"},
	SignInRefused:     {"Đăng nhập bị từ chối", "Sign-in refused"},
	SignedOut:         {"Đăng xuất", "Signed out"},
	Proved:            {"Ký tại màn hình của người khác", "Proved at another's screen"},
	Confirmed:         {"Ký xác nhận, là người thứ hai", "Confirmed as the second person"},
	RoleChosen:        {"Đổi vai trò đang dùng", "Changed role in use"},
	AccountAdded:      {"Tạo tài khoản", "Account created"},
	AccountDisabled:   {"Khoá tài khoản", "Account disabled"},
	AccountEnabled:    {"Mở lại tài khoản", "Account enabled again"},
	RoleGranted:       {"Cấp vai trò", "Role granted"},
	RoleEnded:         {"Thu hồi vai trò", "Role ended"},
	PasswordChanged:   {"Tự đổi mật khẩu", "Changed own password"},
	PasswordReset:     {"Đặt lại mật khẩu", "Password reset"},
	SecondFactorOn:    {"Bật mã xác thực", "Second factor on"},
	SecondFactorOff:   {"Tắt mã xác thực", "Second factor off"},
	RecoveryCodeUsed:  {"Dùng mã dự phòng", "Recovery code used"},
	RecoveryCodesMade: {"Tạo mã dự phòng mới", "New recovery codes"},
	SessionEnded:      {"Kết thúc phiên", "Session ended"},
	DeviceAdded:       {"Cấp mã cho thiết bị", "Device token issued"},
	DeviceRevoked:     {"Thu hồi mã thiết bị", "Device token revoked"},
}

// In names the action in the language asked for.
func (a Action) In(lang string) string {
	w, ok := actionWords[a]
	switch {
	case !ok:
		return string(a)
	case lang == "en":
		return w[1]
	}
	return w[0]
}

// note writes one line of the audit in the transaction that makes the change, and one of the second person who confirmed it.
func (s *Service) note(ctx context.Context, q sqldb.Querier, by Actor, action Action, subject, detail string) error {
	if _, err := q.ExecContext(ctx, `INSERT INTO account_audit(at_ms, actor, role, subject, action, detail, address) VALUES($1, $2, $3, $4, $5, $6, $7)`,
		s.nowMS(), by.ID, string(by.Role), subject, string(action), detail, by.Address); err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	if by.Second == "" {
		return nil
	}
	return s.note(ctx, q, Actor{ID: by.Second, Role: web.SecurityOfficer, Address: by.Address}, Confirmed, subject, string(action)+" "+by.ID)
}

// AuditLine is one change, as it was written.
type AuditLine struct {
	ID      int64
	AtMS    int64
	Actor   string
	Role    web.Right
	Subject string
	Action  Action
	Detail  string
	Address string
}

// AuditQuery asks for part of the audit, newest first.
type AuditQuery struct {
	Who    string // staff or device id, as actor or as subject; empty: everybody
	Before int64  // lines older than this id; 0: from the newest
	Limit  int
}

// Audit reads the audit.
func (s *Service) Audit(ctx context.Context, q AuditQuery) ([]AuditLine, error) {
	if q.Limit <= 0 || q.Limit > 500 {
		return nil, fault.New(fault.Invalid, "account.audit_limit", "Số dòng phải từ 1 đến 500.", "Ask for 1 to 500 lines.")
	}
	if q.Before == 0 {
		q.Before = 1<<63 - 1
	}
	const columns = `id, at_ms, actor, role, subject, action, detail, address`
	query, args := `SELECT `+columns+` FROM account_audit WHERE id < $1 ORDER BY id DESC LIMIT $2`, []any{q.Before, q.Limit}
	if q.Who != "" { // two questions in one, so that each finds its index
		query = `SELECT ` + columns + ` FROM account_audit WHERE subject = $3 AND id < $1
			UNION SELECT ` + columns + ` FROM account_audit WHERE actor = $3 AND id < $1 ORDER BY id DESC LIMIT $2`
		args = append(args, q.Who)
	}
	rows, err := s.DB.Read().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []AuditLine
	for rows.Next() {
		var l AuditLine
		if err := rows.Scan(&l.ID, &l.AtMS, &l.Actor, &l.Role, &l.Subject, &l.Action, &l.Detail, &l.Address); err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

// ActorOf is the signed-in person behind a change.
func ActorOf(p web.Person, address string) Actor {
	return Actor{ID: string(p.ID), Role: p.Acting.Name, Address: address}
}

// Names gives the name behind each staff id, for lists; unknown ids are absent.
func (s *Service) Names(ctx context.Context, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	const most = 500
	for len(ids) > 0 {
		part := ids[:min(most, len(ids))]
		ids = ids[len(part):]
		if err := s.addNames(ctx, part, names); err != nil {
			return nil, fmt.Errorf("names of staff: %w", err)
		}
	}
	return names, nil
}

func (s *Service) addNames(ctx context.Context, ids []string, into map[string]string) error {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT id, name FROM account WHERE id IN (`+sqldb.List(1, len(ids))+`)`, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id postal.StaffID
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		into[string(id)] = name
	}
	return rows.Err()
}
