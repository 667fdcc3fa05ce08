package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/web"
)

// counters are a whole house at work (jobs, followers and messages beside the requests) whose clerks take dossiers in for one agency, each with his own session, shift and receipts.
type counters struct {
	*app.House
	url    string
	server func() error
	work   sync.WaitGroup // what goes on beside the requests
	rest   context.CancelFunc
	wrong  error // with which that work ended before its time
	agency dossier.Agency
	clerks []*counterClerk
}

// counterClerk is one of them, and what was acknowledged to him.
type counterClerk struct {
	*counters
	id     postal.StaffID
	office gazetteer.Office
	drawer string
	client *http.Client
	rand   *rand.Rand
	size   sizer
	serial uint64
	taken  []taken

	procedure *dossier.Procedure // for those who write straight into the ledger
	price     dossier.Price
	carriage  custody.Accept
}

// taken is one acknowledged intake.
type taken struct {
	act      postal.ActID
	dossier  postal.DossierNumber
	sender   string
	pictures [2]picture // the joint-count list and the sealed packet
}

const (
	benchAgency    postal.AgencyCode = "so-tu-phap-mau"
	benchProcedure                   = "9.900001"
	benchWord                        = "do-toc-do-2026"
	clerksAnOffice                   = 4
)

// openCounters opens a house on a database and puts clerks at its counters.
func openCounters(ctx context.Context, dir, dsn string, size sizer, clerks int, watch func(ledger.Rows)) (*counters, error) {
	h, err := app.Open(ctx, app.Config{Data: dir, Database: dsn, MadeUp: true, Province: "31", Log: slog.New(slog.DiscardHandler), Watch: watch})
	if err != nil {
		return nil, err
	}
	c := &counters{House: h}
	work, rest := context.WithCancel(ctx)
	c.rest = rest
	c.work.Go(func() {
		if err := h.Run(work); work.Err() == nil {
			c.wrong = err
		}
	})
	if err := c.furnish(ctx, size, clerks); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// reopen opens the house that a run has left, for looking only.
func reopen(ctx context.Context, dir, dsn string) (*counters, error) {
	h, err := app.Open(ctx, app.Config{Data: dir, Database: dsn, MadeUp: true, Province: "31", Log: slog.New(slog.DiscardHandler)})
	return &counters{House: h}, err
}

func (c *counters) furnish(ctx context.Context, size sizer, clerks int) error {
	today := postal.DayOf(time.Now())
	offices := gazetteer.MadeUpOffices(c.Places.Gazetteer(), today)
	for n := range offices {
		offices[n].ValidFrom = today.AddDays(-365)
	}
	if err := errors.Join(c.Offices.SaveOffices(ctx, offices...), c.Places.Reload(ctx), procedure.MakeUp(ctx, c.Procedures, today)); err != nil {
		return err
	}
	var open []gazetteer.Office // where results can be brought to
	for _, o := range offices {
		if _, ok := c.Places.DeliveryOffice(o.Unit); ok {
			open = append(open, o)
		}
	}
	need := (clerks + clerksAnOffice - 1) / clerksAnOffice
	if len(open) < need {
		return fmt.Errorf("%d offices for %d clerks", len(open), clerks)
	}
	c.agency = dossier.Agency{Code: benchAgency, Name: "Sở Tư pháp mẫu", Address: "1 phố Mẫu", Unit: open[0].Unit, Office: open[0].Code, Active: true}
	if err := c.Dossiers.KeepAgency(ctx, c.agency); err != nil {
		return err
	}
	for n := range need {
		if err := c.fitOut(ctx, open[n], n); err != nil {
			return err
		}
	}
	for n := range clerks {
		if err := c.employ(ctx, open[n/clerksAnOffice], n, size); err != nil {
			return err
		}
	}
	return nil
}

// fitOut gives an office the numbers of its packets and a book of receipts.
func (c *counters) fitOut(ctx context.Context, o gazetteer.Office, n int) error {
	from := n * 200_000
	for _, a := range []ledger.Act{
		custody.ReserveRange{Office: o.Code, Letters: custody.Letters(event.DossierSend), From: from + 1, To: from + 199_999},
		cash.OpenBook{Book: "BENCH/" + strconv.Itoa(n), From: 1, To: 199_999},
	} {
		if err := c.write(ctx, o.Code, "bench", a); err != nil {
			return err
		}
	}
	return nil
}

func (c *counters) write(ctx context.Context, o postal.OfficeCode, who postal.StaffID, a ledger.Act) error {
	now := time.Now()
	_, err := c.Ledger.Append(ctx, ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: o, Actor: who}, a)
	return err
}

