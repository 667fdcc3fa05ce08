package tree

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// stand serves an office's tree.
type stand struct {
	o      *office
	signed []byte
}

func (s *stand) Checkpoint(context.Context) ([]byte, error) {
	if s.signed == nil {
		return nil, fs.ErrNotExist
	}
	return s.signed, nil
}

func (s *stand) Frontier() Frontier { return s.o.f }

func (s *stand) Tile(_ context.Context, level int, n int64) ([]byte, error) {
	if d, ok := s.o.tiles[tileID{level, n}]; ok {
		return d, nil
	}
	return nil, fs.ErrNotExist
}

func (s *stand) Commitments(_ context.Context, from, to int64) ([]Commitment, error) {
	return s.o.commitments[from:to], nil
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestTilePathsFollowTheStandard(t *testing.T) {
	for path, want := range map[string]TilePath{
		"0/000":                     {Width: 256},
		"0/x001/x234/067":           {N: 1234067, Width: 256},
		"2/x001/000.p/17":           {Level: 2, N: 1000, Width: 17},
		"entries/x123/456":          {Entries: true, N: 123456, Width: 256},
		"entries/999.p/255":         {Entries: true, N: 999, Width: 255},
		"63/x999/x999/x999/999":     {Level: 63, N: 999_999_999_999, Width: 256},
		"0/x010/x000/x000/x000/001": {N: 10_000_000_000_001, Width: 256},
	} {
		if got, err := ParseTilePath(path); err != nil || got != want {
			t.Errorf("%s: %v %v", path, got, err)
		}
		if want.String() != path {
			t.Errorf("%v is written %s", want, want)
		}
	}
	for _, path := range []string{"", "0", "0/", "/000", "00/000", "64/000", "-1/000", "0/0", "0/0000", "0/x000/001", "0/001/002", "0/x001/x002",
		"0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/", "0/000.P/1", "0/000/", "0/+01", "entry/000", "0/x001x002", "0/00x1"} {
		if got, err := ParseTilePath(path); err == nil {
			t.Errorf("%q: taken as %v", path, got)
		}
	}
}

func TestTheTreeIsServedAsTlogReadsIt(t *testing.T) {
	o := newOffice(t, 66_000)
	s := &stand{o: o}
	h := Server{s}
	if w := get(h, "/checkpoint"); w.Code != http.StatusNotFound {
		t.Errorf("before the first checkpoint: %d", w.Code)
	}
	s.signed = o.checkpoint(t, 66_000)
	w := get(h, "/checkpoint")
	if w.Body.String() != string(s.signed) || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("checkpoint: %d %v", w.Code, w.Header())
	}
	ref := &reference{}
	for i, c := range o.commitments {
		ref.add(t, int64(i), c)
	}
	for _, p := range []TilePath{{Width: 256}, {N: 256, Width: 256}, {N: 257, Width: 208}, {N: 257, Width: 1}, {N: 12, Width: 9}, {Level: 1, Width: 256},
		{Level: 1, N: 1, Width: 1}, {Level: 2, Width: 1}} {
		w := get(h, "/tile/"+p.String())
		want, err := tlog.ReadTileData(tlog.Tile{H: tileBits, L: p.Level, N: p.N, W: p.Width}, ref)
		if err != nil {
			t.Fatal(err)
		}
		if w.Code != http.StatusOK || w.Body.String() != string(want) || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%v: %d, %d bytes", p, w.Code, w.Body.Len())
		}
	}
	for _, p := range []TilePath{{Entries: true, N: 3, Width: 256}, {Entries: true, N: 257, Width: 208}, {Entries: true, N: 7, Width: 5}} {
		cs, err := ParseBundle(get(h, "/tile/"+p.String()).Body.Bytes())
		if err != nil || len(cs) != p.Width || cs[p.Width-1] != o.commitments[p.N*256+int64(p.Width)-1] {
			t.Errorf("%v: %v", p, err)
		}
	}
	for _, path := range []string{"/tile/0/257", "/tile/0/257.p/209", "/tile/0/258.p/1", "/tile/1/001.p/2", "/tile/2/000", "/tile/3/000.p/1", "/tile/9/000.p/1",
		"/tile/63/000", "/tile/entries/257", "/tile/entries/257.p/209", "/tile/entries/x999/x999/x999/x999/x999/999", "/tile/0/x1", "/", "/tile/", "/checkpoint/"} {
		if w := get(h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestAWitnessIsAskedAgainFromWhereItStands runs the client against a witness made from our own parts.
func TestAWitnessIsAskedAgainFromWhereItStands(t *testing.T) {
	o := newOffice(t, 900)
	wit := &testWitness{t: t, o: o, roots: map[int64]tlog.Hash{}}
	server := httptest.NewServer(wit)
	defer server.Close()
	client := func() *WitnessClient {
		return &WitnessClient{Witness: Witness{Name: "W", Verifier: &o.w.CosignVerifier, URL: server.URL + "/"}, HTTP: &http.Client{Timeout: 5 * time.Second}}
	}
	c := client()
	p := o.prover()
	trust := o.trust.Policy
	trust.Quorum = AtLeast(1, trust.Witnesses...)
	for _, size := range []int64{3, 301, 301, 555} {
		signed, err := SignCheckpoint(mustCheckpoint(t, p, size), o.key)
		if err != nil {
			t.Fatal(err)
		}
		line, err := c.Cosign(t.Context(), signed, size, p.Consistency)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := trust.Open(AddCosignatures(signed, line)); err != nil || opened.Size != size || len(opened.Witnesses) != 1 {
			t.Fatalf("size %d: %v", size, err)
		}
	}
	fresh := client() // it does not know that the witness stands at 555
	signed, _ := SignCheckpoint(mustCheckpoint(t, p, 900), o.key)
	if _, err := fresh.Cosign(t.Context(), signed, 900, p.Consistency); err != nil {
		t.Fatal(err)
	}
	if old, _ := SignCheckpoint(mustCheckpoint(t, p, 800), o.key); old != nil {
		if _, err := client().Cosign(t.Context(), old, 800, p.Consistency); err == nil {
			t.Error("the witness stands at 900, yet 800 was cosigned")
		}
	}
	c.Witness.Verifier = &testCosigner(t, "other.example").CosignVerifier
	if _, err := c.Cosign(t.Context(), signed, 900, p.Consistency); err == nil {
		t.Error("another witness's signature was taken")
	}
}

func mustCheckpoint(t testing.TB, p *Prover, size int64) Checkpoint {
	root, err := p.RootAt(size)
	if err != nil {
		t.Fatal(err)
	}
	return Checkpoint{testOrigin, size, root}
}

// testWitness keeps the newest checkpoint and cosigns what follows from it.
type testWitness struct {
	t     *testing.T
	o     *office
	size  int64
	roots map[int64]tlog.Hash
}

func (w *testWitness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body := make([]byte, 1<<16)
	n, _ := r.Body.Read(body)
	req, err := ParseWitnessRequest(body[:n])
	if err != nil || r.URL.Path != "/add-checkpoint" {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	c, err := w.o.trust.Keys.Open(req.Checkpoint)
	if err != nil {
		rw.WriteHeader(http.StatusForbidden)
		return
	}
	if req.Old != w.size {
		rw.WriteHeader(http.StatusConflict)
		rw.Write(fmt.Appendf(nil, "%d\n", w.size))
		return
	}
	if req.Old > 0 && tlog.CheckTree(req.Proof, c.Size, c.Root, req.Old, w.roots[req.Old]) != nil {
		rw.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	w.size, w.roots[c.Size] = c.Size, c.Root
	signed := sign(w.t, c, w.o.w)
	rw.Write(signed[len(c.Text())+1:])
}
