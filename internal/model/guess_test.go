package model

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// guesser makes up what people and devices do next, from what there is; now and then from what there is not.
type guesser struct {
	*rand.Rand
	*cast
	w      *world
	labels [][]string // printed labels of this sequence, by office
	tail   []byte     // when set, the end of every act's id: ids of UUID version 1 that come from one device
	sent   []*command // what was sent, to be sent again
	wrote  int
}

func newGuesser(seed, sequence uint64, c *cast) *guesser {
	g := &guesser{Rand: rand.New(rand.NewPCG(seed, sequence)), w: newWorld(), cast: &cast{devices: c.devices, people: c.people, labels: map[string]string{}}}
	for n, o := range offices {
		var own []string
		for k := range 3 {
			label := number(labelBase*(n+1) + labelBase/2 + int(sequence)*3 + k)
			own = append(own, label)
			g.cast.labels[label] = o
		}
		g.labels = append(g.labels, own)
	}
	if g.in(10) == 0 {
		g.tail = g.bytes(8)
	}
	return g
}

func (g *guesser) in(n int) int              { return g.IntN(n) }
func (g *guesser) chance(percent int) bool   { return g.IntN(100) < percent }
func (g *guesser) one(list ...string) string { return list[g.IntN(len(list))] }

func (g *guesser) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.Uint32())
	}
	return b
}

