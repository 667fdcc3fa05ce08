package strongbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"math/big"
	"strings"

	"citypost/internal/fault"

	"golang.org/x/crypto/argon2"
)

// lid is the secret under one word.
type lid struct {
	KDF       string `json:"kdf"` // "argon2id"
	Time      uint32 `json:"time"`
	MemoryKiB uint32 `json:"memory_kib"`
	Threads   uint8  `json:"threads"`
	Salt      []byte `json:"salt"`
	Sealed    []byte `json:"sealed"`
}

// Cost is what one try of a passphrase takes.
type Cost struct {
	Time, MemoryKiB uint32
	Threads         uint8
}

// FullCost takes about a second of two cores and a quarter of a gigabyte, for us once a day, for a guesser every time.
var FullCost = Cost{Time: 4, MemoryKiB: 256 << 10, Threads: 2}

// most bounds what a key file may ask for, so that a forged one cannot fill the memory.
var most = Cost{Time: 100, MemoryKiB: 4 << 20, Threads: 64}

func (l lid) cost() Cost { return Cost{l.Time, l.MemoryKiB, l.Threads} }

func closeLid(c Cost, purpose, word string, secret []byte) (lid, error) {
	l := lid{KDF: "argon2id", Time: c.Time, MemoryKiB: c.MemoryKiB, Threads: c.Threads, Salt: make([]byte, 16)}
	if _, err := rand.Read(l.Salt); err != nil {
		return l, err
	}
	sealed, err := seal(l.key(word), secret, purpose)
	l.Sealed = sealed
	return l, err
}

func (l lid) key(word string) []byte {
	return argon2.IDKey([]byte(word), l.Salt, l.Time, l.MemoryKiB, l.Threads, 32)
}

func (l lid) open(purpose, word string) ([]byte, error) {
	if l.KDF != "argon2id" || l.Time == 0 || l.Threads == 0 || l.Time > most.Time || l.MemoryKiB > most.MemoryKiB || l.Threads > most.Threads {
		return nil, damaged(KeyFile)
	}
	secret, err := unseal(l.key(word), l.Sealed, purpose)
	if err != nil {
		return nil, fault.New(fault.Unauthenticated, "closed.wrong_passphrase",
			"Mật khẩu mở khoá hoặc mã khôi phục không đúng với tệp khoá này. Chưa mở gì cả. Kiểm tra bộ gõ và phím Caps Lock rồi thử lại.",
			"The passphrase or recovery code does not fit this key file. Nothing was opened. Check the keyboard's input method and Caps Lock, then try again.").Because(err)
	}
	return secret, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(b)
}

func seal(key, plain []byte, context string) ([]byte, error) {
	a, err := gcm(key)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, plain, []byte(context)), nil
}

var errTampered = errors.New("sealed under another key, or changed")

func unseal(key, sealed []byte, context string) ([]byte, error) {
	a, err := gcm(key)
	if err != nil {
		return nil, err
	}
	plain, err := a.Open(nil, nil, sealed, []byte(context))
	if err != nil {
		return nil, errTampered
	}
	return plain, nil
}

// clearLetters are easy to read from paper and to type on any keyboard.
const clearLetters = "bcghkmnpqtvxyz23456789"

// newRecovery makes six groups of five, about 133 bits.
func newRecovery() (string, error) {
	var b strings.Builder
	for i := range 30 {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(clearLetters))))
		if err != nil {
			return "", err
		}
		b.WriteByte(clearLetters[n.Int64()])
	}
	return b.String(), nil
}

// plainCode drops what only helps reading.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(clearLetters, r) {
			return r
		}
		return -1
	}, strings.ToLower(code))
}
