package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// dispatchList is the page of dispatches that leave an office or come to it.
type dispatchList struct {
	web.Page
	Form      *web.Form
	Act       string
	Desk      string
	Offices   []web.Choice
	Leaving   []dispatchRow // being loaded or closed here
	Coming    []dispatchRow // on the road, bound for here
	Gone      []dispatchRow // on the road, from here
	Handovers []handoverRow
	Bags      int // sealed here, on no dispatch yet
}

// dispatchRow is one dispatch in a list.
type dispatchRow struct {
	*custody.Dispatch
	FromName, ToName, With string
}

// getDispatches lists the dispatches of the person's office.
func (s *Service) getDispatches(w http.ResponseWriter, r *http.Request) error {
	return s.drawDispatches(w, r, http.StatusOK, nil)
}

func (s *Service) drawDispatches(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := dispatchList{Page: web.NewPage(r, "Chuyến thư", "Dispatches"), Form: f, Act: web.ActOf(f, s.Now()), Desk: s.officeName(office)}
	l.Offices = s.officeChoices(l.Page, office)
	v := s.Ledger.View(ctx)
	list, err := lying[*custody.Dispatch](ctx, s, v, 'd', custody.AtOffice(office))
	if err != nil {
		return err
	}
	for _, d := range list {
		l.Leaving = append(l.Leaving, s.dispatchRow(ctx, l.Page, d))
	}
	road, err := s.onTheRoad(ctx, v)
	if err != nil {
		return err
	}
	for _, d := range road {
		switch office {
		case d.To:
			l.Coming = append(l.Coming, s.dispatchRow(ctx, l.Page, d))
		case d.From:
			l.Gone = append(l.Gone, s.dispatchRow(ctx, l.Page, d))
		}
	}
	bags, err := lying[*custody.Bag](ctx, s, v, 'b', custody.AtOffice(office))
	if err != nil {
		return err
	}
	for _, b := range bags {
		if b.Status == custody.BagSealed && b.To != office {
			l.Bags++
		}
	}
	if l.Handovers, err = s.handoversAt(ctx, l.Page, v, custody.AtOffice(office)); err != nil {
		return err
	}
	return web.Render(w, r, status, dispatchListPage(l))
}

func (s *Service) dispatchRow(ctx context.Context, p web.Page, d *custody.Dispatch) dispatchRow {
	row := dispatchRow{d, s.officeName(d.From), s.officeName(d.To), ""}
	if custody.Office(d.Holder) == "" {
		row.With = s.holderName(ctx, p, d.Holder)
	}
	return row
}

// onTheRoad lists the dispatches that drivers and carriers hold.
func (s *Service) onTheRoad(ctx context.Context, v *ledger.View) ([]*custody.Dispatch, error) {
	drivers, err := s.drivers(ctx)
	if err != nil {
		return nil, err
	}
	places := make([]event.Holder, len(drivers))
	for i, d := range drivers {
		places[i] = custody.ByCarrier(d.ID)
	}
	return lying[*custody.Dispatch](ctx, s, v, 'd', places...)
}

// drivers are the people who may take a dispatch, of all offices: a driver goes from one to another.
func (s *Service) drivers(ctx context.Context) ([]web.Person, error) {
	return s.Staff.Holding(ctx, web.Driver, "")
}

// loadable lists the dispatches that are being loaded at an office.
func (s *Service) loadable(ctx context.Context, v *ledger.View, o postal.OfficeCode) ([]*custody.Dispatch, error) {
	list, err := lying[*custody.Dispatch](ctx, s, v, 'd', custody.AtOffice(o))
	return slices.DeleteFunc(list, func(d *custody.Dispatch) bool { return d.Status != custody.DispatchOpen }), err
}

