package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// answer is what became of one scan.
type answer struct {
	id      string // "" when what was sent is no id
	receipt ledger.Receipt
	err     error
}

// scans takes a batch of acts: read all, write all that can be read in one go, answer each for itself.
func (s *Service) scans(w http.ResponseWriter, r *http.Request) error {
	c := callOf(r.Context())
	if err := c.admit(anyMover + "|" + web.Supervisor); err != nil {
		return err
	}
	body, err := readBody(r.Body, r.ContentLength)
	if err != nil {
		return err
	}
	b, err := decodeScans(body)
	if err != nil {
		return err
	}
	answers := make([]answer, len(b.scans))
	subs := make([]ledger.Submission, 0, len(b.scans))
	at := make([]int, 0, len(b.scans)) // which scan a submission is
	m := memory{call: c}
	for i := range b.scans {
		sub, err := m.submission(r, &b.scans[i])
		if !sub.Envelope.Act.IsZero() {
			answers[i].id = b.scans[i].ID
		}
		if err != nil {
			answers[i].err = err
			continue
		}
		subs, at = append(subs, sub), append(at, i)
	}
	results, err := s.Ledger.AppendAll(r.Context(), subs)
	if err != nil {
		return err
	}
	for n, res := range results {
		if cannotWrite(res.Err) {
			return res.Err
		}
		answers[at[n]].receipt, answers[at[n]].err = res.Receipt, res.Err
	}
	return s.writeAnswers(w, r, answers, b.facts, c.lang)
}

// cannotWrite tells a ledger that writes nothing now (stopped, disk full) from one act's refusal.
func cannotWrite(err error) bool {
	f, ok := fault.From(err)
	return ok && f.Kind == fault.Unavailable && (strings.HasPrefix(f.Code, "ledger.") || strings.HasPrefix(f.Code, "db."))
}

// memory keeps what was found out about office and actor for one scan, as the next one mostly asks the same.
type memory struct {
	*call
	asked, actorAsked string
	right             web.Right
	off               postal.OfficeCode
	who               postal.StaffID
	err               error
	set               bool
}

func (m *memory) place(r *http.Request, s *Scan, right web.Right) (postal.OfficeCode, postal.StaffID, error) {
	if m.set && m.asked == s.Office && m.actorAsked == s.Actor && m.right == right {
		return m.off, m.who, m.err
	}
	m.set, m.asked, m.actorAsked, m.right = true, s.Office, s.Actor, right
	m.off, m.err = m.office(s.Office, right)
	if m.err == nil {
		m.who, m.err = m.actor(r.Context(), s.Actor, right, m.off)
	}
	return m.off, m.who, m.err
}

// submission reads one scan. The envelope's id is set as soon as it is known to be one.
func (m *memory) submission(r *http.Request, sc *sent) (ledger.Submission, error) {
	a, ok := acts[sc.Act]
	sub, err := m.build(r, &sc.Scan, a)
	switch {
	case sub.Envelope.Act.IsZero():
		return sub, err
	case sc.wrong != nil:
		return sub, sc.wrong
	case sc.Act == "":
		return sub, missing("act")
	case sc.Act == "sign_handover":
		return sub, errSignAlone
	case !ok:
		return sub, errUnknownAct
	}
	return sub, err
}

// build makes the submission of an act. An act of no kind gets its id read and nothing more.
func (m *memory) build(r *http.Request, sc *Scan, a act) (sub ledger.Submission, err error) {
	if sc.ID == "" {
		return sub, missing("id")
	}
	if sub.Envelope.Act, err = postal.ParseActID(sc.ID); err != nil || a.read == nil {
		return sub, err
	}
	if sub.Office, sub.Actor, err = m.place(r, sc, a.right); err != nil {
		return sub, err
	}
	at, err := moment(sc.OccurredAt)
	if err != nil {
		return sub, err
	}
	sub.OccurredMs = at.UnixMilli()
	rd := reading{Scan: sc, env: sub.Envelope, at: at, places: m.s.Places, clock: m.s.Clock, till: m.s.Till}
	sub.Act = a.read(&rd)
	if sc.Late {
		sub.Act = late(sub.Act)
	}
	return sub, rd.wrong
}

