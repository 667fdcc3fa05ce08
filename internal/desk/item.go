package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
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

const itemsPath = "/desk/items/"

// undoer may take back the last act on an item: who works at the office, and the carrier who did it.
var undoer = web.AnyOf(web.Clerk, web.Carrier)

func (s *Service) mountItems(m *web.Mux) {
	m.Get(itemsPath+"{number}", web.Staff, s.getItem)
	m.Get(itemsPath+"{number}/proof", web.Staff, s.getProof)
	m.Get(itemsPath+"{number}/delivered", web.Staff, s.getDelivered)
	m.Post(itemsPath+"{number}/hold", web.Clerk, s.itemAct("hold", s.holdAct, "Đã giữ tại bưu cục.", "It is held at the office."))
	m.Post(itemsPath+"{number}/redirect", web.Clerk, s.itemAct("redirect", s.redirectAct, "Đã chuyển tiếp tới nơi mới.", "It is redirected."))
	m.Post(itemsPath+"{number}/return", web.Clerk, s.itemAct("return", returnAct, "Đã chuyển hoàn cho người gửi.", "It turns back to its sender."))
	m.Post(itemsPath+"{number}/lost", web.Clerk, s.itemAct("lost", lostAct, "Đã báo thất lạc và ghi bất thường.", "It is reported lost; an irregularity is raised."))
	m.Post(itemsPath+"{number}/found", web.Clerk, s.itemAct("found", foundAct, "Đã ghi tìm thấy tại bưu cục này.", "It is recorded as found at this office."))
	m.Post(itemsPath+"{number}/seen", web.Clerk, s.itemAct("seen", seenAct, "Đã ghi «Thấy tại đây». Bất thường này phải được xử lý trước khi bưu gửi đi tiếp.", "Recorded as seen here. The irregularity must be settled before it goes on."))
	m.Post(itemsPath+"{number}/undo", undoer, s.itemAct("undo", s.undoItemAct, "Đã hoàn tác thao tác cuối.", "The last act is undone."))
}

// itemView is an item with its whole custody.
type itemView struct {
	page               web.Page
	of                 *custody.Item
	holder             string
	inside             []event.Thing // from the innermost container out
	since              string
	due                string
	late               string
	tone               web.Tone
	from, to, toOffice string
	places             map[postal.UnitCode]string

	both    Parties
	known   bool // somebody knows who sends and receives
	full    bool // names and addresses are shown in full
	mayFull bool // the reader may ask for them
	looks   []look
	names   map[postal.StaffID]string

	lines []QuoteLine // of the price, as shown at the counter
	paid  *Payment    // what the books say of its money
	rules string

	events []web.Event
	open   []*custody.Irregularity
	proved bool
	given  bool // delivered, and the reader may print the confirmation
	papers bool // its papers can be printed here

	form   *web.Form
	failed string // the action that has to be mended
	acts   map[string]string
	can    map[string]bool
	partOf *web.Link // the page that it belongs to; nil: none, or not for the reader
	undo   string    // the act that can be taken back
	undoes string    // what it was
	units  []web.Choice
}

// dossierReader is whoever may open the page that an item belongs to.
var dossierReader = web.AnyOf(web.Clerk, web.Carrier, web.Manager)

func (s *Service) getItem(w http.ResponseWriter, r *http.Request) error {
	return s.showItem(w, r, http.StatusOK, nil, "")
}