// employ puts a clerk at a counter with a shift.
func (c *counters) employ(ctx context.Context, o gazetteer.Office, n int, size sizer) error {
	a, _, err := c.Accounts.Add(ctx, account.Actor{ID: account.Command}, account.NewPerson{Login: fmt.Sprintf("bench%02d", n), Name: "Giao dịch viên mẫu", Office: o.Code,
		Roles: []web.Role{{Name: web.Clerk, Office: o.Code}}, Password: benchWord})
	if err != nil {
		return err
	}
	k := &counterClerk{counters: c, id: a.ID, office: o, drawer: cash.DrawerCode(o.Code, n%clerksAnOffice+1), rand: rand.New(rand.NewPCG(uint64(n), 1)), size: size, serial: uint64(n) << 40}
	if err := c.write(ctx, o.Code, a.ID, cash.Begin{Drawer: k.drawer, Office: o.Code}); err != nil {
		return err
	}
	c.clerks = append(c.clerks, k)
	return k.prepare(ctx)
}

// prepare asks once what the direct way needs each time: its figure is that of the ledger, not of the price list.
func (k *counterClerk) prepare(ctx context.Context) (err error) {
	now := time.Now()
	v := k.Ledger.View(ctx)
	if k.procedure, err = k.Dossiers.Catalogue.On(benchProcedure, postal.DayOf(now)); err != nil {
		return err
	}
	if k.price, err = k.Dossiers.Money.Price(v, dossier.PriceQuestion{Service: event.DossierSend, From: k.office.Unit, To: k.agency.Unit, WeightG: 120, On: postal.DayOf(now)}); err != nil {
		return err
	}
	k.carriage, err = k.Dossiers.Carriage(event.DossierSend, dossier.FormBoth, k.office.Code, k.agency, 120, k.price, now)
	return err
}

// serve listens on loopback and signs every clerk in.
func (c *counters) serve(ctx context.Context) error {
	h := &house{}
	var err error
	if c.url, err = h.listen(c.Handler()); err != nil {
		return err
	}
	c.server = h.close
	for n, k := range c.clerks {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		k.client = &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := k.client.PostForm(c.url+"/sign-in", url.Values{"login": {fmt.Sprintf("bench%02d", n)}, "password": {benchWord}})
		if err != nil {
			return err
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusSeeOther {
			return errors.Join(err, fmt.Errorf("clerk %d cannot sign in: %s", n, res.Status))
		}
	}
	return ctx.Err()
}

func (c *counters) close() (err error) {
	if c.server != nil {
		err = c.server()
	}
	if c.rest != nil {
		c.rest()
		c.work.Wait()
	}
	return errors.Join(err, c.wrong, c.House.Close())
}

// next makes up the next intake.
func (k *counterClerk) next() taken {
	t := taken{act: postal.NewActID(time.Now()), sender: fmt.Sprintf("Người mẫu %d", k.serial)}
	for n := range t.pictures {
		k.serial++
		t.pictures[n] = makePicture(k.rand, k.serial, k.size)
	}
	return t
}

// form is the intake page filled in: every paper there, a fee to be collected with a receipt.
func (k *counterClerk) form(t taken, do, shown string) *multipart {
	var m multipart
	for _, x := range [][2]string{{"act", t.act.String()}, {"do", do}, {"shown", shown}, {"procedure", benchProcedure}, {"agency", string(k.agency.Code)}, {"form", dossier.FormBoth}, {"same", "1"}, {"keep", "home"},
		{"means", "cash"}, {"signed", "1"}, {"seal", fmt.Sprintf("NP%09d", k.serial)}, {"weight", "120"}, {"from.name", t.sender}, {"from.phone", "0912 345 678"}, {"from.address", "12 ngõ 5 đường Mẫu"},
		{"from.unit", string(k.office.Unit)}} {
		m.field(x[0], x[1])
	}
	for _, a := range k.procedure.Papers {
		m.field("ok."+a.ID, "1")
	}
	for _, f := range k.procedure.Fees {
		if f.AmountVND > 0 {
			m.field("fees."+f.Kind, strconv.FormatInt(int64(f.AmountVND), 10))
			m.field("fees."+f.Kind+".how", dossier.ByPost)
		}
	}
	if do == "accept" {
		m.file("list", t.pictures[0])
		m.file("packet", t.pictures[1])
	}
	m.add([]byte("--" + boundary + "--\r\n"))
	return &m
}

func (k *counterClerk) send(ctx context.Context, m *multipart) (status int, to string, page []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.url+dossier.NewPath, m.reader())
	if err != nil {
		return 0, "", nil, err
	}
	req.ContentLength = m.size
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	res, err := k.client.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	page, err = io.ReadAll(res.Body)
	return res.StatusCode, res.Header.Get("Location"), page, err
}

