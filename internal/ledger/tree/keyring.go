package tree

import (
	"fmt"
	"strings"

	"citypost/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// KeyRange says for which sizes of the ledger a public key may sign checkpoints, both ends included. Upto 0 means: still in use.
type KeyRange struct {
	Verifier string // vkey
	From     int64
	Upto     int64
}

func (r KeyRange) covers(size int64) bool { return size >= r.From && (r.Upto == 0 || size <= r.Upto) }

// Keyring is the public keys of one log, now and before. An old key goes on proving what it signed, up to the size at which it was replaced.
type Keyring struct {
	keys []ringKey
}

type ringKey struct {
	KeyRange
	verifier note.Verifier
}

// NewKeyring makes a keyring. All keys bear the log's origin as their name; one key in use for ever is {Verifier: vkey}.
func NewKeyring(ranges ...KeyRange) (*Keyring, error) {
	k := &Keyring{}
	for _, r := range ranges {
		v, err := newLogVerifier(r.Verifier)
		if err != nil {
			return nil, err
		}
		if r.From < 0 || r.Upto < 0 || r.Upto != 0 && r.Upto < r.From {
			return nil, malformed("key", fmt.Errorf("key range %d..%d", r.From, r.Upto))
		}
		for _, other := range k.keys {
			if other.verifier.Name() != v.Name() || other.verifier.KeyHash() == v.KeyHash() {
				return nil, malformed("key", fmt.Errorf("keys %s and %s do not go together", other.Verifier, r.Verifier))
			}
		}
		k.keys = append(k.keys, ringKey{r, v})
	}
	if len(k.keys) == 0 {
		return nil, malformed("key", fmt.Errorf("a keyring needs a key"))
	}
	return k, nil
}

// newLogVerifier reads a vkey of type Ed25519.
func newLogVerifier(vkey string) (note.Verifier, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, malformed("key", err)
	}
	return v, nil
}

// Origin is the log's name.
func (k *Keyring) Origin() string { return k.keys[0].verifier.Name() }

// Ranges lists the keys in the order given.
func (k *Keyring) Ranges() []KeyRange {
	out := make([]KeyRange, len(k.keys))
	for i, key := range k.keys {
		out[i] = key.KeyRange
	}
	return out
}

// String is the text form that ParseKeyring reads: per line the first size, the last size or -, and the vkey.
func (k *Keyring) String() string {
	var b strings.Builder
	for _, key := range k.keys {
		upto := "-"
		if key.Upto != 0 {
			upto = fmt.Sprint(key.Upto)
		}
		fmt.Fprintf(&b, "%d %s %s\n", key.From, upto, key.Verifier)
	}
	return b.String()
}

// ParseKeyring reads the text form. Lines that begin with # and empty lines are skipped; a line that is only a vkey is in use for ever.
func ParseKeyring(text string) (*Keyring, error) {
	var ranges []KeyRange
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) == 1 {
			f = []string{"0", "-", f[0]}
		}
		if len(f) != 3 {
			return nil, malformed("key", nil)
		}
		r := KeyRange{Verifier: f[2]}
		var err error
		if r.From, err = parseCount(f[0]); err != nil {
			return nil, malformed("key", err)
		}
		if f[1] != "-" {
			if r.Upto, err = parseCount(f[1]); err != nil {
				return nil, malformed("key", err)
			}
		}
		ranges = append(ranges, r)
	}
	return NewKeyring(ranges...)
}

// Open checks that a signed checkpoint is of this log and signed by a key that was in use at its size. Cosignatures are not looked at.
func (k *Keyring) Open(signed []byte) (Checkpoint, error) {
	n, err := openNote(signed, k.verifiers()...)
	if err != nil {
		return Checkpoint{}, err
	}
	c, _, err := k.accept(n)
	return c, err
}

