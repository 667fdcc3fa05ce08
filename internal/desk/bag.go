package desk

import (
	"cmp"
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
)

// bagList is the page of all bags at an office.
type bagList struct {
	web.Page
	Form    *web.Form
	Act     string
	Desk    string
	Offices []web.Choice
	Open    []bagRow // being packed here
	Sealed  []bagRow // sealed here, to go
	Come    []bagRow // arrived, to be opened or being emptied
	Through []bagRow // arrived for another office
	Waiting []sendOn
}

// bagRow is one bag in a list.
type bagRow struct {
	*custody.Bag
	FromName, ToName string
}

// sendOn is how many loose items wait here to go to an office.
type sendOn struct {
	To   postal.OfficeCode
	Name string
	N    int
}

// getBags lists the bags at the person's office.
func (s *Service) getBags(w http.ResponseWriter, r *http.Request) error {
	return s.drawBags(w, r, http.StatusOK, nil)
}

func (s *Service) drawBags(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	l := bagList{Page: web.NewPage(r, "Túi thư", "Bags"), Form: f, Act: web.ActOf(f, s.Now()), Desk: s.officeName(office)}
	l.Offices = s.officeChoices(l.Page, office)
	v := s.Ledger.View(r.Context())
	bags, err := lying[*custody.Bag](r.Context(), s, v, 'b', custody.AtOffice(office))
	if err != nil {
		return err
	}
	for _, b := range bags {
		row := bagRow{b, s.officeName(b.From), s.officeName(b.To)}
		switch {
		case b.Status == custody.BagOpen:
			l.Open = append(l.Open, row)
		case b.To == office:
			l.Come = append(l.Come, row)
		case b.From == office:
			l.Sealed = append(l.Sealed, row)
		default:
			l.Through = append(l.Through, row)
		}
	}
	if l.Waiting, err = s.toSendOn(r.Context(), v, office); err != nil {
		return err
	}
	return web.Render(w, r, status, bagListPage(l))
}

// toSendOn counts the loose items at an office that have to go elsewhere, by delivering office.
func (s *Service) toSendOn(ctx context.Context, v *ledger.View, o postal.OfficeCode) ([]sendOn, error) {
	items, err := lying[*custody.Item](ctx, s, v, 'i', custody.AtOffice(o))
	if err != nil {
		return nil, err
	}
	n := map[postal.OfficeCode]int{}
	for _, i := range items {
		if i.ToOffice != o && i.Handover == "" && i.Stage != custody.Held {
			n[i.ToOffice]++
		}
	}
	list := make([]sendOn, 0, len(n))
	for to, count := range n {
		list = append(list, sendOn{to, s.officeName(to), count})
	}
	slices.SortFunc(list, func(a, b sendOn) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.To, b.To)) })
	return list, nil
}

// postBags starts a bag, and packs the item that asked for it.
func (s *Service) postBags(w http.ResponseWriter, r *http.Request) error {
	f, office, to, err := s.starting(r)
	if err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawBags(w, r, http.StatusUnprocessableEntity, f)
	}
	rec, err := s.do(r, custody.StartBag{Office: office, To: to})
	if status, err := judge(f, err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.drawBags(w, r, status, f)
	}
	bag := rec.Facts[0].(event.BagStarted).Bag
	if item := event.Thing(f.Value("item")); item != "" && !rec.Repeated {
		return s.packFirst(w, r, bag, item)
	}
	return web.Done(w, r, pathOf(bag), "Đã mở túi mới "+grouped(bag)+". Quét từng bưu gửi để đóng vào túi.", "New bag "+grouped(bag)+". Scan each item to pack it.")
}

// packFirst packs the item for which the bag was started.
func (s *Service) packFirst(w http.ResponseWriter, r *http.Request, bag, item event.Thing) error {
	sc, err := s.newScanning(r, bag, string(item))
	if err != nil {
		return err
	}
	a, err := sc.answer()
	if err != nil {
		return err
	}
	return web.Leave(w, r, pathOf(bag), web.Flash{Tone: a.Tone, VI: a.Headline, EN: a.Headline})
}

