package sqldb

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestEachEraBeginsWithAnotherHost: after a doubt the next connection must not go to the machine that was doubted.
func TestEachEraBeginsWithAnotherHost(t *testing.T) {
	for era, want := range []string{"127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.1"} {
		c, err := pgx.ParseConfig("postgres://p@127.0.1.1:5432,127.0.1.2:5432,127.0.1.3:5432/city?sslmode=prefer")
		if err != nil {
			t.Fatal(err)
		}
		ways := 1 + len(c.Fallbacks)
		rotate(c, int64(era))
		if c.Host != want || c.TLSConfig == nil || 1+len(c.Fallbacks) != ways {
			t.Errorf("era %d begins with %s (TLS %v, %d of %d ways), want %s with TLS", era, c.Host, c.TLSConfig != nil, 1+len(c.Fallbacks), ways, want)
		}
	}
}

// TestAnAddressIsCompleted: what an operator forgets must not let a node write to a standby, wait for ever, or hold others up.
func TestAnAddressIsCompleted(t *testing.T) {
	for _, c := range []struct {
		dsn     string
		primary bool
	}{
		{"postgres://p@127.0.1.1,127.0.1.2/city?sslmode=disable", true},
		{"postgres://p@127.0.1.1/city?sslmode=disable", false},
		{"postgres://p@127.0.1.1/city?sslmode=disable&target_session_attrs=read-write", true},
	} {
		config, err := pgx.ParseConfig(c.dsn)
		if err != nil {
			t.Fatal(err)
		}
		(&server{}).complete(config)
		if (config.ValidateConnect != nil) != c.primary {
			t.Errorf("%s: asks for a primary: %v", c.dsn, config.ValidateConnect != nil)
		}
		if config.ConnectTimeout != connectTimeout || config.RuntimeParams["idle_in_transaction_session_timeout"] != idleInTx || config.OnNotice == nil {
			t.Errorf("%s: %v, %v", c.dsn, config.ConnectTimeout, config.RuntimeParams)
		}
	}
}
