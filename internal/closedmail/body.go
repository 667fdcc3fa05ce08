package closedmail

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Body is an organisation that uses KT1. Its name, address and hours are rows of a table; here are its list and the persons who act for it.
type Body struct {
	Code    BodyCode
	List    List
	Central bool
	Ended   bool
	People  []BodyPerson
	Version int // of its line in the directory; 0: from before there were versions
	Since   []namedSince
}

// BodyPerson is somebody who receives or hands in for a body.
type BodyPerson struct {
	Person postal.StaffID
	As     As
}

const bodiesPlace = "kt1:bodies"

// BodyKey is where a body is kept.
func BodyKey(c BodyCode) ledger.Key { return ledger.Key("u:" + string(c)) }

// Place is the directory.
func (b *Body) Place() string {
	if b.Ended {
		return ""
	}
	return bodiesPlace
}

// Encode writes the body.
func (b *Body) Encode(dst []byte) []byte { return ledger.Encode(dst, b.fields) }

// Decode reads the body.
func (b *Body) Decode(d []byte) error { return ledger.Decode(d, b.fields) }

func (b *Body) fields(c *ledger.Codec) {
	ledger.Str(c, &b.Code)
	ledger.Str(c, &b.List)
	ledger.Bool(c, &b.Central)
	ledger.Bool(c, &b.Ended)
	ledger.List(c, &b.People, func(p *BodyPerson, c *ledger.Codec) {
		ledger.Str(c, &p.Person)
		ledger.Str(c, &p.As)
	})
	ledger.Int(c, &b.Version)
	ledger.List(c, &b.Since, func(n *namedSince, c *ledger.Codec) {
		ledger.Str(c, &n.Person)
		ledger.Str(c, &n.As)
		ledger.Int(c, &n.Ms)
	})
}

// Kind is the word of the rules for the body: its list, or one of the four central offices.
func (b *Body) Kind() string {
	if b.Central {
		return "central-office"
	}
	return string(b.List)
}

// Has reports whether a person acts for the body in one of these ways.
func (b *Body) Has(who postal.StaffID, as ...As) bool {
	return slices.ContainsFunc(b.People, func(p BodyPerson) bool { return p.Person == who && slices.Contains(as, p.As) })
}

// namedSince is when somebody was named; 0 before that was kept.
type namedSince struct {
	Person postal.StaffID
	As     As
	Ms     int64
}

// HadAt reports whether a person who acts for the body so did already at a time.
func (b *Body) HadAt(who postal.StaffID, as As, ms int64) bool {
	return b.Has(who, as) && !slices.ContainsFunc(b.Since, func(n namedSince) bool { return n.Person == who && n.As == as && n.Ms > ms })
}

// Persons lists who acts for the body in any way, each once.
func (b *Body) Persons() []postal.StaffID {
	var out []postal.StaffID
	for _, p := range b.People {
		if !slices.Contains(out, p.Person) {
			out = append(out, p.Person)
		}
	}
	return out
}

// As lists what a person is for the body.
func (b *Body) As(who postal.StaffID) []As {
	var out []As
	for _, p := range b.People {
		if p.Person == who {
			out = append(out, p.As)
		}
	}
	return out
}

// Of lists the persons who act for the body in this way.
func (b *Body) Of(as As) []postal.StaffID {
	var out []postal.StaffID
	for _, p := range b.People {
		if p.As == as {
			out = append(out, p.Person)
		}
	}
	return out
}

// Faults lists what a body must still mend before mail can reach it at all hours: no registry clerk, no contact outside working hours.
func (b *Body) Faults() []As {
	var missing []As
	for _, as := range []As{ForClerk, ForContact} {
		if b.List != Outside && len(b.Of(as)) == 0 {
			missing = append(missing, as)
		}
	}
	return missing
}

// Bodies lists the directory.
func Bodies(v *ledger.View) []*Body {
	var all []*Body
	for _, k := range v.At(bodiesPlace, 'u') {
		if b, ok := ledger.Get[*Body](v, k); ok {
			all = append(all, b)
		}
	}
	return all
}

