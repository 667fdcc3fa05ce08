package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const irregularitiesPath = "/desk/irregularities"

func (s *Service) mountIrregularities(m *web.Mux) {
	m.Job(web.Clerk, 50, irregularitiesPath, "Bất thường", "Irregularities")
	m.Get(irregularitiesPath, web.Staff, s.getIrregularities)
	m.Get(irregularitiesPath+"/{id}", web.Staff, s.getIrregularity)
	m.Post(irregularitiesPath+"/{id}", web.Supervisor, s.postSettle)
}

// maxIrregular bounds the rows of the list; the oldest come first, so nothing is forgotten behind it.
const maxIrregular = 200

// irregularView is one irregularity in words.
type irregularView struct {
	*custody.Irregularity
	thing  string
	path   string
	says   string
	ledger string
	age    string
	by     string // who settled it
}

// irregularities is the list of what an office has to settle, or has settled.
type irregularities struct {
	page   web.Page
	office string
	kind   string
	tabs   []web.Tab
	rows   []irregularView
	done   []irregularView // settled, newest first
	more   int
	query  string // the office asked for, when it is not the reader's own
	count  int
}

func (s *Service) getIrregularities(w http.ResponseWriter, r *http.Request) error {
	office, own, err := s.officeAsked(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := irregularities{page: web.NewPage(r, "Bất thường", "Irregularities"), office: s.officeName(office), kind: r.URL.Query().Get("kind")}
	v.page.Wide = true
	if !own {
		v.query = "office=" + string(office)
	}
	all, err := lying[*custody.Irregularity](ctx, s, s.Ledger.View(ctx), 'x', custody.AtOffice(office))
	if err != nil {
		return err
	}
	if v.done, err = s.settledWords(ctx, v.page, office); err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b *custody.Irregularity) int {
		return cmp.Or(cmp.Compare(a.RaisedMs, b.RaisedMs), cmp.Compare(a.ID, b.ID))
	})
	v.count = len(all)
	v.tabs = kindTabs(v.page, all, v.kind, v.query)
	for _, x := range all {
		if v.kind != "" && x.Kind != v.kind {
			continue
		}
		if len(v.rows) == maxIrregular {
			v.more++
			continue
		}
		v.rows = append(v.rows, s.irregularWords(ctx, v.page, x))
	}
	return web.Render(w, r, http.StatusOK, irregularitiesPage(v))
}

// overseer may look at any office.
var overseer = web.AnyOf(web.Manager, web.Department)

// officeAsked is the office a control page is about: the reader's own, or for those who lead the whole post the one asked for.
func (s *Service) officeAsked(r *http.Request) (o postal.OfficeCode, own bool, err error) {
	who := web.PersonOf(r)
	asked := postal.OfficeCode(r.URL.Query().Get("office"))
	if asked == "" || asked == who.Office() {
		o, err = who.Here()
		return o, true, err
	}
	if !who.May(overseer, "") {
		return "", false, fault.New(fault.Forbidden, "desk.other_office", "Bạn chỉ xem được bưu cục của mình.", "You can look only at your own office.")
	}
	if _, ok := s.Places.Directory().Office(asked); !ok {
		return "", false, fault.New(fault.NotFound, "desk.no_office_code", "Không có bưu cục này.", "There is no such office.")
	}
	return asked, false, nil
}

// kindTabs lead to the kinds of irregularities there are.
func kindTabs(p web.Page, all []*custody.Irregularity, chosen, query string) []web.Tab {
	counts := map[string]int{}
	for _, x := range all {
		counts[x.Kind]++
	}
	tabs := []web.Tab{{Label: p.T("Tất cả", "All"), Path: withQuery(irregularitiesPath, query), Count: p.Number(int64(len(all))), Current: chosen == ""}}
	for _, k := range []string{"missing", "short", "over", "damaged", "wrong_seal", "wrong_recipient", "lacking", "observation", "clock", "unknown"} {
		if counts[k] > 0 {
			tabs = append(tabs, web.Tab{Label: say(p, "irregularity", k), Path: withQuery(irregularitiesPath, query, "kind="+k), Count: p.Number(int64(counts[k])), Current: chosen == k})
		}
	}
	return tabs
}

