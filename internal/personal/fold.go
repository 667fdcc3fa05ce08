package personal

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
)

// Kinds lists the states that personal keeps in the ledger: requests (l) and what is known of a thing's data (a).
func Kinds() []ledger.Kind {
	return []ledger.Kind{
		{Letter: 'l', New: func() ledger.State { return &Request{} }, Trail: true},
		{Letter: 'a', New: func() ledger.State { return &Kept{} }, Trail: true},
	}
}

// Fold brings the facts of requests and holds into their states. Facts of others pass by.
func Fold(v *ledger.View, e *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.PersonalAsked:
		*ledger.Edit[*Request](v, RequestKey(f.Request)) = Request{Code: f.Request, Kind: f.Kind, Things: f.Things, Via: f.Via, Office: e.Office,
			AskedMs: e.RecordedMs, DueMs: f.DueMs, Rules: f.Rules}
	case event.PersonalAnswered:
		r := ledger.Edit[*Request](v, RequestKey(f.Request))
		r.Decision, r.Reason, r.DecidedMs = f.Decision, f.Reason, e.RecordedMs
		if r.Kind == Object && f.Decision == Granted {
			for _, t := range r.Things {
				ledger.Edit[*Kept](v, KeptKey(t)).Objected = true
			}
		}
	case event.PersonalForgotten:
		ledger.Edit[*Kept](v, KeptKey(f.Thing)).ForgottenMs = e.RecordedMs
	case event.PersonalRestricted:
		ledger.Edit[*Kept](v, KeptKey(f.Thing)).Restricted = true
	case event.PersonalHeld:
		k := ledger.Edit[*Kept](v, KeptKey(f.Thing))
		k.Holds = append(k.Holds, f.Reason)
	case event.PersonalReleased:
		k := ledger.Edit[*Kept](v, KeptKey(f.Thing))
		k.Holds = slices.DeleteFunc(k.Holds, func(r string) bool { return r == f.Reason })
	}
	return nil
}
