package account_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"

	"github.com/pquerna/otp/totp"
)

// box stands in for the house key: what it seals can be opened in the same context only.
type box struct{}

func (box) Seal(context string, plain []byte) ([]byte, error) {
	return append([]byte(context+"\x00"), flip(plain)...), nil
}

func (box) Open(context string, sealed []byte) ([]byte, error) {
	body, ok := bytes.CutPrefix(sealed, []byte(context+"\x00"))
	if !ok {
		return nil, errors.New("sealed elsewhere")
	}
	return flip(body), nil
}

func (box) Blind(field, value string) []byte {
	m := hmac.New(sha256.New, []byte("test"))
	m.Write([]byte(field + "\x00" + value))
	return m.Sum(nil)[:16]
}

func flip(b []byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		out[i] ^= 0x55
	}
	return out
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// house is a service with a clock and one administrator.
type house struct {
	*account.Service
	*testing.T
	clock *clock
	boss  account.Account
}

const password = "mưa rào tháng sáu"

var by = account.Actor{ID: account.Command}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	c := &clock{t: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)} // eight in the morning here
	s, err := account.New(t.Context(), db, box{}, c.now)
	if err != nil {
		t.Fatal(err)
	}
	account.Cheapen(s)
	h := &house{Service: s, T: t, clock: c}
	h.boss = h.add("quan.tri", "Lê Thị Quản Trị", web.Role{Name: web.Admin})
	return h
}

func (h *house) add(login, name string, roles ...web.Role) account.Account {
	h.Helper()
	a, _, err := h.Add(h.Context(), by, account.NewPerson{Login: login, Name: name, Roles: roles, Password: password})
	if err != nil {
		h.Fatal(err)
	}
	return a
}

func creds(login, password string) account.Credentials {
	return account.Credentials{Login: login, Password: password, Address: "10.0.0.7", Agent: "test"}
}

func (h *house) signIn(login string) account.Opened {
	h.Helper()
	o, err := h.SignIn(h.Context(), creds(login, password))
	if err != nil {
		h.Fatal(err)
	}
	return o
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// fails checks the code of a refusal, and that it speaks both languages.
func (h *house) fails(err error, code string) {
	h.Helper()
	f, ok := fault.From(err)
	if !ok || f.Code != code || f.VI == "" || f.EN == "" {
		h.Errorf("got %v, want a fault %s", err, code)
	}
}

func each(t *testing.T, fn func(h *house)) {
	t.Helper()
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) { fn(newHouse(t, db)) })
}

func (h *house) count(query string, args ...any) (n int) {
	h.Helper()
	h.must(h.DB.Read().QueryRowContext(h.Context(), query, args...).Scan(&n))
	return n
}

func (h *house) hasAudit(id postal.StaffID, action account.Action) bool {
	h.Helper()
	lines, err := h.Audit(h.Context(), account.AuditQuery{Who: string(id), Limit: 100})
	h.must(err)
	for _, l := range lines {
		if l.Action == action && l.Subject == string(id) {
			return true
		}
	}
	return false
}

func TestRightPasswordSignsIn(t *testing.T) {
	each(t, func(h *house) {
		o := h.signIn("Quan.Tri ") // as telephones capitalise and autofill pads
		if !o.Done() || len(o.Token) != 43 {
			t.Errorf("%+v", o)
		}
		if !h.hasAudit(h.boss.ID, account.SignedIn) {
			t.Error("the sign-in is not in the audit")
		}
	})
}

func TestWrongLoginAndWrongPasswordGetTheSameAnswer(t *testing.T) {
	each(t, func(h *house) {
		_, wrongPassword := h.SignIn(h.Context(), creds("quan.tri", "sai mật khẩu rồi"))
		_, wrongLogin := h.SignIn(h.Context(), creds("khong.co", password))
		h.fails(wrongPassword, "account.wrong")
		h.fails(wrongLogin, "account.wrong")
		a, _ := fault.From(wrongPassword)
		b, _ := fault.From(wrongLogin)
		if a.VI != b.VI || a.EN != b.EN || a.Kind != b.Kind || a.Field != b.Field {
			t.Errorf("the answers differ: %+v, %+v", a, b)
		}
	})
}

