package dossier

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// caseView is the page of one dossier: strip, two clocks, papers, timeline, and the next thing to do.
type caseView struct {
	web.Page
	*Dossier
	Form       *web.Form
	Act        string
	New        bool // just taken in
	Procedure  *Procedure
	AgencyName string
	Office     string
	GivenAt    string  // the office that gives the result, with its address
	HeardAt    string  // the office that wrote down what is owed
	People     *People // nil when forgotten, or Hidden
	Hidden     bool    // the dossier does not pass the reader's office
	Full       bool
	Time       AgencyTime
	Post       []postClock
	Events     []web.Event
	Can        map[string]bool
	Item       *custody.Item // of the result, or of the dossier
	Where      string
	Away       error // why another office than the reader's goes on with the packet
	InviteFrom postal.Day
	Complaints []*Complaint
	Changed    string   // the procedure is not what it was
	Wrong      *Takings // of a wrong person who has not got it back
	Paid       *Takings // with the result, by whoever has it
	Officer    bool
	Street     bool
	ToLine     string
	FromLine   string
	Receipts   []StateReceipt
	Packet     *custody.Item // whose liability record the forms are about: the one that matters now, or one that was asked for
	LeastVND   postal.VND    // of its compensation, by the rules of today
	PaidOutVND postal.VND    // as compensation for the packet that matters now

	Claims    []claim             // the packets with a record, the chosen one first
	Unclaimed []postal.ItemNumber // other packets that are lost or damaged without one
	Payers    []web.Person        // who may pay an amount above the least
	Approvers []web.Person        // or approve it
	Overseer  bool                // a manager: looks, and approves

	Shows map[string]string // what each picture shows, by its hash

	Added    []added // packets of papers that came later
	Fare     *Price  // of the papers that are about to be taken in, to be seen before it is taken
	Giving   giving
	Handings []*custody.Handover // with the agency, that the reader may open
}

// postClock is one way of the post with its time.
type postClock struct {
	Label string
	Due   string
	Done  string // what stopped it, and when
	Late  bool
	Basis string
}

// getCase shows a dossier.
func (s *Service) getCase(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	return s.drawCase(w, r, http.StatusOK, v, d, web.FormOf())
}

// getPeople shows it with its people in full; that somebody looked is recorded.
func (s *Service) getPeople(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	if err := s.lookAt(r, v, d, "people"); err != nil {
		return err
	}
	return s.drawWhole(w, r, http.StatusOK, v, d, web.FormOf(), true)
}

func (s *Service) drawCase(w http.ResponseWriter, r *http.Request, status int, v *ledger.View, d *Dossier, f *web.Form) error {
	return s.drawWhole(w, r, status, v, d, f, false)
}

// drawWhole draws the page; full shows the people in full, to whoever may look and whose look has been noted.
func (s *Service) drawWhole(w http.ResponseWriter, r *http.Request, status int, v *ledger.View, d *Dossier, f *web.Form, full bool) error {
	me := web.PersonOf(r)
	c := caseView{Page: web.NewPage(r, "Hồ sơ "+grouped(d.Code), "Dossier "+grouped(d.Code)), Dossier: d, Form: f, Act: web.ActOf(f, s.Now()), New: r.URL.Query().Get("new") != "", Full: full}
	c.Officer = me.Office().Agency() != ""
	c.NoScan, c.Wide = c.Officer, true
	c.Overseer = !me.May(all, "")
	c.Street = !c.Officer && !c.Overseer && !me.May(web.Clerk, "")
	c.AgencyName, c.Office, c.HeardAt = s.agencyName(r.Context(), c.Page, d.Agency), s.officeName(d.Office), s.officeName(d.Heard.Ready)
	c.GivenAt = s.officeLine(d.ToOffice)
	if err := s.casePeople(r, v, &c); err != nil {
		return err
	}
	var err error
	if c.Time, err = AgencyDue(s.Calendar, d, s.Now()); err != nil && silent(err) != nil {
		return err
	}
	c.Post = s.postClocks(c.Page, d)
	entries, err := s.history(r, d)
	if err != nil {
		return err
	}
	c.Added = addedTo(v, entries)
	c.Events, c.Handings = s.timeline(r, c.Page, d, entries), handings(v, me, entries)
	if c.Procedure, err = s.Catalogue.On(d.Procedure, d.Version); err != nil {
		if f, ok := fault.From(err); ok {
			c.Changed = c.Say(f)
		} else {
			return err
		}
	} else if changed, why := Refreshed(s.Catalogue, d, s.today()); changed && !d.Filed() && !d.Over() { // once filed the agency goes by the law of its own day
		c.Changed = c.T("Thủ tục đã thay đổi từ khi nhận hồ sơ.", "The procedure has changed since the dossier was accepted.")
		if f, ok := fault.From(why); ok {
			c.Changed = c.Say(f)
		}
	}
	if c.InviteFrom, _, err = InviteAgain(s.Calendar, d, s.today()); err != nil && silent(err) != nil {
		return err
	}
	for n := 1; n <= d.Complaints; n++ {
		if x, ok := ledger.Get[*Complaint](v, ComplaintKey(d.Code, n)); ok {
			c.Complaints = append(c.Complaints, x)
		}
	}
	c.Item, c.Where = s.packet(c.Page, v, d)
	if !c.Officer {
		c.Receipts = s.receiptsOf(v, d)
	}
	if c.Wrong = s.wrongMoney(v, d); c.Wrong == nil && d.DeliveredTo != "" {
		if t, ok := s.Money.Paid(v, d.Result); ok {
			c.Paid = &t
		}
	}
	if c.Can, err = s.can(r.Context(), v, me, d, c.Item); err != nil {
		return err
	}
	c.Packet = chosenPacket(v, d, cmp.Or(f.Value("packet"), r.URL.Query().Get("packet")), c.Item)
	s.canClaim(v, me, d, c.Packet, c.Can)
	if c.inHands() {
		c.Away = elsewhere(v, me.Office(), me.ID, d.Result, s.officeName)
	} else if d.State == Lost {
		c.Away = s.lostElsewhere(c.Item, me.Office())
	}
	if err := s.caseGiving(r, v, &c); err != nil {
		return err
	}
	if err := s.caseLiability(r.Context(), v, &c, entries); err != nil {
		return err
	}
	if err := s.caseFare(r, v, &c); err != nil {
		return err
	}
	if v.Err() != nil {
		return v.Err()
	}
	return web.Render(w, r, status, casePage(c))
}

