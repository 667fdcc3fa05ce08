package sealed

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// vfs is the engine's view of one secret. It lives as long as the process: the engine keeps its address.
type vfs struct {
	*sqlite3.Tsqlite3_vfs         // in the engine's memory
	at                    uintptr // there
	real                  uintptr // the engine's own files
	keys                  *keys
}

var (
	registering sync.Mutex
	registered  = map[string]*vfs{}
	byAddress   sync.Map // uintptr → *vfs
)

// Register makes the files of a secret known to the engine and gives the name to open them with ("file:…?vfs=name"). The same secret gives the same name.
func Register(secret []byte) (name string, err error) {
	k, err := deriveKeys(secret)
	if err != nil {
		return "", err
	}
	registering.Lock()
	defer registering.Unlock()
	if registered[k.name] != nil {
		return k.name, nil
	}
	tls := libc.NewTLS()
	defer tls.Close()
	real := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if real == 0 {
		return "", fmt.Errorf("sealed: the engine has no files of its own")
	}
	zName, err := libc.CString(k.name) // never freed, like the vfs
	if err != nil {
		return "", err
	}
	at := libc.Xcalloc(tls, 1, uint64(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	if at == 0 {
		return "", fmt.Errorf("sealed: no memory")
	}
	v := &vfs{Tsqlite3_vfs: (*sqlite3.Tsqlite3_vfs)(pointer(at)), at: at, real: real, keys: k}
	*v.Tsqlite3_vfs = *(*sqlite3.Tsqlite3_vfs)(pointer(real))
	v.FpNext, v.FzName = 0, zName
	v.FszOsFile += int32(headSize)
	v.FxOpen = address[openFunc](open) // deleting, looking and naming need no key: the engine's own serve
	byAddress.Store(at, v)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, at, 0); rc != sqlite3.SQLITE_OK {
		byAddress.Delete(at)
		return "", fmt.Errorf("sealed: register: code %d", rc)
	}
	registered[k.name] = v
	return k.name, nil
}

// pointer is for addresses that the engine handed us.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// address gives a function of the package to the engine, which keeps functions as addresses.
func address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the way back.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }
