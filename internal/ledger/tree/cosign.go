package tree

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

const (
	algCosign      = 4                         // Ed25519 cosignature/v1 (C2SP tlog-cosignature)
	algMLDSA       = 6                         // the newer ML-DSA-44 form, for which Go has no public package yet
	cosignatureLen = 8 + ed25519.SignatureSize // timestamp, signature
)

// CosignVerifier checks the cosignatures of one witness. It is a note.Verifier.
type CosignVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// Cosigner makes cosignatures: with it one installation can be the witness of another. It is a note.Signer.
type Cosigner struct {
	CosignVerifier
	secret ed25519.PrivateKey
	now    func() time.Time
}

// NewCosigner makes a witness key. The same key must not be used for anything else.
func NewCosigner(name string, secret ed25519.PrivateKey, now func() time.Time) (*Cosigner, error) {
	if !isName(name) {
		return nil, fmt.Errorf("make cosigner: %q cannot name a witness", name)
	}
	return &Cosigner{newCosignVerifier(name, secret.Public().(ed25519.PublicKey)), secret, now}, nil
}

// NewCosignVerifier reads the vkey of a witness.
func NewCosignVerifier(vkey string) (*CosignVerifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, material, ok := strings.Cut(rest, "+")
	raw, err := strict64.DecodeString(material)
	switch {
	case !ok || err != nil || !isName(name) || len(raw) == 0 || strings.ContainsAny(material, "\r\n"):
		return nil, malformed("key", err)
	case raw[0] == algMLDSA:
		return nil, malformed("key", fmt.Errorf("witness %s signs with ML-DSA-44, which is not supported yet; use its Ed25519 key", name))
	case raw[0] != algCosign || len(raw) != 1+ed25519.PublicKeySize:
		return nil, malformed("key", fmt.Errorf("witness %s: not an Ed25519 cosignature key", name))
	}
	v := newCosignVerifier(name, raw[1:])
	if id != fmt.Sprintf("%08x", v.hash) {
		return nil, malformed("key", fmt.Errorf("witness %s: key id does not match the key", name))
	}
	return &v, nil
}

func newCosignVerifier(name string, key ed25519.PublicKey) CosignVerifier {
	material := append([]byte{algCosign}, key...)
	sum := sha256.Sum256(append([]byte(name+"\n"), material...))
	return CosignVerifier{name: name, hash: binary.BigEndian.Uint32(sum[:]), key: key}
}

// Name is the witness's name.
func (v *CosignVerifier) Name() string { return v.name }

// KeyHash is the short id of the key.
func (v *CosignVerifier) KeyHash() uint32 { return v.hash }

// String is the vkey of the witness.
func (v *CosignVerifier) String() string {
	return fmt.Sprintf("%s+%08x+%s", v.name, v.hash, strict64.EncodeToString(append([]byte{algCosign}, v.key...)))
}

// Verify checks a cosignature over a checkpoint's text.
func (v *CosignVerifier) Verify(msg, sig []byte) bool {
	at, ok := cosignedAt(sig)
	return ok && ed25519.Verify(v.key, cosignedMessage(at, msg), sig[8:])
}

// Sign cosigns a checkpoint's text as of now. The caller has checked that the checkpoint is consistent with the one before.
func (c *Cosigner) Sign(msg []byte) ([]byte, error) {
	if _, err := ParseCheckpoint(string(msg)); err != nil {
		return nil, err
	}
	at := c.now().Unix()
	sig := binary.BigEndian.AppendUint64(nil, uint64(at))
	return append(sig, ed25519.Sign(c.secret, cosignedMessage(at, msg))...), nil
}

// Line cosigns a checkpoint's text and writes the signature as a witness answers.
func (c *Cosigner) Line(text []byte) (string, error) {
	sig, err := c.Sign(text)
	if err != nil {
		return "", err
	}
	return signatureLine(c.name, noteSignature(c.hash, sig)), nil
}

func cosignedMessage(at int64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", at), text...)
}

// cosignedAt reads the time of a cosignature.
func cosignedAt(sig []byte) (unix int64, ok bool) {
	if len(sig) != cosignatureLen {
		return 0, false
	}
	at := binary.BigEndian.Uint64(sig)
	return int64(at), at <= math.MaxInt64
}

var (
	_ note.Verifier = (*CosignVerifier)(nil)
	_ note.Signer   = (*Cosigner)(nil)
)
