package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// StartDispatch makes up a dispatch for another office. It goes in a KT1 vehicle, or by other means with an escort all the way.
type StartDispatch struct {
	Office  postal.OfficeCode `json:"office"`
	To      postal.OfficeCode `json:"to"`
	Vehicle FacilityCode      `json:"vehicle,omitempty"`
	Escort  postal.StaffID    `json:"escort,omitempty"`
	Guard   Guard             `json:"guard,omitempty"`
}

// Name of the act.
func (StartDispatch) Name() string { return "kt1.start_dispatch" }

func (a StartDispatch) inner() custody.StartDispatch {
	return custody.StartDispatch{Office: a.Office, To: a.To, Apart: true}
}

// Touches the office's dispatch numbers.
func (a StartDispatch) Touches() []ledger.Key { return a.inner().Touches() }

// Decide refuses a vehicle that has not passed its inspection, and an escort without valid papers.
func (a StartDispatch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if _, err := postal.ParseOfficeCode(string(a.To)); err != nil {
		return nil, err
	}
	if err := transport(v, e.Office, &Vessel{Vehicle: a.Vehicle, Escort: a.Escort}); err != nil {
		return nil, err
	}
	if err := oneOf(Guards, a.Guard, "guard"); err != nil {
		return nil, err
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	d, _ := factOf[event.DispatchStarted](facts)
	return append(facts, event.TransportNamed{Thing: d.Dispatch, Vehicle: string(a.Vehicle), Escort: a.Escort, Guard: string(a.Guard)}), nil
}

// Load puts a closed bag or box on an open dispatch. KT1 items never travel loose.
type Load struct {
	Bag      event.Thing `json:"bag"`
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (Load) Name() string { return "kt1.load" }

func (a Load) inner() custody.Load { return custody.Load{Thing: a.Bag, Dispatch: a.Dispatch} }

// Touches bag and dispatch.
func (a Load) Touches() []ledger.Key { return a.inner().Touches() }

// Decide refuses loose items and frozen bags.
func (a Load) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if k := custody.KeyOf(a.Bag); k == "" || k[0] != 'b' {
		return nil, fault.New(fault.Invalid, "closedmail.loose", "Chỉ xếp túi, hộp đã niêm phong; bưu gửi KT1 không đi rời.", "Only closed bags and boxes are loaded; KT1 items never travel loose.").At("bag")
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	return a.inner().Decide(v, e)
}

// Unload takes a bag or box off a dispatch that is not closed yet.
type Unload struct {
	Bag      event.Thing `json:"bag"`
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (Unload) Name() string { return "kt1.unload" }

func (a Unload) inner() custody.Unload { return custody.Unload{Thing: a.Bag, Dispatch: a.Dispatch} }

// Touches bag and dispatch.
func (a Unload) Touches() []ledger.Key { return a.inner().Touches() }

// Decide refuses a frozen bag.
func (a Unload) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	return a.inner().Decide(v, e)
}

// CloseDispatch ends the loading.
type CloseDispatch struct {
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (CloseDispatch) Name() string { return "kt1.close_dispatch" }

// Touches the dispatch.
func (a CloseDispatch) Touches() []ledger.Key { return custody.CloseDispatch(a).Touches() }

// Decide refuses a dispatch with something frozen on it.
func (a CloseDispatch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, a.Dispatch); err != nil {
		return nil, err
	}
	return custody.CloseDispatch(a).Decide(v, e)
}

// ReopenDispatch lets a closed dispatch be loaded again before it leaves.
type ReopenDispatch struct {
	Dispatch event.Thing `json:"dispatch"`
}

// Name of the act.
func (ReopenDispatch) Name() string { return "kt1.reopen_dispatch" }

// Touches the dispatch.
func (a ReopenDispatch) Touches() []ledger.Key { return custody.ReopenDispatch(a).Touches() }

// Decide leaves it to custody: nothing moves.
func (a ReopenDispatch) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	return custody.ReopenDispatch(a).Decide(v, e)
}
