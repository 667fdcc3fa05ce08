package main

import (
	"io"

	"citypost/internal/account"
)

// userCmd cares for staff accounts from the machine itself: the first administrator is made here.
type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add an account; prints its one-time password."`
	List    userListCmd    `cmd:"" help:"List accounts and their roles."`
	Passwd  userPasswdCmd  `cmd:"" help:"Give an account a new one-time password."`
	Disable userDisableCmd `cmd:"" help:"Close an account."`
}

type userFlags struct {
	houseFlags
	JSON bool `help:"Print JSON."`
}

// with opens the house, does the work on its accounts and closes it.
func (f userFlags) with(e env, work func(*account.Service, io.Writer, account.Printing) error) error {
	h, err := f.open(e)
	if err != nil {
		return err
	}
	return closing(h, work(h.Accounts, e.Out, account.Printing{JSON: f.JSON, Lang: e.Lang}))
}

type userAddCmd struct {
	userFlags
	Login  string   `arg:"" help:"Login: small letters, digits, dots."`
	Name   string   `required:"" help:"Full name."`
	Role   []string `required:"" help:"Role, at an office, until a day: admin, clerk@180100, clerk@180100:2026-12-31. May be given several times."`
	Office string   `help:"Home office."`
}

// Help shows an example.
func (userAddCmd) Help() string {
	return "Example:\n  citypost user add quan.tri --name \"Quản trị viên\" --role admin\n  citypost user add gdv.hongbang --name \"Giao dịch viên 1\" --role clerk@180100:2026-12-31"
}

// Run adds the account.
func (c userAddCmd) Run(e env) error {
	return c.with(e, func(s *account.Service, w io.Writer, p account.Printing) error {
		return s.AddCommand(e, w, account.AddFlags{Login: c.Login, Name: c.Name, Office: c.Office, Roles: c.Role}, p)
	})
}

type userListCmd struct{ userFlags }

// Run lists the accounts.
func (c userListCmd) Run(e env) error {
	return c.with(e, func(s *account.Service, w io.Writer, p account.Printing) error { return s.ListCommand(e, w, p) })
}

type userPasswdCmd struct {
	userFlags
	Login            string `arg:"" help:"Whose password."`
	DropSecondFactor bool   `help:"Also turn the second factor off (a lost telephone)."`
}

// Run prints a one-time password.
func (c userPasswdCmd) Run(e env) error {
	return c.with(e, func(s *account.Service, w io.Writer, p account.Printing) error {
		return s.PasswordCommand(e, w, c.Login, c.DropSecondFactor, p)
	})
}

type userDisableCmd struct {
	userFlags
	Login string `arg:"" help:"Whose account."`
}

// Run closes the account and ends its sessions.
func (c userDisableCmd) Run(e env) error {
	return c.with(e, func(s *account.Service, w io.Writer, p account.Printing) error {
		return s.DisableCommand(e, w, c.Login, p)
	})
}

// closing closes the house after its work and keeps both errors.
func closing(h house, err error) error {
	if cerr := h.Close(); err == nil {
		return cerr
	}
	return err
}
