package closedmail

import (
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// partnersPath lists the operators outside the house.
const partnersPath = "/kt1/partners"

func (s *Pages) mountPartners(m *web.Mux) {
	m.Get(partnersPath, handlers, s.getPartners)
	m.Post(partnersPath, web.KT1Supervisor, s.postContract)
	m.Get(partnersPath+"/{code}", handlers, s.getPartner)
	m.Post(partnersPath+"/{code}/{do}", handlers, s.postPartner)
	m.Post(partnersPath+"/{code}/contract/{do}", web.KT1Supervisor, s.postPartnerContract)
	m.Get(partnersPath+"/{code}/month/{month}", web.KT1Clerk, s.getReconciliation)
	m.Get(partnersPath+"/{code}/month/{month}/paper", web.KT1Clerk, s.getReconciliationPaper)
	m.Post(partnersPath+"/{code}/month/{month}/paper", web.KT1Clerk, s.postReconciliation)
}

// partnerName names a partner.
func (v view) partnerName(code PartnerCode) string {
	all, err := v.s.Directory.PartnerNames(v.ctx)
	if p, ok := all[code]; err == nil && ok {
		return p.Name
	}
	return string(code)
}

func (s *Pages) getPartners(w http.ResponseWriter, r *http.Request) error {
	return s.drawPartners(w, r, nil)
}

func (s *Pages) drawPartners(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Đối tác kết nối", "Partners")
	if err != nil {
		return err
	}
	v.partnerTabs()
	t := &table{Caption: v.T("Đơn vị ngoài hệ thống cùng chuyển KT1", "Operators outside the house that carry KT1"), Empty: v.T("Chưa ghi hợp đồng kết nối nào", "No interconnection contract is recorded"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Đối tác", "Partner")}, {Label: v.T("Hợp đồng", "Contract")}, {Label: v.T("Hiệu lực", "Holds")}, {Label: v.T("Đang giữ", "Holds now"), Number: true}, {Label: v.T("Quá hạn chưa có kết quả", "Late, no outcome"), Number: true}}}
	for _, p := range Partners(v.led) {
		away := Away(v.led, p.Code)
		t.Rows = append(t.Rows, []cell{codeCell(string(p.Code), partnersPath+"/"+string(p.Code)), textCell(v.partnerName(p.Code)), codeCell(string(p.Contract), ""), v.contractCell(p),
			{Text: v.Number(int64(len(away))), Num: true}, {Text: v.Number(int64(len(v.silent(away)))), Num: true}})
	}
	v.add(part{Table: t})
	if v.May(web.KT1Supervisor) {
		if err := v.contractForm(); err != nil {
			return err
		}
	}
	return v.draw(w, r)
}

// partnerTabs puts partners beside bags and dispatches, for those who see these.
func (v *view) partnerTabs() {
	if v.May(web.KT1Clerk) {
		v.Tabs = v.moveTabs(partnersPath)
	}
}

func (v view) contractCell(p *Partner) cell {
	until := v.T("không thời hạn", "no end")
	if p.Until != "" {
		until = v.T("đến ", "until ") + vnDay(p.Until)
	}
	switch {
	case p.Ended != "":
		return tagCell(v.T("Đã kết thúc: ", "Ended: ")+lower(v.say("ending", string(p.Ended))), web.Bad)
	case !p.Holds(v.day()):
		return tagCell(v.T("Không còn hiệu lực", "Does not hold"), web.Bad)
	}
	return tagCell(until, web.Good)
}

// contractForm records the contract with an operator whose name an administrator has taken in from a file.
func (v *view) contractForm() error {
	names, err := v.s.Directory.PartnerNames(v.ctx)
	if err != nil {
		return err
	}
	all := []web.Choice{{Label: v.T("Chọn đối tác", "Choose a partner")}}
	for _, p := range names {
		all = append(all, web.Choice{Value: string(p.Code), Label: p.Name + " · " + string(p.Code)})
	}
	slices.SortFunc(all[1:], func(a, b web.Choice) int { return strings.Compare(a.Value, b.Value) })
	v.add(part{Head: v.T("Ghi hợp đồng kết nối", "Record a contract"), Text: v.T("Tên và địa chỉ đối tác do quản trị viên nạp từ tệp (lệnh “citypost closed partners”).", "Names and addresses are taken in from a file by an administrator (“citypost closed partners”)."),
		Form: &form{Action: partnersPath, Button: v.T("Ghi hợp đồng", "Record it"), Asks: []ask{
			{Kind: askChoice, Field: web.Field{Name: "partner", Label: v.T("Đối tác", "Partner")}, Choices: all},
			{Kind: askCode, Field: web.Field{Name: "contract", Label: v.T("Số hợp đồng", "Number of the contract"), Hint: v.T("Ví dụ 12/HĐKN-2026", "For example 12/HĐKN-2026"), Width: 20, Max: 24}},
			{Kind: askDay, Field: web.Field{Name: "from", Label: v.T("Hiệu lực từ", "Holds from")}},
			{Kind: askDay, Field: web.Field{Name: "until", Label: v.T("Đến ngày", "Until"), Optional: true}}}}})
	return nil
}

func (s *Pages) postContract(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	code := web.Parse(f, "partner", ParsePartner)
	act := NamePartner{Partner: code, Contract: web.Parse(f, "contract", ParseDoc), From: f.Day("from"), Until: f.MaybeDay("until")}
	return s.finish(w, r, f, act, partnersPath+"/"+string(code), s.drawPartners)
}

// silent picks those whose due time is over and of which the partner has told nothing.
func (v view) silent(away []*Cover) []*Cover {
	return slices.DeleteFunc(slices.Clone(away), func(c *Cover) bool {
		i, ok := ledger.Get[*custody.Item](v.led, custody.ItemKey(c.Item))
		return !ok || c.Told != "" || i.DueMs == 0 || i.AttemptMs != 0 || i.DueMs >= postal.Millis(v.s.Now())
	})
}

// awayTooLong lists what this office gave to partners and heard nothing of in time.
func (v view) awayTooLong() []*Cover {
	var all []*Cover
	for _, p := range Partners(v.led) {
		all = append(all, v.silent(Away(v.led, p.Code))...)
	}
	return slices.DeleteFunc(all, func(c *Cover) bool { return c.GivenAt != v.At })
}

func (s *Pages) getPartner(w http.ResponseWriter, r *http.Request) error {
	return s.drawPartner(w, r, nil)
}

func (s *Pages) drawPartner(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Đối tác ", "Partner ")
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
	v.partnerTabs()
	v.Title, v.Sub = v.Title+string(code), v.partnerName(code)
	path := partnersPath + "/" + string(code)
	v.add(part{Rows: []web.Row{{Key: v.T("Hợp đồng kết nối", "Contract"), Value: string(p.Contract), Code: true}, {Key: v.T("Hiệu lực từ", "Holds from"), Value: vnDay(p.From)}, {Key: v.T("Đến", "Until"), Value: vnDay(p.Until)}, {Key: v.T("Địa chỉ", "Address"), Value: v.partnerAddress(code)}}})
	if !p.Holds(v.day()) {
		v.add(part{Text: v.T("Hợp đồng không còn hiệu lực: không giao thêm. Túi đối tác mang đến vẫn nhận; kết quả vẫn ghi.", "The contract does not hold: give nothing more. What the partner brings is taken, and what it tells is recorded."), Tone: web.Bad})
	}
	v.giveForm(p, path)
	if v.May(web.KT1Clerk) {
		v.tellForm(code, path)
		v.takeForm(p, path)
		v.backTable(code, path)
		v.add(part{Table: v.months("Đối soát hằng tháng", "Monthly reconciliation", path+"/month/")})
	}
	if v.May(web.KT1Supervisor) {
		if err := v.partnerPeople(p, path); err != nil {
			return err
		}
	}
	return v.draw(w, r)
}

func (v view) partnerAddress(code PartnerCode) string {
	all, err := v.s.Directory.PartnerNames(v.ctx)
	if err != nil {
		return ""
	}
	return all[code].Address
}

func (v view) partnerPersons(p *Partner) []web.Choice {
	out := []web.Choice{{Label: v.T("Chọn người", "Choose a person")}}
	for _, id := range p.People {
		out = append(out, web.Choice{Value: string(id), Label: v.name(id)})
	}
	return out
}

// ready lists the closed bags for a partner in the hands of a holder.
func (v view) ready(p *Partner, h event.Holder) []event.Thing {
	var all []event.Thing
	for _, k := range v.led.At(string(h), 'b') {
		b, ok := ledger.Get[*custody.Bag](v.led, k)
		if ok && b.To == p.Code.Desk() && b.Status == custody.BagSealed && b.Handover == "" && frozenBy(v.led, b.Code) == "" {
			all = append(all, b.Code)
		}
	}
	return all
}

// giver is in whose name the reader gives: his office's, or his own as a courier.
func (v view) giver() event.Holder {
	if v.May(web.KT1Clerk) {
		return custody.AtOffice(v.At)
	}
	return custody.ByCarrier(v.Person.ID)
}

// giveForm gives closed bags. The seals are read off them by the partner's person: no page shows what the books know.
func (v *view) giveForm(p *Partner, path string) {
	bags := v.ready(p, v.giver())
	if len(bags) == 0 || !p.Holds(v.day()) {
		v.add(part{Head: v.T("Giao cho đối tác", "Give to the partner"), Text: v.T("Không có túi, hộp nào đã niêm phong đóng cho đối tác này.", "No sealed bag or box is bound for this partner.")})
		return
	}
	f := &form{Action: path + "/give", Button: v.T("Giao, hai bên đã ký", "Give: both have signed"), Key: "F4"}
	for _, b := range bags {
		f.Hidden = append(f.Hidden, "bags", string(b))
		f.Asks = append(f.Asks, ask{Kind: askCode, Field: web.Field{Name: "seal-" + string(b), Label: v.T("Niêm phong người của đối tác đọc trên ", "Seal that the partner's person reads on ") + string(b), Hint: v.T("Để trống nếu không giao túi này.", "Leave empty if this bag is not given."), Width: 10, Max: 16, Optional: true}})
	}
	f.Asks = append(f.Asks, ask{Kind: askChoice, Field: web.Field{Name: "taker", Label: v.T("Người nhận của đối tác", "The partner's person")}, Choices: v.partnerPersons(p)},
		ask{Kind: askCode, Field: web.Field{Name: "document", Label: v.T("Số biên nhận của đối tác", "Number of the partner's receipt"), Width: 20, Max: 24}})
	if v.May(web.KT1Clerk) {
		f.Asks = append(append(f.Asks, v.transportAsks()...), ask{Kind: askTick, Field: web.Field{Name: "theirs", Label: v.T("Đi xe chuyên dùng KT1 của đối tác", "In a KT1 vehicle of the partner")}})
	}
	f.Asks = append(f.Asks, v.lookAsks()...)
	v.add(part{Head: v.T("Giao cho đối tác", "Give to the partner"), Text: v.T("Người của đối tác kiểm trước, đọc niêm phong trên túi rồi mới ký; sai số thì túi bị phong toả ngay.", "The partner's person looks first, reads the seals off the bags and then signs; a wrong number freezes the bag at once."), Form: f})
}

// tellForm lists what the partner holds and records what its signed list says.
func (v *view) tellForm(code PartnerCode, path string) {
	away := slices.DeleteFunc(Away(v.led, code), func(c *Cover) bool { return c.GivenAt != v.At })
	t := v.awayTable(away)
	t.Caption = v.T("Đối tác đang giữ, giao lâu nhất trước", "With the partner, longest first")
	v.add(part{Table: t})
	if len(away) == 0 {
		return
	}
	items := []web.Choice{{Label: v.T("Chọn bưu gửi", "Choose an item")}}
	for _, c := range away {
		if c.GivenAt == v.At && c.Frozen == "" {
			items = append(items, web.Choice{Value: string(c.Item), Label: string(c.Item)})
		}
	}
	reasons := slices.Clone(AttemptReasons)
	for _, r := range SendBackReasons {
		if !slices.Contains(reasons, r) {
			reasons = append(reasons, r)
		}
	}
	v.add(part{Head: v.T("Kết quả của đối tác", "What the partner tells"), Text: v.T("Ghi theo danh sách đối tác đã ký: giờ ghi trên danh sách là giờ dừng đồng hồ.", "By the partner's signed list: the time on the list stops the clock."), Form: &form{Action: path + "/tell", Button: v.T("Ghi kết quả", "Record it"), Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "item", Label: v.T("Bưu gửi", "Item")}, Choices: items},
		{Kind: askRadio, Field: web.Field{Name: "told", Label: v.T("Kết quả", "Outcome")}, Choices: choices(*v, "told", Tolds)},
		{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do (chưa phát được, chuyển hoàn)", "Reason (attempt, return)"), Optional: true}, Choices: append([]web.Choice{{Label: v.T("Không", "None")}}, choices(*v, "reason", reasons)...)},
		{Kind: askMoment, Field: web.Field{Name: "at", Label: v.T("Giờ ghi trên danh sách", "Time on the list")}},
		{Kind: askCode, Field: web.Field{Name: "document", Label: v.T("Số danh sách của đối tác", "Number of the partner's list"), Width: 20, Max: 24}}}}})
}

func (v view) awayTable(all []*Cover) *table {
	t := &table{Empty: v.T("Đối tác không giữ bưu gửi nào", "The partner holds nothing"), Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Đối tác", "Partner")}, {Label: v.T("Giao lúc", "Given")}, {Label: v.T("Hạn phát", "Due")}, {Label: v.T("Kết quả", "Outcome")}}}
	late := v.silent(all)
	for _, c := range all[:min(len(all), maxOnBoard)] {
		i, _ := ledger.Get[*custody.Item](v.led, custody.ItemKey(c.Item))
		state := tagCell(v.T("Chưa có", "None yet"), web.Info)
		switch {
		case c.Told != "":
			state = tagCell(v.say("told", string(c.Told))+", "+v.Millis(c.ToldMs), web.Ask)
		case slices.Contains(late, c):
			state = tagCell(v.T("Chờ kết quả của đối tác", "Waiting for the partner"), web.Bad)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(c.Item), itemsPath+"/"+string(c.Item)), textCell(v.marks(c)), codeCell(string(c.Partner), partnersPath+"/"+string(c.Partner)), textCell(v.Millis(c.GivenMs)), v.dueCell(i), state})
	}
	return t
}

