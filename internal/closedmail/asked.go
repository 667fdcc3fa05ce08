package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Asked is an act that waits for its second signature (việc chờ ký): who does it, who is to sign, what exactly, and until when. There is one for a subject; the next
// one about the same subject takes its place when the first has ended.
type Asked struct {
	ID      ID // the act by which it was asked
	Subject ledger.Key
	Act     string // the name of the act that waits
	Body    string // the act itself, as JSON
	First   postal.StaffID
	Second  postal.StaffID
	Office  postal.OfficeCode // where it is done
	AtMs    int64
	UntilMs int64
	Digest  string // of the act and of all that it would do: that is what is signed
	Ended   How    // "" while it waits
	EndedMs int64
	EndedBy postal.StaffID
}

// How an act that waited has ended.
type How string

// The ends of waiting.
const (
	Signed    How = "signed"
	Declined  How = "declined"   // by the second person
	CalledOff How = "called_off" // by the first, or by his office
	Expired   How = "expired"
	Overtaken How = "overtaken" // by another act about the same subject
)

const askedPlace = "kt1:asked"

// AskedKey is where the act that waits about a subject is kept.
func AskedKey(subject ledger.Key) ledger.Key { return "p:" + subject }

// Place is the board of all that waits.
func (w *Asked) Place() string {
	if w.Ended != "" {
		return ""
	}
	return askedPlace
}

// Encode writes it.
func (w *Asked) Encode(dst []byte) []byte { return ledger.Encode(dst, w.fields) }

// Decode reads it.
func (w *Asked) Decode(b []byte) error { return ledger.Decode(b, w.fields) }

func (w *Asked) fields(c *ledger.Codec) {
	ledger.Str(c, &w.ID)
	ledger.Str(c, &w.Subject)
	ledger.Str(c, &w.Act)
	ledger.Str(c, &w.Body)
	ledger.Str(c, &w.First)
	ledger.Str(c, &w.Second)
	ledger.Str(c, &w.Office)
	ledger.Int(c, &w.AtMs)
	ledger.Int(c, &w.UntilMs)
	ledger.Str(c, &w.Digest)
	ledger.Str(c, &w.Ended)
	ledger.Int(c, &w.EndedMs)
	ledger.Str(c, &w.EndedBy)
}

// Waits reports whether it can still be signed.
func (w *Asked) Waits(nowMs int64) bool { return w.Ended == "" && nowMs <= w.UntilMs }

// AskedAbout gives the act about a subject that waits or waited last.
func AskedAbout(v *ledger.View, subject ledger.Key) (*Asked, bool) {
	return ledger.Get[*Asked](v, AskedKey(subject))
}

// AllAsked lists what waits for a signature in the house, also what nobody signed in time and nobody called off.
func AllAsked(v *ledger.View) []*Asked {
	var all []*Asked
	for _, k := range v.At(askedPlace, 'p') {
		if w, ok := ledger.Get[*Asked](v, k); ok {
			all = append(all, w)
		}
	}
	return all
}

// doer is who did what an entry tells: the first of two persons when the entry is the second one's signature.
func doer(e *event.Entry) postal.StaffID {
	if f, ok := factOf[event.SignatureGiven](e.Facts); ok {
		return f.First
	}
	return e.Actor
}

func foldAsked(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.SignatureAsked:
		*ledger.Edit[*Asked](v, AskedKey(ledger.Key(f.Subject))) = Asked{ID: ID(f.Asked), Subject: ledger.Key(f.Subject), Act: f.Act, Body: string(f.Body), First: e.Actor, Second: f.Second,
			Office: e.Office, AtMs: e.OccurredMs, UntilMs: f.UntilMs, Digest: f.Digest}
	case event.SignatureGiven:
		endAsked(v, e, ledger.Key(f.Subject), Signed)
	case event.SignatureEnded:
		endAsked(v, e, ledger.Key(f.Subject), How(f.How))
	default:
		for _, k := range spokenOf(f) {
			endAsked(v, e, k, Overtaken)
		}
	}
}

// endAsked ends what waits about a subject, if anything does.
func endAsked(v *ledger.View, e *event.Entry, subject ledger.Key, how How) {
	if w, ok := AskedAbout(v, subject); !ok || w.Ended != "" {
		return
	}
	w := ledger.Edit[*Asked](v, AskedKey(subject))
	w.Ended, w.EndedMs, w.EndedBy = how, max(e.OccurredMs, w.AtMs), e.Actor // an entry from paper bears an earlier time
}

// spokenOf names the subjects about which a fact leaves nothing to sign: it is done, or it cannot be done any longer.
func spokenOf(f event.Fact) []ledger.Key {
	switch f := f.(type) {
	case event.VesselClosed:
		return []ledger.Key{custody.KeyOf(f.Vessel)}
	case event.VesselReopened:
		return []ledger.Key{custody.KeyOf(f.Vessel)}
	case event.VesselOpened:
		return []ledger.Key{custody.KeyOf(f.Vessel)}
	case event.VesselEmptied:
		return []ledger.Key{custody.KeyOf(f.Vessel)}
	case event.MinutesSigned:
		return []ledger.Key{IncidentKey(ID(f.Incident))}
	case event.IncidentReleased:
		return []ledger.Key{IncidentKey(ID(f.Incident))}
	case event.SearchClosed:
		return []ledger.Key{IncidentKey(ID(f.Incident))}
	case event.ShiftHanded:
		return []ledger.Key{ShiftKey(f.Office)}
	case event.KT1Delivered:
		return []ledger.Key{custody.ItemKey(f.Item)}
	case event.ItemAttempted:
		return []ledger.Key{custody.ItemKey(f.Item)}
	case event.ItemUndone:
		return []ledger.Key{custody.ItemKey(f.Item)}
	case event.PartnerTold:
		return []ledger.Key{custody.ItemKey(f.Item)}
	case event.GivenToPartner:
		var keys []ledger.Key
		for _, b := range f.Bags {
			keys = append(keys, custody.KeyOf(b))
		}
		return keys
	case event.RegisterDestroyed:
		return []ledger.Key{PageKey(Register(f.Register), f.Office, f.Page)}
	case event.IncidentOpened:
		var keys []ledger.Key
		for _, t := range f.Things {
			if k := custody.KeyOf(t); k != "" {
				keys = append(keys, k)
			}
		}
		return keys
	}
	return nil
}