// byPage takes a dossier in as a clerk does: he checks, looks at what is shown, and accepts it with both pictures.
func (k *counterClerk) byPage(ctx context.Context) (int, error) {
	t := k.next()
	status, _, page, err := k.send(ctx, k.form(t, "check", ""))
	if err != nil {
		return 0, err
	}
	_, rest, ok := bytes.Cut(page, []byte(`name="shown" value="`))
	shown, _, _ := bytes.Cut(rest, []byte(`"`))
	if status != http.StatusOK || !ok {
		return 0, fmt.Errorf("nothing is shown: %d %.2000s", status, page)
	}
	status, to, page, err := k.send(ctx, k.form(t, "accept", string(shown)))
	if err != nil {
		return 0, err
	}
	code := strings.TrimSuffix(to[strings.LastIndexByte(to, '/')+1:], "?new=1")
	if t.dossier, err = postal.ParseDossierNumber(code); err != nil || status != http.StatusSeeOther {
		return 0, fmt.Errorf("not accepted: %d %q %.200s", status, to, page)
	}
	k.taken = append(k.taken, t)
	return 1, nil
}

// direct appends the same act with the same rows, without page and price list.
func (k *counterClerk) direct(ctx context.Context) (int, error) {
	t := k.next()
	a := dossier.Accept{Office: k.office.Code, Terms: event.DossierAccepted{Procedure: k.procedure.Code, Version: k.procedure.Version, Agency: k.agency.Code, Form: dossier.FormBoth, Channel: dossier.AtCounter,
		Seal: fmt.Sprintf("NP%09d", k.serial), ToUnit: k.office.Unit, ToOffice: k.office.Code}}
	carriage := k.carriage
	a.Carriage = &carriage
	for _, p := range k.procedure.Papers {
		a.Terms.Papers = append(a.Terms.Papers, event.Paper{Component: p.ID, Originals: max(1, p.Originals), Copies: p.Copies, Certified: p.Certified})
	}
	var pictures []dossier.Picture
	for n, kind := range []string{"list", "packet"} {
		p, err := dossier.ReadPicture(kind, t.pictures[n].body())
		if err != nil {
			return 0, err
		}
		pictures, a.Terms.Pictures = append(pictures, p), append(a.Terms.Pictures, p.Hash)
	}
	person := dossier.Person{Name: t.sender, Phone: "+84912345678", Address: "12 ngõ 5 đường Mẫu", Unit: k.office.Unit}
	rows, err := k.Dossiers.Beside(t.act, dossier.People{Sender: person, Receiver: person}, pictures...)
	if err != nil {
		return 0, err
	}
	act := k.Dossiers.Money.Around(a, event.DossierSend, k.price, dossier.Payment{Drawer: k.drawer, Means: "cash", Agency: k.agency.Code})
	rec, err := k.Ledger.Append(ctx, ledger.Envelope{Act: t.act, OccurredMs: postal.Millis(time.Now()), Office: k.office.Code, Actor: k.id}, act, rows...)
	if err != nil {
		return 0, err
	}
	t.dossier = codeIn(rec)
	k.taken = append(k.taken, t)
	return 1, nil
}

func codeIn(rec ledger.Receipt) postal.DossierNumber {
	for _, f := range rec.Facts {
		if d, ok := f.(event.DossierAccepted); ok {
			return d.Dossier
		}
	}
	return ""
}
