package desk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// scanning is one scan on its way to an answer. What it means depends on the work that lies open (In).
type scanning struct {
	reading
	s       *Service
	r       *http.Request
	ctx     context.Context
	p       web.Page
	v       *ledger.View
	me      web.Person
	office  postal.OfficeCode
	In      event.Thing
	Damaged bool
	last    []scan
}

// newScanning reads a scan of the person behind the request, at his office.
func (s *Service) newScanning(r *http.Request, in event.Thing, text string) (*scanning, error) {
	me := web.PersonOf(r)
	office, err := me.Here()
	if err != nil {
		return nil, err
	}
	return s.scanningAt(r, in, text, me, office)
}

func (s *Service) scanningAt(r *http.Request, in event.Thing, text string, me web.Person, office postal.OfficeCode) (*scanning, error) {
	ctx := r.Context()
	last, err := s.lastScans(ctx, me.ID, 1)
	sc := &scanning{reading: read(text), s: s, r: r, ctx: ctx, p: web.NewPage(r, "", ""), v: s.Ledger.View(ctx), me: me, office: office, In: in, last: last}
	return sc, err
}

// answer finds out what the scan means and does it. Faults that a person can act on become refusing answers.
func (sc *scanning) answer() (*reply, error) {
	a, err := sc.meaning()
	if err != nil {
		if a, err = refused(sc.p, err); err != nil {
			return nil, err
		}
		a.Actions = append(a.Actions, sc.wayOut(a)...)
	}
	if sc.In != "" { // the keys belong to the work that lies open
		for n := range a.Actions {
			a.Actions[n].Key = ""
		}
	}
	a.Mended = sc.Mended
	if a.Code == "" && sc.Code != "" {
		a.Code = grouped(sc.Code)
	}
	if sc.r.Method != http.MethodPost || a.Did == "" {
		return a, nil
	}
	return a, sc.s.keepScan(sc.ctx, sc.me.ID, scan{Context: sc.In, Code: sc.keptCode(), Did: a.Did, Act: a.Act})
}

// keptCode is what the list of last scans shows.
func (sc *scanning) keptCode() event.Thing {
	if sc.Code != "" {
		return sc.Code
	}
	return event.Thing(short(sc.Text))
}

// refused turns a fault into an answer; other errors come back.
func refused(p web.Page, err error) (*reply, error) {
	e, ok := fault.From(err)
	if !ok {
		return nil, err
	}
	tone := web.Bad
	if e.Kind == fault.Unavailable {
		tone = web.Ask
	}
	return &reply{Tone: tone, Headline: p.Say(e), Did: didRefuse}, nil
}

func (sc *scanning) meaning() (*reply, error) {
	switch {
	case sc.Text == "":
		return &reply{Tone: web.Info, Headline: sc.p.T("Chưa có mã nào. Quét hoặc gõ mã rồi bấm Enter.", "No code yet. Scan or type one, then press Enter.")}, nil
	case sc.Kind == postal.CodeCommand && sc.Err == nil:
		return sc.command()
	case sc.Kind == postal.CodeBadge && sc.Err == nil:
		return sc.badge()
	}
	if sc.In != "" {
		if a, err := sc.inWork(); a != nil || err != nil {
			return a, err
		}
	}
	if sc.In == "" && (sc.Code == "" || sc.v.Get(custody.KeyOf(sc.Code)) == nil) {
		path, err := sc.s.beside(sc.ctx, sc.Text)
		if err != nil {
			return nil, err
		}
		if path != "" {
			return &reply{Go: path, Did: didShow}, nil
		}
	}
	if sc.Err != nil {
		return nil, sc.Err
	}
	return sc.show()
}

// inWork is the meaning of a scan while a bag, dispatch or handover lies open; nil when it means nothing there.
func (sc *scanning) inWork() (*reply, error) {
	switch w := sc.v.Get(custody.KeyOf(sc.In)).(type) {
	case *custody.Bag:
		return sc.inBag(w)
	case *custody.Dispatch:
		return sc.inDispatch(w)
	case *custody.Handover:
		return sc.inHandover(w)
	}
	_, err := state[*custody.Bag](sc.v, string(sc.In))
	return nil, err
}

func (sc *scanning) inBag(b *custody.Bag) (*reply, error) {
	mine := b.Holder == custody.AtOffice(sc.office)
	if sc.Code == "" {
		return sc.seal(b, mine)
	}
	if custody.KeyOf(sc.Code)[0] != 'i' || !mine {
		return nil, nil
	}
	if a := sc.bounce(); a != nil {
		return a, nil
	}
	switch b.Status {
	case custody.BagOpen:
		return sc.pack(b)
	case custody.BagOpened:
		return sc.takeOut(b)
	case custody.BagSealed:
		return nil, fault.New(fault.Conflict, "desk.bag_sealed", "Túi đang niêm phong. Quét số niêm phong để mở, hoặc mở lại túi trước khi thêm bưu gửi.",
			"The bag is sealed. Scan its seal to open it, or reopen it before adding items.")
	}
	return nil, nil
}

