package closedmail

import (
	"context"
	"net/http"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// find goes to what a scanned or typed code names: an item, bag, dispatch or handover, or the bag that a bag's own tag is in use for.
func (s *Pages) find(w http.ResponseWriter, r *http.Request) error {
	text := strings.TrimSpace(r.URL.Query().Get("code"))
	text = s.inUseFor(r.Context(), text)
	if n, err := postal.ParseItemNumber(text); err == nil { // also what a locator goes with
		if !web.PersonOf(r).May(web.KT1Clerk, "") {
			return web.Redirect(w, r, roundPath+"/"+string(n))
		}
		return web.Redirect(w, r, itemsPath+"/"+string(n))
	}
	kind, _, _, err := postal.ParseCode(text)
	path, ok := map[postal.CodeKind]string{postal.CodeBag: vesselsPath, postal.CodeDispatch: tripsPath, postal.CodeHandover: oversPath}[kind]
	if err != nil || !ok { // what is no code is not shown again either
		return fault.New(fault.NotFound, "closedmail.no_code", "Mã này không có trong sổ. Quét lại, hoặc gõ đủ số hiệu in trên nhãn.", "This code is not in the books. Scan it again, or type the whole number on the label.")
	}
	return web.Redirect(w, r, path+"/"+strings.ReplaceAll(text, " ", ""))
}

// inUseFor is what the tag of a bag or box, "hop-07", is in use for; any other text, and the tag of what lies empty, stays what it is.
func (s *Pages) inUseFor(ctx context.Context, text string) string {
	if tag, err := ParseFacility(strings.ToLower(text)); err == nil {
		if f, ok := ledger.Get[*Facility](s.Records.Ledger.View(ctx), FacilityKey(tag)); ok && f.Use != "" {
			return f.Use
		}
	}
	return text
}

// scannedBag reads the code of a bag or box, or the tag painted on it.
func (s *Pages) scannedBag(ctx context.Context) func(string) (event.Thing, error) {
	return func(text string) (event.Thing, error) {
		n, err := postal.ParseBagNumber(s.inUseFor(ctx, text))
		if _, tag := ParseFacility(strings.ToLower(text)); err != nil && tag == nil {
			err = fault.New(fault.Conflict, "closedmail.bag_idle", "%[1]s không đang dùng: chưa mở làm túi, hộp nào.", "%[1]s is not in use: no bag or box was started with it.", strings.ToLower(text))
		}
		return event.Thing(n), err
	}
}

// item gives the cover that a path names.
func (s *Pages) item(r *http.Request, v view) (*Cover, *custody.Item, error) {
	n, err := postal.ParseItemNumber(r.PathValue("item"))
	if err != nil {
		return nil, nil, err
	}
	c, ok := CoverOf(v.led, n)
	i, _ := ledger.Get[*custody.Item](v.led, custody.ItemKey(n))
	if !ok || i == nil {
		return nil, nil, unknown(string(n))
	}
	if !v.mayKnow(c, i) {
		return nil, nil, unknown(string(n)) // the same words as for an item that is not there
	}
	return c, i, nil
}

// mayKnow reports whether an item is the reader's business: his office took it in, delivers it or holds it, or he carries it.
func (v view) mayKnow(c *Cover, i *custody.Item) bool {
	holder, _ := custody.Holder(v.led, event.Thing(c.Item))
	if custody.Carrier(holder) == v.Person.ID {
		return true
	}
	return v.May(web.KT1Clerk) && (c.Origin == v.At || i.ToOffice == v.At || custody.Office(holder) == v.At || c.GivenAt == v.At)
}

func (s *Pages) getItem(w http.ResponseWriter, r *http.Request) error { return s.drawItem(w, r, nil) }

func (s *Pages) drawItem(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Bưu gửi", "Item")
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if err != nil {
		return err
	}
	v.Title, v.Sub = string(c.Item.Grouped()), v.marks(c)
	if c.Frozen != "" {
		v.add(part{Text: v.T("Bưu gửi đang bị phong toả vì sự cố. Không ai được chuyển.", "This item is frozen by an incident. Nobody may move it."), Tone: web.Bad,
			Buttons: []web.Btn{{Label: v.T("Xem sự cố", "See the incident"), Kind: web.Second, Href: incidentPath + "/" + string(c.Frozen)}}})
	}
	due, fee, err := v.grounds(c)
	if err != nil {
		return err
	}
	v.add(part{Rows: append(v.lostRows(c), v.coverRows(c, i, due, fee)...)})
	path := itemsPath + "/" + string(c.Item)
	if holder, _ := custody.Holder(v.led, event.Thing(c.Item)); v.May(web.KT1Clerk) && custody.Office(holder) == v.At {
		v.printPart(LabelForm, string(c.Item), path+"/label", path+"/label")
	} else if _, printed := PrintsOf(v.led, LabelForm, string(c.Item)); printed && v.May(web.KT1Clerk) {
		v.seePrint(LabelForm, path+"/label")
	}
	if v.May(web.KT1Clerk) && changeable(v.led, c, v.At) {
		others := v.facilityChoices(Locator)
		others[0].Label = v.T("Chọn", "Choose")
		v.add(part{Head: v.T("Thay thiết bị định vị", "Put on another locator"), Form: &form{Action: path + "/locator", Button: v.T("Thay", "Change"), Kind: web.Second,
			Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "locator", Label: v.T("Thiết bị định vị", "Locator")}, Choices: others}}}})
	}
	if i.Stage == custody.Accepted && i.In == "" && v.May(web.KT1Clerk) && i.Origin == v.At {
		if !v.waits(custody.ItemKey(c.Item)) {
			v.add(part{Head: v.T("Huỷ nhận gửi do nhầm", "Take a mistaken acceptance back"), Text: v.T("Cần kiểm soát viên ký cùng.", "A supervisor signs too."),
				Form: v.pair(form{Action: path + "/undo", Button: v.T("Huỷ nhận gửi", "Take it back"), Kind: web.Danger}, v.secondAsks(), v.colleagues(Supervisor))})
		}
	}
	if custody.Office(i.Holder) == v.At && i.Returning == "" && (i.Origin != v.At || c.FromPartner != "") && v.May(web.KT1Clerk) {
		v.add(part{Head: v.T("Chuyển hoàn nơi gửi", "Send back"), Form: &form{Action: path + "/back", Button: v.T("Chuyển hoàn", "Send back"), Kind: web.Second,
			Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(v, "reason", SendBackReasons)}}}})
	}
	if err := v.movedPart(c, i, path); err != nil {
		return err
	}
	v.excusePart(c, i, path)
	events, err := v.history(c)
	if err != nil {
		return err
	}
	v.add(part{Head: v.T("Lịch sử", "History"), Events: events})
	return v.draw(w, r)
}

