package gazetteer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// shared reads a reference file that is not part of the repository and skips, saying so, where it is absent.
func shared(t *testing.T, path ...string) []byte {
	t.Helper()
	dir := os.Getenv("CITYPOST_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	name := filepath.Join(append([]string{dir}, path...)...)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("no reference data to compare with (%v): set CITYPOST_SHARED_DATA", err)
	}
	return data
}

func TestLineageIsTheOfficialTableLinkByLink(t *testing.T) {
	g := load(t)
	have := map[string]Share{}
	for _, l := range g.links {
		if levelOf(l.New) == LevelCommune {
			have[string(l.Old)+">"+string(l.New)] = l.Share
		}
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(shared(t, "vn-admin-lineage", "nso-conversion.csv"), []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]Share{
		"Nhập toàn bộ": Whole, "Nhập một phần": Part, "Nhập một phần diện tích": Area, "Nhâp một phần diện tích": Area,
		"Nhập một phần diện tích, toàn bộ dân số": People, "Sắp xếp toàn bộ huyện Bạch Long Vĩ thành đặc khu Bạch Long Vĩ": Whole,
	}
	n := 0
	for _, row := range rows {
		if len(row) < 8 || !strings.Contains(row[0], "(31)") {
			continue
		}
		n++
		old, share := strings.TrimSpace(row[4]), words[strings.TrimSpace(row[5])]
		if old == "" {
			old = "318"
		}
		if key := old + ">" + strings.TrimSpace(row[2]); have[key] != share || share == "" {
			t.Errorf("%s is %q here and %q in the table", key, have[key], row[5])
		}
	}
	if n != len(have) {
		t.Errorf("%d links here, %d in the table", len(have), n)
	}
}

func TestPostcodesAreThoseOfTheAnnex(t *testing.T) {
	g := load(t)
	lines := strings.Split(strings.TrimSpace(string(shared(t, "hp-postcodes", "qd2334-hai-phong.tsv"))), "\n")[1:]
	if len(lines) != 114 {
		t.Fatalf("%d rows", len(lines))
	}
	for _, line := range lines {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		name, code := cells[2], cells[3]
		units := g.ByPostcode(code, today)
		if len(units) != 1 {
			t.Errorf("%s: %d units", code, len(units))
			continue
		}
		u := units[0]
		_, bare, _ := strings.Cut(name, " ")
		if name == "#VALUE!" { // the misprint of row 34
			bare = "Nghi Dương"
		} else if u.Kind == SpecialZone {
			bare = strings.TrimPrefix(name, "Đặc khu ")
		}
		if !postal.SameName(u.Name, bare) {
			t.Errorf("%s is %q in the annex and %q here", code, name, u.Name)
		}
	}
}

func TestFormerNamesAreThoseOfTheOldCatalogue(t *testing.T) {
	units, err := readUnits(shared(t, "vn-admin-pre2025", "units.min.json"))
	if err != nil {
		t.Fatal(err)
	}
	g := load(t)
	n := 0
	for _, u := range units {
		if u.Province != "30" && u.Province != "31" {
			continue
		}
		n++
		have, ok := g.UnitOn(u.Code, LastThreeTierDay())
		if u.Code == "11092" { // Bình Lãng in the resolution, Bình Lăng in the old catalogue
			u.Name = "Bình Lãng"
		}
		if !ok || !have.sameName(u) || !have.samePlace(u) {
			t.Errorf("%s is %s in the catalogue and %s here", u.Code, u.FullName("vi"), have.FullName("vi"))
		}
	}
	if n != 374+27 {
		t.Errorf("%d units in the catalogue", n)
	}
}

func TestTheWholeNationIsImportedOverTheModelCity(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	old := Release{What: UnitsFile, Data: shared(t, "vn-admin-pre2025", "units.min.json"), Act: "catalogue of March 2025", Until: LastThreeTierDay()}
	p, err := s.Apply(t.Context(), old, nil)
	if err != nil || p.Rows != 63+696+10_035 || len(p.Added) != p.Rows-63-27-374 || len(p.Kept) != 1 || len(p.Closed) != 0 {
		t.Fatalf("past: %d rows, %d added, kept %v, %v", p.Rows, len(p.Added), p.Kept, err)
	}
	now := Release{What: UnitsFile, Data: shared(t, "vn-admin-2025", "units.json"), Act: "30/2026/QH16", From: postal.MakeDay(2026, 4, 30), Nation: true}
	p, err = s.Apply(t.Context(), now, nil)
	if err != nil || p.Rows != 34+3_321 || len(p.Added) != 3_321-114 || len(p.Closed)+len(p.Renamed)+len(p.Moved)+len(p.Changed) != 0 {
		t.Fatalf("now: %+v, %v", p, err)
	}
	g, err := s.Gazetteer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Units(today)); n != 3_321 {
		t.Errorf("%d communes today, want 3,321", n)
	}
	if n := len(g.Units(LastThreeTierDay())); n != 10_035 {
		t.Errorf("%d communes then, want 10,035", n)
	}
	g.Find("x", today, 1)
	for _, query := range []string{"cam giang", "h", "hai phong", "Phường Ba Đình"} {
		best := bestOf(20, func() { g.Find(query, today, 10) })
		t.Logf("%q among %d units: %v", query, g.Count(), best)
		if best.Milliseconds() >= 5 && !testing.Short() {
			t.Errorf("%q takes %v", query, best)
		}
	}
}

func TestSeatsAndFiguresAreThoseOfTheWardStatistics(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(shared(t, "hp-wards", "ward-stats.csv"), []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	g := load(t)
	for _, row := range rows[1:] {
		u, _ := g.UnitOn(postal.UnitCode(row[0]), today)
		var area, lon, lat float64
		var people int
		for i, v := range map[int]any{4: &area, 5: &people, 6: &lon, 7: &lat} {
			if err := json.Unmarshal([]byte(row[i]), v); err != nil {
				t.Fatal(err)
			}
		}
		if u.Postcode != row[3] || u.Population != people || u.Lon != lon || u.Lat != lat || float64(u.AreaHa) != float64(int(area*100+0.5)) {
			t.Errorf("%s: %+v against %v", row[0], u, row)
		}
	}
}
