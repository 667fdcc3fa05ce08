package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// ChangeLocator puts another locator on an item that has one, as when its battery is empty: without a fit one the item does not leave (Circular 16/2017, article 9).
type ChangeLocator struct {
	Item    postal.ItemNumber `json:"item"`
	Locator FacilityCode      `json:"locator"`
}

// Name of the act.
func (ChangeLocator) Name() string { return "kt1.change_locator" }

// Touches the cover and the new locator.
func (a ChangeLocator) Touches() []ledger.Key {
	return []ledger.Key{CoverKey(a.Item), FacilityKey(a.Locator)}
}

// Decide refuses an item that is not loose in the hands of the office, and a locator that is not fit and free here.
func (a ChangeLocator) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	c, ok := CoverOf(v, a.Item)
	if !ok || !concerns(v, e.Office, event.Thing(a.Item)) {
		return nil, unknown(string(a.Item))
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	if !changeable(v, c, e.Office) {
		return nil, fault.New(fault.Conflict, "closedmail.locator_fixed", "Chỉ thay định vị của bưu gửi có gắn định vị đang ở tại bưu cục, chưa nằm trong túi đã niêm phong.",
			"Only an item with a locator that is here, and not in a sealed bag, gets another.").At("locator")
	}
	if _, err := usable(v, a.Locator, e.Office, Locator); err != nil {
		return nil, err
	}
	return []event.Fact{event.LocatorChanged{Item: a.Item, From: string(c.Locator), To: string(a.Locator)}}, nil
}

// changeable reports whether somebody at the office can reach the locator of an item.
func changeable(v *ledger.View, c *Cover, o postal.OfficeCode) bool {
	holder, around := custody.Holder(v, event.Thing(c.Item))
	for _, t := range around {
		if b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(t)); !ok || b.Status == custody.BagSealed {
			return false
		}
	}
	return c.Locator != "" && custody.Office(holder) == o
}
