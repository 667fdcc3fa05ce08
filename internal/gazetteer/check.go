package gazetteer

import (
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// check refuses a unit that cannot be.
func (u Unit) check() error {
	bad := func(field, vi, en string, args ...any) error {
		return fault.New(fault.Invalid, "gazetteer.bad_unit", vi, en, args...).At(field)
	}
	switch {
	case !unitCodeOK(u.Code):
		return bad("code", "Mã đơn vị %q không đúng: tỉnh có hai, huyện có ba, xã có năm chữ số.", "Unit code %q is wrong: two digits for a province, three for a district, five for a commune.", u.Code)
	case u.Name == "":
		return bad("name", "Đơn vị %s chưa có tên.", "Unit %s has no name.", u.Code)
	case !u.Kind.Known():
		return bad("kind", "Đơn vị %s: loại %q không có trong danh mục.", "Unit %s: there is no kind %q.", u.Code, u.Kind)
	case u.Level() != LevelProvince && !digits(string(u.Province), 2):
		return bad("province", "Đơn vị %s: mã tỉnh %q không đúng.", "Unit %s: province code %q is wrong.", u.Code, u.Province)
	case u.District != "" && !digits(string(u.District), 3):
		return bad("district", "Đơn vị %s: mã huyện %q không đúng.", "Unit %s: district code %q is wrong.", u.Code, u.District)
	case u.Postcode != "" && !digits(u.Postcode, 5):
		return bad("postcode", "Đơn vị %s: mã bưu chính %q không đúng: phải có năm chữ số.", "Unit %s: postcode %q is wrong: it must have five digits.", u.Code, u.Postcode)
	case !pointOK(u.Lat, u.Lon):
		return bad("lat", "Đơn vị %s: toạ độ nằm ngoài Việt Nam.", "Unit %s: the point lies outside Viet Nam.", u.Code)
	case u.ValidTo != zeroDay && u.ValidTo.Before(u.ValidFrom):
		return bad("valid_to", "Đơn vị %s hết hiệu lực trước khi có hiệu lực.", "Unit %s ends before it begins.", u.Code)
	}
	return nil
}

func unitCodeOK(code postal.UnitCode) bool {
	return digits(string(code), 2) || digits(string(code), 3) || digits(string(code), 5)
}

func (l Link) check() error {
	if !unitCodeOK(l.Old) || !unitCodeOK(l.New) || !l.Share.Known() {
		return fault.New(fault.Invalid, "gazetteer.bad_link",
			"Dòng chuyển đổi %s → %s không đúng: cần hai mã và phần (whole, people, part, area).",
			"The link %s → %s is wrong: it needs two codes and a share (whole, people, part, area).", l.Old, l.New)
	}
	return nil
}
