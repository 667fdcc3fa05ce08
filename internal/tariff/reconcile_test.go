package tariff_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sheet"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tariff"

	"github.com/xuri/excelize/v2"
)

// What the city asks the province to pay must be the sum of items that it can show, one by one.
func TestReliefClaimedEqualsItsItems(t *testing.T) {
	tf, err := site(t, policy("city", "2022-01-01", "", "        | dossier | - | - | - | - | - | - | - | percent | 30 | operator |", "| - | - | - | - | - | none | up | 1 | list | together | 1 |")+
		policy("fund", "2022-01-01", "", "        | dossier | - | - | - | - | - | yes | - | percent | 30 | province |", "| - | - | - | - | - | none | up | 1 | list | together | 2 |"))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := tariff.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2022, 1, 30, 10, 0, 0, 0, postal.HoChiMinh)
		l := openLedger(t, db, func() time.Time { return now })
		rnd := rand.New(rand.NewPCG(1, 2))
		want := map[string]postal.VND{} // by month and payer, kept by hand
		for serial := 1; serial <= 120; serial++ {
			now = now.Add(30 * time.Minute) // runs over the end of January
			month := postal.DayOf(now).String()[:7]
			q := tariff.Question{Service: tariff.DossierBoth, Zone: tariff.Zones[rnd.IntN(4)], WeightG: postal.Grams(1 + rnd.IntN(900)), On: postal.DayOf(now), Online: rnd.IntN(2) == 0}
			quote := ask(t, tf, q)
			if _, err := send(l, quote.Claim(number(t, serial))); err != nil {
				t.Fatal(err)
			}
			back := serial%10 == 0
			for _, g := range quote.Grants {
				if !back {
					want[month+" "+g.Payer] += g.AmountVND
				}
			}
			if back {
				if _, err := send(l, tariff.Reverse{Item: number(t, serial), Reason: "mistake"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		c := tariff.Claims{DB: db, Ledger: l}
		r, err := c.Reconcile(t.Context(), "2022-01", "2022-02")
		if err != nil || !r.Agrees() || len(r.Totals) != 4 || r.Seq != l.Seq() {
			t.Fatalf("%+v, %v", r, err)
		}
		for _, x := range r.Totals {
			if got := want[x.Month+" "+x.Payer]; got != x.AmountVND || got == 0 {
				t.Errorf("%s %s: %d, want %d", x.Month, x.Payer, x.AmountVND, got)
			}
		}
		checkExports(t, &c, r, want)
		if _, err := db.Write().ExecContext(t.Context(), `UPDATE tariff_relief SET amount_vnd = amount_vnd + 1 WHERE seq = 1 AND n = 0`); err != nil {
			t.Fatal(err)
		}
		if r, err := c.Reconcile(t.Context(), "2022-01", "2022-02"); err != nil || r.Agrees() {
			t.Errorf("a changed row went unnoticed: %v", err)
		}
		for _, bad := range [][2]string{{"2022-02", "2022-01"}, {"2022", "2022-01"}, {"x", "y"}, {"2022-13", "2022-14"}} {
			if _, err := c.Reconcile(t.Context(), bad[0], bad[1]); !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if _, err := c.Reconcile(t.Context(), "1990-01", "2022-01"); !fault.Is(err, fault.TooLarge) {
			t.Errorf("32 years: %v", err)
		}
	})
}

func checkExports(t *testing.T, c *tariff.Claims, r *tariff.Reconciliation, want map[string]postal.VND) {
	t.Helper()
	text, err := c.Items(t.Context(), r, "vi").Bytes(sheet.CSV)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\uFEFF"))).ReadAll()
	if err != nil || rows[0][3] != "Số hiệu bưu gửi" {
		t.Fatalf("%v, %v", rows[0], err)
	}
	sums(t, "csv", rows[1:], want)
	book, err := c.Document(t.Context(), r, "en").Bytes(sheet.XLSX)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := fmt.Sprint(f.GetSheetList()); got != "[Reconciliation By policy Items]" {
		t.Errorf("sheets %s", got)
	}
	rows, err = f.GetRows("Items", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	sums(t, "xlsx", rows[1:], want)
	totals, err := f.GetRows("Reconciliation")
	if err != nil || len(totals) < 5 {
		t.Fatalf("totals %v, %v", totals, err)
	}
	totals = totals[len(totals)-5:] // title and period stand above
	if totals[0][0] != "Month" || totals[1][5] != "yes" {
		t.Errorf("totals %v", totals)
	}
}

// sums adds up the exported items and compares with what was kept by hand.
func sums(t *testing.T, name string, rows [][]string, want map[string]postal.VND) {
	t.Helper()
	payer := map[string]string{"Bưu điện": "operator", "The post": "operator", "Ngân sách tỉnh, thành phố": "province", "Provincial budget": "province"}
	got := map[string]postal.VND{}
	for _, row := range rows {
		n, err := strconv.ParseInt(row[7], 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got[row[0]+" "+payer[row[1]]] += postal.VND(n)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: items add up to %v, want %v", name, got, want)
	}
}
