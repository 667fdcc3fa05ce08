package custody

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Letters gives the two service letters of S10 that our numbers for a service start with.
// The operator's real prefixes are not public. RR is the UPU's own for registered mail (S10: RA–RZ). NH and NT are our choice for dossiers, from the
// letters that S10 leaves to bilateral and domestic use (N, when both posts agree): they never leave the country.
// NK is our choice for KT1, from the same letters: a series apart, which no other service uses.
func Letters(s event.Service) string {
	switch s {
	case event.Registered:
		return "RR"
	case event.DossierSend:
		return "NH"
	case event.DossierReturn:
		return "NT"
	case event.KT1:
		return "NK"
	}
	return ""
}

// OfDossier reports whether an item's number is of a service that carries dossiers.
func OfDossier(n postal.ItemNumber) bool {
	return len(n) == 13 && n[0] == 'N' && (n[1] == 'H' || n[1] == 'T')
}

// rangeKey is where an office's numbers of a service are kept; with no office, all ranges of the service.
func rangeKey(letters string, o postal.OfficeCode) ledger.Key {
	return ledger.Key("n:" + letters + ":" + string(o))
}

// Accept takes an item from its sender (chấp nhận). With Item it is the number of a printed label, without the office's next number is given.
type Accept struct {
	Item     postal.ItemNumber `json:"item,omitempty"`
	Service  event.Service     `json:"service"`
	ToUnit   postal.UnitCode   `json:"to_unit"`
	ToOffice postal.OfficeCode `json:"to_office"`
	WeightG  postal.Grams      `json:"weight_g"`
	FeeVND   postal.VND        `json:"fee_vnd"`
	Rules    []string          `json:"rules,omitempty"`
	DueMs    int64             `json:"due_ms,omitempty"`
	Receipt  string            `json:"receipt,omitempty"`
	Office   postal.OfficeCode `json:"office"`         // the same as the envelope's: the numbers are this office's
	From     event.Holder      `json:"from,omitempty"` // an agency that sends it: the item stays there until the handover is signed
}

// Name of the act.
func (Accept) Name() string { return "custody.accept" }

// Touches the office's numbers and, for a printed label, the item that must not be there yet.
func (a Accept) Touches() []ledger.Key {
	keys := []ledger.Key{rangeKey(Letters(a.Service), a.Office)}
	if a.Item != "" {
		keys = append(keys, ItemKey(a.Item))
	}
	return keys
}

// Decide refuses unknown services, numbers of other offices and numbers given before.
func (a Accept) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := a.check(v, e); err != nil {
		return nil, err
	}
	number, err := a.number(v)
	if err != nil {
		return nil, err
	}
	return []event.Fact{event.ItemAccepted{
		Item: number, Service: a.Service, ToUnit: a.ToUnit, ToOffice: a.ToOffice, WeightG: a.WeightG,
		FeeVND: a.FeeVND, Rules: a.Rules, DueMs: a.DueMs, Receipt: a.Receipt, From: a.From,
	}}, nil
}

func (a Accept) check(v *ledger.View, e ledger.Envelope) error {
	switch {
	case Letters(a.Service) == "":
		return fault.New(fault.Invalid, "custody.service", "Không có dịch vụ %q.", "There is no service %q.", string(a.Service)).At("service")
	case a.Office != e.Office:
		return fault.New(fault.Forbidden, "custody.other_office",
			"Chỉ được chấp nhận bưu gửi tại bưu cục của mình.", "Items are accepted only at your own office.")
	case a.From != "" && Agency(a.From) == "":
		return fault.New(fault.Invalid, "custody.from", "Chỉ cơ quan mới gửi bằng phiên bàn giao; người gửi khác trao tại quầy.", "Only an agency sends by a handover; others give at the counter.").At("from")
	case a.WeightG <= 0:
		return fault.New(fault.Invalid, "custody.weight", "Khối lượng phải lớn hơn 0.", "The weight must be more than 0.").At("weight_g")
	case a.FeeVND < 0:
		return fault.New(fault.Invalid, "custody.fee", "Cước không được âm.", "The fee must not be negative.").At("fee_vnd")
	case a.ToUnit == "" || a.ToOffice == "":
		return fault.New(fault.Invalid, "custody.destination", "Thiếu nơi đến: hãy chọn xã, phường.", "The destination is missing: choose the commune.").At("to_unit")
	}
	return checkClock(v, e)
}

// number is the printed one, checked, or the office's next.
func (a Accept) number(v *ledger.View) (postal.ItemNumber, error) {
	letters := Letters(a.Service)
	have, _ := ledger.Get[*Numbers](v, rangeKey(letters, a.Office))
	if a.Item != "" {
		return a.Item, a.printed(v, have)
	}
	if have != nil {
		for _, r := range have.Ranges {
			if !r.Printed && r.Next <= r.To {
				return postal.MakeItemNumber(letters, r.Next)
			}
		}
	}
	return "", fault.New(fault.Unavailable, "custody.numbers_exhausted",
		"Bưu cục %s đã hết số hiệu %s. Hãy báo quản trị viên cấp dải số mới.",
		"Office %s has no %s numbers left. Ask the administrator to reserve a new range.", a.Office, letters)
}

