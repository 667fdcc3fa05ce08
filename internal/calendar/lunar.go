package calendar

import (
	"math"
	"time"

	"citypost/internal/postal"
)

// The lunar calendar of Viet Nam, by its astronomical rules on the clock of UTC+7:
// a month begins on the day of the new moon; the month that holds the winter solstice is the eleventh; when thirteen months begin between one
// eleventh month and the next, the first of them without a major solar term is the leap month.
// Moon and sun follow Jean Meeus, Astronomical Algorithms, 2nd edition, chapters 49 (phases of the moon) and 25 (apparent longitude of the sun).

// synodicMonth is the mean length of a lunation in days.
const synodicMonth = 29.530588861

// LunarDay gives the solar day of a day in a lunar year. The lunar year is named by the solar year in which it begins; leap months are not asked for.
func LunarDay(year, month, day int) postal.Day {
	start := monthEleven(year - 1)
	next := monthEleven(year)
	index := month + 1 // months after the eleventh: 12, 1, 2, …
	if month >= 11 {
		start, next = next, monthEleven(year+1)
		index = month - 11
	}
	if leap := leapMonth(start, next); leap > 0 && index >= leap {
		index++
	}
	return newMoonDay(start + index).AddDays(day - 1)
}

// monthEleven gives the number of the lunation whose month holds the winter solstice of a year.
func monthEleven(year int) int {
	solstice := postal.MakeDay(year, time.December, 31)
	k := int(math.Floor((julian(solstice) - 2451550.09766) / synodicMonth))
	for newMoonDay(k+1).Compare(solstice) <= 0 {
		k++
	}
	// The sun stands at 270° in the solstice: the month that begins with it already past is the twelfth.
	if solarTerm(newMoonDay(k)) >= 9 {
		k--
	}
	return k
}

// leapMonth gives how many months after start the leap month of a lunar year stands; 0 when the year has none.
func leapMonth(start, next int) int {
	if next-start < 13 {
		return 0
	}
	for i := 1; i < 13; i++ {
		if solarTerm(newMoonDay(start+i)) == solarTerm(newMoonDay(start+i+1)) {
			return i
		}
	}
	return 0
}

// solarTerm gives the sector of 30° in which the sun stands when a day begins on the clock of UTC+7; 9 begins with the winter solstice.
func solarTerm(day postal.Day) int {
	return int(sunLongitude(julian(day)-7.0/24) / 30)
}

// newMoonDay gives the day in Viet Nam on which the k-th new moon after that of 6 January 2000 falls.
func newMoonDay(k int) postal.Day {
	return postal.DayOf(instant(newMoon(float64(k))))
}

// julian gives the Julian day number of the midnight (UTC) with which a civil day is written.
func julian(day postal.Day) float64 {
	return 2451544.5 + float64(day.DaysSince(postal.MakeDay(2000, time.January, 1)))
}

func instant(jd float64) time.Time {
	return time.Unix(int64(math.Round((jd-2440587.5)*86400)), 0)
}

// newMoon gives the instant of the k-th new moon as a Julian day of universal time (Meeus, chapter 49).
func newMoon(k float64) float64 {
	t := k / 1236.85
	jde := 2451550.09766 + synodicMonth*k + t*t*(0.00015437+t*(-0.000000150+t*0.00000000073))
	e := 1 - t*(0.002516+t*0.0000074)
	sun := 2.5534 + 29.10535670*k - t*t*(0.0000014+t*0.00000011)
	moon := 201.5643 + 385.81693528*k + t*t*(0.0107582+t*(0.00001238-t*0.000000058))
	lat := 160.7108 + 390.67050284*k - t*t*(0.0016118+t*(0.00000227-t*0.000000011))
	node := 124.7746 - 1.56375588*k + t*t*(0.0020672+t*0.00000215)
	for _, p := range moonTerms {
		jde += p.size * math.Pow(e, p.e) * sin(p.sun*sun+p.moon*moon+p.lat*lat+p.node*node)
	}
	for _, p := range planetTerms {
		angle := p.at + p.rate*k
		if p.rate == 0.107408 {
			angle -= 0.009173 * t * t
		}
		jde += p.size * sin(angle)
	}
	return jde - deltaT(jde)
}

