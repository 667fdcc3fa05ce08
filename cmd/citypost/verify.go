package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/proof"
)

// verifying is by which keys something is checked, and how it is said.
type verifying struct {
	Keys   string `help:"File with the ledger's public keys, as its page /ledger/keys gives them." type:"existingfile"`
	Policy string `help:"Policy file (C2SP tlog-policy), as /ledger/policy gives it: receipts and public checkpoints must bear the cosignatures that it asks for." type:"existingfile"`
	JSON   bool   `help:"Print JSON."`
}

// verifyCmd checks receipts and whole ledgers without trusting the house they come from.
type verifyCmd struct {
	What string `arg:"" help:"A receipt (its text, or a file with it), an export, a database, a data folder, or the public address of a ledger."`
	verifying
}

// Help shows an example.
func (verifyCmd) Help() string {
	return "Exit 0: what was said is proved; 1: something is wrong, and the first wrong entry is named, or no signature proves it. A database may be ahead of its signature by the last minute: the answer says from where on nothing\nis proved. An export must be signed to its end.\n\nExample:\n  citypost verify ledger.jsonl --keys keys.txt\n  citypost verify /var/lib/citypost\n  citypost verify https://buudien.example"
}

// Run checks and says what is proved.
func (c verifyCmd) Run(e env) error {
	return c.check(e, func(ctx context.Context, check proof.Checker) (proof.Report, error) { return check.Check(ctx, c.What) })
}

func (c verifying) check(e env, look func(context.Context, proof.Checker) (proof.Report, error)) error {
	check := proof.Checker{Lang: e.Lang, Progress: progress(e.Diag, "verify")}
	if c.Keys != "" {
		text, err := os.ReadFile(c.Keys)
		if err != nil {
			return err
		}
		if check.Keys, err = tree.ParseKeyring(string(text)); err != nil {
			return err
		}
	}
	if c.Policy != "" {
		text, err := os.ReadFile(c.Policy)
		if err != nil {
			return err
		}
		if check.Policy, err = tree.ParsePolicy(string(text)); err != nil {
			return err
		}
		if check.Keys == nil {
			check.Keys = check.Policy.Keys
		}
	}
	r, err := look(e, check)
	if err != nil {
		return err
	}
	if err := c.print(e, r); err != nil {
		return err
	}
	if !r.OK {
		return fault.New(fault.Conflict, "verify.wrong", "Kiểm không đạt: %[1]s", "Not proved: %[1]s", r.Words)
	}
	return nil
}

func (c verifying) print(e env, r proof.Report) error {
	if c.JSON {
		return json.NewEncoder(e.Out).Encode(r)
	}
	if _, err := fmt.Fprintln(e.Out, r.Words); err != nil {
		return err
	}
	for i, f := range r.Findings {
		if i == maxFindingsShown {
			_, err := fmt.Fprintf(e.Out, "… (%d)\n", len(r.Findings))
			return err
		}
		if _, err := fmt.Fprintf(e.Out, "- %s\n", f.Words); err != nil {
			return err
		}
	}
	return nil
}

// maxFindingsShown keeps a broken ledger from filling the terminal; --json gives all.
const maxFindingsShown = 20
