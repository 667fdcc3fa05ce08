package sealed

import (
	"bytes"
	"unsafe"

	"citypost/internal/sqldb/layer"

	"golang.org/x/crypto/xts"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// file is an open file.
type file struct {
	layer.Real // the engine's own
	cipher     *xts.Cipher
	scratch    uintptr // memory of the engine's kind: its own files read and write there
	has        int     // bytes of it
}

var files layer.Files[file]

func fileOf(pFile uintptr) *file { return files.Of(pFile) }

// methods are ours where bytes and their number are concerned, and the engine's own otherwise.
var methods = func() sqlite3.Tsqlite3_io_methods {
	m := layer.Forward(func(p uintptr) layer.Real { return fileOf(p).Real })
	m.FxClose, m.FxFileSize, m.FxDeviceCharacteristics = layer.Address[layer.BareFunc](closeFile), layer.Address[layer.OutFunc](fileSize), layer.Address[layer.BareFunc](characteristics)
	m.FxRead, m.FxWrite, m.FxTruncate = layer.Address[layer.MoveFunc](read), layer.Address[layer.MoveFunc](write), layer.Address[layer.SizeFunc](truncate)
	return m
}()

// open opens a file of the engine and refuses a database of another key before anyone can write to it, or take its log for an empty one and delete it.
func open(tls *libc.TLS, pVfs, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32 {
	*layer.HeadOf(pFile) = layer.Head{}
	found, _ := byAddress.Load(pVfs)
	v := found.(*vfs)
	c, err := v.keys.cipher(flags)
	if err != nil {
		return sqlite3.SQLITE_CANTOPEN
	}
	f := &file{cipher: c, has: firstRoom}
	if f.scratch = libc.Xmalloc(tls, firstRoom); f.scratch == 0 {
		return sqlite3.SQLITE_NOMEM
	}
	if rc := v.openReal(tls, zName, pFile+layer.HeadSize, flags, pOutFlags); rc != sqlite3.SQLITE_OK {
		libc.Xfree(tls, f.scratch)
		return rc
	}
	f.Real = layer.RealOf(pFile)
	if flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 && !f.ours(tls) {
		layer.Function[layer.BareFunc](f.Methods.FxClose)(tls, f.At)
		libc.Xfree(tls, f.scratch)
		return sqlite3.SQLITE_NOTADB
	}
	files.Add(pFile, &methods, f)
	return sqlite3.SQLITE_OK
}

// magic is the first block of every database of the engine, and it never changes.
var magic = []byte("SQLite format 3\x00")

// ours reports whether a database is new or was sealed with our key. Blocks of zeros are what a crash leaves of a database that was just being made.
func (f *file) ours(tls *libc.TLS) bool {
	b, got, rc := f.load(tls, 0, block)
	if rc != sqlite3.SQLITE_OK {
		return false
	}
	if got == 0 {
		size, rc := f.size(tls)
		return rc == sqlite3.SQLITE_OK && size == 0
	}
	if bytes.Equal(b, make([]byte, block)) {
		return true
	}
	unseal(f.cipher, b, 0)
	return bytes.Equal(b, magic)
}

func closeFile(tls *libc.TLS, pFile uintptr) int32 {
	f := fileOf(pFile)
	files.Remove(pFile)
	libc.Xfree(tls, f.scratch)
	return layer.Function[layer.BareFunc](f.Methods.FxClose)(tls, f.At)
}

// firstRoom holds a page of the usual size with the ends of two blocks.
const firstRoom = 8 << 10

// room gives n bytes to work in; nil when there is no memory.
func (f *file) room(tls *libc.TLS, n int) []byte {
	if f.has < n {
		libc.Xfree(tls, f.scratch)
		f.scratch, f.has = libc.Xmalloc(tls, uint64(n)), n
	}
	if f.scratch == 0 {
		f.has = 0
		return nil
	}
	return unsafe.Slice((*byte)(layer.Pointer(f.scratch)), n)
}

// size is that of the file on disk.
func (f *file) size(tls *libc.TLS) (int64, int32) {
	out := tls.Alloc(8)
	defer tls.Free(8)
	rc := layer.Function[layer.OutFunc](f.Methods.FxFileSize)(tls, f.At, out)
	return *(*int64)(layer.Pointer(out)), rc
}

// load reads n bytes of whole blocks, still sealed. got says how many of them are there: less than n at the end of the file.
func (f *file) load(tls *libc.TLS, at int64, n int) (b []byte, got int, rc int32) {
	if b = f.room(tls, n); b == nil {
		return nil, 0, sqlite3.SQLITE_IOERR_NOMEM
	}
	got, rc = f.loadInto(tls, f.scratch, at, n)
	return b, got, rc
}

// loadInto is load for memory that the engine owns. At the end of the file the engine does not say how much it read, so the whole blocks that are there are asked
// for again; the file may have become shorter or longer in between, therefore a loop.
func (f *file) loadInto(tls *libc.TLS, buf uintptr, at int64, n int) (got int, rc int32) {
	for n > 0 {
		rc = layer.Function[layer.MoveFunc](f.Methods.FxRead)(tls, f.At, buf, int32(n), at)
		if rc != sqlite3.SQLITE_IOERR_SHORT_READ {
			return n, rc
		}
		size, rc := f.size(tls)
		if rc != sqlite3.SQLITE_OK {
			return 0, rc
		}
		n = min(n-block, int(max(0, size-at))) &^ (block - 1)
	}
	return 0, sqlite3.SQLITE_OK
}

// read gives plain bytes of any place and length.
func read(tls *libc.TLS, pFile, buf uintptr, n int32, at int64) int32 {
	f := fileOf(pFile)
	into := unsafe.Slice((*byte)(layer.Pointer(buf)), n)
	first, end := at&^(block-1), (at+int64(n)+block-1)&^(block-1)
	if first == at && end == at+int64(n) {
		got, rc := f.loadInto(tls, buf, at, int(n))
		if rc != sqlite3.SQLITE_OK {
			return rc
		}
		unseal(f.cipher, into[:got], at)
		return short(into, got)
	}
	b, got, rc := f.load(tls, first, int(end-first))
	if rc != sqlite3.SQLITE_OK {
		return rc
	}
	unseal(f.cipher, b[:got], first)
	copied := 0
	if skip := int(at - first); got > skip {
		copied = copy(into, b[skip:got])
	}
	return short(into, copied)
}

// short says whether a read came to the end of the file; what lies beyond reads as zeros.
func short(into []byte, got int) int32 {
	if got == len(into) {
		return sqlite3.SQLITE_OK
	}
	clear(into[got:])
	return sqlite3.SQLITE_IOERR_SHORT_READ
}

// write seals bytes of any place and length. The blocks at both ends are read first and written back with what they held beside.
func write(tls *libc.TLS, pFile, buf uintptr, n int32, at int64) int32 {
	f := fileOf(pFile)
	first, end := at&^(block-1), (at+int64(n)+block-1)&^(block-1)
	b := f.room(tls, int(end-first))
	if b == nil {
		return sqlite3.SQLITE_IOERR_NOMEM
	}
	edge := func(from int64) int32 {
		e := b[from-first:][:block]
		clear(e)
		got, rc := f.loadInto(tls, f.scratch+uintptr(from-first), from, block)
		unseal(f.cipher, e[:got], from)
		return rc
	}
	if first != at {
		if rc := edge(first); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if end != at+int64(n) && (end-block != first || first == at) {
		if rc := edge(end - block); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	copy(b[at-first:], unsafe.Slice((*byte)(layer.Pointer(buf)), n))
	seal(f.cipher, b, first)
	return layer.Function[layer.MoveFunc](f.Methods.FxWrite)(tls, f.At, f.scratch, int32(len(b)), first)
}

// truncate keeps the last block whole, so that it can still be read.
func truncate(tls *libc.TLS, pFile uintptr, size int64) int32 {
	f := fileOf(pFile)
	return layer.Function[layer.SizeFunc](f.Methods.FxTruncate)(tls, f.At, (size+block-1)&^(block-1))
}

// fileSize counts whole blocks: up to fifteen bytes more than were written last, which the engine takes for an unfinished frame of a log; and not the piece of a
// block that a crash may leave.
func fileSize(tls *libc.TLS, pFile, out uintptr) int32 {
	size, rc := fileOf(pFile).size(tls)
	*(*int64)(layer.Pointer(out)) = size &^ (block - 1)
	return rc
}

// characteristics promises the engine nothing about what a write leaves of its neighbours: a block is rewritten whole, so a write that the power cuts in the middle of
// a block may take up to fifteen bytes beside it. The engine then ends each commit on a sector of its own, and no later write touches a block that was acknowledged.
func characteristics(tls *libc.TLS, pFile uintptr) int32 {
	f := fileOf(pFile)
	return layer.Function[layer.BareFunc](f.Methods.FxDeviceCharacteristics)(tls, f.At) & (sqlite3.SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | sqlite3.SQLITE_IOCAP_IMMUTABLE)
}
