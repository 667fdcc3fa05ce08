package upkeep

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// Files of an installation and of a backup.
const (
	databaseFile = "city.db"
	houseKeyFile = "house.key"
	ledgerKey    = "ledger.key"
	manifestFile = "manifest.json"
	memoryFile   = "backups.jsonl"
)

// Manifest says what a backup holds and what was proved of it.
type Manifest struct {
	Dir        string            `json:"dir"`            // where it was made
	File       string            `json:"file,omitempty"` // the copy in it; empty in copies made before there were several kinds
	MadeMs     int64             `json:"made_ms"`
	ProvedMs   int64             `json:"proved_ms"` // 0: not proved
	Entries    int64             `json:"entries"`
	Root       string            `json:"root"`
	Signed     int64             `json:"signed"` // the last entry under a signature
	Checkpoint string            `json:"checkpoint,omitempty"`
	Bytes      int64             `json:"bytes"`
	SHA256     string            `json:"sha256"`
	Pieces     *digests          `json:"pieces,omitempty"`
	Beside     map[string]string `json:"beside,omitempty"` // SHA-256 of the small files
	HouseKey   string            `json:"house_key"`        // fingerprint: without this key nobody can read what is sealed
	WithKeys   bool              `json:"with_keys"`
	SealedBy   string            `json:"sealed_by,omitempty"` // fingerprint of the secret that the database is sealed with; empty: it is plain
	Authentic  bool              `json:"-"`                   // read under its HMAC, see authentic.go
}

// Installation is what upkeep looks after.
type Installation struct {
	Data     string // folder of keys
	Database string // "postgres://…", the path of an SQLite file, or empty for city.db in Data

	// Trial is a PostgreSQL server where a database may be made to restore a copy on trial; empty: the one copied from.
	Trial string

	// Witnessed says that the house requires witnesses: doctor looks whether they answer.
	Witnessed bool
	Now       func() time.Time

	// Unauthenticated lets a copy of a closed house be restored that has no HMAC.
	Unauthenticated bool

	Sealed *Sealed // of a closed house; nil: a plain database and plain key files
}

func (i Installation) database() string {
	if i.Database == "" {
		return filepath.Join(i.Data, databaseFile)
	}
	return i.Database
}

func (i Installation) onPostgres() bool {
	return strings.HasPrefix(i.Database, "postgres://") || strings.HasPrefix(i.Database, "postgresql://")
}

// Backup copies the installation into a new folder below dir while the house goes on working, proves the copy and remembers it. A copy that cannot be made leaves no folder.
func (i Installation) Backup(ctx context.Context, dir string, withKeys bool) (Manifest, error) {
	now := i.Now()
	into := filepath.Join(dir, now.UTC().Format("20060102-150405.000"))
	if err := os.MkdirAll(filepath.Dir(into), 0o700); err != nil {
		return Manifest{}, err
	}
	if err := os.Mkdir(into, 0o700); err != nil {
		return Manifest{}, err
	}
	m := Manifest{Dir: into, File: i.copyName(), MadeMs: postal.Millis(now), WithKeys: withKeys, SealedBy: i.fingerprint()}
	before, err := i.copyTo(ctx, &m)
	if err != nil {
		return Manifest{}, errors.Join(err, os.RemoveAll(into)) // half a copy is worse than none
	}
	err = i.proveCopy(ctx, &m, before)
	if err = errors.Join(err, m.write(into), i.authenticate(into)); err != nil {
		m.ProvedMs = 0 // doctor shall know that it is not proved
	}
	return m, errors.Join(err, i.remember(m))
}

