package tree

import (
	"fmt"
	"strings"

	"citypost/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof is an inclusion proof that stands alone (C2SP tlog-proof): index, hashes and the signed checkpoint they lead to.
type Proof struct {
	Extra      []byte // opaque, not authenticated; empty for none
	Index      int64
	Hashes     []tlog.Hash
	Checkpoint []byte // signed, verbatim
}

const (
	proofHeader = "c2sp.org/tlog-proof@v1\n"
	maxExtra    = 64 << 10 // an entry body and more
)

// Encode writes the proof as text.
func (p Proof) Encode() []byte {
	out := []byte(proofHeader)
	if len(p.Extra) > 0 {
		out = fmt.Appendf(out, "extra %s\n", strict64.EncodeToString(p.Extra))
	}
	out = fmt.Appendf(out, "index %d\n", p.Index)
	out = appendHashLines(out, p.Hashes)
	out = append(out, '\n')
	return append(out, p.Checkpoint...)
}

// ParseProof reads a proof. It proves nothing before Verify.
func ParseProof(text []byte) (Proof, error) {
	p, err := parseProof(string(text))
	if err != nil {
		return Proof{}, malformed("proof", err)
	}
	return p, nil
}

func parseProof(text string) (p Proof, err error) {
	text, ok := strings.CutPrefix(text, proofHeader)
	if !ok {
		return p, errForm
	}
	if after, ok := strings.CutPrefix(text, "extra "); ok {
		line, rest, ok := strings.Cut(after, "\n")
		if !ok || line == "" || len(line) > maxExtra*4/3+4 || strings.Contains(line, "\r") {
			return p, errForm
		}
		if p.Extra, err = strict64.DecodeString(line); err != nil {
			return p, errForm
		}
		text = rest
	}
	line, text, _ := strings.Cut(text, "\n")
	digits, ok := strings.CutPrefix(line, "index ")
	if p.Index, err = parseCount(digits); !ok || err != nil {
		return p, errForm
	}
	p.Hashes, text, err = parseHashes(text)
	if err != nil || len(text) == 0 || len(text) > maxSigned {
		return p, errForm
	}
	p.Checkpoint = []byte(text)
	return p, nil
}

// Verify checks the signed checkpoint against the policy and that the leaf is where the proof says.
func (p Proof) Verify(policy *Policy, leaf tlog.Hash) (Opened, error) {
	opened, err := policy.Open(p.Checkpoint)
	if err != nil {
		return Opened{}, err
	}
	root, err := rootFromProof(p.Index, opened.Size, leaf, p.Hashes)
	if err != nil {
		return Opened{}, malformed("proof", err)
	}
	if root != opened.Root {
		return Opened{}, fault.New(fault.Invalid, "tree.proof_wrong",
			"Bằng chứng không khớp: nội dung này không có ở dòng %d của sổ cái.", "The proof does not fit: this content is not entry %d of the ledger.", p.Index+1)
	}
	return opened, nil
}

// OwnProof proves an entry by a checkpoint of exactly its own size, signed here and now: the shortest proof there is, for a receipt. Signing an
// old size again contradicts nothing, but no witness saw it; where witnesses are required, take the next published checkpoint.
func (p *Prover) OwnProof(key *LogKey, seq int64) (Proof, error) {
	hashes, err := p.Inclusion(seq-1, seq)
	if err != nil {
		return Proof{}, err
	}
	root, err := p.RootAt(seq)
	if err != nil {
		return Proof{}, err
	}
	signed, err := SignCheckpoint(Checkpoint{key.Name(), seq, root}, key)
	if err != nil {
		return Proof{}, err
	}
	return Proof{Index: seq - 1, Hashes: hashes, Checkpoint: signed}, nil
}
