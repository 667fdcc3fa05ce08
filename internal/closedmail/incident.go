package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Incident is something wrong (sự cố): a seal that differs, a torn cover, a missing item. Its things stay where they are until a supervisor releases them.
type Incident struct {
	ID         ID
	Kind       Trouble
	Things     []event.Thing
	Office     postal.OfficeCode
	Handover   event.Thing
	Found      Seal
	Known      Seal
	OpenedMs   int64
	By         postal.StaffID
	First      postal.StaffID // signed the minutes
	Second     postal.StaffID
	SignedMs   int64
	Reported   []Report
	Decision   Decision // "" while it is open
	ReleasedBy postal.StaffID
	ReleasedMs int64
	Seq        int64
	Closer     postal.StaffID // signed the end of a search beside ReleasedBy
	Back       []event.Thing  // those that turned up before the incident ended
	Partner    PartnerCode    // that brought it
}

// Report is one report up the line.
type Report struct {
	To Level
	Ms int64
}

// IncidentKey is where an incident is kept.
func IncidentKey(id ID) ledger.Key { return ledger.Key("f:" + string(id)) }

// Place is the board of its office while it is open.
func (i *Incident) Place() string {
	if i.Decision != "" {
		return ""
	}
	return incidentsOf(i.Office)
}

func incidentsOf(o postal.OfficeCode) string { return "kt1:incidents:" + string(o) }

// Encode writes the incident.
func (i *Incident) Encode(dst []byte) []byte { return ledger.Encode(dst, i.fields) }

// Decode reads the incident.
func (i *Incident) Decode(b []byte) error { return ledger.Decode(b, i.fields) }

func (i *Incident) fields(c *ledger.Codec) {
	ledger.Str(c, &i.ID)
	ledger.Str(c, &i.Kind)
	ledger.List(c, &i.Things, func(t *event.Thing, c *ledger.Codec) { ledger.Str(c, t) })
	ledger.Str(c, &i.Office)
	ledger.Str(c, &i.Handover)
	ledger.Str(c, &i.Found)
	ledger.Str(c, &i.Known)
	ledger.Int(c, &i.OpenedMs)
	ledger.Str(c, &i.By)
	ledger.Str(c, &i.First)
	ledger.Str(c, &i.Second)
	ledger.Int(c, &i.SignedMs)
	ledger.List(c, &i.Reported, func(r *Report, c *ledger.Codec) {
		ledger.Str(c, &r.To)
		ledger.Int(c, &r.Ms)
	})
	ledger.Str(c, &i.Decision)
	ledger.Str(c, &i.ReleasedBy)
	ledger.Int(c, &i.ReleasedMs)
	ledger.Int(c, &i.Seq)
	ledger.Str(c, &i.Closer)
	ledger.List(c, &i.Back, func(t *event.Thing, c *ledger.Codec) { ledger.Str(c, t) })
	ledger.Str(c, &i.Partner)
}

// Incidents lists the open ones of an office.
func Incidents(v *ledger.View, o postal.OfficeCode) []*Incident {
	var all []*Incident
	for _, k := range v.At(incidentsOf(o), 'f') {
		if i, ok := ledger.Get[*Incident](v, k); ok {
			all = append(all, i)
		}
	}
	return all
}

func noIncident() *fault.Error {
	return fault.New(fault.NotFound, "closedmail.no_incident", "Không có sự cố này.", "There is no such incident.")
}

func incident(v *ledger.View, id ID) (*Incident, error) {
	if _, err := parseID(string(id)); err != nil {
		return nil, err
	}
	i, ok := ledger.Get[*Incident](v, IncidentKey(id))
	if !ok {
		return nil, noIncident()
	}
	if i.Decision != "" {
		return nil, fault.New(fault.Conflict, "closedmail.released", "Sự cố này đã được giải toả.", "This incident has been released.")
	}
	return i, nil
}

// ReportIncident opens an incident that a person has seen. What it names is frozen.
type ReportIncident struct {
	Kind   Trouble       `json:"kind"`
	Things []event.Thing `json:"things,omitempty"`
}

