package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/fault"
	"citypost/internal/strongbox"
	"citypost/internal/web"
)

const (
	closedNextWord = "năm từ khác hẳn, số 31"
	keptName       = "Nguyễn Văn Mẫu Giữ Lại"
)

// In the process that is killed: the folder, and at which step, or "" to run until it is killed from outside.
const (
	rekeyDir  = "CITYPOST_TEST_REKEY"
	rekeyStep = "CITYPOST_TEST_REKEY_STEP"
)

// rekey exchanges the key of a folder; at a step the process kills itself, as a power cut would.
func rekey(dir string, at int) error {
	box, err := strongbox.Open(dir, closedWord)
	if err != nil {
		return err
	}
	defer box.Close()
	n := 0
	return app.Rekey(context.Background(), app.Rekeying{Data: dir, Box: box, Passphrase: closedNextWord, Now: time.Now(),
		Tell: func(*strongbox.Box, string) error { return nil },
		Step: func(name string) {
			fmt.Println("step", n, name)
			if n == at {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			n++
		}})
}

// furnished makes a closed house with something in it, and a copy of it.
func furnished(t *testing.T) (dir, copied string, entries int64) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "closed")
	h := openClosed(t, dir)
	if _, _, err := h.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "giu.lai", Name: keptName, Roles: []web.Role{{Name: web.KT1Clerk}}}); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := reserve(t, h); err != nil {
			t.Fatal(err)
		}
	}
	i, err := app.ClosedInstallation(dir, h.Box)
	if err != nil {
		t.Fatal(err)
	}
	m, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "usb"), false)
	if err != nil {
		t.Fatal(err)
	}
	entries = h.Ledger.Seq()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, m.Dir, entries
}

// TestAKeyExchangeThatIsKilledLeavesOneHouseWhole kills it with SIGKILL after every step, and at moments of chance.
func TestAKeyExchangeThatIsKilledLeavesOneHouseWhole(t *testing.T) {
	app.SkipShort(t)
	if dir := os.Getenv(rekeyDir); dir != "" {
		at, err := strconv.Atoi(os.Getenv(rekeyStep))
		if err != nil {
			at = -1
		}
		if err := rekey(dir, at); err != nil {
			t.Fatal(err)
		}
		fmt.Println("done")
		return
	}
	dir, copied, entries := furnished(t)
	child := func(dir string, at string) (*exec.Cmd, *strings.Builder) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKeyExchangeThatIsKilledLeavesOneHouseWhole$", "-test.v")
		cmd.Env = append(os.Environ(), rekeyDir+"="+dir, rekeyStep+"="+at)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = &said, &said
		return cmd, &said
	}
	fresh := func() string {
		to := filepath.Join(t.TempDir(), "closed")
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		return to
	}
	decided := 0
	for step := 0; ; step++ {
		to := fresh()
		cmd, said := child(to, strconv.Itoa(step))
		err := cmd.Run()
		if err == nil && strings.Contains(said.String(), "done") {
			if step < 10 {
				t.Fatalf("%d steps only: this proves little\n%s", step, said)
			}
			break
		}
		if state, ok := err.(*exec.ExitError); !ok || state.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: %v\n%s", step, err, said)
		}
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		where := lines[len(lines)-1]
		isNew := strings.Contains(said.String(), "decided")
		if isNew {
			decided++
		}
		wholeHouse(t, where, to, isNew, entries, copied)
	}
	if decided < 5 {
		t.Errorf("killed %d times after the decision only", decided)
	}
	before, after := 0, 0
	for range 12 {
		to := fresh()
		cmd, said := child(to, "")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
		case <-time.After(time.Duration(20+rand.IntN(180)) * time.Millisecond):
			_ = cmd.Process.Kill()
			<-ended
		}
		box, err := strongbox.Open(to, closedNextWord)
		isNew := err == nil
		if isNew {
			after++
			if err := box.Close(); err != nil {
				t.Fatal(err)
			}
		} else {
			before++
		}
		wholeHouse(t, "killed by chance", to, isNew, entries, copied)
	}
	t.Logf("by chance: %d times the old house, %d times the new one", before, after)
}