func (g *guesser) id() string {
	b := g.bytes(16)
	version := byte(7)
	if g.tail != nil {
		copy(b[8:], g.tail)
		version = 1
	}
	b[6], b[8] = b[6]&0x0f|version<<4, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// keys lists a map's keys in order, so that a seed always makes the same sequence.
func keys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// code picks a thing that there is, else one that there is not.
func code[T any](g *guesser, m map[string]T, unknown string) string {
	if len(m) == 0 || g.chance(3) {
		return unknown
	}
	return g.one(keys(m)...)
}

// pick is code for things that the filter likes, when there are any.
func pick[T any](g *guesser, m map[string]T, unknown string, like func(T) bool) string {
	liked := map[string]T{}
	for k, v := range m {
		if like(v) {
			liked[k] = v
		}
	}
	if len(liked) == 0 || g.chance(15) {
		return code(g, m, unknown)
	}
	return g.one(keys(liked)...)
}

const (
	unknownBag      = "2"
	unknownDispatch = "3"
	unknownHandover = "4"
)

// unknownCode is a code of the right form that nobody has given: the offices' numbers do not run that far.
func (g *guesser) unknownCode(kind string) string {
	body := kind + g.one(offices...) + fmt.Sprintf("99%04d", g.in(10_000))
	return body + string(damm(body))
}

// damm is the check digit of our own codes (Damm 2004): with it the walk over the table ends at 0.
func damm(digits string) byte {
	const table = "0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790"
	state := 0
	for _, d := range digits {
		state = int(table[10*state+int(d-'0')] - '0')
	}
	return byte('0' + state)
}

func (g *guesser) unknownItem() string { return g.one(g.labels[g.in(len(offices))]...) }

func (g *guesser) anyItem() string { return code(g, g.w.items, g.unknownItem()) }

// itemWith picks an item that lies loose where the filter says.
func (g *guesser) itemWith(like func(*item) bool) string {
	return pick(g, g.w.items, g.unknownItem(), like)
}

func (g *guesser) bagWith(like func(*bag) bool) string {
	return pick(g, g.w.bags, g.unknownCode(unknownBag), like)
}

func (g *guesser) dispatchWith(like func(*dispatch) bool) string {
	return pick(g, g.w.dispatches, g.unknownCode(unknownDispatch), like)
}

func (g *guesser) handoverWith(like func(*handover) bool) string {
	return pick(g, g.w.handovers, g.unknownCode(unknownHandover), like)
}

func (g *guesser) anyThing() string {
	switch g.in(5) {
	case 0:
		return code(g, g.w.bags, g.unknownCode(unknownBag))
	case 1:
		return code(g, g.w.dispatches, g.unknownCode(unknownDispatch))
	}
	return g.anyItem()
}

// acts with how often each is thought of.
var often = func() (out []string) {
	for act, n := range map[string]int{
		"accept": 4, "start_bag": 2, "pack": 9, "unpack": 3, "seal_bag": 6, "unseal_bag": 2, "open_bag": 7, "take_out": 9, "empty_bag": 3,
		"start_dispatch": 2, "load": 7, "unload": 2, "close_dispatch": 5, "reopen_dispatch": 2,
		"open_handover": 9, "count": 10, "sign_handover": 18, "withdraw_handover": 2,
		"deliver": 5, "attempt": 4, "hold": 3, "redirect": 3, "return": 3, "report_lost": 2, "find": 3, "undo": 5, "see_here": 5, "settle": 7,
	} {
		for range n {
			out = append(out, act)
		}
	}
	slices.Sort(out)
	return out
}()

// next thinks of several commands and takes one: mostly a legal one, else an illegal one, else whatever comes.
func (g *guesser) next() *command {
	want := g.in(100)
	var c *command
	for range 12 {
		c = g.guess()
		legal := g.w.judge(c, g.cast).code == ""
		if want < 72 && legal || want >= 72 && want < 92 && !legal || want >= 92 {
			break
		}
	}
	return c
}

// guess makes up one command; then who does it, where, and what is wrong with it.
func (g *guesser) guess() *command {
	c := &command{id: g.id(), act: often[g.in(len(often))]}
	at, by := g.content(c)
	g.sender(c, at, by)
	g.spoil(c)
	return c
}

// content fills in what an act says. It gives the office where it would make sense, and the person when only one would do.
func (g *guesser) content(c *command) (at, by string) {
	at = g.one(offices...)
	switch c.act {
	case "accept":
		c.toUnit, c.toOffice, c.weight = g.one("11407", "11311", "10507"), g.one(offices...), 20+g.in(500)
		if g.chance(25) {
			c.item = g.unknownItem()
			at = g.cast.labels[c.item]
		}
		if g.chance(2) {
			c.weight = 0
		}
	case "start_bag", "start_dispatch":
		c.toOffice = g.one(offices...)
	case "pack", "unpack", "seal_bag", "unseal_bag":
		return g.packing(c, at)
	case "open_bag", "take_out", "empty_bag":
		return g.emptying(c, at)
	case "load", "unload", "close_dispatch", "reopen_dispatch":
		return g.loading(c, at)
	case "open_handover":
		return g.opening(c)
	case "count", "sign_handover", "withdraw_handover":
		return g.handing(c, at)
	case "settle":
		c.irregularity = pick(g, g.w.cases, "0102030405060708-0", func(x *irregularity) bool { return x.decision == "" })
		c.decision, c.reason = g.one("ledger", "observation", "observation", "noted"), g.one("recounted", "found", "late_scan", "other")
		if x := g.w.cases[c.irregularity]; x != nil {
			at = x.office
		}
	case "see_here":
		c.thing = g.anyThing()
	default:
		return g.delivering(c, at)
	}
	return at, ""
}

// officeOf gives the office that has a thing; else one of all.
func (g *guesser) officeOf(holder, else_ string) string {
	if o, ok := strings.CutPrefix(holder, "office:"); ok {
		return o
	}
	return else_
}

// sender chooses the device or person that sends, and in whose name.
func (g *guesser) sender(c *command, at, by string) {
	if g.chance(6) {
		at = g.one(offices...)
	}
	if c.act == "settle" || g.chance(3) {
		c.from = g.caller(g.people, func(p *caller) bool { return p.may(rights[c.act], at) })
		c.office = at
		if c.from.office == at && g.chance(50) {
			c.office = ""
		}
		g.seal(c, nil)
		return
	}
	person := g.person(by)
	if person == nil {
		person = g.caller(g.people, func(p *caller) bool { return p.office == at && p.may(rights[c.act], at) })
	}
	c.from = g.caller(g.devices, func(d *caller) bool { return brings(d.right, person.right) && d.may(rights[c.act], at) })
	if person.right != "carrier" && person.right != "driver" {
		c.from = g.caller(g.devices, func(d *caller) bool { return d.may(rights[c.act], at) })
	}
	c.office = at
	if c.from.office == at && g.chance(50) {
		c.office = ""
	}
	if by != "" || g.chance(70) {
		c.actor = person.id
	}
	g.seal(c, person)
}

// seal puts a signature's parts together: who signs, and the difference he has seen, which was read before.
func (g *guesser) seal(c *command, person *caller) {
	if c.act != "sign_handover" {
		return
	}
	c.actor = ""
	c.signer = person
	if h := g.w.handovers[c.handover]; h != nil {
		c.seenDifference = h.difference().words()
		if p := g.person(h.giver + h.taker); p != nil && g.chance(20) { // he has signed for one side; now he signs for the other
			c.signer = p
		}
	}
	switch g.in(40) {
	case 0:
		c.signer = nil
	case 1:
		c.badPassword = c.signer != nil
	case 2, 3:
		c.seenDifference = "another"
	}
}

func (g *guesser) caller(all []*caller, like func(*caller) bool) *caller {
	var liked []*caller
	for _, p := range all {
		if like(p) {
			liked = append(liked, p)
		}
	}
	if len(liked) == 0 || g.chance(3) {
		liked = all
	}
	return liked[g.in(len(liked))]
}

// spoil makes something wrong with a few commands: the clock, a check digit, the kind of a code; or sends late what cannot come late.
func (g *guesser) spoil(c *command) {
	c.alone = ownPaths[c.act] != nil && len(c.seal) <= 32 && (c.act != "accept" || c.weight > 0) && g.chance(25) || c.act == "open_handover" || c.act == "sign_handover" || len(c.counts) > 1
	hours := []int{0, 0, 0, 0, 0, 0, 0, -1, -23, 0}
	if g.chance(4) {
		hours = []int{1, 30, -25, -24 * 40, 24 * 3650}
	}
	c.skew = time.Duration(hours[g.in(len(hours))]) * time.Hour
	if c.late {
		c.skew = time.Duration([]int{0, -20, -24 * 20, -24 * 40, 2}[g.in(5)]) * time.Hour
	}
	switch g.in(250) {
	case 0:
		c.badTime = true
	case 1:
		c.late = c.late || !c.alone
	case 6:
		c.office = ""
	case 2, 3, 4, 5:
		if c.broken = g.breakCode(c); c.broken != "" {
			c.alone = c.act == "open_handover" || c.act == "sign_handover" || len(c.counts) > 1
		}
	}
}

// breakCode puts a wrong code in place of one of the command's and gives the code of its refusal.
func (g *guesser) breakCode(c *command) string {
	switch {
	case c.item != "":
		if g.chance(30) {
			c.item = c.item[:11] + "US"
			return "postal.item_number.foreign"
		}
		c.item = wrongDigit(c.item, 10)
		return "postal.item_number.check_digit"
	case c.bag != "":
		if len(g.w.dispatches) > 0 && g.chance(30) {
			c.bag = keys(g.w.dispatches)[0]
			return "postal.code.other_kind"
		}
		c.bag = wrongDigit(c.bag, 3+g.in(11))
		return "postal.code.check_digit"
	case c.dispatch != "":
		c.dispatch = wrongDigit(c.dispatch, 3+g.in(11))
		return "postal.code.check_digit"
	case c.handover != "":
		c.handover = wrongDigit(c.handover, 3+g.in(11))
		return "postal.code.check_digit"
	}
	return ""
}

func wrongDigit(code string, at int) string {
	b := []byte(code)
	b[at] = '0' + (b[at]-'0'+1)%10
	return string(b)
}

// again sends something that was sent before: as it was, or with its id on something else.
func (g *guesser) again() *command {
	if len(g.sent) == 0 {
		return g.next()
	}
	old := g.sent[g.in(len(g.sent))]
	if g.chance(60) {
		same := *old
		if g.chance(50) {
			same.skew -= time.Second
		}
		return &same
	}
	c := g.next()
	c.id = old.id
	return c
}
