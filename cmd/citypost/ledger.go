package main

import (
	"encoding/json"
	"fmt"
	"os"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/proof"
)

// ledgerCmd looks after the ledger.
type ledgerCmd struct {
	Stats     ledgerStatsCmd     `cmd:"" help:"Count entries, states and bytes."`
	Rebuild   ledgerRebuildCmd   `cmd:"" help:"Replay all entries: check the states against them, or make the states anew."`
	Followers ledgerFollowersCmd `cmd:"" help:"Show how far reports, messages and lists have come, or say where one stands."`
	Rotate    ledgerRotateCmd    `cmd:"" help:"Let a new key sign the ledger from now on."`
	Export    ledgerExportCmd    `cmd:"" help:"Write all entries as JSON lines, with the bytes that are hashed."`
}

// ledgerStats counts a ledger, of either house.
type ledgerStats struct {
	JSON bool `help:"Print JSON."`
}

func (c ledgerStats) of(e env, l *ledger.Ledger) error {
	s, err := l.Stats(e)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.Out).Encode(s)
	}
	per := int64(0)
	if s.Entries > 0 {
		per = s.DatabaseLen / s.Entries
	}
	_, err = fmt.Fprintf(e.Out, "entries      %s\nstates       %s (%s on boards)\nentry bytes  %s\ndatabase     %s bytes, %s an entry\nlast entry   %s\n",
		postal.Count(s.Entries), postal.Count(s.States), postal.Count(s.OnBoards), postal.Count(s.BodyBytes), postal.Count(s.DatabaseLen), postal.Count(per),
		postal.FromMillis(s.RecordedMs).Format("02/01/2006 15:04:05"))
	return err
}

type ledgerStatsCmd struct {
	houseFlags
	ledgerStats
}

// Run counts.
func (c ledgerStatsCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.of(e, h.Ledger))
}

// ledgerRebuild compares the states with the ledger, or makes them anew.
type ledgerRebuild struct {
	Check bool `help:"Only compare; exit 1 when the states differ."`
	JSON  bool `help:"Print JSON."`
}

func (c ledgerRebuild) of(e env, l *ledger.Ledger) error {
	show := progress(e.Diag, "replay")
	total := l.Seq()
	if !c.Check {
		if err := l.Rebuild(e, func(seq int64) { show(seq, total) }); err != nil {
			return err
		}
	}
	diffs, err := l.Check(e, func(seq int64) { show(seq, total) })
	if err != nil {
		return err
	}
	return c.report(e, total, diffs)
}

func (c ledgerRebuild) report(e env, total int64, diffs []ledger.Difference) error {
	if c.JSON {
		if err := json.NewEncoder(e.Out).Encode(map[string]any{"entries": total, "differences": diffs}); err != nil {
			return err
		}
	} else if len(diffs) == 0 {
		fmt.Fprintf(e.Out, "%s entries replayed: the states are exactly what they give.\n", postal.Count(total))
	}
	if len(diffs) == 0 {
		return nil
	}
	for _, d := range diffs {
		fmt.Fprintf(e.Diag, "%s: %s\n", d.Key, d.What)
	}
	return fault.New(fault.Conflict, "ledger.states_differ",
		"%d trạng thái không khớp với sổ cái. Chạy lại lệnh này không có --check để dựng lại từ sổ cái.",
		"%d states differ from the ledger. Run this again without --check to make them anew from it.", len(diffs))
}

type ledgerRebuildCmd struct {
	houseFlags
	ledgerRebuild
}

// Help shows an example.
func (ledgerRebuildCmd) Help() string {
	return "Example:\n  citypost ledger rebuild --check --data /var/lib/citypost"
}

// Run compares or rebuilds.
func (c ledgerRebuildCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.of(e, h.Ledger))
}

// ledgerFollowers shows and sets how far the followers have come.
type ledgerFollowers struct {
	At   map[string]int64 `placeholder:"NAME=ENTRY" help:"Say that a follower stands at this entry: the next one is worked on next."`
	Drop []string         `placeholder:"NAME" help:"Take away a cursor that is damaged or belongs to no follower."`
	JSON bool             `help:"Print JSON."`
}

// Help shows when it is needed.
func (ledgerFollowers) Help() string {
	return `A follower whose place in the ledger was damaged stops until a person says where it stands. Entries after that place are worked on (again); entries before it are not. What it has done already
shows in its lists; the same command in a restored copy shows where it stood then. A damaged cursor under a name that nothing uses is the rest of one whose name was changed: drop it, and set the right one.

Example:
  citypost ledger followers --data /var/lib/citypost
  citypost ledger followers --at reports=81250 --data /var/lib/citypost`
}

func (c ledgerFollowers) of(e env, l *ledger.Ledger, a ledger.Audit) error {
	for name, seq := range c.At {
		if err := l.SetCursor(e, name, seq); err != nil {
			return err
		}
	}
	for _, name := range c.Drop {
		if err := l.DropCursor(e, name); err != nil {
			return err
		}
	}
	list, err := a.Followers(e)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.Out).Encode(list)
	}
	for _, f := range list {
		said := ""
		if f.Damaged {
			said = "damaged"
		}
		if _, err := fmt.Fprintf(e.Out, "%-24s %12s %s\n", f.Name, postal.Count(f.Seq), said); err != nil {
			return err
		}
	}
	return nil
}

type ledgerFollowersCmd struct {
	houseFlags
	ledgerFollowers
}

// Run sets what was asked for and shows all.
func (c ledgerFollowersCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.of(e, h.Ledger, ledger.Audit{DB: h.DB}))
}

type ledgerRotateCmd struct{ houseFlags }

// Help shows an example.
func (ledgerRotateCmd) Help() string {
	return "Stop the house first. The change is an entry of the ledger, signed by both keys; receipts of the old key stay valid. Several nodes: copy the new ledger.key to all, then start them.\n\nExample:\n  citypost ledger rotate --data /var/lib/citypost"
}

// Run changes the key.
func (c ledgerRotateCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	r, err := h.RotateLedgerKey(e)
	if err == nil {
		_, err = fmt.Fprintf(e.Out, "ledger.key: %s\n", postal.Count(r.Seq))
	}
	return closing(h, err)
}

type ledgerExportCmd struct {
	houseFlags
	File string `arg:"" default:"-" help:"Where to write; - is standard output."`
}

// Help shows an example.
func (ledgerExportCmd) Help() string {
	return "Each line of an entry: seq, act, times, office, actor, facts, and body: the stored bytes in base64, which are what is hashed. Tiles, checkpoints and keys follow,\nso that “citypost verify” can check the file alone.\n\nExample:\n  citypost ledger export ledger.jsonl --data /var/lib/citypost"
}

// Run writes the export; a file appears under its name only when it is whole.
func (c ledgerExportCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	if c.File == "-" {
		return closing(h, proof.Export(e, ledger.Audit{DB: h.DB}, e.Out))
	}
	f, err := os.Create(c.File + ".part")
	if err != nil {
		return closing(h, err)
	}
	err = proof.Export(e, ledger.Audit{DB: h.DB}, f)
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), c.File)
	}
	return closing(h, err)
}
