package dossier

import (
	"encoding/hex"
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// The three forms of the service (Decision 45/2016/QĐ-TTg).
const (
	FormSend   = "send"   // the dossier is sent
	FormResult = "result" // the result is fetched
	FormBoth   = "both"
)

// Where a dossier was taken in.
const (
	AtCounter = "counter"
	AtHome    = "home"
)

// KeptAtOffice says that the citizen fetches the result at the office's counter.
const KeptAtOffice = "office"

// Verdicts of a comparison at the agency.
const (
	Complete   = "complete"
	Incomplete = "supplement"
	NotTaken   = "refused"
)

// How a State fee was or will be paid.
const (
	ByPost   = "post"   // through us, with a receipt
	ByOnline = "online" // to the agency, the proof travels with the dossier
	ByAgency = "agency" // at the agency's own desk
	Later    = "later"  // when the result is delivered
)

// The lists of codes that facts may hold.
var (
	Forms    = []string{FormSend, FormResult, FormBoth}
	Channels = []string{AtCounter, AtHome}
	Verdicts = []string{Complete, Incomplete, NotTaken}
	// AbsentReasons are why a paper of the list is not there: the list names it for other cases, the agency finds it itself, or it is only shown.
	AbsentReasons = []string{"other_case", "agency_has_it", "none_exists"}
	// RefusalReasons are why an agency does not take a dossier; RefusalBases what the refusal stands on.
	RefusalReasons = []string{"not_competent", "not_by_post", "no_right", "deadline_passed", "false_papers", "repealed"}
	RefusalBases   = []string{"onestop_17", "procedure_list", "special_law"}
	// SupplementReasons are why papers are missing.
	SupplementReasons = []string{"paper_missing", "paper_wrong", "copy_not_certified", "form_incomplete", "fee_missing"}
	SlipWays          = []string{"phone", "message", "counter", "delivered"}
	InviteWays        = []string{"phone", "message", "letter", "visit"}
	Outcomes          = []string{"granted", "rejected"}
	Takers            = []string{"self", "proxy"}
	WithdrawReasons   = []string{"changed_mind", "mistake", "file_elsewhere"}
	ComplaintMatters  = []string{"late", "lost", "damaged", "fees", "staff", "refused", "other"}
	ComplaintOutcomes = []string{"right", "partly", "wrong"}
	LiabilityKinds    = []string{"lost", "damaged", "late"}
	LiabilityFaults   = []string{atFault, "sender", "agency", "nobody"}
	CorrectionReasons = []string{"mistyped", "new_finding", "amount"}
)

// Bounds of what one dossier holds. The longest published list has 60 lines; nobody counts more than 99 copies of one paper with a customer.
const (
	maxPapers   = 100
	maxCount    = 99
	maxPictures = 4
	maxSeal     = 32
	maxSlipCode = 64
	maxFees     = 10

	maxComponent = 40
)

func oneOf(list []string, s, field string) error {
	if slices.Contains(list, s) {
		return nil
	}
	return fault.New(fault.Invalid, "dossier.choice", "Hãy chọn một mục trong danh sách.", "Choose one of the list.").At(field)
}

// isComponent reports whether text has the form of a line of a published list: a few letters, digits, dots and dashes, as in "07" and "result1".
func isComponent(text string) bool {
	ok := text != "" && len(text) <= maxComponent
	for _, r := range text {
		ok = ok && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_')
	}
	return ok
}

func isPaper(id string) func(event.Paper) bool {
	return func(p event.Paper) bool { return p.Component == id }
}

// checkPapers refuses a list that says nothing, names a paper twice, or counts what nobody counts.
func checkPapers(list []event.Paper, field string) error {
	if len(list) > maxPapers {
		return fault.New(fault.TooLarge, "dossier.papers_many", "Tối đa %d loại giấy tờ.", "At most %d kinds of papers.", maxPapers).At(field)
	}
	seen := map[string]bool{}
	for _, p := range list {
		bad := !isComponent(p.Component) || seen[p.Component]
		for _, n := range []int{p.Originals, p.Copies, p.Certified} {
			bad = bad || n < 0 || n > maxCount
		}
		if bad {
			return fault.New(fault.Invalid, "dossier.papers", "Danh mục giấy tờ không hợp lệ: mỗi loại một dòng, số bản từ 0 đến %d.", "The list of papers is not valid: one line a kind, 0 to %d of each.", maxCount).At(field)
		}
		seen[p.Component] = true
		if p.Absent == "" {
			continue
		}
		if err := oneOf(AbsentReasons, p.Absent, field); err != nil {
			return err
		}
	}
	return nil
}

// Sheets adds up how many papers there are.
func Sheets(list []event.Paper) (n int) {
	for _, p := range list {
		n += p.Originals + p.Copies + p.Certified
	}
	return n
}

// lacks reports whether found has less of anything than listed.
func lacks(listed, found []event.Paper) bool {
	have := map[string]event.Paper{}
	for _, p := range found {
		have[p.Component] = p
	}
	return slices.ContainsFunc(listed, func(p event.Paper) bool {
		h := have[p.Component]
		return h.Originals < p.Originals || h.Copies < p.Copies || h.Certified < p.Certified
	})
}

// sameCounts reports whether two lists count the same papers.
func sameCounts(a, b []event.Paper) bool { return !lacks(a, b) && !lacks(b, a) }

// checkPictures refuses what is no hash of a picture.
func checkPictures(list []string) error {
	for _, p := range list {
		if b, err := hex.DecodeString(p); err != nil || len(b) != 32 {
			return fault.New(fault.Invalid, "dossier.picture", "Ảnh không hợp lệ.", "The picture is not valid.").At("pictures")
		}
	}
	if len(list) > maxPictures {
		return fault.New(fault.TooLarge, "dossier.pictures_many", "Tối đa %d ảnh một lần.", "At most %d pictures at a time.", maxPictures).At("pictures")
	}
	return nil
}

// checkSlipCode checks the form of an agency's own code of a dossier loosely: letters, digits, dots, dashes and slashes ("H24.12.5-261129-0042").
// It names no person, so it may stand in a fact.
func checkSlipCode(code string) error {
	ok := len(code) >= 3 && len(code) <= maxSlipCode
	digits := 0
	for _, r := range code {
		ok = ok && (r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '/')
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if ok && digits > 0 {
		return nil
	}
	return fault.New(fault.Invalid, "dossier.slip_code", "Mã hồ sơ của cơ quan gồm chữ không dấu, chữ số, dấu chấm và gạch ngang, ví dụ H24.12.5-261129-0042.",
		"The agency's code of the dossier has plain letters, digits, dots and dashes, for example H24.12.5-261129-0042.").At("slip")
}

func checkFees(list []event.StateFee) error {
	seen := map[string]bool{}
	for _, f := range list {
		if f.Kind != "fee" && f.Kind != "charge" || seen[f.Kind+f.How] {
			return fault.New(fault.Invalid, "dossier.fee_twice", "Mỗi khoản phí, lệ phí chỉ ghi một lần.", "Each fee and charge stands once.").At("fees")
		}
		seen[f.Kind+f.How] = true
		if f.AmountVND < 0 || f.AmountVND > 1_000_000_000 {
			return fault.New(fault.Invalid, "dossier.fee_amount", "Số tiền phí, lệ phí không hợp lệ.", "The amount of the fee is not valid.").At("fees")
		}
		if err := oneOf([]string{ByPost, ByOnline, ByAgency, Later}, f.How, "fees"); err != nil {
			return err
		}
	}
	if len(list) > maxFees {
		return fault.New(fault.TooLarge, "dossier.fees_many", "Tối đa %d khoản.", "At most %d fees.", maxFees).At("fees")
	}
	return nil
}

func sumFees(list []event.StateFee, hows ...string) (sum postal.VND) {
	for _, f := range list {
		if len(hows) == 0 || slices.Contains(hows, f.How) {
			sum += f.AmountVND
		}
	}
	return sum
}
