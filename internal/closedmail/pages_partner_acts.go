package closedmail

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// postPartner does what a form of a partner's page asks for.
func (s *Pages) postPartner(w http.ResponseWriter, r *http.Request) error {
	f, v, err := s.posted(r)
	if err != nil {
		return err
	}
	code, err := ParsePartner(r.PathValue("code"))
	if err != nil {
		return err
	}
	p, err := partner(v.led, code)
	if err != nil {
		return err
	}
	env := ledger.Envelope{OccurredMs: postal.Millis(s.Now()), Office: v.At, Actor: v.Person.ID}
	var act ledger.Act
	switch r.PathValue("do") {
	case "give":
		act = v.readGive(f, p)
	case "take":
		act = v.readTake(f, p)
	case "back":
		act = TakeVesselBack{Bag: event.Thing(f.Value("bag"))}
	case "tell":
		act = Tell{Item: web.Parse(f, "item", postal.ParseItemNumber), Told: Told(f.Value("told")), Reason: Reason(f.Value("reason")), Document: web.Parse(f, "document", ParseDoc)}
		env.OccurredMs = postal.Millis(web.Parse(f, "at", parseMoment)) // it happened when the list says
	default:
		return unknown(r.PathValue("do"))
	}
	got, ok, err := s.tryAs(r, f, env, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawPartner(w, r, f)
	}
	return s.exchanged(w, r, got, partnersPath+"/"+string(code))
}

// tryAs is try for an act that happened at another time than now.
func (s *Pages) tryAs(r *http.Request, f *web.Form, env ledger.Envelope, act ledger.Act) (ledger.Receipt, bool, error) {
	if f.Err() != nil {
		return ledger.Receipt{}, false, nil
	}
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, false, err
	}
	env.Act = id
	got, err := s.Records.Ledger.Append(r.Context(), env, act)
	if err == nil {
		return got, true, nil
	}
	return got, false, f.Refuse(err)
}

// exchanged goes on after an exchange: to the incident if there is one, to the record of the handover, or to the bag that was brought.
func (s *Pages) exchanged(w http.ResponseWriter, r *http.Request, got ledger.Receipt, back string) error {
	if taken, ok := factOf[event.TakenFromPartner](got.Facts); ok {
		back = vesselsPath + "/" + string(taken.Bag)
	} else if given, ok := factOf[event.GivenToPartner](got.Facts); ok {
		back = oversPath + "/" + string(given.Handover)
	}
	return s.told(w, r, got, back, "Đã ghi.", "Recorded.")
}

func (v view) readGive(f *web.Form, p *Partner) HandToPartner {
	a := HandToPartner{Office: v.At, From: v.giver(), Partner: p.Code, Taker: web.Parse(f, "taker", ParseStaff), Document: web.Parse(f, "document", ParseDoc), Vehicle: web.MaybeParse(f, "vehicle", ParseFacility),
		Escort: web.MaybeParse(f, "escort", ParseStaff), Guard: Guard(f.Value("guard")), Theirs: f.Ticked("theirs"), Number: f.Ticked("look_number"), Packing: f.Ticked("look_packing"), Seals: f.Ticked("look_seal")}
	for _, b := range f.All("bags") { // all that the form offered: a second click must be the same act, though the bags have left
		if seal := web.MaybeParse(f, "seal-"+b, ParseSeal); seal != "" {
			a.Bags = append(a.Bags, Read{event.Thing(b), seal})
		}
	}
	return a
}

// readTable lists the seals that a partner's person read off what he got, for the paper that both sign.
func (v view) readTable(h *custody.Handover) *table {
	t := &table{Caption: v.T("Niêm phong người của đối tác đã đọc", "Seals that the partner's person read"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Túi hoặc hộp", "Bag or box")}, {Label: v.T("Niêm phong", "Seal")}}}
	for _, c := range h.Counts {
		facility := ""
		if x, ok := ledger.Get[*Vessel](v.led, VesselKey(c.Thing)); ok {
			facility = string(x.Facility)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(c.Thing), ""), codeCell(facility, ""), codeCell(c.Seal, "")})
	}
	return t
}

