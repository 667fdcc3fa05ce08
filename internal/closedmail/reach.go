package closedmail

import (
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Whether an item leaves the province, or the inner city, decides its time, the notice of a timed item and its price. Nobody ticks that: it follows from the directory.

// Zone is where inside the post's own province a body receives.
type Zone string

// The zones. A body of another province needs none; NoZone for one of our own means that the directory does not say.
const (
	NoZone   Zone = ""
	Inner    Zone = "inner"
	Suburban Zone = "suburban"
)

// Zones lists what a directory may say.
var Zones = []Zone{NoZone, Inner, Suburban}

// Land knows the provinces.
type Land interface {
	// Province gives the code of the province in which a commune lies on a day; "" when it does not know the commune.
	Province(unit postal.UnitCode, on postal.Day) string
}

// Reach tells how far the bodies of the directory are from this post.
type Reach struct {
	Home string // code of the post's own province
	Land Land
}

// province of a body on a day: that of its commune; where the gazetteer does not know the commune, what the directory says.
func (r Reach) province(e Entry, on postal.Day) (string, error) {
	if r.Home == "" {
		return "", fault.New(fault.Conflict, "closedmail.no_home", "Bưu điện chưa khai mã tỉnh, thành phố của mình (--province).", "The post has not named its own province (--province).")
	}
	if p := r.Land.Province(e.Unit, on); p != "" {
		return p, nil
	}
	if e.Province == "" {
		return "", fault.New(fault.Conflict, "closedmail.no_province", "Danh mục không có đơn vị %[2]s nên chưa biết %[1]s ở tỉnh nào. Nạp lại danh bạ, ghi cột province.",
			"The gazetteer does not know the unit %[2]s, so nobody knows the province of %[1]s. Take in the directory again with its column province.", e.Code, e.Unit).At("addressee")
	}
	return e.Province, nil
}

// check refuses a line of the directory that leaves open, or contradicts, how far its body is.
func (r Reach) check(e Entry, on postal.Day) error {
	p, err := r.province(e, on)
	switch {
	case err != nil:
		return err
	case e.Province != "" && e.Province != p:
		return fault.New(fault.Invalid, "closedmail.wrong_province", "Đơn vị %[1]s thuộc tỉnh %[2]s, không phải %[3]s.", "The unit %[1]s lies in the province %[2]s, not in %[3]s.", e.Unit, p, e.Province)
	case p == r.Home && e.Abroad():
		return fault.New(fault.Invalid, "closedmail.partner_at_home", "%[1]s ở trong tỉnh nên do bưu cục của ta phát, không phải đối tác.", "%[1]s is in our own province: an office of ours delivers there, and no partner.", e.Code)
	case p == r.Home && e.Zone == NoZone:
		return noZone(e)
	}
	return nil
}

func noZone(e Entry) error {
	return fault.New(fault.Conflict, "closedmail.no_zone", "Danh bạ chưa ghi %s ở nội thành (inner) hay ngoại thành (suburban). Nạp lại danh bạ, ghi cột zone.",
		"The directory does not say whether %s is in the inner city (inner) or outside it (suburban). Take in the directory again with its column zone.", e.Code).At("addressee")
}
