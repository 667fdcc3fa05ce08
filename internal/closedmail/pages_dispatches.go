package closedmail

import (
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func (s *Pages) getTrips(w http.ResponseWriter, r *http.Request) error { return s.drawTrips(w, r, nil) }

func (s *Pages) drawTrips(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Chuyến thư", "Dispatches")
	if err != nil {
		return err
	}
	v.Tabs = v.moveTabs(tripsPath)
	t := &table{Caption: v.T("Chuyến thư tại bưu cục", "Dispatches at the office"), Empty: v.T("Chưa có chuyến thư nào", "There is no dispatch"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Đi", "To")}, {Label: v.T("Trạng thái", "State")}, {Label: v.T("Xe, áp tải", "Vehicle, escort")}, {Label: v.T("Túi", "Bags"), Number: true}}}
	for _, k := range v.led.At(string(custody.AtOffice(v.At)), 'd') {
		d, ok := ledger.Get[*custody.Dispatch](v.led, k)
		if !ok {
			continue
		}
		x, _ := ledger.Get[*Vessel](v.led, VesselKey(d.Code))
		t.Rows = append(t.Rows, []cell{codeCell(string(d.Code), tripsPath+"/"+string(d.Code)), textCell(v.office(d.To)), tagCell(custody.Say("dispatch", string(d.Status)).In(v.Lang), web.Info), textCell(v.travels(x)), {Text: v.Number(int64(d.Count)), Num: true}})
	}
	v.add(part{Table: t})
	v.add(part{Head: v.T("Lập chuyến thư", "Make up a dispatch"), Text: v.T("Đi xe chuyên dùng KT1, hoặc phương tiện khác có người áp tải suốt đường.", "In a KT1 vehicle, or by other means with an escort all the way."),
		Form: &form{Action: tripsPath, Button: v.T("Lập chuyến", "Make it up"), Key: "F4", Asks: append([]ask{
			{Kind: askChoice, Field: web.Field{Name: "to", Label: v.T("Bưu cục đến", "Office of destination")}, Choices: v.officeChoices()}}, v.transportAsks()...)}})
	return v.draw(w, r)
}

func (v view) travels(x *Vessel) string {
	switch {
	case x == nil:
		return ""
	case x.Theirs && x.Vehicle == "" && x.Escort == "":
		return v.T("xe chuyên dùng KT1 của đối tác", "a KT1 vehicle of the partner")
	case x.Vehicle != "" && x.Escort != "":
		return string(x.Vehicle) + ", " + v.name(x.Escort)
	case x.Vehicle != "":
		return string(x.Vehicle)
	}
	return v.name(x.Escort)
}

// guardWord names the guards of a journey; nothing when there are none.
func (v view) guardWord(g Guard) string {
	if g == "" {
		return ""
	}
	return v.say("guard", string(g))
}

func (v view) transportAsks() []ask {
	return []ask{
		{Kind: askChoice, Field: web.Field{Name: "vehicle", Label: v.T("Xe chuyên dùng", "KT1 vehicle")}, Choices: v.facilityChoices(Vehicle)},
		{Kind: askChoice, Field: web.Field{Name: "escort", Label: v.T("Người áp tải (đủ hồ sơ)", "Escort (with valid papers)")}, Choices: v.workerChoices(v.T("Không", "None"), "", Courier, Escort)},
		{Kind: askChoice, Field: web.Field{Name: "guard", Label: v.T("Bảo vệ, công an (khi cần)", "Guards, police (when necessary)")}, Choices: choices(v, "guard", Guards)},
	}
}

// workerChoices lists the workers whose papers hold today and who have one of the duties at an office, or anywhere.
func (v view) workerChoices(none string, office postal.OfficeCode, duties ...Duty) []web.Choice {
	out := []web.Choice{{Label: none}}
	for _, w := range Workers(v.led) {
		if len(w.Lacks(v.day())) == 0 && w.has(office, duties...) {
			out = append(out, web.Choice{Value: string(w.ID), Label: v.name(w.ID)})
		}
	}
	return out
}

func (s *Pages) postTrip(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, StartDispatch{Office: web.PersonOf(r).Office(), To: web.Parse(f, "to", postal.ParseOfficeCode), Vehicle: web.MaybeParse(f, "vehicle", ParseFacility), Escort: web.MaybeParse(f, "escort", ParseStaff), Guard: Guard(f.Value("guard"))})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawTrips(w, r, f)
	}
	started, _ := factOf[event.DispatchStarted](got.Facts)
	return web.Done(w, r, tripsPath+"/"+string(started.Dispatch), "Đã lập chuyến thư.", "The dispatch is made up.")
}

func (s *Pages) getTrip(w http.ResponseWriter, r *http.Request) error { return s.drawTrip(w, r, nil) }

func (s *Pages) drawTrip(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Chuyến thư ", "Dispatch ")
	if err != nil {
		return err
	}
	code := event.Thing(r.PathValue("code"))
	d, ok := ledger.Get[*custody.Dispatch](v.led, custody.KeyOf(code))
	if !ok || d.From != v.At && d.To != v.At {
		return unknown(string(code))
	}
	x, _ := ledger.Get[*Vessel](v.led, VesselKey(code))
	v.Tabs, v.Title, v.Sub = v.moveTabs(tripsPath), v.Title+string(code), custody.Say("dispatch", string(d.Status)).In(v.Lang)
	path := tripsPath + "/" + string(code)
	v.add(part{Rows: []web.Row{{Key: v.T("Từ – đến", "From – to"), Value: v.office(d.From) + " – " + v.office(d.To)}, {Key: v.T("Xe, áp tải", "Vehicle, escort"), Value: v.travels(x)}, {Key: v.T("Bảo vệ, công an", "Guards, police"), Value: v.guardWord(guardOf(v.led, code))}, {Key: v.T("Đang ở", "Now"), Value: v.holder(d.Holder)}}})
	mine := custody.Office(d.Holder) == v.At && d.Handover == ""
	t := &table{Caption: v.T("Túi, hộp trên chuyến", "Bags and boxes on it"), Empty: v.T("Chưa xếp túi nào", "Nothing is loaded"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Niêm phong", "Seal")}, {Label: v.T("Bưu gửi", "Items"), Number: true}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, k := range v.led.At(string(custody.KeyOf(code)), 'b') {
		b, ok := ledger.Get[*custody.Bag](v.led, k)
		if !ok {
			continue
		}
		row := []cell{codeCell(string(b.Code), vesselsPath+"/"+string(b.Code)), v.sealCell(b), {Text: v.Number(int64(b.Count)), Num: true}, textCell("")}
		if mine && d.Status == custody.DispatchOpen {
			row[3] = cell{Do: &form{Action: path + "/unload", Button: v.T("Dỡ xuống", "Take off"), Kind: web.Quiet, About: " " + string(b.Code), Hidden: []string{"bag", string(b.Code)}}}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 && d.Status != custody.DispatchOpen {
		if t, err = v.broughtTable(d); err != nil {
			return err
		}
	}
	v.add(part{Table: t})
	if mine {
		v.tripForms(d, path)
	}
	return v.draw(w, r)
}

// broughtTable lists what a dispatch carried when nothing lies on it any longer: what its own entries say was loaded and not taken off before it left.
func (v view) broughtTable(d *custody.Dispatch) (*table, error) {
	t := &table{Caption: v.T("Túi, hộp chuyến này đã chở", "Bags and boxes that it carried"), Empty: v.T("Không chở gì", "It carried nothing"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Trạng thái", "State")}, {Label: v.T("Đang ở", "Now")}}}
	entries, err := v.entriesOf(custody.KeyOf(d.Code))
	if err != nil {
		return t, err
	}
	var on []event.Thing
	for _, e := range entries {
		for _, f := range e.Facts {
			switch f := f.(type) {
			case event.Loaded:
				if f.Dispatch == d.Code {
					on = append(on, f.Thing)
				}
			case event.Unloaded:
				if f.Dispatch == d.Code {
					on = slices.DeleteFunc(on, func(x event.Thing) bool { return x == f.Thing })
				}
			}
		}
	}
	for _, x := range on {
		row := []cell{codeCell(string(x), vesselsPath+"/"+string(x)), textCell(""), textCell("")}
		if b, ok := ledger.Get[*custody.Bag](v.led, custody.KeyOf(x)); ok {
			row[1], row[2] = textCell(custody.Say("bag", string(b.Status)).In(v.Lang)), textCell(v.place2(b.In, b.Holder))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func (v *view) tripForms(d *custody.Dispatch, path string) {
	switch d.Status {
	case custody.DispatchOpen:
		v.add(part{Head: v.T("Xếp túi, hộp đã niêm phong", "Load a sealed bag or box"), Form: &form{Action: path + "/load", Button: v.T("Xếp lên", "Load"), Asks: []ask{
			{Kind: askCode, Field: web.Field{Name: "bag", Label: v.T("Quét mã túi, hộp", "Scan the bag or box"), Width: 20, Max: 20, Focus: true}}}}})
		if d.Count > 0 {
			v.add(part{Head: v.T("Đóng chuyến", "Close the dispatch"), Form: &form{Action: path + "/close", Button: v.T("Đóng chuyến", "Close it"), Key: "F4"}})
		}
	case custody.DispatchClosed:
		again := v.transportAsks()
		for n := range again {
			again[n].Choices[0].Label = v.T("Như lúc lập chuyến", "As named for the dispatch")
		}
		v.add(part{Head: v.T("Giao cho người vận chuyển", "Hand over to the courier"), Text: v.T("Chỉ chọn xe, áp tải khi khác lúc lập chuyến. Không đi xe chuyên dùng thì người nhận chuyến là người áp tải.", "Choose vehicle and escort only if other than named for the dispatch. Without a KT1 vehicle whoever takes it is the escort."), Form: &form{Action: oversPath, Button: v.T("Lập bàn giao", "Open the handover"), Key: "F4", Hidden: []string{"kind", "out", "things", string(d.Code)},
			Asks: append([]ask{{Kind: askChoice, Field: web.Field{Name: "carrier", Label: v.T("Người vận chuyển (đủ hồ sơ)", "Courier (with valid papers)")}, Choices: v.workerChoices(v.T("Chọn người", "Choose a person"), "", Courier, Escort)}}, again...)}})
		v.add(part{Head: v.T("Mở lại chuyến", "Open it again"), Form: &form{Action: path + "/reopen", Button: v.T("Mở lại", "Open again"), Kind: web.Second}})
	}
}

func (s *Pages) postTripAct(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	d := event.Thing(r.PathValue("code"))
	bag := func() event.Thing { return web.Parse(f, "bag", s.scannedBag(r.Context())) }
	var act ledger.Act
	switch r.PathValue("do") {
	case "load":
		act = Load{Bag: bag(), Dispatch: d}
	case "unload":
		act = Unload{Bag: bag(), Dispatch: d}
	case "close":
		act = CloseDispatch{Dispatch: d}
	case "reopen":
		act = ReopenDispatch{Dispatch: d}
	default:
		return unknown(r.PathValue("do"))
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawTrip(w, r, f)
	}
	vi, en := s.scannedWords(r, got)
	return web.Done(w, r, tripsPath+"/"+string(d), vi, en)
}
