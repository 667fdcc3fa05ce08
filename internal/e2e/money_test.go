package e2e

import (
	"fmt"
	"strings"
	"testing"

	"citypost/internal/account"
	"citypost/internal/cash"
	"citypost/internal/demo"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// paidItem is an item of office A with relief, paid in cash.
func (w *town) paidItem(t *testing.T) postal.ItemNumber {
	t.Helper()
	v := w.Ledger.View(t.Context())
	for _, s := range w.samples(t)["items"] {
		n := postal.ItemNumber(s.code)
		if p, ok := cash.PaidFor(v, n); ok && s.office == officeA && p.ProvinceVND > 0 && p.Means == cash.Cash {
			return n
		}
	}
	t.Fatal("the city has no item of office A that was paid with relief")
	return ""
}

// lastShift is a closed shift of office A.
func (w *town) lastShift(t *testing.T) string {
	t.Helper()
	all, err := (&cash.Records{DB: w.DB, Ledger: w.Ledger}).Shifts(t.Context(), officeA, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.ClosedSeq > 0 {
			return fmt.Sprintf("/cash/shifts/%s/%d", s.Drawer, s.Shift)
		}
	}
	t.Fatal("no shift of office A was closed")
	return ""
}

// TestMoneyIsKindInTheBrowser looks at what a clerk, a supervisor and a manager see of the money of a living city, in both languages and at both widths.
func TestMoneyIsKindInTheBrowser(t *testing.T) {
	w := theTown(t)
	b := webtest.Open(t)
	item := string(w.paidItem(t))
	paths := map[string][]string{
		w.at("gdv", officeA): {"/cash", "/cash/count", "/cash/shifts", w.lastShift(t), "/cash/books", "/cash/books/receipts?book=MAU%2F" + string(officeA),
			"/cash/agencies?agency=so-tu-phap-mau&from=2026-11-16&to=2026-11-24", "/desk/items/" + item, "/cash/items/" + item},
		w.at("ksv", officeA): {"/cash", "/cash/safe", "/cash/agencies?agency=so-tu-phap-mau&from=2026-11-16&to=2026-11-24", "/cash/items/" + item, "/tariff/claims", "/tariff/claims/items?month=2026-11&payer=province", "/tariff/preview"},
		"lanhdao":            {"/cash/journal", "/tariff", "/tariff/tables", "/tariff/relief", "/tariff/claims"},
	}
	for login, list := range paths {
		w.signIn(b, login)
		for _, path := range list {
			p := page{strings.Trim(strings.Split(path, "?")[0], "/"), path, login, w.get(t, login, path)}
			if p.answer.status != 200 {
				t.Errorf("%s as %s: status %d", path, login, p.answer.status)
				continue
			}
			for n, l := range []look{{webtest.Phone, "vi"}, {webtest.Desk, "vi"}, {webtest.Phone, "en"}, {webtest.Desk, "en"}} {
				w.lookAt(t, b, "money-"+login, p, l, n == 0)
			}
		}
	}
}

// TestALetterIsPaidWithReliefInTheBrowser walks the accept page by mouse and keyboard, without an open shift, with a class of beneficiary, in both languages.
func TestALetterIsPaidWithReliefInTheBrowser(t *testing.T) {
	w := theTown(t)
	b := webtest.Open(t)
	at, _ := w.Places.Directory().Office(officeB)
	for n, lang := range []string{"vi", "en"} {
		login := fmt.Sprintf("gdvthu%d", n)
		_, _, err := w.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: login, Name: "Giao dịch viên mẫu " + lang, Office: officeA,
			Roles: []web.Role{{Name: web.Clerk, Office: officeA}}, Password: demo.Password})
		if err != nil {
			t.Fatal(err)
		}
		w.signIn(b, login)
		b.Width(webtest.Desk)
		b.Go(w.url + "/desk/accept?lang=" + lang)
		for _, f := range [][2]string{{"to.name", "Nguyễn Thị Mẫu"}, {"to.address", "12 ngõ 5 đường Mẫu"}, {"to.place", w.unitName(at.Unit)}, {"from.name", "Trần Văn Mẫu"}, {"from.address", "45 phố Mẫu"}, {"weight", "120"}} {
			b.Fill("input[name='"+f[0]+"']", f[1])
		}
		b.Until(`document.querySelector("input[name='to.unit'][value='` + string(at.Unit) + `']")`)
		b.Click("input[name='to.unit'][value='" + string(at.Unit) + "']")
		b.Click("input[name='class'][value='nguoi-co-cong-mau']")
		look := func(name string) {
			for _, px := range []int{webtest.Phone, webtest.Desk} {
				b.Width(px)
				b.Shot(fmt.Sprintf("paid-%s-%s-%d", name, lang, px))
				if px == webtest.Phone {
					b.Check(name + " " + lang)
				} else {
					b.Fits(name + " " + lang)
				}
			}
		}
		look("form")
		b.PressAndGo("F4")
		look("no-shift")
		b.PressAndGo("F4") // opens the shift
		look("check")
		b.Click("#evidence")
		b.Click("input[name='means'][value='transfer']")
		b.PressAndGo("F4")
		b.Until(`location.pathname.endsWith("/accepted")`)
		look("accepted")
		item := postal.ItemNumber(strings.Split(b.Path(), "/")[3])
		p, ok := cash.PaidFor(w.Ledger.View(t.Context()), item)
		if !ok || p.ProvinceVND == 0 || p.Means != cash.Transfer || p.ListVND-p.ProvinceVND != p.PostageVND {
			t.Errorf("%s: paid %+v", lang, p)
		}
		d, _ := ledger.Get[*cash.Drawer](w.Ledger.View(t.Context()), cash.DrawerKey(p.Drawer))
		if d == nil || !d.Open || d.Clerk == w.staff[w.at("gdv", officeA)].ID {
			t.Errorf("%s: the drawer is %+v", lang, d)
		}
		b.Go(w.url + "/desk/items/" + string(item) + "/receipt")
		look("receipt")
	}
}

func (w *town) unitName(u postal.UnitCode) string {
	x, _ := w.Places.Gazetteer().Latest(u)
	return x.Name
}
