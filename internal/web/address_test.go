package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"citypost/internal/fault"
)

func TestTheClientsAddressIsBelievedOnlyFromATrustedProxy(t *testing.T) {
	trusted, err := ParseProxies("127.0.0.1", "10.0.0.0/8", "2001:db8:f::/48")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from    string
		forward []string
		want    string
	}{
		"no_proxy":               {"203.0.113.9:4711", nil, "203.0.113.9"},
		"stranger_claims":        {"203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		"one_proxy":              {"127.0.0.1:4711", []string{"203.0.113.9"}, "203.0.113.9"},
		"two_proxies":            {"127.0.0.1:4711", []string{"203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		"two_headers":            {"127.0.0.1:4711", []string{"203.0.113.9", "10.1.2.3"}, "203.0.113.9"},
		"client_lies_before":     {"127.0.0.1:4711", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"client_claims_a_proxy":  {"127.0.0.1:4711", []string{"10.9.9.9, 203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		"all_trusted":            {"127.0.0.1:4711", []string{"10.1.2.3"}, "10.1.2.3"},
		"proxy_says_nothing":     {"127.0.0.1:4711", nil, "127.0.0.1"},
		"proxy_says_nonsense":    {"127.0.0.1:4711", []string{"unknown"}, "127.0.0.1"},
		"nonsense_further_left":  {"127.0.0.1:4711", []string{"203.0.113.9, _hidden, 10.1.2.3"}, "10.1.2.3"},
		"with_port":              {"127.0.0.1:4711", []string{"203.0.113.9:55555"}, "203.0.113.9"},
		"version_six":            {"[2001:db8:f::1]:4711", []string{"[2001:db8:1:2::7]:9"}, "2001:db8:1:2::7"},
		"four_written_as_six":    {"[::ffff:127.0.0.1]:4711", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		"no_address_at_all":      {"@", []string{"203.0.113.9"}, "@"},
		"empty_list":             {"127.0.0.1:4711", []string{""}, "127.0.0.1"},
		"list_begins_with_comma": {"127.0.0.1:4711", []string{",203.0.113.9"}, "203.0.113.9"},
	} {
		t.Run(name, func(t *testing.T) {
			m := New(NoGate{}, Site{Proxies: trusted}, nil)
			var got string
			m.Get("/where", Public, func(_ http.ResponseWriter, r *http.Request) error { got = AddressOf(r); return nil })
			r := httptest.NewRequest(http.MethodGet, "/where", nil)
			r.RemoteAddr = c.from
			for _, f := range c.forward {
				r.Header.Add("X-Forwarded-For", f)
			}
			m.ServeHTTP(httptest.NewRecorder(), r)
			if got != c.want {
				t.Errorf("the request comes from %q, want %q", got, c.want)
			}
		})
	}
}

func TestAProxyThatIsNoAddressIsRefusedInWords(t *testing.T) {
	for _, text := range []string{"", "proxy.example", "10.0.0.0/99", "10.0.0"} {
		if _, err := ParseProxies("127.0.0.1", text); fault.Code(err) != "web.proxy" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestOneHouseholdOfVersionSixIsOneNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2::7": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "@": "@",
	} {
		if got := Network(address); got != want {
			t.Errorf("%s counts as %s, want %s", address, got, want)
		}
	}
}
