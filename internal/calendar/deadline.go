package calendar

import (
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Service is what was accepted.
type Service string

// The services with a journey time.
const (
	KT1           Service = "kt1"
	DossierSend   Service = "dossier-send"
	DossierReturn Service = "dossier-return"
	BasicLetter   Service = "letter"
	Registered    Service = "registered"
)

// Route is how far it goes, in the words of the rules.
type Route string

// The routes. KT1 and letters know Intra and Inter; dossiers know the other four.
const (
	Intra            Route = "intra"             // nội tỉnh
	Inter            Route = "inter"             // liên tỉnh
	SameDistrict     Route = "same-district"     // trong một quận, huyện (cũ)
	BetweenDistricts Route = "between-districts" // giữa các quận, huyện (cũ) trong tỉnh
	Cities           Route = "cities"            // giữa các đô thị loại đặc biệt, loại I
	OtherProvince    Route = "other-province"    // liên tỉnh khác
)

// Class is the urgency of a KT1 item.
type Class string

// The classes of urgency.
const (
	Plain   Class = "plain"
	Express Class = "express" // hoả tốc
	Timed   Class = "timed"   // hẹn giờ
)

// Question asks when something must have been delivered, or first attempted.
type Question struct {
	Service  Service
	Route    Route
	Class    Class           // KT1 only; empty is Plain
	Secrecy  string          // KT1 only: "A", "B", "C" or empty
	Slip     bool            // dossier-send only: the appointment slip is brought back
	Special  bool            // an area of special geography: no journey time is fixed for it
	Accepted time.Time       // when it was accepted; its day in Viet Nam is J
	At       time.Time       // KT1 timed only: the time fixed by the sender
	Suburban bool            // KT1 timed inside the province: the address lies outside the inner city
	Unit     postal.UnitCode // KT1 only: the commune of the address, when it is known
}

// Answer is a due time with everything that it stands on.
type Answer struct {
	Due      time.Time           `json:"due"`
	Day      postal.Day          `json:"due_day"`
	Steps    []Step              `json:"steps"`
	Basis    []rulebook.Citation `json:"basis"`
	Verified bool                `json:"verified"`
	Reason   rulebook.Words      `json:"reason,omitzero"` // why it is not verified
}

// The keys of the rulebook that make deadlines.
const (
	keyKT1Journey     = "kt1.journey"
	keyKT1Notice      = "kt1.timed.notice"
	keyKT1Combined    = "kt1.combined"
	keyDossierJourney = "dossier.journey"
	keyLetterJourney  = "letter.journey"
	keyFirstDay       = "period.first_day_counts"
	keyEndsAt         = "period.ends_at"
	keyHalfDay        = "period.half_day_ends_at"
	keyRolls          = "period.rolls_over_rest"
)

// Deadline answers a question by the rules of the day of acceptance. A case that no rule covers is a fault.
func (c *Calendar) Deadline(q Question) (Answer, error) {
	if q.Accepted.IsZero() {
		return Answer{}, fault.New(fault.Invalid, "calendar.accepted", "Hãy cho biết thời điểm chấp nhận.", "Say when it was accepted.").At("accepted")
	}
	if q.Special {
		return Answer{}, specialArea()
	}
	switch q.Service {
	case KT1:
		return c.kt1(q)
	case DossierSend, DossierReturn:
		return c.dossier(q)
	case BasicLetter, Registered:
		return c.letter(q)
	}
	return Answer{}, fault.New(fault.Invalid, "calendar.service", "Không có dịch vụ %[1]q.", "There is no service %[1]q.", q.Service).At("service")
}

func (c *Calendar) kt1(q Question) (Answer, error) {
	if q.Class == Timed {
		return c.timed(q)
	}
	day, class := postal.DayOf(q.Accepted), KT1Class(q)
	rule, row, err := c.row(keyKT1Journey, day, "route", string(q.Route), "class", class)
	if err != nil {
		return Answer{}, err
	}
	w := c.working(q.Accepted, rule)
	if err := c.combined(w, q, day); err != nil {
		return Answer{}, err
	}
	halves, whole := rule.Value.Table().Cell(row, "days").Number().Times(2)
	if !whole || halves <= 0 {
		return Answer{}, noRow(keyKT1Journey, day)
	}
	if halves, err = c.area(w, q, class, day, halves); err != nil {
		return Answer{}, err
	}
	return w.count(int(halves))
}

// KT1Class is the class by which the tables know an item: its urgency, else its letter.
func KT1Class(q Question) string {
	switch {
	case q.Class != "" && q.Class != Plain:
		return string(q.Class)
	case q.Secrecy != "":
		return q.Secrecy
	}
	return string(Plain)
}

// combined refuses nothing: an item that is both secret and urgent goes by the urgency, and says so where the rules do not name the pair.
func (c *Calendar) combined(w *work, q Question, day postal.Day) error {
	if q.Secrecy == "" || q.Class != Express && q.Class != Timed {
		return nil
	}
	rule, err := c.book.Rule(keyKT1Combined, day)
	if err != nil {
		return err
	}
	w.cite(rule)
	if !rule.Value.Bool() {
		w.unverified(notCombined)
	}
	return nil
}

// timed is the KT1 item with a time fixed by the sender, which must be accepted early enough.
func (c *Calendar) timed(q Question) (Answer, error) {
	if q.At.IsZero() {
		return Answer{}, fault.New(fault.Invalid, "calendar.timed_at", "Bưu gửi hẹn giờ phải có giờ phát do người gửi ấn định.", "A timed item needs the time fixed by its sender.").At("at")
	}
	area := "inner"
	switch {
	case q.Route == Inter:
		area = "inter"
	case q.Route != Intra:
		return Answer{}, fault.New(fault.Invalid, "calendar.route", "Không có phạm vi %[1]q cho dịch vụ này.", "There is no route %[1]q for this service.", q.Route).At("route")
	case q.Suburban:
		area = "suburban"
	}
	day := postal.DayOf(q.Accepted)
	rule, row, err := c.row(keyKT1Notice, day, "area", area)
	if err != nil {
		return Answer{}, err
	}
	hours := rule.Value.Table().Cell(row, "hours").Int()
	if q.At.Sub(q.Accepted) < time.Duration(hours)*time.Hour {
		return Answer{}, fault.New(fault.Conflict, "calendar.timed_late",
			"Bưu gửi hẹn giờ phải được chấp nhận trước giờ phát ít nhất %[1]d giờ (%[2]s).",
			"A timed item must be accepted at least %[1]d hours before its time of delivery (%[3]s).", hours, rule.Cite().Marked("vi"), rule.Cite().Marked("en")).At("at")
	}
	w := c.working(q.Accepted, rule)
	if err := c.combined(w, q, day); err != nil {
		return Answer{}, err
	}
	w.step(Step{kind: stepAccepted, Day: day, at: q.Accepted})
	w.step(Step{kind: stepNotice, Day: day, n: int(hours)})
	return w.answer(q.At.In(postal.HoChiMinh)), nil
}

func (c *Calendar) dossier(q Question) (Answer, error) {
	if q.Slip && q.Service == DossierReturn {
		return Answer{}, fault.New(fault.Invalid, "calendar.slip", "Chỉ chiều gửi hồ sơ mới có việc phát giấy hẹn.", "Only a dossier that is sent brings a slip back.").At("slip")
	}
	day := postal.DayOf(q.Accepted)
	rule, row, err := c.row(keyDossierJourney, day, "route", string(q.Route))
	if err != nil {
		return Answer{}, err
	}
	column := "days"
	if q.Slip {
		column = "days_with_slip"
	}
	days := rule.Value.Table().Cell(row, column).Int()
	return c.working(q.Accepted, rule).count(int(days) * 2)
}

func (c *Calendar) letter(q Question) (Answer, error) {
	class := "basic"
	if q.Service == Registered {
		class = "registered"
	}
	day := postal.DayOf(q.Accepted)
	rule, row, err := c.row(keyLetterJourney, day, "route", string(q.Route), "class", class)
	if err != nil {
		return Answer{}, err
	}
	return c.working(q.Accepted, rule).count(int(rule.Value.Table().Cell(row, "days").Int()) * 2)
}

// row finds the row of a table of a day that answers a question.
func (c *Calendar) row(key string, day postal.Day, columnsAndWords ...string) (*rulebook.Rule, int, error) {
	rule, err := c.book.Rule(key, day)
	if err != nil {
		return nil, 0, err
	}
	row, ok := rule.Value.Table().Find(columnsAndWords...)
	if !ok {
		return nil, 0, noRow(key, day)
	}
	return rule, row, nil
}

func noRow(key string, day postal.Day) error {
	return fault.New(fault.NotFound, "calendar.no_rule",
		"Quy định ngày %[2]s không có thời hạn cho dịch vụ, phạm vi hoặc loại này (%[1]s).",
		"The rules of %[3]s give no time for this service, route or class (%[1]s).", key, day.VN(), day)
}

// work gathers the steps and the sources of one answer.
type work struct {
	c        *Calendar
	accepted time.Time
	steps    []Step
	basis    []rulebook.Citation
	reasons  []rulebook.Words
	doubtful bool
}

// working begins an answer that stands on a rule.
func (c *Calendar) working(accepted time.Time, rule *rulebook.Rule) *work {
	w := &work{c: c, accepted: accepted, steps: make([]Step, 0, 12), basis: make([]rulebook.Citation, 0, 6)}
	w.cite(rule)
	return w
}

func (w *work) step(s Step) { w.steps = append(w.steps, s) }

// cite adds a rule to the sources, once.
func (w *work) cite(rule *rulebook.Rule) {
	cite := rule.Cite()
	for i := range w.basis {
		if w.basis[i].RuleID == cite.RuleID {
			return
		}
	}
	w.basis = append(w.basis, cite)
	if !rule.Verified {
		w.unverified(rule.Reason)
	}
}

func (w *work) unverified(reason rulebook.Words) {
	w.doubtful = true
	for _, known := range w.reasons {
		if known == reason {
			return
		}
	}
	w.reasons = append(w.reasons, reason)
}

// count walks J + n: the day of acceptance is not counted, then one half day at a time is two halves of a working day.
func (w *work) count(halves int) (Answer, error) {
	day := postal.DayOf(w.accepted)
	if err := w.citeKeys(day, keyFirstDay); err != nil {
		return Answer{}, err
	}
	w.step(Step{kind: stepAccepted, Day: day, at: w.accepted})
	at, err := w.c.at(day)
	for n := 1; err == nil && n <= (halves+1)/2; {
		if err = at.next(); err != nil {
			break
		}
		if w.pass(&at, n, n*2 > halves) {
			n++
		}
	}
	if err != nil {
		return Answer{}, err
	}
	endKey := keyEndsAt
	if halves%2 == 1 {
		endKey = keyHalfDay
	}
	ends, err := w.c.book.Rule(endKey, day)
	if err != nil {
		return Answer{}, err
	}
	w.cite(ends)
	return w.answer(moment(at.day, ends.Value.Time())), nil
}

// pass notes a day that was walked over and reports whether it counts as the n-th working day.
func (w *work) pass(at *cursor, n int, half bool) bool {
	m := at.mark()
	if m.rule != nil {
		w.cite(m.rule)
		if !m.verified && m.rule.Verified {
			w.doubtful = true
		}
	}
	if !at.worked() {
		w.step(Step{kind: stepSkipped, Day: at.day, mark: m})
		return false
	}
	kind := stepCounted
	if half {
		kind = stepHalf
	}
	w.step(Step{kind: kind, Day: at.day, n: n, mark: m})
	return true
}

func (w *work) citeKeys(day postal.Day, keys ...string) error {
	for _, key := range keys {
		rule, err := w.c.book.Rule(key, day)
		if err != nil {
			return err
		}
		w.cite(rule)
	}
	return nil
}

func (w *work) answer(due time.Time) Answer {
	w.step(Step{kind: stepDue, Day: postal.DayOf(due), at: due})
	return Answer{Due: due, Day: postal.DayOf(due), Steps: w.steps, Basis: w.basis, Verified: !w.doubtful, Reason: joinWords(w.reasons)}
}

func joinWords(all []rulebook.Words) rulebook.Words {
	switch len(all) {
	case 0:
		return rulebook.Words{}
	case 1:
		return all[0]
	}
	joined := all[0]
	for _, words := range all[1:] {
		joined.VI += " " + words.VI
		joined.EN += " " + words.EN
	}
	return joined
}
