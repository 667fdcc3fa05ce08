package gazetteer

import (
	"strings"

	"citypost/internal/postal"
)

// Kind is what a unit is called in law, in Vietnamese and in lower case, as it stands in the official tables.
type Kind string

// The kinds of units, today's and former ones. A "thành phố" is a province or a district: see Level.
const (
	Province    Kind = "tỉnh"
	City        Kind = "thành phố"
	UrbanDist   Kind = "quận"
	RuralDist   Kind = "huyện"
	Town        Kind = "thị xã"
	Ward        Kind = "phường"
	Commune     Kind = "xã"
	Township    Kind = "thị trấn"
	SpecialZone Kind = "đặc khu"
)

// kindWords gives the short form before a name and the English word after it.
var kindWords = map[Kind]struct{ short, en string }{
	Province:    {"T.", "Province"},
	City:        {"TP.", "City"},
	UrbanDist:   {"Q.", "District"},
	RuralDist:   {"H.", "District"},
	Town:        {"TX.", "Town"},
	Ward:        {"P.", "Ward"},
	Commune:     {"X.", "Commune"},
	Township:    {"TT.", "Township"},
	SpecialZone: {"Đặc khu", "Special Zone"},
}

// Known reports whether k is one of the kinds above.
func (k Kind) Known() bool {
	_, ok := kindWords[k]
	return ok
}

// Level is how high a unit stands.
type Level int

// The levels. Districts ended on 30 June 2025.
const (
	LevelProvince Level = 1
	LevelDistrict Level = 2
	LevelCommune  Level = 3
)

// Unit is an administrative unit during the days in which it was the same unit. Its key is Code together with ValidFrom.
type Unit struct {
	Code       postal.UnitCode `json:"code"`
	Kind       Kind            `json:"kind"`
	Name       string          `json:"name"` // without the kind, NFC
	NameEN     string          `json:"name_en"`
	District   postal.UnitCode `json:"district,omitempty"`  // former communes only
	Province   postal.UnitCode `json:"province,omitempty"`  // empty for a province itself
	Postcode   string          `json:"postcode,omitempty"`  // five digits with their leading zero
	ValidFrom  postal.Day      `json:"valid_from,omitzero"` // first day in force; zero: older than our record
	ValidTo    postal.Day      `json:"valid_to,omitzero"`   // last day in force; zero: still in force
	Act        string          `json:"act,omitempty"`       // the legal act that made it so
	AreaHa     int             `json:"area_ha,omitempty"`
	Population int             `json:"population,omitempty"`
	Lat        float64         `json:"lat,omitempty"`
	Lon        float64         `json:"lon,omitempty"`
	Seat       string          `json:"seat,omitempty"` // where its authority sits, as published
}

// Key names one version of a unit.
type Key struct {
	Code      postal.UnitCode
	ValidFrom postal.Day
}

// Key gives the key of u.
func (u Unit) Key() Key { return Key{u.Code, u.ValidFrom} }

// Level tells a province (two digits) from a district (three) and a commune (five).
func (u Unit) Level() Level { return levelOf(u.Code) }

func levelOf(code postal.UnitCode) Level {
	switch len(code) {
	case 2:
		return LevelProvince
	case 3:
		return LevelDistrict
	}
	return LevelCommune
}

// InForce reports whether u is the law on that day.
func (u Unit) InForce(day postal.Day) bool {
	return !day.Before(u.ValidFrom) && (u.ValidTo == zeroDay || !u.ValidTo.Before(day))
}

// HasPoint reports whether a centre point is known.
func (u Unit) HasPoint() bool { return u.Lat != 0 || u.Lon != 0 }

// FullName is the name with its kind: "Phường Hồng Bàng", in English "Hong Bang Ward".
func (u Unit) FullName(lang string) string {
	if lang == "en" {
		return u.NameEN + " " + kindWords[u.Kind].en
	}
	return capital(string(u.Kind)) + " " + u.Name
}

// ExactName is the name with all its marks, also in English: "Cẩm Giàng Commune". Where people choose, it must stand, because names fold together.
func (u Unit) ExactName(lang string) string {
	if lang == "en" {
		return u.Name + " " + kindWords[u.Kind].en
	}
	return u.FullName(lang)
}

// ShortName is the name as written on an envelope: "P. Hồng Bàng".
func (u Unit) ShortName() string { return kindWords[u.Kind].short + " " + u.Name }

// nameInEnglish fills an empty NameEN with the name without its marks: "Hong Bang".
func (u *Unit) nameInEnglish() {
	if u.NameEN != "" {
		return
	}
	words := strings.Fields(postal.Fold(u.Name))
	for i, w := range words {
		words[i] = capital(w)
	}
	u.NameEN = strings.Join(words, " ")
}

// capital raises the first letter: "phường" becomes "Phường", "đặc khu" becomes "Đặc khu".
func capital(s string) string {
	for i := range s {
		if i > 0 {
			return strings.ToUpper(s[:i]) + s[i:]
		}
	}
	return strings.ToUpper(s)
}
