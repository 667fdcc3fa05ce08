package tree

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
)

// Remote is a ledger as its public address shows it (C2SP tlog-tiles): commitments, tiles and the newest checkpoint. It is a LogSource.
type Remote struct {
	url    string
	client *http.Client
	signed []byte
	size   int64
}

// OpenRemote fetches the newest checkpoint of the ledger below url. What is verified afterwards is the tree up to it.
func OpenRemote(ctx context.Context, url string, client *http.Client, keys *Keyring) (*Remote, error) {
	r := &Remote{url: strings.TrimSuffix(url, "/"), client: client}
	signed, err := r.get(ctx, "/checkpoint")
	if err != nil {
		return nil, fmt.Errorf("fetch checkpoint: %w", err)
	}
	c, err := keys.Open(signed)
	if err != nil {
		return nil, err
	}
	r.signed, r.size = signed, c.Size
	return r, nil
}

// Signed is the checkpoint with all its signatures.
func (r *Remote) Signed() []byte { return r.signed }

// Size is that of the checkpoint.
func (r *Remote) Size(context.Context) (int64, error) { return r.size, nil }

// Entries yields commitments; the bodies are not public.
func (r *Remote) Entries(ctx context.Context, from, to int64, yield func(Entry) error) error {
	for index := from - 1; index < min(to, r.size); {
		p := r.path(TilePath{Entries: true, N: index / tileWidth})
		data, err := r.get(ctx, "/tile/"+p.String())
		if err != nil {
			return err
		}
		cs, err := ParseBundle(data)
		if err != nil || len(cs) != p.Width {
			return fmt.Errorf("fetch %s: not an entry bundle of %d commitments", p, p.Width)
		}
		for _, c := range cs[index%tileWidth:] {
			if index++; index > to {
				return nil
			}
			if err := yield(Entry{Seq: index, Commitment: c}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Tile fetches a full tile, or the unfinished one of the checkpoint's size.
func (r *Remote) Tile(ctx context.Context, level int, n int64) ([]byte, error) {
	return r.get(ctx, "/tile/"+r.path(TilePath{Level: level, N: n}).String())
}

// Checkpoints yields the one checkpoint.
func (r *Remote) Checkpoints(_ context.Context, after, upto int64, yield func(int64, []byte) error) error {
	if r.size <= after || r.size > upto {
		return nil
	}
	return yield(r.size, r.signed)
}

// path sets the width that a tile has in the tree of the checkpoint.
func (r *Remote) path(p TilePath) TilePath {
	p.Width = int(min(tileWidth, r.size>>(tileBits*p.Level)-p.N*tileWidth))
	return p
}

func (r *Remote) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		return io.ReadAll(io.LimitReader(res.Body, maxSigned))
	case http.StatusNotFound:
		return nil, fmt.Errorf("fetch %s: %w", path, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("fetch %s: the server answered %s", path, res.Status)
}
