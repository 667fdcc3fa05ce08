package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
)

// Tone is how bad a remark is.
type Tone string

// The tones: all is well, look at it soon, act now.
const (
	Fine Tone = "ok"
	Look Tone = "warn"
	Act  Tone = "fail"
)

// Remark is one thing that doctor looked at.
type Remark struct {
	Check string `json:"check"` // stable
	Tone  Tone   `json:"tone"`
	VI    string `json:"vi"`
	EN    string `json:"en"`
}

// In gives the remark in a language.
func (r Remark) In(lang string) string { return postal.In(lang, r.VI, r.EN) }

// When doctor begins to worry.
const (
	oldBackup   = 26 * time.Hour       // a daily one, and two hours of grace
	oldKey      = 366 * 24 * time.Hour // a key of a closed house is exchanged once a year, and when somebody who knew the passphrase leaves
	tightSpace  = 2 << 30              // bytes free: about a week of a city's entries
	farBehind   = 5000                 // entries a follower may lag
	signedAfter = 10 * time.Second
)

// Doctor looks at an installation and changes nothing.
func (i Installation) Doctor(ctx context.Context) []Remark {
	d := &doctor{i: i, ctx: ctx}
	d.folder()
	d.houseKey()
	d.dataKey()
	d.space()
	d.backup()
	d.database()
	return d.remarks
}

type doctor struct {
	i       Installation
	ctx     context.Context
	remarks []Remark
}

func (d *doctor) say(check string, tone Tone, vi, en string, args ...any) {
	d.remarks = append(d.remarks, Remark{check, tone, fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)})
}

// command is what a person types to work on this house.
func (d *doctor) command(name string) string {
	if d.i.Sealed != nil {
		return "citypost closed " + name
	}
	return "citypost " + name
}

// verify is the command that checks every entry: a closed house must be unlocked for it.
func (d *doctor) verify() string {
	if d.i.Sealed != nil {
		return d.command("ledger verify")
	}
	return d.command("verify")
}

func (d *doctor) folder() {
	info, err := os.Stat(d.i.Data)
	switch {
	case err != nil:
		d.say("folder", Act, "Không đọc được thư mục dữ liệu %s.", "The data folder %s cannot be read.", d.i.Data)
	case info.Mode().Perm()&0o077 != 0:
		d.say("folder", Look, "Thư mục dữ liệu %s người khác vào được: chmod 700.", "Others can enter the data folder %s: chmod 700.", d.i.Data)
	default:
		d.say("folder", Fine, "Thư mục dữ liệu %s chỉ chủ của nó vào được.", "Only its owner can enter the data folder %s.", d.i.Data)
	}
}

func (d *doctor) houseKey() {
	key, err := d.i.houseKey()
	if err != nil {
		d.say("house_key", Act, "Không đọc được house.key: không có nó thì không đọc được họ tên, địa chỉ. (%v)", "house.key cannot be read: without it names and addresses cannot be read. (%v)", err)
		return
	}
	d.say("house_key", Fine, "Khoá nhà có vân tay %s. Hãy cất một bản ở nơi khác.", "The house key has the fingerprint %s. Keep a copy elsewhere.", key.Fingerprint())
}

// dataKey tells the age of the secret that a closed house is sealed with, and which old key files still lie beside it.
func (d *doctor) dataKey() {
	if d.i.Sealed == nil {
		return
	}
	days := int(d.i.Now().Sub(d.i.Sealed.Made).Hours() / 24)
	on := postal.DayOf(d.i.Sealed.Made)
	if d.i.Now().Sub(d.i.Sealed.Made) > oldKey {
		d.say("data_key", Look, "Khoá dữ liệu (vân tay %[1]s) lập ngày %[2]s, đã %[4]d ngày: nên đổi, chạy «citypost closed rekey».", "The data key (fingerprint %[1]s) was made on %[3]s, %[4]d days ago: exchange it with “citypost closed rekey”.", d.i.Sealed.Fingerprint, on.VN(), on, days)
	} else {
		d.say("data_key", Fine, "Khoá dữ liệu (vân tay %[1]s) lập ngày %[2]s, đã %[4]d ngày.", "The data key (fingerprint %[1]s) was made on %[3]s, %[4]d days ago.", d.i.Sealed.Fingerprint, on.VN(), on, days)
	}
	old, err := filepath.Glob(filepath.Join(d.i.Data, d.i.Sealed.KeyFile+".old-*"))
	if err == nil && len(old) > 0 {
		d.say("old_keys", Look, "Còn %d tệp khoá cũ trong thư mục dữ liệu: cất vào két cùng các bản sao lưu cũ rồi xoá ở đây.", "%d old key files lie in the data folder: put them into the safe with the old copies, then delete them here.", len(old))
	}
}

