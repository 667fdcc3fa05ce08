package event

import (
	"encoding/json"

	"citypost/internal/postal"
)

// KT1 is the closed mail of Party and State bodies (bưu chính KT1). It lives in the closed house only.
const KT1 Service = "kt1"

// PaperFiled: a paper about a worker is in the file: security clearance, background check, training or the written commitment to keep State secrets.
// The zero Until has no end.
type PaperFiled struct {
	Person postal.StaffID `json:"person"`
	Paper  string         `json:"paper"`
	On     postal.Day     `json:"on"`
	Until  postal.Day     `json:"until,omitzero"`
}

// PaperWithdrawn: a worker's paper does not hold any longer.
type PaperWithdrawn struct {
	Person postal.StaffID `json:"person"`
	Paper  string         `json:"paper"`
	Reason string         `json:"reason"`
}

// PersonAssigned: a worker has a duty at an office.
type PersonAssigned struct {
	Person postal.StaffID    `json:"person"`
	Duty   string            `json:"duty"`
	Office postal.OfficeCode `json:"office"`
}

// PersonRelieved: the duty has ended.
type PersonRelieved struct {
	Person postal.StaffID    `json:"person"`
	Duty   string            `json:"duty"`
	Office postal.OfficeCode `json:"office"`
}

// FacilityAdded: an area, vehicle, box, bag or locator belongs to an office.
type FacilityAdded struct {
	Facility string            `json:"facility"`
	Kind     string            `json:"kind"`
	Office   postal.OfficeCode `json:"office"`
}

// FacilityInspected: somebody looked at every property that its kind must have; Lacks are those it has not.
type FacilityInspected struct {
	Facility string     `json:"facility"`
	Lacks    []string   `json:"lacks,omitempty"`
	Until    postal.Day `json:"until"` // when it must be inspected again
}

// FacilityRetired: it is out of use for good.
type FacilityRetired struct {
	Facility string `json:"facility"`
	Reason   string `json:"reason"`
}

// FacilityMoved: it is at another office now, empty and free.
type FacilityMoved struct {
	Facility string            `json:"facility"`
	To       postal.OfficeCode `json:"to"`
}

// ResponsibleNamed: a worker answers for a place or a vehicle.
type ResponsibleNamed struct {
	Facility string         `json:"facility"`
	Person   postal.StaffID `json:"person"`
}

// VisitBegan: somebody who does not work there entered a KT1 area, with a worker beside him. Who it was is sealed in a table.
type VisitBegan struct {
	Visit    string         `json:"visit"`
	Facility string         `json:"facility"`
	Purpose  string         `json:"purpose"`
	Host     postal.StaffID `json:"host"`
}

// VisitEnded: the visitor has left.
type VisitEnded struct {
	Visit string `json:"visit"`
}

// BodyListed: a body may use KT1. List is the appendix that names it; Central marks the four offices that may write to persons outside the list.
type BodyListed struct {
	Body    string `json:"body"`
	List    string `json:"list"`
	Central bool   `json:"central,omitempty"`
}

// BodyDelisted: the body may not send any longer.
type BodyDelisted struct {
	Body string `json:"body"`
}

// EntryChanged: name, address, commune, delivering office or hours of a body are others from now on. What they are is a row of a table and never here: Digest is the
// fingerprint of that row with a salt that stands beside it. By is whoever took it in.
type EntryChanged struct {
	Body    string         `json:"body"`
	Version int            `json:"version"`
	Digest  string         `json:"digest"` // SHA-256
	By      postal.StaffID `json:"by"`
}

// BodyPersonNamed: a person receives for a body: its registry clerk, its contact outside working hours, or its leader.
type BodyPersonNamed struct {
	Body   string         `json:"body"`
	Person postal.StaffID `json:"person"`
	As     string         `json:"as"`
	FromMs int64          `json:"from_ms,omitempty"` // what was signed on paper before is not his
}

// BodyPersonEnded: the person does not receive for the body any longer.
type BodyPersonEnded struct {
	Body   string         `json:"body"`
	Person postal.StaffID `json:"person"`
	As     string         `json:"as"`
}