// maxInIncident bounds the things of one incident.
const maxInIncident = 50

// Name of the act.
func (ReportIncident) Name() string { return "kt1.report_incident" }

// Touches the things.
func (a ReportIncident) Touches() []ledger.Key {
	var keys []ledger.Key
	for _, t := range a.Things {
		if k := custody.KeyOf(t); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// Decide refuses things that are not in the books or frozen already.
func (a ReportIncident) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := mayWork(v, e.Actor, "", Duties...); err != nil {
		return nil, err
	}
	if err := oneOf(Troubles, a.Kind, "kind"); err != nil {
		return nil, err
	}
	if len(a.Things) > maxInIncident {
		return nil, fault.New(fault.TooLarge, "closedmail.incident_size", "Một sự cố có tối đa %d mục.", "An incident has at most %d things.", maxInIncident)
	}
	var holds PartnerCode
	for _, t := range a.Things {
		if k := custody.KeyOf(t); k == "" || k[0] == 'h' || !concerns(v, e.Office, t) {
			return nil, unknown(string(t))
		}
		if !inHands(v, e, t) {
			return nil, fault.New(fault.Forbidden, "closedmail.held_elsewhere", "Theo sổ bên khác đang giữ %s. Bên giữ báo sự cố và lập biên bản.", "By the books somebody else holds %s. They report it and write the minutes.", t).At("things")
		}
		if frozenBy(v, t) != "" {
			return nil, fault.New(fault.Conflict, "closedmail.frozen_already", "%s đã bị phong toả vì một sự cố khác.", "%s is frozen by another incident already.", t).At("things")
		}
		if h, _ := custody.Holder(v, t); holds == "" {
			holds = PartnerOf(h)
		}
	}
	return []event.Fact{event.IncidentOpened{Incident: idOf(e, 0), Kind: string(a.Kind), Things: a.Things, Office: e.Office, Partner: string(holds)}}, nil
}

// SignMinutes is the signature of two persons under the minutes of an incident.
type SignMinutes struct {
	Incident ID             `json:"incident"`
	Second   postal.StaffID `json:"second"`
}

// Name of the act.
func (SignMinutes) Name() string { return "kt1.sign_minutes" }

// Touches the incident.
func (a SignMinutes) Touches() []ledger.Key { return []ledger.Key{IncidentKey(a.Incident)} }

// Decide refuses one person alone. A courier may be one of the two: the other side of a handover is.
func (a SignMinutes) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, err := incident(v, a.Incident)
	if err != nil {
		return nil, err
	}
	switch {
	case i.Office != e.Office:
		return nil, othersMinutes(i.Office)
	case i.First != "":
		return nil, fault.New(fault.Conflict, "closedmail.minutes_signed", "Biên bản đã có hai người ký.", "The minutes are signed by two already.")
	case a.Second == "":
		return nil, secondMissing("second")
	case a.Second == e.Actor:
		return nil, samePerson()
	}
	for _, who := range []postal.StaffID{e.Actor, a.Second} {
		if mayWork(v, who, e.Office, Duties...) == nil {
			continue
		}
		if err := mayWork(v, who, "", Courier, Escort); err != nil {
			return nil, err
		}
	}
	if err := leavesSupervisor(v, e.Office, e.Actor, a.Second); err != nil {
		return nil, err
	}
	return []event.Fact{event.MinutesSigned{Incident: string(a.Incident), First: e.Actor, Second: a.Second}}, nil
}

// leavesSupervisor refuses minutes that would leave the office nobody to release what they freeze: whoever signs them does not.
func leavesSupervisor(v *ledger.View, o postal.OfficeCode, first, second postal.StaffID) error {
	signs := false
	for _, w := range Workers(v) {
		if !w.has(o, Supervisor) || len(w.Lacks(today(v))) > 0 {
			continue
		}
		if w.ID != first && w.ID != second {
			return nil
		}
		signs = true
	}
	if !signs {
		return nil // there is none to begin with: that is shown elsewhere
	}
	return fault.New(fault.Conflict, "closedmail.only_supervisor", "Bưu cục không còn kiểm soát viên nào khác để giải toả: hãy để hai người khác ký biên bản.",
		"The office has no other supervisor to release: let two others sign the minutes.").At("second")
}