// takeForm takes a bag that a partner's person brings.
func (v *view) takeForm(p *Partner, path string) {
	v.add(part{Head: v.T("Nhận túi, hộp đối tác mang đến", "Take a bag or box from the partner"), Text: v.T("Ghi theo bản kê của đối tác, rồi đọc niêm phong trên túi. Hai số khác nhau thì túi bị phong toả ngay.", "By the partner's list; then read the seal off the bag. If the two differ the bag is frozen at once."),
		Form: &form{Action: path + "/take", Button: v.T("Nhận túi, hai bên đã ký", "Take it: both have signed"), Asks: append([]ask{
			{Kind: askChoice, Field: web.Field{Name: "giver", Label: v.T("Người giao của đối tác", "The partner's person")}, Choices: v.partnerPersons(p)},
			{Kind: askCode, Field: web.Field{Name: "list", Label: v.T("Số bản kê của đối tác", "Number of the partner's list"), Width: 20, Max: 24}},
			{Kind: askCode, Field: web.Field{Name: "known", Label: v.T("Niêm phong theo bản kê", "Seal by the list"), Width: 10, Max: 16}},
			{Kind: askCode, Field: web.Field{Name: "seal", Label: v.T("Niêm phong đọc trên túi", "Seal read off the bag"), Width: 10, Max: 16}},
			{Kind: askCode, Field: web.Field{Name: "items", Label: v.T("Số hiệu các bưu gửi trên bản kê", "Numbers on the list"), Hint: v.T("Cách nhau bằng dấu cách hoặc dấu phẩy.", "Separated by blanks or commas."), Max: maxListed * 18}}},
			v.lookAsks()...)}})
}

func (v view) readTake(f *web.Form, p *Partner) TakeFromPartner {
	return TakeFromPartner{Office: v.At, Partner: p.Code, Giver: web.Parse(f, "giver", ParseStaff), List: web.Parse(f, "list", ParseDoc), Known: web.Parse(f, "known", ParseSeal), Seal: web.Parse(f, "seal", ParseSeal),
		Items: web.Parse(f, "items", parseItems), Number: f.Ticked("look_number"), Packing: f.Ticked("look_packing"), Seals: f.Ticked("look_seal")}
}