// copyTo copies database and small files into the folder of a manifest and writes down what they are. It gives the checkpoint that stood before.
func (i Installation) copyTo(ctx context.Context, m *Manifest) (before []byte, err error) {
	key, err := i.houseKey()
	if err != nil {
		return nil, err
	}
	m.HouseKey = key.Fingerprint()
	take := i.copyDatabase
	if i.onPostgres() {
		take = i.dump
	}
	file := filepath.Join(m.Dir, m.File)
	if before, err = take(ctx, file); err != nil {
		return nil, err
	}
	names, err := i.carried(i.Data)
	if err != nil {
		return nil, err
	}
	if m.WithKeys {
		names = append(names, i.keyFiles()...)
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(i.Data, name), filepath.Join(m.Dir, name)); err != nil {
			return nil, err
		}
	}
	if m.SHA256, m.Bytes, err = digestOf(file); err != nil {
		return nil, err
	}
	if m.Pieces, err = digestPieces(file, m.Bytes); err != nil {
		return nil, err
	}
	m.Beside, err = digestBeside(m.Dir, names)
	return before, err
}

// copyDatabase copies a snapshot with VACUUM INTO: readers and writers go on. It gives the checkpoint that stood before, which the copy must contain.
func (i Installation) copyDatabase(ctx context.Context, to string) (before []byte, err error) {
	db, err := i.openRead(ctx, i.database())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if before, err = (ledger.Audit{DB: db}).Newest(ctx); err != nil {
		return nil, err
	}
	if _, err := db.Read().ExecContext(ctx, `PRAGMA query_only = 0`); err != nil { // the copy is a write, though not to this file
		return nil, err
	}
	if _, err := db.Read().ExecContext(ctx, `VACUUM INTO $1`, to); err != nil {
		return nil, sqldb.Refine(fmt.Errorf("copy database: %w", err))
	}
	return before, syncFile(to)
}

// proveCopy restores the copy where it disturbs nobody and checks it there; the copy itself is not touched.
func (i Installation) proveCopy(ctx context.Context, m *Manifest, before []byte) error {
	try := i.proveFile
	if m.File == dumpFile {
		try = i.proveDump
	}
	p, err := try(ctx, filepath.Join(m.Dir, m.File), before)
	if err != nil {
		return err
	}
	m.Entries, m.Root, m.Signed, m.Checkpoint = p.Size, p.Root.String(), p.Covered, string(p.signed)
	m.ProvedMs = postal.Millis(i.Now())
	return nil
}

func (i Installation) proveFile(ctx context.Context, file string, before []byte) (proved, error) {
	trial, err := os.MkdirTemp(filepath.Dir(filepath.Dir(file)), ".trial-")
	if err != nil {
		return proved{}, err
	}
	defer os.RemoveAll(trial)
	path := filepath.Join(trial, filepath.Base(file))
	if err := copyFile(file, path); err != nil {
		return proved{}, err
	}
	return i.prove(ctx, path, before)
}

// proved is what was found true of a database.
type proved struct {
	tree.Verdict
	signed []byte // its newest checkpoint
}

// prove checks a database: the engine's pages, order and tree of the ledger, and that it contains a checkpoint seen elsewhere.
func (i Installation) prove(ctx context.Context, path string, must []byte) (proved, error) {
	db, err := i.openRead(ctx, path)
	if err != nil {
		return proved{}, err
	}
	defer db.Close()
	if err := wholePages(ctx, db); err != nil {
		return proved{}, err
	}
	a := ledger.Audit{DB: db}
	keys, err := a.Keyring(ctx)
	if err != nil {
		return proved{}, damaged("keys").Because(err)
	}
	size, err := a.Size(ctx)
	if err != nil {
		return proved{}, damaged("ledger").Because(err)
	}
	if keys == nil && size == 0 { // nothing was ever recorded
		return proved{}, nil
	}
	if keys == nil {
		return proved{}, damaged("no keys, so no signature")
	}
	v, err := tree.Verifier{Keys: keys}.VerifyLog(ctx, a)
	if err != nil {
		return proved{}, damaged("ledger").Because(err)
	}
	if !v.OK() {
		return proved{}, damaged(v.In("en"))
	}
	if !v.Proved() { // a house signs with its first entry
		return proved{}, damaged("no entry is signed")
	}
	p := proved{Verdict: v}
	if p.signed, err = a.Newest(ctx); err != nil {
		return p, err
	}
	return p, contains(ctx, a, keys, v, must)
}

