package e2e

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// If these fail, a letter that a person takes from counter to door gets stuck at some screen, or is somewhere without the ledger knowing.

// hand does the work at one screen, by whatever means: the journey says what is done, a hand how.
type hand interface {
	be(login string)                // whoever was at the screen signs out, this one signs in; "" leaves it to the public
	open(path string)               // types an address
	follow(words string)            // goes where a link of this text leads
	fill(name, text string)         // types into a field
	choose(name, value string)      // picks a radio button, an entry of a list, a box to tick
	place(side, words, unit string) // finds a commune by its name
	press(words string)             // presses the button that begins with these words
	scan(code, says string)         // reads a code into the scan field and waits for the answer
	sees(words ...string)           // reads the page
	paper(words, says string)       // looks at what a button would print, and comes back
	path() string                   // of the page that is open
	look(name string)               // the page is fit to be seen
	screen(width int)               // changes to another screen
}

// journey is one letter on its way through a made-up city of its own.
type journey struct {
	hand
	t     *testing.T
	house *app.House
	clock *demo.Clock
	from  end
	to    end
	van   member

	item, bag, trip string
}

// end is an office with its people.
type end struct {
	gazetteer.Office
	clerk, carrier member
	unit           gazetteer.Unit
}

type member struct{ id, login string }

// The two offices of the journey, and when it begins: a Tuesday, when nobody is on the road yet.
const (
	counterCode  postal.OfficeCode = "990100"
	deliveryCode postal.OfficeCode = "980100"
	seal                           = "NP7654321"
	taker                          = "Phạm Thị Vợ Mẫu"
)

var dawn = time.Date(2026, 11, 24, 6, 10, 0, 0, postal.HoChiMinh)

// newJourney makes a city on a database and opens it on loopback.
func newJourney(t *testing.T, dsn string) (*journey, string) {
	t.Helper()
	clock := demo.NewClock(dawn, 7)
	h, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Database: dsn, MadeUp: true, Province: "31", Now: clock.Now, Hotline: "1900 0000", Base: "https://buudien.example", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.Fill(t.Context(), h, clock, demo.Options{Seed: 7, Days: 1}, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h.Handler())
	t.Cleanup(server.Close)
	j := &journey{t: t, house: h, clock: clock}
	j.meet()
	clock.Run(1)
	return j, server.URL
}

// meet finds the people of the journey.
func (j *journey) meet() {
	j.t.Helper()
	all, err := j.house.Accounts.List(j.t.Context())
	if err != nil {
		j.t.Fatal(err)
	}
	for _, a := range all {
		who := member{string(a.ID), a.Login}
		for _, g := range a.Grants {
			switch g.Role {
			case web.Role{Name: web.Clerk, Office: counterCode}:
				j.from.clerk = who
			case web.Role{Name: web.Clerk, Office: deliveryCode}:
				j.to.clerk = who
			case web.Role{Name: web.Carrier, Office: deliveryCode}:
				j.to.carrier = who
			}
		}
		if a.Login == "laixe01" {
			j.van = who
		}
	}
	for _, e := range []struct {
		end  *end
		code postal.OfficeCode
	}{{&j.from, counterCode}, {&j.to, deliveryCode}} {
		e.end.Office, _ = j.house.Places.Directory().Office(e.code)
		e.end.unit = j.unitOf(e.code)
	}
}

// unitOf gives a commune that an office delivers.
func (j *journey) unitOf(office postal.OfficeCode) gazetteer.Unit {
	j.t.Helper()
	for _, u := range j.house.Places.Gazetteer().Units(postal.DayOf(dawn)) {
		if o, ok := j.house.Places.DeliveryOffice(u.Code); ok && o == office {
			return u
		}
	}
	j.t.Fatalf("office %s delivers no commune", office)
	return gazetteer.Unit{}
}

// pass lets time go by.
func (j *journey) pass(d time.Duration) {
	j.clock.Set(j.clock.Now().Add(d))
	j.clock.Run(1)
}

