package closedmail

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// sheetPaper is a page of A4 to print and sign.
type sheetPaper struct {
	web.Page
	Office string
	Corner string // page number or code, top right
	Sub    string
	MadeUp bool
	Seen   bool // only looked at: it says that it is no print
	Wide   bool
	Pairs  []web.Row
	Table  *table
	More   []*table
	Prose  []prose
	Foot   []string
	Signs  [][2]string
}

// prose is a section of words.
type prose struct{ Head, Words string }

// size is the paper: a register of many columns lies.
func (s sheetPaper) size() web.Paper {
	if s.Wide {
		return web.A4Wide
	}
	return web.A4
}

// formName is what the rules of the day call a form or a register: each post has its own names and numbers for them.
func (v view) formName(code string) string {
	t, _, err := v.s.Law.Calendar.Book().Table("kt1.forms", v.day())
	if err != nil {
		return code
	}
	row, ok := t.Find("form", code)
	if !ok {
		return code
	}
	return postal.In(v.Lang, t.Cell(row, "name_vi").String(), t.Cell(row, "name_en").String())
}

// copyWord numbers a copy.
func (v view) copyWord(n int) string {
	return v.T(fmt.Sprintf("bản in thứ %d", n), fmt.Sprintf("copy %d", n))
}

// whyField is where the reason for another copy of a form is asked: a page may print more than one.
func whyField(f Form) string { return "why_" + string(f) }

// printPart lets a form be printed by a form sent to path, and shows the last print again where see says. Pairs go with it as hidden fields.
func (v *view) printPart(kind Form, about, path, see string, pairs ...string) {
	f := &form{Action: path, Button: v.T("In", "Print"), Kind: web.Second, About: " " + v.formName(string(kind)), Hidden: pairs}
	if kind != BagLabelForm && kind != ListForm { // a bag and a delivery handover have two papers
		f.Key = "F8"
	}
	p, printed := PrintsOf(v.led, kind, about)
	if !printed {
		v.add(part{Head: v.formName(string(kind)), Form: f})
		return
	}
	f.Asks = []ask{{Kind: askChoice, Field: web.Field{Name: whyField(kind), Label: v.T("Lý do in lại", "Reason for another copy")}, Choices: v.unchosen(choices(*v, "recopy", Recopies))}}
	f.Button = v.T("In lại", "Print again")
	text := v.T(fmt.Sprintf("Đã in %d bản, bản cuối lúc ", p.Copies), fmt.Sprintf("Printed %d times, the last at ", p.Copies)) + v.Millis(p.OpenedMs) + ", " + v.name(p.Person) + "."
	if kind == LabelForm || kind == BagLabelForm {
		text += v.T(" Huỷ nhãn cũ trước khi gắn nhãn mới.", " Destroy the old label before the new one is put on.")
	}
	v.add(part{Head: v.formName(string(kind)), Text: text, Form: f})
	v.seePrint(kind, see)
}

// seePrint shows the last print.
func (v *view) seePrint(kind Form, path string) {
	v.add(part{Buttons: []web.Btn{{Label: v.T("Xem bản in: ", "See the print: ") + v.formName(string(kind)), Kind: web.Second, Href: path, Target: "_blank"}}})
}

// print records the print of a form and then shows it; what is refused stands on the page that it was asked from.
func (s *Pages) print(w http.ResponseWriter, r *http.Request, office postal.OfficeCode, act PrintForm, to string, again func(*web.Form) error) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	act.Reason = Reason(f.Value(whyField(act.Form)))
	_, err = s.doAt(r, office, act)
	if e, refused := fault.From(err); refused {
		if err := f.Refuse(e.At(whyField(act.Form))); err != nil {
			return err
		}
		return again(f)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, to)
}

// printHere is print for an act at the office of whoever asks.
func (s *Pages) printHere(w http.ResponseWriter, r *http.Request, act PrintForm, to string, again func(http.ResponseWriter, *http.Request, *web.Form) error) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	return s.print(w, r, office, act, to, func(f *web.Form) error { return again(w, r, f) })
}

// postLabel records the print of an item's label and then shows it.
func (s *Pages) postLabel(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: LabelForm, About: r.PathValue("item")}, r.URL.Path, s.drawItem)
}

func (s *Pages) postBagLabel(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: BagLabelForm, About: r.PathValue("code")}, r.URL.Path, s.drawVessel)
}

func (s *Pages) postManifest(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: ManifestForm, About: r.PathValue("code")}, r.URL.Path, s.drawVessel)
}

func (s *Pages) postRecord(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: RecordForm, About: r.PathValue("code")}, r.URL.Path, s.drawOver)
}

func (s *Pages) postMinutes(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: MinutesForm, About: r.PathValue("id")}, r.URL.Path, s.drawIncident)
}

// label is the label of an item.
type label struct {
	web.Page
	MadeUp  bool
	Letter  string
	Urgent  string
	To      string
	Address string
	From    string
	Number  string
	Stamps  []string
	Office  string
	When    string
	Weight  string
	Code    string
	Grouped string
	Copy    string // the name of the form and the number of the copy
	Seen    bool
}

// freshPrint is how long the paper of a print is shown to whoever printed it; after that, and to others, it says that it is no print.
const freshPrint = 10 * time.Minute

// fresh reports whether a page that is opened now is the print that was recorded last, and not a look at it.
func (v view) fresh(p *Case) bool {
	return p.Person == v.Person.ID && postal.Millis(v.s.Now())-p.OpenedMs <= freshPrint.Milliseconds()
}

