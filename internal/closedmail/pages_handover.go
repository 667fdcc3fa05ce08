package closedmail

import (
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

func (s *Pages) mountHandovers(m *web.Mux) {
	m.Get(oversPath, handlers, s.getOvers)
	m.Post(oversPath, handlers, s.postOver)
	m.Get(oversPath+"/{code}", handlers, s.getOver)
	m.Post(oversPath+"/{code}/{do}", handlers, s.postOverAct)
	m.Get(oversPath+"/{code}/record", handlers, s.getRecord)
	m.Post(oversPath+"/{code}/record", handlers, s.postRecord)
	s.mountRound(m)
	s.mountLists(m)
}

// getOvers lists the handovers that lack a signature, and lets one be opened.
func (s *Pages) getOvers(w http.ResponseWriter, r *http.Request) error { return s.drawOvers(w, r, nil) }

func (s *Pages) drawOvers(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Bàn giao", "Handovers")
	if err != nil {
		return err
	}
	v.Tabs = v.overTabs(oversPath)
	t := &table{Caption: v.T("Bàn giao chưa đủ hai chữ ký", "Handovers that lack a signature"), Empty: v.T("Không có bàn giao nào đang mở", "No handover is open"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Bên giao", "Giver")}, {Label: v.T("Bên nhận", "Taker")}, {Label: v.T("Mục", "Things"), Number: true}, {Label: v.T("Đã ký", "Signed")}}}
	for _, h := range v.openHandovers() {
		t.Rows = append(t.Rows, []cell{codeCell(string(h.Code), oversPath+"/"+string(h.Code)), textCell(v.holder(h.From)), textCell(v.holder(h.To)), {Text: v.Number(int64(len(h.Things))), Num: true}, textCell(v.signedBy(h))})
	}
	v.add(part{Table: t})
	if lists := v.listsOut(); len(lists.Rows) > 0 {
		v.add(part{Table: lists})
	}
	if v.May(web.KT1Clerk) {
		if closed := v.closedTrips(); len(closed.Rows) > 0 {
			v.add(part{Table: closed})
		}
		v.openForms()
	}
	return v.draw(w, r)
}

// closedTrips lists the dispatches that are closed here and wait for somebody to take them.
func (v view) closedTrips() *table {
	t := &table{Caption: v.T("Chuyến thư đã đóng, chờ lập bàn giao", "Closed dispatches that wait for a handover"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Đi", "To")}, {Label: v.T("Túi", "Bags"), Number: true}}}
	for _, k := range v.led.At(string(custody.AtOffice(v.At)), 'd') {
		if d, ok := ledger.Get[*custody.Dispatch](v.led, k); ok && d.From == v.At && d.Status == custody.DispatchClosed && d.Handover == "" {
			t.Rows = append(t.Rows, []cell{codeCell(string(d.Code), tripsPath+"/"+string(d.Code)), textCell(v.office(d.To)), {Text: v.Number(int64(d.Count)), Num: true}})
		}
	}
	return t
}

func (v view) overTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("Bàn giao", "Handovers"), Path: oversPath, Current: current == oversPath},
		{Label: v.T("Chờ ký", "Waiting for a signature"), Path: signPath, Current: current == signPath},
	}
}

// openHandovers lists those that concern the reader: on his office's board, or with him as carrier.
func (v view) openHandovers() []*custody.Handover {
	var all []*custody.Handover
	seen := map[ledger.Key]bool{}
	places := []postal.OfficeCode{v.At}
	for _, o := range Shifts(v.led) {
		places = append(places, o.Office)
	}
	for _, o := range places {
		for _, k := range v.led.At(string(custody.AtOffice(o)), 'h') {
			h, ok := ledger.Get[*custody.Handover](v.led, k)
			mine := ok && (custody.Office(h.From) == v.At || custody.Office(h.To) == v.At) && v.May(web.KT1Clerk)
			carried := ok && (custody.Carrier(h.From) == v.Person.ID || custody.Carrier(h.To) == v.Person.ID)
			if !seen[k] && (mine || carried) {
				all = append(all, h)
			}
			seen[k] = true
		}
	}
	return all
}

func (v view) signedBy(h *custody.Handover) string {
	switch {
	case h.Giver != "" && h.Taker != "":
		return v.name(h.Giver) + ", " + v.name(h.Taker)
	case h.Giver != "":
		return v.name(h.Giver)
	case h.Taker != "":
		return v.name(h.Taker)
	}
	return v.T("chưa ai", "nobody")
}

// openForms let a clerk give items to a courier for delivery, or take what a courier brings.
func (v *view) openForms() {
	var loose []event.Thing
	for _, t := range Held(v.led, v.At) {
		i, ok := ledger.Get[*custody.Item](v.led, custody.KeyOf(t))
		if ok && i.Handover == "" && frozenBy(v.led, t) == "" && (i.ToOffice == v.At || i.Returning != "" && i.Origin == v.At) {
			loose = append(loose, t)
		}
	}
	if len(loose) > 0 {
		v.add(part{Head: v.T("Giao cho giao thông viên đi phát", "Give to a courier for delivery"), Form: &form{Action: oversPath, Button: v.T("Lập bàn giao", "Open the handover"), Hidden: []string{"kind", "delivery"}, Asks: append([]ask{
			{Kind: askTicks, Field: web.Field{Name: "things", Label: v.T("Bưu gửi", "Items")}, Choices: v.thingChoices(loose)},
			{Kind: askChoice, Field: web.Field{Name: "carrier", Label: v.T("Giao thông viên (đủ hồ sơ)", "Courier (with valid papers)")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), "", Courier)}}, v.transportAsks()...)}})
	}
	if bags := v.bagsToSend(); len(bags) > 0 {
		v.add(part{Head: v.T("Giao túi, hộp không qua chuyến thư", "Give bags and boxes without a dispatch"), Text: v.T("Đi xe chuyên dùng KT1, hoặc người nhận túi là người áp tải.", "In a KT1 vehicle, or whoever takes the bags is their escort."),
			Form: &form{Action: oversPath, Button: v.T("Lập bàn giao", "Open the handover"), Kind: web.Second, About: v.T(" túi, hộp", " bags"), Hidden: []string{"kind", "out"}, Asks: append([]ask{
				{Kind: askTicks, Field: web.Field{Name: "things", Label: v.T("Túi, hộp", "Bags and boxes")}, Choices: v.thingChoices(bags)},
				{Kind: askChoice, Field: web.Field{Name: "carrier", Label: v.T("Người vận chuyển (đủ hồ sơ)", "Courier (with valid papers)")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), "", Courier, Escort)}}, v.transportAsks()...)}})
	}
	for _, w := range Workers(v.led) {
		carried := v.carried(w.ID)
		if len(carried) == 0 {
			continue
		}
		v.add(part{Head: v.T("Nhận từ ", "Take from ") + v.name(w.ID), Form: &form{Action: oversPath, Button: v.T("Lập bàn giao", "Open the handover"), Kind: web.Second, About: " " + v.name(w.ID), Hidden: []string{"kind", "in", "carrier", string(w.ID)},
			Asks: []ask{{Kind: askTicks, Field: web.Field{Name: "things", Label: v.T("Đang cầm", "Carries")}, Choices: v.thingChoices(carried)}}}})
	}
}

