package closedmail

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Worker is a member of staff in the register of KT1: the papers with their dates, and the duties.
type Worker struct {
	ID     postal.StaffID
	Papers []Filed
	Duties []Assigned
}

// Filed is one paper of a worker.
type Filed struct {
	Paper     Paper
	On, Until string // days; an empty Until has no end
	Out       bool   // withdrawn
	Why       Reason // of the withdrawal
}

// Assigned is a duty at an office.
type Assigned struct {
	Duty   Duty
	Office postal.OfficeCode
}

// workersPlace is the board of all workers.
const workersPlace = "kt1:workers"

// WorkerKey is where a worker is kept.
func WorkerKey(id postal.StaffID) ledger.Key { return ledger.Key("w:" + string(id)) }

// Place is the register.
func (*Worker) Place() string { return workersPlace }

// Encode writes the worker.
func (w *Worker) Encode(dst []byte) []byte { return ledger.Encode(dst, w.fields) }

// Decode reads the worker.
func (w *Worker) Decode(b []byte) error { return ledger.Decode(b, w.fields) }

func (w *Worker) fields(c *ledger.Codec) {
	ledger.Str(c, &w.ID)
	ledger.List(c, &w.Papers, func(p *Filed, c *ledger.Codec) {
		ledger.Str(c, &p.Paper)
		ledger.Str(c, &p.On)
		ledger.Str(c, &p.Until)
		ledger.Bool(c, &p.Out)
		ledger.Str(c, &p.Why)
	})
	ledger.List(c, &w.Duties, func(d *Assigned, c *ledger.Codec) {
		ledger.Str(c, &d.Duty)
		ledger.Str(c, &d.Office)
	})
}

// valid reports whether the paper holds on a day.
func (p Filed) valid(on postal.Day) bool {
	return !p.Out && p.On <= on.String() && (p.Until == "" || p.Until >= on.String())
}

// ended reports whether the paper's time is over on a day.
func (p Filed) ended(on postal.Day) bool { return !p.Out && p.Until != "" && p.Until < on.String() }

// Lacks lists the papers that the worker has not, or not any longer, on a day.
func (w *Worker) Lacks(on postal.Day) []Paper {
	var lacks []Paper
	for _, p := range Papers {
		if !slices.ContainsFunc(w.Papers, func(f Filed) bool { return f.Paper == p && f.valid(on) }) {
			lacks = append(lacks, p)
		}
	}
	return lacks
}

func (w *Worker) has(office postal.OfficeCode, duties ...Duty) bool {
	return slices.ContainsFunc(w.Duties, func(a Assigned) bool {
		return (office == "" || a.Office == office) && slices.Contains(duties, a.Duty)
	})
}

// Workers lists the register.
func Workers(v *ledger.View) []*Worker {
	var all []*Worker
	for _, k := range v.At(workersPlace, 'w') {
		if w, ok := ledger.Get[*Worker](v, k); ok {
			all = append(all, w)
		}
	}
	return all
}

// FilePaper puts a paper about a worker into the file. It takes the place of an earlier one of its kind.
type FilePaper struct {
	Person postal.StaffID `json:"person"`
	Paper  Paper          `json:"paper"`
	On     postal.Day     `json:"on"`
	Until  postal.Day     `json:"until,omitzero"`
}

// Name of the act.
func (FilePaper) Name() string { return "kt1.file_paper" }

// Touches the worker.
func (a FilePaper) Touches() []ledger.Key { return []ledger.Key{WorkerKey(a.Person)} }

