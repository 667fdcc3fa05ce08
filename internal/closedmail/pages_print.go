package closedmail

import (
	"fmt"
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
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

// labelPart lets the label be printed where the item is, and shows the last print again.
func (v *view) labelPart(c *Cover, i *custody.Item, path string) {
	if holder, _ := custody.Holder(v.led, event.Thing(c.Item)); custody.Office(holder) == v.At {
		f := &form{Action: path, Button: v.T("In nhãn và dấu KT1", "Print label and KT1 stamp"), Key: "F8"}
		head, text := v.T("Nhãn", "Label"), ""
		if c.Labels > 0 {
			f.Button, f.Kind = v.T("In lại nhãn", "Print the label again"), web.Second
			f.Asks = []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do in lại", "Reason for another copy")}, Choices: v.unchosen(choices(*v, "relabel", Relabels))}}
			text = v.T(fmt.Sprintf("Đã in %d bản. Huỷ nhãn cũ trước khi dán nhãn mới.", c.Labels), fmt.Sprintf("Printed %d times. Destroy the old label before the new one is stuck on.", c.Labels))
		}
		v.add(part{Head: head, Text: text, Form: f})
	}
	if c.Labels > 0 {
		v.add(part{Buttons: []web.Btn{{Label: v.T("Xem nhãn đã in", "See the label"), Kind: web.Second, Href: path, Target: "_blank"}}})
	}
}

// postLabel records the print and then shows the label.
func (s *Pages) postLabel(w http.ResponseWriter, r *http.Request) error {
	return s.onItemThen(w, r, func(f *web.Form, c *Cover, _ *custody.Item) (ledger.Act, error) {
		return PrintLabel{Item: c.Item, Reason: Reason(f.Value("reason"))}, nil
	}, func(_ ledger.Receipt, item string) error { return web.Redirect(w, r, item+"/label") })
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
	Copy    string // "" for the first
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
	if c.Labels == 0 {
		return printFirst()
	}
	to, err := s.Directory.Find(r.Context(), c.Addressee)
	if err != nil {
		return err
	}
	l := label{Page: v.Page, MadeUp: s.MadeUp, Letter: string(c.Secrecy), To: to.Name, Address: to.Address, From: v.body(c.Sender), Number: string(c.Number), Office: v.office(c.Origin), When: v.Millis(c.AcceptedMs),
		Weight: i.WeightG.In(v.Lang), Code: string(c.Item), Grouped: c.Item.Grouped()}
	if c.Labels > 1 {
		l.Copy = v.T(fmt.Sprintf("Bản in thứ %d", c.Labels), fmt.Sprintf("Copy %d", c.Labels))
	}
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

// bagLabel is what is tied to a bag or put on a box: where it goes, and its number to scan. The seal is written on it by hand when it is printed before sealing.
type bagLabel struct {
	web.Page
	MadeUp   bool
	Code     string
	Facility string
	From, To string
	Seal     string
	Count    string
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
	l := bagLabel{Page: v.Page, MadeUp: s.MadeUp, Code: string(b.Code), Facility: string(x.Facility), From: v.office(b.From), To: v.office(b.To)}
	if b.Status != custody.BagOpen && !v.toRead(b) {
		l.Seal, l.Count = b.Seal, v.Number(int64(b.Count))
	}
	return web.Render(w, r, http.StatusOK, bagLabelPaper(l))
}

// sheet begins a paper of the office.
func (v view) sheet() sheetPaper {
	return sheetPaper{Page: v.Page, Office: v.office(v.At), MadeUp: v.s.MadeUp}
}

// signature is a place to sign with the name under it.
func (v view) signature(role string, who postal.StaffID) [2]string {
	return [2]string{role, v.name(who)}
}
