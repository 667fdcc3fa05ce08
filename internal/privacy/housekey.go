package privacy

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const keySize = 32

// HouseKey is the one secret of an installation. It never seals anything itself: every use derives a key of its own from it.
type HouseKey struct {
	wrap  []byte // seals subject keys
	plain []byte // seals small secrets of the house, see Seal
	blind []byte // makes blind indexes
	print []byte // names the key without telling it
}

// NewHouseKey takes 32 secret bytes, as they stand in house.key.
func NewHouseKey(secret []byte) (*HouseKey, error) {
	if len(secret) != keySize {
		return nil, fmt.Errorf("house key has %d bytes, want %d", len(secret), keySize)
	}
	k := &HouseKey{}
	for purpose, into := range map[string]*[]byte{"wrap": &k.wrap, "seal": &k.plain, "blind": &k.blind, "fingerprint": &k.print} {
		derived, err := hkdf.Expand(sha256.New, secret, "citypost privacy v1 "+purpose, keySize)
		if err != nil {
			return nil, fmt.Errorf("derive %s key: %w", purpose, err)
		}
		*into = derived
	}
	k.print = k.print[:8]
	return k, nil
}

// NewSecret makes the bytes of a new house key, for whoever keeps them elsewhere than in house.key.
func NewSecret() ([]byte, error) {
	secret := make([]byte, keySize)
	_, err := rand.Read(secret)
	return secret, err
}

// LoadOrCreateHouseKey reads the house key from a file and makes the file, readable by its owner only, when there is none.
// Two processes that start together end up with the same key.
func LoadOrCreateHouseKey(path string) (*HouseKey, error) {
	key, err := LoadHouseKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createHouseKey(path); err != nil {
		return nil, fmt.Errorf("make house key %s: %w", path, err)
	}
	return LoadHouseKey(path)
}

// LoadHouseKey reads the house key and refuses a file that strangers on the machine may read.
func LoadHouseKey(path string) (*HouseKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("house key: %w", err)
	}
	// Reading by the group is allowed: secret stores mount files that way.
	if open := info.Mode().Perm() & 0o027; open != 0 {
		return nil, fmt.Errorf("house key %s has mode %04o: others may read or change it; run chmod 600", path, info.Mode().Perm())
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("house key: %w", err)
	}
	key, err := NewHouseKey(secret)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// createHouseKey writes the file whole and durable under another name and then links it, so that nobody ever reads half a key
// and a key that is already there is never replaced.
func createHouseKey(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".house.key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	secret, err := NewSecret()
	if err != nil {
		return errors.Join(err, tmp.Close())
	}
	if _, err := tmp.Write(secret); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return errors.Join(err, os.Remove(path)) // a key that a power cut could take away must seal nothing
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Seal hides a small secret of the house itself (a second-factor seed, a gateway's password), bound to the context that names it.
func (k *HouseKey) Seal(context string, plain []byte) ([]byte, error) {
	return seal(k.plain, bind("house", context), plain)
}

// Open gives back what Seal hid in the same context; anything else is ErrTampered.
func (k *HouseKey) Open(context string, sealed []byte) ([]byte, error) {
	return open(k.plain, bind("house", context), sealed)
}

// Blind makes a search key for a field: equal values give equal bytes, and nobody without the house key can tell or guess the value.
// The caller normalises the value first. Fields do not share search keys.
func (k *HouseKey) Blind(field, value string) []byte {
	mac := hmac.New(sha256.New, k.blind)
	mac.Write(bind(field, value))
	return mac.Sum(nil)[:16] // 128 bits: no two values of a nation will meet, and the index stays small
}

// Fingerprint names the key without telling anything about it.
func (k *HouseKey) Fingerprint() string { return fmt.Sprintf("%x", k.print) }