func (d *doctor) space() {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.i.Data, &s); err != nil {
		return // the folder was spoken of already
	}
	free := int64(s.Bavail) * int64(s.Bsize)
	tone := Fine
	if free < tightSpace {
		tone = Look
	}
	if free < tightSpace/10 {
		tone = Act
	}
	d.say("space", tone, "Ổ đĩa còn trống %s MB.", "%s MB of the disk are free.", postal.Count(free>>20))
}

func (d *doctor) backup() {
	m, ok, err := d.i.lastBackup()
	if err != nil {
		d.say("backup", Act, "Không đọc được danh sách bản sao lưu (%s): %s", "The list of backups (%s) cannot be read: %s", memoryFile, why(err))
		return
	}
	defer d.authentic(m)
	age := d.i.Now().Sub(postal.FromMillis(m.MadeMs)).Round(time.Minute)
	switch {
	case !ok && d.i.onPostgres():
		d.say("backup", Look, "Chưa có bản sao lưu nào do «citypost backup» làm; nếu dùng pg_basebackup kèm WAL, hãy tự kiểm tra bản gần nhất.", "There is no copy made by “citypost backup”; if you use pg_basebackup with WAL, check the last one yourself.")
	case !ok:
		d.say("backup", Act, "Chưa có bản sao lưu nào: chạy «%[1]s THƯ-MỤC».", "There is no backup: run “%[1]s DIR”.", d.command("backup"))
	case m.SealedBy != d.i.fingerprint():
		d.say("backup", Act, "Bản sao lưu gần nhất niêm bằng khoá cũ (%[1]s): sao lưu lại ngay.", "The last backup is sealed with an old key (%[1]s): make one now.", m.SealedBy)
	case m.ProvedMs == 0:
		d.say("backup", Act, "Bản sao lưu gần nhất (%s) chưa được kiểm chứng.", "The last backup (%s) is not proved.", m.Dir)
	case age > oldBackup:
		d.say("backup", Look, "Bản sao lưu gần nhất đã %s trước (%s).", "The last backup is %s old (%s).", age, m.Dir)
	default:
		d.say("backup", Fine, "Bản sao lưu gần nhất: %s trước, %s dòng, đã kiểm chứng.", "The last backup: %s ago, %s entries, proved.", age, postal.Count(m.Entries))
	}
}

func (d *doctor) database() {
	db, err := d.i.openRead(d.ctx, d.i.database())
	if err != nil {
		d.say("database", Act, "Không mở được cơ sở dữ liệu: %s", "The database cannot be opened: %s", why(err))
		return
	}
	defer db.Close()
	a := ledger.Audit{DB: db}
	size, err := a.Size(d.ctx)
	if err != nil {
		d.say("database", Act, "Không đọc được sổ cái: %s", "The ledger cannot be read: %s", why(err))
		return
	}
	d.say("database", Fine, "Cơ sở dữ liệu mở được; sổ cái có %s dòng.", "The database opens; the ledger has %s entries.", postal.Count(size))
	d.signature(a, size)
	d.witnesses(a)
	d.followers(a, size)
}

func why(err error) string {
	if f, ok := fault.From(err); ok {
		return f.EN
	}
	return err.Error()
}

// signature looks at the last checkpoint: is it ours, does it fit, does it cover what was recorded.
func (d *doctor) signature(a ledger.Audit, size int64) {
	if size == 0 {
		return
	}
	signed, err := a.Newest(d.ctx)
	keys, kerr := a.Keyring(d.ctx)
	if err = errors.Join(err, kerr); err != nil || signed == nil || keys == nil {
		d.say("checkpoint", Act, "Sổ cái chưa được ký (%v).", "The ledger is not signed (%v).", err)
		return
	}
	c, err := keys.Open(signed)
	if err == nil {
		var root fmt.Stringer
		if root, err = a.RootAt(d.ctx, c.Size); err == nil && root.String() != c.Root.String() {
			err = errors.New("another root")
		}
	}
	if err != nil {
		d.say("checkpoint", Act, "Điểm chốt cuối không khớp với sổ cái: chạy «%[2]s» ngay (%[1]v).", "The last checkpoint does not fit the ledger: run “%[2]s” now (%[1]v).", err, d.verify())
		return
	}
	d.covered(a, c, size)
	d.ledgerKey(a, keys)
}

