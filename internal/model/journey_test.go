package model

import (
	"slices"
)

// journey goes some way along the road from counter to door, so that what comes after happens there too.
func (s *sequence) journey() error {
	from := s.in(len(offices))
	to := (from + 1 + s.in(2)) % len(offices)
	a, b, driver := s.clerk(from), s.clerk(to), s.driver(s.in(2))
	var items, things []string
	var bag, dispatch string
	legs := []func() error{
		func() (err error) {
			for range 2 + s.in(3) {
				item, err := s.by(a, command{act: "accept", toUnit: "11407", toOffice: offices[to], weight: 20})
				if err != nil {
					return err
				}
				items = append(items, item)
			}
			bag, err = s.by(a, command{act: "start_bag", toOffice: offices[to]})
			return err
		},
		func() error {
			for _, i := range items {
				if s.chance(85) || i == items[0] {
					if _, err := s.by(a, command{act: "pack", item: i, bag: bag}); err != nil {
						return err
					}
				}
			}
			return nil
		},
		func() error {
			if _, err := s.by(a, command{act: "seal_bag", bag: bag, seal: "NP1"}); err != nil || !s.chance(8) {
				return err
			}
			return s.reseal(a, driver, from, bag)
		},
		func() (err error) {
			if dispatch, err = s.by(a, command{act: "start_dispatch", toOffice: offices[to]}); err == nil {
				_, err = s.by(a, command{act: "load", thing: bag, dispatch: dispatch})
			}
			return err
		},
		func() error {
			things = []string{dispatch}
			_, err := s.by(a, command{act: "close_dispatch", dispatch: dispatch})
			return err
		},
		func() error { return s.pass(a, driver, from, "", things) },
		func() error { return s.pass(driver, b, to, "", things) },
		func() error {
			_, err := s.by(b, command{act: "open_bag", bag: bag, seal: s.one("NP1", "NP1", "NP7")})
			return err
		},
		func() error {
			var out []string
			for _, i := range s.w.contents(bag) {
				if _, err := s.by(b, command{act: "take_out", item: i, bag: bag, condition: s.one("", "", "damaged")}); err != nil {
					return err
				}
				if out = append(out, i); s.chance(15) {
					break
				}
			}
			things = out
			return nil
		},
		func() error { return s.pass(b, s.carrier(to), to, "delivery", things) },
	}
	far := 1 + s.in(len(legs))
	for n, leg := range legs {
		if n >= far || n >= 8 && len(s.w.contents(bag))+len(things) == 0 {
			return nil
		}
		if s.chance(10) { // somebody else does something in between: what comes after may be refused
			if err := s.step(); err != nil {
				return err
			}
		}
		if err := leg(); err != nil {
			return err
		}
	}
	return nil
}

// hand is someone on the road: his device, and himself.
type hand struct{ device, person *caller }

func (s *sequence) clerk(n int) hand { return hand{s.devices[2*n], s.people[3*n]} }

func (s *sequence) driver(n int) hand {
	return hand{s.devices[len(s.devices)-1-n], s.people[len(s.people)-1-n]}
}

// carrier is one who works at an office.
func (s *sequence) carrier(n int) hand {
	for k, p := range s.people {
		if p.right == "carrier" && p.office == offices[n] {
			return hand{s.devices[k-3*len(offices)+2*len(offices)], p}
		}
	}
	return hand{}
}

func (h hand) holder(at int) string {
	if h.person.right == "clerk" {
		return office(offices[at])
	}
	return "carrier:" + h.person.id
}

// by lets someone do something; what it made comes back.
func (s *sequence) by(h hand, c command) (string, error) {
	c.id, c.from, c.actor, c.alone = s.id(), h.device, h.person.id, c.act == "open_handover" || c.act == "sign_handover" || len(c.counts) > 1
	if c.act == "sign_handover" {
		c.actor, c.signer = "", h.person
		if over := s.w.handovers[c.handover]; over != nil {
			c.seenDifference = over.difference().words()
		}
	}
	if c.office == "" {
		c.office = h.person.office
	}
	a, err := s.sendOne(&c)
	if err == nil {
		err = s.settleAnswer(&c, a)
	}
	return a.Thing, err
}

// pass is a whole handover: opened by the office, counted by the taker with a slip now and then, signed by both in either order.
func (s *sequence) pass(giver, taker hand, at int, purpose string, things []string) error {
	desk := giver
	if giver.person.right != "clerk" {
		desk = taker
	}
	where := offices[at]
	code, err := s.by(desk, command{act: "open_handover", office: where, giver: giver.holder(at), taker: taker.holder(at), purpose: purpose, things: things})
	if err != nil || code == "" {
		return err
	}
	if s.chance(12) {
		if err := s.claim(things[0]); err != nil {
			return err
		}
	}
	count := command{act: "count", office: where, handover: code}
	if s.counting(&count, s.w.handovers[code]); len(count.counts) == 0 {
		return nil
	}
	if _, err := s.by(taker, count); err != nil {
		return err
	}
	sides := []string{"giver", "taker"}
	if s.chance(50) {
		slices.Reverse(sides)
	}
	for _, side := range sides {
		who := giver
		if side == "taker" {
			who = taker
		}
		if _, err := s.by(who, command{act: "sign_handover", office: where, handover: code, side: side}); err != nil {
			return err
		}
	}
	return nil
}

// claim lets some office say that it has what is being handed over, or lies on the dispatch that is; and wants it to be so.
func (s *sequence) claim(thing string) error {
	if on := s.w.contents(thing); s.w.dispatches[thing] != nil && len(on) > 0 {
		thing = on[0]
	}
	n := s.in(len(offices))
	if _, err := s.by(s.clerk(n), command{act: "see_here", thing: thing}); err != nil {
		return err
	}
	for _, id := range keys(s.w.cases) {
		if x := s.w.cases[id]; x.thing == thing && x.office == offices[n] && x.decision == "" {
			head := s.people[3*n+2]
			_, err := s.by(hand{head, head}, command{act: "settle", irregularity: id, decision: "observation", reason: "found"})
			return err
		}
	}
	return nil
}