// Decide refuses a paper of the future one that is over before it begins, and one that has ended.
func (a FilePaper) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if a.Person == e.Actor {
		return nil, fault.New(fault.Forbidden, "closedmail.own_paper", "Không ai tự ghi hồ sơ của chính mình.", "Nobody files papers about himself.").At("person")
	}
	if err := keepsPapers(v, e); err != nil {
		return nil, err
	}
	if _, err := ParseStaff(string(a.Person)); err != nil {
		return nil, err
	}
	if err := oneOf(Papers, a.Paper, "paper"); err != nil {
		return nil, err
	}
	if a.On.IsZero() || a.On.After(today(v)) || !a.Until.IsZero() && a.Until.Before(a.On) {
		return nil, fault.New(fault.Invalid, "closedmail.paper_day", "Ngày của giấy tờ không hợp lệ: không ghi trước ngày ký, ngày hết hạn không trước ngày ký.",
			"The days of the paper do not fit: it is not filed before it is signed and does not end before it begins.").At("on")
	}
	if !a.Until.IsZero() && a.Until.Before(today(v)) {
		return nil, fault.New(fault.Invalid, "closedmail.paper_ended", "Giấy tờ này đã hết hạn, không ghi vào hồ sơ được.", "This paper has ended already and cannot be filed.").At("until")
	}
	return []event.Fact{event.PaperFiled{Person: a.Person, Paper: string(a.Paper), On: a.On, Until: a.Until}}, nil
}

// WithdrawPaper says that a worker's paper does not hold any longer.
type WithdrawPaper struct {
	Person postal.StaffID `json:"person"`
	Paper  Paper          `json:"paper"`
	Reason Reason         `json:"reason"`
}

// Name of the act.
func (WithdrawPaper) Name() string { return "kt1.withdraw_paper" }

// Touches the worker.
func (a WithdrawPaper) Touches() []ledger.Key { return []ledger.Key{WorkerKey(a.Person)} }

// Decide refuses a paper that is not in the file.
func (a WithdrawPaper) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := keepsPapers(v, e); err != nil {
		return nil, err
	}
	if err := oneOf(Withdrawals, a.Reason, "reason"); err != nil {
		return nil, err
	}
	w, ok := ledger.Get[*Worker](v, WorkerKey(a.Person))
	if !ok || !slices.ContainsFunc(w.Papers, func(p Filed) bool { return p.Paper == a.Paper && !p.Out }) {
		return nil, fault.New(fault.NotFound, "closedmail.no_paper", "Không có giấy tờ này trong hồ sơ.", "There is no such paper in the file.").At("paper")
	}
	return []event.Fact{event.PaperWithdrawn{Person: a.Person, Paper: string(a.Paper), Reason: string(a.Reason)}}, nil
}

// Assign gives a worker a duty at an office.
type Assign struct {
	Person postal.StaffID    `json:"person"`
	Duty   Duty              `json:"duty"`
	Office postal.OfficeCode `json:"office"`
}

// Name of the act.
func (Assign) Name() string { return "kt1.assign" }

// Touches the worker.
func (a Assign) Touches() []ledger.Key { return []ledger.Key{WorkerKey(a.Person)} }

// Decide refuses a worker who lacks any paper, and whoever would name himself.
func (a Assign) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if a.Person == e.Actor {
		return nil, fault.New(fault.Forbidden, "closedmail.own_duty", "Không ai tự phân công cho mình. Việc này của cán bộ bảo mật khác.", "Nobody assigns himself. Another security officer does it.").At("person")
	}
	if err := keepsPapers(v, e); err != nil {
		return nil, err
	}
	if err := oneOf(Duties, a.Duty, "duty"); err != nil {
		return nil, err
	}
	if _, err := postal.ParseOfficeCode(string(a.Office)); err != nil {
		return nil, err
	}
	if _, err := ParseStaff(string(a.Person)); err != nil {
		return nil, err
	}
	w, ok := ledger.Get[*Worker](v, WorkerKey(a.Person))
	if !ok {
		return nil, notCleared(a.Person, Papers)
	}
	if lacks := w.Lacks(today(v)); len(lacks) > 0 {
		return nil, notCleared(a.Person, lacks)
	}
	if actsForBody(v, a.Person) {
		return nil, fault.New(fault.Conflict, "closedmail.acts_for_body", "Người này đang nhận hoặc gửi thay một cơ quan nên không thể làm KT1 của bưu điện.", "This person acts for a body and cannot be a KT1 worker of the post.").At("person")
	}
	if signsForPartner(v, a.Person) {
		return nil, partnersPerson()
	}
	if w.has(a.Office, a.Duty) {
		return nil, fault.New(fault.Conflict, "closedmail.assigned", "Người này đã được phân công việc đó.", "This person has that duty already.").At("duty")
	}
	return []event.Fact{event.PersonAssigned{Person: a.Person, Duty: string(a.Duty), Office: a.Office}}, nil
}

