package closedmail

import (
	"cmp"
	"slices"
	"strconv"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Case is what is open until somebody ends it: a visit, a complaint, an inspection, a hold; and what is known of a printed page or form.
type Case struct {
	ID       ID
	Kind     string // "visit", "complaint", "inspection", "hold", "page", "form"
	Office   postal.OfficeCode
	About    string // the facility, the body, the authority, the reason, the register, what a form speaks of
	What     string // purpose, matter, kind, form
	Item     postal.ItemNumber
	Person   postal.StaffID // the host; who printed last
	OpenedMs int64
	DueMs    int64
	EndedMs  int64
	Outcome  string
	Findings []Finding
	Late     bool // an inspection announced later than the rules ask
	Copies   int  // of a page or form
	Rows     int  // on it
	PaysVND  postal.VND
}

const casesPlace = "kt1:cases"

// CaseKey is where a case is kept.
func CaseKey(id ID) ledger.Key { return ledger.Key("e:" + string(id)) }

// PageKey is where a page of a register is kept.
func PageKey(r Register, o postal.OfficeCode, page int) ledger.Key {
	return ledger.Key("e:" + string(r) + "/" + string(o) + "/" + strconv.Itoa(page))
}

// Place is the board of open cases, or what has ended at the office; prints lie on none, and visits that are over are in the visitor log.
func (c *Case) Place() string {
	switch {
	case c.Kind == "page", c.Kind == "form", c.Kind == "statement":
		return ""
	case c.EndedMs == 0:
		return casesPlace
	case c.Kind == "visit":
		return ""
	}
	return endedAt(c.Office)
}

func endedAt(o postal.OfficeCode) string { return "kt1:ended:" + string(o) }

// Encode writes the case.
func (c *Case) Encode(dst []byte) []byte { return ledger.Encode(dst, c.fields) }

// Decode reads the case.
func (c *Case) Decode(b []byte) error { return ledger.Decode(b, c.fields) }

func (c *Case) fields(w *ledger.Codec) {
	ledger.Str(w, &c.ID)
	ledger.Str(w, &c.Kind)
	ledger.Str(w, &c.Office)
	ledger.Str(w, &c.About)
	ledger.Str(w, &c.What)
	ledger.Str(w, &c.Item)
	ledger.Str(w, &c.Person)
	ledger.Int(w, &c.OpenedMs)
	ledger.Int(w, &c.DueMs)
	ledger.Int(w, &c.EndedMs)
	ledger.Str(w, &c.Outcome)
	ledger.List(w, &c.Findings, func(f *Finding, w *ledger.Codec) { ledger.Str(w, f) })
	ledger.Bool(w, &c.Late)
	ledger.Int(w, &c.Copies)
	ledger.Int(w, &c.Rows)
	ledger.Int(w, &c.PaysVND)
}

// Cases lists the open cases of a kind.
func Cases(v *ledger.View, kind string) []*Case { return casesAt(v, casesPlace, kind) }

// EndedCases lists the complaints, inspections or holds of an office that have ended, the last first.
func EndedCases(v *ledger.View, o postal.OfficeCode, kind string) []*Case {
	all := casesAt(v, endedAt(o), kind)
	slices.SortFunc(all, func(a, b *Case) int { return cmp.Compare(b.EndedMs, a.EndedMs) })
	return all
}

func casesAt(v *ledger.View, place, kind string) []*Case {
	var all []*Case
	for _, k := range v.At(place, 'e') {
		if c, ok := ledger.Get[*Case](v, k); ok && c.Kind == kind {
			all = append(all, c)
		}
	}
	return all
}

// openCase gives a case of an office that has not ended; what is open elsewhere is not known here.
func openCase(v *ledger.View, id ID, kind string, office postal.OfficeCode) (*Case, error) {
	if _, err := parseID(string(id)); err != nil {
		return nil, err
	}
	c, ok := ledger.Get[*Case](v, CaseKey(id))
	if !ok || c.Kind != kind || c.Office != office {
		return nil, fault.New(fault.NotFound, "closedmail.no_case", "Không có mục này.", "There is no such case.")
	}
	if c.EndedMs != 0 {
		return nil, fault.New(fault.Conflict, "closedmail.case_ended", "Mục này đã kết thúc.", "This case has ended.")
	}
	return c, nil
}

// BeginVisit lets somebody who does not work there into a KT1 area, with a worker beside him.
type BeginVisit struct {
	Facility FacilityCode   `json:"facility"`
	Purpose  Purpose        `json:"purpose"`
	Host     postal.StaffID `json:"host"`
}

// Name of the act.
func (BeginVisit) Name() string { return "kt1.begin_visit" }

// Touches the area.
func (a BeginVisit) Touches() []ledger.Key { return []ledger.Key{FacilityKey(a.Facility)} }

// Decide refuses a host without valid papers.
func (a BeginVisit) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Purposes, a.Purpose, "purpose"); err != nil {
		return nil, err
	}
	f, err := facility(v, a.Facility)
	if err != nil {
		return nil, err
	}
	if a.Facility.Kind() != Area || f.Office != e.Office {
		return nil, fault.New(fault.Invalid, "closedmail.area", "Hãy chọn khu vực KT1 của bưu cục này.", "Choose a KT1 area of this office.").At("facility")
	}
	if err := mayWork(v, a.Host, e.Office, Duties...); err != nil {
		return nil, err
	}
	return []event.Fact{event.VisitBegan{Visit: idOf(e, 0), Facility: string(a.Facility), Purpose: string(a.Purpose), Host: a.Host}}, nil
}

