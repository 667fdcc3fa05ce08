package closedmail

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"citypost/internal/event"
	"citypost/internal/postal"
)

// What goes into a fingerprint of a report is written down here, version by version, and never changes: approvals would fit no longer. A version of a section counts: the same
// words written anew are another report.

// digestOf is the fingerprint of a form: its parts in their order.
func digestOf(parts ...any) (string, error) {
	text, err := json.Marshal(parts)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

type digestPassage struct {
	Section string         `json:"section"`
	Version int            `json:"version"`
	Words   string         `json:"words"`
	Writer  postal.StaffID `json:"writer"`
	AtMs    int64          `json:"at_ms"`
}

type digestTally struct {
	What, Kind string
	N          int
}

func (x PeriodReport) digestWords() []digestPassage {
	words := make([]digestPassage, len(x.Passages))
	for n, p := range x.Passages {
		words[n] = digestPassage{string(p.Section), p.Version, p.Words, p.Writer, p.AtMs}
	}
	return words
}

// Digest is the fingerprint of all words and all figures that the report shows, in the second form.
func (x PeriodReport) Digest() (string, error) {
	type figure struct {
		List, Secrecy, Urgency                                                                         string
		Inter                                                                                          bool
		Items, Delivered, OnTime, Judged, Excused, AfterHours, Left, WaitMin, FeeVND, Unpriced, Paying int64
	}
	type rounds struct {
		Office              string
		Days, Rounds, Below int
	}
	figures, tallies, offices := []figure{}, []digestTally{}, []rounds{}
	for _, c := range x.Classes {
		figures = append(figures, figure{string(c.List), string(c.Secrecy), string(c.Urgency), c.Inter, int64(c.Items), int64(c.Delivered), int64(c.OnTime), int64(c.Judged), int64(c.Excused),
			int64(c.After), int64(c.Left), int64(c.WaitMin), int64(c.FeeVND), int64(c.Unpriced), int64(c.Paying)})
	}
	for _, t := range x.Tallies {
		tallies = append(tallies, digestTally{t.What, t.Kind, t.N})
	}
	for _, o := range x.Rounds {
		offices = append(offices, rounds{string(o.Office), o.Days, o.Rounds, o.Below})
	}
	return digestOf("kt1-report-2", x.Period, x.digestWords(), figures, tallies, [...]int{x.Workers, x.Faulty, x.Ended, x.Intact, x.Inspected}, offices)
}

// FirstDigest is the fingerprint in the first form, which approvals of before bear. It left out people, bodies with faults, deliveries after hours, waiting and items without a price.
func (x PeriodReport) FirstDigest() (string, error) {
	type figure struct {
		List, Secrecy, Urgency                   string
		Inter                                    bool
		Items, Delivered, OnTime, Judged, FeeVND int64
	}
	var figures []figure
	for _, c := range x.Classes {
		figures = append(figures, figure{string(c.List), string(c.Secrecy), string(c.Urgency), c.Inter, int64(c.Items), int64(c.Delivered), int64(c.OnTime), int64(c.Judged), int64(c.FeeVND)})
	}
	tallies := []digestTally{}
	for _, t := range x.Tallies {
		switch last := len(tallies) - 1; {
		case t.What == findingTally: // was not counted
		case t.What == event.InspectionEnded{}.Fact() && last >= 0 && tallies[last].What == t.What:
			tallies[last].N += t.N // kinds were not told apart
		case t.What == event.InspectionEnded{}.Fact():
			tallies = append(tallies, digestTally{t.What, "", t.N})
		default:
			tallies = append(tallies, digestTally{t.What, t.Kind, t.N})
		}
	}
	return digestOf(x.Period, x.digestWords(), figures, tallies)
}
