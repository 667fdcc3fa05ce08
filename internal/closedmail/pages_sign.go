package closedmail

import (
	"cmp"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// signPath lists what waits for a second signature.
const signPath = "/kt1/signatures"

// signers are all who may be the second of two.
var signers = web.AnyOf(web.KT1Clerk, web.KT1Courier, web.RegistryClerk)

func (s *Pages) mountSign(m *web.Mux) {
	m.Get(signPath, signers, s.getSigns)
	m.Get(signPath+"/{id}", signers, s.getSign)
	m.Post(signPath+"/{id}/{do}", signers, s.postSign)
}

// pair lets a form be signed by the second person on this screen, or asked of one of these people.
func (v view) pair(f form, here []ask, people []web.Choice) *form {
	f.Here = here
	f.Own = &ask{Kind: askChoice, Field: web.Field{Name: "second", Label: v.T("Người thứ hai ký", "Second person")}, Choices: people}
	return &f
}

// colleagues lists those who may be the second at this office now.
func (v view) colleagues(duties ...Duty) []web.Choice {
	all := v.workerChoices(v.T("Chọn người", "Choose a person"), v.At, duties...)
	return slices.DeleteFunc(all, func(c web.Choice) bool { return c.Value == string(v.Person.ID) })
}

// joint is the act of a form for two persons: signed by the second on this screen, or asked of the one who was chosen.
func (s *Pages) joint(r *http.Request, f *web.Form, with func(second postal.StaffID) Joint) (ledger.Act, error) {
	if f.Value("way") == "own" {
		return Ask[Joint]{Act: with(web.Parse(f, "second", ParseStaff))}, nil
	}
	who, err := s.second(r, f)
	return with(who), err
}

// told goes on after an act: to the incident that it began, if it began one; it says that an act of two persons waits when it was only asked.
func (s *Pages) told(w http.ResponseWriter, r *http.Request, got ledger.Receipt, to, vi, en string) error {
	if i, opened := factOf[event.IncidentOpened](got.Facts); opened {
		return web.Leave(w, r, incidentPath+"/"+i.Incident, web.Flash{Tone: web.Ask, VI: "Sự cố: đã phong toả. Hai người lập biên bản và báo cáo ngay.", EN: "An incident: it is frozen. Two persons write the minutes and report at once."})
	}
	if a, asked := factOf[event.SignatureAsked](got.Facts); asked {
		name, until := s.Staff.Name(r.Context(), a.Second), postal.FromMillis(a.UntilMs).In(postal.HoChiMinh).Format("15:04")
		vi, en = "Đã gửi cho "+name+" ký. Chờ đến "+until+"; chưa ký thì chưa ghi gì.", name+" is asked to sign, until "+until+". Nothing is recorded before that."
	}
	return web.Done(w, r, to, vi, en)
}

// waits shows what waits about a subject, with the way to call it off; the forms for it are then not shown.
func (v *view) waits(subject ledger.Key) bool {
	w, ok := AskedAbout(v.led, subject)
	if !ok || !w.Waits(postal.Millis(v.s.Now())) {
		return false
	}
	path := signPath + "/" + string(w.ID)
	v.add(part{Text: v.T("Đang chờ ", "Waiting for ") + v.name(w.Second) + v.T(" ký: ", " to sign: ") + lower(v.say("joint", w.Act)) + v.T(", đến ", ", until ") + v.clock(w.UntilMs), Tone: web.Ask,
		Buttons: []web.Btn{{Label: v.T("Xem", "See it"), Kind: web.Second, Href: path}}})
	return true
}

func (v view) clock(ms int64) string {
	return postal.FromMillis(ms).In(postal.HoChiMinh).Format("15:04")
}

// mine lists what waits for the reader's signature.
func (v view) mine() []*Asked {
	now := postal.Millis(v.s.Now())
	return slices.DeleteFunc(AllAsked(v.led), func(w *Asked) bool { return w.Second != v.Person.ID || !w.Waits(now) })
}

// outgoing lists what the reader or his office has asked of others and nobody has signed, late ones too.
func (v view) outgoing() []*Asked {
	return slices.DeleteFunc(AllAsked(v.led), func(w *Asked) bool {
		return w.Second == v.Person.ID && w.Waits(postal.Millis(v.s.Now())) || w.First != v.Person.ID && !(v.At != "" && w.Office == v.At && v.May(web.KT1Clerk))
	})
}

// remind tells a reader on any page that something waits for his signature.
func (v *view) remind() {
	n := len(v.mine())
	if n == 0 || v.quiet {
		return
	}
	v.Parts = append([]part{{Text: v.T("Có việc chờ bạn ký: ", "Waiting for your signature: ") + v.Number(int64(n)), Tone: web.Ask,
		Buttons: []web.Btn{{Label: v.T("Xem và ký", "See and sign"), Kind: web.Second, Href: signPath}}}}, v.Parts...)
}

// anywhere begins a page for whoever may sign: people of the post at their office, and persons of a body, who have none.
func (s *Pages) anywhere(r *http.Request, f *web.Form, vi, en string) view {
	v := view{Page: web.NewPage(r, vi, en), s: s, ctx: r.Context(), led: s.Records.Ledger.View(r.Context()), failed: new(error), Form: f, At: web.PersonOf(r).Office()}
	v.scans()
	if v.At != "" {
		v.Sub = v.office(v.At)
	}
	return v
}

func (v view) signTabs() []web.Tab {
	if v.May(handlers) {
		return v.overTabs(signPath)
	}
	return v.registryTabs(signPath)
}

func (s *Pages) getSigns(w http.ResponseWriter, r *http.Request) error {
	v := s.anywhere(r, nil, "Chờ ký", "Waiting for a signature")
	v.quiet = true
	v.Tabs = v.signTabs()
	v.add(part{Table: v.askedTable(v.mine(), v.T("Chờ tôi ký", "For me to sign"), v.T("Không có việc nào chờ bạn ký", "Nothing waits for your signature"))})
	if v.May(handlers) {
		v.add(part{Table: v.askedTable(v.outgoing(), v.T("Đã gửi, chưa được ký", "Asked, not signed yet"), v.T("Không có việc nào đang chờ người khác ký", "Nothing waits for others"))})
	}
	return v.draw(w, r)
}

func (v view) askedTable(all []*Asked, caption, empty string) *table {
	t := &table{Caption: caption, Empty: empty, Heads: []web.Head{{Label: v.T("Việc", "What")}, {Label: v.T("Về", "About")}, {Label: v.T("Người thứ nhất", "First person")}, {Label: v.T("Người thứ hai", "Second person")}, {Label: v.T("Chờ đến", "Until")}}}
	for _, w := range all[:min(len(all), maxOnBoard)] {
		until := textCell(v.clock(w.UntilMs))
		if !w.Waits(postal.Millis(v.s.Now())) {
			until = tagCell(v.Millis(w.UntilMs)+v.T(" đã quá giờ", " is over"), web.Bad)
		}
		t.Rows = append(t.Rows, []cell{{Text: v.say("joint", w.Act), Href: signPath + "/" + string(w.ID)}, v.aboutCell(w), textCell(v.name(w.First)), textCell(v.name(w.Second)), until})
	}
	return t
}

// aboutCell says in a code what it is about.
func (v view) aboutCell(w *Asked) cell {
	code := string(w.Subject[2:])
	switch w.Subject[0] {
	case 'i', 'b':
		return codeCell(code, "")
	case 'f':
		if i, ok := ledger.Get[*Incident](v.led, w.Subject); ok {
			return textCell(v.say("trouble", string(i.Kind)))
		}
	case 's':
		return textCell(v.office(postal.OfficeCode(code)))
	}
	return textCell("")
}

// asked gives what a path names, to those whom it concerns.
func (v view) asked(r *http.Request) (*Asked, error) {
	id, err := parseID(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	all := AllAsked(v.led)
	if w, ok := AskedAbout(v.led, ledger.Key(v.Form.Value("subject"))); ok {
		all = append(all, w) // a second click finds what it signed, and gets the first answer
	}
	for _, w := range all {
		if w.ID == id && (w.Second == v.Person.ID || w.First == v.Person.ID || v.At != "" && w.Office == v.At && v.May(web.KT1Clerk)) {
			return w, nil
		}
	}
	return v.askedBefore(id)
}

// askedBefore finds what waits no longer, by the act with which it was asked: whoever goes back to a page that he signed is told so.
func (v view) askedBefore(id ID) (*Asked, error) {
	none := noAsk()
	var act postal.ActID
	if _, err := hex.Decode(act[:], []byte(id[:2*len(act)])); err != nil {
		return nil, none
	}
	got, ok, err := v.s.Records.Ledger.Find(v.ctx, act)
	asked, known := factOf[event.SignatureAsked](got.Facts)
	if err != nil || !ok || !known {
		return nil, cmp.Or(err, error(none))
	}
	entries, err := v.entriesOf(AskedKey(ledger.Key(asked.Subject)))
	if err != nil {
		return nil, err
	}
	w := &Asked{ID: id, Subject: ledger.Key(asked.Subject), Act: asked.Act, Body: string(asked.Body), Second: asked.Second, UntilMs: asked.UntilMs, Digest: asked.Digest}
	for _, e := range entries {
		if f, ok := factOf[event.SignatureAsked](e.Facts); ok && ID(f.Asked) == id {
			w.First, w.Office, w.AtMs = e.Actor, e.Office, e.OccurredMs
		}
		given, signed := factOf[event.SignatureGiven](e.Facts)
		ended, over := factOf[event.SignatureEnded](e.Facts)
		switch {
		case signed && ID(given.Asked) == id:
			w.Ended = Signed
		case over && ID(ended.Asked) == id:
			w.Ended = How(ended.How)
		case w.AtMs != 0 && w.Ended == "" && e.OccurredMs > w.AtMs && slices.ContainsFunc(e.Facts, func(f event.Fact) bool { return slices.Contains(spokenOf(f), w.Subject) }):
			w.Ended = Overtaken
		default:
			continue
		}
		w.EndedMs, w.EndedBy = e.OccurredMs, e.Actor
	}
	if w.Ended == "" || w.Second != v.Person.ID && w.First != v.Person.ID && !(v.At != "" && w.Office == v.At && v.May(web.KT1Clerk)) {
		return nil, none
	}
	return w, nil
}

func (s *Pages) getSign(w http.ResponseWriter, r *http.Request) error { return s.drawSign(w, r, nil) }

func (s *Pages) drawSign(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v := s.anywhere(r, f, "Chờ ký", "Waiting for a signature")
	v.quiet, v.Tabs = true, v.signTabs()
	x, err := v.asked(r)
	if err != nil {
		return err
	}
	act, err := x.Of()
	if err != nil {
		return err
	}
	v.Title = v.say("joint", x.Act)
	v.add(part{Rows: []web.Row{{Key: v.T("Người thứ nhất", "First person"), Value: v.name(x.First)}, {Key: v.T("Người thứ hai", "Second person"), Value: v.name(x.Second)}, {Key: v.T("Nơi làm", "Where"), Value: v.office(x.Office)},
		{Key: v.T("Gửi lúc", "Asked at"), Value: v.Millis(x.AtMs)}, {Key: v.T("Chờ đến", "Waits until"), Value: v.Millis(x.UntilMs)}}})
	if x.Ended != "" { // what it was about may lie differently now
		v.add(part{Text: upper(v.say("how", string(x.Ended))) + v.T(", lúc ", ", at ") + v.Millis(x.EndedMs) + ", " + v.name(x.EndedBy) + ".", Tone: web.Info})
		return v.draw(w, r)
	}
	act.show(&v)
	v.signForms(x, act)
	return v.draw(w, r)
}

// signForms are what the reader can do with what waits.
func (v *view) signForms(w *Asked, act Joint) {
	path := signPath + "/" + string(w.ID)
	open := w.Waits(postal.Millis(v.s.Now()))
	if !open {
		v.add(part{Text: v.T("Đã quá giờ chờ ký. Người thứ nhất kiểm lại rồi gửi ký lại.", "It was not signed in time. The first person looks again and asks anew."), Tone: web.Bad})
	}
	if w.Second == v.Person.ID && open {
		v.add(part{Head: v.T("Ký", "Sign"), Text: v.T("Tên bạn và giờ ký được ghi vào sổ, cho đúng nội dung ở trên.", "Your name and the time are written into the ledger, for exactly what is above."),
			Form: &form{Action: path + "/sign", Button: v.T("Ký", "Sign"), Key: "F4", Hidden: []string{"digest", w.Digest, "subject", string(w.Subject)}, Asks: v.looks(act)}},
			part{Head: v.T("Không ký", "Do not sign"), Form: &form{Action: path + "/decline", Button: v.T("Từ chối ký", "Decline"), Kind: web.Danger}})
	}
	if w.Second != v.Person.ID {
		v.add(part{Head: v.T("Thu lại", "Call it off"), Text: v.T("Chưa ghi gì cho đến khi ký.", "Nothing is recorded before it is signed."), Form: &form{Action: path + "/off", Button: v.T("Thu lại đề nghị ký", "Call it off"), Kind: web.Second}})
	}
}

// looks are what the second person must have done before signing.
func (v view) looks(act Joint) []ask {
	if _, paper := act.(DeliverOnPaper); paper {
		return []ask{{Kind: askTick, Field: web.Field{Name: "present", Label: v.T("Tôi đã đọc bản kê có chữ ký, đúng như trên", "I have read the signed list, it says what stands above")}}}
	}
	d, deliver := act.(Deliver)
	if !deliver {
		return []ask{{Kind: askTick, Field: web.Field{Name: "present", Label: v.T("Tôi có mặt tại chỗ và đã kiểm tận mắt", "I stand where it happens and have looked")}}}
	}
	asks := v.lookAsks()
	if c, ok := CoverOf(v.led, d.Item); ok && c.NamedOnly {
		asks = append(asks, v.unopenedAsk())
	}
	return asks
}

// What the second person reads before he signs, act by act.

func (a CloseVessel) show(v *view) {
	v.bagContents(a.Bag, web.Row{Key: v.T("Niêm phong", "Seal"), Value: string(a.Seal), Code: true}, v.weighed(a.WeightG, 0))
}

func (a OpenVessel) show(v *view) {
	closed := postal.Grams(0)
	if x, ok := ledger.Get[*Vessel](v.led, VesselKey(a.Bag)); ok {
		closed = x.ClosedG
	}
	v.bagContents(a.Bag, web.Row{Key: v.T("Niêm phong đọc được", "Seal that was read"), Value: string(a.Seal), Code: true}, v.weighed(a.WeightG, closed))
}

func (a ReopenVessel) show(v *view) { v.bagContents(a.Bag) }

func (a EmptyVessel) show(v *view) {
	v.bagContents(a.Bag)
	if x, _ := ledger.Get[*Vessel](v.led, VesselKey(a.Bag)); x.Foreign() {
		if unseen := x.unseen(v.led); len(unseen) > 0 {
			v.add(part{Text: v.T("Trên bản kê của đối tác mà chưa thấy, sẽ thành sự cố “thiếu”: ", "On the partner's list and not seen; it becomes an incident “missing”: ") + strings.Join(texts(unseen), ", "), Tone: web.Bad})
		}
		return
	}
	if left := v.covers(a.Bag); len(left) > 0 {
		v.add(part{Text: v.T("Bưu gửi còn trong danh sách trên sẽ thành sự cố “thiếu”.", "What is still in the list above becomes an incident “missing”."), Tone: web.Bad})
	}
}

func (a SignMinutes) show(v *view) {
	if i, ok := ledger.Get[*Incident](v.led, IncidentKey(a.Incident)); ok {
		v.add(part{Rows: v.incidentRows(i)})
	}
}

func (a CloseSearch) show(v *view) {
	i, ok := ledger.Get[*Incident](v.led, IncidentKey(a.Incident))
	if !ok {
		return
	}
	t := v.searchTable()
	for _, x := range searchedFor(v.led, i) {
		t.Rows = append(t.Rows, v.searchRow(x))
	}
	v.add(part{Rows: v.incidentRows(i)}, part{Table: t}, part{Text: v.searchEnds(), Tone: web.Bad})
}

func (a Deliver) show(v *view) {
	v.itemContents(a.Item, web.Row{Key: v.T("Nhận với tư cách", "Received as"), Value: v.receivedAs(a.As, a.Absent)})
}

func (a UndoAccept) show(v *view) { v.itemContents(a.Item) }

func (a DestroyPage) show(v *view) {
	v.add(part{Rows: []web.Row{{Key: v.T("Sổ", "Register"), Value: v.say("register", string(a.Register))}, {Key: v.T("Trang", "Page"), Value: v.Number(int64(a.Page))}, {Key: v.T("Hết hạn lưu", "Kept until"), Value: v.Millis(a.KeptMs)}}})
}

// weighed is the row of a weight beside the one at closing; a row of nothing when it was not weighed.
func (v view) weighed(now, closed postal.Grams) web.Row {
	if now == 0 {
		return web.Row{}
	}
	value := now.In(v.Lang)
	if closed != 0 {
		value += v.difference(now - closed)
	}
	return web.Row{Key: v.T("Khối lượng", "Weight"), Value: value}
}

func (v *view) bagContents(bag event.Thing, more ...web.Row) {
	b, ok := ledger.Get[*custody.Bag](v.led, custody.KeyOf(bag))
	x, known := ledger.Get[*Vessel](v.led, VesselKey(bag))
	if !ok || !known {
		return
	}
	rows := []web.Row{{Key: v.T("Mã", "Code"), Value: string(b.Code), Code: true}, {Key: v.T("Túi hoặc hộp", "Bag or box"), Value: string(x.Facility), Code: true}, {Key: v.T("Từ – đến", "From – to"), Value: v.office(b.From) + " – " + v.office(b.To)}}
	v.add(part{Rows: append(rows, more...)})
	t := &table{Caption: v.T("Trong túi, hộp theo sổ", "In it, by the books"), Empty: v.T("Theo sổ, trong túi không có gì", "By the books there is nothing in it"), Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Nơi nhận", "Addressee")}}}
	for _, c := range v.covers(bag) {
		t.Rows = append(t.Rows, []cell{codeCell(string(c.Item), ""), textCell(v.marks(c)), textCell(v.body(c.Addressee))})
	}
	v.add(part{Table: t})
}

func (v *view) itemContents(n postal.ItemNumber, more ...web.Row) {
	c, ok := CoverOf(v.led, n)
	i, _ := ledger.Get[*custody.Item](v.led, custody.ItemKey(n))
	if !ok || i == nil {
		return
	}
	rows := []web.Row{{Key: v.T("Số hiệu", "Number"), Value: c.Item.Grouped(), Code: true}, {Key: v.T("Số trên bì", "Number on the cover"), Value: string(c.Number), Code: true}, {Key: v.T("Nơi gửi", "Sender"), Value: v.body(c.Sender)},
		{Key: v.T("Nơi nhận", "Addressee"), Value: v.body(v.goesTo(c, i))}, {Key: v.T("Dấu", "Marks"), Value: v.marks(c)}, {Key: v.T("Khối lượng", "Weight"), Value: i.WeightG.In(v.Lang)}}
	v.add(part{Rows: append(rows, more...)})
}

// show lists what was counted, what is in the books and was not counted, and what was counted and is in no book here.
func (a HandShift) show(v *view) {
	t := &table{Caption: v.T("Đã đếm", "Counted"), Empty: v.T("Bưu cục không giữ gì", "The office holds nothing"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Là gì", "What")}, {Label: v.T("Đếm", "Count")}}}
	held := Held(v.led, a.Office)
	for _, x := range a.Held {
		row := []cell{codeCell(string(x), ""), textCell(v.thing(x)), tagCell(v.T("Có", "Here"), web.Good)}
		if !slices.Contains(held, x) { // what it is stands in the books of another office, and is said by them
			row[1], row[2] = textCell(v.T("không có trong sổ bưu cục này", "not in the books of this office")), tagCell(v.T("Thừa", "Over"), web.Bad)
		}
		t.Rows = append(t.Rows, row)
	}
	for _, x := range held {
		if !slices.Contains(a.Held, x) {
			t.Rows = append(t.Rows, []cell{codeCell(string(x), ""), textCell(v.thing(x)), tagCell(v.T("Thiếu", "Missing"), web.Bad)})
		}
	}
	v.add(part{Table: t})
}

func (s *Pages) postSign(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	v := s.anywhere(r, f, "", "")
	x, err := v.asked(r)
	if err != nil {
		return err
	}
	var act ledger.Act
	vi, en := "Đã ký.", "Signed."
	switch r.PathValue("do") {
	case "sign":
		act = Sign{Subject: x.Subject, Asked: x.ID, Digest: Digest(f.Value("digest")),
			AtMs: x.paperMs(), Looked: Looked{Present: f.Ticked("present"), Number: f.Ticked("look_number"), Packing: f.Ticked("look_packing"), Seal: f.Ticked("look_seal"), Unopened: f.Ticked("unopened")}}
	case "decline":
		act, vi, en = Decline{Subject: x.Subject, Asked: x.ID}, "Đã từ chối ký. Chưa ghi gì.", "Declined. Nothing is recorded."
	case "off":
		act, vi, en = CallOff{Subject: x.Subject, Asked: x.ID}, "Đã thu lại.", "Called off."
	default:
		return unknown(r.PathValue("do"))
	}
	at := v.At
	if at == "" || x.paperMs() != 0 { // a person of a body has no office, and a list is entered where it was made: it is done where it was asked
		at = x.Office
	}
	got, ok, err := s.tryAt(r, f, at, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawSign(w, r, f)
	}
	if !v.May(handlers) {
		return web.Done(w, r, registryPath, vi, en)
	}
	return s.told(w, r, got, signPath, vi, en)
}