// EndVisit says that the visitor has left.
type EndVisit struct {
	Visit ID `json:"visit"`
}

// Name of the act.
func (EndVisit) Name() string { return "kt1.end_visit" }

// Touches the visit.
func (a EndVisit) Touches() []ledger.Key { return []ledger.Key{CaseKey(a.Visit)} }

// Decide refuses a visit that has ended.
func (a EndVisit) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if _, err := openCase(v, a.Visit, "visit", e.Office); err != nil {
		return nil, err
	}
	return []event.Fact{event.VisitEnded{Visit: string(a.Visit)}}, nil
}

// Complain records a body's complaint. When it must be answered comes from the rules.
type Complain struct {
	Body  BodyCode          `json:"body"`
	Item  postal.ItemNumber `json:"item,omitempty"`
	About About             `json:"about"`
	DueMs int64             `json:"due_ms"`
	Rules []RuleID          `json:"rules,omitempty"`
}

// Name of the act.
func (Complain) Name() string { return "kt1.complain" }

// Touches the body.
func (a Complain) Touches() []ledger.Key { return []ledger.Key{BodyKey(a.Body)} }

// Decide refuses a body that neither sent nor was to get the item.
func (a Complain) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Abouts, a.About, "about"); err != nil {
		return nil, err
	}
	if err := parseRules(a.Rules); err != nil {
		return nil, err
	}
	if _, err := ParseBody(string(a.Body)); err != nil {
		return nil, err
	}
	if _, ok := ledger.Get[*Body](v, BodyKey(a.Body)); !ok {
		return nil, unknown(string(a.Body))
	}
	if a.Item == "" && slices.Contains(ofAnItem, a.About) {
		return nil, fault.New(fault.Invalid, "closedmail.complaint_item", "Khiếu nại này phải ghi số hiệu bưu gửi.", "This complaint needs the number of the item.").At("item")
	}
	if a.Item != "" {
		if c, ok := CoverOf(v, a.Item); !ok || !concerns(v, e.Office, event.Thing(a.Item)) || c.Sender != a.Body && c.Addressee != a.Body {
			return nil, fault.New(fault.NotFound, "closedmail.not_theirs", "Bưu gửi này không phải của cơ quan khiếu nại.", "This item is not the complaining body's.").At("item")
		}
	}
	if a.DueMs <= v.NowMs {
		return nil, fault.New(fault.Invalid, "closedmail.due", "Hạn trả lời phải ở phía trước.", "The day of the answer lies ahead.").At("due")
	}
	facts := []event.Fact{event.ComplaintOpened{Complaint: idOf(e, 0), Body: string(a.Body), Item: a.Item, About: string(a.About), DueMs: a.DueMs, Rules: retyped[string](a.Rules)}}
	if a.About == AboutOpened { // a breach of secrecy is investigated: minutes of two, a report up the line, a supervisor's decision
		i := event.IncidentOpened{Incident: idOf(e, 1), Kind: string(Opened), Office: e.Office}
		if t := event.Thing(a.Item); inHands(v, e, t) && frozenBy(v, t) == "" {
			i.Things = []event.Thing{t} // what is here stays until it was looked at
		}
		facts = append(facts, i)
	}
	return facts, nil
}

