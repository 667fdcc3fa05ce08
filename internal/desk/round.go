package desk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const roundPath = "/round/"

func (s *Service) mountRound(m *web.Mux) {
	m.Job(web.Carrier, 10, roundPath, "Hôm nay", "Today")
	m.Get("/round", web.Carrier, func(w http.ResponseWriter, r *http.Request) error { return web.Redirect(w, r, roundPath) })
	m.Get("/round/{$}", web.Carrier, s.getRound, web.Camera())
	m.Get("/round/stop/{number}", web.Carrier, s.getStop, web.Camera())
	// A photo straight from a telephone's camera has up to 12 MB; with scripts it comes in at a fiftieth of that.
	m.Post("/round/stop/{number}/deliver", web.Carrier, s.postDeliver, web.MaxBody(16<<20), web.Camera())
	m.Post("/round/stop/{number}/failed", web.Carrier, s.postFailed, web.Camera())
	m.Get("/round/lists/{code}", web.Carrier, s.getPassing, web.Camera())
	m.Post("/round/lists/{code}", web.Carrier, s.postPassing, web.Camera())
	m.Post("/round/back", web.Carrier, s.postBack, web.Camera())
	s.mountFinding(m)
	m.Get("/round/sw.js", web.Carrier, getWorker)
	// Ten outcomes go together, each with a signature and a photo of at most 200 KB.
	m.Post("/round/outbox", web.Carrier, s.postOutbox, web.MaxBody(8<<20))
}

// stop is one bell to ring: the items of one address for the same people.
type stop struct {
	no    int
	items []door
}

// first stands for the stop in paths and in its heading.
func (t stop) first() door { return t.items[0] }

func (t stop) path() string { return "/round/stop/" + string(t.first().Code) }

// codes names the items of the stop, for the device.
func (t stop) codes() string {
	var names []string
	for _, d := range t.items {
		names = append(names, string(d.Code))
	}
	return strings.Join(names, " ")
}

func (t stop) has(n postal.ItemNumber) bool {
	return slices.ContainsFunc(t.items, func(d door) bool { return d.Code == n })
}

// round is what a carrier has in hand.
type round struct {
	stops []stop // still to be visited, in walking order
	back  []door // tried without success: to be tried again or handed back
}

// roundOf gathers what a carrier has in hand.
func (s *Service) roundOf(ctx context.Context, p web.Page, who postal.StaffID) (round, error) {
	items, err := lying[*custody.Item](ctx, s, s.Ledger.View(ctx), 'i', custody.ByCarrier(who))
	if err != nil {
		return round{}, err
	}
	doors, err := s.doors(ctx, p, items)
	if err != nil {
		return round{}, err
	}
	var out round
	for _, d := range doors {
		switch n := len(out.stops); {
		case d.Stage == custody.Attempted:
			out.back = append(out.back, d)
		case n > 0 && sameDoor(out.stops[n-1].first(), d):
			out.stops[n-1].items = append(out.stops[n-1].items, d)
		default:
			out.stops = append(out.stops, stop{no: n + 1, items: []door{d}})
		}
	}
	return out, nil
}

// count is how many items are still to be delivered.
func (o round) count() int {
	n := 0
	for _, t := range o.stops {
		n += len(t.items)
	}
	return n
}

// route names the stops in order, for the device that goes on without network.
func (o round) route() string {
	var names []string
	for _, t := range o.stops {
		names = append(names, string(t.first().Code))
	}
	return strings.Join(names, " ")
}

// todayPage is the first page of a carrier's day.
type todayView struct {
	page   web.Page
	beside []web.Link
	round
	toSign []toSign
	form   *web.Form
	act    string
	day    postal.Day
	now    func(i *custody.Item) (string, web.Tone)
}

// toSign is a handover that waits for this carrier.
type toSign struct {
	*custody.Handover
	taking bool // he takes; else he gives back
	with   string
}

func (s *Service) getRound(w http.ResponseWriter, r *http.Request) error {
	return s.showRound(w, r, http.StatusOK, nil)
}

func (s *Service) showRound(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	who := web.PersonOf(r)
	office, err := who.Here()
	if err != nil {
		return err
	}
	v := todayView{page: web.NewPage(r, "Hôm nay", "Today"), beside: s.Beside.Round, form: f, act: web.ActOf(f, s.Now()), day: s.today()}
	v.page.Path = roundPath
	now := s.Now()
	v.now = func(i *custody.Item) (string, web.Tone) { return late(v.page, i, now) }
	if v.round, err = s.roundOf(r.Context(), v.page, who.ID); err != nil {
		return err
	}
	if v.toSign, err = s.waiting(r.Context(), v.page, who.ID, office); err != nil {
		return err
	}
	return web.Render(w, r, status, roundPage(v))
}