func (d *doctor) covered(a ledger.Audit, c tree.Checkpoint, size int64) {
	at, err := a.RecordedMs(d.ctx)
	if err != nil {
		d.say("checkpoint", Look, "%v", "%v", err)
		return
	}
	if waits := d.i.Now().Sub(postal.FromMillis(at)); c.Size < size && waits > signedAfter {
		d.say("checkpoint", Look, "Còn %d dòng chưa được ký dù đã %s: chương trình có đang chạy không?", "%d entries are still unsigned after %s: is the house running?", size-c.Size, waits.Round(time.Second))
		return
	}
	d.say("checkpoint", Fine, "Điểm chốt cuối ở dòng %s, khớp với sổ cái.", "The last checkpoint is at entry %s and fits the ledger.", postal.Count(c.Size))
}

// witnesses looks whether the public checkpoint keeps up where witnesses must cosign it.
func (d *doctor) witnesses(a ledger.Audit) {
	if !d.i.Witnessed {
		return
	}
	w, err := a.Witnessing(d.ctx)
	damaged, _ := a.PublishedDamaged(d.ctx)
	switch {
	case damaged:
		d.say("witnesses", Look, "Dòng ghi điểm chốt công khai bị hỏng; chương trình sẽ tự xin điểm chốt mới khi đang chạy.", "The row of the public checkpoint was damaged; a running house asks for a new one by itself.")
	case err != nil:
		d.say("witnesses", Look, "Không đọc được điểm chốt công khai: %s", "The public checkpoint cannot be read: %s", why(err))
	case w.Late(d.i.Now()):
		d.say("witnesses", Look, "Bên chứng kiến chưa xác nhận: công chúng mới thấy sổ đến dòng %s, đã ký đến dòng %s. Các quầy vẫn làm việc bình thường; hãy hỏi bên chứng kiến (xem nhật ký, “witness does not cosign”).",
			"Witnesses do not cosign: the public sees the ledger up to entry %s, it is signed up to %s. The counters work as usual; ask the witnesses (see the log, “witness does not cosign”).", postal.Count(w.Published), postal.Count(w.Signed))
	default:
		d.say("witnesses", Fine, "Bên chứng kiến đã xác nhận đến dòng %s.", "Witnesses have cosigned up to entry %s.", postal.Count(w.Published))
	}
}

// ledgerKey compares the key file with the key that the ledger names.
func (d *doctor) ledgerKey(a ledger.Audit, keys *tree.Keyring) {
	key, err := d.i.ledgerKey()
	ranges := keys.Ranges()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.say("ledger_key", Act, "Thiếu ledger.key: không ký được gì thêm.", "ledger.key is missing: nothing more can be signed.")
	case err != nil:
		d.say("ledger_key", Act, "Không dùng được ledger.key: %v", "ledger.key cannot be used: %v", err)
	case key.Verifier() != ranges[len(ranges)-1].Verifier:
		d.say("ledger_key", Act, "ledger.key không phải là khoá mà sổ cái nêu.", "ledger.key is not the key that the ledger names.")
	default:
		d.say("ledger_key", Fine, "Khoá ký đúng là khoá sổ cái nêu%[1]s.", "The signing key is the one that the ledger names%[2]s.", d.signsSince(a, ranges[len(ranges)-1].From)...)
	}
}

// signsSince says for how long a key signs, in both languages; nothing where the entry cannot be read.
func (d *doctor) signsSince(a ledger.Audit, from int64) []any {
	ms, err := a.RecordedAt(d.ctx, from)
	if err != nil {
		return []any{"", ""}
	}
	on, days := postal.DayOf(postal.FromMillis(ms)), int(d.i.Now().Sub(postal.FromMillis(ms)).Hours()/24)
	return []any{fmt.Sprintf(", dùng từ ngày %s, đã %d ngày", on.VN(), days), fmt.Sprintf(", in use since %s, %d days", on, days)}
}

func (d *doctor) followers(a ledger.Audit, size int64) {
	list, err := a.Followers(d.ctx)
	if err != nil {
		d.say("followers", Look, "%v", "%v", err)
		return
	}
	for _, f := range list {
		switch lag := size - f.Seq; {
		case f.Damaged:
			d.say("followers", Act, "Vị trí của phần việc “%[1]s” trong sổ cái bị hỏng (ghi là %[2]d) nên phần việc đã dừng. Xem «%[3]s --help».",
				"Where the follower “%[1]s” stands was damaged (it says %[2]d), so it has stopped. See “%[3]s --help”.", f.Name, f.Seq, d.command("ledger followers"))
		case lag < 0:
			d.say("followers", Act, "Phần việc “%[1]s” đứng ở dòng %[2]d, quá cuối sổ cái. Xem «%[3]s --help».", "The follower “%[1]s” stands at entry %[2]d, beyond the end of the ledger. See “%[3]s --help”.", f.Name, f.Seq, d.command("ledger followers"))
		case lag > farBehind:
			d.say("followers", Look, "Phần việc “%s” còn chậm %d dòng.", "The follower “%s” is %d entries behind.", f.Name, lag)
		}
	}
}
