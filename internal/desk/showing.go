package desk

import (
	"fmt"
	"net/http"
	"unicode"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// show answers a scan without work: what the thing is, where it is, what to do with it.
func (sc *scanning) show() (*reply, error) {
	switch st := sc.v.Get(custody.KeyOf(sc.Code)).(type) {
	case *custody.Item:
		return sc.showItem(st), sc.v.Err()
	case *custody.Bag:
		return sc.showBag(st), sc.v.Err()
	case *custody.Dispatch:
		return sc.showDispatch(st), sc.v.Err()
	case *custody.Handover:
		return &reply{Go: pathOf(st.Code), Did: didShow}, sc.v.Err()
	}
	_, err := state[*custody.Item](sc.v, string(sc.Code))
	return nil, err
}

// wayOut offers what a refused scan can still lead to.
func (sc *scanning) wayOut(a *reply) []action {
	if sc.Code == "" || a.Did != didRefuse || sc.r.URL.Path == "/desk/accept" {
		return nil
	}
	st := sc.v.Get(custody.KeyOf(sc.Code))
	if st == nil {
		var list []action
		if custody.KeyOf(sc.Code)[0] == 'i' && sc.In == "" {
			list = append(list, action{Label: sc.p.T("Nhận gửi với nhãn này", "Accept with this label"), Key: "F4", Path: "/desk/accept?item=" + string(sc.Code), Main: true})
		}
		return append(list, sc.seen())
	}
	list := []action{{Label: sc.p.T("Xem ", "See ") + lower(kindOf(sc.p, sc.Code)), Key: "F7", Path: pathOf(sc.Code)}}
	if h, _ := custody.Holder(sc.v, sc.Code); h != custody.AtOffice(sc.office) && custody.KeyOf(sc.Code)[0] != 'h' {
		list = append(list, sc.seen())
	}
	return list
}

// seen offers to record that the thing is in this office's hands although the ledger says otherwise.
func (sc *scanning) seen() action {
	return action{Label: sc.p.T("Ghi «Thấy tại đây»", "Record “Seen here”"), Key: "F8", Post: true, Path: "/desk/seen", With: map[string]string{"thing": string(sc.Code), "in": string(sc.In)}}
}

func (sc *scanning) showItem(i *custody.Item) *reply {
	a := &reply{Tone: web.Info, Did: didShow, Headline: sc.itemHeadline(i), Facts: sc.itemFacts(3)}
	if i.Returning != "" {
		a.Headline += sc.p.T(" · chuyển hoàn", " · returning")
	}
	if i.Open > 0 {
		a.Tone, a.Headline = web.Ask, a.Headline+sc.p.T(" · có bất thường chưa xử lý", " · irregularity not settled")
	}
	a.Actions = append(sc.itemActions(i), action{Label: sc.p.T("Xem hành trình", "See its journey"), Key: "F7", Path: pathOf(sc.Code)})
	if len(a.Actions) < 3 && i.AcceptedMs >= postal.Millis(sc.s.today().Start()) && i.Origin == sc.office {
		a.Actions = append(a.Actions, action{Label: sc.p.T("In lại nhãn", "Print the label again"), Key: "F8", Path: pathOf(sc.Code) + "/label", Blank: true})
	}
	return a
}

// itemHeadline says in a few words what has become of an item, as seen from this desk.
func (sc *scanning) itemHeadline(i *custody.Item) string {
	word := say(sc.p, "stage", i.Stage)
	h, via := custody.Holder(sc.v, sc.Code)
	switch {
	case i.Ended():
		return word
	case len(via) > 0 && h == custody.AtOffice(sc.office):
		return sc.p.T("Trong túi tại bưu cục này", "In a bag at this office")
	case h == custody.AtOffice(sc.office) && i.ToOffice == sc.office:
		return sc.p.T("Đang ở đây, chờ phát", "Here, to be delivered")
	case h == custody.AtOffice(sc.office):
		return sc.p.T("Đang ở đây, chờ chuyển đi", "Here, to be sent on")
	}
	return word
}

// itemActions is what can be done here and now with an item, the likeliest first.
func (sc *scanning) itemActions(i *custody.Item) []action {
	h, via := custody.Holder(sc.v, sc.Code)
	here := custody.AtOffice(sc.office)
	switch {
	case i.Ended() || i.Handover != "":
		return nil
	case h != here:
		if h == event.Lost {
			return nil
		}
		return []action{sc.seen()}
	case len(via) > 0:
		return sc.bagActions(via[0])
	case i.ToOffice == sc.office:
		return nil
	}
	return []action{sc.packAction(i.ToOffice)}
}

// bagActions is what can be done with an item that is in a bag here.
func (sc *scanning) bagActions(in event.Thing) []action {
	b, ok := ledger.Get[*custody.Bag](sc.v, custody.KeyOf(in))
	if !ok {
		return nil
	}
	open := action{Label: sc.p.T("Mở trang túi", "Open the bag's page"), Key: "F4", Path: pathOf(in), Main: true}
	if b.Status == custody.BagOpened {
		return []action{{Label: sc.p.T("Lấy ra khỏi túi", "Take it out"), Key: "F4", Post: true, Path: pathOf(in), With: map[string]string{"code": string(sc.Code)}, Main: true}}
	}
	return []action{open}
}

// packAction packs the item into the open bag that goes its way, or starts one.
func (sc *scanning) packAction(to postal.OfficeCode) action {
	bags, err := lying[*custody.Bag](sc.ctx, sc.s, sc.v, 'b', custody.AtOffice(sc.office))
	if err == nil {
		for _, b := range bags {
			if b.Status == custody.BagOpen && b.To == to {
				return action{Label: sc.p.T("Đóng vào túi ", "Into bag ") + grouped(b.Code), Key: "F4", Post: true, Path: pathOf(b.Code), With: map[string]string{"code": string(sc.Code)}, Main: true}
			}
		}
	}
	return action{Label: sc.p.T("Mở túi mới đi ", "New bag to ") + sc.s.officeName(to), Key: "F4", Post: true, Path: "/desk/bags", Main: true,
		With: map[string]string{"to": string(to), "item": string(sc.Code), web.ActField: sc.s.newAct()}}
}

func (sc *scanning) showBag(b *custody.Bag) *reply {
	here := custody.AtOffice(sc.office)
	if b.Holder == here && b.Status != custody.BagEmptied {
		return &reply{Go: pathOf(b.Code), Did: didShow}
	}
	a := &reply{Tone: web.Info, Did: didShow, Headline: sc.p.T("Túi: ", "Bag: ") + say(sc.p, "bag", b.Status), Facts: sc.thingFacts(3)}
	if h, _ := custody.Holder(sc.v, b.Code); h != here && b.Status != custody.BagEmptied {
		a.Actions = append(a.Actions, sc.seen())
	}
	a.Actions = append(a.Actions, action{Label: sc.p.T("Xem túi", "See the bag"), Key: "F7", Path: pathOf(b.Code)})
	if b.In != "" {
		a.Actions = append(a.Actions, action{Label: sc.p.T("Xem chuyến thư", "See the dispatch"), Path: pathOf(b.In)})
	}
	return a
}

func (sc *scanning) showDispatch(d *custody.Dispatch) *reply {
	if d.Handover != "" {
		return &reply{Go: pathOf(d.Handover), Did: didShow}
	}
	if d.Holder == custody.AtOffice(sc.office) || d.Status == custody.DispatchArrived || d.To == sc.office || d.From == sc.office {
		return &reply{Go: pathOf(d.Code), Did: didShow}
	}
	return &reply{Tone: web.Info, Did: didShow, Headline: sc.p.T("Chuyến thư đi bưu cục khác: ", "A dispatch for another office: ") + say(sc.p, "dispatch", d.Status), Facts: sc.thingFacts(3),
		Actions: []action{{Label: sc.p.T("Xem chuyến thư", "See the dispatch"), Key: "F7", Path: pathOf(d.Code)}}}
}

// itemFacts says at most n things about the scanned item.
func (sc *scanning) itemFacts(n int) []string {
	i, ok := ledger.Get[*custody.Item](sc.v, custody.KeyOf(sc.Code))
	if !ok {
		return nil
	}
	facts := []string{
		sc.p.T("Đi: ", "To: ") + sc.s.unitName(sc.p, i.ToUnit) + sc.p.T(", bưu cục phát ", ", delivered by ") + sc.s.officeName(i.ToOffice),
		serviceName(sc.p, i.Service) + ", " + i.WeightG.In(sc.p.Lang) + sc.p.T(", nhận ", ", accepted ") + sc.p.Millis(i.AcceptedMs) + sc.p.T(" tại ", " at ") + sc.s.officeName(i.Origin),
		sc.whereNow(sc.Code),
	}
	if i.DueMs != 0 && !i.Ended() {
		facts[2] += sc.p.T(" · hạn phát ", " · due ") + sc.p.Millis(i.DueMs)
	}
	return facts[:min(n, len(facts))]
}

// thingFacts says at most n things about the scanned item, bag or dispatch.
func (sc *scanning) thingFacts(n int) []string {
	var facts []string
	switch st := sc.v.Get(custody.KeyOf(sc.Code)).(type) {
	case *custody.Item:
		return sc.itemFacts(n)
	case *custody.Bag:
		facts = []string{sc.route(st.From, st.To), sc.p.T(fmt.Sprintf("%d bưu gửi", st.Count), fmt.Sprintf("%d items", st.Count)) + sealText(sc.p, st.Seal), sc.whereNow(sc.Code)}
	case *custody.Dispatch:
		facts = []string{sc.route(st.From, st.To), sc.p.T(fmt.Sprintf("%d túi và bưu gửi rời", st.Count), fmt.Sprintf("%d bags and loose items", st.Count)), sc.whereNow(sc.Code)}
	}
	return facts[:min(n, len(facts))]
}

func (sc *scanning) route(from, to postal.OfficeCode) string {
	return sc.s.officeName(from) + " → " + sc.s.officeName(to)
}

// whereNow says who holds a thing, and in what.
func (sc *scanning) whereNow(t event.Thing) string {
	h, via := custody.Holder(sc.v, t)
	text := sc.p.T("Ở: ", "With: ") + sc.s.holderName(sc.ctx, sc.p, h)
	if len(via) > 0 {
		text += sc.p.T(", trong ", ", inside ") + lower(kindOf(sc.p, via[0])) + " " + grouped(via[0])
	}
	return text
}

func sealText(p web.Page, seal string) string {
	if seal == "" {
		return ""
	}
	return p.T(", niêm phong ", ", seal ") + seal
}

// serviceName names a service.
func serviceName(p web.Page, s event.Service) string {
	switch s {
	case event.DossierSend:
		return p.T("Hồ sơ gửi cơ quan", "Dossier to an agency")
	case event.DossierReturn:
		return p.T("Kết quả trả công dân", "Result for a citizen")
	case event.Registered:
		return p.T("Thư bảo đảm", "Registered letter")
	}
	return string(s)
}

// postSeen records that a thing is in this office's hands although the ledger says otherwise.
func (s *Service) postSeen(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	thing := event.Thing(f.Value("thing"))
	if custody.KeyOf(thing) == "" {
		return fault.New(fault.Invalid, "custody.unknown", "Không có mã nào để ghi.", "There is no code to record.")
	}
	p := web.NewPage(r, "Bàn quét", "Scan desk")
	a := &reply{Tone: web.Ask, Code: grouped(thing), Headline: p.T("Đã ghi «Thấy tại đây». Bất thường này phải được xử lý trước khi hàng đi tiếp.", "Recorded as seen here. The irregularity must be settled before it goes on.")}
	if _, err := s.do(r, custody.SeeHere{Thing: thing}); err != nil {
		if a, err = refused(p, err); err != nil {
			return err
		}
	}
	back := "/desk"
	if in := event.Thing(f.Value("in")); custody.KeyOf(in) != "" {
		back = pathOf(in)
	}
	return web.Leave(w, r, back, web.Flash{Tone: a.Tone, VI: a.Headline, EN: a.Headline})
}

// lower puts a label into the middle of a sentence.
func lower(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return string(unicode.ToLower(r[0])) + string(r[1:])
}

// upper makes the first letter a capital one, for a title.
func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}
