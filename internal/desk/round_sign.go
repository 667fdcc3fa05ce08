package desk

import (
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// passing is a handover as its carrier sees it: taking a list in the morning, giving back what is left in the evening.
type passing struct {
	page    web.Page
	of      *custody.Handover
	taking  bool
	with    string
	rows    []door
	counted map[event.Thing]bool
	diff    custody.Difference
	form    *web.Form
	count   string // act ids
	sign    string
	confirm bool // the difference is shown and has to be signed for
}

func (s *Service) getPassing(w http.ResponseWriter, r *http.Request) error {
	return s.showPassing(w, r, http.StatusOK, nil, false)
}

// passingOf gives a handover in which the carrier has a part.
func (s *Service) passingOf(r *http.Request) (*custody.Handover, *ledger.View, error) {
	v := s.Ledger.View(r.Context())
	h, err := state[*custody.Handover](v, r.PathValue("code"))
	if err != nil {
		return nil, nil, err
	}
	if me := custody.ByCarrier(web.PersonOf(r).ID); h.From != me && h.To != me {
		return nil, nil, fault.New(fault.NotFound, "desk.no_list", "Không có bản kê này của bạn.", "You have no such list.")
	}
	return h, v, nil
}

func (s *Service) showPassing(w http.ResponseWriter, r *http.Request, status int, f *web.Form, confirm bool) error {
	h, view, err := s.passingOf(r)
	if err != nil {
		return err
	}
	ctx, me := r.Context(), custody.ByCarrier(web.PersonOf(r).ID)
	v := passing{page: web.NewPage(r, "Bàn giao "+grouped(h.Code), "Handover "+grouped(h.Code)), of: h, taking: h.To == me, form: f, confirm: confirm,
		diff: h.Difference(), counted: map[event.Thing]bool{}, count: cmpOr(f.Value("count"), s.newAct), sign: cmpOr(f.Value("sign"), s.newAct)}
	v.page.Path = "/round/lists/" + string(h.Code)
	v.with = s.holderName(ctx, v.page, h.From)
	if !v.taking {
		v.with = s.holderName(ctx, v.page, h.To)
	}
	for _, c := range h.Counts {
		v.counted[c.Thing] = true
	}
	var items []*custody.Item
	for _, g := range h.Things {
		if i, ok := ledger.Get[*custody.Item](view, custody.KeyOf(g.Thing)); ok {
			items = append(items, i)
		}
	}
	if err := view.Err(); err != nil {
		return err
	}
	if v.rows, err = s.doors(ctx, v.page, items); err != nil {
		return err
	}
	return web.Render(w, r, status, passingPage(v))
}

// postPassing counts what the carrier ticked and signs; when the count differs from the list it asks before it signs.
func (s *Service) postPassing(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	h, _, err := s.passingOf(r)
	if err != nil {
		return err
	}
	side := custody.Giver
	if h.To == custody.ByCarrier(web.PersonOf(r).ID) {
		side = custody.Taker
		if err := s.countTicked(r, f, h); err != nil {
			return s.passingRefused(w, r, f, err)
		}
		if h, _, err = s.passingOf(r); err != nil {
			return err
		}
	}
	digest := h.Difference().Digest()
	if h.Status == custody.HandoverOpen && digest != f.Value("difference") {
		return s.showPassing(w, r, http.StatusOK, f, true)
	}
	if _, err := s.write(r, s.idIn(f, "sign"), custody.SignHandover{Handover: h.Code, Side: side, Difference: digest}); err != nil {
		return s.passingRefused(w, r, f, err)
	}
	return web.Done(w, r, roundPath, "Đã ký. Khi bên kia ký xong, bưu gửi chuyển tay.", "Signed. Once the other side has signed too, the items change hands.")
}

func (s *Service) passingRefused(w http.ResponseWriter, r *http.Request, f *web.Form, err error) error {
	status, rest := judge(f, err)
	if rest != nil {
		return rest
	}
	return s.showPassing(w, r, status, f, false)
}

// countTicked writes the taker's count of what he ticked and had not counted before.
func (s *Service) countTicked(r *http.Request, f *web.Form, h *custody.Handover) error {
	if h.Status != custody.HandoverOpen || h.Giver != "" || h.Taker != "" {
		return nil // a signature has closed the count
	}
	before := map[event.Thing]bool{}
	for _, c := range h.Counts {
		before[c.Thing] = true
	}
	act := custody.CountThings{Handover: h.Code}
	for _, text := range f.All("thing") {
		if !before[event.Thing(text)] {
			act.Counts = append(act.Counts, event.Count{Thing: event.Thing(text)})
		}
	}
	if len(act.Counts) == 0 {
		if len(before) > 0 {
			return nil
		}
		return fault.New(fault.Invalid, "desk.nothing_ticked", "Hãy đánh dấu những bưu gửi đã cầm trên tay.", "Tick the items that you have in your hands.").At("thing")
	}
	_, err := s.write(r, s.idIn(f, "count"), act)
	if fault.Code(err) == "ledger.act_reused" { // the form was sent again with other ticks
		_, err = s.write(r, postal.NewActID(s.Now()), act)
	}
	return err
}

// idIn is the act id in a field of a form, a new one when there is none.
func (s *Service) idIn(f *web.Form, name string) postal.ActID {
	id, err := postal.ParseActID(f.Value(name))
	if err != nil {
		return postal.NewActID(s.Now())
	}
	return id
}