func othersMinutes(o postal.OfficeCode) error {
	return fault.New(fault.Forbidden, "closedmail.other_office", "Sự cố này do bưu cục %s lập biên bản.", "Office %s writes the minutes of this incident.", o)
}

// ReportUp says that the incident was reported up the line.
type ReportUp struct {
	Incident ID    `json:"incident"`
	To       Level `json:"to"`
}

// Name of the act.
func (ReportUp) Name() string { return "kt1.report_up" }

// Touches the incident.
func (a ReportUp) Touches() []ledger.Key { return []ledger.Key{IncidentKey(a.Incident)} }

// Decide refuses the same level twice.
func (a ReportUp) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	i, err := incident(v, a.Incident)
	if err != nil {
		return nil, err
	}
	if i.Office != e.Office {
		return nil, othersMinutes(i.Office)
	}
	if err := oneOf(Levels, a.To, "to"); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(i.Reported, func(r Report) bool { return r.To == a.To }) {
		return nil, fault.New(fault.Conflict, "closedmail.reported", "Đã báo cáo cấp này rồi.", "This level has been told already.").At("to")
	}
	return []event.Fact{event.IncidentReported{Incident: string(a.Incident), To: string(a.To), AfterMin: int(max(0, e.OccurredMs-i.OpenedMs) / 60_000)}}, nil
}

// Release is a supervisor's decision on an incident: its things may move again, and what custody noted about them is settled.
type Release struct {
	Incident ID       `json:"incident"`
	Decision Decision `json:"decision"`
}

// Name of the act.
func (Release) Name() string { return "kt1.release" }

// Touches the incident.
func (a Release) Touches() []ledger.Key { return []ledger.Key{IncidentKey(a.Incident)} }

// Decide refuses before the minutes are signed and the incident is reported, and one of the two who signed.
func (a Release) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	i, err := incident(v, a.Incident)
	if err != nil {
		return nil, err
	}
	if err := oneOf(Decisions, a.Decision, "decision"); err != nil {
		return nil, err
	}
	if err := a.ready(i, e); err != nil {
		return nil, err
	}
	if left := searchedFor(v, i); i.Kind == Short && len(left) > 0 {
		return nil, fault.New(fault.Conflict, "closedmail.find_first", "%[1]s chưa được ghi tìm thấy. Ai đang cầm thì bấm “Đã thấy ở đây”; hai người ký biên bản, rồi kiểm soát viên mới giải toả.",
			"%[1]s was not recorded as found. Whoever has it presses “It is here”; two persons sign the minutes, and then a supervisor releases.", left[0]).At("decision")
	}
	facts := []event.Fact{event.IncidentReleased{Incident: string(a.Incident), Decision: string(a.Decision), By: e.Actor}}
	return append(facts, settled(v, e, i, "recounted")...), nil
}

func (a Release) ready(i *Incident, e ledger.Envelope) error {
	switch {
	case i.Office != e.Office:
		return othersMinutes(i.Office)
	case i.First == "":
		return fault.New(fault.Conflict, "closedmail.minutes_missing", "Biên bản chưa có hai người ký.", "The minutes are not signed by two yet.")
	case len(i.Reported) == 0:
		return fault.New(fault.Conflict, "closedmail.not_reported", "Chưa báo cáo sự cố lên cấp trên.", "The incident has not been reported up the line yet.")
	case i.First == e.Actor || i.Second == e.Actor:
		return fault.New(fault.Forbidden, "closedmail.own_minutes", "Người đã ký biên bản không tự giải toả. Cần kiểm soát viên khác.", "Whoever signed the minutes does not release. Another supervisor must.")
	case (a.Decision == FoundAgain) != (i.Kind == Short):
		return fault.New(fault.Invalid, "closedmail.decision", "Bưu gửi thiếu chỉ giải toả khi đã tìm thấy; các sự cố khác thì không dùng lựa chọn này.",
			"What is missing is released once it is found, and only that.").At("decision")
	}
	return nil
}