// withQuery puts the parts that are not empty behind a path.
func withQuery(path string, parts ...string) string {
	sep := "?"
	for _, q := range parts {
		if q != "" {
			path += sep + q
			sep = "&"
		}
	}
	return path
}

// irregularWords puts both accounts of an irregularity into words.
func (s *Service) irregularWords(ctx context.Context, p web.Page, x *custody.Irregularity) irregularView {
	v := irregularView{Irregularity: x, thing: kindOf(p, x.Thing) + " " + grouped(x.Thing), path: pathOf(x.Thing)}
	v.says, v.ledger = s.account(ctx, p, x.Kind, x.Says), s.account(ctx, p, x.Kind, x.Ledger)
	v.age = span(p, s.Now().Sub(postal.FromMillis(x.RaisedMs)))
	switch x.Kind {
	case "damaged":
		v.says, v.ledger = p.T("đến nơi bị hư hỏng", "arrived damaged"), p.T("nguyên vẹn", "sound")
	case "missing":
		v.says = p.T("không tìm thấy", "cannot be found")
	case "clock":
		v.says, v.ledger = p.T("giờ của máy không thể đúng", "the device's time cannot be right"), p.T("ghi theo giờ của hệ thống", "recorded by our own time")
	case "unknown":
		v.ledger = p.T("không có trong sổ", "not in the ledger")
	}
	return v
}

func (s *Service) settledWords(ctx context.Context, p web.Page, office postal.OfficeCode) ([]irregularView, error) {
	list, err := s.settled(ctx, office)
	var out []irregularView
	for _, x := range list {
		v := s.irregularWords(ctx, p, x)
		v.by = s.Staff.Name(ctx, x.By)
		out = append(out, v)
	}
	return out, err
}

// account is one side's word for where a thing is, or for its seal.
func (s *Service) account(ctx context.Context, p web.Page, kind, text string) string {
	switch {
	case text == "":
		return p.T("không nói gì", "says nothing")
	case kind == "wrong_seal":
		return p.T("niêm phong ", "seal ") + text
	case !strings.Contains(text, ":") && custody.KeyOf(event.Thing(text)) != "":
		return p.T("trong ", "inside ") + lower(kindOf(p, event.Thing(text))) + " " + grouped(event.Thing(text))
	}
	return s.holderName(ctx, p, event.Holder(text))
}

// settling is one irregularity with its decision, or with the form for it.
type settling struct {
	page      web.Page
	of        irregularView
	office    string
	seq       int64
	raisedBy  string
	settledBy string
	settledMs int64
	form      *web.Form
	act       string
	may       bool
	history   []web.Event
}

func (s *Service) getIrregularity(w http.ResponseWriter, r *http.Request) error {
	return s.showIrregularity(w, r, http.StatusOK, nil)
}

// irregularityOf gives the irregularity that a path names, to its own office and to those who lead the whole post.
func (s *Service) irregularityOf(r *http.Request) (*custody.Irregularity, *ledger.View, error) {
	v := s.Ledger.View(r.Context())
	x, ok := ledger.Get[*custody.Irregularity](v, custody.IrregularityKey(r.PathValue("id")))
	if err := v.Err(); err != nil {
		return nil, nil, err
	}
	who := web.PersonOf(r)
	if !ok || who.Office() != x.Office && !who.May(overseer, "") && !s.concerned(r.Context(), who.Office(), x) {
		return nil, nil, fault.New(fault.NotFound, "custody.irregularity_unknown", "Không có bất thường này.", "There is no such irregularity.")
	}
	return x, v, nil
}

// concerned reports whether an office that does not settle an irregularity is one of its two accounts: the giver whom a taker says was short.
func (s *Service) concerned(ctx context.Context, office postal.OfficeCode, x *custody.Irregularity) bool {
	if office == "" {
		return false
	}
	h := string(custody.AtOffice(office))
	if x.Says == h || x.Ledger == h {
		return true
	}
	hand, ok := ledger.Get[*custody.Handover](s.Ledger.View(ctx), custody.KeyOf(x.Handover))
	return ok && (string(hand.From) == h || string(hand.To) == h)
}

