package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/web"
)

// Keyed is the id of the act in a request that makes one act.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" format:"uuid" doc:"The act's id, a UUID made by the sender; sent again with the same content it gets the first answer"`
}

// When says when, where and by whom an act was done.
type When struct {
	OccurredAt string `json:"occurred_at" format:"date-time" doc:"When, by the device's clock"`
	Office     string `json:"office,omitempty" pattern:"^[0-9]{6}$" doc:"Where; the caller's own office when left out"`
	Actor      string `json:"actor,omitempty" maxLength:"32" doc:"The member of staff who holds a shared device; the caller when left out"`
}

func (w When) scan(key, act string) Scan {
	return Scan{ID: key, Act: act, OccurredAt: w.OccurredAt, Office: w.Office, Actor: w.Actor}
}

// Recorded answers an act that is in the ledger.
type Recorded struct {
	ID             string   `json:"id"`
	Status         string   `json:"status" enum:"recorded,repeated"`
	Seq            int64    `json:"seq" doc:"Where it stands in the ledger"`
	RecordedAt     string   `json:"recorded_at" format:"date-time"`
	Thing          string   `json:"thing,omitempty" doc:"The code of what the act made: item, bag, dispatch or handover"`
	Irregularities []string `json:"irregularities,omitempty" doc:"What the act raised for a person to settle"`
	Facts          []Fact   `json:"facts"`
}

// RecordedOut is 201 for a new act, 200 for one that was there already.
type RecordedOut struct {
	Status int
	Body   Recorded
}

// Fact is one fact of the ledger.
type Fact struct {
	Fact string `json:"fact" example:"item.accepted"`
	Data any    `json:"data"`
}

func factsOf(facts []event.Fact) []Fact {
	out := make([]Fact, len(facts))
	for n, f := range facts {
		out[n] = Fact{f.Fact(), f}
	}
	return out
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(timeForm) }

// Stamp writes a moment as the API does, "" for none.
func Stamp(ms int64) string { return stampOf(ms) }

// stampOf is stamp, "" for no time.
func stampOf(ms int64) string {
	if ms == 0 {
		return ""
	}
	return stamp(ms)
}

func recorded(r ledger.Receipt) *RecordedOut {
	out := &RecordedOut{Status: http.StatusCreated, Body: Recorded{
		ID: r.Act.String(), Status: "recorded", Seq: r.Seq, RecordedAt: stamp(r.RecordedMs), Facts: factsOf(r.Facts),
	}}
	if r.Repeated {
		out.Status, out.Body.Status = http.StatusOK, "repeated"
	}
	out.Body.Thing, out.Body.Irregularities = made(r.Facts)
	return out
}

// one records a single act by the same way as a scan.
func (s *Service) one(ctx context.Context, c *call, scan Scan) (*RecordedOut, error) {
	m := memory{call: c}
	sub, err := m.submission(c.r, &sent{Scan: scan})
	if err != nil {
		return nil, err
	}
	return s.append(ctx, sub)
}

func (s *Service) append(ctx context.Context, sub ledger.Submission) (*RecordedOut, error) {
	r, err := s.Ledger.Append(ctx, sub.Envelope, sub.Act)
	if err != nil {
		return nil, err
	}
	return recorded(r), nil
}

func late(a ledger.Act) ledger.Act { return custody.Late{Act: a} }

// post describes an operation that makes an act.
func post(id, path, summary, tag string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodPost, Path: "/api/v1" + path, Summary: summary, Tags: []string{tag}, DefaultStatus: http.StatusCreated}
}

