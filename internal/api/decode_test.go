package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"citypost/internal/fault"
)

// sample is a batch as a device sends it.
func sample(n int) string {
	var b strings.Builder
	b.WriteString(`{"scans":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"0195%04x-57a8-7cc0-8000-0123456789ab","act":"pack","item":"RR473124829VN","bag":"21801000000012","occurred_at":"2026-03-02T08:00:00.123+07:00"}`, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func TestTheDecoderKnowsEveryMemberOfAScan(t *testing.T) {
	full := map[string]any{}
	for f := range reflect.TypeFor[Scan]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch f.Type.Kind() {
		case reflect.Bool:
			full[name] = true
		case reflect.Int64:
			full[name] = 7
		default:
			full[name] = "x" + name
		}
	}
	one, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var want Scan
	if err := json.Unmarshal(one, &want); err != nil {
		t.Fatal(err)
	}
	b, err := decodeScans(`{"facts":true,"scans":[` + string(one) + `]}`)
	if err != nil || len(b.scans) != 1 || b.scans[0].Scan != want || b.scans[0].wrong != nil || !b.facts {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestTheDecoderReadsWhatJSONAllows(t *testing.T) {
	b, err := decodeScans(" {\n\"scans\" : [ { \"seal\":\"\\u004eP\\n\\\"\\\\\\/ \\ud83d\\ude00 Ê\" , \"weight_g\" : -12 , \"late\":false, \"item\":null } ] , \"facts\":false } \t")
	if err != nil {
		t.Fatal(err)
	}
	s := b.scans[0]
	if s.Seal != "NP\n\"\\/ 😀 Ê" || s.WeightG != -12 || s.Item != "" || s.wrong != nil {
		t.Errorf("%+v", s)
	}
	if b, err := decodeScans(`{"scans":[{"seal":"\ud83d"}]}`); err != nil || fault.Code(b.scans[0].wrong) != "api.not_text" {
		t.Errorf("half a pair: %+v, %v", b, err)
	}
}

// FuzzDecodeScans holds the decoder against encoding/json: what one reads, the other reads alike.
func FuzzDecodeScans(f *testing.F) {
	f.Add(sample(2))
	f.Add(`{"scans":[{"late":true,"weight_g":1e3,"x":{"y":[1,-0.5e+7,"a\u00ea"]}},null,[]],"facts":true}`)
	f.Add(`{"scans":[{"seal":"\ud83d\ude00\ud83d\u0041"}]}`)
	f.Add("{\"scans\":[{\"seal\":\"\xff\"}]}")
	f.Fuzz(func(t *testing.T, body string) {
		b, err := decodeScans(body)
		valid := json.Valid([]byte(body))
		if err == nil && !valid {
			t.Fatalf("taken, though it is no JSON: %q", body)
		}
		if err != nil || !utf8.ValidString(body) {
			return
		}
		var raw struct {
			Scans []json.RawMessage `json:"scans"`
		}
		if json.Unmarshal([]byte(body), &raw) != nil || len(raw.Scans) != len(b.scans) {
			return // a member came twice, or scans is null: ours to refuse or to join
		}
		for n, s := range b.scans {
			if s.wrong != nil {
				continue
			}
			var want Scan
			if json.Unmarshal(raw.Scans[n], &want) != nil || strings.Contains(string(raw.Scans[n]), `\u`) {
				continue
			}
			if strings.ToLower(string(raw.Scans[n])) == string(raw.Scans[n]) && s.Scan != want {
				t.Fatalf("%s: got %+v, want %+v", raw.Scans[n], s.Scan, want)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := sample(200)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeScans(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding_json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var s ScansBody
			if err := json.Unmarshal([]byte(body), &s); err != nil {
				b.Fatal(err)
			}
		}
	})
}
