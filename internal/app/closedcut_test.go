package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
	"citypost/internal/web"
)

// cutHouse tells the process that the test starts which house to serve until it is killed.
const cutHouse = "CITYPOST_TEST_CUT_HOUSE"

// TestPowerLostBetweenTheTwoSignatures kills the process that serves a sealed closed house, kill -9, after the first signature and in the middle of the second. After each
// restart there is one state: what was asked still waits, or both signatures stand and the bag is closed; and whoever did not get his answer gets it by sending again.
func TestPowerLostBetweenTheTwoSignatures(t *testing.T) {
	app.SkipShort(t)
	if dir := os.Getenv(cutHouse); dir != "" {
		serveUntilKilled(t, dir)
		return
	}
	dir := filepath.Join(t.TempDir(), "closed")
	c := furnishCut(t, dir)
	waited, closed := 0, 0
	for round := range 8 {
		bag, seal := c.fill(round), fmt.Sprintf("NP-%05d", 70_000+round)
		c.first.done("/kt1/vessels/"+bag+"/close", "seal", seal, "way", "own", "second", string(c.second.id))
		c.kill() // after the first signature
		c.start()
		page := c.second.get("/kt1/signatures")
		id := regexp.MustCompile(`/kt1/signatures/([0-9a-f]{32})`).FindStringSubmatch(page)
		if id == nil || !strings.Contains(page, bag) {
			t.Fatalf("round %d: what was asked does not wait any longer", round)
		}
		if body := c.first.get("/kt1/vessels/" + bag); !strings.Contains(body, "Đang chờ") || strings.Contains(body, "Đã niêm phong") {
			t.Fatalf("round %d: with one signature the bag is not what it was", round)
		}
		body := c.second.get("/kt1/signatures/" + id[1])
		form := []string{"present", "1"}
		for _, name := range []string{web.ActField, "digest", "subject"} {
			form = append(form, name, hidden(t, body, name))
		}
		answered := c.killWhile(func() error { return c.second.post("/kt1/signatures/"+id[1]+"/sign", form...) }, time.Duration(rand.IntN(12))*time.Millisecond)
		c.start()
		switch body := c.first.get("/kt1/vessels/" + bag); {
		case strings.Contains(body, "Đã niêm phong") && strings.Contains(body, seal) && !strings.Contains(body, "Đang chờ"):
			closed++
		case !answered && strings.Contains(body, "Đang chờ") && !strings.Contains(body, "Đã niêm phong"):
			waited++
		default:
			t.Fatalf("round %d: answered %v, and the bag is neither waiting nor closed", round, answered)
		}
		if err := c.second.post("/kt1/signatures/"+id[1]+"/sign", form...); err != nil { // sent again, the same act
			t.Fatalf("round %d: the same signature again: %v", round, err)
		}
		if body := c.first.get("/kt1/vessels/" + bag); !strings.Contains(body, "Đã niêm phong") {
			t.Fatalf("round %d: signed, and the bag is open", round)
		}
		c.bags = append(c.bags, event.Thing(bag))
	}
	t.Logf("killed in the second signature: %d times it still waited, %d times it stood", waited, closed)
	c.kill()
	c.judge()
}

// cut is the house, the process that serves it and the two persons.
type cut struct {
	t             *testing.T
	dir           string
	process       *exec.Cmd
	url           string
	first, second *signer
	spares        []closedmail.FacilityCode
	items         []postal.ItemNumber
	to            postal.OfficeCode
	bags          []event.Thing
}

// signer is a person with cookies of his own.
type signer struct {
	c    *cut
	id   postal.StaffID
	http *http.Client
}

// work is a made-up house with two days behind it, and what two clerks of one office need for closing bags.
type work struct {
	h      *app.ClosedHouse
	clock  *demo.Clock
	here   postal.OfficeCode
	to     postal.OfficeCode
	clerks []postal.StaffID
	logins []string
	bags   []closedmail.FacilityCode // free, and inspected
	items  []postal.ItemNumber       // loose at the office
}

