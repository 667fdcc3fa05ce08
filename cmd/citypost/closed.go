package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"time"

	"citypost/internal/account"
	"citypost/internal/answer"
	"citypost/internal/app"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
	"citypost/internal/web"
)

// closedCmd is everything about the closed house.
type closedCmd struct {
	Init       closedInitCmd       `cmd:"" help:"Make a closed house: its keys, its recovery sheet, its first administrator."`
	Serve      closedServeCmd      `cmd:"" help:"Unlock the closed house and run it on this machine."`
	User       closedUserCmd       `cmd:"" help:"Add, list and disable accounts of the closed house."`
	Offices    closedOfficesCmd    `cmd:"" help:"Take in the list of offices, from a file."`
	Counts     closedCountsCmd     `cmd:"" help:"Write the signed file of counts, the only thing that leaves the house."`
	Ledger     closedLedgerCmd     `cmd:"" help:"Count, verify and rebuild the ledger of the closed house."`
	Clock      closedClockCmd      `cmd:"" help:"Show how far the clock lies behind the last entry, and accept it."`
	Backup     closedBackupCmd     `cmd:"" help:"Copy the closed house while it works; the copy is encrypted and proved."`
	Restore    closedRestoreCmd    `cmd:"" help:"Put a copy into an empty folder and prove it."`
	Doctor     closedDoctorCmd     `cmd:"" help:"Say what is wrong with the closed house."`
	Partners   closedPartnersCmd   `cmd:"" help:"Take in the names of operators outside the house with whom KT1 is exchanged, from a file."`
	Directory  closedDirectoryCmd  `cmd:"" help:"Take in the closed list of bodies that use KT1, from a file."`
	Numbers    closedNumbersCmd    `cmd:"" help:"Give a KT1 office its item numbers."`
	Demo       closedDemoCmd       `cmd:"" help:"Make up a closed house with a month behind it and serve it."`
	Passphrase closedPassphraseCmd `cmd:"" help:"Change the passphrase, also with the recovery code."`
	Rekey      closedRekeyCmd      `cmd:"" help:"Exchange the data key, the key that signs the ledger, or the key that signs counts."`
}

// closedFlags say which closed house a command works on, and how it is unlocked.
type closedFlags struct {
	Data           string `default:"closed" help:"Data folder of the closed house." env:"CITYPOST_CLOSED_DATA" type:"path"`
	PassphraseFile string `help:"File whose first line is the passphrase; without it, it is asked on the terminal or read from standard input." type:"existingfile" placeholder:"FILE"`
	Rules          string `help:"Folder of the site's own rules, laid over the law." placeholder:"DIR" type:"path"`
	Province       string `default:"31" help:"Code of the province whose post this is; 31 is Hải Phòng."`
}

func (f closedFlags) config() app.Config {
	return app.Config{Data: f.Data, Rules: f.Rules, Province: f.Province}
}

// unlock opens the box of the house.
func (f closedFlags) unlock(e env) (*strongbox.Box, error) {
	if _, err := strongbox.FingerprintOf(f.Data); err != nil { // nobody is asked for what cannot help
		return nil, err
	}
	word, err := f.passphrase(e, "Mật khẩu mở khoá / passphrase: ")
	if err != nil {
		return nil, err
	}
	return strongbox.Open(f.Data, word)
}

// open unlocks and opens the house for one command.
func (f closedFlags) open(e env) (*app.ClosedHouse, error) {
	box, err := f.unlock(e)
	if err != nil {
		return nil, err
	}
	return app.OpenClosed(e, f.config(), box)
}

// closedInitCmd makes a closed house.
type closedInitCmd struct {
	closedFlags
	Login string `default:"quan.tri" help:"Login of the first administrator."`
	Name  string `default:"Quản trị viên" help:"Full name of the first administrator."`

	Suggest bool `help:"Print a passphrase of five random words and make nothing."`
}

// Help shows an example.
func (closedInitCmd) Help() string {
	return "Prints the recovery sheet and the administrator's one-time password, once. Keep the sheet and a copy of closed.key in two different safes. What was broken off is ended by running it again with the same passphrase.\n\nExample:\n  citypost closed init --suggest\n  citypost closed init --data /var/lib/citypost-closed"
}

// Run makes keys, tables and the first account. What an earlier run began and did not end is ended; nothing that lies there is made anew.
func (c closedInitCmd) Run(e env) error {
	if c.Suggest {
		return suggestPassphrase(e)
	}
	begun := mark(filepath.Join(c.Data, "init.unfinished"))
	again, err := begun.isSet()
	if err != nil {
		return err
	}
	there := strongbox.Exists(c.Data)
	if there && !again {
		_, _, err := strongbox.Create(c.Data, "", time.Now(), strongbox.FullCost) // says that it is there
		return err
	}
	box, code, err := c.box(e, begun, there)
	if err != nil {
		return err
	}
	if err := app.FurnishBox(box); err != nil {
		return err
	}
	if err := recoverySheet(e, box, code); err != nil {
		return err
	}
	h, err := app.OpenClosed(e, c.config(), box)
	if err != nil {
		return err
	}
	if err = c.firstAccount(e, h.Accounts); err == nil {
		err = begun.lift()
	}
	return closing(h, err)
}

