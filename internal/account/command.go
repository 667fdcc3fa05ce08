package account

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"citypost/internal/answer"
	"citypost/internal/postal"
)

// AddFlags are those of `citypost user add LOGIN`.
type AddFlags struct {
	Login  string
	Name   string
	Office string
	Phone  string
	Roles  []string // "clerk@180100", "admin", "driver@180100:2026-12-31"
	// NoPassword makes an account that cannot sign in.
	NoPassword bool
}

// AddCommand is `citypost user add`: it makes an account and prints the one-time password.
func (s *Service) AddCommand(ctx context.Context, w io.Writer, f AddFlags, p answer.Printing) error {
	n := NewPerson{Login: f.Login, Name: strings.TrimSpace(f.Name), Office: postal.OfficeCode(f.Office), NoPassword: f.NoPassword}
	if f.Phone != "" {
		phone, err := postal.ParsePhone(f.Phone)
		if err != nil {
			return err
		}
		n.Phone = string(phone)
	}
	for _, text := range f.Roles {
		r, err := parseRoleText(text, s.Closed)
		if err != nil {
			return err
		}
		n.Roles = append(n.Roles, r)
	}
	a, password, err := s.Add(ctx, Actor{ID: Command}, n)
	if err != nil {
		return err
	}
	if f.NoPassword && !p.JSON {
		_, err := fmt.Fprintf(w, p.T("Tài khoản %[1]s (%[2]s)\nKhông có mật khẩu: người này không đăng nhập được, chỉ ký trên giấy.\n", "Account %[1]s (%[2]s)\nIt has no password: this person cannot sign in and signs on paper only.\n"), a.Login, a.ID)
		return err
	}
	return printPassword(w, p, a, password)
}

// printPassword prints a one-time password with the words a person needs beside it.
func printPassword(w io.Writer, p answer.Printing, a Account, password string) error {
	if p.JSON {
		return answer.JSON(w, map[string]string{"id": string(a.ID), "login": a.Login, "one_time_password": password})
	}
	_, err := fmt.Fprintf(w, p.T("Tài khoản %[1]s (%[2]s)\nMật khẩu dùng một lần: %[3]s\nNgười dùng tự đặt mật khẩu mới ở lần đăng nhập đầu.\n",
		"Account %[1]s (%[2]s)\nOne-time password: %[3]s\nThe person chooses a new one at the first sign-in.\n"), a.Login, a.ID, password)
	return err
}

// listed is an account as JSON shows it.
type listed struct {
	ID           postal.StaffID `json:"id"`
	Login        string         `json:"login"`
	Name         string         `json:"name"`
	Office       string         `json:"office,omitempty"`
	Roles        []string       `json:"roles"`
	SecondFactor bool           `json:"second_factor"`
	MustChange   bool           `json:"must_change_password"`
	Disabled     bool           `json:"disabled"`
}

// ListCommand is `citypost user list`: one line a person, with the roles in force.
func (s *Service) ListCommand(ctx context.Context, w io.Writer, p answer.Printing) error {
	list, err := s.List(ctx)
	if err != nil {
		return err
	}
	views := make([]listed, len(list))
	for i, l := range list {
		views[i] = listed{ID: l.ID, Login: l.Login, Name: l.Name, Office: string(l.Office), Roles: []string{},
			SecondFactor: l.SecondFactor, MustChange: l.MustChange, Disabled: l.Disabled()}
		for _, g := range l.Grants {
			views[i].Roles = append(views[i].Roles, RoleText(g.Role))
		}
	}
	if p.JSON {
		return answer.JSON(w, views)
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, v := range views {
		state := ""
		if v.Disabled {
			state = p.T("đã khoá", "disabled")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", v.ID, v.Login, v.Name, strings.Join(v.Roles, " "), state)
	}
	return tw.Flush()
}

// PasswordCommand is `citypost user passwd LOGIN`: a new one-time password; all sessions end. With dropSecondFactor it also lets in
// somebody who has lost the telephone and every recovery code.
func (s *Service) PasswordCommand(ctx context.Context, w io.Writer, login string, dropSecondFactor bool, p answer.Printing) error {
	a, err := s.FindLogin(ctx, login)
	if err != nil {
		return err
	}
	by := Actor{ID: Command}
	if dropSecondFactor {
		if err := s.DropSecondFactor(ctx, by, a.ID); err != nil {
			return err
		}
	}
	password, err := s.ResetPassword(ctx, by, a.ID)
	if err != nil {
		return err
	}
	return printPassword(w, p, a, password)
}

// DisableCommand is `citypost user disable LOGIN`.
func (s *Service) DisableCommand(ctx context.Context, w io.Writer, login string, p answer.Printing) error {
	a, err := s.FindLogin(ctx, login)
	if err != nil {
		return err
	}
	if err := s.Disable(ctx, Actor{ID: Command}, a.ID); err != nil {
		return err
	}
	if p.JSON {
		return answer.JSON(w, map[string]string{"id": string(a.ID), "login": a.Login, "state": "disabled"})
	}
	_, err = fmt.Fprintf(w, p.T("Đã khoá tài khoản %s; mọi phiên đã kết thúc.\n", "Account %s is disabled and signed out everywhere.\n"), a.Login)
	return err
}
