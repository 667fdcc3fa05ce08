package gazetteer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"citypost/internal/postal"
)

func TestCamGiangOffersBothCommunesWithWhatTellsThemApart(t *testing.T) {
	g := load(t)
	matches := g.Find("cam giang", today, 10)
	lines := map[string]string{}
	for _, m := range matches[:2] {
		lines[string(m.Unit.Code)] = m.Line("vi")
	}
	if len(matches) < 2 || lines["10888"] != "Xã Cẩm Giang, 03606 (trước 7/2025: H. Cẩm Giàng)" {
		t.Errorf("Cẩm Giang reads %q", lines["10888"])
	}
	if !strings.HasPrefix(lines["10903"], "Xã Cẩm Giàng, 03") || !strings.Contains(lines["10903"], "(trước 7/2025: ") || !strings.Contains(lines["10903"], "H. Cẩm Giàng") {
		t.Errorf("Cẩm Giàng reads %q", lines["10903"])
	}
	for _, m := range matches[:2] {
		if m.Unit.Postcode == "" || len(m.OldDistricts) == 0 || !m.InForce {
			t.Errorf("%s lacks what tells it apart: %+v", m.Unit.Name, m)
		}
	}
}

func TestMarksThatWereTypedDecide(t *testing.T) {
	g := load(t)
	for query, want := range map[string]postal.UnitCode{
		"Cẩm Giàng":                  "10903",
		"cẩm giang":                  "10888",
		norm.NFD.String("Cẩm Giàng"): "10903",
		"xã Cẩm Giàng":               "10903",
		"hoà bình":                   "11533",
		"phường Hòa Bình":            "11533",
		"Thuỷ Nguyên":                "11560",
	} {
		if got := g.Find(query, today, 5); len(got) == 0 || got[0].Unit.Code != want {
			t.Errorf("%q finds %s first, want %s", query, first(got).Unit.Code, want)
		}
	}
}

func TestOldNamesSayWhatTheyBecame(t *testing.T) {
	g := load(t)
	for _, query := range []string{"lach tray", "P. Lạch Tray", "p.lach tray, q.ngo quyen", "lach tray ngo quyen", "phuong lach tray quan ngo quyen hai phong"} {
		got := g.Find(query, today, 3)
		if len(got) == 0 || got[0].Unit.Name != "Lạch Tray" || got[0].InForce {
			t.Errorf("%q finds %q", query, first(got).Unit.Name)
			continue
		}
		line := got[0].Line("vi")
		if !strings.HasPrefix(line, "Phường ") || !strings.HasSuffix(line, " (trước 7/2025: P. Lạch Tray, Q. Ngô Quyền)") {
			t.Errorf("%q reads %q", query, line)
		}
		if en := got[0].Line("en"); !strings.Contains(en, "Ward") || !strings.Contains(en, "before 7/2025") {
			t.Errorf("in English: %q", en)
		}
	}
	got := g.Find("van duc", today, 1)
	if len(got) != 1 || got[0].Automatic || !strings.Contains(got[0].Line("vi"), " hoặc ") {
		t.Errorf("Văn Đức, which was split, reads %q", first(got).Line("vi"))
	}
	got = g.Find("hong lac", today, 1)
	if len(got) != 1 || !got[0].Automatic || got[0].Line("vi") != "Xã Hà Bắc (trước 7/2025: X. Hồng Lạc, H. Thanh Hà)" {
		t.Errorf("Hồng Lạc, all of whose people went one way, reads %q", first(got).Line("vi"))
	}
}

func TestTheDayDecidesWhatComesFirst(t *testing.T) {
	g := load(t)
	now, then := g.Find("nguyen trai", today, 5), g.Find("nguyen trai", LastThreeTierDay(), 5)
	if first(now).Unit.Code != "10552" || first(then).Unit.Code != "10519" {
		t.Errorf("Nguyễn Trãi is %s now and was %s", first(now).Unit.Code, first(then).Unit.Code)
	}
}

func TestCodesPostcodesAndHalfTypedWordsAreFound(t *testing.T) {
	g := load(t)
	for query, want := range map[string]string{
		"11311": "Hồng Bàng", "04117": "Hồng Bàng", "hong ban": "Hồng Bàng", "bach long": "Bạch Long Vĩ", "dac khu cat hai": "Cát Hải",
		"khiem": "Nguyễn Bỉnh Khiêm", "hai phong": "Hải Phòng", "tinh hai duong": "Hải Dương", "ĐỒ SƠN": "Đồ Sơn", "do son": "Đồ Sơn",
	} {
		if got := g.Find(query, today, 5); first(got).Unit.Name != want {
			t.Errorf("%q finds %q first, want %q", query, first(got).Unit.Name, want)
		}
	}
	for _, query := range []string{"", "  ", "?!", "qqq zzz", "quan", strings.Repeat("a ", 100)} {
		for _, m := range g.Find(query, today, 5) {
			if query != "quan" {
				t.Errorf("%q finds %q", query, m.Unit.Name)
			}
		}
	}
	if n := len(g.Find("a", today, 0)); n > MaxMatches {
		t.Errorf("%d matches", n)
	}
}

func TestProvincesThatGoOnAreListedOnce(t *testing.T) {
	n := 0
	for _, m := range load(t).Find("tuyen quang", today, 10) {
		if m.Unit.Code == "08" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("Tuyên Quang is listed %d times", n)
	}
}

func first(list []Match) Match {
	if len(list) == 0 {
		return Match{}
	}
	return list[0]
}

// nation grows the tables to the size of the whole country, then and now: 13,356 units of mixed names.
func nation(t testing.TB) *Gazetteer {
	t.Helper()
	g := load(t)
	units := g.units
	var more []Unit
	for i := 0; g.Count()+len(more) < 13_356; i++ {
		u := units[i%len(units)]
		if u.Level() != LevelCommune {
			continue
		}
		u.Code = postal.UnitCode(fmt.Sprintf("%05d", 40_000+len(more)))
		u.Name = u.Name + " " + units[(i*7+len(more))%len(units)].Name
		u.Postcode = ""
		more = append(more, u)
	}
	big, err := g.With(more, nil)
	if err != nil {
		t.Fatal(err)
	}
	return big
}

func BenchmarkFindAmong13356Units(b *testing.B) {
	g := nation(b)
	queries := []string{"cam giang", "p lach tray q ngo quyen", "h", "hai", "Xã Cẩm Giàng", "04117", "khong co"}
	g.Find("x", today, 10) // builds the index
	for i := 0; b.Loop(); i++ {
		g.Find(queries[i%len(queries)], today, 10)
	}
}

// A search runs at every key stroke of a clerk; 5 ms is the promise for the whole nation. The best of several runs counts: machines are noisy.
func TestFindAmongTheWholeNationTakesUnder5Milliseconds(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time; not in short mode")
	}
	g := nation(t)
	for _, query := range []string{"cam giang", "p lach tray q ngo quyen", "h", "Xã Cẩm Giàng"} {
		g.Find(query, today, 10)
		best := bestOf(20, func() { g.Find(query, today, 10) })
		t.Logf("%q: %v", query, best)
		if best.Milliseconds() >= 5 {
			t.Errorf("%q takes %v", query, best)
		}
	}
}

func bestOf(n int, f func()) time.Duration {
	best := time.Hour
	for range n {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}
