package app_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/web/webtest"
)

// TestTheClosedHouseAnswersToItsOwnAddressOnly asks by other names, as a page of another site could that let its name lead here.
func TestTheClosedHouseAnswersToItsOwnAddressOnly(t *testing.T) {
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	administrator(t, h)
	at, err := url.Parse(webtest.Serve(t, h.Handler()))
	if err != nil {
		t.Fatal(err)
	}
	port := at.Port()
	ask := func(method, path, host string, body string, more ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, at.String()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for n := 0; n+1 < len(more); n += 2 {
			r.Header.Set(more[n], more[n+1])
		}
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		text := new(strings.Builder)
		if _, err := bufio.NewReader(a.Body).WriteTo(text); err != nil {
			t.Fatal(err)
		}
		return a, text.String()
	}
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "LocalHost:" + port, "[::1]:" + port} {
		if a, _ := ask("GET", "/healthz", host, ""); a.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", host, a.StatusCode)
		}
	}
	in := url.Values{"login": {"quan.tri"}, "password": {closedPassword}}.Encode()
	for _, host := range []string{"evil.example:" + port, "evil.example", "127.0.0.1.evil.example:" + port, "localhost.evil.example:" + port, "localhost.:" + port, "127.0.0.1:1", "127.0.0.1", "localhost",
		"127.1:" + port, "2130706433:" + port, "0.0.0.0:" + port, "10.0.0.1:" + port, "[::]:" + port, "127.0.0.1:" + port + "0", "127.0.0.1:0" + port, "kt1.example:" + port} {
		for _, path := range []string{"/healthz", "/", "/sign-in", "/assets/", "/admin/people"} {
			a, text := ask("GET", path, host, "", "X-Forwarded-Host", "127.0.0.1:"+port, "Forwarded", "host=127.0.0.1:"+port, "X-Forwarded-For", "127.0.0.1", "Origin", at.String())
			if a.StatusCode != http.StatusMisdirectedRequest || strings.Contains(text, "<") || !strings.Contains(text, "đúng địa chỉ") || a.Header.Get("Cache-Control") != "no-store" {
				t.Fatalf("%s by %s: status %d\n%s", path, host, a.StatusCode, text)
			}
		}
		if a, _ := ask("POST", "/sign-in", host, in); a.StatusCode != http.StatusMisdirectedRequest || len(a.Cookies()) != 0 {
			t.Errorf("sign-in by %s: status %d, cookies %v", host, a.StatusCode, a.Cookies())
		}
	}
	if a, _ := ask("POST", "/sign-in", at.Host, in); a.StatusCode != http.StatusSeeOther || len(a.Cookies()) != 1 {
		t.Errorf("sign-in by the right name: status %d, cookies %v", a.StatusCode, a.Cookies())
	}
	c, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprint(c, "GET /sign-in HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "421") {
		t.Errorf("no Host at all: %q, %v", line, err)
	}
}

// TestOnANetworkTheClosedHouseAnswersToItsAddressAndTheNamesOfItsCertificate is the house behind --allow-network.
func TestOnANetworkTheClosedHouseAnswersToItsAddressAndTheNamesOfItsCertificate(t *testing.T) {
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	secure := httptest.NewTLSServer(h.Handler())
	defer secure.Close()
	ask := func(local, target, host string) int {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Host = host
		to, err := net.ResolveTCPAddr("tcp", local)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(to))))
		return w.Code
	}
	const plain, tls = "http://x/healthz", "https://x/healthz"
	h.Certificate = secure.Certificate() // of example.com and 127.0.0.1
	for _, c := range []struct {
		local, target, host string
		want                int
	}{
		{"10.1.2.3:8443", tls, "10.1.2.3:8443", 200}, {"10.1.2.3:8443", tls, "example.com:8443", 200}, {"10.1.2.3:443", tls, "example.com", 200}, {"10.1.2.3:443", tls, "10.1.2.3", 200}, {"10.1.2.3:80", plain, "10.1.2.3", 200},
		{"[fd00::7]:8443", tls, "[fd00::7]:8443", 200}, {"[::ffff:10.1.2.3]:8443", tls, "10.1.2.3:8443", 200},
		{"10.1.2.3:8443", tls, "example.com", 421}, {"10.1.2.3:8443", tls, "example.com:443", 421}, {"10.1.2.3:8443", tls, "evil.example:8443", 421}, {"10.1.2.3:8443", tls, "localhost:8443", 421}, {"10.1.2.3:8443", tls, "10.1.2.4:8443", 421},
		{"10.1.2.3:8443", plain, "example.com:8443", 421}, {"10.1.2.3:8443", tls, "", 421},
	} {
		if got := ask(c.local, c.target, c.host); got != c.want {
			t.Errorf("%s arrived at %s by %s: %d, want %d", c.target, c.local, c.host, got, c.want)
		}
	}
	h.Certificate = nil
	if got := ask("10.1.2.3:8443", tls, "example.com:8443"); got != 421 {
		t.Errorf("without a certificate: %d", got)
	}
}