// Relieve ends a duty.
type Relieve struct {
	Person postal.StaffID    `json:"person"`
	Duty   Duty              `json:"duty"`
	Office postal.OfficeCode `json:"office"`
}

// Name of the act.
func (Relieve) Name() string { return "kt1.relieve" }

// Touches the worker.
func (a Relieve) Touches() []ledger.Key { return []ledger.Key{WorkerKey(a.Person)} }

// Decide refuses a duty that the worker has not, and of one who still holds a shift or items.
func (a Relieve) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := keepsPapers(v, e); err != nil {
		return nil, err
	}
	w, ok := ledger.Get[*Worker](v, WorkerKey(a.Person))
	if !ok || !w.has(a.Office, a.Duty) || a.Office == "" {
		return nil, fault.New(fault.NotFound, "closedmail.not_assigned", "Người này không có phân công đó.", "This person has no such duty.").At("duty")
	}
	if s, ok := ledger.Get[*Shift](v, ShiftKey(a.Office)); ok && s.Worker == a.Person && (a.Duty == Clerk || a.Duty == Supervisor) {
		return nil, fault.New(fault.Conflict, "closedmail.on_shift", "Người này đang giữ ca. Hãy giao ca trước.", "This person holds the shift. Hand it over first.").At("person")
	}
	if len(v.At("carrier:"+string(a.Person), 'i'))+len(v.At("carrier:"+string(a.Person), 'b'))+len(v.At("carrier:"+string(a.Person), 'd')) > 0 {
		return nil, fault.New(fault.Conflict, "closedmail.holds", "Người này đang giữ bưu gửi, túi hoặc chuyến thư. Hãy bàn giao trước.",
			"This person holds items, bags or a dispatch. Hand them over first.").At("person")
	}
	return []event.Fact{event.PersonRelieved{Person: a.Person, Duty: string(a.Duty), Office: a.Office}}, nil
}

func foldPerson(v *ledger.View, f event.Fact) {
	if who := workerOf(f); who != "" {
		ledger.Edit[*Worker](v, WorkerKey(who)).fold(f)
	}
}

// workerOf is the worker whose papers or duties a fact changes; "" when it changes nobody's.
func workerOf(f event.Fact) postal.StaffID {
	switch f := f.(type) {
	case event.PaperFiled:
		return f.Person
	case event.PaperWithdrawn:
		return f.Person
	case event.PersonAssigned:
		return f.Person
	case event.PersonRelieved:
		return f.Person
	}
	return ""
}

func (w *Worker) fold(f event.Fact) {
	switch f := f.(type) {
	case event.PaperFiled:
		w.ID = f.Person
		p := Filed{Paper: Paper(f.Paper), On: f.On.String()}
		if !f.Until.IsZero() {
			p.Until = f.Until.String()
		}
		if n := slices.IndexFunc(w.Papers, func(old Filed) bool { return old.Paper == p.Paper }); n >= 0 {
			w.Papers[n] = p
		} else {
			w.Papers = append(w.Papers, p)
		}
	case event.PaperWithdrawn:
		for n := range w.Papers {
			if w.Papers[n].Paper == Paper(f.Paper) {
				w.Papers[n].Out, w.Papers[n].Why = true, Reason(f.Reason)
			}
		}
	case event.PersonAssigned:
		w.Duties = append(w.Duties, Assigned{Duty: Duty(f.Duty), Office: f.Office})
	case event.PersonRelieved:
		w.Duties = slices.DeleteFunc(w.Duties, func(d Assigned) bool { return d.Duty == Duty(f.Duty) && d.Office == f.Office })
	}
}
