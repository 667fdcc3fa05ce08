package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"citypost/internal/demo"
)

// worker is a person of a closed house at a browser without scripts.
type worker struct {
	t      *testing.T
	base   string
	login  string
	client *http.Client
}

func signIn(t *testing.T, base, login string) worker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := worker{t, base, login, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	w.done("/sign-in", "login", login, "password", demo.Password)
	return w
}

func (w worker) send(r *http.Request) (status int, to, body string) {
	w.t.Helper()
	a, err := w.client.Do(r.WithContext(w.t.Context()))
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.StatusCode, a.Header.Get("Location"), string(text)
}

// sees asks for a page and wants a word on it.
func (w worker) sees(path, want string) string {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.base+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	status, _, body := w.send(r)
	if status != http.StatusOK || !strings.Contains(body, want) {
		w.t.Fatalf("%s: %s: status %d, want %q", w.login, path, status, want)
	}
	if foreign := regexp.MustCompile(`(?:src|href|action)="(https?:)?//[^"]*"`).FindString(body); foreign != "" {
		w.t.Errorf("%s leads elsewhere: %s", path, foreign)
	}
	return body
}

// post sends a form.
func (w worker) post(path string, pairs ...string) (status int, to, body string) {
	w.t.Helper()
	form := url.Values{}
	for n := 0; n+1 < len(pairs); n += 2 {
		form.Add(pairs[n], pairs[n+1])
	}
	r, err := http.NewRequest(http.MethodPost, w.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(r)
}

// does sends a form; the answer is where it leads, or why not.
func (w worker) does(path string, pairs ...string) (to, refusal string) {
	w.t.Helper()
	status, to, body := w.post(path, pairs...)
	if status != http.StatusSeeOther {
		return "", fmt.Sprintf("%d: %s", status, regexp.MustCompile(`(?s)<ul class="govuk-list govuk-error-summary__list">.*?</ul>|<h1[^>]*data-failed.*?</p>`).FindString(body))
	}
	return to, ""
}

// done sends a form that must be taken and gives the last part of where it leads.
func (w worker) done(path string, pairs ...string) string {
	w.t.Helper()
	to, refusal := w.does(path, pairs...)
	if refusal != "" {
		w.t.Fatalf("%s: POST %s %v: %s", w.login, path, pairs, refusal)
	}
	return to[strings.LastIndex(to, "/")+1:]
}

func signed(by string) []string {
	return []string{"second_login", by, "second_password", demo.Password}
}

var lookedAt = []string{"look_number", "1", "look_packing", "1", "look_seal", "1"}

// workWithoutNetwork carries an item from one body to another in a house that has a past, over its pages: accept, pack, close by two, hand over, open by two, deliver,
// print. Then the house is copied while it works, and the copy is put into another folder.
func workWithoutNetwork(t *testing.T) {
	work := t.TempDir()
	house, word := filepath.Join(work, "house"), filepath.Join(work, "word")
	if err := os.WriteFile(word, []byte(demoWord+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "closed", "demo", "--fill", "--days", "9", "--listen", "127.0.0.1:0", "--data", house)
	unlocked := []string{"--data", house, "--passphrase-file", word}
	base, stop := serveClosed(t, unlocked...)
	item := carryThrough(t, base)
	printed(t, base, item)
	onlyLoopback(t)
	copies := filepath.Join(work, "usb")
	mustRun(t, append([]string{"closed", "backup", copies}, unlocked...)...)
	mustRun(t, append([]string{"closed", "doctor"}, unlocked...)...)
	stop()
	made, err := filepath.Glob(filepath.Join(copies, "2*"))
	if err != nil || len(made) != 1 {
		t.Fatalf("copies %v, %v", made, err)
	}
	elsewhere := filepath.Join(work, "elsewhere")
	key, err := os.ReadFile(filepath.Join(house, "closed.key"))
	if err == nil {
		err = os.Mkdir(elsewhere, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(elsewhere, "closed.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	restored := []string{"--data", elsewhere, "--passphrase-file", word}
	mustRun(t, append([]string{"closed", "restore", made[0]}, restored...)...)
	base, stop = serveClosed(t, restored...)
	signIn(t, base, "vanthu02").sees("/kt1/registry", item)
	stop()
}

// mustRun runs a command of the program and gives what it printed.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(t.Context(), args, &out, &said); code != 0 {
		t.Fatalf("%v: exit %d: %s%s", args, code, out.String(), said.String())
	}
	return out.String()
}

// carryThrough brings an item from a body of the centre to one of the district; the last bag of the centre goes with it.
func carryThrough(t *testing.T, base string) (item string) {
	t.Helper()
	staff := idsOf(signIn(t, base, "quantri"))
	clerk, there, carrier := signIn(t, base, "kt1.gdv01"), signIn(t, base, "kt1.gdv03"), signIn(t, base, "kt1.gtv01")
	item = clerk.done("/kt1/accept", "sender", "cq-0001", "handed_by", staff["vanthu01"], "number", "123/QĐ-UB", "addressee", "cq-0002", "secrecy", "B", "urgency", "express", "weight", "120")
	clerk.done("/kt1/items/" + item + "/label")
	clerk.sees("/kt1/items/"+item+"/label", item)
	bag := clerk.done("/kt1/vessels", "facility", offered(t, clerk.sees("/kt1/vessels", "tui-"), `(?:hop|tui)-\d+`), "to", "980100")
	clerk.done("/kt1/vessels/"+bag+"/pack", "item", item)
	if _, refusal := clerk.does("/kt1/vessels/"+bag+"/close", append(signed("kt1.gdv01"), "seal", "NP-95001")...); !strings.Contains(refusal, "hai người khác nhau") {
		t.Fatalf("closed by one: %s", refusal)
	}
	clerk.done("/kt1/vessels/"+bag+"/close", append(signed("kt1.gdv02"), "seal", "NP-95001")...)
	clerk.done("/kt1/vessels/" + bag + "/manifest")
	clerk.sees("/kt1/vessels/"+bag+"/manifest", item)
	trip := clerk.done("/kt1/dispatches", "to", "980100", "vehicle", offered(t, clerk.sees("/kt1/dispatches", "xe-"), `xe-\d+`))
	clerk.done("/kt1/dispatches/"+trip+"/load", "bag", bag)
	clerk.done("/kt1/dispatches/" + trip + "/close")
	out := clerk.done("/kt1/handovers", "kind", "out", "things", trip, "carrier", staff["kt1.gtv01"])
	carrier.done("/kt1/handovers/"+out+"/count", "seal-"+bag, "NP-95001")
	clerk.done("/kt1/handovers/"+out+"/sign", "side", "giver")
	carrier.done("/kt1/handovers/"+out+"/sign", append(slices.Clone(lookedAt), "side", "taker")...)
	in := there.done("/kt1/handovers", "kind", "in", "things", trip, "carrier", staff["kt1.gtv01"])
	there.done("/kt1/handovers/"+in+"/count", "seal-"+bag, "NP-95001")
	carrier.done("/kt1/handovers/"+in+"/sign", "side", "giver")
	there.done("/kt1/handovers/"+in+"/sign", append(slices.Clone(lookedAt), "side", "taker")...)
	there.done("/kt1/vessels/"+bag+"/open", append(signed("kt1.gdv04"), "seal", "NP-95001")...)
	there.done("/kt1/vessels/"+bag+"/take", "item", item)
	there.done("/kt1/vessels/"+bag+"/empty", signed("kt1.gdv04")...)
	round := there.done("/kt1/handovers", "kind", "delivery", "things", item, "carrier", staff["kt1.gtv01"], "vehicle", "xe-54")
	carrier.done("/kt1/handovers/"+round+"/count", "has-"+item, "yes")
	there.done("/kt1/handovers/"+round+"/sign", "side", "giver")
	carrier.done("/kt1/handovers/"+round+"/sign", append(slices.Clone(lookedAt), "side", "taker")...)
	give := func(as, by string) string {
		_, refusal := carrier.does("/kt1/round/"+item+"/deliver", slices.Concat(lookedAt, signed(by), []string{"as", as})...)
		return refusal
	}
	if day := give("clerk", "vanthu02"); day != "" { // outside working hours it is for the body's contact
		if night := give("contact", "trucban02"); night != "" {
			t.Fatalf("neither in working hours (%s) nor outside (%s)", day, night)
		}
	}
	signIn(t, base, "vanthu02").sees("/kt1/registry", item)
	return item
}

// printed puts the pages of the registers on paper in order, up to the one with the item, and asks for it as a file.
func printed(t *testing.T, base, item string) {
	t.Helper()
	clerk := signIn(t, base, "kt1.gdv01")
	for page := 1; page < 100; page++ {
		at := fmt.Sprintf("/kt1/registers/out/%d", page)
		has := strings.Contains(clerk.sees(at, "<table"), item)
		if _, refusal := clerk.does(at); refusal != "" && !strings.Contains(refusal, "lý do") { // a page that was printed before asks why again
			t.Fatalf("print %s: %s", at, refusal)
		}
		if !has {
			continue
		}
		clerk.sees(at+"/paper", item)
		clerk.sees(at+"/pdf", "%PDF-")
		return
	}
	t.Errorf("no page of the register has %s", item)
}

// idsOf reads the list of people: login to id.
func idsOf(admin worker) map[string]string {
	ids := map[string]string{}
	for _, m := range regexp.MustCompile(`href="/admin/people/(nv-[a-z0-9]+)">[^<]*</a></th><td><span class="code">([^<]+)<`).FindAllStringSubmatch(admin.sees("/admin/people", "kt1.gdv01"), -1) {
		ids[m[2]] = m[1]
	}
	return ids
}

// offered is the first choice of this shape that a page gives.
func offered(t *testing.T, page, shape string) string {
	t.Helper()
	m := regexp.MustCompile(`<option value="(` + shape + `)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no choice like %s", shape)
	}
	return m[1]
}
