package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
)

// closedDirectoryCmd takes in the closed list of bodies that use KT1.
type closedDirectoryCmd struct {
	closedFlags
	File   string `arg:"" type:"existingfile" help:"CSV with the columns code,list,central,name,address,unit,province,zone,office,hours."`
	Office string `required:"" help:"KT1 office in whose name the list is taken in, six digits."`
	Apply  bool   `help:"Really take it in; without it the plan is printed and nothing changes."`
	By     string `help:"Login of whoever takes it in, with --apply: the ledger names this account beside every line that changes." placeholder:"LOGIN"`
}

// Help shows an example.
func (closedDirectoryCmd) Help() string {
	return "Lists: appendix-1, appendix-2, secret-holder, outside. Zones: inner, suburban; empty for another province. The province (two digits) may be empty where the gazetteer knows the unit. The columns contact_place and contact_phone of the after-hours contact may follow.\nNobody is ever dropped: bodies that the file lacks are named, for somebody to look at.\n\nExample:\n  citypost closed directory bodies.csv --office 180100 --apply --by quan.tri --data /var/lib/citypost-closed"
}

// Run shows the plan, and carries it out when told to.
func (c closedDirectoryCmd) Run(e env) error {
	office, err := postal.ParseOfficeCode(c.Office)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	entries, err := closedmail.ReadEntries(file)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, c.plan(e, h, office, entries))
}

func (c closedDirectoryCmd) plan(e env, h *app.ClosedHouse, office postal.OfficeCode, entries []closedmail.Entry) error {
	if err := h.Accounts.CheckOffice(e, office); err != nil {
		return err
	}
	p, err := h.Directory.Plan(e, entries, postal.DayOf(h.Now()))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(e.Out, postal.In(e.Lang, "Mới %d, đổi %d, giữ nguyên %d, không có trong tệp %d.\n", "New %d, changed %d, the same %d, not in the file %d.\n"), len(p.New), len(p.Changed), p.Same, len(p.Missing)); err != nil {
		return err
	}
	for _, code := range p.Missing {
		if _, err := fmt.Fprintf(e.Out, "  ? %s\n", code); err != nil {
			return err
		}
	}
	if !c.Apply {
		_, err := fmt.Fprintln(e.Out, postal.In(e.Lang, "Chưa ghi gì. Chạy lại với --apply để ghi.", "Nothing is recorded. Run it again with --apply."))
		return err
	}
	who, err := h.Accounts.FindLogin(e, c.By)
	if err == nil && who.Disabled() || fault.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, "closed.by", "Đổi danh bạ là đổi hướng thư: phải ghi --by bằng tên đăng nhập đang dùng của người nạp.", "To change the directory is to redirect mail: --by must name the login, in use, of whoever takes it in.")
	}
	if err != nil {
		return err
	}
	if err := h.Directory.Import(e, p, ledger.Envelope{Office: office, Actor: account.Command}, who.ID, h.Now); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.Out, postal.In(e.Lang, "Đã ghi.", "Recorded."))
	return err
}

// closedPartnersCmd takes in the names of operators outside the house.
type closedPartnersCmd struct {
	closedFlags
	File string `arg:"" type:"existingfile" help:"CSV with the columns code,name,address."`
}

// Help shows an example.
func (closedPartnersCmd) Help() string {
	return "Codes look like dt-01. Nobody is ever dropped. The interconnection contract, and who signs for the partner, a supervisor records on /kt1/partners.\n\nExample:\n  citypost closed partners partners.csv --data /var/lib/citypost-closed"
}

// Run writes the names.
func (c closedPartnersCmd) Run(e env) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	names, err := closedmail.ReadPartners(file)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	if err := h.Directory.NamePartners(e, names); err != nil {
		return closing(h, err)
	}
	_, err = fmt.Fprintf(e.Out, postal.In(e.Lang, "Đã nạp %d đối tác.\n", "Took in %d partners.\n"), len(names))
	return closing(h, err)
}

// closedNumbersCmd gives a KT1 office its item numbers.
type closedNumbersCmd struct {
	closedFlags
	Office string `required:"" help:"KT1 office, six digits."`
	From   int    `required:"" help:"First serial, up to eight digits."`
	To     int    `required:"" help:"Last serial."`
}

// Help shows an example.
func (closedNumbersCmd) Help() string {
	return "A number is given once in the service's whole life; a range that overlaps another is refused.\n\nExample:\n  citypost closed numbers --office 180100 --from 10000000 --to 10099999 --data /var/lib/citypost-closed"
}

// Run reserves the range.
func (c closedNumbersCmd) Run(e env) error {
	office, err := postal.ParseOfficeCode(c.Office)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	if err := h.Accounts.CheckOffice(e, office); err != nil { // a number is given once: not to an office that nobody has
		return closing(h, err)
	}
	now := h.Now()
	_, err = h.Ledger.Append(e, ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: office, Actor: account.Command},
		custody.ReserveRange{Office: office, Letters: custody.Letters(event.KT1), From: c.From, To: c.To})
	if err == nil {
		_, err = fmt.Fprintf(e.Out, postal.In(e.Lang, "Đã cấp cho %[1]s %[2]s số, từ %[3]d đến %[4]d.\n", "Given to %[1]s: %[2]s numbers, %[3]d to %[4]d.\n"), office, postal.Count(int64(c.To-c.From+1)), c.From, c.To)
	}
	return closing(h, err)
}

