package dossier_test

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"citypost/internal/calendar"
	"citypost/internal/dossier"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

const secret = "AB23CD"

// takeWithReceipt accepts a dossier whose receipt carries the secret.
func (h *house) takeWithReceipt(form string) postal.DossierNumber {
	h.t.Helper()
	a := taking(form)
	a.Terms.Receipt = postal.SecretHash(h.vault().Blind, secret)
	return acceptedIn(h.must(officeA, clerkA, a))
}

func newsOf(h *house) []dossier.News {
	h.t.Helper()
	entries, err := h.After(h.t.Context(), 0, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []dossier.News
	for n := range entries {
		out = append(out, dossier.NewsOf(h.view(), &entries[n])...)
	}
	return out
}

func TestACitizenIsToldOfEachChangeOnce(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	n := h.takeWithReceipt(dossier.FormBoth)
	if got := newsOf(h); len(got) != 0 {
		t.Errorf("told at the counter: %+v", got)
	}
	h.bring(nil, n)
	h.must(desk, officer, dossier.IssueSlip{Dossier: n, Code: "H24.12.5-260302-0042", Due: postal.MakeDay(2026, 3, 20)})
	h.fetch(n)
	var what []string
	keys := map[string]bool{}
	for _, x := range newsOf(h) {
		what = append(what, x.What)
		if keys[x.Key] || x.Dossier != n || x.Act == (postal.ActID{}) {
			t.Errorf("%+v", x)
		}
		keys[x.Key] = true
	}
	if got := strings.Join(what, " "); got != "filed slip ready" {
		t.Errorf("told: %s", got)
	}
}

func TestANewsFitsOneShortMessageAndNamesNobody(t *testing.T) {
	for _, what := range []string{"filed", "refused", "slip", "supplement", "rescheduled", "ready", "invited", "attempted", "delivered", "unclaimed", "lost"} {
		for _, lang := range []string{"vi", "en"} {
			got := dossier.Tell(dossier.News{Dossier: "61801000000017", What: what, Day: postal.MakeDay(2026, 3, 20)}, lang, "0225 000 0000", "https://buudien.example")
			if got.Subject == "" || got.Body == "" || utf8.RuneCountInString(got.Short) > 160 {
				t.Errorf("%s %s: %+v, %d letters", what, lang, got, utf8.RuneCountInString(got.Short))
			}
			for _, r := range got.Short {
				if r > '~' {
					t.Errorf("%s %s: the short text holds %q", what, lang, r)
				}
			}
			if strings.Contains(got.Short, "http") || !strings.Contains(got.Short, "61801000000017") {
				t.Errorf("%s %s: %s", what, lang, got.Short)
			}
		}
	}
	if got := dossier.Tell(dossier.News{What: "nothing"}, "vi", "", ""); got.Subject != "" {
		t.Errorf("%+v", got)
	}
}

// TestWhoHoldsTheReceiptSeesTheDossierAndNobodyElseLearnsThatItExists needs no people kept: the page shows none.
func TestWhoHoldsTheReceiptSeesTheDossierAndNobodyElseLearnsThatItExists(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	n := h.takeWithReceipt(dossier.FormBoth)
	m := h.publicMux()
	send := func(code, secret string) (int, string) {
		r := httptest.NewRequest("POST", "/track/dossier", strings.NewReader(url.Values{"code": {code}, "secret": {secret}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		return w.Code, html.UnescapeString(w.Body.String())
	}
	code, page := send(string(n), " ab23cd ")
	for _, word := range []string{"Đã tiếp nhận", "Bạn cần làm gì?", "chưa có ngày hẹn"} {
		if code != http.StatusOK || !strings.Contains(page, word) {
			t.Errorf("%d: %q is not there", code, word)
		}
	}
	if strings.Contains(page, string(clerkA)) {
		t.Error("the page names a member of staff")
	}
	echoed := regexp.MustCompile(`6\d{13}`)
	code1, wrong := send(string(n), "WRONG1")
	other, err := postal.MakeCode(postal.CodeDossier, officeA, 999)
	if err != nil {
		t.Fatal(err)
	}
	code2, unknown := send(other, "WRONG1")
	if code1 != code2 || echoed.ReplaceAllString(wrong, "") != echoed.ReplaceAllString(unknown, "") {
		t.Errorf("%d and %d, or the pages differ: a stranger learns which dossier exists", code1, code2)
	}
	h.bring(func(x postal.DossierNumber, c *dossier.Compare) {
		c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"02"}, "paper_missing"
	}, n)
	if _, page := send(string(n), secret); !strings.Contains(page, "Cần bổ sung giấy tờ") || !strings.Contains(page, "Thiếu giấy tờ") {
		t.Error("the page does not say which papers are missing")
	}
}

// publicMux is the pages as a stranger sees them.
func (h *house) publicMux() *web.Mux {
	h.t.Helper()
	m := web.New(web.NoGate{}, web.Site{}, slog.New(slog.DiscardHandler))
	h.service().MountPublic(m)
	return m
}

// vault knows the house's key and no person.
func (h *house) vault() *privacy.Vault {
	h.t.Helper()
	key, err := privacy.NewHouseKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		h.t.Fatal(err)
	}
	return &privacy.Vault{House: key}
}

// lists is a catalogue of one procedure.
type lists struct{}

func (lists) On(code string, day postal.Day) (*dossier.Procedure, error) {
	return &dossier.Procedure{Code: code, Version: day, Name: "Thủ tục mẫu", ByPost: true, Papers: []dossier.Asked{{ID: "01", Name: "Tờ khai mẫu", Originals: 2}, {ID: "02", Name: "Bản sao mẫu", Certified: 1}}}, nil
}

func (lists) Find(string, postal.Day, int) []dossier.Found { return nil }

// nowhere knows no office by name.
type nowhere struct{}

func (nowhere) Directory() *gazetteer.Directory { return &gazetteer.Directory{} }

func (nowhere) DeliveryOffice(postal.UnitCode) (postal.OfficeCode, bool) { return officeB, true }

func (h *house) service() *dossier.Service {
	h.t.Helper()
	book, err := rulebook.Embedded()
	if err != nil {
		h.t.Fatal(err)
	}
	db := sqltest.SQLite(h.t)
	if err := dossier.Migrate(h.t.Context(), db); err != nil {
		h.t.Fatal(err)
	}
	return &dossier.Service{Ledger: h.Ledger, DB: db, Calendar: calendar.New(book), Catalogue: lists{}, Places: nowhere{}, Vault: h.vault(), Now: h.now,
		Name: func(_ context.Context, id postal.StaffID) string { return string(id) }}
}
