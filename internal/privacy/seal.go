package privacy

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrTampered says that sealed bytes are not what was sealed for this subject and context: changed, cut, or moved from elsewhere.
var ErrTampered = errors.New("sealed data does not belong here or was changed")

// sealedV1 is the first byte of everything sealed: XChaCha20-Poly1305 with a random nonce, which is long enough never to be counted.
const sealedV1 = 1

const overhead = 1 + chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead

func seal(key, bound, plain []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, overhead+len(plain))
	out[0] = sealedV1
	if _, err := rand.Read(out[1:]); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return aead.Seal(out, out[1:], plain, bound), nil
}

func open(key, bound, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != sealedV1 {
		return nil, ErrTampered
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	nonce, body := sealed[1:1+chacha20poly1305.NonceSizeX], sealed[1+chacha20poly1305.NonceSizeX:]
	plain, err := aead.Open(nil, nonce, body, bound)
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

// bind writes strings so that no two different lists of strings give the same bytes.
func bind(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}