// getLabel prints the label with the stamp of KT1. Its title says nothing of letter, sender or addressee.
func (s *Pages) getLabel(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Nhãn", "Label")
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if err != nil {
		return err
	}
	print, ok := PrintsOf(v.led, LabelForm, string(c.Item))
	if !ok {
		return printFirst()
	}
	to, err := s.Directory.Find(r.Context(), c.Addressee)
	if err != nil {
		return err
	}
	l := label{Page: v.Page, MadeUp: s.MadeUp, Letter: string(c.Secrecy), To: to.Name, Address: to.Address, From: v.body(c.Sender), Number: string(c.Number), Office: v.office(c.Origin), When: v.Millis(c.AcceptedMs),
		Weight: i.WeightG.In(v.Lang), Code: string(c.Item), Grouped: c.Item.Grouped()}
	l.Copy, l.Seen = v.formName(string(LabelForm))+" · "+v.copyWord(print.Copies), !v.fresh(print)
	if c.Urgency != Plain {
		l.Urgent = v.say("urgency", string(c.Urgency))
	}
	if c.AtMs != 0 {
		l.Urgent += " " + v.Millis(c.AtMs)
	}
	if c.NamedOnly {
		l.Stamps = append(l.Stamps, v.T("CHỈ NGƯỜI CÓ TÊN MỚI ĐƯỢC BÓC BÌ", "FOR THE NAMED PERSON ONLY"))
	}
	if c.RecallBy != "" {
		l.Stamps = append(l.Stamps, v.T("TÀI LIỆU THU HỒI – hạn trả ", "TO BE RETURNED – by ")+vnDay(c.RecallBy))
	}
	return web.Render(w, r, http.StatusOK, labelPaper(l))
}

// bagLabel is what is tied to a bag or put on a box: where it goes, and its number to scan. The number of the seal is not on it: whoever takes the bag reads it off the seal.
type bagLabel struct {
	web.Page
	MadeUp   bool
	Code     string
	Facility string
	From, To string
	Count    string
	Copy     string
	Seen     bool
}

// getBagLabel prints the label of a bag or box. It says nothing of what is in it but how many.
func (s *Pages) getBagLabel(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Nhãn túi", "Bag label")
	if err != nil {
		return err
	}
	b, x, err := v.bag(r)
	if err != nil {
		return err
	}
	print, ok := PrintsOf(v.led, BagLabelForm, string(b.Code))
	if !ok {
		return printFirst()
	}
	l := bagLabel{Copy: v.formName(string(BagLabelForm)) + " · " + v.copyWord(print.Copies), Page: v.Page, MadeUp: s.MadeUp, Code: string(b.Code), Facility: string(x.Facility), From: v.office(b.From), To: v.office(b.To)}
	l.Seen = !v.fresh(print)
	if b.Status != custody.BagOpen {
		l.Count = v.Number(int64(b.Count))
	}
	return web.Render(w, r, http.StatusOK, bagLabelPaper(l))
}

// sheet begins a paper of the office.
func (v view) sheet() sheetPaper {
	return sheetPaper{Page: v.Page, Office: v.office(v.At), MadeUp: v.s.MadeUp}
}

// sheetOf begins the paper of a form whose print was recorded, with the name of the form and the number of the copy.
func (v view) sheetOf(kind Form, about, corner string) (sheetPaper, error) {
	print, ok := PrintsOf(v.led, kind, about)
	if !ok {
		return sheetPaper{}, printFirst()
	}
	p := v.sheet()
	p.Seen = !v.fresh(print)
	p.Title, p.Corner = strings.ToUpper(v.formName(string(kind))), strings.TrimPrefix(corner+" · ", " · ")+v.copyWord(print.Copies)
	return p, nil
}

// signature is a place to sign with the name under it.
func (v view) signature(role string, who postal.StaffID) [2]string {
	return [2]string{role, v.name(who)}
}

// getRecord prints the record of a handover, to be signed on paper too.
func (s *Pages) getRecord(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Biên bản giao nhận", "Handover record")
	if err != nil {
		return err
	}
	h, err := v.handover(r)
	if err != nil {
		return err
	}
	p, err := v.sheetOf(RecordForm, string(h.Code), string(h.Code))
	if err != nil {
		return err
	}
	p.Pairs = filled([]web.Row{{Key: v.T("Bên giao", "Giver"), Value: v.holder(h.From)}, {Key: v.T("Bên nhận", "Taker"), Value: v.holder(h.To)}, {Key: v.T("Lập lúc", "Opened"), Value: v.Millis(h.OpenedMs)}, {Key: v.T("Chuyến thư", "Dispatch"), Value: string(h.Dispatch)},
		{Key: v.T("Xe, áp tải", "Vehicle, escort"), Value: v.travels(journeyOf(v.led, h.Code, h.Dispatch))}, {Key: v.T("Bảo vệ, công an", "Guards, police"), Value: v.guardWord(guardOf(v.led, h.Code, h.Dispatch))}})
	if x, ok := ledger.Get[*Vessel](v.led, VesselKey(h.Code)); ok && x.List != "" {
		p.Pairs = append(p.Pairs, web.Row{Key: v.T("Số văn bản của đối tác", "Number of the partner's paper"), Value: string(x.List), Code: true})
	}
	p.Table = v.givenTable(h)
	if PartnerOf(h.To) != "" {
		p.More = []*table{v.readTable(h)}
	}
	p.Foot = []string{v.T("Hai bên đã kiểm số lượng, bao bì, niêm phong trước khi ký.", "Both sides looked at number, packing and seals before signing.")}
	p.Signs = [][2]string{v.signature(v.T("Bên giao", "Giver"), h.Giver), v.signature(v.T("Bên nhận", "Taker"), h.Taker)}
	return web.Render(w, r, http.StatusOK, paper(p))
}
