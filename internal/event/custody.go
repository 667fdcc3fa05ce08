package event

import "citypost/internal/postal"

// Holder says who has a thing: "office:180100", "carrier:nv-12", "agency:…", "letterbox:…", "sender", "recipient" or "lost".
type Holder string

// The holders that need no code.
const (
	Sender    Holder = "sender"
	Recipient Holder = "recipient"
	Lost      Holder = "lost"
)

// Thing is the code of an item, a bag or a dispatch.
type Thing string

// Service is what was accepted.
type Service string

// The services of the open house.
const (
	Registered    Service = "registered"     // the tracked letter handed over against signature (thư bảo đảm)
	DossierSend   Service = "dossier-send"   // a dossier on its way to an agency (gửi hồ sơ)
	DossierReturn Service = "dossier-return" // what an agency sends back to a citizen (chuyển trả kết quả)
)

// Condition says in what state a thing was found at a count.
type Condition string

// What a taker may say of a thing.
const (
	Sound   Condition = ""
	Damaged Condition = "damaged"
	Refused Condition = "refused" // seen and not taken: it stays with its giver and turns back to its sender
)

// ItemAccepted: the post took the item from its sender (chấp nhận).
type ItemAccepted struct {
	Item     postal.ItemNumber `json:"item"`
	Service  Service           `json:"service"`
	ToUnit   postal.UnitCode   `json:"to_unit"`
	ToOffice postal.OfficeCode `json:"to_office"` // the delivering office
	WeightG  postal.Grams      `json:"weight_g"`
	FeeVND   postal.VND        `json:"fee_vnd"`
	Rules    []string          `json:"rules,omitempty"` // the rules that gave fee and due time
	DueMs    int64             `json:"due_ms,omitempty"`
	Receipt  string            `json:"receipt,omitempty"` // what postal.SecretHash makes of the receipt secret
	From     Holder            `json:"from,omitempty"`    // the agency that sends it and keeps it until a handover is signed; "" for a person who gave it to us
}

// ItemPacked: the item was put into a bag.
type ItemPacked struct {
	Item postal.ItemNumber `json:"item"`
	Bag  Thing             `json:"bag"`
}

// ItemUnpacked: the item was taken out of a bag that was not yet sealed.
type ItemUnpacked struct {
	Item postal.ItemNumber `json:"item"`
	Bag  Thing             `json:"bag"`
}

// ItemTakenOut: the item was counted out of an opened bag at its destination.
type ItemTakenOut struct {
	Item      postal.ItemNumber `json:"item"`
	Bag       Thing             `json:"bag"`
	Condition Condition         `json:"condition,omitempty"`
}

// ItemAttempted: delivery was tried and failed; Next is what happens now ("again", "hold", "return").
type ItemAttempted struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
	Next   string            `json:"next"`
}

// ItemDelivered: the item left our hands. To says into whose ("addressee", "household", "reception", "registry", "sender"); Proof is the hex SHA-256 of the
// stored proof (signature or photo), when there is one.
type ItemDelivered struct {
	Item  postal.ItemNumber `json:"item"`
	To    string            `json:"to"`
	Proof string            `json:"proof,omitempty"`
	// Identity is the kind of identity paper that was looked at, for services that ask for it. Its number is written nowhere.
	Identity string `json:"identity,omitempty"`
}

// ItemTakenBack: the item had gone to the wrong person and is in an office's hands again.
type ItemTakenBack struct {
	Item   postal.ItemNumber `json:"item"`
	Holder Holder            `json:"holder"`
	Reason string            `json:"reason"`
}

// ItemHeld: the item waits at the office until a day.
type ItemHeld struct {
	Item  postal.ItemNumber `json:"item"`
	Until postal.Day        `json:"until"`
}

// ItemRedirected: the item goes to another unit and delivering office.
type ItemRedirected struct {
	Item     postal.ItemNumber `json:"item"`
	ToUnit   postal.UnitCode   `json:"to_unit"`
	ToOffice postal.OfficeCode `json:"to_office"`
}

// ItemReturning: the item turns back to its sender (chuyển hoàn).
type ItemReturning struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
}

// ItemLost: nobody can say where the item is.
type ItemLost struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
}

// ItemFound: a lost item is in an office's hands again.
type ItemFound struct {
	Item   postal.ItemNumber `json:"item"`
	Holder Holder            `json:"holder"`
}