// AcceptIn is the body of an acceptance.
type AcceptIn struct {
	Keyed
	Body struct {
		When
		Item     string `json:"item,omitempty" doc:"The number of a printed label; left out, the office's next number is given"`
		Service  string `json:"service" enum:"registered"`
		ToUnit   string `json:"to_unit" pattern:"^[0-9]{5}$" doc:"Commune of destination"`
		ToOffice string `json:"to_office,omitempty" pattern:"^[0-9]{6}$" doc:"Delivering office; the commune's own when left out"`
		WeightG  int64  `json:"weight_g" minimum:"1"`
		FeeVND   int64  `json:"fee_vnd,omitempty" minimum:"0" doc:"Where prices are known it may be left out, and must agree with the price after relief when given"`
		Means    string `json:"means,omitempty" enum:"cash,transfer" doc:"Takes the money too, into the open drawer of the actor; left out, none is taken"`
		Receipt  string `json:"receipt,omitempty" pattern:"^[0-9a-f]{64}$" doc:"Hex SHA-256 of the receipt's secret"`
	}
}

// StartIn is the body that starts a bag or a dispatch.
type StartIn struct {
	Keyed
	Body struct {
		When
		ToOffice string `json:"to_office" pattern:"^[0-9]{6}$"`
	}
}

// BagIn is the body of an act on a bag.
type BagIn struct {
	Keyed
	Code string `path:"code" doc:"14 digits, starting with 2"`
	Body struct {
		When
		Seal   string `json:"seal,omitempty" maxLength:"32" doc:"For seal and open"`
		Reason string `json:"reason,omitempty" maxLength:"100" doc:"For unseal"`
	}
}

// DispatchIn is the body of an act on a dispatch.
type DispatchIn struct {
	Keyed
	Code string `path:"code" doc:"14 digits, starting with 3"`
	Body When
}

// HandoverIn is the body that opens a handover.
type HandoverIn struct {
	Keyed
	Body struct {
		When
		From    string   `json:"from" pattern:"^(office|carrier):.+$" maxLength:"40" example:"office:180100"`
		To      string   `json:"to" pattern:"^(office|carrier):.+$" maxLength:"40" example:"carrier:nv-1042"`
		Purpose string   `json:"purpose,omitempty" enum:"delivery" doc:"A delivery list"`
		Things  []string `json:"things" minItems:"1" maxItems:"400" doc:"Items and bags, or one dispatch alone"`
	}
}

// CountsIn is the body of a count.
type CountsIn struct {
	Keyed
	Code string `path:"code" doc:"14 digits, starting with 4"`
	Body struct {
		When
		Counts []CountIn `json:"counts" minItems:"1" maxItems:"400"`
	}
}

// CountIn is what a taker says of one thing.
type CountIn struct {
	Thing     string `json:"thing"`
	Seal      string `json:"seal,omitempty" maxLength:"32"`
	Condition string `json:"condition,omitempty" enum:"sound,damaged"`
}

// WithdrawIn is the body that calls a handover off.
type WithdrawIn struct {
	Keyed
	Code string `path:"code" doc:"14 digits, starting with 4"`
	Body struct {
		When
		Reason string `json:"reason,omitempty" maxLength:"100" doc:"One of wrong_list, wrong_person, recount, other"`
	}
}

// SignIn is the body of a signature.
type SignIn struct {
	Keyed
	Code string `path:"code" doc:"14 digits, starting with 4"`
	Body struct {
		OccurredAt string   `json:"occurred_at" format:"date-time"`
		Office     string   `json:"office,omitempty" pattern:"^[0-9]{6}$"`
		Side       string   `json:"side" enum:"giver,taker"`
		Difference string   `json:"difference,omitempty" maxLength:"64" doc:"The digest of the difference that the signer saw, as GET gives it; empty for none"`
		Signer     *Signing `json:"signer,omitempty" doc:"The signer's own credentials. A device must send them; a person who is signed in signs for himself without"`
	}
}

// Signing is a person's own credential.
type Signing struct {
	Login    string `json:"login" maxLength:"64"`
	Password string `json:"password" maxLength:"256" writeOnly:"true"`
	Code     string `json:"code,omitempty" maxLength:"16" writeOnly:"true" doc:"Second factor, when the account has one"`
}

