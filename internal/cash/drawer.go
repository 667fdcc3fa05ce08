package cash

import (
	"strconv"
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Drawer is one cash drawer (ngăn tiền) of an office and the shift that works with it.
type Drawer struct {
	Code       string
	Office     postal.OfficeCode
	Shift      int // the last one
	Open       bool
	Clerk      postal.StaffID
	OpenedMs   int64
	FloatVND   postal.VND
	Counted    bool // since the last movement
	CountedVND postal.VND
	LastDiff   postal.VND // of the last closed shift: counted less expected
	Unsettled  postal.VND // short (negative) or over, of the last closed shift, that nobody has decided on
}

// Place is its office's shelf while a shift is open.
func (d *Drawer) Place() string {
	if !d.Open {
		return ""
	}
	return Shelf(d.Office)
}

// Encode writes the drawer.
func (d *Drawer) Encode(dst []byte) []byte { return ledger.Encode(dst, d.fields) }

// Decode reads the drawer.
func (d *Drawer) Decode(p []byte) error { return ledger.Decode(p, d.fields) }

func (d *Drawer) fields(c *ledger.Codec) {
	ledger.Str(c, &d.Code)
	ledger.Str(c, &d.Office)
	ledger.Int(c, &d.Shift)
	ledger.Bool(c, &d.Open)
	ledger.Str(c, &d.Clerk)
	ledger.Int(c, &d.OpenedMs)
	ledger.Int(c, &d.FloatVND)
	ledger.Bool(c, &d.Counted)
	ledger.Int(c, &d.CountedVND)
	ledger.Int(c, &d.LastDiff)
	ledger.Int(c, &d.Unsettled)
}

// DrawerKey is where a drawer is kept.
func DrawerKey(drawer string) ledger.Key { return ledger.Key("q:" + drawer) }

// DrawerCode gives the code of the n-th drawer of an office, "180100-2".
func DrawerCode(o postal.OfficeCode, n int) string { return string(o) + "-" + strconv.Itoa(n) }

// maxDrawers bounds the drawers of one office.
const maxDrawers = 99

// ofOffice refuses codes that are not a drawer of the office.
func ofOffice(drawer string, o postal.OfficeCode) error {
	rest, ok := strings.CutPrefix(drawer, string(o)+"-")
	n, err := strconv.Atoi(rest)
	if !ok || o == "" || err != nil || n < 1 || n > maxDrawers || DrawerCode(o, n) != drawer {
		return fault.New(fault.Invalid, "cash.drawer", "%q không phải là ngăn tiền của bưu cục này.", "%q is not a drawer of this office.", drawer).At("drawer")
	}
	return nil
}

// openDrawer gives the drawer when its shift is open and the actor's own.
func openDrawer(v *ledger.View, e ledger.Envelope, drawer string) (*Drawer, error) {
	if err := ofOffice(drawer, e.Office); err != nil {
		return nil, err
	}
	d, ok := ledger.Get[*Drawer](v, DrawerKey(drawer))
	switch {
	case !ok || !d.Open:
		return nil, fault.New(fault.Conflict, "cash.drawer_closed", "Ngăn tiền %s chưa mở ca. Hãy mở ca trước.", "Drawer %s has no open shift. Open one first.", drawer).At("drawer")
	case d.Clerk != e.Actor:
		return nil, fault.New(fault.Forbidden, "cash.other_clerk", "Ngăn tiền %s đang do người khác giữ.", "Drawer %s is another clerk's.", drawer).At("drawer")
	}
	return d, nil
}

// OwnDrawer gives the drawer whose shift a person has open at an office; ok is false when he has none.
func OwnDrawer(v *ledger.View, o postal.OfficeCode, who postal.StaffID) (drawer string, ok bool) {
	for _, d := range Drawers(v, o) {
		if d.Clerk == who {
			return d.Code, true
		}
	}
	return "", false
}

// FreeDrawers lists drawers of an office that nobody works with, a few more than are in use; none when all are.
func FreeDrawers(v *ledger.View, o postal.OfficeCode) []string {
	used := map[string]bool{}
	for _, d := range Drawers(v, o) {
		used[d.Code] = true
	}
	var free []string
	for n := 1; n <= min(len(used)+9, maxDrawers); n++ {
		if code := DrawerCode(o, n); !used[code] {
			free = append(free, code)
		}
	}
	return free
}

// Begin opens a shift (mở ca): the clerk takes a float from the safe.
type Begin struct {
	Drawer   string            `json:"drawer"`
	FloatVND postal.VND        `json:"float_vnd"`
	Office   postal.OfficeCode `json:"office"` // the same as the envelope's: it is this office's safe
}

// Name of the act.
func (Begin) Name() string { return "cash.begin" }

// Touches the drawer and the safe.
func (a Begin) Touches() []ledger.Key {
	return []ledger.Key{DrawerKey(a.Drawer), AccountKey(Safe(a.Office)), AccountKey(InDrawer(a.Drawer))}
}

// Decide refuses a drawer that is in use and a float that the safe does not have.
func (a Begin) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := ofOffice(a.Drawer, e.Office); err != nil {
		return nil, err
	}
	d, there := ledger.Get[*Drawer](v, DrawerKey(a.Drawer))
	if there && d.Open {
		return nil, fault.New(fault.Conflict, "cash.drawer_open", "Ngăn tiền %s đang có ca mở.", "Drawer %s has an open shift already.", a.Drawer).At("drawer")
	}
	shift := 1
	if there {
		shift = d.Shift + 1
	}
	if a.FloatVND < 0 || a.FloatVND > maxAmount {
		return nil, positive(a.FloatVND, "float")
	}
	if err := holds(v, Safe(e.Office), a.FloatVND); err != nil {
		return nil, err
	}
	var p postings
	p.move(Safe(e.Office), InDrawer(a.Drawer), a.FloatVND)
	all, err := p.done()
	return []event.Fact{event.DrawerOpened{Drawer: a.Drawer, Shift: shift, Clerk: e.Actor, FloatVND: a.FloatVND, Postings: all}}, err
}

// NoteValues are the notes in circulation, greatest first.
var NoteValues = []postal.VND{500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200}

// Count says what lies in the drawer, note by note (kiểm tiền).
type Count struct {
	Drawer string        `json:"drawer"`
	Notes  []event.Notes `json:"notes"`
}

// Name of the act.
func (Count) Name() string { return "cash.count" }

// Touches the drawer.
func (a Count) Touches() []ledger.Key { return []ledger.Key{DrawerKey(a.Drawer)} }

// maxNotes bounds the notes of one value in a drawer.
const maxNotes = 1_000_000

// Decide refuses notes that do not exist.
func (a Count) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := openDrawer(v, e, a.Drawer)
	if err != nil {
		return nil, err
	}
	var sum postal.VND
	for i, n := range a.Notes {
		if !isNote(n.ValueVND) || n.Count < 0 || n.Count > maxNotes || i > 0 && n.ValueVND >= a.Notes[i-1].ValueVND {
			return nil, fault.New(fault.Invalid, "cash.notes", "Mệnh giá %[1]s ghi không đúng: mỗi mệnh giá một dòng, từ lớn đến nhỏ, số tờ không âm.",
				"The notes of %[2]s are not written right: one line a value, greatest first, no negative numbers.", n.ValueVND, n.ValueVND.In("en")).At("notes")
		}
		sum += n.ValueVND * postal.VND(n.Count)
	}
	return []event.Fact{event.DrawerCounted{Drawer: a.Drawer, Shift: d.Shift, Notes: a.Notes, CountedVND: sum}}, nil
}

func isNote(v postal.VND) bool {
	for _, n := range NoteValues {
		if n == v {
			return true
		}
	}
	return false
}

// End closes a shift (kết ca): what was counted goes into the safe, a difference is recorded with its reason.
type End struct {
	Drawer     string            `json:"drawer"`
	Reason     string            `json:"reason,omitempty"`     // of a difference: a reason code
	Supervisor bool              `json:"supervisor,omitempty"` // a supervisor closes for the clerk
	Office     postal.OfficeCode `json:"office"`
}

// Name of the act.
func (End) Name() string { return "cash.end" }

