package closedmail

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// askedFor is how long an act waits for its second signature. Both stand before the same thing: whoever has not signed by then counts again.
const askedFor = 30 * time.Minute

// Ask lets an act of two persons wait until the second, whom it names, signs in a session of his own. Nothing is done until then; but what the act would find wrong at
// once, a seal that differs, is not put off.
type Ask[A Joint] struct {
	Act A `json:"act"`
}

// Name of the act: that of the act that waits, asked for.
func (a Ask[A]) Name() string { return a.Act.Name() + ".ask" }

// Touches what the act touches.
func (a Ask[A]) Touches() []ledger.Key { return append(a.Act.Touches(), AskedKey(a.Act.subject())) }

// Decide refuses what the act itself would refuse if it were signed now, and a second act about the same subject.
func (a Ask[A]) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	body, err := json.Marshal(a.Act)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", a.Act.Name(), err)
	}
	w := &Asked{ID: ID(idOf(e, 0)), Subject: a.Act.subject(), Act: a.Act.Name(), Body: string(body), First: e.Actor, Second: a.Act.second(), Office: e.Office}
	would, digest, err := w.rehearse(v, a.Act, e)
	if err != nil {
		return nil, err
	}
	if onlyIncidents(would) {
		return would, nil
	}
	asked := event.SignatureAsked{Asked: string(w.ID), Subject: string(w.Subject), Act: w.Act, Body: body, Second: w.Second, UntilMs: v.NowMs + askedFor.Milliseconds(), Digest: digest}
	before, there := AskedAbout(v, w.Subject)
	switch {
	case !there || before.Ended != "":
		return []event.Fact{asked}, nil
	case before.Waits(v.NowMs):
		return nil, fault.New(fault.Conflict, "closedmail.asked_already", "Việc này đang chờ %s ký. Hãy đợi ký, hoặc thu lại đề nghị rồi làm lại.",
			"This waits for the signature of %s already. Wait, or call that off first.", before.Second).At("second")
	}
	return []event.Fact{event.SignatureEnded{Asked: string(before.ID), Subject: string(before.Subject), How: string(Expired)}, asked}, nil
}

// rehearse lets the act decide as if both had signed, and gives the mark of all that the two signatures stand for: the act, who does it and where, what lies in what
// it is about, and every fact that it would make.
func (w *Asked) rehearse(v *ledger.View, act Joint, e ledger.Envelope) (would []event.Fact, digest string, err error) {
	full, err := act.looked(everything)
	if err != nil {
		return nil, "", err
	}
	e.OccurredMs = Occurred(full, postal.FromMillis(e.OccurredMs))
	if would, err = full.Decide(v, e); err != nil {
		return nil, "", err
	}
	h := sha256.New()
	write := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s\n", len(p), p)
		}
	}
	write(w.Act, w.Body, string(w.First), string(w.Second), string(w.Office))
	for _, c := range act.seen(v) {
		write(string(c))
	}
	for _, f := range would {
		body, err := json.Marshal(f)
		if err != nil {
			return nil, "", fmt.Errorf("read %s: %w", f.Fact(), err)
		}
		write(f.Fact(), string(body))
	}
	return would, hex.EncodeToString(h.Sum(nil)[:16]), nil
}

func onlyIncidents(facts []event.Fact) bool {
	for _, f := range facts {
		if _, ok := f.(event.IncidentOpened); !ok {
			return false
		}
	}
	return true
}

// Sign is the signature of the second person, in his own session. Digest is the mark of what was on his screen. The act decides anew: papers, incidents and contents are
// those of now, and when it would do anything else than what was asked, nothing is signed.
type Sign struct {
	Subject ledger.Key `json:"subject"`
	Asked   ID         `json:"asked"`
	Digest  Digest     `json:"digest"`
	AtMs    int64      `json:"at_ms,omitempty"` // that of the act, when it tells what stands on paper
	Looked
}

// Digest is the mark of what is signed.
type Digest string

// Name of the act.
func (Sign) Name() string { return "kt1.sign" }

func (a Sign) when() int64 { return a.AtMs }

// Touches what waits.
func (a Sign) Touches() []ledger.Key { return []ledger.Key{AskedKey(a.Subject)} }

// Decide refuses the first person, a third one, one who comes too late, and another content than was asked.
func (a Sign) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	w, err := waiting(v, a.Subject, a.Asked)
	if err != nil {
		return nil, err
	}
	if err := a.check(v, e, w); err != nil {
		return nil, err
	}
	act, err := w.Of()
	if err != nil {
		return nil, askChanged()
	}
	if t, ok := act.(timed); a.AtMs != 0 && (!ok || a.AtMs != t.when()) { // nobody dates a signature back
		return nil, askChanged()
	}
	first, err := w.envelope(e)
	if err != nil {
		return nil, err
	}
	_, digest, err := w.rehearse(v, act, first)
	if err != nil {
		return nil, err
	}
	if digest != w.Digest {
		return nil, askChanged()
	}
	signed, err := act.looked(a.Looked)
	if err != nil {
		return nil, err
	}
	facts, err := signed.Decide(v, first)
	if err != nil {
		return nil, err
	}
	given := event.SignatureGiven{Asked: string(w.ID), Subject: string(w.Subject), Act: w.Act, First: w.First, Second: w.Second, Digest: w.Digest}
	return append([]event.Fact{given}, facts...), nil
}

