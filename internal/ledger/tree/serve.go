package tree

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"citypost/internal/fault"
)

// Source is what the public pages of the tree read from.
type Source interface {
	// Checkpoint gives the newest signed checkpoint; fs.ErrNotExist when nothing was signed yet.
	Checkpoint(ctx context.Context) ([]byte, error)
	// Frontier gives a copy of the right edge as of the last commit; it covers at least the newest checkpoint.
	Frontier() Frontier
	// Tile gives a stored full tile; fs.ErrNotExist when there is none.
	Tile(ctx context.Context, level int, n int64) ([]byte, error)
	// Commitments gives those of the leaves from ≤ index < to, at most 256 of them, all committed.
	Commitments(ctx context.Context, from, to int64) ([]Commitment, error)
}

// Server answers for the tree over HTTP (C2SP tlog-tiles). Everything it gives is public: hashes that tell nothing.
type Server struct {
	Source Source
}

// Checkpoint serves /checkpoint.
func (s Server) Checkpoint(w http.ResponseWriter, r *http.Request) error {
	signed, err := s.Source.Checkpoint(r.Context())
	if err != nil {
		return missing(err)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	return send(w, signed)
}

// Tile serves /tile/{path...}: hash tiles and entry bundles, full and partial.
func (s Server) Tile(w http.ResponseWriter, r *http.Request) error {
	p, err := ParseTilePath(r.PathValue("path"))
	if err != nil {
		return err
	}
	read := s.hashes
	if p.Entries {
		read = s.bundle
	}
	data, err := read(r.Context(), p)
	if err != nil {
		return missing(err)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return send(w, data)
}

// hashes gives a hash tile: a stored one, or the beginning of a stored or of the unfinished one.
func (s Server) hashes(ctx context.Context, p TilePath) ([]byte, error) {
	f := s.Source.Frontier()
	n, partial := f.Partial(p.Level)
	switch {
	case p.Level >= maxLevels || p.N > n || p.N == n && p.Width > len(partial)/hashSize:
		return nil, fs.ErrNotExist
	case p.N == n:
		return partial[:p.Width*hashSize], nil
	}
	data, err := readFull(func(level int, n int64) ([]byte, error) { return s.Source.Tile(ctx, level, n) }, p.Level, p.N)
	if err != nil {
		return nil, err
	}
	return data[:p.Width*hashSize], nil
}

// bundle gives the commitments of a tile's entries, each with its length before it.
func (s Server) bundle(ctx context.Context, p TilePath) ([]byte, error) {
	f := s.Source.Frontier()
	if p.N > f.size/tileWidth || p.N*tileWidth+int64(p.Width) > f.size {
		return nil, fs.ErrNotExist
	}
	cs, err := s.Source.Commitments(ctx, p.N*tileWidth, p.N*tileWidth+int64(p.Width))
	if err != nil {
		return nil, err
	}
	if len(cs) != p.Width {
		return nil, errors.New("read commitments: not as many as asked for")
	}
	return EncodeBundle(cs), nil
}

// EncodeBundle writes an entry bundle.
func EncodeBundle(cs []Commitment) []byte {
	out := make([]byte, 0, len(cs)*(2+hashSize))
	for _, c := range cs {
		out = binary.BigEndian.AppendUint16(out, hashSize)
		out = append(out, c[:]...)
	}
	return out
}

// ParseBundle reads an entry bundle of ours.
func ParseBundle(data []byte) ([]Commitment, error) {
	const step = 2 + hashSize
	if len(data)%step != 0 || len(data) > tileWidth*step {
		return nil, errForm
	}
	cs := make([]Commitment, len(data)/step)
	for i := range cs {
		entry := data[i*step : (i+1)*step]
		if binary.BigEndian.Uint16(entry) != hashSize {
			return nil, errForm
		}
		cs[i] = Commitment(entry[2:])
	}
	return cs, nil
}

// ServeHTTP serves all of it below the path of the request, for a listener of its own.
func (s Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := error(noSuchTile())
	switch path, isTile := strings.CutPrefix(r.URL.Path, "/tile/"); {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
		return
	case isTile:
		r.SetPathValue("path", path)
		err = s.Tile(w, r)
	case r.URL.Path == "/checkpoint":
		err = s.Checkpoint(w, r)
	}
	switch {
	case fault.Is(err, fault.NotFound):
		http.NotFound(w, r)
	case err != nil:
		http.Error(w, "internal", http.StatusInternalServerError)
	}
}

func send(w http.ResponseWriter, data []byte) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, err := w.Write(data)
	return err
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return noSuchTile()
	}
	return err
}

func noSuchTile() error {
	return fault.New(fault.NotFound, "tree.no_such_tile", "Sổ cái chưa có mảnh này.", "The ledger has no such tile.")
}
