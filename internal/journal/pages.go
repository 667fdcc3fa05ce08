package journal

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const path = "/journal"

// Service is the journal of one house.
type Service struct {
	Ledger  *ledger.Ledger
	Say     func(f event.Fact) (vi, en string)                                 // names a fact for people
	KeyOf   func(t event.Thing) ledger.Key                                     // under which a thing's entries are found; "" when there is no such thing
	Path    func(who web.Person, t event.Thing) string                         // of the thing's page; "" when it has none that this person may see
	Offices func() []web.Choice                                                // to choose from, by name
	Staff   func(ctx context.Context, text string) (postal.StaffID, error)     // by login or id
	Names   func(ctx context.Context, ids []string) (map[string]string, error) // of staff
}

// Mount registers the page.
func (s *Service) Mount(m *web.Mux) {
	m.RareJob(web.Manager, 72, path, "Nhật ký sổ cái", "Journal")
	m.Get(path, web.Manager, s.getJournal)
}

// row is one entry as the page shows it.
type row struct {
	event.Entry
	Said   []string
	Things []event.Thing
	More   int
}

type view struct {
	web.Page
	s       *Service
	Form    *web.Form
	Rows    []row
	Names   map[string]string
	Offices map[string]string
	Found   Found
	Pager   web.Pager
}

// fewThings of an entry are shown; a handover may speak of hundreds.
const fewThings = 6

func (s *Service) getJournal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := view{Page: web.NewPage(r, "Nhật ký sổ cái", "Journal"), s: s, Form: f, Offices: map[string]string{}}
	v.Path, v.Wide = path, true
	for _, o := range s.Offices() {
		v.Offices[o.Value] = o.Label
	}
	q, err := s.query(r.Context(), f)
	if err != nil {
		return err
	}
	if f.Err() == nil {
		if v.Found, err = s.Read(r.Context(), q); err != nil {
			return err
		}
	}
	if err := v.fill(r.Context()); err != nil {
		return err
	}
	v.Pager = pager(f, v.Found)
	return web.Render(w, r, f.Status(), journalPage(v))
}

// query reads what is asked for.
func (s *Service) query(ctx context.Context, f *web.Form) (q Query, err error) {
	q = Query{Until: f.MaybeDay("until"), Office: postal.OfficeCode(f.Maybe("office", 20)), About: f.Maybe("about", 20)}
	q.Before, _ = strconv.ParseInt(f.Value("before"), 10, 64) // anything else: from the newest
	if who := f.Maybe("who", 40); who != "" {
		if q.Actor, err = s.Staff(ctx, who); err != nil {
			return q, err
		}
	}
	q.Thing = event.Thing(strings.ToUpper(strings.Join(strings.Fields(f.Maybe("thing", 40)), "")))
	return q, nil
}

// fill turns the entries into rows.
func (v *view) fill(ctx context.Context) (err error) {
	var ids []string
	for _, e := range v.Found.Entries {
		x := row{Entry: e, Said: v.said(&e)}
		if x.Things, err = thingsOf(&e); err != nil {
			return err
		}
		x.More = max(0, len(x.Things)-fewThings)
		x.Things = x.Things[:len(x.Things)-x.More]
		v.Rows, ids = append(v.Rows, x), append(ids, string(e.Actor))
	}
	v.Names, err = v.s.Names(ctx, ids)
	return err
}

// said names the facts of an entry, each sort once, with its number.
func (v *view) said(e *event.Entry) []string {
	var order []string
	n := map[string]int{}
	for _, f := range e.Facts {
		words := v.T(v.s.Say(f))
		if n[words]++; n[words] == 1 {
			order = append(order, words)
		}
	}
	for i, words := range order {
		if n[words] > 1 {
			order[i] = words + " × " + v.Number(int64(n[words]))
		}
	}
	return order
}

func pager(f *web.Form, found Found) web.Pager {
	q := url.Values{}
	for _, name := range []string{"until", "office", "who", "about", "thing"} {
		if text := f.Value(name); text != "" {
			q.Set(name, text)
		}
	}
	var p web.Pager
	if f.Value("before") != "" {
		p.Newer = path + "?" + q.Encode()
	}
	if found.Older > 0 {
		q.Set("before", strconv.FormatInt(found.Older, 10))
		p.Older = path + "?" + q.Encode()
	}
	return p
}

// aboutWords are the sorts of facts that can be asked for.
var aboutWords = []struct{ word, vi, en string }{
	{"item", "Bưu gửi", "Items"}, {"bag", "Túi thư", "Bags"}, {"dispatch", "Chuyến thư", "Dispatches"}, {"handover", "Bàn giao", "Handovers"}, {"irregularity", "Bất thường", "Irregularities"},
	{"dossier", "Hồ sơ", "Dossiers"}, {"cash", "Tiền", "Money"}, {"relief", "Miễn, giảm cước", "Relief"}, {"personal", "Dữ liệu cá nhân", "Personal data"}, {"range", "Dải số hiệu", "Ranges of numbers"},
	{"ledger", "Sổ cái", "The ledger itself"},
}

func (v view) aboutChoices() []web.Choice {
	list := []web.Choice{{Label: v.T("Mọi việc", "Everything")}}
	for _, w := range aboutWords {
		list = append(list, web.Choice{Value: w.word, Label: v.T(w.vi, w.en)})
	}
	return list
}

func (v view) officeChoices() []web.Choice {
	return append([]web.Choice{{Label: v.T("Mọi nơi", "Everywhere")}}, v.s.Offices()...)
}

// who names the actor: staff by name, the house's own work as such.
func (v view) who(id postal.StaffID) string {
	if id == "" {
		return v.T("hệ thống", "the system")
	}
	if name := v.Names[string(id)]; name != "" {
		return name
	}
	return string(id)
}

func (v view) at(o postal.OfficeCode) string {
	if name := v.Offices[string(o)]; name != "" {
		return name
	}
	return string(o)
}

// late reports whether the device claims another minute than that of recording.
func late(e row) bool { return e.OccurredMs/60_000 != e.RecordedMs/60_000 }
