package model

// reseal lets a driver bring a bag back with another seal than the one written down, and the office seal it anew; what was noted of the old seal does not hold
// any more, and somebody tries to make it hold.
func (s *sequence) reseal(desk, driver hand, at int, bag string) error {
	where := offices[at]
	for _, side := range [][2]hand{{desk, driver}, {driver, desk}} {
		if err := s.passWithSeal(side[0], side[1], desk, at, bag, "NP8"); err != nil {
			return err
		}
	}
	steps := []command{{act: "unseal_bag", office: where, bag: bag, reason: "wrong_item"}}
	if s.chance(70) {
		steps = append(steps, command{act: "seal_bag", office: where, bag: bag, seal: s.one("NP1", "NP3")})
	}
	for _, c := range steps {
		if _, err := s.by(desk, c); err != nil {
			return err
		}
	}
	head := s.people[3*at+2]
	for _, id := range keys(s.w.cases) {
		if x := s.w.cases[id]; x.thing == bag && x.office == where && x.decision == "" {
			if _, err := s.by(hand{head, head}, command{act: "settle", irregularity: id, decision: "observation", reason: "recounted"}); err != nil {
				return err
			}
		}
	}
	return nil
}

// passWithSeal hands over one bag that its taker finds with this seal.
func (s *sequence) passWithSeal(giver, taker, desk hand, at int, bag, seal string) error {
	where := offices[at]
	code, err := s.by(desk, command{act: "open_handover", office: where, giver: giver.holder(at), taker: taker.holder(at), things: []string{bag}})
	if err != nil || code == "" {
		return err
	}
	if _, err := s.by(taker, command{act: "count", office: where, handover: code, counts: []counted{{thing: bag, seal: seal}}}); err != nil {
		return err
	}
	if _, err := s.by(giver, command{act: "sign_handover", office: where, handover: code, side: "giver"}); err != nil {
		return err
	}
	_, err = s.by(taker, command{act: "sign_handover", office: where, handover: code, side: "taker"})
	return err
}
