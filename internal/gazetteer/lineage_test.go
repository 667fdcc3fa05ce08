package gazetteer

import (
	"slices"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// An address converted to a wrong ward sends a letter astray, so the counts are those of the official table, no more and no less.
func TestOldCommunesConvert317AloneAnd57Ask(t *testing.T) {
	g := load(t)
	whole, people, ask := 0, 0, 0
	for _, old := range g.Units(LastThreeTierDay()) {
		c, err := g.Convert(old.Code)
		if err != nil {
			t.Fatalf("%s %s: %v", old.Code, old.Name, err)
		}
		switch {
		case c.Automatic && c.Candidates[0].Share == Whole && len(c.Candidates) == 1:
			whole++
		case c.Automatic && c.Candidates[0].Share == People && len(c.Candidates) == 2 && c.Candidates[1].Share == Area:
			people++
		case !c.Automatic && len(c.Candidates) > 1 && c.To == nil:
			ask++
		default:
			t.Errorf("%s %s converts strangely: %+v", old.Code, old.Name, c)
		}
	}
	if whole != 303 || people != 14 || ask != 57 {
		t.Errorf("%d whole, %d with all people, %d ask; want 303, 14, 57", whole, people, ask)
	}
}

func TestLineageHas451LinksThatReachAll114Units(t *testing.T) {
	g := load(t)
	links := 0
	reached := map[postal.UnitCode]bool{}
	for _, l := range g.links {
		if levelOf(l.New) == LevelCommune {
			links++
			reached[l.New] = true
		}
	}
	if links != 451 || len(reached) != 114 {
		t.Errorf("%d links to %d units, want 451 to 114", links, len(reached))
	}
	for _, u := range g.Units(today) {
		if len(g.MadeOf(u)) == 0 {
			t.Errorf("%s was made of nothing", u.Name)
		}
	}
}

func TestConversionsKnownByName(t *testing.T) {
	g := load(t)
	for _, c := range []struct {
		old  postal.UnitCode
		auto bool
		to   []string
	}{
		{"10507", true, []string{"Thành Đông"}},                                  // the code lives on in another unit
		{"318", true, []string{"Bạch Long Vĩ"}},                                  // a district without communes
		{"10585", false, []string{"Trần Nhân Tông", "Bắc An Phụ", "Chu Văn An"}}, // Văn Đức: land alone comes last
		{"11341", false, []string{"Ngô Quyền", "Gia Viên", "Hồng Bàng"}},
	} {
		got, err := g.Convert(c.old)
		if err != nil {
			t.Errorf("%s: %v", c.old, err)
			continue
		}
		var names []string
		for _, cand := range got.Candidates {
			names = append(names, cand.Unit.Name)
		}
		if got.Automatic != c.auto || !slices.Equal(names, c.to) {
			t.Errorf("%s: automatic %v to %v, want %v to %v", c.old, got.Automatic, names, c.auto, c.to)
		}
	}
	c, err := g.Convert("10816") // Hồng Lạc: land partly to Ái Quốc, all people to Hà Bắc
	if err != nil || c.Old.Name != "Hồng Lạc" || !c.Automatic || c.To.Name != "Hà Bắc" || c.Candidates[1].Unit.Name != "Ái Quốc" {
		t.Errorf("Hồng Lạc: %+v, %v", c, err)
	}
}

func TestADistrictIsScatteredAndAsks(t *testing.T) {
	c, err := load(t).Convert("304")
	if err != nil || c.Automatic || len(c.Candidates) < 2 {
		t.Errorf("Quận Ngô Quyền: %+v, %v", c, err)
	}
}

func TestProvincesConvertAsAWhole(t *testing.T) {
	g := load(t)
	c, err := g.Convert("30")
	if err != nil || !c.Automatic || c.To.Code != "31" {
		t.Errorf("Hải Dương: %+v, %v", c, err)
	}
	c, err = g.ConvertOn("46", postal.MakeDay(2020, 4, 24))
	if err != nil || !c.Automatic || c.To.Name != "Huế" {
		t.Errorf("Thừa Thiên Huế: %+v, %v", c, err)
	}
}

func TestConvertRefusesWhatIsNotOld(t *testing.T) {
	g := load(t)
	if _, err := g.Convert("99999"); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown code: %v", err)
	}
	h, err := g.With([]Unit{{Code: "19999", Kind: Ward, Name: "Mới", Province: "31", ValidFrom: FirstTwoTierDay()}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Convert("19999"); fault.Code(err) != "gazetteer.already_new" {
		t.Errorf("a unit of today: %v", err)
	}
}

func TestConversionFollowsLaterRearrangements(t *testing.T) {
	g := load(t)
	on := postal.MakeDay(2027, 1, 1)
	hong, _ := g.UnitOn("11311", today)
	hong.ValidTo = on.AddDays(-1)
	a := Unit{Code: "19001", Kind: Ward, Name: "Thượng", Province: "31", ValidFrom: on}
	b := Unit{Code: "19002", Kind: Ward, Name: "Hạ", Province: "31", ValidFrom: on}
	h, err := g.With([]Unit{hong, a, b}, []Link{{On: on, Old: "11311", New: "19001", Share: Part}, {On: on, Old: "11311", New: "19002", Share: Part}})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := g.Convert("11302")
	after, err := h.Convert("11302")
	if err != nil || !before.Automatic || before.To.Code != "11311" || after.Automatic || len(after.Candidates) != 2 {
		t.Errorf("then %+v; now %+v, %v", before, after, err)
	}
}

func TestOldDistrictIsTheZoneOfOlderTariffs(t *testing.T) {
	g := load(t)
	districts := func(code postal.UnitCode, day postal.Day) (names []string) {
		list, err := g.OldDistricts(code, day)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			name := d.Unit.Name
			if !d.People {
				name += " (land)"
			}
			names = append(names, name)
		}
		return names
	}
	spans := 0
	for _, u := range g.Units(today) {
		list := districts(u.Code, today)
		if len(list) == 0 {
			t.Errorf("%s lies in no old district", u.Name)
		}
		if len(list) > 1 {
			spans++
		}
	}
	if spans == 0 {
		t.Error("no unit of today spans two old districts")
	}
	if got := districts("11948", today); !slices.Equal(got, []string{"Bạch Long Vĩ"}) {
		t.Errorf("Bạch Long Vĩ: %v", got)
	}
	if got := districts("10507", LastThreeTierDay()); !slices.Equal(got, []string{"Hải Dương"}) {
		t.Errorf("the former Cẩm Thượng: %v", got)
	}
	if got := districts("10660", today); !slices.Equal(got, []string{"Hải Dương", "Thanh Hà (land)"}) {
		t.Errorf("Ái Quốc, which took land but no people of Hồng Lạc: %v", got)
	}
}

func TestSameOldDistrictSaysWhenOnlyAStreetCanTell(t *testing.T) {
	g := load(t)
	for _, c := range []struct {
		a, b postal.UnitCode
		day  postal.Day
		want Sameness
	}{
		{"11311", "11948", today, Different},
		{"11948", "11948", today, Same},
		{"10507", "10525", today, Same},    // both wholly of the city of Hải Dương
		{"10660", "10525", today, Same},    // land without people does not count
		{"10543", "10525", today, Depends}, // Việt Hòa also took people of Cẩm Giàng
		{"10507", "10510", LastThreeTierDay(), Same},
	} {
		got, err := g.SameOldDistrict(c.a, c.b, c.day)
		if err != nil || got != c.want {
			t.Errorf("%s and %s: %v, %v; want %v", c.a, c.b, got, err, c.want)
		}
	}
	if _, err := g.SameOldDistrict("00004", "11311", today); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown unit: %v", err)
	}
}
