package closedmail

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Partner is an operator outside the house that carries KT1 with us under an interconnection contract (hợp đồng kết nối): the Central Post Department, or another
// province's post. Its name and address are rows of a table; here are the contract and the persons who sign for it.
type Partner struct {
	Code     PartnerCode
	Contract DocNumber
	From     string // days; an empty Until has no end
	Until    string
	Ended    Ending // "" while the contract holds
	People   []postal.StaffID
}

const partnersPlace = "kt1:partners"

// PartnerKey is where a partner is kept.
func PartnerKey(c PartnerCode) ledger.Key { return ledger.Key("o:" + string(c)) }

// Place is the list of partners; one whose contract has ended stays on it, for it may still hold something.
func (*Partner) Place() string { return partnersPlace }

// Encode writes the partner.
func (p *Partner) Encode(dst []byte) []byte { return ledger.Encode(dst, p.fields) }

// Decode reads the partner.
func (p *Partner) Decode(b []byte) error { return ledger.Decode(b, p.fields) }

func (p *Partner) fields(c *ledger.Codec) {
	ledger.Str(c, &p.Code)
	ledger.Str(c, &p.Contract)
	ledger.Str(c, &p.From)
	ledger.Str(c, &p.Until)
	ledger.Str(c, &p.Ended)
	ledger.List(c, &p.People, func(s *postal.StaffID, c *ledger.Codec) { ledger.Str(c, s) })
}

// Holds reports whether the contract holds on a day.
func (p *Partner) Holds(on postal.Day) bool {
	return p.Ended == "" && p.From <= on.String() && (p.Until == "" || p.Until >= on.String())
}

// Has reports whether a person signs for the partner.
func (p *Partner) Has(who postal.StaffID) bool { return slices.Contains(p.People, who) }

// Partners lists the partners.
func Partners(v *ledger.View) []*Partner {
	var all []*Partner
	for _, k := range v.At(partnersPlace, 'o') {
		if p, ok := ledger.Get[*Partner](v, k); ok {
			all = append(all, p)
		}
	}
	return all
}

// PartnerOf gives the partner that a holder is, "" of any other.
func PartnerOf(h event.Holder) PartnerCode {
	code, err := ParsePartner(string(postal.OfficeCode(h).Agency()))
	if err != nil {
		return ""
	}
	return code
}

// partner gives a partner that is in the books.
func partner(v *ledger.View, code PartnerCode) (*Partner, error) {
	if _, err := ParsePartner(string(code)); err != nil {
		return nil, err
	}
	p, ok := ledger.Get[*Partner](v, PartnerKey(code))
	if !ok {
		return nil, fault.New(fault.NotFound, "closedmail.no_partner", "Không có đối tác %s. Kiểm soát viên ghi hợp đồng kết nối trước.", "There is no partner %s. A supervisor records the interconnection contract first.", code).At("partner")
	}
	return p, nil
}

// underContract gives a partner whose contract holds today.
func underContract(v *ledger.View, code PartnerCode) (*Partner, error) {
	p, err := partner(v, code)
	if err == nil && !p.Holds(today(v)) {
		err = fault.New(fault.Forbidden, "closedmail.no_contract", "Hợp đồng kết nối với đối tác %s không còn hoặc chưa có hiệu lực. Không giao.", "The interconnection contract with %s does not hold today. Give it nothing.", code).At("partner")
	}
	return p, err
}

// destination refuses what is neither an office nor a partner under contract.
func destination(v *ledger.View, to postal.OfficeCode) error {
	if code := to.Agency(); code != "" {
		_, err := underContract(v, PartnerCode(code))
		return err
	}
	_, err := postal.ParseOfficeCode(string(to))
	return err
}

// signsFor refuses whoever may not sign for a partner here: a stranger, the one who acts, and our own people.
func signsFor(v *ledger.View, e ledger.Envelope, p *Partner, who postal.StaffID, field string) error {
	if _, err := ParseStaff(string(who)); err != nil {
		return err
	}
	if who == e.Actor {
		return samePerson()
	}
	if !p.Has(who) {
		return fault.New(fault.Forbidden, "closedmail.partner_person", "Người này không được đối tác %s cử giao nhận. Không giao, không nhận.", "The partner %s did not name this person. Neither give nor take.", p.Code).At(field)
	}
	return notOurs(v, who, field)
}

// NamePartner records the contract with a partner, or a new one in its place.
type NamePartner struct {
	Partner  PartnerCode `json:"partner"`
	Contract DocNumber   `json:"contract"`
	From     postal.Day  `json:"from"`
	Until    postal.Day  `json:"until,omitzero"`
}

// Name of the act.
func (NamePartner) Name() string { return "kt1.name_partner" }

// Touches the partner.
func (a NamePartner) Touches() []ledger.Key { return []ledger.Key{PartnerKey(a.Partner)} }

