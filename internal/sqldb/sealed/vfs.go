package sealed

import (
	"sync"

	"citypost/internal/sqldb/layer"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// vfs is the engine's view of one secret. It lives as long as the process: the engine keeps its address.
type vfs struct {
	at   uintptr // in the engine's memory
	real uintptr // the engine's own files
	keys *keys
}

// openReal opens the engine's own file.
func (v *vfs) openReal(tls *libc.TLS, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32 {
	open := (*sqlite3.Tsqlite3_vfs)(layer.Pointer(v.real)).FxOpen
	return layer.Function[layer.OpenFunc](open)(tls, v.real, zName, pFile, flags, pOutFlags)
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
	v := &vfs{keys: k}
	v.at, v.real, err = layer.Register(k.name, false, func(m *sqlite3.Tsqlite3_vfs) {
		m.FxOpen = layer.Address[layer.OpenFunc](open) // deleting, looking and naming need no key: the engine's own serve
	})
	if err != nil {
		return "", err
	}
	byAddress.Store(v.at, v)
	registered[k.name] = v
	return k.name, nil
}
