package closedmail

import (
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Redirect sends an item on to the office that delivers to its addressee now, when the body has moved since (chuyển tiếp). Its due time stays.
type Redirect struct {
	Item     postal.ItemNumber `json:"item"`
	ToUnit   postal.UnitCode   `json:"to_unit"`
	ToOffice postal.OfficeCode `json:"to_office"`
}

// Name of the act.
func (Redirect) Name() string { return "kt1.redirect" }

// Touches the item and its cover.
func (a Redirect) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide refuses an item that is not at the office, that returns, or that goes there already.
func (a Redirect) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if _, ok := CoverOf(v, a.Item); !ok || goesOut(v, event.Thing(a.Item)) || !concerns(v, e.Office, event.Thing(a.Item)) {
		return nil, unknown(string(a.Item))
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	if _, err := postal.ParseUnitCode(string(a.ToUnit)); err != nil {
		return nil, err
	}
	if _, err := postal.ParseOfficeCode(string(a.ToOffice)); err != nil {
		return nil, err
	}
	return custody.Redirect(a).Decide(v, e)
}

// moved gives the addressee's line when the body has moved within the province since the item was accepted, and the item is here.
func (v view) moved(c *Cover, i *custody.Item) (Entry, bool, error) {
	if !v.May(web.KT1Clerk) || i.Returning != "" || i.Holder != custody.AtOffice(v.At) || i.In != "" || c.Inter {
		return Entry{}, false, nil
	}
	e, err := v.s.Directory.Find(v.ctx, c.Addressee)
	return e, err == nil && e.Unit != "" && !e.Abroad() && (e.Unit != i.ToUnit || e.Office != i.ToOffice), err
}

// movedPart lets a clerk send an item on to where its addressee is now.
func (v *view) movedPart(c *Cover, i *custody.Item, path string) error {
	e, moved, err := v.moved(c, i)
	if moved {
		v.add(part{Head: v.T("Chuyển tiếp: cơ quan nhận đã chuyển nơi", "Send on: the addressee has moved"), Text: e.Address + " · " + v.T("bưu cục phát: ", "delivered by: ") + v.office(e.Office),
			Form: &form{Action: path + "/redirect", Button: v.T("Chuyển tiếp", "Send on"), Kind: web.Second}})
	}
	return err
}

func (s *Pages) postRedirect(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(_ *web.Form, c *Cover, i *custody.Item) (ledger.Act, error) {
		e, err := s.Directory.Find(r.Context(), c.Addressee)
		return Redirect{Item: c.Item, ToUnit: e.Unit, ToOffice: e.Office}, err
	})
}
