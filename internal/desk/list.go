package desk

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/code"
)

const listsPath = "/desk/lists"

// lister may make delivery lists: who works at the counter and who plans rounds.
var lister = web.AnyOf(web.Clerk, web.Dispatcher)

// maxListed bounds the rows of one screen and of one list: more than a carrier takes on a day, and what a handover allows.
const maxListed = 400

func (s *Service) mountLists(m *web.Mux) {
	m.Job(lister, 25, listsPath, "Bản kê phát, phát tại quầy", "Lists and hand-out", handoutPath)
	m.Get(listsPath, lister, s.getLists)
	m.Post(listsPath, lister, s.postList)
	m.Get(listsPath+"/{code}", web.AnyOf(web.Clerk, web.Dispatcher, web.Carrier), s.getList)
	m.Get(listsPath+"/{code}/print", web.AnyOf(web.Clerk, web.Dispatcher, web.Carrier), s.printList)
}

// lists is the screen on which delivery lists are made.
type lists struct {
	page     web.Page
	form     *web.Form
	act      string
	ready    []door
	more     int
	carriers []web.Choice
	open     []openList
	band     web.Tone // answer to a scan
	says     string
	now      func(i *custody.Item) (string, web.Tone)
}

// openList is a delivery list that is not signed by both.
type openList struct {
	*custody.Handover
	carrier string
}

func (s *Service) getLists(w http.ResponseWriter, r *http.Request) error {
	return s.showLists(w, r, http.StatusOK, nil, "", "")
}

func (s *Service) showLists(w http.ResponseWriter, r *http.Request, status int, f *web.Form, band web.Tone, says string) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	v := lists{page: web.NewPage(r, "Bản kê phát", "Delivery lists"), form: f, act: web.ActOf(f, s.Now()), band: band, says: says}
	v.page.Wide, v.page.NoScan, v.page.Path = true, true, listsPath
	now := s.Now()
	v.now = func(i *custody.Item) (string, web.Tone) { return late(v.page, i, now) }
	items, err := s.ready(r.Context(), office)
	if err != nil {
		return err
	}
	if v.ready, err = s.doors(r.Context(), v.page, items); err != nil {
		return err
	}
	if len(v.ready) > maxListed {
		v.more = len(v.ready) - maxListed
		v.ready = v.ready[:maxListed]
	}
	people, err := s.Staff.Holding(r.Context(), web.Carrier, office)
	if err != nil {
		return err
	}
	v.carriers = staffChoices(v.page, people)
	if v.open, err = s.openLists(r.Context(), office); err != nil {
		return err
	}
	return web.Render(w, r, status, listsPage(v))
}

// ready lists what an office may send out today: what has arrived, what came back from an earlier attempt, and what nobody fetched in time.
func (s *Service) ready(ctx context.Context, office postal.OfficeCode) ([]*custody.Item, error) {
	items, err := lying[*custody.Item](ctx, s, s.Ledger.View(ctx), 'i', custody.AtOffice(office))
	return slices.DeleteFunc(items, func(i *custody.Item) bool {
		return i.ToOffice != office || i.Handover != "" || i.Stage == custody.Held && !heldOver(i, s.Now())
	}), err
}

func (s *Service) openLists(ctx context.Context, office postal.OfficeCode) ([]openList, error) {
	all, err := lying[*custody.Handover](ctx, s, s.Ledger.View(ctx), 'h', custody.AtOffice(office))
	if err != nil {
		return nil, err
	}
	var out []openList
	for _, h := range all {
		if h.Purpose == custody.ForDelivery {
			out = append(out, openList{h, s.Staff.Name(ctx, custody.Carrier(h.To))})
		}
	}
	return out, nil
}

func (s *Service) postList(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if f.Value("do") == "make" {
		return s.makeList(w, r, f)
	}
	return s.scanToList(w, r, f)
}

// scanToList ticks the item whose code came in; what was ticked before stays ticked.
func (s *Service) scanToList(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	text := f.Value("code")
	if text == "" {
		return s.showLists(w, r, http.StatusOK, f, "", "")
	}
	p := web.NewPage(r, "", "")
	n, err := readItem(text)
	if err == nil {
		err = s.listable(r, n)
	}
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		at := f.Faults()[0].At("code")
		return s.showLists(w, r, status, f, web.Bad, p.Say(at))
	}
	f.Set("code", "")
	if f.Has("thing", string(n)) {
		return s.showLists(w, r, http.StatusOK, f, web.Ask, fmt.Sprintf(p.T("%s đã được chọn rồi.", "%s is ticked already."), n.Grouped()))
	}
	f.Set("thing", append(f.All("thing"), string(n))...)
	return s.showLists(w, r, http.StatusOK, f, web.Good, fmt.Sprintf(p.T("Đã chọn %s. Cộng %d bưu gửi.", "Ticked %s. %d items in all."), n.Grouped(), len(f.All("thing"))))
}

// listable says why an item cannot go on a list of this office; nil when it can.
func (s *Service) listable(r *http.Request, n postal.ItemNumber) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	i, err := state[*custody.Item](v, string(n))
	if err != nil {
		return err
	}
	try := custody.OpenHandover{Office: office, From: custody.AtOffice(office), To: custody.ByCarrier("-"), Purpose: custody.ForDelivery, Things: []event.Thing{event.Thing(n)}}
	if _, err := try.Decide(v, ledger.Envelope{OccurredMs: postal.Millis(s.Now()), Office: office, Actor: web.PersonOf(r).ID}); err != nil {
		return err
	}
	if i.ToOffice != office {
		return fault.New(fault.Conflict, "desk.not_ours_to_deliver",
			"Bưu gửi %s do bưu cục %s phát, không phải bưu cục này. Hãy đóng túi chuyển đi.",
			"Item %s is delivered by office %s, not by this one. Send it on in a bag.", n, i.ToOffice)
	}
	if i.Stage == custody.Held && !heldOver(i, s.Now()) {
		return fault.New(fault.Conflict, "desk.held",
			"Bưu gửi %s đang giữ cho người nhận đến lấy. Hãy phát tại quầy hoặc chờ hết hạn giữ.",
			"Item %s is held for its recipient. Hand it out at the counter, or wait until the time is over.", n)
	}
	return nil
}

