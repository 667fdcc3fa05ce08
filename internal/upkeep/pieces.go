package upkeep

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// digests are of a copy in pieces, so that damage can be told by its place. The digest of the whole file decides; these only say where.
type digests struct {
	Piece int64    `json:"piece"` // bytes of each but the last
	Of    []string `json:"of"`    // the first eight bytes of each SHA-256
}

// A piece is a page of the database; of large databases so many pages that a manifest stays small.
const (
	leastPiece = 4096
	mostPieces = 4096
)

func digestPieces(path string, size int64) (*digests, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := &digests{Piece: leastPiece}
	for d.Piece*mostPieces < size {
		d.Piece *= 2
	}
	for {
		h := sha256.New()
		n, err := io.CopyN(h, f, d.Piece)
		if n > 0 {
			d.Of = append(d.Of, hex.EncodeToString(h.Sum(nil)[:8]))
		}
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// place says in words where a copy of the database differs from what was copied.
func (m Manifest) place(file string) string {
	info, err := os.Stat(file)
	if err != nil || m.Pieces == nil {
		return "SHA-256"
	}
	if info.Size() != m.Bytes {
		return fmt.Sprintf("%s: %d byte / %d", m.File, info.Size(), m.Bytes)
	}
	now, err := digestPieces(file, m.Bytes)
	if err != nil || now.Piece != m.Pieces.Piece || len(now.Of) != len(m.Pieces.Of) {
		return "SHA-256"
	}
	var where []string
	for n, was := range m.Pieces.Of {
		if now.Of[n] != was {
			where = append(where, fmt.Sprintf("%d–%d", int64(n)*now.Piece, min(int64(n+1)*now.Piece, m.Bytes)-1))
		}
	}
	if len(where) == 0 { // the manifest itself was altered
		return manifestFile
	}
	if len(where) > 8 {
		where = append(where[:8], "…")
	}
	return fmt.Sprintf("%s: byte %s", m.File, strings.Join(where, ", "))
}

// digestBeside gives the digests of the small files of a copy.
func digestBeside(dir string, names []string) (map[string]string, error) {
	of := map[string]string{}
	for _, name := range names {
		sum, _, err := digestOf(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		of[name] = sum
	}
	return of, nil
}

// wholeBeside refuses a copy of which a small file was altered or is missing. Copies made before these digests were kept are not looked at.
func (m Manifest) wholeBeside(dir string, names []string) error {
	for name, was := range m.Beside {
		sum, _, err := digestOf(filepath.Join(dir, name))
		if err != nil || sum != was {
			return damaged(name).Because(err)
		}
	}
	for _, name := range names {
		if m.Beside != nil && m.Beside[name] == "" {
			return damaged(name)
		}
	}
	return nil
}