// KT1Accepted: what stands on the cover of an accepted item, and nothing about what is in it.
type KT1Accepted struct {
	Item      postal.ItemNumber `json:"item"`
	Number    string            `json:"number,omitempty"` // on the cover; a cover of letter A may bear none
	Sender    string            `json:"sender"`
	HandedBy  postal.StaffID    `json:"handed_by"` // the named person of the sender
	Addressee string            `json:"addressee"`
	Secrecy   string            `json:"secrecy,omitempty"` // "A", "B", "C" or none
	Urgency   string            `json:"urgency,omitempty"` // "express", "timed" or plain
	AtMs      int64             `json:"at_ms,omitempty"`   // the time that the sender fixed
	NamedOnly bool              `json:"named_only,omitempty"`
	RecallBy  postal.Day        `json:"recall_by,omitzero"` // stamped as a document to be returned, by this day
	Returns   postal.ItemNumber `json:"returns,omitempty"`  // the item whose document comes back in this one
	Locator   string            `json:"locator,omitempty"`
	Demand    string            `json:"demand,omitempty"` // of a locator, by a central office: "yes", "no"; "" when it was not asked
	Inter     bool              `json:"inter,omitempty"`  // to another province
	Suburban  bool              `json:"suburban,omitempty"`
	List      string            `json:"list"`                // the sender's, which says who pays
	Partner   string            `json:"partner,omitempty"`   // the operator outside that brought it; it was accepted there
	Bag       Thing             `json:"bag,omitempty"`       // in which the partner brought it
	OriginDay postal.Day        `json:"origin_day,omitzero"` // of acceptance there, as stamped on the cover: the clock runs from it
}

// KT1Left: items left the office that took them in, by a KT1 vehicle or with an escort. WaitMin is how long each had waited since acceptance.
type KT1Left struct {
	Items    []postal.ItemNumber `json:"items"`
	WaitMin  []int               `json:"wait_min"`
	Handover Thing               `json:"handover"`
	Vehicle  string              `json:"vehicle,omitempty"`
	Escort   postal.StaffID      `json:"escort,omitempty"`
}

// KT1Delivered: a named person of a body took the item after looking at number, packing and seal.
type KT1Delivered struct {
	Item       postal.ItemNumber `json:"item"`
	Body       string            `json:"body"`
	As         string            `json:"as"` // "clerk", "contact" or "leader"
	Receiver   postal.StaffID    `json:"receiver"`
	AfterHours bool              `json:"after_hours,omitempty"`
	Unopened   bool              `json:"unopened,omitempty"` // for the named person only: taken to be passed on unopened
	Office     postal.OfficeCode `json:"office,omitempty"`   // that delivers it, whose transfer book it stands in
	Absent     bool              `json:"absent,omitempty"`   // the named person was absent, so the leader took it
	List       Thing             `json:"list,omitempty"`     // the delivery list on whose paper the receiver signed; then the entry's time is that of the paper
	By         postal.StaffID    `json:"by,omitempty"`       // with List: the courier who carried it
	Checked    postal.StaffID    `json:"checked,omitempty"`  // with List: who read the signed paper at the office
}

// KT1Excused: a late item could not come in time because of superior force. Its delay is not judged.
type KT1Excused struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"` // "storm", "flood", "fire", "road_closed", "epidemic" or "order"
	By     postal.StaffID    `json:"by"`
}

// RecallMet: a document to be returned is back with its sender, in another item.
type RecallMet struct {
	Item postal.ItemNumber `json:"item"`
	By   postal.ItemNumber `json:"by"`
}

// VesselStarted: a bag or a locked box is in use under this code.
type VesselStarted struct {
	Vessel   Thing  `json:"vessel"`
	Facility string `json:"facility"`
}

// VesselClosed: two persons closed and sealed it.
type VesselClosed struct {
	Vessel  Thing          `json:"vessel"`
	Seal    string         `json:"seal"`
	First   postal.StaffID `json:"first"`
	Second  postal.StaffID `json:"second"`
	WeightG postal.Grams   `json:"weight_g,omitempty"` // 0: not weighed
}

// VesselReopened: two persons of the office that closed it opened it again before it left.
type VesselReopened struct {
	Vessel Thing          `json:"vessel"`
	First  postal.StaffID `json:"first"`
	Second postal.StaffID `json:"second"`
}