// casePeople opens the people, masked unless they were asked for in full; an agency's officer has the papers and sees no more here, an office that the dossier does not pass sees them with its secret.
func (s *Service) casePeople(r *http.Request, v *ledger.View, c *caseView) error {
	if c.Officer {
		return nil
	}
	may, err := s.maySeePeople(r, v, c.Dossier)
	if err != nil {
		return err
	}
	if c.Hidden = !may && !c.Full; c.Hidden {
		return nil
	}
	p, err := s.store().PeopleOf(r.Context(), c.Dossier.Act)
	if _, isFault := fault.From(err); isFault {
		return nil
	}
	if err != nil {
		return err
	}
	c.FromLine, _ = s.Communes.CommuneLine(c.Page, p.Sender.Unit)
	c.ToLine, _ = s.Communes.CommuneLine(c.Page, p.Receiver.Unit)
	if !c.Full {
		for _, x := range []*Person{&p.Sender, &p.Receiver} {
			x.Name, x.Address, x.Email = mask(x.Name), "•••", ""
		}
	}
	c.People = &p
	if len(c.Pictures) > 0 {
		c.Shows, err = s.store().PictureKinds(r.Context(), c.Dossier.Act)
	}
	return err
}

// mask leaves the first letter of each word of a name.
func mask(name string) string {
	words := strings.Fields(name)
	for n, w := range words {
		first := []rune(w)[0]
		words[n] = string(first) + "•••"
	}
	return strings.Join(words, " ")
}

// packet is the item that matters now, and where it is.
func (s *Service) packet(p web.Page, v *ledger.View, d *Dossier) (*custody.Item, string) {
	n := current(d)
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
	if !ok {
		return nil, ""
	}
	h, inside := custody.Holder(v, event.Thing(n))
	where := s.holderName(p, h)
	if len(inside) > 0 {
		where += p.T(", trong ", ", inside ") + string(inside[0])
	}
	return i, where
}

func (s *Service) holderName(p web.Page, h event.Holder) string {
	switch {
	case custody.Office(h) != "":
		return s.officeName(custody.Office(h))
	case custody.Agency(h) != "":
		return p.T("cơ quan", "the agency")
	case custody.Carrier(h) != "":
		return p.T("bưu tá", "the postman")
	case h == event.Recipient:
		return p.T("người nhận", "the receiver")
	case h == event.Sender:
		return p.T("người nộp", "the sender")
	case h == event.Lost:
		return p.T("thất lạc, đang tìm", "missing, being searched for")
	}
	return p.T("chưa rõ", "unknown")
}

// The hands into which the acts on a dossier are given, beside those that either side does.
var (
	supervised = []string{"liability", "correct", "compensate"} // money leaves the house: whoever may compensate under Cash
	agencyOnly = []string{"completed"}
	agencySays = []string{"slip", "ask", "later", "ready"}
)

