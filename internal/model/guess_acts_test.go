package model

import (
	"strings"
	"time"
)

func (g *guesser) packing(c *command, at string) (string, string) {
	status := map[string]string{"unseal_bag": "sealed"}[c.act]
	c.bag = g.bagWith(func(b *bag) bool { return b.status == "open" && status == "" || b.status == status })
	if b := g.w.bags[c.bag]; b != nil {
		at = g.officeOf(b.holder, at)
	}
	switch c.act {
	case "pack":
		c.item = g.itemWith(func(i *item) bool { return i.holder == office(at) && i.handover == "" })
	case "unpack":
		c.item = g.itemWith(func(i *item) bool { return i.in == c.bag })
	case "seal_bag":
		c.seal = g.one("NP1", "NP2", "NP3")
		if g.chance(2) {
			c.seal = strings.Repeat("9", 33)
		}
	case "unseal_bag":
		c.reason = "wrong_item"
	}
	return at, ""
}

func (g *guesser) emptying(c *command, at string) (string, string) {
	status := "opened"
	if c.act == "open_bag" {
		status = "sealed"
	}
	c.bag = g.bagWith(func(b *bag) bool { return b.status == status && b.holder == office(b.to) })
	if b := g.w.bags[c.bag]; b != nil {
		at = g.officeOf(b.holder, at)
		c.seal = b.seal
	}
	if c.act != "open_bag" {
		c.seal = ""
	} else if c.seal == "" || g.chance(15) {
		c.seal = "NP9"
	}
	if c.act == "take_out" {
		c.item = g.itemWith(func(i *item) bool { return i.in == c.bag })
		c.condition = g.one("", "", "", "damaged")
	}
	return at, ""
}

func (g *guesser) loading(c *command, at string) (string, string) {
	status := "open"
	if c.act == "reopen_dispatch" {
		status = "closed"
	}
	c.dispatch = g.dispatchWith(func(d *dispatch) bool { return d.status == status })
	if d := g.w.dispatches[c.dispatch]; d != nil {
		at = g.officeOf(d.holder, at)
	}
	switch c.act {
	case "load":
		c.thing = g.anyThing()
		if g.chance(60) {
			c.thing = g.bagWith(func(b *bag) bool { return b.status == "sealed" && b.holder == office(at) })
		}
	case "unload":
		c.thing = g.anyThing()
		if on := g.w.contents(c.dispatch); len(on) > 0 {
			c.thing = g.one(on...)
		}
	}
	return at, ""
}

// opening makes up a handover between an office and a carrier, a driver or another office.
func (g *guesser) opening(c *command) (at, by string) {
	at = g.one(offices...)
	other := "carrier:nv-" + g.one("carrier1", "carrier2", "carrier3", "carrier4", "driver1", "driver2")
	if g.chance(20) {
		other = office(g.one(offices...))
	}
	if g.chance(60) { // start from a thing that someone has
		if s := g.w.at(g.anyThing()); s != nil && isOffice(s.holder) {
			at = s.holder[len("office:"):]
		} else if s != nil && isCarrier(s.holder) {
			other = s.holder
		}
	}
	c.giver, c.taker = office(at), other
	there := g.w.loose(other)
	if len(there) > 0 && g.chance(60) {
		c.giver, c.taker = other, office(at)
	}
	c.things = g.loose(c.giver)
	if d := g.w.dispatches[c.things[0]]; d != nil && isCarrier(c.giver) && g.chance(70) {
		at = d.to
		c.taker = office(at)
	}
	if isCarrier(c.taker) && g.chance(40) {
		c.purpose = "delivery"
	}
	switch g.in(20) {
	case 0:
		c.things = append(c.things, g.anyThing())
	case 1:
		c.things = append(c.things, c.things[0])
	}
	if isCarrier(c.giver) && g.chance(50) {
		return at, c.giver[len("carrier:"):]
	}
	return at, ""
}

// loose lists what lies free in someone's hands.
func (w *world) loose(holder string) (out []string) {
	for _, list := range [][]string{keys(w.items), keys(w.bags), keys(w.dispatches)} {
		for _, code := range list {
			if w.free(code, holder) == "" {
				out = append(out, code)
			}
		}
	}
	return out
}

