package site_test

import (
	"os"
	"testing"

	"citypost/internal/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }
