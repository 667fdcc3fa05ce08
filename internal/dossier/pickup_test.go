package dossier_test

import (
	"html"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// twoOffices are the places where the two offices have names and addresses.
type twoOffices struct{ nowhere }

func (twoOffices) Directory() *gazetteer.Directory {
	return gazetteer.NewDirectory(&gazetteer.Gazetteer{}, []gazetteer.Office{{Code: officeA, Name: "Bưu cục Nhận", Address: "Số 1 đường mẫu"}, {Code: officeB, Name: "Bưu cục Phát", Address: "Số 2 đường mẫu"}}, postal.MakeDay(2026, 3, 2))
}

// postage is money of which only the postage of a result is known.
type postage struct{ dossier.Money }

func (postage) Owed(*ledger.View, *custody.Item) dossier.Price {
	return dossier.Price{TotalVND: 31_000}
}

// status is the page that whoever has the receipt of a dossier sees, as text.
func (h *house) status(n postal.DossierNumber) string {
	h.t.Helper()
	s := h.service()
	s.Places, s.Money = twoOffices{}, postage{}
	m := web.New(web.NoGate{}, web.Site{}, slog.New(slog.DiscardHandler))
	s.MountPublic(m)
	r := httptest.NewRequest("POST", "/track/dossier", strings.NewReader(url.Values{"code": {string(n)}, "secret": {secret}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return html.UnescapeString(w.Body.String())
}

// fetched accepts a dossier whose result the citizen fetches at an office, and brings its result there; 20,000 is owed to the agency.
func (h *house) fetched() postal.DossierNumber {
	h.t.Helper()
	a := taking(dossier.FormBoth)
	a.Terms.Receipt, a.Terms.Keep = postal.SecretHash(h.vault().Blind, secret), dossier.KeptAtOffice
	n := acceptedIn(h.must(officeA, clerkA, a))
	h.bring(nil, n)
	h.must(desk, officer, dossier.AnnounceResult{Dossier: n, Outcome: "granted", OwedVND: 20_000})
	h.fetch(n)
	return n
}

// An invitation stops the post's clock and hands nothing over: whoever was invited reads where to come with what, and nothing of an end.
func TestWhoIsInvitedReadsWhereToComeAndWhatToPay(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	n := h.fetched()
	if page := h.status(n); !strings.Contains(page, "Chưa cần làm gì") {
		t.Error("before the invitation there is nothing to do")
	}
	h.pass(2 * time.Hour)
	h.must(officeB, clerkB, dossier.Invite{Dossier: n, How: "phone", Counts: true})
	at := postal.FromMillis(h.get(n).FirstInvite).Format("02/01/2006 15:04")
	page := h.status(n)
	for _, word := range []string{"Mang giấy tờ tuỳ thân đến Bưu cục Phát (Số 2 đường mẫu) để nhận kết quả.", "Phải nộp: cước trả kết quả 31.000", "phí, lệ phí 20.000", "đã mời " + at} {
		if !strings.Contains(page, word) {
			t.Errorf("%q is not there", word)
		}
	}
	for _, word := range []string{"Chưa cần làm gì", "xong " + at} {
		if strings.Contains(page, word) {
			t.Errorf("%q is there", word)
		}
	}
}