// body gives a body that is listed today.
func body(v *ledger.View, code BodyCode, field string) (*Body, error) {
	if err := wellFormed(bodyForm, string(code), "body", "Mã cơ quan có dạng cq-0001.", "The code of a body looks like cq-0001."); err != nil {
		return nil, err
	}
	b, ok := ledger.Get[*Body](v, BodyKey(code))
	if !ok || b.Ended {
		return nil, fault.New(fault.Forbidden, "closedmail.not_listed",
			"Cơ quan %s không có trong danh sách được dùng KT1. Không nhận; hãy hướng dẫn gửi dịch vụ khác.",
			"The body %s is not on the list of those who may use KT1. Do not accept; offer another service.", code).At(field)
	}
	return b, nil
}

// ListBody puts a body on the list, or on another one.
type ListBody struct {
	Body    BodyCode `json:"body"`
	List    List     `json:"list"`
	Central bool     `json:"central,omitempty"`
}

// Name of the act.
func (ListBody) Name() string { return "kt1.list_body" }

// Touches the body.
func (a ListBody) Touches() []ledger.Key { return []ledger.Key{BodyKey(a.Body)} }

// Decide refuses what is listed so already, and a central office outside Appendix I.
func (a ListBody) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := overseeing(v, e); err != nil {
		return nil, err
	}
	if _, err := ParseBody(string(a.Body)); err != nil {
		return nil, err
	}
	if err := oneOf(Lists, a.List, "list"); err != nil {
		return nil, err
	}
	if a.Central && a.List != Appendix1 {
		return nil, fault.New(fault.Invalid, "closedmail.central", "Văn phòng trung ương thuộc Phụ lục I.", "A central office stands in Appendix I.").At("list")
	}
	if b, ok := ledger.Get[*Body](v, BodyKey(a.Body)); ok && !b.Ended && b.List == a.List && b.Central == a.Central {
		return nil, fault.New(fault.Conflict, "closedmail.listed", "Cơ quan %s đã có trong danh sách này.", "The body %s is on this list already.", a.Body).At("body")
	}
	return []event.Fact{event.BodyListed{Body: string(a.Body), List: string(a.List), Central: a.Central}}, nil
}

// DelistBody takes a body off the list.
type DelistBody struct {
	Body BodyCode `json:"body"`
}

// Name of the act.
func (DelistBody) Name() string { return "kt1.delist_body" }

// Touches the body.
func (a DelistBody) Touches() []ledger.Key { return []ledger.Key{BodyKey(a.Body)} }

// Decide refuses a body that is not listed.
func (a DelistBody) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := overseeing(v, e); err != nil {
		return nil, err
	}
	if _, err := body(v, a.Body, "body"); err != nil {
		return nil, err
	}
	return []event.Fact{event.BodyDelisted{Body: string(a.Body)}}, nil
}

// NamePerson names who acts for a body.
type NamePerson struct {
	Body   BodyCode       `json:"body"`
	Person postal.StaffID `json:"person"`
	As     As             `json:"as"`
}

// Name of the act.
func (NamePerson) Name() string { return "kt1.name_person" }

// Touches the body.
func (a NamePerson) Touches() []ledger.Key { return []ledger.Key{BodyKey(a.Body)} }

// Decide refuses a member of our own staff: nobody hands mail to himself.
func (a NamePerson) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := overseeing(v, e); err != nil {
		return nil, err
	}
	if _, err := ParseStaff(string(a.Person)); err != nil {
		return nil, err
	}
	if err := oneOf(Ases, a.As, "as"); err != nil {
		return nil, err
	}
	b, err := body(v, a.Body, "body")
	if err != nil {
		return nil, err
	}
	if b.Has(a.Person, a.As) {
		return nil, fault.New(fault.Conflict, "closedmail.named", "Người này đã được ghi rồi.", "This person is named already.").At("person")
	}
	if err := notOurs(v, a.Person, "person"); err != nil {
		return nil, err
	}
	if signsForPartner(v, a.Person) {
		return nil, partnersPerson()
	}
	return []event.Fact{event.BodyPersonNamed{Body: string(a.Body), Person: a.Person, As: string(a.As), FromMs: v.NowMs}}, nil
}