// bagsToSend lists the sealed bags and boxes of the office that are bound elsewhere and on no dispatch.
func (v view) bagsToSend() []event.Thing {
	var out []event.Thing
	for _, k := range v.led.At(string(custody.AtOffice(v.At)), 'b') {
		if b, ok := ledger.Get[*custody.Bag](v.led, k); ok && b.Status == custody.BagSealed && b.Handover == "" && b.To != v.At && frozenBy(v.led, b.Code) == "" {
			out = append(out, b.Code)
		}
	}
	return out
}

// carried lists what a carrier holds that could come here: dispatches for this office, loose bags, and items.
func (v view) carried(id postal.StaffID) []event.Thing {
	var out []event.Thing
	for _, letter := range []byte{'d', 'b', 'i'} {
		for _, k := range v.led.At(string(custody.ByCarrier(id)), letter) {
			if d, ok := ledger.Get[*custody.Dispatch](v.led, k); ok && (d.To != v.At || d.Handover != "") {
				continue
			}
			if i, ok := ledger.Get[*custody.Item](v.led, k); ok && i.Handover != "" {
				continue
			}
			out = append(out, event.Thing(k[2:]))
		}
	}
	return out
}

func (s *Pages) postOver(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	own, carrier := custody.AtOffice(office), custody.ByCarrier(web.Parse(f, "carrier", ParseStaff))
	a := OpenHandover{Office: office, From: own, To: carrier, Vehicle: web.MaybeParse(f, "vehicle", ParseFacility), Escort: web.MaybeParse(f, "escort", ParseStaff), Guard: Guard(f.Value("guard"))}
	switch f.Choice("kind", "out", "in", "delivery") {
	case "in":
		a.From, a.To = carrier, own
	case "delivery":
		a.Delivery = true
	}
	for _, t := range f.All("things") {
		a.Things = append(a.Things, event.Thing(t))
	}
	got, ok, err := s.try(r, f, a)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawOvers(w, r, f)
	}
	h, _ := factOf[event.HandoverOpened](got.Facts)
	return web.Done(w, r, oversPath+"/"+string(h.Handover), "Đã lập bàn giao. Bên nhận kiểm rồi hai bên ký.", "The handover is open. The taker looks, then both sign.")
}

