package closedmail

import (
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// getBodies is the directory a page at a time, those first that have something to mend.
func (s *Pages) getBodies(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Cơ quan sử dụng KT1", "Bodies that use KT1")
	if err != nil {
		return err
	}
	v.Tabs, v.Wide = v.manageTabs(bodiesListPath), true
	names, err := s.Directory.All(r.Context())
	if err != nil {
		return err
	}
	all := Bodies(v.led)
	slices.SortStableFunc(all, func(a, b *Body) int { return len(v.lacks(b, names[b.Code])) - len(v.lacks(a, names[a.Code])) })
	t := &table{Caption: v.T("Danh sách đóng", "The closed list"), Empty: v.T("Danh bạ trống: nạp bằng lệnh “citypost closed directory”", "The directory is empty: load it with “citypost closed directory”"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Cơ quan", "Body")}, {Label: v.T("Danh sách", "List")}, {Label: v.T("Giờ làm việc", "Hours")}, {Label: v.T("Phải bổ sung", "To be mended")}}}
	after := BodyCode(r.URL.Query().Get("after"))
	all = all[slices.IndexFunc(all, func(b *Body) bool { return b.Code == after })+1:] // from the first when it names none
	more := part{}
	if len(all) > maxOnBoard {
		all = all[:maxOnBoard]
		more = v.onward(v.T("Xem tiếp", "See more"), bodiesListPath+"?after="+string(all[maxOnBoard-1].Code))
	}
	for _, b := range all {
		e := names[b.Code]
		state := tagCell(v.T("Đủ", "Complete"), web.Good)
		if e.Abroad() {
			state = textCell(v.T("Tỉnh khác, qua ", "Another province, by ") + v.office(e.Office))
		} else if words := v.lacks(b, e); len(words) > 0 {
			state = tagCell(v.T("Thiếu ", "No ")+strings.Join(words, ", "), web.Bad)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(b.Code), bodiesListPath+"/"+string(b.Code)), textCell(e.Name), textCell(v.say("list", string(b.List))), textCell(e.Hours), state})
	}
	v.add(part{Table: t}, more)
	return v.draw(w, r)
}

// lacks lists in words what a body must still mend: persons, and a place for its contact.
func (v view) lacks(b *Body, e Entry) []string {
	if e.Abroad() {
		return nil // its persons are named where it is
	}
	var words []string
	for _, as := range b.Faults() {
		words = append(words, lower(v.say("as", string(as))))
	}
	if b.List != Outside && len(b.Of(ForContact)) > 0 && e.Place == "" {
		words = append(words, v.T("nơi nhận ngoài giờ", "the place of the after-hours contact"))
	}
	return words
}

// contactPlace is where the contact receives, and his telephone.
func (v view) contactPlace(e Entry) string {
	if e.Place == "" && e.Phone == "" {
		return v.T("chưa khai nơi nhận, hỏi đầu mối trước khi đi", "no place known: ask the contact before leaving")
	}
	return e.where()
}

func (s *Pages) getBody(w http.ResponseWriter, r *http.Request) error { return s.drawBody(w, r, nil) }

func (s *Pages) drawBody(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Cơ quan", "Body")
	if err != nil {
		return err
	}
	code, err := ParseBody(r.PathValue("code"))
	if err != nil {
		return err
	}
	b, ok := ledger.Get[*Body](v.led, BodyKey(code))
	if !ok {
		return unknown(string(code))
	}
	e, err := s.Directory.Find(r.Context(), code)
	if err != nil {
		return err
	}
	v.Tabs, v.Title, v.Sub = v.manageTabs(bodiesListPath), string(code), e.Name // titles stay in the browser's window list: a code there, the name on the page
	v.add(part{Rows: []web.Row{{Key: v.T("Danh sách", "List"), Value: v.say("list", string(b.List))}, {Key: v.T("Địa chỉ", "Address"), Value: e.Address}, {Key: v.T("Giờ làm việc", "Hours"), Value: e.Hours}, {Key: v.T("Bưu cục phát", "Delivered by"), Value: v.office(e.Office)}, {Key: v.T("Nơi nhận ngoài giờ", "Place after hours"), Value: e.where()}}})
	for _, what := range v.lacks(b, e) {
		v.add(part{Text: v.T("Thiếu ", "Missing: ") + what + v.T(". Phải bổ sung.", ". It must be added."), Tone: web.Bad})
	}
	path := bodiesListPath + "/" + string(code)
	t := &table{Caption: v.T("Người của cơ quan", "Its persons"), Empty: v.T("Chưa có ai", "Nobody yet"), Heads: []web.Head{{Label: v.T("Người", "Person")}, {Label: v.T("Vai trò", "As")}, {Label: v.T("Việc làm", "Action"), Hidden: true}}}
	for _, p := range b.Persons() {
		for m, as := range b.As(p) {
			name := textCell("")
			if m == 0 {
				name = textCell(v.name(p))
			}
			t.Rows = append(t.Rows, []cell{name, textCell(v.say("as", string(as))), {Do: &form{Action: path + "/end", Button: v.T("Thôi", "End"), Kind: web.Quiet, About: " " + v.name(p) + " " + lower(v.say("as", string(as))), Hidden: []string{"person", string(p), "as", string(as)}}}})
		}
	}
	v.add(part{Table: t})
	if b.Ended {
		v.add(part{Text: v.T("Đã đưa ra khỏi danh sách: không gửi, không nhận bưu gửi mới. Bưu gửi đang đi vẫn phát.", "Taken off the list: it neither sends nor gets new items. What is on its way is delivered."), Tone: web.Ask})
	} else if err := v.bodyForms(path); err != nil {
		return err
	}
	versions, err := s.Directory.Versions(r.Context(), code)
	if err != nil {
		return err
	}
	v.add(part{Table: v.versionTable(versions)})
	v.add(part{Table: v.months("Đối soát hằng tháng", "Monthly statements", path+"/statement/")})
	return v.draw(w, r)
}

func (v *view) bodyForms(path string) error {
	people, err := v.peopleChoices(web.RegistryClerk)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(c web.Choice) bool { return signsForPartner(v.led, postal.StaffID(c.Value)) })
	v.add(part{Head: v.T("Thêm người", "Name a person"), Form: &form{Action: path + "/name", Button: v.T("Thêm", "Name"), Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "person", Label: v.T("Người", "Person")}, Choices: people}, {Kind: askRadio, Field: web.Field{Name: "as", Label: v.T("Vai trò", "As")}, Choices: choices(*v, "as", Ases)}}}})
	v.add(part{Head: v.T("Đưa ra khỏi danh sách", "Take off the list"), Text: v.T("Cơ quan sẽ không gửi, không nhận bưu gửi mới; bưu gửi đang đi vẫn phát. Đưa vào lại bằng cách nạp danh bạ.", "It will neither send nor get new items; what is on its way is delivered. The directory lists it again."),
		Form: &form{Action: path + "/delist", Button: v.T("Đưa ra khỏi danh sách", "Take it off"), Kind: web.Danger}})
	return nil
}

