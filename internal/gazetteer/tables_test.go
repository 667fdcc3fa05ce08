package gazetteer

import (
	"strings"
	"testing"

	"citypost/internal/postal"
)

// today is a day under the law of today; the tables name none later.
var today = postal.MakeDay(2026, 11, 23)

func load(t testing.TB) *Gazetteer {
	t.Helper()
	g, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// decision is the list of Quyết định 19/2025/QĐ-TTg for Hải Phòng: code, kind, name.
const decision = `
10507 phường Thành Đông
10525 phường Hải Dương
10532 phường Lê Thanh Nghị
10537 phường Tân Hưng
10543 phường Việt Hòa
10546 phường Chí Linh
10549 phường Chu Văn An
10552 phường Nguyễn Trãi
10570 phường Trần Hưng Đạo
10573 phường Trần Nhân Tông
10603 phường Lê Đại Hành
10660 phường Ái Quốc
10675 phường Kinh Môn
10678 phường Bắc An Phụ
10714 phường Nhị Chiểu
10726 phường Phạm Sư Mạnh
10729 phường Trần Liễu
10744 phường Nguyễn Đại Năng
10837 phường Nam Đồng
10891 phường Tứ Minh
11002 phường Thạch Khôi
11311 phường Hồng Bàng
11329 phường Ngô Quyền
11359 phường Gia Viên
11383 phường Lê Chân
11407 phường An Biên
11411 phường Đông Hải
11413 phường Hải An
11443 phường Kiến An
11446 phường Phù Liễn
11455 phường Đồ Sơn
11473 phường Bạch Đằng
11488 phường Lưu Kiếm
11506 phường Lê Ích Mộc
11533 phường Hòa Bình
11542 phường Nam Triệu
11557 phường Thiên Hương
11560 phường Thủy Nguyên
11581 phường An Dương
11593 phường An Phong
11602 phường Hồng An
11617 phường An Hải
11689 phường Hưng Đạo
11692 phường Dương Kinh
11737 phường Nam Đồ Sơn
10606 xã Nam Sách
10615 xã Hợp Tiến
10633 xã Trần Phú
10642 xã Thái Tân
10645 xã An Phú
10705 xã Nam An Phụ
10750 xã Phú Thái
10756 xã Lai Khê
10792 xã An Thành
10804 xã Kim Thành
10813 xã Thanh Hà
10816 xã Hà Bắc
10843 xã Hà Nam
10846 xã Hà Tây
10882 xã Hà Đông
10888 xã Cẩm Giang
10903 xã Cẩm Giàng
10909 xã Tuệ Tĩnh
10930 xã Mao Điền
10945 xã Kẻ Sặt
10966 xã Bình Giang
10972 xã Đường An
10993 xã Thượng Hồng
10999 xã Gia Lộc
11020 xã Yết Kiêu
11050 xã Gia Phúc
11065 xã Trường Tân
11074 xã Tứ Kỳ
11086 xã Đại Sơn
11113 xã Tân Kỳ
11131 xã Chí Minh
11140 xã Lạc Phượng
11146 xã Nguyên Giáp
11164 xã Vĩnh Lại
11167 xã Tân An
11203 xã Ninh Giang
11218 xã Hồng Châu
11224 xã Khúc Thừa Dụ
11239 xã Thanh Miện
11242 xã Nguyễn Lương Bằng
11254 xã Bắc Thanh Miện
11257 xã Hải Hưng
11284 xã Nam Thanh Miện
11503 xã Việt Khê
11629 xã An Lão
11635 xã An Trường
11647 xã An Quang
11668 xã An Khánh
11674 xã An Hưng
11680 xã Kiến Thụy
11713 xã Nghi Dương
11725 xã Kiến Minh
11728 xã Kiến Hưng
11749 xã Kiến Hải
11755 xã Tiên Lãng
11761 xã Quyết Thắng
11779 xã Tân Minh
11791 xã Tiên Minh
11806 xã Chấn Hưng
11809 xã Hùng Thắng
11824 xã Vĩnh Bảo
11836 xã Vĩnh Thịnh
11842 xã Vĩnh Thuận
11848 xã Vĩnh Hòa
11875 xã Vĩnh Hải
11887 xã Vĩnh Am
11911 xã Nguyễn Bỉnh Khiêm
11914 đặc khu Cát Hải
11948 đặc khu Bạch Long Vĩ`

func TestTheModelCityHasThe114UnitsOfTheDecision(t *testing.T) {
	g := load(t)
	units := g.Units(today)
	kinds := map[Kind]int{}
	for _, u := range units {
		kinds[u.Kind]++
		if u.Province != "31" || u.ValidFrom != FirstTwoTierDay() || !u.HasPoint() || u.AreaHa == 0 || u.Population == 0 || u.Seat == "" || u.Act == "" {
			t.Errorf("%s %s is incomplete: %+v", u.Code, u.Name, u)
		}
	}
	if len(units) != 114 || kinds[Ward] != 45 || kinds[Commune] != 67 || kinds[SpecialZone] != 2 {
		t.Fatalf("%d units, %v; want 45 wards, 67 communes, 2 special zones", len(units), kinds)
	}
	lines := strings.Split(strings.TrimSpace(decision), "\n")
	if len(lines) != 114 {
		t.Fatalf("the list has %d lines", len(lines))
	}
	for _, line := range lines {
		code, rest, _ := strings.Cut(line, " ")
		u, ok := g.UnitOn(postal.UnitCode(code), FirstTwoTierDay())
		if !ok || string(u.Kind)+" "+u.Name != rest {
			t.Errorf("%s is %q, want %q", code, string(u.Kind)+" "+u.Name, rest)
		}
	}
}

func TestPostcodesAreUniqueAndOfTheCity(t *testing.T) {
	g := load(t)
	seen := map[string]string{}
	for _, u := range g.Units(today) {
		if !digits(u.Postcode, 5) || u.Postcode < "03" || u.Postcode >= "06" {
			t.Errorf("%s has postcode %q", u.Name, u.Postcode)
		}
		if seen[u.Postcode] != "" {
			t.Errorf("%s and %s share %s", u.Name, seen[u.Postcode], u.Postcode)
		}
		seen[u.Postcode] = u.Name
		if back := g.ByPostcode(u.Postcode, today); len(back) != 1 || back[0].Code != u.Code {
			t.Errorf("postcode %s gives %v", u.Postcode, back)
		}
	}
	if seen["05127"] != "Nghi Dương" {
		t.Errorf("05127, misprinted in the annex, is %q, want Nghi Dương", seen["05127"])
	}
	if got := g.ByPostcode("05127", LastThreeTierDay()); len(got) != 0 {
		t.Errorf("05127 existed before its decision: %v", got)
	}
}

func TestAreaAndPopulationAddUpAsTheNotesSay(t *testing.T) {
	areaHa, people := 0, 0
	for _, u := range load(t).Units(today) {
		areaHa, people = areaHa+u.AreaHa, people+u.Population
	}
	if people != 4_692_669 || areaHa/10 != 31_947 {
		t.Errorf("%d people on %d ha, want 4,692,669 on 3,194.7 km²", people, areaHa)
	}
}

func TestProvincesWere63AndAre34(t *testing.T) {
	g := load(t)
	for day, want := range map[postal.Day]int{
		postal.MakeDay(2020, 4, 24): 63, LastThreeTierDay(): 63, FirstTwoTierDay(): 34, today: 34,
	} {
		if got := len(g.Provinces(day)); got != want {
			t.Errorf("%d provinces on %s, want %d", got, day, want)
		}
	}
	for _, c := range []struct {
		code postal.UnitCode
		day  postal.Day
		want string
	}{
		{"30", LastThreeTierDay(), "Tỉnh Hải Dương"},
		{"31", today, "Thành phố Hải Phòng"},
		{"46", postal.MakeDay(2024, 12, 31), "Tỉnh Thừa Thiên Huế"},
		{"46", today, "Thành phố Huế"},
		{"75", postal.MakeDay(2026, 4, 29), "Tỉnh Đồng Nai"},
		{"75", postal.MakeDay(2026, 4, 30), "Thành phố Đồng Nai"},
	} {
		if u, _ := g.UnitOn(c.code, c.day); u.FullName("vi") != c.want {
			t.Errorf("%s on %s is %q, want %q", c.code, c.day, u.FullName("vi"), c.want)
		}
	}
	if _, ok := g.UnitOn("30", today); ok {
		t.Error("Hải Dương still exists today")
	}
	for _, p := range g.Provinces(today) {
		if !p.HasPoint() || p.Population == 0 {
			t.Errorf("%s has no figures", p.Name)
		}
	}
}

func TestTheOldCityHad27DistrictsAnd374Communes(t *testing.T) {
	g := load(t)
	if n := len(g.Districts(LastThreeTierDay())); n != 27 {
		t.Errorf("%d districts, want 27", n)
	}
	if n := len(g.Districts(today)); n != 0 {
		t.Errorf("%d districts today, want none", n)
	}
	count := map[postal.UnitCode]int{}
	for _, u := range g.Units(LastThreeTierDay()) {
		count[u.Province]++
		if d, ok := g.UnitOn(u.District, LastThreeTierDay()); !ok || d.Province != u.Province {
			t.Errorf("%s %s lies in no district of its province", u.Code, u.Name)
		}
	}
	if count["30"] != 207 || count["31"] != 167 {
		t.Errorf("communes by province: %v, want 207 and 167", count)
	}
	for day, want := range map[postal.Day]string{postal.MakeDay(2024, 12, 31): "Huyện Thủy Nguyên", postal.MakeDay(2025, 1, 1): "Thành phố Thủy Nguyên"} {
		if u, _ := g.UnitOn("311", day); u.FullName("vi") != want {
			t.Errorf("311 on %s is %q, want %q", day, u.FullName("vi"), want)
		}
	}
}

func TestACodeAloneIsAmbiguous(t *testing.T) {
	g := load(t)
	then, _ := g.UnitOn("10507", LastThreeTierDay())
	now, _ := g.UnitOn("10507", FirstTwoTierDay())
	if then.Name != "Cẩm Thượng" || now.Name != "Thành Đông" || then.Key() == now.Key() {
		t.Errorf("10507 was %q and is %q", then.Name, now.Name)
	}
}

func TestVersionsThatOverlapAreRefused(t *testing.T) {
	u := Unit{Code: "11311", Kind: Ward, Name: "A"}
	v := u
	v.ValidFrom = FirstTwoTierDay()
	if _, err := New([]Unit{u, v}, nil); err == nil {
		t.Error("two versions of one code at the same time were taken in")
	}
	if _, err := New(nil, []Link{{On: FirstTwoTierDay(), Old: "1", New: "2", Share: Whole}}); err == nil {
		t.Error("a link between units that do not exist was taken in")
	}
}

func TestNamesReadInBothLanguages(t *testing.T) {
	u, _ := load(t).UnitOn("11914", today)
	if u.FullName("vi") != "Đặc khu Cát Hải" || u.FullName("en") != "Cat Hai Special Zone" || u.ShortName() != "Đặc khu Cát Hải" {
		t.Errorf("%q, %q, %q", u.FullName("vi"), u.FullName("en"), u.ShortName())
	}
	if u, _ := load(t).UnitOn("11311", today); u.FullName("vi") != "Phường Hồng Bàng" || u.ShortName() != "P. Hồng Bàng" {
		t.Errorf("%q, %q", u.FullName("vi"), u.ShortName())
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := loadShipped(); err != nil {
			b.Fatal(err)
		}
	}
}
