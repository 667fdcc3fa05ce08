package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Compare says what postman and officer found when they opened a dossier at the agency and compared it with its list, paper by paper, and what the agency decides: complete, papers to be added, or refused.
// It counts the packet in the open handover, with the decision as part of the difference that both sign. Only the second signature makes it true.
type Compare struct {
	Hearing
	Handover event.Thing          `json:"handover"`
	Dossier  postal.DossierNumber `json:"dossier"`
	Seal     string               `json:"seal"` // as read off the packet
	Damaged  bool                 `json:"damaged,omitempty"`
	Papers   []event.Paper        `json:"papers"`
	Verdict  string               `json:"verdict"`
	Missing  []string             `json:"missing,omitempty"`
	Reason   string               `json:"reason,omitempty"`
	Basis    string               `json:"basis,omitempty"`
	Most     int64                `json:"most"` // requests for papers that the rules of the day allow
}

// Name of the act.
func (Compare) Name() string { return "dossier.compare" }

// Touches the handover and the dossier.
func (a Compare) Touches() []ledger.Key {
	return []ledger.Key{custody.KeyOf(a.Handover), DossierKey(a.Dossier)}
}

// Decide refuses what is not in the handover, and a verdict that the papers contradict.
func (a Compare) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := Find(v, a.Dossier)
	if err != nil {
		return nil, err
	}
	item, listed, err := a.packet(v, d)
	if err != nil {
		return nil, err
	}
	if err := a.check(d, listed); err != nil {
		return nil, err
	}
	count := event.Count{Thing: event.Thing(item), Lacking: lacks(listed, a.Papers)}
	if a.Seal != a.seal(v, d, item) {
		count.Seal = a.Seal
	}
	switch {
	case a.Verdict == NotTaken:
		count.Condition = event.Refused
	case a.Damaged:
		count.Condition = event.Damaged
	}
	if count.Remark, err = a.remark(listed); err != nil {
		return nil, err
	}
	facts, err := custody.CountCompared(v, e, a.Handover, count)
	if err != nil {
		return nil, err
	}
	return append(facts, event.DossierCompared{Dossier: a.Dossier, Handover: a.Handover, Item: item, Seal: a.Seal, Papers: a.Papers, Verdict: a.Verdict, Missing: a.Missing, Reason: a.Reason, Basis: a.Basis}), nil
}

// remark is what both sides sign beside the count: the verdict, and after a colon a mark of all that it says (papers, what is missing, why and by what law). A changed list so changes the difference, and who
// looked at the old one signs nothing. A complete dossier whose papers are the list's has none.
func (a Compare) remark(listed []event.Paper) (string, error) {
	if a.Verdict == Complete && sameCounts(listed, a.Papers) {
		return "", nil
	}
	says, err := json.Marshal(struct {
		Papers  []event.Paper
		Missing []string
		Reason  string
		Basis   string
	}{a.Papers, a.Missing, a.Reason, a.Basis})
	if err != nil {
		return "", fmt.Errorf("mark of a comparison: %w", err)
	}
	sum := sha256.Sum256(says)
	return a.Verdict + ":" + hex.EncodeToString(sum[:])[:12], nil
}

// verdictOf is the verdict in a remark; remarks of before had nothing else.
func verdictOf(remark string) string {
	verdict, _, _ := strings.Cut(remark, ":")
	return verdict
}

// packet finds which packet of the dossier is in the handover, and what its list says.
func (a Compare) packet(v *ledger.View, d *Dossier) (postal.ItemNumber, []event.Paper, error) {
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(a.Handover))
	if ok && custody.Agency(h.To) == d.Agency {
		for _, t := range h.Things {
			if x, leg, of := Of(v, postal.ItemNumber(t.Thing)); of && x.Code == d.Code && (leg == SendLeg || leg == SupplementLeg) {
				return postal.ItemNumber(t.Thing), a.listOf(v, d, leg, postal.ItemNumber(t.Thing)), nil
			}
		}
	}
	return "", nil, fault.New(fault.Conflict, "dossier.not_in_handover", "Hồ sơ %s không có trong biên bản giao nhận này, hoặc biên bản không giao cho cơ quan của hồ sơ.",
		"Dossier %s is not in this handover, or the handover is not to its agency.", string(d.Code)).At("dossier")
}

func (a Compare) listOf(v *ledger.View, d *Dossier, leg Leg, n postal.ItemNumber) []event.Paper {
	if leg == SendLeg {
		return d.Papers
	}
	if p, ok := ledger.Get[*Carriage](v, ItemKey(n)); ok {
		return p.Papers
	}
	return nil
}

func (a Compare) seal(v *ledger.View, d *Dossier, n postal.ItemNumber) string {
	if c, ok := ledger.Get[*Carriage](v, ItemKey(n)); ok && c.Leg == SupplementLeg {
		return c.Seal
	}
	return d.Seal
}

func (a Compare) check(d *Dossier, listed []event.Paper) error {
	for _, err := range []error{oneOf(Verdicts, a.Verdict, "verdict"), checkPapers(a.Papers, "papers"), checkSeal(a.Seal)} {
		if err != nil {
			return err
		}
	}
	for _, p := range a.Papers {
		if err := a.listed(d, []string{p.Component}, "papers"); err != nil {
			return err
		}
	}
	switch a.Verdict {
	case Complete:
		if lacks(listed, a.Papers) && int64(d.Supplements) >= a.Most {
			return fault.New(fault.Conflict, "dossier.papers_short",
				"Đếm được ít hơn bản kê nên không ghi “đủ” được. Hãy đếm lại; nếu thiếu thật thì chỉ còn cách từ chối kèm lý do, vì cơ quan đã yêu cầu bổ sung một lần rồi.",
				"Fewer papers than listed, so it cannot be complete. Count again; if they are really missing, the agency can only refuse and say why: it has asked for papers once already.").At("papers")
		}
		if lacks(listed, a.Papers) {
			return fault.New(fault.Conflict, "dossier.papers_short",
				"Đếm được ít hơn bản kê nên không ghi “đủ” được. Hãy đếm lại; nếu thiếu thật, cơ quan yêu cầu bổ sung hoặc từ chối.",
				"Fewer papers than listed, so it cannot be complete. Count again; if they are really missing, the agency asks for them or refuses.").At("papers")
		}
	case Incomplete:
		if int64(d.Supplements) >= a.Most {
			return onceOnly()
		}
		if len(a.Missing) == 0 {
			return fault.New(fault.Invalid, "dossier.missing", "Ghi giấy tờ nào cần bổ sung.", "Say which papers are to be added.").At("missing")
		}
		if err := a.listed(d, a.Missing, "missing"); err != nil {
			return err
		}
		return oneOf(SupplementReasons, a.Reason, "reason")
	case NotTaken:
		if err := oneOf(RefusalReasons, a.Reason, "reason"); err != nil {
			return err
		}
		return oneOf(RefusalBases, a.Basis, "basis")
	}
	return nil
}

func onceOnly() error {
	return fault.New(fault.Conflict, "dossier.supplement_once",
		"Cơ quan đã yêu cầu bổ sung rồi; quy định một cửa không cho yêu cầu thêm lần nữa.",
		"The agency has asked for papers before; the one-stop rules do not allow it to ask again.").At("verdict")
}

func foldCompared(d *Dossier, f event.DossierCompared) {
	d.Compared = Compared{Handover: f.Handover, Verdict: f.Verdict, Missing: f.Missing, Reason: f.Reason, Basis: f.Basis}
}
