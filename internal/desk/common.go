package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Mount registers the desk's pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	s.mountCounter(m)
	s.mountField(m)
}

// pathOf is the page of a thing: of an item its whole custody, of a bag, dispatch or handover the place to work on it.
func pathOf(t event.Thing) string {
	kinds := map[byte]string{'i': "items", 'b': "bags", 'd': "dispatches", 'h': "handovers"}
	if k := custody.KeyOf(t); k != "" {
		return "/desk/" + kinds[k[0]] + "/" + string(t)
	}
	return "/desk"
}

// Grouped writes a thing's code so that an eye can read it: "RR 473 124 829 VN", "2 180100 000017 4".
func grouped(t event.Thing) string {
	if len(t) == 14 {
		return string(t[:1] + " " + t[1:7] + " " + t[7:13] + " " + t[13:])
	}
	return postal.ItemNumber(t).Grouped()
}

// kindOf names what a code stands for: "Túi", "Bưu gửi".
func kindOf(p web.Page, t event.Thing) string {
	k := custody.KeyOf(t)
	if k == "" {
		return p.T("Mã", "Code")
	}
	switch k[0] {
	case 'b':
		return p.T("Túi", "Bag")
	case 'd':
		return p.T("Chuyến thư", "Dispatch")
	case 'h':
		return p.T("Bàn giao", "Handover")
	}
	return p.T("Bưu gửi", "Item")
}

// today is the business day.
func (s *Service) today() postal.Day { return postal.DayOf(s.Now()) }

// officeName is the code and the name of an office: "180100 Trung tâm".
func (s *Service) officeName(o postal.OfficeCode) string {
	if office, ok := s.Places.Directory().Office(o); ok {
		return string(o) + " " + office.Name
	}
	return string(o)
}

// placeName is where somebody acted: at an office, or for an agency.
func (s *Service) placeName(p web.Page, o postal.OfficeCode) string {
	if o.Agency() != "" && p.Site.Place != nil {
		return p.Site.Place(o, p.Lang)
	}
	return s.officeName(o)
}

// unitName is the exact name of a commune as it is today, the code when it is not known.
func (s *Service) unitName(p web.Page, u postal.UnitCode) string {
	if unit, ok := s.Places.Gazetteer().UnitOn(u, s.today()); ok {
		return unit.ExactName(p.Lang)
	}
	if unit, ok := s.Places.Gazetteer().Latest(u); ok {
		return unit.ExactName(p.Lang)
	}
	return string(u)
}

// holderName says who a holder is, for staff.
func (s *Service) holderName(ctx context.Context, p web.Page, h event.Holder) string {
	switch h {
	case "":
		return ""
	case event.Sender:
		return p.T("người gửi", "the sender")
	case event.Recipient:
		return p.T("người nhận", "the recipient")
	case event.Lost:
		return p.T("thất lạc", "lost")
	}
	if o := custody.Office(h); o != "" {
		return p.T("bưu cục ", "office ") + s.officeName(o)
	}
	if c := custody.Carrier(h); c != "" {
		return s.Staff.Name(ctx, c)
	}
	if o := custody.Desk(h); o.Agency() != "" {
		return s.placeName(p, o)
	}
	return string(h)
}

// reasonChoices lists reasons for a select that begins with none.
func reasonChoices(p web.Page, codes []string, words map[string]custody.Words) []web.Choice {
	list := []web.Choice{{Value: "", Label: p.T("Chọn lý do…", "Choose a reason…")}}
	for _, code := range codes {
		list = append(list, web.Choice{Value: code, Label: words[code].In(p.Lang)})
	}
	return list
}

// starting reads a form that starts a bag or dispatch: here, and to which office.
func (s *Service) starting(r *http.Request) (f *web.Form, from, to postal.OfficeCode, err error) {
	if f, err = web.ReadForm(r); err != nil {
		return nil, "", "", err
	}
	if from, err = web.PersonOf(r).Here(); err != nil {
		return nil, "", "", err
	}
	to = web.Parse(f, "to", postal.ParseOfficeCode)
	if _, ok := s.Places.Directory().Office(to); !ok && f.Fault("to") == nil {
		_ = f.Refuse(unknownOffice(to))
	}
	return f, from, to, nil
}

// officeChoices lists all offices but one, by name, for a select.
func (s *Service) officeChoices(p web.Page, except postal.OfficeCode) []web.Choice {
	offices := s.Places.Directory().All()
	slices.SortFunc(offices, func(a, b gazetteer.Office) int {
		return cmp.Or(cmp.Compare(postal.Fold(a.Name), postal.Fold(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	list := []web.Choice{{Value: "", Label: p.T("Chọn bưu cục…", "Choose an office…")}}
	for _, o := range offices {
		if o.Code != except {
			list = append(list, web.Choice{Value: string(o.Code), Label: o.Name + " · " + string(o.Code)})
		}
	}
	return list
}

// staffChoices lists people for a select, by their last name word as Vietnamese lists do.
func staffChoices(p web.Page, people []web.Person) []web.Choice {
	people = slices.Clone(people)
	slices.SortFunc(people, func(a, b web.Person) int {
		return cmp.Or(postal.CompareNames(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	list := []web.Choice{{Value: "", Label: p.T("Chọn người…", "Choose a person…")}}
	for _, m := range people {
		list = append(list, web.Choice{Value: string(m.ID), Label: m.Name + " · " + m.Login})
	}
	return list
}

// says lists codes of custody with their words, for radios and selects.
func says(p web.Page, group string, codes []string) []web.Choice {
	list := make([]web.Choice, len(codes))
	for i, c := range codes {
		list[i] = web.Choice{Value: c, Label: custody.Say(group, c).In(p.Lang)}
	}
	return list
}

// say names one code of custody.
func say[C ~string](p web.Page, group string, code C) string {
	return custody.Say(group, string(code)).In(p.Lang)
}

// lying loads the things of one kind (a letter of custody.Kinds) that lie at any of the places, and gives them in order of their codes.
func lying[S ledger.State](ctx context.Context, s *Service, v *ledger.View, letter byte, places ...event.Holder) ([]S, error) {
	at := make([]string, len(places))
	for i, h := range places {
		at[i] = string(h)
	}
	keys, err := s.Ledger.Lying(ctx, letter, at...)
	if err != nil {
		return nil, err
	}
	v.Load(keys...)
	list := make([]S, 0, len(keys))
	for _, k := range keys {
		if state, ok := ledger.Get[S](v, k); ok {
			list = append(list, state)
		}
	}
	return list, v.Err()
}

// state gives the state of a thing that a page is about, or NotFound.
func state[S ledger.State](v *ledger.View, code string) (S, error) {
	k := custody.KeyOf(event.Thing(code))
	if k != "" {
		if st, ok := ledger.Get[S](v, k); ok {
			return st, nil
		}
	}
	var none S
	if err := v.Err(); err != nil {
		return none, err
	}
	return none, fault.New(fault.NotFound, "custody.unknown",
		"Không có %s trong hệ thống. Hãy kiểm tra lại mã rồi quét lại.",
		"%s is not in the system. Check the code and scan it again.", code)
}

// judge looks at what an act answered. A fault is noted in the form, and status is that of the page to draw again with it; any other error comes back as rest.
// Both are zero when all went well.
func judge(f *web.Form, err error) (status int, rest error) {
	if err == nil {
		return 0, nil
	}
	if rest := f.Refuse(err); rest != nil {
		return 0, rest
	}
	if fault.Is(err, fault.Invalid) {
		return http.StatusUnprocessableEntity, nil
	}
	return web.Status(err), nil
}
