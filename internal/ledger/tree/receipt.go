package tree

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"
	"time"

	"citypost/internal/fault"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Receipt is what a person holds: one entry of the ledger and all that is needed to prove it offline, small enough for one QR code.
//
// Its bytes: version; form; the first 4 bytes of the key's id; seq; checkpoint size minus seq; length and item code; length and body (or the
// commitment alone); the inclusion proof; the log's signature; the number of cosignatures and each (key id, time, signature); a checksum.
// Numbers are varints in their shortest form. The root is not carried: it follows from the entry and the proof, and the signature says
// whether it is right. Nor is the number of hashes, which follows from seq and size.
//
// Size, for a body of 250 bytes and one item code: 346 bytes and 32 for each hash. Below 100 million entries a checkpoint of size seq itself,
// which the log may sign at any time, needs 13 hashes on average and at most 26; a later one at most 27. In base41 after an address of
// 38 characters that is a QR code of version 23 at level M with 13 hashes, 25 M with 18, 25 L with 26 and 26 L with 27.
type Receipt struct {
	KeyID      uint32 // which of the log's keys signed
	Seq        int64  // from 1
	Size       int64  // of the checkpoint
	Code       string // the item that the holder cares about; empty in a receipt for a whole entry or without body
	Body       []byte // the entry, with its salt; empty in a short receipt
	Commitment Commitment
	Hashes     []tlog.Hash
	Signature  [ed25519.SignatureSize]byte
	Cosigned   []Cosignature
}

// Cosignature is a witness's signature inside a receipt.
type Cosignature struct {
	KeyID     uint32
	At        int64 // POSIX seconds
	Signature [ed25519.SignatureSize]byte
}

const (
	receiptVersion = 1
	formBody       = 0 // the body is in the receipt
	formShort      = 1 // only the commitment is; the body must be brought along

	maxCode     = 64
	maxCosigned = 16
)

// MaxReceiptBody is the longest entry that a receipt carries. No QR code holds more than 3 kB; files may.
const MaxReceiptBody = 16 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// NewReceipt puts a receipt together from an entry and its standing proof. An empty body makes a short receipt for the commitment.
func NewReceipt(code string, body []byte, commitment Commitment, p Proof) (Receipt, error) {
	r := Receipt{Seq: p.Index + 1, Code: code, Body: body, Commitment: commitment, Hashes: p.Hashes}
	if len(body) > 0 {
		r.Commitment = Commit(body)
	}
	text, lines, ok := strings.Cut(string(p.Checkpoint), "\n\n")
	c, err := ParseCheckpoint(text + "\n")
	if !ok || err != nil {
		return Receipt{}, malformed("checkpoint", err)
	}
	r.Size = c.Size
	if err := r.takeSignatures(c.Origin, lines); err != nil {
		return Receipt{}, err
	}
	if len(r.Code) > maxCode || len(r.Body) > MaxReceiptBody || len(r.Hashes) != proofLen(p.Index, c.Size) || p.Index >= c.Size {
		return Receipt{}, malformed("receipt", nil)
	}
	return r, nil
}

// takeSignatures reads the signature lines of a checkpoint: the first of the log, and the cosignatures, known by their length.
func (r *Receipt) takeSignatures(origin, lines string) error {
	signed := false
	for line := range strings.Lines(lines) {
		f := strings.Fields(line)
		if len(f) != 3 {
			return malformed("checkpoint", nil)
		}
		raw, err := strict64.DecodeString(f[2])
		if err != nil {
			return malformed("checkpoint", err)
		}
		switch {
		case f[1] == origin && len(raw) == 4+ed25519.SignatureSize && !signed:
			signed = true
			r.KeyID = binary.BigEndian.Uint32(raw)
			copy(r.Signature[:], raw[4:])
		case f[1] != origin && len(raw) == 4+cosignatureLen && len(r.Cosigned) < maxCosigned:
			at, ok := cosignedAt(raw[4:])
			if !ok {
				return malformed("checkpoint", nil)
			}
			r.Cosigned = append(r.Cosigned, Cosignature{binary.BigEndian.Uint32(raw), at, [64]byte(raw[12:])})
		}
	}
	if !signed {
		return unknownKey()
	}
	return nil
}

