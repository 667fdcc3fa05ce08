package model

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// How much runs. By default sequences run for a while; CITYPOST_MODEL_SEQUENCES=10000 runs so many (make model), CITYPOST_MODEL_SEED chooses
// others, CITYPOST_MODEL_ONLY=n runs the n-th alone, to look into a divergence.
const (
	spell      = 8 * time.Second
	shortSpell = 2 * time.Second
	workers    = 16 // sequences under way at once: they share the ledger's commits
	mostFaults = 3  // after so many divergences the rest tells nothing new
)

func env(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func TestTheProgramAndTheModelNeverDiverge(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := &run{house: newHouse(t, db), t: t, seed: uint64(env(t, "CITYPOST_MODEL_SEED", 1)), recorded: map[string]int{}, refused: map[string]int{}}
		began := time.Now()
		r.all(env(t, "CITYPOST_MODEL_SEQUENCES", 0), env(t, "CITYPOST_MODEL_ONLY", -1))
		took := time.Since(began)
		if !t.Failed() {
			r.boards()
			r.replay()
		}
		r.covered()
		t.Logf("seed %d: %d sequences, %d acts in %d requests, %d entries, in %s", r.seed, r.done.Load(), r.acts.Load(), r.requests.Load(), r.ledger.Seq(), took.Round(time.Second))
		t.Logf("recorded: %v", r.recorded)
		t.Logf("refused: %v", r.refused)
	})
}

// run is all sequences on one house.
type run struct {
	*house
	t                           *testing.T
	seed                        uint64
	done, acts, requests, fault atomic.Int64

	mu                sync.Mutex
	recorded, refused map[string]int
	worlds            []*world // as they ended
}

// all runs a number of sequences, for a while when it is 0, or one alone.
func (r *run) all(number, only int) {
	if only >= 0 {
		r.sequence(uint64(only))
		return
	}
	until := time.Now().Add(spell)
	if testing.Short() {
		until = time.Now().Add(shortSpell)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for r.fault.Load() < mostFaults {
				n := next.Add(1) - 1
				if number > 0 && n >= int64(number) || number == 0 && time.Now().After(until) {
					return
				}
				r.sequence(uint64(n))
			}
		})
	}
	group.Wait()
}

// sequence is one story: a few things are made, then people do what they like with them, then all is looked at.
type sequence struct {
	*run
	*guesser
	ctx   context.Context
	n     uint64
	trace []string
}

