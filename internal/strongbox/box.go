package strongbox

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"citypost/internal/fault"

	"golang.org/x/text/unicode/norm"
)

// KeyFile is the file of the wrapped secret within the data folder.
const KeyFile = "closed.key"

const format = "citypost closed key 1"

// secretSize is the length of the secret that everything else is derived from.
const secretSize = 32

// Box is an opened strongbox. It holds the secret in memory for as long as it lives.
type Box struct {
	dir    string
	secret []byte
	file   keyFile
	held   *os.File // the folder, see hold.go
}

// keyFile is what closed.key holds.
type keyFile struct {
	Format      string `json:"format"`
	Fingerprint string `json:"fingerprint"` // names the secret without telling it
	MadeMs      int64  `json:"made_ms"`
	Passphrase  lid    `json:"passphrase"`
	Recovery    lid    `json:"recovery"`
}

// Create makes the secret of a folder and gives the recovery code, which is told once and kept nowhere. A folder that has one already is refused.
func Create(dir, passphrase string, now time.Time, c Cost) (b *Box, recovery string, err error) {
	path := filepath.Join(dir, KeyFile)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, "", fault.New(fault.Conflict, "closed.exists",
			"%s đã có khoá. Không tạo lại: khoá mới sẽ không mở được dữ liệu cũ.", "%s has a key already. It is not made anew: a new one would not open the old data.", dir).Because(err)
	}
	if err := checkPassphrase(passphrase); err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", err
	}
	b = &Box{dir: dir, secret: make([]byte, secretSize)}
	if b.held, err = enter(dir); err != nil {
		return nil, "", err
	}
	if _, err = rand.Read(b.secret); err != nil {
		return nil, "", err
	}
	b.file = keyFile{Format: format, MadeMs: now.UnixMilli()}
	if b.file.Fingerprint, err = fingerprint(b.secret); err != nil {
		return nil, "", err
	}
	if recovery, err = newRecovery(); err != nil {
		return nil, "", err
	}
	if b.file.Passphrase, err = b.close("passphrase", normal(passphrase), c); err != nil {
		return nil, "", err
	}
	if b.file.Recovery, err = b.close("recovery", plainCode(recovery), c); err != nil {
		return nil, "", err
	}
	return b, recovery, b.save()
}

// Open opens the box of a folder with its passphrase.
func Open(dir, passphrase string) (*Box, error) {
	return open(dir, "passphrase", normal(passphrase), func(f keyFile) lid { return f.Passphrase })
}

// Recover opens the box with the recovery code, as it stands on the sheet; capitals, spaces and dashes do not matter.
func Recover(dir, code string) (*Box, error) {
	return open(dir, "recovery", plainCode(code), func(f keyFile) lid { return f.Recovery })
}

func open(dir, purpose, word string, which func(keyFile) lid) (*Box, error) {
	held, err := enter(dir)
	if err != nil {
		return nil, err
	}
	b, err := openHeld(dir, purpose, word, which)
	if err != nil {
		if held != nil {
			err = errors.Join(err, held.Close())
		}
		return nil, err
	}
	b.held = held
	return b, nil
}

func openHeld(dir, purpose, word string, which func(keyFile) lid) (*Box, error) {
	f, err := readKeyFile(dir)
	if err != nil {
		return nil, err
	}
	if word == "" {
		return nil, locked()
	}
	secret, err := which(f).open(f.Fingerprint+" "+purpose, word)
	if err != nil {
		return nil, err
	}
	if print, err := fingerprint(secret); err != nil || print != f.Fingerprint {
		return nil, damaged(KeyFile).Because(err)
	}
	return &Box{dir: dir, secret: secret, file: f}, nil
}

// locked is the answer to no passphrase at all.
func locked() *fault.Error {
	return fault.New(fault.Unauthenticated, "closed.locked",
		"Chưa mở khoá: dữ liệu KT1 vẫn đóng. Hãy gõ mật khẩu mở khoá, hoặc dùng --passphrase-file.", "Not unlocked: the KT1 data stays closed. Type the passphrase, or use --passphrase-file.")
}

func damaged(name string) *fault.Error {
	return fault.New(fault.Conflict, "closed.key_damaged", "Tệp %s đã hỏng: hãy lấy bản cất riêng.", "The file %s is damaged: take the copy that is kept apart.", name)
}

