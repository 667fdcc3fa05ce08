package api

import (
	"context"

	"citypost/internal/postal"
	"citypost/internal/tracking"
)

// Tracked is what anyone who knows a number may know.
type Tracked struct {
	Number      string         `json:"number"`
	Step        string         `json:"step" enum:"accepted,moving,at_delivery_office,out_for_delivery,delivered" doc:"How far it has come; with an exception, how far it came before"`
	Exception   string         `json:"exception,omitempty" enum:"held,attempted,returning,returned,trouble"`
	Head        string         `json:"head" doc:"The same in words, in the language asked for"`
	Todo        string         `json:"todo" enum:"wait,be_there,next_attempt,check_address,wait_hold,fetch,call,nothing"`
	TodoText    string         `json:"todo_text"`
	Ended       bool           `json:"ended"`
	Late        bool           `json:"late"`
	Origin      string         `json:"origin"`
	Destination string         `json:"destination" doc:"The delivering office"`
	Unit        string         `json:"unit" doc:"The commune it goes to"`
	At          string         `json:"at,omitempty" doc:"The office where it is now"`
	Expected    string         `json:"expected,omitempty" format:"date"`
	HeldUntil   string         `json:"held_until,omitempty" format:"date"`
	Reason      string         `json:"reason,omitempty"`
	Attempts    int            `json:"attempts"`
	Events      []TrackedEvent `json:"events" doc:"Newest first"`
}

// TrackedEvent is one thing that happened, fit for anyone's eyes.
type TrackedEvent struct {
	At     string `json:"at" format:"date-time"`
	Kind   string `json:"kind" enum:"accepted,departed,arrived,out_for_delivery,attempted,held,redirected,returning,delivered,returned,trouble,found"`
	Text   string `json:"text"`
	Office string `json:"office,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Reason string `json:"reason,omitempty"`
	Until  string `json:"until,omitempty" format:"date"`
	Undone bool   `json:"undone,omitempty" doc:"Noted by mistake and taken back"`
}

type trackIn struct {
	Code string `path:"code" doc:"The item's number. Every number that is not shown gets the same answer"`
}

func (s *Service) track(ctx context.Context, c *call, in *trackIn) (*body[Tracked], error) {
	st, err := s.Tracker.Track(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := Tracked{
		Number: string(st.Number), Step: string(st.Step), Exception: string(st.Exception), Head: st.Head(c.lang), Todo: string(st.Todo), TodoText: st.Todo.In(c.lang),
		Ended: st.Ended, Late: st.Late, Origin: string(st.Origin), Destination: string(st.Destination), Unit: string(st.Unit), At: string(st.At),
		Expected: dayText(st.Expected), HeldUntil: dayText(st.HeldUntil), Reason: st.Reason, Attempts: st.Attempts, Events: make([]TrackedEvent, len(st.Events)),
	}
	for n, e := range st.Events {
		out.Events[n] = trackedEvent(e, c.lang)
	}
	return &body[Tracked]{out}, nil
}

func trackedEvent(e tracking.Event, lang string) TrackedEvent {
	return TrackedEvent{At: stamp(e.AtMs), Kind: string(e.Kind), Text: e.In(lang), Office: string(e.Office), Unit: string(e.Unit), Reason: e.Reason, Until: dayText(e.Until), Undone: e.Undone}
}

func dayText(d postal.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