// moonTerms are the periodic terms of the new moon: size in days, power of the eccentricity factor, multiples of the four arguments.
var moonTerms = [...]struct{ size, e, sun, moon, lat, node float64 }{
	{-0.40720, 0, 0, 1, 0, 0}, {0.17241, 1, 1, 0, 0, 0}, {0.01608, 0, 0, 2, 0, 0}, {0.01039, 0, 0, 0, 2, 0},
	{0.00739, 1, -1, 1, 0, 0}, {-0.00514, 1, 1, 1, 0, 0}, {0.00208, 2, 2, 0, 0, 0}, {-0.00111, 0, 0, 1, -2, 0},
	{-0.00057, 0, 0, 1, 2, 0}, {0.00056, 1, 1, 2, 0, 0}, {-0.00042, 0, 0, 3, 0, 0}, {0.00042, 1, 1, 0, 2, 0},
	{0.00038, 1, 1, 0, -2, 0}, {-0.00024, 1, -1, 2, 0, 0}, {-0.00017, 0, 0, 0, 0, 1}, {-0.00007, 0, 2, 1, 0, 0},
	{0.00004, 0, 0, 2, -2, 0}, {0.00004, 0, 3, 0, 0, 0}, {0.00003, 0, 1, 1, -2, 0}, {0.00003, 0, 0, 2, 2, 0},
	{-0.00003, 0, 1, 1, 2, 0}, {0.00003, 0, -1, 1, 2, 0}, {-0.00002, 0, -1, 1, -2, 0}, {-0.00002, 0, 1, 3, 0, 0}, {0.00002, 0, 0, 4, 0, 0},
}

// planetTerms are the further corrections of chapter 49: size in days, angle and its change in a lunation.
var planetTerms = [...]struct{ size, at, rate float64 }{
	{0.000325, 299.77, 0.107408}, {0.000165, 251.88, 0.016321}, {0.000164, 251.83, 26.651886}, {0.000126, 349.42, 36.412478},
	{0.000110, 84.66, 18.206239}, {0.000062, 141.74, 53.303771}, {0.000060, 207.14, 2.453732}, {0.000056, 154.84, 7.306860},
	{0.000047, 34.52, 27.261239}, {0.000042, 207.19, 0.121824}, {0.000040, 291.34, 1.844379}, {0.000037, 161.72, 24.198154},
	{0.000035, 239.56, 25.513099}, {0.000023, 331.55, 3.592518},
}

// sunLongitude gives the apparent longitude of the sun in degrees at a Julian day of universal time (Meeus, chapter 25).
func sunLongitude(jd float64) float64 {
	t := (jd + deltaT(jd) - 2451545) / 36525
	mean := 280.46646 + t*(36000.76983+t*0.0003032)
	anomaly := 357.52911 + t*(35999.05029-t*0.0001537)
	centre := (1.914602-t*(0.004817+t*0.000014))*sin(anomaly) + (0.019993-t*0.000101)*sin(2*anomaly) + 0.000289*sin(3*anomaly)
	longitude := math.Mod(mean+centre-0.00569-0.00478*sin(125.04-1934.136*t), 360)
	if longitude < 0 {
		longitude += 360
	}
	return longitude
}

// deltaT gives dynamical minus universal time in days, by the parabola of Espenak and Meeus for our century; a minute matters only at midnight.
func deltaT(jd float64) float64 {
	y := (jd - 2451544.5) / 365.25
	return (62.92 + y*(0.32217+y*0.005589)) / 86400
}

func sin(degrees float64) float64 { return math.Sin(math.Mod(degrees, 360) * math.Pi / 180) }