// grounds reads the rules that were frozen on an item.
func (v view) grounds(c *Cover) (due, fee Grounds, err error) {
	entries, err := v.entriesOf(CoverKey(c.Item))
	if err != nil || len(entries) == 0 {
		return due, fee, err
	}
	accepted, _ := factOf[event.ItemAccepted](entries[0].Facts)
	due, fee = v.s.Law.Grounds(retyped[RuleID](accepted.Rules))
	return due, fee, nil
}

func (v view) coverRows(c *Cover, i *custody.Item, due, fee Grounds) []web.Row {
	dueBy := v.dueText(i) + due.Mark(v.Lang)
	if i.Stage == custody.Withdrawn { // nothing is due any longer
		dueBy, due = "", Grounds{}
	}
	rows := []web.Row{
		{Key: v.T("Trạng thái", "State"), Value: v.state(c, i)},
		{Key: v.T("Số trên bì", "Number on the cover"), Value: string(c.Number), Code: true},
		{Key: v.T("Nơi gửi", "Sender"), Value: v.body(c.Sender) + " · " + v.say("list", string(c.List))},
		{Key: v.T("Người mang đến", "Handed in by"), Value: v.name(c.HandedBy)},
		{Key: v.T("Nơi nhận", "Addressee"), Value: v.body(c.Addressee) + " · " + v.scope(c)},
		{Key: v.T("Bưu cục phát", "Delivered by"), Value: v.office(i.ToOffice)},
		{Key: v.T("Ký hiệu độ mật", "Letter"), Value: v.say("secrecy", string(c.Secrecy))},
		{Key: v.T("Độ khẩn", "Urgency"), Value: strings.TrimSpace(v.say("urgency", string(c.Urgency)) + " " + v.Millis(c.AtMs))},
		{Key: v.T("Khối lượng", "Weight"), Value: i.WeightG.In(v.Lang)},
		{Key: v.T("Cước", "Postage"), Value: v.postage(c, i, fee)},
		{Key: v.T("Nhận lúc", "Accepted"), Value: v.Millis(c.AcceptedMs) + ", " + v.office(c.Origin)},
		{Key: v.T("Hạn phát lần đầu", "First attempt due"), Value: dueBy},
		{Key: v.T("Căn cứ của hạn phát", "The due time stands on"), Value: due.In(v.Lang)},
		{Key: v.T("Hạn phát chưa kiểm chứng vì", "The due time is not verified because"), Value: due.Why(v.Lang)},
	}
	if i.FeeVND != 0 {
		rows = append(rows, web.Row{Key: v.T("Căn cứ của cước", "The postage stands on"), Value: fee.In(v.Lang)}, web.Row{Key: v.T("Cước chưa kiểm chứng vì", "The postage is not verified because"), Value: fee.Why(v.Lang)})
	}
	if c.FromPartner != "" {
		rows = append(rows, web.Row{Key: v.T("Nơi khác nhận gửi", "Accepted elsewhere"), Value: v.partnerName(c.FromPartner) + v.T(", dấu ngày ", ", stamped ") + vnDay(c.OriginDay)})
	}
	if c.Partner != "" {
		rows = append(rows, web.Row{Key: v.T("Giao đối tác", "Given to a partner"), Value: v.partnerName(c.Partner) + ", " + v.Millis(c.GivenMs)},
			web.Row{Key: v.T("Đối tác báo", "The partner tells"), Value: strings.TrimSpace(v.say("told", string(c.Told)) + " " + v.Millis(c.ToldMs))})
	}
	return append(rows,
		web.Row{Key: v.T("Thiết bị định vị", "Locator"), Value: string(c.Locator), Code: true},
		web.Row{Key: v.T("Nơi gửi yêu cầu định vị", "Locator demanded by the sender"), Value: v.demandWord(c.Demand)},
		web.Row{Key: v.T("Tài liệu thu hồi, hạn trả", "To be returned by"), Value: vnDay(c.RecallBy)},
		web.Row{Key: v.T("Đang trả về trong bưu gửi", "On its way back in"), Value: string(c.BackIn), Code: true},
		web.Row{Key: v.T("Bưu gửi này trả tài liệu của", "This item returns the document of"), Value: string(c.Returns), Code: true},
		web.Row{Key: v.T("Phát lần đầu", "First attempt"), Value: v.Millis(i.AttemptMs)},
		web.Row{Key: v.T("Chậm vì bất khả kháng, không tính", "Late by superior force, not judged"), Value: v.force(c)},
		web.Row{Key: v.T("Phát lúc", "Delivered"), Value: v.Millis(c.Delivered)},
		web.Row{Key: v.T("Trả lại nơi gửi lúc", "Given back to the sender"), Value: v.Millis(c.Returned)},
		web.Row{Key: v.T("Người nhận ký", "Signed by"), Value: v.name(c.Receiver)})
}