// walk is the whole way of a registered letter.
func (j *journey) walk() {
	j.t.Helper()
	j.screen(webtest.Desk)
	j.accept()
	j.follows("Đã nhận gửi", "Bạn chưa cần làm gì.")
	j.pack()
	j.send()
	j.follows("Đang chuyển", "Rời bưu cục")
	j.pass(40 * time.Minute)
	j.receive()
	j.empty()
	j.follows("Đến bưu cục phát", "Đến bưu cục")
	j.give()
	j.follows("Đang phát", "Hôm nay bưu tá mang đi phát")
	j.pass(2 * time.Hour)
	j.fail()
	j.follows("Phát chưa được", "không có người nhận")
	j.pass(6 * time.Hour)
	j.handBack()
	j.pass(15 * time.Hour)
	j.give()
	j.pass(time.Hour)
	j.deliver()
	j.follows("Đã phát", "Bạn không cần làm gì thêm.")
	j.lookBack()
	j.allIsWell()
}

// accept takes the letter in at the counter and prints its papers.
func (j *journey) accept() {
	j.be(j.from.clerk.login)
	j.sees(j.from.Name)
	j.look("scan-desk")
	j.follow("Nhận gửi")
	j.look("accept")
	j.fill("to.name", "Nguyễn Thị Mẫu")
	j.fill("to.phone", "0912 345 678")
	j.fill("to.address", "12 ngõ 5 đường Mẫu")
	j.place("to", j.to.unit.Name, string(j.to.unit.Code))
	j.fill("from.name", "Trần Văn Mẫu")
	j.fill("from.address", "45 phố Mẫu")
	j.place("from", j.from.unit.Name, string(j.from.unit.Code))
	j.fill("weight", "20")
	j.press("Kiểm tra và tính cước")
	j.sees("Kiểm tra rồi nhận", j.to.Name, "Phải thu", "Chưa mở ca nên chưa thu tiền được", "xem quy tắc tính")
	j.look("accept-no-shift")
	j.press("Mở ca")
	j.sees("Kiểm tra rồi nhận", "Khách trả bằng", "Nguyễn Thị Mẫu")
	j.look("accept-check")
	j.press("Thu ")
	j.sees("Đã nhận gửi", "Đã thu, tiền mặt")
	j.item = strings.Split(j.path(), "/")[3]
	j.look("accepted")
	j.paper("In biên nhận", "Giữ phiếu này")
	j.paper("In nhãn", "THƯ BẢO ĐẢM")
	j.paper("In tem nhỏ", j.grouped())
}

func (j *journey) grouped() string { return postal.ItemNumber(j.item).Grouped() }

// pack puts the letter into a bag and seals it.
func (j *journey) pack() {
	j.be(j.from.clerk.login)
	j.scan(j.item, "Đang ở đây, chờ chuyển đi")
	j.look("scan-item")
	j.press("Mở túi mới")
	j.sees("Niêm phong túi", j.grouped())
	j.bag = last(j.path())
	j.look("bag-open")
	j.press("Niêm phong túi")
	j.look("bag-seal")
	j.fill("seal", seal)
	j.press("Niêm phong")
	j.sees("niêm phong " + seal)
	j.look("bag-sealed")
	j.paper("In nhãn túi", "TÚI THƯ")
	j.paper("In bản kê", "BẢN KÊ TÚI")
}