// wholeHouse opens a folder with the passphrase that must fit and finds everything; the other one is refused, old copies open, and the exchange can be done again.
func wholeHouse(t *testing.T, where, dir string, isNew bool, entries int64, copied string) {
	t.Helper()
	word, other := closedWord, closedNextWord
	if isNew {
		word, other = other, word
	}
	if _, err := strongbox.Open(dir, other); fault.Code(err) != "closed.wrong_passphrase" {
		t.Fatalf("%s: the other passphrase: %v", where, err)
	}
	look := func(word string) {
		t.Helper()
		box, err := strongbox.Open(dir, word)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		h, err := app.OpenClosed(t.Context(), app.Config{Data: dir}, box)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		if a, err := h.Accounts.FindLogin(t.Context(), "giu.lai"); err != nil || a.Name != keptName || h.Ledger.Seq() != entries {
			t.Errorf("%s: %q, %d entries of %d, %v", where, a.Name, h.Ledger.Seq(), entries, err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	look(word)
	restoreOld(t, where, dir, copied, entries)
	if isNew {
		return
	}
	if err := rekey(dir, -1); err != nil {
		t.Fatalf("%s: begun again: %v", where, err)
	}
	look(closedNextWord)
	restoreOld(t, where+", begun again", dir, copied, entries)
}

// restoreOld restores the copy that was made before, on another machine, with the old key file wherever it now is.
func restoreOld(t *testing.T, where, dir, copied string, entries int64) {
	t.Helper()
	keys, err := filepath.Glob(filepath.Join(dir, strongbox.KeyFile+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		to := t.TempDir()
		text, err := os.ReadFile(key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, strongbox.KeyFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
		box, err := strongbox.Open(to, closedWord)
		if err != nil {
			continue // the new key file
		}
		i, err := app.ClosedInstallation(to, box)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := i.Restore(t.Context(), copied); err != nil || m.Entries != entries {
			t.Errorf("%s: %+v, %v", where, m, err)
		}
		return
	}
	t.Errorf("%s: no key file opens the copies made before: %v", where, keys)
}

// TestTheKeyIsExchangedOnlyWhileNobodyElseHasTheHouseOpen tries both ways.
func TestTheKeyIsExchangedOnlyWhileNobodyElseHasTheHouseOpen(t *testing.T) {
	dir, _, _ := furnished(t)
	h := openClosed(t, dir)
	if err := rekey(dir, -1); fault.Code(err) != "closed.in_use" {
		t.Errorf("while the house is open: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	box, err := strongbox.Open(dir, closedWord)
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Alone(); err != nil {
		t.Fatal(err)
	}
	if _, err := strongbox.Open(dir, closedWord); fault.Code(err) != "closed.rekeying" {
		t.Errorf("while the key is exchanged: %v", err)
	}
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNothingOfTheOldKeyOpensTheHouseAfterItsExchange looks at the database, the small secrets and what is readable.
func TestNothingOfTheOldKeyOpensTheHouseAfterItsExchange(t *testing.T) {
	app.SkipShort(t)
	dir, _, _ := furnished(t)
	old, err := os.ReadFile(filepath.Join(dir, strongbox.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	box, err := strongbox.Open(dir, closedWord)
	if err != nil {
		t.Fatal(err)
	}
	var code string
	err = app.Rekey(t.Context(), app.Rekeying{Data: dir, Box: box, Passphrase: closedNextWord, Now: time.Now(), Tell: func(next *strongbox.Box, recovery string) error {
		code = recovery
		if next.Fingerprint() == box.Fingerprint() {
			t.Error("the same secret again")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	unreadable(t, dir, keptName, "giu.lai", "CREATE TABLE", "PRIVATE+KEY")
	again, err := strongbox.Recover(dir, code)
	if err != nil {
		t.Fatalf("the new recovery code: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	thief := filepath.Join(t.TempDir(), "closed")
	if err := os.CopyFS(thief, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(thief, strongbox.KeyFile), old, 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := strongbox.Open(thief, closedWord)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.OpenClosed(t.Context(), app.Config{Data: thief}, key); fault.Code(err) != "closed.key_damaged" {
		t.Errorf("the old key on the new house: %v", err)
	}
}

// TestTheClosedLedgersKeyIsExchangedAndSaysSo kills the exchange between the ledger's word and the key's place.
func TestTheClosedLedgersKeyIsExchangedAndSaysSo(t *testing.T) {
	dir, _, _ := furnished(t)
	h := openClosed(t, dir)
	before, err := h.Ledger.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.RotateLedgerKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	after, err := h.Ledger.Keyring(t.Context())
	if err != nil || len(after.Ranges()) != len(before.Ranges())+1 || r.Seq == 0 {
		t.Fatalf("keys %v, %v", after, err)
	}
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	next, err := h.Box.Read("ledger.key") // put back what a crash before take() leaves
	if err != nil {
		t.Fatal(err)
	}
	names, err := h.Box.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "ledger.key.old-") {
			old, err := h.Box.Read(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Box.Keep("ledger.key.next", next); err != nil {
				t.Fatal(err)
			}
			if err := h.Box.Keep("ledger.key", old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = openClosed(t, dir)
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Box.Read("ledger.key"); err != nil || string(got) != string(next) {
		t.Errorf("the crash was not mended: %v", err)
	}
	i, err := app.ClosedInstallation(dir, h.Box)
	if err != nil {
		t.Fatal(err)
	}
	m, err := i.Backup(t.Context(), filepath.Join(t.TempDir(), "usb"), false) // proves every signature by the keys that the ledger names
	if err != nil || m.Signed == 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, remark := range i.Doctor(t.Context()) {
		if remark.Check == "ledger_key" && (remark.Tone != "ok" || !strings.Contains(remark.VI, "đã 0 ngày")) || remark.Check == "data_key" && remark.Tone != "ok" {
			t.Errorf("%+v", remark)
		}
	}
}
