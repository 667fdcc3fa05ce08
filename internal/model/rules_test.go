package model

import (
	"time"
)

// ruling is what must become of a command: refused with a code, or recorded with an effect.
type ruling struct {
	code   string
	again  *first // it was recorded before: the same answer again
	effect func(*binding)
}

// binding gives the effect the codes that the program chose.
type binding struct {
	w     *world
	c     *command
	thing string
	cases []string // irregularities, in the order in which they were raised
	used  int
}

// raise makes an irregularity on a thing.
func (b *binding) raise(kind, thing, office, says, account string) {
	if b.used++; b.used > len(b.cases) {
		return
	}
	id := b.cases[b.used-1]
	b.w.cases[id] = &irregularity{id: id, kind: kind, thing: thing, office: office, says: says, account: account, counts: b.w.items[thing] != nil || b.w.bags[thing] != nil}
}

func no(code string) ruling            { return ruling{code: code} }
func yes(effect func(*binding)) ruling { return ruling{effect: effect} }
func (r ruling) and(more func(*binding)) ruling {
	return yes(func(b *binding) { r.effect(b); more(b) })
}

// judge says what must become of a command, in the order in which it is looked at: the door (who, where, when, form), the repeat, the rule.
func (w *world) judge(c *command, cast *cast) ruling {
	if code := cast.door(c); code != "" {
		return no(code)
	}
	if f, ok := w.acts[c.id]; ok {
		if f.content != c.content() {
			return no("ledger.act_reused")
		}
		return ruling{again: &f}
	}
	if c.late {
		return w.judgeLate(c, cast)
	}
	return w.judgeNow(c, cast)
}

// How far a clock may be off: an act at a counter by five minutes ahead or a day behind, one that was kept on a device by a month behind.
func wrongClock(skew, behind time.Duration) bool { return skew > 5*time.Minute || skew < -behind }

func (w *world) judgeNow(c *command, cast *cast) ruling {
	clock := func() string {
		if wrongClock(c.skew, 24*time.Hour) {
			return "custody.clock"
		}
		return ""
	}
	switch c.act { // these look at their own form before the clock
	case "accept":
		return w.accept(c, cast, clock)
	case "start_bag", "start_dispatch":
		return w.start(c, clock)
	case "open_handover":
		return w.openHandover(c, clock)
	}
	if code := clock(); code != "" {
		return no(code)
	}
	return rules[c.act](w, c)
}

// judgeLate: what is sent late has happened. It is never refused for what the ledger knows; it becomes something that was seen.
func (w *world) judgeLate(c *command, cast *cast) ruling {
	if c.act != "deliver" && c.act != "attempt" {
		return no("custody.not_late")
	}
	there := *c
	there.skew = 0
	r := w.judgeNow(&there, cast)
	if r.code != "" {
		kind, says := "observation", ""
		if r.code == "custody.unknown" {
			kind = "unknown"
		}
		if c.act == "deliver" {
			says = leftTo(c.to)
		}
		r = yes(func(b *binding) { b.raise(kind, c.item, c.where, says, w.account(c.item)) })
	}
	if wrongClock(c.skew, 31*24*time.Hour) {
		r = r.and(func(b *binding) { b.raise("clock", c.item, c.where, "", "") })
	}
	return r
}

// rules are the acts that look at the clock first.
var rules = map[string]func(*world, *command) ruling{
	"pack": (*world).pack, "unpack": (*world).unpack, "seal_bag": (*world).sealBag, "unseal_bag": (*world).unsealBag, "open_bag": (*world).openBag,
	"take_out": (*world).takeOut, "empty_bag": (*world).emptyBag,
	"load": (*world).load, "unload": (*world).unload, "close_dispatch": (*world).closeDispatch, "reopen_dispatch": (*world).reopenDispatch,
	"count": (*world).count, "sign_handover": (*world).sign, "withdraw_handover": (*world).withdraw,
	"deliver": (*world).deliver, "attempt": (*world).attempt, "hold": (*world).hold, "redirect": (*world).redirect, "return": (*world).turnBack,
	"report_lost": (*world).reportLost, "find": (*world).find, "undo": (*world).undo, "see_here": (*world).seeHere, "settle": (*world).settle,
}

