package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const boardPath = "/desk/board"

// controller may see an office's board; who leads the whole post may see any.
var controller = web.AnyOf(web.Clerk, web.Dispatcher, web.Manager, web.Department)

func (s *Service) mountBoard(m *web.Mux) {
	m.Job(web.Dispatcher, 5, boardPath, "Bảng bưu cục", "Office board", paths(s.Beside.Board)...)
	m.Get(boardPath, controller, s.getBoard)
	m.Get(boardPath+"/items", controller, s.getBoardItems)
	m.Job(overseer, 10, "/board", "Toàn mạng", "All offices")
	m.Get("/board", overseer, s.getOverview)
}

// ages are the columns of the board: whole days since acceptance, from and up to.
var ages = []struct {
	name     string
	from, to int
	vi, en   string
}{
	{"0", 0, 0, "Hôm nay", "Today"},
	{"1", 1, 1, "1 ngày", "1 day"},
	{"2", 2, 3, "2–3 ngày", "2–3 days"},
	{"4", 4, 7, "4–7 ngày", "4–7 days"},
	{"8", 8, 1 << 20, "Trên 7 ngày", "Over 7 days"},
}

// ageOf is the column of an item.
func ageOf(i *custody.Item, today postal.Day) int {
	days := today.DaysSince(postal.DayOf(postal.FromMillis(i.AcceptedMs)))
	for n, a := range ages {
		if days <= a.to {
			return n
		}
	}
	return len(ages) - 1
}

// boardStages are the rows of the board: what an office's own items can be at.
var boardStages = []custody.Stage{custody.Accepted, custody.Moving, custody.AtArrival, custody.Held, custody.Out, custody.Attempted}

// inHand reads what an office and its carriers hold loose. Bags and dispatches are counted for themselves.
func (s *Service) inHand(ctx context.Context, v *ledger.View, office postal.OfficeCode) ([]*custody.Item, error) {
	carriers, err := s.Staff.Holding(ctx, web.Carrier, office)
	if err != nil {
		return nil, err
	}
	places := []event.Holder{custody.AtOffice(office)}
	for _, c := range carriers {
		places = append(places, custody.ByCarrier(c.ID))
	}
	return lying[*custody.Item](ctx, s, v, 'i', places...)
}

// dueState says how an item stands against its due time: "late", "today", or "". That time is of the way out. No rule that was read gives an item on its way back a due time of its own, so it is not shown late
// by the outward one; the board says instead for how many days it has been on its way back (backWords).
func dueState(i *custody.Item, now time.Time) string {
	switch {
	case i.DueMs == 0 || i.AttemptMs != 0 || i.Returning != "" || i.Ended():
		return ""
	case now.UnixMilli() > i.DueMs:
		return "late"
	case postal.DayOf(now) == postal.DayOf(postal.FromMillis(i.DueMs)):
		return "today"
	}
	return ""
}

// paths gives where links lead.
func paths(links []web.Link) []string {
	var out []string
	for _, l := range links {
		out = append(out, l.Path)
	}
	return out
}

// board is what an office has in hand.
type board struct {
	page   web.Page
	beside []web.Link
	office string
	query  string
	at     time.Time
	stages []stageRow
	total  int
	late   int
	today  int
	over   int // held beyond their day
	back   int // on their way back

	bags       []*custody.Bag
	dispatches []*custody.Dispatch // here
	coming     []*custody.Dispatch
	handovers  []*custody.Handover
	bagCount   int
	handCount  int
	irregular  int
	with       map[event.Thing]string
	names      map[postal.OfficeCode]string
}

// stageRow is one row of the board: how many items of each age.
type stageRow struct {
	stage  custody.Stage
	counts []int
	sum    int
}

func (s *Service) getBoard(w http.ResponseWriter, r *http.Request) error {
	office, own, err := s.officeAsked(r)
	if err != nil {
		return err
	}
	v := board{page: web.NewPage(r, "Bảng bưu cục", "Office board"), beside: s.Beside.Board, office: s.officeName(office), at: s.Now(), with: map[event.Thing]string{}, names: map[postal.OfficeCode]string{}}
	v.page.Wide = true
	if !own {
		v.query = "office=" + string(office)
	}
	ctx := r.Context()
	view := s.Ledger.View(ctx)
	items, err := s.inHand(ctx, view, office)
	if err != nil {
		return err
	}
	v.count(items, s.today())
	if err := s.transport(ctx, view, &v, office); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, boardPage(v))
}