// AboutOpened is the complaint that a cover was opened.
const AboutOpened About = "opened"

// investigated reports whether the incident that a complaint began is still open.
func investigated(v *ledger.View, complaint ID) bool {
	i, ok := ledger.Get[*Incident](v, IncidentKey(complaint+"-001"))
	return ok && i.Decision == ""
}

// ofAnItem are the complaints that are about one item.
var ofAnItem = []About{"lost", "damaged", AboutOpened}

// Answer ends a complaint.
type Answer struct {
	Complaint ID         `json:"complaint"`
	Outcome   Outcome    `json:"outcome"`
	PaysVND   postal.VND `json:"pays_vnd,omitempty"` // compensation, by general law: KT1 has no amounts of its own
}

// Name of the act.
func (Answer) Name() string { return "kt1.answer" }

// Touches the complaint.
func (a Answer) Touches() []ledger.Key { return []ledger.Key{CaseKey(a.Complaint)} }

// Decide leaves the answer to a supervisor.
func (a Answer) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Outcomes, a.Outcome, "outcome"); err != nil {
		return nil, err
	}
	c, err := openCase(v, a.Complaint, "complaint", e.Office)
	switch {
	case err != nil:
		return nil, err
	case About(c.What) == AboutOpened && investigated(v, c.ID):
		return nil, fault.New(fault.Conflict, "closedmail.investigated", "Bì bị bóc mở phải điều tra xong mới trả lời: hai người ký biên bản, báo cáo lên trên, kiểm soát viên giải toả sự cố.",
			"An opened cover is investigated before the answer: minutes of two, a report up the line, a supervisor's release of the incident.").At("outcome")
	case a.PaysVND < 0 || a.PaysVND > 0 && !slices.Contains([]Outcome{"upheld", "partly"}, a.Outcome):
		return nil, fault.New(fault.Invalid, "closedmail.pays", "Chỉ bồi thường khi khiếu nại đúng hoặc đúng một phần.", "Compensation is paid only when the complaint is right, or partly.").At("pays")
	}
	return []event.Fact{event.ComplaintAnswered{Complaint: string(a.Complaint), Outcome: string(a.Outcome), PaysVND: a.PaysVND}}, nil
}

// Announce records that an authority comes to inspect. Short says that the notice was shorter than the rules ask.
type Announce struct {
	Authority Authority  `json:"authority"`
	Surprise  bool       `json:"surprise,omitempty"`
	On        postal.Day `json:"on"`
	Short     bool       `json:"short,omitempty"`
}

// Name of the act.
func (Announce) Name() string { return "kt1.announce" }

// Touches nothing that exists.
func (Announce) Touches() []ledger.Key { return nil }

// Decide refuses a day that is over.
func (a Announce) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Authorities, a.Authority, "authority"); err != nil {
		return nil, err
	}
	if a.On.Before(today(v)) {
		return nil, fault.New(fault.Invalid, "closedmail.inspection_day", "Ngày kiểm tra đã qua.", "The day of the inspection is over.").At("on")
	}
	kind := "regular"
	if a.Surprise {
		kind = "surprise"
	}
	return []event.Fact{event.InspectionAnnounced{Inspection: idOf(e, 0), Authority: string(a.Authority), Kind: kind, Office: e.Office, On: a.On, Short: a.Short}}, nil
}