func (r *run) sequence(n uint64) {
	s := &sequence{run: r, guesser: newGuesser(r.seed, n, r.cast), ctx: r.t.Context(), n: n}
	err := s.play()
	if err == nil {
		err = s.lookAtAll()
	}
	r.done.Add(1)
	if err != nil {
		r.fault.Add(1)
		r.t.Errorf("sequence %d of seed %d: %v\nwhat went before:\n  %s", n, r.seed, err, strings.Join(s.trace, "\n  "))
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.worlds = append(r.worlds, s.w)
}

func (s *sequence) play() error {
	if err := s.prologue(); err != nil {
		return err
	}
	if s.chance(65) {
		if err := s.journey(); err != nil {
			return err
		}
	}
	for range 10 + s.in(20) {
		if err := s.step(); err != nil {
			return err
		}
		if err := s.glance(); err != nil {
			return err
		}
	}
	return nil
}

// prologue makes a few items, bags and dispatches, so that there is something to do.
func (s *sequence) prologue() error {
	from := s.in(len(offices))
	counter := s.devices[2*from]
	var batch []*command
	add := func(act string, c command) {
		c.act, c.id, c.from, c.actor = act, s.id(), counter, s.people[3*from].id
		batch = append(batch, &c)
	}
	elsewhere := func() string { return offices[(from+1+s.in(2))%len(offices)] }
	for range 2 + s.in(4) {
		add("accept", command{toUnit: "11407", toOffice: elsewhere(), weight: 20})
	}
	for range 1 + s.in(2) {
		add("start_bag", command{toOffice: elsewhere()})
	}
	add("start_dispatch", command{toOffice: elsewhere()})
	return s.batch(batch)
}

// step is what happens next: one act, several of one device at once, something sent again, or two people at the same moment.
func (s *sequence) step() error {
	switch k := s.in(100); {
	case k < 8:
		return s.single(s.again())
	case k < 22:
		return s.several(2 + s.in(8))
	case k < 30:
		return s.together()
	case k == 30 && s.chance(10):
		return s.several(200)
	}
	return s.single(s.next())
}

// single sends one command and compares the answer with the model's.
func (s *sequence) single(c *command) error {
	a, err := s.sendOne(c)
	if err != nil {
		return err
	}
	return s.settleAnswer(c, a)
}

func (s *sequence) sendOne(c *command) (answer, error) {
	if err := s.prepare(c); err != nil {
		return answer{}, err
	}
	s.requests.Add(1)
	if c.alone {
		return s.alone(s.ctx, c)
	}
	list, err := s.scans(s.ctx, []*command{c})
	if err != nil {
		return answer{}, err
	}
	return list[0], nil
}

// prepare reads the difference that a signer sees on his screen.
func (s *sequence) prepare(c *command) error {
	if c.prepared {
		return nil
	}
	c.prepared = true
	if c.act != "sign_handover" || c.broken != "" || s.w.handovers[c.handover] == nil {
		return nil
	}
	got, err := s.handoverNow(c.handover)
	if err != nil {
		return err
	}
	c.difference = got.Difference.Digest
	if c.seenDifference != s.w.handovers[c.handover].difference().words() {
		c.difference = "0123456789abcdef"
	}
	return nil
}

// settleAnswer compares one answer with what the model says and lets it happen in the model.
func (s *sequence) settleAnswer(c *command, a answer) error {
	what, err := s.w.take(c, s.cast, a)
	s.note(c, a)
	if err != nil {
		return err
	}
	if what == "new" {
		return s.fresh(c, a)
	}
	return nil
}

func (s *sequence) note(c *command, a answer) {
	s.trace = append(s.trace, fmt.Sprintf("%s → %s %s %s %v", c, a.Status, a.Code, a.Thing, a.Irregularities))
	s.sent = append(s.sent, c)
	s.acts.Add(1)
	s.run.mu.Lock()
	defer s.run.mu.Unlock()
	if a.Status == "refused" {
		s.refused[a.Code]++
	} else {
		s.recorded[c.act]++
	}
}

// fresh checks that a code that was made is of its kind and was never made before.
func (s *sequence) fresh(c *command, a answer) error {
	if a.Thing == "" {
		return nil
	}
	s.house.mu.Lock()
	defer s.house.mu.Unlock()
	if s.given[a.Thing] {
		return fmt.Errorf("%s was made twice", a.Thing)
	}
	s.given[a.Thing] = true
	kind := map[string]string{"accept": "items", "start_bag": "bags", "start_dispatch": "dispatches", "open_handover": "handovers"}[c.act]
	if kindOf(a.Thing) != kind || c.item != "" && a.Thing != c.item {
		return fmt.Errorf("%s made %s", c.act, a.Thing)
	}
	return nil
}

// take compares an answer with the ruling and applies its effect. what is "new" for an act recorded now.
func (w *world) take(c *command, cast *cast, a answer) (what string, err error) {
	r := w.judge(c, cast)
	switch {
	case r.code != "":
		if a.Status != "refused" || a.Code != r.code {
			return "", fmt.Errorf("%s\n  got %s %s, the model refuses with %s", c, a.Status, a.Code, r.code)
		}
		if a.VI == "" || a.EN == "" || a.VI == a.EN {
			return "", fmt.Errorf("%s is not said in both languages: %q, %q", a.Code, a.VI, a.EN)
		}
		return "refused", nil
	case r.again != nil:
		if a.Status != "repeated" || a.Seq != r.again.seq || a.Thing != r.again.thing || !slices.Equal(a.Irregularities, r.again.cases) {
			return "", fmt.Errorf("%s\n  got %+v, the first answer was %+v", c, a, *r.again)
		}
		return "repeated", nil
	case a.Status != "recorded":
		return "", fmt.Errorf("%s\n  got %s %s, the model records it", c, a.Status, a.Code)
	}
	for _, id := range a.Irregularities {
		if w.cases[id] != nil {
			return "", fmt.Errorf("%s\n  the irregularity %s was raised before", c, id)
		}
	}
	b := &binding{w: w, c: c, thing: a.Thing, cases: a.Irregularities}
	r.effect(b)
	if b.used != len(a.Irregularities) {
		return "", fmt.Errorf("%s\n  raised %d irregularities, the model %d", c, len(a.Irregularities), b.used)
	}
	w.acts[c.id] = first{content: c.content(), thing: a.Thing, seq: a.Seq, cases: a.Irregularities}
	return "new", nil
}

// several is a batch of one device: each act is thought of as if those before it had been recorded.
func (s *sequence) several(n int) error {
	before := s.w
	s.w = before.clone()
	var batch []*command
	for len(batch) < n {
		c := s.next()
		if len(s.sent) > 0 && s.chance(8) {
			c = s.guesser.again()
		}
		if c.alone || len(batch) > 0 && c.from != batch[0].from && s.chance(90) {
			if s.chance(5) {
				break
			}
			continue
		}
		if len(batch) > 0 {
			c.from = batch[0].from
		}
		batch = append(batch, c)
		if r := s.w.judge(c, s.cast); r.effect != nil && c.act != "accept" && !strings.HasPrefix(c.act, "start_") {
			r.effect(&binding{w: s.w, c: c})
		}
	}
	s.w = before
	if len(batch) == 0 {
		return nil
	}
	return s.batch(batch)
}

func (s *sequence) batch(batch []*command) error {
	s.requests.Add(1)
	list, err := s.scans(s.ctx, batch)
	if err != nil {
		return err
	}
	for n, a := range list {
		if err := s.settleAnswer(batch[n], a); err != nil {
			return fmt.Errorf("scan %d of %d: %w", n+1, len(list), err)
		}
	}
	return nil
}

// together lets two commands go at the same moment, often at the same thing. One order of the two must explain both answers, and when both were
// recorded it must be the order of the ledger.
func (s *sequence) together() error {
	one, two := s.next(), s.next()
	if s.chance(60) { // the same act by somebody else, on the same thing
		other := *one
		other.id = s.id()
		two = &other
	}
	for _, c := range []*command{one, two} {
		if err := s.prepare(c); err != nil {
			return err
		}
	}
	var answers [2]answer
	var errs [2]error
	var group sync.WaitGroup
	for n, c := range []*command{one, two} {
		group.Go(func() { answers[n], errs[n] = s.sendOne(c) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	world, what, err := s.explain(one, two, answers)
	s.note(one, answers[0])
	s.note(two, answers[1])
	if err != nil {
		return fmt.Errorf("two at once: %w", err)
	}
	s.w = world
	for n, c := range []*command{one, two} {
		if what[n] != "new" {
			continue
		}
		if err := s.fresh(c, answers[n]); err != nil {
			return err
		}
	}
	return nil
}

// explain finds the order of two commands that gives both answers.
func (s *sequence) explain(one, two *command, a [2]answer) (*world, [2]string, error) {
	var all error
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		if a[0].Seq > 0 && a[1].Seq > 0 && a[order[0]].Seq > a[order[1]].Seq {
			continue
		}
		w := s.w.clone()
		var what [2]string
		var err error
		for _, n := range order {
			c := []*command{one, two}[n]
			if what[n], err = w.take(c, s.cast, a[n]); err != nil {
				break
			}
		}
		if err == nil {
			return w, what, nil
		}
		all = fmt.Errorf("no order explains it: %w", err)
	}
	return nil, [2]string{}, all
}

// covered checks that a long run has seen every act recorded and every refusal met: a generator that never gets far proves nothing.
func (r *run) covered() {
	if r.done.Load() < 5000 {
		return
	}
	want := strings.Fields(refusals)
	for act := range rights {
		if r.recorded[act] == 0 {
			r.t.Errorf("in %d sequences %s was never recorded", r.done.Load(), act)
		}
	}
	for _, code := range want {
		if r.refused[code] == 0 {
			r.t.Errorf("in %d sequences nothing was refused with %s", r.done.Load(), code)
		}
	}
	for code := range r.refused {
		if !slices.Contains(want, code) {
			r.t.Errorf("the list of refusals lacks %s", code)
		}
	}
}

// refusals are the codes that the sequences meet.
const refusals = `account.wrong api.actor api.no_office api.no_right api.other_office api.signer api.time
	custody.account_changed custody.already_counted custody.already_there custody.bag_closed custody.bag_empty custody.bag_not_opened custody.bag_not_ours custody.bag_not_sealed
	custody.bag_not_sealed_yet custody.bag_wrong_office custody.cannot_move custody.clock custody.destination_office custody.difference_changed
	custody.dispatch_alone custody.dispatch_closed custody.dispatch_empty custody.dispatch_not_closed custody.dispatch_open custody.dispatch_wrong_office
	custody.ended custody.handover_completed custody.handover_not_your_side custody.handover_others custody.handover_side_signed custody.handover_sides
	custody.handover_signed custody.handover_withdrawn custody.hold_until custody.in_container custody.in_handover custody.irregularity_unknown
	custody.list_items_only custody.lost custody.not_inside custody.not_late custody.not_loadable custody.not_lost custody.not_undoable custody.number_foreign
	custody.number_used custody.other_office custody.recipient custody.redirect custody.returning custody.same_person custody.seal custody.seal_changed custody.settled
	custody.twice_in_list custody.unknown custody.weight custody.wrong_holder ledger.act_reused
	postal.code.check_digit postal.code.other_kind postal.item_number.check_digit postal.item_number.foreign`
