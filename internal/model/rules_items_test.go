package model

import (
	"slices"
	"strings"
	"time"
)

// inHand says why someone cannot act on an item as the one who has it: the carrier himself, else anyone of the office.
func (w *world) inHand(c *command) string {
	i := w.items[c.item]
	if i == nil {
		return "custody.unknown"
	}
	hands := office(c.where)
	if i.holder == "carrier:"+c.who {
		hands = i.holder
	}
	return w.free(c.item, hands)
}

// leftTo is whose an item is after it left our hands.
func leftTo(to string) string {
	if to == "sender" {
		return "sender"
	}
	return "recipient"
}

func (w *world) deliver(c *command) ruling {
	if code := w.inHand(c); code != "" {
		return no(code)
	}
	if i := w.items[c.item]; (i.returning != "") != (c.to == "sender") {
		return no("custody.recipient")
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.tried = true
		i.comesTo(leftTo(c.to), "")
	})
}

func (w *world) attempt(c *command) ruling {
	i := w.items[c.item]
	if i == nil {
		return no("custody.unknown")
	}
	if code := w.free(c.item, "carrier:"+c.who); code != "" {
		return no(code)
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.stage, i.reason, i.tried = "attempted", c.reason, true
		i.attempts++
		if c.next == "return" && i.returning == "" {
			why := "not_found"
			if slices.Contains([]string{"wrong_address", "moved", "refused"}, c.reason) {
				why = c.reason
			}
			i.returning, i.toOffice, i.until = why, i.origin, ""
		}
	})
}

// day is a day as the generator writes it: so many days from the house's first one.
func (w *world) hold(c *command) ruling {
	if code := w.free(c.item, office(c.where)); code != "" || w.items[c.item] == nil {
		return no(code)
	}
	if c.until < firstDay.Format(time.DateOnly) || c.until > firstDay.AddDate(0, 0, 180).Format(time.DateOnly) {
		return no("custody.hold_until")
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.stage, i.until = "held", c.until
	})
}

func (w *world) redirect(c *command) ruling {
	if code := w.inHand(c); code != "" {
		return no(code)
	}
	if i := w.items[c.item]; i.toUnit == c.toUnit && i.toOffice == c.toOffice || i.returning != "" {
		return no("custody.redirect")
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.toUnit, i.toOffice = c.toUnit, c.toOffice
		i.restage()
	})
}

// restage says anew how far an item has come that lies at an office, after its destination changed.
func (i *item) restage() {
	if isOffice(i.holder) {
		i.stage = i.stageWith(i.holder, "")
	}
}

func (w *world) turnBack(c *command) ruling {
	if code := w.inHand(c); code != "" {
		return no(code)
	}
	if w.items[c.item].returning != "" {
		return no("custody.returning")
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.returning, i.toOffice, i.until = c.reason, i.origin, ""
		i.restage()
	})
}

func (w *world) reportLost(c *command) ruling {
	if code := w.inHand(c); code != "" {
		return no(code)
	}
	return yes(func(b *binding) {
		i := w.items[c.item]
		b.raise("missing", c.item, c.where, "", w.account(c.item))
		i.remember(c, true)
		i.comesTo("lost", "")
	})
}

func (w *world) find(c *command) ruling {
	i := w.items[c.item]
	switch {
	case i == nil:
		return no("custody.unknown")
	case i.holder != "lost":
		return no("custody.not_lost")
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.remember(c, true)
		i.comesTo(office(c.where), "")
	})
}

func (w *world) undo(c *command) ruling {
	i := w.items[c.item]
	switch {
	case i == nil:
		return no("custody.unknown")
	case i.last.act != c.undoes || !i.last.undoable || i.handover != "":
		return no("custody.not_undoable")
	case i.last.office != c.where:
		return no("custody.other_office")
	}
	for _, bag := range []string{i.in, i.last.beforeAt.in} {
		if bag == "" {
			continue
		}
		if code := w.standsOpen(bag, c.where); code != "" {
			return no(code)
		}
	}
	return yes(func(*binding) {
		i := w.items[c.item]
		i.moment = i.last.before
		i.holder, i.in = i.last.beforeAt.holder, i.last.beforeAt.in
		if i.last.accepted {
			i.stage, i.ended = "withdrawn", true
		}
		i.last = lastAct{act: c.id, office: c.where}
	})
}

func (w *world) seeHere(c *command) ruling {
	here := office(c.where)
	if w.at(c.thing) == nil {
		return yes(func(b *binding) { b.raise("unknown", c.thing, c.where, here, "") })
	}
	if holder, _ := w.outermost(c.thing); holder == here {
		return no("custody.already_there")
	}
	return yes(func(b *binding) { b.raise("observation", c.thing, c.where, here, w.account(c.thing)) })
}

func (w *world) settle(c *command) ruling {
	x := w.cases[c.irregularity]
	switch {
	case x == nil:
		return no("custody.irregularity_unknown")
	case x.office != c.where:
		return no("custody.other_office")
	case x.decision != "":
		return no("custody.settled")
	}
	if c.decision != "observation" {
		return yes(func(*binding) { w.cases[c.irregularity].decision = c.decision })
	}
	if code := w.cannotFollow(x); code != "" {
		return no(code)
	}
	return yes(func(*binding) {
		x := w.cases[c.irregularity]
		x.decision = c.decision
		switch {
		case x.kind == "wrong_seal":
			if b := w.bags[x.thing]; b != nil {
				b.seal = x.says
			}
		case w.account(x.thing) == x.says: // it is there already
		case w.items[x.thing] != nil:
			i := w.items[x.thing]
			i.remember(c, false)
			i.comesTo(x.says, "")
		default:
			w.at(x.thing).put(x.says)
		}
	})
}

// cannotFollow says why a thing cannot be taken for where the new account says it is: while a handover, its own or its dispatch's, waits for
// signatures, or when it has gone on since.
func (w *world) cannotFollow(x *irregularity) string {
	s := w.at(x.thing)
	if s == nil {
		return "custody.cannot_move"
	}
	if x.kind == "wrong_seal" {
		if b := w.bags[x.thing]; b != nil && b.seal != x.says && b.seal != x.account {
			return "custody.seal_changed"
		}
		return ""
	}
	d, on := w.dispatches[x.thing], w.dispatches[s.in]
	switch {
	case x.says == "", s.handover != "", on != nil && on.handover != "", d != nil && d.status == "arrived":
		return "custody.cannot_move"
	case w.account(x.thing) != x.says && w.account(x.thing) != x.account:
		return "custody.account_changed"
	}
	return ""
}

// kindOf tells codes apart by their form.
func kindOf(code string) string {
	switch {
	case strings.HasPrefix(code, "2"):
		return "bags"
	case strings.HasPrefix(code, "3"):
		return "dispatches"
	case strings.HasPrefix(code, "4"):
		return "handovers"
	}
	return "items"
}
