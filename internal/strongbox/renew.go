package strongbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A secret is exchanged in a folder beside: there everything is made anew under the new secret, complete and on disk. Then one renaming of the folder decides. Before
// it nothing has happened, after it the files only have to be put in place; whoever opens the box next does that where a crash came first.
const (
	makingDir = ".rekey"      // not decided: thrown away
	readyDir  = "rekey.ready" // decided: put in place
)

// Renewal is a new secret in the making.
type Renewal struct {
	Box      *Box   // the new one; its folder is Dir until Commit
	Recovery string // its recovery code: tell it before Commit
	Dir      string
	old      *Box
	step     func(string) // where a test lets the power fail
}

// Renew makes a new secret under a passphrase, with the box's small secrets sealed anew. Whatever else is sealed under the secret, its owner puts into Dir; then Commit.
// The old key file stays in the folder under another name: copies that were made before open with it.
func (b *Box) Renew(passphrase string, now time.Time, c Cost, step func(string)) (*Renewal, error) {
	if err := b.Alone(); err != nil {
		return nil, err
	}
	r := &Renewal{Dir: filepath.Join(b.dir, makingDir), old: b, step: step}
	if err := os.RemoveAll(r.Dir); err != nil { // what a crash left
		return nil, err
	}
	var err error
	if r.Box, r.Recovery, err = Create(r.Dir, passphrase, now, c); err != nil {
		return nil, err
	}
	names, err := b.Names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		secret, err := b.Read(name)
		if err != nil {
			return nil, err
		}
		if err := r.Box.Keep(name, secret); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Abandon throws away what was made.
func (r *Renewal) Abandon() error { return errors.Join(r.Box.Close(), os.RemoveAll(r.Dir)) }

// Commit lets the new secret hold from now on. When it returns nil, everything is in place; after a crash in the middle the next Open decides in the same way.
func (r *Renewal) Commit() error {
	entries, err := os.ReadDir(r.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := syncPath(filepath.Join(r.Dir, e.Name())); err != nil {
			return err
		}
	}
	if err := syncPath(r.Dir); err != nil {
		return err
	}
	r.step("ready")
	if err := os.Rename(r.Dir, filepath.Join(r.old.dir, readyDir)); err != nil {
		return err
	}
	if err := syncPath(r.old.dir); err != nil {
		return err
	}
	r.step("decided")
	if err := settle(r.old.dir, r.step); err != nil {
		return err
	}
	err = r.Box.Close()
	r.Box.dir, r.Box.held, r.old.held = r.old.dir, r.old.held, nil
	return err
}

// settle puts in place what was decided. It may be begun again at any point; the key file comes last. Logs of the old files go first: their files would not fit them.
func settle(dir string, step func(string)) error {
	ready := filepath.Join(dir, readyDir)
	entries, err := os.ReadDir(ready)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := keepOld(dir); err != nil {
		return err
	}
	step("old key kept")
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(lastIs(a.Name()), lastIs(b.Name())) })
	for _, e := range entries {
		for _, log := range []string{"-wal", "-shm", "-journal"} {
			if err := os.Remove(filepath.Join(dir, e.Name()+log)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := syncPath(dir); err != nil {
			return err
		}
		step("before " + e.Name())
		if err := os.Rename(filepath.Join(ready, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return err
		}
		if err := syncPath(dir); err != nil {
			return err
		}
		step("after " + e.Name())
	}
	return errors.Join(os.Remove(ready), syncPath(dir))
}

func lastIs(name string) string {
	if name == KeyFile {
		return "\xff"
	}
	return name
}

// OldKeyPrefix begins the name of a key file that was exchanged; its fingerprint follows.
const OldKeyPrefix = KeyFile + ".old-"

// keepOld keeps the old key file beside the new one. When the new one is in place already, there is nothing to keep.
func keepOld(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, readyDir, KeyFile)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := readKeyFile(dir)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, KeyFile))
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, OldKeyPrefix+f.Fingerprint), text)
}

// Names lists the small secrets of the box.
func (b *Box) Names() ([]string, error) { return NamesIn(b.dir) }

// NamesIn lists the small secrets that a folder holds, of whatever box.
func NamesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), SealedName("")); ok {
			names = append(names, name)
		}
	}
	return names, err
}

// Drop removes a small secret.
func (b *Box) Drop(name string) error {
	if err := os.Remove(filepath.Join(b.dir, SealedName(name))); err != nil {
		return err
	}
	return syncPath(b.dir)
}

// Made is when the secret was made.
func (b *Box) Made() time.Time { return time.UnixMilli(b.file.MadeMs) }

// Cost is what one try of the box's passphrase takes.
func (b *Box) Cost() Cost { return b.file.Passphrase.cost() }

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
