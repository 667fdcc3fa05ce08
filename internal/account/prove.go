package account

import (
	"context"
	"database/sql"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// Prove checks that a second person stands at a screen where another is signed in: login, password and, where it is on, a code of the second factor.
// It has the brakes of the sign-in, opens no session and is written to the audit. The person comes back with the roles in force, none in use.
func (s *Service) Prove(ctx context.Context, c Credentials, code string) (web.Person, error) {
	login := strings.ToLower(strings.TrimSpace(c.Login))
	brakes := signInBrakes(login, c.Address)
	if err := s.pull(ctx, brakes...); err != nil {
		return web.Person{}, err
	}
	who, err := s.candidate(ctx, login)
	if err != nil {
		return web.Person{}, err
	}
	ok, err := s.hashing.matches(ctx, who.hash, c.Password)
	if err != nil {
		return web.Person{}, err
	}
	if !ok {
		return web.Person{}, s.refuse(ctx, who, c, "password", wrong())
	}
	if who.disabled {
		return web.Person{}, s.refuse(ctx, who, c, "disabled", closed())
	}
	if who.mustChange {
		return web.Person{}, s.refuse(ctx, who, c, "unset", neverSignedIn())
	}
	by := Actor{ID: string(who.id), Address: c.Address}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if who.code {
			if err := s.spendCode(ctx, tx, by, who.id, code); err != nil {
				return err
			}
		}
		if err := s.ease(ctx, tx, brakes...); err != nil {
			return err
		}
		return s.note(ctx, tx, by, Proved, string(who.id), "")
	})
	if err != nil {
		return web.Person{}, err
	}
	return s.person(ctx, who)
}

// neverSignedIn refuses a one-time password as a signature: somebody else knows it.
func neverSignedIn() error {
	return fault.New(fault.Forbidden, "account.first_sign_in", "Người này chưa đăng nhập lần nào bằng mật khẩu dùng một lần. Hãy đăng nhập trước và tự đặt mật khẩu, rồi mới ký được.",
		"This person has a one-time password and has not signed in with it yet. He must first sign in and set a password of his own; then he can sign.").At("login")
}

func (s *Service) person(ctx context.Context, who candidate) (web.Person, error) {
	a, err := s.Find(ctx, who.id)
	if err != nil {
		return web.Person{}, err
	}
	grants, err := s.inForce(ctx, who.id)
	if err != nil {
		return web.Person{}, err
	}
	p := web.Person{ID: a.ID, Login: a.Login, Name: a.Name}
	for _, g := range grants {
		p.Roles = append(p.Roles, g.Role)
	}
	return p, nil
}