func (s *Pages) postBody(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	code, err := ParseBody(r.PathValue("code"))
	if err != nil {
		return err
	}
	who, as := web.MaybeParse(f, "person", ParseStaff), As(f.Value("as"))
	var act ledger.Act
	switch r.PathValue("do") {
	case "name":
		e, err := s.Directory.Find(r.Context(), code)
		if err != nil {
			return err
		}
		if e.Abroad() {
			return fault.New(fault.Conflict, "closedmail.named_abroad", "Người của cơ quan tỉnh khác do đối tác ở đó ghi, không ghi ở đây.", "Persons of a body of another province are named where it is, and not here.")
		}
		act = NamePerson{Body: code, Person: who, As: as}
	case "end":
		act = EndPerson{Body: code, Person: who, As: as}
	case "delist":
		act = DelistBody{Body: code}
	default:
		return unknown(r.PathValue("do"))
	}
	return s.finish(w, r, f, act, bodiesListPath+"/"+string(code), s.drawBody)
}

// getRegistry shows a registry clerk what goes to and from his own body, and nothing of others.
func (s *Pages) getRegistry(w http.ResponseWriter, r *http.Request) error {
	v := s.anywhere(r, nil, "Bưu gửi của cơ quan", "Our items")
	v.Tabs = v.registryTabs(registryPath)
	var own []*Body
	for _, b := range Bodies(v.led) {
		if b.Has(v.Person.ID, Ases...) {
			own = append(own, b)
		}
	}
	if len(own) == 0 {
		return fault.New(fault.Forbidden, "closedmail.no_body", "Bạn chưa được đăng ký là người nhận của cơ quan nào.", "You are not named to receive for any body.")
	}
	for _, b := range own {
		items, err := s.Records.OfBody(r.Context(), b.Code, maxOnBoard)
		if err != nil {
			return err
		}
		v.add(part{Head: v.body(b.Code), Table: v.registryTable(b, items)}, part{Table: v.months("Đối soát hằng tháng", "Monthly statements", registryPath+"/"+string(b.Code)+"/statement/")})
	}
	return v.draw(w, r)
}

func (v view) registryTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("Bưu gửi đi, đến", "Items"), Path: registryPath, Current: current == registryPath},
		{Label: v.T("Chờ ký nhận", "Waiting for a signature"), Path: signPath, Current: current == signPath},
	}
}

func (v view) registryTable(b *Body, items []postal.ItemNumber) *table {
	t := &table{Caption: v.T("Bưu gửi đi và đến, mới nhất trước", "Items sent and received, newest first"), Empty: v.T("Chưa có bưu gửi", "No items yet"),
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")}, {Label: v.T("Chiều", "Way")}, {Label: v.T("Nơi kia", "The other body")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Phát lúc", "Delivered")}, {Label: v.T("Hạn trả", "Return by")}}}
	for _, n := range items {
		c, ok := CoverOf(v.led, n)
		if !ok {
			continue
		}
		way, other := v.T("Đi", "Sent"), c.Addressee
		if c.Sender != b.Code {
			way, other = v.T("Đến", "Received"), c.Sender
		}
		recall := textCell("")
		if c.RecallBy != "" && !c.Recalled {
			recall = v.recallCell(c.RecallBy)
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(n), ""), codeCell(string(c.Number), ""), textCell(way), textCell(v.body(other)), textCell(v.marks(c)), textCell(v.Millis(c.Delivered)), recall})
	}
	return t
}
