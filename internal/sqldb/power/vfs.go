package power

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"unsafe"

	"citypost/internal/sqldb/layer"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// file is an open file of the engine; disk is nil when nobody watches its folder.
type file struct {
	layer.Real
	disk   *Disk
	node   *inode
	folder bool // its folder is synced with its next sync
}

var (
	files   layer.Files[file]
	watched sync.Map // folder → *Disk
)

// methods pass everything on to the real files, so that the engine sees what it wrote, and tell the disk.
var methods = func() sqlite3.Tsqlite3_io_methods {
	m := layer.Forward(func(p uintptr) layer.Real { return files.Of(p).Real })
	m.FxClose, m.FxWrite = layer.Address[layer.BareFunc](closeFile), layer.Address[layer.MoveFunc](write)
	m.FxTruncate, m.FxSync = layer.Address[layer.SizeFunc](truncate), layer.Address[layer.IntFunc](syncFile)
	return m
}()

// real is the engine's own files, once the layer over them is registered; it lives as long as the process.
var real uintptr

var register = sync.OnceValue(func() (err error) {
	_, real, err = layer.Register("power", true, func(m *sqlite3.Tsqlite3_vfs) {
		m.FxOpen, m.FxDelete = layer.Address[layer.OpenFunc](open), layer.Address[layer.DeleteFunc](remove)
	})
	return err
})

// Watch begins to remember what is done to the files of a folder. What lies there already counts as synced. From the first call on, all databases of the process that name no
// other layer lie above this one; it leaves those of other folders alone.
func Watch(dir string) (*Disk, error) {
	if err := register(); err != nil {
		return nil, err
	}
	dir, err := filepath.EvalSymlinks(dir) // as the engine names it
	if err != nil {
		return nil, err
	}
	d := &Disk{dir: dir, names: map[string]*inode{}, lasting: map[string]*inode{}, done: make(chan struct{})}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		n := &inode{lasting: b}
		d.names[e.Name()], d.lasting[e.Name()] = n, n
	}
	if _, twice := watched.LoadOrStore(dir, d); twice {
		return nil, fmt.Errorf("%s is watched already", dir)
	}
	return d, nil
}

// Forget ends the watch; close the databases before.
func (d *Disk) Forget() { watched.Delete(d.dir) }

// diskOf gives the disk and the name of a file; nil when nobody watches it.
func diskOf(zName uintptr) (*Disk, string) {
	if zName == 0 { // a temporary file
		return nil, ""
	}
	path := libc.GoString(zName)
	d, ok := watched.Load(filepath.Dir(path))
	if !ok {
		return nil, ""
	}
	return d.(*Disk), filepath.Base(path)
}

// newLog are the kinds of files of which the engine syncs the folder with their first sync.
const newLog = sqlite3.SQLITE_OPEN_MAIN_JOURNAL | sqlite3.SQLITE_OPEN_SUPER_JOURNAL | sqlite3.SQLITE_OPEN_WAL

func open(tls *libc.TLS, _, zName, pFile uintptr, flags int32, pOutFlags uintptr) int32 {
	*layer.HeadOf(pFile) = layer.Head{}
	next := (*sqlite3.Tsqlite3_vfs)(layer.Pointer(real)).FxOpen
	if rc := layer.Function[layer.OpenFunc](next)(tls, real, zName, pFile+layer.HeadSize, flags, pOutFlags); rc != sqlite3.SQLITE_OK {
		return rc
	}
	f := &file{Real: layer.RealOf(pFile)}
	if d, name := diskOf(zName); d != nil {
		f.disk, f.node = d, d.open(name)
		f.folder = flags&sqlite3.SQLITE_OPEN_CREATE != 0 && flags&newLog != 0
	}
	files.Add(pFile, &methods, f)
	return sqlite3.SQLITE_OK
}

func closeFile(tls *libc.TLS, pFile uintptr) int32 {
	f := files.Of(pFile)
	files.Remove(pFile)
	return layer.Function[layer.BareFunc](f.Methods.FxClose)(tls, f.At)
}

func write(tls *libc.TLS, pFile, buf uintptr, n int32, at int64) int32 {
	f := files.Of(pFile)
	if f.disk != nil {
		f.disk.write(f.node, at, unsafe.Slice((*byte)(layer.Pointer(buf)), n))
	}
	return layer.Function[layer.MoveFunc](f.Methods.FxWrite)(tls, f.At, buf, n, at)
}

func truncate(tls *libc.TLS, pFile uintptr, size int64) int32 {
	f := files.Of(pFile)
	if f.disk != nil {
		f.disk.shorten(f.node, size)
	}
	return layer.Function[layer.SizeFunc](f.Methods.FxTruncate)(tls, f.At, size)
}

// syncFile is the disk's affair where it is watched: whether the real one keeps its word plays no part, and it would only take time.
func syncFile(tls *libc.TLS, pFile uintptr, flags int32) int32 {
	f := files.Of(pFile)
	if f.disk == nil {
		return layer.Function[layer.IntFunc](f.Methods.FxSync)(tls, f.At, flags)
	}
	f.disk.sync(f.node, f.folder)
	f.folder = false
	return sqlite3.SQLITE_OK
}

func remove(tls *libc.TLS, _, zName uintptr, syncFolder int32) int32 {
	next := (*sqlite3.Tsqlite3_vfs)(layer.Pointer(real)).FxDelete
	rc := layer.Function[layer.DeleteFunc](next)(tls, real, zName, syncFolder)
	if d, name := diskOf(zName); d != nil && rc == sqlite3.SQLITE_OK {
		d.remove(name, syncFolder&1 != 0)
	}
	return rc
}