func (v view) force(c *Cover) string {
	if c.Excuse == "" {
		return ""
	}
	return v.say("force", string(c.Excuse))
}

// state says how far an item is, and where. What was given up is lost, and not searched for any longer.
func (v view) state(c *Cover, i *custody.Item) string {
	stage := custody.Say("stage", string(i.Stage)).In(v.Lang)
	switch holder, _ := custody.Holder(v.led, event.Thing(c.Item)); {
	case holder == event.Lost && len(v.lostRows(c)) > 0:
		return v.T("Mất", "Lost")
	case holder == event.Lost:
		return v.holder(holder)
	case holder == event.Recipient:
		return stage + " · " + v.body(c.Addressee)
	case holder == event.Sender:
		return stage + " · " + v.body(c.Sender)
	}
	return stage + " · " + v.place(i)
}

// demandWord says what a central office answered; nothing for others.
func (v view) demandWord(d Demand) string {
	if d == "" {
		return ""
	}
	return v.say("demand", string(d))
}

// scope says how far the addressee is, as the directory had it at acceptance.
func (v view) scope(c *Cover) string {
	switch {
	case c.Inter:
		return v.T("liên tỉnh", "another province")
	case c.Suburban:
		return v.T("nội tỉnh, ngoại thành", "in the province, outside the inner city")
	}
	return v.T("nội tỉnh", "in the province")
}