// SettleIn is the body that settles an irregularity.
type SettleIn struct {
	Keyed
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		When
		Decision string `json:"decision" enum:"ledger,observation,noted"`
		Reason   string `json:"reason" enum:"recounted,found,label_mixed,late_scan,agreed_with_other_office,compensated,other"`
	}
}

func (s *Service) addActs() {
	add(s, web.Clerk, post("acceptItem", "/items", "Accept an item", "items"), func(ctx context.Context, c *call, in *AcceptIn) (*RecordedOut, error) {
		b := &in.Body
		scan := b.scan(in.Key, "accept")
		scan.Item, scan.Service, scan.ToUnit, scan.ToOffice = b.Item, b.Service, b.ToUnit, b.ToOffice
		scan.WeightG, scan.FeeVND, scan.Means, scan.Receipt = b.WeightG, b.FeeVND, b.Means, b.Receipt
		return s.one(ctx, c, scan)
	})
	s.addBagActs()
	s.addDispatchActs()
	s.addHandoverActs()
	add(s, web.Supervisor, post("settle", "/irregularities/{id}/settlement", "Settle an irregularity", "irregularities"), func(ctx context.Context, c *call, in *SettleIn) (*RecordedOut, error) {
		scan := in.Body.scan(in.Key, "settle")
		scan.Irregularity, scan.Decision, scan.Reason = in.ID, in.Body.Decision, in.Body.Reason
		return s.one(ctx, c, scan)
	})
}

func (s *Service) addBagActs() {
	add(s, web.Clerk, post("startBag", "/bags", "Start a bag", "bags"), func(ctx context.Context, c *call, in *StartIn) (*RecordedOut, error) {
		scan := in.Body.scan(in.Key, "start_bag")
		scan.ToOffice = in.Body.ToOffice
		return s.one(ctx, c, scan)
	})
	for _, op := range []struct{ id, path, act, summary string }{
		{"sealBag", "seal", "seal_bag", "Seal a bag"},
		{"unsealBag", "unseal", "unseal_bag", "Open a bag again at the office that sealed it"},
		{"openBag", "open", "open_bag", "Break the seal at the office of destination"},
		{"emptyBag", "empty", "empty_bag", "End the count of an opened bag"},
	} {
		add(s, web.Clerk, post(op.id, "/bags/{code}/"+op.path, op.summary, "bags"), func(ctx context.Context, c *call, in *BagIn) (*RecordedOut, error) {
			scan := in.Body.scan(in.Key, op.act)
			scan.Bag, scan.Seal, scan.Reason = in.Code, in.Body.Seal, in.Body.Reason
			return s.one(ctx, c, scan)
		})
	}
}

func (s *Service) addDispatchActs() {
	add(s, byTransit, post("startDispatch", "/dispatches", "Start a dispatch", "dispatches"), func(ctx context.Context, c *call, in *StartIn) (*RecordedOut, error) {
		scan := in.Body.scan(in.Key, "start_dispatch")
		scan.ToOffice = in.Body.ToOffice
		return s.one(ctx, c, scan)
	})
	for _, op := range []struct{ id, path, act, summary string }{
		{"closeDispatch", "close", "close_dispatch", "End the loading of a dispatch"},
		{"reopenDispatch", "reopen", "reopen_dispatch", "Open a closed dispatch again before it leaves"},
	} {
		add(s, byTransit, post(op.id, "/dispatches/{code}/"+op.path, op.summary, "dispatches"), func(ctx context.Context, c *call, in *DispatchIn) (*RecordedOut, error) {
			scan := in.Body.scan(in.Key, op.act)
			scan.Dispatch = in.Code
			return s.one(ctx, c, scan)
		})
	}
}