// EndInspection records what an authority found.
type EndInspection struct {
	Inspection ID        `json:"inspection"`
	Findings   []Finding `json:"findings,omitempty"`
}

// Name of the act.
func (EndInspection) Name() string { return "kt1.end_inspection" }

// Touches the inspection.
func (a EndInspection) Touches() []ledger.Key { return []ledger.Key{CaseKey(a.Inspection)} }

// Decide leaves it to a supervisor.
func (a EndInspection) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	c, err := openCase(v, a.Inspection, "inspection", e.Office)
	if err != nil {
		return nil, err
	}
	f := event.InspectionEnded{Inspection: string(a.Inspection), Kind: c.What}
	for n, x := range a.Findings {
		if err := oneOf(Findings, x, "findings"); err != nil {
			return nil, err
		}
		if !slices.Contains(a.Findings[:n], x) {
			f.Findings = append(f.Findings, string(x))
		}
	}
	return []event.Fact{f}, nil
}

// Hold keeps the records of this office beyond their time.
type Hold struct {
	Reason Reason `json:"reason"`
}

// Name of the act.
func (Hold) Name() string { return "kt1.hold" }

// Touches nothing that exists.
func (Hold) Touches() []ledger.Key { return nil }

// Decide leaves it to a supervisor.
func (a Hold) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(HoldReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	return []event.Fact{event.HoldPlaced{Hold: idOf(e, 0), Reason: string(a.Reason), Office: e.Office}}, nil
}

// LiftHold ends it.
type LiftHold struct {
	Hold ID `json:"hold"`
}

// Name of the act.
func (LiftHold) Name() string { return "kt1.lift_hold" }

// Touches the hold.
func (a LiftHold) Touches() []ledger.Key { return []ledger.Key{CaseKey(a.Hold)} }

// Decide leaves it to a supervisor.
func (a LiftHold) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if _, err := openCase(v, a.Hold, "hold", e.Office); err != nil {
		return nil, err
	}
	return []event.Fact{event.HoldLifted{Hold: string(a.Hold)}}, nil
}

func foldCase(v *ledger.View, e *event.Entry, f event.Fact) {
	begin := func(id string, c Case) {
		c.ID, c.OpenedMs = ID(id), e.OccurredMs
		if c.Office == "" {
			c.Office = e.Office
		}
		*ledger.Edit[*Case](v, CaseKey(ID(id))) = c
	}
	end := func(id string) *Case {
		c := ledger.Edit[*Case](v, CaseKey(ID(id)))
		c.EndedMs = e.OccurredMs
		return c
	}
	switch f := f.(type) {
	case event.VisitBegan:
		begin(f.Visit, Case{Kind: "visit", About: f.Facility, What: f.Purpose, Person: f.Host})
	case event.VisitEnded:
		end(f.Visit)
	case event.ComplaintOpened:
		begin(f.Complaint, Case{Kind: "complaint", About: f.Body, What: f.About, Item: f.Item, DueMs: f.DueMs})
	case event.ComplaintAnswered:
		c := end(f.Complaint)
		c.Outcome, c.PaysVND = f.Outcome, f.PaysVND
	case event.InspectionAnnounced:
		begin(f.Inspection, Case{Kind: "inspection", About: f.Authority, What: f.Kind, Office: f.Office, DueMs: postal.Millis(f.On.Start()), Late: f.Short})
	case event.InspectionEnded:
		c := end(f.Inspection)
		for _, x := range f.Findings {
			c.Findings = append(c.Findings, Finding(x))
		}
	case event.HoldPlaced:
		begin(f.Hold, Case{Kind: "hold", About: f.Reason, Office: f.Office})
	case event.HoldLifted:
		end(f.Hold)
	}
}