// postage is what was charged; when that is nothing, why.
func (v view) postage(c *Cover, i *custody.Item, fee Grounds) string {
	if i.FeeVND != 0 {
		return v.Money(i.FeeVND) + fee.Mark(v.Lang)
	}
	if c.FromPartner != "" {
		return v.T("Thanh toán ở nơi nhận gửi", "Settled where it was accepted")
	}
	pays, cite, err := v.s.Law.Payer(c.List, postal.DayOf(postal.FromMillis(c.AcceptedMs)))
	v.note(err)
	switch pays {
	case budgetPays:
		return v.T("Miễn cước: ", "Free: ") + v.say("list", string(c.List)) + v.T(", ngân sách trung ương trả (", ", paid from the central budget (") + cite.Marked(v.Lang) + ")"
	case senderPays:
		return v.T("Chưa thu: nơi gửi phải trả (", "Not charged yet: the sender pays (") + cite.Marked(v.Lang) + v.T("), nhưng chưa có bảng giá hoặc bảng vùng cho trường hợp này", "), but no table of prices or regions covers this case")
	}
	return v.T("Chưa thu: chưa có quy định ai trả cước của nơi gửi này", "Not charged: no rule says who pays for this sender")
}

func (v view) dueText(i *custody.Item) string {
	if i.DueMs == 0 {
		return v.T("theo thực tế (vùng địa hình đặc biệt)", "actual time (area of special geography)")
	}
	return v.Millis(i.DueMs)
}

// vnDay writes a stored day as people here do.
func vnDay(s string) string {
	d, err := postal.ParseDay(s)
	if err != nil {
		return ""
	}
	return d.VN()
}

func (s *Pages) postUndo(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(f *web.Form, c *Cover, i *custody.Item) (ledger.Act, error) {
		return s.joint(r, f, func(second postal.StaffID) Joint { return UndoAccept{Item: c.Item, Act: i.AcceptAct, Second: second} })
	})
}

func (s *Pages) postLocator(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(f *web.Form, c *Cover, _ *custody.Item) (ledger.Act, error) {
		return ChangeLocator{Item: c.Item, Locator: web.Parse(f, "locator", ParseFacility)}, nil
	})
}

func (s *Pages) postBack(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(f *web.Form, c *Cover, _ *custody.Item) (ledger.Act, error) {
		return SendBack{Item: c.Item, Reason: Reason(f.Value("reason"))}, nil
	})
}

// onItem does an act on the item of the path and shows the item again.
func (s *Pages) onItem(w http.ResponseWriter, r *http.Request, make func(*web.Form, *Cover, *custody.Item) (ledger.Act, error)) error {
	f, v, err := s.posted(r)
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if err != nil {
		return err
	}
	act, err := make(f, c, i)
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawItem(w, r, f)
	}
	return s.told(w, r, got, itemsPath+"/"+string(c.Item), "Đã ghi.", "Recorded.")
}
