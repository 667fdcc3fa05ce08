package gazetteer

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/sqldb/sqltest"
)

func TestFindPrintsOneLineForEachUnit(t *testing.T) {
	var out bytes.Buffer
	if err := RunFind(&out, load(t), FindOptions{Query: "cam giang", Day: today, Limit: 2, Lang: "vi"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10888  Xã Cẩm Giang, 03606 (trước 7/2025: H. Cẩm Giàng), TP. Hải Phòng\n", "10903  Xã Cẩm Giàng"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q lacks %q", out.String(), want)
		}
	}
	if err := RunFind(&out, load(t), FindOptions{Query: "zzz", Day: today}); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing found: %v", err)
	}
	out.Reset()
	if err := RunFind(&out, load(t), FindOptions{Query: "zzz", Day: today, JSON: true}); err != nil || out.String() != "[]\n" {
		t.Errorf("as JSON: %q, %v", out.String(), err)
	}
	out.Reset()
	if err := RunFind(&out, load(t), FindOptions{Query: "11311", Day: today, Limit: 1, JSON: true}); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got[0]["unit"].(map[string]any)["valid_from"] != "2025-07-01" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestConvertTakesACodeOrAName(t *testing.T) {
	g := load(t)
	for _, query := range []string{"10816", "xã Hồng Lạc", "hong lac, huyen thanh ha"} {
		var out bytes.Buffer
		if err := RunConvert(&out, g, ConvertOptions{Query: query, Lang: "vi"}); err != nil {
			t.Errorf("%q: %v", query, err)
		} else if want := "10816  X. Hồng Lạc, H. Thanh Hà, T. Hải Dương\n→ 10816  Xã Hà Bắc, 03232\n"; out.String() != want {
			t.Errorf("%q gives %q, want %q", query, out.String(), want)
		}
	}
	var out bytes.Buffer
	if err := RunConvert(&out, g, ConvertOptions{Query: "10585", Lang: "en"}); err != nil || strings.Count(out.String(), "\n? ") != 3 || !strings.Contains(out.String(), "Choose by street or map") {
		t.Errorf("Văn Đức: %q, %v", out.String(), err)
	}
	if err := RunConvert(&out, g, ConvertOptions{Query: "quang trung"}); fault.Code(err) != "gazetteer.ambiguous" {
		t.Errorf("a name of several communes: %v", err)
	}
	if err := RunConvert(&out, g, ConvertOptions{Query: "zzz"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown: %v", err)
	}
}

func TestImportShowsThePlanAndWritesOnlyWhenTold(t *testing.T) {
	s := newStore(t, sqltest.SQLite(t))
	o := ImportOptions{Release: officeRelease(officesFile, firstOfJuly), Lang: "vi"}
	var out bytes.Buffer
	if err := RunImport(t.Context(), &out, s, o); err != nil || !strings.Contains(out.String(), "Thêm mới: 3\n  180100  Hải Phòng\n") || !strings.Contains(out.String(), "Chạy thử") {
		t.Errorf("%q, %v", out.String(), err)
	}
	out.Reset()
	o.Apply, o.JSON = true, true
	if err := RunImport(t.Context(), &out, s, o); err != nil {
		t.Fatal(err)
	}
	var p Plan
	if err := json.Unmarshal(out.Bytes(), &p); err != nil || !p.Applied || len(p.Added) != 3 {
		t.Errorf("%s, %v", out.String(), err)
	}
}