func (s *Service) showItem(w http.ResponseWriter, r *http.Request, status int, f *web.Form, failed string) error {
	ctx, who := r.Context(), web.PersonOf(r)
	i, view, err := s.itemOf(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	v := itemView{page: web.NewPage(r, "Bưu gửi "+i.Code.Grouped(), "Item "+i.Code.Grouped()), of: i, form: f, failed: failed}
	v.page.Wide = true
	v.page.Path = itemsPath + string(i.Code)
	steps, err := custody.History(ctx, s.Ledger, i.Code)
	if err != nil {
		return err
	}
	holder, inside := custody.Holder(view, event.Thing(i.Code))
	v.holder, v.inside = s.holderName(ctx, v.page, holder), inside
	v.since = v.page.Millis(heldSince(steps))
	v.due = v.page.Millis(i.DueMs)
	v.late, v.tone = late(v.page, i, s.Now())
	v.from, v.to, v.toOffice = s.officeName(i.Origin), s.unitName(v.page, i.ToUnit), s.officeName(i.ToOffice)
	if err := s.people(r, &v, steps, holder); err != nil {
		return err
	}
	if v.paid, err = s.till().Paid(ctx, i); err != nil {
		return err
	}
	if v.rules = s.Rules; v.both.Slip != nil {
		v.lines = v.both.Slip.Lines
	}
	if len(v.lines) == 0 && v.paid != nil {
		v.lines = v.paid.Relief
	}
	v.events = s.events(ctx, v.page, i, steps)
	v.open = openIrregularities(view, steps, event.Thing(i.Code))
	v.proved = lastProof(steps) != ""
	v.given = (i.Stage == custody.Delivered || i.Stage == custody.Returned) && maySeePeople(who, steps, holder)
	v.papers = who.May(web.Clerk, "") && (i.Origin == who.Office() || holder == custody.AtOffice(who.Office()))
	s.actions(&v, view, who, steps, holder)
	if s.Beside.Of != nil && who.May(dossierReader, "") {
		page, ok, err := s.Beside.Of(ctx, i.Code)
		if err != nil {
			return err
		}
		if ok {
			v.partOf = &page
		}
	}
	if err := view.Err(); err != nil {
		return err
	}
	return web.Render(w, r, status, itemPage(v))
}

// people opens who sends and receives as far as the reader may see them, and notes it when he sees them in full.
func (s *Service) people(r *http.Request, v *itemView, steps []custody.Step, holder event.Holder) error {
	ctx, who := r.Context(), web.PersonOf(r)
	found, err := s.PartiesOf(ctx, v.of.AcceptAct)
	if err != nil {
		return err
	}
	v.both, v.known = found[v.of.AcceptAct]
	v.places = map[postal.UnitCode]string{}
	for _, y := range []Party{v.both.Sender, v.both.Recipient} {
		v.places[y.Unit] = s.unitName(v.page, y.Unit)
	}
	v.mayFull = v.known && maySeePeople(who, steps, holder)
	v.full = v.mayFull && r.URL.Query().Get("full") == "1"
	if v.full {
		if err := s.noteAccess(ctx, who, string(v.of.Code), "item"); err != nil {
			return err
		}
	}
	if who.May(web.Supervisor, "") && v.mayFull {
		if v.looks, err = s.looks(ctx, string(v.of.Code)); err != nil {
			return err
		}
		v.names = map[postal.StaffID]string{}
		for _, l := range v.looks {
			if v.names[l.Staff] == "" {
				v.names[l.Staff] = s.Staff.Name(ctx, l.Staff)
			}
		}
	}
	return nil
}

// maySeePeople: the counter staff of an office that holds or held the item, and the carrier who holds it now.
func maySeePeople(who web.Person, steps []custody.Step, holder event.Holder) bool {
	if custody.Carrier(holder) == who.ID {
		return true
	}
	if !who.May(lister, "") || who.Office() == "" {
		return false
	}
	return custody.Office(holder) == who.Office() || slices.ContainsFunc(steps, func(t custody.Step) bool { return t.Entry.Office == who.Office() })
}

// heldSince is when the item came to where it is: the last entry that moved it.
func heldSince(steps []custody.Step) int64 {
	for _, t := range slices.Backward(steps) {
		for _, f := range t.Entry.Facts {
			switch f.(type) {
			case event.ItemAccepted, event.ItemPacked, event.ItemUnpacked, event.ItemTakenOut, event.Loaded, event.Unloaded, event.HandoverCompleted,
				event.ItemDelivered, event.ItemTakenBack, event.ItemLost, event.ItemFound, event.ItemUndone, event.BagEmptied:
				return t.Entry.OccurredMs
			case event.IrregularitySettled:
				if f.(event.IrregularitySettled).Holder != "" {
					return t.Entry.OccurredMs
				}
			}
		}
	}
	return 0
}

// openIrregularities finds what is not settled about a thing, through its own history.
func openIrregularities(v *ledger.View, steps []custody.Step, t event.Thing) []*custody.Irregularity {
	var out []*custody.Irregularity
	for _, step := range steps {
		for _, f := range step.Entry.Facts {
			raised, ok := f.(event.IrregularityRaised)
			if !ok || raised.Thing != t {
				continue
			}
			if x, ok := ledger.Get[*custody.Irregularity](v, custody.IrregularityKey(raised.Irregularity)); ok && x.Decision == "" {
				out = append(out, x)
			}
		}
	}
	return out
}

func lastProof(steps []custody.Step) string {
	for _, t := range slices.Backward(steps) {
		for _, f := range t.Entry.Facts {
			if d, ok := f.(event.ItemDelivered); ok {
				return d.Proof
			}
		}
	}
	return ""
}

// itemActions are the actions of the item page, in the order in which they stand there.
var itemActions = []string{"hold", "redirect", "return", "lost", "found", "seen", "undo"}

// actions finds out what the reader can do with the item now, by asking the acts themselves.
func (s *Service) actions(v *itemView, view *ledger.View, who web.Person, steps []custody.Step, holder event.Holder) {
	v.acts, v.can = map[string]string{}, map[string]bool{}
	for _, name := range itemActions {
		v.acts[name] = s.newAct()
		if name == v.failed {
			v.acts[name] = web.ActOf(v.form, s.Now())
		}
	}
	office := who.Office()
	if office == "" {
		return
	}
	e := ledger.Envelope{OccurredMs: postal.Millis(s.Now()), Office: office, Actor: who.ID}
	can := func(a ledger.Act) bool { _, err := a.Decide(view, e); return err == nil }
	n := v.of.Code
	if who.May(web.Clerk, "") {
		v.can["hold"] = can(custody.Hold{Item: n, Until: s.today()})
		v.can["return"] = can(custody.Return{Item: n, Reason: custody.ReturnReasons[0]})
		v.can["redirect"] = v.can["return"] // both need the item in hand and on its way out
		v.can["lost"] = can(custody.ReportLost{Item: n, Reason: custody.LostReasons[0]})
		v.can["found"] = can(custody.Find{Item: n})
		v.can["seen"] = !v.can["found"] && !v.of.Ended() && holder != custody.AtOffice(office) && can(custody.SeeHere{Thing: event.Thing(n)})
	}
	if len(steps) > 0 && who.May(undoer, "") && can(custody.Undo{Item: n, Act: v.of.Last.Act}) {
		last := lastAct(steps, v.of.Last.Seq)
		if last != nil && (who.May(web.Clerk, "") || last.Actor == who.ID) {
			v.can["undo"], v.undo = true, v.of.Last.Act.String()
			v.undoes = custody.Say("fact", v.of.Last.Fact).In(v.page.Lang) + " · " + v.page.Millis(last.OccurredMs)
		}
	}
	if v.failed != "" {
		v.can[v.failed] = true
	}
	if v.failed == "redirect" {
		v.units = s.communeChoices(v.page, v.form, "to")
	}
}

func lastAct(steps []custody.Step, seq int64) *event.Entry {
	for _, t := range steps {
		if t.Entry.Seq == seq {
			return t.Entry
		}
	}
	return nil
}

// readAct makes the act that a form of the item page asks for.
type readAct func(r *http.Request, f *web.Form, i *custody.Item) ledger.Act

// itemAct does one action of the item page. What is refused is said at the field, and the page keeps what was typed.
func (s *Service) itemAct(name string, read readAct, vi, en string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.ReadForm(r)
		if err != nil {
			return err
		}
		i, _, err := s.itemOf(r.Context(), r.PathValue("number"))
		if err != nil {
			return err
		}
		act := read(r, f, i)
		if f.Err() != nil {
			return s.showItem(w, r, http.StatusUnprocessableEntity, f, name)
		}
		if name == "undo" {
			if err := s.ownUndo(r, i); err != nil {
				return err
			}
		}
		_, err = s.do(r, act)
		if status, rest := judge(f, atField(err, name)); rest != nil {
			return rest
		} else if status != 0 {
			return s.showItem(w, r, status, f, name)
		}
		return web.Done(w, r, cmpOr(returnTo(f), func() string { return itemsPath + string(i.Code) }), i.Code.Grouped()+": "+vi, i.Code.Grouped()+": "+en)
	}
}

