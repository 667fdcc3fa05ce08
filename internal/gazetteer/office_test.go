package gazetteer

import (
	"math"
	"testing"
	"time"

	"citypost/internal/postal"
)

func someOffices() []Office {
	return []Office{
		{Code: "180100", Name: "Hải Phòng", Kind: Level1, Unit: "11311", Address: "3 Nguyễn Tri Phương", Lat: 20.8625, Lon: 106.6820, Hours: "Mo-Su 07:00-19:00", MadeUp: true},
		{Code: "180200", Name: "Hồng Bàng", Kind: Level2, Unit: "11311", MadeUp: true},
		{Code: "170100", Name: "Hải Dương", Kind: Level1, Unit: "10525", Lat: 20.9409, Lon: 106.3330, MadeUp: true},
		{Code: "186000", Name: "Cát Bà", Kind: CommunePoint, Unit: "11914", MadeUp: true},
		{Code: "180300", Name: "An Dương cũ", Kind: Level3, Unit: "11581", ValidTo: postal.MakeDay(2025, 12, 31), MadeUp: true},
	}
}

func codesOf(list []Office) (codes []postal.OfficeCode) {
	for _, o := range list {
		codes = append(codes, o.Code)
	}
	return codes
}

func TestOfficesAreFoundByNameWardAndCode(t *testing.T) {
	d := NewDirectory(load(t), someOffices(), today)
	for query, want := range map[string]postal.OfficeCode{
		"hai phong": "180100", "hồng bàng": "180200", "cat ba": "186000", "1701": "170100", "nguyen tri phuong": "180100", "đặc khu Cát Hải": "186000",
	} {
		if got := d.Find(query, 5); len(got) == 0 || got[0].Code != want {
			t.Errorf("%q finds %v, want %s first", query, codesOf(got), want)
		}
	}
	if got := d.Find("an duong cu", 5); len(got) != 0 {
		t.Errorf("a closed office was found: %v", codesOf(got))
	}
	if got := d.Find("", 5); len(got) != 0 {
		t.Errorf("an empty question finds %v", codesOf(got))
	}
	if got := d.InUnit("11311"); len(got) != 2 {
		t.Errorf("Hồng Bàng has %v", codesOf(got))
	}
	if _, ok := d.Office("180300"); ok {
		t.Error("the closed office is in the directory of today")
	}
}

func TestNearestOfficesComeInOrderOfDistance(t *testing.T) {
	d := NewDirectory(load(t), someOffices(), today)
	near, err := d.Nearest("11914", 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(near) != 3 || near[0].Office.Code != "186000" || near[0].KM != 0 || near[1].KM > near[2].KM {
		t.Errorf("nearest to Cát Hải: %+v", near)
	}
	if _, err := d.Nearest("99999", 3); err == nil {
		t.Error("an unknown unit has nearest offices")
	}
}

func TestDistanceIsTheGreatCircle(t *testing.T) {
	// Hà Nội (21.0278 N 105.8342 E) to Hải Phòng (20.8449 N 106.6881 E): about 91 km by any map.
	if km := DistanceKM(21.0278, 105.8342, 20.8449, 106.6881); math.Abs(km-91) > 1 {
		t.Errorf("Hà Nội to Hải Phòng: %.1f km", km)
	}
	if km := DistanceKM(0, 0, 0, 180); math.Abs(km-math.Pi*earthKM) > 0.001 {
		t.Errorf("half the equator: %f km", km)
	}
}

func TestOpeningHoursAreReadAndSaid(t *testing.T) {
	h := Hours("Mo-Fr 07:30-11:30,13:00-17:00; Sa 07:30-11:30")
	for _, c := range []struct {
		day    time.Weekday
		minute int
		want   bool
	}{
		{time.Monday, 7*60 + 30, true}, {time.Monday, 7*60 + 29, false}, {time.Friday, 12 * 60, false}, {time.Friday, 16*60 + 59, true},
		{time.Friday, 17 * 60, false}, {time.Saturday, 9 * 60, true}, {time.Saturday, 14 * 60, false}, {time.Sunday, 9 * 60, false},
	} {
		if got := h.OpenAt(c.day, c.minute); got != c.want {
			t.Errorf("%s %d: %v", c.day, c.minute, got)
		}
	}
	if got, want := h.In("vi"), "Thứ Hai–Thứ Sáu 7:30–11:30, 13:00–17:00; Thứ Bảy 7:30–11:30"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := h.In("en"), "Monday–Friday 7:30–11:30, 13:00–17:00; Saturday 7:30–11:30"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !Hours("24/7").OpenAt(time.Sunday, 0) || Hours("").OpenAt(time.Monday, 600) || Hours("").Known() {
		t.Error("always and unknown are mixed up")
	}
}

func TestWrongOpeningHoursAreRefused(t *testing.T) {
	for _, bad := range []Hours{"Mo", "Mo-Fr", "Fr-Mo 08:00-17:00", "Mo 8:00-17:00", "Mo 17:00-08:00", "Mo 08:00-25:00", "T2 08:00-17:00", "Mo 08:00-12:00,11:00-13:00", "Mo 08:00-12:00; Mo 11:00-13:00", ";"} {
		if err := bad.check(); err == nil {
			t.Errorf("%q was taken in", bad)
		}
	}
}

func FuzzHours(f *testing.F) {
	f.Add("Mo-Fr 07:30-11:30,13:00-17:00; Sa 07:30-11:30")
	f.Add("24/7")
	f.Fuzz(func(t *testing.T, s string) {
		week, err := Hours(s).Week()
		if err != nil {
			return
		}
		for _, o := range week {
			if o.From < 0 || o.To > 24*60 || o.From >= o.To {
				t.Errorf("%q gives %+v", s, o)
			}
		}
	})
}

func TestTheMadeUpCityHas45OfficesThatReachEveryUnit(t *testing.T) {
	g := load(t)
	offices := MadeUpOffices(g, today)
	d := NewDirectory(g, offices, today)
	if len(offices) != 45 || len(d.All()) != 45 {
		t.Fatalf("%d offices, %d codes", len(offices), len(d.byCode))
	}
	for _, o := range offices {
		if err := o.check(); err != nil || !o.MadeUp {
			t.Errorf("%+v: %v", o, err)
		}
		if _, ok := d.Office(o.Code); !ok {
			t.Errorf("%s is there twice", o.Code)
		}
	}
	for _, u := range g.Units(today) {
		o, err := d.DeliveringTo(u.Code)
		if err != nil || !o.Kind.delivers() {
			t.Errorf("%s: %+v, %v", u.Name, o, err)
		}
	}
	if o, err := d.DeliveringTo("11311"); err != nil || o.Code != "990100" {
		t.Errorf("Hồng Bàng: %+v, %v", o, err)
	}
	if o, err := NewDirectory(g, nil, today).DeliveringTo("11311"); err == nil {
		t.Errorf("without offices: %+v", o)
	}
}
