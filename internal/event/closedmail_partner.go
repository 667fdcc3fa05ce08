package event

import "citypost/internal/postal"

// PartnerNamed: an operator outside the house carries KT1 with us under an interconnection contract (hợp đồng kết nối), from one day to another; the zero Until has no end.
type PartnerNamed struct {
	Partner  string     `json:"partner"`
	Contract string     `json:"contract"` // its number
	From     postal.Day `json:"from"`
	Until    postal.Day `json:"until,omitzero"`
}

// PartnerEnded: nothing more is given to it. What it holds is still accounted for.
type PartnerEnded struct {
	Partner string `json:"partner"`
	Reason  string `json:"reason"`
}

// PartnerPersonNamed: this person fetches and brings bags for the partner and signs for it.
type PartnerPersonNamed struct {
	Partner string         `json:"partner"`
	Person  postal.StaffID `json:"person"`
}

// PartnerPersonEnded: the person does not sign for the partner any longer.
type PartnerPersonEnded struct {
	Partner string         `json:"partner"`
	Person  postal.StaffID `json:"person"`
}

// GivenToPartner: closed bags went to a partner; its named person read the seals and signed.
type GivenToPartner struct {
	Handover Thing               `json:"handover"`
	Partner  string              `json:"partner"`
	Taker    postal.StaffID      `json:"taker"`
	Document string              `json:"document"` // the number of the partner's own paper
	Bags     []Thing             `json:"bags"`
	Items    []postal.ItemNumber `json:"items"`
	Theirs   bool                `json:"theirs,omitempty"` // they left in a KT1 vehicle of the partner
}

// PartnerTold: what the partner's signed list says of an item that it holds. The entry's time of occurrence is the time that the list gives.
type PartnerTold struct {
	Item     postal.ItemNumber `json:"item"`
	Partner  string            `json:"partner"`
	Told     string            `json:"told"` // "attempted", "delivered" or "returned"
	Reason   string            `json:"reason,omitempty"`
	Document string            `json:"document"`
	Home     bool              `json:"home,omitempty"` // delivered to its sender, for it turned back
}

// VesselBack: a bag or box that went to a partner is back, empty by the books.
type VesselBack struct {
	Vessel  Thing  `json:"vessel"`
	Partner string `json:"partner"`
}

// TakenFromPartner: a partner's named person brought a closed bag; its list says what is in it.
type TakenFromPartner struct {
	Bag      Thing               `json:"bag"` // our code for it
	Handover Thing               `json:"handover"`
	Partner  string              `json:"partner"`
	Giver    postal.StaffID      `json:"giver"`
	List     string              `json:"list"` // the number of the partner's list
	Seal     string              `json:"seal"` // on that list
	Items    []postal.ItemNumber `json:"items"`
}

// CameBack: an item of ours that a partner held is back; the entry takes it out of the bag in which it left.
type CameBack struct {
	Item    postal.ItemNumber `json:"item"`
	Partner string            `json:"partner"`
	Bag     Thing             `json:"bag"` // in which the partner brought it
}

// Fact is the name it is stored under.
func (PartnerNamed) Fact() string       { return "kt1.partner_named" }
func (PartnerEnded) Fact() string       { return "kt1.partner_ended" }
func (PartnerPersonNamed) Fact() string { return "kt1.partner_person_named" }
func (PartnerPersonEnded) Fact() string { return "kt1.partner_person_ended" }
func (GivenToPartner) Fact() string     { return "kt1.given_to_partner" }
func (PartnerTold) Fact() string        { return "kt1.partner_told" }
func (VesselBack) Fact() string         { return "kt1.vessel_back" }
func (TakenFromPartner) Fact() string   { return "kt1.taken_from_partner" }
func (CameBack) Fact() string           { return "kt1.came_back" }
