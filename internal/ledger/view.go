package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"citypost/internal/sqldb"
)

// View holds the states that an act looks at and changes. States that were not named in advance are loaded when first asked for.
//
// The batch machine keeps its view from batch to batch: while the head is where our last commit left it, what is in the view is what is in the table.
type View struct {
	NowMs int64 // the ledger's own time, UTC milliseconds

	ctx    context.Context
	kinds  map[byte]Kind
	loader loader
	slots  map[Key]*slot
	old    map[Key]*slot               // not asked for since the last turn; forgotten at the next
	lying  map[string][]Key            // what lies where by the table, as far as asked
	index  map[string]map[Key]struct{} // what lies where, when there is no table to ask: a replay
	moved  []Key                       // changed since the view was begun
	dirty  []Key                       // changed by the act at hand
	seq    int64                       // the last entry before the act at hand
	err    error                       // the first failure to load; what follows is worthless
}

// slot is one state in a view.
type slot struct {
	state  State // nil when there is none
	place  string
	trail  trail
	spill  []page // full trail pages to be written
	fresh  bool   // changed by the act at hand
	toSave bool   // changed by any act of the batch
}

// loader fetches states and the keys that lie at a place.
type loader interface {
	states(ctx context.Context, keys []Key, each func(key Key, trail, body []byte) error) error
	keysAt(ctx context.Context, place string) ([]Key, error)
}

func newView(ctx context.Context, kinds map[byte]Kind, from loader, nowMs int64) *View {
	return &View{NowMs: nowMs, ctx: ctx, kinds: kinds, loader: from, slots: map[Key]*slot{}}
}

// keptStates bounds what the batch machine's view keeps from batch to batch: some 100 MB at most.
const keptStates = 50_000

// renew begins the next batch on a view whose changes are all saved.
func (v *View) renew(ctx context.Context, from loader, nowMs int64) {
	v.ctx, v.loader, v.NowMs = ctx, from, nowMs
	v.lying, v.moved = nil, v.moved[:0]
	if len(v.slots) > keptStates {
		v.old, v.slots = v.slots, make(map[Key]*slot, keptStates)
	}
}

// Err is the first failure to load a state, if any.
func (v *View) Err() error { return v.err }

// find gives the slot of a key that is in the view.
func (v *View) find(k Key) (*slot, bool) {
	s, ok := v.slots[k]
	if !ok && v.old != nil {
		if s, ok = v.old[k]; ok {
			v.slots[k] = s
			delete(v.old, k)
		}
	}
	return s, ok
}

