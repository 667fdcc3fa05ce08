package app

import (
	"strings"
	"testing"
	"time"

	"citypost/internal/booking"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// TestAProcedureThatIsBookedNeverVanishes goes through the house: a citizen books, a new list forgets the procedure, the list is refused; when the citizen cancels it is taken.
func TestAProcedureThatIsBookedNeverVanishes(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return sqltest.PostgresDSN(t) }} {
		t.Run(name, func(t *testing.T) {
			h, err := Open(t.Context(), Config{Data: t.TempDir(), Database: dsn(t), MadeUp: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.Close() })
			today := postal.DayOf(time.Now())
			if err := procedure.MakeUp(t.Context(), h.Procedures, today); err != nil {
				t.Fatal(err)
			}
			b, err := h.Bookings.Book(t.Context(), "9.900001", booking.Person{Name: "Nguyễn Văn Mẫu", Phone: "+84912345678"}, booking.ByCounter, "", postal.Day{}, booking.Window{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Bookings.Procedures.Procedure("9.900004", today); fault.Code(err) != "app.not_by_post" {
				t.Errorf("a procedure that needs the person can be booked: %v", err)
			}
			whole := procedure.Release{Act: "9/QĐ-THU", From: today.AddDays(1), Whole: true, Data: []byte("code\tname\n9.900002\tĐăng ký lại khai sinh (mẫu)\n")}
			p, err := h.Procedures.Apply(t.Context(), whole, h.ProcedureInUse)
			if fault.Code(err) != "procedure.import_refused" || len(p.Refused) != 1 || p.Refused[0].Code != "9.900001" || !strings.Contains(p.Refused[0].VI, "1 lịch hẹn") {
				t.Fatalf("the list was not refused: %+v, %v", p.Refused, err)
			}
			if err := h.Bookings.Cancel(t.Context(), b, booking.ByCitizen); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Procedures.Apply(t.Context(), whole, h.ProcedureInUse); err != nil {
				t.Errorf("nothing depends on it any more: %v", err)
			}
		})
	}
}

// TestTheIntakeGetsWhatWasPreparedOnce hands a booking over to the intake of dossiers and tells it what it became.
func TestTheIntakeGetsWhatWasPreparedOnce(t *testing.T) {
	h, err := Open(t.Context(), Config{Data: t.TempDir(), MadeUp: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	if err := procedure.MakeUp(t.Context(), h.Procedures, postal.DayOf(time.Now())); err != nil {
		t.Fatal(err)
	}
	b, err := h.Bookings.Book(t.Context(), "9.900001", booking.Person{Name: "Nguyễn Văn Mẫu", Phone: "+84912345678"}, booking.ByCounter, "", postal.Day{}, booking.Window{})
	if err != nil {
		t.Fatal(err)
	}
	p, clerk := prepared{h.Bookings}, web.Person{ID: "gd-1", Acting: web.Role{Name: web.Clerk}}
	got, err := p.Take(t.Context(), strings.ToLower(b.Ref.Grouped()), clerk)
	if err != nil || got.Sender.Name != "Nguyễn Văn Mẫu" || got.Procedure != "9.900001" || got.Ref != string(b.Ref) {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := p.Used(t.Context(), got.Ref, clerk, "HS000001"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Take(t.Context(), got.Ref, clerk); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken twice: %v", err)
	}
}
