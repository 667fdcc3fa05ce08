package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// transport refuses a journey from an office without KT1 vehicle and without escort.
func transport(v *ledger.View, from postal.OfficeCode, how *Vessel) error {
	if how.Vehicle == "" && how.Escort == "" {
		return fault.New(fault.Invalid, "closedmail.transport", "Phải đi xe chuyên dùng KT1, hoặc có người áp tải suốt đường.", "It goes in a KT1 vehicle, or with an escort all the way.").At("vehicle")
	}
	if how.Vehicle != "" {
		if _, err := usable(v, how.Vehicle, from, Vehicle); err != nil {
			return err
		}
	}
	if how.Escort != "" {
		return mayWork(v, how.Escort, "", Escort, Courier)
	}
	return nil
}

// journeyOf gives the vehicle and the escort of the first of these that names any; never nil.
func journeyOf(v *ledger.View, codes ...event.Thing) *Vessel {
	for _, t := range codes {
		if s, ok := ledger.Get[*Vessel](v, VesselKey(t)); ok && (s.Vehicle != "" || s.Escort != "") {
			return s
		}
	}
	return &Vessel{}
}

// guardOf says who guards a journey, by the first of these that names anybody.
func guardOf(v *ledger.View, codes ...event.Thing) Guard {
	for _, t := range codes {
		if s, ok := ledger.Get[*Vessel](v, VesselKey(t)); ok && s.Guard != "" {
			return s.Guard
		}
	}
	return ""
}

// leaves refuses what goes from an office otherwise than the law says. It is asked when the handover is opened, and again when the second side signs: a vehicle or a paper
// may have run out since.
func leaves(v *ledger.View, from, to event.Holder, things []event.Thing, how *Vessel) error {
	office, carrier := custody.Office(from), custody.Carrier(to)
	switch {
	case office == "":
		return nil
	case carrier == "":
		return fault.New(fault.Invalid, "closedmail.no_carrier", "KT1 rời bưu cục chỉ trong tay một người vận chuyển có tên.", "Closed mail leaves an office only in the hands of a named carrier.").At("carrier")
	}
	if err := mayWork(v, carrier, "", Courier, Escort); err != nil {
		return err
	}
	if err := fit(v, things...); err != nil {
		return err
	}
	if how.Vehicle == "" && how.Escort == "" && !slices.ContainsFunc(things, func(t event.Thing) bool { return guarded(v, t) }) {
		return nil
	}
	if err := transport(v, office, how); err != nil {
		return err
	}
	if how.Vehicle == "" && how.Escort != carrier {
		return fault.New(fault.Conflict, "closedmail.other_escort", "Không đi xe chuyên dùng thì người áp tải là người nhận và ký. Giao cho %[1]s, hoặc lập bàn giao nêu xe hoặc chính người vận chuyển là áp tải.",
			"Without a KT1 vehicle the escort is who takes it and signs. Give it to %[1]s, or open a handover that names a vehicle, or the carrier as escort.", how.Escort).At("escort")
	}
	return nil
}

// fit refuses things that travel in a bag or box, or with a locator, that has not passed its inspection or whose inspection is over. It was asked when they were taken into
// use, and is asked again before they leave.
func fit(v *ledger.View, things ...event.Thing) error {
	for _, t := range things {
		for _, x := range append([]event.Thing{t}, inside(v, t)...) {
			code := FacilityCode("")
			if c, ok := CoverOf(v, postal.ItemNumber(x)); ok {
				code = c.Locator
			} else if s, ok := ledger.Get[*Vessel](v, VesselKey(x)); ok {
				code = s.Facility
			}
			if f, ok := ledger.Get[*Facility](v, FacilityKey(code)); ok && !f.Fit(today(v)) {
				return unfit(code)
			}
		}
	}
	return nil
}

// guarded reports whether a thing may not leave an office without vehicle or escort: a bag, a box, a dispatch, or an item of letter A, B or C.
func guarded(v *ledger.View, t event.Thing) bool {
	k := custody.KeyOf(t)
	if k == "" || k[0] != 'i' {
		return true
	}
	c, ok := CoverOf(v, postal.ItemNumber(t))
	return ok && c.Secrecy != NoSecrecy
}
