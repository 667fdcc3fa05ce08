package main

import (
	"errors"
	"fmt"
	"time"

	"citypost/internal/app"
	"citypost/internal/fault"
	"citypost/internal/strongbox"
)

// closedRekeyCmd exchanges keys of the closed house.
type closedRekeyCmd struct {
	closedFlags
	What         string `arg:"" optional:"" default:"data" enum:"data,ledger,counts" help:"data: the key that everything is sealed with; ledger: the key that signs the ledger; counts: the key that signs sheets of counts."`
	Recovery     bool   `help:"Unlock with the recovery code instead of the passphrase."`
	RecoveryFile string `help:"File whose first line is the recovery code." type:"existingfile" placeholder:"FILE"`
	NewFile      string `help:"File whose first line is the passphrase of the new data key." type:"existingfile" placeholder:"FILE"`
}

// Help shows an example.
func (closedRekeyCmd) Help() string {
	return "Stop the house first. The new house is made beside the old one and proved to be the same before it takes its place: a power cut leaves one of the two, whole; the next command that opens the house ends what was decided. It needs as much free space again as closed.db has. Copies made before open with the old key file, closed.key.old-FINGERPRINT: put it into the safe with them and delete it here.\n\nExample:\n  citypost closed rekey --data /var/lib/citypost-closed\n  citypost closed rekey ledger --data /var/lib/citypost-closed"
}

// Run exchanges one key.
func (c closedRekeyCmd) Run(e env) error {
	if c.What == "data" {
		return c.data(e)
	}
	if c.Recovery || c.RecoveryFile != "" || c.NewFile != "" {
		return fault.New(fault.Invalid, "cmd.usage", "--recovery và --new-file chỉ dùng khi đổi khoá dữ liệu.", "--recovery and --new-file are for the data key.")
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.sign(e, h))
}

// data seals everything under a new key.
func (c closedRekeyCmd) data(e env) error {
	box, err := closedPassphraseCmd{closedFlags: c.closedFlags, Recovery: c.Recovery, RecoveryFile: c.RecoveryFile}.box(e)
	if err != nil {
		return err
	}
	if err := box.Alone(); err != nil { // before anybody types a passphrase
		return errors.Join(err, box.Close())
	}
	word, err := closedFlags{PassphraseFile: c.NewFile}.newPassphrase(e)
	if err != nil {
		return errors.Join(err, box.Close())
	}
	old := box.Fingerprint()
	tell := func(next *strongbox.Box, code string) error { return recoverySheet(e, next, code) }
	if err := app.Rekey(e, app.Rekeying{Data: c.Data, Box: box, Passphrase: word, Now: time.Now(), Tell: tell}); err != nil {
		return errors.Join(err, box.Close())
	}
	vi, en := "Đã đổi khoá dữ liệu. Phiếu khôi phục cũ chỉ còn mở được các bản sao lưu cũ, cùng với %[1]s: cất tệp này vào két rồi xoá ở đây. Sao lưu ngay, cất một bản closed.key mới.\n",
		"The data key is exchanged. The old recovery sheet opens old copies only, with %[1]s: put that file into the safe, then delete it here. Make a backup now, and keep a copy of the new closed.key.\n"
	if e.Lang == "en" {
		vi = en
	}
	_, err = fmt.Fprintf(e.Out, vi, strongbox.OldKeyPrefix+old)
	return err
}

// sign exchanges a key that signs.
func (c closedRekeyCmd) sign(e env, h *app.ClosedHouse) error {
	if c.What == "ledger" {
		r, err := h.RotateLedgerKey(e)
		if err != nil {
			return err
		}
		vi, en := "Đã đổi khoá ký sổ cái; sổ cái ghi việc này ở dòng %d.\n", "The key that signs the ledger is exchanged; the ledger says so in entry %d.\n"
		if e.Lang == "en" {
			vi = en
		}
		_, err = fmt.Fprintf(e.Out, vi, r.Seq)
		return err
	}
	key, err := h.RotateCountsKey()
	if err != nil {
		return err
	}
	vi, en := "Đã đổi khoá ký số liệu. Nhà mở phải khai khoá mới trước khi nhận tệp sau: citypost kt1-counts trust %s\n", "The key that signs counts is exchanged. The open house must name the new one before it takes another file: citypost kt1-counts trust %s\n"
	if e.Lang == "en" {
		vi = en
	}
	_, err = fmt.Fprintf(e.Out, vi, key)
	return err
}