func (v view) handover(r *http.Request) (*custody.Handover, error) {
	code := event.Thing(r.PathValue("code"))
	if _, err := postal.ParseHandoverNumber(string(code)); err != nil {
		return nil, err
	}
	h, ok := ledger.Get[*custody.Handover](v.led, custody.KeyOf(code))
	if !ok {
		return nil, unknown(string(code))
	}
	if !v.side(h.From) && !v.side(h.To) {
		return nil, fault.New(fault.Forbidden, "custody.handover_others", "Bàn giao %s không phải của bạn.", "Handover %s is not yours.", code)
	}
	return h, nil
}

// side reports whether the reader speaks for a side: the carrier himself, or a clerk of the office.
func (v view) side(h event.Holder) bool {
	if c := custody.Carrier(h); c != "" {
		return c == v.Person.ID
	}
	return custody.Office(h) == v.At && v.May(web.KT1Clerk)
}

func (s *Pages) getOver(w http.ResponseWriter, r *http.Request) error { return s.drawOver(w, r, nil) }

func (s *Pages) drawOver(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Bàn giao ", "Handover ")
	if err != nil {
		return err
	}
	h, err := v.handover(r)
	if err != nil {
		return err
	}
	how := journeyOf(v.led, h.Code, h.Dispatch)
	v.Title, v.Sub = v.Title+string(h.Code), custody.Say("handover", string(h.Status)).In(v.Lang)
	v.add(part{Rows: []web.Row{{Key: v.T("Bên giao", "Giver"), Value: v.holder(h.From)}, {Key: v.T("Bên nhận", "Taker"), Value: v.holder(h.To)}, {Key: v.T("Đã ký", "Signed"), Value: v.signedBy(h)}, {Key: v.T("Xe, áp tải", "Vehicle, escort"), Value: v.travels(how)}, {Key: v.T("Bảo vệ, công an", "Guards, police"), Value: v.guardWord(guardOf(v.led, h.Code, h.Dispatch))}}})
	v.add(part{Table: v.givenTable(h)})
	if h.Status == custody.HandoverOpen {
		v.overForms(h)
	} else {
		record := oversPath + "/" + string(h.Code) + "/record"
		v.printPart(RecordForm, string(h.Code), record, record)
		v.listButtons(h)
	}
	return v.draw(w, r)
}

