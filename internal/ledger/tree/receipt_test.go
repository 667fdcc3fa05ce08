package tree

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"citypost/internal/fault"

	"github.com/boombuler/barcode/qr"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// office is a small ledger with a key and one witness, for receipts.
type office struct {
	*shelf
	key    *LogKey
	w      *Cosigner
	trust  Trust
	codes  []string
	bodies [][]byte
	signed map[int64][]byte
}

func newOffice(t testing.TB, entries int) *office {
	o := &office{shelf: newShelf(), key: testKey(t), w: testCosigner(t, "chung-kien.example"), signed: map[int64][]byte{}}
	w := Witness{Name: "W", Verifier: &o.w.CosignVerifier}
	o.trust = Trust{Policy: Policy{Keys: ring(t, KeyRange{Verifier: o.key.Verifier()}), Witnesses: []Witness{w}}}
	rnd := rand.New(rand.NewPCG(1, 2))
	cs := make([]Commitment, entries)
	for i := range entries {
		code := fmt.Sprintf("RR%09dVN", i)
		body := append([]byte{BodyVersion}, make([]byte, SaltSize)...)
		for j := range SaltSize {
			body[1+j] = byte(rnd.Uint32())
		}
		body = append(body, code...)
		for range rnd.IntN(300) {
			body = append(body, byte(rnd.Uint32()))
		}
		o.codes, o.bodies = append(o.codes, code), append(o.bodies, body)
		cs[i] = Commit(body)
	}
	o.add(cs...)
	return o
}

// checkpoint signs the tree of a size, once.
func (o *office) checkpoint(t testing.TB, size int64) []byte {
	if s, ok := o.signed[size]; ok {
		return s
	}
	root, err := o.prover().RootAt(size)
	if err != nil {
		t.Fatal(err)
	}
	signers := []note.Signer{o.key}
	if size%2 == 0 {
		signers = append(signers, o.w)
	}
	o.signed[size] = sign(t, Checkpoint{testOrigin, size, root}, signers...)
	return o.signed[size]
}

func (o *office) proof(t testing.TB, seq, size int64) Proof {
	hashes, err := o.prover().Inclusion(seq-1, size)
	if err != nil {
		t.Fatal(err)
	}
	return Proof{Index: seq - 1, Hashes: hashes, Checkpoint: o.checkpoint(t, size)}
}

