package dossier

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// State is how far a dossier has come. It is in exactly one.
type State string

// The states of a dossier.
const (
	Accepted            State = "accepted"             // counted, sealed, at the office that took it in
	InTransit           State = "in_transit"           // on its way to the agency
	AtAgency            State = "at_agency"            // being handed over, not signed by both
	HandedOver          State = "handed_over"          // filed
	SlipIssued          State = "slip_issued"          // the agency named a day
	SlipTold            State = "slip_told"            // and the citizen knows it
	SupplementRequested State = "supplement_requested" // papers are missing
	Refused             State = "refused"              // the agency did not take it; it turns back
	TurningBack         State = "turning_back"         // the citizen wants it back; it turns round
	GivenBack           State = "given_back"           // its owner has it again
	AwaitingResult      State = "awaiting_result"      // nothing was sent through us; a result will be fetched
	Ready               State = "result_ready"         // the agency has the result
	Received            State = "result_received"      // the post has it
	Returning           State = "result_in_transit"    // on its way to the citizen
	OutForDelivery      State = "out_for_delivery"
	AttemptFailed       State = "attempt_failed"
	AwaitingPickup      State = "awaiting_pickup" // waits at the office for the citizen
	Delivered           State = "delivered"
	GoingBack           State = "returning_to_agency"
	ReturnedToAgency    State = "returned_to_agency"
	Lost                State = "lost"
	Cancelled           State = "cancelled" // its acceptance was a mistake, or nothing had been sent yet
)

// States lists them in the order of a dossier's life, for boards and tests.
func States() []State {
	return []State{Accepted, InTransit, AtAgency, HandedOver, SlipIssued, SlipTold, SupplementRequested, Refused, TurningBack, GivenBack, AwaitingResult, Ready, Received, Returning, OutForDelivery,
		AttemptFailed, AwaitingPickup, Delivered, GoingBack, ReturnedToAgency, Lost, Cancelled}
}

// Ended reports whether nothing more is to come.
func (s State) Ended() bool {
	return slices.Contains([]State{GivenBack, Delivered, ReturnedToAgency, Cancelled}, s)
}

// Leg is what an item carries of a dossier.
type Leg string

// The legs.
const (
	SendLeg       Leg = "send"       // the dossier itself
	SupplementLeg Leg = "supplement" // papers added later
	ResultLeg     Leg = "result"
	RecalledLeg   Leg = "recalled" // papers that the citizen gave up
)

// Clock is the post's own time for one way, frozen at acceptance. A zero StoppedMs: it runs.
type Clock struct {
	StartedMs, DueMs, StoppedMs int64
	Rules                       []string
}

// Late reports whether the post was, or is by now, later than it may be.
func (c Clock) Late(nowMs int64) bool {
	if c.DueMs == 0 {
		return false
	}
	if c.StoppedMs > 0 {
		nowMs = c.StoppedMs
	}
	return nowMs > c.DueMs
}

// Supplement is the one request for more papers.
type Supplement struct {
	Papers      []string
	Reason      string
	RequestedMs int64
	CompletedMs int64
	Until       postal.Day
	Restarts    bool
	AtHandover  bool
	Item        postal.ItemNumber // the last packet that brings them, while it is under way
}

// Compared is what postman and officer found within a handover that is not signed yet, or was refused with it.
type Compared struct {
	Handover event.Thing
	Verdict  string
	Missing  []string
	Reason   string
	Basis    string
}

// Slip is the day that the agency named, and whether the citizen knows it.
type Slip struct {
	Code     string
	Due      postal.Day
	IssuedMs int64
	ToldMs   int64
	How      string
}

// Dossier is one dossier of an administrative procedure.
type Dossier struct {
	Code      postal.DossierNumber
	Act       postal.ActID // names the acceptance: its people are kept under it
	State     State
	Before    State // where it was when it was lost
	Procedure string
	Version   postal.Day
	Case      string
	Agency    postal.AgencyCode
	Office    postal.OfficeCode // that took it in
	Form      string
	Channel   string
	Keep      string
	ToUnit    postal.UnitCode
	ToOffice  postal.OfficeCode
	Papers    []event.Paper
	Seal      string
	Item      postal.ItemNumber // that carries it to the agency
	Fees      []event.StateFee
	Limit     event.Limit
	SameDay   bool
	// Authorised: the citizen lets the postman sign the agency's register.
	Authorised bool
	Pictures   []string
	Receipt    string
	AcceptedMs int64
	Send       Clock
	FiledMs    int64 // legal filing
	CountMs    int64 // the agency's period began
	AnsweredMs int64 // the agency had the result ready
	Handover   event.Thing

	Compared    Compared
	Supplements int // requests
	Supplement  Supplement
	Slip        Slip
	Due         postal.Day // after the one rescheduling
	Apologised  int64
	ApologyLate bool

	Outcome      string
	OwedVND      postal.VND
	Recall       []string
	Result       postal.ItemNumber
	ResultPapers []event.Paper
	ResultSealed bool // taken sealed: nobody of ours counted what is in it
	ResultSeal   string
	Registered   bool
	Return       Clock
	Invitations  int   // that count
	InvitedMs    int64 // the last that counts
	FirstInvite  int64
	Recalled     []event.Paper
	RecalledItem postal.ItemNumber
	RecalledMs   int64 // the agency has them
	DeliveredTo  string
	Wrong        int // times that it went to the wrong person

	Complaints int
	EndedMs    int64

	CollectedVND postal.VND       // of OwedVND, from the person who has the result
	Given        []event.StateFee // what that person paid with it

	Heard   Heard
	Liables []Liable // one a packet, in the order in which the packets first had one

	Added []postal.ItemNumber // every packet of added papers, also those that have arrived; none in states of earlier versions
}

