package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// PrintLabel puts the label of an item with the stamp of KT1 on paper. A second label on another cover would pass for the item, so every further copy has a reason and
// leaves its trace.
type PrintLabel struct {
	Item   postal.ItemNumber `json:"item"`
	Reason Reason            `json:"reason,omitempty"`
}

// Name of the act.
func (PrintLabel) Name() string { return "kt1.print_label" }

// Touches the cover.
func (a PrintLabel) Touches() []ledger.Key { return []ledger.Key{CoverKey(a.Item)} }

// Decide refuses an item that is not at the office, and a further copy without a reason.
func (a PrintLabel) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	c, ok := CoverOf(v, a.Item)
	if !ok {
		return nil, unknown(string(a.Item))
	}
	if holder, _ := custody.Holder(v, event.Thing(a.Item)); custody.Office(holder) != e.Office {
		return nil, fault.New(fault.Conflict, "closedmail.label_elsewhere", "Bưu gửi không ở bưu cục này nên không in nhãn ở đây.", "The item is not at this office, so no label is printed here.").At("item")
	}
	if c.Labels == 0 {
		if a.Reason != "" {
			return nil, fault.New(fault.Conflict, "closedmail.first_label", "Nhãn chưa in lần nào: bản đầu không cần lý do.", "No label was printed yet: the first needs no reason.").At("reason")
		}
		return []event.Fact{event.KT1LabelPrinted{Item: a.Item, Copy: 1}}, nil
	}
	if err := oneOf(Relabels, a.Reason, "reason"); err != nil {
		return nil, fault.New(fault.Conflict, "closedmail.relabel", "Nhãn này đã in. In lại phải chọn lý do, và để lại dấu vết.", "This label was printed. A further one needs a reason and leaves a trace.").At("reason")
	}
	return []event.Fact{event.KT1LabelPrinted{Item: a.Item, Copy: c.Labels + 1, Reason: string(a.Reason)}}, nil
}