// Touches the drawer and the accounts it closes into.
func (a End) Touches() []ledger.Key {
	return []ledger.Key{DrawerKey(a.Drawer), AccountKey(InDrawer(a.Drawer)), AccountKey(Safe(a.Office)), AccountKey(Difference(a.Drawer))}
}

// Reasons of a difference.
var Reasons = []string{"change", "miscount", "unposted", "unknown"}

// Decide refuses a drawer that was not counted since its last movement, and a difference without a reason.
func (a End) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	as := e
	if have, ok := ledger.Get[*Drawer](v, DrawerKey(a.Drawer)); ok && a.Supervisor {
		as.Actor = have.Clerk
	}
	d, err := openDrawer(v, as, a.Drawer)
	if err != nil {
		return nil, err
	}
	if !d.Counted {
		return nil, fault.New(fault.Conflict, "cash.not_counted", "Hãy kiểm tiền lại trước khi kết ca: từ lần kiểm trước đã có thu, chi.",
			"Count the drawer before closing: money has moved since the last count.").At("notes")
	}
	expected := BalanceOf(v, InDrawer(a.Drawer))
	short := expected - d.CountedVND
	if short != 0 && !isReason(a.Reason) {
		return nil, fault.New(fault.Invalid, "cash.difference", "Ngăn tiền lệch %[1]s so với sổ. Hãy ghi lý do.", "The drawer differs from the books by %[2]s. Give the reason.",
			-short, (-short).In("en")).At("reason")
	}
	var p postings
	p.move(InDrawer(a.Drawer), Safe(e.Office), d.CountedVND)
	p.move(InDrawer(a.Drawer), Difference(a.Drawer), short)
	all, err := p.done()
	reason := a.Reason
	if short == 0 {
		reason = ""
	}
	return []event.Fact{event.DrawerClosed{Drawer: a.Drawer, Shift: d.Shift, Clerk: d.Clerk, ExpectedVND: expected, CountedVND: d.CountedVND, Reason: reason, Postings: all}}, err
}

func isReason(s string) bool {
	for _, r := range Reasons {
		if r == s {
			return true
		}
	}
	return false
}

// SettleDifference says who bears the difference of the drawer's last shift: the clerk pays a shortage in, or the post bears it; a surplus is the post's.
type SettleDifference struct {
	Drawer string            `json:"drawer"`
	BornBy string            `json:"born_by"` // "clerk" or "post"
	Office postal.OfficeCode `json:"office"`
}

// Name of the act.
func (SettleDifference) Name() string { return "cash.settle_difference" }

// Touches the drawer and its difference.
func (a SettleDifference) Touches() []ledger.Key {
	return []ledger.Key{DrawerKey(a.Drawer), AccountKey(Difference(a.Drawer)), AccountKey(Safe(a.Office))}
}

// Decide refuses when there is nothing to settle.
func (a SettleDifference) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := ofOffice(a.Drawer, e.Office); err != nil {
		return nil, err
	}
	d, ok := ledger.Get[*Drawer](v, DrawerKey(a.Drawer))
	short := BalanceOf(v, Difference(a.Drawer))
	if !ok || short == 0 {
		return nil, fault.New(fault.Conflict, "cash.no_difference", "Ngăn tiền %s không có chênh lệch chờ xử lý.", "Drawer %s has no difference to be settled.", a.Drawer)
	}
	var p postings
	switch {
	case a.BornBy == "clerk" && short > 0:
		p.move(Difference(a.Drawer), Safe(e.Office), short)
	case a.BornBy == "post" && short > 0:
		p.move(Difference(a.Drawer), Shortages, short)
	case a.BornBy == "post":
		p.move(Surpluses, Difference(a.Drawer), -short)
	default:
		return nil, fault.New(fault.Invalid, "cash.born_by", "Tiền thiếu do nhân viên nộp hoặc bưu điện chịu; tiền thừa thuộc bưu điện.",
			"A shortage is paid by the clerk or borne by the post; a surplus is the post's.").At("born_by")
	}
	all, err := p.done()
	return []event.Fact{event.DifferenceSettled{Drawer: a.Drawer, Shift: d.Shift, AmountVND: -short, BornBy: a.BornBy, Postings: all}}, err
}
