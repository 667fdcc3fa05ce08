package app

import (
	"context"
	"database/sql"
	"time"

	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/notify"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/tracking"
	"citypost/internal/web"
)

// joinDossiers lets the other capabilities speak of dossiers: notifications, requests about personal data, and the limit of strangers.
func (h *House) joinDossiers() {
	h.Dossiers.Limit = tracking.PublicLimit()
	h.Dossiers.MayShow = h.Personal.MayShow
	h.Notifications.Register(dossierNews, dossierSource{h})
	h.Personal.Keepers = append(h.Personal.Keepers, dossierKeeper{h})
}

// dossierNews is the source and the follower under which citizens are told of their dossiers.
const dossierNews = "dossier"

// oldNews is how long ago a change may lie to be told still: a house that begins to send, or was away for long, does not tell of last year.
const oldNews = 48 * time.Hour

// tellOfDossiers turns entries into notifications, in the follower's transaction.
func (h *House) tellOfDossiers(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	v := h.Ledger.View(ctx)
	since := h.Now().Add(-oldNews).UnixMilli()
	for n := range entries {
		if entries[n].RecordedMs < since {
			continue
		}
		for _, news := range dossier.NewsOf(v, &entries[n]) {
			vars := map[string]string{}
			if !news.Day.IsZero() {
				vars["day"] = news.Day.String()
			}
			err := h.Notifications.Tell(ctx, tx, notify.Notification{Key: news.Key, Source: dossierNews, What: news.What, About: string(news.Dossier), Who: news.Act.String(), Legal: news.Legal, Vars: vars})
			if err != nil {
				return err
			}
		}
	}
	return v.Err()
}

// dossierSource writes the notifications about dossiers.
type dossierSource struct{ h *House }

// Reach is the sender of the dossier. Who gave neither telephone nor e-mail is not told; forgotten people neither.
func (s dossierSource) Reach(ctx context.Context, n notify.Notification) (notify.Reach, error) {
	act, err := postal.ParseActID(n.Who)
	if err != nil {
		return notify.Reach{}, err
	}
	p, err := s.h.Dossiers.Reach(ctx, act)
	if fault.Code(err) == "privacy.erased" {
		return notify.Reach{}, fault.New(fault.NotFound, "personal.forgotten", "Dữ liệu đã xoá.", "The data is erased.")
	}
	if err != nil {
		return notify.Reach{}, err
	}
	declined, err := s.h.Personal.Declines(ctx, event.Thing(n.About))
	return notify.Reach{Email: p.Email, Phone: p.Phone, Lang: "vi", Declined: declined}, err
}

// Text writes it; it names the dossier by its code and no person.
func (s dossierSource) Text(_ context.Context, n notify.Notification, lang string) (notify.Text, error) {
	news := dossier.News{Dossier: postal.DossierNumber(n.About), What: n.What}
	if day := n.Vars["day"]; day != "" {
		var err error
		if news.Day, err = postal.ParseDay(day); err != nil {
			return notify.Text{}, err
		}
	}
	t := dossier.Tell(news, lang, s.h.Hotline, s.h.Base)
	return notify.Text{Subject: t.Subject, Body: t.Body, Short: t.Short}, nil
}

// dossierKeeper answers what is kept of the people of a dossier.
type dossierKeeper struct{ h *House }

func (k dossierKeeper) dossier(ctx context.Context, t event.Thing) (*dossier.Dossier, error) {
	n, err := postal.ParseDossierNumber(string(t))
	if err != nil {
		return nil, nil //nolint:nilerr // a code of another form is no dossier
	}
	v := k.h.Ledger.View(ctx)
	d, err := dossier.Find(v, n)
	if fault.Is(err, fault.NotFound) {
		return nil, v.Err()
	}
	return d, err
}

// Knows reports whether there is such a dossier.
func (k dossierKeeper) Knows(ctx context.Context, t event.Thing) (bool, error) {
	d, err := k.dossier(ctx, t)
	return d != nil, err
}

// Data tells who handed it in and who gets the result.
func (k dossierKeeper) Data(ctx context.Context, who web.Person, t event.Thing, lang string) ([]personal.Datum, error) {
	d, err := k.dossier(ctx, t)
	if err != nil || d == nil {
		return nil, err
	}
	p, err := k.h.Dossiers.Told(ctx, who.ID, who.Office(), d)
	if _, gone := fault.From(err); gone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	word := func(vi, en string) string { return postal.In(lang, vi, en) }
	var out []personal.Datum
	for _, side := range []struct {
		who string
		p   dossier.Person
	}{{word("Người nộp", "Sender"), p.Sender}, {word("Người nhận kết quả", "Receiver"), p.Receiver}} {
		for _, x := range []personal.Datum{{Label: word("tên", "name"), Value: side.p.Name}, {Label: word("điện thoại", "telephone"), Value: side.p.Phone.Display()}, {Label: "email", Value: side.p.Email},
			{Label: word("địa chỉ", "address"), Value: side.p.Address + ", " + string(side.p.Unit)}} {
			if x.Value != "" {
				out = append(out, personal.Datum{Label: side.who + ": " + x.Label, Value: x.Value})
			}
		}
	}
	return out, nil
}

// Stays objects while the dossier is under way, and while the law has its records kept.
func (k dossierKeeper) Stays(ctx context.Context, t event.Thing) error {
	d, err := k.dossier(ctx, t)
	if err != nil || d == nil {
		return err
	}
	if !d.Over() {
		return fault.New(fault.Conflict, personal.UnderWay, "Hồ sơ %s còn đang giải quyết nên vẫn cần địa chỉ.", "Dossier %s is still under way, so its addresses are needed.", t)
	}
	until, rule, err := k.h.Dossiers.KeptUntil(d)
	if err != nil || rule == "" || until.Before(postal.DayOf(k.h.Now())) {
		return err
	}
	return fault.New(fault.Conflict, "personal.law_keeps", "Pháp luật yêu cầu lưu hồ sơ %[1]s đến hết ngày %[2]s (%[3]s). Hãy từ chối với lý do đó.",
		"The law has dossier %[1]s kept until %[2]s (%[3]s). Refuse for that reason.", t, until.VN(), rule)
}

// Forget erases the people and pictures of the dossier.
func (k dossierKeeper) Forget(ctx context.Context, tx *sql.Tx, t event.Thing) error {
	d, err := k.dossier(ctx, t)
	if err != nil || d == nil {
		return err
	}
	return k.h.Dossiers.Forget(ctx, tx, d)
}

// Expired lists ended dossiers whose time is over.
func (k dossierKeeper) Expired(ctx context.Context, limit int) ([]personal.Expired, error) {
	holds, err := k.h.Personal.Held(ctx)
	if err != nil {
		return nil, err
	}
	list, err := k.h.Dossiers.Outlived(ctx, limit, func(t event.Thing) bool { return len(holds[t]) > 0 })
	out := make([]personal.Expired, len(list))
	for n, x := range list {
		out[n] = personal.Expired{Thing: event.Thing(x.Dossier), Rule: x.Rule}
	}
	return out, err
}

// Proves compares with what the ledger holds of the receipt's secret.
func (k dossierKeeper) Proves(ctx context.Context, t event.Thing, secret string) (bool, error) {
	d, err := k.dossier(ctx, t)
	return d != nil && postal.SecretFits(k.h.Vault.Blind, secret, d.Receipt), err
}

var (
	_ personal.Keeper = dossierKeeper{}
	_ notify.Source   = dossierSource{}
)
