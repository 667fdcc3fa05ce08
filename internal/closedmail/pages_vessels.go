package closedmail

import (
	"fmt"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func (s *Pages) mountMoves(m *web.Mux) {
	m.Get(vesselsPath, web.KT1Clerk, s.getVessels)
	m.Post(vesselsPath, web.KT1Clerk, s.postVessel)
	m.Get(vesselsPath+"/{code}", web.KT1Clerk, s.getVessel)
	m.Post(vesselsPath+"/{code}/{do}", web.KT1Clerk, s.postVesselAct)
	m.Get(vesselsPath+"/{code}/manifest", web.KT1Clerk, s.getManifest)
	m.Post(vesselsPath+"/{code}/manifest", web.KT1Clerk, s.postManifest)
	m.Get(vesselsPath+"/{code}/label", web.KT1Clerk, s.getBagLabel)
	m.Post(vesselsPath+"/{code}/label", web.KT1Clerk, s.postBagLabel)
	m.Get(tripsPath, web.KT1Clerk, s.getTrips)
	m.Post(tripsPath, web.KT1Clerk, s.postTrip)
	m.Get(tripsPath+"/{code}", web.KT1Clerk, s.getTrip)
	m.Post(tripsPath+"/{code}/{do}", web.KT1Clerk, s.postTripAct)
	s.mountHandovers(m)
}

func (v view) moveTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("Túi, hộp", "Bags and boxes"), Path: vesselsPath, Current: current == vesselsPath},
		{Label: v.T("Chuyến thư", "Dispatches"), Path: tripsPath, Current: current == tripsPath},
		{Label: v.T("Đối tác", "Partners"), Path: partnersPath, Current: current == partnersPath},
	}
}

// officeChoices lists the other offices.
func (v view) officeChoices() []web.Choice {
	out := []web.Choice{{Label: v.T("Chọn bưu cục", "Choose an office")}}
	all, err := v.s.Places.Offices(v.ctx)
	v.note(err)
	for _, o := range all {
		if o.Code != v.At {
			out = append(out, web.Choice{Value: string(o.Code), Label: o.Name + " · " + string(o.Code)})
		}
	}
	return out
}

// destinations are the other offices, and the partners under contract.
func (v view) destinations() []web.Choice {
	out := v.officeChoices()
	for _, p := range Partners(v.led) {
		if p.Holds(v.day()) {
			out = append(out, web.Choice{Value: string(p.Code.Desk()), Label: v.partnerName(p.Code) + " · " + string(p.Code)})
		}
	}
	return out
}

func (s *Pages) getVessels(w http.ResponseWriter, r *http.Request) error {
	return s.drawVessels(w, r, nil)
}

func (s *Pages) drawVessels(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Túi, hộp", "Bags and boxes")
	if err != nil {
		return err
	}
	v.Tabs = v.moveTabs(vesselsPath)
	t := &table{Caption: v.T("Túi, hộp tại bưu cục", "Bags and boxes at the office"), Empty: v.T("Không có túi, hộp nào đang dùng ở đây", "No bag or box is in use here"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Túi hoặc hộp", "Bag or box")}, {Label: v.T("Đi", "To")}, {Label: v.T("Trạng thái", "State")}, {Label: v.T("Niêm phong", "Seal")}, {Label: v.T("Bưu gửi", "Items"), Number: true}}}
	for _, k := range v.led.At(string(custody.AtOffice(v.At)), 'b') {
		b, ok := ledger.Get[*custody.Bag](v.led, k)
		if !ok {
			continue
		}
		x, _ := ledger.Get[*Vessel](v.led, VesselKey(b.Code))
		state := tagCell(custody.Say("bag", string(b.Status)).In(v.Lang), web.Info)
		if x != nil && x.Frozen != "" {
			state = tagCell(v.T("Phong toả", "Frozen"), web.Bad)
		}
		row := []cell{codeCell(string(b.Code), vesselsPath+"/"+string(b.Code)), textCell(""), textCell(v.office(b.To)), state, v.sealCell(b), {Text: v.Number(int64(b.Count)), Num: true}}
		if x != nil {
			row[1] = cell{Text: string(x.Facility), Code: true}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Table: t})
	v.add(part{Head: v.T("Dùng túi, hộp mới", "Use a bag or box"), Form: &form{Action: vesselsPath, Button: v.T("Mở túi, hộp", "Start it"), Key: "F4", Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "facility", Label: v.T("Túi hoặc hộp (đã kiểm tra đạt)", "Bag or box (passed its inspection)")}, Choices: v.facilityChoices(BagOf, Box)},
		{Kind: askChoice, Field: web.Field{Name: "to", Label: v.T("Nơi đến: bưu cục hoặc đối tác", "To an office or a partner")}, Choices: v.destinations()},
	}}})
	return v.draw(w, r)
}

func (s *Pages) postVessel(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, StartVessel{Office: web.PersonOf(r).Office(), To: web.Parse(f, "to", postal.ParseDesk), Facility: web.Parse(f, "facility", ParseFacility)})
	if err != nil {
		return err
	}
	if !ok {
		return s.drawVessels(w, r, f)
	}
	started, _ := factOf[event.VesselStarted](got.Facts)
	return web.Done(w, r, vesselsPath+"/"+string(started.Vessel), "Đã mở túi "+string(started.Vessel)+".", "Bag "+string(started.Vessel)+" is started.")
}

// bag gives the bag that a path names.
func (v view) bag(r *http.Request) (*custody.Bag, *Vessel, error) {
	code := event.Thing(r.PathValue("code"))
	if _, err := postal.ParseBagNumber(string(code)); err != nil {
		return nil, nil, err
	}
	b, ok := ledger.Get[*custody.Bag](v.led, custody.KeyOf(code))
	x, known := ledger.Get[*Vessel](v.led, VesselKey(code))
	if !ok || !known || b.From != v.At && b.To != v.At && custody.Office(b.Holder) != v.At {
		return nil, nil, unknown(string(code))
	}
	return b, x, nil
}

func (s *Pages) getVessel(w http.ResponseWriter, r *http.Request) error {
	return s.drawVessel(w, r, nil)
}

func (s *Pages) drawVessel(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Túi, hộp ", "Bag or box ")
	if err != nil {
		return err
	}
	b, x, err := v.bag(r)
	if err != nil {
		return err
	}
	v.Tabs = v.moveTabs(vesselsPath)
	v.Title, v.Sub = v.Title+string(b.Code), custody.Say("bag", string(b.Status)).In(v.Lang)
	path := vesselsPath + "/" + string(b.Code)
	if x.Frozen != "" {
		v.add(part{Text: v.T("Đang bị phong toả vì sự cố. Không ai được mở hoặc chuyển.", "Frozen by an incident. Nobody may open or move it."), Tone: web.Bad,
			Buttons: []web.Btn{{Label: v.T("Xem sự cố", "See the incident"), Kind: web.Second, Href: incidentPath + "/" + string(x.Frozen)}}})
	}
	v.add(part{Rows: v.bagRows(b, x)})
	if custody.Office(b.Holder) == v.At && b.Handover == "" && x.Frozen == "" {
		if !v.waits(custody.KeyOf(b.Code)) {
			if x.Foreign() && b.Status != custody.BagSealed {
				if err := v.foreignForms(b, x, path); err != nil {
					return err
				}
			} else {
				v.bagForms(b, path)
			}
		}
	}
	if !x.Foreign() {
		v.add(part{Table: v.insideTable(b, path)})
	}
	v.bagPapers(b, path)
	return v.draw(w, r)
}

// bagPapers are the papers of a bag. The label is tied on before the seal goes through it, so it can be printed while the bag is open.
func (v *view) bagPapers(b *custody.Bag, path string) {
	if b.Status == custody.BagEmptied {
		return
	}
	if b.Count > 0 {
		v.printPart(ManifestForm, string(b.Code), path+"/manifest", path+"/manifest")
	}
	v.printPart(BagLabelForm, string(b.Code), path+"/label", path+"/label")
}

func (v view) bagRows(b *custody.Bag, x *Vessel) []web.Row {
	rows := []web.Row{
		{Key: v.T("Túi hoặc hộp", "Bag or box"), Value: string(x.Facility), Code: true},
		{Key: v.T("Số bản kê của đối tác", "The partner's list"), Value: string(x.List), Code: true},
		{Key: v.T("Từ – đến", "From – to"), Value: v.office(b.From) + " – " + v.office(b.To)},
		{Key: v.T("Đang ở", "Now"), Value: v.place2(b.In, b.Holder)},
	}
	if b.Seal != "" && !v.toRead(b) {
		rows = append(rows, web.Row{Key: v.T("Niêm phong", "Seal"), Value: b.Seal, Code: true})
	}
	rows = append(rows, v.weightRows(b, x)...)
	if x.First != "" {
		rows = append(rows, web.Row{Key: v.T("Hai người đóng", "Closed by"), Value: v.name(x.First) + ", " + v.name(x.Second)})
	}
	return rows
}

