package dossier

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Papers that the agency asked for later: counted, priced, taken in, listed and printed.

// fareField carries the postage that the person at the counter has seen: another one is shown before it is taken.
const fareField = "fare"

// supplementing accepts the papers that were asked for as a packet of its own, with its postage. It gives no act, and no error, while that postage has not been seen.
func (s *Service) supplementing(r *http.Request, f *web.Form, v *ledger.View, d *Dossier, desk postal.OfficeCode) (ledger.Act, error) {
	a, err := s.store().Agency(r.Context(), d.Agency)
	if err != nil {
		return nil, err
	}
	papers := s.readSupplement(f, d)
	weight, means := web.Parse(f, "weight", postal.ParseGrams), f.Choice("means", "cash", "transfer")
	seal := web.Parse(f, "seal", readSeal)
	if f.Err() != nil {
		return nil, nil
	}
	price, err := s.supplementPrice(v, desk, a, weight)
	if err != nil {
		return nil, at(err, "weight")
	}
	due, err := s.sendDue(FormBoth, s.unitOf(desk), a.Unit, s.Now())
	if err != nil {
		return nil, err
	}
	act := SendSupplement{Dossier: d.Code, Papers: papers, Seal: seal, Carriage: custody.Accept{Service: event.DossierSend, ToUnit: a.Unit, ToOffice: a.Office, WeightG: weight,
		FeeVND: price.TotalVND, Rules: append(dueRules(due), price.Rules...), DueMs: dueMs(due), Office: desk}}
	paid, err := s.paid(r, v, desk, act, event.DossierSend, price, Payment{Means: means})
	if err != nil {
		return nil, err
	}
	seen := strconv.FormatInt(int64(price.TotalVND), 10)
	if f.Value(fareField) != seen {
		f.Set(fareField, seen)
		return nil, nil
	}
	return paid, nil
}

// readSupplement reads the counts of what was asked for, each of a kind that the list takes.
func (s *Service) readSupplement(f *web.Form, d *Dossier) (papers []event.Paper) {
	list := s.published(d)
	for _, id := range d.Supplement.Papers {
		p := readPaper(f, Asked{ID: id})
		if Sheets([]event.Paper{p}) == 0 {
			continue
		}
		if a, ok := list.Line(id); ok && !a.suits(p) {
			_ = f.Refuse(fault.New(fault.Invalid, "dossier.other_kind", "Danh mục công bố cần loại bản khác của giấy tờ này: bản chính %[1]d, bản sao %[2]d, bản sao chứng thực %[3]d. Đếm lại theo loại.",
				"The published list asks for another kind of this paper: originals %[1]d, copies %[2]d, certified copies %[3]d. Count again by kind.", a.Originals, a.Copies, a.Certified).At(countedAs(p) + id))
		}
		papers = append(papers, p)
	}
	if len(papers) == 0 && len(d.Supplement.Papers) > 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.no_papers", "Chưa đếm giấy tờ nào.", "No paper has been counted.").At("o." + d.Supplement.Papers[0]))
	}
	return papers
}

// countedAs is the column in which a paper was counted, as its fields are called.
func countedAs(p event.Paper) string {
	switch {
	case p.Originals > 0:
		return "o."
	case p.Copies > 0:
		return "c."
	}
	return "k."
}

func (s *Service) supplementPrice(v *ledger.View, desk postal.OfficeCode, to Agency, weight postal.Grams) (Price, error) {
	return s.Money.Price(v, PriceQuestion{Service: event.DossierSend, From: s.unitOf(desk), To: to.Unit, WeightG: weight, On: s.today()})
}

