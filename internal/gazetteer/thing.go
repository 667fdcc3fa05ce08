package gazetteer

import "citypost/internal/postal"

// thing is what a plan compares: a unit or an office, version by version.
type thing[T any] interface {
	code() string
	label() string
	firstDay() postal.Day
	lastDay() postal.Day
	open(day postal.Day) bool
	since(day postal.Day, act string) T // the same, in force from that day on
	until(day postal.Day) T             // the same, ended on that day
	sameName(T) bool
	samePlace(T) bool
	sameRest(T) bool
	merged(T) T // the argument, with what only the record knows added to it
}

func (u Unit) code() string         { return string(u.Code) }
func (u Unit) label() string        { return u.FullName("vi") }
func (u Unit) firstDay() postal.Day { return u.ValidFrom }
func (u Unit) lastDay() postal.Day  { return u.ValidTo }

func (u Unit) open(day postal.Day) bool { return u.InForce(day) }

func (u Unit) since(day postal.Day, act string) Unit {
	u.ValidFrom, u.ValidTo = day, zeroDay
	if u.Act == "" {
		u.Act = act
	}
	return u
}

func (u Unit) until(day postal.Day) Unit { u.ValidTo = day; return u }

func (u Unit) sameName(v Unit) bool { return u.Kind == v.Kind && postal.SameName(u.Name, v.Name) }

func (u Unit) samePlace(v Unit) bool { return u.Province == v.Province && u.District == v.District }

func (u Unit) sameRest(v Unit) bool {
	return u.Postcode == v.Postcode && u.AreaHa == v.AreaHa && u.Population == v.Population && u.Lat == v.Lat && u.Lon == v.Lon && u.Seat == v.Seat
}

// merged keeps postcode, figures, point and seat where the new table does not give them, as long as the unit is the same one.
func (u Unit) merged(v Unit) Unit {
	if v.Postcode == "" {
		v.Postcode = u.Postcode
	}
	if v.AreaHa == 0 {
		v.AreaHa = u.AreaHa
	}
	if v.Population == 0 {
		v.Population = u.Population
	}
	if !v.HasPoint() {
		v.Lat, v.Lon = u.Lat, u.Lon
	}
	if v.Seat == "" {
		v.Seat = u.Seat
	}
	if postal.SameName(u.Name, v.Name) { // another way to spell it is no news
		v.Name, v.NameEN = u.Name, u.NameEN
	}
	return v
}

func (o Office) code() string         { return string(o.Code) }
func (o Office) label() string        { return o.Name }
func (o Office) firstDay() postal.Day { return o.ValidFrom }
func (o Office) lastDay() postal.Day  { return o.ValidTo }

func (o Office) open(day postal.Day) bool { return o.Open(day) }

func (o Office) since(day postal.Day, act string) Office {
	o.ValidFrom, o.ValidTo = day, zeroDay
	if o.Act == "" {
		o.Act = act
	}
	return o
}

func (o Office) until(day postal.Day) Office { o.ValidTo = day; return o }

func (o Office) sameName(v Office) bool { return o.Kind == v.Kind && o.Name == v.Name }

func (o Office) samePlace(v Office) bool {
	return o.Unit == v.Unit && o.Address == v.Address && o.Lat == v.Lat && o.Lon == v.Lon
}

func (o Office) sameRest(v Office) bool { return o.Hours == v.Hours && o.MadeUp == v.MadeUp }

func (o Office) merged(v Office) Office {
	if v.Lat == 0 && v.Lon == 0 && o.Unit == v.Unit && o.Address == v.Address {
		v.Lat, v.Lon = o.Lat, o.Lon
	}
	if v.Hours == "" {
		v.Hours = o.Hours
	}
	return v
}
