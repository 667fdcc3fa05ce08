package sealed

import (
	"crypto/aes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"golang.org/x/crypto/xts"
	sqlite3 "modernc.org/sqlite/lib"
)

// SecretSize is the length of the secret of a data folder.
const SecretSize = 32

// block is the smallest piece that can be read or written; AES has no smaller one, and no sector of a disk is cut by it.
const block = 16

// keys are what one secret gives.
type keys struct {
	name               string // names the secret without telling it
	main, wal, journal *xts.Cipher
}

func deriveKeys(secret []byte) (*keys, error) {
	if len(secret) != SecretSize {
		return nil, fmt.Errorf("sealed: the secret has %d bytes, want %d", len(secret), SecretSize)
	}
	k := &keys{}
	for purpose, into := range map[string]**xts.Cipher{"database": &k.main, "wal": &k.wal, "journal": &k.journal} {
		derived, err := hkdf.Expand(sha256.New, secret, "citypost sealed v1 "+purpose, 64)
		if err != nil {
			return nil, fmt.Errorf("sealed: derive key: %w", err)
		}
		if *into, err = xts.NewCipher(aes.NewCipher, derived); err != nil {
			return nil, fmt.Errorf("sealed: %w", err)
		}
	}
	print, err := hkdf.Expand(sha256.New, secret, "citypost sealed v1 name", 8)
	if err != nil {
		return nil, fmt.Errorf("sealed: name key: %w", err)
	}
	k.name = fmt.Sprintf("sealed-%x", print)
	return k, nil
}

// cipher picks the key for a file that the engine opens.
func (k *keys) cipher(flags int32) (*xts.Cipher, error) {
	switch {
	case flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0:
		return k.main, nil
	case flags&sqlite3.SQLITE_OPEN_WAL != 0:
		return k.wal, nil
	case flags&(sqlite3.SQLITE_OPEN_MAIN_JOURNAL|sqlite3.SQLITE_OPEN_SUPER_JOURNAL) != 0:
		return k.journal, nil
	}
	var once [64]byte // a temporary file is read by nobody after us
	if _, err := rand.Read(once[:]); err != nil {
		return nil, err
	}
	return xts.NewCipher(aes.NewCipher, once[:])
}

// seal encrypts whole blocks in place; at is where the first one lies in its file.
func seal(c *xts.Cipher, b []byte, at int64) {
	for n := uint64(at) / block; len(b) > 0; n, b = n+1, b[block:] {
		c.Encrypt(b[:block], b[:block], n)
	}
}

// unseal is the way back.
func unseal(c *xts.Cipher, b []byte, at int64) {
	for n := uint64(at) / block; len(b) > 0; n, b = n+1, b[block:] {
		c.Decrypt(b[:block], b[:block], n)
	}
}
