package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
	"citypost/internal/upkeep"
)

// upkeep unlocks the house and does something with its installation; until it is done, nobody exchanges the key.
func (f closedFlags) upkeep(e env, work func(upkeep.Installation) error) error {
	box, err := f.unlock(e)
	if err != nil {
		return err
	}
	i, err := app.ClosedInstallation(f.Data, box)
	if err == nil {
		err = work(i)
	}
	return errors.Join(err, box.Close())
}

// closedBackupCmd copies the closed house while it works.
type closedBackupCmd struct {
	closedFlags
	Dir  string `arg:"" help:"Where copies are kept; each gets a folder of its own." type:"path"`
	Keys bool   `help:"Copy closed.key too. Then the passphrase alone protects the copy."`
	JSON bool   `help:"Print JSON."`
}

// Help shows an example.
func (closedBackupCmd) Help() string {
	return "The copy is encrypted like the original, and proved by restoring it. Without closed.key nobody can open it: keep a copy of that file elsewhere.\n\nExample:\n  citypost closed backup /media/usb --data /var/lib/citypost-closed"
}

// Run copies and proves.
func (c closedBackupCmd) Run(e env) error {
	return c.upkeep(e, func(i upkeep.Installation) error { return c.copy(e, i) })
}

func (c closedBackupCmd) copy(e env, i upkeep.Installation) error {
	m, err := i.Backup(e, c.Dir, c.Keys)
	if err != nil {
		return err
	}
	proved := postal.In(e.Lang, "đã mã hoá, đã kiểm chứng bằng cách khôi phục thử. Niêm bằng khoá ", "encrypted, proved by restoring it. Sealed by ") + m.SealedBy
	if !c.Keys {
		proved += postal.In(e.Lang, "; closed.key KHÔNG nằm trong bản sao: hãy cất riêng một bản", "; closed.key is NOT in it: keep a copy elsewhere")
	}
	return sayCopied(e, m, proved, c.JSON)
}

// closedRestoreCmd puts a copy into an empty folder.
type closedRestoreCmd struct {
	closedFlags
	From         string `arg:"" help:"Folder of one copy, as backup printed it." type:"existingdir"`
	Recovery     bool   `help:"Unlock with the recovery code instead of the passphrase."`
	RecoveryFile string `help:"File whose first line is the recovery code." type:"existingfile" placeholder:"FILE"`

	Unauthenticated bool `help:"Take a copy without manifest.hmac, as they were made before there was one. Nothing proves then that it was not joined from several copies."`
}

// Help shows an example.
func (closedRestoreCmd) Help() string {
	return "A copy that was altered by one byte, or joined from several, is refused. Needs the closed.key of the house (put it into --data first, unless the copy holds it) and its passphrase or recovery code. Says done only after pages, order, tree and signatures were checked.\n\nExample:\n  citypost closed restore /media/usb/20261201-023000.000 --data /var/lib/citypost-closed"
}

// Run restores and proves.
func (c closedRestoreCmd) Run(e env) error {
	if !strongbox.Exists(c.Data) && strongbox.Exists(c.From) {
		if err := c.bringKey(); err != nil {
			return err
		}
	}
	box, err := closedPassphraseCmd{closedFlags: c.closedFlags, Recovery: c.Recovery, RecoveryFile: c.RecoveryFile}.box(e)
	if err != nil {
		return err
	}
	i, err := app.ClosedInstallation(c.Data, box)
	if err != nil {
		return errors.Join(err, box.Close())
	}
	i.Unauthenticated = c.Unauthenticated
	m, err := i.Restore(e, c.From)
	if err = errors.Join(err, box.Close()); err != nil {
		return err
	}
	if !m.Authentic {
		if _, err := fmt.Fprintln(e.Diag, postal.In(e.Lang, "CẢNH BÁO: bản sao này không xác thực được; hãy đối chiếu với sổ đã in.", "WARNING: this copy is not authenticated; compare with the printed registers.")); err != nil {
			return err
		}
	}
	return sayRestored(e, m, false)
}

// bringKey copies the key file that a copy holds.
func (c closedRestoreCmd) bringKey() error {
	text, err := os.ReadFile(filepath.Join(c.From, strongbox.KeyFile))
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(c.Data, 0o700), os.WriteFile(filepath.Join(c.Data, strongbox.KeyFile), text, 0o600))
}

// closedDoctorCmd says what is wrong with a closed house.
type closedDoctorCmd struct {
	closedFlags
	JSON bool `help:"Print JSON."`
}

// Help shows an example.
func (closedDoctorCmd) Help() string {
	return "Looks and changes nothing. Exit 1 when something must be done now.\n\nExample:\n  citypost closed doctor --data /var/lib/citypost-closed"
}

// Run looks.
func (c closedDoctorCmd) Run(e env) error {
	return c.upkeep(e, func(i upkeep.Installation) error { return sayRemarks(e, i.Doctor(e), c.JSON) })
}

// closedClockCmd shows the clock and takes it for right.
type closedClockCmd struct {
	closedFlags
	Accept bool   `help:"Take the machine's clock for right although it lies behind the last entry: that entry was made while the clock ran ahead. This is recorded."`
	Login  string `help:"Who accepts it; needed with --accept."`
}

// Help shows an example.
func (closedClockCmd) Help() string {
	return "The closed house refuses acts while the clock lies more than two minutes behind the last entry. Stop the house first.\n\nExample:\n  citypost closed clock --data /var/lib/citypost-closed\n  citypost closed clock --accept --login quan.tri"
}

// Run shows, and accepts when told to.
func (c closedClockCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.look(e, h))
}

func (c closedClockCmd) look(e env, h *app.ClosedHouse) error {
	behind, err := h.Ledger.ClockBehind(e)
	if err != nil {
		return err
	}
	if c.Accept {
		var who account.Account
		if who, err = h.Accounts.FindLogin(e, c.Login); err != nil {
			return err
		}
		if _, err = h.AcceptClock(e, who.ID); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(e.Out, postal.In(e.Lang, "Đồng hồ chạy lùi %s so với lần ghi cuối.\n", "The clock lies %s behind the last entry.\n"), max(0, behind).Round(1e9))
	return err
}