// wholePages lets SQLite look at every page; PostgreSQL has read every row when it made and restored a copy.
func wholePages(ctx context.Context, db *sqldb.DB) error {
	if db.Dialect != sqldb.SQLite {
		return nil
	}
	var word string
	if err := db.Read().QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&word); err != nil || word != "ok" {
		return damaged("integrity: " + word).Because(err)
	}
	return nil
}

// contains checks that the tree of a database begins with the tree that a checkpoint names.
func contains(ctx context.Context, a ledger.Audit, keys *tree.Keyring, v tree.Verdict, must []byte) error {
	if len(must) == 0 {
		return nil
	}
	c, err := keys.Open(must)
	if err != nil {
		return damaged("checkpoint").Because(err)
	}
	if c.Size > v.Size {
		return damaged(fmt.Sprintf("%d entries were signed, the copy has %d", c.Size, v.Size))
	}
	root, err := a.RootAt(ctx, c.Size)
	if err != nil {
		return damaged("tree").Because(err)
	}
	if root != c.Root {
		return damaged(fmt.Sprintf("the tree at entry %d is another", c.Size))
	}
	return nil
}

func damaged(what string) *fault.Error {
	return fault.New(fault.Conflict, "upkeep.damaged",
		"Bản sao KHÔNG dùng được (%s). Đừng tin bản này; hãy sao lưu lại và kiểm tra ổ đĩa.", "The copy can NOT be used (%s). Do not trust it; make another and check the disk.", what)
}

// Restore puts a backup into an empty data folder, and into an empty database where that is PostgreSQL, and proves it before it says done: until then no file bears
// its final name.
func (i Installation) Restore(ctx context.Context, from string) (Manifest, error) {
	m, err := i.readManifest(from)
	if err != nil {
		return m, err
	}
	if m.SealedBy != i.fingerprint() {
		return m, otherSeal(m)
	}
	if err := i.mayRestore(m, from); err != nil {
		return m, err
	}
	if i.copyName() != m.File {
		return m, fault.New(fault.Conflict, "upkeep.other_engine",
			"Bản sao này là của loại cơ sở dữ liệu khác (%s): hãy chọn đúng --database.", "This copy is of another kind of database (%s): choose --database to match.", m.File)
	}
	if err := os.MkdirAll(i.Data, 0o700); err != nil {
		return m, err
	}
	file := filepath.Join(from, m.File)
	if sum, _, err := digestOf(file); err != nil || sum != m.SHA256 {
		return m, damaged(m.place(file)).Because(err)
	}
	if err := i.wholeSmall(from, m); err != nil {
		return m, err
	}
	if i.onPostgres() {
		if err := i.restoreKeys(from, m); err != nil {
			return m, err
		}
		_, err = i.restoreDump(ctx, file, m)
	} else {
		err = i.restoreFile(ctx, from, m)
	}
	if err == nil {
		m.ProvedMs = postal.Millis(i.Now())
	}
	return m, err
}

// fits compares what was proved of a copy with what was proved when it was made.
func (m Manifest) fits(p proved) error {
	if m.ProvedMs != 0 && (p.Size != m.Entries || p.Covered != m.Signed || m.Entries > 0 && p.Root.String() != m.Root) {
		return damaged("manifest")
	}
	return nil
}

func (i Installation) restoreFile(ctx context.Context, from string, m Manifest) error {
	target := i.database()
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Conflict, "upkeep.not_empty",
			"%s đã có dữ liệu. Chỉ khôi phục vào thư mục trống.", "%s is there already. Restore only into an empty folder.", target)
	}
	part := partOf(target)
	err := copyInto(part, filepath.Join(from, m.File))
	if sum, _, e := digestOf(part); err == nil && (e != nil || sum != m.SHA256) { // what was read the second time
		err = damaged(m.place(part)).Because(e)
	}
	var p proved
	if err == nil {
		p, err = i.prove(ctx, part, []byte(m.Checkpoint))
	}
	if err == nil {
		err = m.fits(p)
	}
	if err == nil {
		err = i.restoreKeys(from, m)
	}
	if err == nil {
		err = os.Rename(part, target)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(part))
	}
	return syncDir(filepath.Dir(target))
}