// EncodeReceipt writes the bytes of a receipt.
func EncodeReceipt(r Receipt) []byte {
	form := byte(formBody)
	if len(r.Body) == 0 {
		form = formShort
	}
	out := []byte{receiptVersion, form}
	out = binary.BigEndian.AppendUint32(out, r.KeyID)
	out = binary.AppendUvarint(out, uint64(r.Seq))
	out = binary.AppendUvarint(out, uint64(r.Size-r.Seq))
	out = binary.AppendUvarint(out, uint64(len(r.Code)))
	out = append(out, r.Code...)
	if form == formShort {
		out = append(out, r.Commitment[:]...)
	} else {
		out = binary.AppendUvarint(out, uint64(len(r.Body)))
		out = append(out, r.Body...)
	}
	for _, h := range r.Hashes {
		out = append(out, h[:]...)
	}
	out = append(out, r.Signature[:]...)
	out = append(out, byte(len(r.Cosigned)))
	for _, c := range r.Cosigned {
		out = binary.BigEndian.AppendUint32(out, c.KeyID)
		out = binary.BigEndian.AppendUint64(out, uint64(c.At))
		out = append(out, c.Signature[:]...)
	}
	return binary.BigEndian.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

// ReceiptText is the receipt as an address for a QR code in alphanumeric mode: prefix, such as "HTTPS://BUUDIEN.EXAMPLE/R/", then the bytes in base41.
func ReceiptText(prefix string, r Receipt) string { return prefix + encode41(EncodeReceipt(r)) }

// ParseReceipt reads the text of a receipt, with or without an address before it.
func ParseReceipt(text string) (Receipt, error) {
	data, ok := decode41(text[strings.LastIndexAny(text, "/#")+1:])
	if !ok {
		return Receipt{}, misread(nil)
	}
	return DecodeReceipt(data)
}

// DecodeReceipt reads the bytes of a receipt. It proves nothing before VerifyReceipt.
func DecodeReceipt(data []byte) (Receipt, error) {
	if len(data) < 4 || crc32.Checksum(data[:len(data)-4], castagnoli) != binary.BigEndian.Uint32(data[len(data)-4:]) {
		return Receipt{}, misread(nil)
	}
	in := scanner{rest: data[:len(data)-4]}
	r := in.receipt()
	if in.failed || len(in.rest) != 0 {
		return Receipt{}, misread(errForm)
	}
	return r, nil
}

func misread(cause error) error {
	return fault.New(fault.Invalid, "tree.receipt_misread",
		"Không đọc được mã trên biên nhận: thiếu hoặc sai ký tự. Hãy quét lại cho đủ, rõ.",
		"The code on the receipt cannot be read: characters are missing or wrong. Scan it again, whole and sharp.").Because(cause)
}

// scanner reads a receipt's bytes; after a failure it gives zeros.
type scanner struct {
	rest   []byte
	failed bool
}

func (s *scanner) receipt() (r Receipt) {
	head := s.take(2)
	if s.failed || head[0] != receiptVersion || head[1] > formShort {
		s.failed = true
		return r
	}
	r.KeyID = binary.BigEndian.Uint32(s.take(4))
	r.Seq = int64(s.number(math.MaxInt64 / 2))
	r.Size = r.Seq + int64(s.number(math.MaxInt64/2))
	r.Code = string(s.take(int(s.number(maxCode))))
	if head[1] == formShort {
		r.Commitment = Commitment(s.take(hashSize))
	} else {
		r.Body = bytes.Clone(s.take(int(s.number(MaxReceiptBody))))
		r.Commitment = Commit(r.Body)
		s.failed = s.failed || len(r.Body) == 0
	}
	if s.failed || r.Seq < 1 {
		s.failed = true
		return r
	}
	r.Hashes = make([]tlog.Hash, proofLen(r.Seq-1, r.Size))
	for i := range r.Hashes {
		r.Hashes[i] = tlog.Hash(s.take(hashSize))
	}
	r.Signature = [ed25519.SignatureSize]byte(s.take(ed25519.SignatureSize))
	for range s.atMost(maxCosigned) {
		c := Cosignature{KeyID: binary.BigEndian.Uint32(s.take(4)), At: int64(binary.BigEndian.Uint64(s.take(8)))}
		c.Signature = [ed25519.SignatureSize]byte(s.take(ed25519.SignatureSize))
		s.failed = s.failed || c.At < 0
		r.Cosigned = append(r.Cosigned, c)
	}
	return r
}

// take gives the next n bytes, or n zeros after a failure.
func (s *scanner) take(n int) []byte {
	if s.failed || len(s.rest) < n {
		s.failed = true
		return make([]byte, n)
	}
	b := s.rest[:n]
	s.rest = s.rest[n:]
	return b
}

// number reads a varint in its shortest form.
func (s *scanner) number(limit uint64) uint64 {
	v, n := binary.Uvarint(s.rest)
	if s.failed || n <= 0 || v > limit || n > 1 && s.rest[n-1] == 0 {
		s.failed = true
		return 0
	}
	s.rest = s.rest[n:]
	return v
}

func (s *scanner) atMost(limit byte) byte {
	n := s.take(1)[0]
	if n > limit {
		s.failed = true
		return 0
	}
	return n
}

// Trust is what a verifier believes beforehand.
type Trust struct {
	Policy
	// Holds reports whether an entry body speaks of an item code. Nil looks for the code's characters in the body.
	Holds func(body []byte, code string) bool
}

// Proved is what a receipt proves.
type Proved struct {
	Origin    string // which ledger
	Seq       int64
	Size      int64 // the ledger had this many entries when it was signed
	Code      string
	Body      []byte // empty for a short receipt
	Root      tlog.Hash
	Key       KeyRange
	Witnesses []Cosigned
	Unknown   int // cosignatures of witnesses that are not in the policy; they count for nothing
}

// VerifyReceipt says what a receipt proves, or refuses it with the reason.
func VerifyReceipt(trust Trust, r Receipt) (Proved, error) {
	if err := r.checkContent(trust); err != nil {
		return Proved{}, err
	}
	key, ok := trust.Keys.byHash(r.KeyID, r.Size)
	if !ok {
		return Proved{}, unknownKey()
	}
	root, err := rootFromProof(r.Seq-1, r.Size, LeafHash(r.Commitment), r.Hashes)
	if err != nil {
		return Proved{}, misread(err)
	}
	c := Checkpoint{trust.Keys.Origin(), r.Size, root}
	text := []byte(c.Text())
	if !key.verifier.Verify(text, r.Signature[:]) {
		return Proved{}, forged()
	}
	p := Proved{Origin: c.Origin, Seq: r.Seq, Size: r.Size, Code: r.Code, Body: r.Body, Root: root, Key: key.KeyRange}
	seen := map[string]bool{}
	for _, sig := range r.Cosigned {
		w, ok := trust.witness(sig.KeyID)
		if !ok {
			p.Unknown++
			continue
		}
		if seen[w.Name] || !w.Verifier.Verify(text, sig.bytes()) {
			return Proved{}, forged()
		}
		seen[w.Name] = true
		p.Witnesses = append(p.Witnesses, Cosigned{w.Verifier.name, time.Unix(sig.At, 0).UTC()})
	}
	if !trust.Quorum.met(seen) {
		return Proved{}, tooFewWitnesses(len(seen))
	}
	return p, nil
}

// checkContent checks that the receipt's own words fit together before any signature is looked at.
func (r *Receipt) checkContent(trust Trust) error {
	if len(r.Body) == 0 {
		if r.Code != "" {
			return malformed("receipt", fmt.Errorf("an item code without a body proves nothing"))
		}
		return nil
	}
	if Commit(r.Body) != r.Commitment || len(r.Body) <= 1+SaltSize || r.Body[0] != BodyVersion {
		return malformed("receipt", nil)
	}
	holds := trust.Holds
	if holds == nil {
		holds = func(body []byte, code string) bool { return bytes.Contains(body, []byte(code)) }
	}
	if r.Code != "" && !holds(r.Body, r.Code) {
		return fault.New(fault.Invalid, "tree.receipt_other_item",
			"Biên nhận ghi bưu gửi %s nhưng nội dung đã ghi sổ không nói về bưu gửi đó.",
			"The receipt names item %s, but the recorded entry is not about it.", r.Code)
	}
	return nil
}

func (p *Policy) witness(keyID uint32) (Witness, bool) {
	for _, w := range p.Witnesses {
		if w.Verifier.hash == keyID {
			return w, true
		}
	}
	return Witness{}, false
}

// bytes is the cosignature as a note carries it.
func (c *Cosignature) bytes() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(c.At)), c.Signature[:]...)
}