// seal reads a scan that is no code as the number of the bag's seal: to close an open bag, or to open one that has arrived.
func (sc *scanning) seal(b *custody.Bag, mine bool) (*reply, error) {
	if !mine || !sc.Free && sc.Text != b.Seal {
		return nil, nil
	}
	switch {
	case b.Status == custody.BagOpen:
		return &reply{Go: pathOf(b.Code) + "/seal?seal=" + url.QueryEscape(sc.Text)}, nil
	case b.Status == custody.BagSealed && b.To == sc.office && sc.Text == b.Seal:
		r, err := sc.do(custody.OpenBag{Bag: b.Code, Seal: sc.Text})
		if err != nil {
			return nil, err
		}
		return &reply{Tone: web.Good, Did: didOpen, Act: r.Act, Go: pathOf(b.Code), Headline: sc.p.T("Niêm phong đúng, đã mở túi. Quét từng bưu gửi để lấy ra.",
			"The seal is right, the bag is open. Scan each item to take it out.")}, nil
	case b.Status == custody.BagSealed && b.To == sc.office:
		return &reply{Go: pathOf(b.Code) + "/open?seal=" + url.QueryEscape(sc.Text)}, nil
	}
	return nil, nil
}

func (sc *scanning) pack(b *custody.Bag) (*reply, error) {
	r, err := sc.do(custody.Pack{Item: postal.ItemNumber(sc.Code), Bag: b.Code})
	if err != nil {
		return nil, err
	}
	return &reply{Tone: web.Good, Did: didPack, Act: r.Act, Facts: sc.itemFacts(2),
		Headline: sc.p.T(fmt.Sprintf("Đã đóng vào túi: %d bưu gửi", b.Count+1), fmt.Sprintf("Packed: %d in the bag", b.Count+1))}, nil
}

func (sc *scanning) takeOut(b *custody.Bag) (*reply, error) {
	act := custody.TakeOut{Item: postal.ItemNumber(sc.Code), Bag: b.Code}
	if sc.Damaged {
		act.Condition = event.Damaged
	}
	r, err := sc.do(act)
	if err != nil {
		return nil, err
	}
	a := &reply{Tone: web.Good, Did: didTake, Act: r.Act, Facts: sc.itemFacts(2)}
	if _, out := r.Facts[0].(event.ItemTakenOut); !out {
		a.Tone, a.Headline = web.Ask, sc.p.T("Thừa: theo sổ bưu gửi này không có trong túi. Đã ghi bất thường, để riêng ra.", "Over: by the ledger this item is not in the bag. An irregularity was recorded; put it aside.")
		return a, nil
	}
	a.Headline = sc.p.T(fmt.Sprintf("Đã lấy ra: còn %d", b.Count-1), fmt.Sprintf("Taken out: %d left", b.Count-1))
	if sc.Damaged {
		a.Tone, a.Headline = web.Ask, sc.p.T("Đã lấy ra, ghi hư hỏng. Để riêng và lập biên bản.", "Taken out and recorded as damaged. Put it aside and write it up.")
	}
	return a, nil
}

func (sc *scanning) inDispatch(d *custody.Dispatch) (*reply, error) {
	if sc.Code == "" || d.Holder != custody.AtOffice(sc.office) || d.Status != custody.DispatchOpen {
		return nil, nil
	}
	if k := custody.KeyOf(sc.Code)[0]; k != 'b' && k != 'i' {
		return nil, nil
	}
	if a := sc.bounce(); a != nil {
		return a, nil
	}
	if b, ok := ledger.Get[*custody.Bag](sc.v, custody.KeyOf(sc.Code)); ok && b.Status == custody.BagOpen && b.Holder == d.Holder {
		return &reply{Tone: web.Ask, Did: didRefuse, Headline: sc.p.T("Túi này chưa niêm phong. Niêm phong xong rồi quét lại để xếp lên chuyến.", "This bag is not sealed yet. Seal it, then scan it again to load it."),
			Actions: []action{{Label: sc.p.T("Niêm phong túi", "Seal the bag"), Key: "F4", Path: pathOf(b.Code) + "/seal", Main: true}}}, nil
	}
	r, err := sc.do(custody.Load{Thing: sc.Code, Dispatch: d.Code})
	if err != nil {
		return nil, err
	}
	return &reply{Tone: web.Good, Did: didLoad, Act: r.Act, Facts: sc.thingFacts(2),
		Headline: sc.p.T(fmt.Sprintf("Đã xếp lên chuyến: %d kiện", d.Count+1), fmt.Sprintf("Loaded: %d on the dispatch", d.Count+1))}, nil
}

