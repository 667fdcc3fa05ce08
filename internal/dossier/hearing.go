package dossier

import (
	"context"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Hearing is what an act that tells an agency's words stands on, as the lists of the day have it. The service fills it in; no form does.
type Hearing struct {
	Serving postal.OfficeCode `json:"serving,omitempty"` // the office whose postman goes to the agency
	Lines   []string          `json:"lines,omitempty"`   // the papers of the list by which the dossier was taken in
}

// Hearing looks up what the agency's words on a dossier stand on.
func (s *Service) Hearing(ctx context.Context, d *Dossier) (h Hearing, err error) {
	a, err := s.store().Agency(ctx, d.Agency)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return h, err
	}
	h.Serving = a.Office
	if p := s.published(d); p != nil {
		for _, line := range p.Papers {
			h.Lines = append(h.Lines, line.ID)
		}
	}
	return h, nil
}

// near reports whether an office hears for the post what the agency says of a dossier: the one that took it in, and the one that serves the agency.
func (h Hearing) near(d *Dossier, o postal.OfficeCode) bool {
	return o != "" && (o == d.Office || o == h.Serving)
}

// told finds the dossier of an act that tells what its agency says. Only the agency says it, or one of the two offices that hear it.
func (h Hearing) told(v *ledger.View, e ledger.Envelope, n postal.DossierNumber) (*Dossier, error) {
	d, err := named(v, e, n)
	if err == nil && e.Office.Agency() == "" && !h.near(d, e.Office) {
		return nil, fault.New(fault.Forbidden, "dossier.not_heard_here", "Chỉ cơ quan, bưu cục nhận hồ sơ và bưu cục phục vụ cơ quan ghi được điều cơ quan nói về hồ sơ này.",
			"What the agency says of this dossier is recorded by the agency, by the office that took it in, or by the office that serves the agency.")
	}
	return d, err
}

// listed refuses papers that neither the published list nor the dossier has: a fact names papers by their lines, never by words that somebody wrote.
func (h Hearing) listed(d *Dossier, ids []string, field string) error {
	if len(ids) > maxPapers {
		return fault.New(fault.TooLarge, "dossier.papers_many", "Tối đa %d loại giấy tờ.", "At most %d kinds of papers.", maxPapers).At(field)
	}
	for n, id := range ids {
		if !isComponent(id) || slices.Contains(ids[:n], id) || !slices.Contains(h.Lines, id) && !slices.ContainsFunc(d.Papers, isPaper(id)) {
			return fault.New(fault.Invalid, "dossier.not_listed", "Chọn giấy tờ theo danh mục công bố của thủ tục, mỗi loại một lần.", "Choose papers of the published list, each once.").At(field)
		}
	}
	return nil
}

// Heard names the office of the post that wrote down each thing that the agency said, "" when the agency said it itself. What the post wrote the agency may say better, until its result is packed.
type Heard struct {
	Slip, Asked, PutOff, Ready postal.OfficeCode
	OwedVND                    postal.VND // of what is owed, the part that Ready wrote down
}

func (h *Heard) walk(c *ledger.Codec) {
	ledger.Str(c, &h.Slip)
	ledger.Str(c, &h.Asked)
	ledger.Str(c, &h.PutOff)
	ledger.Str(c, &h.Ready)
	ledger.Int(c, &h.OwedVND)
}

// hearer is the office of the post that writes down what an agency says; none when the agency says it itself.
func hearer(o postal.OfficeCode) postal.OfficeCode {
	if o.Agency() != "" {
		return ""
	}
	return o
}

// betters reports whether the agency corrects now what an office of the post wrote down for it.
func (d *Dossier) betters(at, heardBy postal.OfficeCode, states ...State) bool {
	return at.Agency() == d.Agency && heardBy != "" && d.Result == "" && slices.Contains(states, d.State)
}

func (d *Dossier) bettersSlip(at postal.OfficeCode) bool {
	return d.AnsweredMs == 0 && d.betters(at, d.Heard.Slip, SlipIssued, SlipTold)
}

func (d *Dossier) bettersAsked(at postal.OfficeCode) bool {
	return d.Supplement.Item == "" && d.betters(at, d.Heard.Asked, SupplementRequested)
}

func (d *Dossier) bettersPutOff(at postal.OfficeCode) bool {
	return d.betters(at, d.Heard.PutOff, HandedOver, SlipIssued, SlipTold, AwaitingResult)
}

func (d *Dossier) bettersReady(at postal.OfficeCode) bool {
	return d.betters(at, d.Heard.Ready, Ready)
}

// named finds the dossier of an act of the post or of the dossier's own agency.
func named(v *ledger.View, e ledger.Envelope, n postal.DossierNumber) (*Dossier, error) {
	if err := custody.CheckClock(v, e); err != nil {
		return nil, err
	}
	d, err := Find(v, n)
	if err != nil {
		return nil, err
	}
	if a := e.Office.Agency(); a != "" && a != d.Agency {
		return nil, fault.New(fault.Forbidden, "dossier.other_agency", "Hồ sơ này thuộc cơ quan khác.", "This dossier belongs to another agency.")
	}
	return d, nil
}

// ours finds the dossier of an act of the post.
func ours(v *ledger.View, e ledger.Envelope, n postal.DossierNumber) (*Dossier, error) {
	d, err := named(v, e, n)
	if err == nil && e.Office.Agency() != "" {
		return nil, fault.New(fault.Forbidden, "dossier.post_only", "Việc này do bưu điện làm.", "The post does this.")
	}
	return d, err
}