// caseFare shows the price that is about to be taken.
func (s *Service) caseFare(r *http.Request, v *ledger.View, c *caseView) error {
	if c.Form.Value("do") != "supplement" || c.Form.Value(fareField) == "" || c.Form.Err() != nil {
		return nil
	}
	weight, err := postal.ParseGrams(c.Form.Value("weight"))
	if err != nil {
		return nil // its form says so
	}
	a, err := s.store().Agency(r.Context(), c.Dossier.Agency)
	if err != nil {
		return err
	}
	price, err := s.supplementPrice(v, web.PersonOf(r).Office(), a, weight)
	if err != nil {
		return silent(err)
	}
	c.Fare = &price
	return nil
}

// added is a packet of papers that were taken in later.
type added struct {
	event.SupplementSent
	AtMs   int64
	Office postal.OfficeCode
	By     postal.StaffID
}

// addedTo lists the packets of added papers, the first first, out of a dossier's entries; without those whose acceptance was undone.
func addedTo(v *ledger.View, entries []event.Entry) (list []added) {
	for _, e := range entries {
		for _, f := range e.Facts {
			x, ok := f.(event.SupplementSent)
			if !ok {
				continue
			}
			if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(x.Item)); ok && i.Stage != custody.Withdrawn {
				list = append(list, added{SupplementSent: x, AtMs: e.OccurredMs, Office: e.Office, By: e.Actor})
			}
		}
	}
	return list
}

// addedView is the note of a packet of added papers.
type addedView struct {
	web.Page
	*Dossier
	added
	Sender     Person
	FromLine   string
	AgencyOf   Agency
	AgencyLine string
	OfficeName string
	ByName     string
	WeightG    postal.Grams
	Due        string
	Paid       Takings
	Name       func(id string) string
	MadeUp     bool
	Copies     []string
}

// getAdded prints the note of a packet of added papers, which is the receipt of its postage too. The sender's name stands on it, so that somebody looked is recorded.
func (s *Service) getAdded(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	entries, err := s.history(r, d)
	if err != nil {
		return err
	}
	for _, x := range addedTo(v, entries) {
		if string(x.Item) != r.PathValue("item") {
			continue
		}
		if err := s.lookAt(r, v, d, "note"); err != nil {
			return err
		}
		p, err := s.addedView(r.Context(), web.NewPage(r, "Phiếu gửi giấy tờ bổ sung", "Note of added papers"), v, d, x)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, addedPage(p))
	}
	return fault.New(fault.NotFound, "dossier.no_added", "Hồ sơ này không có gói bổ sung số %q.", "This dossier has no packet %q of added papers.", r.PathValue("item"))
}

func (s *Service) addedView(ctx context.Context, page web.Page, v *ledger.View, d *Dossier, x added) (addedView, error) {
	n := addedView{Page: page, Dossier: d, added: x, OfficeName: s.officeName(x.Office), ByName: s.Name(ctx, x.By), MadeUp: s.MadeUp, Due: noTime(page)}
	people, err := s.store().PeopleOf(ctx, d.Act)
	if err != nil {
		return n, err
	}
	n.Sender = people.Sender
	n.FromLine, _ = s.Communes.CommuneLine(page, n.Sender.Unit)
	if n.AgencyOf, err = s.store().Agency(ctx, d.Agency); err != nil {
		n.AgencyOf = Agency{Code: d.Agency, Name: string(d.Agency)}
	}
	n.AgencyLine, _ = s.Communes.CommuneLine(page, n.AgencyOf.Unit)
	if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(x.Item)); ok {
		n.WeightG = i.WeightG
		if i.DueMs > 0 {
			n.Due = page.Millis(i.DueMs)
		}
	}
	n.Paid, _ = s.Money.Paid(v, x.Item)
	list := s.published(d)
	n.Name = func(id string) string {
		a, _ := list.Line(id)
		return cmp.Or(a.Name, id)
	}
	n.Copies = []string{n.T("Bản 1: người nộp giữ", "Copy 1: the sender"), n.T("Bản 2: cơ quan", "Copy 2: the agency"), n.T("Bản 3: bưu điện lưu", "Copy 3: the post")}
	return n, v.Err()
}
