package dossier

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// waits reports whether the result waits for the citizen, who was told, at an office.
func (d *Dossier) waits() bool {
	if d.State == AwaitingPickup {
		return true
	}
	return d.Keep == KeptAtOffice && d.FirstInvite > 0 && d.inHands() && d.State != OutForDelivery
}

// pickup names the office where the citizen fetches a result, with its address: the one that has the packet, else the one that it goes to.
func (s *Service) pickup(v *ledger.View, d *Dossier) string {
	at := d.ToOffice
	if h, _ := custody.Holder(v, event.Thing(d.Result)); custody.Office(h) != "" {
		at = custody.Office(h)
	}
	return s.officeLine(at)
}

// officeLine names an office with its address, as far as it has one.
func (s *Service) officeLine(code postal.OfficeCode) string {
	o, ok := s.Places.Directory().Office(code)
	if !ok || o.Address == "" {
		return s.officeName(code)
	}
	return o.Name + " (" + o.Address + ")"
}

// lying lists the dossiers whose result lies loose at an office though another is to give it: whoever sits there is asked for it all the same.
func lying(v *ledger.View, o postal.OfficeCode) (list []*Dossier) {
	for _, k := range v.At(string(custody.AtOffice(o)), 'i') {
		d, leg, ok := Of(v, postal.ItemNumber(k[2:]))
		if ok && leg == ResultLeg && d.Place() != OfficeBoard(o) {
			list = append(list, d)
		}
	}
	return list
}

// givenAt names the office that gives a result in a commune, as far as there is one.
func (s *Service) givenAt(unit postal.UnitCode) string {
	if o, ok := s.Places.DeliveryOffice(unit); ok {
		return s.officeLine(o)
	}
	return ""
}

// fetch tells the citizen to come, where, and what is to be paid.
func (p publicView) fetch() string {
	text := p.T("Mang giấy tờ tuỳ thân đến ", "Bring your identity paper to ") + p.Pickup + p.T(" để nhận kết quả.", " to fetch the result.")
	switch owed := p.Owes(); {
	case owed > 0 && p.PostageVND > 0:
		text += p.T(" Phải nộp: cước trả kết quả ", " To be paid: postage of the result ") + p.Money(p.PostageVND) + p.T(", phí, lệ phí ", ", fees ") + p.Money(owed) + "."
	case owed > 0:
		text += p.T(" Phải nộp: phí, lệ phí ", " To be paid: fees ") + p.Money(owed) + "."
	case p.PostageVND > 0:
		text += p.T(" Phải nộp: cước trả kết quả ", " To be paid: postage of the result ") + p.Money(p.PostageVND) + "."
	}
	return text
}

// stopped says what stopped one of the post's clocks, and when: an invitation and a first attempt keep its time, but hand nothing over, and an agency that did not take the dossier ends nothing.
func (d *Dossier) stopped(p web.Page, c Clock) string {
	back := d.Return.StartedMs > 0 && c.StartedMs == d.Return.StartedMs && c.StoppedMs == d.Return.StoppedMs
	vi, en := "xong ", "done "
	switch {
	case back && d.Keep == KeptAtOffice && c.StoppedMs == d.FirstInvite:
		vi, en = "đã mời ", "invited "
	case back && c.StoppedMs != d.EndedMs:
		vi, en = "đã đến phát ", "first brought "
	case !back && (d.State == Refused || d.State == GivenBack) && d.Compared.Verdict == NotTaken:
		vi, en = "cơ quan từ chối ", "the agency refused it "
	}
	return p.T(vi, en) + p.Millis(c.StoppedMs)
}

// doneAfter is what stopped the clock, as it follows the time.
func (x postClock) doneAfter() string {
	if x.Done == "" {
		return ""
	}
	return ", " + x.Done
}
