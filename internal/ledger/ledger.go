package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Key names one state: the letter of its kind, a colon, its code ("i:RR473124829VN").
type Key string

// State is what the facts about one key add up to.
type State interface {
	Encode(dst []byte) []byte // the same state always gives the same bytes
	Decode(b []byte) error
	Place() string // where it lies now ("office:180100", "b:…"); "" when it is on no board
}

// Kind is one sort of state, known by the letter its keys start with. Trail says whether the entries that touch it are listed.
type Kind struct {
	Letter byte
	New    func() State
	Trail  bool
}

// Envelope says who sends an act, from where, and under which id. The device makes the id, so sending twice is harmless.
type Envelope struct {
	Act        postal.ActID
	OccurredMs int64
	Office     postal.OfficeCode
	Actor      postal.StaffID
}

// Act is something that a person or device wants written down.
type Act interface {
	Name() string   // "custody.pack"; part of what must be the same when an act is sent again
	Touches() []Key // the states that Decide will look at, as far as known: they are loaded in bulk
	// Decide is pure: states in, facts or a fault out. It changes nothing.
	Decide(v *View, e Envelope) ([]event.Fact, error)
}

// Fold brings one fact into the states. It changes only what it gets from View.Edit, depends on nothing but its arguments,
// and leaves facts of others alone. An error means a defect: the facts came from Decide.
type Fold func(v *View, e *event.Entry, f event.Fact) error

// Receipt answers an act: where it stands in the ledger and what it made. Repeated says that it was there already.
type Receipt struct {
	Seq        int64
	Act        postal.ActID
	RecordedMs int64
	Facts      []event.Fact
	Repeated   bool
}

// Config is what a house brings.
type Config struct {
	Kinds []Kind
	Folds []Fold
	Now   func() time.Time
	Key   *tree.LogKey // signs the tree; nil: the tree grows unsigned
	Base  string       // the address by which the public reaches us, for receipts
	// Witnesses must have cosigned a checkpoint before the public sees it (see Publish); nil: none must. Its keys are not looked at.
	Witnesses *tree.Policy
	Followers []string   // the names of all who follow (Follow, CatchUp); a cursor of another name is the rest of one that was damaged. nil: any name may follow
	Behind    func()     // hears that acts were refused because the clock lies behind (TolerateClock); it must not wait for the ledger
	Trip      Trip       // tests let steps fail by it
	Watch     func(Rows) // hears what every batch wrote, after its commit; for measuring
	Beside    []*Table   // the tables that take rows beside acts, in the order in which they are written; they must be there
}

// Trip lets a step of the batch machine fail: it is asked before and after each, and an error counts as the step's own.
type Trip func(step string, after bool) error

// Steps are the names that a Trip hears, in the order in which a batch takes them.
var Steps = []string{"begin", "take head", "answer repeats", "decide", "write", "sign", "commit"}

// Ledger is one house's ledger on one database.
type Ledger struct {
	db     *sqldb.DB
	now    func() time.Time
	kinds  map[byte]Kind
	folds  []Fold
	writer *writer
	known  []string // the names of those who follow; nil: any
	key    atomic.Pointer[tree.LogKey]
	coming atomic.Pointer[tree.LogKey] // the next key while it is being changed
	base   string
	policy *tree.Policy // the witnesses; nil: none are required
	away   atomic.Pointer[[]string]
	watch  func(Rows)
	trip   Trip
	queue  chan []*pending
	done   chan struct{}
	cancel context.CancelFunc
	ending <-chan struct{} // closed when Close is called

	clock   clock
	head    head                          // the batch machine's alone
	public  atomic.Pointer[tree.Frontier] // the tree's right edge for all others
	seq     atomic.Int64                  // last entry known to be committed
	stopped atomic.Pointer[fault.Error]   // why writing has stopped, nil while it goes on

	mu   sync.Mutex
	news chan struct{} // closed and replaced when entries are added
}

// Open brings the tables up to date and starts the batch machine. Close ends it.
func Open(ctx context.Context, db *sqldb.DB, c Config) (*Ledger, error) {
	if err := sqldb.Migrate(ctx, db, "ledger", schema); err != nil {
		return nil, err
	}
	l := &Ledger{
		db: db, now: c.Now, kinds: map[byte]Kind{'k': keysKind}, folds: c.Folds, base: c.Base, policy: c.Witnesses, watch: c.Watch, trip: c.Trip, known: c.Followers,
		queue: make(chan []*pending, 1024), done: make(chan struct{}), news: make(chan struct{}),
	}
	l.key.Store(c.Key)
	l.clock.heard = c.Behind
	if l.now == nil {
		l.now = time.Now
	}
	for _, k := range c.Kinds {
		if _, twice := l.kinds[k.Letter]; twice {
			return nil, fmt.Errorf("two kinds of state use the letter %q", k.Letter)
		}
		l.kinds[k.Letter] = k
	}
	if err := l.recall(ctx); err != nil {
		return nil, err
	}
	w, err := newWriter(ctx, db, c.Beside)
	if err != nil {
		return nil, err
	}
	l.writer = w
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.cancel, l.ending = cancel, run.Done()
	go l.run(run)
	return l, nil
}

// Close waits for the batch under way and ends the machine. Acts that come later are refused.
func (l *Ledger) Close() error {
	l.cancel()
	<-l.done
	return l.writer.close()
}

// Seq is the last entry known to be committed.
func (l *Ledger) Seq() int64 { return l.seq.Load() }

// Stopped says why writing has stopped for good, nil while it goes on.
func (l *Ledger) Stopped() error {
	if f := l.stopped.Load(); f != nil {
		return f
	}
	return nil
}

// News gives a channel that closes when entries are added after the call.
func (l *Ledger) News() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.news
}

func (l *Ledger) advance(seq int64) {
	l.seq.Store(seq)
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.news)
	l.news = make(chan struct{})
}

// View gives the states as they are now, for reading. It sees each state as it is when first asked for.
func (l *Ledger) View(ctx context.Context) *View {
	return newView(ctx, l.kinds, dbLoader{l.db}, postal.Millis(l.now()))
}

// reader is what a question needs: the reading pool or the batch's own transaction.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}
