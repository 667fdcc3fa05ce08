package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	oldBackup   = 26 * time.Hour // a daily one, and two hours of grace
	tightSpace  = 2 << 30        // bytes free: about a week of a city's entries
	farBehind   = 5000           // entries a follower may lag
	signedAfter = 10 * time.Second
)

// Doctor looks at an installation and changes nothing.
func (i Installation) Doctor(ctx context.Context) []Remark {
	d := &doctor{i: i, ctx: ctx}
	d.folder()
	d.houseKey()
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
	m, ok := d.i.lastBackup()
	age := d.i.Now().Sub(postal.FromMillis(m.MadeMs)).Round(time.Minute)
	switch {
	case !ok && d.i.onPostgres():
		d.say("backup", Look, "Chưa có bản sao lưu nào do «citypost backup» làm; nếu dùng pg_basebackup kèm WAL, hãy tự kiểm tra bản gần nhất.", "There is no copy made by “citypost backup”; if you use pg_basebackup with WAL, check the last one yourself.")
	case !ok:
		d.say("backup", Act, "Chưa có bản sao lưu nào: chạy «citypost backup THƯ-MỤC».", "There is no backup: run “citypost backup DIR”.")
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
	signed, err := newest(d.ctx, a)
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
		d.say("checkpoint", Act, "Điểm chốt cuối không khớp với sổ cái: chạy «citypost verify» ngay (%v).", "The last checkpoint does not fit the ledger: run “citypost verify” now (%v).", err)
		return
	}
	d.covered(a, c, size)
	d.ledgerKey(keys)
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
	switch {
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
func (d *doctor) ledgerKey(keys *tree.Keyring) {
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
		d.say("ledger_key", Fine, "Khoá ký đúng là khoá sổ cái nêu.", "The signing key is the one that the ledger names.")
	}
}

func (d *doctor) followers(a ledger.Audit, size int64) {
	at, err := a.Followers(d.ctx)
	if err != nil {
		d.say("followers", Look, "%v", "%v", err)
		return
	}
	for name, seq := range at {
		if lag := size - seq; lag > farBehind {
			d.say("followers", Look, "Phần việc “%s” còn chậm %d dòng.", "The follower “%s” is %d entries behind.", name, lag)
		}
	}
}
