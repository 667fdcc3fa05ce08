package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// The stages of a session. Only a session without a stage is somebody signed in.
const (
	stageDone     = ""
	stageCode     = "code"     // password given, second factor missing
	stagePassword = "password" // one-time password given, own password missing
)

// unfinished is how long somebody may take between password and code.
const unfinished = 10 * time.Minute

// seenEvery keeps the note "last seen" from becoming a write for every page.
const seenEvery = time.Minute

// mostSessions of one account at a time; a new one ends the oldest. Nobody works at more places than this.
const mostSessions = 20

// Session is one sign-in on one device, as its owner sees it.
type Session struct {
	ID        string
	Address   string
	Agent     string
	CreatedMS int64
	SeenMS    int64
	ExpiresMS int64
}

// newToken makes the secret that a cookie or a device carries, and the hash that we keep.
func newToken() (token string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, tokenHash(token)
}

// tokenHash is a plain hash: a token has 256 random bits, so there is nothing to guess.
func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// live is a session row with its owner.
type live struct {
	id, stage  string
	grant      int64
	seenMS     int64
	expiresMS  int64
	account    postal.StaffID
	login      string
	name       string
	disabled   bool
	mustChange bool
	roles      []web.Role
	grants     []int64
}

// load finds the living session of a token together with the roles in force, in one question.
func (s *Service) load(ctx context.Context, q sqldb.Querier, token string) (*live, error) {
	rows, err := s.ask(ctx, q, sessionText, tokenHash(token), s.today())
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var l *live
	for rows.Next() {
		if l == nil {
			l = &live{}
		}
		var grant int64
		var r web.Role
		var until string
		if err := rows.Scan(&l.id, &l.stage, &l.grant, &l.seenMS, &l.expiresMS, &l.account, &l.login, &l.name, &l.disabled, &l.mustChange,
			&grant, &r.Name, &r.Office, &until); err != nil {
			return nil, fmt.Errorf("read session: %w", err)
		}
		if grant == 0 {
			continue
		}
		if r.Until, err = readDay(until); err != nil {
			return nil, fmt.Errorf("read session: %w", err)
		}
		l.roles, l.grants = append(l.roles, r), append(l.grants, grant)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	if l == nil || l.disabled || s.over(l) {
		return nil, nil
	}
	return l, nil
}

const sessionText = `SELECT s.id, s.stage, s.grant_id, s.seen_ms, s.expires_ms, a.id, a.login, a.name,
		a.disabled_ms IS NOT NULL, a.must_change, COALESCE(g.id, 0), COALESCE(g.role, ''), COALESCE(g.office, ''), COALESCE(g.until_day, '')
	FROM account_session s JOIN account a ON a.id = s.account
	LEFT JOIN account_grant g ON g.account = a.id AND g.ended_ms IS NULL AND (g.until_day = '' OR g.until_day >= $2)
	WHERE s.token = $1 AND s.ended_ms IS NULL ORDER BY g.id`

// ask puts a question that comes with every request: outside of a transaction it is kept prepared.
func (s *Service) ask(ctx context.Context, q sqldb.Querier, text string, args ...any) (*sql.Rows, error) {
	if q != sqldb.Querier(s.DB.Read()) {
		return q.QueryContext(ctx, text, args...)
	}
	stmt, err := s.DB.Ask(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (s *Service) over(l *live) bool {
	nowMS := s.nowMS()
	return nowMS >= l.expiresMS || nowMS-l.seenMS >= s.Idle.Milliseconds()
}

// person is who stands behind a session. The role in use is the chosen one while it is in force, else the first.
func (l *live) person() web.Person {
	p := web.Person{ID: l.account, Login: l.login, Name: l.name, Roles: l.roles, Session: l.id}
	for i, g := range l.grants {
		if i == 0 || g == l.grant {
			p.Acting = l.roles[i]
		}
	}
	return p
}

// Who implements web.Gate: the session cookie of a person, or the bearer token of a device.
func (s *Service) Who(r *http.Request) (web.Person, bool, error) {
	if token, ok := bearer(r); ok {
		return s.whoDevice(r.Context(), token)
	}
	token := s.cookie(r)
	if token == "" {
		return web.Person{}, false, nil
	}
	l, err := s.load(r.Context(), s.DB.Read(), token)
	if err != nil || l == nil || l.stage != stageDone {
		return web.Person{}, false, err
	}
	s.seen(r.Context(), l)
	return l.person(), true, nil
}

// HadSession implements web.Knower: the browser still carries the cookie of a session that is not in force.
func (s *Service) HadSession(r *http.Request) bool {
	token := s.cookie(r)
	if token == "" {
		return false
	}
	l, err := s.load(r.Context(), s.DB.Read(), token)
	return err == nil && l == nil
}

// SignOff implements web.Ender: the session of the request's cookie ends, and the browser forgets it.
func (s *Service) SignOff(w http.ResponseWriter, r *http.Request) error {
	if err := s.SignOut(r.Context(), s.cookie(r), web.AddressOf(r)); err != nil {
		return err
	}
	s.setCookie(w, r, "")
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return nil
}

// seen moves the idle limit. When it cannot be written (a full disk) people read on until the limit comes.
func (s *Service) seen(ctx context.Context, l *live) {
	nowMS := s.nowMS()
	if nowMS-l.seenMS < min(seenEvery, s.Idle/20).Milliseconds() {
		return
	}
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE account_session SET seen_ms = $2 WHERE id = $1 AND seen_ms < $2`, l.id, nowMS)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		s.log().WarnContext(ctx, "session not renewed", "session", l.id, "err", err)
	}
}

// start opens a session and ends the oldest ones over the limit.
func (s *Service) start(ctx context.Context, tx *sql.Tx, id postal.StaffID, stage, address, agent string) (Opened, error) {
	token, hash := newToken()
	nowMS := s.nowMS()
	o := Opened{Token: token, ID: sessionID(), Stage: stage}
	if _, err := tx.ExecContext(ctx, `INSERT INTO account_session(id, token, account, stage, grant_id, address, agent, created_ms, seen_ms, expires_ms)
		VALUES($1, $2, $3, $4, (SELECT last_grant FROM account WHERE id = $3), $5, $6, $7, $8, $9)`,
		o.ID, hash, string(id), stage, address, short(agent, 200), nowMS, nowMS, s.endOf(stage)); err != nil {
		return o, fmt.Errorf("open session: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE account_session SET ended_ms = $2 WHERE account = $1 AND ended_ms IS NULL AND id NOT IN
		(SELECT id FROM account_session WHERE account = $1 AND ended_ms IS NULL ORDER BY created_ms DESC, id LIMIT $3)`,
		string(id), nowMS, mostSessions); err != nil {
		return o, fmt.Errorf("end oldest sessions: %w", err)
	}
	return o, nil
}

// promote moves a session to its next stage under a new token, so that a token seen before the last step is worth nothing.
func (s *Service) promote(ctx context.Context, tx *sql.Tx, l *live, stage string) (Opened, error) {
	token, hash := newToken()
	done, err := tx.ExecContext(ctx, `UPDATE account_session SET token = $2, stage = $3, seen_ms = $4, expires_ms = $5
		WHERE id = $1 AND stage = $6 AND ended_ms IS NULL`, l.id, hash, stage, s.nowMS(), s.endOf(stage), l.stage)
	if err != nil {
		return Opened{}, fmt.Errorf("move session on: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return Opened{}, errors.Join(err, stale())
	}
	return Opened{Token: token, ID: l.id, Stage: stage}, nil
}

func (s *Service) endOf(stage string) int64 {
	if stage != stageDone {
		return s.nowMS() + unfinished.Milliseconds()
	}
	return s.nowMS() + s.Longest.Milliseconds()
}

func sessionID() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}

// Sessions lists where an account is signed in, newest first.
func (s *Service) Sessions(ctx context.Context, id postal.StaffID) ([]Session, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT id, address, agent, created_ms, seen_ms, expires_ms FROM account_session
		WHERE account = $1 AND ended_ms IS NULL AND stage = '' AND expires_ms > $2 AND seen_ms > $3 ORDER BY created_ms DESC, id`,
		string(id), s.nowMS(), s.nowMS()-s.Idle.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []Session
	for rows.Next() {
		var l Session
		if err := rows.Scan(&l.ID, &l.Address, &l.Agent, &l.CreatedMS, &l.SeenMS, &l.ExpiresMS); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

// EndSession ends one session of an account, at once. One that has ended already is no error.
func (s *Service) EndSession(ctx context.Context, by Actor, id postal.StaffID, session string) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE account_session SET ended_ms = $3 WHERE account = $1 AND id = $2 AND ended_ms IS NULL`,
			string(id), session, s.nowMS())
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.note(ctx, tx, by, SessionEnded, string(id), session)
	})
}