// waiting lists the open handovers of a carrier at his office.
func (s *Service) waiting(ctx context.Context, p web.Page, who postal.StaffID, office postal.OfficeCode) ([]toSign, error) {
	all, err := lying[*custody.Handover](ctx, s, s.Ledger.View(ctx), 'h', custody.AtOffice(office))
	if err != nil {
		return nil, err
	}
	var out []toSign
	for _, h := range all {
		if me := custody.ByCarrier(who); h.To == me {
			out = append(out, toSign{h, true, s.holderName(ctx, p, h.From)})
		} else if h.From == me {
			out = append(out, toSign{h, false, s.holderName(ctx, p, h.To)})
		}
	}
	return out, nil
}

// stopView is one stop with its outcome forms.
type stopView struct {
	page  web.Page
	stop  stop
	of    int
	route string
	next  string // path of the stop after this one
	form  *web.Form
	open  string // the form that has to be mended: "deliver" or "failed"
	acts  map[postal.ItemNumber]string
	to    []web.Choice
	now   func(i *custody.Item) (string, web.Tone)
	geo   string
	osm   string
}

func (s *Service) getStop(w http.ResponseWriter, r *http.Request) error {
	return s.showStop(w, r, http.StatusOK, nil, "")
}

func (s *Service) showStop(w http.ResponseWriter, r *http.Request, status int, f *web.Form, open string) error {
	p := web.NewPage(r, "Điểm phát", "Stop")
	mine, t, next, err := s.stopOf(r, p)
	if err != nil {
		return err
	}
	v := stopView{page: p, stop: t, of: len(mine.stops), route: mine.route(), next: next, form: f, open: open, acts: map[postal.ItemNumber]string{}}
	now := s.Now()
	v.now = func(i *custody.Item) (string, web.Tone) { return late(v.page, i, now) }
	v.page.Path = t.path()
	for _, d := range t.items {
		v.acts[d.Code] = cmpOr(f.Value("act."+string(d.Code)), s.newAct)
	}
	v.to = recipients(p, t.first().Item)
	place := s.mapText(t.first())
	v.geo, v.osm = "geo:0,0?q="+url.PathEscape(place), "https://www.openstreetmap.org/search?query="+url.QueryEscape(place)
	return web.Render(w, r, status, stopPage(v))
}

func cmpOr(text string, or func() string) string {
	if text != "" {
		return text
	}
	return or()
}

// recipients are the hands into which an item may go.
func recipients(p web.Page, i *custody.Item) []web.Choice {
	if i.Returning != "" {
		return says(p, "to", []string{"sender"})
	}
	return says(p, "to", custody.Recipients[:len(custody.Recipients)-1])
}

// mapText is an address as a map understands it; no name goes there.
func (s *Service) mapText(d door) string {
	text := d.Address
	unit := d.Unit
	if unit == "" {
		unit = d.ToUnit
	}
	g := s.Places.Gazetteer()
	if u, ok := g.UnitOn(unit, s.today()); ok {
		text += ", " + u.ExactName("vi")
	}
	if city, err := g.ProvinceOf(unit, s.today()); err == nil {
		text += ", " + city.Name
	}
	return strings.TrimPrefix(text, ", ")
}

// stopOf finds the stop that a path names among what the carrier has in hand, and the path of the one after it.
func (s *Service) stopOf(r *http.Request, p web.Page) (mine round, t stop, next string, err error) {
	n, err := postal.ParseItemNumber(r.PathValue("number"))
	if err != nil {
		return mine, t, "", noStop()
	}
	if mine, err = s.roundOf(r.Context(), p, web.PersonOf(r).ID); err != nil {
		return mine, t, "", err
	}
	for k, t := range mine.stops {
		if t.has(n) {
			return mine, t, nextPath(mine.stops, k), nil
		}
	}
	for _, d := range mine.back {
		if d.Code == n {
			return mine, stop{items: []door{d}}, nextPath(mine.stops, -1), nil
		}
	}
	return mine, t, "", noStop()
}

// nextPath is the stop after the k-th; from the last one it goes on with those that were skipped.
func nextPath(stops []stop, k int) string {
	if k+1 < len(stops) {
		return stops[k+1].path()
	}
	if k > 0 {
		return stops[0].path()
	}
	return roundPath
}

func noStop() error {
	return fault.New(fault.NotFound, "desk.no_stop",
		"Bưu gửi này không còn trong tay bạn: đã phát, đã nộp lại, hoặc chưa ký nhận.",
		"This item is not in your hands any more: delivered, handed back, or not signed for.")
}

