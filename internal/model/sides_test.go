package model

import (
	"fmt"
	"slices"
)

// The rules of handovers: who may open one, what both sides say, and what the second signature moves.

func (w *world) openHandover(c *command, clock func() string) ruling {
	if code := sidesWrong(c); code != "" {
		return no(code)
	}
	if code := clock(); code != "" {
		return no(code)
	}
	said, dispatch, code := w.given(c)
	if code != "" {
		return no(code)
	}
	return yes(func(b *binding) {
		h := &handover{code: b.thing, from: c.giver, to: c.taker, purpose: c.purpose, office: c.where, status: "open", dispatch: dispatch, said: said}
		if isOffice(c.taker) {
			h.office = c.taker[len("office:"):]
		}
		w.handovers[b.thing] = h
		for _, t := range h.bound() {
			w.at(t).handover = b.thing
		}
	})
}

func sidesWrong(c *command) string {
	own := office(c.where)
	switch {
	case c.giver != own && c.taker != own:
		return "custody.other_office"
	case c.giver == c.taker:
		return "custody.handover_sides"
	case c.giver != own && isOffice(c.giver):
		return "custody.other_office"
	}
	seen := map[string]bool{}
	for _, t := range c.things {
		if seen[t] {
			return "custody.twice_in_list"
		}
		seen[t] = true
	}
	return ""
}

// given is what the giver says: the things with their seals, or what is on the one dispatch.
func (w *world) given(c *command) (said []counted, dispatch, refusal string) {
	for _, t := range c.things {
		if code := w.free(t, c.giver); code != "" {
			return nil, "", code
		}
		if d := w.dispatches[t]; d != nil {
			if code := dispatchStays(c, d); code != "" {
				return nil, "", code
			}
			dispatch = t
			for _, on := range w.contents(t) {
				said = append(said, counted{thing: on, seal: w.seal(on)})
			}
			break
		}
		if w.unsealed(t) {
			return nil, "", "custody.bag_not_sealed_yet"
		}
		said = append(said, counted{thing: t, seal: w.seal(t)})
	}
	for _, g := range said {
		if c.purpose == "delivery" && w.items[g.thing] == nil {
			return nil, "", "custody.list_items_only"
		}
	}
	return said, dispatch, ""
}

// dispatchStays says why a dispatch cannot be handed over like this.
func dispatchStays(c *command, d *dispatch) string {
	switch {
	case len(c.things) != 1:
		return "custody.dispatch_alone"
	case d.status == "open":
		return "custody.dispatch_open"
	case isOffice(c.taker) && c.taker != office(d.to) && c.taker != office(d.from):
		return "custody.dispatch_wrong_office"
	}
	return ""
}

// unsealed says whether a thing is a bag without a seal.
func (w *world) unsealed(thing string) bool {
	b := w.bags[thing]
	return b != nil && b.status != "sealed"
}

func (w *world) seal(thing string) string {
	if b := w.bags[thing]; b != nil {
		return b.seal
	}
	return ""
}

// bound are the things that nothing else may move meanwhile.
func (h *handover) bound() []string {
	if h.dispatch != "" {
		return []string{h.dispatch}
	}
	var out []string
	for _, g := range h.said {
		out = append(out, g.thing)
	}
	return out
}

// mine says whether someone may speak for a side: the carrier himself, or anyone of the office.
func mine(c *command, side string) bool {
	if isCarrier(side) {
		return side == "carrier:"+c.who
	}
	return side == office(c.where)
}

// waits says why a handover takes nothing more from this person.
func (w *world) waits(c *command) string {
	h := w.handovers[c.handover]
	switch {
	case h == nil:
		return "custody.unknown"
	case h.status == "withdrawn":
		return "custody.handover_withdrawn"
	case h.status == "completed":
		return "custody.handover_completed"
	case !mine(c, h.from) && !mine(c, h.to):
		return "custody.handover_others"
	}
	return ""
}

func (w *world) count(c *command) ruling {
	if code := w.waits(c); code != "" {
		return no(code)
	}
	if h := w.handovers[c.handover]; h.giver != "" || h.taker != "" {
		return no("custody.handover_signed")
	}
	return yes(func(*binding) {
		h := w.handovers[c.handover]
		for _, n := range c.counts {
			at := slices.IndexFunc(h.found, func(f counted) bool { return f.thing == n.thing })
			if at < 0 {
				h.found = append(h.found, n)
			} else {
				h.found[at] = n
			}
		}
	})
}

