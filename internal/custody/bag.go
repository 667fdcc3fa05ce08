package custody

import (
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// maxInBag bounds a bag: more would not fit one, and a manifest longer than this cannot be counted by hand.
const maxInBag = 1000

// StartBag puts up an empty bag bound for an office. Its number is the office's next.
type StartBag struct {
	Office postal.OfficeCode `json:"office"`
	To     postal.OfficeCode `json:"to"`
	Apart  bool              `json:"apart,omitempty"` // numbered in the closed house's series
}

// Name of the act.
func (StartBag) Name() string { return "custody.start_bag" }

// Touches the office's bag numbers.
func (a StartBag) Touches() []ledger.Key { return []ledger.Key{ownKey(postal.CodeBag, a.Office)} }

// Decide gives the bag its number.
func (a StartBag) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := ownOffice(v, e, a.Office, a.To); err != nil {
		return nil, err
	}
	code, err := nextCode(v, postal.CodeBag, a.Office, a.Apart)
	if err != nil {
		return nil, err
	}
	return []event.Fact{event.BagStarted{Bag: code, To: a.To}}, nil
}

// ownOffice refuses to start something at another office or for one's own.
func ownOffice(v *ledger.View, e ledger.Envelope, own, to postal.OfficeCode) error {
	switch {
	case own != e.Office:
		return fault.New(fault.Forbidden, "custody.other_office", "Chỉ làm được tại bưu cục của mình.", "This is done only at your own office.")
	case to == "" || to == own:
		return fault.New(fault.Invalid, "custody.destination_office", "Hãy chọn bưu cục đến khác với bưu cục này.", "Choose an office of destination other than this one.").At("to")
	}
	return checkClock(v, e)
}

// Pack puts an item into an open bag (đóng túi).
type Pack struct {
	Item postal.ItemNumber `json:"item"`
	Bag  event.Thing       `json:"bag"`
}

// Name of the act.
func (Pack) Name() string { return "custody.pack" }

// Touches item and bag.
func (a Pack) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item), KeyOf(a.Bag)} }

// Decide refuses unless the office holds both and the bag is open.
func (a Pack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	b, err := openBag(v, a.Bag, e.Office)
	if err != nil {
		return nil, err
	}
	i, err := find[*Item](v, event.Thing(a.Item))
	if err != nil {
		return nil, err
	}
	if i.In == a.Bag {
		return nil, alreadyThere(a.Item, a.Bag)
	}
	if err := held(i, event.Thing(a.Item), AtOffice(e.Office)); err != nil {
		return nil, err
	}
	if b.Count >= maxInBag {
		return nil, fault.New(fault.Conflict, "custody.bag_full", "Túi %s đã đủ %d bưu gửi. Hãy mở túi mới.", "Bag %s holds %d items already. Start a new bag.", a.Bag, maxInBag)
	}
	return []event.Fact{event.ItemPacked{Item: a.Item, Bag: a.Bag}}, nil
}

func alreadyThere[T ~string](t T, in event.Thing) error {
	return fault.New(fault.Conflict, "custody.already_there", "%s đã có trong %s rồi, không ghi thêm.", "%s is in %s already; nothing was added.", string(t), in)
}

// openBag gives a bag that stands open in the office's hands.
func openBag(v *ledger.View, code event.Thing, o postal.OfficeCode) (*Bag, error) {
	b, err := find[*Bag](v, code)
	if err != nil {
		return nil, err
	}
	if err := held(b, code, AtOffice(o)); err != nil {
		return nil, err
	}
	if b.Status != BagOpen {
		return nil, fault.New(fault.Conflict, "custody.bag_closed",
			"Túi %s đã niêm phong (%s). Muốn thêm hoặc bớt, hãy mở lại túi trước.",
			"Bag %s is sealed (%s). To add or take out, reopen it first.", code, b.Seal)
	}
	return b, nil
}

// Unpack takes an item out of a bag that is not sealed yet.
type Unpack struct {
	Item postal.ItemNumber `json:"item"`
	Bag  event.Thing       `json:"bag"`
}

// Name of the act.
func (Unpack) Name() string { return "custody.unpack" }

// Touches item and bag.
func (a Unpack) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item), KeyOf(a.Bag)} }

// Decide refuses unless the item is in this open bag.
func (a Unpack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if _, err := openBag(v, a.Bag, e.Office); err != nil {
		return nil, err
	}
	i, err := find[*Item](v, event.Thing(a.Item))
	if err != nil {
		return nil, err
	}
	if i.In != a.Bag {
		return nil, notInside(a.Item, a.Bag)
	}
	return []event.Fact{event.ItemUnpacked{Item: a.Item, Bag: a.Bag}}, nil
}

func notInside[T ~string](t T, in event.Thing) error {
	return fault.New(fault.Conflict, "custody.not_inside", "%s không có trong %s theo sổ.", "By the ledger %s is not in %s.", string(t), in)
}

// SealBag closes a bag with a seal (niêm phong).
type SealBag struct {
	Bag  event.Thing `json:"bag"`
	Seal string      `json:"seal"`
}

// Name of the act.
func (SealBag) Name() string { return "custody.seal_bag" }

// Touches the bag.
func (a SealBag) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Bag)} }

// Decide refuses an empty bag and a seal without a number.
func (a SealBag) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	b, err := openBag(v, a.Bag, e.Office)
	if err != nil {
		return nil, err
	}
	if b.Count == 0 {
		return nil, fault.New(fault.Conflict, "custody.bag_empty", "Túi %s chưa có bưu gửi nào.", "Bag %s is empty.", a.Bag)
	}
	if err := checkSeal(a.Seal); err != nil {
		return nil, err
	}
	return []event.Fact{event.BagSealed{Bag: a.Bag, Seal: a.Seal, Count: b.Count}}, nil
}

func checkSeal(s string) error {
	if s == "" || len(s) > 32 || strings.TrimSpace(s) != s {
		return fault.New(fault.Invalid, "custody.seal", "Hãy quét hoặc gõ số niêm phong (tối đa 32 ký tự).", "Scan or type the number of the seal (at most 32 characters).").At("seal")
	}
	return nil
}

// UnsealReasons are why a sealed bag is opened again at the office that sealed it.
var UnsealReasons = []string{"forgotten", "wrong_item", "wrong_destination", "seal_broken", "other"}

// UnsealBag opens a bag again at the office that sealed it, before it has left.
type UnsealBag struct {
	Bag    event.Thing `json:"bag"`
	Reason string      `json:"reason"`
}

// Name of the act.
func (UnsealBag) Name() string { return "custody.unseal_bag" }

// Touches the bag.
func (a UnsealBag) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Bag)} }

// Decide refuses any office but the one that sealed it.
func (a UnsealBag) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	b, err := findNow[*Bag](v, e, a.Bag)
	if err != nil {
		return nil, err
	}
	if err := held(b, a.Bag, AtOffice(e.Office)); err != nil {
		return nil, err
	}
	if b.Status != BagSealed || b.From != e.Office {
		return nil, fault.New(fault.Conflict, "custody.bag_not_ours", "Chỉ bưu cục đã niêm phong mới được mở lại túi %s.", "Only the office that sealed bag %s may reopen it.", a.Bag)
	}
	if err := oneOf(UnsealReasons, a.Reason, "reason"); err != nil { // the ledger keeps it for ever
		return nil, err
	}
	return []event.Fact{event.BagUnsealed{Bag: a.Bag, Reason: a.Reason}}, nil
}

// OpenBag breaks the seal at the office of destination (mở túi). Seal is the number found; another than the ledger's raises an irregularity.
type OpenBag struct {
	Bag  event.Thing `json:"bag"`
	Seal string      `json:"seal"`
}

// Name of the act.
func (OpenBag) Name() string { return "custody.open_bag" }

// Touches the bag.
func (a OpenBag) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Bag)} }