// postDispatches starts a dispatch, and loads the bag that asked for it.
func (s *Service) postDispatches(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	to := web.Parse(f, "to", postal.ParseOfficeCode)
	if _, ok := s.Places.Directory().Office(to); !ok && f.Fault("to") == nil {
		_ = f.Refuse(unknownOffice(to))
	}
	if f.Err() != nil {
		return s.drawDispatches(w, r, http.StatusUnprocessableEntity, f)
	}
	rec, err := s.do(r, custody.StartDispatch{Office: office, To: to})
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawDispatches(w, r, status, f)
	}
	code := rec.Facts[0].(event.DispatchStarted).Dispatch
	if bag := event.Thing(f.Value("thing")); bag != "" && !rec.Repeated {
		return s.packFirst(w, r, code, bag)
	}
	return web.Done(w, r, pathOf(code), "Đã lập chuyến thư "+grouped(code)+". Quét từng túi để xếp lên chuyến.", "Dispatch "+grouped(code)+" started. Scan each bag to load it.")
}

// dispatchWork is a dispatch that lies open on the desk.
type dispatchWork struct {
	web.Page
	*custody.Dispatch
	Form             *web.Form
	Act, Act2        string
	FromName, ToName string
	Mine             bool // this office holds it
	Coming           bool // it is on the road and may be received here
	Where            string
	Driver           string
	Bags             []*custody.Bag
	Items            []*custody.Item
	Ready            []*custody.Bag // sealed here and on no dispatch, for the same office first
	Drivers          []web.Choice
}

// Load is how many pieces are on it.
func (d dispatchWork) Load() int { return len(d.Bags) + len(d.Items) }

// getDispatch shows a dispatch on the desk.
func (s *Service) getDispatch(w http.ResponseWriter, r *http.Request) error {
	return s.drawDesk(w, r, http.StatusOK, event.Thing(r.PathValue("code")), nil, "")
}

func (s *Service) drawDispatch(r *http.Request, fr *frame, v *ledger.View, o postal.OfficeCode, d *custody.Dispatch, f *web.Form) error {
	work, err := s.dispatchWork(r, fr.Page, v, o, d)
	if err != nil {
		return err
	}
	work.Form, work.Act, work.Act2 = f, web.ActOf(f, s.Now()), s.newAct()
	fr.Title = fr.T("Chuyến thư ", "Dispatch ") + grouped(d.Code)
	if work.Mine && d.Status == custody.DispatchOpen {
		fr.Label = fr.T("Quét túi hoặc bưu gửi rời để xếp lên chuyến", "Scan bags or loose items to load them")
	}
	fr.Work = dispatchBoard(work)
	return nil
}

func (s *Service) dispatchWork(r *http.Request, p web.Page, v *ledger.View, o postal.OfficeCode, d *custody.Dispatch) (work dispatchWork, err error) {
	ctx := r.Context()
	work = dispatchWork{Page: p, Dispatch: d, FromName: s.officeName(d.From), ToName: s.officeName(d.To), Mine: d.Holder == custody.AtOffice(o)}
	work.Coming = d.Status == custody.DispatchUnder && d.Handover == "" && (d.To == o || d.From == o)
	work.Where = s.holderName(ctx, p, d.Holder)
	if work.Bags, work.Items, err = s.onDispatch(ctx, v, d.Code); err != nil || !work.Mine {
		return work, err
	}
	if d.Status == custody.DispatchClosed {
		drivers, err := s.drivers(ctx)
		work.Drivers = staffChoices(p, drivers)
		return work, err
	}
	work.Ready, err = s.readyBags(ctx, v, o, d.To)
	return work, err
}

// onDispatch lists the bags and the loose items on a dispatch.
func (s *Service) onDispatch(ctx context.Context, v *ledger.View, d event.Thing) ([]*custody.Bag, []*custody.Item, error) {
	at := event.Holder(custody.KeyOf(d))
	bags, err := lying[*custody.Bag](ctx, s, v, 'b', at)
	if err != nil {
		return nil, nil, err
	}
	items, err := lying[*custody.Item](ctx, s, v, 'i', at)
	return bags, items, err
}

// readyBags lists the sealed bags at an office that may go on a dispatch to another.
func (s *Service) readyBags(ctx context.Context, v *ledger.View, o, to postal.OfficeCode) ([]*custody.Bag, error) {
	bags, err := lying[*custody.Bag](ctx, s, v, 'b', custody.AtOffice(o))
	bags = slices.DeleteFunc(bags, func(b *custody.Bag) bool { return b.Status != custody.BagSealed || b.To == o || b.Handover != "" })
	slices.SortStableFunc(bags, func(a, b *custody.Bag) int { return cmp.Compare(away(a.To, to), away(b.To, to)) })
	return bags, err
}

