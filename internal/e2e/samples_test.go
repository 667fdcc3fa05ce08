package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/report"
)

// The two offices between which the tests send mail beside what the city does.
const (
	officeA postal.OfficeCode = "990100"
	officeB postal.OfficeCode = "980100"
)

// sample is something that a page can be about, and where it lies.
type sample struct {
	code   string
	office postal.OfficeCode
}

// samples are things of every kind in many states, by the word that stands before them in a path.
var samples struct {
	once sync.Once
	of   map[string][]sample
}

// most samples of a kind are tried before a page counts as one that nothing opens.
const mostSamples = 80

func (w *town) samples(t *testing.T) map[string][]sample {
	t.Helper()
	samples.once.Do(func() {
		w.prepare(t)
		samples.of = w.gather(t)
	})
	return samples.of
}

// prepare brings things into states in which the city leaves none at half past ten: a bag being filled, one to be opened, one to be emptied, a dispatch being loaded.
func (w *town) prepare(t *testing.T) {
	t.Helper()
	clerk := w.at("gdv", officeA)
	var items [4]postal.ItemNumber
	for n := range items {
		items[n] = w.accept(t, clerk)
	}
	w.bag(t, clerk, items[0])
	d := w.do(t, officeA, clerk, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	loaded := w.bag(t, clerk, items[1])
	w.do(t, officeA, clerk, custody.SealBag{Bag: loaded, Seal: "NP900001"})
	w.do(t, officeA, clerk, custody.Load{Thing: loaded, Dispatch: d})
	w.send(t, "NP900002", items[2])
	opened := w.send(t, "NP900003", items[3])
	w.do(t, officeB, w.at("gdv", officeB), custody.OpenBag{Bag: opened, Seal: "NP900003"})
	w.deliver(t)
	w.picture(t, clerk)
	_, err := w.Personal.Receive(t.Context(), ledger.Envelope{Act: postal.NewActID(w.Now()), OccurredMs: w.Now().UnixMilli(), Office: officeA, Actor: w.staff[clerk].ID},
		personal.Ask{Kind: personal.Provide, Things: []event.Thing{event.Thing(items[0])}, Via: "counter"}, personal.Asker{Name: "Nguyễn Văn Mẫu", Contact: "0912 345 678"}, "id-card")
	if err != nil {
		t.Fatal(err)
	}
}

// deliver hands one item that is out with a carrier to a member of the household, through the carrier's page, so that there is a proof of it.
func (w *town) deliver(t *testing.T) {
	t.Helper()
	for _, o := range w.Places.Directory().All() {
		carrier := w.at("buuta", o.Code)
		keys, err := w.Ledger.Lying(t.Context(), 'i', string(custody.ByCarrier(w.staff[carrier].ID)))
		if err != nil {
			t.Fatal(err)
		}
		v := w.Ledger.View(t.Context())
		n := slices.IndexFunc(keys, func(k ledger.Key) bool { // a dossier asks for more than a letter at the door, and what was refused goes back
			i, ok := ledger.Get[*custody.Item](v, k)
			return ok && i.Service == event.Registered && i.Returning == ""
		})
		if n < 0 {
			continue
		}
		item := string(keys[n][2:])
		r, err := w.client(t, carrier).PostForm(w.url+"/round/stop/"+item+"/deliver", url.Values{"item": {item}, "act." + item: {postal.NewActID(w.Now()).String()},
			"to": {"household"}, "relation": {"child"}, "name": {"Người nhà mẫu"}, "how": {"witness"}, "witness": {"Nhân chứng mẫu"}})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if r.StatusCode != 200 {
			t.Errorf("%s cannot be delivered by %s: status %d", item, carrier, r.StatusCode)
		}
		return
	}
	t.Error("no carrier is out with anything")
}

// accept takes an item in at office A for a commune of office B, with its two made-up ends.
func (w *town) accept(t *testing.T, clerk string) postal.ItemNumber {
	t.Helper()
	at, _ := w.Places.Directory().Office(officeB)
	someone := func(role string) desk.Party {
		return desk.Party{Name: role + " mẫu 00001", Phone: "+84900000001", Address: "Số 1 đường Mẫu 1", Unit: at.Unit}
	}
	e := ledger.Envelope{Act: postal.NewActID(w.Now()), OccurredMs: w.Now().UnixMilli(), Office: officeA, Actor: w.staff[clerk].ID}
	if err := w.Desk.KeepParties(t.Context(), desk.Cover{Act: e.Act, Parties: desk.Parties{Sender: someone("Người gửi"), Recipient: someone("Người nhận")}}); err != nil {
		t.Fatal(err)
	}
	r, err := w.Ledger.Append(t.Context(), e, custody.Accept{Service: event.Registered, ToUnit: at.Unit, ToOffice: officeB, WeightG: 60, FeeVND: 12_000, Office: officeA})
	if err != nil {
		t.Fatal(err)
	}
	return r.Facts[0].(event.ItemAccepted).Item
}

// bag starts a bag from A to B with one item in it.
func (w *town) bag(t *testing.T, clerk string, item postal.ItemNumber) event.Thing {
	t.Helper()
	bag := w.do(t, officeA, clerk, custody.StartBag{Office: officeA, To: officeB}).Facts[0].(event.BagStarted).Bag
	w.do(t, officeA, clerk, custody.Pack{Item: item, Bag: bag})
	return bag
}

// send takes a bag with one item from A to B.
func (w *town) send(t *testing.T, seal string, item postal.ItemNumber) event.Thing {
	t.Helper()
	clerkA, clerkB, driver := w.at("gdv", officeA), w.at("gdv", officeB), "laixe01"
	bag := w.bag(t, clerkA, item)
	w.do(t, officeA, clerkA, custody.SealBag{Bag: bag, Seal: seal})
	d := w.do(t, officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	w.do(t, officeA, clerkA, custody.Load{Thing: bag, Dispatch: d})
	w.do(t, officeA, clerkA, custody.CloseDispatch{Dispatch: d})
	counts := []event.Count{{Thing: bag, Seal: seal}}
	van := custody.ByCarrier(w.staff[driver].ID)
	w.handOver(t, officeA, custody.AtOffice(officeA), van, clerkA, driver, counts, d)
	w.handOver(t, officeB, van, custody.AtOffice(officeB), driver, clerkB, counts, d)
	return bag
}

// gather lists what the latest entries are about, newest first, and the things that do not move.
func (w *town) gather(t *testing.T) map[string][]sample {
	t.Helper()
	of := map[string][]sample{}
	seen := map[string]bool{}
	add := func(o postal.OfficeCode, code string, words ...string) {
		for _, word := range words {
			if !seen[word+code] {
				seen[word+code] = true
				of[word] = append(of[word], sample{code, o})
			}
		}
	}
	entries, err := w.Ledger.After(t.Context(), max(0, w.Ledger.Seq()-20_000), 20_000) // some things happen once in a town
	if err != nil {
		t.Fatal(err)
	}
	for n := len(entries) - 1; n >= 0; n-- {
		for _, f := range entries[n].Facts {
			w.sampleOf(entries[n].Office, f, add)
		}
	}
	for _, o := range []postal.OfficeCode{officeA, officeB} {
		add(o, string(o), "offices")
	}
	for _, u := range []string{"11359", "10888"} {
		add("", u, "ward")
	}
	for _, login := range []string{"quantri", "gdv01"} {
		add("", string(w.staff[login].ID), "people")
	}
	for _, i := range w.Book.Instruments() {
		add("", i.ID, "documents")
	}
	for _, k := range w.Book.Keys() {
		add("", k.Name, "keys")
	}
	for _, p := range w.Procedures.Catalogue().All() {
		add("", string(p.Code), "procedures")
	}
	for _, ref := range w.bookings(t) {
		add(officeA, ref, "bookings")
	}
	add(officeA, "so-tu-phap-mau", "agencies")
	add("", "0/000", "tile")
	return of
}

// sampleOf notes what a fact is about.
func (w *town) sampleOf(at postal.OfficeCode, f event.Fact, add func(postal.OfficeCode, string, ...string)) {
	switch f := f.(type) {
	case event.ItemAccepted:
		add(at, string(f.Item), "items", "track")
		add(at, "?code="+string(f.Item), "find")
	case event.DrawerOpened:
		add(at, fmt.Sprintf("%s/%d", f.Drawer, f.Shift), "shifts")
	case event.ItemDelivered:
		add(at, string(f.Item), "items", "track")
	case event.ItemHeld:
		add(at, string(f.Item), "items", "track")
		w.sampleHeld(at, f.Item, add)
	case event.ItemReturning:
		add(at, string(f.Item), "items", "track")
		w.sampleHeld(at, f.Item, add)
	case event.BagStarted:
		add(at, string(f.Bag), "bags")
	case event.BagOpened:
		add(at, string(f.Bag), "bags")
	case event.DispatchStarted:
		add(at, string(f.Dispatch), "dispatches")
	case event.HandoverOpened:
		add(at, string(f.Handover), "handovers", "lists")
		if custody.Agency(f.To) != "" || custody.Agency(f.From) != "" {
			add(at, string(f.Handover), "handings")
		}
	case event.HandoverCompleted:
		for _, m := range f.Moved {
			if len(m) == 14 && m[0] == '2' {
				add(custody.Office(f.To), string(m), "bags")
			} else if len(m) == 13 {
				add(at, string(m), "items", "stop")
			}
		}
	case event.DossierAccepted:
		add(at, string(f.Dossier), "case")
		add("", string(f.Dossier), "dossier") // as reports know it
		if len(f.Fees) > 0 {
			add(at, "/dossiers/case/"+string(f.Dossier)+"/receipt", "receipt")
		}
		for _, hash := range f.Pictures {
			add(at, "/dossiers/case/"+string(f.Dossier)+"/pictures/"+hash, "pictures")
		}
	case event.SupplementSent:
		add(at, "/dossiers/case/"+string(f.Dossier)+"/supplements/"+string(f.Item), "supplements")
	case event.LiabilityRecorded:
		add(at, "/dossiers/case/"+string(f.Dossier)+"/liability", "liability")
	case event.ResultDelivered:
		add(at, "/dossiers/case/"+string(f.Dossier)+"/paid", "paid")
	case event.PersonalAsked:
		add(at, f.Request, "personal")
	case event.IrregularityRaised:
		add(at, f.Irregularity, "irregularities", "irregular", "exceptions")
	}
}

// sampleHeld notes an item that waits at the counter now.
func (w *town) sampleHeld(at postal.OfficeCode, n postal.ItemNumber, add func(postal.OfficeCode, string, ...string)) {
	v := w.Ledger.View(context.Background())
	if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n)); ok && (i.Stage == custody.Held || i.Returning != "" && !i.Ended()) {
		add(at, string(n), "handout")
	}
}