func (a Accept) printed(v *ledger.View, have *Numbers) error {
	if _, used := ledger.Get[*Item](v, ItemKey(a.Item)); used {
		return fault.New(fault.Conflict, "custody.number_used",
			"Số hiệu %s đã dùng cho một bưu gửi khác. Hãy bỏ nhãn này và dán nhãn mới.",
			"Number %s was given to another item already. Discard this label and use a new one.", a.Item).At("item")
	}
	if have != nil && a.Item.Service() == Letters(a.Service) {
		for _, r := range have.Ranges {
			if s := a.Item.Serial(); r.Printed && r.From <= s && s <= r.To {
				return nil
			}
		}
	}
	return fault.New(fault.Conflict, "custody.number_foreign",
		"Số hiệu %s không thuộc dải nhãn in sẵn của bưu cục này.",
		"Number %s is not one of this office's printed labels.", a.Item).At("item")
}

// ReserveRange lets an office give numbers of a service, From to To. A number is reserved once in the service's whole life.
type ReserveRange struct {
	Office  postal.OfficeCode `json:"office"`
	Letters string            `json:"letters"`
	From    int               `json:"from"`
	To      int               `json:"to"`
	Printed bool              `json:"printed,omitempty"`
}

// Name of the act.
func (ReserveRange) Name() string { return "custody.reserve_range" }

// Touches the office's numbers and the service's.
func (a ReserveRange) Touches() []ledger.Key {
	return []ledger.Key{rangeKey(a.Letters, a.Office), rangeKey(a.Letters, "")}
}

// Decide refuses a range that overlaps any reserved before.
func (a ReserveRange) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	if _, err := postal.MakeItemNumber(a.Letters, a.From); err != nil {
		return nil, err
	}
	if _, err := postal.MakeItemNumber(a.Letters, a.To); err != nil {
		return nil, err
	}
	if a.From > a.To || a.Office == "" {
		return nil, fault.New(fault.Invalid, "custody.range", "Dải số từ %d đến %d không hợp lệ.", "The range from %d to %d is not valid.", a.From, a.To)
	}
	if all, ok := ledger.Get[*Numbers](v, rangeKey(a.Letters, "")); ok {
		for _, r := range all.Ranges {
			if a.From <= r.To && r.From <= a.To {
				return nil, fault.New(fault.Conflict, "custody.range_taken",
					"Dải số trùng với dải %d–%d đã cấp. Hãy chọn dải khác.",
					"The range overlaps %d–%d, which is reserved already. Choose another.", r.From, r.To)
			}
		}
	}
	return []event.Fact{event.RangeReserved{Office: a.Office, Service: a.Letters, From: a.From, To: a.To, Printed: a.Printed}}, nil
}

func foldRange(v *ledger.View, f event.RangeReserved) {
	r := Range{From: f.From, To: f.To, Next: f.From, Printed: f.Printed}
	for _, o := range []postal.OfficeCode{f.Office, ""} {
		n := ledger.Edit[*Numbers](v, rangeKey(f.Service, o))
		n.Ranges = append(n.Ranges, r)
	}
}

func foldAccepted(v *ledger.View, e *event.Entry, f event.ItemAccepted) {
	i := ledger.Edit[*Item](v, ItemKey(f.Item))
	i.Code, i.Service, i.Origin, i.WeightG, i.FeeVND = f.Item, f.Service, e.Office, f.WeightG, f.FeeVND
	i.AcceptedMs, i.DueMs, i.AcceptSeq, i.AcceptAct, i.Receipt = e.OccurredMs, f.DueMs, e.Seq, e.Act, f.Receipt
	i.Moment = Moment{Stage: Accepted, ToUnit: f.ToUnit, ToOffice: f.ToOffice}
	i.Holder, i.SentBy = event.Sender, f.From
	i.before(e, f)
	if f.From != "" {
		i.to(f.From, e.Seq)
	} else {
		i.to(AtOffice(e.Office), e.Seq)
	}
	n := ledger.Edit[*Numbers](v, rangeKey(f.Item.Service(), e.Office))
	for k := range n.Ranges {
		if r := &n.Ranges[k]; !r.Printed && r.Next == f.Item.Serial() {
			r.Next++
		}
	}
}

// ownKey is where an office's next bag, dispatch or handover number is kept.
func ownKey(kind postal.CodeKind, o postal.OfficeCode) ledger.Key {
	return ledger.Key("n:" + string('0'+byte(kind)) + ":" + string(o))
}

// lastOpen is the last serial of an office's bags, dispatches and handovers in the open house; above it count those of the closed one. So no code exists twice, and the
// gaps in one house's numbers say nothing about the other.
const lastOpen = 899_999

// nextCode is the office's next number of a kind, of the closed house's series when apart.
func nextCode(v *ledger.View, kind postal.CodeKind, o postal.OfficeCode, apart bool) (event.Thing, error) {
	n, _ := ledger.Get[*Numbers](v, ownKey(kind, o))
	next := 1
	if n != nil {
		next = n.Next + 1
	}
	if apart {
		next = max(next, lastOpen+1)
	} else if next > lastOpen {
		return "", fault.New(fault.Conflict, "custody.numbers_used_up", "Bưu cục đã dùng hết số của loại này. Hãy báo quản trị viên.", "The office has used up its numbers of this kind. Tell an administrator.")
	}
	code, err := postal.MakeCode(kind, o, next)
	return event.Thing(code), err
}

func foldOwn(v *ledger.View, code event.Thing) error {
	kind, o, serial, err := postal.ParseCode(string(code))
	if err != nil {
		return err
	}
	ledger.Edit[*Numbers](v, ownKey(kind, o)).Next = serial
	return nil
}
