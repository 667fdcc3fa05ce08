package dossier

import (
	"net/http"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// noteView is the consignment note (phiếu gửi hồ sơ) with all that Circular 17/2017, article 9 asks for.
type noteView struct {
	web.Page
	*Dossier
	People     People
	Procedure  *Procedure
	AgencyOf   Agency
	Office     string
	FromLine   string
	ToLine     string
	AgencyLine string
	GivenAt    string // the office that gives the result, with its address
	WeightG    postal.Grams
	Due        string
	Track      string
	Hotline    string
	MadeUp     bool
	Copies     []string
	Months     int64 // to complain
	Times      int64 // the least compensation, in times the postage
	Safety     int64 // percent
}

// getNote prints the note in three copies: citizen, agency, post.
func (s *Service) getNote(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	if err := s.lookAt(r, v, d, "note"); err != nil {
		return err
	}
	n := noteView{Page: web.NewPage(r, "Phiếu gửi hồ sơ", "Dossier consignment note"), Dossier: d, Office: s.officeName(d.Office), Hotline: s.Hotline, MadeUp: s.MadeUp}
	if n.People, err = s.store().PeopleOf(r.Context(), d.Act); err != nil {
		return err
	}
	if n.Procedure, err = s.Catalogue.On(d.Procedure, d.Version); err != nil {
		if _, ok := fault.From(err); !ok {
			return err
		}
		n.Procedure = &Procedure{Code: d.Procedure, Name: d.Procedure}
	}
	if n.AgencyOf, err = s.store().Agency(r.Context(), d.Agency); err != nil {
		n.AgencyOf = Agency{Code: d.Agency, Name: string(d.Agency)}
	}
	n.FromLine, _ = s.Communes.CommuneLine(n.Page, n.People.Sender.Unit)
	n.ToLine, _ = s.Communes.CommuneLine(n.Page, n.People.Receiver.Unit)
	n.GivenAt = s.officeLine(d.ToOffice)
	n.AgencyLine, _ = s.Communes.CommuneLine(n.Page, n.AgencyOf.Unit)
	if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(d.Item)); ok {
		n.WeightG = i.WeightG
	}
	n.Due = noTime(n.Page)
	if d.Send.DueMs > 0 {
		n.Due = n.Millis(d.Send.DueMs)
	}
	day := postal.DayOf(postal.FromMillis(d.AcceptedMs))
	for key, into := range map[string]*int64{"dossier.complaint.limit": &n.Months, "post.compensation.times_postage": &n.Times, "dossier.safety": &n.Safety} {
		if *into, _, err = s.Calendar.Book().Int(key, day); err != nil {
			return err
		}
	}
	n.Track = s.Base + publicPath
	n.Copies = []string{n.T("Bản 1: người nộp giữ", "Copy 1: the sender"), n.T("Bản 2: cơ quan", "Copy 2: the agency"), n.T("Bản 3: bưu điện lưu", "Copy 3: the post")}
	return web.Render(w, r, http.StatusOK, notePage(n))
}

// total is what was paid.
func (n noteView) total() (sum postal.VND) {
	for _, l := range n.People.Note.Lines {
		sum += l.Amount
	}
	return sum + sumFees(n.Agreed(), ByPost)
}

// promised is the promise of the way to the agency; an order to fetch a result has none.
func (n noteView) promised() string {
	if !n.Sends() {
		return ""
	}
	words := promise(n.Page, n.Dossier.Form)
	if n.Lang == "vi" {
		first := []rune(words)
		words = strings.ToLower(string(first[:1])) + string(first[1:])
	}
	due := n.Due
	if n.Dossier.Send.DueMs > 0 && !n.People.Note.Sure {
		due += " (" + n.T("chưa kiểm chứng", "not verified") + ")"
	}
	return words + " " + due + "; "
}

// secretAfter leads from the code to the secret beside it, on the copy that has it.
func (n noteView) secretAfter(own bool) string {
	if !own {
		return ""
	}
	return n.T(", mã bí mật ", ", secret ")
}

func (n noteView) paperName(id string) string {
	if a, ok := n.Procedure.Line(id); ok {
		return a.Name
	}
	return id
}
