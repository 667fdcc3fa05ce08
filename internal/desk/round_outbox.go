package desk

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/assets"
)

// getWorker serves the service worker of the round from its own path: a browser lets it see nothing above that.
func getWorker(w http.ResponseWriter, _ *http.Request) error {
	b, err := assets.Open("round-sw.js")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(b)
	return err
}

// kept is one outcome as a carrier's device kept it until it found a network.
type kept struct {
	ID         string `json:"id"` // made by the device: sending twice is harmless
	Kind       string `json:"kind"`
	Item       string `json:"item"`
	OccurredMs int64  `json:"occurred_ms"`
	To         string `json:"to"`
	Relation   string `json:"relation"`
	Name       string `json:"name"`
	How        string `json:"how"`
	Witness    string `json:"witness"`
	Signature  []byte `json:"signature"`
	Photo      []byte `json:"photo"`
	Reason     string `json:"reason"`
	Next       string `json:"next"`
}

// answer says what became of one outcome.
type answer struct {
	ID      string `json:"id"`
	Status  string `json:"status"` // done, observed, refused
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"` // in the language of the device
}

// What becomes of an outcome.
const (
	statusDone     = "done"     // in the ledger
	statusObserved = "observed" // in the ledger as seen against what it says: the office settles it
	statusRefused  = "refused"  // says nothing that could be recorded: to be mended
)

// maxKept bounds one sending; the device sends ten.
const maxKept = 50

// Limits of a device's clock that can be written at all: what is merely wrong is recorded and judged by custody.
const (
	firstClock = 946_684_800_000   // 2000
	lastClock  = 4_102_444_800_000 // 2100
)

