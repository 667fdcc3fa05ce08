package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"citypost/internal/app"
	"citypost/internal/fault"
)

// TestAByteAlteredAnywhereInASealedCopyIsFoundAndItsPlaceTold alters bytes of a copy, one at a time: every byte of the small files, of the manifest and of its HMAC, and of the database a byte in 300
// places over its whole length, or in as many as CITYPOST_DAMAGE says (make damage: 1,000). Each copy is refused before anything is put down, and the answer names the file, and of the database the page.
func TestAByteAlteredAnywhereInASealedCopyIsFoundAndItsPlaceTold(t *testing.T) {
	app.SkipShort(t)
	places := 300
	if n, err := strconv.Atoi(os.Getenv("CITYPOST_DAMAGE")); err == nil {
		places = n
	}
	h := workedIn(t)
	i, err := app.ClosedInstallation(h.Data, h.Box)
	if err != nil {
		t.Fatal(err)
	}
	m, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "usb"), true)
	if err != nil {
		t.Fatal(err)
	}
	to := i
	to.Data = t.TempDir()
	to.Database = filepath.Join(to.Data, app.ClosedDatabase)
	refused := func(name string, at int64) error {
		_, err := to.Restore(t.Context(), m.Dir)
		if left, e := os.ReadDir(to.Data); e != nil || len(left) != 0 {
			t.Fatalf("%s byte %d: left behind %v, %v", name, at, left, e)
		}
		if code := fault.Code(err); name == "manifest.hmac" && code == "upkeep.other_seal" { // the fingerprint in it was altered
			return nil
		} else if code != "upkeep.damaged" {
			return fmt.Errorf("not refused: %w", errors.Join(err))
		}
		want := strings.Replace(name, ".hmac", ".json", 1)
		if name == app.ClosedDatabase {
			page := at / 4096 * 4096
			want = fmt.Sprintf("%s: byte %d–", name, page)
		}
		if f, _ := fault.From(err); !strings.Contains(f.VI, want) || !strings.Contains(f.EN, want) {
			return fmt.Errorf("%q does not name %q", f.VI, want)
		}
		return nil
	}
	files, err := os.ReadDir(m.Dir)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, file := range files {
		name := file.Name()
		path := filepath.Join(m.Dir, name)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		step := 1
		if len(was) > 1<<16 {
			step = len(was)/places | 1
		}
		for at := 0; at < len(was); at += step {
			bad := bytes.Clone(was)
			bad[at] ^= 1 << (at % 8)
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			tried++
			if err := refused(name, int64(at)); err != nil {
				t.Fatalf("%s, byte %d of %d: %v", name, at, len(was), err)
			}
		}
		if err := os.WriteFile(path, was, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if tried < places+300 {
		t.Errorf("%d places only", tried)
	}
	if _, err := to.Restore(t.Context(), m.Dir); err != nil {
		t.Errorf("the copy as it was: %v", err)
	}
	t.Logf("%d places, each found and named", tried)
}