// loose picks some of it: items and bags, or one dispatch.
func (g *guesser) loose(holder string) []string {
	all := g.w.loose(holder)
	var dispatches, rest []string
	for _, code := range all {
		if d := g.w.dispatches[code]; d == nil {
			rest = append(rest, code)
		} else if d.status != "open" {
			dispatches = append(dispatches, code)
		}
	}
	switch {
	case len(dispatches) > 0 && (len(rest) == 0 || g.chance(70)):
		return []string{g.one(dispatches...)}
	case len(rest) == 0:
		return []string{g.anyThing()}
	}
	g.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return rest[:1+g.in(len(rest))]
}

// handing counts, signs or calls off.
func (g *guesser) handing(c *command, at string) (string, string) {
	c.handover = g.handoverWith(func(h *handover) bool {
		signed := h.giver != "" || h.taker != ""
		switch c.act {
		case "count":
			return h.status == "open" && !signed && len(h.found) == 0
		case "sign_handover":
			return h.status == "open" && (len(h.found) > 0 || len(h.said) == 0)
		}
		return h.status == "open"
	})
	h := g.w.handovers[c.handover]
	if h == nil {
		h = &handover{from: office(at), to: "carrier:nv-carrier1"}
	}
	side := h.to
	c.side = "taker"
	if c.act == "sign_handover" && (h.taker != "" || h.giver == "" && g.chance(50)) || c.act == "withdraw_handover" && g.chance(50) {
		side, c.side = h.from, "giver"
	}
	if c.act != "sign_handover" {
		c.side = ""
	}
	switch c.act {
	case "count":
		g.counting(c, h)
	case "withdraw_handover":
		c.reason = g.one("", "recount")
	}
	if by, ok := strings.CutPrefix(side, "carrier:"); ok {
		at = g.officeOf(h.from, g.officeOf(h.to, at))
		if p := g.person(by); p != nil && p.office != "" {
			at = p.office
		}
		return at, by
	}
	return g.officeOf(side, at), ""
}

// counting says what the taker finds: mostly what was said, now and then less, more, broken or with another seal.
func (g *guesser) counting(c *command, h *handover) {
	for _, s := range h.said {
		n := counted{thing: s.thing, seal: s.seal}
		switch k := g.in(100); {
		case k < 7:
			continue
		case k < 12:
			n.condition = "damaged"
		case k < 16:
			n.seal = g.one("NP8", "")
		case k < 18:
			n.condition = "sound"
		}
		c.counts = append(c.counts, n)
	}
	if len(c.counts) == 0 || g.chance(10) {
		c.counts = append(c.counts, counted{thing: g.anyThing()})
	}
	if g.chance(20) {
		c.counts = c.counts[:1]
	}
}

func (g *guesser) delivering(c *command, at string) (string, string) {
	c.item = g.itemWith(func(i *item) bool {
		switch c.act {
		case "attempt":
			return isCarrier(i.holder)
		case "hold":
			return isOffice(i.holder)
		case "find":
			return i.holder == "lost"
		case "undo":
			return i.last.undoable
		}
		return (isCarrier(i.holder) || isOffice(i.holder)) && i.handover == ""
	})
	i := g.w.items[c.item]
	if i == nil {
		i = &item{}
	}
	by := ""
	if p := g.person(strings.TrimPrefix(i.holder, "carrier:")); p != nil {
		by = p.id
		at = p.office
	}
	at = g.officeOf(i.holder, at)
	switch c.act {
	case "deliver":
		c.to = g.one("addressee", "household", "reception")
		if (i.returning != "") != g.chance(8) {
			c.to = "sender"
		}
		c.late = g.chance(20)
	case "attempt":
		c.reason, c.next = g.one("absent", "refused", "moved", "closed"), g.one("again", "hold", "return")
		c.late = g.chance(20)
	case "hold":
		c.until = firstDay.AddDate(0, 0, []int{1, 10, 0, 180, 181, -1}[g.in(6)]).Format(time.DateOnly)
	case "redirect":
		c.toUnit, c.toOffice = g.one("11407", "11311"), g.one(offices...)
	case "return":
		c.reason = g.one("moved", "refused", "unclaimed")
	case "report_lost":
		c.reason = g.one("not_found", "theft")
	case "undo":
		c.undoes = i.last.act
		if i.last.office != "" && g.chance(90) {
			at = i.last.office
		}
		if c.undoes == "" || g.chance(10) {
			c.undoes = g.id()
		}
	}
	return at, by
}