// queries are the paths that mean nothing without a question.
var queries = map[string]string{"/reports/dossiers/behind": "?figure=accepted", "/reports/dossiers/file": "?format=csv",
	"/desk/communes":        "?side=to&to.place=cam+giang",
	"/cash/books/receipts":  "?book=MAU%2F" + string(officeA),
	"/dossiers/new/missing": "?procedure=9.900001",
	"/dossiers/new/list":    "?procedure=9.900001",
	"/cash/journal/file":    "?from=2026-11-16&to=2026-11-24&format=ledger",
}

// fill puts a sample into a path pattern; ok is false when the pattern needs more than one, or one of a kind that is not known.
func fill(pattern string, of map[string][]sample) (paths []sample, ok bool) {
	pattern = strings.Replace(strings.TrimSuffix(pattern, "{$}"), "{drawer}/{shift}", "{shift}", 1)
	if strings.HasSuffix(pattern, "/find") { // asks for a code in its query
		pattern += "/{code}"
	}
	if q, ok := queries[pattern]; ok {
		return []sample{{code: pattern + q}}, true
	}
	switch { // dossiers have handovers of their own kind, pictures that need two codes, and papers about money that some have
	case strings.HasPrefix(pattern, "/dossiers/case/{code}/paid"), strings.HasPrefix(pattern, "/dossiers/case/{code}/receipt"):
		list := of[pattern[strings.LastIndex(pattern, "/")+1:]]
		return list, len(list) > 0
	case strings.HasPrefix(pattern, "/dossiers/handovers/"):
		for _, s := range of["handings"] {
			paths = append(paths, sample{strings.Replace(pattern, "{code}", s.code, 1), s.office})
		}
		return paths, len(paths) > 0
	case strings.HasSuffix(pattern, "/supplements/{item}"), strings.HasSuffix(pattern, "/liability"): // what the made-up city never has
		return of[strings.Split(pattern, "/")[4]], true
	case strings.HasSuffix(pattern, "/pictures/{hash}"):
		return of["pictures"], len(of["pictures"]) > 0
	}
	open := strings.Index(pattern, "{")
	if open < 0 {
		return []sample{{code: pattern}}, true
	}
	end := strings.Index(pattern, "}")
	if strings.Contains(pattern[end:], "{") {
		return nil, false
	}
	segments := strings.Split(strings.TrimSuffix(pattern[:open], "/"), "/")
	list, ok := of[segments[len(segments)-1]]
	for n, s := range list {
		if n == mostSamples {
			break
		}
		path := pattern[:open] + s.code + pattern[end+1:]
		paths = append(paths, sample{strings.Replace(path, "/?", "?", 1), s.office})
	}
	return paths, ok
}

