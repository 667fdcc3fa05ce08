package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// searched are the incidents whose things may never be found.
var searched = []Trouble{Short, "theft", "accident"}

// above are the levels up the line beyond the office itself.
var above = []Level{"province", "vnpost", "cpma"}

// CloseSearch ends the search for what was never found (kết thúc tìm kiếm): the minutes were signed by two, it was reported up the line beyond the office, and now a
// supervisor who did not sign them, and a second person, say that the search is over. The things are lost, in the name of whoever held them last by the ledger.
type CloseSearch struct {
	Incident ID             `json:"incident"`
	Second   postal.StaffID `json:"second"`
}

// Name of the act.
func (CloseSearch) Name() string { return "kt1.close_search" }

// Touches the incident.
func (a CloseSearch) Touches() []ledger.Key { return []ledger.Key{IncidentKey(a.Incident)} }

// Decide refuses before the minutes and the report, one person alone, and whoever signed the minutes as the one who ends it.
func (a CloseSearch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := pair(v, e, a.Second, Supervisor, Clerk); err != nil {
		return nil, err
	}
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	i, err := incident(v, a.Incident)
	if err != nil {
		return nil, err
	}
	if err := a.ready(i, e); err != nil {
		return nil, err
	}
	closed := event.SearchClosed{Incident: string(a.Incident), First: e.Actor, Second: a.Second}
	var lost []event.Fact
	for _, t := range searchedFor(v, i) {
		if i.Partner != "" && v.Get(custody.KeyOf(t)) == nil { // on a partner's list, and never seen here: it was never ours
			closed.Things, closed.Answers = append(closed.Things, t), append(closed.Answers, i.Partner.Holder())
			continue
		}
		facts, err := custody.Lose(v, t, "not_found")
		if err != nil {
			return nil, err
		}
		closed.Things, closed.Answers = append(closed.Things, t), append(closed.Answers, lastHolder(v, t))
		lost = append(append(lost, facts...), gone(v, t)...)
	}
	return slices.Concat([]event.Fact{closed}, lost, settled(v, e, i, "other")), nil
}

func (a CloseSearch) ready(i *Incident, e ledger.Envelope) error {
	switch {
	case i.Office != e.Office:
		return othersMinutes(i.Office)
	case !slices.Contains(searched, i.Kind) || len(i.Things) == len(i.Back):
		return fault.New(fault.Conflict, "closedmail.no_search", "Sự cố này không phải là tìm bưu gửi, túi bị thiếu.", "This incident is no search for something missing.")
	case i.First == "":
		return fault.New(fault.Conflict, "closedmail.minutes_missing", "Biên bản chưa có hai người ký.", "The minutes are not signed by two yet.")
	case !slices.ContainsFunc(i.Reported, func(r Report) bool { return slices.Contains(above, r.To) }):
		return fault.New(fault.Conflict, "closedmail.not_reported_above", "Chưa báo cáo vượt cấp bưu cục: Bưu điện tỉnh, Tổng công ty hoặc Cục Bưu điện Trung ương.",
			"It was not reported beyond the office yet: to the provincial post, Vietnam Post or the Central Post Department.")
	case i.First == e.Actor || i.Second == e.Actor:
		return fault.New(fault.Forbidden, "closedmail.own_minutes", "Người đã ký biên bản không tự kết thúc tìm kiếm. Cần kiểm soát viên khác.", "Whoever signed the minutes does not end the search. Another supervisor must.")
	}
	return nil
}

// searchedFor lists the items and bags that are still missing: a dispatch is a list, what is missing is what is on it.
func searchedFor(v *ledger.View, i *Incident) []event.Thing {
	var all []event.Thing
	for _, t := range i.Things {
		if k := custody.KeyOf(t); k == "" || k[0] != 'd' {
			all = append(all, t)
			continue
		}
		for _, k := range v.At(string(custody.KeyOf(t)), 'b') {
			all = append(all, event.Thing(k[2:]))
		}
	}
	return slices.DeleteFunc(all, func(t event.Thing) bool { return slices.Contains(i.Back, t) })
}

// lastHolder is who held a thing last by the ledger: for what was not in its bag, whoever held the bag.
func lastHolder(v *ledger.View, t event.Thing) event.Holder {
	h, _ := custody.Holder(v, t)
	i, ok := ledger.Get[*custody.Item](v, custody.KeyOf(t))
	if h != event.Lost || !ok {
		return h
	}
	if i.BeforeAt.In == "" {
		return i.BeforeAt.Holder
	}
	h, _ = custody.Holder(v, i.BeforeAt.In)
	return h
}

// gone takes the locator of a lost item, and the bag or box itself, out of use.
func gone(v *ledger.View, t event.Thing) []event.Fact {
	code := FacilityCode("")
	if c, ok := CoverOf(v, postal.ItemNumber(t)); ok {
		code = c.Locator
	} else if s, ok := ledger.Get[*Vessel](v, VesselKey(t)); ok {
		code = s.Facility
	}
	if f, ok := ledger.Get[*Facility](v, FacilityKey(code)); !ok || f.Retired != "" || f.Use != string(t) {
		return nil
	}
	return []event.Fact{event.FacilityRetired{Facility: string(code), Reason: "lost"}}
}

