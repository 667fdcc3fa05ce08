package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHalfAMadeUpClosedHouseIsNotKept breaks the filling off, and then finds what a run that was killed leaves: both times the next run makes a whole house.
func TestHalfAMadeUpClosedHouseIsNotKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fill := func(ctx context.Context) (int, string) {
		var out bytes.Buffer
		code := run(ctx, []string{"closed", "demo", "--data", dir, "--listen", "127.0.0.1:0", "--days", "2", "--fill"}, &out, &out)
		return code, out.String()
	}
	files := func() (all []string) {
		found, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			all = append(all, f.Name())
		}
		return all
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // stopped once there is something to keep: a stop is no fault
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(dir, "closed.db")); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if code, said := fill(ctx); code != 0 || strings.Contains(said, "kt1.ksv01") {
		t.Fatalf("not broken off: %d: %s", code, said)
	}
	if left := files(); len(left) != 1 {
		t.Fatalf("left behind: %v", left)
	}
	if code, said := fill(t.Context()); code != 0 || !strings.Contains(said, "kt1.ksv01") {
		t.Fatalf("%d: %s", code, said)
	}
	if code, said := fill(t.Context()); code != 0 || !strings.Contains(said, "giữ nguyên") {
		t.Fatalf("a house that is there: %d: %s", code, said)
	}
	if err := mark(filepath.Join(dir, "demo.unfinished")).set(); err != nil {
		t.Fatal(err)
	}
	if code, said := fill(t.Context()); code != 0 || !strings.Contains(said, "kt1.ksv01") {
		t.Fatalf("after a run that was killed: %d: %s", code, said)
	}
	if left := files(); strings.Contains(strings.Join(left, " "), "unfinished") || len(left) < 4 {
		t.Errorf("the folder: %v", left)
	}
}