// SupplementUnderWay reports whether the papers that were asked for have been taken in and are on their way to the agency.
func (d *Dossier) SupplementUnderWay() bool {
	return d.State == SupplementRequested && d.Supplement.Item != ""
}

// Words say how far the dossier has come.
func (d *Dossier) Words() custody.Words {
	switch {
	case d.SupplementUnderWay():
		return Say("state", "supplement_sent")
	case d.State == Lost && d.paidFor():
		return Say("state", "lost_paid")
	}
	return Say("state", string(d.State))
}

// paidFor reports whether the loss or damage of the packet that matters now was compensated.
func (d *Dossier) paidFor() bool { return d.Liable(current(d)).PaidVND > 0 }

// slipOpen reports whether the agency may name a day now: once after the filing, and once more when a supplement was completed after that.
func (d *Dossier) slipOpen() bool {
	if d.Slip.IssuedMs == 0 {
		return d.State == HandedOver
	}
	return d.slipOver() && slices.Contains([]State{HandedOver, SlipIssued, SlipTold}, d.State)
}

// slipOver reports whether the day on the slip no longer stands: papers were added after it was issued.
func (d *Dossier) slipOver() bool {
	return d.Slip.IssuedMs > 0 && d.Supplement.CompletedMs > d.Slip.IssuedMs
}

// Owes is what is still to be paid to the agency with the result.
func (d *Dossier) Owes() postal.VND { return d.OwedVND - d.CollectedVND }

// gave notes what the person who gets the result pays with it.
func (d *Dossier) gave(fees []event.StateFee) {
	d.Given, d.Fees = fees, append(d.Fees, fees...)
	d.CollectedVND += sumFees(fees, ByPost, ByOnline, ByAgency)
}

// Agreed are the fees of the intake, without what was paid with the result later.
func (d *Dossier) Agreed() []event.StateFee { return d.Fees[:len(d.Fees)-len(d.Given)] }

// unpay takes what the last receiver paid in these ways out of what counts as collected: he was the wrong one, or his money was given back.
func (d *Dossier) unpay(hows ...string) {
	was := func(f event.StateFee) bool { return slices.Contains(hows, f.How) }
	first := len(d.Fees) - len(d.Given)
	d.CollectedVND -= sumFees(d.Given, hows...)
	d.Fees = append(slices.Clone(d.Fees[:first]), slices.DeleteFunc(slices.Clone(d.Given), was)...)
	d.Given = slices.DeleteFunc(slices.Clone(d.Given), was)
}

// recallGiven fills in what states of earlier versions do not say, knowsSum those of the very first not even the sum. They gave a result only when all that was owed had been paid with it, and noted its fees
// last; and they left a wrong person's fees where they were.
func (d *Dossier) recallGiven(knowsSum bool) {
	if d.DeliveredTo == "" && d.Wrong == 0 {
		return
	}
	paid := d.CollectedVND
	if !knowsSum {
		paid = d.OwedVND
	}
	first, sum := len(d.Fees), postal.VND(0)
	for first > 0 && sum < paid {
		first--
		sum += d.Fees[first].AmountVND
	}
	if sum != paid {
		first = len(d.Fees)
	}
	d.CollectedVND, d.Given = paid, slices.Clone(d.Fees[first:])
	if d.DeliveredTo == "" {
		d.CollectedVND, d.Given, d.Fees = 0, nil, slices.Clone(d.Fees[:first])
	}
}

// DossierKey is where a dossier is kept.
func DossierKey(n postal.DossierNumber) ledger.Key { return ledger.Key("o:" + n) }

// ItemKey is where an item's dossier is kept.
func ItemKey(n postal.ItemNumber) ledger.Key { return custody.BoundKey(n) }

// OfficeBoard and AgencyBoard are the places of dossiers that an office or an agency has to do with now.
func OfficeBoard(o postal.OfficeCode) string { return "o/office:" + string(o) }
func AgencyBoard(a postal.AgencyCode) string { return "o/agency:" + string(a) }

// Place is the board of whoever has to do the next thing.
func (d *Dossier) Place() string {
	switch d.State {
	case HandedOver, SlipIssued, SlipTold, SupplementRequested, AwaitingResult, Ready:
		if d.SupplementUnderWay() {
			return OfficeBoard(d.Office)
		}
		if d.EndedMs == 0 {
			return AgencyBoard(d.Agency)
		}
	case Received, Returning, OutForDelivery, AttemptFailed, AwaitingPickup, GoingBack:
		return OfficeBoard(d.ToOffice)
	case Lost:
		if d.Result != "" {
			return OfficeBoard(d.ToOffice)
		}
		return OfficeBoard(d.Office)
	case Accepted, InTransit, AtAgency, Refused, TurningBack:
		return OfficeBoard(d.Office)
	}
	if d.waitsForApproval() {
		return OfficeBoard(d.Office) // it has ended, but for the money
	}
	return ""
}

// Brings reports whether the post also fetches the result; Sends whether it brought the dossier.
func (d *Dossier) Brings() bool { return d.Form == FormResult || d.Form == FormBoth }
func (d *Dossier) Sends() bool  { return d.Form == FormSend || d.Form == FormBoth }

// Filed reports whether the dossier is filed with its agency.
func (d *Dossier) Filed() bool { return d.FiledMs > 0 }

// withAgency reports whether the agency is at work on it, or could be asked about it.
func (d *Dossier) withAgency() bool {
	return slices.Contains([]State{HandedOver, SlipIssued, SlipTold, AwaitingResult}, d.State)
}

// inHands reports whether the post has its result, on the way to the citizen.
func (d *Dossier) inHands() bool {
	return slices.Contains([]State{Received, Returning, OutForDelivery, AttemptFailed, AwaitingPickup}, d.State)
}

// Carriage says which dossier an item belongs to.
type Carriage struct {
	Dossier postal.DossierNumber
	Leg     Leg
	Papers  []event.Paper // of a supplement or of recalled papers; the dossier has the others
	Seal    string
}

// Place is none.
func (*Carriage) Place() string { return "" }

// BoundTo is the dossier's agency; the dossier itself and added papers are opened there and compared.
func (c *Carriage) BoundTo(v *ledger.View) (postal.AgencyCode, bool) {
	d, ok := ledger.Get[*Dossier](v, DossierKey(c.Dossier))
	if !ok {
		return "", false
	}
	return d.Agency, c.opened()
}

// opened reports whether the packet is opened and compared paper by paper at the agency; others are only counted.
func (c *Carriage) opened() bool { return c.Leg == SendLeg || c.Leg == SupplementLeg }

// Encode writes the carriage.
func (c *Carriage) Encode(dst []byte) []byte { return ledger.Encode(dst, c.fields) }

// Decode reads the carriage.
func (c *Carriage) Decode(b []byte) error { return ledger.Decode(b, c.fields) }

func (c *Carriage) fields(k *ledger.Codec) {
	ledger.Str(k, &c.Dossier)
	ledger.Str(k, &c.Leg)
	walkPapers(k, &c.Papers)
	ledger.Str(k, &c.Seal)
}

// Of gives the dossier of an item; ok is false when it belongs to none.
func Of(v *ledger.View, n postal.ItemNumber) (d *Dossier, leg Leg, ok bool) {
	if !custody.OfDossier(n) {
		return nil, "", false
	}
	c, ok := ledger.Get[*Carriage](v, ItemKey(n))
	if !ok {
		return nil, "", false
	}
	d, ok = ledger.Get[*Dossier](v, DossierKey(c.Dossier))
	return d, c.Leg, ok
}

// Find gives a dossier that must exist.
func Find(v *ledger.View, n postal.DossierNumber) (*Dossier, error) {
	d, ok := ledger.Get[*Dossier](v, DossierKey(n))
	if !ok {
		return nil, fault.New(fault.NotFound, "dossier.unknown", "Không có hồ sơ %s. Hãy kiểm tra lại mã trên bìa hồ sơ.", "There is no dossier %s. Check the code on the folder.", string(n)).At("dossier")
	}
	return d, nil
}

// numbers is an office's last dossier number.
type numbers struct{ last int }

func numberKey(o postal.OfficeCode) ledger.Key { return ledger.Key("z:" + o) }

// Place is none.
func (*numbers) Place() string { return "" }

// Encode writes the number.
func (n *numbers) Encode(dst []byte) []byte {
	return ledger.Encode(dst, func(c *ledger.Codec) { ledger.Int(c, &n.last) })
}

// Decode reads the number.
func (n *numbers) Decode(b []byte) error {
	return ledger.Decode(b, func(c *ledger.Codec) { ledger.Int(c, &n.last) })
}

// Kinds are the states that dossier keeps in the ledger.
func Kinds() []ledger.Kind {
	return []ledger.Kind{
		{Letter: 'o', New: func() ledger.State { return &Dossier{} }, Trail: true},
		{Letter: 'j', New: func() ledger.State { return &Carriage{} }},
		{Letter: 'y', New: func() ledger.State { return &Complaint{} }, Trail: true},
		{Letter: 'z', New: func() ledger.State { return &numbers{} }},
		{Letter: 's', New: func() ledger.State { return &usedSeal{} }},
	}
}