func (s *Service) showIrregularity(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	x, _, err := s.irregularityOf(r)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.PersonOf(r)
	v := settling{page: web.NewPage(r, "Bất thường", "Irregularity"), form: f, act: web.ActOf(f, s.Now()), office: s.officeName(x.Office),
		may: x.Decision == "" && who.May(web.Supervisor, "") && who.Office() == x.Office}
	v.page.Path = irregularitiesPath + "/" + x.ID
	v.of = s.irregularWords(ctx, v.page, x)
	if err := s.whoSettled(ctx, &v, x); err != nil {
		return err
	}
	if n, err := postal.ParseItemNumber(string(x.Thing)); err == nil {
		steps, err := custody.History(ctx, s.Ledger, n)
		if err != nil {
			return err
		}
		if i, ok := ledger.Get[*custody.Item](s.Ledger.View(ctx), custody.ItemKey(n)); ok {
			v.history = s.events(ctx, v.page, i, steps[max(0, len(steps)-shownSteps):])
		}
	}
	return web.Render(w, r, status, irregularityPage(v))
}

// shownSteps is how much of an item's history stands beside its irregularity; the item page has all of it.
const shownSteps = 8

// whoSettled finds in the irregularity's own entries who raised it, who settled it, and when.
func (s *Service) whoSettled(ctx context.Context, v *settling, x *custody.Irregularity) error {
	key := custody.IrregularityKey(x.ID)
	trails, err := s.Ledger.Trails(ctx, []ledger.Key{key})
	if err != nil {
		return err
	}
	entries, err := s.Ledger.Entries(ctx, trails[key])
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, f := range e.Facts {
			switch f := f.(type) {
			case event.IrregularityRaised:
				if f.Irregularity == x.ID {
					v.raisedBy, v.seq = s.Staff.Name(ctx, e.Actor), e.Seq
				}
			case event.IrregularitySettled:
				if f.Irregularity == x.ID {
					v.settledBy, v.settledMs = s.Staff.Name(ctx, e.Actor), e.RecordedMs
				}
			}
		}
	}
	return nil
}

// postSettle decides an irregularity.
func (s *Service) postSettle(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	x, _, err := s.irregularityOf(r)
	if err != nil {
		return err
	}
	act := custody.Settle{Irregularity: x.ID, Decision: f.Choice("decision", custody.LedgerStands, custody.AccountHolds, custody.Noted), Reason: f.Choice("reason", custody.SettleReasons...)}
	if f.Err() != nil {
		return s.showIrregularity(w, r, http.StatusUnprocessableEntity, f)
	}
	_, err = s.do(r, act)
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		return s.showIrregularity(w, r, status, f)
	}
	return web.Done(w, r, irregularitiesPath, "Đã xử lý bất thường của "+grouped(x.Thing)+".", "The irregularity of "+grouped(x.Thing)+" is settled.")
}

// decisions are the answers to an irregularity, each with what it does. The new account can hold only where it says something.
func decisions(p web.Page, v irregularView) []web.Choice {
	list := []web.Choice{{Value: custody.LedgerStands, Label: say(p, "decision", custody.LedgerStands), Hint: p.T("Sổ đúng: ", "The ledger is right: ") + v.ledger, Key: "1"}}
	if v.Says != "" && v.Kind != "unknown" {
		list = append(list, web.Choice{Value: custody.AccountHolds, Label: say(p, "decision", custody.AccountHolds), Hint: p.T("Chuyển theo thực tế: ", "It follows what was seen: ") + v.says, Key: "2"})
	}
	return append(list, web.Choice{Value: custody.Noted, Label: say(p, "decision", custody.Noted), Hint: p.T("Chỉ ghi nhận, không chuyển gì", "Nothing is moved"), Key: "3"})
}
