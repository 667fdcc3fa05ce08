package closedmail_test

import (
	"html"
	"slices"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestARedirectionIsProvedAndOldPagesKeepTheirNames redirects the mail of a body: the ledger says who did it, without the address; a page that was bound before shows the name of then.
func TestARedirectionIsProvedAndOldPagesKeepTheirNames(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		clerk := s.as(clerkA)
		clerk.done("/kt1/accept", coverForm()...)
		clerk.done("/kt1/registers/out/1")
		old := clerk.get("/kt1/registers/out/1/paper").body
		s.moved(func(e *closedmail.Entry) {
			e.Name, e.Address, e.Hours = "Cơ quan mẫu đã đổi tên", "99 phố Khác", "08:00-09:00"
		})

		all, err := s.pages.Directory.Versions(t.Context(), bodyTwo)
		if err != nil || len(all) != 2 || !all[0].Proved || !all[1].Proved || all[0].By != admin || all[0].Address != "99 phố Khác" || all[1].Address != "2 phố Mẫu" {
			t.Fatalf("versions %+v, %v", all, err)
		}
		facts := s.changesOf(bodyTwo)
		if len(facts) != 2 || facts[1].Version != 2 || facts[1].By != admin || len(facts[1].Digest) != 64 {
			t.Errorf("facts %+v", facts)
		}
		page := html.UnescapeString(s.as(headA).get("/kt1/bodies/" + string(bodyTwo)).body)
		if !strings.Contains(page, "99 phố Khác") || !strings.Contains(page, "2 phố Mẫu") || strings.Count(page, "Khớp") != 2 {
			t.Error("the page of the body does not show both versions and their proof")
		}
		again := clerk.get("/kt1/registers/out/1/paper").body
		if !strings.Contains(old, "Cơ quan mẫu số 2") || !strings.Contains(again, "Cơ quan mẫu số 2") || strings.Contains(again, "đã đổi tên") {
			t.Error("a bound page has another name when it is printed again")
		}
		clerk.done("/kt1/accept", coverForm("number", "124/QĐ-UB")...)
		if body := clerk.get("/kt1/registers/out/1").body; !strings.Contains(body, "Cơ quan mẫu số 2") || !strings.Contains(body, "đã đổi tên") {
			t.Error("a new line does not bear the new name")
		}

		if _, err := db.Write().ExecContext(t.Context(), `UPDATE closedmail_entry SET address = 'Nơi khác' WHERE code = 'cq-0002' AND version = 2`); err != nil {
			t.Fatal(err)
		}
		if page := html.UnescapeString(s.as(headA).get("/kt1/bodies/" + string(bodyTwo)).body); !strings.Contains(page, "KHÔNG KHỚP") {
			t.Error("a row that was changed outside the program looks like the ledger's")
		}
		s.sound()
	})
}

// changesOf gives the facts about a body's line, and sees that none names what stands in it.
func (s *site) changesOf(code closedmail.BodyCode) (all []event.EntryChanged) {
	s.t.Helper()
	trails, err := s.Trails(s.t.Context(), []ledger.Key{closedmail.BodyKey(code)})
	if err != nil {
		s.t.Fatal(err)
	}
	entries, err := s.Entries(s.t.Context(), trails[closedmail.BodyKey(code)])
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		for _, f := range e.Facts {
			if f, ok := f.(event.EntryChanged); ok {
				all = append(all, f)
			}
		}
	}
	return all
}

// TestALineIsChangedOnceForEachVersion: two who take in the directory at once do not both write the same version, and what is the same writes nothing.
func TestALineIsChangedOnceForEachVersion(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	digest := strings.Repeat("0a", 32)
	s.must(officeA, admin, closedmail.ChangeEntry{Body: bodyTwo, Version: 2, Digest: digest, By: admin})
	s.refused("closedmail.entry_version", officeA, admin, closedmail.ChangeEntry{Body: bodyTwo, Version: 2, Digest: digest, By: admin})
	s.refused("closedmail.not_listed", officeA, admin, closedmail.ChangeEntry{Body: "cq-0077", Version: 1, Digest: digest, By: admin})
	before := len(s.changesOf(bodyOne))
	entries, err := closedmail.ReadEntries(strings.NewReader(directory))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.pages.Directory.Import(t.Context(), closedmail.Plan{Changed: slices.Clone(entries[:1])}, ledgerEnvelope(officeA, admin), admin, s.tick); err != nil {
		t.Fatal(err)
	}
	if n := len(s.changesOf(bodyOne)); n != before {
		t.Errorf("%d facts about a line that did not change", n-before)
	}
}
