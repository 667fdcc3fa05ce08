// Package layer is what a layer between SQLite and its files needs, whatever it does to the bytes.
//
// It owns the shape of such a layer: the engine sees a file of ours whose first words are a table of methods and a handle, and the engine's own file lies behind
// it in the same memory. Its promise: every call that a layer does not take itself reaches the file behind unchanged.
// It leans on modernc.org/sqlite/lib, which keeps functions and memory as addresses, and holds all the unsafe conversions that this asks for.
// What happens to bytes it leaves to others: package sealed encrypts them, package power forgets them. Start with Forward.
package layer

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Signatures of the engine.
type (
	OpenFunc   func(tls *libc.TLS, pVfs, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32
	DeleteFunc func(tls *libc.TLS, pVfs, zName uintptr, syncFolder int32) int32
	BareFunc   func(tls *libc.TLS, pFile uintptr) int32
	IntFunc    func(tls *libc.TLS, pFile uintptr, n int32) int32
	OutFunc    func(tls *libc.TLS, pFile, out uintptr) int32
	SizeFunc   func(tls *libc.TLS, pFile uintptr, size int64) int32
	MoveFunc   func(tls *libc.TLS, pFile, buf uintptr, n int32, at int64) int32
	CtrlFunc   func(tls *libc.TLS, pFile uintptr, op int32, arg uintptr) int32
	MapFunc    func(tls *libc.TLS, pFile uintptr, region, size, extend int32, out uintptr) int32
	LockFunc   func(tls *libc.TLS, pFile uintptr, offset, n, flags int32) int32
	VoidFunc   func(tls *libc.TLS, pFile uintptr)
)

// Head is what the engine sees of a file of ours; the engine's own file lies behind it.
type Head struct {
	Methods uintptr
	Handle  uintptr // in open files
}

// HeadSize is where the file behind begins.
const HeadSize = unsafe.Sizeof(Head{})

// HeadOf gives the head of a file that the engine names.
func HeadOf(pFile uintptr) *Head { return (*Head)(Pointer(pFile)) }

// Real is the file behind ours.
type Real struct {
	At      uintptr
	Methods *sqlite3.Tsqlite3_io_methods
}

// RealOf gives the file behind one that was just opened.
func RealOf(pFile uintptr) Real {
	at := pFile + HeadSize
	return Real{at, (*sqlite3.Tsqlite3_io_methods)(Pointer(HeadOf(at).Methods))}
}

// Files keeps what a layer knows of its open files. The engine gives each file to one connection, which uses it one call at a time.
type Files[F any] struct {
	open sync.Map // handle → *F
	last atomic.Uintptr
}

// Add gives a file to the engine: its head now leads to f and to the layer's methods.
func (s *Files[F]) Add(pFile uintptr, methods *sqlite3.Tsqlite3_io_methods, f *F) {
	h := HeadOf(pFile)
	h.Handle = s.last.Add(1)
	s.open.Store(h.Handle, f)
	h.Methods = uintptr(unsafe.Pointer(methods))
}

// Of gives what the layer knows of a file that the engine names.
func (s *Files[F]) Of(pFile uintptr) *F {
	f, _ := s.open.Load(HeadOf(pFile).Handle)
	return f.(*F)
}

// Remove forgets a file that is being closed.
func (s *Files[F]) Remove(pFile uintptr) { s.open.Delete(HeadOf(pFile).Handle) }

// kept holds functions that the engine knows by their address only, so that nobody clears them away.
var kept []any

// Forward gives methods that hand every call on to the file behind. It is version 2: without xFetch the engine cannot map a file into memory and read it past the layer.
// Call it once for each layer.
func Forward(behind func(pFile uintptr) Real) sqlite3.Tsqlite3_io_methods {
	bare := func(of func(*sqlite3.Tsqlite3_io_methods) uintptr) uintptr {
		return keep(BareFunc(func(tls *libc.TLS, p uintptr) int32 {
			r := behind(p)
			return Function[BareFunc](of(r.Methods))(tls, r.At)
		}))
	}
	number := func(of func(*sqlite3.Tsqlite3_io_methods) uintptr) uintptr {
		return keep(IntFunc(func(tls *libc.TLS, p uintptr, n int32) int32 {
			r := behind(p)
			return Function[IntFunc](of(r.Methods))(tls, r.At, n)
		}))
	}
	out := func(of func(*sqlite3.Tsqlite3_io_methods) uintptr) uintptr {
		return keep(OutFunc(func(tls *libc.TLS, p, out uintptr) int32 {
			r := behind(p)
			return Function[OutFunc](of(r.Methods))(tls, r.At, out)
		}))
	}
	move := func(of func(*sqlite3.Tsqlite3_io_methods) uintptr) uintptr {
		return keep(MoveFunc(func(tls *libc.TLS, p, buf uintptr, n int32, at int64) int32 {
			r := behind(p)
			return Function[MoveFunc](of(r.Methods))(tls, r.At, buf, n, at)
		}))
	}
	return sqlite3.Tsqlite3_io_methods{
		FiVersion:               2,
		FxClose:                 bare(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxClose }),
		FxRead:                  move(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxRead }),
		FxWrite:                 move(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxWrite }),
		FxSync:                  number(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxSync }),
		FxFileSize:              out(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxFileSize }),
		FxLock:                  number(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxLock }),
		FxUnlock:                number(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxUnlock }),
		FxShmUnmap:              number(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxShmUnmap }),
		FxSectorSize:            bare(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxSectorSize }),
		FxCheckReservedLock:     out(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxCheckReservedLock }),
		FxDeviceCharacteristics: bare(func(m *sqlite3.Tsqlite3_io_methods) uintptr { return m.FxDeviceCharacteristics }),
		FxTruncate: keep(SizeFunc(func(tls *libc.TLS, p uintptr, size int64) int32 {
			r := behind(p)
			return Function[SizeFunc](r.Methods.FxTruncate)(tls, r.At, size)
		})),
		FxFileControl: keep(CtrlFunc(func(tls *libc.TLS, p uintptr, op int32, arg uintptr) int32 {
			if op == sqlite3.SQLITE_FCNTL_MMAP_SIZE {
				*(*int64)(Pointer(arg)) = 0
				return sqlite3.SQLITE_OK
			}
			r := behind(p)
			return Function[CtrlFunc](r.Methods.FxFileControl)(tls, r.At, op, arg)
		})),
		FxShmMap: keep(MapFunc(func(tls *libc.TLS, p uintptr, region, size, extend int32, out uintptr) int32 {
			r := behind(p)
			return Function[MapFunc](r.Methods.FxShmMap)(tls, r.At, region, size, extend, out)
		})),
		FxShmLock: keep(LockFunc(func(tls *libc.TLS, p uintptr, offset, n, flags int32) int32 {
			r := behind(p)
			return Function[LockFunc](r.Methods.FxShmLock)(tls, r.At, offset, n, flags)
		})),
		FxShmBarrier: keep(VoidFunc(func(tls *libc.TLS, p uintptr) {
			r := behind(p)
			Function[VoidFunc](r.Methods.FxShmBarrier)(tls, r.At)
		})),
	}
}

