package cluster

import (
	"testing"
	"time"

	"citypost/internal/sqldb/sqltest"
)

// TestARollingRestartShowsNoErrorToAClientThatRetries restarts one node after the other, and kills each once, while clients work.
func TestARollingRestartShowsNoErrorToAClientThatRetries(t *testing.T) {
	w := found(t, sqltest.PostgresDSN(t), 8)
	w.open(2)
	l := w.begin()
	l.flows(t, 50, time.Minute)
	rolling(t, w, l)
	l.end()
	if j := l.judge(t); !j.right() || j.acked < 300 {
		t.Errorf("%s", j)
	}
	if err := l.calm(); err != nil {
		t.Error(err)
	}
}
