package gazetteer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func newStore(t *testing.T, db *sqldb.DB) *Store {
	t.Helper()
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return &Store{DB: db, Now: func() time.Time { return time.UnixMilli(1_795_500_000_000) }}
}

const officesFile = `# offices for tests, all made up
code	name	kind	unit	address	lat	lon	hours	made_up
180100	Hải Phòng	level1	11311	3 Nguyễn Tri Phương	20.8625	106.6820	Mo-Su 07:00-19:00	yes
180200	Hồng Bàng	level2	11311				Mo-Fr 07:30-17:00	yes
186000	Cát Bà	commune_point	11914					yes
`

var firstOfJuly = FirstTwoTierDay()

func officeRelease(data string, from postal.Day) Release {
	return Release{What: OfficesFile, Data: []byte(data), Act: "QĐ 12/QĐ-BĐHP", From: from}
}

func TestOfficesImportInOneGoAndTwiceIsHarmless(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		r := officeRelease(officesFile, firstOfJuly)
		dry, err := s.Plan(t.Context(), r, nil)
		if err != nil || len(dry.Added) != 3 || dry.Applied {
			t.Fatalf("dry run: %+v, %v", dry, err)
		}
		if list, err := s.Offices(t.Context(), today); err != nil || len(list) != 0 {
			t.Fatalf("the dry run wrote %v, %v", list, err)
		}
		for _, want := range []int{3, 0} {
			p, err := s.Apply(t.Context(), r, nil)
			if err != nil || len(p.Added) != want || p.Unchanged != 3-want || !p.Applied {
				t.Fatalf("want %d added: %+v, %v", want, p, err)
			}
		}
		list, err := s.Offices(t.Context(), today)
		want := Office{Code: "180100", Name: "Hải Phòng", Kind: Level1, Unit: "11311", Address: "3 Nguyễn Tri Phương", Lat: 20.8625, Lon: 106.6820,
			Hours: "Mo-Su 07:00-19:00", ValidFrom: firstOfJuly, Act: "QĐ 12/QĐ-BĐHP", MadeUp: true}
		if err != nil || len(list) != 3 || list[0] != want {
			t.Fatalf("%+v, %v", list, err)
		}
		imports, err := s.Imports(t.Context())
		if err != nil || len(imports) != 1 || imports[0].Rows != 3 || imports[0].From != firstOfJuly {
			t.Errorf("imports: %+v, %v", imports, err)
		}
	})
}

func TestANewRegisterAddsClosesRenamesAndMoves(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		if _, err := s.Apply(t.Context(), officeRelease(officesFile, firstOfJuly), nil); err != nil {
			t.Fatal(err)
		}
		next := strings.NewReplacer("180200\tHồng Bàng", "180200\tHạ Lý", "3 Nguyễn Tri Phương", "5 Nguyễn Tri Phương", "186000\tCát Bà", "186001\tCát Hải").Replace(officesFile)
		from := postal.MakeDay(2026, 1, 1)
		p, err := s.Apply(t.Context(), officeRelease(next, from), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Added) != 1 || p.Added[0].Code != "186001" || len(p.Closed) != 1 || p.Closed[0].Code != "186000" ||
			len(p.Renamed) != 1 || p.Renamed[0] != (Change{"180200", "Hồng Bàng", "Hạ Lý"}) || len(p.Moved) != 1 || p.Moved[0].Code != "180100" {
			t.Errorf("%+v", p)
		}
		then, _ := s.Offices(t.Context(), from.AddDays(-1))
		now, _ := s.Offices(t.Context(), from)
		if len(then) != 3 || then[1].Name != "Hồng Bàng" || len(now) != 3 || now[1].Name != "Hạ Lý" {
			t.Errorf("then %v, now %v", then, now)
		}
		gone, err := s.Office(t.Context(), "186000")
		if err != nil || gone.Name != "Cát Bà" || gone.ValidTo != from.AddDays(-1) {
			t.Errorf("the closed office: %+v, %v", gone, err)
		}
		if _, err := s.Office(t.Context(), "999999"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown office: %v", err)
		}
	})
}