// bounce answers a code that was scanned a moment ago: it counts once.
func (sc *scanning) bounce() *reply {
	if !sc.s.bounced(sc.last, sc.In, sc.Code) {
		return nil
	}
	return &reply{Tone: web.Info, Headline: sc.p.T("Mã này vừa quét xong, không tính lần nữa.", "This code was just scanned; it is not counted again.")}
}

// do writes an act of a scan. Its id is made here: the same scan sent twice is told by what it does, not by its id.
func (sc *scanning) do(act ledger.Act) (ledger.Receipt, error) {
	now := sc.s.Now()
	r, err := sc.s.Ledger.Append(sc.ctx, ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: sc.office, Actor: sc.me.ID}, act)
	if err == nil {
		sc.v = sc.s.Ledger.View(sc.ctx) // what is shown next is what is now
	}
	return r, err
}

// badge answers a staff badge: it tells who is meant, but only a password proves it.
func (sc *scanning) badge() (*reply, error) {
	a := &reply{Tone: web.Info, Headline: sc.p.T("Đây là thẻ nhân viên. Thẻ chưa thay được chữ ký: người kia gõ tên đăng nhập và mật khẩu khi ký bàn giao.",
		"This is a staff badge. A badge is no signature yet: the other person types login and password when signing a handover.")}
	if sc.In != "" && custody.KeyOf(sc.In)[0] == 'h' {
		a.Actions = []action{{Label: sc.p.T("Tới chỗ ký", "Go to the signatures"), Path: pathOf(sc.In) + "#sign"}}
	}
	return a, nil
}

// The command cards on a counter: their serial is the command. Numbers are never used for another command later.
const (
	cmdSealBag = 1 + iota
	cmdCloseDispatch
	cmdLeave
	cmdUndo
	cmdAccept
	cmdEmptyBag
)

// commandWords name the cards.
var commandWords = map[int]custody.Words{
	cmdSealBag:       {VI: "Đóng túi", EN: "Close the bag"},
	cmdCloseDispatch: {VI: "Đóng chuyến thư", EN: "Close the dispatch"},
	cmdLeave:         {VI: "Về bàn quét", EN: "Back to the scan desk"},
	cmdUndo:          {VI: "Hoàn tác lần quét cuối", EN: "Undo the last scan"},
	cmdAccept:        {VI: "Khách tiếp theo", EN: "Next customer"},
	cmdEmptyBag:      {VI: "Khai thác xong túi", EN: "The bag is empty"},
}

// command does what a command card says.
func (sc *scanning) command() (*reply, error) {
	switch sc.Serial {
	case cmdLeave:
		return &reply{Go: "/desk"}, nil
	case cmdAccept:
		return &reply{Go: "/desk/accept"}, nil
	case cmdUndo:
		return sc.undoLast()
	case cmdSealBag, cmdEmptyBag:
		b, ok := ledger.Get[*custody.Bag](sc.v, custody.KeyOf(sc.In))
		if sc.Serial == cmdSealBag && ok && b.Status == custody.BagOpen {
			return &reply{Go: pathOf(sc.In) + "/seal"}, nil
		}
		if sc.Serial == cmdEmptyBag && ok && b.Status == custody.BagOpened {
			return &reply{Go: pathOf(sc.In) + "/empty"}, nil
		}
	case cmdCloseDispatch:
		d, ok := ledger.Get[*custody.Dispatch](sc.v, custody.KeyOf(sc.In))
		if ok && d.Status == custody.DispatchOpen && sc.r.Method == http.MethodPost {
			r, err := sc.do(custody.CloseDispatch{Dispatch: sc.In})
			return &reply{Tone: web.Good, Did: didShow, Act: r.Act, Go: pathOf(sc.In), Headline: sc.p.T("Đã đóng chuyến thư. Chọn lái xe để bàn giao.", "The dispatch is closed. Choose a driver to hand it over.")}, err
		}
	default:
		return nil, fault.New(fault.NotFound, "desk.no_command", "Thẻ lệnh này không dùng nữa. Hãy in lại bộ thẻ lệnh.", "This command card is no longer in use. Print the cards again.")
	}
	w := commandWords[sc.Serial]
	return nil, fault.New(fault.Conflict, "desk.command_elsewhere", "Thẻ “%[1]s” chưa dùng được ở đây: hãy quét túi hoặc chuyến thư đang làm trước.",
		"The card “%[2]s” does nothing here: scan the bag or dispatch you work on first.", w.VI, w.EN)
}

func (sc *scanning) undoLast() (*reply, error) {
	list, err := sc.s.lastScans(sc.ctx, sc.me.ID, shownScans)
	if err != nil {
		return nil, err
	}
	for _, x := range sc.s.withUndo(sc.v, sc.office, list) {
		if x.CanUndo && sc.r.Method == http.MethodPost {
			return sc.s.undoScan(sc.r, sc.p, sc.office, x.ID)
		}
	}
	return &reply{Tone: web.Bad, Headline: sc.p.T("Không có lần quét nào hoàn tác được.", "There is no scan that can be undone.")}, nil
}
