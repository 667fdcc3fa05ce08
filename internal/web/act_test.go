package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

func TestAFormDrawnAgainCarriesTheActItCameWith(t *testing.T) {
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	id := postal.NewActID(now).String()
	if got := ActOf(FormOf(ActField, id), now); got != id {
		t.Errorf("a form that came with %s goes out with %s", id, got)
	}
	other := FormOf(ActField, id)
	if err := other.Refuse(fault.New(fault.Invalid, "custody.seal", "Thiếu số niêm.", "The seal is missing.")); err != nil {
		t.Fatal(err)
	}
	if got := ActOf(other, now); got != id {
		t.Errorf("a form to be mended lost its act: %s", got)
	}
	for name, f := range map[string]*Form{"untouched": nil, "empty": FormOf(ActField, "")} {
		if _, err := postal.ParseActID(ActOf(f, now)); err != nil {
			t.Errorf("%s form has no act: %v", name, err)
		}
	}
}

func TestAFormWhoseActIsSpentGetsAnother(t *testing.T) {
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	id := postal.NewActID(now).String()
	f := FormOf(ActField, id)
	for _, code := range []string{"custody.seal", actReused} {
		if err := f.Refuse(fault.New(fault.Conflict, code, "Không được.", "No.")); err != nil {
			t.Fatal(err)
		}
	}
	if got := ActOf(f, now); got == id || got == "" {
		t.Errorf("the form would send the spent act %q again", got)
	}
}

func TestTheActOfARequestIsItsFormsOrAFreshOne(t *testing.T) {
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	id := postal.NewActID(now)
	send := func(act string) (postal.ActID, error) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(url.Values{ActField: {act}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return ActID(r, now)
	}
	if got, err := send(id.String()); err != nil || got != id {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := send(""); err != nil || got.IsZero() || got == id {
		t.Errorf("without an act: %v, %v", got, err)
	}
	if _, err := send("not-a-uuid"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a broken act: %v", err)
	}
}

func TestNobodyActsAtADeskForAllOffices(t *testing.T) {
	if at, err := (Person{ID: "nv-000001", Acting: Role{Name: Clerk, Office: "180100"}}).Here(); err != nil || at != "180100" {
		t.Errorf("%q, %v", at, err)
	}
	if _, err := (Person{ID: "nv-000001", Acting: Role{Name: Clerk}}).Here(); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a role for all offices acts at a desk: %v", err)
	}
}
