package sealed

import (
	"bytes"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/crypto/xts"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// head is what the engine sees of a file of ours; the engine's own file lies behind it in the same memory.
type head struct {
	methods uintptr
	handle  uintptr // in open files
}

const headSize = unsafe.Sizeof(head{})

// file is an open file. The engine gives each to one connection, which uses it one call at a time.
type file struct {
	real    uintptr // the engine's own file
	methods *sqlite3.Tsqlite3_io_methods
	cipher  *xts.Cipher
	scratch uintptr // memory of the engine's kind: its own files read and write there
	has     int     // bytes of it
}

var (
	files      sync.Map // handle → *file
	lastHandle atomic.Uintptr
)

func fileOf(pFile uintptr) *file {
	f, _ := files.Load((*head)(pointer(pFile)).handle)
	return f.(*file)
}

// Signatures of the engine.
type (
	openFunc func(tls *libc.TLS, pVfs, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32
	bareFunc func(tls *libc.TLS, pFile uintptr) int32
	intFunc  func(tls *libc.TLS, pFile uintptr, n int32) int32
	outFunc  func(tls *libc.TLS, pFile, out uintptr) int32
	sizeFunc func(tls *libc.TLS, pFile uintptr, size int64) int32
	moveFunc func(tls *libc.TLS, pFile, buf uintptr, n int32, at int64) int32
	ctrlFunc func(tls *libc.TLS, pFile uintptr, op int32, arg uintptr) int32
	mapFunc  func(tls *libc.TLS, pFile uintptr, region, size, extend int32, out uintptr) int32
	lockFunc func(tls *libc.TLS, pFile uintptr, offset, n, flags int32) int32
	voidFunc func(tls *libc.TLS, pFile uintptr)
)

// methods is version 2: without xFetch the engine cannot map a file into memory and read it past us.
var methods = sqlite3.Tsqlite3_io_methods{
	FiVersion: 2, FxClose: address[bareFunc](closeFile), FxRead: address[moveFunc](read), FxWrite: address[moveFunc](write), FxTruncate: address[sizeFunc](truncate),
	FxSync: address(intFunc(func(tls *libc.TLS, p uintptr, n int32) int32 {
		f := fileOf(p)
		return function[intFunc](f.methods.FxSync)(tls, f.real, n)
	})),
	FxFileSize: address[outFunc](fileSize),
	FxLock: address(intFunc(func(tls *libc.TLS, p uintptr, n int32) int32 {
		f := fileOf(p)
		return function[intFunc](f.methods.FxLock)(tls, f.real, n)
	})),
	FxUnlock: address(intFunc(func(tls *libc.TLS, p uintptr, n int32) int32 {
		f := fileOf(p)
		return function[intFunc](f.methods.FxUnlock)(tls, f.real, n)
	})),
	FxCheckReservedLock: address(outFunc(func(tls *libc.TLS, p, out uintptr) int32 {
		f := fileOf(p)
		return function[outFunc](f.methods.FxCheckReservedLock)(tls, f.real, out)
	})),
	FxFileControl: address[ctrlFunc](control),
	FxSectorSize: address(bareFunc(func(tls *libc.TLS, p uintptr) int32 {
		f := fileOf(p)
		return function[bareFunc](f.methods.FxSectorSize)(tls, f.real)
	})),
	FxDeviceCharacteristics: address[bareFunc](characteristics),
	FxShmMap: address(mapFunc(func(tls *libc.TLS, p uintptr, region, size, extend int32, out uintptr) int32 {
		f := fileOf(p)
		return function[mapFunc](f.methods.FxShmMap)(tls, f.real, region, size, extend, out)
	})),
	FxShmLock: address(lockFunc(func(tls *libc.TLS, p uintptr, offset, n, flags int32) int32 {
		f := fileOf(p)
		return function[lockFunc](f.methods.FxShmLock)(tls, f.real, offset, n, flags)
	})),
	FxShmBarrier: address(voidFunc(func(tls *libc.TLS, p uintptr) {
		f := fileOf(p)
		function[voidFunc](f.methods.FxShmBarrier)(tls, f.real)
	})),
	FxShmUnmap: address(intFunc(func(tls *libc.TLS, p uintptr, n int32) int32 {
		f := fileOf(p)
		return function[intFunc](f.methods.FxShmUnmap)(tls, f.real, n)
	})),
}

// open opens a file of the engine and refuses a database of another key before anyone can write to it, or take its log for an empty one and delete it.
func open(tls *libc.TLS, pVfs, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32 {
	h := (*head)(pointer(pFile))
	*h = head{}
	found, _ := byAddress.Load(pVfs)
	v := found.(*vfs)
	c, err := v.keys.cipher(flags)
	if err != nil {
		return sqlite3.SQLITE_CANTOPEN
	}
	f := &file{real: pFile + headSize, cipher: c, has: firstRoom}
	if f.scratch = libc.Xmalloc(tls, firstRoom); f.scratch == 0 {
		return sqlite3.SQLITE_NOMEM
	}
	if rc := function[openFunc]((*sqlite3.Tsqlite3_vfs)(pointer(v.real)).FxOpen)(tls, v.real, zName, f.real, flags, pOutFlags); rc != sqlite3.SQLITE_OK {
		libc.Xfree(tls, f.scratch)
		return rc
	}
	f.methods = (*sqlite3.Tsqlite3_io_methods)(pointer((*head)(pointer(f.real)).methods))
	if flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 && !f.ours(tls) {
		function[bareFunc](f.methods.FxClose)(tls, f.real)
		libc.Xfree(tls, f.scratch)
		return sqlite3.SQLITE_NOTADB
	}
	h.handle = lastHandle.Add(1)
	files.Store(h.handle, f)
	h.methods = uintptr(unsafe.Pointer(&methods))
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
	files.Delete((*head)(pointer(pFile)).handle)
	libc.Xfree(tls, f.scratch)
	return function[bareFunc](f.methods.FxClose)(tls, f.real)
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
	return unsafe.Slice((*byte)(pointer(f.scratch)), n)
}

// size is that of the file on disk.
func (f *file) size(tls *libc.TLS) (int64, int32) {
	out := tls.Alloc(8)
	defer tls.Free(8)
	rc := function[outFunc](f.methods.FxFileSize)(tls, f.real, out)
	return *(*int64)(pointer(out)), rc
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
		rc = function[moveFunc](f.methods.FxRead)(tls, f.real, buf, int32(n), at)
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
	into := unsafe.Slice((*byte)(pointer(buf)), n)
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
	copy(b[at-first:], unsafe.Slice((*byte)(pointer(buf)), n))
	seal(f.cipher, b, first)
	return function[moveFunc](f.methods.FxWrite)(tls, f.real, f.scratch, int32(len(b)), first)
}

// truncate keeps the last block whole, so that it can still be read.
func truncate(tls *libc.TLS, pFile uintptr, size int64) int32 {
	f := fileOf(pFile)
	return function[sizeFunc](f.methods.FxTruncate)(tls, f.real, (size+block-1)&^(block-1))
}

// fileSize counts whole blocks: up to fifteen bytes more than were written last, which the engine takes for an unfinished frame of a log; and not the piece of a
// block that a crash may leave.
func fileSize(tls *libc.TLS, pFile, out uintptr) int32 {
	size, rc := fileOf(pFile).size(tls)
	*(*int64)(pointer(out)) = size &^ (block - 1)
	return rc
}

// control lets the engine talk to its own file, but for mapping it into memory.
func control(tls *libc.TLS, pFile uintptr, op int32, arg uintptr) int32 {
	if op == sqlite3.SQLITE_FCNTL_MMAP_SIZE {
		*(*int64)(pointer(arg)) = 0
		return sqlite3.SQLITE_OK
	}
	f := fileOf(pFile)
	return function[ctrlFunc](f.methods.FxFileControl)(tls, f.real, op, arg)
}

// characteristics promises the engine nothing about what a write leaves of its neighbours: a block is rewritten whole, so a write that the power cuts in the middle of
// a block may take up to fifteen bytes beside it. The engine then ends each commit on a sector of its own, and no later write touches a block that was acknowledged.
func characteristics(tls *libc.TLS, pFile uintptr) int32 {
	f := fileOf(pFile)
	return function[bareFunc](f.methods.FxDeviceCharacteristics)(tls, f.real) & (sqlite3.SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | sqlite3.SQLITE_IOCAP_IMMUTABLE)
}
