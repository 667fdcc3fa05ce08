package upkeep

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"citypost/internal/fault"
)

// A copy of a closed house is authentic: beside the manifest, which holds the digests of every other file, lies an HMAC-SHA256 over the manifest's bytes under a key
// that only the strongbox gives. Whoever lacks it can neither alter a copy nor join parts of two. An older copy, whole, stays authentic.

// proofFile holds one line: proofFormat, the fingerprint of the strongbox, the HMAC in hex. The fingerprint only says which key file to fetch.
const (
	proofFile   = "manifest.hmac"
	proofFormat = "citypost backup 1"
)

func (s Sealed) proof(manifest []byte) []byte {
	m := hmac.New(sha256.New, s.Proof)
	m.Write(manifest)
	return fmt.Appendf(nil, "%s %s %s\n", proofFormat, s.Fingerprint, hex.EncodeToString(m.Sum(nil)))
}

// authenticate writes the HMAC of a copy that is whole; an open house has no key for one.
func (i Installation) authenticate(dir string) error {
	if i.Sealed == nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return err
	}
	path := filepath.Join(dir, proofFile)
	if err := os.WriteFile(path, i.Sealed.proof(text), 0o600); err != nil {
		return err
	}
	return errors.Join(syncFile(path), syncDir(dir))
}

// authentic checks the bytes of a copy's manifest before anybody reads them. A copy without an HMAC, as they were made before there was one, is not authentic and no error.
func (i Installation) authentic(dir string, manifest []byte) (bool, error) {
	has, err := os.ReadFile(filepath.Join(dir, proofFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if hmac.Equal(has, i.Sealed.proof(manifest)) {
		return true, nil
	}
	var by, sum string
	if _, err := fmt.Sscanf(string(has), proofFormat+" %16x %64x", &by, &sum); err == nil && hex.EncodeToString([]byte(by)) != i.Sealed.Fingerprint {
		return false, otherSeal(Manifest{SealedBy: hex.EncodeToString([]byte(by))})
	}
	return false, damaged(manifestFile)
}

// mayRestore refuses a copy of a closed house that has no HMAC, unless that was accepted in so many words.
func (i Installation) mayRestore(m Manifest, dir string) error {
	if i.Sealed == nil || m.Authentic || i.Unauthenticated {
		return nil
	}
	return fault.New(fault.Conflict, "upkeep.not_authenticated",
		"Bản sao %[1]s không xác thực được: không có %[2]s (bản làm từ trước, hoặc có người đã bỏ đi). Có thể đã bị ghép từ nhiều bản. Nếu không còn bản nào khác và tin nơi cất giữ, khôi phục với --unauthenticated rồi đối chiếu với sổ đã in.",
		"The copy %[1]s is not authenticated: it has no %[2]s (it was made before there was one, or somebody took it away). It may be joined from several copies. If there is no other and you trust where it was kept, restore with --unauthenticated and compare with the printed registers.", dir, proofFile)
}

// authentic looks whether the last copy, where it lies within reach, is still what was made.
func (d *doctor) authentic(m Manifest) {
	if d.i.Sealed == nil || m.SealedBy != d.i.Sealed.Fingerprint {
		return
	}
	got, err := d.i.readManifest(m.Dir)
	switch {
	case fault.Code(err) == "upkeep.no_backup": // in the safe, where it belongs
	case err != nil:
		d.say("backup_authentic", Act, "Bản sao lưu %s đã bị thay đổi hoặc hỏng: đừng dùng, sao lưu lại ngay và báo cáo.", "The backup %s was altered or is damaged: do not use it, make another now and report it.", m.Dir)
	case !got.Authentic:
		d.say("backup_authentic", Look, "Bản sao lưu %s không xác thực được (làm từ trước khi có %s): sao lưu lại.", "The backup %s is not authenticated (made before there was %s): make another.", m.Dir, proofFile)
	default:
		d.say("backup_authentic", Fine, "Bản kê của bản sao lưu %s xác thực được bằng khoá của nhà.", "The manifest of the backup %s is authentic under the key of this house.", m.Dir)
	}
}
