package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"unicode/utf8"

	"citypost/internal/fault"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one hash takes.
type cost struct {
	time, memory uint32 // memory in KiB
	threads      uint8
}

// fullCost is about 26 ms of one core and 19 MiB.
var fullCost = cost{time: 2, memory: 19 * 1024, threads: 1}

const (
	saltSize = 16
	hashSize = 32
)

// hashing lets one password hash run per core and a bounded line wait, so that a flood of sign-ins takes neither memory nor all CPU.
type hashing struct {
	cost  cost
	slots chan struct{}
	line  chan struct{}
	dummy string // a hash of nothing anybody knows, checked for logins that do not exist
}

// hashingLine is how many may wait: about two seconds' worth on two cores.
const hashingLine = 128

func newHashing(c cost) *hashing {
	var nobody [32]byte
	_, _ = rand.Read(nobody[:])
	return &hashing{
		cost:  c,
		slots: make(chan struct{}, runtime.NumCPU()),
		line:  make(chan struct{}, hashingLine),
		dummy: encode(salt(), c, string(nobody[:])),
	}
}

func (h *hashing) run(ctx context.Context, work func()) error {
	select {
	case h.line <- struct{}{}:
		defer func() { <-h.line }()
	default:
		return fault.New(fault.Unavailable, "account.busy",
			"Quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau vài giây.", "Too many people are signing in at once. Try again in a few seconds.")
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	work()
	return nil
}

// hash makes the PHC string of a password.
func (h *hashing) hash(ctx context.Context, password string) (string, error) {
	var out string
	err := h.run(ctx, func() { out = encode(salt(), h.cost, password) })
	return out, err
}

// matches checks a password against a PHC string; an empty string stands for a login that does not exist and costs the same.
func (h *hashing) matches(ctx context.Context, phc, password string) (bool, error) {
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	p, err := decode(phc)
	if err != nil {
		return false, err
	}
	var same bool
	err = h.run(ctx, func() {
		got := argon2.IDKey(normal(password), p.salt, p.time, p.memory, p.threads, uint32(len(p.hash)))
		same = subtle.ConstantTimeCompare(got, p.hash) == 1
	})
	return same && known, err
}

// normal gives the same bytes for a password typed with composed or with combining letters.
func normal(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

func salt() []byte {
	b := make([]byte, saltSize)
	_, _ = rand.Read(b)
	return b
}

type phc struct {
	cost
	salt, hash []byte
}

func encode(salt []byte, c cost, password string) string {
	hash := argon2.IDKey(normal(password), salt, c.time, c.memory, c.threads, hashSize)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

func decode(text string) (p phc, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, fmt.Errorf("password hash is not argon2id version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, fmt.Errorf("password hash parameters: %w", err)
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, fmt.Errorf("password salt: %w", err)
	}
	if p.hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return p, fmt.Errorf("password hash: %w", err)
	}
	if p.time == 0 || p.memory < 8 || p.threads == 0 || len(p.hash) < 16 {
		return p, fmt.Errorf("password hash parameters are out of range")
	}
	return p, nil
}

// outdated reports whether a hash was made with other costs than today's and should be made anew at the next sign-in.
func (h *hashing) outdated(text string) bool {
	p, err := decode(text)
	return err != nil || p.cost != h.cost
}

// Length of a password. There is no rule about kinds of characters: length is what counts, and a sentence is easy to remember.
const (
	minPassword = 10
	maxPassword = 200 // longer ones cost time and add nothing
)

// checkPassword refuses passwords that are guessed first.
func checkPassword(login, password string) error {
	n := utf8.RuneCount(normal(password))
	switch {
	case n < minPassword:
		return weak("Mật khẩu cần ít nhất %d ký tự. Một câu ngắn dễ nhớ là tốt nhất.", "A password needs at least %d characters. A short sentence that you remember is best.", minPassword)
	case n > maxPassword:
		return weak("Mật khẩu dài quá %d ký tự.", "The password is longer than %d characters.", maxPassword)
	case strings.Contains(strings.ToLower(password), login):
		return weak("Mật khẩu không được chứa tên đăng nhập.", "The password must not contain the login.")
	case monotonous(password):
		return weak("Mật khẩu này quá dễ đoán (ký tự lặp lại hoặc dãy liền nhau). Hãy chọn câu khác.", "This password is too easy to guess (repeated or consecutive characters). Choose another.")
	}
	return nil
}

func weak(vi, en string, args ...any) error {
	return fault.New(fault.Invalid, "account.weak_password", vi, en, args...).At("new_password")
}

// guessed are beginnings that every list of leaked passwords has; what follows them is mostly digits.
var guessed = []string{"password", "matkhau", "qwerty", "asdfgh", "iloveyou", "anhyeuem", "vietnam", "buudien", "citypost", "admin", "welcome"}

// monotonous finds passwords of few different characters, of one run (1234567890, abcdefghij), or of one famous word and digits.
func monotonous(password string) bool {
	lower := strings.ToLower(password)
	runes := []rune(lower)
	different := map[rune]bool{}
	steps := 0
	for i, r := range runes {
		different[r] = true
		if i > 0 && (r-runes[i-1] == 1 || runes[i-1]-r == 1 || r == runes[i-1]) {
			steps++
		}
	}
	if len(different) < 5 || steps >= len(runes)-2 {
		return true
	}
	for _, g := range guessed {
		if rest, ok := strings.CutPrefix(lower, g); ok && strings.Trim(rest, "0123456789@!.#*_- ") == "" {
			return true
		}
	}
	return false
}

// clearLetters are easy to read aloud and to type: no 0/o, 1/l/i, and no letters that Telex joins (a, d, e, o, w double into others).
const clearLetters = "bcghkmnpqtvxyz23456789"

// oneTimePassword makes three groups of five, about 66 bits, told once by voice or on paper.
func oneTimePassword() (string, error) { return spell(3, 5) }

// spell makes groups of clear letters joined by dashes.
func spell(groups, size int) (string, error) {
	var b strings.Builder
	for i := range groups * size {
		if i > 0 && i%size == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(clearLetters))))
		if err != nil {
			return "", fmt.Errorf("make a code: %w", err)
		}
		b.WriteByte(clearLetters[n.Int64()])
	}
	return b.String(), nil
}
