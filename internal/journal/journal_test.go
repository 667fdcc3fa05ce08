package journal

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// did records facts as they are.
type did struct{ Facts []event.Fact }

func (did) Name() string          { return "test.did" }
func (did) Touches() []ledger.Key { return nil }
func (d did) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return d.Facts, nil
}

// seen is a state of an item, kept for its trail.
type seen struct{ N int }

func (s *seen) fields(c *ledger.Codec)   { ledger.Int(c, &s.N) }
func (s *seen) Encode(dst []byte) []byte { return ledger.Encode(dst, s.fields) }
func (s *seen) Decode(b []byte) error    { return ledger.Decode(b, s.fields) }
func (s *seen) Place() string            { return "" }

func fold(v *ledger.View, _ *event.Entry, f event.Fact) error {
	if x, ok := f.(event.ItemHeld); ok {
		ledger.Edit[*seen](v, ledger.Key("i:"+string(x.Item))).N++
	}
	return nil
}

const (
	officeA = postal.OfficeCode("180100")
	officeB = postal.OfficeCode("182000")
)

// item gives a valid item number.
func item(t *testing.T, n int) postal.ItemNumber {
	t.Helper()
	code, err := postal.MakeItemNumber("RR", n)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

type house struct {
	*Service
	t   *testing.T
	now time.Time
}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 20, 8, 0, 0, 0, postal.HoChiMinh)}
	l, err := ledger.Open(t.Context(), db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 'i', New: func() ledger.State { return &seen{} }, Trail: true}}, Folds: []ledger.Fold{fold}, Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	h.Service = &Service{Ledger: l,
		Say:   func(f event.Fact) (string, string) { return "việc " + f.Fact(), "did " + f.Fact() },
		KeyOf: func(t event.Thing) ledger.Key { return ledger.Key("i:" + string(t)) },
		Path:  func(_ web.Person, t event.Thing) string { return "/desk/items/" + string(t) },
		Offices: func() []web.Choice {
			return []web.Choice{{Value: string(officeA), Label: "Hồng Bàng"}, {Value: string(officeB), Label: "Lê Chân"}}
		},
		Staff: func(_ context.Context, text string) (postal.StaffID, error) { return postal.StaffID("nv-" + text), nil },
		Names: func(_ context.Context, ids []string) (map[string]string, error) {
			return map[string]string{"nv-gd1": "Nguyễn Văn Mẫu"}, nil
		}}
	return h
}

func (h *house) record(office postal.OfficeCode, who postal.StaffID, facts ...event.Fact) int64 {
	h.t.Helper()
	rec, err := h.Ledger.Append(h.t.Context(), ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: office, Actor: who}, did{facts})
	if err != nil {
		h.t.Fatal(err)
	}
	return rec.Seq
}

// all reads on until there is nothing older.
func (h *house) all(q Query) (seqs []int64) {
	h.t.Helper()
	for range 100 {
		found, err := h.Read(h.t.Context(), q)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(found.Entries) > onPage || found.Looked > mostRead {
			h.t.Fatalf("a page of %d entries out of %d", len(found.Entries), found.Looked)
		}
		for _, e := range found.Entries {
			seqs = append(seqs, e.Seq)
		}
		if found.Older == 0 {
			return seqs
		}
		q.Before = found.Older
	}
	h.t.Fatal("the journal has no end")
	return nil
}

// If this fails an entry of the ledger is missing in the journal, or stands there twice.
func TestTheJournalHoldsEveryEntryOnceNewestFirst(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		if got := h.all(Query{}); len(got) != 0 {
			t.Fatalf("an empty ledger has %v", got)
		}
		var last int64
		for n := range 620 {
			last = h.record(officeA, "nv-gd1", event.ItemHeld{Item: item(t, n+1)})
		}
		got := h.all(Query{})
		if int64(len(got)) != last {
			t.Fatalf("%d entries of %d", len(got), last)
		}
		for i, seq := range got {
			if seq != last-int64(i) {
				t.Fatalf("place %d holds entry %d", i, seq)
			}
		}
	})
}