// EndSessions ends all sessions of an account but one (empty: all).
func (s *Service) EndSessions(ctx context.Context, by Actor, id postal.StaffID, but string) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.endAll(ctx, tx, id, but); err != nil {
			return err
		}
		detail := "all"
		if but != "" {
			detail = "all but " + but
		}
		return s.note(ctx, tx, by, SessionEnded, string(id), detail)
	})
}

func (s *Service) endAll(ctx context.Context, tx *sql.Tx, id postal.StaffID, but string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE account_session SET ended_ms = $2 WHERE account = $1 AND id <> $3 AND ended_ms IS NULL`,
		string(id), s.nowMS(), but); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Act chooses the role in use, openly: the header shows it and every act is written with it.
func (s *Service) Act(ctx context.Context, by Actor, id postal.StaffID, session string, grant int64) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		var role web.Role
		err := tx.QueryRowContext(ctx, `SELECT role, office FROM account_grant WHERE id = $1 AND account = $2 AND ended_ms IS NULL
			AND (until_day = '' OR until_day >= $3)`, grant, string(id), s.today()).Scan(&role.Name, &role.Office)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.Forbidden, "account.role_not_held", "Bạn không có, hoặc không còn, vai trò này.", "You do not hold this role, or no longer.")
		}
		if err != nil {
			return fmt.Errorf("choose role: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account_session SET grant_id = $2 WHERE id = $1 AND account = $3`, session, grant, string(id)); err != nil {
			return fmt.Errorf("choose role: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET last_grant = $2 WHERE id = $1`, string(id), grant); err != nil {
			return fmt.Errorf("remember role: %w", err)
		}
		return s.note(ctx, tx, by, RoleChosen, string(id), RoleText(role))
	})
}

