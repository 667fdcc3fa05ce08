package counts_test

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

func november(figures map[string]int64) counts.Figures {
	return counts.Figures{Month: postal.MakeDay(2026, 11, 1), Counts: figures}
}

func month(t *testing.T, figures map[string]int64, others ...counts.Sheet) counts.Sheet {
	t.Helper()
	s, err := counts.Make(november(figures), 1_790_000_000_000+int64(len(others)), counts.Floor, others)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAFileWithOneByteAlteredIsRefused alters every byte of the file in turn, in every bit; drops it, doubles it, and cuts the file there.
func TestAFileWithOneByteAlteredIsRefused(t *testing.T) {
	signer, public := keys(t)
	file, err := month(t, map[string]int64{"items": 120, "items.intra": 100, "items.inter": 20, "incidents": 2}).Sign(signer)
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
	tried := 0
	refuse := func(how string, i int, bad []byte) {
		t.Helper()
		tried++
		if got, err := counts.Open(bad, verifier); err == nil {
			t.Fatalf("byte %d %s and taken: %+v", i, how, got)
		}
	}
	for i := range file {
		for bit := range 8 {
			bad := slices.Clone(file)
			bad[i] ^= 1 << bit
			refuse("altered", i, bad)
		}
		refuse("dropped", i, slices.Delete(slices.Clone(file), i, i+1))
		refuse("doubled", i, slices.Insert(slices.Clone(file), i, file[i]))
		refuse("the last", i, file[:i])
	}
	for _, more := range []string{"\n", " ", "x", "\x00"} {
		refuse("followed", len(file), append(slices.Clone(file), more...))
	}
	t.Logf("%d altered files refused, of a file of %d bytes", tried, len(file))
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
		file, err := month(t, map[string]int64{"items": 120}).Sign(signer)
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
		forged, err := month(t, map[string]int64{"items": 9}).Sign(stranger)
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
	file, err := month(t, map[string]int64{"items": 1234, "incidents": 2}).Sign(signer)
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

// hiddenIn lists what a sheet hides.
func hiddenIn(s counts.Sheet) (keys []string) {
	for _, l := range s.Lines {
		if l.Hidden {
			keys = append(keys, l.Key)
		}
	}
	return keys
}

func TestWhatIsHidden(t *testing.T) {
	first := month(t, map[string]int64{"items": 100, "items.inter": 60, "items.intra": 40, "fee_vnd": 500_000})
	for name, c := range map[string]struct {
		figures map[string]int64
		others  []counts.Sheet
		want    []string
	}{
		"nothing":                   {map[string]int64{"items": 100, "items.inter": 60, "items.intra": 40, "incidents": 0}, nil, nil},
		"a-few":                     {map[string]int64{"incidents": 4, "complaints": 5}, nil, []string{"incidents"}},
		"what-on-time-leaves":       {map[string]int64{"items": 110, "judged": 98, "on_time": 97}, nil, []string{"on_time"}},
		"what-delivered-leaves":     {map[string]int64{"items": 100, "delivered": 98}, nil, []string{"delivered"}},
		"the-second-part":           {map[string]int64{"items": 100, "items.inter": 3, "items.intra": 97}, nil, []string{"items.inter", "items.intra"}},
		"the-total-of-one-part":     {map[string]int64{"items": 3, "items.inter": 3, "items.intra": 0}, nil, []string{"items", "items.inter"}},
		"both-parts-of-few":         {map[string]int64{"items": 4, "items.inter": 2, "items.intra": 2}, nil, []string{"items", "items.inter", "items.intra"}},
		"the-same-again":            {map[string]int64{"items": 100, "items.inter": 60, "items.intra": 40}, []counts.Sheet{first}, nil},
		"two-more":                  {map[string]int64{"items": 102, "items.inter": 60, "items.intra": 42}, []counts.Sheet{first}, []string{"items", "items.intra"}},
		"moved-between-the-parts":   {map[string]int64{"items": 100, "items.inter": 62, "items.intra": 38}, []counts.Sheet{first}, []string{"items.inter", "items.intra"}},
		"many-more":                 {map[string]int64{"items": 120, "items.inter": 70, "items.intra": 50}, []counts.Sheet{first}, nil},
		"money-that-changed":        {map[string]int64{"fee_vnd": 540_000}, []counts.Sheet{first}, []string{"fee_vnd"}},
		"money-that-stayed":         {map[string]int64{"fee_vnd": 500_000}, []counts.Sheet{first}, nil},
		"two-corrections-in-a-row":  {map[string]int64{"items": 106, "items.inter": 63, "items.intra": 43}, []counts.Sheet{first, month(t, map[string]int64{"items": 103, "items.inter": 60, "items.intra": 43}, first)}, []string{"items.inter", "items.intra"}},
		"money-of-few-is-not-shown": {map[string]int64{"items": 100, "fee_vnd": 77_000}, nil, []string{"fee_vnd"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := november(c.figures)
			if name == "money-of-few-is-not-shown" {
				f.Behind = map[string]int64{"fee_vnd": 2}
			}
			s, err := counts.Make(f, 1_790_000_000_009, counts.Floor, c.others)
			if err != nil || !slices.Equal(hiddenIn(s), c.want) {
				t.Errorf("hidden %v, want %v; %v", hiddenIn(s), c.want, err)
			}
		})
	}
}

// TestTheOpenHouseRefusesASheetThatTellsOfAFew takes rightly signed files of a closed house that is in error.
func TestTheOpenHouseRefusesASheetThatTellsOfAFew(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := counts.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		store := &counts.Store{DB: db, Now: time.Now}
		signer, public := keys(t)
		if err := store.Trust(t.Context(), public); err != nil {
			t.Fatal(err)
		}
		sheet := func(made int64, lines ...counts.Line) counts.Sheet {
			return counts.Sheet{From: postal.MakeDay(2026, 11, 1), To: postal.MakeDay(2026, 11, 30), MadeMs: made, Least: counts.Floor, Lines: lines}
		}
		take := func(s counts.Sheet) error {
			t.Helper()
			file, err := s.Sign(signer)
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.Import(t.Context(), file)
			return err
		}
		items := []counts.Line{{Key: "items", N: 100}, {Key: "items.inter", N: 60}, {Key: "items.intra", N: 40}}
		if err := take(sheet(10, items...)); err != nil {
			t.Fatal(err)
		}
		half, low, otherDay := sheet(20, items...), sheet(20, items...), sheet(20, items...)
		half.From, half.To = postal.MakeDay(2026, 7, 1), postal.MakeDay(2026, 12, 31)
		low.Least = 2
		otherDay.From = postal.MakeDay(2026, 11, 2)
		for name, c := range map[string]struct {
			sheet counts.Sheet
			code  string
		}{
			"half-a-year":           {half, "counts.form"},
			"a-low-threshold":       {low, "counts.form"},
			"not-a-whole-month":     {otherDay, "counts.form"},
			"nothing":               {sheet(20), "counts.form"},
			"a-few":                 {sheet(20, counts.Line{Key: "incidents", N: 2}), "counts.unsafe"},
			"one-part-hidden":       {sheet(20, counts.Line{Key: "items", N: 100}, counts.Line{Key: "items.inter", N: 97}, counts.Line{Key: "items.intra", Hidden: true}), "counts.unsafe"},
			"a-small-rest":          {sheet(20, counts.Line{Key: "judged", N: 98}, counts.Line{Key: "on_time", N: 97}), "counts.unsafe"},
			"two-more-than-before":  {sheet(20, counts.Line{Key: "items", N: 102}, counts.Line{Key: "items.inter", N: 62}, counts.Line{Key: "items.intra", N: 40}), "counts.unsafe"},
			"older-but-two-fewer":   {sheet(5, counts.Line{Key: "items", N: 98}, counts.Line{Key: "items.inter", N: 58}, counts.Line{Key: "items.intra", N: 40}), "counts.unsafe"},
			"parts-do-not-add-up":   {sheet(20, counts.Line{Key: "items", N: 100}, counts.Line{Key: "items.inter", N: 60}, counts.Line{Key: "items.intra", N: 50}), "counts.disagree"},
			"the-same-line-twice":   {sheet(20, counts.Line{Key: "items", N: 100}, counts.Line{Key: "items", N: 100}), "counts.disagree"},
			"same-moment-otherwise": {sheet(10, counts.Line{Key: "items", N: 200}), "counts.other_content"},
		} {
			if err := take(c.sheet); fault.Code(err) != c.code {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		if sheets, err := store.Sheets(t.Context()); err != nil || len(sheets) != 1 || sheets[0].MadeMs != 10 {
			t.Errorf("a refused sheet was kept: %+v, %v", sheets, err)
		}
		if err := take(sheet(30, counts.Line{Key: "items", N: 120}, counts.Line{Key: "items.inter", N: 70}, counts.Line{Key: "items.intra", N: 50})); err != nil {
			t.Errorf("a good correction: %v", err)
		}
	})
}

// TestWhatWasIssuedBoundsWhatIsIssuedLater issues a month three times.
func TestWhatWasIssuedBoundsWhatIsIssuedLater(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := counts.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
		store := &counts.Store{DB: db, Now: func() time.Time { return now }}
		signer, public := keys(t)
		issue := func(figures map[string]int64) string {
			t.Helper()
			file, err := store.Issue(t.Context(), november(figures), counts.Floor, signer, public)
			if err != nil {
				t.Fatal(err)
			}
			return string(file)
		}
		first := issue(map[string]int64{"items": 100, "complaints": 7})
		now = now.Add(time.Hour)
		if again := issue(map[string]int64{"items": 100, "complaints": 7}); again != first {
			t.Errorf("nothing changed, and the file did:\n%s", again)
		}
		second := issue(map[string]int64{"items": 102, "complaints": 14})
		if !strings.Contains(second, "items -\n") || !strings.Contains(second, "complaints 14\n") {
			t.Errorf("two more items:\n%s", second)
		}
		now = now.Add(-time.Hour) // the clock was set back; the order of the sheets must not be
		third := issue(map[string]int64{"items": 103, "complaints": 20})
		if !strings.Contains(third, "items -\n") {
			t.Errorf("three more items than at first:\n%s", third)
		}
		for _, file := range []string{first, second, third} { // the open house takes them all
			if _, err := store.Import(t.Context(), []byte(file)); err != nil {
				t.Error(err)
			}
		}
		other := sqltest.SQLite(t)
		if err := counts.Migrate(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		open := &counts.Store{DB: other, Now: time.Now}
		if err := open.Trust(t.Context(), public); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{third, first, second} { // in whatever order they come
			if _, err := open.Import(t.Context(), []byte(file)); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestTwoSheetsOfOneMonthAtOnceDoNotTellOfAFew: each would be harmless alone, and the clock is slow enough for both to look before one of them is kept.
func TestTwoSheetsOfOneMonthAtOnceDoNotTellOfAFew(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := counts.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		store := &counts.Store{DB: db, Now: func() time.Time { time.Sleep(100 * time.Millisecond); return time.Now() }}
		signer, public := keys(t)
		if err := store.Trust(t.Context(), public); err != nil {
			t.Fatal(err)
		}
		both := func(fn func(n int64) error) (errs []error) {
			errs = make([]error, 2)
			var all sync.WaitGroup
			for n := range errs {
				all.Go(func() { errs[n] = fn(int64(n)) })
			}
			all.Wait()
			return errs
		}
		var shown atomic.Int64
		for _, err := range both(func(n int64) error {
			file, err := store.Issue(t.Context(), november(map[string]int64{"items": 100 + 2*n}), counts.Floor, signer, public)
			if !strings.Contains(string(file), "items -\n") {
				shown.Add(1)
			}
			return err
		}) {
			if err != nil {
				t.Errorf("issue: %v", err)
			}
		}
		if shown.Load() != 1 {
			t.Errorf("%d of two files tell of the items, and they differ by two", shown.Load())
		}
		errs := both(func(n int64) error {
			sheet := counts.Sheet{From: postal.MakeDay(2026, 10, 1), To: postal.MakeDay(2026, 10, 31), MadeMs: 10 + n, Least: counts.Floor,
				Lines: []counts.Line{{Key: "items", N: 100 + 2*n}}}
			file, err := sheet.Sign(signer)
			if err != nil {
				return err
			}
			_, err = store.Import(t.Context(), file)
			return err
		})
		if (errs[0] == nil) == (errs[1] == nil) || fault.Code(errors.Join(errs...)) != "counts.unsafe" {
			t.Errorf("import: %v", errs)
		}
	})
}