func (k *Keyring) verifiers() []note.Verifier {
	out := make([]note.Verifier, len(k.keys))
	for i, key := range k.keys {
		out[i] = key.verifier
	}
	return out
}

// accept reads the checkpoint of a note whose signatures are checked and names the key that may sign at that size.
func (k *Keyring) accept(n *note.Note) (Checkpoint, KeyRange, error) {
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, KeyRange{}, err
	}
	if c.Origin != k.Origin() {
		return Checkpoint{}, KeyRange{}, unknownKey()
	}
	for _, sig := range n.Sigs {
		for _, key := range k.keys {
			if sig.Name == key.verifier.Name() && sig.Hash == key.verifier.KeyHash() && key.covers(c.Size) {
				return c, key.KeyRange, nil
			}
		}
	}
	return Checkpoint{}, KeyRange{}, unknownKey()
}

// byHash finds the key with a short id that may sign at a size.
func (k *Keyring) byHash(hash uint32, size int64) (ringKey, bool) {
	for _, key := range k.keys {
		if key.verifier.KeyHash() == hash && key.covers(size) {
			return key, true
		}
	}
	return ringKey{}, false
}

// rotationHeader is the first line of a rotation statement; its second line is no number, so it can never be taken for a checkpoint.
const rotationHeader = "citypost key rotation v1"

// SignRotation says that from this size on the ledger's checkpoints are signed by the key next. Both keys sign it: the old one
// passes its trust on, the new one shows that it is held. The statement is recorded as a fact in the ledger.
func SignRotation(old, next *LogKey, from int64) ([]byte, error) {
	if old.Name() != next.Name() || old.verifier == next.verifier {
		return nil, fmt.Errorf("sign rotation: want two keys of one log, got %s and %s", old.verifier, next.verifier)
	}
	text := fmt.Sprintf("%s\n%s\nfrom %d\n%s\n", rotationHeader, old.Name(), from, next.verifier)
	return note.Sign(&note.Note{Text: text}, old.Signer, next.Signer)
}

// Rotate gives the keyring after a rotation statement. The key that signs it must be in use; it ends at the size where the new one begins.
func (k *Keyring) Rotate(statement []byte) (*Keyring, error) {
	next, from, err := readRotation(statement)
	if err != nil {
		return nil, err
	}
	newKey, err := newLogVerifier(next)
	if err != nil {
		return nil, err
	}
	for _, old := range k.keys {
		if old.verifier.KeyHash() == newKey.KeyHash() {
			return nil, malformed("rotation", fmt.Errorf("the key is already in the keyring"))
		}
	}
	n, err := openNote(statement, append(k.verifiers(), newKey)...)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(n.Text, rotationHeader+"\n"+k.Origin()+"\n") || !signedBy(n, newKey) {
		return nil, malformed("rotation", nil)
	}
	ranges := k.Ranges()
	for i, old := range k.keys {
		if old.Upto == 0 && from >= old.From && from > 0 && signedBy(n, old.verifier) {
			ranges[i].Upto = from
			return NewKeyring(append(ranges, KeyRange{Verifier: next, From: from})...)
		}
	}
	return nil, fault.New(fault.Invalid, "tree.rotation_unsigned",
		"Giấy đổi khoá không có chữ ký của khoá đang dùng.", "The rotation is not signed by a key in use.")
}

// readRotation reads what a statement says, before any signature is checked.
func readRotation(statement []byte) (next string, from int64, err error) {
	lines := strings.SplitN(string(statement), "\n", 6)
	if len(lines) != 6 || lines[0] != rotationHeader || lines[4] != "" {
		return "", 0, malformed("rotation", nil)
	}
	digits, ok := strings.CutPrefix(lines[2], "from ")
	if from, err = parseCount(digits); !ok || err != nil {
		return "", 0, malformed("rotation", err)
	}
	return lines[3], from, nil
}

func signedBy(n *note.Note, v note.Verifier) bool {
	for _, s := range n.Sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}
