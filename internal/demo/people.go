package demo

import (
	"context"
	"fmt"

	"citypost/internal/desk"
	"citypost/internal/postal"
)

// cover is who sends and receives, made up.
type cover = desk.Cover

// cover makes up the two ends of an item. Nobody is called so, and the numbers are of no network.
func (c *city) cover(act postal.ActID, from *office, to postal.UnitCode) cover {
	return cover{Act: act, Parties: desk.Parties{
		Sender:    c.someone("Người gửi mẫu", from.Unit),
		Recipient: c.someone("Người nhận mẫu", to),
	}}
}

func (c *city) someone(role string, unit postal.UnitCode) desk.Party {
	n := c.rand.IntN(100_000)
	return desk.Party{
		Name:    fmt.Sprintf("%s %05d", role, n),
		Phone:   postal.Phone(fmt.Sprintf("+84900%06d", n)),
		Address: fmt.Sprintf("Số %d đường Mẫu %d", 1+n%200, 1+n%37),
		Unit:    unit,
	}
}

func (c *city) keep(ctx context.Context, covers []cover) error {
	return c.house.Desk.KeepParties(ctx, covers...)
}
