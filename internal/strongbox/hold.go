package strongbox

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"citypost/internal/fault"
)

// Whoever has opened a box holds its folder, together with others; whoever exchanges the secret holds it alone. The system lets go when the process dies, however it
// dies, so nothing of it lies on disk.

// enter holds the folder, and first ends an exchange of the secret that was decided and not carried out. It looks for one only while it holds the folder: nobody can decide one then.
func enter(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // whoever reads the key file says what is missing
	}
	if err != nil {
		return nil, err
	}
	for range enterTries {
		inside, err := tryEnter(f, dir)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if inside {
			return f, nil
		}
		time.Sleep(time.Duration(1+rand.IntN(20)) * time.Millisecond)
	}
	return nil, errors.Join(busy(), f.Close())
}

// tryEnter takes the folder. When an exchange was left behind it ends that, and is not inside yet; nor is it when another one comes between.
func tryEnter(f *os.File, dir string) (inside bool, err error) {
	if lock(f, syscall.LOCK_SH) != nil {
		return false, nil
	}
	_, err = os.Stat(filepath.Join(dir, readyDir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case lock(f, syscall.LOCK_EX) == nil:
		if err := settle(dir, func(string) {}); err != nil {
			return false, err
		}
	}
	return false, lock(f, syscall.LOCK_UN) // two who both stayed would wait for each other
}

// enterTries bounds how often enter tries, 10 ms apart on average: longer than an exchange takes to be put in place, shorter than one takes to be made.
const enterTries = 20

func lock(f *os.File, how int) error {
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EINVAL) { // a file system without locks: then the administrator is alone by his word
		return nil
	}
	return err
}

func busy() error {
	return fault.New(fault.Conflict, "closed.rekeying", "Nhà nội bộ đang được đổi khoá. Chờ xong rồi làm lại.", "The key of the closed house is being exchanged. Wait until it is done, then try again.")
}

// Alone makes sure that nobody else has the house open, until Close. When somebody has, the box holds the folder as before: a failed change of the lock has let go of it.
func (b *Box) Alone() error {
	if b.held != nil && lock(b.held, syscall.LOCK_EX) == nil {
		return nil
	}
	if b.held != nil && lock(b.held, syscall.LOCK_SH) != nil { // in between somebody began an exchange
		return errors.Join(busy(), b.Close())
	}
	return fault.New(fault.Conflict, "closed.in_use", "Nhà nội bộ đang mở ở nơi khác (closed serve hoặc một lệnh khác). Dừng lại rồi làm.",
		"The closed house is open elsewhere (closed serve, or another command). Stop that first.")
}

// Close lets go of the folder. The secret stays in memory until the process ends.
func (b *Box) Close() error {
	if b.held == nil {
		return nil
	}
	f := b.held
	b.held = nil
	return f.Close()
}
