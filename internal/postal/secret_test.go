package postal

import (
	"crypto/sha256"
	"strings"
	"testing"
)

// blind stands for the key of a house.
func blind(field, value string) []byte {
	sum := sha256.Sum256([]byte("a key " + field + " " + value))
	return sum[:]
}

func TestASecretFitsItsHashHoweverItIsTyped(t *testing.T) {
	secret := NewSecret()
	hash := SecretHash(blind, secret)
	for _, typed := range []string{secret, strings.ToLower(secret), "  " + secret + "\n"} {
		if !SecretFits(blind, typed, hash) {
			t.Errorf("%q does not fit the hash of %q", typed, secret)
		}
	}
	other := "2" + secret[1:]
	if other == secret {
		other = "3" + secret[1:]
	}
	for _, typed := range []string{"", other, secret[:5], secret + "2"} {
		if SecretFits(blind, typed, hash) {
			t.Errorf("%q fits the hash of %q", typed, secret)
		}
	}
	if SecretFits(blind, secret, "") || SecretFits(blind, "", "") {
		t.Error("a thing without a receipt has a secret that fits")
	}
}

// Hashes stand in ledgers: they must never change.
func TestSecretsOfEveryLedgerWrittenFit(t *testing.T) {
	for _, hash := range []string{SecretHash(blind, "K7Q2PX"), "630534ba" + bareHash("K7Q2PX")[8:]} {
		if !SecretFits(blind, "k7q2px", hash) || SecretFits(blind, "K7Q2PY", hash) {
			t.Errorf("%s is not the hash of K7Q2PX", hash)
		}
	}
	other := func(field, value string) []byte { return blind("other "+field, value) }
	if SecretFits(other, "K7Q2PX", SecretHash(blind, "K7Q2PX")) {
		t.Error("whoever has another key finds the secret")
	}
}

func TestSecretsAreOfLettersThatNobodyMisreadsAndNotTheSame(t *testing.T) {
	seen, letters := map[string]bool{}, map[rune]bool{}
	for range 2000 {
		s := NewSecret()
		if len(s) != 6 || strings.Trim(s, secretLetters) != "" || strings.ContainsAny(s, "01OIL") {
			t.Fatalf("%q is no secret", s)
		}
		seen[s] = true
		for _, r := range s {
			letters[r] = true
		}
	}
	if len(seen) < 1990 || len(letters) != len(secretLetters) {
		t.Errorf("2000 secrets: %d differ, with %d of %d letters", len(seen), len(letters), len(secretLetters))
	}
}

func TestASecretThatFollowsFromBytesIsTheSameEachTime(t *testing.T) {
	block := func(first byte) func(int) []byte {
		return func(n int) []byte { return []byte{255, first, byte(n)} } // 255 favours nobody and is passed over
	}
	one, again, other := SecretFrom(block(7)), SecretFrom(block(7)), SecretFrom(block(8))
	if one != again || one == other || len(one) != secretLen {
		t.Errorf("%q, %q and %q", one, again, other)
	}
}