// backTable lists the bags of ours that the partner still has, and lets an empty one come back.
func (v *view) backTable(code PartnerCode, path string) {
	t := &table{Caption: v.T("Túi, hộp của ta ở đối tác", "Our bags and boxes with the partner"), Empty: v.T("Không còn túi, hộp nào ở đối tác", "No bag or box is with the partner"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Túi hoặc hộp", "Bag or box")}, {Label: v.T("Bưu gửi chưa có kết quả", "Items without outcome"), Number: true}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, k := range v.led.At(string(code.Holder()), 'b') {
		b, ok := ledger.Get[*custody.Bag](v.led, k)
		x, known := ledger.Get[*Vessel](v.led, VesselKey(event.Thing(k[2:])))
		if !ok || !known || x.Foreign() || b.From != v.At && !gaveAway(v.led, v.At, b.Code) {
			continue
		}
		row := []cell{codeCell(string(b.Code), ""), codeCell(string(x.Facility), ""), {Text: v.Number(int64(b.Count)), Num: true}, textCell("")}
		if b.Count == 0 && x.Frozen == "" {
			row[3] = cell{Do: &form{Action: path + "/back", Button: v.T("Đã nhận lại vỏ", "It is back"), Kind: web.Quiet, About: " " + string(b.Code), Hidden: []string{"bag", string(b.Code)}}}
		}
		t.Rows = append(t.Rows, row)
	}
	v.add(part{Table: t})
}

// partnerPeople are the persons who sign for the partner, and the end of the contract.
func (v *view) partnerPeople(p *Partner, path string) error {
	t := &table{Caption: v.T("Người giao nhận của đối tác", "Persons of the partner"), Empty: v.T("Chưa có ai: chưa giao nhận được", "Nobody yet: nothing can pass"), Heads: []web.Head{{Label: v.T("Người", "Person")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, id := range p.People {
		t.Rows = append(t.Rows, []cell{textCell(v.name(id)), {Do: &form{Action: path + "/contract/unname", Button: v.T("Thôi", "End"), Kind: web.Quiet, About: " " + v.name(id), Hidden: []string{"person", string(id)}}}})
	}
	people, err := v.peopleChoices(web.RegistryClerk)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(c web.Choice) bool {
		id := postal.StaffID(c.Value)
		return id != "" && (p.Has(id) || actsForBody(v.led, id))
	})
	v.add(part{Table: t})
	v.add(part{Head: v.T("Thêm người giao nhận", "Name a person"), Form: &form{Action: path + "/contract/name", Button: v.T("Thêm", "Name"), Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "person", Label: v.T("Người", "Person")}, Choices: people}}}})
	if p.Ended == "" {
		v.add(part{Head: v.T("Kết thúc hợp đồng", "End the contract"), Text: v.T("Sau đó không giao thêm cho đối tác; những gì đối tác đang giữ vẫn theo dõi đến hết.", "Nothing more is given to it then; what it holds is followed to the end."),
			Form: &form{Action: path + "/contract/end", Button: v.T("Kết thúc hợp đồng", "End it"), Kind: web.Danger, Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: v.unchosen(choices(*v, "ending", Endings))}}}})
	}
	return nil
}

func (s *Pages) postPartnerContract(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	code, err := ParsePartner(r.PathValue("code"))
	if err != nil {
		return err
	}
	var act ledger.Act
	switch r.PathValue("do") {
	case "name":
		act = NamePartnerPerson{Partner: code, Person: web.Parse(f, "person", ParseStaff)}
	case "unname":
		act = EndPartnerPerson{Partner: code, Person: web.Parse(f, "person", ParseStaff)}
	case "end":
		act = EndPartner{Partner: code, Reason: Ending(f.Value("reason"))}
	default:
		return unknown(r.PathValue("do"))
	}
	return s.finish(w, r, f, act, partnersPath+"/"+string(code), s.drawPartner)
}
