package closedmail

import (
	"context"

	"citypost/internal/event"
	"citypost/internal/postal"
)

// Count is one figure that may leave the closed house: how much of a kind, over the whole post. It never names a body, a pair, an office, a route or a person.
type Count struct {
	What string `json:"what"` // "items", "on_time", "incidents" …
	Kind string `json:"kind"` // a class or a choice, "" for all
	N    int64  `json:"n"`
}

// counted are the facts that leave as counts, with the name under which they do.
var counted = map[string]string{
	event.IncidentOpened{}.Fact(): "incidents", event.IncidentReported{}.Fact(): "incidents_reported", event.ComplaintOpened{}.Fact(): "complaints", event.ComplaintAnswered{}.Fact(): "complaints_answered",
	event.InspectionEnded{}.Fact(): "inspections", event.ItemAttempted{}.Fact(): "attempts_failed",
}

// Counts gives the figures of a period for the report that the open house makes. Small ones are suppressed by whoever signs the file.
func (r *Records) Counts(ctx context.Context, from, to postal.Day, nowMs int64) ([]Count, error) {
	classes, err := r.Volume(ctx, from, to, nowMs)
	if err != nil {
		return nil, err
	}
	tallies, err := r.Tallies(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var out []Count
	add := func(what, kind string, n int64) {
		for i := range out {
			if out[i].What == what && out[i].Kind == kind {
				out[i].N += n
				return
			}
		}
		out = append(out, Count{what, kind, n})
	}
	for _, c := range classes {
		scope := "intra"
		if c.Inter {
			scope = "inter"
		}
		add("items", scope, int64(c.Items))
		add("items", "list:"+string(c.List), int64(c.Items))
		add("items", "secrecy:"+orNone(string(c.Secrecy)), int64(c.Items))
		add("items", "urgency:"+orNone(string(c.Urgency)), int64(c.Items))
		add("delivered", "", int64(c.Delivered))
		add("judged", "", int64(c.Judged))
		add("on_time", "", int64(c.OnTime))
		add("after_hours", "", int64(c.After))
		add("revenue_vnd", "", int64(c.FeeVND))
	}
	for _, t := range tallies {
		if what, ok := counted[t.What]; ok {
			add(what, t.Kind, int64(t.N))
		}
	}
	return out, nil
}

func orNone(s string) string {
	if s == "" {
		return nothing
	}
	return s
}
