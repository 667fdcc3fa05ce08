package procedure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// shared reads a reference file that is not part of the repository and skips, saying so, where it is absent.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("CITYPOST_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(dir, "tthc", name))
	if err != nil {
		t.Skipf("no reference data to compare with (%v): set CITYPOST_SHARED_DATA", err)
	}
	return data
}

func newStore(t testing.TB, db *sqldb.DB) *Store {
	t.Helper()
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	s := &Store{DB: db, Now: func() time.Time { return time.Date(2026, 11, 29, 8, 0, 0, 0, postal.HoChiMinh) }}
	if err := s.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// table writes a list of rows.
func table(rows ...string) []byte {
	return []byte("code\tname\tdecision\tlevel\tfield\tagency\tonline_time\tonline_fee_vnd\tdirect_time\tdirect_fee_vnd\tpostal_time\tpostal_fee_vnd\tstatus\n" + strings.Join(rows, "\n") + "\n")
}

func apply(t *testing.T, s *Store, r Release, inUse InUse) *Plan {
	t.Helper()
	p, err := s.Apply(t.Context(), r, inUse)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const (
	birth   = "9.900001\tĐăng ký mẫu A\t1/QĐ-MẪU\tCấp xã\tHộ tịch\tUBND xã\t3 Ngày làm việc\t0\t5 Ngày làm việc\t8000\t5 Ngày làm việc\t8000\t"
	death   = "9.900002\tĐăng ký mẫu B\t1/QĐ-MẪU\tCấp xã\tHộ tịch\tUBND xã\t\t\t1\t0\t\t\t"
	amended = "9.900001\tĐăng ký mẫu A (mới)\t2/QĐ-MẪU\tCấp xã\tHộ tịch\tUBND xã\t3 Ngày làm việc\t0\t4 Ngày làm việc\t8000\t4 Ngày làm việc\t8000\t"
)

func TestAListIsTakenInAmendedAndEnded(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		base := Release{Data: table(birth, death), Act: "1/QĐ-MẪU", From: first}
		if p, err := s.Plan(t.Context(), base, nil); err != nil || len(p.Added) != 2 || p.Applied || len(s.Catalogue().All()) != 0 {
			t.Fatalf("a dry run: %+v, %v", p, err)
		}
		apply(t, s, base, nil)
		if p := apply(t, s, base, nil); p.Unchanged != 2 || !p.Empty() {
			t.Errorf("a second time: %+v", p)
		}
		july := postal.MakeDay(2026, time.July, 1)
		if p := apply(t, s, Release{Data: table(amended), Act: "2/QĐ-MẪU", From: july}, nil); len(p.Changed) != 1 || p.Changed[0].PartsIn("vi") != "tên, hình thức nộp" || p.Changed[0].Fixes {
			t.Errorf("amended: %+v", p)
		}
		if p := apply(t, s, Release{Data: table("9.900002\tĐăng ký mẫu B\t\t\t\t\t\t\t\t\t\t\trepealed"), Act: "3/QĐ-MẪU", From: july}, nil); len(p.Closed) != 1 {
			t.Errorf("ended: %+v", p)
		}
		again := newStore(t, db).Catalogue() // another node
		a, _ := again.Procedure("9.900001")
		b, _ := again.Procedure("9.900002")
		if a.State(today) != Amended || len(a.Versions) != 2 || a.Versions[0].EndedBy != "2/QĐ-MẪU" || a.Versions[0].To != july.AddDays(-1) || b.State(today) != Repealed || b.Latest().EndedBy != "3/QĐ-MẪU" {
			t.Errorf("A %+v, B %+v", a, b)
		}
		if l, ok := b.Latest().Limit(Direct, ""); ok {
			t.Errorf("a bare 1 became the limit %v", l)
		}
		if f := a.Latest().By(Online)[0].Fees[0]; f.Known {
			t.Errorf("a bare 0 became free of charge: %+v", f)
		}
		if p, err := s.Plan(t.Context(), base, nil); err != nil || p.Err() == nil {
			t.Errorf("an older list over a newer one: %+v, %v", p, err)
		}
		if list, err := s.Imports(t.Context()); err != nil || len(list) != 3 || list[0].Rows == 0 {
			t.Errorf("imports: %+v, %v", list, err)
		}
	})
}

func TestAProcedureInUseNeverVanishes(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	apply(t, s, Release{Data: table(birth, death), Act: "1/QĐ-MẪU", From: first}, nil)
	inUse := func(_ context.Context, code Code) (bool, string, error) {
		return code == "9.900002", "3 hồ sơ đang đi", nil
	}
	whole := Release{Data: table(birth), Act: "2/QĐ-MẪU", From: postal.MakeDay(2026, time.July, 1), Whole: true}
	p, err := s.Apply(t.Context(), whole, inUse)
	if fault.Code(err) != "procedure.import_refused" || len(p.Refused) != 1 || !strings.Contains(p.Refused[0].VI, "“Đăng ký mẫu B” đang dùng (3 hồ sơ đang đi)") {
		t.Errorf("%+v, %v", p, err)
	}
	if p := apply(t, s, whole, nil); len(p.Closed) != 1 {
		t.Errorf("not in use, it ends: %+v", p)
	}
}