// weightRows are what a bag weighed when it was closed and opened, and the difference. While its seal is to be read, so is the scale.
func (v view) weightRows(b *custody.Bag, x *Vessel) (rows []web.Row) {
	if x.ClosedG == 0 || v.toRead(b) {
		return nil
	}
	rows = append(rows, web.Row{Key: v.T("Khối lượng khi đóng", "Weight when closed"), Value: x.ClosedG.In(v.Lang)})
	if x.OpenedG != 0 {
		rows = append(rows, web.Row{Key: v.T("Khối lượng khi mở", "Weight when opened"), Value: x.OpenedG.In(v.Lang) + v.difference(x.OpenedG-x.ClosedG)})
	}
	return rows
}

// difference writes how much more or less something weighs; nothing when it weighs the same.
func (v view) difference(g postal.Grams) string {
	switch {
	case g > 0:
		return v.T(" (nặng hơn ", " (heavier by ") + g.In(v.Lang) + ")"
	case g < 0:
		return v.T(" (nhẹ hơn ", " (lighter by ") + (-g).In(v.Lang) + ")"
	}
	return ""
}

// toRead reports whether the seal of a bag is still to be read off it: from when it leaves the office that closed it until it is opened. Then no page shows what the books
// know, to nobody; before, only that office sees it.
func (v view) toRead(b *custody.Bag) bool {
	holder, _ := custody.Holder(v.led, b.Code)
	return b.Status == custody.BagSealed && (b.From != v.At || custody.Office(holder) != b.From)
}

// sealCell shows the seal of a bag to whoever may see it.
func (v view) sealCell(b *custody.Bag) cell {
	if v.toRead(b) {
		return textCell(v.T("đọc trên túi", "read it off the bag"))
	}
	return codeCell(b.Seal, "")
}

func (v view) place2(in event.Thing, h event.Holder) string {
	if in != "" {
		return string(in)
	}
	return v.holder(h)
}

// bagForms are the forms that fit the state of a bag here.
func (v *view) bagForms(b *custody.Bag, path string) {
	here, colleagues := v.secondAsks(), v.colleagues(Clerk, Supervisor)
	seal := ask{Kind: askCode, Field: web.Field{Name: "seal", Label: v.T("Số niêm phong, khoá", "Number of seal or lock"), Hint: v.T("Niêm phong chỉ dùng một lần; khoá dùng lại được, số bắt đầu bằng K-.", "A seal is used once; a lock may be used again, its number begins with K-."), Width: 10, Max: 16}}
	item := ask{Kind: askCode, Field: web.Field{Name: "item", Label: v.T("Quét số hiệu bưu gửi", "Scan the item's number"), Width: 20, Max: 20, Focus: true}}
	weight := ask{Kind: askNumber, Field: web.Field{Name: "weight", Label: v.T("Khối lượng cả túi, hộp", "Weight of the whole bag or box"), Suffix: v.T("gam", "grams"), Optional: true}}
	switch {
	case b.Status == custody.BagOpen && b.From == v.At:
		v.add(part{Head: v.T("Xếp bưu gửi vào", "Put an item in"), Form: &form{Action: path + "/pack", Button: v.T("Xếp vào", "Put in"), Asks: []ask{item,
			{Kind: askTick, Field: web.Field{Name: "via", Label: v.T("Đi vòng: bưu gửi của bưu cục khác, phải qua ", "By way of: an item for another office that must travel by ") + v.office(b.To)}}}}})
		if b.Count > 0 {
			v.add(part{Head: v.T("Đóng và niêm phong: hai người", "Close and seal: two persons"), Form: v.pair(form{Action: path + "/close", Button: v.T("Niêm phong", "Seal"), Key: "F4", Asks: []ask{seal, weight}}, here, colleagues)})
		}
	case b.Status == custody.BagSealed && b.From == v.At:
		v.add(part{Head: v.T("Mở lại trước khi đi: hai người", "Open again before it leaves: two persons"), Form: v.pair(form{Action: path + "/reopen", Button: v.T("Mở lại", "Open again"), Kind: web.Second}, here, colleagues)})
	case b.Status == custody.BagSealed && b.To == v.At:
		seal.Field.Focus = true
		again := ask{Kind: askTick, Field: web.Field{Name: "reweighed", Label: v.T("Đã cân lại: khác lúc đóng, hai người đã xem kỹ", "Weighed again: other than at closing, both have looked closely")}}
		seal.Field.Hint = v.T("Đọc số trên niêm phong, không nhìn màn hình. Sai số thì túi bị phong toả ngay.", "Read it off the seal, not off the screen. A wrong number freezes the bag at once.")
		v.add(part{Head: v.T("Kiểm niêm phong và mở: hai người", "Look at the seal and open: two persons"), Form: v.pair(form{Action: path + "/open", Button: v.T("Mở", "Open"), Key: "F4", Asks: []ask{seal, weight, again}}, here, colleagues)})
	case b.Status == custody.BagOpened && b.To == v.At:
		damaged := ask{Kind: askTick, Field: web.Field{Name: "damaged", Label: v.T("Bì rách hoặc hư hại", "The cover is torn or damaged")}}
		v.add(part{Head: v.T("Đếm từng bưu gửi", "Count every item"), Form: &form{Action: path + "/take", Button: v.T("Có trong túi", "It is in the bag"), Asks: []ask{item, damaged}}})
		v.add(part{Head: v.T("Kết thúc đếm: hai người", "End the count: two persons"), Text: v.T("Bưu gửi còn lại trong danh sách sẽ thành sự cố “thiếu”.", "What is still in the list becomes an incident “missing”."),
			Form: v.pair(form{Action: path + "/empty", Button: v.T("Túi đã hết", "The bag is empty"), Key: "F4"}, here, colleagues)})
	}
}

