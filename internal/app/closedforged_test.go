package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/fault"
	"citypost/internal/upkeep"
	"citypost/internal/web"
)

const page = 4096

// TestACopyJoinedFromTwoIsRefused does what somebody can do who holds the memory sticks and no key: put pages of an older copy into a newer one and compute every digest
// anew. Sealed pages stay readable in their place, so nothing but the HMAC over the manifest tells.
func TestACopyJoinedFromTwoIsRefused(t *testing.T) {
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	command := account.Actor{ID: account.Command}
	clerk, _, err := h.Accounts.Add(t.Context(), command, account.NewPerson{Login: "gdv.mau", Name: "Trần Thị Mẫu", Roles: []web.Role{{Name: web.KT1Clerk}}})
	if err != nil {
		t.Fatal(err)
	}
	administrator(t, h)
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	i, err := app.ClosedInstallation(h.Data, h.Box)
	if err != nil {
		t.Fatal(err)
	}
	usb := filepath.Join(t.TempDir(), "usb")
	backup := func() upkeep.Manifest {
		m, err := i.Backup(t.Context(), usb, false)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	older := backup()
	if err := h.Accounts.Disable(t.Context(), command, clerk.ID); err != nil {
		t.Fatal(err)
	}
	newer := backup()
	was, err := os.ReadFile(filepath.Join(older.Dir, app.ClosedDatabase))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(newer.Dir, app.ClosedDatabase)
	is, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	joined, taken := bytes.Clone(is), 0
	for at := page; at+page <= min(len(was), len(is)); at += page {
		if !bytes.Equal(was[at:at+page], is[at:at+page]) {
			copy(joined[at:at+page], was[at:at+page])
			taken++
		}
	}
	if taken == 0 {
		t.Fatal("the copies do not differ")
	}
	to := i
	to.Data = t.TempDir()
	to.Database = filepath.Join(to.Data, app.ClosedDatabase)
	refused := func(why, code string) {
		t.Helper()
		if _, err := to.Restore(t.Context(), newer.Dir); fault.Code(err) != code {
			t.Errorf("%s: %v, want %s", why, err, code)
		}
		if left, err := os.ReadDir(to.Data); err != nil || len(left) != 0 {
			t.Fatalf("%s: left behind %v, %v", why, left, err)
		}
	}
	write := func(path string, text []byte) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	manifest, proof := filepath.Join(newer.Dir, "manifest.json"), filepath.Join(newer.Dir, "manifest.hmac")
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	write(path, joined)
	write(manifest, digestsOf(t, text, joined))
	refused("digests computed anew", "upkeep.damaged")
	mac, err := os.ReadFile(proof)
	if err != nil {
		t.Fatal(err)
	}
	olds, err := os.ReadFile(filepath.Join(older.Dir, "manifest.hmac"))
	if err != nil {
		t.Fatal(err)
	}
	write(proof, olds)
	refused("the HMAC of the older copy", "upkeep.damaged")
	if remark := remarkOf(i.Doctor(t.Context()), "backup_authentic"); remark.Tone != upkeep.Act || !strings.Contains(remark.EN, "altered") {
		t.Errorf("doctor says %+v", remark)
	}
	if err := os.Remove(proof); err != nil {
		t.Fatal(err)
	}
	refused("no HMAC", "upkeep.not_authenticated")
	if remark := remarkOf(i.Doctor(t.Context()), "backup_authentic"); remark.Tone != upkeep.Look || !strings.Contains(remark.EN, "not authenticated") {
		t.Errorf("doctor says %+v", remark)
	}

	write(path, is)
	write(manifest, text)
	refused("a copy as they were made before", "upkeep.not_authenticated")
	asked := to
	asked.Unauthenticated = true
	if m, err := asked.Restore(t.Context(), newer.Dir); err != nil || m.Authentic {
		t.Errorf("accepted in so many words: %+v, %v", m, err)
	}
	to.Data = t.TempDir()
	to.Database = filepath.Join(to.Data, app.ClosedDatabase)
	write(proof, mac)
	if remark := remarkOf(i.Doctor(t.Context()), "backup_authentic"); remark.Tone != upkeep.Fine {
		t.Errorf("doctor says %+v", remark)
	}
	if m, err := to.Restore(t.Context(), newer.Dir); err != nil || !m.Authentic {
		t.Errorf("as it was made: %+v, %v", m, err)
	}
}

// digestsOf puts the digests of a database into a manifest, as anybody can.
func digestsOf(t *testing.T, manifest, database []byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(manifest, &m); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(database)
	m["sha256"] = hex.EncodeToString(sum[:])
	var of []string
	for at := 0; at < len(database); at += page {
		sum := sha256.Sum256(database[at:min(at+page, len(database))])
		of = append(of, hex.EncodeToString(sum[:8]))
	}
	m["pieces"] = map[string]any{"piece": page, "of": of}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func remarkOf(all []upkeep.Remark, check string) upkeep.Remark {
	n := slices.IndexFunc(all, func(r upkeep.Remark) bool { return r.Check == check })
	if n < 0 {
		return upkeep.Remark{}
	}
	return all[n]
}