func (a Sign) check(v *ledger.View, e ledger.Envelope, w *Asked) error {
	switch {
	case e.Actor == w.First:
		return samePerson()
	case e.Actor != w.Second:
		return fault.New(fault.Forbidden, "closedmail.not_asked", "Việc này chờ người khác ký, không phải bạn.", "This waits for somebody else's signature, not yours.")
	case e.Office != w.Office:
		return fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", w.Office)
	case !w.Waits(v.NowMs):
		return fault.New(fault.Conflict, "closedmail.ask_expired", "Đã quá giờ chờ ký (%s). Người thứ nhất kiểm lại rồi gửi ký lại.",
			"It waited until %s. The first person looks again and asks anew.", postal.FromMillis(w.UntilMs).In(postal.HoChiMinh).Format("15:04"))
	case string(a.Digest) != w.Digest:
		return fault.New(fault.Conflict, "closedmail.ask_other", "Nội dung trên màn hình không phải nội dung đang chờ ký. Hãy tải lại trang, xem lại rồi ký.",
			"What is on your screen is not what waits for your signature. Reload the page, look again, then sign.")
	}
	return nil
}

func samePerson() error {
	return fault.New(fault.Conflict, "closedmail.same_person", "Hai chữ ký phải của hai người khác nhau.", "The two signatures must be those of two different persons.").At("second")
}

func askChanged() error {
	return fault.New(fault.Conflict, "closedmail.ask_changed", "Từ lúc gửi ký, sổ đã thay đổi nên nội dung không còn đúng. Chưa ghi gì. Người thứ nhất thu lại, kiểm lại rồi gửi ký lại.",
		"The books have changed since it was asked, so this is no longer what was asked. Nothing is recorded. The first person calls it off, looks again and asks anew.")
}

// envelope is that of the first person: the act is his, done where he asked, at the time that the signature bears. Its id is that of the asking, so what it opens has one name.
func (w *Asked) envelope(e ledger.Envelope) (ledger.Envelope, error) {
	id, err := hex.DecodeString(string(w.ID))
	if err != nil || len(id) != len(e.Act) {
		return e, fmt.Errorf("id %q of what waits", w.ID)
	}
	first := ledger.Envelope{OccurredMs: e.OccurredMs, Office: w.Office, Actor: w.First}
	copy(first.Act[:], id)
	return first, nil
}

func noAsk() *fault.Error {
	return fault.New(fault.NotFound, "closedmail.no_ask", "Không có việc này trong danh sách chờ ký.", "Nothing of this kind waits for a signature.")
}

// waiting gives what waits about a subject, if it is still the same.
func waiting(v *ledger.View, subject ledger.Key, id ID) (*Asked, error) {
	if _, err := parseID(string(id)); err != nil {
		return nil, err
	}
	w, ok := AskedAbout(v, subject)
	switch {
	case !ok || w.ID != id:
		return nil, noAsk()
	case w.Ended != "":
		return nil, fault.New(fault.Conflict, "closedmail.ask_ended", "Việc này không còn chờ ký: %[1]s.", "This does not wait any longer: %[2]s.", Say("how", string(w.Ended)).VI, Say("how", string(w.Ended)).EN)
	}
	return w, nil
}

// Decline is the second person's refusal to sign. Nothing has happened; whoever asked must look again.
type Decline struct {
	Subject ledger.Key `json:"subject"`
	Asked   ID         `json:"asked"`
}

// Name of the act.
func (Decline) Name() string { return "kt1.decline" }

// Touches what waits.
func (a Decline) Touches() []ledger.Key { return []ledger.Key{AskedKey(a.Subject)} }

// Decide leaves it to the second person.
func (a Decline) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	w, err := waiting(v, a.Subject, a.Asked)
	if err != nil {
		return nil, err
	}
	if e.Actor != w.Second {
		return nil, fault.New(fault.Forbidden, "closedmail.not_asked", "Việc này chờ người khác ký, không phải bạn.", "This waits for somebody else's signature, not yours.")
	}
	return []event.Fact{event.SignatureEnded{Asked: string(w.ID), Subject: string(w.Subject), How: string(Declined)}}, nil
}

// CallOff takes back what waits for a signature.
type CallOff struct {
	Subject ledger.Key `json:"subject"`
	Asked   ID         `json:"asked"`
}

// Name of the act.
func (CallOff) Name() string { return "kt1.call_off" }

// Touches what waits.
func (a CallOff) Touches() []ledger.Key { return []ledger.Key{AskedKey(a.Subject)} }

// Decide lets the first person do it, and whoever works at his office when he is gone.
func (a CallOff) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	w, err := waiting(v, a.Subject, a.Asked)
	if err != nil {
		return nil, err
	}
	if e.Actor != w.First {
		if err := mayWork(v, e.Actor, w.Office, Clerk, Supervisor); err != nil {
			return nil, err
		}
	}
	return []event.Fact{event.SignatureEnded{Asked: string(w.ID), Subject: string(w.Subject), How: string(CalledOff)}}, nil
}