// ItemUndone: the last act on the item was a mistake; its effect is taken back. The act stays in the ledger.
type ItemUndone struct {
	Item postal.ItemNumber `json:"item"`
	Act  postal.ActID      `json:"act"`
	Seq  int64             `json:"seq"`

	Second postal.StaffID `json:"second,omitempty"` // who stood by, in closed mail
}

// BagStarted: an empty bag stands open at the office, bound for another. With an operator outside it is a bag that comes closed from there.
type BagStarted struct {
	Bag  Thing             `json:"bag"`
	To   postal.OfficeCode `json:"to"`
	With Holder            `json:"with,omitempty"`
}

// BagSealed: the bag is closed with a seal (niêm phong).
type BagSealed struct {
	Bag   Thing  `json:"bag"`
	Seal  string `json:"seal"`
	Count int    `json:"count"`
}

// BagUnsealed: the office that sealed the bag opened it again before it left.
type BagUnsealed struct {
	Bag    Thing  `json:"bag"`
	Reason string `json:"reason"`
}

// BagOpened: the office of destination broke the seal it found.
type BagOpened struct {
	Bag  Thing  `json:"bag"`
	Seal string `json:"seal"`
}

// BagEmptied: the count of the bag is finished; Short are the items that were not in it.
type BagEmptied struct {
	Bag   Thing               `json:"bag"`
	Short []postal.ItemNumber `json:"short,omitempty"`
}

// BagLost: nobody can say where the bag is; what is in it is with it.
type BagLost struct {
	Bag    Thing  `json:"bag"`
	Reason string `json:"reason"`
}

// BagFound: a lost bag is in an office's hands again, with what is in it.
type BagFound struct {
	Bag    Thing  `json:"bag"`
	Holder Holder `json:"holder"`
}

// DispatchStarted: a dispatch (chuyến thư) is being made up for another office.
type DispatchStarted struct {
	Dispatch Thing             `json:"dispatch"`
	To       postal.OfficeCode `json:"to"`
}

// Loaded: a bag or a loose item was put on a dispatch.
type Loaded struct {
	Thing    Thing `json:"thing"`
	Dispatch Thing `json:"dispatch"`
}

// Unloaded: it was taken off before the dispatch was closed.
type Unloaded struct {
	Thing    Thing `json:"thing"`
	Dispatch Thing `json:"dispatch"`
}

// DispatchClosed: nothing more comes onto the dispatch; Count is what is on it.
type DispatchClosed struct {
	Dispatch Thing `json:"dispatch"`
	Count    int   `json:"count"`
}

// DispatchReopened: the office that closed the dispatch opened it again before it left.
type DispatchReopened struct {
	Dispatch Thing `json:"dispatch"`
}

// HandoverOpened: the giver says what he gives and to whom. When a dispatch is given, Things is what is on it. Seals has the ledger's seal of each thing, "" for none.
type HandoverOpened struct {
	Handover Thing    `json:"handover"`
	From     Holder   `json:"from"`
	To       Holder   `json:"to"`
	Purpose  string   `json:"purpose,omitempty"` // "delivery" for a delivery list
	Dispatch Thing    `json:"dispatch,omitempty"`
	Things   []Thing  `json:"things"`
	Seals    []string `json:"seals"`
}

// Count is what a taker says of one thing.
type Count struct {
	Thing     Thing     `json:"thing"`
	Seal      string    `json:"seal,omitempty"`
	Condition Condition `json:"condition,omitempty"`
	Remark    string    `json:"remark,omitempty"`  // a code that both sides sign with the count
	Lacking   bool      `json:"lacking,omitempty"` // opened, and there was less in it than its list says
}

// HandoverCounted: the taker counted these things; a second count of a thing replaces the first.
type HandoverCounted struct {
	Handover Thing   `json:"handover"`
	Counts   []Count `json:"counts"`
}

// HandoverSigned: one side signed. Difference is the digest of the difference that the signer saw, "" when there was none.
type HandoverSigned struct {
	Handover   Thing          `json:"handover"`
	Side       string         `json:"side"` // "giver" or "taker"
	By         postal.StaffID `json:"by"`
	Difference string         `json:"difference,omitempty"`
}

// HandoverCompleted: both have signed; custody has passed for all that was counted. What was said and not counted stays with the giver.
type HandoverCompleted struct {
	Handover Thing   `json:"handover"`
	From     Holder  `json:"from"`
	To       Holder  `json:"to"`
	Purpose  string  `json:"purpose,omitempty"`
	Dispatch Thing   `json:"dispatch,omitempty"`
	Moved    []Thing `json:"moved"`
	Short    []Thing `json:"short,omitempty"`
	Refused  []Thing `json:"refused,omitempty"` // counted, but not taken: they turn back to their senders
}