// settled notes the irregularities that custody raised about the things of an incident.
func settled(v *ledger.View, e ledger.Envelope, i *Incident, reason string) []event.Fact {
	var facts []event.Fact
	for _, k := range v.At(string(custody.AtOffice(e.Office)), 'x') {
		x, ok := ledger.Get[*custody.Irregularity](v, k)
		if !ok || !slices.Contains(i.Things, x.Thing) {
			continue
		}
		more, err := custody.Settle{Irregularity: x.ID, Decision: custody.Noted, Reason: reason}.Decide(v, e)
		if err == nil {
			facts = append(facts, more...)
		}
	}
	return facts
}

// Settle decides an irregularity that custody raised: a supervisor's matter here.
type Settle struct {
	Irregularity ID     `json:"irregularity"`
	Decision     Reason `json:"decision"`
	Reason       Reason `json:"reason"`
}

// Name of the act.
func (Settle) Name() string { return "kt1.settle" }

func (a Settle) inner() custody.Settle {
	return custody.Settle{Irregularity: string(a.Irregularity), Decision: string(a.Decision), Reason: string(a.Reason)}
}

// Touches the irregularity.
func (a Settle) Touches() []ledger.Key { return a.inner().Touches() }

// Decide refuses to move what is frozen.
func (a Settle) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if _, err := parseID(string(a.Irregularity)); err != nil {
		return nil, err
	}
	if x, ok := ledger.Get[*custody.Irregularity](v, custody.IrregularityKey(string(a.Irregularity))); ok && a.Decision == custody.AccountHolds {
		if err := free(v, x.Thing); err != nil {
			return nil, err
		}
	}
	return a.inner().Decide(v, e)
}

func foldIncident(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.IncidentOpened:
		*ledger.Edit[*Incident](v, IncidentKey(ID(f.Incident))) = Incident{ID: ID(f.Incident), Kind: Trouble(f.Kind), Things: f.Things, Office: f.Office, Handover: f.Handover,
			Found: Seal(f.Found), Known: Seal(f.Known), OpenedMs: e.OccurredMs, By: doer(e), Seq: e.Seq, Partner: PartnerCode(f.Partner)}
		freeze(v, f.Things, ID(f.Incident))
	case event.MinutesSigned:
		i := ledger.Edit[*Incident](v, IncidentKey(ID(f.Incident)))
		i.First, i.Second, i.SignedMs = f.First, f.Second, e.OccurredMs
	case event.IncidentReported:
		i := ledger.Edit[*Incident](v, IncidentKey(ID(f.Incident)))
		i.Reported = append(i.Reported, Report{To: Level(f.To), Ms: e.OccurredMs})
	case event.IncidentReleased:
		i := ledger.Edit[*Incident](v, IncidentKey(ID(f.Incident)))
		i.Decision, i.ReleasedBy, i.ReleasedMs = Decision(f.Decision), f.By, e.OccurredMs
		thaw(v, i.Things, i.ID)
		if i.Kind == Seals && i.Found != "" {
			for _, t := range i.Things {
				ledger.Edit[*Vessel](v, VesselKey(t)).Seal = i.Found // the next one may open it with the seal that was found
			}
		}
	}
}

// freeze marks things with the incident that holds them; the first incident keeps them. What closed mail does not know cannot move anyway.
func freeze(v *ledger.View, things []event.Thing, by ID) { mark(v, things, "", by) }

// thaw frees the things that this incident holds.
func thaw(v *ledger.View, things []event.Thing, by ID) { mark(v, things, by, "") }

func mark(v *ledger.View, things []event.Thing, was, now ID) {
	for _, t := range things {
		k := custody.KeyOf(t)
		if k == "" || frozenBy(v, t) != was {
			continue
		}
		switch k[0] {
		case 'i':
			if _, ok := CoverOf(v, postal.ItemNumber(t)); ok {
				ledger.Edit[*Cover](v, CoverKey(postal.ItemNumber(t))).Frozen = now
			}
		case 'b', 'd':
			s := ledger.Edit[*Vessel](v, VesselKey(t))
			s.Code, s.Frozen = t, now
		}
	}
}