// send puts the bag on a dispatch, which the driver takes on his own device.
func (j *journey) send() {
	j.press("Lập chuyến mới")
	j.sees("1 túi")
	j.trip = last(j.path())
	j.look("dispatch-open")
	j.press("Đóng chuyến")
	j.sees("Lái xe nhận chuyến")
	j.look("dispatch-closed")
	j.paper("In bản kê chuyến", seal)
	j.choose("driver", j.van.id)
	j.press("Lập bàn giao")
	j.sees("Đã đếm 0 / 1")
	j.look("handover")
	code := last(j.path())

	j.be(j.van.login)
	j.screen(webtest.Phone)
	j.look("driver-today")
	j.follow(group(code))
	j.scan(j.bag, "Đọc số niêm phong")
	j.scan(seal, "khớp hoàn toàn")
	j.look("driver-counted")
	j.press("Ký nhận")
	j.sees("Đã ký")

	j.screen(webtest.Desk)
	j.be(j.from.clerk.login)
	j.follow("Túi và chuyến thư")
	j.follow("Chuyến thư")
	j.look("dispatches")
	j.follow(group(code))
	j.press("Ký giao")
	j.sees("Bàn giao xong, hai bên đã ký")
	j.look("handover-done")
	j.paper("In biên bản", "BIÊN BẢN BÀN GIAO")
}

// receive takes the dispatch from the driver, who signs on the clerk's screen.
func (j *journey) receive() {
	j.be(j.to.clerk.login)
	j.follow("Túi và chuyến thư")
	j.follow("Chuyến thư")
	j.sees("Đang đến đây")
	j.follow(group(j.trip))
	j.look("dispatch-coming")
	j.press("Nhận chuyến này")
	j.sees("Đã đếm 0 / 1")
	j.scan(j.bag, "Đọc số niêm phong")
	j.scan(seal, "khớp hoàn toàn")
	j.look("receive-counted")
	j.press("Ký nhận")
	j.sees("Đã ký")
	j.signFor(j.van, "Ký giao")
	j.sees("hai bên đã ký", "Mở túi vừa nhận")
	j.look("received")
}

// signFor lets somebody sign on another's screen, by password.
func (j *journey) signFor(who member, button string) {
	j.fill("login", who.login)
	j.fill("password", demo.Password)
	j.press(button)
}

// empty opens the bag and takes the letter out.
func (j *journey) empty() {
	j.press("Mở túi vừa nhận")
	j.look("bag-arrived")
	j.scan(seal, "Niêm phong đúng, đã mở túi")
	j.look("bag-opened")
	j.scan(j.item, "Đã lấy ra: còn 0")
	j.press("Khai thác xong")
	j.sees("Đã lấy ra đủ")
	j.look("bag-empty")
	j.press("Xong túi này")
	j.look("bags")
}

// give puts the letter on the carrier's list; he signs on his phone.
func (j *journey) give() {
	j.be(j.to.clerk.login)
	j.follow("Bản kê phát")
	j.look("lists")
	j.choose("thing", j.item)
	j.choose("carrier", j.to.carrier.id)
	j.press("Lập bản kê")
	j.sees(j.grouped(), "Đếm và ký bàn giao")
	code := last(j.path())
	j.look("list")
	j.paper("In bản kê", "BẢN KÊ PHÁT")

	j.be(j.to.carrier.login)
	j.screen(webtest.Phone)
	j.look("round-to-sign")
	j.press("Đếm và ký nhận")
	j.sees(j.grouped())
	j.look("round-list")
	j.press("Đếm đủ, ký nhận")
	j.sees("chờ bưu cục ký giao")

	j.screen(webtest.Desk)
	j.be(j.to.clerk.login)
	j.follow("Bản kê phát")
	j.follow("Ký bàn giao " + group(code))
	j.press("Ký giao")
	j.sees("hai bên đã ký")
	j.look("list-signed")
}

// fail finds nobody at home.
func (j *journey) fail() {
	j.be(j.to.carrier.login)
	j.screen(webtest.Phone)
	j.look("round-today")
	j.follow("12 ngõ 5 đường Mẫu")
	j.look("round-stop")
	j.press("Không phát được")
	j.choose("reason", "absent")
	j.choose("next", "again")
	j.look("round-failed")
	j.press("Ghi không phát được")
	j.sees("Nộp lại bưu cục", "Người nhận vắng mặt")
	j.look("round-after")
	j.screen(webtest.Desk)
}