// bookings gives the references of all bookings that are no drafts.
func (w *town) bookings(t *testing.T) []string {
	t.Helper()
	rows, err := w.DB.Read().QueryContext(t.Context(), `SELECT ref FROM booking WHERE state <> 'draft' ORDER BY ref`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var refs []string
	for rows.Next() {
		var ref string
		if err := rows.Scan(&ref); err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	return refs
}

// picture takes a dossier in whose signed list was photographed.
func (w *town) picture(t *testing.T, clerk string) {
	t.Helper()
	p, err := dossier.ReadPicture("list", madeUpPicture())
	if err != nil {
		t.Fatal(err)
	}
	o, _ := w.Places.Directory().Office(officeA)
	who := dossier.Person{Name: "Nguyễn Văn Mẫu", Phone: "+84912345678", Address: "1 đường Mẫu", Unit: o.Unit}
	act := postal.NewActID(w.Now())
	people, err := w.Dossiers.Beside(act, dossier.People{Sender: who, Receiver: who}, p)
	if err != nil {
		t.Fatal(err)
	}
	carriage := custody.Accept{Service: event.DossierSend, ToUnit: o.Unit, ToOffice: officeA, WeightG: 100, Office: officeA}
	rec, err := w.Ledger.Append(t.Context(), ledger.Envelope{Act: act, OccurredMs: w.Now().UnixMilli(), Office: officeA, Actor: w.staff[clerk].ID},
		dossier.Accept{Office: officeA, Carriage: &carriage, Terms: event.DossierAccepted{Procedure: "9.900001", Version: postal.MakeDay(2025, 7, 1), Agency: "so-tu-phap-mau", Form: dossier.FormBoth,
			Channel: dossier.AtCounter, Papers: []event.Paper{{Component: "01", Originals: 1}}, Seal: "NP999999", ToUnit: o.Unit, ToOffice: officeA, Pictures: []string{p.Hash}}}, people...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rec.Facts {
		if a, ok := f.(event.DossierAccepted); ok {
			w.reported(t, a.Dossier)
		}
	}
}

// reported lets the reports know a dossier; the town has no work going on beside the requests that would.
func (w *town) reported(t *testing.T, n postal.DossierNumber) {
	t.Helper()
	lines := func(context.Context, []event.Entry) ([]report.Line, error) {
		return []report.Line{{Dossier: n, Procedure: "9.900001", Agency: "so-tu-phap-mau", Office: officeA, Form: dossier.FormBoth, State: string(dossier.Accepted), AcceptedMs: w.Now().UnixMilli()}}, nil
	}
	if err := w.DB.Tx(t.Context(), func(tx *sql.Tx) error { return report.Project(lines)(t.Context(), tx, nil) }); err != nil {
		t.Fatal(err)
	}
}

// madeUpPicture is a small grey picture.
func madeUpPicture() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))) // into memory: it cannot fail
	return b.Bytes()
}