func (w *world) withdraw(c *command) ruling {
	if code := w.waits(c); code != "" {
		return no(code)
	}
	return yes(func(*binding) {
		w.handovers[c.handover].status = "withdrawn"
		w.release(w.handovers[c.handover])
	})
}

func (w *world) release(h *handover) {
	for _, t := range h.bound() {
		w.at(t).handover = ""
	}
}

// difference is what the two sides do not agree on.
type difference struct {
	short, over, damaged []string
	wrongSeal            []counted
}

func (h *handover) difference() (d difference) {
	for _, g := range h.said {
		if !slices.ContainsFunc(h.found, func(f counted) bool { return f.thing == g.thing }) {
			d.short = append(d.short, g.thing)
		}
	}
	for _, f := range h.found {
		at := slices.IndexFunc(h.said, func(g counted) bool { return g.thing == f.thing })
		switch {
		case at < 0:
			d.over = append(d.over, f.thing)
		case h.said[at].seal != f.seal:
			d.wrongSeal = append(d.wrongSeal, f)
		}
		if f.condition == "damaged" {
			d.damaged = append(d.damaged, f.thing)
		}
	}
	return d
}

// words writes a difference down so that two can be compared; "" for none.
func (d difference) words() string {
	if len(d.short)+len(d.over)+len(d.damaged)+len(d.wrongSeal) == 0 {
		return ""
	}
	out := fmt.Sprint(d.short, d.over, d.damaged)
	for _, s := range d.wrongSeal {
		out += " " + s.thing + "=" + s.seal
	}
	return out
}

func (w *world) sign(c *command) ruling {
	if code := w.waits(c); code != "" {
		return no(code)
	}
	h := w.handovers[c.handover]
	side, signed, other := h.from, h.giver, h.taker
	if c.side == "taker" {
		side, signed, other = h.to, h.taker, h.giver
	}
	switch {
	case !mine(c, side):
		return no("custody.handover_not_your_side")
	case signed != "":
		return no("custody.handover_side_signed")
	case other == c.who:
		return no("custody.same_person")
	case c.seenDifference != h.difference().words():
		return no("custody.difference_changed")
	}
	return yes(func(b *binding) {
		h := w.handovers[c.handover]
		if c.side == "taker" {
			h.taker = c.who
		} else {
			h.giver = c.who
		}
		if h.giver != "" && h.taker != "" {
			w.complete(h, b)
		}
	})
}

// complete moves what was counted and raises what the two sides do not agree on.
func (w *world) complete(h *handover, b *binding) {
	d := h.difference()
	desk := h.to
	if !isOffice(desk) {
		desk = h.from
	}
	desk = desk[len("office:"):]
	var moved []string
	for _, f := range h.found {
		if !slices.Contains(d.over, f.thing) || w.dispatches[f.thing] == nil && w.free(f.thing, h.from) == "" && !w.unsealed(f.thing) {
			moved = append(moved, f.thing)
		}
	}
	for _, t := range d.short {
		b.raise("short", t, desk, h.to, h.from)
	}
	for _, t := range d.over {
		b.raise("over", t, desk, h.to, w.account(t))
	}
	for _, t := range d.damaged {
		b.raise("damaged", t, desk, "", "")
	}
	for _, s := range d.wrongSeal {
		b.raise("wrong_seal", s.thing, desk, s.seal, h.saidSeal(s.thing))
	}
	h.status = "completed"
	w.release(h)
	w.pass(h, moved, d.short, b.c)
}

// pass moves custody. A dispatch that goes off with a driver keeps what is on it; one that comes to an office is unloaded there, and what was
// not on it stays with its giver.
func (w *world) pass(h *handover, moved, short []string, c *command) {
	leaves := h.dispatch != "" && isCarrier(h.to)
	for _, t := range moved {
		if !leaves {
			w.arrive(c, t, h.to, h.purpose)
		} else if w.at(t).in != h.dispatch {
			w.goOn(c, t, h.dispatch)
		}
	}
	if h.dispatch == "" {
		return
	}
	for _, t := range short {
		w.arrive(c, t, h.from, "")
	}
	d := w.dispatches[h.dispatch]
	d.put(h.to)
	d.status = "under_way"
	if !leaves {
		d.status = "arrived"
	}
}

func (w *world) arrive(c *command, thing, holder, purpose string) {
	if i := w.items[thing]; i != nil {
		i.remember(c, false)
		i.comesTo(holder, purpose)
		return
	}
	w.at(thing).put(holder)
}

func (h *handover) saidSeal(thing string) string {
	for _, g := range h.said {
		if g.thing == thing {
			return g.seal
		}
	}
	return ""
}