// moment reads when something happened. Years are bounded so that a broken clock cannot write a time that nobody can read back; whether
// the clock is right is custody's to judge.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, missing("occurred_at")
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil || at.Year() < 1980 || at.Year() > 2200 {
		return at, fault.New(fault.Invalid, "api.time",
			"Thời điểm phải theo RFC 3339, ví dụ 2026-03-02T08:00:00+07:00.",
			"A time is written as in RFC 3339, for example 2026-03-02T08:00:00+07:00.").At("occurred_at")
	}
	return at, nil
}

// maxBody is enough for 200 scans with every member, five times over.
const maxBody = 1 << 20

// readBody reads a body up to the limit as one text.
func readBody(body io.Reader, length int64) (string, error) {
	if length > maxBody {
		return "", &http.MaxBytesError{Limit: maxBody}
	}
	var b strings.Builder
	if length > 0 {
		b.Grow(int(length))
	}
	n, err := io.Copy(&b, io.LimitReader(body, maxBody+1))
	if err != nil {
		return "", fault.New(fault.Invalid, "api.body", "Không nhận được hết nội dung. Hãy gửi lại.", "The body did not arrive whole. Send it again.").Because(err)
	}
	if n > maxBody {
		return "", &http.MaxBytesError{Limit: maxBody}
	}
	return b.String(), nil
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 64<<10); return &b }}

func (s *Service) writeAnswers(w http.ResponseWriter, r *http.Request, answers []answer, facts bool, lang string) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	b := append((*buf)[:0], `{"results":[`...)
	for i := range answers {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = s.appendAnswer(b, r, &answers[i], facts, lang); err != nil {
			return err
		}
	}
	b = append(b, "]}\n"...)
	*buf = b
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, err := w.Write(b)
	if err != nil {
		s.log().DebugContext(r.Context(), "answer not taken", "err", err)
	}
	return nil
}

// timeForm is how every time of the API is written: UTC, milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

func (s *Service) appendAnswer(b []byte, r *http.Request, a *answer, facts bool, lang string) ([]byte, error) {
	b = append(b, `{"id":`...)
	b = appendText(b, a.id)
	if a.err != nil {
		return s.appendRefusal(b, r, a.err, lang), nil
	}
	if a.receipt.Repeated {
		b = append(b, `,"status":"repeated","seq":`...)
	} else {
		b = append(b, `,"status":"recorded","seq":`...)
	}
	b = strconv.AppendInt(b, a.receipt.Seq, 10)
	b = append(b, `,"recorded_at":"`...)
	b = time.UnixMilli(a.receipt.RecordedMs).UTC().AppendFormat(b, timeForm)
	b = append(b, '"')
	thing, raised := made(a.receipt.Facts)
	if thing != "" {
		b = appendText(append(b, `,"thing":`...), thing)
	}
	for n, x := range raised {
		if n == 0 {
			b = append(b, `,"irregularities":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendText(b, x)
	}
	if len(raised) > 0 {
		b = append(b, ']')
	}
	if facts {
		list, err := json.Marshal(factsOf(a.receipt.Facts))
		if err != nil {
			return b, fmt.Errorf("write facts of entry %d: %w", a.receipt.Seq, err)
		}
		b = append(append(b, `,"facts":`...), list...)
	}
	return append(b, '}'), nil
}

func (s *Service) appendRefusal(b []byte, r *http.Request, err error, lang string) []byte {
	p := problemOf(err, lang)
	logProblem(r.Context(), s.log(), p, err)
	b = appendText(append(b, `,"status":"refused","code":`...), p.Code)
	b = appendText(append(b, `,"message":`...), p.Detail)
	b = appendText(append(b, `,"message_vi":`...), p.DetailVI)
	b = appendText(append(b, `,"message_en":`...), p.DetailEN)
	if p.Field != "" {
		b = appendText(append(b, `,"field":`...), p.Field)
	}
	if p.Status >= http.StatusInternalServerError {
		b = append(b, `,"retry":true`...)
	}
	return append(b, '}')
}

// made gives the code of what an act made new, and the irregularities that it raised.
func made(facts []event.Fact) (thing string, raised []string) {
	for _, f := range facts {
		switch f := f.(type) {
		case event.ItemAccepted:
			thing = string(f.Item)
		case event.BagStarted:
			thing = string(f.Bag)
		case event.DispatchStarted:
			thing = string(f.Dispatch)
		case event.HandoverOpened:
			thing = string(f.Handover)
		case event.IrregularityRaised:
			raised = append(raised, f.Irregularity)
		}
	}
	return thing, raised
}

const hexDigits = "0123456789abcdef"

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}
