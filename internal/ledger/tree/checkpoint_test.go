package tree

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

const testOrigin = "buudien.example/so-cai"

func testKey(t testing.TB) *LogKey {
	t.Helper()
	key, err := GenerateKey(filepath.Join(t.TempDir(), "ledger.key"), testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testCosigner(t testing.TB, name string) *Cosigner {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCosigner(name, secret, func() time.Time { return time.Unix(1_780_000_000, 0) })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ring(t testing.TB, ranges ...KeyRange) *Keyring {
	t.Helper()
	k, err := NewKeyring(ranges...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t testing.TB, c Checkpoint, signers ...note.Signer) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func at(size int64) Checkpoint {
	return Checkpoint{testOrigin, size, LeafHash(Commit(fmt.Append(nil, size)))}
}

func TestAKeyIsKeptForItsOwnerAndNeverOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	made, err := LoadOrGenerateKey(path, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadOrGenerateKey(path, testOrigin)
	if err != nil || loaded.Verifier() != made.Verifier() {
		t.Fatalf("loaded %v %v, made %v", loaded, err, made.Verifier())
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err := GenerateKey(path, testOrigin); err == nil {
		t.Error("an existing key was overwritten")
	}
	if _, err := LoadOrGenerateKey(path, "other.example"); err == nil {
		t.Error("a key of another name was taken")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil {
		t.Error("a key that others can read was taken")
	}
	if _, err := GenerateKey(filepath.Join(t.TempDir(), "k"), "sổ cái+1"); err == nil {
		t.Error("a name with a space and a plus sign was taken")
	}
}

func TestACheckpointOpensOnlyWithItsOwnKeyAndOrigin(t *testing.T) {
	key, other := testKey(t), testKey(t)
	c := at(12)
	signed, err := SignCheckpoint(c, key)
	if err != nil {
		t.Fatal(err)
	}
	keys := ring(t, KeyRange{Verifier: key.Verifier()})
	if got, err := keys.Open(signed); err != nil || got != c {
		t.Fatalf("opened %v %v", got, err)
	}
	if _, err := ring(t, KeyRange{Verifier: other.Verifier()}).Open(signed); fault.Code(err) != "tree.key_unknown" {
		t.Errorf("another key: %v", err)
	}
	c.Origin = "other.example"
	if _, err := SignCheckpoint(c, key); err == nil {
		t.Error("signed for another origin")
	}
	if _, err := keys.Open(sign(t, c, key)); fault.Code(err) != "tree.key_unknown" {
		t.Errorf("another origin: %v", err)
	}
}

func TestNoFlippedBitOfACheckpointPasses(t *testing.T) {
	key, w := testKey(t), testCosigner(t, "chung-kien.example/w1")
	signed := sign(t, at(123_456), key, w)
	p := Policy{Keys: ring(t, KeyRange{Verifier: key.Verifier()}), Witnesses: []Witness{{Name: "w", Verifier: &w.CosignVerifier}}}
	p.Quorum = AtLeast(1, p.Witnesses...)
	if _, err := p.Open(signed); err != nil {
		t.Fatal(err)
	}
	for i := range len(signed) * 8 {
		bad := bytes.Clone(signed)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := p.Open(bad); err == nil {
			t.Fatalf("bit %d flipped, still accepted:\n%s", i, bad)
		}
	}
}

func TestCheckpointTextHasOneForm(t *testing.T) {
	good := at(7).Text()
	if c, err := ParseCheckpoint(good); err != nil || c != at(7) {
		t.Fatal(err)
	}
	root := strings.Split(good, "\n")[2]
	for name, bad := range map[string]string{
		"no origin":         "\n7\n" + root + "\n",
		"leading zero":      testOrigin + "\n07\n" + root + "\n",
		"sign":              testOrigin + "\n+7\n" + root + "\n",
		"negative":          testOrigin + "\n-7\n" + root + "\n",
		"too large":         testOrigin + "\n9223372036854775808\n" + root + "\n",
		"extension":         good + "more\n",
		"no last newline":   strings.TrimSuffix(good, "\n"),
		"short root":        testOrigin + "\n7\n" + root[:40] + "\n",
		"stray bits":        testOrigin + "\n7\n" + root[:42] + "9=\n",
		"empty, wrong root": testOrigin + "\n0\n" + root + "\n",
		"space in origin":   "a b\n7\n" + root + "\n",
	} {
		if _, err := ParseCheckpoint(bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestAnOldKeyProvesOnlyUpToItsReplacement(t *testing.T) {
	first, second := testKey(t), testKey(t)
	keys := ring(t, KeyRange{Verifier: first.Verifier()})
	statement, err := SignRotation(first, second, 1000)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := keys.Rotate(statement)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKeyring("# khoá của sổ cái\n\n" + rotated.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*Keyring{rotated, again} {
		for _, c := range []struct {
			key  *LogKey
			size int64
			ok   bool
		}{{first, 1, true}, {first, 1000, true}, {first, 1001, false}, {second, 999, false}, {second, 1000, true}, {second, 1 << 40, true}} {
			if _, err := k.Open(sign(t, at(c.size), c.key)); (err == nil) != c.ok {
				t.Errorf("size %d: %v", c.size, err)
			}
		}
	}
	third := testKey(t)
	stale, err := SignRotation(first, third, 2000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rotated.Rotate(stale); fault.Code(err) != "tree.rotation_unsigned" {
		t.Errorf("a replaced key rotated again: %v", err)
	}
	if _, err := rotated.Rotate(statement); err == nil {
		t.Error("the same rotation twice was taken")
	}
	for i := range len(statement) * 8 {
		bad := bytes.Clone(statement)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := keys.Rotate(bad); err == nil {
			t.Fatalf("bit %d of the rotation flipped, still accepted:\n%s", i, bad)
		}
	}
	if _, err := keys.Open(statement); err == nil {
		t.Error("a rotation passed for a checkpoint")
	}
}

func TestKeyringsRefuseWhatDoesNotGoTogether(t *testing.T) {
	key := testKey(t)
	w := testCosigner(t, "w.example")
	for name, text := range map[string]string{
		"empty":          "# nothing\n",
		"twice":          key.Verifier() + "\n" + key.Verifier() + "\n",
		"witness key":    w.String() + "\n",
		"backwards":      "10 5 " + key.Verifier() + "\n",
		"words":          "from now on " + key.Verifier() + "\n",
		"negative start": "-1 - " + key.Verifier() + "\n",
	} {
		if _, err := ParseKeyring(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestThePolicyAsksForItsWitnesses(t *testing.T) {
	key := testKey(t)
	var ws []*Cosigner
	var lines strings.Builder
	fmt.Fprintf(&lines, "# chính sách\nlog %s https://buudien.example/so-cai\n", key.Verifier())
	for i := range 5 {
		w := testCosigner(t, fmt.Sprintf("w%d.example", i))
		ws = append(ws, w)
		fmt.Fprintf(&lines, "witness\tW%d %s\n", i, w)
	}
	lines.WriteString("group X 2 W0 W1 W2\ngroup Y any W3 W4\ngroup Z all X Y\nquorum Z\n")
	p, err := ParsePolicy(lines.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who []int
		ok  bool
	}{{nil, false}, {[]int{0, 1}, false}, {[]int{0, 1, 3}, true}, {[]int{2, 1, 4}, true}, {[]int{0, 3, 4}, false}, {[]int{0, 1, 2, 3, 4}, true}} {
		signers := []note.Signer{key}
		for _, i := range c.who {
			signers = append(signers, ws[i])
		}
		signers = append(signers, testCosigner(t, "stranger.example"))
		opened, err := p.Open(sign(t, at(77), signers...))
		if (err == nil) != c.ok {
			t.Errorf("witnesses %v: %v", c.who, err)
		}
		if err == nil && (len(opened.Witnesses) != len(c.who) || opened.Witnesses[0].At.Unix() != 1_780_000_000) {
			t.Errorf("witnesses %v: named %v", c.who, opened.Witnesses)
		}
		if err != nil && fault.Code(err) != "tree.witnesses_missing" {
			t.Errorf("witnesses %v: %v", c.who, err)
		}
	}
}

func TestPolicyFilesHaveTheirRules(t *testing.T) {
	w, v := testCosigner(t, "w.example"), testCosigner(t, "v.example")
	one := "witness A " + w.String() + "\n"
	two := one + "witness B " + v.String() + "\n"
	if p, err := ParsePolicy("quorum none\n"); err != nil || p.Keys != nil || !p.Quorum.met(nil) {
		t.Fatalf("quorum none: %v", err)
	}
	if _, err := ParsePolicy("  " + two + "\n # x\ngroup G 2 A B\nquorum G"); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no quorum":          one,
		"two quorums":        one + "quorum A\nquorum A\n",
		"unknown":            one + "quorum C\n",
		"defined later":      "quorum A\n" + one,
		"same key":           one + "witness B " + w.String() + "\nquorum A\n",
		"same name":          one + "witness A " + v.String() + "\nquorum A\n",
		"group of none":      one + "group G all\nquorum G\n",
		"needs three of two": two + "group G 3 A B\nquorum G\n",
		"needs none":         two + "group G 0 A B\nquorum G\n",
		"member twice":       two + "group G 1 A A\nquorum G\n",
		"in two groups":      two + "group G any A\ngroup H any A B\nquorum H\n",
		"name none":          "witness none " + w.String() + "\nquorum none\n",
		"carriage return":    "quorum none\r\n",
		"unknown word":       "quorums none\n",
	} {
		if _, err := ParsePolicy(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestWitnessRequestsReadBack(t *testing.T) {
	s := newShelf()
	s.add(numbered(0, 300)...)
	proof, err := s.prover().Consistency(100, 300)
	if err != nil {
		t.Fatal(err)
	}
	r := WitnessRequest{100, proof, sign(t, at(300), testKey(t))}
	got, err := ParseWitnessRequest(r.Encode())
	if err != nil || got.Old != 100 || len(got.Proof) != len(proof) || !bytes.Equal(got.Checkpoint, r.Checkpoint) {
		t.Fatalf("%v %v", got, err)
	}
	for _, bad := range []string{"", "old 1", "old 01\n\nx\n", "old 1\nabc\n\nx\n", "new 1\n\nx\n", "old 1\n\n", "old 1\n" + strings.Repeat(strings.Repeat("A", 43)+"=\n", 64) + "\nx\n"} {
		if _, err := ParseWitnessRequest([]byte(bad)); err == nil {
			t.Errorf("%q: taken", bad)
		}
	}
}
