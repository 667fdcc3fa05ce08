package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/fault"
	"citypost/internal/strongbox"
	"citypost/internal/web"
)

// TestACopyOfTheClosedHouseIsSealedAndOpensElsewhereWithItsKeyOnly restores on “another machine”: another folder.
func TestACopyOfTheClosedHouseIsSealedAndOpensElsewhereWithItsKeyOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "closed")
	h := openClosed(t, dir)
	const plain = "Nguyễn Văn Mẫu Niêm Phong"
	if _, _, err := h.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "mau.kt1", Name: plain, Roles: []web.Role{{Name: web.KT1Clerk}}}); err != nil {
		t.Fatal(err)
	}
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	i, err := app.ClosedInstallation(dir, h.Box)
	if err != nil {
		t.Fatal(err)
	}
	m, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "usb"), false)
	if err != nil || m.ProvedMs == 0 || m.Entries == 0 || m.SealedBy != h.Box.Fingerprint() {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, folder := range []string{dir, m.Dir} {
		unreadable(t, folder, plain, "mau.kt1", "CREATE TABLE", "PRIVATE+KEY")
	}
	other, _, err := strongbox.Create(filepath.Join(t.TempDir(), "other"), closedWord, time.Now(), quickCost)
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	wrong, err := app.ClosedInstallation(to, other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Restore(t.Context(), m.Dir); fault.Code(err) != "upkeep.other_seal" {
		t.Fatalf("with the key of another house: %v", err)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
	if _, err := strongbox.Open(to, closedWord); fault.Code(err) != "closed.no_key_file" {
		t.Fatalf("without the key file: %v", err)
	}
	key, err := os.ReadFile(filepath.Join(dir, strongbox.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, strongbox.KeyFile), key, 0o600); err != nil {
		t.Fatal(err)
	}
	box, err := strongbox.Open(to, closedWord)
	if err != nil {
		t.Fatal(err)
	}
	right, err := app.ClosedInstallation(to, box)
	if err != nil {
		t.Fatal(err)
	}
	back, err := right.Restore(t.Context(), m.Dir)
	if err != nil || back.Entries != m.Entries || back.Root != m.Root {
		t.Fatalf("%+v, %v", back, err)
	}
	again := openClosed(t, to)
	if a, err := again.Accounts.FindLogin(t.Context(), "mau.kt1"); err != nil || a.Name != plain {
		t.Errorf("%+v, %v", a, err)
	}
	if again.Ledger.Seq() != m.Entries {
		t.Errorf("%d entries, want %d", again.Ledger.Seq(), m.Entries)
	}
}

// unreadable fails when a file of a folder holds one of the texts.
func unreadable(t *testing.T, dir string, texts ...string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if bytes.Contains(b, []byte(text)) {
				t.Errorf("%s holds %q", f.Name(), text)
			}
		}
	}
}
