// Package assets holds the sheets, scripts and fonts of the pages, built and committed.
//
// It owns src (what people edit) and dist (what the build makes of it), and serves dist. Its promise: an address names the
// content, so browsers may keep it for a year; and dist is what src gives, which the test beside this file and
// "make assets-check" prove. It leans on nothing of ours and knows no page. Start with src/build.mjs.
package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed dist
var files embed.FS

// Prefix is where assets live.
const Prefix = "/assets/"

// hashLetters of the SHA-256 stand in an address; build.mjs uses the same number.
const hashLetters = 12

// Manifest names the SHA-256 of every source and of every output.
type Manifest struct {
	Sources map[string]string `json:"sources"`
	Outputs map[string]string `json:"outputs"`
}

type asset struct {
	address string
	kind    string
	plain   []byte
	zipped  []byte // nil when compression does not pay (fonts)
}

var load = sync.OnceValue(func() map[string]*asset {
	m, err := ReadManifest()
	if err != nil {
		panic("assets: dist is broken, run make assets: " + err.Error())
	}
	all := make(map[string]*asset, len(m.Outputs))
	for name, hash := range m.Outputs {
		b, err := files.ReadFile("dist/" + name)
		if err != nil {
			panic("assets: " + err.Error())
		}
		ext := path.Ext(name)
		a := &asset{address: Prefix + strings.TrimSuffix(name, ext) + "." + hash[:hashLetters] + ext, kind: kindOf(ext), plain: b}
		if strings.HasPrefix(a.kind, "text/") || ext == ".svg" || ext == ".wasm" {
			a.zipped = zip(b)
		}
		all[name] = a
	}
	return all
})

// ReadManifest reads dist/manifest.json.
func ReadManifest() (Manifest, error) {
	var m Manifest
	b, err := files.ReadFile("dist/manifest.json")
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(b, &m)
}

// kindOf is fixed here: the system's own table differs from machine to machine.
func kindOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	case ".ttf":
		return "font/ttf"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	}
	return "application/octet-stream"
}

func zip(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// Path gives the address of an asset ("desk.css" → "/assets/desk.0123456789ab.css"). It panics for a name that does not
// exist: every page would be without its sheet.
func Path(name string) string {
	a, ok := load()[name]
	if !ok {
		panic("assets: there is no " + name)
	}
	return a.address
}

// Weight is what a browser downloads for an asset, in bytes.
func Weight(name string) int {
	a := load()[name]
	if a.zipped != nil {
		return len(a.zipped)
	}
	return len(a.plain)
}

// Open reads an asset, for whoever draws without a browser.
func Open(name string) ([]byte, error) { return fs.ReadFile(files, "dist/"+name) }

// byAddress finds an asset by the last part of its address.
var byAddress = sync.OnceValue(func() map[string]*asset {
	out := map[string]*asset{}
	for _, a := range load() {
		out[a.address] = a
	}
	return out
})

// Serve answers GET of an address; any other name, an old hash too, is not found.
func Serve(w http.ResponseWriter, r *http.Request) {
	serve(w, r, "public, max-age=31536000, immutable")
}

// ServeUnkept is Serve for a house whose browsers keep nothing at all.
func ServeUnkept(w http.ResponseWriter, r *http.Request) { serve(w, r, "no-store") }

func serve(w http.ResponseWriter, r *http.Request, keep string) {
	a, ok := byAddress()[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", keep)
	h.Set("Vary", "Accept-Encoding")
	b := a.plain
	if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		b = a.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b)
}