// restoreKeys brings the keys that the backup holds; a key that is there already stays.
func (i Installation) restoreKeys(from string, m Manifest) error {
	names, err := i.carried(from)
	if err != nil {
		return err
	}
	if m.WithKeys {
		names = append(names, i.keyFiles()...)
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(i.Data, name)); errors.Is(err, fs.ErrNotExist) {
			if err := copyFile(filepath.Join(from, name), filepath.Join(i.Data, name)); err != nil {
				return err
			}
		}
	}
	key, err := i.houseKey()
	if err != nil || key.Fingerprint() != m.HouseKey {
		return fault.New(fault.Conflict, "upkeep.house_key",
			"Thiếu đúng house.key (vân tay %[2]s): hãy chép khoá cất riêng vào %[1]s rồi khôi phục lại. Không có khoá này thì không đọc được họ tên, địa chỉ.",
			"The right house.key (fingerprint %[2]s) is missing: copy the key that you keep apart into %[1]s, then restore again. Without it names and addresses cannot be read.", i.Data, m.HouseKey).Because(err)
	}
	return syncDir(i.Data)
}

// wholeSmall checks the small files of a copy before anything is put down.
func (i Installation) wholeSmall(from string, m Manifest) error {
	names, err := i.carried(from)
	if err != nil {
		return err
	}
	return m.wholeBeside(from, names)
}

func (i Installation) readManifest(dir string) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return m, fault.New(fault.NotFound, "upkeep.no_backup", "%s không phải là bản sao lưu.", "%s is no backup.", dir).Because(err)
	}
	if i.Sealed != nil {
		if m.Authentic, err = i.authentic(dir, text); err != nil {
			return m, err
		}
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, damaged(manifestFile).Because(err)
	}
	if m.File == "" { // before there was another
		m.File = databaseFile
		if m.SealedBy != "" {
			m.File = sealedFile
		}
	}
	return m, nil
}

func (m Manifest) write(dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, manifestFile)
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return errors.Join(syncFile(path), syncDir(dir), syncDir(filepath.Dir(dir)))
}

// remember adds a backup to the list in the data folder, which doctor reads. What is long of it stands in the manifest only.
func (i Installation) remember(m Manifest) error {
	f, err := os.OpenFile(filepath.Join(i.Data, memoryFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	m.Checkpoint, m.Pieces, m.Beside = "", nil, nil
	text, err := json.Marshal(m)
	if err == nil {
		_, err = fmt.Fprintf(f, "\n%s\n", text) // a line of its own, whatever became of the last one
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// lastBackup is the newest one remembered; ok is false when none is. A line may be of any length: earlier versions wrote long ones.
func (i Installation) lastBackup() (m Manifest, ok bool, err error) {
	f, err := os.Open(filepath.Join(i.Data, memoryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	defer f.Close()
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		var one Manifest
		if json.Unmarshal(line, &one) == nil && one.MadeMs >= m.MadeMs { // a line that was cut off is passed over
			m, ok = one, true
		}
		if errors.Is(err, io.EOF) {
			return m, ok, nil
		}
		if err != nil {
			return m, ok, err
		}
	}
}

func digestOf(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// partOf is the name of a file while it is not whole.
func partOf(path string) string { return path + ".part" }

// copyFile copies a file to a new one, readable by its owner only, which bears its name when it is whole and on disk.
func copyFile(from, to string) error {
	part := partOf(to)
	err := copyInto(part, from)
	if err == nil {
		err = os.Link(part, to) // never in the place of another
	}
	return errors.Join(err, os.RemoveAll(part))
}

// copyInto copies a file over what an earlier try may have left, and returns when it is on disk.
func copyInto(part, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	out, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Sync(), f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