func unknownOffice(o postal.OfficeCode) error {
	return fault.New(fault.Invalid, "desk.no_such_office", "Không có bưu cục %s.", "There is no office %s.", o).At("to")
}

// bagWork is a bag that lies open on the desk.
type bagWork struct {
	web.Page
	*custody.Bag
	Form             *web.Form
	Act              string
	FromName, ToName string
	Mine             bool // this office holds it
	Ours             bool // this office made it up
	Arrived          bool // this office is its destination
	Items            []*custody.Item
	Where            string
	Dispatches       []*custody.Dispatch // being loaded here for the same office
}

// shownItems bounds the list on the desk; the manifest has them all.
const shownItems = 40

// Shown are the items that the desk lists: the last packed first, or those that are still to be counted.
func (b bagWork) Shown() []*custody.Item { return b.Items[:min(len(b.Items), shownItems)] }

// getBag shows a bag on the desk.
func (s *Service) getBag(w http.ResponseWriter, r *http.Request) error {
	return s.drawDesk(w, r, http.StatusOK, event.Thing(r.PathValue("code")), nil, "")
}

func (s *Service) drawBag(r *http.Request, fr *frame, v *ledger.View, o postal.OfficeCode, b *custody.Bag, f *web.Form) error {
	work, err := s.bagWork(r, fr.Page, v, o, b)
	if err != nil {
		return err
	}
	work.Form, work.Act = f, web.ActOf(f, s.Now())
	fr.Title = fr.T("Túi ", "Bag ") + grouped(b.Code)
	switch {
	case work.Mine && b.Status == custody.BagSealed && work.Arrived:
		fr.Label = fr.T("Quét số niêm phong để mở túi", "Scan the seal to open the bag")
	case work.Mine && b.Status == custody.BagOpen:
		fr.Label = fr.T("Quét bưu gửi để đóng vào túi", "Scan items to pack them")
	case work.Mine && b.Status == custody.BagOpened:
		fr.Label = fr.T("Quét từng bưu gửi lấy ra khỏi túi", "Scan each item as you take it out")
	}
	fr.Work = bagBoard(work)
	return nil
}

func (s *Service) bagWork(r *http.Request, p web.Page, v *ledger.View, o postal.OfficeCode, b *custody.Bag) (bagWork, error) {
	ctx := r.Context()
	work := bagWork{Page: p, Bag: b, FromName: s.officeName(b.From), ToName: s.officeName(b.To),
		Mine: b.Holder == custody.AtOffice(o), Ours: b.From == o, Arrived: b.To == o}
	var err error
	if work.Items, err = s.inBag(ctx, v, b.Code); err != nil {
		return work, err
	}
	h, via := custody.Holder(v, b.Code)
	work.Where = s.holderName(ctx, p, h)
	if len(via) > 0 {
		work.Where += p.T(", trên chuyến ", ", on dispatch ") + grouped(via[0])
	}
	if work.Mine && b.Status == custody.BagSealed && !work.Arrived && b.Handover == "" {
		work.Dispatches, err = s.loadable(ctx, v, o)
	}
	return work, err
}

// inBag lists what is in a bag, the last packed first.
func (s *Service) inBag(ctx context.Context, v *ledger.View, bag event.Thing) ([]*custody.Item, error) {
	items, err := lying[*custody.Item](ctx, s, v, 'i', event.Holder(custody.KeyOf(bag)))
	slices.SortStableFunc(items, func(a, b *custody.Item) int { return cmp.Compare(since(b), since(a)) })
	return items, err
}

// since is the entry that put an item where it is.
func since(i *custody.Item) int64 {
	if n := len(i.Stays); n > 0 {
		return i.Stays[n-1].From
	}
	return i.AcceptSeq
}

// theBag gives the bag that a page is about, with the person's office.
func (s *Service) theBag(r *http.Request) (*ledger.View, *custody.Bag, postal.OfficeCode, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return nil, nil, "", err
	}
	v := s.Ledger.View(r.Context())
	b, err := state[*custody.Bag](v, r.PathValue("code"))
	return v, b, office, err
}