// count sorts the items into stages and ages.
func (v *board) count(items []*custody.Item, today postal.Day) {
	rows := map[custody.Stage]*stageRow{}
	for _, st := range boardStages {
		v.stages = append(v.stages, stageRow{stage: st, counts: make([]int, len(ages))})
	}
	for n := range v.stages {
		rows[v.stages[n].stage] = &v.stages[n]
	}
	v.total = len(items)
	for _, i := range items {
		if row := rows[i.Stage]; row != nil {
			row.counts[ageOf(i, today)]++
			row.sum++
		}
		switch dueState(i, v.at) {
		case "late":
			v.late++
		case "today":
			v.today++
		}
		if heldOver(i, v.at) {
			v.over++
		}
		if i.OnItsWayBack() {
			v.back++
		}
	}
}

// maxComing bounds the dispatches under way that a board looks through: the whole city has a few dozen at a time.
const maxComing = 2000

// maxBoardRows bounds the bags and handovers that a board names; it counts them all.
const maxBoardRows = 100

// transport finds bags, dispatches, handovers and irregularities of an office.
func (s *Service) transport(ctx context.Context, view *ledger.View, v *board, office postal.OfficeCode) (err error) {
	at := custody.AtOffice(office)
	if v.bags, err = lying[*custody.Bag](ctx, s, view, 'b', at); err != nil {
		return err
	}
	if v.dispatches, err = lying[*custody.Dispatch](ctx, s, view, 'd', at); err != nil {
		return err
	}
	if v.handovers, err = lying[*custody.Handover](ctx, s, view, 'h', at); err != nil {
		return err
	}
	v.bagCount, v.handCount = len(v.bags), len(v.handovers)
	v.bags, v.handovers = v.bags[:min(v.bagCount, maxBoardRows)], v.handovers[:min(v.handCount, maxBoardRows)]
	open, err := s.Ledger.Lying(ctx, 'x', string(at))
	if err != nil {
		return err
	}
	v.irregular = len(open)
	under, err := s.Ledger.Under(ctx, 'd', "carrier:", maxComing)
	if err != nil {
		return err
	}
	view.Load(under...)
	for _, k := range under {
		if d, ok := ledger.Get[*custody.Dispatch](view, k); ok && d.To == office && d.Status == custody.DispatchUnder {
			v.coming = append(v.coming, d)
		}
	}
	for _, d := range v.coming {
		v.with[d.Code] = s.holderName(ctx, v.page, d.Holder)
	}
	for _, h := range v.handovers {
		v.with[h.Code] = s.holderName(ctx, v.page, h.From) + " → " + s.holderName(ctx, v.page, h.To)
	}
	for _, o := range s.Places.Directory().All() {
		v.names[o.Code] = string(o.Code) + " " + o.Name
	}
	return view.Err()
}

// stands reports whether an item is behind one of the board's numbers: "late", "today", "over" (not fetched in time) or "back" (on its way back).
func stands(i *custody.Item, due string, now time.Time) bool {
	switch due {
	case "over":
		return heldOver(i, now)
	case "back":
		return i.OnItsWayBack()
	}
	return dueState(i, now) == due
}

// backWords say for how many days an item has been on its way back: "Đang chuyển hoàn, 3 ngày".
func backWords(p web.Page, turnedMs int64, today postal.Day) string {
	days := today.DaysSince(postal.DayOf(postal.FromMillis(turnedMs)))
	if days <= 0 {
		return p.T("Đang chuyển hoàn, từ hôm nay", "Returning, since today")
	}
	return fmt.Sprintf(p.T("Đang chuyển hoàn, %d ngày", "Returning for %d days"), days)
}

// boardItems are the rows behind a number of the board.
type boardItems struct {
	page   web.Page
	office string
	back   string
	rows   []*custody.Item
	more   int
	with   map[event.Holder]string
	now    func(i *custody.Item) (string, web.Tone)
	// backOnly: only what is on its way back is shown, the longest first.
	backOnly bool
}

// maxRows bounds one list behind a number.
const maxRows = 300