// mayDo says whether the person's role is one that does an act at all, whatever the state of the dossier. postCase refuses by it, so a form that was never drawn is no way in.
func mayDo(me web.Person, do string) bool {
	officer := me.Office().Agency() != ""
	switch {
	case do == "approve":
		return me.May(web.Manager, "")
	case !me.May(all, ""):
		return false
	case slices.Contains(supervised, do):
		return !officer && me.May(web.Supervisor, "")
	case slices.Contains(agencyOnly, do):
		return officer
	case slices.Contains(agencySays, do): // by its officer, or by the desk of the post that heard it
		return officer || me.May(web.Clerk, me.Office())
	case do == "tell":
		return !officer && me.May(web.Clerk, me.Office())
	}
	return !officer
}

// can says which acts the page offers: the state allows them, and the person is the one to do them. The ledger decides in the end.
func (s *Service) can(ctx context.Context, v *ledger.View, me web.Person, d *Dossier, i *custody.Item) (map[string]bool, error) {
	heard, err := s.Hearing(ctx, d)
	if err != nil {
		return nil, err
	}
	mine := i != nil && i.In == "" && i.Handover == "" && (i.Holder == custody.AtOffice(me.Office()) || i.Holder == custody.ByCarrier(me.ID))
	result := d.inHands()
	at := func(states ...State) bool { return slices.Contains(states, d.State) }
	can := map[string]bool{
		"slip":       d.slipOpen() || d.bettersSlip(me.Office()),
		"tell":       at(SlipIssued),
		"ask":        at(HandedOver, SlipIssued, SlipTold) && d.Supplements == 0 || d.bettersAsked(me.Office()),
		"completed":  at(SupplementRequested),
		"supplement": at(SupplementRequested),
		"later":      at(HandedOver, SlipIssued, SlipTold, AwaitingResult) && d.Apologised == 0 || d.bettersPutOff(me.Office()),
		"ready":      at(HandedOver, SlipIssued, SlipTold, AwaitingResult) || d.bettersReady(me.Office()),
		"withdraw":   at(Accepted, InTransit, AwaitingResult),
		"giveback":   at(Refused, TurningBack) && mine,
		"deliver":    result && mine,
		"invite":     result && elsewhere(v, me.Office(), me.ID, d.Result, codeAlone) == nil,
		"try":        at(OutForDelivery) && i != nil && i.Holder == custody.ByCarrier(me.ID),
		"unclaimed":  result && mine,
		"takeback":   at(Delivered, GivenBack) && i != nil && i.Last.Office == me.Office(),
		"recalled":   at(Delivered) && Sheets(d.Recalled) > 0 && d.RecalledItem == "",
		"lost":       mine && !at(Lost),
		"found":      at(Lost) && s.lostElsewhere(i, me.Office()) == nil,
		"complain":   at(States()...),
	}
	for do, offered := range can {
		can[do] = offered && mayDo(me, do) && (me.Office().Agency() != "" || heard.near(d, me.Office()) || do != "tell" && !slices.Contains(agencySays, do))
	}
	return can, nil
}

// postClocks are the ways of the post, each with its time.
func (s *Service) postClocks(p web.Page, d *Dossier) (list []postClock) {
	now := postal.Millis(s.Now())
	add := func(label string, c Clock) {
		x := postClock{Label: label, Due: noTime(p), Late: c.Late(now)}
		if c.DueMs > 0 {
			x.Due = p.Millis(c.DueMs)
		}
		switch {
		case c.StoppedMs > 0:
			x.Done = d.stopped(p, c)
		case d.turned():
			x.Done, x.Late = p.T("không còn tính: hồ sơ quay về", "no longer counts: it turned back"), false
		}
		if len(c.Rules) > 0 {
			if rule, ok := s.Calendar.Book().ByID(c.Rules[0]); ok {
				x.Basis = rule.Cite().In(p.Lang)
				if !rule.Verified {
					x.Basis += " (" + p.T("chưa kiểm chứng", "not verified") + ")"
				}
			}
		}
		list = append(list, x)
	}
	if d.Sends() {
		add(promise(p, d.Form), d.Send)
	}
	if d.Return.StartedMs > 0 {
		add(p.T("Trả kết quả chậm nhất", "Result to the citizen by"), d.Return)
	}
	return list
}

// history gives the entries that touched the dossier, the oldest first.
func (s *Service) history(r *http.Request, d *Dossier) ([]event.Entry, error) {
	key := DossierKey(d.Code)
	trails, err := s.Ledger.Trails(r.Context(), []ledger.Key{key})
	if err != nil {
		return nil, err
	}
	return s.Ledger.Entries(r.Context(), trails[key])
}

