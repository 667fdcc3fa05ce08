package postal

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// secretLetters leave out what is read for something else: 0 and O, 1, I and L.
const secretLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const secretLen = 6

// NewSecret makes the six characters printed on a receipt: with them its holder sees more than the public does.
func NewSecret() string { return RandomLetters(secretLetters, secretLen) }

// SecretFrom makes a receipt's secret out of bytes that nobody else can work out, the same ones each time it is asked: block gives block n of them, however many there are.
func SecretFrom(block func(n int) []byte) string {
	n, rest := 0, []byte(nil)
	return letters(secretLetters, secretLen, func() byte {
		for ; len(rest) == 0; n++ {
			rest = block(n)
		}
		b := rest[0]
		rest = rest[1:]
		return b
	})
}

// Blind makes of a value, under a key of the house, what only the house can make again.
type Blind func(field, value string) []byte

// SecretHash is what the ledger holds of a receipt's secret. Six letters are tried through in a second by whoever has a copy of the ledger, so it is made under a key of the house, which is in no copy.
func SecretHash(blind Blind, secret string) string {
	return hex.EncodeToString(blind("receipt.secret", secret))
}

// bareHash is what ledgers hold of the secrets before those under a key.
func bareHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// SecretFits reports whether what a person typed is the secret behind the hash; small letters and outer space do no harm. An empty hash fits nothing.
func SecretFits(blind Blind, typed, hash string) bool {
	secret := strings.ToUpper(strings.TrimSpace(typed))
	keyed := subtle.ConstantTimeCompare([]byte(SecretHash(blind, secret)), []byte(hash))
	bare := subtle.ConstantTimeCompare([]byte(bareHash(secret)), []byte(hash))
	return hash != "" && keyed|bare == 1
}

// RandomLetters draws n letters of an ASCII alphabet, each as likely as any other: a byte that would favour the first letters is drawn again.
func RandomLetters(alphabet string, n int) string {
	one := make([]byte, 1)
	return letters(alphabet, n, func() byte {
		_, _ = rand.Read(one) // never fails: since Go 1.24 the program stops if the system has no randomness
		return one[0]
	})
}

func letters(alphabet string, n int, next func() byte) string {
	fair := 256 / len(alphabet) * len(alphabet)
	out := make([]byte, 0, n)
	for len(out) < n {
		if b := int(next()); b < fair {
			out = append(out, alphabet[b%len(alphabet)])
		}
	}
	return string(out)
}
