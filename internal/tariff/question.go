package tariff

import (
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Service is what the customer asks for.
type Service string

// The services that have a price. A dossier goes one way, comes back the other way, or both.
const (
	DossierSend   Service = "dossier-send"
	DossierReturn Service = "dossier-return"
	DossierBoth   Service = "dossier-both"
	KT1           Service = "kt1"
	Letter        Service = "letter"
)

// Services lists them in the order of a menu.
var Services = []Service{DossierSend, DossierReturn, DossierBoth, KT1, Letter}

// Zone is how far the item goes.
type Zone string

// The zones. Inside a province a dossier stays in one district or goes to another; between provinces it stays in one region or leaves it.
// Intra and Inter are the zones of services that look no closer.
const (
	SameDistrict     Zone = "same-district"
	BetweenDistricts Zone = "between-districts"
	SameRegion       Zone = "same-region"
	OtherRegion      Zone = "other-region"
	Intra            Zone = "intra"
	Inter            Zone = "inter"
)

// Zones lists them in the order of a menu.
var Zones = []Zone{SameDistrict, BetweenDistricts, SameRegion, OtherRegion, Intra, Inter}

var zoneWords = map[Zone]rulebook.Words{
	SameDistrict:     {VI: "trong cùng quận, huyện", EN: "inside one district"},
	BetweenDistricts: {VI: "giữa các quận, huyện trong tỉnh", EN: "between districts of the province"},
	SameRegion:       {VI: "liên tỉnh, cùng vùng", EN: "to another province of the region"},
	OtherRegion:      {VI: "liên tỉnh, khác vùng", EN: "to another region"},
	Intra:            {VI: "nội tỉnh", EN: "inside the province"},
	Inter:            {VI: "liên tỉnh", EN: "to another province"},
}

var serviceWords = map[Service]rulebook.Words{
	DossierSend:   {VI: "Nhận gửi hồ sơ", EN: "Send a dossier"},
	DossierReturn: {VI: "Chuyển trả kết quả", EN: "Return a result"},
	DossierBoth:   {VI: "Nhận gửi hồ sơ và chuyển trả kết quả", EN: "Send a dossier and return its result"},
	KT1:           {VI: "Bưu gửi KT1", EN: "KT1 item"},
	Letter:        {VI: "Thư có chứng từ", EN: "Tracked letter"},
}

// Words names the zone in both languages.
func (z Zone) Words() rulebook.Words { return zoneWords[z] }

// Words names the service in both languages.
func (s Service) Words() rulebook.Words { return serviceWords[s] }

// Question is all that a price depends on.
type Question struct {
	Service       Service
	Zone          Zone
	WeightG       postal.Grams
	ReturnWeightG postal.Grams // of the result in the two-way form; 0 when it weighs the same
	On            postal.Day   // the day of acceptance: its rules give the price
	KnownOn       postal.Day   // relief decided after this day is left out; the zero Day leaves out none
	Urgency       string       // KT1: "", "timed" or "express"
	Secrecy       string       // KT1: "", "A", "B" or "C"
	Sender        string       // KT1: "appendix-1" sends at the cost of the central budget; "" or "appendix-2" pays
	NoRelief      bool
	Online        bool   // the dossier was filed on a public service portal
	Class         string // of beneficiary, its evidence seen; "" for none
	Province      string // of the office; "" for the one the tariff was compiled for
	Collect       []Collected
	Room          map[string]Room // what is left in the budgets of policies; a policy that is not there has all of it
}

// Collected is a State fee or charge that the post collects for an agency. It is not postage: it is listed apart and never reduced.
type Collected struct {
	Agency    postal.AgencyCode `json:"agency"`
	Kind      string            `json:"kind"` // "fee" (phí) or "charge" (lệ phí)
	AmountVND postal.VND        `json:"amount_vnd"`
}

// Room is what is left of a relief policy.
type Room struct {
	VND   postal.VND
	Items int
}

// check refuses what no table could answer.
func (q *Question) check() error {
	if _, ok := serviceWords[q.Service]; !ok {
		return fault.New(fault.Invalid, "tariff.service", "Không có dịch vụ %q.", "There is no service %q.", string(q.Service)).At("service")
	}
	if _, ok := zoneWords[q.Zone]; !ok {
		return fault.New(fault.Invalid, "tariff.zone", "Không có vùng %q.", "There is no zone %q.", string(q.Zone)).At("zone")
	}
	if q.WeightG <= 0 || q.ReturnWeightG < 0 {
		return fault.New(fault.Invalid, "tariff.weight", "Khối lượng phải lớn hơn 0 g.", "The weight must be more than 0 g.").At("weight")
	}
	if q.On.IsZero() {
		return fault.New(fault.Invalid, "tariff.day", "Thiếu ngày chấp nhận.", "The day of acceptance is missing.").At("on")
	}
	if err := q.checkClass(); err != nil {
		return err
	}
	return q.checkCollected()
}

// checkClass refuses KT1's classes where they do not belong, and those that do not exist.
func (q *Question) checkClass() error {
	switch {
	case q.Service != KT1 && (q.Urgency != "" || q.Secrecy != "" || q.Sender != ""):
		return fault.New(fault.Invalid, "tariff.kt1_only", "Độ khẩn và độ mật chỉ có ở dịch vụ KT1.", "Urgency and secrecy belong to KT1 only.").At("urgency")
	case q.Urgency != "" && q.Urgency != "timed" && q.Urgency != "express":
		return fault.New(fault.Invalid, "tariff.urgency", "Độ khẩn %q không có: chỉ có timed (hẹn giờ) hoặc express (hoả tốc).", "There is no urgency %q: it is timed or express.", q.Urgency).At("urgency")
	case q.Secrecy != "" && q.Secrecy != "A" && q.Secrecy != "B" && q.Secrecy != "C":
		return fault.New(fault.Invalid, "tariff.secrecy", "Độ mật %q không có: chỉ có A, B hoặc C.", "There is no secrecy %q: it is A, B or C.", q.Secrecy).At("secrecy")
	case q.Sender != "" && q.Sender != "appendix-1" && q.Sender != "appendix-2":
		return fault.New(fault.Invalid, "tariff.sender", "Danh sách bên gửi KT1 là appendix-1 hoặc appendix-2.", "The list of a KT1 sender is appendix-1 or appendix-2.").At("sender")
	}
	return nil
}

func (q *Question) checkCollected() error {
	for _, c := range q.Collect {
		if c.AmountVND < 0 || c.Kind != "fee" && c.Kind != "charge" || c.Agency == "" {
			return fault.New(fault.Invalid, "tariff.collected", "Khoản thu hộ phải ghi cơ quan, loại (phí hoặc lệ phí) và số tiền không âm.",
				"What is collected for an agency needs the agency, its kind (fee or charge) and an amount that is not negative.").At("collect")
		}
	}
	return nil
}

// leg is one of the ways that a price is made of.
type leg struct {
	name  string // "send", "return"; "" for a service of one way
	table int    // which price table
	grams postal.Grams
}

// The price tables.
const (
	sendTable = iota
	returnTable
	letterTable
	kt1Table
	tables
)

// legs gives the ways that the service has; two at most.
func (q *Question) legs(into *[2]leg) []leg {
	send, back := leg{"send", sendTable, q.WeightG}, leg{"return", returnTable, q.WeightG}
	switch q.Service {
	case DossierSend:
		into[0] = send
	case DossierReturn:
		into[0] = back
	case DossierBoth:
		if q.ReturnWeightG > 0 {
			back.grams = q.ReturnWeightG
		}
		into[0], into[1] = send, back
		return into[:2]
	case KT1:
		into[0] = leg{"", kt1Table, q.WeightG}
	default:
		into[0] = leg{"", letterTable, q.WeightG}
	}
	return into[:1]
}