// returnTo is the page of ours that a form wants to return to.
func returnTo(f *web.Form) string {
	if back := f.Value("back"); back != "" {
		return web.SafeNext(back)
	}
	return ""
}

// atField names the field of the item page that an act's refusal belongs to: several forms there ask for a reason.
func atField(err error, action string) error {
	e, ok := fault.From(err)
	if !ok {
		return err
	}
	switch e.Field {
	case "reason":
		return e.At(action + "_reason")
	case "to_unit":
		return e.At("to.place")
	}
	return err
}

// ownUndo keeps a carrier from undoing what somebody else did.
func (s *Service) ownUndo(r *http.Request, i *custody.Item) error {
	who := web.PersonOf(r)
	if who.May(web.Clerk, "") {
		return nil
	}
	steps, err := custody.History(r.Context(), s.Ledger, i.Code)
	if err != nil {
		return err
	}
	if last := lastAct(steps, i.Last.Seq); last != nil && last.Actor == who.ID {
		return nil
	}
	return fault.New(fault.Forbidden, "desk.undo_own", "Bạn chỉ hoàn tác được việc do chính mình làm.", "You can undo only what you did yourself.")
}

func (s *Service) holdAct(_ *http.Request, f *web.Form, i *custody.Item) ledger.Act {
	return custody.Hold{Item: i.Code, Until: f.Day("until")}
}