// bagAct writes an act on a bag and goes on to the bag's page; a refusal shows it again with what was typed.
func (s *Service) bagAct(w http.ResponseWriter, r *http.Request, f *web.Form, act ledger.Act, vi, en string) error {
	code := event.Thing(r.PathValue("code"))
	if f.Err() != nil {
		return s.drawWork(w, r, http.StatusUnprocessableEntity, code, nil, "", f)
	}
	_, err := s.do(r, act)
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawWork(w, r, status, code, nil, "", f)
	}
	return web.Done(w, r, pathOf(code), vi, en)
}

// bagConfirm asks before something that is awkward to take back: sealing, opening with another seal, ending a count.
type bagConfirm struct {
	web.Page
	*custody.Bag
	Form    *web.Form
	Act     string
	ToName  string
	Missing []*custody.Item
}

// getSeal asks for the seal and shows what is sealed.
func (s *Service) getSeal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	if b.Status != custody.BagOpen { // sealed by somebody else meanwhile, or a page of yesterday
		return web.Redirect(w, r, pathOf(b.Code))
	}
	return s.drawSeal(w, r, http.StatusOK, f)
}

func (s *Service) drawSeal(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	c := bagConfirm{Page: web.NewPage(r, "Niêm phong túi", "Seal the bag"), Bag: b, Form: f, Act: web.ActOf(f, s.Now()), ToName: s.officeName(b.To)}
	c.NoScan = true
	return web.Render(w, r, status, sealPage(c))
}

// postSeal seals the bag.
func (s *Service) postSeal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := event.Thing(r.PathValue("code"))
	seal := f.Text("seal", 32)
	if f.Err() != nil {
		return s.drawSeal(w, r, http.StatusUnprocessableEntity, f)
	}
	_, err = s.do(r, custody.SealBag{Bag: code, Seal: seal})
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawSeal(w, r, status, f)
	}
	return web.Done(w, r, pathOf(code), "Đã niêm phong túi, số "+seal+". In nhãn túi và bản kê, rồi xếp lên chuyến thư.",
		"Bag sealed with "+seal+". Print its label and manifest, then load it on a dispatch.")
}

var unsealWords = map[string]custody.Words{
	"forgotten":         {VI: "Quên bưu gửi", EN: "An item was forgotten"},
	"wrong_item":        {VI: "Có bưu gửi đóng nhầm", EN: "An item was packed by mistake"},
	"wrong_destination": {VI: "Túi sai nơi đến", EN: "The bag is bound for the wrong office"},
	"seal_broken":       {VI: "Niêm phong bị đứt, hỏng", EN: "The seal is broken"},
	"other":             {VI: "Lý do khác", EN: "Other reason"},
}

func unsealChoices(p web.Page) []web.Choice {
	return reasonChoices(p, custody.UnsealReasons, unsealWords)
}

// postUnseal opens a sealed bag again before it leaves.
func (s *Service) postUnseal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	reason := f.Choice("reason", custody.UnsealReasons...)
	return s.bagAct(w, r, f, custody.UnsealBag{Bag: event.Thing(r.PathValue("code")), Reason: reason},
		"Đã mở lại túi. Số niêm phong cũ không dùng lại: huỷ niêm phong cũ.", "The bag is open again. Its old seal is void: destroy it.")
}

// getOpen asks before a bag is opened with another seal than the one in the ledger.
func (s *Service) getOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	if seal := f.Value("seal"); b.Status != custody.BagSealed || seal == "" || seal == b.Seal { // there is nothing to ask
		return web.Redirect(w, r, pathOf(b.Code))
	}
	c := bagConfirm{Page: web.NewPage(r, "Mở túi", "Open the bag"), Bag: b, Form: f, Act: s.newAct()}
	c.NoScan = true
	return web.Render(w, r, http.StatusOK, wrongSealPage(c))
}

