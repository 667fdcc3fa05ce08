package tariff_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/tariff"
)

func TestQuoteCommandKeepsItsContract(t *testing.T) {
	var out bytes.Buffer
	args := tariff.QuoteArgs{Service: "dossier-send", Zone: "same-district", Weight: "730", On: "2021-05-04", Relief: "auto"}
	if err := tariff.QuoteCommand(&out, embedded(t), args, answer.Printing{JSON: true}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Total int64 `json:"total_vnd"`
		Lines []struct {
			What, Rule, Basis string
			Amount            int64 `json:"amount_vnd"`
		}
		Verified bool
		Reason   string
		Words    string `json:"in_words"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Total != 28_700 || len(got.Lines) != 2 || got.Lines[0].Amount+got.Lines[1].Amount != 28_700 || got.Verified || got.Reason == "" ||
		got.Words != "Hai mươi tám nghìn bảy trăm đồng" {
		t.Errorf("got %s", out.String())
	}
	for _, l := range got.Lines {
		if l.What == "" || l.Rule != "dossier.price.send@2021-04-20" || l.Basis == "" {
			t.Errorf("line %+v", l)
		}
	}
}

func TestQuoteCommandSaysWhenThereIsNoPrice(t *testing.T) {
	var out bytes.Buffer
	args := tariff.QuoteArgs{Service: "kt1", Zone: "intra", Weight: "200", On: "2020-04-24", Urgency: "express"}
	err := tariff.QuoteCommand(&out, embedded(t), args, answer.Printing{JSON: true, Lang: "en"})
	if !fault.Is(err, fault.NotFound) || !strings.Contains(out.String(), `"verified": false`) || !strings.Contains(out.String(), "VND 11,364") || !strings.Contains(out.String(), `"total_vnd": null`) {
		t.Errorf("%v: %s", err, out.String())
	}
	for weight, code := range map[string]string{"0": "postal.weight.bounds", "-3": "postal.weight.format", "50 kg": "tariff.too_heavy", "": "postal.weight.format"} {
		args := tariff.QuoteArgs{Service: "dossier-send", Zone: "same-district", Weight: weight, On: "2021-05-04"}
		err := tariff.QuoteCommand(&out, embedded(t), args, answer.Printing{JSON: true})
		if f, ok := fault.From(err); !ok || f.Code != code || f.Field != "weight" {
			t.Errorf("weight %q: %v", weight, err)
		}
	}
}

func TestQuoteCommandSpeaksBothLanguages(t *testing.T) {
	args := tariff.QuoteArgs{Service: "dossier-both", Zone: "between-districts", Weight: "100 g", On: "15/04/2020"}
	for lang, want := range map[string][]string{"vi": {"Giảm 50 % cước", "30.000 đ", "Bằng chữ: Ba mươi nghìn đồng", "chưa kiểm chứng"}, "en": {"50 % off", "VND 30,000", "not verified"}} {
		var out bytes.Buffer
		if err := tariff.QuoteCommand(&out, embedded(t), args, answer.Printing{Lang: lang}); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not in\n%s", lang, w, out.String())
			}
		}
	}
}