func (w *world) accept(c *command, cast *cast, clock func() string) ruling {
	if c.weight <= 0 {
		return no("custody.weight")
	}
	if code := clock(); code != "" {
		return no(code)
	}
	if c.item != "" {
		if w.items[c.item] != nil {
			return no("custody.number_used")
		}
		if cast.labels[c.item] != c.where {
			return no("custody.number_foreign")
		}
	}
	return yes(func(b *binding) {
		i := &item{code: b.thing, origin: c.where, spot: spot{holder: "sender"}, moment: moment{stage: "accepted", toUnit: c.toUnit, toOffice: c.toOffice}}
		i.remember(c, true)
		i.last.accepted = true
		i.put(office(c.where))
		w.items[b.thing] = i
	})
}

func (w *world) start(c *command, clock func() string) ruling {
	if c.toOffice == c.where {
		return no("custody.destination_office")
	}
	if code := clock(); code != "" {
		return no(code)
	}
	return yes(func(b *binding) {
		here := spot{holder: office(c.where)}
		if c.act == "start_bag" {
			w.bags[b.thing] = &bag{spot: here, code: b.thing, from: c.where, to: c.toOffice, status: "open"}
		} else {
			w.dispatches[b.thing] = &dispatch{spot: here, code: b.thing, from: c.where, to: c.toOffice, status: "open"}
		}
	})
}

// standsOpen says why a bag cannot be filled or emptied at an office.
func (w *world) standsOpen(bag, where string) string {
	b := w.bags[bag]
	if b == nil {
		return "custody.unknown"
	}
	if code := w.free(bag, office(where)); code != "" {
		return code
	}
	if b.status != "open" {
		return "custody.bag_closed"
	}
	return ""
}

func (w *world) pack(c *command) ruling {
	if code := w.standsOpen(c.bag, c.where); code != "" {
		return no(code)
	}
	i := w.items[c.item]
	switch {
	case i == nil:
		return no("custody.unknown")
	case i.in == c.bag:
		return no("custody.already_there")
	}
	if code := w.free(c.item, office(c.where)); code != "" {
		return no(code)
	}
	return yes(func(b *binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.into(c.bag)
		i.stage = "moving"
	})
}

func (w *world) unpack(c *command) ruling {
	if code := w.standsOpen(c.bag, c.where); code != "" {
		return no(code)
	}
	i := w.items[c.item]
	switch {
	case i == nil:
		return no("custody.unknown")
	case i.in != c.bag:
		return no("custody.not_inside")
	}
	return yes(func(b *binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.laidOut(c.where)
	})
}

func (w *world) sealBag(c *command) ruling {
	if code := w.standsOpen(c.bag, c.where); code != "" {
		return no(code)
	}
	switch {
	case len(w.contents(c.bag)) == 0:
		return no("custody.bag_empty")
	case len(c.seal) > 32:
		return no("custody.seal")
	}
	return yes(func(b *binding) { w.bags[c.bag].status, w.bags[c.bag].seal = "sealed", c.seal })
}

func (w *world) unsealBag(c *command) ruling {
	b := w.bags[c.bag]
	if b == nil {
		return no("custody.unknown")
	}
	if code := w.free(c.bag, office(c.where)); code != "" {
		return no(code)
	}
	if b.status != "sealed" || b.from != c.where {
		return no("custody.bag_not_ours")
	}
	return yes(func(*binding) { w.bags[c.bag].status, w.bags[c.bag].seal = "open", "" })
}

func (w *world) openBag(c *command) ruling {
	b := w.bags[c.bag]
	switch {
	case b == nil:
		return no("custody.unknown")
	case b.to != c.where:
		return no("custody.bag_wrong_office")
	}
	if code := w.free(c.bag, office(c.where)); code != "" {
		return no(code)
	}
	switch {
	case b.status != "sealed":
		return no("custody.bag_not_sealed")
	case len(c.seal) > 32:
		return no("custody.seal")
	}
	return yes(func(n *binding) {
		b := w.bags[c.bag]
		b.status = "opened"
		if c.seal != b.seal {
			n.raise("wrong_seal", c.bag, c.where, c.seal, b.seal)
		}
	})
}

