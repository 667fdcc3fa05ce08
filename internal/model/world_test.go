package model

import (
	"maps"
	"slices"
	"strings"
)

// world is what one sequence has made, as the rules say it must be. It shares nothing with the program but the codes that the program gave.
type world struct {
	items      map[string]*item
	bags       map[string]*bag
	dispatches map[string]*dispatch
	handovers  map[string]*handover
	cases      map[string]*irregularity
	acts       map[string]first // every act that was recorded, by its id
}

// spot is where a thing is: with a holder or in a container, never both.
type spot struct {
	holder, in string
	handover   string // the open handover that binds it
}

// moment is what an undo gives back.
type moment struct {
	stage, toUnit, toOffice  string
	returning, reason, until string
	attempts                 int
	tried, ended             bool
}

type item struct {
	spot
	moment
	code, origin string
	last         lastAct
}

// lastAct is the act that moved or changed an item last, with what was before it.
type lastAct struct {
	act, office string
	undoable    bool
	accepted    bool // it took the item in
	before      moment
	beforeAt    spot
}

type bag struct {
	spot
	code, from, to, status, seal string
}

type dispatch struct {
	spot
	code, from, to, status string
}

type counted struct{ thing, seal, condition string }

type handover struct {
	code, from, to, purpose, office, status string
	dispatch                                string
	said                                    []counted // with the seals that were known then
	found                                   []counted
	giver, taker                            string
}

type irregularity struct {
	id, kind, thing, office, says, account string
	counts                                 bool // the thing was known when it was raised, so it stands on the thing
	decision                               string
}

// first is the answer that an act got when it was recorded.
type first struct {
	content, thing string
	seq            int64
	cases          []string
}

func newWorld() *world {
	return &world{items: map[string]*item{}, bags: map[string]*bag{}, dispatches: map[string]*dispatch{}, handovers: map[string]*handover{},
		cases: map[string]*irregularity{}, acts: map[string]first{}}
}

func copied[T any](m map[string]*T) map[string]*T {
	out := make(map[string]*T, len(m))
	for k, v := range m {
		c := *v
		out[k] = &c
	}
	return out
}

// clone makes a world to try things in.
func (w *world) clone() *world {
	c := &world{items: copied(w.items), bags: copied(w.bags), dispatches: copied(w.dispatches), handovers: copied(w.handovers), cases: copied(w.cases),
		acts: maps.Clone(w.acts)}
	for _, h := range c.handovers {
		h.found = slices.Clone(h.found)
	}
	return c
}

// at gives the spot of an item, bag or dispatch, nil for an unknown one.
func (w *world) at(code string) *spot {
	if i, ok := w.items[code]; ok {
		return &i.spot
	}
	if b, ok := w.bags[code]; ok {
		return &b.spot
	}
	if d, ok := w.dispatches[code]; ok {
		return &d.spot
	}
	return nil
}

// over says that a thing has come to its end.
func (w *world) over(code string) bool {
	if i, ok := w.items[code]; ok {
		return i.stage == "delivered" || i.stage == "returned" || i.stage == "withdrawn"
	}
	if b, ok := w.bags[code]; ok {
		return b.status == "emptied"
	}
	d, ok := w.dispatches[code]
	return ok && d.status == "arrived"
}

// free says why a thing cannot be moved out of someone's hands; "" when it can.
func (w *world) free(code, hands string) string {
	s := w.at(code)
	switch {
	case s == nil:
		return "custody.unknown"
	case w.over(code):
		return "custody.ended"
	case s.in != "":
		return "custody.in_container"
	case s.holder == "lost":
		return "custody.lost"
	case s.holder != hands:
		return "custody.wrong_holder"
	case s.handover != "":
		return "custody.in_handover"
	}
	return ""
}

// outermost follows the containers up to who has them.
func (w *world) outermost(code string) (holder string, inside []string) {
	s := w.at(code)
	for s != nil && s.in != "" {
		inside = append(inside, s.in)
		s = w.at(s.in)
	}
	if s == nil {
		return "", inside
	}
	return s.holder, inside
}

// account is where a thing is by its own account: its container, else its holder.
func (w *world) account(code string) string {
	s := w.at(code)
	if s == nil {
		return ""
	}
	return s.in + s.holder
}

// contents lists what lies directly in a container, bags before items, each sorted.
func (w *world) contents(container string) []string {
	var bags, items []string
	for code, b := range w.bags {
		if b.in == container {
			bags = append(bags, code)
		}
	}
	for code, i := range w.items {
		if i.in == container {
			items = append(items, code)
		}
	}
	slices.Sort(bags)
	slices.Sort(items)
	return append(bags, items...)
}

// open counts the irregularities that stand on a thing.
func (w *world) open(code string) int {
	n := 0
	for _, x := range w.cases {
		if x.thing == code && x.counts && x.decision == "" {
			n++
		}
	}
	return n
}

func office(code string) string { return "office:" + code }

func isOffice(holder string) bool  { return strings.HasPrefix(holder, "office:") }
func isCarrier(holder string) bool { return strings.HasPrefix(holder, "carrier:") }

// put moves a thing to a holder.
func (s *spot) put(holder string) { s.holder, s.in = holder, "" }

// into puts a thing in a container.
func (s *spot) into(container string) { s.holder, s.in = "", container }

// remember keeps the item as it is, before an act changes it.
func (i *item) remember(c *command, undoable bool) {
	i.last = lastAct{act: c.id, office: c.where, undoable: undoable, before: i.moment, beforeAt: i.spot}
}

// comesTo moves an item into someone's hands and says how far it has come by that.
func (i *item) comesTo(holder, purpose string) {
	i.put(holder)
	i.stage = i.stageWith(holder, purpose)
	i.ended = i.stage == "delivered" || i.stage == "returned"
}

func (i *item) stageWith(holder, purpose string) string {
	switch {
	case holder == "lost":
		return "missing"
	case holder == "recipient":
		return "delivered"
	case holder == "sender":
		return "returned"
	case purpose == "delivery":
		return "out"
	case holder == office(i.toOffice):
		return "at_arrival"
	}
	return "moving"
}

// laidOut takes an item out of a container at an office: back where it began it is as it was accepted.
func (i *item) laidOut(at string) {
	i.comesTo(office(at), "")
	if i.origin == at && i.returning == "" && i.toOffice != at {
		i.stage = "accepted"
	}
}