// away is 0 for an office that the dispatch goes to, 1 for any other.
func away(a, to postal.OfficeCode) int {
	if a == to {
		return 0
	}
	return 1
}

// dispatchAct writes an act on a dispatch and goes on to its page; a refusal shows it again.
func (s *Service) dispatchAct(w http.ResponseWriter, r *http.Request, act ledger.Act, vi, en string) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	return s.bagAct(w, r, f, act, vi, en)
}

// postClose ends the loading of a dispatch.
func (s *Service) postClose(w http.ResponseWriter, r *http.Request) error {
	return s.dispatchAct(w, r, custody.CloseDispatch{Dispatch: event.Thing(r.PathValue("code"))},
		"Đã đóng chuyến thư. Chọn lái xe để bàn giao.", "The dispatch is closed. Choose a driver to hand it over.")
}

// postReopen lets a closed dispatch be loaded again.
func (s *Service) postReopen(w http.ResponseWriter, r *http.Request) error {
	return s.dispatchAct(w, r, custody.ReopenDispatch{Dispatch: event.Thing(r.PathValue("code"))},
		"Đã mở lại chuyến thư. Quét để xếp thêm.", "The dispatch is open again. Scan to load more.")
}

// postUnload takes something off a dispatch that is being loaded.
func (s *Service) postUnload(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	thing := event.Thing(f.Text("thing", 20))
	return s.bagAct(w, r, f, custody.Unload{Thing: thing, Dispatch: event.Thing(r.PathValue("code"))}, "Đã dỡ "+grouped(thing)+" khỏi chuyến.", grouped(thing)+" taken off the dispatch.")
}

// postGive opens the handover of a closed dispatch to a driver.
func (s *Service) postGive(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	code := event.Thing(r.PathValue("code"))
	driver := postal.StaffID(f.Text("driver", 40))
	if f.Err() == nil {
		if err := s.isDriver(r.Context(), driver); err != nil {
			if err := f.Refuse(err); err != nil {
				return err
			}
		}
	}
	if f.Err() != nil {
		return s.drawWork(w, r, http.StatusUnprocessableEntity, code, nil, "", f)
	}
	return s.openHandover(w, r, f, code, custody.OpenHandover{Office: office, From: custody.AtOffice(office), To: custody.ByCarrier(driver), Things: []event.Thing{code}})
}

func (s *Service) isDriver(ctx context.Context, id postal.StaffID) error {
	drivers, err := s.drivers(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(drivers, func(p web.Person) bool { return p.ID == id }) {
		return nil
	}
	return fault.New(fault.Invalid, "desk.no_driver", "Người này không có vai trò lái xe đường thư còn hiệu lực.", "This person has no driver's role in force.").At("driver")
}

// postReceive opens the handover of a dispatch that has arrived, on its driver's behalf.
func (s *Service) postReceive(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	code := event.Thing(r.PathValue("code"))
	d, err := state[*custody.Dispatch](s.Ledger.View(r.Context()), string(code))
	if err != nil {
		return err
	}
	return s.openHandover(w, r, f, code, custody.OpenHandover{Office: office, From: d.Holder, To: custody.AtOffice(office), Things: []event.Thing{code}})
}

// openHandover opens a handover and goes to its page; a refusal shows the dispatch again.
func (s *Service) openHandover(w http.ResponseWriter, r *http.Request, f *web.Form, code event.Thing, act custody.OpenHandover) error {
	rec, err := s.do(r, act)
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawWork(w, r, status, code, nil, "", f)
	}
	h := rec.Facts[0].(event.HandoverOpened).Handover
	return web.Done(w, r, pathOf(h), "Đã lập bàn giao. Bên nhận quét từng túi và số niêm phong, rồi hai bên ký.", "Handover opened. The taker scans each bag and its seal, then both sign.")
}
