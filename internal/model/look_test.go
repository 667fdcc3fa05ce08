package model

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// What the API shows of things, as far as the model has an opinion.

type shownPlace struct {
	Holder   string   `json:"holder"`
	Inside   []string `json:"inside"`
	Handover string   `json:"handover"`
}

type shownItem struct {
	shownPlace
	Number         string `json:"number"`
	Stage          string `json:"stage"`
	Origin         string `json:"origin"`
	ToUnit         string `json:"to_unit"`
	ToOffice       string `json:"to_office"`
	Attempts       int    `json:"attempts"`
	AttemptedAt    string `json:"attempted_at"`
	EndedAt        string `json:"ended_at"`
	HeldUntil      string `json:"held_until"`
	Reason         string `json:"reason"`
	Returning      string `json:"returning"`
	Irregularities int    `json:"open_irregularities"`
	LastAct        string `json:"last_act"`
	History        []struct {
		Seq int64 `json:"seq"`
	} `json:"history"`
}

type shownContainer struct {
	shownPlace
	From           string   `json:"from"`
	To             string   `json:"to"`
	Status         string   `json:"status"`
	Seal           string   `json:"seal"`
	Count          int      `json:"count"`
	Items          []string `json:"items"`
	Things         []string `json:"things"`
	Irregularities int      `json:"open_irregularities"`
}

type shownHandover struct {
	From       string         `json:"from"`
	To         string         `json:"to"`
	Office     string         `json:"office"`
	Status     string         `json:"status"`
	Dispatch   string         `json:"dispatch"`
	Giver      string         `json:"giver"`
	Taker      string         `json:"taker"`
	Things     []shownCounted `json:"things"`
	Counts     []shownCounted `json:"counts"`
	Difference struct {
		Digest    string         `json:"digest"`
		Short     []string       `json:"short"`
		Over      []string       `json:"over"`
		Damaged   []string       `json:"damaged"`
		WrongSeal []shownCounted `json:"wrong_seal"`
	} `json:"difference"`
}

type shownCounted struct {
	Thing     string `json:"thing"`
	Seal      string `json:"seal"`
	Condition string `json:"condition"`
}

type shownCase struct {
	Kind     string `json:"kind"`
	Thing    string `json:"thing"`
	Office   string `json:"office"`
	Says     string `json:"says"`
	Ledger   string `json:"ledger"`
	Decision string `json:"decision"`
}

// ask gets something that must be there.
func (s *sequence) ask(path string, out any) error {
	s.requests.Add(1)
	status, err := s.send(s.ctx, http.MethodGet, path, s.devices[0].token, "", nil, out)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s: %d", path, status)
	}
	return err
}

// differ lists what is not as it must be.
func differ(what string, pairs ...any) error {
	var errs []error
	for n := 0; n < len(pairs); n += 3 {
		if got, want := fmt.Sprint(pairs[n+1]), fmt.Sprint(pairs[n+2]); got != want {
			errs = append(errs, fmt.Errorf("%s: %s is %q, the model says %q", what, pairs[n], got, want))
		}
	}
	return errors.Join(errs...)
}

func (s *sequence) lookAtPlace(code string, got shownPlace) error {
	holder, inside := s.w.outermost(code)
	if (got.Holder == "") || (holder == "") {
		return fmt.Errorf("%s is in nobody's custody: %q, the model says %q", code, got.Holder, holder)
	}
	return differ(code, "holder", got.Holder, holder, "inside", got.Inside, inside, "handover", got.Handover, s.w.at(code).handover)
}

func (s *sequence) lookAtItem(code string) error {
	var got shownItem
	if err := s.ask("/items/"+code, &got); err != nil {
		return err
	}
	i := s.w.items[code]
	err := differ(code, "number", got.Number, code, "stage", got.Stage, i.stage, "origin", got.Origin, i.origin, "to_unit", got.ToUnit, i.toUnit,
		"to_office", got.ToOffice, i.toOffice, "attempts", got.Attempts, i.attempts, "attempted", got.AttemptedAt != "", i.tried, "ended", got.EndedAt != "", i.ended,
		"reason", got.Reason, i.reason, "returning", got.Returning, i.returning, "open irregularities", got.Irregularities, s.w.open(code),
		"last act", got.LastAct, i.last.act, "held until", got.HeldUntil != "", i.until != "")
	if !slices.IsSortedFunc(got.History, func(a, b struct {
		Seq int64 `json:"seq"`
	}) int {
		return int(a.Seq - b.Seq)
	}) || len(got.History) == 0 {
		err = errors.Join(err, fmt.Errorf("%s: history is not in order: %v", code, got.History))
	}
	return errors.Join(err, s.lookAtPlace(code, got.shownPlace))
}

func (s *sequence) lookAtContainer(code string) error {
	var got shownContainer
	if err := s.ask("/"+kindOf(code)+"/"+code, &got); err != nil {
		return err
	}
	inside := s.w.contents(code)
	err := differ(code, "contents", append(got.Items, got.Things...), inside, "count", got.Count, len(inside))
	if b := s.w.bags[code]; b != nil {
		err = errors.Join(err, differ(code, "from", got.From, b.from, "to", got.To, b.to, "status", got.Status, b.status, "seal", got.Seal, b.seal,
			"open irregularities", got.Irregularities, s.w.open(code)))
	} else {
		d := s.w.dispatches[code]
		err = errors.Join(err, differ(code, "from", got.From, d.from, "to", got.To, d.to, "status", got.Status, d.status))
	}
	return errors.Join(err, s.lookAtPlace(code, got.shownPlace))
}