// Exists reports whether a folder has a key file.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, KeyFile))
	return err == nil
}

// FingerprintOf names the secret of a folder without opening it.
func FingerprintOf(dir string) (string, error) {
	f, err := readKeyFile(dir)
	return f.Fingerprint, err
}

func readKeyFile(dir string) (f keyFile, err error) {
	path := filepath.Join(dir, KeyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, fault.New(fault.NotFound, "closed.no_key_file",
			"Thiếu %[1]s: hãy chép tệp khoá cất riêng vào %[2]s. Không có tệp này thì mật khẩu và mã khôi phục đều vô dụng. Nếu đây là nhà mới, chạy «citypost closed init».",
			"%[1]s is missing: copy the key file that is kept apart into %[2]s. Without it neither passphrase nor recovery code is worth anything. For a new house run “citypost closed init”.", KeyFile, dir)
	}
	if err != nil {
		return f, fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(text, &f); err != nil || f.Format != format {
		return f, damaged(KeyFile).Because(err)
	}
	return f, nil
}

// Fingerprint names the secret without telling it.
func (b *Box) Fingerprint() string { return b.file.Fingerprint }

// Change puts the secret under another passphrase. A copy of the old key file still opens with the old one: destroy it.
func (b *Box) Change(passphrase string) error {
	if err := checkPassphrase(passphrase); err != nil {
		return err
	}
	l, err := b.close("passphrase", normal(passphrase), b.file.Passphrase.cost())
	if err != nil {
		return err
	}
	b.file.Passphrase = l
	return b.save()
}

// NewRecovery makes a new recovery code; the old one no longer opens this file.
func (b *Box) NewRecovery() (string, error) {
	code, err := newRecovery()
	if err != nil {
		return "", err
	}
	if b.file.Recovery, err = b.close("recovery", plainCode(code), b.file.Recovery.cost()); err != nil {
		return "", err
	}
	return code, b.save()
}

// Database is the secret of the sealed database.
func (b *Box) Database() ([]byte, error) { return derive(b.secret, "database", secretSize) }

// Proof is the key by which a copy of the house is told from one that was altered.
func (b *Box) Proof() ([]byte, error) { return derive(b.secret, "proof of copies", secretSize) }

// Keep seals a small secret of the house in a file beside the key file, and replaces the one of that name.
func (b *Box) Keep(name string, secret []byte) error {
	key, err := derive(b.secret, "files", secretSize)
	if err != nil {
		return err
	}
	sealed, err := seal(key, secret, b.file.Fingerprint+" "+name)
	if err != nil {
		return err
	}
	return replace(filepath.Join(b.dir, SealedName(name)), sealed)
}

// Read gives back what Keep sealed; fs.ErrNotExist when there is nothing of that name.
func (b *Box) Read(name string) ([]byte, error) {
	sealed, err := os.ReadFile(filepath.Join(b.dir, SealedName(name)))
	if err != nil {
		return nil, fmt.Errorf("read sealed key: %w", err)
	}
	key, err := derive(b.secret, "files", secretSize)
	if err != nil {
		return nil, err
	}
	secret, err := unseal(key, sealed, b.file.Fingerprint+" "+name)
	if err != nil {
		return nil, damaged(SealedName(name)).Because(err)
	}
	return secret, nil
}

// SealedName is the file of a small secret.
func SealedName(name string) string { return name + ".sealed" }

func (b *Box) close(purpose, word string, c Cost) (lid, error) {
	return closeLid(c, b.file.Fingerprint+" "+purpose, word, b.secret)
}

func (b *Box) save() error {
	text, err := json.MarshalIndent(b.file, "", "  ")
	if err != nil {
		return err
	}
	return replace(filepath.Join(b.dir, KeyFile), append(text, '\n'))
}

func derive(secret []byte, purpose string, n int) ([]byte, error) {
	return hkdf.Expand(sha256.New, secret, "citypost strongbox v1 "+purpose, n)
}

func fingerprint(secret []byte) (string, error) {
	print, err := derive(secret, "fingerprint", 8)
	return fmt.Sprintf("%x", print), err
}

// normal makes the same bytes of what looks the same: keyboards write Vietnamese in more than one way.
func normal(text string) string { return norm.NFC.String(strings.TrimRight(text, "\r\n")) }

// replace writes a file whole and durable in the place of the old one, readable by its owner only.
func replace(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(text); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}