func TestTheJournalFindsByDayOfficePersonAndKind(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		want := map[string][]int64{}
		for day := range 3 {
			for n := range 5 {
				who, office := postal.StaffID("nv-gd1"), officeA
				if n%2 == 1 {
					who, office = "nv-gd2", officeB
				}
				var seq int64
				if n == 4 {
					seq = h.record(office, who, event.BagStarted{})
					want["bag"] = append([]int64{seq}, want["bag"]...)
				} else {
					seq = h.record(office, who, event.ItemHeld{Item: item(t, 7)})
					want["thing"] = append([]int64{seq}, want["thing"]...)
				}
				if day < 2 {
					want["until"] = append([]int64{seq}, want["until"]...)
				}
				if office == officeB {
					want["office"] = append([]int64{seq}, want["office"]...)
				}
			}
			h.now = h.now.AddDate(0, 0, 1)
		}
		for name, q := range map[string]Query{
			"until": {Until: postal.MakeDay(2026, 11, 21)}, "office": {Office: officeB}, "bag": {About: "bag"}, "thing": {Thing: event.Thing(item(t, 7))},
		} {
			if got := h.all(q); fmt.Sprint(got) != fmt.Sprint(want[name]) {
				t.Errorf("%s: %v, want %v", name, got, want[name])
			}
		}
		if got := h.all(Query{Actor: "nv-gd2"}); fmt.Sprint(got) != fmt.Sprint(want["office"]) {
			t.Errorf("by person: %v, want %v", got, want["office"])
		}
		for name, q := range map[string]Query{"before-the-first-day": {Until: postal.MakeDay(2026, 11, 19)}, "nobody": {Actor: "nv-x"}, "no-thing": {Thing: event.Thing(item(t, 8))}} {
			if got := h.all(q); len(got) != 0 {
				t.Errorf("%s: %v", name, got)
			}
		}
	})
}

func TestASearchThatFindsNothingSaysHowFarItLooked(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	subs := make([]ledger.Submission, 0, 500)
	for range 11 {
		subs = subs[:0]
		for range 500 {
			subs = append(subs, ledger.Submission{Envelope: ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: officeA, Actor: "nv-gd1"}, Act: did{[]event.Fact{event.BagStarted{}}}})
		}
		if _, err := h.Ledger.AppendAll(t.Context(), subs); err != nil {
			t.Fatal(err)
		}
	}
	found, err := h.Read(t.Context(), Query{About: "cash"})
	if err != nil || len(found.Entries) != 0 || found.Looked != mostRead || found.Older != h.Ledger.Seq()+1-mostRead {
		t.Errorf("%+v, %v", found, err)
	}
}

func (h *house) ask(right web.Right, at string) (int, string) {
	role := web.Role{Name: right}
	m := web.New(webtest.Gate{Person: web.Person{ID: "ld-1", Name: "Người Mẫu", Roles: []web.Role{role}, Acting: role}}, web.Site{}, slog.New(slog.DiscardHandler))
	h.Mount(m)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
	return w.Code, html.UnescapeString(w.Body.String())
}

func TestThePageSaysWhoDidWhatWhereAndLeadsToTheThings(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	for n := range 60 {
		h.record(officeA, "nv-gd1", event.ItemHeld{Item: item(t, n+1)}, event.ItemHeld{Item: item(t, n+1)})
	}
	many := make([]event.Fact, 0, 10)
	for n := range 10 {
		many = append(many, event.ItemHeld{Item: item(t, 100+n)})
	}
	h.record(officeB, "", many...)
	code, page := h.ask(web.Manager, path)
	for _, want := range []string{"việc item.held × 10", "và 4 mã nữa", "hệ thống", "Lê Chân", "Nguyễn Văn Mẫu", "Hồng Bàng", `href="/desk/items/` + string(item(t, 60)) + `"`, "việc item.held × 2", "before=12"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if code != http.StatusOK {
		t.Errorf("%d", code)
	}
	if code, page := h.ask(web.Manager, path+"?who=gd1&until=2026-11-20&before=12&lang=en"); code != http.StatusOK || !strings.Contains(page, "did item.held") || strings.Contains(page, "the system") {
		t.Errorf("%d", code)
	}
	if code, page := h.ask(web.Manager, path+"?until=nonsense"); code != http.StatusUnprocessableEntity || !strings.Contains(page, `value="nonsense"`) {
		t.Errorf("a day that is none: %d", code)
	}
	if code, _ := h.ask(web.Clerk, path); code != http.StatusForbidden {
		t.Errorf("a clerk reads the journal: %d", code)
	}
}

func TestOnlyCodesOfThingsAreTakenForThings(t *testing.T) {
	n := item(t, 5)
	things, err := thingsOf(&event.Entry{Facts: []event.Fact{event.ItemHeld{Item: n}, event.ItemLost{Item: n, Reason: "RR473124820VN"}, event.BagStarted{To: officeA}}})
	if err != nil || len(things) != 1 || things[0] != event.Thing(n) {
		t.Errorf("%v, %v", things, err)
	}
}