func TestBadRowsAreNamedByTheirNumber(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	data := table(birth, "10.005090\tMã sai\t\t\t\t\t\t\t\t\t\t\t", "9.900003\t\t\t\t\t\t\t\t\t\t\t\t", "# a remark", birth, "9.900004\tPhí sai\t\tCấp xã\t\t\t\t\t\t12x\t\t\t", "9.900005\tCấp sai\t\tCấp làng\t\t\t\t\t\t\t\t\t", "9.900006\tA\x07B\t\t\t\t\t\t\t\t\t\t\t")
	r := Release{Data: data, Act: "1/QĐ-MẪU", From: first}
	p, err := s.Apply(t.Context(), r, nil)
	if fault.Code(err) != "procedure.import_refused" {
		t.Fatalf("a list with bad rows was taken: %v", err)
	}
	var got []string
	for _, n := range p.Errors {
		got = append(got, fmt.Sprint(n.Row, " ", n.What))
	}
	want := "3 procedure.code|4 procedure.no_name|6 procedure.twice|7 procedure.fee|8 procedure.level|9 postal.text.control"
	if strings.Join(got, "|") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, "|"), want)
	}
	r.SkipBad = true
	if p := apply(t, s, r, nil); len(p.Added) != 1 || len(p.Errors) != 6 {
		t.Errorf("%+v", p)
	}
	r.Whole = true
	if _, err := s.Apply(t.Context(), r, nil); err == nil {
		t.Error("a whole catalogue with bad rows was taken")
	}
}

