package power

import (
	"bytes"
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
)

// held cuts the power now and gives what one disk may hold.
func held(t *testing.T, d *Disk, r *rand.Rand) map[string][]byte {
	t.Helper()
	d.mu.Lock()
	c := d.freeze()
	d.mu.Unlock()
	dir := t.TempDir()
	if err := c.Into(dir, r); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, e := range entries {
		if out[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func watch(t *testing.T) *Disk {
	t.Helper()
	d, err := Watch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Forget)
	return d
}

// TestOnlyWhatWasSyncedIsCertain looks at a file in every state between its creation and its deletion: what must be there always is, and what may be missing is missing sometimes.
func TestOnlyWhatWasSyncedIsCertain(t *testing.T) {
	d, r := watch(t), rand.New(rand.NewPCG(1, 1))
	seen := func(name string) (there, gone, old, torn int) {
		for range 400 {
			b, ok := held(t, d, r)[name]
			switch a := bytes.Count(b, []byte("a")); {
			case !ok:
				gone++
			case a == 0:
				old++
			case a < 2000:
				torn++
			default:
				there++
			}
		}
		return there, gone, old, torn
	}
	f := d.open("log")
	d.write(f, 0, bytes.Repeat([]byte("a"), 2000))
	if there, gone, old, torn := seen("log"); there == 0 || gone == 0 || old == 0 || torn == 0 {
		t.Errorf("never synced: whole %d, no name %d, empty %d, torn %d times", there, gone, old, torn)
	}
	d.sync(f, false)
	if there, gone, old, torn := seen("log"); there == 0 || gone == 0 || old+torn > 0 {
		t.Errorf("synced without its folder: whole %d, no name %d, empty %d, torn %d times", there, gone, old, torn)
	}
	d.sync(f, true)
	if there, gone, old, torn := seen("log"); gone+old+torn > 0 {
		t.Errorf("synced with its folder: whole %d, no name %d, empty %d, torn %d times", there, gone, old, torn)
	}
	d.write(f, 100, bytes.Repeat([]byte("b"), 1000))
	d.shorten(f, 500)
	for range 200 {
		b := held(t, d, r)["log"]
		if len(b) < 500 || string(b[:100]) != string(bytes.Repeat([]byte("a"), 100)) {
			t.Fatalf("bytes that nobody wrote since the sync were touched: %d bytes, %q", len(b), b[:100])
		}
	}
	d.remove("log", false)
	if there, gone, _, torn := seen("log"); there+torn == 0 || gone == 0 {
		t.Errorf("deleted, folder not synced: %d there, %d gone", there+torn, gone)
	}
	d.syncFolder()
	if there, gone, old, torn := seen("log"); there+old+torn > 0 || gone == 0 {
		t.Errorf("deleted, folder synced: %d there", there+old+torn)
	}
}

// TestAWriteIsTornAtSectorsOnly: half a sector is never there.
func TestAWriteIsTornAtSectorsOnly(t *testing.T) {
	d, r := watch(t), rand.New(rand.NewPCG(2, 2))
	f := d.open("db")
	d.write(f, 0, make([]byte, 4*sector))
	d.sync(f, true)
	d.write(f, 100, bytes.Repeat([]byte("x"), 3*sector))
	for range 300 {
		b := held(t, d, r)["db"]
		for at := 0; at < len(b); at += sector {
			want := min(at+sector, 3*sector+100) - max(at, 100) // bytes of the write that lie in this sector
			if n := bytes.Count(b[at:at+sector], []byte("x")); n != 0 && n != want {
				t.Fatalf("sector at %d holds %d of %d new bytes", at, n, want)
			}
		}
	}
}

// TestALyingDiskLosesWhatItSaidItKept is the control of the control.
func TestALyingDiskLosesWhatItSaidItKept(t *testing.T) {
	d, r := watch(t), rand.New(rand.NewPCG(3, 3))
	d.Lie()
	f := d.open("db")
	d.write(f, 0, []byte("kept?"))
	d.sync(f, true)
	lost := 0
	for range 100 {
		if len(held(t, d, r)["db"]) == 0 {
			lost++
		}
	}
	if lost == 0 {
		t.Error("nothing was lost")
	}
}

// TestTheEngineWorksAboveTheLayer writes through it, cuts the power at a known step, and looks whether the moment was told.
func TestTheEngineWorksAboveTheLayer(t *testing.T) {
	d := watch(t)
	db, err := sql.Open("sqlite", filepath.Join(d.dir, "city.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE a (n INTEGER)`); err != nil {
		t.Fatal(err)
	}
	told := 0
	d.CutAfter(1, func() { told++ })
	for i := range 3 {
		if _, err := db.Exec(`INSERT INTO a VALUES ($1)`, i); err != nil {
			t.Fatal(err)
		}
	}
	<-d.Done()
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	dir := t.TempDir()
	if err := d.Cut().Into(dir, rand.New(rand.NewPCG(4, 4))); err != nil {
		t.Fatal(err)
	}
	back, err := sql.Open("sqlite", filepath.Join(dir, "city.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	var n int
	if err := back.QueryRow(`SELECT count(*) FROM a`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows were committed before the cut, %v", n, err)
	}
}