// ReportFound says that a thing which is searched for, or was given up as lost, is in the hands of this office. It is frozen under an incident of its own until two
// persons have signed what they see, it is reported, and a supervisor lets it go on.
type ReportFound struct {
	Thing event.Thing `json:"thing"`
}

// Name of the act.
func (ReportFound) Name() string { return "kt1.report_found" }

// Touches the thing.
func (a ReportFound) Touches() []ledger.Key {
	if k := custody.KeyOf(a.Thing); k != "" {
		return []ledger.Key{k}
	}
	return nil
}

// Decide refuses what nobody misses, and what by the ledger is in another's hands.
func (a ReportFound) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := mayGive(v, e, ""); err != nil {
		return nil, err
	}
	if err := parseThing(a.Thing); err != nil {
		return nil, err
	}
	missed := missing(v, a.Thing)
	if !concerns(v, e.Office, a.Thing) && missed == "" {
		return nil, unknown(string(a.Thing))
	}
	if missed == "" {
		return nil, fault.New(fault.Conflict, "closedmail.not_missing", "%s không đang tìm và cũng không được ghi là mất.", "%s is neither searched for nor recorded as lost.", a.Thing).At("thing")
	}
	facts := []event.Fact{event.LostFound{Thing: a.Thing, Incident: string(missed)}}
	switch holder, _ := custody.Holder(v, a.Thing); holder {
	case event.Lost:
		back, err := custody.Recover(v, e, a.Thing)
		if err != nil {
			return nil, err
		}
		facts = append(facts, back...)
	case custody.AtOffice(e.Office), custody.ByCarrier(e.Actor):
	default:
		return nil, fault.New(fault.Conflict, "closedmail.found_elsewhere", "Theo sổ %[1]s do bên khác giữ. Bên đó ghi tìm thấy.", "By the books somebody else holds %[1]s. They record the find.", a.Thing).At("thing")
	}
	return append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Back), Things: []event.Thing{a.Thing}, Office: e.Office}), nil
}

// missing gives the incident by which a thing is searched for, or was given up as lost; also through the lost bag that it is in.
func missing(v *ledger.View, t event.Thing) ID {
	if i, ok := ledger.Get[*Incident](v, IncidentKey(frozenBy(v, t))); ok && slices.Contains(searched, i.Kind) {
		return i.ID
	}
	_, around := custody.Holder(v, t)
	for _, x := range append([]event.Thing{t}, around...) {
		if id, _ := LostBy(v, x); id != "" {
			return id
		}
	}
	return ""
}

// LostBy gives the incident whose search for a thing was closed, and who held it last; "" when it is not lost.
func LostBy(v *ledger.View, t event.Thing) (ID, event.Holder) {
	if c, ok := CoverOf(v, postal.ItemNumber(t)); ok {
		return c.Lost, c.Answers
	}
	if s, ok := ledger.Get[*Vessel](v, VesselKey(t)); ok {
		return s.Lost, s.Answers
	}
	return "", ""
}

func foldLost(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.SearchClosed:
		i := ledger.Edit[*Incident](v, IncidentKey(ID(f.Incident)))
		i.Decision, i.ReleasedBy, i.Closer, i.ReleasedMs = NotFound, f.First, f.Second, e.OccurredMs
		thaw(v, i.Things, i.ID)
		for n, t := range f.Things {
			markLost(v, t, i.ID, f.Answers[n])
			if c, ok := CoverOf(v, postal.ItemNumber(t)); ok {
				backIn(v, c, "") // what it carried back is to be returned still
			}
		}
	case event.LostFound:
		markLost(v, f.Thing, "", "")
		i := ledger.Edit[*Incident](v, IncidentKey(ID(f.Incident)))
		thaw(v, []event.Thing{f.Thing}, i.ID)
		if i.Decision != "" {
			return // given up long ago: what the minutes say stays
		}
		i.Back = append(i.Back, f.Thing)
		if len(searchedFor(v, i)) == 0 {
			i.Decision, i.ReleasedBy, i.ReleasedMs = FoundAgain, e.Actor, e.OccurredMs
		}
	}
}

func markLost(v *ledger.View, t event.Thing, by ID, answers event.Holder) {
	if _, ok := CoverOf(v, postal.ItemNumber(t)); ok {
		c := ledger.Edit[*Cover](v, CoverKey(postal.ItemNumber(t)))
		c.Lost, c.Answers = by, answers
	} else if _, ok := ledger.Get[*Vessel](v, VesselKey(t)); ok {
		s := ledger.Edit[*Vessel](v, VesselKey(t))
		s.Lost, s.Answers = by, answers
	}
}
