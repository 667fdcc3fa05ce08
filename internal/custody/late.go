package custody

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
)

// Late carries an act that happened earlier, on a device without network. The thing has happened, so it is never refused for what the ledger
// knows: if it contradicts the ledger, it is recorded as an observation and raises an irregularity.
type Late struct {
	Act ledger.Act `json:"act"`
}

// claimer is an act that can come late: it says which thing is concerned and who would hold it.
type claimer interface {
	ledger.Act
	claims() (event.Thing, event.Holder)
}

// Name of the act.
func (a Late) Name() string { return "late:" + a.Act.Name() }

// Touches what the act itself touches.
func (a Late) Touches() []ledger.Key { return a.Act.Touches() }

// Decide records what cannot be done as seen. Only malformed acts are refused: they say nothing.
func (a Late) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	c, ok := a.Act.(claimer)
	if !ok {
		return nil, fault.New(fault.Invalid, "custody.not_late", "Thao tác này không gửi muộn được.", "This act cannot be sent late.")
	}
	thing, holder := c.claims()
	atNow := e
	atNow.OccurredMs = v.NowMs // its clock is judged below, not by the rule for acts at a counter
	facts, err := a.Act.Decide(v, atNow)
	if fault.Is(err, fault.Invalid) {
		return nil, err
	}
	if err != nil {
		f, isFault := fault.From(err)
		if !isFault {
			return nil, err
		}
		facts = seen(e, thing, a.Act.Name(), f.Code, lateKind(f), holder, accountOf(v, thing))
	}
	if e.OccurredMs > v.NowMs+clockAhead.Milliseconds() || e.OccurredMs < v.NowMs-lateBehind.Milliseconds() {
		facts = append(facts, raise(e, len(facts), event.IrregularityRaised{Kind: "clock", Thing: thing, Office: e.Office}))
	}
	return facts, nil
}

func lateKind(f *fault.Error) string {
	if f.Kind == fault.NotFound {
		return "unknown"
	}
	return "observation"
}

func accountOf(v *ledger.View, t event.Thing) string {
	if s, ok := v.Get(KeyOf(t)).(located); ok {
		return where(s.at())
	}
	return ""
}
