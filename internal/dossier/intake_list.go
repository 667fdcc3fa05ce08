package dossier

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// listView is the sheet of the joint count: what was counted, to be signed by both before anything is accepted. It knows no person; the sender writes his name himself.
type listView struct {
	web.Page
	Procedure *Procedure
	Papers    []event.Paper
	Seal      string
	Desk      string
	Now       string
}

// getList prints the sheet of the joint count; the counts come as from the slip of missing papers.
func (s *Service) getList(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := s.Catalogue.On(f.Value("procedure"), s.today())
	if err != nil {
		return err
	}
	v := listView{Page: web.NewPage(r, "Bản kê đồng kiểm hồ sơ", "List of the joint count"), Procedure: p, Papers: countedOf(f, p), Seal: web.MaybeParse(f, "seal", readSeal), Desk: s.officeName(web.PersonOf(r).Office())}
	if f.Err() != nil {
		return f.Err()
	}
	v.Now = v.DateTime(s.Now())
	return web.Render(w, r, http.StatusOK, listPage(v))
}

// countedOf reads what a form has of the published list.
func countedOf(f *web.Form, p *Procedure) (list []event.Paper) {
	for _, a := range p.Papers {
		x := readPaper(f, a)
		if x.Absent != "" || Sheets([]event.Paper{x}) > 0 {
			list = append(list, x)
		}
	}
	return list
}

// handler is the one agency of ours that the published list names for a procedure: by its whole name, or by how its name begins ("Sở Tư pháp" of a city). None when no name fits, or more than one.
func handler(p *Procedure, list []Agency) (only postal.AgencyCode) {
	want := postal.Fold(p.Agency)
	if want == "" {
		return ""
	}
	for _, a := range list {
		if !a.Active || !a.named(want) {
			continue
		}
		if only != "" {
			return ""
		}
		only = a.Code
	}
	return only
}

// AgencyFor gives the agency of ours that the published list names for a procedure; ok is false when none fits, or more than one.
func (s *Service) AgencyFor(ctx context.Context, p *Procedure) (a Agency, ok bool, err error) {
	list, err := s.store().Agencies(ctx)
	if err != nil {
		return Agency{}, false, err
	}
	only := handler(p, list)
	n := slices.IndexFunc(list, func(a Agency) bool { return a.Code == only })
	if n < 0 {
		return Agency{}, false, nil
	}
	return list[n], true, nil
}

// named reports whether a folded name of the published list may mean this agency.
func (a Agency) named(want string) bool {
	name := postal.Fold(a.Name)
	return want != "" && (name == want || strings.HasPrefix(name, want+" "))
}

// doubts say what of a checked intake is not as the list publishes it. The clerk may know better (a fee that was paid online, an agency of another name): he is asked, not refused.
func doubts(v intakeView) (say []string) {
	p := v.In.Procedure
	if want := postal.Fold(p.Agency); !v.In.Agency.named(want) && slices.ContainsFunc(v.Agencies, func(a Agency) bool { return a.Active && a.named(want) }) {
		say = append(say, fmt.Sprintf(v.T("Cơ quan đã chọn là %s; theo danh mục, thủ tục này do %s giải quyết.", "You chose %s; by the list this procedure is handled by %s."), v.In.Agency.In(v.Lang), p.Agency))
	}
	for _, kind := range feeKinds {
		published, known := publishedSum(p.feesOf(v.In.Online), kind)
		var entered postal.VND
		for _, x := range v.In.Fees {
			if x.Kind == kind {
				entered = x.AmountVND
			}
		}
		if !known || entered == published {
			continue
		}
		name := Say("fee", kind).In(v.Lang)
		if entered == 0 {
			say = append(say, fmt.Sprintf(v.T("%s: danh mục ghi %s, ở đây để trống nên phiếu gửi không ghi và không ai thu. Nếu khách đã nộp trực tuyến hoặc nộp tại cơ quan, hãy ghi số tiền và chọn cách nộp.",
				"%s: the list says %s, here it is empty, so the note does not name it and nobody collects it. If it was paid online or at the agency, write the amount and choose how."), name, v.Money(published)))
			continue
		}
		say = append(say, fmt.Sprintf(v.T("%s: danh mục ghi %s, ở đây là %s.", "%s: the list says %s, here it is %s."), name, v.Money(published), v.Money(entered)))
	}
	return say
}

// publishedSum is what the list asks of one kind, if it tells all of it.
func publishedSum(list []PublishedFee, kind string) (sum postal.VND, known bool) {
	known = true
	for _, f := range list {
		if f.Kind == kind {
			sum, known = sum+f.AmountVND, known && !f.Unknown
		}
	}
	return sum, known
}