// Load fetches states in bulk; asking for one that is there already costs nothing.
func (v *View) Load(keys ...Key) {
	var missing []Key
	for _, k := range keys {
		if _, there := v.find(k); !there {
			v.slots[k] = &slot{}
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 || v.err != nil {
		return
	}
	v.err = v.loader.states(v.ctx, missing, v.put)
}

func (v *View) put(key Key, trail, body []byte) error {
	s, err := v.blank(key)
	if err != nil {
		return err
	}
	if err := s.Decode(body); err != nil {
		return fmt.Errorf("state %s: %w", key, err)
	}
	slot := v.slots[key]
	slot.state, slot.place, slot.trail = s, s.Place(), readTrail(trail)
	return nil
}

func (v *View) blank(key Key) (State, error) {
	if len(key) < 2 || key[1] != ':' {
		return nil, fmt.Errorf("no key of a state: %q", key)
	}
	k, ok := v.kinds[key[0]]
	if !ok {
		return nil, fmt.Errorf("no kind of state for key %q", key)
	}
	return k.New(), nil
}

// Get gives the state of a key, nil when there is none. It must not be changed.
func (v *View) Get(key Key) State { return v.slot(key).state }

func (v *View) slot(key Key) *slot {
	s, ok := v.find(key)
	if !ok {
		v.Load(key)
		s = v.slots[key]
	}
	return s
}

// Get gives the state of a key with its type; ok is false when there is none.
func Get[S State](v *View, key Key) (s S, ok bool) {
	s, ok = v.Get(key).(S)
	return s, ok
}

// Edit gives the state of a key to be changed, a new one when there is none. Only folds call it.
func (v *View) Edit(key Key) State {
	slot := v.slot(key)
	if slot.state == nil {
		s, err := v.blank(key)
		if err != nil {
			v.err = err
			return nil
		}
		slot.state = s
	}
	if !slot.fresh {
		slot.fresh = true
		v.dirty = append(v.dirty, key)
	}
	return slot.state
}

// Edit gives the state of a key to be changed, with its type.
func Edit[S State](v *View, key Key) S {
	s, ok := v.Edit(key).(S)
	if !ok && v.err == nil {
		v.err = fmt.Errorf("state %s has another type", key)
	}
	return s
}

// At gives the keys of one kind that lie at a place, in order.
func (v *View) At(place string, letter byte) []Key {
	var at []Key
	add := func(k Key) {
		if k[0] != letter {
			return
		}
		if s, ok := v.find(k); ok && s.state != nil && s.state.Place() == place {
			at = append(at, k)
		}
	}
	for _, k := range v.placed(place) {
		add(k)
	}
	for _, k := range v.moved { // since the table was written
		add(k)
	}
	for _, k := range v.dirty {
		add(k)
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// placed gives what lay at a place before the changes in view: by the table, or by the index of a replay.
func (v *View) placed(place string) []Key {
	if v.index != nil {
		return slices.Collect(maps.Keys(v.index[place]))
	}
	return v.tableAt(place)
}

// tableAt gives what lies at a place by the table, loaded.
func (v *View) tableAt(place string) []Key {
	keys, asked := v.lying[place]
	if asked || v.err != nil {
		return keys
	}
	keys, v.err = v.loader.keysAt(v.ctx, place)
	if v.err != nil {
		return nil
	}
	if v.lying == nil {
		v.lying = map[string][]Key{}
	}
	v.lying[place] = keys
	v.Load(keys...)
	return keys
}

// settle ends one act: every changed state remembers the entry that changed it.
func (v *View) settle(seq int64) {
	for _, k := range v.dirty {
		s := v.slots[k]
		s.fresh = false
		if !s.toSave {
			s.toSave = true
			v.moved = append(v.moved, k)
		}
		if place := s.state.Place(); place != s.place {
			v.move(k, s, place)
		}
		if v.kinds[k[0]].Trail {
			if full := s.trail.add(seq); full != nil {
				s.spill = append(s.spill, *full)
			}
		}
	}
	v.dirty = v.dirty[:0]
}

// move keeps the index of a replay.
func (v *View) move(k Key, s *slot, to string) {
	if v.index != nil {
		delete(v.index[s.place], k)
		if len(v.index[s.place]) == 0 {
			delete(v.index, s.place)
		}
		if to != "" {
			if v.index[to] == nil {
				v.index[to] = map[Key]struct{}{}
			}
			v.index[to][k] = struct{}{}
		}
	}
	s.place = to
}

// changed lists the keys to be written, in order: neighbours share pages.
func (v *View) changed() []Key {
	slices.Sort(v.moved)
	return v.moved
}

// saved marks all changes as written.
func (v *View) saved() {
	for _, k := range v.moved {
		s := v.slots[k]
		s.toSave, s.spill = false, nil
	}
	v.moved = v.moved[:0]
}

// trailPage is the number of entries after which a trail is put away as a page: a thing that is scanned a hundred thousand times must not make its
// state heavy.
const trailPage = 256

// trail lists the entries that touched a state, as differences.
type trail struct {
	b    []byte
	last int64
	n    int
}

// page is a full part of a trail.
type page struct {
	first int64
	b     []byte
}

func readTrail(b []byte) trail {
	t := trail{b: slices.Clone(b)}
	for _, seq := range seqs(b) {
		t.last = seq
		t.n++
	}
	return t
}

// seqs reads a list of entries.
func seqs(b []byte) []int64 {
	out := make([]int64, 0, len(b))
	var last int64
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		if n <= 0 {
			break
		}
		last += int64(d)
		out = append(out, last)
		b = b[n:]
	}
	return out
}

func (t *trail) add(seq int64) (full *page) {
	if t.n == trailPage {
		full = &page{first: seqs(t.b)[0], b: t.b}
		*t = trail{}
	}
	t.b = binary.AppendUvarint(t.b, uint64(seq-t.last))
	t.last = seq
	t.n++
	return full
}

// dbLoader loads from the database as others see it: for reading.
type dbLoader struct{ db *sqldb.DB }

func (d dbLoader) states(ctx context.Context, keys []Key, each func(Key, []byte, []byte) error) error {
	err := askAll(ctx, d.db, `SELECT key, trail, body FROM ledger_state WHERE key IN (`, anyKeys(keys), rowOfState(each))
	if err != nil {
		return fmt.Errorf("load states: %w", err)
	}
	return nil
}

// rowOfState reads one row of key, trail and body.
func rowOfState(each func(Key, []byte, []byte) error) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var key string
		var trail, body []byte
		if err := rows.Scan(&key, &trail, &body); err != nil {
			return err
		}
		return each(Key(key), trail, body)
	}
}

func (d dbLoader) keysAt(ctx context.Context, place string) ([]Key, error) {
	stmt, err := d.db.Ask(ctx, keysAtText)
	if err != nil {
		return nil, err
	}
	return keysAt(ctx, stmt, place)
}

const keysAtText = `SELECT key FROM ledger_state WHERE place = $1 ORDER BY key`

func keysAt(ctx context.Context, stmt *sql.Stmt, place string) (keys []Key, err error) {
	err = eachRow(ctx, stmt, []any{place}, func(rows *sql.Rows) error {
		var k string
		err := rows.Scan(&k)
		keys = append(keys, Key(k))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("what lies at %s: %w", place, err)
	}
	return keys, nil
}

func anyKeys(keys []Key) []any {
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = string(k)
	}
	return args
}