func (s *Service) makeList(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	carrier := f.Text("carrier", 64)
	act := custody.OpenHandover{Office: office, From: custody.AtOffice(office), To: custody.ByCarrier(postal.StaffID(carrier)), Purpose: custody.ForDelivery}
	for _, text := range f.All("thing") {
		act.Things = append(act.Things, event.Thing(text))
	}
	if len(act.Things) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "desk.nothing_ticked", "Hãy quét hoặc đánh dấu ít nhất một bưu gửi.", "Scan or tick at least one item.").At("thing"))
	}
	if err := s.mayCarry(r.Context(), office, carrier); err != nil {
		_ = f.Refuse(err)
	}
	if f.Err() != nil {
		return s.showLists(w, r, http.StatusUnprocessableEntity, f, "", "")
	}
	receipt, err := s.do(r, act)
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		return s.showLists(w, r, status, f, "", "")
	}
	list := string(receipt.Facts[0].(event.HandoverOpened).Handover)
	return web.Done(w, r, listsPath+"/"+list, "Đã lập bản kê phát. In ra, để bưu tá đếm và ký nhận.", "The list is made. Print it; the carrier counts and signs.")
}

// mayCarry refuses a person who is no carrier of the office.
func (s *Service) mayCarry(ctx context.Context, office postal.OfficeCode, carrier string) error {
	people, err := s.Staff.Holding(ctx, web.Carrier, office)
	if err != nil {
		return err
	}
	if carrier == "" || slices.ContainsFunc(people, func(p web.Person) bool { return string(p.ID) == carrier }) {
		return nil
	}
	return fault.New(fault.Invalid, "desk.no_carrier", "Người này không phải bưu tá của bưu cục.", "This person is no carrier of the office.").At("carrier")
}

// list is one delivery list, as a page and as paper.
type list struct {
	page    web.Page
	of      *custody.Handover
	rows    []door
	carrier string
	giver   string
	office  string
	madeUp  bool
	bars    code.Drawing
	now     func(i *custody.Item) (string, web.Tone)
}

func (s *Service) getList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.list(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPage(v))
}

func (s *Service) printList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.list(r)
	if err != nil {
		return err
	}
	if v.bars, err = code.Code128(string(v.of.Code), code.Normal, 12); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listPrint(v))
}

// list loads a delivery list for somebody who has a part in it: its office, or its carrier.
func (s *Service) list(r *http.Request) (list, error) {
	ctx, who := r.Context(), web.PersonOf(r)
	view := s.Ledger.View(ctx)
	h, err := state[*custody.Handover](view, r.PathValue("code"))
	if err != nil {
		return list{}, err
	}
	mine := custody.Carrier(h.To) == who.ID
	if h.Purpose != custody.ForDelivery || !mine && who.Office() != custody.Office(h.From) || !mine && !who.May(lister, "") {
		return list{}, fault.New(fault.NotFound, "desk.no_list", "Không có bản kê phát này tại bưu cục của bạn.", "There is no such delivery list at your office.")
	}
	v := list{page: web.NewPage(r, "Bản kê phát "+grouped(h.Code), "Delivery list "+grouped(h.Code)), of: h, madeUp: s.MadeUp,
		carrier: s.Staff.Name(ctx, custody.Carrier(h.To)), office: s.officeName(custody.Office(h.From))}
	now := s.Now()
	v.now = func(i *custody.Item) (string, web.Tone) { return late(v.page, i, now) }
	if h.Giver != "" {
		v.giver = s.Staff.Name(ctx, h.Giver)
	}
	keys := make([]ledger.Key, len(h.Things))
	for n, g := range h.Things {
		keys[n] = custody.KeyOf(g.Thing)
	}
	view.Load(keys...)
	var items []*custody.Item
	for _, k := range keys {
		if i, ok := ledger.Get[*custody.Item](view, k); ok {
			items = append(items, i)
		}
	}
	if err := view.Err(); err != nil {
		return list{}, err
	}
	if v.rows, err = s.doors(ctx, v.page, items); err != nil {
		return list{}, err
	}
	return v, s.noteAccess(ctx, who, string(h.Code), "list")
}

// listState says what a list still waits for.
func listState(p web.Page, h *custody.Handover) string {
	switch {
	case h.Status != custody.HandoverOpen:
		return say(p, "handover", h.Status)
	case h.Taker != "":
		return p.T("Bưu tá đã ký, chờ bưu cục ký giao", "Signed by the carrier, waits for the office")
	case h.Giver != "":
		return p.T("Bưu cục đã ký, chờ bưu tá ký nhận", "Signed by the office, waits for the carrier")
	case len(h.Counts) > 0:
		return p.T("Đang đếm", "Being counted")
	}
	return p.T("Chờ bưu tá đếm và ký nhận", "Waits for the carrier to count and sign")
}

// tickID gives the first box the field's own id, so that the error summary leads to it.
func tickID(n int) string {
	if n == 0 {
		return "thing"
	}
	return fmt.Sprintf("thing-%d", n+1)
}