// makeUp makes that house; its clock stands where the test puts it.
func makeUp(t *testing.T, dir string) *work {
	t.Helper()
	box, _, err := strongbox.Create(dir, closedWord, time.Now(), quickCost)
	if err == nil {
		err = app.FurnishBox(box)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := &work{clock: demo.NewClock(time.Now().Add(-time.Hour), 5)}
	if w.h, err = app.OpenClosed(t.Context(), app.Config{Data: dir, Now: w.clock.Now, Log: slog.New(slog.DiscardHandler), MadeUp: true, Province: "31"}, box); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.FillClosed(t.Context(), w.h, w.clock, demo.Options{Seed: 5, Days: 2}, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	view := w.h.Ledger.View(t.Context())
	shift := closedmail.Shifts(view)
	w.here, w.to = shift[0].Office, shift[1].Office
	if len(closedmail.Held(view, w.here)) == 0 { // the items of today lie at the centre
		w.here, w.to = w.to, w.here
	}
	for _, x := range closedmail.Held(view, w.here) {
		i, _ := ledger.Get[*custody.Item](view, custody.ItemKey(postal.ItemNumber(x)))
		if cover, ok := closedmail.CoverOf(view, postal.ItemNumber(x)); ok && cover.Frozen == "" && i.ToOffice == w.to { // what a bag for there may carry
			w.items = append(w.items, cover.Item)
		}
	}
	w.crew(t)
	if len(w.clerks) < 2 || len(w.items) == 0 {
		t.Fatal("the made-up house lacks clerks or items")
	}
	return w
}

// crew finds the clerks, and lets the head of the office bring eight bags into use.
func (w *work) crew(t *testing.T) {
	t.Helper()
	people, err := w.h.Accounts.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var head postal.StaffID
	for _, p := range people {
		for _, g := range p.Grants {
			switch {
			case g.Role.Office != w.here:
			case g.Role.Name == web.KT1Clerk:
				w.clerks, w.logins = append(w.clerks, p.ID), append(w.logins, p.Login)
			case g.Role.Name == web.KT1Supervisor:
				head = p.ID
			}
		}
	}
	for n := range 8 {
		code := closedmail.FacilityCode(fmt.Sprintf("tui-%d", 800+n))
		w.bags = append(w.bags, code)
		w.must(t, head, closedmail.AddFacility{Facility: code, Office: w.here})
		w.must(t, head, closedmail.Inspect{Facility: code, Until: postal.DayOf(time.Now()).AddDays(30)})
	}
}

func (w *work) must(t *testing.T, who postal.StaffID, a ledger.Act) ledger.Receipt {
	t.Helper()
	w.clock.Set(w.clock.Now().Add(time.Second))
	r, err := w.h.Ledger.Append(t.Context(), ledger.Envelope{Act: postal.NewActID(w.clock.Now()), OccurredMs: postal.Millis(w.clock.Now()), Office: w.here, Actor: who}, a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// furnishCut makes a house for the rounds, then starts its process.
func furnishCut(t *testing.T, dir string) *cut {
	t.Helper()
	w := makeUp(t, dir)
	c := &cut{t: t, dir: dir, to: w.to, spares: w.bags, items: w.items}
	signers := make([]*signer, len(w.clerks))
	for n, id := range w.clerks {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		signers[n] = &signer{c, id, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	}
	c.first, c.second = signers[0], signers[len(signers)-1]
	if err := w.h.Close(); err != nil {
		t.Fatal(err)
	}
	c.start()
	t.Cleanup(c.kill)
	for n, who := range signers {
		if err := who.post("/sign-in", "login", w.logins[n], "password", demo.Password); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// serveUntilKilled is the process.
func serveUntilKilled(t *testing.T, dir string) {
	box, err := strongbox.Open(dir, closedWord)
	if err != nil {
		t.Fatal(err)
	}
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Log: slog.New(slog.DiscardHandler), Province: "31"}, box)
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("serving http://%s\n", l.Addr())
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute) // nobody's child for ever
	defer stop()
	server := &http.Server{Handler: h.Handler(), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() { <-ctx.Done(); _ = server.Close() }()
	_ = server.Serve(l)
}

func (c *cut) start() {
	c.t.Helper()
	c.process = exec.Command(os.Args[0], "-test.run=^TestPowerLostBetweenTheTwoSignatures$")
	c.process.Env = append(os.Environ(), cutHouse+"="+c.dir)
	out, err := c.process.StdoutPipe()
	if err == nil {
		err = c.process.Start()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			c.url = at
			return
		}
	}
	c.t.Fatal("the house did not start")
}

// kill is kill -9: nothing in the process hears of it.
func (c *cut) kill() {
	if c.process == nil {
		return
	}
	_ = c.process.Process.Kill()
	_ = c.process.Wait()
	c.process = nil
}

// killWhile kills the process so long after a request was sent, and says whether it was answered well.
func (c *cut) killWhile(send func() error, after time.Duration) bool {
	done := make(chan error, 1)
	go func() { done <- send() }()
	timer := time.NewTimer(after)
	defer timer.Stop()
	<-timer.C
	c.kill()
	return <-done == nil
}

// fill starts a bag and puts an item into it; in later rounds the item of the round before is in a closed bag, so it is opened again first.
func (c *cut) fill(round int) string {
	c.t.Helper()
	item := c.items[round%len(c.items)]
	if round >= len(c.items) {
		before := string(c.bags[round-len(c.items)])
		c.first.done("/kt1/vessels/"+before+"/reopen", "second_login", c.second.login(), "second_password", demo.Password)
		c.first.done("/kt1/vessels/"+before+"/unpack", "item", string(item))
	}
	to := c.first.done("/kt1/vessels", "facility", string(c.spares[round]), "to", string(c.to))
	bag := to[strings.LastIndex(to, "/")+1:]
	c.first.done("/kt1/vessels/"+bag+"/pack", "item", string(item))
	return bag
}

func (s *signer) login() string {
	return regexp.MustCompile(`kt1\.gdv0[0-9]`).FindString(s.get("/account"))
}

func (s *signer) get(path string) string {
	s.c.t.Helper()
	r, err := s.http.Get(s.c.url + path)
	if err != nil {
		s.c.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.c.t.Fatalf("GET %s: %d, %v\n%s", path, r.StatusCode, err, b)
	}
	return string(b)
}

// send posts a form and gives where it leads.
func (s *signer) send(path string, pairs ...string) (string, error) {
	values := url.Values{}
	for n := 0; n+1 < len(pairs); n += 2 {
		values.Add(pairs[n], pairs[n+1])
	}
	req, err := http.NewRequest(http.MethodPost, s.c.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	if r.StatusCode != http.StatusSeeOther {
		return "", errors.New(r.Status + " " + regexp.MustCompile(`(?s)<ul class="govuk-list govuk-error-summary__list">.*?</ul>|<h1.*?</h1>`).FindString(string(b)))
	}
	return r.Header.Get("Location"), nil
}

func (s *signer) post(path string, pairs ...string) error {
	_, err := s.send(path, pairs...)
	return err
}

func (s *signer) done(path string, pairs ...string) string {
	s.c.t.Helper()
	to, err := s.send(path, pairs...)
	if err != nil {
		s.c.t.Fatalf("POST %s: %v", path, err)
	}
	return to
}

// hidden reads a hidden field of the form that signs.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	form := body[strings.Index(body, "/sign\""):]
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(form)
	if m == nil {
		t.Fatalf("no field %s", name)
	}
	return m[1]
}

// judge opens the house that was killed so often and compares every state with a replay; every bag was closed once by two, and no signature counted twice.
func (c *cut) judge() {
	c.t.Helper()
	h := openClosed(c.t, c.dir)
	if d, err := h.Ledger.Check(c.t.Context(), nil); err != nil || len(d) > 0 {
		c.t.Errorf("replay differs from live: %v, %v", d, err)
	}
	entries, err := h.Ledger.After(c.t.Context(), 0, 1_000_000)
	if err != nil {
		c.t.Fatal(err)
	}
	given := map[string]int{}
	shut := map[event.Thing]int{}
	for _, e := range entries {
		for n, f := range e.Facts {
			switch f := f.(type) {
			case event.SignatureGiven:
				given[f.Asked]++
				if len(e.Facts) < 3 || e.Actor != c.second.id || f.First != c.first.id {
					c.t.Errorf("entry %d holds a signature by %s and %d facts: half of what was signed", e.Seq, e.Actor, len(e.Facts))
				}
			case event.VesselClosed:
				shut[f.Vessel]++
				if _, signed := e.Facts[0].(event.SignatureGiven); n > 0 && signed && f.Second != e.Actor {
					c.t.Errorf("entry %d: closed by %s and %s, signed by %s", e.Seq, f.First, f.Second, e.Actor)
				}
			}
		}
	}
	if len(given) != len(c.bags) {
		c.t.Errorf("%d signatures for %d bags", len(given), len(c.bags))
	}
	for id, n := range given {
		if n != 1 {
			c.t.Errorf("%s was signed %d times", id, n)
		}
	}
	view := h.Ledger.View(c.t.Context())
	for _, b := range c.bags {
		bag, _ := ledger.Get[*custody.Bag](view, custody.KeyOf(b))
		if shut[b] != 1 || bag == nil {
			c.t.Errorf("bag %s was closed %d times", b, shut[b])
		}
	}
	if all := closedmail.AllAsked(view); len(all) != 0 {
		c.t.Errorf("still waiting: %d", len(all))
	}
}
