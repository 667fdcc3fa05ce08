package custody

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// maxOnDispatch bounds a dispatch: its handover is counted by hand.
const maxOnDispatch = 400

// StartDispatch makes up a dispatch for another office (lập chuyến thư).
type StartDispatch struct {
	Office postal.OfficeCode `json:"office"`
	To     postal.OfficeCode `json:"to"`
	Apart  bool              `json:"apart,omitempty"` // numbered in the closed house's series
}

// Name of the act.
func (StartDispatch) Name() string { return "custody.start_dispatch" }

// Touches the office's dispatch numbers.
func (a StartDispatch) Touches() []ledger.Key {
	return []ledger.Key{ownKey(postal.CodeDispatch, a.Office)}
}

// Decide gives the dispatch its number.
func (a StartDispatch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := ownOffice(v, e, a.Office, a.To); err != nil {
		return nil, err
	}
	code, err := nextCode(v, postal.CodeDispatch, a.Office, a.Apart)
	if err != nil {
		return nil, err
	}
	return []event.Fact{event.DispatchStarted{Dispatch: code, To: a.To}}, nil
}

// Load puts a sealed bag or a loose item on an open dispatch.
type Load struct {
	Thing    event.Thing `json:"thing"`
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (Load) Name() string { return "custody.load" }

// Touches thing and dispatch.
func (a Load) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Thing), KeyOf(a.Dispatch)} }

// Decide refuses an unsealed bag and anything the office does not hold.
func (a Load) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	d, err := openDispatch(v, a.Dispatch, e.Office)
	if err != nil {
		return nil, err
	}
	s, ok := v.Get(KeyOf(a.Thing)).(located)
	if !ok {
		return nil, unknown(a.Thing)
	}
	if s.at().In == a.Dispatch {
		return nil, alreadyThere(a.Thing, a.Dispatch)
	}
	if err := held(s, a.Thing, AtOffice(e.Office)); err != nil {
		return nil, err
	}
	if _, isDispatch := s.(*Dispatch); isDispatch {
		return nil, fault.New(fault.Invalid, "custody.not_loadable", "%s là chuyến thư, không xếp lên chuyến khác được.", "%s is a dispatch and cannot be put on another.", a.Thing)
	}
	if err := unsealed(s); err != nil {
		return nil, err
	}
	if d.Count >= maxOnDispatch {
		return nil, fault.New(fault.Conflict, "custody.dispatch_full", "Chuyến %s đã đủ %d túi. Hãy lập chuyến mới.", "Dispatch %s holds %d pieces already. Start a new one.", a.Dispatch, maxOnDispatch)
	}
	return []event.Fact{event.Loaded{Thing: a.Thing, Dispatch: a.Dispatch}}, nil
}

// unsealed refuses a bag without a seal: what is in it could not be answered for by whoever takes it.
func unsealed(s ledger.State) error {
	if b, isBag := s.(*Bag); isBag && b.Status != BagSealed {
		return fault.New(fault.Conflict, "custody.bag_not_sealed_yet",
			"Túi %s không có niêm phong nên chưa xếp lên chuyến hay bàn giao được. Hãy niêm phong túi; nếu túi đã mở để khai thác thì đếm hết rồi kết thúc túi.",
			"Bag %s has no seal, so it cannot be loaded or handed over. Seal it first; a bag that was opened here is counted and emptied instead.", b.Code)
	}
	return nil
}

func openDispatch(v *ledger.View, code event.Thing, o postal.OfficeCode) (*Dispatch, error) {
	d, err := find[*Dispatch](v, code)
	if err != nil {
		return nil, err
	}
	if err := held(d, code, AtOffice(o)); err != nil {
		return nil, err
	}
	if d.Status != DispatchOpen {
		return nil, fault.New(fault.Conflict, "custody.dispatch_closed", "Chuyến thư %s đã đóng. Muốn thêm hoặc bớt, hãy mở lại chuyến trước.", "Dispatch %s is closed. To add or take off, reopen it first.", code)
	}
	return d, nil
}

// Unload takes something off a dispatch that is not closed yet.
type Unload struct {
	Thing    event.Thing `json:"thing"`
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (Unload) Name() string { return "custody.unload" }

// Touches thing and dispatch.
func (a Unload) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Thing), KeyOf(a.Dispatch)} }

// Decide refuses unless the thing is on this open dispatch.
func (a Unload) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if _, err := openDispatch(v, a.Dispatch, e.Office); err != nil {
		return nil, err
	}
	s, ok := v.Get(KeyOf(a.Thing)).(located)
	if !ok {
		return nil, unknown(a.Thing)
	}
	if s.at().In != a.Dispatch {
		return nil, notInside(a.Thing, a.Dispatch)
	}
	return []event.Fact{event.Unloaded{Thing: a.Thing, Dispatch: a.Dispatch}}, nil
}

// CloseDispatch ends the loading; after it the dispatch can be handed over.
type CloseDispatch struct {
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (CloseDispatch) Name() string { return "custody.close_dispatch" }

// Touches the dispatch.
func (a CloseDispatch) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Dispatch)} }

// Decide refuses an empty dispatch.
func (a CloseDispatch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	d, err := openDispatch(v, a.Dispatch, e.Office)
	if err != nil {
		return nil, err
	}
	if d.Count == 0 {
		return nil, fault.New(fault.Conflict, "custody.dispatch_empty", "Chuyến thư %s chưa có túi nào.", "Dispatch %s is empty.", a.Dispatch)
	}
	return []event.Fact{event.DispatchClosed{Dispatch: a.Dispatch, Count: d.Count}}, nil
}

// ReopenDispatch lets the office that closed a dispatch load it again before it leaves.
type ReopenDispatch struct {
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (ReopenDispatch) Name() string { return "custody.reopen_dispatch" }

// Touches the dispatch.
func (a ReopenDispatch) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Dispatch)} }

// Decide refuses once the dispatch is being handed over.
func (a ReopenDispatch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := findNow[*Dispatch](v, e, a.Dispatch)
	if err != nil {
		return nil, err
	}
	if err := held(d, a.Dispatch, AtOffice(e.Office)); err != nil {
		return nil, err
	}
	if d.Status != DispatchClosed || d.From != e.Office {
		return nil, fault.New(fault.Conflict, "custody.dispatch_not_closed", "Chuyến thư %s không ở trạng thái đã đóng tại bưu cục này.", "Dispatch %s is not closed at this office.", a.Dispatch)
	}
	return []event.Fact{event.DispatchReopened{Dispatch: a.Dispatch}}, nil
}