// givenTable compares what the giver says with what the taker found. Until it was counted, the seal is not shown: it is read off the bag.
func (v view) givenTable(h *custody.Handover) *table {
	t := &table{Caption: v.T("Giao và đếm", "Given and counted"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Là gì", "What")}, {Label: v.T("Bên nhận đếm", "The taker's count")}}}
	d := h.Difference()
	for _, g := range h.Things {
		c := tagCell(v.T("Chưa đếm", "Not counted"), web.Info)
		if n := slices.IndexFunc(h.Counts, func(c event.Count) bool { return c.Thing == g.Thing }); n >= 0 {
			c = tagCell(v.T("Khớp", "Agrees"), web.Good)
			if slices.ContainsFunc(d.WrongSeal, func(c event.Count) bool { return c.Thing == g.Thing }) {
				c = tagCell(v.T("Niêm phong khác: ", "Another seal: ")+h.Counts[n].Seal, web.Bad)
			} else if slices.Contains(d.Damaged, g.Thing) {
				c = tagCell(v.T("Hư hại", "Damaged"), web.Bad)
			}
		}
		what := v.T("túi, hộp", "bag or box")
		if k := custody.KeyOf(g.Thing); k != "" && k[0] == 'i' {
			what = v.thing(g.Thing)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(g.Thing), ""), textCell(what), c})
	}
	for _, over := range d.Over {
		t.Rows = append(t.Rows, []cell{codeCell(string(over), ""), textCell(""), tagCell(v.T("Thừa", "Over"), web.Bad)})
	}
	return t
}

// overForms are what the reader can do with an open handover.
func (v *view) overForms(h *custody.Handover) {
	path := oversPath + "/" + string(h.Code)
	if by := v.frozenIn(h); by != "" {
		v.add(part{Text: v.T("Có sự cố trong bàn giao này: phong toả, chưa ký được. Việc tiếp theo: hai người ở đây ký biên bản sự cố và báo cáo lên trên ngay; kiểm soát viên của bưu cục ghi sự cố giải toả rồi hai bên mới ký.", "There is an incident in this handover: it is frozen and cannot be signed. Next: two persons here sign the minutes and report up the line at once; when a supervisor of the office that recorded it has released it, both sides sign."), Tone: web.Bad, Buttons: []web.Btn{{Label: v.T("Xem sự cố", "See the incident"), Kind: web.Second, Href: incidentPath + "/" + string(by)}}})
	}
	if v.side(h.To) && h.Giver == "" && h.Taker == "" {
		f := &form{Action: path + "/count", Button: v.T("Ghi kết quả đếm", "Record the count")}
		for _, g := range h.Things {
			if g.Seal != "" {
				f.Asks = append(f.Asks, ask{Kind: askCode, Field: web.Field{Name: "seal-" + string(g.Thing), Label: v.T("Niêm phong đọc được trên ", "Seal read on ") + string(g.Thing), Hint: v.T("Để trống nếu không có túi này.", "Leave empty if this bag is not here."), Width: 10, Max: 16}})
				continue
			}
			f.Asks = append(f.Asks, ask{Kind: askRadio, Field: web.Field{Name: "has-" + string(g.Thing), Label: string(g.Thing)}, Choices: []web.Choice{{Value: "yes", Label: v.T("Có, nguyên vẹn", "Here, sound")}, {Value: "damaged", Label: v.T("Có, hư hại", "Here, damaged")}, {Value: "no", Label: v.T("Không có", "Not here")}}})
		}
		v.add(part{Head: v.T("Bên nhận kiểm", "The taker looks"), Form: f})
	}
	if f, ok := fault.From(leaves(v.led, h.From, h.To, given(h), journeyOf(v.led, h.Code, h.Dispatch))); ok {
		v.add(part{Text: f.In(v.Lang) + v.T(" Huỷ bàn giao này rồi lập lại.", " Call this handover off and open another."), Tone: web.Bad})
	}
	if v.frozenIn(h) == "" {
		v.signForm(h, path)
	}
	if h.Giver == "" || h.Taker == "" {
		v.add(part{Head: v.T("Huỷ bàn giao", "Call it off"), Form: &form{Action: path + "/withdraw", Button: v.T("Huỷ bàn giao", "Call it off"), Kind: web.Danger}})
	}
}