func TestCasesOfATableAreRead(t *testing.T) {
	got, err := casesOf("2.000635.02=1 DAY; 2.000635.03=7.5 WORKING_DAY;2.000635.04=1 OTHER")
	if err != nil || len(got) != 3 || got[0].Limit.In("vi") != "1 ngày" || got[1].Limit.In("vi") != "7,5 ngày làm việc" || got[2].Limit.Known() {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"2.000635.02", "=5 DAY"} {
		if _, err := casesOf(bad); fault.Code(err) != "procedure.case" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	good := Release{Data: table(birth), Act: "1/QĐ-MẪU", From: first}
	sum := sha256.Sum256(good.Data)
	good.SHA256 = strings.ToUpper(hex.EncodeToString(sum[:]))
	if _, err := s.Plan(t.Context(), good, nil); err != nil {
		t.Errorf("the right checksum: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*Release)
		code   string
	}{
		"no act":         {func(r *Release) { r.Act = " " }, "procedure.act_required"},
		"no day":         {func(r *Release) { r.From = postal.Day{} }, "procedure.from_required"},
		"wrong checksum": {func(r *Release) { r.SHA256 = strings.Repeat("0", 64) }, "procedure.checksum"},
		"not utf-8":      {func(r *Release) { r.Data, r.SHA256 = []byte("code\tname\n\xff"), "" }, "procedure.not_utf8"},
		"unknown column": {func(r *Release) { r.Data, r.SHA256 = []byte("code\tname\tprize\n"), "" }, "procedure.column"},
		"no name column": {func(r *Release) { r.Data, r.SHA256 = []byte("code\n9.900001\n"), "" }, "procedure.missing_column"},
		"no rows":        {func(r *Release) { r.Data, r.SHA256 = []byte("code\tname\n"), "" }, "procedure.rows"},
		"empty":          {func(r *Release) { r.Data, r.SHA256 = nil, "" }, "procedure.column"},
	} {
		r := good
		c.change(&r)
		if _, err := s.Plan(t.Context(), r, nil); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// TestTheNationalCatalogueIsImportedWithItsReport takes in the three published files over each other.
func TestTheNationalCatalogueIsImportedWithItsReport(t *testing.T) {
	national, details, city := shared(t, "catalogue-national.tsv"), shared(t, "procedures-detail.ndjson"), shared(t, "priority-hai-phong.tsv")
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		day := postal.MakeDay(2026, time.July, 20)
		p := apply(t, s, Release{Data: national, Act: "CSDL quốc gia về TTHC, 20/07/2026", From: day}, nil)
		if p.Rows != 2642 || len(p.Added) != 2642 || len(p.Errors) != 0 {
			t.Errorf("national: %d rows, %d added, %d wrong", p.Rows, len(p.Added), len(p.Errors))
		}
		counts := map[string]int{}
		for _, n := range p.Warnings {
			counts[n.What]++
		}
		if counts["procedure.no_agency"] != 302 || counts["procedure.unfilled_limit"] == 0 || counts["procedure.no_channel"] == 0 {
			t.Errorf("report: %v", counts)
		}
		t.Logf("report: %v", counts)
		p = apply(t, s, Release{Data: details, Act: "CSDL quốc gia về TTHC, 19/07/2026", From: day}, nil)
		if p.Rows != 185 || len(p.Errors) != 0 || len(p.Added) != 116 || len(p.Changed) != 69 {
			t.Errorf("details: %d rows, %d added, %d changed, wrong %v", p.Rows, len(p.Added), len(p.Changed), p.Errors)
		}
		p = apply(t, s, Release{Data: city, Act: "Báo cáo 51, 07/09/2026", From: postal.MakeDay(2026, time.September, 7)}, nil)
		t.Logf("city: %d added, %d changed, %d unchanged, wrong %v", len(p.Added), len(p.Changed), p.Unchanged, p.Errors)
		c := s.Catalogue()
		post := 0
		for _, pr := range c.All() {
			if pr.Latest().Accepts(Postal) {
				post++
			}
		}
		if post < 2100 {
			t.Errorf("%d procedures accept the post", post)
		}
		birth, err := c.On("1.001193", today)
		if err != nil {
			t.Fatal(err)
		}
		if len(birth.Components) == 0 || len(birth.Checklist(Postal)) == 0 {
			t.Errorf("birth registration has no papers: %+v", birth)
		}
		for _, ch := range birth.Channels {
			if ch.Limit.Known() && ch.Limit.Tenths == 10 && ch.Limit.Unit == "" {
				t.Errorf("“1 OTHER” became a limit: %+v", ch)
			}
			for _, f := range ch.Fees {
				if f.Known && f.Amount == 0 {
					t.Errorf("birth registration is said to be free: %+v", f)
				}
			}
		}
		post5 := birth.Checklist(Postal)
		t.Logf("birth registration by post: %d papers, by hand %d; limit %v", len(post5), len(birth.Checklist(Direct)), birth.Cases)
	})
}

func TestARecordSurvivesOurOwnFormat(t *testing.T) {
	s, other := newStore(t, sqltest.SQLite(t)), newStore(t, sqltest.SQLite(t))
	apply(t, s, Release{Data: shared(t, "procedures-detail.ndjson"), Act: "1/QĐ-MẪU", From: first}, nil)
	var b bytes.Buffer
	for _, p := range s.Catalogue().All() {
		line, err := jsonLine(p.Latest())
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
	}
	p := apply(t, other, Release{Data: b.Bytes(), Act: "1/QĐ-MẪU", From: first}, nil)
	if p.Shape != OwnShape || len(p.Added) != 185 || len(p.Errors) != 0 {
		t.Fatalf("%s, %d added, %v", p.Shape, len(p.Added), p.Errors)
	}
	for _, p := range s.Catalogue().All() {
		there, _ := other.Catalogue().Procedure(p.Code)
		if parts := differences(p.Latest(), there.Latest()); len(parts) > 0 {
			t.Errorf("%s differs in %v", p.Code, parts)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	s := newStore(b, sqltest.SQLite(b))
	if _, err := s.Apply(b.Context(), Release{Data: shared(b, "catalogue-national.tsv"), Act: "x", From: first}, nil); err != nil {
		b.Fatal(err)
	}
	c := s.Catalogue()
	for b.Loop() {
		c.Find(Query{Text: "cap lai giay phep", Day: today})
	}
}

// TestSearchAmongAllProceduresTakesLessThanFiveMilliseconds holds the promise of the guide.
func TestSearchAmongAllProceduresTakesLessThanFiveMilliseconds(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	apply(t, s, Release{Data: shared(t, "catalogue-national.tsv"), Act: "x", From: first}, nil)
	c := s.Catalogue()
	for _, query := range []string{"", "khai sinh", "cap", "cap lai giay phep", "1.00", "Đăng ký kết hôn", "khong co gi nhu the nay"} {
		best := time.Hour
		for range 20 {
			start := time.Now()
			c.Find(Query{Text: query, Day: today})
			best = min(best, time.Since(start))
		}
		t.Logf("%q among %d: %v", query, len(c.All()), best)
		if best > 5*time.Millisecond && !testing.Short() {
			t.Errorf("%q takes %v", query, best)
		}
	}
}

func FuzzRelease(f *testing.F) {
	f.Add(table(birth, death))
	f.Add([]byte(`{"code":"9.900001","name":"A","checklist_raw":[{"group":"","items":[{"name":"x","original_qty":1}]}],"channels":[{"method":"POSTAL","processing":{"qty":7.5,"unit":"DAY"}}]}`))
	f.Add([]byte(`{"code":"9.900001","name":"A","from":"2026-01-01","decision":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := (Release{Data: data, Act: "x", From: first}).read()
		if err != nil {
			return
		}
		for _, rw := range l.rows {
			if err := rw.version.check(); err != nil {
				t.Errorf("%q was read: %v", data, err)
			}
		}
		if len(l.rows)+len(l.errors) != l.read {
			t.Errorf("%d rows are %d good and %d wrong", l.read, len(l.rows), len(l.errors))
		}
	})
}
