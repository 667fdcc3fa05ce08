package tree

import (
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The parsers read what strangers send. Each either refuses or reads exactly what its writer would write.

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(at(7).Text())
	f.Add("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseCheckpoint(text); err == nil && c.Text() != text {
			t.Fatalf("%q reads as %q", text, c.Text())
		}
	})
}

func FuzzParseProof(f *testing.F) {
	f.Add(Proof{Index: 3, Hashes: nil, Checkpoint: []byte("x\n")}.Encode())
	f.Add(Proof{Extra: []byte("abc"), Index: 30, Hashes: manyHashes(3), Checkpoint: []byte("x\n")}.Encode())
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParseProof(text); err == nil && !bytes.Equal(p.Encode(), text) {
			t.Fatalf("%q reads as %q", text, p.Encode())
		}
	})
}

func FuzzParseWitnessRequest(f *testing.F) {
	f.Add(WitnessRequest{3, manyHashes(2), []byte("x\n")}.Encode())
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := ParseWitnessRequest(body); err == nil && !bytes.Equal(r.Encode(), body) {
			t.Fatalf("%q reads as %q", body, r.Encode())
		}
	})
}

func FuzzDecodeReceipt(f *testing.F) {
	r := Receipt{KeyID: 9, Seq: 300, Size: 700, Code: "RR473124829VN", Body: []byte("body"), Hashes: manyHashes(proofLen(299, 700))}
	f.Add(EncodeReceipt(r))
	r.Body, r.Code, r.Cosigned = nil, "", []Cosignature{{KeyID: 3, At: 1_780_000_000}}
	f.Add(EncodeReceipt(r))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 4 {
			return
		}
		data = bytes.Clone(data)
		mend(data) // past the checksum, into the reader
		if r, err := DecodeReceipt(data); err == nil && !bytes.Equal(EncodeReceipt(r), data) {
			t.Fatalf("%x reads as %x", data, EncodeReceipt(r))
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	f.Add("HTTPS://X/R/01.:*$")
	f.Fuzz(func(t *testing.T, text string) {
		if data, ok := decode41(text); ok && encode41(data) != text {
			t.Fatalf("%q reads as %q", text, encode41(data))
		}
		_, _ = ParseReceipt(text)
	})
}

func FuzzParsePolicy(f *testing.F) {
	f.Add("quorum none\n")
	f.Add("witness W sigsum.org+e4ade967+BLdsFzXgqYgnMo4VNt9GvyAAOXlWMV1zcXV12HV/Jx4z\ngroup G 1 W\nquorum G\n")
	f.Fuzz(func(t *testing.T, text string) { _, _ = ParsePolicy(text) })
}

func FuzzParseTilePath(f *testing.F) {
	for _, s := range []string{"0/000", "0/x001/234", "entries/x001/x234/067.p/3", "63/255.p/255"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if p, err := ParseTilePath(path); err == nil && p.String() != path {
			t.Fatalf("%q reads as %q", path, p)
		}
	})
}

func manyHashes(n int) []tlog.Hash {
	hs := make([]tlog.Hash, n)
	for i := range hs {
		hs[i] = LeafHash(Commit([]byte{byte(i)}))
	}
	return hs
}
