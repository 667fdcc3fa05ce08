package webhook

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

func admin() web.Person {
	role := web.Role{Name: web.Admin}
	return web.Person{ID: "nv-admin", Name: "Quản Trị", Roles: []web.Role{role}, Acting: role}
}

func (p *post) mux(who web.Person) *web.Mux {
	m := web.New(webtest.Gate{Person: who}, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	p.s.Mount(m)
	return m
}

func send(m *web.Mux, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

// letDie leaves n deliveries as they are when they were given up.
func (p *post) letDie(n int) {
	p.t.Helper()
	for range n {
		if _, err := p.q.DB.Write().ExecContext(p.t.Context(), `INSERT INTO job (kind, args, run_at_ms, made_at_ms, attempt, last_error, dead_at_ms) VALUES ('webhook', $1, 1, 1, 12, 'HTTP 500', 1772413200000)`,
			[]byte(`{"hook":"wh-0123456789ab","seq":4711}`)); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestAnAdministratorAddsASubscriptionAndSeesItsSecretOnce(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), Policy{})
	m := p.mux(admin())
	page := send(m, "GET", path, nil).Body.String()
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(page)
	if key == nil {
		t.Fatalf("no key in the form: %s", page)
	}
	form := url.Values{"key": {key[1]}, "url": {"ftp://x"}, "office": {"18"}}
	if w := send(m, "POST", path, form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), key[1]) || !strings.Contains(w.Body.String(), "ftp://x") {
		t.Errorf("a wrong form: %d, or it forgets what was typed", w.Code)
	}
	form = url.Values{"key": {key[1]}, "url": {"https://agency.example/in"}, "events": {"item.", "irregularity."}, "office": {"180100"}}
	secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`)
	first := secret.FindString(send(m, "POST", path, form).Body.String())
	again := secret.FindString(send(m, "POST", path, form).Body.String())
	if first == "" || first != again {
		t.Errorf("secret %q, after a second click %q", first, again)
	}
	hooks, err := p.s.List(t.Context())
	if err != nil || len(hooks) != 1 || len(hooks[0].Events) != 16 || hooks[0].MadeBy != "nv-admin" {
		t.Fatalf("%+v, %v", hooks, err)
	}
	list := send(m, "GET", path, nil).Body.String()
	if strings.Contains(list, "whsec_") || !strings.Contains(list, hooks[0].ID) {
		t.Error("the list shows the secret, or not the subscription")
	}
	if w := send(m, "POST", path+"/"+hooks[0].ID+"/switch", nil); w.Code != http.StatusSeeOther {
		t.Errorf("switch: %d", w.Code)
	}
	if h, err := p.s.Find(t.Context(), hooks[0].ID); err != nil || h.Active {
		t.Errorf("%+v, %v", h, err)
	}
	if w := send(m, "POST", path+"/"+hooks[0].ID+"/delete", nil); w.Code != http.StatusSeeOther {
		t.Errorf("delete: %d", w.Code)
	}
}

func TestDeadDeliveriesAreShownInPagesRetriedAndDiscarded(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), Policy{})
	p.letDie(deadOnPage + 1)
	m := p.mux(admin())
	page := send(m, "GET", path, nil).Body.String()
	older := regexp.MustCompile(`href="(/admin/webhooks\?before=\d+)"`).FindStringSubmatch(page)
	if older == nil || strings.Count(page, "HTTP 500") != deadOnPage {
		t.Fatalf("%d rows, older %v", strings.Count(page, "HTTP 500"), older)
	}
	if n := strings.Count(send(m, "GET", older[1], nil).Body.String(), "HTTP 500"); n != 1 {
		t.Errorf("second page: %d rows", n)
	}
	if w := send(m, "POST", deadPath+"/1/retry", nil); w.Code != http.StatusSeeOther {
		t.Errorf("retry: %d", w.Code)
	}
	if w := send(m, "POST", deadPath+"/1/retry", nil); w.Code != http.StatusNotFound {
		t.Errorf("retry again: %d", w.Code)
	}
	if w := send(m, "POST", deadPath+"/2/discard", nil); w.Code != http.StatusSeeOther {
		t.Errorf("discard: %d", w.Code)
	}
	if w := send(m, "POST", deadPath+"/x/discard", nil); w.Code != http.StatusNotFound {
		t.Errorf("no number: %d", w.Code)
	}
}

func TestOnlyAdministratorsSeeTheSubscriptions(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), Policy{})
	role := web.Role{Name: web.Manager}
	if w := send(p.mux(web.Person{ID: "nv-x", Roles: []web.Role{role}, Acting: role}), "GET", path, nil); w.Code != http.StatusForbidden {
		t.Errorf("%d", w.Code)
	}
}

func TestAnAddressIsShownAsText(t *testing.T) {
	if got := breakable(`https://a.example/?x=<script>&y="1"`); strings.Contains(got, "<script>") || strings.ReplaceAll(got, "<wbr>", "") != `https://a.example/?x=&lt;script&gt;&amp;y=&#34;1&#34;` {
		t.Errorf("got %s", got)
	}
}

func TestThePagesAreKindToEveryone(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), Policy{})
	p.letDie(2)
	p.add(Hook{URL: "https://mot-cua.cong-dich-vu.rat-dai.example.org/bao-tin/tu-buu-dien?ma=0123456789abcdef0123456789abcdef0123456789abcdef", Events: families[0].of(), Office: officeA})
	p.add(Hook{URL: "https://agency.example/in"})
	b := webtest.Open(t)
	base := webtest.Serve(t, p.mux(admin()))
	look := func(name string) {
		b.Both("webhooks-"+name, name)
	}
	b.Go(base + path)
	look("list")
	b.Fill("input[name=url]", "https://agency.example/other")
	b.Click("input[name=events]")
	b.Submit("form[action='" + path + "'] button")
	look("secret")
	b.Go(base + path + "?lang=en")
	look("english")
}