// postOutbox takes what a device kept. Each outcome is answered for itself; the same outcome again gets the same answer. What happened at a door is never
// refused for what the ledger knows: against it, it is recorded as seen.
func (s *Service) postOutbox(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Person postal.StaffID `json:"person"`
		Acts   []kept         `json:"acts"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	who := web.PersonOf(r)
	office, err := who.Here()
	if err != nil {
		return err
	}
	switch {
	case body.Person != who.ID:
		return fault.New(fault.Forbidden, "desk.other_person",
			"Những việc này do người khác ghi trên máy. Người đó phải đăng nhập để gửi.",
			"Somebody else recorded these on the device. That person has to sign in to send them.")
	case len(body.Acts) == 0 || len(body.Acts) > maxKept:
		return fault.New(fault.TooLarge, "desk.outbox_size", "Mỗi lần gửi từ 1 đến %d việc.", "Send 1 to %d outcomes at a time.", maxKept)
	}
	answers, err := s.takeKept(r, office, who, body.Acts)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]any{"answers": answers})
}

func readJSON(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	err := d.Decode(into)
	if err == nil && d.Decode(&struct{}{}) != io.EOF {
		err = errors.New("more than one value")
	}
	var big *http.MaxBytesError
	if err == nil || errors.As(err, &big) {
		return err
	}
	return fault.New(fault.Invalid, "desk.outbox_json", "Không đọc được dữ liệu gửi lên.", "What was sent cannot be read.").Because(err)
}

// takeKept writes the outcomes that can be written, together, and answers each in the order given.
func (s *Service) takeKept(r *http.Request, office postal.OfficeCode, who web.Person, acts []kept) ([]answer, error) {
	p := web.NewPage(r, "", "")
	answers := make([]answer, len(acts))
	var subs []ledger.Submission
	var at []int // the answer that each submission gives
	for n, k := range acts {
		answers[n].ID = k.ID
		sub, err := s.submission(r, office, who, k)
		if err != nil {
			f, ok := fault.From(err)
			if !ok || f.Kind == fault.Unavailable {
				return nil, err
			}
			answers[n] = answer{ID: k.ID, Status: statusRefused, Code: f.Code, Message: p.Say(f)}
			continue
		}
		subs, at = append(subs, sub), append(at, n)
	}
	results, err := s.Ledger.AppendAll(r.Context(), subs)
	if err != nil {
		return nil, err
	}
	for n, result := range results {
		a, err := s.answerOf(r, p, subs[n], result)
		if err != nil {
			return nil, err
		}
		answers[at[n]] = a
	}
	return answers, nil
}

// submission makes the act of a kept outcome, its proofs stored first.
func (s *Service) submission(r *http.Request, office postal.OfficeCode, who web.Person, k kept) (sub ledger.Submission, err error) {
	if sub.Envelope.Act, err = postal.ParseActID(k.ID); err != nil {
		return sub, err
	}
	if k.OccurredMs < firstClock || k.OccurredMs > lastClock {
		return sub, fault.New(fault.Invalid, "desk.outbox_time", "Thiếu thời điểm phát.", "The time of the outcome is missing.")
	}
	number, err := postal.ParseItemNumber(k.Item)
	if err != nil {
		return sub, err
	}
	sub.OccurredMs, sub.Office, sub.Actor = k.OccurredMs, office, who.ID
	switch k.Kind {
	case "attempt":
		sub.Act = custody.Late{Act: custody.Attempt{Item: number, Reason: k.Reason, Next: k.Next}}
		return sub, nil
	case "deliver":
		act, err := s.keptDelivery(r, sub.Envelope.Act, number, k)
		sub.Act = custody.Late{Act: act}
		return sub, err
	}
	return sub, fault.New(fault.Invalid, "desk.outbox_kind", "Không có loại việc %q.", "There is no kind of outcome %q.", k.Kind)
}

func (s *Service) keptDelivery(r *http.Request, id postal.ActID, number postal.ItemNumber, k kept) (custody.Deliver, error) {
	act := custody.Deliver{Item: number, To: k.To}
	i, ok := ledger.Get[*custody.Item](s.Ledger.View(r.Context()), custody.ItemKey(number))
	if !ok {
		return act, nil // custody records it as unknown
	}
	t := taken{To: k.To, How: k.How, Relation: k.Relation, Signature: k.Signature, Photo: k.Photo}
	var err error
	if t.Name, err = cleanName(k.Name); err != nil {
		return act, err
	}
	if t.Witness, err = cleanName(k.Witness); err != nil {
		return act, err
	}
	if t.Relation != "" && !slices.Contains(relations, t.Relation) {
		t.Relation = "other"
	}
	if err := t.check(i); err != nil {
		return act, err
	}
	act.Proof, err = s.keepTaken(r.Context(), i, id, t)
	return act, err
}

func cleanName(text string) (string, error) {
	text, err := postal.Clean(text)
	if err == nil && len([]rune(text)) > maxTakenName {
		text = string([]rune(text)[:maxTakenName])
	}
	return text, err
}

// answerOf turns the ledger's result into words for the carrier. An act that is there already under this id, sent by another path or from another
// role, counts as done when it concerns the same item.
func (s *Service) answerOf(r *http.Request, p web.Page, sub ledger.Submission, result ledger.Result) (answer, error) {
	a := answer{ID: sub.Envelope.Act.String(), Status: statusDone}
	receipt, err := result.Receipt, result.Err
	if fault.Code(err) == "ledger.act_reused" {
		was, known, ferr := s.Ledger.Find(r.Context(), sub.Envelope.Act)
		if ferr != nil {
			return a, ferr
		}
		if known && concerns(was.Facts, sub.Act.Touches()) {
			receipt, err = was, nil
		}
	}
	if f, ok := fault.From(err); ok && f.Kind != fault.Unavailable {
		a.Status, a.Code, a.Message = statusRefused, f.Code, p.Say(f)
		return a, nil
	}
	if err != nil {
		return a, err
	}
	for _, fact := range receipt.Facts {
		if o, ok := fact.(event.Observed); ok {
			a.Status, a.Code, a.Message = statusObserved, o.Code, s.observedWords(r, p, o.Thing)
		}
	}
	return a, nil
}

func concerns(facts []event.Fact, keys []ledger.Key) bool {
	for _, f := range facts {
		var t event.Thing
		switch f := f.(type) {
		case event.ItemDelivered:
			t = event.Thing(f.Item)
		case event.ItemAttempted:
			t = event.Thing(f.Item)
		case event.Observed:
			t = f.Thing
		}
		if slices.Contains(keys, custody.KeyOf(t)) {
			return true
		}
	}
	return false
}

// observedWords tell the carrier what the ledger knows of an item that he recorded otherwise.
func (s *Service) observedWords(r *http.Request, p web.Page, t event.Thing) string {
	i, ok := ledger.Get[*custody.Item](s.Ledger.View(r.Context()), custody.KeyOf(t))
	tail := p.T(" Đã ghi lại, bưu cục sẽ xử lý.", " Recorded; the office will settle it.")
	switch {
	case !ok:
		return p.T("Bưu gửi này không có trong sổ.", "This item is not in the ledger.") + tail
	case i.Ended():
		return p.T("Theo sổ, bưu gửi này đã kết thúc: ", "By the ledger this item has ended: ") + say(p, "stage", i.Stage) + ", " + s.officeName(i.Last.Office) + ", " + p.Millis(i.EndedMs) + "." + tail
	case i.In != "":
		return p.T("Theo sổ, bưu gửi này đang nằm trong ", "By the ledger this item is inside ") + grouped(i.In) + "." + tail
	}
	return p.T("Theo sổ, bưu gửi này không ở trong tay bạn mà ở: ", "By the ledger this item is not in your hands but with: ") + s.holderName(r.Context(), p, i.Holder) + "." + tail
}
