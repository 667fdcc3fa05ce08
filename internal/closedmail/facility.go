package closedmail

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Kinds of facilities.
const (
	Area    = "area"
	Vehicle = "vehicle"
	Box     = "box"
	BagOf   = "bag"
	Locator = "locator"
)

// Properties that each kind must have (Decision 55/2016, article 6; Circular 16/2017, article 9): an inspection looks at every one.
var Properties = map[string][]Property{
	Area:    {"separate", "locked", "watched", "rules_posted"},
	Vehicle: {"special", "fireproof", "waterproof", "shatterproof", "locked"},
	Box:     {"fireproof", "shatterproof", "locked"},
	BagOf:   {"tough", "fireproof", "waterproof"},
	Locator: {"answers", "charged"},
}

// Facility is an area, vehicle, box, bag or locator of a KT1 office.
type Facility struct {
	Code        FacilityCode
	Office      postal.OfficeCode // where it is
	Responsible postal.StaffID
	Inspected   string // day, "" never
	Until       string // when it must be inspected again
	Lacks       []Property
	Use         string // the vessel that a bag or box is, or the item that a locator goes with; "" free
	Retired     Reason
}

// FacilityKey is where a facility is kept.
func FacilityKey(c FacilityCode) ledger.Key { return ledger.Key("g:" + string(c)) }

// Place is the list of its office.
func (f *Facility) Place() string {
	if f.Retired != "" {
		return ""
	}
	return facilitiesOf(f.Office)
}

func facilitiesOf(o postal.OfficeCode) string { return "kt1:facilities:" + string(o) }

// Encode writes the facility.
func (f *Facility) Encode(dst []byte) []byte { return ledger.Encode(dst, f.fields) }

// Decode reads the facility.
func (f *Facility) Decode(b []byte) error { return ledger.Decode(b, f.fields) }

func (f *Facility) fields(c *ledger.Codec) {
	ledger.Str(c, &f.Code)
	ledger.Str(c, &f.Office)
	ledger.Str(c, &f.Responsible)
	ledger.Str(c, &f.Inspected)
	ledger.Str(c, &f.Until)
	ledger.List(c, &f.Lacks, func(p *Property, c *ledger.Codec) { ledger.Str(c, p) })
	ledger.Str(c, &f.Use)
	ledger.Str(c, &f.Retired)
}

// Fit reports whether the facility may be used on a day.
func (f *Facility) Fit(on postal.Day) bool {
	return f.Retired == "" && f.Inspected != "" && len(f.Lacks) == 0 && f.Until >= on.String()
}

// Facilities lists those of an office.
func Facilities(v *ledger.View, o postal.OfficeCode) []*Facility {
	var all []*Facility
	for _, k := range v.At(facilitiesOf(o), 'g') {
		if f, ok := ledger.Get[*Facility](v, k); ok {
			all = append(all, f)
		}
	}
	return all
}

// usable gives a facility of these kinds that is here, fit and free.
func usable(v *ledger.View, code FacilityCode, office postal.OfficeCode, kinds ...string) (*Facility, error) {
	if _, err := ParseFacility(string(code)); err != nil {
		return nil, err
	}
	f, ok := ledger.Get[*Facility](v, FacilityKey(code))
	switch {
	case !ok || f.Retired != "":
		return nil, unknown(string(code))
	case !slices.Contains(kinds, code.Kind()):
		return nil, fault.New(fault.Invalid, "closedmail.facility_kind", "%s không phải loại cần dùng ở đây.", "%s is not of the kind that is needed here.", code).At("facility")
	case f.Office != office:
		return nil, fault.New(fault.Conflict, "closedmail.facility_elsewhere", "%s đang ở bưu cục %s.", "%s is at office %s.", code, f.Office).At("facility")
	case !f.Fit(today(v)):
		return nil, unfit(code)
	case f.Use != "":
		return nil, fault.New(fault.Conflict, "closedmail.facility_in_use", "%s đang dùng cho %s.", "%s is in use for %s.", code, f.Use).At("facility")
	}
	return f, nil
}

func unfit(code FacilityCode) error {
	return fault.New(fault.Conflict, "closedmail.facility_unfit", "%s chưa được kiểm tra đạt hoặc đã quá hạn kiểm tra. Kiểm tra lại, hoặc dùng cái khác.",
		"%s has not passed its inspection, or the inspection is overdue. Inspect it again, or use another.", code).At("facility")
}

