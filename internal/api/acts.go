package api

import (
	"slices"
	"strings"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Who may do what with mail. A head of office holds the rights of clerk and dispatcher (see web).
const (
	anyMover   = web.Clerk + "|" + web.Carrier + "|" + web.Driver + "|" + web.Dispatcher
	byTransit  = web.Clerk + "|" + web.Dispatcher
	byDelivery = web.Clerk + "|" + web.Carrier
)

// act is one kind of scan: who may do it and how it is read.
type act struct {
	right web.Right
	read  func(*reading) ledger.Act
}

// acts are the acts that may come as scans. Opening a handover takes a list and signing takes a person: they have paths of their own.
var acts = map[string]act{
	"accept":    {web.Clerk, (*reading).accept},
	"start_bag": {web.Clerk, func(r *reading) ledger.Act { return custody.StartBag{Office: r.env.Office, To: r.toOffice()} }},
	"pack":      {web.Clerk, func(r *reading) ledger.Act { return custody.Pack{Item: r.item(), Bag: r.bag()} }},
	"unpack":    {web.Clerk, func(r *reading) ledger.Act { return custody.Unpack{Item: r.item(), Bag: r.bag()} }},
	"seal_bag": {web.Clerk, func(r *reading) ledger.Act {
		return custody.SealBag{Bag: r.bag(), Seal: r.need("seal", r.line("seal", r.Seal))}
	}},
	"unseal_bag": {web.Clerk, func(r *reading) ledger.Act {
		return custody.UnsealBag{Bag: r.bag(), Reason: r.need("reason", r.Reason)} // one of a list, as custody says
	}},
	"open_bag": {web.Clerk, func(r *reading) ledger.Act {
		return custody.OpenBag{Bag: r.bag(), Seal: r.need("seal", r.line("seal", r.Seal))}
	}},
	"take_out": {web.Clerk, func(r *reading) ledger.Act {
		return custody.TakeOut{Item: r.item(), Bag: r.bag(), Condition: r.condition()}
	}},
	"empty_bag": {web.Clerk, func(r *reading) ledger.Act { return custody.EmptyBag{Bag: r.bag()} }},

	"start_dispatch":  {byTransit, func(r *reading) ledger.Act { return custody.StartDispatch{Office: r.env.Office, To: r.toOffice()} }},
	"load":            {byTransit, func(r *reading) ledger.Act { return custody.Load{Thing: r.thing(), Dispatch: r.dispatch()} }},
	"unload":          {byTransit, func(r *reading) ledger.Act { return custody.Unload{Thing: r.thing(), Dispatch: r.dispatch()} }},
	"close_dispatch":  {byTransit, func(r *reading) ledger.Act { return custody.CloseDispatch{Dispatch: r.dispatch()} }},
	"reopen_dispatch": {byTransit, func(r *reading) ledger.Act { return custody.ReopenDispatch{Dispatch: r.dispatch()} }},

	"count": {anyMover, func(r *reading) ledger.Act {
		return custody.CountThings{Handover: r.handover(), Counts: []event.Count{{Thing: r.thing(), Seal: r.line("seal", r.Seal), Condition: r.condition()}}}
	}},
	"withdraw_handover": {anyMover, func(r *reading) ledger.Act {
		return custody.WithdrawHandover{Handover: r.handover(), Reason: r.Reason} // one of a list, as custody says
	}},

	"deliver": {byDelivery, func(r *reading) ledger.Act {
		return custody.Deliver{Item: r.item(), To: r.choice("to", r.To, custody.Recipients), Proof: r.digest("proof", r.Proof)}
	}},
	"attempt": {web.Carrier, func(r *reading) ledger.Act {
		return custody.Attempt{Item: r.item(), Reason: r.choice("reason", r.Reason, custody.Reasons), Next: r.choice("next", r.Next, custody.Nexts)}
	}},
	"hold": {web.Clerk, func(r *reading) ledger.Act { return custody.Hold{Item: r.item(), Until: r.day("until", r.Until)} }},
	"redirect": {byDelivery, func(r *reading) ledger.Act {
		unit := r.toUnit()
		return custody.Redirect{Item: r.item(), ToUnit: unit, ToOffice: r.deliveryOffice(unit)}
	}},
	"return": {byDelivery, func(r *reading) ledger.Act {
		return custody.Return{Item: r.item(), Reason: r.choice("reason", r.Reason, custody.ReturnReasons)}
	}},
	"report_lost": {byDelivery, func(r *reading) ledger.Act {
		return custody.ReportLost{Item: r.item(), Reason: r.choice("reason", r.Reason, custody.LostReasons)}
	}},
	"find":     {web.Clerk, func(r *reading) ledger.Act { return custody.Find{Item: r.item()} }},
	"undo":     {byDelivery, (*reading).undo},
	"see_here": {anyMover, func(r *reading) ledger.Act { return custody.SeeHere{Thing: r.thing()} }},
	"settle": {web.Supervisor, func(r *reading) ledger.Act {
		return custody.Settle{
			Irregularity: r.need("irregularity", r.line("irregularity", r.Irregularity)),
			Decision:     r.choice("decision", r.Decision, []string{custody.LedgerStands, custody.AccountHolds, custody.Noted}),
			Reason:       r.choice("reason", r.Reason, custody.SettleReasons),
		}
	}},
}

// actNames lists the acts, sorted, for the contract.
func actNames() []string {
	var names []string
	for n := range acts {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

var (
	errUnknownAct = fault.New(fault.Invalid, "api.unknown_act",
		"Không có thao tác này. Xem danh sách ở mô tả giao diện.", "There is no such act. See the list in the contract.").At("act")
	errSignAlone = fault.New(fault.Invalid, "api.sign_alone",
		"Ký bàn giao không gửi chung với lượt quét: người ký phải tự xác nhận tại /handovers/{code}/signatures.",
		"A signature is not sent as a scan: the signer proves himself at /handovers/{code}/signatures.").At("act")
)

// reading turns what was sent into an act; the first thing that is wrong stays.
type reading struct {
	*Scan
	env    ledger.Envelope
	at     time.Time
	places Places
	clock  Clock
	till   Till
	wrong  error
}

func (r *reading) fail(err error, field string) {
	if r.wrong != nil {
		return
	}
	if f, ok := fault.From(err); ok && f.Field == "" {
		err = f.At(field)
	}
	r.wrong = err
}

func missing(field string) *fault.Error {
	return fault.New(fault.Invalid, "api.missing", "Thiếu mục %s.", "The member %s is missing.", field).At(field)
}

// need refuses an empty member.
func (r *reading) need(field, value string) string {
	if value == "" {
		r.fail(missing(field), field)
	}
	return value
}

// line is a line of free text: composed (NFC), without needless blanks.
func (r *reading) line(field, value string) string {
	if plainLine(value) {
		return value
	}
	clean, err := postal.Clean(value)
	if err != nil {
		r.fail(err, field)
	}
	return clean
}

// plainLine is true for text that cleaning would not change: printable ASCII without blanks.
func plainLine(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func (r *reading) choice(field, value string, list []string) string {
	if value == "" {
		r.fail(missing(field), field)
	} else if !slices.Contains(list, value) {
		r.fail(notOneOf(field, list), field)
	}
	return value
}

func notOneOf(field string, list []string) *fault.Error {
	all := strings.Join(list, ", ")
	return fault.New(fault.Invalid, "api.choice", "Mục %[1]s phải là một trong: %[2]s.", "The member %[1]s must be one of: %[2]s.", field, all).At(field)
}

func (r *reading) item() postal.ItemNumber {
	n, err := itemNumber(r.Item)
	if err != nil {
		r.fail(err, "item")
	}
	return n
}

// itemNumber reads a number as typed or scanned, mending what a Vietnamese input method did to it.
func itemNumber(s string) (postal.ItemNumber, error) {
	if s == "" {
		return "", missing("item")
	}
	n, err := postal.ParseItemNumber(s)
	if err == nil {
		return n, nil
	}
	if fixed, mended := postal.MendScan(s); mended {
		return postal.ParseItemNumber(fixed)
	}
	return "", err
}

func (r *reading) bag() event.Thing {
	n, err := postal.ParseBagNumber(r.need("bag", r.Bag))
	if err != nil {
		r.fail(err, "bag")
	}
	return event.Thing(n)
}

func (r *reading) dispatch() event.Thing {
	n, err := postal.ParseDispatchNumber(r.need("dispatch", r.Dispatch))
	if err != nil {
		r.fail(err, "dispatch")
	}
	return event.Thing(n)
}

func (r *reading) handover() event.Thing {
	n, err := postal.ParseHandoverNumber(r.need("handover", r.Handover))
	if err != nil {
		r.fail(err, "handover")
	}
	return event.Thing(n)
}

func (r *reading) thing() event.Thing {
	t, err := thing(r.Thing)
	if err != nil {
		r.fail(err, "thing")
	}
	return t
}

// thing reads the code of an item, bag or dispatch.
func thing(s string) (event.Thing, error) {
	trimmed := strings.TrimSpace(s)
	if trimmed == "" {
		return "", missing("thing")
	}
	switch trimmed[0] {
	case '2':
		n, err := postal.ParseBagNumber(trimmed)
		return event.Thing(n), err
	case '3':
		n, err := postal.ParseDispatchNumber(trimmed)
		return event.Thing(n), err
	}
	n, err := itemNumber(trimmed)
	return event.Thing(n), err
}

func (r *reading) condition() event.Condition {
	switch c := event.Condition(r.Condition); c {
	case event.Damaged:
		return c
	case event.Sound, "sound":
	default:
		r.fail(notOneOf("condition", []string{"sound", "damaged"}), "condition")
	}
	return event.Sound
}

// digest is a hex SHA-256, empty when there is none.
func (r *reading) digest(field, value string) string {
	if value != "" && (len(value) != 64 || strings.Trim(value, "0123456789abcdef") != "") {
		r.fail(fault.New(fault.Invalid, "api.digest", "Mục %s phải là SHA-256 viết bằng 64 chữ số hex thường.", "The member %s must be a SHA-256 in 64 lower-case hex digits.", field), field)
	}
	return value
}

func (r *reading) day(field, value string) postal.Day {
	d, err := postal.ParseDay(r.need(field, value))
	if err != nil {
		r.fail(fault.New(fault.Invalid, "api.day", "Ngày phải theo dạng 2026-03-02.", "A day is written as 2026-03-02."), field)
	}
	return d
}

func (r *reading) actID(field, value string) postal.ActID {
	id, err := postal.ParseActID(r.need(field, value))
	if err != nil {
		r.fail(err, field)
	}
	return id
}

func (r *reading) toUnit() postal.UnitCode {
	u, err := postal.ParseUnitCode(r.need("to_unit", r.ToUnit))
	if err != nil {
		r.fail(err, "to_unit")
		return ""
	}
	if r.places != nil {
		if _, ok := r.places.Gazetteer().UnitOn(u, postal.DayOf(r.at)); !ok {
			r.fail(fault.New(fault.Invalid, "api.unit_unknown", "Không có xã, phường, đặc khu nào mang mã này.", "No commune has this code."), "to_unit")
		}
	}
	return u
}

func (r *reading) toOffice() postal.OfficeCode {
	return r.office("to_office", r.need("to_office", r.ToOffice))
}

func (r *reading) office(field, value string) postal.OfficeCode {
	o, err := postal.ParseOfficeCode(value)
	if err != nil {
		r.fail(err, field)
		return ""
	}
	if r.places != nil {
		if _, ok := r.places.Directory().Office(o); !ok {
			r.fail(fault.New(fault.Invalid, "api.office_unknown", "Không có bưu cục nào mang mã này.", "No office has this code."), field)
		}
	}
	return o
}

// deliveryOffice is the office given, else the one that delivers in the commune.
func (r *reading) deliveryOffice(unit postal.UnitCode) postal.OfficeCode {
	if r.ToOffice == "" && r.places != nil {
		if o, ok := r.places.DeliveryOffice(unit); ok {
			return o
		}
	}
	return r.toOffice()
}

func (r *reading) accept() ledger.Act {
	unit := r.toUnit()
	a := custody.Accept{
		Service: event.Service(r.choice("service", r.Service, []string{string(event.Registered)})),
		ToUnit:  unit, ToOffice: r.deliveryOffice(unit), WeightG: postal.Grams(r.WeightG), FeeVND: postal.VND(r.FeeVND),
		Receipt: r.digest("receipt", r.Receipt), Office: r.env.Office,
	}
	if r.Item != "" {
		a.Item = r.item()
	}
	if r.clock != nil && r.wrong == nil {
		due, rule, err := r.clock.DueBy(a.Service, r.env.Office, unit, r.at)
		if err != nil {
			r.fail(err, "service")
		} else if due != 0 {
			a.DueMs, a.Rules = due, []string{rule}
		}
	}
	means := ""
	if r.Means != "" {
		means = r.choice("means", r.Means, []string{"cash", "transfer"})
	}
	if r.till == nil {
		return a
	}
	return r.till.Acceptance(a, means)
}

func (r *reading) undo() ledger.Act {
	u := custody.Undo{Item: r.item(), Act: r.actID("undoes", r.Undoes)}
	if r.till == nil {
		return u
	}
	return r.till.Undo(u)
}