// notOurs refuses a KT1 worker as somebody who acts for a body.
func notOurs(v *ledger.View, who postal.StaffID, field string) error {
	if _, ours := ledger.Get[*Worker](v, WorkerKey(who)); ours {
		return fault.New(fault.Conflict, "closedmail.own_staff", "Người làm KT1 của bưu điện không thể là văn thư của cơ quan.", "A KT1 worker of the post cannot act for a body.").At(field)
	}
	return nil
}

// signsForPartner reports whether an operator outside the house named the person.
func signsForPartner(v *ledger.View, who postal.StaffID) bool {
	return slices.ContainsFunc(Partners(v), func(p *Partner) bool { return p.Has(who) })
}

func partnersPerson() error {
	return fault.New(fault.Conflict, "closedmail.partners_person", "Người này ký thay một đối tác nên không thể ký thay bên khác.", "This person signs for a partner and cannot sign for anybody else.").At("person")
}

// actsForBody reports whether a body that is listed today named the person.
func actsForBody(v *ledger.View, who postal.StaffID) bool {
	return slices.ContainsFunc(Bodies(v), func(b *Body) bool { return b.Has(who, Ases...) })
}

// EndPerson ends it.
type EndPerson struct {
	Body   BodyCode       `json:"body"`
	Person postal.StaffID `json:"person"`
	As     As             `json:"as"`
}

// Name of the act.
func (EndPerson) Name() string { return "kt1.end_person" }

// Touches the body.
func (a EndPerson) Touches() []ledger.Key { return []ledger.Key{BodyKey(a.Body)} }

// Decide refuses whoever is not named.
func (a EndPerson) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := overseeing(v, e); err != nil {
		return nil, err
	}
	b, err := body(v, a.Body, "body")
	if err != nil {
		return nil, err
	}
	if !b.Has(a.Person, a.As) {
		return nil, fault.New(fault.NotFound, "closedmail.not_named", "Người này không được ghi cho cơ quan.", "This person is not named for the body.").At("person")
	}
	return []event.Fact{event.BodyPersonEnded{Body: string(a.Body), Person: a.Person, As: string(a.As)}}, nil
}

func foldBody(v *ledger.View, f event.Fact) {
	if code := bodyOf(f); code != "" {
		ledger.Edit[*Body](v, BodyKey(code)).fold(f)
	}
}

// bodyOf is the body that a fact changes; "" when it changes none.
func bodyOf(f event.Fact) BodyCode {
	switch f := f.(type) {
	case event.BodyListed:
		return BodyCode(f.Body)
	case event.BodyDelisted:
		return BodyCode(f.Body)
	case event.EntryChanged:
		return BodyCode(f.Body)
	case event.BodyPersonNamed:
		return BodyCode(f.Body)
	case event.BodyPersonEnded:
		return BodyCode(f.Body)
	}
	return ""
}

func (b *Body) fold(f event.Fact) {
	switch f := f.(type) {
	case event.BodyListed:
		b.Code, b.List, b.Central, b.Ended = BodyCode(f.Body), List(f.List), f.Central, false
	case event.BodyDelisted:
		b.Ended = true
	case event.EntryChanged:
		b.Version = f.Version
	case event.BodyPersonNamed:
		b.People = append(b.People, BodyPerson{Person: f.Person, As: As(f.As)})
		b.Since = append(b.Since, namedSince{f.Person, As(f.As), f.FromMs})
	case event.BodyPersonEnded:
		b.People = slices.DeleteFunc(b.People, func(p BodyPerson) bool { return p.Person == f.Person && p.As == As(f.As) })
		b.Since = slices.DeleteFunc(b.Since, func(n namedSince) bool { return n.Person == f.Person && n.As == As(f.As) })
	}
}