// Decide refuses whoever is no supervisor, and the same contract twice.
func (a NamePartner) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if _, err := ParsePartner(string(a.Partner)); err != nil {
		return nil, err
	}
	if _, err := ParseDoc(string(a.Contract)); err != nil {
		return nil, err
	}
	if a.From.IsZero() || !a.Until.IsZero() && a.Until.Before(a.From) {
		return nil, fault.New(fault.Invalid, "closedmail.contract_days", "Hợp đồng phải có ngày bắt đầu, và ngày kết thúc không trước ngày đó.", "A contract has a first day, and does not end before it.").At("until")
	}
	f := event.PartnerNamed{Partner: string(a.Partner), Contract: string(a.Contract), From: a.From, Until: a.Until}
	if p, ok := ledger.Get[*Partner](v, PartnerKey(a.Partner)); ok && p.Ended == "" && p.Contract == a.Contract && p.From == dayText(a.From) && p.Until == dayText(a.Until) {
		return nil, fault.New(fault.Conflict, "closedmail.contract_known", "Hợp đồng này đã ghi rồi.", "This contract is recorded already.").At("contract")
	}
	return []event.Fact{f}, nil
}

// EndPartner ends the contract: nothing more is given to the partner.
type EndPartner struct {
	Partner PartnerCode `json:"partner"`
	Reason  Ending      `json:"reason"`
}

// Name of the act.
func (EndPartner) Name() string { return "kt1.end_partner" }

// Touches the partner.
func (a EndPartner) Touches() []ledger.Key { return []ledger.Key{PartnerKey(a.Partner)} }

// Decide refuses one that has ended.
func (a EndPartner) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	p, err := partner(v, a.Partner)
	if err != nil {
		return nil, err
	}
	if err := oneOf(Endings, a.Reason, "reason"); err != nil {
		return nil, err
	}
	if p.Ended != "" {
		return nil, fault.New(fault.Conflict, "closedmail.contract_ended", "Hợp đồng này đã kết thúc.", "This contract has ended already.")
	}
	return []event.Fact{event.PartnerEnded{Partner: string(a.Partner), Reason: string(a.Reason)}}, nil
}

// NamePartnerPerson names who fetches and brings bags for a partner and signs for it.
type NamePartnerPerson struct {
	Partner PartnerCode    `json:"partner"`
	Person  postal.StaffID `json:"person"`
}

// Name of the act.
func (NamePartnerPerson) Name() string { return "kt1.name_partner_person" }

// Touches the partner.
func (a NamePartnerPerson) Touches() []ledger.Key { return []ledger.Key{PartnerKey(a.Partner)} }

// Decide refuses our own people, and persons of a body: nobody hands mail to himself.
func (a NamePartnerPerson) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if _, err := ParseStaff(string(a.Person)); err != nil {
		return nil, err
	}
	p, err := partner(v, a.Partner)
	if err != nil {
		return nil, err
	}
	switch {
	case p.Has(a.Person):
		return nil, fault.New(fault.Conflict, "closedmail.named", "Người này đã được ghi rồi.", "This person is named already.").At("person")
	case actsForBody(v, a.Person):
		return nil, fault.New(fault.Conflict, "closedmail.of_a_body", "Người này là văn thư hoặc đầu mối của một cơ quan, không giao nhận thay cho đối tác.", "This person acts for a body and does not sign for a partner.").At("person")
	}
	if err := notOurs(v, a.Person, "person"); err != nil {
		return nil, err
	}
	return []event.Fact{event.PartnerPersonNamed{Partner: string(a.Partner), Person: a.Person}}, nil
}

// EndPartnerPerson ends it.
type EndPartnerPerson struct {
	Partner PartnerCode    `json:"partner"`
	Person  postal.StaffID `json:"person"`
}

// Name of the act.
func (EndPartnerPerson) Name() string { return "kt1.end_partner_person" }

// Touches the partner.
func (a EndPartnerPerson) Touches() []ledger.Key { return []ledger.Key{PartnerKey(a.Partner)} }

// Decide refuses whoever is not named.
func (a EndPartnerPerson) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	p, err := partner(v, a.Partner)
	if err != nil {
		return nil, err
	}
	if !p.Has(a.Person) {
		return nil, fault.New(fault.NotFound, "closedmail.partner_not_named", "Người này không được ghi cho đối tác.", "This person is not named for the partner.").At("person")
	}
	return []event.Fact{event.PartnerPersonEnded{Partner: string(a.Partner), Person: a.Person}}, nil
}

func dayText(d postal.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func foldPartner(v *ledger.View, e *event.Entry, f event.Fact) {
	edit := func(code string) *Partner { return ledger.Edit[*Partner](v, PartnerKey(PartnerCode(code))) }
	switch f := f.(type) {
	case event.PartnerNamed:
		p := edit(f.Partner)
		p.Code, p.Contract, p.From, p.Until, p.Ended = PartnerCode(f.Partner), DocNumber(f.Contract), dayText(f.From), dayText(f.Until), ""
	case event.PartnerEnded:
		edit(f.Partner).Ended = Ending(f.Reason)
	case event.PartnerPersonNamed:
		p := edit(f.Partner)
		p.People = append(p.People, f.Person)
	case event.PartnerPersonEnded:
		p := edit(f.Partner)
		p.People = slices.DeleteFunc(p.People, func(s postal.StaffID) bool { return s == f.Person })
	default:
		foldGiven(v, e, f)
		foldTaken(v, e, f)
	}
}