// HandoverWithdrawn: the handover was called off before both had signed; nothing moved.
type HandoverWithdrawn struct {
	Handover Thing  `json:"handover"`
	Reason   string `json:"reason,omitempty"`
}

// Observed: a late scan says that something happened which contradicts the ledger. Nothing moves until a person decides.
type Observed struct {
	Thing  Thing  `json:"thing"`
	What   string `json:"what"`             // the act that was meant
	Code   string `json:"code"`             // why it could not simply be done: the stable code of the refusal
	Holder Holder `json:"holder,omitempty"` // who would hold the thing if the scan is right
}

// IrregularityRaised: two accounts of one thing differ; an office must settle it.
type IrregularityRaised struct {
	Irregularity string            `json:"irregularity"`
	Kind         string            `json:"kind"` // short, over, damaged, wrong_seal, observation, clock, unknown, missing
	Thing        Thing             `json:"thing"`
	Office       postal.OfficeCode `json:"office"`
	Handover     Thing             `json:"handover,omitempty"`
	Says         string            `json:"says,omitempty"`   // the new account: a holder, a seal, a code
	Ledger       string            `json:"ledger,omitempty"` // the account of the ledger
}

// IrregularitySettled: a person decided. Decision is "ledger" (it stands), "observation" (the new account holds) or "noted".
type IrregularitySettled struct {
	Irregularity string `json:"irregularity"`
	Decision     string `json:"decision"`
	Reason       string `json:"reason,omitempty"` // a reason code of the settlement screen
	Thing        Thing  `json:"thing"`
	Holder       Holder `json:"holder,omitempty"` // where the thing is now, when the decision moves it
}

// RangeReserved: an office may give these numbers of a service to items; Printed ones stand on labels already.
type RangeReserved struct {
	Office  postal.OfficeCode `json:"office"`
	Service string            `json:"service"` // the two letters of S10
	From    int               `json:"from"`
	To      int               `json:"to"`
	Printed bool              `json:"printed,omitempty"`
}

// The names of the facts, for ever.
func (ItemAccepted) Fact() string        { return "item.accepted" }
func (ItemPacked) Fact() string          { return "item.packed" }
func (ItemUnpacked) Fact() string        { return "item.unpacked" }
func (ItemTakenOut) Fact() string        { return "item.taken_out" }
func (ItemAttempted) Fact() string       { return "item.attempted" }
func (ItemDelivered) Fact() string       { return "item.delivered" }
func (ItemTakenBack) Fact() string       { return "item.taken_back" }
func (ItemHeld) Fact() string            { return "item.held" }
func (ItemRedirected) Fact() string      { return "item.redirected" }
func (ItemReturning) Fact() string       { return "item.returning" }
func (ItemLost) Fact() string            { return "item.lost" }
func (ItemFound) Fact() string           { return "item.found" }
func (ItemUndone) Fact() string          { return "item.undone" }
func (BagStarted) Fact() string          { return "bag.started" }
func (BagSealed) Fact() string           { return "bag.sealed" }
func (BagUnsealed) Fact() string         { return "bag.unsealed" }
func (BagOpened) Fact() string           { return "bag.opened" }
func (BagEmptied) Fact() string          { return "bag.emptied" }
func (BagLost) Fact() string             { return "bag.lost" }
func (BagFound) Fact() string            { return "bag.found" }
func (DispatchStarted) Fact() string     { return "dispatch.started" }
func (Loaded) Fact() string              { return "dispatch.loaded" }
func (Unloaded) Fact() string            { return "dispatch.unloaded" }
func (DispatchClosed) Fact() string      { return "dispatch.closed" }
func (DispatchReopened) Fact() string    { return "dispatch.reopened" }
func (HandoverOpened) Fact() string      { return "handover.opened" }
func (HandoverCounted) Fact() string     { return "handover.counted" }
func (HandoverSigned) Fact() string      { return "handover.signed" }
func (HandoverCompleted) Fact() string   { return "handover.completed" }
func (HandoverWithdrawn) Fact() string   { return "handover.withdrawn" }
func (Observed) Fact() string            { return "thing.observed" }
func (IrregularityRaised) Fact() string  { return "irregularity.raised" }
func (IrregularitySettled) Fact() string { return "irregularity.settled" }
func (RangeReserved) Fact() string       { return "range.reserved" }
