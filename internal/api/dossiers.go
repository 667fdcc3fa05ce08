package api

import (
	"context"
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Dossiers is what the API asks of the dossiers of State agencies. An agency sees its own only: others' are NotFound like unknown ones.
type Dossiers interface {
	// Of lists the dossiers that an agency has to do with now, the oldest first.
	Of(ctx context.Context, agency postal.AgencyCode) ([]Dossier, error)
	// One gives a dossier of an agency.
	One(ctx context.Context, agency postal.AgencyCode, code string) (Dossier, error)
	// Act makes the act that an agency means. The same meaning on the same day gives the same act.
	Act(ctx context.Context, agency postal.AgencyCode, code string, m Meaning) (ledger.Act, error)
}

// Dossier is a dossier as its agency's own system sees it: codes, days, counts, never a person.
type Dossier struct {
	Code       string   `json:"code"`
	State      string   `json:"state"`
	Procedure  string   `json:"procedure"`
	Form       string   `json:"form" enum:"send,result,both"`
	AgencyCode string   `json:"agency_code,omitempty" doc:"The agency's own code of the dossier, from its slip"`
	FiledAt    string   `json:"filed_at,omitempty" format:"date-time" doc:"Legal filing: when both signed the handover"`
	DueOn      string   `json:"due_on,omitempty" format:"date" doc:"The agency's day, as it stands now"`
	Late       bool     `json:"late"`
	Waiting    bool     `json:"waiting" doc:"Papers are awaited: the agency's clock stands"`
	Papers     []Sheets `json:"papers" doc:"As counted with the citizen"`
	Missing    []string `json:"missing,omitempty" doc:"Components asked for"`
}

// Sheets is one line of the list of papers.
type Sheets struct {
	Component string `json:"component"`
	Originals int    `json:"originals,omitempty"`
	Copies    int    `json:"copies,omitempty"`
	Certified int    `json:"certified,omitempty"`
}

// MeaningKind is one of the things that an agency says.
type MeaningKind string

// What an agency says.
const (
	NamesDay  MeaningKind = "slip"       // the day of the result
	AsksMore  MeaningKind = "supplement" // for more papers
	Completes MeaningKind = "complete"   // the papers are complete
	PutsOff   MeaningKind = "reschedule" // with an apology, to another day
	HasResult MeaningKind = "ready"      // that can be fetched
)

// Meaning is what an agency says of a dossier.
type Meaning struct {
	Kind    MeaningKind
	Slip    string
	Due     postal.Day
	Papers  []string
	Reason  string
	Until   postal.Day
	Outcome string
	OwedVND postal.VND
	Recall  []string
}

// agency is the one for which the caller acts.
func (c *call) agency() (postal.AgencyCode, error) {
	if c.s.Dossiers == nil {
		return "", fault.New(fault.NotFound, "api.no_dossiers", "Hệ thống này không nhận hồ sơ.", "This installation takes no dossiers.")
	}
	desk, err := c.ownOffice(web.AgencyOfficer)
	if err != nil {
		return "", err
	}
	if a := desk.Agency(); a != "" {
		return a, nil
	}
	return "", fault.New(fault.Forbidden, "api.no_agency", "Mã truy cập này không gắn với cơ quan nào. Hãy nhờ quản trị viên cấp mã cho đúng cơ quan.",
		"This token belongs to no agency. Ask an administrator for one that does.")
}

type (
	dossierIn struct {
		Code string `path:"code" doc:"14 digits, starting with 6"`
	}
	dossierOut  struct{ Body Dossier }
	dossiersOut struct{ Body dossierList }
	dossierList struct {
		Dossiers []Dossier `json:"dossiers"`
	}
	// Moment is when an act was done, by the sender's clock.
	Moment struct {
		OccurredAt string `json:"occurred_at" format:"date-time" doc:"When, by the sender's clock"`
	}
	slipIn struct {
		Keyed
		Code string `path:"code" doc:"14 digits, starting with 6"`
		Body struct {
			Moment
			AgencyCode string `json:"agency_code" maxLength:"40" doc:"The agency's own code of the dossier"`
			DueOn      string `json:"due_on,omitempty" format:"date"`
		}
	}
	supplementIn struct {
		Keyed
		Code string `path:"code" doc:"14 digits, starting with 6"`
		Body struct {
			Moment
			Papers []string `json:"papers" minItems:"1" maxItems:"50" doc:"Components of the published list"`
			Reason string   `json:"reason" enum:"paper_missing,paper_wrong,copy_not_certified,form_incomplete,fee_missing"`
			Until  string   `json:"until,omitempty" format:"date"`
		}
	}
	plainIn struct {
		Keyed
		Code string `path:"code" doc:"14 digits, starting with 6"`
		Body struct{ Moment }
	}
	laterIn struct {
		Keyed
		Code string `path:"code" doc:"14 digits, starting with 6"`
		Body struct {
			Moment
			DueOn string `json:"due_on" format:"date" doc:"The one new day"`
		}
	}
	readyIn struct {
		Keyed
		Code string `path:"code" doc:"14 digits, starting with 6"`
		Body struct {
			Moment
			Outcome string   `json:"outcome" enum:"granted,rejected"`
			OwedVND int64    `json:"owed_vnd,omitempty" minimum:"0" doc:"To be collected from the citizen with the result"`
			Recall  []string `json:"recall,omitempty" maxItems:"50" doc:"Papers that the citizen must give up"`
		}
	}
)

// addDossiers adds the part of State agencies. Handing over stays with people: both sign on the post's screen.
func (s *Service) addDossiers() {
	add(s, web.AgencyOfficer, get("dossiers", "/dossiers", "The dossiers that your agency has to do with now", "dossiers"), func(ctx context.Context, c *call, _ *empty) (*dossiersOut, error) {
		a, err := c.agency()
		if err != nil {
			return nil, err
		}
		list, err := s.Dossiers.Of(ctx, a)
		return &dossiersOut{dossierList{list}}, err
	})
	add(s, web.AgencyOfficer, get("dossier", "/dossiers/{code}", "One dossier of your agency", "dossiers"), func(ctx context.Context, c *call, in *dossierIn) (*dossierOut, error) {
		a, err := c.agency()
		if err != nil {
			return nil, err
		}
		d, err := s.Dossiers.One(ctx, a, in.Code)
		return &dossierOut{d}, err
	})
	s.addDossierActs()
}

func (s *Service) addDossierActs() {
	op := func(id, path, summary string) (web.Right, string, string, string) {
		return web.AgencyOfficer, id, "/dossiers/{code}/" + path, summary
	}
	right, id, path, text := op("issueSlip", "slip", "Name the day of the result (giấy hẹn)")
	add(s, right, post(id, path, text, "dossiers"), func(ctx context.Context, c *call, in *slipIn) (*RecordedOut, error) {
		due, err := day("due_on", in.Body.DueOn)
		return s.said(ctx, c, in.Key, in.Code, in.Body.OccurredAt, Meaning{Kind: NamesDay, Slip: in.Body.AgencyCode, Due: due}, err)
	})
	right, id, path, text = op("requestSupplement", "supplement", "Ask for more papers, once")
	add(s, right, post(id, path, text, "dossiers"), func(ctx context.Context, c *call, in *supplementIn) (*RecordedOut, error) {
		until, err := day("until", in.Body.Until)
		return s.said(ctx, c, in.Key, in.Code, in.Body.OccurredAt, Meaning{Kind: AsksMore, Papers: in.Body.Papers, Reason: in.Body.Reason, Until: until}, err)
	})
	right, id, path, text = op("completeSupplement", "complete", "Say that the papers are complete")
	add(s, right, post(id, path, text, "dossiers"), func(ctx context.Context, c *call, in *plainIn) (*RecordedOut, error) {
		return s.said(ctx, c, in.Key, in.Code, in.Body.OccurredAt, Meaning{Kind: Completes}, nil)
	})
	right, id, path, text = op("reschedule", "reschedule", "Apologise and name another day, once")
	add(s, right, post(id, path, text, "dossiers"), func(ctx context.Context, c *call, in *laterIn) (*RecordedOut, error) {
		due, err := day("due_on", in.Body.DueOn)
		return s.said(ctx, c, in.Key, in.Code, in.Body.OccurredAt, Meaning{Kind: PutsOff, Due: due}, err)
	})
	right, id, path, text = op("announceResult", "result", "Say that the result can be fetched")
	add(s, right, post(id, path, text, "dossiers"), func(ctx context.Context, c *call, in *readyIn) (*RecordedOut, error) {
		b := &in.Body
		return s.said(ctx, c, in.Key, in.Code, b.OccurredAt, Meaning{Kind: HasResult, Outcome: b.Outcome, OwedVND: postal.VND(b.OwedVND), Recall: b.Recall}, nil)
	})
}

// said records what an agency says of a dossier, at the agency's own desk.
func (s *Service) said(ctx context.Context, c *call, key, code, occurred string, m Meaning, bad error) (*RecordedOut, error) {
	if bad != nil {
		return nil, bad
	}
	agency, err := c.agency()
	if err != nil {
		return nil, err
	}
	id, err := postal.ParseActID(key)
	if err != nil {
		return nil, err
	}
	at, err := moment(occurred)
	if err != nil {
		return nil, err
	}
	if first, done, err := s.saidBefore(ctx, c, id, agency, code, m); done || err != nil {
		return first, err
	}
	act, err := s.Dossiers.Act(ctx, agency, code, m)
	if err != nil {
		return nil, err
	}
	return s.append(ctx, ledger.Submission{Envelope: ledger.Envelope{Act: id, OccurredMs: postal.Millis(at), Office: agency.Desk(), Actor: c.person.ID}, Act: act})
}

// saidBefore gives the first answer to what was said under this key before, whatever the dossier has become since: its act could not be made again the same. Anything else under the key is refused.
func (s *Service) saidBefore(ctx context.Context, c *call, id postal.ActID, agency postal.AgencyCode, code string, m Meaning) (*RecordedOut, bool, error) {
	rec, done, err := s.Ledger.Find(ctx, id)
	if err != nil || !done {
		return nil, false, err
	}
	entries, err := s.Ledger.Entries(ctx, []int64{rec.Seq})
	if err != nil {
		return nil, false, err
	}
	for _, e := range entries {
		if e.Actor == c.person.ID && e.Office == agency.Desk() && slices.ContainsFunc(e.Facts, func(f event.Fact) bool { return m.means(postal.DossierNumber(code), f) }) {
			rec.Repeated = true
			return recorded(rec), true, nil
		}
	}
	return nil, false, fault.New(fault.Conflict, "ledger.act_reused", "Mã thao tác này đã dùng cho một nội dung khác. Không ghi gì thêm.", "This act id was used for another content. Nothing was added.")
}

// means reports whether a fact says of a dossier what is meant.
func (m Meaning) means(n postal.DossierNumber, f event.Fact) bool {
	switch f := f.(type) {
	case event.SlipIssued:
		return m.Kind == NamesDay && f.Dossier == n && f.Code == m.Slip && f.Due == m.Due
	case event.SupplementRequested:
		return m.Kind == AsksMore && f.Dossier == n && slices.Equal(f.Papers, m.Papers) && f.Reason == m.Reason && f.Until == m.Until
	case event.SupplementCompleted:
		return m.Kind == Completes && f.Dossier == n
	case event.DossierRescheduled:
		return m.Kind == PutsOff && f.Dossier == n && f.Due == m.Due
	case event.ResultReady:
		return m.Kind == HasResult && f.Dossier == n && f.Outcome == m.Outcome && f.OwedVND == m.OwedVND && slices.Equal(f.Recall, m.Recall)
	}
	return false
}

// day reads a day of a body; an empty one is none.
func day(field, text string) (postal.Day, error) {
	if text == "" {
		return postal.Day{}, nil
	}
	d, err := postal.ParseDay(text)
	return d, fault.At(err, field)
}