func TestImportRefusesWhenAnOfficeInUseWouldVanish(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		if _, err := s.Apply(t.Context(), officeRelease(officesFile, firstOfJuly), nil); err != nil {
			t.Fatal(err)
		}
		fewer := officesFile[:strings.Index(officesFile, "186000")]
		r := officeRelease(fewer, today)
		inUse := func(_ context.Context, code string) (bool, string, error) {
			return code == "186000", "12 bưu gửi", nil
		}
		var out bytes.Buffer
		err := RunImport(t.Context(), &out, s, ImportOptions{Release: r, InUse: inUse, Lang: "vi"})
		if !fault.Is(err, fault.Conflict) || !strings.Contains(out.String(), "! 186000  đang được sử dụng (12 bưu gửi)") {
			t.Errorf("dry run: %v\n%s", err, out.String())
		}
		p, err := s.Apply(t.Context(), r, inUse)
		if fault.Code(err) != "gazetteer.import_refused" || p == nil || p.Applied {
			t.Errorf("%+v, %v", p, err)
		}
		if list, _ := s.Offices(t.Context(), today); len(list) != 3 {
			t.Errorf("a refused import left %d offices", len(list))
		}
		r.Partial = true
		if p, err := s.Plan(t.Context(), r, inUse); err != nil || len(p.Closed) != 0 || len(p.Refused) != 0 {
			t.Errorf("a partial file closed something: %+v, %v", p, err)
		}
		broken := errors.New("custody is away")
		r.Partial = false
		if _, err := s.Apply(t.Context(), r, func(context.Context, string) (bool, string, error) { return false, "", broken }); !errors.Is(err, broken) {
			t.Errorf("an unanswered question was taken for a no: %v", err)
		}
	})
}

func TestFilesWithMarkAndDecomposedLettersReadTheSame(t *testing.T) {
	want, err := readOffices([]byte(officesFile))
	if err != nil || len(want) != 3 {
		t.Fatalf("%v, %v", want, err)
	}
	csv := strings.ReplaceAll(strings.ReplaceAll(officesFile, "\t", ","), "3 Nguyễn", "\"3  Nguyễn")
	csv = strings.ReplaceAll(csv, "Phương", "Phương\"")
	for name, data := range map[string]string{
		"mark":       "\ufeff" + officesFile,
		"decomposed": norm.NFD.String(officesFile),
		"windows":    strings.ReplaceAll(officesFile, "\n", "\r\n"),
		"commas":     csv,
		"semicolons": strings.ReplaceAll(strings.ReplaceAll(officesFile, "\t", ";"), "; ", ","),
		"json": "\ufeff" + norm.NFD.String(`[{"code":"180100","name":"Hải Phòng","kind":"level1","unit":"11311","address":" 3 Nguyễn  Tri Phương","lat":20.8625,"lon":106.682,
			"hours":"Mo-Su 07:00-19:00","made_up":true},{"code":"180200","name":"Hồng Bàng","kind":"level2","unit":"11311","hours":"Mo-Fr 07:30-17:00","made_up":true},
			{"code":"186000","name":"Cát Bà","kind":"commune_point","unit":"11914","made_up":true}]`),
	} {
		got, err := readOffices([]byte(data))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestBadFilesAreRefusedWithTheLine(t *testing.T) {
	for name, c := range map[string]struct{ data, code string }{
		"not utf-8":      {"code\tname\n180100\tH\xe1\xbb\n", "gazetteer.not_utf8"},
		"utf-16":         {"\xff\xfec\x00o\x00", "gazetteer.not_utf8"},
		"unknown column": {"code\tnaem\n180100\tA\n", "gazetteer.unknown_column"},
		"column twice":   {"code\tname\tname\n", "gazetteer.column_twice"},
		"no code column": {"name\tkind\n", "gazetteer.missing_column"},
		"empty":          {"", "gazetteer.no_header"},
		"bad json":       {"[{", "gazetteer.bad_file"},
		"unknown member": {`[{"code":"180100","naem":"A"}]`, "gazetteer.bad_file"},
		"bad kind":       {"code\tname\tkind\tunit\n180100\tA\tpalace\t11311\n", "gazetteer.bad_rows"},
		"bad code":       {"code\tname\tkind\tunit\n18010\tA\tlevel1\t11311\n", "gazetteer.bad_rows"},
		"bad hours":      {"code\tname\tkind\tunit\thours\n180100\tA\tlevel1\t11311\tlate\n", "gazetteer.bad_rows"},
		"bad number":     {"code\tname\tkind\tunit\tlat\n180100\tA\tlevel1\t11311\tnorth\n", "gazetteer.bad_rows"},
		"far away":       {"code\tname\tkind\tunit\tlat\tlon\n180100\tA\tlevel1\t11311\t48.8\t2.3\n", "gazetteer.bad_rows"},
		"control":        {"code\tname\tkind\tunit\n180100\tA\x07B\tlevel1\t11311\n", "gazetteer.bad_rows"},
	} {
		if _, err := readOffices([]byte(c.data)); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	_, err := readOffices([]byte("# remark\ncode\tname\tkind\tunit\n180100\tA\tlevel1\t11311\n\n180101\t\tlevel1\t11311\n"))
	if f, ok := fault.From(err); !ok || !strings.Contains(f.VI, "\n5: ") {
		t.Errorf("the wrong line is not named: %v", err)
	}
}

func TestImportWantsActDayAndMatchingChecksum(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	good := officeRelease(officesFile, firstOfJuly)
	sum := sha256.Sum256(good.Data)
	good.SHA256 = strings.ToUpper(hex.EncodeToString(sum[:]))
	if _, err := s.Plan(t.Context(), good, nil); err != nil {
		t.Errorf("the right checksum: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*Release)
		code   string
	}{
		"no act":         {func(r *Release) { r.Act = " " }, "gazetteer.act_required"},
		"no day":         {func(r *Release) { r.From = zeroDay }, "gazetteer.from_required"},
		"wrong checksum": {func(r *Release) { r.SHA256 = strings.Repeat("0", 64) }, "gazetteer.checksum"},
		"unknown kind":   {func(r *Release) { r.What = "people" }, "gazetteer.what"},
	} {
		r := good
		c.change(&r)
		if _, err := s.Plan(t.Context(), r, nil); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestOfficesInUnknownUnitsOrTwiceAreRefused(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	data := officesFile + "186002\tLạc\tlevel3\t11302\t\t\t\t\tyes\n186000\tCát Bà\tcommune_point\t11914\t\t\t\t\tyes\n"
	p, err := s.Plan(t.Context(), officeRelease(data, firstOfJuly), nil)
	if err != nil || len(p.Refused) != 2 || p.Err() == nil {
		t.Errorf("%+v, %v", p, err)
	}
}

// unitsOfToday writes the shipped 114 units as a release would list them, changed by edit.
func unitsOfToday(t *testing.T, edit func(*Unit) bool) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString("code\tkind\tname\tprovince\n")
	for _, u := range load(t).Units(today) {
		if edit(&u) {
			b.WriteString(string(u.Code) + "\t" + string(u.Kind) + "\t" + u.Name + "\t" + string(u.Province) + "\n")
		}
	}
	return []byte(b.String())
}

func TestANewReleaseOfUnitsIsReplayed(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		from := postal.MakeDay(2027, 1, 1)
		data := unitsOfToday(t, func(u *Unit) bool {
			switch u.Name {
			case "Phù Liễn": // joins Kiến An
				return false
			case "An Lão": // becomes a ward
				u.Kind = Ward
			case "Hòa Bình": // another spelling is no news
				u.Name = "Hoà Bình"
			}
			return true
		})
		r := Release{What: UnitsFile, Data: data, Act: "99/NQ-UBTVQH16", From: from, Lineage: []byte("old\tnew\tshare\n11446\t11443\twhole\n")}
		p, err := s.Apply(t.Context(), r, func(context.Context, string) (bool, string, error) { return true, "đang dùng", nil })
		if err != nil {
			t.Fatal(err)
		}
		if p.Unchanged != 112 || len(p.Closed) != 1 || len(p.Renamed) != 1 || len(p.Added)+len(p.Moved)+len(p.Changed) != 0 {
			t.Fatalf("%+v", p)
		}
		g, err := s.Gazetteer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(g.Units(from)); n != 113 {
			t.Errorf("%d units, want 113", n)
		}
		lao, _ := g.UnitOn("11629", from)
		was, _ := g.UnitOn("11629", today)
		if lao.Kind != Ward || was.Kind != Commune || lao.Postcode != was.Postcode || lao.Population != was.Population || lao.Act != "99/NQ-UBTVQH16" {
			t.Errorf("An Lão was %+v and is %+v", was, lao)
		}
		if lao.FullName("en") != "An Lao Ward" {
			t.Errorf("in English: %q", lao.FullName("en"))
		}
		if c, err := g.ConvertOn("11446", today); err != nil || !c.Automatic || c.To.Name != "Kiến An" {
			t.Errorf("Phù Liễn: %+v, %v", c, err)
		}
		if again, err := s.Apply(t.Context(), r, nil); err != nil || len(again.Closed)+len(again.Renamed)+len(again.Added) != 0 {
			t.Errorf("a second time: %+v, %v", again, err)
		}
		older := r
		older.From = postal.MakeDay(2026, 6, 1)
		if p, err := s.Plan(t.Context(), older, nil); err != nil || len(p.Refused) == 0 {
			t.Errorf("an older release over a newer one: %+v, %v", p, err)
		}
	})
}

func TestAUnitInUseDoesNotEndWithoutASuccessor(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	data := unitsOfToday(t, func(u *Unit) bool { return u.Name != "Phù Liễn" })
	r := Release{What: UnitsFile, Data: data, Act: "99/NQ-UBTVQH16", From: postal.MakeDay(2027, 1, 1)}
	p, err := s.Plan(t.Context(), r, func(_ context.Context, code string) (bool, string, error) {
		return code == "11446", "3 bưu cục", nil
	})
	if err != nil || len(p.Refused) != 1 || p.Refused[0].Code != "11446" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestPastUnitsAndLineageOfAnotherProvinceCanBeAdded(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		tree := `[{"Code":"01","FullName":"Thành phố Hà Nội","FullNameEn":"Ha Noi City","District":[{"Code":"001","FullName":"Quận Ba Đình","FullNameEn":"Ba Dinh District",
			"Ward":[{"Code":"00001","FullName":"Phường Phúc Xá","FullNameEn":"Phuc Xa Ward","DistrictCode":"001"}]}]}]`
		past := Release{What: UnitsFile, Data: []byte(tree), Act: "catalogue of 2025", Until: LastThreeTierDay()}
		if p, err := s.Apply(t.Context(), past, nil); err != nil || len(p.Added) != 2 || p.Unchanged != 1 || len(p.Closed) != 0 {
			t.Fatalf("%+v, %v", p, err)
		}
		now := `[{"Code":"01","Name":"Hà Nội","FullName":"Thành phố Hà Nội","FullNameEn":"Hanoi City","Wards":[{"Code":"00004","FullName":"Phường Ba Đình","FullNameEn":"Ba Dinh Ward"}]}]`
		if p, err := s.Apply(t.Context(), Release{What: UnitsFile, Data: []byte(now), Act: "1656/NQ-UBTVQH15", From: firstOfJuly}, nil); err != nil || len(p.Added) != 1 || len(p.Closed) != 0 {
			t.Fatalf("%+v, %v", p, err)
		}
		links := Release{What: LinksFile, Data: []byte("old,new,share\n00001,00004,part\n"), Act: "1656/NQ-UBTVQH15", From: firstOfJuly}
		if p, err := s.Apply(t.Context(), links, nil); err != nil || len(p.Added) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		g, err := s.Gazetteer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := g.Convert("00001")
		if err != nil || c.Automatic || len(c.Candidates) != 1 || c.Candidates[0].Unit.NameEN != "Ba Dinh" {
			t.Errorf("Phúc Xá: %+v, %v", c, err)
		}
		if got := g.Find("phuc xa ba dinh", today, 1); len(got) != 1 || got[0].Line("vi") != "Phường Ba Đình (trước 7/2025: P. Phúc Xá, Q. Ba Đình)" {
			t.Errorf("%q", first(got).Line("vi"))
		}
		bad := Release{What: LinksFile, Data: []byte("old,new,share\n00001,00099,part\n"), Act: "x", From: firstOfJuly}
		if p, err := s.Plan(t.Context(), bad, nil); err != nil || len(p.Refused) != 1 {
			t.Errorf("a link into nothing: %+v, %v", p, err)
		}
	})
}

func TestSavedOfficesComeBackInADirectory(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newStore(t, db)
		for range 2 {
			if err := s.SaveOffices(t.Context(), someOffices()...); err != nil {
				t.Fatal(err)
			}
		}
		d, err := s.Directory(t.Context(), load(t), today)
		if err != nil || len(d.All()) != 4 {
			t.Fatalf("%v, %v", d, err)
		}
		if err := s.SaveOffices(t.Context(), Office{Code: "1"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an impossible office: %v", err)
		}
	})
}

func FuzzReadOffices(f *testing.F) {
	f.Add([]byte(officesFile))
	f.Add([]byte(`[{"code":"180100"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := readOffices(data)
		if err != nil {
			return
		}
		for _, o := range list {
			if err := o.check(); err != nil {
				t.Errorf("%q was read: %v", data, err)
			}
		}
	})
}
