package web_test

import (
	"testing"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// If this fails a name of two lines forges a line of a paper or of a message.
func TestAFieldOfOneLineIsOneLine(t *testing.T) {
	f := web.FormOf("name", "Nguyễn\r\nVăn\u2028Mẫu", "words", "một\nhai")
	if got := f.Text("name", 50); got != "Nguyễn  Văn Mẫu" {
		t.Errorf("one line: %q", got)
	}
	if got := f.Lines("words", 50); got != "một\nhai" {
		t.Errorf("several: %q", got)
	}
	if _, err := web.ParseEmail("không phải\nthư"); fault.Code(err) != "web.email" {
		t.Errorf("e-mail: %v", err)
	}
}