// suggestPassphrase prints a passphrase for people to take, and how hard it is to guess.
func suggestPassphrase(e env) error {
	words, bits, err := strongbox.Suggest()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, postal.In(e.Lang, "%[1]s\nNăm từ rút ngẫu nhiên, %.0[2]f bit. Gõ đúng như in, có dấu cách. Chưa tạo gì; không lưu ở đâu. Học thuộc rồi huỷ tờ giấy.\n",
		"%[1]s\nFive words drawn at random, %.0[2]f bits. Type them as printed, with spaces. Nothing was made; it is kept nowhere. Learn it, then destroy the paper.\n"), words, bits)
	return err
}

// box makes the key file, or opens the one that an earlier run left; nobody may have read the recovery code of that one, so it gets another.
func (c closedInitCmd) box(e env, begun mark, there bool) (box *strongbox.Box, code string, err error) {
	if there {
		if box, err = c.unlock(e); err != nil {
			return nil, "", err
		}
		code, err = box.NewRecovery()
		return box, code, err
	}
	word, err := c.newPassphrase(e)
	if err != nil {
		return nil, "", err
	}
	if err := begun.set(); err != nil {
		return nil, "", err
	}
	box, code, err = strongbox.Create(c.Data, word, time.Now(), strongbox.FullCost)
	if err != nil {
		err = errors.Join(err, begun.lift())
	}
	return box, code, err
}

// firstAccount adds the administrator; one whose one-time password was not printed by an earlier run gets another.
func (c closedInitCmd) firstAccount(e env, s *account.Service) error {
	p := answer.Printing{Lang: e.Lang}
	err := s.AddCommand(e, e.Out, account.AddFlags{Login: c.Login, Name: c.Name, Roles: []string{string(web.Admin)}}, p)
	if fault.Code(err) == "account.login_taken" {
		return s.PasswordCommand(e, e.Out, c.Login, false, p)
	}
	return err
}

// recoverySheet prints what is kept in a safe. It is printed once.
func recoverySheet(e env, box *strongbox.Box, code string) error {
	vi := `PHIẾU KHÔI PHỤC – NHÀ NỘI BỘ KT1
Dấu vân tay khoá:  %[1]s
Mã khôi phục:      %[2]s
Mã này mở được dữ liệu khi quên mật khẩu, cùng với tệp %[3]s. Chỉ in một lần, không lưu ở đâu.
Niêm phong phiếu này, cất ở két khác với két giữ bản sao tệp %[3]s.

`
	en := `RECOVERY SHEET – CLOSED HOUSE KT1
Fingerprint of the key:  %[1]s
Recovery code:           %[2]s
With the file %[3]s this code opens the data when the passphrase is forgotten. It is printed once and kept nowhere.
Seal this sheet and keep it in another safe than the copy of the file %[3]s.

`
	_, err := fmt.Fprintf(e.Out, postal.In(e.Lang, vi, en), box.Fingerprint(), code, strongbox.KeyFile)
	return err
}

// closedServeCmd runs the closed house.
type closedServeCmd struct {
	closedFlags
	Listen       string `default:"127.0.0.1:8443" help:"Address to listen on; only this machine, unless --allow-network is given."`
	AllowNetwork bool   `help:"Listen on a network address. The law forbids it for machines that register secret documents, unless the cryptography law allows the network."`
	TLSCert      string `name:"tls-cert" help:"Certificate, for a network address; the house answers to the names in it." type:"existingfile"`
	TLSKey       string `name:"tls-key" help:"Its key." type:"existingfile"`
	Log          string `default:"info" enum:"debug,info,warn,error" help:"How much to log."`
}

// Help shows an example.
func (closedServeCmd) Help() string {
	return "Asks for the passphrase; without it nothing opens and the exit code is 1.\n\nExample:\n  citypost closed serve --data /var/lib/citypost-closed"
}

