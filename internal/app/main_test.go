package app

import (
	"os"
	"testing"

	"citypost/internal/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }

// SkipShort leaves a test to the run without the race detector, which sees nothing of other processes and little of one person who does one thing after the other.
func SkipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one after the other, or in a process of its own: the run without -short does it")
	}
}