func keep[F any](f F) uintptr {
	kept = append(kept, f)
	return Address(f)
}

// Register makes a layer known to the engine under a name, over the files that the engine uses now when nobody names others. change puts in what the layer does itself.
// usual makes it the one that is used when nobody names another. What it gives lives as long as the process: the engine keeps its address.
func Register(name string, usual bool, change func(vfs *sqlite3.Tsqlite3_vfs)) (at, real uintptr, err error) {
	tls := libc.NewTLS()
	defer tls.Close()
	if real = sqlite3.Xsqlite3_vfs_find(tls, 0); real == 0 {
		return 0, 0, fmt.Errorf("register %s: the engine has no files of its own", name)
	}
	zName, err := libc.CString(name) // never freed, like the vfs
	if err != nil {
		return 0, 0, err
	}
	if at = libc.Xcalloc(tls, 1, uint64(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{}))); at == 0 {
		return 0, 0, fmt.Errorf("register %s: no memory", name)
	}
	v := (*sqlite3.Tsqlite3_vfs)(Pointer(at))
	*v = *(*sqlite3.Tsqlite3_vfs)(Pointer(real))
	v.FpNext, v.FzName = 0, zName
	v.FszOsFile += int32(HeadSize)
	change(v)
	first := int32(0)
	if usual {
		first = 1
	}
	if rc := sqlite3.Xsqlite3_vfs_register(tls, at, first); rc != sqlite3.SQLITE_OK {
		return 0, 0, fmt.Errorf("register %s: code %d", name, rc)
	}
	return at, real, nil
}

// Pointer is for addresses that the engine handed us.
func Pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// Address gives a function to the engine, which keeps functions as addresses. The function must be one of a package, or be kept otherwise.
func Address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// Function is the way back.
func Function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }
