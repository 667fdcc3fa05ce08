package dossier

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// row is one dossier in a list.
type row struct {
	*Dossier
	Name       string // of the procedure, as published
	Applicant  string // masked; empty for an agency's officer, and when forgotten
	AgencyName string
	Agency     AgencyTime // its clock
	PostLate   bool
	TurnedMs   int64  // since when it is on its way back; 0: it is not
	Back       string // and for how many days, in words
}

// group is one state of a board with its dossiers.
type group struct {
	State State
	Rows  []row
}

// boardView is what waits at a desk.
type boardView struct {
	web.Page
	Query      string
	Found      []row
	Groups     []group
	Handovers  []*custody.Handover
	Complaints int
	Officer    bool
	Desk       string
	Fault      *fault.Error
}

// maxRows bounds a group on the board; the late ones come first, so nothing urgent is cut.
const maxRows = 200

// getBoard shows what waits at the person's desk, or what an address names: a dossier's code or an item's number, never a telephone number.
func (s *Service) getBoard(w http.ResponseWriter, r *http.Request) error {
	return s.drawBoard(w, r, r.URL.Query().Get("q"), false)
}

// postBoard searches for what was typed, a telephone number too: it goes in the body of the form, so that no log and no history keeps it.
func (s *Service) postBoard(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	return s.drawBoard(w, r, f.Value("q"), true)
}

func (s *Service) drawBoard(w http.ResponseWriter, r *http.Request, query string, phones bool) error {
	me := web.PersonOf(r)
	desk, err := me.Here()
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	b := boardView{Page: web.NewPage(r, "Hồ sơ", "Dossiers"), Query: query, Officer: desk.Agency() != ""}
	b.Wide, b.NoScan = true, true // the page has the one field
	b.Desk = s.officeName(desk)
	if b.Officer {
		b.Desk = s.agencyName(r.Context(), b.Page, desk.Agency())
	}
	if b.Query != "" {
		d, err := s.search(r, v, b.Query, phones)
		if len(d) == 1 && err == nil {
			return web.Redirect(w, r, pathOf(d[0].Code))
		}
		if fault.Is(err, fault.NotFound) && b.Site.ScanTo != "" && me.May(web.Clerk, "") && looksLikeCode(b.Query) {
			return web.Redirect(w, r, b.Site.ScanTo+"?"+url.Values{"code": {b.Query}}.Encode())
		}
		b.Fault, _ = fault.From(err)
		if err != nil && b.Fault == nil {
			return err
		}
		if b.Found, err = s.rows(r, b.Page, d); err != nil {
			return err
		}
		if err := s.nameRows(r, v, b.Found); err != nil {
			return err
		}
	}
	if err := s.fillBoard(r, v, &b, desk); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, boardPage(b))
}

func (s *Service) fillBoard(r *http.Request, v *ledger.View, b *boardView, desk postal.OfficeCode) error {
	list := on(v, OfficeBoard(desk))
	if b.Officer {
		list = append(on(v, AgencyBoard(desk.Agency())), s.refusedBy(v, desk.Agency())...)
	} else {
		list = append(list, lying(v, desk)...)
		b.Complaints = len(v.At(ComplaintBoard(desk), 'y'))
	}
	rows, err := s.rows(r, b.Page, list)
	if err != nil {
		return err
	}
	if err := s.since(r.Context(), v, b.Page, rows); err != nil {
		return err
	}
	for _, state := range States() {
		g := group{State: state}
		for _, x := range rows {
			if x.State == state && len(g.Rows) < maxRows {
				g.Rows = append(g.Rows, x)
			}
		}
		if err := s.nameRows(r, v, g.Rows); err != nil {
			return err
		}
		if len(g.Rows) > 0 {
			b.Groups = append(b.Groups, g)
		}
	}
	b.Handovers = s.openHandovers(v, func(h *custody.Handover) bool {
		side := custody.Agency(h.To) + custody.Agency(h.From)
		return side != "" && (b.Officer && side == desk.Agency() || !b.Officer && h.Office == desk)
	})
	return v.Err()
}

// openHandovers lists the open handovers of all offices that a question is true of.
func (s *Service) openHandovers(v *ledger.View, want func(*custody.Handover) bool) (list []*custody.Handover) {
	for _, o := range s.Places.Directory().All() {
		for _, k := range v.At(string(custody.AtOffice(o.Code)), 'h') {
			if h, ok := ledger.Get[*custody.Handover](v, k); ok && want(h) {
				list = append(list, h)
			}
		}
	}
	return list
}

// looksLikeCode reports whether a text can be a code of the house (of a bag, a handover, a booking) and no name and no telephone number: only such a text may stand in an address.
func looksLikeCode(text string) bool {
	plain := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(text))
	digits := 0
	for _, c := range plain {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c < 'A' || c > 'Z':
			return false
		}
	}
	return len(plain) == 14 && digits == 14 || len(plain) == 13 && digits == 9 || len(plain) == 8 && digits < 8 && !strings.ContainsAny(plain, "AEIOUY")
}

// search finds dossiers by what somebody has in hand.
func (s *Service) search(r *http.Request, v *ledger.View, q string, phones bool) ([]*Dossier, error) {
	mine := func(d *Dossier) bool {
		a := web.PersonOf(r).Office().Agency()
		return a == "" || a == d.Agency
	}
	if code, err := postal.ParseDossierNumber(q); err == nil {
		if d, err := Find(v, code); err == nil && mine(d) {
			return []*Dossier{d}, nil
		}
		return nil, noneFound()
	}
	if fixed, _ := postal.MendScan(q); fixed != "" {
		if n, err := postal.ParseItemNumber(fixed); err == nil {
			if d, _, ok := Of(v, n); ok && mine(d) {
				return []*Dossier{d}, nil
			}
			return nil, noneFound()
		}
	}
	phone, err := postal.ParsePhone(q)
	if err != nil || !phones || web.PersonOf(r).Office().Agency() != "" {
		return nil, noneFound()
	}
	acts, err := s.store().Acts(r.Context(), phone)
	if err != nil {
		return nil, err
	}
	var found []*Dossier
	for _, id := range acts {
		rec, ok, err := s.Ledger.Find(r.Context(), id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		for _, f := range rec.Facts {
			if code := codeOf(f); code != "" {
				if d, err := Find(v, code); err == nil && concerns(v, web.PersonOf(r), d) {
					found = append(found, d)
				}
			}
		}
	}
	if len(found) == 0 {
		return nil, noneFound()
	}
	return found, nil
}

func noneFound() error {
	return fault.New(fault.NotFound, "dossier.none_found", "Không tìm thấy hồ sơ. Quét mã trên bìa hồ sơ hoặc số hiệu bưu gửi, hoặc gõ số điện thoại người nộp.",
		"No dossier was found. Scan the code on the folder or the item's number, or type the sender's telephone number.")
}

// rows adds the clocks to dossiers, the late ones first.
func (s *Service) rows(r *http.Request, p web.Page, list []*Dossier) ([]row, error) {
	agencies, err := s.store().Agencies(r.Context())
	if err != nil {
		return nil, err
	}
	return s.rowsOf(p, agencies, list)
}

// rowsOf is rows for whoever has read the agencies already.
func (s *Service) rowsOf(p web.Page, agencies []Agency, list []*Dossier) ([]row, error) {
	names := map[postal.AgencyCode]string{}
	for _, a := range agencies {
		names[a.Code] = a.In(p.Lang)
	}
	now := s.Now()
	rows := make([]row, len(list))
	for n, d := range list {
		t, err := AgencyDue(s.Calendar, d, now)
		if err != nil && silent(err) != nil {
			return nil, err
		}
		rows[n] = row{Dossier: d, AgencyName: cmp.Or(names[d.Agency], string(d.Agency)), Agency: t, PostLate: d.postLate(postal.Millis(now))}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.late(), a.late()) })
	return rows, nil
}

// nameRows adds to the rows that are shown what the dossiers are about and, for the offices on their way, whose they are, masked.
func (s *Service) nameRows(r *http.Request, v *ledger.View, rows []row) error {
	me := web.PersonOf(r)
	var acts []postal.ActID
	for n := range rows {
		if concerns(v, me, rows[n].Dossier) {
			acts = append(acts, rows[n].Act)
		}
	}
	senders, err := s.store().sendersOf(r.Context(), acts)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for n := range rows {
		x := &rows[n]
		key := x.Procedure + "@" + x.Version.String()
		if _, known := names[key]; !known {
			names[key] = s.procedureName(x.Dossier)
		}
		x.Name, x.Applicant = names[key], mask(senders[x.Act].Name)
	}
	return v.Err()
}

// procedureName is the published name of a dossier's procedure, its code when the list is not known.
func (s *Service) procedureName(d *Dossier) string {
	if p, err := s.Catalogue.On(d.Procedure, d.Version); err == nil {
		return p.Name
	}
	return d.Procedure
}

func (r row) late() int {
	if r.Agency.Late || r.PostLate {
		return 1
	}
	return 0
}

// postLate reports whether the post is late with the way that it is on; what is on its way back is not late by the way out.
func (d *Dossier) postLate(nowMs int64) bool {
	if d.turned() {
		return false
	}
	if d.Return.StartedMs > 0 {
		return d.EndedMs == 0 && d.Return.Late(nowMs)
	}
	return d.Sends() && d.EndedMs == 0 && d.Send.StoppedMs == 0 && d.Send.Late(nowMs)
}

// lateView is the board of what is late, by agency and by office.
type lateView struct {
	web.Page
	ByAgency []lateGroup
	ByOffice []lateGroup
	Total    int
	Back     lateGroup // what is on its way back: never late
	At       string
}

// lateGroup is the late ones of one agency or office: the first maxRows of Count.
type lateGroup struct {
	Name  string
	Count int
	Rows  []row
}

// getLate lists what is late everywhere, the worst agency and office first.
func (s *Service) getLate(w http.ResponseWriter, r *http.Request) error {
	v := s.Ledger.View(r.Context())
	l := lateView{Page: web.NewPage(r, "Hồ sơ trễ hạn", "Late dossiers"), At: web.NewPage(r, "", "").DateTime(s.Now())}
	l.Wide = true
	agencies, err := s.store().Agencies(r.Context())
	if err != nil {
		return err
	}
	for _, a := range agencies {
		rows, err := s.rowsOf(l.Page, agencies, on(v, AgencyBoard(a.Code)))
		if err != nil {
			return err
		}
		l.ByAgency = addLate(l.ByAgency, a.In(l.Lang), rows, func(x row) bool { return x.Agency.Late })
	}
	var back []row
	for _, o := range s.Places.Directory().All() {
		rows, err := s.rowsOf(l.Page, agencies, on(v, OfficeBoard(o.Code)))
		if err != nil {
			return err
		}
		back = append(back, slices.DeleteFunc(slices.Clone(rows), func(x row) bool { return !slices.Contains(turnedBack, x.State) })...)
		l.ByOffice = addLate(l.ByOffice, o.Name, rows, func(x row) bool { return x.PostLate })
	}
	if err := s.since(r.Context(), v, l.Page, back); err != nil {
		return err
	}
	l.Back = lateGroup{Count: len(back), Rows: back[:min(len(back), maxRows)]}
	if err := s.nameRows(r, v, l.Back.Rows); err != nil {
		return err
	}
	for _, list := range [][]lateGroup{l.ByAgency, l.ByOffice} {
		slices.SortStableFunc(list, func(a, b lateGroup) int { return cmp.Compare(b.Count, a.Count) })
		for _, g := range list {
			l.Total += g.Count
			if err := s.nameRows(r, v, g.Rows); err != nil {
				return err
			}
		}
	}
	return web.Render(w, r, http.StatusOK, latePage(l))
}

func addLate(to []lateGroup, name string, rows []row, late func(row) bool) []lateGroup {
	rows = slices.DeleteFunc(rows, func(x row) bool { return !late(x) })
	if len(rows) == 0 {
		return to
	}
	return append(to, lateGroup{Name: name, Count: len(rows), Rows: rows[:min(len(rows), maxRows)]})
}

// complaintsView is what an office has to answer.
type complaintsView struct {
	web.Page
	Rows []complaintRow
}

type complaintRow struct {
	*Complaint
	Text string
	Why  string // there is none
	Late bool
}

// getComplaints lists the complaints that the office has to answer, the first due first.
func (s *Service) getComplaints(w http.ResponseWriter, r *http.Request) error {
	desk, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	c := complaintsView{Page: web.NewPage(r, "Khiếu nại hồ sơ", "Complaints about dossiers")}
	for _, k := range v.At(ComplaintBoard(desk), 'y') {
		x, ok := ledger.Get[*Complaint](v, k)
		if !ok {
			continue // v.Err says so below
		}
		row := complaintRow{Complaint: x, Late: x.Late(postal.Millis(s.Now())), Why: c.T("không ghi nội dung", "no words were written down")}
		if row.Text, err = s.complaintText(r, v, x); err != nil {
			f, ok := fault.From(err)
			if !ok {
				return err
			}
			if !fault.Is(err, fault.NotFound) || fault.Code(err) == "privacy.erased" {
				row.Why = c.Say(f)
			}
		}
		c.Rows = append(c.Rows, row)
	}
	if err := v.Err(); err != nil {
		return err
	}
	slices.SortStableFunc(c.Rows, func(a, b complaintRow) int { return a.AnswerBy.DaysSince(b.AnswerBy) })
	return web.Render(w, r, http.StatusOK, complaintsPage(c))
}

// complaintText opens the words of a complaint like all that is personal: not when its people are no longer shown, and that somebody looks is noted.
func (s *Service) complaintText(r *http.Request, v *ledger.View, x *Complaint) (string, error) {
	d, err := Find(v, x.Dossier)
	if err != nil {
		return "", err
	}
	if err := s.look(r, d, "complaint"); err != nil {
		return "", err
	}
	return s.store().ComplaintText(r.Context(), x.Act)
}