func forged() error {
	return fault.New(fault.Invalid, "tree.receipt_forged",
		"Biên nhận KHÔNG đúng: chữ ký không khớp với nội dung. Biên nhận đã bị sửa hoặc là giả.",
		"The receipt is NOT valid: its signature does not match its content. It was changed or forged.")
}

// Proof gives the same proof in the C2SP form, for other tools.
func (r *Receipt) Proof(trust Trust) (Proof, error) {
	p, err := VerifyReceipt(trust, *r)
	if err != nil {
		return Proof{}, err
	}
	c := Checkpoint{p.Origin, p.Size, p.Root}
	lines := []string{c.Text(), "\n", signatureLine(p.Origin, noteSignature(r.KeyID, r.Signature[:]))}
	for _, sig := range r.Cosigned {
		if w, ok := trust.witness(sig.KeyID); ok {
			lines = append(lines, signatureLine(w.Verifier.name, noteSignature(sig.KeyID, sig.bytes())))
		}
	}
	return Proof{Extra: r.Body, Index: r.Seq - 1, Hashes: r.Hashes, Checkpoint: []byte(strings.Join(lines, ""))}, nil
}

func noteSignature(keyID uint32, sig []byte) string {
	return strict64.EncodeToString(append(binary.BigEndian.AppendUint32(nil, keyID), sig...))
}

var _ note.Signer = (*LogKey)(nil)