// Run unlocks and serves until the process is told to stop.
func (c closedServeCmd) Run(e env) error {
	if err := c.checkAddress(e); err != nil {
		return err
	}
	log := logger(c.Log)
	slog.SetDefault(log)
	box, err := c.unlock(e)
	if err != nil {
		return err
	}
	cfg := c.config()
	cfg.Log, cfg.Secure = log, c.TLSCert != ""
	ln, err := listen(c.Listen)
	if err != nil {
		return err
	}
	scheme := "http://"
	if cfg.Secure {
		scheme = "https://"
		if ln, cfg.Certificate, err = withTLS(ln, c.TLSCert, c.TLSKey); err != nil {
			return err
		}
	}
	cfg.Base = scheme + ln.Addr().String()
	h, err := app.OpenClosed(e, cfg, box)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	fmt.Fprintf(e.Out, "citypost closed: %s\n", cfg.Base)
	return errors.Join(serve(e, h, log, ln, 0), h.Close())
}

// checkAddress refuses an address that others can reach, unless that was said in so many words.
func (c closedServeCmd) checkAddress(e env) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fault.New(fault.Invalid, "cmd.usage", "--listen phải có dạng địa-chỉ:cổng.", "--listen must be address:port.").Because(err)
	}
	addr, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && addr.IsLoopback() {
		return nil
	}
	if !c.AllowNetwork {
		return fault.New(fault.Forbidden, "closed.network",
			"Nhà nội bộ chỉ phục vụ trên chính máy này (127.0.0.1). Máy đăng ký tài liệu mật không được nối mạng. Nếu mạng này được phép theo pháp luật về cơ yếu, thêm --allow-network.",
			"The closed house serves this machine only (127.0.0.1). A machine that registers secret documents must not be on a network. If the cryptography law allows this network, add --allow-network.")
	}
	_, err = fmt.Fprintf(e.Diag, "citypost: CẢNH BÁO / WARNING: %s – nhà nội bộ đang mở ra mạng / the closed house is open to a network\n", c.Listen)
	return err
}

// closedOfficesCmd takes in the list of offices.
type closedOfficesCmd struct {
	closedFlags
	File  string `arg:"" type:"existingfile" help:"The file (TSV, CSV or JSON), as for «gazetteer import offices»."`
	Act   string `required:"" help:"Number of the decision that the list follows."`
	From  string `required:"" help:"First day on which it holds."`
	Apply bool   `help:"Really take it in."`
}

// Help shows an example.
func (closedOfficesCmd) Help() string {
	return "Example:\n  citypost closed offices offices.tsv --act 123/QĐ-BĐTP --from 2026-12-01 --apply --data /var/lib/citypost-closed"
}

// Run shows the plan, and carries it out when told to.
func (c closedOfficesCmd) Run(e env) error {
	r, err := importCmd{What: "offices", File: c.File, Act: c.Act, From: c.From}.release()
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, gazetteer.RunImport(e, e.Out, h.Offices, gazetteer.ImportOptions{Release: r, Apply: c.Apply, InUse: h.InUse, Lang: e.Lang}))
}

// closedPassphraseCmd changes the passphrase.
type closedPassphraseCmd struct {
	closedFlags
	Recovery     bool   `help:"Unlock with the recovery code instead of the passphrase."`
	RecoveryFile string `help:"File whose first line is the recovery code." type:"existingfile" placeholder:"FILE"`
	NewFile      string `help:"File whose first line is the new passphrase." type:"existingfile" placeholder:"FILE"`
	NewRecovery  bool   `help:"Also make a new recovery code and print a new sheet; the old one no longer opens this key file."`
}

// Help shows an example.
func (closedPassphraseCmd) Help() string {
	return "The data is not written anew: only the key file changes. Copies of the old key file still open with the old passphrase: destroy them.\n\nExample:\n  citypost closed passphrase --data /var/lib/citypost-closed\n  citypost closed passphrase --recovery --new-recovery"
}

// Run unlocks, then closes the box under the new passphrase.
func (c closedPassphraseCmd) Run(e env) error {
	box, err := c.box(e)
	if err != nil {
		return err
	}
	word, err := closedFlags{PassphraseFile: c.NewFile}.newPassphrase(e)
	if err != nil {
		return err
	}
	defer box.Close()
	if err := box.Change(word); err != nil {
		return err
	}
	if c.NewRecovery {
		code, err := box.NewRecovery()
		if err != nil {
			return err
		}
		if err := recoverySheet(e, box, code); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(e.Out, postal.In(e.Lang, "Đã đổi mật khẩu mở khoá. Hãy huỷ các bản sao closed.key cũ và cất bản mới.",
		"The passphrase is changed. Destroy copies of the old closed.key and keep a copy of the new one."))
	return err
}

func (c closedPassphraseCmd) box(e env) (*strongbox.Box, error) {
	if !c.Recovery && c.RecoveryFile == "" {
		return c.unlock(e)
	}
	if _, err := strongbox.FingerprintOf(c.Data); err != nil {
		return nil, err
	}
	code, err := closedFlags{PassphraseFile: c.RecoveryFile}.passphrase(e, "Mã khôi phục / recovery code: ")
	if err != nil {
		return nil, err
	}
	return strongbox.Recover(c.Data, code)
}
