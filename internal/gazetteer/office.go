package gazetteer

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// OfficeKind is what sort of place an office (bưu cục) is.
type OfficeKind string

// The kinds of offices.
const (
	Level1         OfficeKind = "level1"          // bưu cục cấp 1: the city's central office
	Level2         OfficeKind = "level2"          // bưu cục cấp 2: of a former district or a wider area
	Level3         OfficeKind = "level3"          // bưu cục cấp 3
	ServiceCounter OfficeKind = "service_counter" // quầy tại trung tâm phục vụ hành chính công
	StateCounter   OfficeKind = "state_counter"   // điểm phục vụ bưu chính cho cơ quan Đảng, Nhà nước
	CommunePoint   OfficeKind = "commune_point"   // điểm bưu điện – văn hoá xã
	SortingCentre  OfficeKind = "sorting_centre"  // trung tâm khai thác
)

var officeWords = map[OfficeKind][2]string{
	Level1:         {"Bưu cục cấp 1", "Central post office"},
	Level2:         {"Bưu cục cấp 2", "Area post office"},
	Level3:         {"Bưu cục cấp 3", "Post office"},
	ServiceCounter: {"Quầy tại Trung tâm Phục vụ hành chính công", "Counter at the public administration centre"},
	StateCounter:   {"Điểm phục vụ cơ quan Đảng, Nhà nước", "Counter for Party and State bodies"},
	CommunePoint:   {"Điểm Bưu điện – Văn hoá xã", "Commune cultural post point"},
	SortingCentre:  {"Trung tâm khai thác", "Sorting centre"},
}

// In names the kind in words.
func (k OfficeKind) In(lang string) string {
	return postal.In(lang, officeWords[k][0], officeWords[k][1])
}

// Known reports whether k is one of the kinds above.
func (k OfficeKind) Known() bool {
	_, ok := officeWords[k]
	return ok
}

// Office is a post office during the days in which it was the same one. Its key is Code together with ValidFrom.
type Office struct {
	Code      postal.OfficeCode `json:"code"` // six digits
	Name      string            `json:"name"`
	Kind      OfficeKind        `json:"kind"`
	Unit      postal.UnitCode   `json:"unit"` // the ward or commune in which it stands
	Address   string            `json:"address,omitempty"`
	Lat       float64           `json:"lat,omitempty"`
	Lon       float64           `json:"lon,omitempty"`
	Hours     Hours             `json:"hours,omitempty"`
	ValidFrom postal.Day        `json:"valid_from,omitzero"`
	ValidTo   postal.Day        `json:"valid_to,omitzero"`
	Act       string            `json:"act,omitempty"`
	MadeUp    bool              `json:"made_up,omitempty"` // invented for a demonstration: every screen says so
}

// Open reports whether the office exists on that day.
func (o Office) Open(day postal.Day) bool {
	return !day.Before(o.ValidFrom) && (o.ValidTo == zeroDay || !o.ValidTo.Before(day))
}

// check refuses an office that cannot be.
func (o Office) check() error {
	bad := func(field, vi, en string, args ...any) error {
		return fault.New(fault.Invalid, "gazetteer.bad_office", vi, en, args...).At(field)
	}
	switch {
	case !digits(string(o.Code), 6):
		return bad("code", "Mã bưu cục %q không đúng: phải có sáu chữ số.", "Office code %q is wrong: it must have six digits.", o.Code)
	case o.Name == "":
		return bad("name", "Bưu cục %s chưa có tên.", "Office %s has no name.", o.Code)
	case !o.Kind.Known():
		return bad("kind", "Bưu cục %s: loại %q không có trong danh mục.", "Office %s: there is no kind %q.", o.Code, o.Kind)
	case !digits(string(o.Unit), 5):
		return bad("unit", "Bưu cục %s: mã đơn vị hành chính %q không đúng: phải có năm chữ số.", "Office %s: unit code %q is wrong: it must have five digits.", o.Code, o.Unit)
	case !pointOK(o.Lat, o.Lon):
		return bad("lat", "Bưu cục %s: toạ độ nằm ngoài Việt Nam.", "Office %s: the point lies outside Viet Nam.", o.Code)
	}
	if err := o.Hours.check(); err != nil {
		return bad("hours", "Bưu cục %s: giờ mở cửa %q viết không đúng; ví dụ đúng: Mo-Fr 07:30-17:00; Sa 07:30-11:30.",
			"Office %s: opening hours %q are not well written; a right example: Mo-Fr 07:30-17:00; Sa 07:30-11:30.", o.Code, string(o.Hours))
	}
	return nil
}

// pointOK accepts no point at all or one in the box around Viet Nam with its islands, Hoàng Sa and Trường Sa included.
func pointOK(lat, lon float64) bool {
	return lat == 0 && lon == 0 || lat >= 6 && lat <= 24 && lon >= 101 && lon <= 118
}

func digits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

// Directory is a fixed picture of the offices of one day, with search. Store.Directory makes it.
type Directory struct {
	offices []Office // by code
	byCode  map[postal.OfficeCode]int
	names   []string // folded
	around  []string // folded: name, unit and address, a blank before each word
	places  *Gazetteer
	day     postal.Day
}