// Decide refuses any office but the one the bag is bound for.
func (a OpenBag) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	b, err := findNow[*Bag](v, e, a.Bag)
	if err != nil {
		return nil, err
	}
	if b.To != e.Office {
		return nil, fault.New(fault.Forbidden, "custody.bag_wrong_office",
			"Túi %s gửi cho bưu cục %s, bưu cục này không được mở. Hãy chuyển tiếp túi.",
			"Bag %s is bound for office %s and must not be opened here. Send it on.", a.Bag, b.To)
	}
	if err := held(b, a.Bag, AtOffice(e.Office)); err != nil {
		return nil, err
	}
	if b.Status != BagSealed {
		return nil, fault.New(fault.Conflict, "custody.bag_not_sealed", "Túi %s đã được mở rồi.", "Bag %s has been opened already.", a.Bag)
	}
	if err := checkSeal(a.Seal); err != nil {
		return nil, err
	}
	facts := []event.Fact{event.BagOpened{Bag: a.Bag, Seal: a.Seal}}
	if a.Seal != b.Seal {
		facts = append(facts, raise(e, 0, event.IrregularityRaised{Kind: "wrong_seal", Thing: a.Bag, Office: e.Office, Says: a.Seal, Ledger: b.Seal}))
	}
	return facts, nil
}

// TakeOut counts an item out of an opened bag. One that should not be in it is recorded as seen here.
type TakeOut struct {
	Item      postal.ItemNumber `json:"item"`
	Bag       event.Thing       `json:"bag"`
	Condition event.Condition   `json:"condition,omitempty"`
}

// Name of the act.
func (TakeOut) Name() string { return "custody.take_out" }

// Touches item and bag.
func (a TakeOut) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item), KeyOf(a.Bag)} }

// Decide lets an item that is not in the bag by the ledger be seen, never moved.
func (a TakeOut) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if err := openedBag(v, a.Bag, e.Office); err != nil {
		return nil, err
	}
	i, known := ledger.Get[*Item](v, ItemKey(a.Item))
	here := AtOffice(e.Office)
	switch {
	case !known:
		return seen(e, event.Thing(a.Item), a.Name(), "custody.unknown", "unknown", here, ""), nil
	case i.In == a.Bag:
		facts := []event.Fact{event.ItemTakenOut{Item: a.Item, Bag: a.Bag, Condition: a.Condition}}
		if a.Condition == event.Damaged {
			facts = append(facts, raise(e, 0, event.IrregularityRaised{Kind: "damaged", Thing: event.Thing(a.Item), Office: e.Office}))
		}
		return facts, nil
	case i.Holder == here:
		return nil, fault.New(fault.Conflict, "custody.already_counted", "%s đã được đếm rồi.", "%s has been counted already.", a.Item)
	}
	return seen(e, event.Thing(a.Item), a.Name(), "custody.not_inside", "over", here, where(i.at())), nil
}

func openedBag(v *ledger.View, code event.Thing, o postal.OfficeCode) error {
	b, err := find[*Bag](v, code)
	if err != nil {
		return err
	}
	if err := held(b, code, AtOffice(o)); err != nil {
		return err
	}
	if b.Status != BagOpened {
		return fault.New(fault.Conflict, "custody.bag_not_opened", "Túi %s chưa mở. Hãy quét số niêm phong để mở túi trước.", "Bag %s is not opened yet. Scan its seal to open it first.", code)
	}
	return nil
}

// where is the ledger's account of a position, for an irregularity.
func where(p *Position) string {
	if p.In != "" {
		return string(p.In)
	}
	return string(p.Holder)
}

// EmptyBag ends the count of an opened bag. What is still in it by the ledger is missing.
type EmptyBag struct {
	Bag event.Thing `json:"bag"`
}

// Name of the act.
func (EmptyBag) Name() string { return "custody.empty_bag" }

// Touches the bag; what is still in it is found by its place.
func (a EmptyBag) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Bag)} }

// Decide raises an irregularity for every item that was not counted.
func (a EmptyBag) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if err := openedBag(v, a.Bag, e.Office); err != nil {
		return nil, err
	}
	emptied := event.BagEmptied{Bag: a.Bag}
	var raised []event.Fact
	for n, k := range v.At(string(KeyOf(a.Bag)), 'i') {
		item := postal.ItemNumber(k[2:])
		emptied.Short = append(emptied.Short, item)
		raised = append(raised, raise(e, n, event.IrregularityRaised{Kind: "missing", Thing: event.Thing(item), Office: e.Office, Ledger: string(a.Bag)}))
	}
	return append([]event.Fact{emptied}, raised...), nil
}