func (s *Service) redirectAct(r *http.Request, f *web.Form, i *custody.Item) ledger.Act {
	unit := s.readCommune(web.NewPage(r, "", ""), f, "to")
	if f.Err() != nil {
		return nil
	}
	office, ok := s.Places.DeliveryOffice(unit)
	if !ok {
		_ = f.Refuse(fault.New(fault.Conflict, "desk.no_delivery_office", "Chưa có bưu cục nào phát ở nơi này.", "No office delivers there yet.").At("to.place"))
	}
	return custody.Redirect{Item: i.Code, ToUnit: unit, ToOffice: office}
}

func returnAct(_ *http.Request, f *web.Form, i *custody.Item) ledger.Act {
	return custody.Return{Item: i.Code, Reason: f.Choice("return_reason", custody.ReturnReasons...)}
}

func lostAct(_ *http.Request, f *web.Form, i *custody.Item) ledger.Act {
	return custody.ReportLost{Item: i.Code, Reason: f.Choice("lost_reason", custody.LostReasons...)}
}

func foundAct(_ *http.Request, _ *web.Form, i *custody.Item) ledger.Act {
	return custody.Find{Item: i.Code}
}

func seenAct(_ *http.Request, _ *web.Form, i *custody.Item) ledger.Act {
	return custody.SeeHere{Thing: event.Thing(i.Code)}
}

func (s *Service) undoItemAct(_ *http.Request, f *web.Form, i *custody.Item) ledger.Act {
	return s.till().Undo(custody.Undo{Item: i.Code, Act: web.Parse(f, "undo", postal.ParseActID)})
}

// proofView is what is kept of a delivery.
type proofView struct {
	page             web.Page
	of               *custody.Item
	proof            proof
	when, where, who string
	signature, photo string // data addresses
	gone             bool
}

// getProof shows how a delivery was proved, to those who may see the people of the item; the look is noted.
func (s *Service) getProof(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), web.PersonOf(r)
	i, view, err := s.itemOf(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	steps, err := custody.History(ctx, s.Ledger, i.Code)
	if err != nil {
		return err
	}
	holder, _ := custody.Holder(view, event.Thing(i.Code))
	hash := lastProof(steps)
	if !maySeePeople(who, steps, holder) || hash == "" {
		return fault.New(fault.NotFound, "desk.no_proof", "Không có bằng chứng phát nào mà bạn được xem.", "There is no proof that you may see.")
	}
	v := proofView{page: web.NewPage(r, "Bằng chứng phát "+i.Code.Grouped(), "Proof of delivery "+i.Code.Grouped()), of: i}
	if err := s.openProof(ctx, &v, hash); err != nil {
		return err
	}
	for _, t := range slices.Backward(steps) {
		if slices.ContainsFunc(t.Entry.Facts, func(f event.Fact) bool { return f.Fact() == "item.delivered" }) {
			v.when, v.where, v.who = v.page.Millis(t.Entry.OccurredMs), s.officeName(t.Entry.Office), s.Staff.Name(ctx, t.Entry.Actor)
			break
		}
	}
	if err := s.noteAccess(ctx, who, string(i.Code), "proof"); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, proofPage(v))
}

func (s *Service) openProof(ctx context.Context, v *proofView, hash string) error {
	_, b, err := s.Proof(ctx, hash)
	if fault.Code(err) == "privacy.erased" || fault.Is(err, fault.NotFound) {
		v.gone = true
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &v.proof); err != nil {
		return err
	}
	for _, p := range []struct {
		hash, kind string
		into       *string
	}{{v.proof.Signature, "image/png", &v.signature}, {v.proof.Photo, "image/jpeg", &v.photo}} {
		if p.hash == "" {
			continue
		}
		_, picture, err := s.Proof(ctx, p.hash)
		if err != nil && fault.Code(err) != "privacy.erased" && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			*p.into = "data:" + p.kind + ";base64," + base64.StdEncoding.EncodeToString(picture)
		}
	}
	return nil
}

// masked keeps of a name what tells one person from another on a screen that others may see: the first letter of each word.
func masked(name string) string {
	words := strings.Fields(name)
	for n, w := range words {
		words[n] = string([]rune(w)[:1]) + "•••"
	}
	return strings.Join(words, " ")
}

// rfc3339 is a moment for machines.
func rfc3339(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