// NewDirectory takes the offices open on day out of the list.
func NewDirectory(places *Gazetteer, offices []Office, day postal.Day) *Directory {
	d := &Directory{byCode: map[postal.OfficeCode]int{}, places: places, day: day}
	for _, o := range offices {
		if o.Open(day) {
			d.offices = append(d.offices, o)
		}
	}
	slices.SortFunc(d.offices, func(a, b Office) int { return cmp.Compare(a.Code, b.Code) })
	for i, o := range d.offices {
		d.byCode[o.Code] = i
		name := splitFolded(o.Name)
		around := append(slices.Clone(name), splitFolded(o.Address)...)
		if u, ok := places.UnitOn(o.Unit, day); ok {
			around = append(around, splitFolded(string(u.Kind)+" "+u.Name)...)
		}
		d.names = append(d.names, strings.Join(name, " "))
		d.around = append(d.around, " "+strings.Join(around, " "))
	}
	return d
}

// All lists the offices by code.
func (d *Directory) All() []Office { return slices.Clone(d.offices) }

// Office gives one office; ok is false when none of that code is open on the day.
func (d *Directory) Office(code postal.OfficeCode) (o Office, ok bool) {
	i, ok := d.byCode[code]
	if !ok {
		return Office{}, false
	}
	return d.offices[i], true
}

// InUnit lists the offices that stand in a unit.
func (d *Directory) InUnit(unit postal.UnitCode) []Office {
	var list []Office
	for _, o := range d.offices {
		if o.Unit == unit {
			list = append(list, o)
		}
	}
	return list
}

// Find looks for offices by code, name, ward or address, without regard to marks. The best come first.
func (d *Directory) Find(query string, limit int) []Office {
	words := splitFolded(query)
	if len(words) == 0 || len(words) > maxQueryWords {
		return nil
	}
	text := strings.Join(words, " ")
	var found [3][]Office
	for i, o := range d.offices {
		if r := d.rank(i, text, words); r < len(found) {
			found[r] = append(found[r], o)
		}
	}
	list := slices.Concat(found[:]...)
	if limit <= 0 || limit > MaxMatches {
		limit = MaxMatches
	}
	return list[:min(limit, len(list))]
}

func (d *Directory) rank(i int, text string, words []string) int {
	switch {
	case strings.HasPrefix(string(d.offices[i].Code), text) || d.names[i] == text:
		return 0
	case strings.HasPrefix(d.names[i], text):
		return 1
	}
	for _, w := range words {
		if !beginsWord(d.around[i], w) {
			return 3
		}
	}
	return 2
}

// Near is an office with its distance from where one asked.
type Near struct {
	Office Office  `json:"office"`
	KM     float64 `json:"km"` // as the crow flies: an estimate
}

// Nearest lists the n offices nearest to the centre point of a unit. An office without a point of its own counts as standing at the centre of its unit;
// one without either is left out.
func (d *Directory) Nearest(unit postal.UnitCode, n int) ([]Near, error) {
	u, err := d.places.Unit(unit, d.day)
	if err != nil {
		return nil, err
	}
	if !u.HasPoint() {
		return nil, fault.New(fault.NotFound, "gazetteer.no_point",
			"Chưa có toạ độ của %s.", "No point is recorded for %s.", u.ShortName())
	}
	return d.NearestTo(u.Lat, u.Lon, n), nil
}

// delivers reports whether offices of this kind send carriers out.
func (k OfficeKind) delivers() bool { return k == Level1 || k == Level2 || k == Level3 }

// DeliveringTo gives the office from which carriers go to a unit: one that stands in it, the highest kind first, else the nearest delivering one.
// The operator's own plan of delivery areas, where there is one, goes before this.
func (d *Directory) DeliveringTo(unit postal.UnitCode) (Office, error) {
	in := slices.DeleteFunc(d.InUnit(unit), func(o Office) bool { return !o.Kind.delivers() })
	if len(in) > 0 {
		return slices.MinFunc(in, func(a, b Office) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code)) }), nil
	}
	near, err := d.Nearest(unit, len(d.offices))
	if err != nil {
		return Office{}, err
	}
	for _, n := range near {
		if n.Office.Kind.delivers() {
			return n.Office, nil
		}
	}
	return Office{}, fault.New(fault.NotFound, "gazetteer.no_delivering_office",
		"Chưa có bưu cục nào phát thư cho đơn vị %s.", "No office delivers to unit %s.", unit)
}

// NearestTo lists the n offices nearest to a point.
func (d *Directory) NearestTo(lat, lon float64, n int) []Near {
	list := make([]Near, 0, len(d.offices))
	for _, o := range d.offices {
		if oLat, oLon, ok := d.point(o); ok {
			list = append(list, Near{o, DistanceKM(lat, lon, oLat, oLon)})
		}
	}
	slices.SortFunc(list, func(a, b Near) int {
		return cmp.Or(cmp.Compare(a.KM, b.KM), cmp.Compare(a.Office.Code, b.Office.Code))
	})
	return list[:max(0, min(n, len(list)))]
}

func (d *Directory) point(o Office) (lat, lon float64, ok bool) {
	if o.Lat != 0 || o.Lon != 0 {
		return o.Lat, o.Lon, true
	}
	u, found := d.places.UnitOn(o.Unit, d.day)
	return u.Lat, u.Lon, found && u.HasPoint()
}

// earthKM is the mean radius of the earth.
const earthKM = 6371.0088

// DistanceKM is the great-circle distance between two points given in degrees.
func DistanceKM(lat1, lon1, lat2, lon2 float64) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (lat2-lat1)*rad/2, (lon2-lon1)*rad/2
	h := math.Sin(dLat)*math.Sin(dLat) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * earthKM * math.Asin(math.Min(1, math.Sqrt(h)))
}