// VesselOpened: two persons opened it at its destination.
type VesselOpened struct {
	Vessel  Thing          `json:"vessel"`
	Seal    string         `json:"seal"`
	First   postal.StaffID `json:"first"`
	Second  postal.StaffID `json:"second"`
	WeightG postal.Grams   `json:"weight_g,omitempty"` // 0: not weighed
}

// VesselEmptied: two persons found nothing more in it.
type VesselEmptied struct {
	Vessel Thing               `json:"vessel"`
	First  postal.StaffID      `json:"first"`
	Second postal.StaffID      `json:"second"`
	Short  []postal.ItemNumber `json:"short,omitempty"`
}

// TransportNamed: how a dispatch or a delivery list travels: in a KT1 vehicle, or by other means with an escort.
type TransportNamed struct {
	Thing   Thing          `json:"thing"`
	Vehicle string         `json:"vehicle,omitempty"`
	Escort  postal.StaffID `json:"escort,omitempty"`
	Guard   string         `json:"guard,omitempty"` // "guard" or "police", where it was necessary
}

// HandoverChecked: the taker looked at number, packing and seals before signing.
type HandoverChecked struct {
	Handover Thing          `json:"handover"`
	By       postal.StaffID `json:"by"`
}

// IncidentOpened: something is wrong with these things; nothing moves them until a supervisor releases them.
type IncidentOpened struct {
	Incident string            `json:"incident"`
	Kind     string            `json:"kind"`
	Things   []Thing           `json:"things,omitempty"`
	Office   postal.OfficeCode `json:"office"`
	Handover Thing             `json:"handover,omitempty"`
	Found    string            `json:"found,omitempty"`   // the seal that was found
	Known    string            `json:"known,omitempty"`   // the seal that the ledger knows
	Partner  string            `json:"partner,omitempty"` // the operator outside that brought it
}

// MinutesSigned: two persons signed the minutes of an incident (biên bản).
type MinutesSigned struct {
	Incident string         `json:"incident"`
	First    postal.StaffID `json:"first"`
	Second   postal.StaffID `json:"second"`
}

// IncidentReported: the incident was reported up the line.
type IncidentReported struct {
	Incident string `json:"incident"`
	To       string `json:"to"`
	AfterMin int    `json:"after_min"` // minutes since the incident was opened
}

// IncidentReleased: a supervisor decided, and the things may move again.
type IncidentReleased struct {
	Incident string         `json:"incident"`
	Decision string         `json:"decision"`
	By       postal.StaffID `json:"by"`
}

// ShiftOpened: a KT1 office begins its first shift.
type ShiftOpened struct {
	Office postal.OfficeCode `json:"office"`
	Shift  int               `json:"shift"`
	Worker postal.StaffID    `json:"worker"`
}

// ShiftHanded: everything that the office holds was counted and handed from one shift to the next.
type ShiftHanded struct {
	Office postal.OfficeCode `json:"office"`
	Shift  int               `json:"shift"` // the new one
	From   postal.StaffID    `json:"from"`
	To     postal.StaffID    `json:"to"`
	Held   []Thing           `json:"held,omitempty"` // counted
	Short  []Thing           `json:"short,omitempty"`
	Over   []Thing           `json:"over,omitempty"`
}

// RegisterPrinted: one page of a register went to paper; Copy is 1 for the first, and a later copy has its reason.
type RegisterPrinted struct {
	Register string            `json:"register"`
	Office   postal.OfficeCode `json:"office"`
	Page     int               `json:"page"`
	Rows     int               `json:"rows"`  // on the page
	Total    int               `json:"total"` // up to its end
	Copy     int               `json:"copy"`
	Reason   string            `json:"reason,omitempty"`
	LastMs   int64             `json:"last_ms,omitempty"` // of the last line on it
}

// KT1FormPrinted: a form of closed mail went to paper: a label, a manifest, a record, a statement. About is the number or code that it speaks of; Copy is 1 for the first,
// and a later copy has its reason.
type KT1FormPrinted struct {
	Form   string `json:"form"`
	About  string `json:"about"`
	Copy   int    `json:"copy"`
	Reason string `json:"reason,omitempty"`
}

// LocatorChanged: another locator was put on an item.
type LocatorChanged struct {
	Item postal.ItemNumber `json:"item"`
	From string            `json:"from"`
	To   string            `json:"to"`
}

