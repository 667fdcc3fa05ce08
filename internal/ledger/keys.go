package ledger

import (
	"context"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
)

// ringKey names the state that holds the ledger's public keys.
const ringKey = Key("k:ring")

// self is the actor of what the ledger writes about itself.
const self = postal.StaffID("ledger")

// ring is the public keys of the ledger, now and before, in the text form of a keyring.
type ring struct{ Text string }

func (r *ring) fields(c *Codec)          { Str(c, &r.Text) }
func (r *ring) Encode(dst []byte) []byte { return Encode(dst, r.fields) }
func (r *ring) Decode(b []byte) error    { return Decode(b, r.fields) }
func (r *ring) Place() string            { return "" }

// keysKind is the kind of the ring.
var keysKind = Kind{Letter: 'k', New: func() State { return &ring{} }}

// foldKeys keeps the keyring.
func foldKeys(v *View, _ *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.KeyBegun:
		first, err := tree.NewKeyring(tree.KeyRange{Verifier: f.Verifier})
		if err != nil {
			return err
		}
		Edit[*ring](v, ringKey).Text = first.String()
	case event.KeyRotated:
		r := Edit[*ring](v, ringKey)
		old, err := tree.ParseKeyring(r.Text)
		if err != nil {
			return err
		}
		next, err := old.Rotate([]byte(f.Statement))
		if err != nil {
			return err
		}
		r.Text = next.String()
	}
	return nil
}

// beginKey is the first act of a ledger that is signed.
type beginKey struct{ Verifier string }

func (beginKey) Name() string   { return "ledger.begin_key" }
func (beginKey) Touches() []Key { return []Key{ringKey} }
func (a beginKey) Decide(*View, Envelope) ([]event.Fact, error) {
	return []event.Fact{event.KeyBegun{Verifier: a.Verifier}}, nil
}

// rotateKey passes the ledger's trust to another key.
type rotateKey struct {
	Next      string
	old, next *tree.LogKey
}

func (rotateKey) Name() string   { return "ledger.rotate_key" }
func (rotateKey) Touches() []Key { return []Key{ringKey} }

// Decide signs the statement: the new key signs from the entry that holds it on.
func (a rotateKey) Decide(v *View, _ Envelope) ([]event.Fact, error) {
	r, ok := Get[*ring](v, ringKey)
	if !ok {
		return nil, errNoKey
	}
	statement, err := tree.SignRotation(a.old, a.next, v.seq)
	if err != nil {
		return nil, err
	}
	old, err := tree.ParseKeyring(r.Text)
	if err != nil {
		return nil, err
	}
	if _, err := old.Rotate(statement); err != nil {
		return nil, err
	}
	return []event.Fact{event.KeyRotated{Statement: string(statement)}}, nil
}

var errNoKey = fault.New(fault.Conflict, "ledger.no_key", "Sổ cái chưa có khoá ký.", "The ledger has no signing key yet.")

// errOtherKey: what this process signed would prove nothing.
var errOtherKey = fault.New(fault.Unavailable, "ledger.other_key",
	"Khoá ký của sổ cái đã đổi mà máy chủ này chưa có khoá mới nên không ký được biên nhận: quản trị cần chép ledger.key mới sang và khởi động lại.",
	"The ledger's signing key was changed and this server does not have the new one, so it cannot sign receipts: the administrator must copy the new ledger.key and restart it.")

// beginKeys writes down the key that signs before anything else is signed with it.
func (b *batch) beginKeys() error {
	key := b.l.key.Load()
	if key == nil || b.view.Get(ringKey) != nil || b.view.Err() != nil {
		return b.view.Err()
	}
	salt, err := event.NewSalts(1)
	if err != nil {
		return err
	}
	now := b.l.now()
	p := &pending{
		sub:   Submission{Envelope: Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Actor: self}, Act: beginKey{key.Verifier()}},
		group: &group{left: 1, done: make(chan struct{})},
	}
	if p.digest, err = digest(p.sub); err != nil {
		return err
	}
	return b.decide(p, salt)
}

// ringOf gives the keyring of a view; nil when nothing was ever signed.
func ringOf(v *View) (*tree.Keyring, error) {
	r, ok := Get[*ring](v, ringKey)
	if !ok {
		return nil, v.Err()
	}
	return tree.ParseKeyring(r.Text)
}

// Keyring gives the public keys of the ledger; nil when nothing was ever signed.
func (l *Ledger) Keyring(ctx context.Context) (*tree.Keyring, error) { return ringOf(l.View(ctx)) }

// Rotate lets next sign in place of the present key from now on, and records the statement that both keys sign. Other processes on the same ledger sign nothing
// more until they are started anew with the new key file.
func (l *Ledger) Rotate(ctx context.Context, next *tree.LogKey) (Receipt, error) {
	old := l.key.Load()
	if old == nil {
		return Receipt{}, errNoKey
	}
	l.coming.Store(next)
	defer l.coming.Store(nil)
	now := l.now()
	r, err := l.Append(ctx, Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Actor: self}, rotateKey{next.Verifier(), old, next})
	if err == nil {
		l.key.Store(next)
	}
	return r, err
}

// signer gives the key of this process that the ledger names, nil when it has none: in the batch that changes the key, the next one.
func (l *Ledger) signer(named string) *tree.LogKey {
	for _, k := range []*tree.LogKey{l.key.Load(), l.coming.Load()} {
		if k != nil && k.Verifier() == named {
			return k
		}
	}
	return nil
}

// UseKey lets a key sign from now on that the ledger names already.
func (l *Ledger) UseKey(key *tree.LogKey) { l.key.Store(key) }
