package strongbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"citypost/internal/fault"
)

// Whoever has opened a box holds its folder, together with others; whoever exchanges the secret holds it alone. The system lets go when the process dies, however it
// dies, so nothing of it lies on disk.

// enter holds the folder, and first ends an exchange of the secret that was decided and not carried out.
func enter(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // whoever reads the key file says what is missing
	}
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, readyDir)); err == nil {
		if err := lock(f, syscall.LOCK_EX); err != nil {
			return nil, errors.Join(busy(), f.Close())
		}
		if err := settle(dir, func(string) {}); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	if err := lock(f, syscall.LOCK_SH); err != nil {
		return nil, errors.Join(busy(), f.Close())
	}
	return f, nil
}

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

// Alone makes sure that nobody else has the house open, until Close.
func (b *Box) Alone() error {
	if b.held == nil || lock(b.held, syscall.LOCK_EX) != nil {
		return fault.New(fault.Conflict, "closed.in_use", "Nhà nội bộ đang mở ở nơi khác (closed serve hoặc một lệnh khác). Dừng lại rồi làm.",
			"The closed house is open elsewhere (closed serve, or another command). Stop that first.")
	}
	return nil
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