// beingEmptied says why an office cannot count a bag's items.
func (w *world) beingEmptied(bag, where string) string {
	b := w.bags[bag]
	if b == nil {
		return "custody.unknown"
	}
	if code := w.free(bag, office(where)); code != "" {
		return code
	}
	if b.status != "opened" {
		return "custody.bag_not_opened"
	}
	return ""
}

func (w *world) takeOut(c *command) ruling {
	if code := w.beingEmptied(c.bag, c.where); code != "" {
		return no(code)
	}
	i := w.items[c.item]
	here := office(c.where)
	switch {
	case i == nil:
		return yes(func(b *binding) { b.raise("unknown", c.item, c.where, here, "") })
	case i.holder == here:
		return no("custody.already_counted")
	case i.in != c.bag:
		return yes(func(b *binding) { b.raise("over", c.item, c.where, here, w.account(c.item)) })
	}
	return yes(func(b *binding) {
		i := w.items[c.item]
		i.remember(c, false)
		i.laidOut(c.where)
		if c.condition == "damaged" {
			b.raise("damaged", c.item, c.where, "", "")
		}
	})
}

func (w *world) emptyBag(c *command) ruling {
	if code := w.beingEmptied(c.bag, c.where); code != "" {
		return no(code)
	}
	return yes(func(b *binding) {
		for _, code := range w.contents(c.bag) {
			i := w.items[code]
			i.remember(c, false)
			i.comesTo("lost", "")
			b.raise("missing", code, c.where, "", c.bag)
		}
		w.bags[c.bag].status = "emptied"
	})
}

// beingLoaded says why a dispatch cannot be loaded or unloaded at an office.
func (w *world) beingLoaded(code, where string) string {
	d := w.dispatches[code]
	if d == nil {
		return "custody.unknown"
	}
	if code := w.free(code, office(where)); code != "" {
		return code
	}
	if d.status != "open" {
		return "custody.dispatch_closed"
	}
	return ""
}

func (w *world) load(c *command) ruling {
	if code := w.beingLoaded(c.dispatch, c.where); code != "" {
		return no(code)
	}
	s := w.at(c.thing)
	switch {
	case s == nil:
		return no("custody.unknown")
	case s.in == c.dispatch:
		return no("custody.already_there")
	}
	if code := w.free(c.thing, office(c.where)); code != "" {
		return no(code)
	}
	if w.dispatches[c.thing] != nil {
		return no("custody.not_loadable")
	}
	if w.unsealed(c.thing) {
		return no("custody.bag_not_sealed_yet")
	}
	return yes(func(*binding) { w.goOn(c, c.thing, c.dispatch) })
}

// goOn puts a bag or a loose item on a dispatch.
func (w *world) goOn(c *command, thing, dispatch string) {
	if i := w.items[thing]; i != nil {
		i.remember(c, false)
		i.stage = "moving"
	}
	w.at(thing).into(dispatch)
}

func (w *world) unload(c *command) ruling {
	if code := w.beingLoaded(c.dispatch, c.where); code != "" {
		return no(code)
	}
	s := w.at(c.thing)
	switch {
	case s == nil:
		return no("custody.unknown")
	case s.in != c.dispatch:
		return no("custody.not_inside")
	}
	return yes(func(*binding) {
		if i := w.items[c.thing]; i != nil {
			i.remember(c, false)
			i.laidOut(c.where)
			return
		}
		w.at(c.thing).put(office(c.where))
	})
}

func (w *world) closeDispatch(c *command) ruling {
	if code := w.beingLoaded(c.dispatch, c.where); code != "" {
		return no(code)
	}
	if len(w.contents(c.dispatch)) == 0 {
		return no("custody.dispatch_empty")
	}
	return yes(func(*binding) { w.dispatches[c.dispatch].status = "closed" })
}

func (w *world) reopenDispatch(c *command) ruling {
	d := w.dispatches[c.dispatch]
	if d == nil {
		return no("custody.unknown")
	}
	if code := w.free(c.dispatch, office(c.where)); code != "" {
		return no(code)
	}
	if d.status != "closed" || d.from != c.where {
		return no("custody.dispatch_not_closed")
	}
	return yes(func(*binding) { w.dispatches[c.dispatch].status = "open" })
}
