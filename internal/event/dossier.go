package event

import "citypost/internal/postal"

// Paper is one line of a list of papers that two people counted together (đồng kiểm): codes and counts, never a title.
type Paper struct {
	Component string `json:"component"` // as the published list names it: "07"
	Originals int    `json:"originals,omitempty"`
	Copies    int    `json:"copies,omitempty"`
	Certified int    `json:"certified,omitempty"` // certified copies
	Absent    string `json:"absent,omitempty"`    // why it is not there although the list has it
}

// Limit is how long an agency may take, in tenths of a unit ("working_day", "day", "hour", "month"); zero: not published.
type Limit struct {
	Tenths int    `json:"tenths,omitempty"`
	Unit   string `json:"unit,omitempty"`
}

// StateFee is a fee (phí) or charge (lệ phí) of the agency for one dossier. How says how it was paid: "post" (through us), "online", "agency", "later", or "none" when the list names one that is not taken.
type StateFee struct {
	Kind         string     `json:"kind"`
	AmountVND    postal.VND `json:"amount_vnd"`
	How          string     `json:"how"`
	PublishedVND postal.VND `json:"published_vnd,omitempty"` // what the list says, when it is another amount
	Why          string     `json:"why,omitempty"`           // why it is another amount
}

// DossierAccepted: a dossier was counted with its sender, both signed, and it was sealed before his eyes. With form "result" there is nothing to send: the post fetches a result later.
type DossierAccepted struct {
	Dossier    postal.DossierNumber `json:"dossier"`
	Procedure  string               `json:"procedure"` // "1.001193"
	Version    postal.Day           `json:"version"`   // first day of the version in force
	Case       string               `json:"case,omitempty"`
	Agency     postal.AgencyCode    `json:"agency"`
	Form       string               `json:"form"`    // "send", "result" or "both"
	Channel    string               `json:"channel"` // "counter" or "home"
	Item       postal.ItemNumber    `json:"item,omitempty"`
	Papers     []Paper              `json:"papers,omitempty"`
	Seal       string               `json:"seal,omitempty"`
	Fees       []StateFee           `json:"fees,omitempty"`
	Limit      Limit                `json:"limit,omitzero"`
	SameDay    bool                 `json:"same_day,omitempty"`
	Slip       string               `json:"slip,omitempty"`       // form "result": the agency's own code of the dossier
	SlipDue    postal.Day           `json:"slip_due,omitzero"`    // and its day
	Authorised bool                 `json:"authorised,omitempty"` // the citizen lets the postman sign the agency's register, in writing
	Keep       string               `json:"keep,omitempty"`       // where the result is fetched: "" brought home, "office" at the counter
	ToUnit     postal.UnitCode      `json:"to_unit,omitempty"`    // where the result goes
	ToOffice   postal.OfficeCode    `json:"to_office,omitempty"`
	Pictures   []string             `json:"pictures,omitempty"` // hex SHA-256: the signed list, the sealed packet
	Receipt    string               `json:"receipt,omitempty"`  // what postal.SecretHash makes of the receipt secret
}

// SupplementSent: papers that the agency asked for were counted, sealed and sent after the dossier.
type SupplementSent struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Item     postal.ItemNumber    `json:"item"`
	Papers   []Paper              `json:"papers"`
	Seal     string               `json:"seal"`
	Pictures []string             `json:"pictures,omitempty"`
}

// DossierCompared: postman and officer compared the papers with the list, within an open handover. Verdict is "complete", "supplement" or "refused".
type DossierCompared struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Handover Thing                `json:"handover"`
	Item     postal.ItemNumber    `json:"item"`
	Seal     string               `json:"seal"` // as found on the packet
	Papers   []Paper              `json:"papers"`
	Verdict  string               `json:"verdict"`
	Missing  []string             `json:"missing,omitempty"` // components to be added
	Reason   string               `json:"reason,omitempty"`  // of a refusal
	Basis    string               `json:"basis,omitempty"`   // its legal basis, a code of the list
}

// SlipIssued: the agency said when the result will be there (giấy tiếp nhận và hẹn trả kết quả). Code is the agency's own code of the dossier.
type SlipIssued struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Code    string               `json:"code"`
	Due     postal.Day           `json:"due,omitzero"`
}

// SlipTold: the citizen knows the day. How is "phone", "message", "counter" or, when the slip itself was brought, "delivered".
type SlipTold struct {
	Dossier postal.DossierNumber `json:"dossier"`
	How     string               `json:"how"`
}

// SupplementRequested: the agency asked for papers, once, after it had taken the dossier.
type SupplementRequested struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Papers  []string             `json:"papers"`
	Reason  string               `json:"reason"`
	Until   postal.Day           `json:"until,omitzero"`
	// Restarts: the agency's period begins anew once the papers are complete (the rule of that day); else it only stands meanwhile.
	Restarts bool     `json:"restarts,omitempty"`
	Rules    []string `json:"rules,omitempty"`
}

// SupplementCompleted: the papers are complete.
type SupplementCompleted struct {
	Dossier postal.DossierNumber `json:"dossier"`
}

// DossierRescheduled: the agency apologised in writing and named another day, once. Late: it did so later than the rules allow.
type DossierRescheduled struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Was     postal.Day           `json:"was"`
	Due     postal.Day           `json:"due"`
	Late    bool                 `json:"late,omitempty"`
	Rules   []string             `json:"rules,omitempty"`
}

// ResultReady: the agency says that the result can be fetched. Outcome is "granted" or "rejected".
type ResultReady struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Outcome string               `json:"outcome"`
	OwedVND postal.VND           `json:"owed_vnd,omitempty"` // to be collected when it is delivered
	Recall  []string             `json:"recall,omitempty"`   // papers that the citizen must give up for it
}

// ResultPacked: result and list were counted with the officer and sealed before his eyes. The item lies with the agency until both have signed the handover.
type ResultPacked struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Item     postal.ItemNumber    `json:"item"`
	Papers   []Paper              `json:"papers,omitempty"`
	Sealed   bool                 `json:"sealed,omitempty"` // taken already sealed, by agreement
	Seal     string               `json:"seal"`
	Register bool                 `json:"register,omitempty"` // the postman signed the agency's register
	Pictures []string             `json:"pictures,omitempty"`
}

// CitizenInvited: the citizen was asked to come for a result or to be there. Counts: it lies far enough from the last one that counts.
type CitizenInvited struct {
	Dossier postal.DossierNumber `json:"dossier"`
	How     string               `json:"how"` // "phone", "message", "letter", "visit"
	Counts  bool                 `json:"counts,omitempty"`
	Rules   []string             `json:"rules,omitempty"`
}

// ResultDelivered: the result was opened, counted with the right person, and given to him. Identity is the kind of paper looked at, its number is written nowhere.
type ResultDelivered struct {
	Dossier    postal.DossierNumber `json:"dossier"`
	Item       postal.ItemNumber    `json:"item"`
	To         string               `json:"to"` // "self" or "proxy"
	Identity   string               `json:"identity"`
	Authorised bool                 `json:"authorised,omitempty"` // a proxy's written authority was looked at
	Papers     []Paper              `json:"papers,omitempty"`
	Recalled   []Paper              `json:"recalled,omitempty"` // papers given up for the agency
	Lost       []string             `json:"lost,omitempty"`     // papers to be given up that the citizen has lost
	Fees       []StateFee           `json:"fees,omitempty"`
}

// RecalledSent: papers that the citizen gave up are on their way to the agency.
type RecalledSent struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Item    postal.ItemNumber    `json:"item"`
	Papers  []Paper              `json:"papers"`
	Seal    string               `json:"seal"`
}

// DossierWithdrawn: the citizen wants his dossier back before it is filed; it turns round where it is.
type DossierWithdrawn struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Reason  string               `json:"reason"`
}

// DossierGivenBack: the papers are in their owner's hands again, counted.
type DossierGivenBack struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Item     postal.ItemNumber    `json:"item"`
	To       string               `json:"to"`
	Identity string               `json:"identity"`
	Papers   []Paper              `json:"papers,omitempty"`
}

// ResultUnclaimed: nobody came for the result after enough invitations; it turns back to its agency.
type ResultUnclaimed struct {
	Dossier     postal.DossierNumber `json:"dossier"`
	Item        postal.ItemNumber    `json:"item"`
	Invitations int                  `json:"invitations"`
	Rules       []string             `json:"rules,omitempty"`
}

// DossierComplained: somebody complained in writing about a dossier. AnswerBy is the last day for the answer.
type DossierComplained struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Number   int                  `json:"number"` // complaints of a dossier are numbered from 1
	About    string               `json:"about"`
	AnswerBy postal.Day           `json:"answer_by"`
	Rules    []string             `json:"rules,omitempty"`
}

// DossierComplaintAnswered: the complaint was answered in writing. Outcome is "right", "partly" or "wrong".
type DossierComplaintAnswered struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Number  int                  `json:"number"`
	Outcome string               `json:"outcome"`
}

// LiabilityRecorded: who answers for a loss, a damage or a delay was written down (biên bản xác định trách nhiệm).
type LiabilityRecorded struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Item    postal.ItemNumber    `json:"item"`
	Record  string               `json:"record"`
	Kind    string               `json:"kind"`  // "lost", "damaged" or "late"
	Fault   string               `json:"fault"` // "post", "sender", "agency" or "nobody"
	PayBy   postal.Day           `json:"pay_by,omitzero"`
	Rules   []string             `json:"rules,omitempty"`
	// AmountVND is what the record grants where that is more than the least of the rules; 0: the least.
	AmountVND postal.VND `json:"amount_vnd,omitempty"`
	LeastVND  postal.VND `json:"least_vnd,omitempty"` // by the rules, as the one who recorded it saw it
	Corrects  string     `json:"corrects,omitempty"`  // the record in whose place this one stands, which stays as it was written
	Why       string     `json:"why,omitempty"`       // why it is corrected
}

// LiabilityApproved: somebody else than who recorded it approved an amount above the least.
type LiabilityApproved struct {
	Dossier   postal.DossierNumber `json:"dossier"`
	Item      postal.ItemNumber    `json:"item,omitempty"` // the packet of the record; facts of earlier versions name none: it is the last record of that number
	Record    string               `json:"record"`
	Kind      string               `json:"kind"`  // as the record says
	Fault     string               `json:"fault"` // likewise
	AmountVND postal.VND           `json:"amount_vnd"`
}

// AgencyKept: an agency was added to the list or changed; its names and address stand in the list. What is one or more of "added", "named", "address", "moved", "off" and "on".
type AgencyKept struct {
	Agency postal.AgencyCode `json:"agency"`
	What   []string          `json:"what"`
	Unit   postal.UnitCode   `json:"unit"`
	Office postal.OfficeCode `json:"office"` // whose postman goes there from now on
	Active bool              `json:"active"`
}

// The names of the facts, for ever.
func (AgencyKept) Fact() string               { return "dossier.agency_kept" }
func (DossierAccepted) Fact() string          { return "dossier.accepted" }
func (SupplementSent) Fact() string           { return "dossier.supplement_sent" }
func (DossierCompared) Fact() string          { return "dossier.compared" }
func (SlipIssued) Fact() string               { return "dossier.slip_issued" }
func (SlipTold) Fact() string                 { return "dossier.slip_told" }
func (SupplementRequested) Fact() string      { return "dossier.supplement_requested" }
func (SupplementCompleted) Fact() string      { return "dossier.supplement_completed" }
func (DossierRescheduled) Fact() string       { return "dossier.rescheduled" }
func (ResultReady) Fact() string              { return "dossier.result_ready" }
func (ResultPacked) Fact() string             { return "dossier.result_packed" }
func (CitizenInvited) Fact() string           { return "dossier.invited" }
func (ResultDelivered) Fact() string          { return "dossier.result_delivered" }
func (RecalledSent) Fact() string             { return "dossier.recalled_sent" }
func (DossierWithdrawn) Fact() string         { return "dossier.withdrawn" }
func (DossierGivenBack) Fact() string         { return "dossier.given_back" }
func (ResultUnclaimed) Fact() string          { return "dossier.result_unclaimed" }
func (DossierComplained) Fact() string        { return "dossier.complained" }
func (DossierComplaintAnswered) Fact() string { return "dossier.complaint_answered" }
func (LiabilityRecorded) Fact() string        { return "dossier.liability_recorded" }
func (LiabilityApproved) Fact() string        { return "dossier.liability_approved" }