// closedDemoCmd makes up a closed house with a month behind it and serves it.
type closedDemoCmd struct {
	Data   string `help:"Folder to keep it in; without it, it lives in a folder that goes away with the program." type:"path"`
	Listen string `default:"127.0.0.1:8444" help:"Address to listen on, of this machine."`
	Seed   uint64 `default:"7" help:"The same seed on the same day makes the same month."`
	Days   int    `default:"30" help:"Days of past work."`
	Fill   bool   `help:"Only make it, do not serve."`
	Log    string `default:"warn" enum:"debug,info,warn,error" help:"How much to log."`
}

// Help shows an example.
func (closedDemoCmd) Help() string {
	return "Bodies, people and numbers are made up and say so. Its data lie encrypted like those of a real house.\n\nExample:\n  citypost closed demo --listen 127.0.0.1:8444"
}

// demoWord unlocks a made-up closed house: it keeps no secret.
const demoWord = "nhà mẫu không giữ bí mật nào 7"

// demoCost makes the demonstration start at once: its passphrase is printed in the source.
var demoCost = strongbox.Cost{Time: 1, MemoryKiB: 8 << 10, Threads: 1}

// Run makes the house, prints who can sign in, and serves until told to stop.
func (c closedDemoCmd) Run(e env) error {
	if err := (closedServeCmd{Listen: c.Listen}).checkAddress(e); err != nil {
		return err
	}
	if c.Days < 1 || c.Days > 365 {
		return fault.New(fault.Invalid, "cmd.usage", "--days phải từ 1 đến 365.", "--days must be 1 to 365.")
	}
	log := logger(c.Log)
	slog.SetDefault(log)
	dir := c.Data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "citypost-closed-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	ln, err := listen(c.Listen)
	if err != nil {
		return err
	}
	clock := demo.NewClock(time.Now(), c.Seed)
	h, err := c.made(e, dir, clock, log)
	if err != nil || c.Fill {
		err = errors.Join(err, ln.Close())
		if h != nil {
			err = errors.Join(err, h.Close())
		}
		return err
	}
	clock.Run(1)
	return errors.Join(serve(e, h, log, ln, 0), h.Close())
}

// made makes and fills a house, or takes the one that is there. Half a house is not kept: what cannot be filled goes at once, what a run was killed over goes with the next.
func (c closedDemoCmd) made(e env, dir string, clock *demo.Clock, log *slog.Logger) (*app.ClosedHouse, error) {
	begun := mark(filepath.Join(dir, "demo.unfinished"))
	half, err := begun.isSet()
	if err == nil && half {
		err = dropHouse(dir)
	}
	fresh := !strongbox.Exists(dir)
	if err == nil && fresh {
		err = begun.set()
	}
	if err != nil {
		return nil, err
	}
	h, err := c.open(e, dir, clock, log)
	if err == nil {
		err = c.fill(e, h, clock)
	}
	switch {
	case err == nil && fresh:
		return h, begun.lift()
	case err != nil && h != nil:
		err = errors.Join(err, h.Close())
	}
	if err != nil && fresh {
		err = errors.Join(err, dropHouse(dir), begun.lift())
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

// dropHouse deletes the files of a closed house from a folder.
func dropHouse(dir string) error {
	var err error
	for _, of := range []string{strongbox.KeyFile + "*", app.ClosedDatabase + "*", strongbox.SealedName("*")} {
		names, bad := filepath.Glob(filepath.Join(dir, of))
		err = errors.Join(err, bad)
		for _, name := range names {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// open makes box and house, or takes those that are there.
func (c closedDemoCmd) open(e env, dir string, clock *demo.Clock, log *slog.Logger) (*app.ClosedHouse, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	box, err := strongbox.Open(dir, demoWord)
	if !strongbox.Exists(dir) {
		if box, _, err = strongbox.Create(dir, demoWord, time.Now(), demoCost); err == nil {
			err = app.FurnishBox(box)
		}
	}
	if err != nil {
		return nil, err
	}
	return app.OpenClosed(e, app.Config{Data: dir, Base: "http://" + c.Listen, Now: clock.Now, Log: log, MadeUp: true, Province: "31"}, box)
}

// fill makes the month, or takes the one that is there.
func (c closedDemoCmd) fill(e env, h *app.ClosedHouse, clock *demo.Clock) error {
	address := "http://" + c.Listen + "/sign-in"
	if len(closedmail.Shifts(h.Ledger.View(e))) > 0 {
		_, err := fmt.Fprintf(e.Out, "citypost closed demo: giữ nguyên nhà mẫu đã có / keeps the house that is there\n  %s\n", address)
		return err
	}
	start := time.Now()
	logins, err := demo.FillClosed(e, h, clock, demo.Options{Seed: c.Seed, Days: c.Days}, progress(e.Diag, fmt.Sprintf("%d ngày / days", c.Days)))
	if err != nil {
		return err
	}
	return c.introduce(e.Out, h, logins, address, time.Since(start))
}

func (c closedDemoCmd) introduce(w io.Writer, h *app.ClosedHouse, logins []demo.Login, address string, took time.Duration) error {
	_, err := fmt.Fprintf(w, "citypost closed demo: nhà nội bộ mẫu, mọi thứ đều do máy dựng / a made-up closed house, everything in it is generated\n  %d bút toán trong %.1f s / entries\n\n  %s\n  Mật khẩu chung / password  %s\n\n",
		h.Ledger.Seq(), took.Seconds(), address, demo.Password)
	for _, l := range logins {
		if err == nil {
			_, err = fmt.Fprintf(w, "  %-10s %s / %s %s\n", l.Login, l.RoleVI, l.RoleEN, l.Office)
		}
	}
	return err
}
