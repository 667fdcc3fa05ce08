package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

// look is one page with the person who opens it.
type looked struct{ name, who, path string }

// busyHouse is a house with something on every page of the field.
func busyHouse(t *testing.T) (*fieldHouse, []looked) {
	t.Helper()
	h := newFieldHouse(t, sqltest.SQLite(t))
	late := h.accept("Công ty Trách nhiệm hữu hạn Một thành viên Tên Rất Dài Mẫu", "Số 1234A ngõ 56/78 đường Nguyễn Bỉnh Khiêm kéo dài, tổ dân phố số 9")
	h.pass(60 * time.Hour)
	a, b, c := h.accept("Nguyễn Thị Mẫu", "12 Lạch Tray"), h.accept("UBND Mẫu", "18 Hoàng Diệu"), h.accept("UBND Mẫu", "18 Hoàng Diệu")
	back, held, gone := h.accept("Lê Văn Thử", "3 Lạch Tray"), h.accept("Phạm Thị Chờ", "7 Cầu Đất"), h.accept("Vũ Văn Xong", "9 Cầu Đất")
	h.take("carrier", a, b, c, back, gone)
	h.act(officeOne, "nv-bt1", custody.Attempt{Item: back, Reason: "absent", Next: "again"})
	h.act(officeOne, "nv-gd1", custody.Hold{Item: held, Until: postal.DayOf(h.now())})
	h.as("carrier").upload("/round/stop/"+string(gone)+"/deliver", "photo", photo(640, 480), "item", string(gone), "act."+string(gone), actID(h), "to", "household", "relation", "spouse", "name", "Bà Vợ Mẫu", "how", "screen", "signature", drawing()).lead(t, "/round/")
	h.act(officeOne, "nv-gd1", custody.SeeHere{Thing: event.Thing(a)})
	h.act(officeOne, "nv-gd1", custody.SeeHere{Thing: "RR473124829VN"})
	list := h.act(officeOne, "nv-gd1", custody.OpenHandover{Office: officeOne, From: custody.AtOffice(officeOne), To: custody.ByCarrier("nv-bt1"), Purpose: custody.ForDelivery, Things: []event.Thing{event.Thing(late)}}).Facts[0].(event.HandoverOpened).Handover
	h.accept("Trần Thị Sẵn", "21 Minh Khai")
	h.act(officeOne, "nv-gd1", custody.StartBag{Office: officeOne, To: officeTwo})
	page := h.as("clerk").get("/desk/irregularities").text
	at := strings.Index(page, `href="/desk/irregularities/`) + 6
	irregularity := page[at : at+strings.Index(page[at:], `"`)]
	return h, []looked{
		{"lists", "clerk", "/desk/lists"},
		{"list", "clerk", "/desk/lists/" + string(list)},
		{"round", "carrier", "/round/"},
		{"round-empty", "carrier2", "/round/"},
		{"stop", "carrier", "/round/stop/" + string(a)},
		{"stop-deliver", "carrier", "/round/stop/" + string(b) + "#deliver"},
		{"stop-failed", "carrier", "/round/stop/" + string(b) + "#failed"},
		{"round-sign", "carrier", "/round/lists/" + string(list)},
		{"handout", "clerk", "/desk/handout"},
		{"handing", "clerk", "/desk/handout/" + string(held)},
		{"item", "supervisor", "/desk/items/" + string(a)},
		{"item-full", "supervisor", "/desk/items/" + string(held) + "?full=1"},
		{"item-delivered", "supervisor", "/desk/items/" + string(gone)},
		{"proof", "supervisor", "/desk/items/" + string(gone) + "/proof"},
		{"irregularities", "supervisor", "/desk/irregularities"},
		{"irregularity", "supervisor", irregularity},
		{"board", "supervisor", "/desk/board"},
		{"board-items", "supervisor", "/desk/board/items"},
		{"overview", "manager", "/board"},
	}
}

// If this fails, a page is unkind to somebody: unreadable, unreachable by keyboard, or wider than a phone.
func TestEveryFieldPageIsAccessibleAndFitsBothWidths(t *testing.T) {
	h, pages := busyHouse(t)
	p := phone{webtest.Open(t), h}
	for _, l := range pages {
		p.signIn(l.who)
		for _, width := range []int{webtest.Desk, webtest.Phone} {
			p.Width(width)
			for _, lang := range []string{"vi", "en"} {
				if lang == "en" && width == webtest.Phone {
					continue // one layout, two languages: the wide one shows all English words
				}
				path, anchor, _ := strings.Cut(l.path, "#")
				sep := "?"
				if strings.Contains(path, "?") {
					sep = "&"
				}
				p.Go(h.url + path + sep + "lang=" + lang + "#" + anchor)
				what := fmt.Sprintf("%s at %d in %s", l.name, width, lang)
				if width == webtest.Phone {
					p.Check(what)
				} else {
					p.Fits(what)
				}
				if lang == "vi" {
					p.Shot(fmt.Sprintf("field-%s-%d", l.name, width))
				}
			}
		}
	}
}

// If this fails, a clerk without a mouse cannot make a list.
func TestADeliveryListIsMadeByKeyboardAlone(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("Nguyễn Thị Mẫu", "12 Lạch Tray")
	p := phone{webtest.Open(t), h}
	p.signIn("clerk")
	p.Go(h.url + "/desk/lists")
	if got := p.Focus(); got != "code" {
		t.Fatalf("the cursor starts at %s", got)
	}
	p.TypeAndGo(string(n) + "\r")
	p.Wait(".band--good")
	webtest.Eval[bool](p.Browser, "document.activeElement.blur(), true")
	p.Press("F9")
	p.Type("Bưu tá M")
	webtest.Eval[bool](p.Browser, "document.activeElement.blur(), true")
	p.PressAndGo("F4")
	p.Wait("h1 .code")
	if got := p.Path(); !strings.HasPrefix(got, "/desk/lists/4") {
		t.Errorf("it leads to %s: %s", got, p.Text("main"))
	}
	p.Check("list made by keyboard")
}