// parseItems reads many numbers in one field, also when each is written in groups.
func parseItems(s string) ([]postal.ItemNumber, error) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
	const long = 13 // of a number
	if len(text)%long != 0 {
		return nil, fault.New(fault.Invalid, "closedmail.items", "Có số hiệu thiếu hoặc thừa ký tự: mỗi số hiệu có 13 ký tự.", "A number has too few or too many characters: each has 13.")
	}
	var all []postal.ItemNumber
	for n := 0; n < len(text); n += long {
		i, err := postal.ParseItemNumber(text[n : n+long])
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// foreignForms are the forms for a bag that a partner brought and two persons have opened, and for what was missed and comes out of it later.
func (v *view) foreignForms(b *custody.Bag, x *Vessel, path string) error {
	unseen := x.unseen(v.led)
	t := &table{Caption: v.T("Bản kê của đối tác, số ", "The partner's list, number ") + string(x.List), Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Đối chiếu", "Compared")}}}
	for _, n := range x.Listed {
		row := []cell{codeCell(string(n), ""), tagCell(v.T("Chưa thấy", "Not seen yet"), web.Ask)}
		if !slices.Contains(unseen, n) {
			row = []cell{codeCell(string(n), itemsPath+"/"+string(n)), tagCell(v.T("Đã nhận", "Taken in"), web.Good)}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Table: t})
	if b.Status != custody.BagOpened && (b.Status != custody.BagEmptied || len(unseen) == 0) {
		return nil
	}
	if err := v.takeInForm(path); err != nil {
		return err
	}
	v.add(part{Head: v.T("Bưu gửi của ta quay về", "An item of ours comes back"), Form: &form{Action: path + "/home", Button: v.T("Nhận lại", "Take it back"), Kind: web.Second, Asks: []ask{
		{Kind: askCode, Field: web.Field{Name: "item", Label: v.T("Số hiệu của ta", "Our number"), Width: 20, Max: 20}}, v.damagedAsk()}}})
	if b.Status == custody.BagOpened {
		v.add(part{Head: v.T("Kết thúc đếm: hai người", "End the count: two persons"), Text: v.T("Số hiệu chưa thấy trong bản kê sẽ thành sự cố “thiếu”.", "What was not seen of the list becomes an incident “missing”."),
			Form: v.pair(form{Action: path + "/empty", Button: v.T("Túi đã hết", "The bag is empty"), Key: "F4"}, v.secondAsks(), v.colleagues(Clerk, Supervisor))})
	}
	return nil
}

func (v view) damagedAsk() ask {
	return ask{Kind: askTick, Field: web.Field{Name: "damaged", Label: v.T("Bì rách hoặc hư hại", "The cover is torn or damaged")}}
}

// takeInForm is the cover of an item that was accepted elsewhere.
func (v *view) takeInForm(path string) error {
	senders, addressees, _, err := v.bodyChoices()
	if err != nil {
		return err
	}
	v.add(part{Head: v.T("Nhận bưu gửi nơi khác đã nhận gửi", "Take in an item accepted elsewhere"), Text: v.T("Chỉ ghi những gì có trên mặt ngoài của bì. Thời hạn tính từ ngày trên dấu nhận gửi; không thu cước ở đây.", "Only what stands on the outside. The time runs from the day on the stamp; nothing is charged here."),
		Form: &form{Action: path + "/in", Button: v.T("Nhận", "Take in"), Asks: []ask{
			{Kind: askCode, Field: web.Field{Name: "item", Label: v.T("Số hiệu trên bì", "Number of the item"), Width: 20, Max: 20, Focus: true}},
			{Kind: askDay, Field: web.Field{Name: "origin_day", Label: v.T("Ngày nhận gửi trên dấu", "Day of acceptance on the stamp")}},
			{Kind: askChoice, Field: web.Field{Name: "sender", Label: v.T("Nơi gửi", "Sender")}, Choices: senders},
			{Kind: askCode, Field: web.Field{Name: "number", Label: v.T("Số trên bì", "Number on the cover"), Width: 20, Max: 24, Optional: true}},
			{Kind: askChoice, Field: web.Field{Name: "addressee", Label: v.T("Nơi nhận", "Addressee")}, Choices: addressees},
			{Kind: askRadio, Field: web.Field{Name: "secrecy", Label: v.T("Ký hiệu độ mật", "Letter of secrecy")}, Choices: sure(choices(*v, "secrecy", Secrecies))},
			{Kind: askRadio, Field: web.Field{Name: "urgency", Label: v.T("Độ khẩn", "Urgency")}, Choices: sure(choices(*v, "urgency", Urgencies))},
			{Kind: askMoment, Field: web.Field{Name: "at", Label: v.T("Giờ phát do nơi gửi hẹn (chỉ hẹn giờ)", "Time fixed by the sender (timed only)"), Optional: true}},
			{Kind: askTick, Field: web.Field{Name: "named", Label: v.T("Dấu “Chỉ người có tên mới được bóc bì”", "Stamp “For the named person only”")}},
			{Kind: askDay, Field: web.Field{Name: "recall_by", Label: v.T("Dấu “Tài liệu thu hồi”: hạn trả", "Stamp “Document to be returned”: by"), Optional: true}},
			{Kind: askCode, Field: web.Field{Name: "returns", Label: v.T("Bì này trả tài liệu thu hồi của bưu gửi", "This one returns the document of item"), Width: 20, Max: 20, Optional: true}},
			{Kind: askNumber, Field: web.Field{Name: "weight", Label: v.T("Khối lượng", "Weight"), Suffix: v.T("gam", "grams")}},
			{Kind: askChoice, Field: web.Field{Name: "locator", Label: v.T("Thiết bị định vị (bắt buộc với ký hiệu A)", "Locator (a must for letter A)")}, Choices: v.facilityChoices(Locator)},
			v.damagedAsk()}}})
	return nil
}

// readTakeIn reads the cover, and asks directory and rules for the rest.
func (s *Pages) readTakeIn(r *http.Request, f *web.Form, bag event.Thing) (TakeIn, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return TakeIn{}, err
	}
	a := TakeIn{Office: office, Bag: bag, Item: web.Parse(f, "item", postal.ParseItemNumber), Condition: damaged(f), Number: web.MaybeParse(f, "number", ParseCoverNumber), Sender: web.Parse(f, "sender", ParseBody),
		Addressee: web.Parse(f, "addressee", ParseBody), Secrecy: said(f, "secrecy", Secrecies), Urgency: said(f, "urgency", Urgencies), NamedOnly: f.Ticked("named"), RecallBy: f.MaybeDay("recall_by"),
		Returns: web.MaybeParse(f, "returns", postal.ParseItemNumber), Locator: web.MaybeParse(f, "locator", ParseFacility), OriginDay: f.Day("origin_day"), WeightG: web.Parse(f, "weight", postal.ParseGrams)}
	if at := web.MaybeParse(f, "at", parseMoment); !at.IsZero() {
		a.AtMs = postal.Millis(at)
	}
	if f.Err() != nil {
		return a, nil
	}
	return a, f.Refuse(s.foreignTerms(r, &a))
}

// foreignTerms completes an item that was accepted elsewhere: where it goes, and when it is due by the rules of the day on its stamp.
func (s *Pages) foreignTerms(r *http.Request, a *TakeIn) error {
	to, err := s.Directory.Find(r.Context(), a.Addressee)
	if err != nil {
		return err
	}
	if to.Unit == "" {
		return fault.New(fault.Conflict, "closedmail.no_address", "Danh bạ chưa có địa chỉ của cơ quan %s.", "The directory has no address of the body %s.", a.Addressee).At("addressee")
	}
	if to.Abroad() {
		return fault.New(fault.Conflict, "closedmail.addressee_abroad", "Cơ quan %s ở tỉnh khác: bì này đi nhầm đường. Không nhận; báo sự cố và trả lại đối tác.", "The body %s is in another province: this item went astray. Do not take it in; report it and give it back to the partner.", a.Addressee).At("addressee")
	}
	from, err := s.Directory.Find(r.Context(), a.Sender)
	if err != nil {
		return err
	}
	x, ok := ledger.Get[*Vessel](s.Records.Ledger.View(r.Context()), VesselKey(a.Bag))
	if !ok || from.Office != x.Partner.Desk() {
		return fault.New(fault.Conflict, "closedmail.sender_here", "Cơ quan %s không gửi qua đối tác này. Đọc lại nơi gửi; cơ quan của đối tác nạp bằng danh bạ.", "The body %s does not send by this partner. Read the sender again; bodies of the partner come with the directory.", a.Sender).At("sender")
	}
	if to.Zone == NoZone {
		return noZone(to)
	}
	a.ToUnit, a.ToOffice, a.Suburban = to.Unit, to.Office, to.Zone == Suburban
	t, err := s.Law.ForeignTerms(*a)
	if err != nil {
		return err
	}
	a.DueMs, a.Rules = t.DueMs(), t.Rules
	return nil
}

func damaged(f *web.Form) event.Condition {
	if f.Ticked("damaged") {
		return event.Damaged
	}
	return event.Sound
}