func (s *Service) getBoardItems(w http.ResponseWriter, r *http.Request) error {
	office, own, err := s.officeAsked(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), r.URL.Query()
	v := boardItems{page: web.NewPage(r, "Bưu gửi đang giữ", "Items in hand"), office: s.officeName(office), back: boardPath, with: map[event.Holder]string{}}
	v.page.Wide = true
	if !own {
		v.back += "?office=" + string(office)
	}
	items, err := s.inHand(ctx, s.Ledger.View(ctx), office)
	if err != nil {
		return err
	}
	now, today := s.Now(), s.today()
	stage, age, due := q.Get("stage"), q.Get("age"), q.Get("due")
	items = slices.DeleteFunc(items, func(i *custody.Item) bool {
		return stage != "" && string(i.Stage) != stage || age != "" && ages[ageOf(i, today)].name != age || due != "" && !stands(i, due, now)
	})
	turned, err := custody.TurnedMs(ctx, s.Ledger, items)
	if err != nil {
		return err
	}
	v.now = func(i *custody.Item) (string, web.Tone) {
		if ms, ok := turned[i.Code]; ok {
			return backWords(v.page, ms, today), web.Info
		}
		return late(v.page, i, now)
	}
	v.backOnly = due == "back"
	slices.SortFunc(items, func(a, b *custody.Item) int {
		if v.backOnly {
			return cmp.Or(cmp.Compare(turned[a.Code], turned[b.Code]), cmp.Compare(a.Code, b.Code))
		}
		return cmp.Or(cmp.Compare(a.DueMs, b.DueMs), cmp.Compare(a.AcceptedMs, b.AcceptedMs), cmp.Compare(a.Code, b.Code))
	})
	if len(items) > maxRows {
		v.more, items = len(items)-maxRows, items[:maxRows]
	}
	v.rows = items
	for _, i := range items {
		if v.with[i.Holder] == "" {
			v.with[i.Holder] = s.holderName(ctx, v.page, i.Holder)
		}
	}
	return web.Render(w, r, http.StatusOK, boardItemsPage(v))
}

// overview is every office's load, for those who lead the whole post.
type overview struct {
	page web.Page
	at   time.Time
	rows []officeLoad
	sum  officeLoad
	out  int // items with carriers and drivers
}

// officeLoad is what lies at one office.
type officeLoad struct {
	code                                          postal.OfficeCode
	name                                          string
	items, bags, dispatches, handovers, irregular int
}

// getOverview counts what lies where by the index of places alone; it loads no item, so it stays quick with a hundred thousand of them.
func (s *Service) getOverview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := overview{page: web.NewPage(r, "Toàn mạng", "All offices"), at: s.Now()}
	v.page.Wide = true
	crowds, err := s.Ledger.Crowds(ctx, "office:")
	if err != nil {
		return err
	}
	loads := map[postal.OfficeCode]*officeLoad{}
	for _, o := range s.Places.Directory().All() {
		loads[o.Code] = &officeLoad{code: o.Code, name: o.Name}
	}
	for _, c := range crowds {
		code := postal.OfficeCode(strings.TrimPrefix(c.Place, "office:"))
		if loads[code] == nil {
			loads[code] = &officeLoad{code: code}
		}
		loads[code].add(c)
		v.sum.add(c)
	}
	for _, l := range loads {
		v.rows = append(v.rows, *l)
	}
	slices.SortFunc(v.rows, func(a, b officeLoad) int {
		return cmp.Or(cmp.Compare(b.irregular, a.irregular), cmp.Compare(b.items, a.items), cmp.Compare(a.code, b.code))
	})
	carried, err := s.Ledger.Crowds(ctx, "carrier:")
	if err != nil {
		return err
	}
	for _, c := range carried {
		if c.Letter == 'i' {
			v.out += c.N
		}
	}
	return web.Render(w, r, http.StatusOK, overviewPage(v))
}

func (l *officeLoad) add(c ledger.Crowd) {
	switch c.Letter {
	case 'i':
		l.items += c.N
	case 'b':
		l.bags += c.N
	case 'd':
		l.dispatches += c.N
	case 'h':
		l.handovers += c.N
	case 'x':
		l.irregular += c.N
	}
}