// postDeliver records a delivery of the ticked items (phát được).
func (s *Service) postDeliver(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	t, err := readTaken(r, f)
	if err != nil {
		return err
	}
	return s.postOutcome(w, r, f, "deliver", func(i *custody.Item, id postal.ActID) (ledger.Act, error) {
		if err := t.check(i); err != nil {
			return nil, err
		}
		proof, err := s.keepTaken(r.Context(), i, id, t)
		return custody.Deliver{Item: i.Code, To: t.To, Proof: proof}, err
	}, "Đã phát %d bưu gửi.", "%d delivered.")
}

// postFailed records that the ticked items could not be delivered (không phát được).
func (s *Service) postFailed(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	reason, next := f.Choice("reason", custody.Reasons...), f.Choice("next", custody.Nexts...)
	return s.postOutcome(w, r, f, "failed", func(i *custody.Item, _ postal.ActID) (ledger.Act, error) {
		return custody.Attempt{Item: i.Code, Reason: reason, Next: next}, nil
	}, "Đã ghi %d bưu gửi phát chưa được.", "%d recorded as not delivered.")
}

// postOutcome writes one act for each ticked item of a stop and goes on to the next stop.
func (s *Service) postOutcome(w http.ResponseWriter, r *http.Request, f *web.Form, open string, act func(*custody.Item, postal.ActID) (ledger.Act, error), vi, en string) error {
	_, t, next, err := s.stopOf(r, web.NewPage(r, "", ""))
	if err != nil {
		return s.again(w, r, f, err)
	}
	if len(f.All("item")) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "desk.nothing_ticked", "Hãy đánh dấu ít nhất một bưu gửi.", "Tick at least one item.").At("item"))
	}
	done := 0
	for _, d := range t.items {
		if f.Err() != nil {
			break
		}
		if !f.Has("item", string(d.Code)) {
			continue
		}
		if err := s.oneOutcome(r, f, d.Item, act); err != nil {
			return err
		}
		done++
	}
	if e := f.Err(); e != nil {
		return s.showStop(w, r, max(web.Status(e), http.StatusUnprocessableEntity), f, open)
	}
	if done < len(t.items) {
		next = t.path()
		for _, d := range t.items {
			if !f.Has("item", string(d.Code)) {
				next = "/round/stop/" + string(d.Code)
				break
			}
		}
	}
	return web.Done(w, r, next, fmt.Sprintf(vi, done), fmt.Sprintf(en, done))
}

// again answers an outcome for a stop that has gone: the same form sent twice is told that it was recorded, anything else why not.
func (s *Service) again(w http.ResponseWriter, r *http.Request, f *web.Form, cause error) error {
	for _, n := range f.All("item") {
		id, err := postal.ParseActID(f.Value("act." + n))
		if err != nil {
			return cause
		}
		if _, known, err := s.Ledger.Find(r.Context(), id); err != nil || !known {
			return cause
		}
	}
	if len(f.All("item")) == 0 {
		return cause
	}
	return web.Done(w, r, roundPath, "Việc này đã được ghi từ trước.", "This was recorded before.")
}

func (s *Service) oneOutcome(r *http.Request, f *web.Form, i *custody.Item, act func(*custody.Item, postal.ActID) (ledger.Act, error)) error {
	id, err := postal.ParseActID(f.Value("act." + string(i.Code)))
	if err != nil {
		id = postal.NewActID(s.Now())
	}
	a, err := act(i, id)
	if err == nil {
		_, err = s.write(r, id, a)
	}
	return f.Refuse(err)
}

// write is do under an id of its own, for screens that send several acts at once.
func (s *Service) write(r *http.Request, id postal.ActID, act ledger.Act) (ledger.Receipt, error) {
	who := web.PersonOf(r)
	office, err := who.Here()
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.Ledger.Append(r.Context(), ledger.Envelope{Act: id, OccurredMs: postal.Millis(s.Now()), Office: office, Actor: who.ID}, act)
}

// postBack opens the handover by which a carrier gives back what was not delivered, at the end of the round.
func (s *Service) postBack(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	who := web.PersonOf(r)
	office, err := who.Here()
	if err != nil {
		return err
	}
	act := custody.OpenHandover{Office: office, From: custody.ByCarrier(who.ID), To: custody.AtOffice(office)}
	for _, text := range f.All("thing") {
		act.Things = append(act.Things, event.Thing(text))
	}
	if len(act.Things) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "desk.nothing_ticked", "Hãy đánh dấu ít nhất một bưu gửi.", "Tick at least one item.").At("thing"))
		return s.showRound(w, r, http.StatusUnprocessableEntity, f)
	}
	receipt, err := s.do(r, act)
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		return s.showRound(w, r, status, f)
	}
	h := receipt.Facts[0].(event.HandoverOpened).Handover
	return web.Done(w, r, "/round/lists/"+string(h), "Đã lập bàn giao. Mang bưu gửi tới quầy để giao dịch viên đếm.", "The handover is open. Take the items to the counter; the clerk counts them.")
}
