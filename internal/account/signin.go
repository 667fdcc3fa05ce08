package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Credentials are what somebody brings to the door.
type Credentials struct {
	Login    string
	Password string
	Address  string // network address
	Agent    string // the browser's name for itself
}

// Opened is a session that has just moved on; the token goes into the cookie and nowhere else.
type Opened struct {
	Token string
	ID    string
	Stage string
}

// Done reports whether the person is signed in; otherwise a step is missing.
func (o Opened) Done() bool { return o.Stage == stageDone }

// SignIn checks a password. The answer to a wrong login and to a wrong password is the same and takes the same time.
func (s *Service) SignIn(ctx context.Context, c Credentials) (Opened, error) {
	login := strings.ToLower(strings.TrimSpace(c.Login))
	brakes := signInBrakes(login, c.Address)
	if err := s.pull(ctx, brakes...); err != nil {
		return Opened{}, err
	}
	who, err := s.candidate(ctx, login)
	if err != nil {
		return Opened{}, err
	}
	ok, err := s.hashing.matches(ctx, who.hash, c.Password)
	if err != nil {
		return Opened{}, err
	}
	if !ok {
		return Opened{}, s.refuse(ctx, who, c, "password", wrong())
	}
	if who.disabled { // told only to who knows the password
		return Opened{}, s.refuse(ctx, who, c, "disabled", closed())
	}
	return s.admit(ctx, who, c, brakes)
}

type candidate struct {
	id         postal.StaffID // empty: no such login
	hash       string
	code       bool
	mustChange bool
	disabled   bool
}

func (s *Service) candidate(ctx context.Context, login string) (c candidate, err error) {
	err = s.DB.Read().QueryRowContext(ctx, `SELECT id, password, totp IS NOT NULL, must_change, disabled_ms IS NOT NULL FROM account WHERE login = $1`, login).
		Scan(&c.id, &c.hash, &c.code, &c.mustChange, &c.disabled)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("find login: %w", err)
	}
	return c, nil
}

// refuse writes down a failed try, on a real account or not, which also takes the same time. What was typed as login is not
// kept: people type passwords there.
func (s *Service) refuse(ctx context.Context, who candidate, c Credentials, why string, answer error) error {
	return errors.Join(s.DB.Tx(ctx, func(tx *sql.Tx) error {
		return s.note(ctx, tx, Actor{Address: c.Address}, SignInRefused, string(who.id), why)
	}), answer)
}

func wrong() error {
	return fault.New(fault.Invalid, "account.wrong", "Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is wrong.").At("login")
}

func closed() error {
	return fault.New(fault.Forbidden, "account.disabled", "Tài khoản này đang bị khoá. Hãy liên hệ quản trị viên.", "This account is disabled. Ask an administrator.").At("login")
}

func (s *Service) admit(ctx context.Context, who candidate, c Credentials, brakes []brake) (Opened, error) {
	var fresh string
	if s.hashing.outdated(who.hash) {
		var err error
		if fresh, err = s.hashing.hash(ctx, c.Password); err != nil {
			return Opened{}, err
		}
	}
	var o Opened
	err := s.DB.Tx(ctx, func(tx *sql.Tx) (err error) {
		if err := s.ease(ctx, tx, brakes...); err != nil {
			return err
		}
		if fresh != "" {
			if _, err := tx.ExecContext(ctx, `UPDATE account SET password = $2 WHERE id = $1 AND password = $3`, string(who.id), fresh, who.hash); err != nil {
				return fmt.Errorf("renew password hash: %w", err)
			}
		}
		if o, err = s.start(ctx, tx, who.id, firstStage(who), c.Address, c.Agent); err != nil || !o.Done() {
			return err
		}
		return s.note(ctx, tx, Actor{ID: string(who.id), Address: c.Address}, SignedIn, string(who.id), o.ID)
	})
	return o, err
}

func firstStage(who candidate) string {
	switch {
	case who.code:
		return stageCode
	case who.mustChange:
		return stagePassword
	}
	return stageDone
}

// pending finds the unfinished sign-in of a token.
func (s *Service) pending(ctx context.Context, token, stage string) (*live, error) {
	l, err := s.load(ctx, s.DB.Read(), token)
	if err == nil && (l == nil || l.stage != stage) {
		err = stale()
	}
	return l, err
}

// EnterCode is the second step: six digits from the authenticator, or a recovery code.
func (s *Service) EnterCode(ctx context.Context, token, code, address string) (Opened, error) {
	l, err := s.pending(ctx, token, stageCode)
	if err != nil {
		return Opened{}, err
	}
	stop := codeBrake(string(l.account))
	if err := s.pull(ctx, stop); err != nil {
		return Opened{}, err
	}
	by := Actor{ID: string(l.account), Address: address}
	var o Opened
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.spendCode(ctx, tx, by, l.account, code); err != nil {
			return err
		}
		if err := s.ease(ctx, tx, stop); err != nil {
			return err
		}
		next := stageDone
		if l.mustChange {
			next = stagePassword
		}
		if o, err = s.promote(ctx, tx, l, next); err != nil || !o.Done() {
			return err
		}
		return s.note(ctx, tx, by, SignedIn, string(l.account), o.ID)
	})
	if fault.Code(err) == "account.wrong_code" {
		return Opened{}, s.refuse(ctx, candidate{id: l.account}, Credentials{Address: address}, "code", err)
	}
	return o, err
}

// ChooseFirst is the step after a one-time password: the person chooses their own.
func (s *Service) ChooseFirst(ctx context.Context, token, fresh, address string) (Opened, error) {
	l, err := s.pending(ctx, token, stagePassword)
	if err != nil {
		return Opened{}, err
	}
	if err := s.unlikeOneTime(ctx, l.account, fresh); err != nil {
		return Opened{}, err
	}
	hash, err := s.freshHash(ctx, l.login, "", fresh)
	if err != nil {
		return Opened{}, err
	}
	by := Actor{ID: string(l.account), Address: address}
	var o Opened
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.setPassword(ctx, tx, l.account, hash, false); err != nil {
			return err
		}
		if err := s.note(ctx, tx, by, PasswordChanged, string(l.account), "first"); err != nil {
			return err
		}
		if o, err = s.promote(ctx, tx, l, stageDone); err != nil {
			return err
		}
		return s.note(ctx, tx, by, SignedIn, string(l.account), o.ID)
	})
	return o, err
}

// unlikeOneTime refuses to keep the one-time password: somebody else has seen it.
func (s *Service) unlikeOneTime(ctx context.Context, id postal.StaffID, fresh string) error {
	var phc string
	if err := s.DB.Read().QueryRowContext(ctx, `SELECT password FROM account WHERE id = $1`, string(id)).Scan(&phc); err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	same, err := s.hashing.matches(ctx, phc, fresh)
	if err == nil && same {
		err = weak("Mật khẩu mới phải khác mật khẩu dùng một lần.", "The new password must differ from the one-time password.")
	}
	return err
}

// SignOut ends the session of a token, at whatever stage it is. An unknown token is no error: the person wanted out and is out.
func (s *Service) SignOut(ctx context.Context, token, address string) error {
	l, err := s.load(ctx, s.DB.Read(), token)
	if err != nil || l == nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE account_session SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL`, l.id, s.nowMS()); err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
		return s.note(ctx, tx, Actor{ID: string(l.account), Role: l.person().Acting.Name, Address: address}, SignedOut, string(l.account), l.id)
	})
}