// signForm lets the reader sign for his side.
func (v *view) signForm(h *custody.Handover, path string) {
	side := ""
	var asks []ask
	switch {
	case v.side(h.To) && h.Taker == "" && h.Giver != v.Person.ID && len(h.Counts) > 0:
		side = custody.Taker
		asks = v.lookAsks()
	case v.side(h.From) && h.Giver == "" && h.Taker != v.Person.ID && len(h.Counts) > 0:
		side = custody.Giver
	default:
		return
	}
	text := v.T("Hai bên khớp nhau.", "Both sides agree.")
	if d := h.Difference(); !d.None() {
		text = v.T(fmt.Sprintf("Chênh lệch: thiếu %d, thừa %d, hư hại %d, sai niêm phong %d. Ký là xác nhận chênh lệch này.", len(d.Short), len(d.Over), len(d.Damaged), len(d.WrongSeal)),
			fmt.Sprintf("They differ: short %d, over %d, damaged %d, wrong seals %d. Signing confirms this difference.", len(d.Short), len(d.Over), len(d.Damaged), len(d.WrongSeal)))
	}
	head := v.T("Ký bên giao", "Sign as giver")
	if side == custody.Taker {
		head = v.T("Ký bên nhận", "Sign as taker")
	}
	v.add(part{Head: head, Text: text, Form: &form{Action: path + "/sign", Button: v.T("Ký", "Sign"), Key: "F4", Hidden: []string{"side", side, "difference", h.Difference().Digest()}, Asks: asks}})
}

// lookAsks are the three things that are looked at before signing.
func (v view) lookAsks() []ask {
	return []ask{
		{Kind: askTick, Field: web.Field{Name: "look_number", Label: v.T("Đã kiểm số lượng", "Number looked at")}},
		{Kind: askTick, Field: web.Field{Name: "look_packing", Label: v.T("Đã kiểm bao bì", "Packing looked at")}},
		{Kind: askTick, Field: web.Field{Name: "look_seal", Label: v.T("Đã kiểm niêm phong", "Seal looked at")}},
	}
}

func (v view) frozenIn(h *custody.Handover) ID {
	for _, t := range given(h) {
		if by := frozenBy(v.led, t); by != "" {
			return by
		}
	}
	return ""
}

func (s *Pages) postOverAct(w http.ResponseWriter, r *http.Request) error {
	f, v, err := s.posted(r)
	if err != nil {
		return err
	}
	h, err := v.handover(r)
	if err != nil {
		return err
	}
	var act ledger.Act
	switch r.PathValue("do") {
	case "count":
		act = CountThings{Handover: h.Code, Counts: readCounts(f, h)}
	case "sign":
		act = SignHandover{Handover: h.Code, Side: f.Value("side"), Difference: f.Value("difference"), Number: f.Ticked("look_number"), Packing: f.Ticked("look_packing"), Seals: f.Ticked("look_seal")}
	case "withdraw":
		act = WithdrawHandover{Handover: h.Code}
	default:
		return unknown(r.PathValue("do"))
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawOver(w, r, f)
	}
	return s.told(w, r, got, oversPath+"/"+string(h.Code), "Đã ghi.", "Recorded.")
}

// readCounts reads what the taker found of each thing.
func readCounts(f *web.Form, h *custody.Handover) []event.Count {
	var counts []event.Count
	for _, g := range h.Things {
		if g.Seal != "" {
			if seal := web.MaybeParse(f, "seal-"+string(g.Thing), ParseSeal); seal != "" {
				counts = append(counts, event.Count{Thing: g.Thing, Seal: string(seal)})
			}
			continue
		}
		switch f.Value("has-" + string(g.Thing)) {
		case "yes":
			counts = append(counts, event.Count{Thing: g.Thing})
		case "damaged":
			counts = append(counts, event.Count{Thing: g.Thing, Condition: event.Damaged})
		}
	}
	return counts
}
