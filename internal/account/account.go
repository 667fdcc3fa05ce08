package account

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

//go:embed schema
var schema embed.FS

// Sealer keeps small secrets safe at rest. The house key of package privacy is one.
type Sealer interface {
	// Seal hides plain so that only Open with the same context gives it back.
	Seal(context string, plain []byte) ([]byte, error)
	// Open fails on anything that was not sealed in this context.
	Open(context string, sealed []byte) ([]byte, error)
	// Blind makes the same bytes for the same field and value, and tells nothing about the value.
	Blind(field, value string) []byte
}

// Office is one line of an office picker.
type Office struct {
	Code postal.OfficeCode
	Name string
}

// OfficeBook lists the offices that a role or a device can be bound to.
type OfficeBook interface {
	Offices(ctx context.Context) ([]Office, error)
}

// Service is the sign-in of one house. Make it with New and set the other fields before serving.
type Service struct {
	DB    *sqldb.DB
	House Sealer
	Now   func() time.Time

	Log        *slog.Logger  // nil: slog.Default
	Secure     bool          // reached by TLS at a proxy before us; as web.Site.Secure
	Offices    OfficeBook    // nil: any six digits are an office
	Idle       time.Duration // a session unused for so long has ended
	Longest    time.Duration // and so has one of this age
	Issuer     string        // our name in the authenticator app
	Closed     bool          // a closed house: it has roles of its own
	AllowPlain bool          // take passwords over plain HTTP from other machines: only inside a network that nobody else is on

	hashing *hashing
	devices deviceCache
}

// New brings the tables up to date. Sessions end after an hour unused and after twelve hours, which is one long shift.
func New(ctx context.Context, db *sqldb.DB, house Sealer, now func() time.Time) (*Service, error) {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	if err := sqldb.Migrate(ctx, db, "account", sub); err != nil {
		return nil, err
	}
	return &Service{DB: db, House: house, Now: now, Idle: time.Hour, Longest: 12 * time.Hour, Issuer: "citypost",
		hashing: newHashing(fullCost)}, nil
}

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

func (s *Service) nowMS() int64 { return s.Now().UnixMilli() }

func (s *Service) today() string { return postal.DayOf(s.Now()).String() }

// Account is one person who may sign in.
type Account struct {
	ID           postal.StaffID
	Login        string
	Name         string
	Office       postal.OfficeCode // home office, may be empty
	Phone        string            // may be empty
	MustChange   bool              // the password is a one-time password
	SecondFactor bool
	CreatedMS    int64
	CreatedBy    string
	DisabledMS   int64 // 0: may sign in
}

// Disabled reports whether the account is closed.
func (a Account) Disabled() bool { return a.DisabledMS != 0 }

// Grant is a role given to a person, in force, ended, or over because its last day has passed.
type Grant struct {
	ID        int64
	Role      web.Role
	GrantedMS int64
	GrantedBy string
	EndedMS   int64 // 0: not ended by anybody
	EndedBy   string
}

// InForce reports whether the grant holds on a day.
func (g Grant) InForce(on postal.Day) bool {
	return g.EndedMS == 0 && (g.Role.Until.IsZero() || !g.Role.Until.Before(on))
}

// Grantable lists the roles that a person can be given, in the closed house or in the open one: neither knows the other's.
func Grantable(closed bool) []web.Right {
	if closed {
		return append(web.ClosedRights(), web.Admin)
	}
	return []web.Right{web.Clerk, web.Supervisor, web.Carrier, web.Driver, web.Dispatcher, web.Planner, web.Manager,
		web.Department, web.AgencyOfficer, web.Admin}
}

// Actor is who makes a change, as the audit writes it.
type Actor struct {
	ID      string    // staff id, or Command
	Role    web.Right // the role in use
	Address string
	Second  string // staff id of the security officer who confirmed it, in a closed house
}

// Command is the actor of the command line: whoever holds the machine.
const Command = "command"

const maxName = 120 // letters; the longest names on identity papers are far shorter