// handings are the handovers with the agency in which the dossier's packets were, those that a person may open, the newest first.
func handings(v *ledger.View, me web.Person, entries []event.Entry) (list []*custody.Handover) {
	for n := len(entries) - 1; n >= 0; n-- {
		for _, f := range entries[n].Facts {
			opened, ok := f.(event.HandoverOpened)
			if !ok {
				continue
			}
			h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(opened.Handover))
			if ok && mayOpen(me, h) && h.Status != custody.HandoverWithdrawn {
				list = append(list, h)
			}
		}
	}
	return list
}

// timeline is everything that happened to the dossier and its packets, the newest first.
func (s *Service) timeline(r *http.Request, p web.Page, d *Dossier, entries []event.Entry) []web.Event {
	var events []web.Event
	for n := len(entries) - 1; n >= 0; n-- {
		e := &entries[n]
		title := s.title(p, d, e)
		if title == "" {
			continue
		}
		place := s.officeName(e.Office)
		if a := e.Office.Agency(); a != "" {
			place = s.agencyName(r.Context(), p, a)
		}
		events = append(events, web.Event{When: p.Millis(e.OccurredMs), Title: title, Place: place, Text: s.Name(r.Context(), e.Actor)})
	}
	return events
}

// title says what an entry meant for the dossier: the last of its own facts, else what custody says.
func (s *Service) title(p web.Page, d *Dossier, e *event.Entry) string {
	title := ""
	for _, f := range e.Facts {
		if _, paid := f.(event.Compensated); paid {
			title = SayFact(f).In(p.Lang)
		} else if strings.HasPrefix(f.Fact(), "dossier.") {
			if codeOf(f) == d.Code {
				title = SayFact(f).In(p.Lang) + s.lostNames(d, f)
			}
		} else if w := custody.SayFact(f); title == "" && w.VI != f.Fact() && !strings.HasPrefix(f.Fact(), "irregularity.") {
			title = w.In(p.Lang)
		}
	}
	return title
}

// lostNames are the titles of the papers that the receiver of a result had lost; "" when there are none.
func (s *Service) lostNames(d *Dossier, f event.Fact) string {
	g, ok := f.(event.ResultDelivered)
	if !ok || len(g.Lost) == 0 {
		return ""
	}
	names, list := slices.Clone(g.Lost), s.published(d)
	for n, id := range names {
		if line, ok := list.Line(id); ok && line.Name != "" {
			names[n] = line.Name
		}
	}
	return " (" + strings.Join(names, "; ") + ")"
}

// grouped writes a code in groups that people can read out.
func grouped(n postal.DossierNumber) string { return n.Grouped() }

// itemPath is the page of an item at the desk.
func itemPath(n postal.ItemNumber) string { return "/desk/items/" + string(n) }

// codeOf gives the dossier that a fact of this package is about.
func codeOf(f event.Fact) postal.DossierNumber {
	switch f := f.(type) {
	case event.DossierAccepted:
		return f.Dossier
	case event.SupplementSent:
		return f.Dossier
	case event.DossierCompared:
		return f.Dossier
	case event.SlipIssued:
		return f.Dossier
	case event.SlipTold:
		return f.Dossier
	case event.SupplementRequested:
		return f.Dossier
	case event.SupplementCompleted:
		return f.Dossier
	case event.DossierRescheduled:
		return f.Dossier
	case event.ResultReady:
		return f.Dossier
	case event.ResultPacked:
		return f.Dossier
	case event.CitizenInvited:
		return f.Dossier
	case event.ResultDelivered:
		return f.Dossier
	case event.RecalledSent:
		return f.Dossier
	case event.DossierWithdrawn:
		return f.Dossier
	case event.DossierGivenBack:
		return f.Dossier
	case event.ResultUnclaimed:
		return f.Dossier
	case event.DossierComplained:
		return f.Dossier
	case event.DossierComplaintAnswered:
		return f.Dossier
	case event.LiabilityRecorded:
		return f.Dossier
	case event.LiabilityApproved:
		return f.Dossier
	}
	return ""
}

// getPicture shows a picture of the dossier; that somebody looked is recorded.
func (s *Service) getPicture(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	hash := r.PathValue("hash")
	if !slices.Contains(d.Pictures, hash) {
		return fault.New(fault.NotFound, "dossier.no_picture", "Không có ảnh này.", "There is no such picture.")
	}
	if err := s.lookAt(r, v, d, "picture"); err != nil {
		return err
	}
	p, err := s.store().PictureOf(r.Context(), d.Act, hash)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", p.Type)
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	_, err = w.Write(p.Body)
	if err != nil {
		return fmt.Errorf("send picture: %w", err)
	}
	return nil
}