// AddFacility takes a facility into the books of an office.
type AddFacility struct {
	Facility FacilityCode      `json:"facility"`
	Office   postal.OfficeCode `json:"office"`
}

// Name of the act.
func (AddFacility) Name() string { return "kt1.add_facility" }

// Touches the facility.
func (a AddFacility) Touches() []ledger.Key { return []ledger.Key{FacilityKey(a.Facility)} }

// Decide leaves it to a supervisor of that office, and refuses a code that was used before.
func (a AddFacility) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if a.Office != e.Office {
		return nil, fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", e.Office)
	}
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if _, err := ParseFacility(string(a.Facility)); err != nil {
		return nil, err
	}
	if _, err := postal.ParseOfficeCode(string(a.Office)); err != nil {
		return nil, err
	}
	if _, there := ledger.Get[*Facility](v, FacilityKey(a.Facility)); there {
		return nil, fault.New(fault.Conflict, "closedmail.facility_there", "Mã %s đã dùng.", "The code %s is taken.", a.Facility).At("facility")
	}
	return []event.Fact{event.FacilityAdded{Facility: string(a.Facility), Kind: a.Facility.Kind(), Office: a.Office}}, nil
}

// Inspect records an inspection: every property that the kind must have was looked at, Lacks are missing.
type Inspect struct {
	Facility FacilityCode `json:"facility"`
	Lacks    []Property   `json:"lacks,omitempty"`
	Until    postal.Day   `json:"until"`
}

// Name of the act.
func (Inspect) Name() string { return "kt1.inspect" }

// Touches the facility.
func (a Inspect) Touches() []ledger.Key { return []ledger.Key{FacilityKey(a.Facility)} }

// maxInspection bounds how long an inspection holds: three years is longer than any that we know.
const maxInspection = 3 * 366

// Decide leaves it to a supervisor, and refuses properties that the kind does not have.
func (a Inspect) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	f, err := facilityHere(v, a.Facility, e.Office)
	if err != nil {
		return nil, err
	}
	fact := event.FacilityInspected{Facility: string(f.Code), Until: a.Until}
	for _, p := range a.Lacks {
		if err := oneOf(Properties[f.Code.Kind()], p, "lacks"); err != nil {
			return nil, err
		}
		fact.Lacks = append(fact.Lacks, string(p))
	}
	if a.Until.Before(today(v)) || a.Until.After(today(v).AddDays(maxInspection)) {
		return nil, fault.New(fault.Invalid, "closedmail.inspect_until", "Ngày kiểm tra lại phải từ hôm nay đến ba năm tới.", "The next inspection is a day from today to three years ahead.").At("until")
	}
	return []event.Fact{fact}, nil
}

// facilityHere gives a facility that is at the office of the act.
func facilityHere(v *ledger.View, code FacilityCode, office postal.OfficeCode) (*Facility, error) {
	f, err := facility(v, code)
	if err == nil && f.Office != office {
		err = fault.New(fault.Conflict, "closedmail.facility_elsewhere", "%s đang ở bưu cục %s.", "%s is at office %s.", code, f.Office).At("facility")
	}
	return f, err
}

func facility(v *ledger.View, code FacilityCode) (*Facility, error) {
	if _, err := ParseFacility(string(code)); err != nil {
		return nil, err
	}
	f, ok := ledger.Get[*Facility](v, FacilityKey(code))
	if !ok || f.Retired != "" {
		return nil, unknown(string(code))
	}
	return f, nil
}

// Retire takes a facility out of use.
type Retire struct {
	Facility FacilityCode `json:"facility"`
	Reason   Reason       `json:"reason"`
}

// Name of the act.
func (Retire) Name() string { return "kt1.retire" }

// Touches the facility.
func (a Retire) Touches() []ledger.Key { return []ledger.Key{FacilityKey(a.Facility)} }

