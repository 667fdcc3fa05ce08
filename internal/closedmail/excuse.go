package closedmail

import (
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// The time limits hold “superior force excepted” (Circular 16/2017, article 4). A supervisor may say of one late item that it was so, and which; its delay is not judged then,
// and every page that shows it says so.

// Forces is the closed list of what excuses a delay.
var Forces = []Reason{"storm", "flood", "fire", "road_closed", "epidemic", "order"}

// Excuse records the superior force by which an item was late.
type Excuse struct {
	Item   postal.ItemNumber `json:"item"`
	Reason Reason            `json:"reason"`
}

// Name of the act.
func (Excuse) Name() string { return "kt1.excuse" }

// Touches the item.
func (a Excuse) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide leaves it to a supervisor of the office that took the item in or delivers it, and refuses an item that was not late, or is excused already.
func (a Excuse) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Forces, a.Reason, "reason"); err != nil {
		return nil, err
	}
	c, ok := CoverOf(v, a.Item)
	i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	switch {
	case !ok || i == nil || c.Origin != e.Office && i.ToOffice != e.Office:
		return nil, unknown(string(a.Item))
	case !late(c, i, v.NowMs):
		return nil, fault.New(fault.Conflict, "closedmail.not_late", "%s không chậm: chỉ ghi bất khả kháng cho bưu gửi đã quá hạn.", "%s is not late: only a late item has superior force recorded.", a.Item).At("reason")
	case c.Excuse != "":
		return nil, fault.New(fault.Conflict, "closedmail.excused", "Bưu gửi này đã ghi bất khả kháng.", "Superior force is recorded for this item already.").At("reason")
	}
	return []event.Fact{event.KT1Excused{Item: a.Item, Reason: string(a.Reason), By: e.Actor}}, nil
}

// late reports whether the first attempt came after the due time, or has not come by now.
func late(c *Cover, i *custody.Item, nowMs int64) bool {
	first := nowMs
	if i.AttemptMs != 0 {
		first = i.AttemptMs
	} else if c.Delivered != 0 {
		first = c.Delivered
	}
	return i.DueMs != 0 && first > i.DueMs
}

// excusePart lets a supervisor record superior force on a late item.
func (v *view) excusePart(c *Cover, i *custody.Item, path string) {
	if !v.May(web.KT1Supervisor) || c.Excuse != "" || !late(c, i, postal.Millis(v.s.Now())) {
		return
	}
	v.add(part{Head: v.T("Chậm vì bất khả kháng", "Late by superior force"), Text: v.T("Bưu gửi sẽ không tính vào tỷ lệ đúng hạn, và các trang ghi rõ lý do. Không sửa lại được.", "The item will not be judged for being on time, and pages say why. It cannot be changed."),
		Form: &form{Action: path + "/excuse", Button: v.T("Ghi bất khả kháng", "Record it"), Kind: web.Second,
			Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: v.unchosen(choices(*v, "force", Forces))}}}})
}

func (s *Pages) postExcuse(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(f *web.Form, c *Cover, _ *custody.Item) (ledger.Act, error) {
		return Excuse{Item: c.Item, Reason: Reason(f.Value("reason"))}, nil
	})
}
