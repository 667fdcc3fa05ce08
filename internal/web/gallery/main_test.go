package gallery

import (
	"os"
	"testing"

	"citypost/internal/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }
