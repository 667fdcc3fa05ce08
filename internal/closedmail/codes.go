package closedmail

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Everything that a person can type into closed mail is one of the codes below, a choice from a list, a number or a date. None has room for a sentence.

// CoverNumber is the number on a cover, "123/QĐ-UBND": it begins with digits, and is never words.
type CoverNumber string

// BodyCode is the opaque code of a body that uses KT1, "cq-0001".
type BodyCode string

// FacilityCode names an area (kv-), a vehicle (xe-), a box (hop-), a bag (tui-) or a locator (dv-).
type FacilityCode string

// Seal is the number of a seal or lock.
type Seal string

// RuleID names the rule that gave a price or a time, "kt1.journey@2022-02-15".
type RuleID string

// PartnerCode is the code of an operator outside the house, "dt-01".
type PartnerCode string

// Holder is the partner as somebody who holds things.
func (c PartnerCode) Holder() event.Holder { return event.Holder(c.Desk()) }

// Desk is the partner as a destination of bags: the code of no office.
func (c PartnerCode) Desk() postal.OfficeCode { return postal.AgencyCode(c).Desk() }

// DocNumber is the number of a partner's contract, list or receipt, "12/HĐKN-2026".
type DocNumber string

// ID names an incident, a visit, a complaint, an inspection or a hold: the act that opened it.
type ID string

var (
	coverForm    = regexp.MustCompile(`^[0-9]{1,6}(-[A-ZĐ]{1,3})?(/[0-9]{4})?(/[A-ZĐ0-9]{1,6}(-[A-ZĐ0-9]{1,7})?)?$`)
	bodyForm     = regexp.MustCompile(`^cq-[0-9]{3,6}$`)
	facilityForm = regexp.MustCompile(`^(kv|xe|hop|tui|dv)-[0-9]{2,6}$`)
	sealForm     = regexp.MustCompile(`^([A-Z]{0,4})-?([0-9]{3,10})(/[0-9A-Z]{1,4})?$`) // what follows a stroke is how others number theirs
	sealBlanks   = strings.NewReplacer(" ", "", ".", "", "-", "")
	partnerForm  = regexp.MustCompile(`^dt-[0-9]{2,4}$`)
	docForm      = regexp.MustCompile(`^([A-ZĐ]{1,4}-?)?[0-9]{1,8}(/[0-9]{4})?(/[A-ZĐ0-9]{1,6}(-[A-ZĐ0-9]{1,7}){0,2})?$`)
	ruleForm     = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_-]+)+@[0-9]{4}-[0-9]{2}-[0-9]{2}(\+[a-z0-9-]{1,20})?$`)
	idForm       = regexp.MustCompile(`^[0-9a-f]{32}(-[0-9]{1,3})?$`)
	staffForm    = regexp.MustCompile(`^nv-[a-z0-9]{1,8}$`)
)

// mostLetters bounds the letters of a number on a cover: kind of document and sign of the body (Decree 30/2020, article 8 and appendix III) need no more, and a subject
// would.
const mostLetters = 10

func tooManyLetters(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > mostLetters
}

// ParseCoverNumber reads the number on a cover.
func ParseCoverNumber(s string) (CoverNumber, error) {
	if tooManyLetters(s) {
		return "", fault.New(fault.Invalid, "closedmail.number", "Số trên bì dài quá: số, năm nếu có, tên loại và ký hiệu cơ quan, ví dụ 123/QĐ-UBND. Không ghi trích yếu.",
			"The number on the cover is too long: number, year if there is one, kind and sign of the body, for example 123/QĐ-UBND. Never its subject.").At("number")
	}
	return CoverNumber(s), wellFormed(coverForm, s, "number", "Số trên bì gồm chữ số, rồi ký hiệu, ví dụ 123/QĐ-UBND. Không ghi trích yếu.",
		"The number on a cover is digits, then its sign, for example 123/QĐ-UBND. Never its subject.")
}

// ParseSeal reads the number of a seal or lock as people type it, np 77123, NP77123, and writes it in one way, NP-77123: a blank or a hyphen is no difference between two
// seals.
func ParseSeal(s string) (Seal, error) {
	typed := sealBlanks.Replace(strings.ToUpper(strings.TrimSpace(s)))
	if m := sealForm.FindStringSubmatch(typed); m != nil && m[1] != "" {
		typed = m[1] + "-" + m[2] + m[3]
	}
	return Seal(typed), wellFormed(sealForm, typed, "seal", "Số niêm phong hoặc số khoá gồm 3 đến 10 chữ số, có thể có chữ cái đứng trước.",
		"The number of a seal or lock has 3 to 10 digits, perhaps with letters before them.")
}

// ParseBody reads the code of a body.
func ParseBody(s string) (BodyCode, error) {
	return BodyCode(s), wellFormed(bodyForm, s, "body", "Mã cơ quan có dạng cq-0001.", "The code of a body looks like cq-0001.")
}

// ParseFacility reads the code of a facility.
func ParseFacility(s string) (FacilityCode, error) {
	return FacilityCode(s), wellFormed(facilityForm, s, "facility", "Mã có dạng kv-01 (khu vực), xe-01, hop-01, tui-01 hoặc dv-01 (định vị).",
		"The code looks like kv-01 (area), xe-01 (vehicle), hop-01 (box), tui-01 (bag) or dv-01 (locator).")
}

// ParseStaff reads the id of a person.
func ParseStaff(s string) (postal.StaffID, error) {
	return postal.StaffID(s), wellFormed(staffForm, s, "person", "Mã người có dạng nv-abcd.", "The id of a person looks like nv-abcd.")
}

// ParsePartner reads the code of a partner.
func ParsePartner(s string) (PartnerCode, error) {
	return PartnerCode(s), wellFormed(partnerForm, s, "partner", "Mã đối tác có dạng dt-01.", "The code of a partner looks like dt-01.")
}

// ParseDoc reads the number of a partner's paper.
func ParseDoc(s string) (DocNumber, error) {
	if tooManyLetters(s) {
		s = "" // no number at all
	}
	return DocNumber(s), wellFormed(docForm, s, "document", "Số văn bản của đối tác gồm chữ số, rồi ký hiệu, ví dụ 12/HĐKN-2026.",
		"The number of a partner's paper is digits, then its sign, for example 12/HĐKN-2026.")
}

func parseID(s string) (ID, error) {
	return ID(s), wellFormed(idForm, s, "id", "Mã này không đúng.", "This id is not valid.")
}

func wellFormed(re *regexp.Regexp, s, field, vi, en string) error {
	if re.MatchString(s) {
		return nil
	}
	return fault.New(fault.Invalid, "closedmail."+field, vi, en).At(field)
}

// retyped gives a list of codes another type.
func retyped[T, F ~string](list []F) []T {
	out := make([]T, len(list))
	for n, x := range list {
		out[n] = T(x)
	}
	return out
}

func parseRules(rules []RuleID) error {
	for _, r := range rules {
		if err := wellFormed(ruleForm, string(r), "rule", "Mã quy định không đúng.", "The id of a rule is not valid."); err != nil {
			return err
		}
	}
	return nil
}

// Kind of a facility, which its code begins with.
func (c FacilityCode) Kind() string {
	m := facilityForm.FindStringSubmatch(string(c))
	if m == nil {
		return ""
	}
	return map[string]string{"kv": Area, "xe": Vehicle, "hop": Box, "tui": BagOf, "dv": Locator}[m[1]]
}

// Choices: every one a closed list.
type (
	Paper     string // of a worker
	Duty      string // of a worker
	List      string // that names a body
	As        string // what a person is for a body
	Secrecy   string
	Urgency   string
	Reason    string // why something is withdrawn, retired, printed again …
	Trouble   string // kind of incident
	Level     string // up the line
	Decision  string // of a supervisor on an incident
	Property  string // of a facility
	Purpose   string // of a visit
	About     string // of a complaint
	Outcome   string // of a complaint
	Authority string // that inspects
	Finding   string // of an inspection
	Register  string
	Form      string // that is printed beside the registers
	Demand    string // of a locator, by a central office
	Guard     string // who guards a journey
	Told      string // what a partner says of an item
	Ending    string // why a contract ended
)

// The papers that a worker must have, all of them.
const (
	Clearance  Paper = "clearance"
	Background Paper = "background"
	Training   Paper = "training"
	Commitment Paper = "commitment"
)

// The duties.
const (
	Clerk      Duty = "clerk"
	Courier    Duty = "courier"
	Escort     Duty = "escort"
	Supervisor Duty = "supervisor"
)

// The lists.
const (
	Appendix1 List = "appendix-1"
	Appendix2 List = "appendix-2"
	Holder    List = "secret-holder" // has State secrets to send, by the rules of 2021
	Outside   List = "outside"       // a person outside the lists; receives only
)

// What a person is for a body.
const (
	ForClerk   As = "clerk"
	ForContact As = "contact" // outside working hours
	ForLeader  As = "leader"
)

// Letters on the cover, and urgency. They are independent of each other.
const (
	NoSecrecy Secrecy = ""
	SecrecyA  Secrecy = "A"
	SecrecyB  Secrecy = "B"
	SecrecyC  Secrecy = "C"

	Plain   Urgency = ""
	Express Urgency = "express"
	Timed   Urgency = "timed"
)

// Whether a central office demands a locator.
const (
	DemandYes Demand = "yes"
	DemandNo  Demand = "no"
)

// The lists of every choice, in the order of a menu.
var (
	Papers      = []Paper{Clearance, Background, Training, Commitment}
	Duties      = []Duty{Clerk, Courier, Escort, Supervisor}
	Lists       = []List{Appendix1, Appendix2, Holder, Outside}
	Ases        = []As{ForClerk, ForContact, ForLeader}
	Secrecies   = []Secrecy{NoSecrecy, SecrecyA, SecrecyB, SecrecyC}
	Urgencies   = []Urgency{Plain, Express, Timed}
	Withdrawals = []Reason{"expired", "moved", "left", "failed_check", "by_order"}
	Retirements = []Reason{"worn", "damaged", "lost", "replaced"}
	Troubles    = []Trouble{Seals, Torn, Short, "over", "locator", "accident", "intrusion", "theft", Opened, "other"}
	Levels      = []Level{"head", "province", "vnpost", "cpma", "police"}
	Decisions   = []Decision{Sound, Rewrapped, FoundAgain}
	Purposes    = []Purpose{"inspection", "repair", "guard", "delivery", "leadership"}
	Abouts      = []About{"late", "lost", "damaged", "opened", "conduct", "price"}
	Outcomes    = []Outcome{"upheld", "partly", "rejected", "withdrawn"}
	Authorities = []Authority{"ministry", "cpma", "department", "vnpost", "police"}
	Findings    = []Finding{"people", "papers", "area", "vehicle", "bags", "registers", "time", "seals", "archive"}
	Registers   = []Register{OutRegister, InRegister, TransferBook, HandoverBook, IncidentBook}
	Reprints    = []Reason{"grew", "damaged", "lost", "archive"}
	Demands     = []Demand{DemandYes, DemandNo}
	Guards      = []Guard{"", "guard", "police"}
	Forms       = []Form{LabelForm, BagLabelForm, ManifestForm, RecordForm, ListForm, MinutesForm, ShiftForm, StatementForm, ReconcileForm, ReportForm}
	Recopies    = []Reason{"changed", "damaged", "lost", "rewrapped", "archive"}
	Tolds       = []Told{custody.ToldAttempted, custody.ToldDelivered, custody.ToldReturned}
	Endings     = []Ending{"expired", "by_order", "replaced"}
	HoldReasons = []Reason{"complaint", "inspection", "investigation"}
)

// Troubles that the acts themselves find.
const (
	Seals  Trouble = "seal"
	Torn   Trouble = "torn"
	Short  Trouble = "missing"
	Opened Trouble = "opened"    // a cover that somebody opened: investigated in every case (Circular 16/2017, article 4)
	Back   Trouble = "recovered" // what was missing is there again, and is looked at before it goes on
)

// Decisions of a supervisor.
const (
	Sound      Decision = "sound"     // looked at, unharmed: it goes on
	Rewrapped  Decision = "rewrapped" // listed, wrapped anew under the minutes
	FoundAgain Decision = "found"     // what was missing is here
	NotFound   Decision = "lost"      // two persons ended the search; never a release
)

// The registers that are printed and signed.
const (
	OutRegister  Register = "out"
	InRegister   Register = "in"
	TransferBook Register = "transfer"
	HandoverBook Register = "handover"
	IncidentBook Register = "incident"
)

// The forms that are printed beside the registers. Their names are a table of the rulebook, kt1.forms.
const (
	LabelForm     Form = "label"
	BagLabelForm  Form = "bag_label"
	ManifestForm  Form = "manifest"
	RecordForm    Form = "record"
	ListForm      Form = "list"
	ReconcileForm Form = "reconcile"
	MinutesForm   Form = "minutes"
	ShiftForm     Form = "shift"
	StatementForm Form = "statement"
	ReportForm    Form = "report"
)

func oneOf[T ~string](list []T, s T, field string) error {
	if slices.Contains(list, s) {
		return nil
	}
	return fault.New(fault.Invalid, "closedmail.choice", "Lựa chọn này không có trong danh sách.", "This choice is not in the list.").At(field)
}
