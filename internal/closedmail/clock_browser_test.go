package closedmail_test

import (
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

func TestTheMinutesOfALetterGoOnCountingOnAnOpenPage(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	secret := cover()
	secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
	s.accept(secret)
	s.now = s.now.Add(60 * time.Minute) // the limit of the rules: not over yet
	b := webtest.Open(t)
	b.Go(s.url + "/enter/" + string(clerkA))
	b.Go(s.url + "/kt1")
	b.Until(`document.querySelector("[data-minutes]").textContent.trim() === "60 phút"`)
	b.Until(`document.querySelector("[data-minutes] .tag--ask") !== null`)
	b.Until(`(() => { const real = Date.now; Date.now = () => real.call(Date) + 61000; return true })()`) // a minute passes
	b.Until(`document.querySelector("[data-minutes] .tag--bad")?.textContent === "61 phút"`)
	b.Until(`/NK.*chưa rời bưu cục sau 60 phút/.test(document.querySelector("[data-clock-said]").textContent)`)
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}