// insideTable lists what is in a bag by the books. While it is being counted at its destination the list is what was not counted yet.
func (v view) insideTable(b *custody.Bag, path string) *table {
	t := &table{Caption: v.T("Trong túi, hộp theo sổ", "In it, by the books"), Empty: v.T("Theo sổ, trong túi không có gì", "By the books there is nothing in it"),
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Nơi nhận", "Addressee")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, c := range v.covers(b.Code) {
		row := []cell{codeCell(string(c.Item), itemsPath+"/"+string(c.Item)), textCell(v.marks(c)), textCell(v.body(c.Addressee)), textCell("")}
		if b.Status == custody.BagOpen && custody.Office(b.Holder) == v.At {
			row[3] = cell{Do: &form{Action: path + "/unpack", Button: v.T("Lấy ra", "Take out"), Kind: web.Quiet, About: " " + string(c.Item), Hidden: []string{"item", string(c.Item)}}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v view) covers(container event.Thing) []*Cover {
	var all []*Cover
	for _, t := range inside(v.led, container) {
		if c, ok := CoverOf(v.led, postal.ItemNumber(t)); ok {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *Cover) int { return int(a.AcceptedMs - b.AcceptedMs) })
	return all
}

func (s *Pages) postVesselAct(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	act, err := s.vesselAct(r, f)
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawVessel(w, r, f)
	}
	vi, en := s.scannedWords(r, got)
	return s.told(w, r, got, vesselsPath+"/"+r.PathValue("code"), vi, en)
}

// scannedWords say what a scan has done, with the number and the count: whoever scans looks up only for a moment.
func (s *Pages) scannedWords(r *http.Request, got ledger.Receipt) (vi, en string) {
	led := s.Records.Ledger.View(r.Context())
	count := func(t event.Thing) int {
		switch x := led.Get(custody.KeyOf(t)).(type) {
		case *custody.Bag:
			return int(x.Count)
		case *custody.Dispatch:
			return int(x.Count)
		}
		return 0
	}
	for _, f := range got.Facts {
		switch f := f.(type) {
		case event.ItemPacked:
			n := count(f.Bag)
			return fmt.Sprintf("Đã xếp %s · %d bưu gửi trong túi.", f.Item.Grouped(), n), fmt.Sprintf("%s is in · %d in the bag.", f.Item.Grouped(), n)
		case event.ItemUnpacked:
			n := count(f.Bag)
			return fmt.Sprintf("Đã lấy ra %s · còn %d bưu gửi trong túi.", f.Item.Grouped(), n), fmt.Sprintf("%s is out · %d left in the bag.", f.Item.Grouped(), n)
		case event.ItemTakenOut:
			n := len(inside(led, f.Bag))
			return fmt.Sprintf("Đã đếm %s · còn %d bưu gửi trong danh sách.", f.Item.Grouped(), n), fmt.Sprintf("%s is counted · %d left in the list.", f.Item.Grouped(), n)
		case event.Loaded:
			n := count(f.Dispatch)
			return fmt.Sprintf("Đã xếp %s · %d túi, hộp trên chuyến.", f.Thing, n), fmt.Sprintf("%s is loaded · %d on the dispatch.", f.Thing, n)
		case event.Unloaded:
			n := count(f.Dispatch)
			return fmt.Sprintf("Đã dỡ %s · còn %d túi, hộp trên chuyến.", f.Thing, n), fmt.Sprintf("%s is off · %d left on the dispatch.", f.Thing, n)
		}
	}
	return "Đã ghi.", "Recorded."
}

func (s *Pages) vesselAct(r *http.Request, f *web.Form) (ledger.Act, error) {
	bag := event.Thing(r.PathValue("code"))
	item := func() postal.ItemNumber { return web.Parse(f, "item", postal.ParseItemNumber) }
	switch r.PathValue("do") {
	case "pack":
		return Pack{Item: item(), Bag: bag, Via: f.Ticked("via")}, nil
	case "unpack":
		return Unpack{Item: item(), Bag: bag}, nil
	case "take":
		a := TakeOut{Item: item(), Bag: bag}
		if f.Ticked("damaged") {
			a.Condition = event.Damaged
		}
		return a, nil
	case "in":
		return s.readTakeIn(r, f, bag)
	case "home":
		return ComeBack{Bag: bag, Item: item(), Condition: damaged(f)}, nil
	case "close":
		seal, weight := web.Parse(f, "seal", ParseSeal), web.MaybeParse(f, "weight", postal.ParseGrams)
		return s.joint(r, f, func(second postal.StaffID) Joint {
			return CloseVessel{Bag: bag, Seal: seal, Second: second, WeightG: weight}
		})
	case "open":
		seal, weight := web.Parse(f, "seal", ParseSeal), web.MaybeParse(f, "weight", postal.ParseGrams)
		return s.joint(r, f, func(second postal.StaffID) Joint {
			return OpenVessel{Bag: bag, Seal: seal, Second: second, WeightG: weight, Reweighed: f.Ticked("reweighed")}
		})
	case "reopen":
		return s.joint(r, f, func(second postal.StaffID) Joint { return ReopenVessel{Bag: bag, Second: second} })
	case "empty":
		return s.joint(r, f, func(second postal.StaffID) Joint { return EmptyVessel{Bag: bag, Second: second} })
	}
	return nil, unknown(r.PathValue("do"))
}

// getManifest prints the list that goes into the bag.
func (s *Pages) getManifest(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Bản kê", "Manifest")
	if err != nil {
		return err
	}
	b, x, err := v.bag(r)
	if err != nil {
		return err
	}
	p, err := v.sheetOf(ManifestForm, string(b.Code), string(b.Code))
	if err != nil {
		return err
	}
	p.Pairs = v.bagRows(b, x)
	if b.Status == custody.BagOpen {
		p.Sub = v.T("Chưa niêm phong: để kiểm trước khi đóng, không dùng để giao nhận", "Not sealed: to be compared before closing, not for a handover")
	}
	p.Table = &table{Caption: v.T("Bưu gửi trong túi", "Items in it"), Heads: []web.Head{{Label: v.T("TT", "No."), Number: true}, {Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Nơi nhận", "Addressee")}}}
	for n, c := range v.covers(b.Code) {
		p.Table.Rows = append(p.Table.Rows, []cell{{Text: v.Number(int64(n + 1)), Num: true}, codeCell(string(c.Item), ""), codeCell(string(c.Number), ""), textCell(v.marks(c)), textCell(v.body(c.Addressee))})
	}
	p.Foot = []string{v.T("Cộng: ", "In all: ") + v.Number(int64(len(p.Table.Rows)))}
	p.Signs = [][2]string{v.signature(v.T("Người thứ nhất", "First person"), x.First), v.signature(v.T("Người thứ hai", "Second person"), x.Second)}
	return web.Render(w, r, http.StatusOK, paper(p))
}
