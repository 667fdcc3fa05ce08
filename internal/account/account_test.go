package account_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/account"
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

// A one-time password is known to whoever gave it out: it signs for nobody, and its owner must hear why.
func TestAOneTimePasswordDoesNotSign(t *testing.T) {
	each(t, func(h *house) {
		_, once, err := h.Add(h.Context(), by, account.NewPerson{Login: "van.thu", Name: "Văn Thư Mẫu", Roles: []web.Role{{Name: web.Clerk, Office: "180100"}}})
		h.must(err)
		_, err = h.Prove(h.Context(), creds("van.thu", once), "")
		h.fails(err, "account.first_sign_in")
		_, err = h.Prove(h.Context(), creds("van.thu", "sai"), "")
		h.fails(err, "account.wrong")
	})
}