func (o *office) receipt(t testing.TB, seq, size int64) Receipt {
	r, err := NewReceipt(o.codes[seq-1], o.bodies[seq-1], Commitment{}, o.proof(t, seq, size))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRandomReceiptsPassAndFlippedOnesAreRefused is the promise to whoever holds a receipt. The bit is flipped once in the text of the QR code, once
// in the bytes, and once in the bytes with the checksum mended, so that only the cryptography stands between.
// (With the checksum mended, the key id of a cosignature may be flipped: then it is a stranger's, is named as such and counts for nothing.)
func TestRandomReceiptsPassAndFlippedOnesAreRefused(t *testing.T) {
	receipts := 10_000
	if testing.Short() {
		receipts = 500
	}
	const entries = 70_000
	o := newOffice(t, entries)
	rnd := rand.New(rand.NewPCG(3, 4))
	for n := range receipts {
		seq := 1 + rnd.Int64N(entries)
		size := seq + rnd.Int64N(entries-seq+1)
		r := o.receipt(t, seq, size)
		text := ReceiptText("HTTPS://BUUDIEN.EXAMPLE/R/", r)
		got, err := ParseReceipt(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := VerifyReceipt(o.trust, got)
		if err != nil || p.Seq != seq || p.Size != size || p.Code != o.codes[seq-1] || !bytes.Equal(p.Body, o.bodies[seq-1]) || len(p.Witnesses) != len(r.Cosigned) {
			t.Fatalf("receipt %d, seq %d in %d: %v", n, seq, size, err)
		}
		data := EncodeReceipt(r)
		if err := verifyText(o.trust, flipText(text, 26*8+rnd.IntN(len(text)*8-26*8))); err == nil {
			t.Fatalf("receipt %d: a bit of its text flipped, still accepted", n)
		}
		if err := verifyBytes(o.trust, flip(data, rnd.IntN(len(data)*8), false)); err == nil {
			t.Fatalf("receipt %d: a bit flipped, still accepted", n)
		}
		if p, err := proved(o.trust, flip(data, rnd.IntN(len(data)*8-32), true)); err == nil && p.Unknown == 0 {
			t.Fatalf("receipt %d: a bit flipped and the checksum mended, still accepted", n)
		}
	}
}

// TestEveryBitOfAReceiptCounts flips each bit of a few receipts, where the one witness is asked for.
func TestEveryBitOfAReceiptCounts(t *testing.T) {
	o := newOffice(t, 3000)
	trust := o.trust
	trust.Quorum = AtLeast(1, trust.Witnesses...)
	for _, size := range []int64{1234, 3000} { // both cosigned
		data := EncodeReceipt(o.receipt(t, 1234, size))
		if err := verifyBytes(trust, data); err != nil {
			t.Fatal(err)
		}
		for bit := range len(data) * 8 {
			if verifyBytes(trust, flip(data, bit, false)) == nil || bit < len(data)*8-32 && verifyBytes(trust, flip(data, bit, true)) == nil {
				t.Fatalf("size %d: bit %d flipped, still accepted", size, bit)
			}
		}
	}
}

func verifyText(trust Trust, text string) error {
	r, err := ParseReceipt(text)
	if err == nil {
		_, err = VerifyReceipt(trust, r)
	}
	return err
}

func verifyBytes(trust Trust, data []byte) error {
	_, err := proved(trust, data)
	return err
}

func proved(trust Trust, data []byte) (Proved, error) {
	r, err := DecodeReceipt(data)
	if err != nil {
		return Proved{}, err
	}
	return VerifyReceipt(trust, r)
}

func flipText(text string, bit int) string {
	b := []byte(text)
	b[bit/8] ^= 1 << (bit % 8)
	return string(b)
}

func flip(data []byte, bit int, mendChecksum bool) []byte {
	out := bytes.Clone(data)
	out[bit/8] ^= 1 << (bit % 8)
	if mendChecksum {
		mend(out)
	}
	return out
}

func mend(data []byte) {
	end := len(data) - 4
	binary.BigEndian.PutUint32(data[end:], crc32.Checksum(data[:end], castagnoli))
}

func TestAReceiptSaysWhyItIsRefused(t *testing.T) {
	o := newOffice(t, 600)
	good := o.receipt(t, 400, 600)
	cases := []struct {
		name, code string
		change     func(*Receipt, *Trust)
	}{
		{"another item", "tree.receipt_other_item", func(r *Receipt, _ *Trust) { r.Code = "RR999999999VN" }},
		{"another entry", "tree.receipt_forged", func(r *Receipt, _ *Trust) {
			r.Body, r.Commitment, r.Code = o.bodies[0], Commit(o.bodies[0]), o.codes[0]
		}},
		{"another place", "tree.receipt_forged", func(r *Receipt, _ *Trust) { r.Seq-- }},
		{"another key", "tree.key_unknown", func(r *Receipt, tr *Trust) { tr.Keys = ring(t, KeyRange{Verifier: testKey(t).Verifier()}) }},
		{"a key replaced before", "tree.key_unknown", func(r *Receipt, tr *Trust) { tr.Keys = ring(t, KeyRange{Verifier: o.key.Verifier(), Upto: 599}) }},
		{"too few witnesses", "tree.witnesses_missing", func(r *Receipt, tr *Trust) { tr.Quorum = AtLeast(1, tr.Witnesses...); r.Cosigned = nil }},
		{"one witness twice", "tree.receipt_forged", func(r *Receipt, _ *Trust) { r.Cosigned = append(r.Cosigned, r.Cosigned...) }},
		{"a body of another version", "tree.malformed", func(r *Receipt, _ *Trust) {
			r.Body = append([]byte{9}, r.Body[1:]...)
			r.Commitment = Commit(r.Body)
		}},
		{"a code without a body", "tree.malformed", func(r *Receipt, _ *Trust) { r.Body = nil }},
	}
	for _, c := range cases {
		r, trust := good, o.trust
		c.change(&r, &trust)
		if _, err := VerifyReceipt(trust, r); fault.Code(err) != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAShortReceiptProvesTheSealOnly(t *testing.T) {
	o := newOffice(t, 300)
	r, err := NewReceipt("", nil, Commit(o.bodies[99]), o.proof(t, 100, 300))
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeReceipt(EncodeReceipt(r))
	if err != nil {
		t.Fatal(err)
	}
	p, err := VerifyReceipt(o.trust, got)
	if err != nil || len(p.Body) != 0 || got.Commitment != Commit(o.bodies[99]) {
		t.Fatal(err)
	}
	if !strings.Contains(p.In("vi"), "dấu niêm") || !strings.Contains(p.In("en"), "seal of the content") {
		t.Errorf("words promise too much: %s", p.In("vi"))
	}
}

func TestTheWordsNameWhatWasChecked(t *testing.T) {
	o := newOffice(t, 300)
	r := o.receipt(t, 100, 300)
	p, err := VerifyReceipt(o.trust, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{testOrigin, "dòng số 100", "RR000000099VN", "300 dòng", "chung-kien.example"} {
		if !strings.Contains(p.In("vi"), want) {
			t.Errorf("%q is not in: %s", want, p.In("vi"))
		}
	}
	p, err = VerifyReceipt(o.trust, o.receipt(t, 100, 299))
	if err != nil || !strings.Contains(p.In("en"), "the post's own word") {
		t.Errorf("without a witness: %v %s", err, p.In("en"))
	}
}

func TestAReceiptBecomesAStandardProof(t *testing.T) {
	o := newOffice(t, 700)
	r := o.receipt(t, 500, 700)
	want := o.proof(t, 500, 700)
	want.Extra = r.Body
	got, err := r.Proof(o.trust)
	if err != nil || !bytes.Equal(got.Encode(), want.Encode()) {
		t.Fatalf("%v\n%s\n%s", err, got.Encode(), want.Encode())
	}
	parsed, err := ParseProof(got.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parsed.Verify(&o.trust.Policy, LeafHash(r.Commitment)); err != nil {
		t.Fatal(err)
	}
	if _, err := parsed.Verify(&o.trust.Policy, LeafHash(Commit(o.bodies[0]))); fault.Code(err) != "tree.proof_wrong" {
		t.Errorf("another leaf: %v", err)
	}
}

// TestReceiptsFitOneQRCode measures the versions that the comment on Receipt states.
func TestReceiptsFitOneQRCode(t *testing.T) {
	const prefix = "HTTPS://BUUDIEN.THANHPHO.EXAMPLE.VN/R/" // 38 characters
	for _, c := range []struct {
		seq, size int64
		body      int
		level     qr.ErrorCorrectionLevel
		atMost    int
	}{
		{44_739_243, 44_739_243, 250, qr.M, 23},           // a checkpoint of its own size: 13 hashes, the mean below 100 million
		{50_000_000, 50_000_000, 250, qr.M, 25},           // 18 hashes: 97 of 100 have no more
		{1 << 26, 1 << 26, 250, qr.L, 25},                 // 26 hashes, the most there can be
		{63_000_000, 63_000_900, 250, qr.L, 23},           // a published checkpoint within the second
		{63_000_000, 100_000_000, 250, qr.L, 26},          // a published checkpoint much later
		{63_000_000, 63_000_900, 400, qr.L, 25},           // a long entry
		{1000, 1000, 250, qr.M, 20}, {1, 1, 60, qr.M, 10}, // small ledgers
	} {
		r := Receipt{KeyID: 1, Seq: c.seq, Size: c.size, Code: "RR473124829VN", Body: make([]byte, c.body), Hashes: make([]tlog.Hash, proofLen(c.seq-1, c.size))}
		text := ReceiptText(prefix, r)
		code, err := qr.Encode(text, c.level, qr.AlphaNumeric)
		if err != nil {
			t.Fatal(err)
		}
		version := (code.Bounds().Dx() - 17) / 4
		t.Logf("entry %d of %d, body %d: %d hashes, %d bytes, %d characters, QR version %d%v", c.seq, c.size, c.body, len(r.Hashes), len(EncodeReceipt(r)), len(text), version, c.level)
		if version > c.atMost {
			t.Errorf("version %d, at most %d wanted", version, c.atMost)
		}
	}
}

func TestACheckpointOfItsOwnSizeGivesTheShortestProof(t *testing.T) {
	for seq := int64(1); seq < 300; seq++ {
		own := proofLen(seq-1, seq)
		if own != bits.OnesCount64(uint64(seq-1)) {
			t.Fatalf("seq %d: %d hashes", seq, own)
		}
		for size := seq; size < 700; size++ {
			if proofLen(seq-1, size) < own {
				t.Fatalf("seq %d: shorter at size %d", seq, size)
			}
		}
	}
}

func TestBase41ReadsOnlyWhatItWrites(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for n := range 2000 {
		data := make([]byte, n%40)
		for i := range data {
			data[i] = byte(rnd.Uint32())
		}
		text := encode41(data)
		if got, ok := decode41(text); !ok || !bytes.Equal(got, data) {
			t.Fatalf("%x → %s → %x", data, text, got)
		}
		if strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") != "" || strings.ContainsAny(text, " %/+") {
			t.Fatalf("%s is not fit for a QR code and an address", text)
		}
	}
	for _, bad := range []string{"0", "0000", "$$$", "$$", "00a", "é00", "0 0"} {
		if got, ok := decode41(bad); ok {
			t.Errorf("%q read as %x", bad, got)
		}
	}
}

func BenchmarkVerifyReceipt(b *testing.B) {
	o := newOffice(b, 3000)
	data := EncodeReceipt(o.receipt(b, 1501, 2999))
	for b.Loop() {
		if err := verifyBytes(o.trust, data); err != nil {
			b.Fatal(err)
		}
	}
}