func (s *Service) addHandoverActs() {
	add(s, anyMover, post("openHandover", "/handovers", "Open a handover: what the giver says", "handovers"), s.openHandover)
	add(s, anyMover, post("count", "/handovers/{code}/counts", "Count: what the taker finds", "handovers"), s.countThings)
	add(s, anyMover, post("sign", "/handovers/{code}/signatures", "Sign for one side, with the signer's own credential; the second signature moves custody", "handovers"), s.sign)
	add(s, anyMover, post("withdraw", "/handovers/{code}/withdrawal", "Call a handover off", "handovers"), func(ctx context.Context, c *call, in *WithdrawIn) (*RecordedOut, error) {
		scan := in.Body.scan(in.Key, "withdraw_handover")
		scan.Handover, scan.Reason = in.Code, in.Body.Reason
		return s.one(ctx, c, scan)
	})
}

// custom records an act that is no scan.
func (s *Service) custom(ctx context.Context, c *call, scan Scan, read func(*reading) ledger.Act) (*RecordedOut, error) {
	m := memory{call: c}
	sub, err := m.build(c.r, &scan, act{anyMover, read})
	if err != nil {
		return nil, err
	}
	return s.append(ctx, sub)
}

func (s *Service) openHandover(ctx context.Context, c *call, in *HandoverIn) (*RecordedOut, error) {
	b := &in.Body
	return s.custom(ctx, c, b.scan(in.Key, "open_handover"), func(r *reading) ledger.Act {
		a := custody.OpenHandover{Office: r.env.Office, From: event.Holder(b.From), To: event.Holder(b.To), Purpose: b.Purpose}
		for _, text := range b.Things {
			t, err := thing(text)
			if err != nil {
				r.fail(err, "things")
			}
			a.Things = append(a.Things, t)
		}
		return a
	})
}

func (s *Service) countThings(ctx context.Context, c *call, in *CountsIn) (*RecordedOut, error) {
	scan := in.Body.scan(in.Key, "count")
	scan.Handover = in.Code
	return s.custom(ctx, c, scan, func(r *reading) ledger.Act {
		a := custody.CountThings{Handover: r.handover()}
		for _, n := range in.Body.Counts {
			t, err := thing(n.Thing)
			if err != nil {
				r.fail(err, "counts")
			}
			cond := event.Sound
			if n.Condition == string(event.Damaged) {
				cond = event.Damaged
			}
			a.Counts = append(a.Counts, event.Count{Thing: t, Seal: r.line("counts", n.Seal), Condition: cond})
		}
		return a
	})
}

var errSigner = fault.New(fault.Forbidden, "api.signer",
	"Chữ ký phải là của chính người ký: hãy gửi tên đăng nhập và mật khẩu của người đó ở mục signer.",
	"A signature is the signer's own: send that person's login and password in the member signer.").At("signer")

// sign takes one side's signature. It is never given in a device's name, nor in another's on the word of a device.
func (s *Service) sign(ctx context.Context, c *call, in *SignIn) (*RecordedOut, error) {
	b := &in.Body
	office, err := c.office(b.Office, anyMover)
	if err != nil {
		return nil, err
	}
	who := c.person
	switch {
	case b.Signer != nil && s.Signer != nil:
		if who, err = s.Signer.Sign(c.r, b.Signer.Login, b.Signer.Password, b.Signer.Code); err != nil {
			return nil, err
		}
	case b.Signer != nil, c.person.May(web.Device, ""):
		return nil, errSigner
	}
	if !who.May(anyMover, office) {
		return nil, noRight(anyMover)
	}
	scan := Scan{ID: in.Key, OccurredAt: b.OccurredAt, Handover: in.Code, Office: string(office)}
	m := memory{call: &call{s: s, r: c.r, person: who, lang: c.lang}}
	sub, err := m.build(c.r, &scan, act{anyMover, func(r *reading) ledger.Act {
		return custody.SignHandover{Handover: r.handover(), Side: b.Side, Difference: b.Difference}
	}})
	if err != nil {
		return nil, err
	}
	return s.append(ctx, sub)
}
