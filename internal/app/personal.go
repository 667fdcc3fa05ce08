package app

import (
	"context"
	"database/sql"

	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/tracking"
	"citypost/internal/web"
)

// mountPersonal puts the requests about personal data on the mux and lets the desk ask whose data is no longer shown.
func (h *House) mountPersonal() {
	h.Personal.Keepers = append(h.Personal.Keepers, &itemKeeper{h.Ledger, h.Desk})
	h.Desk.MayShow = h.Personal.MayShow
	h.Personal.Limit = tracking.PublicLimit()
	h.Personal.Mount(h.Mux)
}

// itemKeeper is the desk's answer to what is kept of the people of an item.
type itemKeeper struct {
	ledger *ledger.Ledger
	desk   *desk.Service
}

func (k *itemKeeper) item(ctx context.Context, t event.Thing) (*custody.Item, error) {
	key := custody.KeyOf(t)
	if key == "" || key[0] != 'i' {
		return nil, nil
	}
	v := k.ledger.View(ctx)
	i, ok := ledger.Get[*custody.Item](v, key)
	if !ok {
		return nil, v.Err()
	}
	return i, v.Err()
}

// Knows reports whether there is such an item.
func (k *itemKeeper) Knows(ctx context.Context, t event.Thing) (bool, error) {
	i, err := k.item(ctx, t)
	return i != nil, err
}

// Data tells what stands on the cover. The look is noted like any other.
func (k *itemKeeper) Data(ctx context.Context, who web.Person, t event.Thing, lang string) ([]personal.Datum, error) {
	i, err := k.item(ctx, t)
	if err != nil || i == nil {
		return nil, err
	}
	people, err := k.desk.Told(ctx, who, i)
	if err != nil || people == nil {
		return nil, err
	}
	word := func(vi, en string) string { return postal.In(lang, vi, en) }
	var out []personal.Datum
	for _, side := range []struct {
		who   string
		party desk.Party
	}{{word("Người gửi", "Sender"), people.Sender}, {word("Người nhận", "Recipient"), people.Recipient}} {
		for _, d := range []personal.Datum{{Label: word("tên", "name"), Value: side.party.Name}, {Label: word("điện thoại", "telephone"), Value: side.party.Phone.Display()},
			{Label: word("địa chỉ", "address"), Value: side.party.Address + ", " + string(side.party.Unit)}} {
			if d.Value != "" {
				out = append(out, personal.Datum{Label: side.who + ": " + d.Label, Value: d.Value})
			}
		}
	}
	return out, nil
}

// Stays objects while the item is carried. No rule says how long the data of an ordinary item must be kept after that.
func (k *itemKeeper) Stays(ctx context.Context, t event.Thing) error {
	i, err := k.item(ctx, t)
	if err != nil || i == nil || i.Ended() {
		return err
	}
	return fault.New(fault.Conflict, personal.UnderWay, "%s còn đang trên đường nên vẫn cần địa chỉ. Hãy trả lời khi đã phát hoặc đã trả.",
		"%s is still under way, so its addresses are needed. Answer when it is delivered or returned.", t)
}

// Forget erases who sent and received the item, and how its delivery was proved.
func (k *itemKeeper) Forget(ctx context.Context, tx *sql.Tx, t event.Thing) error {
	i, err := k.item(ctx, t)
	if err != nil || i == nil {
		return err
	}
	return k.desk.Forget(ctx, tx, i.AcceptAct)
}

// Expired is nothing: no rule gives the data of an ordinary item an end.
func (*itemKeeper) Expired(context.Context, int) ([]personal.Expired, error) { return nil, nil }

// Proves compares with what the ledger holds of the receipt's secret.
func (k *itemKeeper) Proves(ctx context.Context, t event.Thing, secret string) (bool, error) {
	i, err := k.item(ctx, t)
	return i != nil && postal.SecretFits(k.desk.Vault.Blind, secret, i.Receipt), err
}