func TestUnknownLoginTakesAsLongAsAKnownOne(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	account.FullPrice(h.Service)
	h.signIn("quan.tri") // its hash is made anew at the full price
	took := func(login string) time.Duration {
		best := time.Hour
		for range 6 {
			start := time.Now()
			_, err := h.SignIn(h.Context(), creds(login, "sai mật khẩu rồi"))
			h.fails(err, "account.wrong")
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := took("quan.tri"), took("khong.co")
	if unknown < known/2 || known < unknown/2 {
		t.Errorf("known login %v, unknown login %v", known, unknown)
	}
}

func TestHashOfAnotherCostIsMadeAnewAtSignIn(t *testing.T) {
	each(t, func(h *house) {
		account.FullPrice(h.Service)
		h.signIn("quan.tri")
		var phc string
		h.must(h.DB.Read().QueryRowContext(h.Context(), `SELECT password FROM account WHERE id = $1`, string(h.boss.ID)).Scan(&phc))
		if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Error(phc)
		}
		h.signIn("quan.tri")
	})
}

func TestGuessingIsBrakedForKnownAndUnknownLoginsAlike(t *testing.T) {
	each(t, func(h *house) {
		for _, login := range []string{"quan.tri", "khong.co"} {
			for range 8 {
				_, err := h.SignIn(h.Context(), creds(login, "sai mật khẩu rồi"))
				h.fails(err, "account.wrong")
			}
			_, err := h.SignIn(h.Context(), creds(login, password))
			h.fails(err, "account.too_many")
		}
		other := creds("quan.tri", password)
		other.Address = "10.0.0.8"
		if _, err := h.SignIn(h.Context(), other); err != nil {
			t.Errorf("somebody elsewhere is locked out too: %v", err)
		}
		h.clock.move(3 * time.Minute)
		h.signIn("quan.tri")
	})
}

func TestOneLoginTriedFromManyPlacesIsBraked(t *testing.T) {
	each(t, func(h *house) {
		var err error
		for i := range 41 {
			c := creds("khong.co", "sai mật khẩu rồi")
			c.Address = "10.1.0." + string(rune('0'+i/10)) + string(rune('0'+i%10))
			_, err = h.SignIn(h.Context(), c)
		}
		h.fails(err, "account.too_many")
	})
}

func TestManyTriesAtOnceDoNotSlipThrough(t *testing.T) {
	each(t, func(h *house) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		tried := 0
		for range 30 {
			wg.Go(func() {
				_, err := h.SignIn(h.Context(), creds("quan.tri", "sai mật khẩu rồi"))
				mu.Lock()
				defer mu.Unlock()
				if fault.Code(err) == "account.wrong" {
					tried++
				} else if fault.Code(err) != "account.too_many" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tried != 8 {
			t.Errorf("%d of 30 simultaneous guesses were judged, want 8", tried)
		}
	})
}

func TestAMorningOfSignInsFromOneOfficeIsNotBraked(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	for range 120 {
		h.signIn("quan.tri")
	}
}

func TestDisabledAccountIsRefusedAndToldOnlyToItsOwner(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("bi.khoa", "Trần Văn Khoá", web.Role{Name: web.Clerk, Office: "180100"})
		o := h.signIn("bi.khoa")
		h.must(h.Disable(h.Context(), account.ActorOf(web.Person{ID: h.boss.ID, Acting: web.Role{Name: web.Admin}}, "10.0.0.1"), a.ID))
		if _, ok := h.who(o.Token); ok {
			t.Error("the session outlived the account")
		}
		_, err := h.SignIn(h.Context(), creds("bi.khoa", password))
		h.fails(err, "account.disabled")
		_, err = h.SignIn(h.Context(), creds("bi.khoa", "sai mật khẩu rồi"))
		h.fails(err, "account.wrong")
		h.must(h.Enable(h.Context(), by, a.ID))
		h.signIn("bi.khoa")
		if !h.hasAudit(a.ID, account.AccountDisabled) || !h.hasAudit(a.ID, account.AccountEnabled) {
			t.Error("the audit does not show both")
		}
	})
}

func TestOneTimePasswordMustBeReplaced(t *testing.T) {
	each(t, func(h *house) {
		a, once, err := h.Add(h.Context(), by, account.NewPerson{Login: "moi.vao", Name: "Phạm Mới Vào"})
		h.must(err)
		o, err := h.SignIn(h.Context(), creds("moi.vao", once))
		h.must(err)
		if o.Done() {
			t.Fatal("a one-time password opened the house")
		}
		if _, ok := h.who(o.Token); ok {
			t.Fatal("an unfinished sign-in counts as signed in")
		}
		for _, bad := range []string{"ngắn", once, "1234567890", "aaaaaaaaaaaa", "moi.vao.moi.vao", "matkhau2026", "Buudien@123"} {
			_, err := h.ChooseFirst(h.Context(), o.Token, bad, "10.0.0.7")
			h.fails(err, "account.weak_password")
		}
		done, err := h.ChooseFirst(h.Context(), o.Token, password, "10.0.0.7")
		h.must(err)
		if p, ok := h.who(done.Token); !ok || p.ID != a.ID {
			t.Errorf("after choosing: %+v, %v", p, ok)
		}
		if done.Token == o.Token {
			t.Error("the token stayed the same over the last step")
		}
		_, err = h.ChooseFirst(h.Context(), done.Token, "một câu khác hẳn", "10.0.0.7")
		h.fails(err, "account.stale")
		_, err = h.SignIn(h.Context(), creds("moi.vao", once))
		h.fails(err, "account.wrong")
		h.signIn("moi.vao")
	})
}

func TestPasswordIsTheSameHoweverItsMarksAreTyped(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	decomposed := strings.NewReplacer("ư", "u\u031b", "à", "a\u0300", "á", "a\u0301", "é", "e\u0301").Replace(password)
	if decomposed == password {
		t.Fatal("the test password has no marks")
	}
	if _, err := h.SignIn(h.Context(), creds("quan.tri", decomposed)); err != nil {
		t.Error(err)
	}
}

func TestSecondFactorIsAskedFor(t *testing.T) {
	each(t, func(h *house) {
		secret, recovery := h.enrol(h.boss)
		o, err := h.SignIn(h.Context(), creds("quan.tri", password))
		h.must(err)
		if _, ok := h.who(o.Token); ok || o.Done() {
			t.Fatal("the password alone opened the house")
		}
		_, err = h.EnterCode(h.Context(), o.Token, "000000", "10.0.0.7")
		h.fails(err, "account.wrong_code")
		h.clock.move(time.Minute)
		code := h.code(secret)
		done, err := h.EnterCode(h.Context(), o.Token, code[:3]+" "+code[3:], "10.0.0.7")
		h.must(err)
		if _, ok := h.who(done.Token); !ok || !done.Done() || done.Token == o.Token {
			t.Error("the right code did not open the house under a new token")
		}
		again, err := h.SignIn(h.Context(), creds("quan.tri", password))
		h.must(err)
		_, err = h.EnterCode(h.Context(), again.Token, code, "10.0.0.7")
		h.fails(err, "account.wrong_code") // a code is good once
		viaPaper, err := h.EnterCode(h.Context(), again.Token, strings.ToUpper(recovery[3]), "10.0.0.7")
		h.must(err)
		if _, ok := h.who(viaPaper.Token); !ok {
			t.Error("a recovery code did not open the house")
		}
		third, err := h.SignIn(h.Context(), creds("quan.tri", password))
		h.must(err)
		_, err = h.EnterCode(h.Context(), third.Token, recovery[3], "10.0.0.7")
		h.fails(err, "account.wrong_code")
		if n, err := h.RecoveryLeft(h.Context(), h.boss.ID); err != nil || n != 9 {
			t.Errorf("%d recovery codes left, %v", n, err)
		}
	})
}

func TestGuessingCodesIsBraked(t *testing.T) {
	each(t, func(h *house) {
		secret, _ := h.enrol(h.boss)
		o, err := h.SignIn(h.Context(), creds("quan.tri", password))
		h.must(err)
		h.clock.move(time.Minute)
		for range 6 {
			_, err = h.EnterCode(h.Context(), o.Token, "000000", "10.0.0.7")
			h.fails(err, "account.wrong_code")
		}
		_, err = h.EnterCode(h.Context(), o.Token, h.code(secret), "10.0.0.7")
		h.fails(err, "account.too_many")
	})
}

func TestSeedIsSealedAtRest(t *testing.T) {
	each(t, func(h *house) {
		secret, _ := h.enrol(h.boss)
		var kept []byte
		h.must(h.DB.Read().QueryRowContext(h.Context(), `SELECT totp FROM account WHERE id = $1`, string(h.boss.ID)).Scan(&kept))
		if bytes.Contains(kept, []byte(secret)) {
			t.Error("the seed lies open in the database")
		}
	})
}

func TestAnUnconfirmedSecondFactorLocksNobodyOut(t *testing.T) {
	each(t, func(h *house) {
		first, err := h.Enrol(h.Context(), h.boss.ID)
		h.must(err)
		second, err := h.Enrol(h.Context(), h.boss.ID)
		h.must(err)
		if first != second {
			t.Error("loading the page again showed another secret")
		}
		if !h.signIn("quan.tri").Done() {
			t.Error("a code is asked for that nobody has confirmed")
		}
		_, err = h.Confirm(h.Context(), by, h.boss.ID, "000000")
		h.fails(err, "account.wrong_code")
	})
}

func TestSecondFactorIsTurnedOffWithThePasswordOnly(t *testing.T) {
	each(t, func(h *house) {
		h.enrol(h.boss)
		h.fails(h.DropOwnSecondFactor(h.Context(), by, h.boss.ID, "sai mật khẩu rồi"), "account.wrong_password")
		h.must(h.DropOwnSecondFactor(h.Context(), by, h.boss.ID, password))
		if !h.signIn("quan.tri").Done() {
			t.Error("a code is still asked for")
		}
	})
}

// enrol turns the second factor on and gives the secret and the recovery codes.
func (h *house) enrol(a account.Account) (string, []string) {
	h.Helper()
	e, err := h.Enrol(h.Context(), a.ID)
	h.must(err)
	secret := strings.ReplaceAll(e.Secret, " ", "")
	codes, err := h.Confirm(h.Context(), account.Actor{ID: string(a.ID)}, a.ID, h.code(secret))
	h.must(err)
	if len(codes) != 10 || !strings.Contains(e.URI, secret) {
		h.Fatalf("%d codes, %s", len(codes), e.URI)
	}
	return secret, codes
}

func (h *house) code(secret string) string {
	h.Helper()
	code, err := totp.GenerateCode(secret, h.clock.now())
	h.must(err)
	return code
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	each(t, func(h *house) {
		here, there := h.signIn("quan.tri"), h.signIn("quan.tri")
		h.fails(h.ChangePassword(h.Context(), by, h.boss.ID, here.ID, "sai mật khẩu rồi", "một câu khác hẳn"), "account.wrong_password")
		h.fails(h.ChangePassword(h.Context(), by, h.boss.ID, here.ID, password, password), "account.weak_password")
		h.must(h.ChangePassword(h.Context(), by, h.boss.ID, here.ID, password, "một câu khác hẳn"))
		if _, ok := h.who(here.Token); !ok {
			t.Error("the session that changed it has ended")
		}
		if _, ok := h.who(there.Token); ok {
			t.Error("the other session goes on")
		}
		_, err := h.SignIn(h.Context(), creds("quan.tri", password))
		h.fails(err, "account.wrong")
	})
}

func TestResetGivesAOneTimePasswordAndReleasesTheBrakes(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("quen.roi", "Vũ Quên Rồi")
		o := h.signIn("quen.roi")
		for i := range 40 {
			c := creds("quen.roi", "sai mật khẩu rồi")
			c.Address = "10.2.0." + string(rune('0'+i/10)) + string(rune('0'+i%10))
			_, _ = h.SignIn(h.Context(), c)
		}
		once, err := h.ResetPassword(h.Context(), by, a.ID)
		h.must(err)
		if _, ok := h.who(o.Token); ok {
			t.Error("a session outlived the reset")
		}
		opened, err := h.SignIn(h.Context(), creds("quen.roi", once))
		h.must(err)
		if opened.Done() {
			t.Error("the reset password need not be replaced")
		}
	})
}

