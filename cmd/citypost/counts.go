package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"citypost/internal/app"
	"citypost/internal/counts"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// closedCountsCmd writes the only file that leaves the closed house.
type closedCountsCmd struct {
	closedFlags
	From  string `required:"" help:"First day."`
	To    string `required:"" help:"Last day."`
	Least int64  `default:"5" help:"Figures from 1 to below this are not in the file; nor is what would give them away."`
	Out   string `required:"" help:"The file; it must not be there yet." type:"path" placeholder:"FILE"`
}

// Help shows an example.
func (closedCountsCmd) Help() string {
	return "Counts only: no names, no pairs, no routes, no letters of secrecy. The file is text: read it before it leaves. Prints the key that the open house must name once.\n\nExample:\n  citypost closed counts --from 2026-11-01 --to 2026-11-30 --out /media/usb/kt1-2026-11.counts"
}

// Run counts, signs and writes.
func (c closedCountsCmd) Run(e env) error {
	from, err := postal.ParseDay(c.From)
	if err != nil {
		return err
	}
	to, err := postal.ParseDay(c.To)
	if err != nil {
		return err
	}
	if to.Before(from) || c.Least < 5 || dayOfMonth(from) != 1 || dayOfMonth(to.AddDays(1)) != 1 {
		return fault.New(fault.Invalid, "cmd.usage", "Chỉ lập cho trọn tháng: --from là ngày đầu tháng, --to là ngày cuối tháng; --least từ 5 trở lên.", "Whole months only: --from is the first day of a month, --to the last of one; --least must be 5 or more.")
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.write(e, h, from, to))
}

func dayOfMonth(d postal.Day) int {
	_, _, n := d.Date()
	return n
}

func (c closedCountsCmd) write(e env, h *app.ClosedHouse, from, to postal.Day) error {
	file, err := h.CountsFile(e, from, to, c.Least)
	if err != nil {
		return err
	}
	key, err := h.CountsVerifier()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "counts.exists", "%s đã có. Hãy đặt tên khác.", "%s is there already. Choose another name.", c.Out)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(file); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, postal.In(e.Lang, "Đã lập và ký: %s\nKhoá cho nhà mở: %s\n", "Written and signed: %s\nKey for the open house: %s\n"), c.Out, key)
	return err
}

// countsCmd is the open house's side.
type countsCmd struct {
	Trust  countsTrustCmd  `cmd:"" help:"Name the key whose files are taken."`
	Import countsImportCmd `cmd:"" help:"Take a file of counts that the closed house signed."`
}

type countsTrustCmd struct {
	houseFlags
	Key string `arg:"" help:"The key, as «closed counts» printed it."`
}

// Run names the key.
func (c countsTrustCmd) Run(e env) error {
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, (&counts.Store{DB: h.DB, Now: time.Now}).Trust(e, c.Key))
}

type countsImportCmd struct {
	houseFlags
	File string `arg:"" type:"existingfile" help:"The file."`
}

// Help shows an example.
func (countsImportCmd) Help() string {
	return "A file of another key, or with one byte altered, is refused.\n\nExample:\n  citypost kt1-counts import /media/usb/kt1-2026-11.counts --data /var/lib/citypost"
}

// mostFile bounds what is read: a sheet has a few dozen lines.
const mostFile = 64 << 10

// Run verifies and stores.
func (c countsImportCmd) Run(e env) error {
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	if info.Size() > mostFile {
		return fault.New(fault.TooLarge, "counts.too_large", "Tệp quá lớn, không phải tệp số liệu.", "The file is too large to be a sheet of counts.")
	}
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	sheet, err := (&counts.Store{DB: h.DB, Now: time.Now}).Import(e, file)
	if err == nil {
		_, err = fmt.Fprintf(e.Out, postal.In(e.Lang, "Đã nhận: %s đến %s, %d số liệu.\n", "Taken: %s to %s, %d figures.\n"), sheet.From, sheet.To, len(sheet.Lines))
	}
	return closing(h, err)
}