// handBack gives the letter back to the office in the evening; the carrier signs on the clerk's screen.
func (j *journey) handBack() {
	j.be(j.to.carrier.login)
	j.screen(webtest.Phone)
	j.press("Nộp lại bưu cục")
	j.sees("Đưa bưu gửi cho giao dịch viên đếm")
	j.look("round-back")
	code := last(j.path())

	j.screen(webtest.Desk)
	j.be(j.to.clerk.login)
	j.follow("Túi và chuyến thư")
	j.follow("Chuyến thư")
	j.follow(group(code))
	j.scan(j.item, "khớp hoàn toàn")
	j.look("back-counted")
	j.press("Ký nhận")
	j.sees("Đã ký")
	j.signFor(j.to.carrier, "Ký giao")
	j.sees("hai bên đã ký")
	j.look("back-done")
}

// deliver gives the letter to somebody of the household, who signs on paper.
func (j *journey) deliver() {
	j.be(j.to.carrier.login)
	j.screen(webtest.Phone)
	j.follow("12 ngõ 5 đường Mẫu")
	j.press("Phát được")
	j.choose("to", "household")
	j.choose("relation", "spouse")
	j.fill("name", taker)
	j.choose("how", "paper")
	j.look("round-deliver")
	j.press("Ghi đã phát")
	j.sees("Bạn không giữ bưu gửi nào.")
	j.look("round-done")
	j.screen(webtest.Desk)
}

// lookBack reads the whole way on the item's own page, and the proof of its delivery.
func (j *journey) lookBack() {
	j.be(j.to.clerk.login)
	j.open("/desk/items/" + j.item)
	j.sees("Đã phát", j.from.Name, j.to.Name, group(j.bag), group(j.trip), seal)
	j.look("item")
	j.follow("Bằng chứng phát")
	j.sees(taker)
	j.look("proof")
}

// follows is the citizen's view on the way.
func (j *journey) follows(words ...string) {
	j.t.Helper()
	j.be("")
	j.open("/track")
	j.fill("code", j.grouped())
	j.press("Tra cứu")
	j.sees(append(words, j.grouped())...)
	j.look("track-" + words[0])
}

// allIsWell asks the ledger itself.
func (j *journey) allIsWell() {
	j.t.Helper()
	i, ok := ledger.Get[*custody.Item](j.house.Ledger.View(j.t.Context()), custody.KeyOf(event.Thing(j.item)))
	if !ok || i.Stage != custody.Delivered || i.Attempts != 1 || i.Open != 0 {
		j.t.Errorf("the item at the end: %+v", i)
	}
	if d, err := j.house.Ledger.Check(j.t.Context(), nil); err != nil || len(d) > 0 {
		j.t.Errorf("replay differs from live: %v, %v", d, err)
	}
	w := httptest.NewRecorder()
	j.house.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusOK {
		t := strings.TrimSpace(w.Body.String())
		j.t.Errorf("/healthz: %d %s", w.Code, t)
	}
}

func last(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndex(path, "/")+1:]
}

// group writes a code of a bag, a dispatch or a handover as pages write it.
func group(code string) string {
	return code[:1] + " " + code[1:7] + " " + code[7:13] + " " + code[13:]
}

func TestALetterGoesFromCounterToDoorByPlainForms(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "city.db") },
		"postgres": func(t *testing.T) string { return sqltest.PostgresDSN(t) },
	} {
		t.Run(name, func(t *testing.T) {
			j, url := newJourney(t, dsn(t))
			j.hand = newForms(t, url)
			j.walk()
		})
	}
}

func TestALetterGoesFromCounterToDoorByKeyboardAlone(t *testing.T) {
	b := webtest.Open(t)
	j, url := newJourney(t, filepath.Join(t.TempDir(), "city.db"))
	j.hand = &keys{Browser: b, t: t, url: url, now: j.clock.Now}
	j.walk()
}