// postOpen opens a bag that has arrived. Another seal than the ledger's has to be confirmed.
func (s *Service) postOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	seal := f.Text("seal", 32)
	if f.Err() == nil && seal != b.Seal && !f.Ticked("sure") && b.Status == custody.BagSealed {
		c := bagConfirm{Page: web.NewPage(r, "Mở túi", "Open the bag"), Bag: b, Form: f, Act: web.ActOf(f, s.Now())}
		c.NoScan = true
		return web.Render(w, r, http.StatusOK, wrongSealPage(c))
	}
	vi, en := "Đã mở túi. Quét từng bưu gửi để lấy ra.", "The bag is open. Scan each item to take it out."
	if seal != b.Seal {
		vi, en = "Đã mở túi và ghi sai niêm phong. Giữ lại niêm phong, đếm kỹ từng bưu gửi.", "The bag is open and the wrong seal is recorded. Keep the seal and count every item."
	}
	return s.bagAct(w, r, f, custody.OpenBag{Bag: b.Code, Seal: seal}, vi, en)
}

// getEmpty shows what was not counted, before it is recorded as missing.
func (s *Service) getEmpty(w http.ResponseWriter, r *http.Request) error {
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	if b.Status != custody.BagOpened {
		return web.Redirect(w, r, pathOf(b.Code))
	}
	return s.drawEmpty(w, r, http.StatusOK, nil)
}

func (s *Service) drawEmpty(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	missing, err := s.inBag(r.Context(), v, b.Code)
	if err != nil {
		return err
	}
	c := bagConfirm{Page: web.NewPage(r, "Khai thác xong túi", "Finish the bag"), Bag: b, Form: f, Act: web.ActOf(f, s.Now()), Missing: missing}
	c.NoScan = true
	return web.Render(w, r, status, emptyPage(c))
}

// postEmpty ends the count of a bag. The number of missing items that was on the screen must still be right.
func (s *Service) postEmpty(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := event.Thing(r.PathValue("code"))
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	if n := f.Value("missing"); b.Status == custody.BagOpened && n != fmt.Sprint(b.Count) {
		_ = f.Refuse(fault.New(fault.Conflict, "desk.missing_changed", "Số bưu gửi chưa thấy đã khác lúc mở trang này. Xem lại danh sách dưới đây rồi xác nhận.",
			"The number of missing items has changed since this page was opened. Look at the list below, then confirm."))
		return s.drawEmpty(w, r, http.StatusConflict, f)
	}
	rec, err := s.do(r, custody.EmptyBag{Bag: code})
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawEmpty(w, r, status, f)
	}
	if n := len(rec.Facts[0].(event.BagEmptied).Short); n > 0 {
		return web.Leave(w, r, "/desk/bags", web.Flash{Tone: web.Ask, VI: fmt.Sprintf("Đã khai thác xong túi %s: %d bưu gửi không thấy, đã ghi bất thường.", grouped(code), n),
			EN: fmt.Sprintf("Bag %s is finished: %d items missing, irregularities recorded.", grouped(code), n)})
	}
	return web.Done(w, r, "/desk/bags", "Đã khai thác xong túi "+grouped(code)+", đủ số.", "Bag "+grouped(code)+" is finished and complete.")
}

// postTake takes an item out of a bag without a scanner: back out of one being packed, counted out of one that arrived.
func (s *Service) postTake(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, b, _, err := s.theBag(r)
	if err != nil {
		return err
	}
	item := web.Parse(f, "item", postal.ParseItemNumber)
	if b.Status == custody.BagOpened {
		act := custody.TakeOut{Item: item, Bag: b.Code}
		if f.Value("condition") == string(event.Damaged) {
			act.Condition = event.Damaged
		}
		return s.bagAct(w, r, f, act, "Đã lấy ra "+item.Grouped()+".", item.Grouped()+" taken out.")
	}
	return s.bagAct(w, r, f, custody.Unpack{Item: item, Bag: b.Code}, "Đã lấy "+item.Grouped()+" ra khỏi túi.", item.Grouped()+" taken out of the bag.")
}
