package main

import (
	"citypost/internal/account"
	"citypost/internal/answer"
)

// userCmd cares for staff accounts from the machine itself: the first administrator is made here.
type userCmd struct {
	houseFlags
	accountCmds
}

// ProvideAccounts hands the open house's accounts to the commands below.
func (c *userCmd) ProvideAccounts() accounts {
	return accounts{c.JSON, func(e env) (house, *account.Service, error) {
		h, err := c.open(e)
		if err != nil {
			return nil, nil, err
		}
		return h, h.Accounts, nil
	}}
}

// closedUserCmd cares for the accounts of the closed house from the machine itself.
type closedUserCmd struct {
	closedFlags
	accountCmds
}

// ProvideAccounts hands the closed house's accounts to the commands below.
func (c *closedUserCmd) ProvideAccounts() accounts {
	return accounts{c.JSON, func(e env) (house, *account.Service, error) {
		h, err := c.open(e)
		if err != nil {
			return nil, nil, err
		}
		return h, h.Accounts, nil
	}}
}

// accountCmds are what both houses do with accounts.
type accountCmds struct {
	JSON    bool           `help:"Print JSON."`
	Add     userAddCmd     `cmd:"" help:"Add an account; prints its one-time password."`
	List    userListCmd    `cmd:"" help:"List accounts and their roles."`
	Passwd  userPasswdCmd  `cmd:"" help:"Give an account a new one-time password."`
	Disable userDisableCmd `cmd:"" help:"Close an account."`
}

// accounts are those of a house that is opened when they are worked on.
type accounts struct {
	json bool
	open func(env) (house, *account.Service, error)
}

// with opens the house, does the work on its accounts and closes it.
func (a accounts) with(e env, work func(*account.Service, answer.Printing) error) error {
	h, s, err := a.open(e)
	if err != nil {
		return err
	}
	return closing(h, work(s, answer.Printing{JSON: a.json, Lang: e.Lang}))
}

type userAddCmd struct {
	Login      string   `arg:"" help:"Login: small letters, digits, dots."`
	Name       string   `required:"" help:"Full name."`
	Role       []string `required:"" help:"Role, at an office, until a day: admin, clerk@180100, clerk@180100:2026-12-31. May be given several times. In the closed house: kt1-clerk, kt1-courier, kt1-supervisor, registry-clerk, security-officer, admin."`
	Office     string   `help:"Home office."`
	NoPassword bool     `help:"An account that cannot sign in: of somebody who is only named by a body and signs on paper."`
}

// Help shows an example.
func (userAddCmd) Help() string {
	return "Example:\n  citypost user add quan.tri --name \"Quản trị viên\" --role admin\n  citypost user add gdv.hongbang --name \"Giao dịch viên 1\" --role clerk@180100:2026-12-31\n" +
		"  citypost closed user add gdv.kt1 --name \"Giao dịch viên Mẫu\" --role kt1-clerk@180100 --data /var/lib/citypost-closed\n" +
		"  citypost closed user add nguoinhan.04 --name \"Người nhận mẫu\" --role registry-clerk --no-password --data /var/lib/citypost-closed"
}

// Run adds the account.
func (c userAddCmd) Run(e env, a accounts) error {
	return a.with(e, func(s *account.Service, p answer.Printing) error {
		return s.AddCommand(e, e.Out, account.AddFlags{Login: c.Login, Name: c.Name, Office: c.Office, Roles: c.Role, NoPassword: c.NoPassword}, p)
	})
}

type userListCmd struct{}

// Run lists the accounts.
func (userListCmd) Run(e env, a accounts) error {
	return a.with(e, func(s *account.Service, p answer.Printing) error { return s.ListCommand(e, e.Out, p) })
}

type userPasswdCmd struct {
	Login            string `arg:"" help:"Whose password."`
	DropSecondFactor bool   `help:"Also turn the second factor off (a lost telephone)."`
}

// Run prints a one-time password.
func (c userPasswdCmd) Run(e env, a accounts) error {
	return a.with(e, func(s *account.Service, p answer.Printing) error {
		return s.PasswordCommand(e, e.Out, c.Login, c.DropSecondFactor, p)
	})
}

type userDisableCmd struct {
	Login string `arg:"" help:"Whose account."`
}

// Run closes the account and ends its sessions.
func (c userDisableCmd) Run(e env, a accounts) error {
	return a.with(e, func(s *account.Service, p answer.Printing) error { return s.DisableCommand(e, e.Out, c.Login, p) })
}

// closing closes the house after its work and keeps both errors.
func closing(h house, err error) error {
	if cerr := h.Close(); err == nil {
		return cerr
	}
	return err
}