// Sweep removes what nobody needs any more: sessions over for ninety days, and brakes that are cold. Run it daily.
func (s *Service) Sweep(ctx context.Context) error {
	const keep = 90 * 24 * time.Hour
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_session WHERE expires_ms < $1`, s.nowMS()-keep.Milliseconds()); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_brake WHERE full_ms < $1`, s.nowMS()); err != nil {
			return fmt.Errorf("sweep brakes: %w", err)
		}
		return nil
	})
}

// The cookie has two names: with TLS the browser itself guarantees that no other host and no plain connection set it.
const (
	secureCookie = "__Host-citypost"
	plainCookie  = "citypost"
)

func (s *Service) secure(r *http.Request) bool { return s.Secure || r.TLS != nil }

func (s *Service) cookieName(r *http.Request) string {
	if s.secure(r) {
		return secureCookie
	}
	return plainCookie
}

func (s *Service) cookie(r *http.Request) string {
	c, err := r.Cookie(s.cookieName(r))
	if err != nil || len(c.Value) != 43 {
		return ""
	}
	return c.Value
}

// setCookie hands over the token; the empty token takes it back. It ends with the browser, and with the session on our side.
func (s *Service) setCookie(w http.ResponseWriter, r *http.Request, token string) {
	c := &http.Cookie{Name: s.cookieName(r), Value: token, Path: "/", HttpOnly: true, Secure: s.secure(r), SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func stale() error {
	return fault.New(fault.Conflict, "account.stale", "Lần đăng nhập này đã hết hạn. Hãy đăng nhập lại từ đầu.", "This sign-in has run out. Start again.")
}
