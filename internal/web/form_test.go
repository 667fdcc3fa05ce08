package web_test

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// If these fail, a clerk's typing is lost or misread.

func formOf(t *testing.T, values url.Values) *web.Form {
	t.Helper()
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := web.ReadForm(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTypingIsCleanedButSecretsAreNot(t *testing.T) {
	f := formOf(t, url.Values{"name": {"  Nguye\u0302\u0303n   Thị Mẫu "}, "note": {"dòng một \r\n  dòng hai\r"}, "password": {" a  b "}})
	if got := f.Value("name"); got != "Nguyễn Thị Mẫu" {
		t.Errorf("name %q", got)
	}
	if got := f.Value("note"); got != "dòng một\ndòng hai" {
		t.Errorf("note %q", got)
	}
	if got := f.Value("password"); got != " a  b " {
		t.Errorf("password %q", got)
	}
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]int64{"20": 20, "1.500": 1500, "1,500": 1500, "1 500": 1500, "12.345.678": 12345678, "-5": -5} {
		f := web.FormOf("n", text)
		if got := f.Int("n", -100, 1e9); got != want || f.Err() != nil {
			t.Errorf("%q reads as %d (%v)", text, got, f.Err())
		}
	}
	for _, text := range []string{"", "1.5", "1.50", "mười", "1.2345", ".", "99999999999999999999"} {
		f := web.FormOf("n", text)
		f.Int("n", 0, 1e9)
		if f.Fault("n") == nil {
			t.Errorf("%q was read", text)
		}
	}
	f := web.FormOf("fee", "44.500 đ")
	if got := f.VND("fee", 0, 1_000_000); got != postal.VND(44500) || f.Err() != nil {
		t.Errorf("44.500 đ reads as %d (%v)", got, f.Err())
	}
}

func TestOneAnswerNamesEveryFieldToMend(t *testing.T) {
	f := formOf(t, url.Values{"weight": {"99999"}, "service": {"pigeon"}, "long": {strings.Repeat("ơ", 11)}, "item": {"RR473124820VN"}, "day": {"31/02/2026"}})
	f.Text("sender", 60)
	f.Int("weight", 1, 30000)
	f.Choice("service", "letter", "parcel")
	f.Text("long", 10)
	web.Parse(f, "item", postal.ParseItemNumber)
	f.Day("day")
	if f.MaybeDay("due"); f.Maybe("note", 10) != "" {
		t.Error("an empty field has a value")
	}
	var fields []string
	for _, e := range f.Faults() {
		fields = append(fields, e.Field)
		if e.VI == "" || e.EN == "" {
			t.Errorf("%s has no words", e.Field)
		}
	}
	if want := []string{"sender", "weight", "service", "long", "item", "day"}; !slices.Equal(fields, want) {
		t.Errorf("to mend: %v, want %v", fields, want)
	}
	if !fault.Is(f.Err(), fault.Invalid) || web.Status(f.Err()) != 422 {
		t.Errorf("%v has status %d", f.Err(), web.Status(f.Err()))
	}
}

func TestAFaultOfAnActIsShownInItsForm(t *testing.T) {
	f := web.FormOf("bag", "1")
	if err := f.Refuse(fault.New(fault.Conflict, "t", "Túi đã đóng", "Bag is closed").At("bag")); err != nil {
		t.Fatal(err)
	}
	if f.Fault("bag") == nil || web.Status(f.Err()) != 409 {
		t.Errorf("fault %v, status %d", f.Fault("bag"), web.Status(f.Err()))
	}
	if err := f.Refuse(nil); err != nil {
		t.Error(err)
	}
}

func TestAnUntouchedFormShowsNothingAndJudgesNothing(t *testing.T) {
	var f *web.Form
	if f.Value("x") != "" || f.Err() != nil || f.Fault("x") != nil || f.Has("x", "") || f.Ticked("x") {
		t.Error("nil form is not untouched")
	}
}

func TestTooManyFieldsAreRefused(t *testing.T) {
	values := url.Values{}
	for i := range 2001 {
		values.Set(strings.Repeat("a", i+1), "")
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := web.ReadForm(r); !fault.Is(err, fault.TooLarge) {
		t.Errorf("2001 fields: %v", err)
	}
}

func FuzzFormsNeverPanic(f *testing.F) {
	f.Add("code=RR473124829VN&weight=1.500")
	f.Add("code=%ff&weight=%00")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		form, err := web.ReadForm(r)
		if err != nil {
			if _, ok := fault.From(err); !ok {
				t.Errorf("plain error %v", err)
			}
			return
		}
		form.Text("code", 20)
		form.Int("weight", 0, 100)
		form.VND("fee", 0, 100)
		form.Day("day")
		web.Parse(form, "item", postal.ParseItemNumber)
		_ = form.Err()
	})
}
