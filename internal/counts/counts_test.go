package counts_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citypost/internal/counts"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

func keys(t *testing.T) (note.Signer, string) {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, "closed.test/counts")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return signer, public
}

func month(t *testing.T, least int64, figures map[string]int64) counts.Sheet {
	t.Helper()
	s, err := counts.Make(postal.MakeDay(2026, 11, 1), postal.MakeDay(2026, 11, 30), 1_790_000_000_000, least, figures)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoSmallFigureCanBeReadOrWorkedOut hides parts until no subtraction gives one back.
func TestNoSmallFigureCanBeReadOrWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := map[string]int64{}
		for _, name := range []string{"a", "b", "c", "d"} {
			n := rapid.Int64Range(0, 12).Draw(t, name)
			figures["items."+name] = n
			figures["items"] += n
		}
		s, err := counts.Make(postal.MakeDay(2026, 11, 1), postal.MakeDay(2026, 11, 30), 1, 5, figures)
		if err != nil {
			t.Fatal(err)
		}
		var total counts.Line
		hidden, shown := 0, int64(0)
		for _, l := range s.Lines {
			if l.Hidden && l.N != 0 {
				t.Fatalf("%+v: hidden, but the figure is there", l)
			}
			if !l.Hidden && l.N > 0 && l.N < 5 {
				t.Fatalf("%+v is small and shown", l)
			}
			switch {
			case l.Key == "items":
				total = l
			case l.Hidden:
				hidden++
			default:
				shown += l.N
			}
		}
		if !total.Hidden && hidden == 1 && total.N-shown < 5 {
			t.Fatalf("%+v: the only hidden part is %d", s.Lines, total.N-shown)
		}
	})
}

// TestAFileWithOneByteAlteredIsRefused alters every byte of the file in turn.
func TestAFileWithOneByteAlteredIsRefused(t *testing.T) {
	signer, public := keys(t)
	file, err := month(t, 5, map[string]int64{"items": 120, "items.intra": 100, "items.inter": 20, "incidents": 2}).Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	s, err := counts.Open(file, verifier)
	if err != nil || len(s.Lines) != 4 || !strings.Contains(string(file), "incidents -\n") {
		t.Fatalf("%+v, %v\n%s", s, err, file)
	}
	for i := range file {
		bad := append([]byte(nil), file...)
		bad[i] ^= 1
		if got, err := counts.Open(bad, verifier); err == nil {
			t.Fatalf("byte %d altered and taken: %+v", i, got)
		}
	}
	_, other := keys(t)
	stranger, err := note.NewVerifier(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := counts.Open(file, stranger); fault.Code(err) != "counts.not_signed" {
		t.Errorf("another key: %v", err)
	}
}

func TestTheOpenHouseTakesSheetsOfItsKeyOnly(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := counts.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		store := &counts.Store{DB: db, Now: time.Now}
		signer, public := keys(t)
		file, err := month(t, 5, map[string]int64{"items": 120}).Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Import(t.Context(), file); fault.Code(err) != "counts.no_key" {
			t.Fatalf("before a key is named: %v", err)
		}
		if err := store.Trust(t.Context(), "nonsense"); fault.Code(err) != "counts.key" {
			t.Fatalf("nonsense as a key: %v", err)
		}
		if err := store.Trust(t.Context(), public); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := store.Import(t.Context(), file); err != nil {
				t.Fatal(err)
			}
		}
		stranger, _ := keys(t)
		forged, err := month(t, 5, map[string]int64{"items": 9}).Sign(stranger)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Import(t.Context(), forged); fault.Code(err) != "counts.not_signed" {
			t.Fatalf("forged: %v", err)
		}
		sheets, err := store.Sheets(t.Context())
		if err != nil || len(sheets) != 1 || sheets[0].Lines[0].N != 120 {
			t.Fatalf("%+v, %v", sheets, err)
		}
	})
}

// TestThePageIsForThoseWhoLeadAndWatch asks as a manager, as the Department and as a clerk.
func TestThePageIsForThoseWhoLeadAndWatch(t *testing.T) {
	db := sqltest.SQLite(t)
	if err := counts.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	store := &counts.Store{DB: db, Now: time.Now}
	signer, public := keys(t)
	file, err := month(t, 5, map[string]int64{"items": 1234, "incidents": 2}).Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Trust(t.Context(), public); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Import(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	for right, want := range map[web.Right]int{web.Manager: http.StatusOK, web.Department: http.StatusOK, web.Clerk: http.StatusForbidden, web.Supervisor: http.StatusForbidden} {
		m := web.New(webtest.Gate{Person: web.Person{ID: "nv-test01", Name: "Người Mẫu", Acting: web.Role{Name: right}, Roles: []web.Role{{Name: right}}}}, web.Site{}, slog.New(slog.DiscardHandler))
		store.Mount(m)
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, counts.Path, nil))
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", right, w.Code, want)
		}
		if page := w.Body.String(); want == http.StatusOK && (!strings.Contains(page, "1.234") || !strings.Contains(page, "ẩn")) {
			t.Errorf("%s: the page lacks the figures:\n%s", right, page)
		}
	}
}

func TestNoSmallRestCanBeWorkedOut(t *testing.T) {
	for _, l := range month(t, 5, map[string]int64{"items": 100, "delivered": 98, "judged": 98, "on_time": 97}).Lines {
		if l.Hidden != (l.Key == "delivered" || l.Key == "on_time" || l.Key == "judged") {
			t.Errorf("%+v", l)
		}
	}
}
