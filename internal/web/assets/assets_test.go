package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// If these fail, people see other pages than the sources say, or old ones from a cache.

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func TestDistIsBuiltFromTheseSources(t *testing.T) {
	m, err := ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	err = filepath.WalkDir("src", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, "src"+string(filepath.Separator)))
		seen[name] = true
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if m.Sources[name] != sum(b) {
			t.Errorf("src/%s has changed since dist was built: run make assets", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range m.Sources {
		if !seen[name] {
			t.Errorf("dist was built from src/%s, which is gone: run make assets", name)
		}
	}
}

func TestDistHoldsWhatItsManifestSays(t *testing.T) {
	m, err := ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := files.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "manifest.json" {
			continue
		}
		b, err := Open(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if m.Outputs[e.Name()] != sum(b) {
			t.Errorf("dist/%s was changed by hand: run make assets", e.Name())
		}
	}
	if len(entries) != len(m.Outputs)+1 {
		t.Errorf("dist has %d files, its manifest %d", len(entries)-1, len(m.Outputs))
	}
}

func TestSheetsPointAtFontsThatExist(t *testing.T) {
	for _, name := range []string{"site.css", "desk.css", "print.css"} {
		b, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, font := range []string{"text-400.woff2", "text-700.woff2"} {
			if !strings.Contains(string(b), Path(font)) {
				t.Errorf("%s does not use %s", name, Path(font))
			}
		}
		if strings.Contains(string(b), "GDS") || strings.Contains(string(b), "@asset") {
			t.Errorf("%s holds what must not go out", name)
		}
	}
}

var host = regexp.MustCompile(`https?://[a-z0-9.]+`)

func TestNoAssetNamesAnotherHost(t *testing.T) {
	m, err := ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	for name := range m.Outputs {
		if strings.HasSuffix(name, ".txt") {
			continue // the fonts' licence
		}
		b, _ := Open(name)
		for _, address := range host.FindAllString(string(b), -1) {
			if !strings.HasPrefix(address, "http://www.w3.org") { // the name of SVG, which nobody fetches
				t.Errorf("%s names %s", name, address)
			}
		}
	}
	lock, err := os.ReadFile("src/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error("package-lock.json records where packages came from")
	}
}

func TestAnAddressIsForEverAndAnyOtherIsNotFound(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", Path("site.css"), nil)
	r.Header.Set("Accept-Encoding", "br, gzip")
	Serve(w, r)
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, path := range []string{"/assets/site.css", "/assets/site.000000000000.css", "/assets/", "/assets/../dist/manifest.json"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		Serve(w, r)
		if w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