// handoverNow gets a handover and compares it with the model.
func (s *sequence) handoverNow(code string) (got shownHandover, err error) {
	if err = s.ask("/handovers/"+code, &got); err != nil {
		return got, err
	}
	h := s.w.handovers[code]
	d := h.difference()
	g := got.Difference
	err = differ(code, "from", got.From, h.from, "to", got.To, h.to, "office", got.Office, h.office, "status", got.Status, h.status, "dispatch", got.Dispatch, h.dispatch,
		"giver", got.Giver, h.giver, "taker", got.Taker, h.taker, "things", plain(got.Things), pairsOf(h.said), "counts", plain(got.Counts), pairsOf(h.found),
		"short", g.Short, d.short, "over", g.Over, d.over, "damaged", g.Damaged, d.damaged, "wrong seal", plain(g.WrongSeal), pairsOf(d.wrongSeal),
		"a difference", g.Digest != "", d.words() != "")
	return got, err
}

func plain(list []shownCounted) []string {
	out := []string{}
	for _, n := range list {
		out = append(out, strings.Join([]string{n.Thing, n.Seal, n.Condition}, "/"))
	}
	return out
}

func pairsOf(list []counted) []string {
	out := []string{}
	for _, n := range list {
		condition := n.condition
		if condition == "sound" {
			condition = ""
		}
		out = append(out, strings.Join([]string{n.thing, n.seal, condition}, "/"))
	}
	return out
}

func (s *sequence) lookAtCase(id string) error {
	var got shownCase
	if err := s.ask("/irregularities/"+id, &got); err != nil {
		return err
	}
	x := s.w.cases[id]
	return differ("irregularity "+id, "kind", got.Kind, x.kind, "thing", got.Thing, x.thing, "office", got.Office, x.office, "says", got.Says, x.says, "ledger", got.Ledger, x.account,
		"decision", got.Decision, x.decision)
}

// glance looks at one thing in passing, so that what was wrong only for a while is seen too.
func (s *sequence) glance() error {
	switch {
	case !s.chance(30):
		return nil
	case s.chance(30) && len(s.w.bags) > 0:
		return s.lookAtContainer(s.one(keys(s.w.bags)...))
	case len(s.w.items) > 0:
		return s.lookAtItem(s.one(keys(s.w.items)...))
	}
	return nil
}

// lookAtAll compares everything that the sequence made.
func (s *sequence) lookAtAll() error {
	var errs []error
	for _, code := range keys(s.w.items) {
		errs = append(errs, s.lookAtItem(code))
	}
	for _, code := range slices.Concat(keys(s.w.bags), keys(s.w.dispatches)) {
		errs = append(errs, s.lookAtContainer(code))
	}
	for _, code := range keys(s.w.handovers) {
		_, err := s.handoverNow(code)
		errs = append(errs, err)
	}
	for _, id := range keys(s.w.cases) {
		errs = append(errs, s.lookAtCase(id))
	}
	return errors.Join(errs...)
}

// boards reads what every office has in its hands, and to settle, page by page: each thing on the board of its holder and on no other.
func (r *run) boards() {
	r.t.Helper()
	for n, o := range offices {
		for _, kind := range []string{"item", "bag", "dispatch", "handover"} {
			got := r.board("/offices/"+o+"/holdings?kind="+kind, "&", r.people[3*n].token, "code")
			r.sameBoard(o+" "+kind, got, r.expected(o, kind))
		}
		got := r.board("/irregularities?office="+o, "&", r.people[3*n].token, "id")
		r.sameBoard(o+" irregularity", got, r.expected(o, "irregularity"))
	}
}

func (r *run) board(path, and, token, member string) (codes []string) {
	r.t.Helper()
	for after := ""; ; {
		var page struct {
			Entries []map[string]any `json:"entries"`
			Next    string           `json:"next"`
		}
		status, err := r.send(r.t.Context(), http.MethodGet, path+and+"limit=500&after="+after, token, "", nil, &page)
		if err != nil || status != http.StatusOK {
			r.t.Fatalf("%s: %d, %v", path, status, err)
		}
		for _, e := range page.Entries {
			codes = append(codes, fmt.Sprint(e[member]))
		}
		if after = page.Next; after == "" {
			return codes
		}
	}
}

// expected is what all worlds together have at an office.
func (r *run) expected(o, kind string) (codes []string) {
	for _, w := range r.worlds {
		switch kind {
		case "item":
			for code, i := range w.items {
				if i.holder == office(o) {
					codes = append(codes, code)
				}
			}
		case "bag":
			for code, b := range w.bags {
				if b.holder == office(o) && b.status != "emptied" {
					codes = append(codes, code)
				}
			}
		case "dispatch":
			for code, d := range w.dispatches {
				if d.holder == office(o) && d.status != "arrived" {
					codes = append(codes, code)
				}
			}
		case "handover":
			for code, h := range w.handovers {
				if h.office == o && h.status == "open" {
					codes = append(codes, code)
				}
			}
		case "irregularity":
			for id, x := range w.cases {
				if x.office == o && x.decision == "" {
					codes = append(codes, id)
				}
			}
		}
	}
	slices.Sort(codes)
	return codes
}

func (r *run) sameBoard(what string, got, want []string) {
	r.t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for _, code := range want {
		if !slices.Contains(got, code) {
			r.t.Errorf("board of %s lacks %s", what, code)
			return
		}
	}
	r.t.Errorf("board of %s has %d entries, the model %d", what, len(got), len(want))
}

// replay folds all entries anew and compares with the states that stand in the table.
func (r *run) replay() {
	r.t.Helper()
	differences, err := r.ledger.Check(r.t.Context(), nil)
	if err != nil || len(differences) > 0 {
		r.t.Errorf("a replay differs from what stands in the table: %v, %v", differences, err)
	}
}
