package desk

import (
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const handoutPath = "/desk/handout"

func (s *Service) mountHandout(m *web.Mux) {
	m.Get(handoutPath, web.Clerk, s.getHandout)
	m.Post(handoutPath, web.Clerk, s.postHandout)
	m.Get(handoutPath+"/{number}", web.Clerk, s.getHandoutItem)
	// A photo straight from a telephone's camera has up to 12 MB.
	m.Post(handoutPath+"/{number}", web.Clerk, s.postHandoutItem, web.MaxBody(16<<20))
}

// handout is the screen at which recipients fetch their items.
type handout struct {
	page web.Page
	scan web.Scan
	held []heldItem
	more int
	bad  string // why the code just scanned cannot be handed out
}

// heldItem is one item that waits for its recipient.
type heldItem struct {
	*custody.Item
	name string // masked: the list is seen across the counter
	over bool
}

func (s *Service) getHandout(w http.ResponseWriter, r *http.Request) error {
	return s.showHandout(w, r, http.StatusOK, "", "")
}

func (s *Service) showHandout(w http.ResponseWriter, r *http.Request, status int, code, bad string) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := handout{page: web.NewPage(r, "Phát tại quầy", "Hand out at the counter"), bad: bad}
	v.page.NoScan, v.page.Wide, v.page.Path = true, true, handoutPath
	v.scan = web.Scan{Action: handoutPath, Label: v.page.T("Quét hoặc gõ số hiệu trên giấy mời", "Scan or type the number on the notice"), Value: code}
	items, err := lying[*custody.Item](ctx, s, s.Ledger.View(ctx), 'i', custody.AtOffice(office))
	if err != nil {
		return err
	}
	items = slices.DeleteFunc(items, func(i *custody.Item) bool { return i.Stage != custody.Held })
	slices.SortFunc(items, func(a, b *custody.Item) int { return int(a.HeldUntilMs/1000 - b.HeldUntilMs/1000) })
	if len(items) > maxListed {
		v.more, items = len(items)-maxListed, items[:maxListed]
	}
	acts := make([]postal.ActID, len(items))
	for n, i := range items {
		acts[n] = i.AcceptAct
	}
	people, err := s.PartiesOf(ctx, acts...)
	if err != nil {
		return err
	}
	for _, i := range items {
		v.held = append(v.held, heldItem{Item: i, name: masked(people[i.AcceptAct].Recipient.Name), over: heldOver(i, s.Now())})
	}
	return web.Render(w, r, status, handoutPage(v))
}

// postHandout finds the item whose code came in.
func (s *Service) postHandout(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	n, err := readItem(f.Value("code"))
	if err == nil {
		_, err = s.handable(r, n)
	}
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		return s.showHandout(w, r, status, f.Value("code"), web.NewPage(r, "", "").Say(f.Faults()[0]))
	}
	return web.Redirect(w, r, handoutPath+"/"+string(n))
}

// handable gives an item that can be handed out at this counter, or says why not.
func (s *Service) handable(r *http.Request, n postal.ItemNumber) (*custody.Item, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return nil, err
	}
	v := s.Ledger.View(r.Context())
	i, err := state[*custody.Item](v, string(n))
	if err != nil {
		return nil, err
	}
	h, inside := custody.Holder(v, event.Thing(n))
	switch {
	case i.Ended():
		return nil, fault.New(fault.Conflict, "desk.handed_out", "Bưu gửi %s đã kết thúc hành trình, không còn gì để phát.", "Item %s has ended its journey; there is nothing to hand out.", n)
	case h != custody.AtOffice(office) || len(inside) > 0:
		return nil, fault.New(fault.Conflict, "desk.not_here",
			"Theo sổ, bưu gửi %[1]s không nằm tại quầy này. Nếu đang cầm trên tay, mở trang bưu gửi và ghi «Thấy tại đây».",
			"By the ledger item %[1]s does not lie at this counter. If you have it in your hands, open its page and record “Seen here”.", n)
	case i.Handover != "":
		return nil, fault.New(fault.Conflict, "desk.in_handover", "Bưu gửi %s đang trong bàn giao %s chưa ký xong.", "Item %s is part of handover %s, which is not signed yet.", n, grouped(i.Handover))
	}
	return i, nil
}

// handing is one item across the counter: who is it for, who takes it, how is that proved.
type handing struct {
	page web.Page
	door
	form *web.Form
	act  string
	to   []web.Choice
	late string
	tone web.Tone
	said string // a refusal that belongs to no field
}

func (s *Service) getHandoutItem(w http.ResponseWriter, r *http.Request) error {
	return s.showHanding(w, r, http.StatusOK, nil)
}

func (s *Service) showHanding(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	n, err := postal.ParseItemNumber(r.PathValue("number"))
	if err != nil {
		return err
	}
	i, err := s.handable(r, n)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := handing{page: web.NewPage(r, "Phát "+n.Grouped(), "Hand out "+n.Grouped()), form: f, act: web.ActOf(f, s.Now())}
	v.page.Path = handoutPath + "/" + string(n)
	doors, err := s.doors(ctx, v.page, []*custody.Item{i})
	if err != nil {
		return err
	}
	v.door = doors[0]
	v.to = recipients(v.page, i)
	v.late, v.tone = late(v.page, i, s.Now())
	for _, e := range f.Faults() {
		if e.Field == "" {
			v.said = v.page.Say(e)
		}
	}
	if err := s.noteAccess(ctx, web.PersonOf(r), string(n), "handout"); err != nil {
		return err
	}
	return web.Render(w, r, status, handingPage(v))
}

// postHandoutItem records that the item was handed out at the counter.
func (s *Service) postHandoutItem(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	n, err := postal.ParseItemNumber(r.PathValue("number"))
	if err != nil {
		return err
	}
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return err
	}
	t, err := readTaken(r, f)
	if err != nil {
		return err
	}
	if _, known, err := s.Ledger.Find(r.Context(), id); err != nil {
		return err
	} else if known { // the same form again: it was recorded
		return web.Done(w, r, handoutPath, "Việc này đã được ghi từ trước.", "This was recorded before.")
	}
	i, err := s.handable(r, n)
	if err != nil {
		return err
	}
	if f.Err() == nil {
		_ = f.Refuse(t.check(i))
	}
	if f.Err() != nil {
		return s.showHanding(w, r, http.StatusUnprocessableEntity, f)
	}
	proof, err := s.keepTaken(r.Context(), i, id, t)
	if err == nil {
		_, err = s.write(r, id, custody.Deliver{Item: n, To: t.To, Proof: proof})
	}
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		return s.showHanding(w, r, status, f)
	}
	return web.Done(w, r, handoutPath, "Đã phát "+n.Grouped()+" tại quầy.", n.Grouped()+" is handed out.")
}
