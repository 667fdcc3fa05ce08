package calendar

import (
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Place is what a route needs to know of an address: its province, and inside the province the district. Since 1 July 2025 there are no districts;
// the old district of the address, which the gazetteer knows, is taken as the zone.
type Place struct {
	Province string // two-digit code of the province
	District string // code of the district, or of the old one
}

// RouteBetween gives the route of a service between two places by the rules of a day.
func (c *Calendar) RouteBetween(service Service, from, to Place, day postal.Day) (Route, error) {
	if from.Province == "" || to.Province == "" {
		return "", fault.New(fault.Invalid, "calendar.place", "Chưa biết tỉnh, thành phố của nơi gửi hoặc nơi nhận.", "The province of the sender or of the receiver is not known.")
	}
	if service != DossierSend && service != DossierReturn {
		if from.Province == to.Province {
			return Intra, nil
		}
		return Inter, nil
	}
	if from.Province != to.Province {
		return c.betweenProvinces(from, to, day)
	}
	if from.District == "" || to.District == "" {
		return "", fault.New(fault.Invalid, "calendar.district",
			"Chưa biết quận, huyện (cũ) của địa chỉ; hãy chọn khu vực để tính thời hạn.",
			"The (former) district of the address is not known; choose the zone to count by.")
	}
	if from.District == to.District {
		return SameDistrict, nil
	}
	return BetweenDistricts, nil
}

// betweenProvinces tells routes between cities of special class and class I from the others.
func (c *Calendar) betweenProvinces(from, to Place, day postal.Day) (Route, error) {
	cities, _, err := c.book.List("dossier.cities", day)
	if err != nil {
		return "", err
	}
	fromCity, toCity := false, false
	for _, city := range cities {
		fromCity = fromCity || city.String() == from.Province
		toCity = toCity || city.String() == to.Province
	}
	if fromCity && toCity {
		return Cities, nil
	}
	return OtherProvince, nil
}
