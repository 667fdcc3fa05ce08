package site

import (
	"fmt"
	"math"
	"net/http"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// conversion is what the page of old addresses shows: a question, places to choose from, or an answer.
type conversion struct {
	Form    *web.Form
	Query   string
	Choices []choice              // old places that the reader may have meant
	Still   []choice              // places of today of that name: nothing to convert
	Old     *gazetteer.Conversion // the old place chosen
	OldName string
	To      *gazetteer.Unit // where an address in it is now; nil while the reader must say on which side the house stands
	Sides   []web.Choice
	City    string
	Counts  counts
}

// counts says how the change of 1 July 2025 went, as the tables tell it.
type counts struct{ Old, New, Alone, Ask int }

func (s *Service) count() counts {
	g := s.Places.Gazetteer()
	c := counts{New: len(g.Units(gazetteer.FirstTwoTierDay()))}
	for _, u := range g.Units(gazetteer.LastThreeTierDay()) {
		c.Old++
		if became, err := g.Convert(u.Code); err == nil && became.Automatic {
			c.Alone++
		} else {
			c.Ask++
		}
	}
	return c
}

func (c counts) say(p web.Page) string {
	return fmt.Sprintf(p.T(
		"Ngày 01/07/2025 các quận, huyện kết thúc và %d xã, phường, thị trấn thành %d đơn vị mới. %d nơi có toàn bộ dân cư về một đơn vị nên đổi được ngay; %d nơi bị chia cho nhiều đơn vị, chỉ người biết nhà ở phía nào mới trả lời được.",
		"On 1 July 2025 districts ended and %d communes, wards and townships became %d new units. Of %d all inhabitants went to one unit, so an address converts at once; %d were divided, and only someone who knows on which side the house stands can tell."),
		c.Old, c.New, c.Alone, c.Ask)
}

func convertPath(old postal.UnitCode) string { return "/convert?old=" + string(old) }

func (s *Service) getConvert(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Đổi địa chỉ cũ", "Convert an old address")
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := conversion{Form: f, Query: f.Maybe("q", longestQuery), Counts: s.counts()}
	if f.Err() != nil {
		return web.Render(w, r, web.Status(f.Err()), convertPage(p, v))
	}
	old := postal.UnitCode(f.Value("old"))
	if old == "" && v.Query != "" {
		v.Choices, v.Still = s.oldPlaces(p, v.Query)
		if len(v.Choices) == 1 && len(v.Still) == 0 {
			old = v.Choices[0].Unit.Code
		}
	}
	if old != "" {
		if err := s.convert(p, &v, old); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, convertPage(p, v))
}

// oldPlaces lists the former communes that a query may mean, and apart from them the places of today of that name. A former district stands for its communes.
func (s *Service) oldPlaces(p web.Page, query string) (old, still []choice) {
	seen := map[postal.UnitCode]bool{}
	add := func(u gazetteer.Unit) {
		if !seen[u.Code] && len(old) < mostChoices {
			seen[u.Code] = true
			old = append(old, choice{u, s.oldName(p.Lang, u), convertPath(u.Code)})
		}
	}
	for _, m := range s.find(query) {
		switch communes := s.communesOf(m.Unit); {
		case m.InForce && m.Unit.Level() == gazetteer.LevelCommune:
			if len(still) < mostChoices {
				still = append(still, choice{m.Unit, m.Line(p.Lang), wardPath(m.Unit.Code)})
			}
		case m.InForce || m.Unit.Level() == gazetteer.LevelProvince:
		case len(communes) > 0:
			for _, u := range communes {
				add(u)
			}
		default:
			add(m.Unit)
		}
	}
	return old, still
}

// communesOf lists the communes of a former district, by name.
func (s *Service) communesOf(district gazetteer.Unit) []gazetteer.Unit {
	if district.Level() != gazetteer.LevelDistrict {
		return nil
	}
	var list []gazetteer.Unit
	for _, u := range s.Places.Gazetteer().Units(district.ValidTo) {
		if u.District == district.Code {
			list = append(list, u)
		}
	}
	return byName(list)
}

// oldName is a former place as people wrote it: "Phường Lạch Tray, Quận Ngô Quyền, Thành phố Hải Phòng".
func (s *Service) oldName(lang string, u gazetteer.Unit) string {
	g := s.Places.Gazetteer()
	name := u.ExactName(lang)
	for _, around := range []postal.UnitCode{u.District, u.Province} {
		if a, ok := g.UnitOn(around, u.ValidTo); ok {
			name += ", " + a.ExactName(lang)
		}
	}
	return name
}

// convert answers for one former place, or asks on which side the house stands.
func (s *Service) convert(p web.Page, v *conversion, old postal.UnitCode) error {
	c, err := s.Places.Gazetteer().Convert(old)
	if err != nil {
		return err
	}
	v.Old, v.OldName, v.To = &c, s.oldName(p.Lang, c.Old), c.To
	if !c.Automatic {
		v.To = chosen(c, postal.UnitCode(v.Form.Value("to")))
		v.Sides = sides(p, c)
	}
	if v.To != nil {
		city, _ := s.Places.Gazetteer().UnitOn(v.To.Province, s.today())
		v.City = city.FullName("vi")
	}
	return nil
}

// chosen gives the candidate that the reader chose, nil when none was.
func chosen(c gazetteer.Conversion, to postal.UnitCode) *gazetteer.Unit {
	for _, cand := range c.Candidates {
		if cand.Unit.Code == to {
			return &cand.Unit
		}
	}
	return nil
}

// sides lists the candidates with what helps to tell them apart: on which side each lies, and how much of the old place it took.
func sides(p web.Page, c gazetteer.Conversion) []web.Choice {
	lat, lon := middle(c.Candidates)
	list := make([]web.Choice, len(c.Candidates))
	for n, cand := range c.Candidates {
		hint := p.T("nhận ", "took ") + cand.Share.In(p.Lang)
		if side := sideOf(p, lat, lon, cand.Unit); side != "" {
			hint += p.T("; trung tâm ở phía ", "; its centre lies to the ") + side
		}
		list[n] = web.Choice{Value: string(cand.Unit.Code), Label: cand.Unit.ExactName(p.Lang) + ", " + cand.Unit.Postcode, Hint: hint}
	}
	return list
}

// middle is the point between the centres of the candidates.
func middle(list []gazetteer.Candidate) (lat, lon float64) {
	n := 0.0
	for _, c := range list {
		if c.Unit.HasPoint() {
			lat, lon, n = lat+c.Unit.Lat, lon+c.Unit.Lon, n+1
		}
	}
	if n == 0 {
		return 0, 0
	}
	return lat / n, lon / n
}

// tooNear is the distance in km under which "north of the others" would say more than is known.
const tooNear = 0.3

// sideOf names the side of the others on which a candidate's centre lies; "" when no point is known or it lies between them.
func sideOf(p web.Page, lat, lon float64, u gazetteer.Unit) string {
	if !u.HasPoint() || lat == 0 || gazetteer.DistanceKM(lat, lon, u.Lat, u.Lon) < tooNear {
		return ""
	}
	east := (u.Lon - lon) * math.Cos(lat*math.Pi/180)
	angle := math.Atan2(east, u.Lat-lat) * 180 / math.Pi // clockwise from north
	names := [8][2]string{{"bắc", "north"}, {"đông bắc", "north-east"}, {"đông", "east"}, {"đông nam", "south-east"},
		{"nam", "south"}, {"tây nam", "south-west"}, {"tây", "west"}, {"tây bắc", "north-west"}}
	name := names[int(math.Round(angle/45)+8)%8]
	return p.T(name[0], name[1])
}