var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,30}[a-z0-9]$`)

// ParseLogin reads a login: 3 to 32 of a–z, 0–9, dot, dash and underscore; capitals are made small.
func ParseLogin(text string) (string, error) {
	login := strings.ToLower(strings.TrimSpace(text))
	if login == "" {
		return "", fault.New(fault.Invalid, "account.no_login", "Hãy đặt tên đăng nhập.", "Give a login.").At("login")
	}
	if !loginShape.MatchString(login) {
		return "", fault.New(fault.Invalid, "account.login",
			"Tên đăng nhập gồm 3 đến 32 ký tự: chữ không dấu a–z, chữ số, dấu chấm, gạch ngang hoặc gạch dưới; bắt đầu và kết thúc bằng chữ hoặc số.",
			"A login has 3 to 32 characters: letters a–z, digits, dot, dash or underscore; it begins and ends with a letter or digit.").At("login")
	}
	return login, nil
}

// parseRole checks that a role may be given in the house.
func parseRole(name string, closed bool) (web.Right, error) {
	grantable := Grantable(closed)
	if r := web.Right(name); slices.Contains(grantable, r) {
		return r, nil
	}
	if name == "" {
		return "", fault.New(fault.Invalid, "account.no_role", "Hãy chọn vai trò.", "Choose a role.").At("role")
	}
	names := make([]string, 0, len(grantable))
	for _, r := range grantable {
		names = append(names, string(r))
	}
	return "", fault.New(fault.Invalid, "account.role", "Không có vai trò “%[1]s”. Các vai trò: %[2]s.",
		"There is no role “%[1]s”. The roles are: %[2]s.", name, strings.Join(names, ", ")).At("role")
}

// RoleText writes a role as commands and the audit do: name, then "@" and the office or agency unless everywhere, then ":" and the last day unless
// none: "driver@180100:2026-12-31".
func RoleText(r web.Role) string {
	text := string(r.Name)
	if r.Office != "" {
		text += "@" + string(r.Office)
	}
	if !r.Until.IsZero() {
		text += ":" + r.Until.String()
	}
	return text
}

// parseRoleText reads what RoleText writes.
func parseRoleText(text string, closed bool) (r web.Role, err error) {
	if at := strings.LastIndex(text, ":"); at >= 0 && !strings.HasSuffix(text[:at], "@agency") { // the colon of "agency:so-tu-phap" is none of ours
		if r.Until, err = postal.ParseDay(text[at+1:]); err != nil {
			return r, err
		}
		text = text[:at]
	}
	name, office, bound := strings.Cut(text, "@")
	if bound {
		if r.Office, err = postal.ParseDesk(office); err != nil {
			return r, err
		}
	}
	r.Name, err = parseRole(name, closed)
	return r, err
}

const accountColumns = `id, login, name, office, phone, must_change, CASE WHEN totp IS NULL THEN 0 ELSE 1 END, created_ms, created_by, COALESCE(disabled_ms, 0)`

type scanner interface{ Scan(into ...any) error }

func scanAccount(row scanner, more ...any) (Account, error) {
	var a Account
	err := row.Scan(append([]any{&a.ID, &a.Login, &a.Name, &a.Office, &a.Phone, &a.MustChange, &a.SecondFactor, &a.CreatedMS, &a.CreatedBy, &a.DisabledMS}, more...)...)
	return a, err
}

// Find gives one account; an unknown id is NotFound.
func (s *Service) Find(ctx context.Context, id postal.StaffID) (Account, error) {
	return find(ctx, s.DB.Read(), `id = $1`, string(id))
}

// FindLogin gives the account with a login; an unknown one is NotFound.
func (s *Service) FindLogin(ctx context.Context, login string) (Account, error) {
	return find(ctx, s.DB.Read(), `login = $1`, strings.ToLower(login))
}

func find(ctx context.Context, q sqldb.Querier, where string, arg any) (Account, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, `SELECT `+accountColumns+` FROM account WHERE `+where, arg))
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.New(fault.NotFound, "account.unknown", "Không có tài khoản này.", "There is no such account.")
	}
	if err != nil {
		return a, fmt.Errorf("find account: %w", err)
	}
	return a, nil
}

// Listed is an account with the roles in force, as lists show it.
type Listed struct {
	Account
	Grants []Grant // in force today
}

// List gives all accounts, by the last word of the name as Vietnamese staff lists are sorted. A house has at most some thousands.
func (s *Service) List(ctx context.Context) ([]Listed, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT `+accountColumns+` FROM account ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []Listed
	at := map[postal.StaffID]int{}
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		at[a.ID] = len(list)
		list = append(list, Listed{Account: a})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	if err := s.addGrants(ctx, list, at); err != nil {
		return nil, err
	}
	keys := make(map[postal.StaffID][]byte, len(list))
	for _, l := range list {
		keys[l.ID] = postal.NameKey(l.Name)
	}
	slices.SortStableFunc(list, func(a, b Listed) int { return bytes.Compare(keys[a.ID], keys[b.ID]) })
	return list, nil
}

func (s *Service) addGrants(ctx context.Context, list []Listed, at map[postal.StaffID]int) error {
	today := postal.DayOf(s.Now())
	return s.eachGrant(ctx, s.DB.Read(), `ended_ms IS NULL`, func(account postal.StaffID, g Grant) {
		if i, ok := at[account]; ok && g.InForce(today) {
			list[i].Grants = append(list[i].Grants, g)
		}
	})
}

// Grants gives every role a person ever had, newest first.
func (s *Service) Grants(ctx context.Context, id postal.StaffID) ([]Grant, error) {
	var list []Grant
	err := s.eachGrant(ctx, s.DB.Read(), `account = $1`, func(_ postal.StaffID, g Grant) { list = append(list, g) }, string(id))
	slices.Reverse(list)
	return list, err
}

// inForce gives the roles that a person holds today.
func (s *Service) inForce(ctx context.Context, id postal.StaffID) ([]Grant, error) {
	today := postal.DayOf(s.Now())
	all, err := s.Grants(ctx, id)
	return slices.DeleteFunc(all, func(g Grant) bool { return !g.InForce(today) }), err
}

func (s *Service) eachGrant(ctx context.Context, q sqldb.Querier, where string, do func(postal.StaffID, Grant), args ...any) error {
	rows, err := q.QueryContext(ctx, `SELECT account, id, role, office, until_day, granted_ms, granted_by, COALESCE(ended_ms, 0), COALESCE(ended_by, '')
		FROM account_grant WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var account postal.StaffID
		var g Grant
		var until string
		if err := rows.Scan(&account, &g.ID, &g.Role.Name, &g.Role.Office, &until, &g.GrantedMS, &g.GrantedBy, &g.EndedMS, &g.EndedBy); err != nil {
			return fmt.Errorf("read roles: %w", err)
		}
		if g.Role.Until, err = readDay(until); err != nil {
			return fmt.Errorf("read roles: %w", err)
		}
		do(account, g)
	}
	return rows.Err()
}

// readDay reads a day as kept: "2026-12-31", which sorts as text; the empty text is "no end".
func readDay(text string) (postal.Day, error) {
	if text == "" {
		return postal.Day{}, nil
	}
	return postal.ParseDay(text)
}
