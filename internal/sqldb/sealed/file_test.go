package sealed

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"citypost/internal/sqldb/layer"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
	"pgregory.net/rapid"
)

// opened is a file as the engine holds it.
type opened struct {
	t    rapid.TB
	tls  *libc.TLS
	at   uintptr
	path string
}

func openAs(t rapid.TB, secret []byte, path string, kind int32) *opened {
	name, err := Register(secret)
	if err != nil {
		t.Fatal(err)
	}
	tls := libc.NewTLS()
	zName := libc.Xcalloc(tls, 1, uint64(len(path)+8)) // the engine ends names with several zeros
	copy(unsafe.Slice((*byte)(layer.Pointer(zName)), len(path)), path)
	v := registered[name]
	o := &opened{t: t, tls: tls, at: libc.Xcalloc(tls, 1, uint64((*sqlite3.Tsqlite3_vfs)(layer.Pointer(v.at)).FszOsFile)), path: path}
	flags := kind | sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE
	if rc := open(tls, v.at, zName, o.at, flags, 0); rc != sqlite3.SQLITE_OK {
		t.Fatalf("open: code %d", rc)
	}
	return o
}

func (o *opened) memory(n int) (uintptr, []byte) {
	p := libc.Xcalloc(o.tls, 1, uint64(n))
	return p, unsafe.Slice((*byte)(layer.Pointer(p)), n)
}

func (o *opened) size() int64 {
	p, _ := o.memory(8)
	defer libc.Xfree(o.tls, p)
	if rc := fileSize(o.tls, o.at, p); rc != sqlite3.SQLITE_OK {
		o.t.Fatalf("size: code %d", rc)
	}
	return *(*int64)(layer.Pointer(p))
}

// TestASealedFileBehavesLikeAPlainOne writes, reads and cuts at any place and length, and compares with bytes in memory.
func TestASealedFileBehavesLikeAPlainOne(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, SecretSize)
	for name, kind := range map[string]int32{"wal": sqlite3.SQLITE_OPEN_WAL, "journal": sqlite3.SQLITE_OPEN_MAIN_JOURNAL, "temporary": sqlite3.SQLITE_OPEN_TEMP_DB} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				path := filepath.Join(dir, "file")
				_ = os.Remove(path)
				o := openAs(t, secret, path, kind)
				defer closeFile(o.tls, o.at)
				var model []byte
				for range rapid.IntRange(1, 40).Draw(t, "steps") {
					switch rapid.IntRange(0, 5).Draw(t, "step") {
					case 0, 1, 2: // the engine never leaves holes that it reads again, so writes begin within the file
						at, n := rapid.IntRange(0, len(model)).Draw(t, "at"), rapid.IntRange(1, 300).Draw(t, "n")
						p, b := o.memory(n)
						for i := range b {
							b[i] = byte(rapid.IntRange(0, 255).Draw(t, "byte"))
						}
						keep := bytes.Clone(b)
						if rc := write(o.tls, o.at, p, int32(n), int64(at)); rc != sqlite3.SQLITE_OK {
							t.Fatalf("write: code %d", rc)
						}
						if !bytes.Equal(b, keep) {
							t.Fatal("write changed the engine's own memory")
						}
						model = append(model, make([]byte, max(0, at+n-len(model)))...)
						copy(model[at:], keep)
						libc.Xfree(o.tls, p)
					case 3, 4:
						o.compare(t, model, rapid.IntRange(0, len(model)+40).Draw(t, "from"), rapid.IntRange(1, 400).Draw(t, "n"))
					case 5:
						to := rapid.IntRange(0, len(model)).Draw(t, "to") &^ (block - 1) // the engine cuts at pages
						if rc := truncate(o.tls, o.at, int64(to)); rc != sqlite3.SQLITE_OK {
							t.Fatalf("truncate: code %d", rc)
						}
						model = model[:to]
					}
					if size, want := o.size(), int64(len(model)+block-1)&^(block-1); size != want {
						t.Fatalf("size %d, want %d", size, want)
					}
				}
			})
		})
	}
}

// compare reads a range; the rest of the last block reads as zeros.
func (o *opened) compare(t *rapid.T, model []byte, from, n int) {
	whole := append(bytes.Clone(model), make([]byte, (block-len(model)%block)%block)...)
	want := make([]byte, n)
	got := 0
	if from < len(whole) {
		got = copy(want, whole[from:])
	}
	p, b := o.memory(n)
	defer libc.Xfree(o.tls, p)
	rc := read(o.tls, o.at, p, int32(n), int64(from))
	if (got == n) != (rc == sqlite3.SQLITE_OK) || got < n && rc != sqlite3.SQLITE_IOERR_SHORT_READ {
		t.Fatalf("read %d at %d of %d: code %d", n, from, len(model), rc)
	}
	if !bytes.Equal(b, want) {
		t.Fatalf("read %d at %d of %d: other bytes", n, from, len(model))
	}
}

// TestAPieceOfABlockAtTheEndIsNoPartOfTheFile is what a crash leaves when the file system had written half a block.
func TestAPieceOfABlockAtTheEndIsNoPartOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	o := openAs(t, bytes.Repeat([]byte{7}, SecretSize), path, sqlite3.SQLITE_OPEN_WAL)
	defer closeFile(o.tls, o.at)
	p, b := o.memory(64)
	copy(b, bytes.Repeat([]byte{9}, 64))
	write(o.tls, o.at, p, 64, 0)
	if err := os.Truncate(path, 41); err != nil {
		t.Fatal(err)
	}
	if o.size() != 32 {
		t.Errorf("size %d", o.size())
	}
	if rc := read(o.tls, o.at, p, 64, 0); rc != sqlite3.SQLITE_IOERR_SHORT_READ || !bytes.Equal(b, append(bytes.Repeat([]byte{9}, 32), make([]byte, 32)...)) {
		t.Errorf("code %d, %x", rc, b)
	}
	if rc := write(o.tls, o.at, p, 8, 40); rc != sqlite3.SQLITE_OK || o.size() != 48 {
		t.Errorf("code %d, size %d", rc, o.size())
	}
}

// TestTheSameBytesLookDifferentInEveryFileAndPlace keeps databases, logs and journals apart.
func TestTheSameBytesLookDifferentInEveryFileAndPlace(t *testing.T) {
	k, err := deriveKeys(bytes.Repeat([]byte{7}, SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, flags := range []int32{sqlite3.SQLITE_OPEN_MAIN_DB, sqlite3.SQLITE_OPEN_WAL, sqlite3.SQLITE_OPEN_MAIN_JOURNAL, sqlite3.SQLITE_OPEN_TEMP_DB, sqlite3.SQLITE_OPEN_TEMP_DB} {
		c, err := k.cipher(flags)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int64{0, block, 1 << 40} {
			b := make([]byte, block)
			seal(c, b, at)
			if seen[string(b)] {
				t.Errorf("flags %x at %d: seen before", flags, at)
			}
			seen[string(b)] = true
		}
	}
}