// Decide leaves it to a supervisor, and refuses one that is in use.
func (a Retire) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	f, err := facilityHere(v, a.Facility, e.Office)
	if err != nil {
		return nil, err
	}
	if err := oneOf(Retirements, a.Reason, "reason"); err != nil {
		return nil, err
	}
	if f.Use != "" {
		return nil, fault.New(fault.Conflict, "closedmail.facility_in_use", "%s đang dùng cho %s.", "%s is in use for %s.", a.Facility, f.Use).At("facility")
	}
	return []event.Fact{event.FacilityRetired{Facility: string(a.Facility), Reason: string(a.Reason)}}, nil
}

// MoveFacility sends a free facility to another office: empty bags and boxes go home so.
type MoveFacility struct {
	Facility FacilityCode      `json:"facility"`
	To       postal.OfficeCode `json:"to"`
}

// Name of the act.
func (MoveFacility) Name() string { return "kt1.move_facility" }

// Touches the facility.
func (a MoveFacility) Touches() []ledger.Key { return []ledger.Key{FacilityKey(a.Facility)} }

// Decide refuses one that is in use, that stands fast, or that is not here.
func (a MoveFacility) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	f, err := facility(v, a.Facility)
	if err != nil {
		return nil, err
	}
	if _, err := postal.ParseOfficeCode(string(a.To)); err != nil {
		return nil, err
	}
	switch {
	case f.Office != e.Office || a.To == e.Office:
		return nil, fault.New(fault.Conflict, "closedmail.facility_elsewhere", "%s đang ở bưu cục %s.", "%s is at office %s.", a.Facility, f.Office).At("facility")
	case a.Facility.Kind() == Area:
		return nil, fault.New(fault.Invalid, "closedmail.facility_kind", "%s không phải loại cần dùng ở đây.", "%s is not of the kind that is needed here.", a.Facility).At("facility")
	case f.Use != "":
		return nil, fault.New(fault.Conflict, "closedmail.facility_in_use", "%s đang dùng cho %s.", "%s is in use for %s.", a.Facility, f.Use).At("facility")
	}
	return []event.Fact{event.FacilityMoved{Facility: string(a.Facility), To: a.To}}, nil
}

// NameResponsible names the worker who answers for an area or a vehicle.
type NameResponsible struct {
	Facility FacilityCode   `json:"facility"`
	Person   postal.StaffID `json:"person"`
}

// Name of the act.
func (NameResponsible) Name() string { return "kt1.name_responsible" }

// Touches facility and worker.
func (a NameResponsible) Touches() []ledger.Key {
	return []ledger.Key{FacilityKey(a.Facility), WorkerKey(a.Person)}
}

// Decide leaves it to a supervisor, and refuses a person without valid papers or without a duty at that office.
func (a NameResponsible) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	f, err := facilityHere(v, a.Facility, e.Office)
	if err != nil {
		return nil, err
	}
	if err := mayWork(v, a.Person, f.Office, Duties...); err != nil {
		return nil, err
	}
	return []event.Fact{event.ResponsibleNamed{Facility: string(a.Facility), Person: a.Person}}, nil
}

func foldFacility(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.FacilityAdded:
		*ledger.Edit[*Facility](v, FacilityKey(FacilityCode(f.Facility))) = Facility{Code: FacilityCode(f.Facility), Office: f.Office}
	case event.FacilityInspected:
		g := ledger.Edit[*Facility](v, FacilityKey(FacilityCode(f.Facility)))
		g.Inspected, g.Until, g.Lacks = postal.DayOf(postal.FromMillis(e.RecordedMs)).String(), f.Until.String(), nil
		for _, p := range f.Lacks {
			g.Lacks = append(g.Lacks, Property(p))
		}
	case event.FacilityRetired:
		ledger.Edit[*Facility](v, FacilityKey(FacilityCode(f.Facility))).Retired = Reason(f.Reason)
	case event.FacilityMoved:
		g := ledger.Edit[*Facility](v, FacilityKey(FacilityCode(f.Facility)))
		g.Office, g.Responsible = f.To, ""
	case event.ResponsibleNamed:
		ledger.Edit[*Facility](v, FacilityKey(FacilityCode(f.Facility))).Responsible = f.Person
	}
}

// use marks a facility as taken by something, or as free with "" where it now lies.
func use(v *ledger.View, code FacilityCode, by string, at postal.OfficeCode) {
	if code == "" {
		return
	}
	f := ledger.Edit[*Facility](v, FacilityKey(code))
	f.Use = by
	if at != "" {
		f.Office = at
	}
}