func TestSamePersonMayNotHoldTheSameRoleTwice(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.Clerk, Office: "180100"})
		h.fails(h.Give(h.Context(), by, a.ID, web.Role{Name: web.Clerk, Office: "180100"}), "account.role_held")
		h.must(h.Give(h.Context(), by, a.ID, web.Role{Name: web.Clerk, Office: "180200"}))
	})
}

func TestOnlyKnownRolesAreGiven(t *testing.T) {
	each(t, func(h *house) {
		for _, name := range []web.Right{"king", web.Public, web.SignedIn, web.Staff, web.Device, web.AnyOf(web.Clerk, web.Admin)} {
			h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: name}), "account.role")
		}
		h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Office: "abc"}), "postal.office_code")
		h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Until: postal.MakeDay(2026, 11, 22)}), "account.until_past")
		h.fails(h.Give(h.Context(), by, "nv-khongco", web.Role{Name: web.Clerk}), "account.unknown")
	})
}

func TestRoleEndsAfterItsLastDay(t *testing.T) {
	each(t, func(h *house) {
		h.add("thoi.vu", "Ngô Thời Vụ", web.Role{Name: web.Carrier, Office: "180100", Until: postal.MakeDay(2026, 11, 23)})
		h.clock.move(15*time.Hour + 59*time.Minute) // 23:59 here
		o := h.signIn("thoi.vu")
		if p, ok := h.who(o.Token); !ok || !p.May(web.Carrier, "180100") {
			t.Errorf("on the last day: %+v, %v", p, ok)
		}
		h.clock.move(time.Minute)
		if p, ok := h.who(o.Token); !ok || p.May(web.Carrier, "180100") || len(p.Roles) != 0 {
			t.Errorf("after midnight: %+v, %v", p, ok)
		}
	})
}

