package model

import (
	"fmt"
	"strings"
	"time"
)

// command is one request to do something, with all that its sender says.
type command struct {
	id, act       string
	from          *caller
	office, actor string // as sent; "" leaves it out
	skew          time.Duration
	badTime       bool
	late          bool
	broken        string // the code that the form of a member must be refused with; "" when all have the right form

	item, bag, dispatch, handover, thing    string
	toUnit, toOffice, to, reason, next      string
	until, seal, condition, undoes          string
	irregularity, decision                  string
	weight                                  int
	giver, taker, purpose, side, difference string // giver and taker are holders
	things                                  []string
	counts                                  []counted
	signer                                  *caller // who signs with his own credential on this device
	badPassword                             bool

	seenDifference string // what the digest stands for, in our own words
	alone          bool   // sent to the path of its own, not as a scan
	prepared       bool   // the difference was read

	// Found out at the door.
	where, who string
}

// content is what must be the same when an act is sent again.
func (c *command) content() string {
	return strings.Join([]string{c.act, fmt.Sprint(c.late), c.where, c.who, c.item, c.bag, c.dispatch, c.handover, c.thing, c.toUnit, c.toOffice, c.to, c.reason,
		c.next, c.until, c.seal, c.condition, c.undoes, c.irregularity, c.decision, fmt.Sprint(c.weight), c.giver, c.taker, c.purpose, c.side, c.difference,
		strings.Join(c.things, " "), fmt.Sprint(c.counts)}, "|")
}

// String is the command as a line of a trace.
func (c *command) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s by %s", c.act, c.from.name)
	for _, p := range [][2]string{{"office", c.office}, {"actor", c.actor}, {"item", c.item}, {"bag", c.bag}, {"dispatch", c.dispatch}, {"handover", c.handover},
		{"thing", c.thing}, {"to_office", c.toOffice}, {"to", c.to}, {"reason", c.reason}, {"next", c.next}, {"until", c.until}, {"seal", c.seal},
		{"condition", c.condition}, {"undoes", c.undoes}, {"irregularity", c.irregularity}, {"decision", c.decision}, {"giver", c.giver}, {"taker", c.taker},
		{"purpose", c.purpose}, {"side", c.side}, {"difference", c.difference}, {"things", strings.Join(c.things, ",")}} {
		if p[1] != "" {
			fmt.Fprintf(&b, " %s=%s", p[0], p[1])
		}
	}
	if len(c.counts) > 0 {
		fmt.Fprintf(&b, " counts=%v", c.counts)
	}
	if c.signer != nil {
		fmt.Fprintf(&b, " signer=%s", c.signer.name)
	}
	if c.late {
		b.WriteString(" late")
	}
	if c.skew != 0 {
		fmt.Fprintf(&b, " clock%+v", c.skew)
	}
	return b.String() + " id=" + c.id
}

type members map[string]any

// set adds the members that are not empty.
func (m members) set(pairs ...string) {
	for n := 0; n < len(pairs); n += 2 {
		if pairs[n+1] != "" {
			m[pairs[n]] = pairs[n+1]
		}
	}
}

func (c *command) occurred(now time.Time) string {
	if c.badTime {
		return "1970-01-01T00:00:00Z"
	}
	return now.Add(c.skew).Format(time.RFC3339Nano)
}

// scan is the command as a scan.
func (c *command) scan(now time.Time) members {
	m := members{"id": c.id, "act": c.act, "occurred_at": c.occurred(now)}
	m.set("office", c.office, "actor", c.actor, "item", c.item, "bag", c.bag, "dispatch", c.dispatch, "handover", c.handover, "thing", c.thing,
		"to_unit", c.toUnit, "to_office", c.toOffice, "to", c.to, "reason", c.reason, "next", c.next, "until", c.until, "seal", c.seal,
		"condition", c.condition, "undoes", c.undoes, "irregularity", c.irregularity, "decision", c.decision)
	if c.act == "accept" {
		m["service"], m["weight_g"] = "registered", c.weight
	}
	if c.act == "count" {
		m.set("thing", c.counts[0].thing, "seal", c.counts[0].seal, "condition", c.counts[0].condition)
	}
	if c.late {
		m["late"] = true
	}
	return m
}

// ownPaths are the acts that have a path of their own.
var ownPaths = map[string]func(c *command) string{
	"accept":            func(*command) string { return "/items" },
	"start_bag":         func(*command) string { return "/bags" },
	"seal_bag":          func(c *command) string { return "/bags/" + c.bag + "/seal" },
	"unseal_bag":        func(c *command) string { return "/bags/" + c.bag + "/unseal" },
	"open_bag":          func(c *command) string { return "/bags/" + c.bag + "/open" },
	"empty_bag":         func(c *command) string { return "/bags/" + c.bag + "/empty" },
	"start_dispatch":    func(*command) string { return "/dispatches" },
	"close_dispatch":    func(c *command) string { return "/dispatches/" + c.dispatch + "/close" },
	"reopen_dispatch":   func(c *command) string { return "/dispatches/" + c.dispatch + "/reopen" },
	"open_handover":     func(*command) string { return "/handovers" },
	"count":             func(c *command) string { return "/handovers/" + c.handover + "/counts" },
	"sign_handover":     func(c *command) string { return "/handovers/" + c.handover + "/signatures" },
	"withdraw_handover": func(c *command) string { return "/handovers/" + c.handover + "/withdrawal" },
	"settle":            func(c *command) string { return "/irregularities/" + c.irregularity + "/settlement" },
}

// body is the command as a request to its own path.
func (c *command) body(now time.Time) members {
	m := members{"occurred_at": c.occurred(now)}
	m.set("office", c.office)
	if c.act != "sign_handover" {
		m.set("actor", c.actor)
	}
	switch c.act {
	case "accept":
		m.set("item", c.item, "service", "registered", "to_unit", c.toUnit, "to_office", c.toOffice)
		m["weight_g"] = c.weight
	case "start_bag", "start_dispatch":
		m.set("to_office", c.toOffice)
	case "seal_bag", "open_bag":
		m.set("seal", c.seal)
	case "unseal_bag", "withdraw_handover":
		m.set("reason", c.reason)
	case "settle":
		m.set("decision", c.decision, "reason", c.reason)
	case "open_handover":
		m.set("from", c.giver, "to", c.taker, "purpose", c.purpose)
		m["things"] = c.things
	case "count":
		var list []members
		for _, n := range c.counts {
			one := members{}
			one.set("thing", n.thing, "seal", n.seal, "condition", n.condition)
			list = append(list, one)
		}
		m["counts"] = list
	case "sign_handover":
		m.set("side", c.side, "difference", c.difference)
		if c.signer != nil {
			password := "pw-" + c.signer.name
			if c.badPassword {
				password = "wrong"
			}
			m["signer"] = members{"login": c.signer.name, "password": password}
		}
	}
	return m
}
