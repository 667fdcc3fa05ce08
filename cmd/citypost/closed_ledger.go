package main

import (
	"context"

	"citypost/internal/ledger"
	"citypost/internal/proof"
)

// closedLedgerCmd looks after the ledger of the closed house. There is no export: nothing of it leaves the house.
type closedLedgerCmd struct {
	Stats     closedLedgerStatsCmd     `cmd:"" help:"Count entries, states and bytes."`
	Verify    closedLedgerVerifyCmd    `cmd:"" help:"Check every entry against the signed tree, without trusting the states."`
	Rebuild   closedLedgerRebuildCmd   `cmd:"" help:"Replay all entries: check the states against them, or make the states anew."`
	Followers closedLedgerFollowersCmd `cmd:"" help:"Show how far reports and registers have come, or say where one stands."`
}

type closedLedgerStatsCmd struct {
	closedFlags
	ledgerStats
}

// Run counts.
func (c closedLedgerStatsCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.of(e, h.Ledger))
}

type closedLedgerRebuildCmd struct {
	closedFlags
	ledgerRebuild
}

// Help shows an example.
func (closedLedgerRebuildCmd) Help() string {
	return "Stop the house first, unless you only compare.\n\nExample:\n  citypost closed ledger rebuild --check --data /var/lib/citypost-closed"
}

// Run compares or rebuilds.
func (c closedLedgerRebuildCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.of(e, h.Ledger))
}

type closedLedgerFollowersCmd struct {
	closedFlags
	ledgerFollowers
}

// Run sets what was asked for and shows all.
func (c closedLedgerFollowersCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.of(e, h.Ledger, ledger.Audit{DB: h.DB}))
}

// closedLedgerVerifyCmd is “citypost verify” for a house that nobody opens without its passphrase.
type closedLedgerVerifyCmd struct {
	closedFlags
	verifying
}

// Help shows an example.
func (closedLedgerVerifyCmd) Help() string {
	return "Exit 0: every entry is proved by the signed tree; 1: the first wrong entry is named. The keys written down on paper (--keys) prove more than those that lie in the house.\n\nExample:\n  citypost closed ledger verify --data /var/lib/citypost-closed"
}

// Run checks and says what is proved.
func (c closedLedgerVerifyCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.check(e, func(ctx context.Context, check proof.Checker) (proof.Report, error) { return check.Database(ctx, h.DB) }))
}