func TestEndedRoleIsGoneAtOnceAndStaysOnRecord(t *testing.T) {
	each(t, func(h *house) {
		a := h.add("hai.vai", "Bùi Hai Vai", web.Role{Name: web.Clerk, Office: "180100"}, web.Role{Name: web.Driver})
		o := h.signIn("hai.vai")
		grants, err := h.Grants(h.Context(), a.ID)
		h.must(err)
		if len(grants) != 2 || grants[0].Role.Name != web.Driver {
			t.Fatalf("%+v", grants)
		}
		for range 2 { // a second press is harmless
			h.must(h.End(h.Context(), account.Actor{ID: string(h.boss.ID), Role: web.Admin}, a.ID, grants[1].ID))
		}
		p, ok := h.who(o.Token)
		if !ok || p.May(web.Clerk, "") || !p.May(web.Driver, "") {
			t.Errorf("%+v, %v", p, ok)
		}
		grants, err = h.Grants(h.Context(), a.ID)
		h.must(err)
		if len(grants) != 2 || grants[1].EndedBy != string(h.boss.ID) || grants[1].EndedMS == 0 || grants[1].GrantedBy != account.Command {
			t.Errorf("%+v", grants)
		}
		h.fails(h.End(h.Context(), by, h.boss.ID, grants[0].ID), "account.no_grant") // somebody else's
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(h *house) {
		h.fails(h.Disable(h.Context(), by, h.boss.ID), "account.last_admin")
		grants, err := h.Grants(h.Context(), h.boss.ID)
		h.must(err)
		h.fails(h.End(h.Context(), by, h.boss.ID, grants[0].ID), "account.last_admin")
		if a, err := h.Find(h.Context(), h.boss.ID); err != nil || a.Disabled() {
			t.Errorf("%+v, %v", a, err)
		}
		h.add("pho.qt", "Hồ Phó Quản", web.Role{Name: web.Admin})
		h.must(h.Disable(h.Context(), by, h.boss.ID))
	})
}

func TestLoginsAreUniqueAndWellFormed(t *testing.T) {
	each(t, func(h *house) {
		_, _, err := h.Add(h.Context(), by, account.NewPerson{Login: "QUAN.TRI", Name: "Người Khác"})
		h.fails(err, "account.login_taken")
		for _, bad := range []string{"ab", "có dấu", ".abc", "abc.", "a b c", strings.Repeat("a", 33), "a@b.vn"} {
			_, _, err := h.Add(h.Context(), by, account.NewPerson{Login: bad, Name: "Ai Đó"})
			h.fails(err, "account.login")
		}
		_, _, err = h.Add(h.Context(), by, account.NewPerson{Login: "khong.ten"})
		h.fails(err, "account.name")
		if n := h.count(`SELECT count(*) FROM account`); n != 1 {
			t.Errorf("%d accounts", n)
		}
	})
}

func TestOfficesAreCheckedAgainstTheBook(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.Offices = book{{Code: "180100", Name: "Bưu cục Trung tâm"}}
	h.fails(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Office: "999999"}), "account.office")
	h.must(h.Give(h.Context(), by, h.boss.ID, web.Role{Name: web.Clerk, Office: "180100"}))
}

type book []account.Office

func (b book) Offices(context.Context) ([]account.Office, error) { return b, nil }

func TestPeopleAreListedByGivenNameWithRolesInForce(t *testing.T) {
	each(t, func(h *house) {
		h.add("bac.nv", "Nguyễn Văn Bắc", web.Role{Name: web.Clerk, Office: "180100"})
		h.add("an.vt", "Vũ Thị An", web.Role{Name: web.Clerk, Office: "180100", Until: postal.MakeDay(2026, 11, 24)})
		h.clock.move(48 * time.Hour)
		list, err := h.List(h.Context())
		h.must(err)
		var names []string
		for _, l := range list {
			names = append(names, l.Name)
		}
		if got := strings.Join(names, ", "); got != "Vũ Thị An, Nguyễn Văn Bắc, Lê Thị Quản Trị" {
			t.Error(got)
		}
		if len(list[0].Grants) != 0 || len(list[1].Grants) != 1 {
			t.Errorf("roles in force: %+v", list)
		}
	})
}

func TestAuditCannotBeChangedOrDeleted(t *testing.T) {
	each(t, func(h *house) {
		for _, statement := range []string{`UPDATE account_audit SET detail = 'x'`, `DELETE FROM account_audit`} {
			if _, err := h.DB.Write().ExecContext(h.Context(), statement); err == nil || !strings.Contains(err.Error(), "append only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

func TestAuditIsReadInPagesNewestFirst(t *testing.T) {
	each(t, func(h *house) {
		for range 5 {
			h.signIn("quan.tri")
		}
		var ids []int64
		q := account.AuditQuery{Who: string(h.boss.ID), Limit: 3}
		for {
			lines, err := h.Audit(h.Context(), q)
			h.must(err)
			for _, l := range lines {
				ids = append(ids, l.ID)
			}
			if len(lines) < q.Limit {
				break
			}
			q.Before = lines[len(lines)-1].ID
		}
		if len(ids) != 7 { // made, given a role, five sign-ins
			t.Errorf("%d lines: %v", len(ids), ids)
		}
		for i := 1; i < len(ids); i++ {
			if ids[i] >= ids[i-1] {
				t.Errorf("not newest first: %v", ids)
			}
		}
	})
}

func TestEveryActionHasWordsInBothLanguages(t *testing.T) {
	for _, a := range []account.Action{account.SignedIn, account.SignInRefused, account.SignedOut, account.RoleChosen, account.AccountAdded,
		account.AccountDisabled, account.AccountEnabled, account.RoleGranted, account.RoleEnded, account.PasswordChanged, account.PasswordReset,
		account.SecondFactorOn, account.SecondFactorOff, account.RecoveryCodeUsed, account.RecoveryCodesMade, account.SessionEnded,
		account.DeviceAdded, account.DeviceRevoked} {
		if a.In("vi") == string(a) || a.In("en") == string(a) || a.In("vi") == a.In("en") {
			t.Errorf("%s: %q, %q", a, a.In("vi"), a.In("en"))
		}
	}
}

func TestCommandsManageAccounts(t *testing.T) {
	each(t, func(h *house) {
		var out bytes.Buffer
		h.must(h.AddCommand(h.Context(), &out, account.AddFlags{Login: "huong.nt", Name: "Nguyễn Thị Hương", Office: "180100", Phone: "0912 345 678",
			Roles: []string{"clerk@180100:31/12/2026", "supervisor@180100"}}, answer.Printing{JSON: true}))
		var made struct {
			Password string `json:"one_time_password"`
		}
		h.must(json.Unmarshal(out.Bytes(), &made))
		if _, err := h.SignIn(h.Context(), creds("huong.nt", made.Password)); err != nil {
			t.Error(err)
		}
		out.Reset()
		h.must(h.ListCommand(h.Context(), &out, answer.Printing{Lang: "en"}))
		if !strings.Contains(out.String(), "clerk@180100:2026-12-31 supervisor@180100") {
			t.Error(out.String())
		}
		out.Reset()
		h.must(h.PasswordCommand(h.Context(), &out, "huong.nt", true, answer.Printing{Lang: "en"}))
		if !strings.Contains(out.String(), "One-time password: ") || strings.Contains(out.String(), made.Password) {
			t.Error(out.String())
		}
		out.Reset()
		h.must(h.DisableCommand(h.Context(), &out, "huong.nt", answer.Printing{}))
		h.must(h.ListCommand(h.Context(), &out, answer.Printing{}))
		if !strings.Contains(out.String(), "đã khoá") {
			t.Error(out.String())
		}
		h.fails(h.DisableCommand(h.Context(), &out, "khong.co", answer.Printing{}), "account.unknown")
		h.fails(h.AddCommand(h.Context(), &out, account.AddFlags{Login: "ai.do", Name: "Ai", Roles: []string{"king"}}, answer.Printing{}), "account.role")
	})
}
