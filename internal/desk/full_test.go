package desk_test

import (
	"fmt"
	"testing"

	"citypost/internal/sqldb/sqltest"
)

// TestAnAcceptanceThatCouldNotBeWrittenKeepsItsActAndItsWords fills the disk while a clerk accepts letters. What would hurt: a form typed twice, or a letter accepted twice because the form
// came back with another act's id.
func TestAnAcceptanceThatCouldNotBeWrittenKeepsItsActAndItsWords(t *testing.T) {
	db := sqltest.SQLite(t)
	h := newFieldHouse(t, db)
	v := h.as("clerk2")
	limit := func(pages int) {
		t.Helper()
		if _, err := db.Write().ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // the engine makes it the present size: nothing can grow
	for range 500 {
		act := v.get("/desk/accept").want(t, 200).hiddenOf(t, "act")
		check := v.post("/desk/accept", acceptForm(act)...).want(t, 200, "Cước phải thu")
		form := acceptForm(act, "shown", check.hiddenOf(t, "shown"), "fee", "44.500 đ")
		done := v.post("/desk/accept", form...)
		if done.status == 303 {
			continue
		}
		done.want(t, 503, "Ổ đĩa đã đầy", "Nguyễn Thị Mẫu", "45 phố Mẫu")
		if kept := done.hiddenOf(t, "act"); kept != act {
			t.Fatalf("the form came back with act %s, it was sent with %s", kept, act)
		}
		limit(1 << 30)
		first := v.post("/desk/accept", form...).lead(t, "/desk/items/")
		if again := v.post("/desk/accept", form...).lead(t, "/desk/items/"); again != first {
			t.Fatalf("sent again it became %s, at first %s", again, first)
		}
		return
	}
	t.Fatal("the disk did not fill up")
}
