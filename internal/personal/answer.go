package personal

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
)

// The decisions on a request.
const (
	Granted = "granted"
	Refused = "refused"
)

// refusals are the reasons for which a request may be refused; each is a reason of the law, so there is no "other".
var refusals = []string{"not_party", "identity", "retention", "held", "under_way"}

// Answer decides a request. Granting a deletion forgets the people of its things; granting a restriction hides them.
type Answer struct {
	Request  string `json:"request"`
	Decision string `json:"decision"`
	Reason   string `json:"reason,omitempty"`
}

// Name of the act.
func (Answer) Name() string { return "personal.answer" }

// Touches the request.
func (a Answer) Touches() []ledger.Key { return []ledger.Key{RequestKey(a.Request)} }

// Decide refuses a second answer, a refusal without a reason, and to erase what is held.
func (a Answer) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	r, ok := ledger.Get[*Request](v, RequestKey(a.Request))
	switch {
	case !ok:
		return nil, unknown()
	case r.Decision != "":
		return nil, fault.New(fault.Conflict, "personal.answered", "Yêu cầu %s đã được trả lời.", "Request %s was answered already.", a.Request)
	case a.Decision != Granted && a.Decision != Refused:
		return nil, fault.New(fault.Invalid, "personal.decision", "Hãy chọn: thực hiện hoặc từ chối.", "Choose: granted or refused.").At("decision")
	case a.Decision == Refused && !slices.Contains(refusals, a.Reason):
		return nil, fault.New(fault.Invalid, "personal.reason", "Từ chối phải có lý do theo danh sách.", "A refusal needs a reason of the list.").At("reason")
	}
	f := event.PersonalAnswered{Request: a.Request, Decision: a.Decision}
	if a.Decision == Refused {
		f.Reason = a.Reason
		return []event.Fact{f}, nil
	}
	facts := []event.Fact{f}
	for _, t := range r.Things {
		switch r.Kind {
		case Delete:
			if err := free(v, t); err != nil {
				return nil, err
			}
			facts = append(facts, event.PersonalForgotten{Thing: t, Request: a.Request})
		case Restrict:
			facts = append(facts, event.PersonalRestricted{Thing: t, Request: a.Request})
		}
	}
	return facts, nil
}

func unknown() error {
	return fault.New(fault.NotFound, "personal.unknown", "Không có yêu cầu này.", "There is no such request.")
}
