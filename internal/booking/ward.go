package booking

import (
	"slices"

	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// maxPlace bounds the name of a place, in letters.
const maxPlace = 100

// mostFound bounds the communes that are offered for a name.
const mostFound = 12

// lookFor offers the communes that a post office serves for what was typed: a name of now or of before July 2025, with or without marks, or a postcode. A commune of before whose people were divided gives each
// of its parts: only who lives there knows which.
func (v *send) lookFor(name string) {
	v.Found = nil
	if name == "" {
		return
	}
	add := func(u gazetteer.Unit, label, hint string) {
		known := slices.ContainsFunc(v.Found, func(c web.Choice) bool { return c.Value == string(u.Code) })
		if _, served := v.service.Places.DeliveryOffice(u.Code); served && !known && len(v.Found) < mostFound {
			v.Found = append(v.Found, web.Choice{Value: string(u.Code), Label: label, Hint: hint})
		}
	}
	for _, m := range v.service.Places.Gazetteer().Find(name, v.service.today(), gazetteer.MaxMatches) {
		if m.InForce {
			add(m.Unit, m.Line(v.Lang), "")
			continue
		}
		for _, c := range m.Became {
			add(c.Unit, c.Unit.ExactName(v.Lang), v.T("trước 7/2025: ", "before 7/2025: ")+oldName(m))
		}
	}
	if len(v.Found) == 0 {
		_ = v.Form.Refuse(fault.New(fault.Invalid, "booking.no_commune", "Không có phường, xã nào của thành phố tên như vậy, kể cả tên cũ. Kiểm tra lại chính tả, hoặc chọn trong danh sách.",
			"There is no ward or commune of the city of that name, now or before. Check the spelling, or choose from the list.").At("place"))
	}
}

// oldName is a place of before with its district: "P. Lạch Tray, Q. Ngô Quyền".
func oldName(m gazetteer.Match) string {
	if m.District == nil {
		return m.Unit.ShortName()
	}
	return m.Unit.ShortName() + ", " + m.District.ShortName()
}

// readUnit reads the commune: one of those that go with a typed name, else one of the list.
func (v *send) readUnit() postal.UnitCode {
	name := v.Form.Maybe("place", maxPlace)
	if name == "" {
		return postal.UnitCode(v.Form.Choice("unit", valuesOf(v.Units[1:])...))
	}
	chosen := v.Form.Value("unit")
	switch v.lookFor(name); {
	case len(v.Found) == 1:
		v.Form.Set("unit", v.Found[0].Value)
		return postal.UnitCode(v.Found[0].Value)
	case slices.Contains(valuesOf(v.Found), chosen):
		return postal.UnitCode(chosen)
	case len(v.Found) > 1:
		_ = v.Form.Refuse(fault.New(fault.Invalid, "booking.choose_commune", "Có %d nơi tên như vậy: chọn một.", "%d places read like that: choose one.", len(v.Found)).At("unit"))
	}
	return ""
}
