package postal

import (
	"strings"
	"testing"
)

func TestASecretFitsItsHashHoweverItIsTyped(t *testing.T) {
	secret := NewSecret()
	hash := SecretHash(secret)
	for _, typed := range []string{secret, strings.ToLower(secret), "  " + secret + "\n"} {
		if !SecretFits(typed, hash) {
			t.Errorf("%q does not fit the hash of %q", typed, secret)
		}
	}
	other := "2" + secret[1:]
	if other == secret {
		other = "3" + secret[1:]
	}
	for _, typed := range []string{"", other, secret[:5], secret + "2"} {
		if SecretFits(typed, hash) {
			t.Errorf("%q fits the hash of %q", typed, secret)
		}
	}
	if SecretFits(secret, "") || SecretFits("", "") {
		t.Error("a thing without a receipt has a secret that fits")
	}
}

// The hash stands in ledgers: it must never change.
func TestTheHashOfASecretIsThatOfEveryLedgerWritten(t *testing.T) {
	if got, want := SecretHash("K7Q2PX"), "630534ba"; !strings.HasPrefix(got, want) || len(got) != 64 {
		t.Errorf("hash of K7Q2PX is %s", got)
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
