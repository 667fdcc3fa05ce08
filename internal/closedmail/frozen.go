package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// frozenBy gives the incident that holds a thing itself.
func frozenBy(v *ledger.View, t event.Thing) ID {
	if k := custody.KeyOf(t); k != "" && k[0] == 'i' {
		if c, ok := CoverOf(v, postal.ItemNumber(t)); ok {
			return c.Frozen
		}
		return ""
	}
	if s, ok := ledger.Get[*Vessel](v, VesselKey(t)); ok {
		return s.Frozen
	}
	return ""
}

// inside lists what lies in a container, level by level.
func inside(v *ledger.View, t event.Thing) []event.Thing {
	var all []event.Thing
	for _, letter := range []byte{'b', 'i'} {
		for _, k := range v.At(string(custody.KeyOf(t)), letter) {
			all = append(all, event.Thing(k[2:]))
			if letter == 'b' {
				all = append(all, inside(v, event.Thing(k[2:]))...)
			}
		}
	}
	return all
}

// free refuses to move a thing that an incident holds, or that lies in or carries one that it holds.
func free(v *ledger.View, things ...event.Thing) error {
	for _, t := range things {
		key := custody.KeyOf(t)
		if key == "" {
			continue // custody says that it knows no such thing
		}
		_, around := custody.Holder(v, t)
		all := append([]event.Thing{t}, around...)
		if key[0] != 'i' {
			all = append(all, inside(v, t)...)
		}
		for _, x := range all {
			if by := frozenBy(v, x); by != "" {
				return fault.New(fault.Conflict, "closedmail.frozen",
					"%[1]s đang bị phong toả vì sự cố: hai người ký biên bản, báo cáo lên trên, rồi kiểm soát viên giải toả thì mới được chuyển.",
					"%[1]s is frozen by an incident: two persons sign the minutes, it is reported up the line, and only a supervisor's release lets it move.", x)
			}
		}
	}
	return nil
}
