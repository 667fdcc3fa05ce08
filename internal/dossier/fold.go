package dossier

import (
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// foldOwn folds the facts of this package about one dossier; facts of others pass by.
func foldOwn(v *ledger.View, e *event.Entry, f event.Fact) {
	on := func(n postal.DossierNumber) *Dossier { return ledger.Edit[*Dossier](v, DossierKey(n)) }
	switch f := f.(type) {
	case event.SupplementSent:
		d := on(f.Dossier)
		d.Supplement.Item, d.Added = f.Item, append(d.Added, f.Item)
		carry(v, f.Item, Carriage{Dossier: f.Dossier, Leg: SupplementLeg, Papers: f.Papers, Seal: f.Seal})
		sealed(v, f.Seal, f.Item)
	case event.DossierCompared:
		foldCompared(on(f.Dossier), f)
	case event.SlipIssued:
		d := on(f.Dossier)
		d.State, d.EndedMs, d.Slip, d.Heard.Slip = SlipIssued, 0, Slip{Code: f.Code, Due: f.Due, IssuedMs: e.OccurredMs}, hearer(e.Office)
	case event.SlipTold:
		on(f.Dossier).told(e, f)
	case event.SupplementRequested:
		on(f.Dossier).asked(e, f)
	case event.SupplementCompleted:
		on(f.Dossier).complete(e)
	case event.DossierRescheduled:
		d := on(f.Dossier)
		d.Due, d.Apologised, d.ApologyLate, d.Heard.PutOff = f.Due, e.OccurredMs, f.Late, hearer(e.Office)
	case event.ResultReady:
		on(f.Dossier).ready(e, f)
	default:
		foldResult(v, e, f, on)
	}
}

// told stops the post's clock for a dossier that is only sent, and ends its work there.
func (d *Dossier) told(e *event.Entry, f event.SlipTold) {
	d.State, d.Slip.ToldMs, d.Slip.How = SlipTold, e.OccurredMs, f.How
	if d.Form != FormSend {
		return
	}
	d.EndedMs = e.OccurredMs
	if d.Send.StoppedMs == 0 {
		d.Send.StoppedMs = e.OccurredMs
	}
}

// asked stops the agency's clock until the papers are there. What it says better than the post wrote it down is no second request.
func (d *Dossier) asked(e *event.Entry, f event.SupplementRequested) {
	at := e.OccurredMs
	if d.State == SupplementRequested {
		at = d.Supplement.RequestedMs
	} else {
		d.Supplements++
	}
	d.State, d.EndedMs, d.Heard.Asked = SupplementRequested, 0, hearer(e.Office)
	d.Supplement = Supplement{Papers: f.Papers, Reason: f.Reason, RequestedMs: at, Until: f.Until, Restarts: f.Restarts}
}

func (d *Dossier) ready(e *event.Entry, f event.ResultReady) {
	d.State, d.Outcome, d.AnsweredMs, d.Recall = Ready, f.Outcome, e.OccurredMs, f.Recall
	d.OwedVND += f.OwedVND - d.Heard.OwedVND // in the place of what the post wrote down before
	if d.Heard.Ready, d.Heard.OwedVND = hearer(e.Office), 0; d.Heard.Ready != "" {
		d.Heard.OwedVND = f.OwedVND
	}
	if !d.Brings() {
		d.State, d.EndedMs = SlipTold, e.OccurredMs // the citizen fetches it himself
	}
}

func foldResult(v *ledger.View, e *event.Entry, f event.Fact, on func(postal.DossierNumber) *Dossier) {
	switch f := f.(type) {
	case event.ResultPacked:
		d := on(f.Dossier)
		d.Result, d.ResultPapers, d.ResultSealed, d.ResultSeal, d.Registered = f.Item, f.Papers, f.Sealed, f.Seal, f.Register
		d.Return = frozen(e)
		carry(v, f.Item, Carriage{Dossier: f.Dossier, Leg: ResultLeg})
		sealed(v, f.Seal, f.Item)
	case event.CitizenInvited:
		d := on(f.Dossier)
		if d.FirstInvite == 0 {
			d.FirstInvite = e.OccurredMs
			if d.Keep == KeptAtOffice && d.Return.StoppedMs == 0 {
				d.Return.StoppedMs = e.OccurredMs
			}
		}
		if f.Counts {
			d.Invitations++
			d.InvitedMs = e.OccurredMs
		}
	case event.ResultDelivered:
		d := on(f.Dossier)
		d.DeliveredTo, d.Recalled = f.To, f.Recalled
		d.gave(f.Fees)
	case event.RecalledSent:
		on(f.Dossier).RecalledItem = f.Item
		carry(v, f.Item, Carriage{Dossier: f.Dossier, Leg: RecalledLeg, Papers: f.Papers, Seal: f.Seal})
		sealed(v, f.Seal, f.Item)
	case event.DossierWithdrawn:
		if d := on(f.Dossier); d.Item == "" {
			d.end(Cancelled, e)
		}
	case event.DossierGivenBack:
		on(f.Dossier)
	case event.ResultUnclaimed:
		on(f.Dossier)
	case event.DossierComplained:
		d := on(f.Dossier)
		d.Complaints = f.Number
		*ledger.Edit[*Complaint](v, ComplaintKey(f.Dossier, f.Number)) = Complaint{Dossier: f.Dossier, Number: f.Number, Act: e.Act, About: f.About, Office: e.Office, MadeMs: e.OccurredMs, AnswerBy: f.AnswerBy, Rules: f.Rules}
	case event.DossierComplaintAnswered:
		on(f.Dossier)
		c := ledger.Edit[*Complaint](v, ComplaintKey(f.Dossier, f.Number))
		c.Outcome, c.DoneMs = f.Outcome, e.OccurredMs
	default:
		foldLiability(e, f, on)
	}
}