// StatementConfirmed: a body said of the statement of a month that it agrees, or differs. Digest marks the figures that it saw.
type StatementConfirmed struct {
	Body    string         `json:"body"`
	Month   string         `json:"month"`
	Verdict string         `json:"verdict"`
	Digest  string         `json:"digest"`
	By      postal.StaffID `json:"by"`
}

// Detoured: an item went into a bag for an office that does not deliver it.
type Detoured struct {
	Item postal.ItemNumber `json:"item"`
	Via  postal.OfficeCode `json:"via"`
}

// RegisterDestroyed: a bound page was destroyed after its keeping time.
type RegisterDestroyed struct {
	Register string            `json:"register"`
	Office   postal.OfficeCode `json:"office"`
	Page     int               `json:"page"`
	First    postal.StaffID    `json:"first"`
	Second   postal.StaffID    `json:"second"`
	Rule     string            `json:"rule"`
	KeptMs   int64             `json:"kept_ms,omitempty"` // until when it had to be kept
}

// ComplaintOpened: a body complains about an item or about the service.
type ComplaintOpened struct {
	Complaint string            `json:"complaint"`
	Body      string            `json:"body"`
	Item      postal.ItemNumber `json:"item,omitempty"`
	About     string            `json:"about"`
	DueMs     int64             `json:"due_ms"`
	Rules     []string          `json:"rules,omitempty"`
}

// ComplaintAnswered: the answer is given.
type ComplaintAnswered struct {
	Complaint string     `json:"complaint"`
	Outcome   string     `json:"outcome"`
	PaysVND   postal.VND `json:"pays_vnd,omitempty"` // compensation
}

// InspectionAnnounced: an authority comes to look.
type InspectionAnnounced struct {
	Inspection string            `json:"inspection"`
	Authority  string            `json:"authority"`
	Kind       string            `json:"kind"` // "regular" or "surprise"
	Office     postal.OfficeCode `json:"office"`
	On         postal.Day        `json:"on"`
	Short      bool              `json:"short,omitempty"` // announced later than the rules ask
}

// InspectionEnded: it has looked; Findings are what is to be mended.
type InspectionEnded struct {
	Inspection string   `json:"inspection"`
	Findings   []string `json:"findings,omitempty"`
	Kind       string   `json:"kind,omitempty"` // as it was announced
}

// ReportApproved: a half-year or year report, with exactly the words and figures of this fingerprint, was approved by somebody who did not write it.
type ReportApproved struct {
	Period  string           `json:"period"`
	Digest  string           `json:"digest"` // SHA-256
	Writers []postal.StaffID `json:"writers"`
	By      postal.StaffID   `json:"by"`
}

// HoldPlaced: records about an item, or of a register, are kept beyond their time.
type HoldPlaced struct {
	Hold   string            `json:"hold"`
	Reason string            `json:"reason"`
	Office postal.OfficeCode `json:"office"`
}

// HoldLifted: the records follow their keeping time again.
type HoldLifted struct {
	Hold string `json:"hold"`
}

// SignatureAsked: an act of two persons waits until the second signs it in a session of his own. Nothing has happened yet. Body is the act, Digest the mark of all that
// it would do.
type SignatureAsked struct {
	Asked   string          `json:"asked"`
	Subject string          `json:"subject"` // the state that the act is about: about one only one act waits
	Act     string          `json:"act"`
	Body    json.RawMessage `json:"body"`
	Second  postal.StaffID  `json:"second"`
	UntilMs int64           `json:"until_ms"`
	Digest  string          `json:"digest"`
}

// SignatureGiven: the second person has signed; the act's own facts follow in the same entry. First is who does the act, the entry's actor is the second.
type SignatureGiven struct {
	Asked   string         `json:"asked"`
	Subject string         `json:"subject"`
	Act     string         `json:"act"`
	First   postal.StaffID `json:"first"`
	Second  postal.StaffID `json:"second"`
	Digest  string         `json:"digest"`
}

// SignatureEnded: it does not wait any longer, and nothing has happened.
type SignatureEnded struct {
	Asked   string `json:"asked"`
	Subject string `json:"subject"`
	How     string `json:"how"` // "declined", "called_off" or "expired"
}

// SearchClosed: two persons ended the search for what an incident names (biên bản kết thúc tìm kiếm). Answers says for each thing who held it last by the ledger.
type SearchClosed struct {
	Incident string         `json:"incident"`
	Things   []Thing        `json:"things"`
	Answers  []Holder       `json:"answers"`
	First    postal.StaffID `json:"first"`
	Second   postal.StaffID `json:"second"`
}

// LostFound: a thing that was missing, or given up as lost by this incident, is there again. It is looked at under a new incident.
type LostFound struct {
	Thing    Thing  `json:"thing"`
	Incident string `json:"incident"`
}

// The names of the facts, for ever.
func (PaperFiled) Fact() string        { return "kt1.paper_filed" }
func (PaperWithdrawn) Fact() string    { return "kt1.paper_withdrawn" }
func (PersonAssigned) Fact() string    { return "kt1.person_assigned" }
func (PersonRelieved) Fact() string    { return "kt1.person_relieved" }
func (FacilityAdded) Fact() string     { return "kt1.facility_added" }
func (FacilityInspected) Fact() string { return "kt1.facility_inspected" }
func (FacilityRetired) Fact() string   { return "kt1.facility_retired" }
func (FacilityMoved) Fact() string     { return "kt1.facility_moved" }
func (ResponsibleNamed) Fact() string  { return "kt1.responsible_named" }
func (VisitBegan) Fact() string        { return "kt1.visit_began" }
func (VisitEnded) Fact() string        { return "kt1.visit_ended" }
func (BodyListed) Fact() string        { return "kt1.body_listed" }
func (BodyDelisted) Fact() string      { return "kt1.body_delisted" }
func (EntryChanged) Fact() string      { return "kt1.entry_changed" }
func (BodyPersonNamed) Fact() string   { return "kt1.body_person_named" }
func (BodyPersonEnded) Fact() string   { return "kt1.body_person_ended" }
func (KT1Accepted) Fact() string       { return "kt1.accepted" }
func (KT1Left) Fact() string           { return "kt1.left" }
func (KT1Delivered) Fact() string      { return "kt1.delivered" }
func (KT1Excused) Fact() string        { return "kt1.excused" }
func (RecallMet) Fact() string         { return "kt1.recall_met" }
func (VesselStarted) Fact() string     { return "kt1.vessel_started" }
func (VesselClosed) Fact() string      { return "kt1.vessel_closed" }
func (VesselReopened) Fact() string    { return "kt1.vessel_reopened" }
func (VesselOpened) Fact() string      { return "kt1.vessel_opened" }
func (VesselEmptied) Fact() string     { return "kt1.vessel_emptied" }
func (TransportNamed) Fact() string    { return "kt1.transport_named" }
func (HandoverChecked) Fact() string   { return "kt1.handover_checked" }
func (IncidentOpened) Fact() string    { return "kt1.incident_opened" }
func (MinutesSigned) Fact() string     { return "kt1.minutes_signed" }
func (IncidentReported) Fact() string  { return "kt1.incident_reported" }
func (IncidentReleased) Fact() string  { return "kt1.incident_released" }
func (ShiftOpened) Fact() string       { return "kt1.shift_opened" }
func (ShiftHanded) Fact() string       { return "kt1.shift_handed" }
func (RegisterPrinted) Fact() string   { return "kt1.register_printed" }

// Fact is the name it is stored under.
func (Detoured) Fact() string { return "kt1.detoured" }

// Fact is the name it is stored under.
func (StatementConfirmed) Fact() string { return "kt1.statement_confirmed" }

// Fact is the name it is stored under.
func (LocatorChanged) Fact() string { return "kt1.locator_changed" }

// Fact is the name it is stored under.
func (KT1FormPrinted) Fact() string      { return "kt1.form_printed" }
func (RegisterDestroyed) Fact() string   { return "kt1.register_destroyed" }
func (ComplaintOpened) Fact() string     { return "kt1.complaint_opened" }
func (ComplaintAnswered) Fact() string   { return "kt1.complaint_answered" }
func (InspectionAnnounced) Fact() string { return "kt1.inspection_announced" }
func (InspectionEnded) Fact() string     { return "kt1.inspection_ended" }
func (ReportApproved) Fact() string      { return "kt1.report_approved" }
func (HoldPlaced) Fact() string          { return "kt1.hold_placed" }
func (HoldLifted) Fact() string          { return "kt1.hold_lifted" }
func (SignatureAsked) Fact() string      { return "kt1.signature_asked" }
func (SignatureGiven) Fact() string      { return "kt1.signature_given" }
func (SignatureEnded) Fact() string      { return "kt1.signature_ended" }
func (SearchClosed) Fact() string        { return "kt1.search_closed" }
func (LostFound) Fact() string           { return "kt1.lost_found" }

// readKT1 reads the facts of closed mail; ok is false for other names.
func readKT1(name string, body []byte) (f Fact, ok bool, err error) {
	read, ok := kt1Readers[name]
	if !ok {
		return nil, false, nil
	}
	f, err = read(body)
	return f, true, err
}

// kt1Readers has a line for every name that was ever written.
var kt1Readers = map[string]func([]byte) (Fact, error){
	"kt1.paper_filed":          read[PaperFiled],
	"kt1.paper_withdrawn":      read[PaperWithdrawn],
	"kt1.person_assigned":      read[PersonAssigned],
	"kt1.person_relieved":      read[PersonRelieved],
	"kt1.facility_added":       read[FacilityAdded],
	"kt1.facility_inspected":   read[FacilityInspected],
	"kt1.facility_retired":     read[FacilityRetired],
	"kt1.facility_moved":       read[FacilityMoved],
	"kt1.responsible_named":    read[ResponsibleNamed],
	"kt1.visit_began":          read[VisitBegan],
	"kt1.visit_ended":          read[VisitEnded],
	"kt1.body_listed":          read[BodyListed],
	"kt1.body_delisted":        read[BodyDelisted],
	"kt1.entry_changed":        read[EntryChanged],
	"kt1.body_person_named":    read[BodyPersonNamed],
	"kt1.body_person_ended":    read[BodyPersonEnded],
	"kt1.accepted":             read[KT1Accepted],
	"kt1.left":                 read[KT1Left],
	"kt1.delivered":            read[KT1Delivered],
	"kt1.excused":              read[KT1Excused],
	"kt1.recall_met":           read[RecallMet],
	"kt1.vessel_started":       read[VesselStarted],
	"kt1.vessel_closed":        read[VesselClosed],
	"kt1.vessel_reopened":      read[VesselReopened],
	"kt1.vessel_opened":        read[VesselOpened],
	"kt1.vessel_emptied":       read[VesselEmptied],
	"kt1.transport_named":      read[TransportNamed],
	"kt1.handover_checked":     read[HandoverChecked],
	"kt1.incident_opened":      read[IncidentOpened],
	"kt1.minutes_signed":       read[MinutesSigned],
	"kt1.incident_reported":    read[IncidentReported],
	"kt1.incident_released":    read[IncidentReleased],
	"kt1.shift_opened":         read[ShiftOpened],
	"kt1.shift_handed":         read[ShiftHanded],
	"kt1.register_printed":     read[RegisterPrinted],
	"kt1.detoured":             read[Detoured],
	"kt1.statement_confirmed":  read[StatementConfirmed],
	"kt1.locator_changed":      read[LocatorChanged],
	"kt1.form_printed":         read[KT1FormPrinted],
	"kt1.register_destroyed":   read[RegisterDestroyed],
	"kt1.complaint_opened":     read[ComplaintOpened],
	"kt1.complaint_answered":   read[ComplaintAnswered],
	"kt1.inspection_announced": read[InspectionAnnounced],
	"kt1.inspection_ended":     read[InspectionEnded],
	"kt1.report_approved":      read[ReportApproved],
	"kt1.hold_placed":          read[HoldPlaced],
	"kt1.hold_lifted":          read[HoldLifted],
	"kt1.signature_asked":      read[SignatureAsked],
	"kt1.signature_given":      read[SignatureGiven],
	"kt1.signature_ended":      read[SignatureEnded],
	"kt1.search_closed":        read[SearchClosed],
	"kt1.lost_found":           read[LostFound],
	"kt1.partner_named":        read[PartnerNamed],
	"kt1.partner_ended":        read[PartnerEnded],
	"kt1.partner_person_named": read[PartnerPersonNamed],
	"kt1.partner_person_ended": read[PartnerPersonEnded],
	"kt1.given_to_partner":     read[GivenToPartner],
	"kt1.partner_told":         read[PartnerTold],
	"kt1.vessel_back":          read[VesselBack],
	"kt1.taken_from_partner":   read[TakenFromPartner],
	"kt1.came_back":            read[CameBack],
}
